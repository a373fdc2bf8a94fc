//! THE table: every legal transition. Read a row as: act, from → to, log action, SOP step, by whom, given what.
//! `stay` keeps the state, `-` is none. People are alternatives, needs are all needed.

use super::{Act, Need, Origin, Row, Who};
use crate::domain::request::State;
use crate::domain::sop::Step;

macro_rules! transitions {
    ($($act:ident: [$($from:ident)+] => $to:ident, $log:tt, $step:tt, by [$($who:ident)+], needs [$($need:ident)*];)+) => {
        /// The rows, in the order of a request's life.
        pub const TABLE: &[Row] = &[$(Row {
            act: Act::$act,
            from: transitions!(@from $($from)+),
            who: &[$(Who::$who),+],
            needs: &[$(Need::$need),*],
            to: transitions!(@to $to),
            step: transitions!(@step $step),
            log: transitions!(@log $log),
        }),+];
    };
    (@from nothing) => { Origin::NoRequest };
    (@from certificate) => { Origin::Certificate };
    (@from $($state:ident)+) => { Origin::In(&[$(State::$state),+]) };
    (@to stay) => { None };
    (@to $state:ident) => { Some(State::$state) };
    (@step -) => { None };
    (@step $step:ident) => { Some(Step::$step) };
    (@log -) => { None };
    (@log $log:literal) => { Some($log) };
}

transitions! {
    // Filing (steps 1 to 4).
    Draft: [nothing] => Draf, "DRAF_DIBUAT", File,
        by [Applicant OnBehalf], needs [CertificateOwned Revocable NoOtherRequest RequesterFits CompanionFits];
    Edit: [Draf Dikembalikan] => stay, "DRAF_DIUBAH", File,
        by [Applicant Filer Companion], needs [FieldFits CompanionFits];
    Edit: [Diajukan Diperiksa DataSesuai DnCocok Terjadwal Dicabut Diberitahukan Selesai Ditolak Ditarik Ditutup] => stay, "DRAF_DIUBAH", AttachLetter,
        by [Applicant Filer Companion], needs [LetterDataOpen FieldFits];
    AttachLetter: [Draf Dikembalikan] => stay, "SURAT_DILAMPIRKAN", AttachLetter,
        by [Applicant Filer Companion], needs [LetterFits];
    Submit: [Draf] => Diajukan, "PERMOHONAN_DIAJUKAN", AttachLetter,
        by [Applicant Filer Companion], needs [Reasons MisuseAnswered Letter LetterData Revocable NoOtherRequest Signature];
    SubmitUrgent: [Draf] => Diajukan, "SURAT_MENYUSUL", File,
        by [Applicant Filer Companion], needs [Reasons MisuseAnswered UrgentReason Revocable NoOtherRequest Signature];
    FollowLetter: [Diajukan Diperiksa Dikembalikan DataSesuai DnCocok Terjadwal Dicabut Diberitahukan Selesai Ditolak Ditarik Ditutup] => stay, "SURAT_DISUSULKAN", AttachLetter,
        by [Applicant Filer Companion], needs [LetterAwaited LetterFits];
    Resubmit: [Dikembalikan] => Diajukan, "DIAJUKAN_ULANG", AttachLetter,
        by [Applicant Filer Companion], needs [NewLetter Reasons MisuseAnswered LetterData Revocable NoOtherRequest Signature];

    // Withdrawal.
    Withdraw: [Draf] => Ditarik, "DITARIK", -,
        by [Applicant Filer], needs [];
    ConsentToWithdraw: [Diajukan Dikembalikan Terjadwal] => stay, "PENARIKAN_DISETUJUI", -,
        by [Officer], needs [ConsentWanted];
    Withdraw: [Diajukan Dikembalikan Terjadwal] => Ditarik, "DITARIK", -,
        by [Applicant Filer], needs [Consent];
    Withdraw: [Terjadwal] => Ditarik, "DITARIK", -,
        by [Officer], needs [];

    // The claim: a lease, not a state; only DIPERIKSA stands and falls with it.
    Claim: [Diajukan] => Diperiksa, "DIAMBIL", CheckData,
        by [Officer], needs [ClaimFree];
    Claim: [Diperiksa DataSesuai DnCocok] => stay, "DIAMBIL", -,
        by [Officer], needs [ClaimFree];
    Touch: [Diperiksa DataSesuai DnCocok] => stay, -, -,
        by [Officer], needs [Claimed];
    Release: [Diperiksa] => Diajukan, "DILEPAS", -,
        by [Officer], needs [ClaimOwn];
    Release: [Diperiksa] => Diajukan, "DILEPAS", -,
        by [Admin], needs [ClaimThere];
    Release: [Diperiksa] => Diajukan, "DILEPAS", -,
        by [System], needs [LeaseOver];
    Release: [DataSesuai DnCocok] => stay, "DILEPAS", -,
        by [Officer], needs [ClaimOwn];
    Release: [DataSesuai DnCocok] => stay, "DILEPAS", -,
        by [Admin], needs [ClaimThere];
    Release: [DataSesuai DnCocok] => stay, "DILEPAS", -,
        by [System], needs [LeaseOver];

    // Checking (steps 5 and 6).
    Return: [Diperiksa DataSesuai DnCocok] => Dikembalikan, "DIKEMBALIKAN", CheckData,
        by [Officer], needs [Claimed Items Note];
    ReturnMismatch: [Diperiksa DataSesuai DnCocok] => Dikembalikan, "DN_TIDAK_COCOK", CheckCertificate,
        by [Officer], needs [Claimed Items Note];
    Reject: [Diperiksa DataSesuai DnCocok] => Ditolak, "DITOLAK", CheckData,
        by [Officer], needs [Claimed Note];
    Recall: [Dikembalikan Ditolak] => Diperiksa, "PENGEMBALIAN_DIBATALKAN", CheckData,
        by [Officer], needs [OwnReturn MailWaiting NoOtherRequest];
    Verify: [Diperiksa] => DataSesuai, "DATA_SESUAI", CheckData,
        by [Officer], needs [Claimed Checklist];
    ChangeReason: [Diperiksa DataSesuai DnCocok] => stay, "ALASAN_DIUBAH", CheckData,
        by [Officer], needs [Claimed Note ReasonFits];
    Match: [DataSesuai] => DnCocok, "DN_COCOK", CheckCertificate,
        by [Officer], needs [Claimed Revocable SameCertificate Signature NamesAgree];

    // Deciding (step 7).
    Approve: [DnCocok] => stay, "DISETUJUI_KEDUA", Revoke,
        by [SecondOfficer], needs [ApprovalWanted Revocable Password];
    Revoke: [DnCocok] => Dicabut, "DICABUT", Revoke,
        by [Officer], needs [Claimed Revocable Approval Password LastFour];
    Schedule: [DnCocok] => Terjadwal, "DIJADWALKAN", Revoke,
        by [Officer], needs [Claimed Revocable Approval Deferrable Password LastFour];
    RevokeScheduled: [Terjadwal] => Dicabut, "DICABUT", Revoke,
        by [System], needs [Due Revocable];

    // Telling (steps 8 and 9).
    Publish: [Dicabut] => stay, "TERMUAT_DI_CRL", Revoke,
        by [System], needs [];
    Notify: [Dicabut] => Diberitahukan, "NOTIF_TERKIRIM", Notify,
        by [System], needs [OnCrl];
    RecordNotice: [Dicabut] => Diberitahukan, "NOTIF_TERKIRIM", Notify,
        by [Recorder], needs [OnCrl Channel];
    Acknowledge: [Diberitahukan] => Selesai, "DITERIMA", Receive,
        by [Owner Recorder], needs [];
    Acknowledge: [Diberitahukan] => Selesai, "DITERIMA", Receive,
        by [System], needs [WaitOver];

    // Overtaken.
    CloseRevoked: [Draf Diajukan Diperiksa Dikembalikan DataSesuai DnCocok Terjadwal] => Ditutup, "SUDAH_DICABUT", -,
        by [System], needs [RevokedOtherwise];
    CloseExpired: [Draf Diajukan Diperiksa Dikembalikan DataSesuai DnCocok Terjadwal] => Ditutup, "KEDALUWARSA", -,
        by [System], needs [Expired];

    // Suspension without a request, and the one way out of it besides revocation.
    Hold: [certificate] => stay, "SERTIFIKAT_DITANGGUHKAN", -,
        by [Officer], needs [Holdable HoldApproval Password LastFour];
    ReleaseHold: [certificate] => stay, "SERTIFIKAT_DIPULIHKAN", -,
        by [Officer], needs [Held NoOtherRequest HoldApproval Password LastFour];
}
