//! The stable names of what the log records: DOMAIN's transitions and everything else that leaves an entry.
//! A name never changes its meaning; a new act gets a new name. Titles for people are made from it at the edge.

pub use super::word::Action;

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {
        impl Action {
            $($(#[$doc])* pub const $name: Self = Self::constant(stringify!($name));)*

            /// Every name this program writes, in the order of this file.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];
        }
    };
}

actions! {
    // Requests (the transition table of the domain).
    DRAF_DIBUAT,
    DRAF_DIUBAH,
    SURAT_DILAMPIRKAN,
    PERMOHONAN_DIAJUKAN,
    /// Submitted urgently, the letter to follow: a deviation until `SURAT_DISUSULKAN`.
    SURAT_MENYUSUL,
    SURAT_DISUSULKAN,
    /// An officer agreed to the withdrawal of a request after loss or compromise.
    PENARIKAN_DISETUJUI,
    DITARIK,
    DIAMBIL,
    DILEPAS,
    DIKEMBALIKAN,
    DN_TIDAK_COCOK,
    /// A return or rejection was taken back before its mail went.
    PENGEMBALIAN_DIBATALKAN,
    DIAJUKAN_ULANG,
    DITOLAK,
    DATA_SESUAI,
    DN_COCOK,
    DISETUJUI_KEDUA,
    DIJADWALKAN,
    DICABUT,
    NOTIF_TERKIRIM,
    DITERIMA,
    SUDAH_DICABUT,
    KEDALUWARSA,
    /// An officer changed the proposed reason code; `reason_code` is the final one.
    ALASAN_DIUBAH,
    /// The entry was seen on the published CRL `crl_number`.
    TERMUAT_DI_CRL,
    /// Break-glass: decided without the second officer.
    KEADAAN_DARURAT,
    // Certificates.
    SERTIFIKAT_DIIMPOR,
    SERTIFIKAT_DICABUT,
    SERTIFIKAT_DITANGGUHKAN,
    SERTIFIKAT_DIPULIHKAN,
    SERTIFIKAT_KEDALUWARSA,
    /// A CRL entry that the desk lacked, adopted from the published CRL.
    SERTIFIKAT_DIADOPSI,
    /// Adopted entries were looked at and found right; `count` says how many where they are told of together.
    ADOPSI_DIKONFIRMASI,
    // Issuers and CRLs.
    PENERBIT_DITAMBAHKAN,
    KUNCI_DIBUKA,
    /// A signing process ended by itself, or was killed.
    PENANDA_BERHENTI,
    /// A signing process runs again after one that had ended so.
    PENANDA_DIMULAI,
    /// An officer asked for a CRL now.
    CRL_DIMINTA,
    /// A CRL number reserved before signing; gaps are fine.
    CRL_DIPESAN,
    /// A CRL published and read back; `digest` is SHA-256 of its DER.
    CRL_TERBIT,
    /// A delta CRL published and read back; `digest` is SHA-256 of its DER.
    CRL_DELTA_TERBIT,
    /// A partitioned CRL published and read back; `digest` is SHA-256 of its DER.
    CRL_PARTISI_TERBIT,
    /// The publishing gate refused; nothing was published.
    CRL_DITAHAN,
    /// The settings of an issuer's CRLs were changed.
    PENERBIT_DIATUR,
    /// The clock jumped forward, from the time of the entry before: nothing is signed by it.
    JAM_DIRAGUKAN,
    /// Somebody, or the system's synchronisation, says that the time is right; of an issuer: `count` entries that no
    /// CRL carries yet were dated anew by it.
    JAM_DIPASTIKAN,
    // Letters and personal data.
    SURAT_DISIMPAN,
    SURAT_DIBACA,
    NIK_DIBACA,
    DATA_DIHAPUS,
    // Mail.
    NOTIF_GAGAL,
    NOTIF_DIKIRIM_ULANG,
    // Accounts and sessions.
    AKUN_DIBUAT,
    AKUN_DIUBAH,
    AKUN_DINONAKTIFKAN,
    AKUN_DIAKTIFKAN,
    PERAN_DIAJUKAN,
    /// What waited was stopped, by an admin or by whom it concerns; `related` is who had asked for it.
    PERAN_DIBATALKAN,
    PERAN_DIBERIKAN,
    PERAN_DICABUT,
    KATA_SANDI_DIUBAH,
    KATA_SANDI_DIATUR_ULANG,
    TOTP_DIDAFTARKAN,
    TOTP_DIHAPUS,
    UID_DIIKAT,
    LOGIN,
    /// Failures of one peer uid within one minute; `count` says how many.
    LOGIN_GAGAL,
    LOGOUT,
    SESI_DIAKHIRI,
    // The desk itself.
    DITOLAK_ATURAN,
    PENGATURAN_DIUBAH,
    DESK_DIMULAI,
    DESK_DIHENTIKAN,
    JAM_MELOMPAT,
    CADANGAN_DIBUAT,
    /// First entry after a restore: object the new generation of the log, `count` the old size, `digest` the old
    /// root, `related` the backup.
    LOG_ASAL_BARU,
    LOG_DIEKSPOR,
    LAPORAN_DIBUAT,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_transition_of_the_workflow_has_its_name_here() {
        for name in crate::domain::workflow::rows().iter().filter_map(|r| r.log) {
            let known = Action::ALL.iter().any(|a| a.as_str() == name);
            assert!(known, "{name} is no action of the log");
        }
    }

    #[test]
    fn no_two_actions_share_a_name() {
        let mut names: Vec<_> = Action::ALL.iter().map(Action::as_str).collect();
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
