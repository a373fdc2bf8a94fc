//! The nine steps of the SOP as data: timeline, stopwatch, report and manual are made from this table.

use serde::{Deserialize, Serialize};

/// A step of the SOP, 1 to 9.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum Step {
    WriteLetter,
    LogIn,
    File,
    AttachLetter,
    CheckData,
    CheckCertificate,
    Revoke,
    Notify,
    Receive,
}

/// Who carries a step out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Executor {
    Applicant,
    /// The applicant, with an officer beside him.
    AccompaniedApplicant,
    Officer,
}

/// One row of the SOP's table. The texts are Indonesian and English.
#[derive(Clone, Copy, Debug)]
pub struct SopStep {
    pub step: Step,
    pub number: u8,
    pub executor: Executor,
    /// Mutu baku (standard time) in seconds.
    pub standard_seconds: u32,
    pub title: [&'static str; 2],
    pub output: [&'static str; 2],
}

const fn row(
    step: Step,
    number: u8,
    executor: Executor,
    standard_seconds: u32,
    title: [&'static str; 2],
    output: [&'static str; 2],
) -> SopStep {
    SopStep {
        step,
        number,
        executor,
        standard_seconds,
        title,
        output,
    }
}

/// The SOP's table of activities. Standard times add up to 14.5 minutes: 3.5 the applicant's, 11 the officer's.
pub const SOP: [SopStep; 9] = [
    row(
        Step::WriteLetter,
        1,
        Executor::Applicant,
        60,
        [
            "Membuat surat keterangan alasan pencabutan",
            "Write the statement letter",
        ],
        ["Surat keterangan alasan pencabutan", "Letter"],
    ),
    row(
        Step::LogIn,
        2,
        Executor::AccompaniedApplicant,
        30,
        ["Masuk ke dalam AMS", "Log in to AMS"],
        ["Dasbor AMS dapat diakses", "Dashboard"],
    ),
    row(
        Step::File,
        3,
        Executor::AccompaniedApplicant,
        60,
        [
            "Mengajukan permohonan dan memilih alasan",
            "File the request and choose the reasons",
        ],
        ["Alasan pencabutan", "Reason"],
    ),
    row(
        Step::AttachLetter,
        4,
        Executor::AccompaniedApplicant,
        30,
        ["Melampirkan surat keterangan", "Attach the letter"],
        ["Surat keterangan terunggah", "Letter in AMS"],
    ),
    row(
        Step::CheckData,
        5,
        Executor::Officer,
        300,
        [
            "Memeriksa data pemohon dan kelengkapan berkas",
            "Check the applicant's data and the file",
        ],
        ["Hasil verifikasi data", "Verification result"],
    ),
    row(
        Step::CheckCertificate,
        6,
        Executor::Officer,
        30,
        [
            "Memeriksa sertifikat terhadap username dan subject DN",
            "Check the certificate against username and subject DN",
        ],
        ["Data subject DN sesuai", "Subject DN matches"],
    ),
    row(
        Step::Revoke,
        7,
        Executor::Officer,
        300,
        ["Mencabut sertifikat elektronik", "Revoke the certificate"],
        ["Sertifikat telah dicabut", "Certificate revoked"],
    ),
    row(
        Step::Notify,
        8,
        Executor::Officer,
        30,
        [
            "Memberitahukan pencabutan kepada pemohon",
            "Tell the applicant",
        ],
        ["Notifikasi dikirimkan", "Notification sent"],
    ),
    row(
        Step::Receive,
        9,
        Executor::Applicant,
        30,
        ["Menerima notifikasi pencabutan", "Receive the notification"],
        ["Notifikasi diterima", "Notification received"],
    ),
];

impl Step {
    pub fn row(self) -> &'static SopStep {
        &SOP[self as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn standard_times_add_up_to_those_of_the_sop() {
        let total: u32 = SOP.iter().map(|s| s.standard_seconds).sum();
        let officer: u32 = SOP
            .iter()
            .filter(|s| s.executor == Executor::Officer)
            .map(|s| s.standard_seconds)
            .sum();
        assert_eq!((total, officer), (14 * 60 + 30, 11 * 60));
        assert!(
            SOP.iter()
                .enumerate()
                .all(|(i, s)| usize::from(s.number) == i + 1 && s.step as usize == i)
        );
    }
}
