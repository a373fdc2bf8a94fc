//! Where a request stands. What leads from one state to another is in `workflow`.

use serde::{Deserialize, Serialize};

/// Where a request stands. Its names are Indonesian because they are what officers, logs and commands say.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Draf,
    Diajukan,
    Diperiksa,
    Dikembalikan,
    DataSesuai,
    DnCocok,
    Terjadwal,
    Dicabut,
    Diberitahukan,
    Selesai,
    Ditolak,
    Ditarik,
    Ditutup,
}

impl State {
    pub const ALL: [Self; 13] = [
        Self::Draf,
        Self::Diajukan,
        Self::Diperiksa,
        Self::Dikembalikan,
        Self::DataSesuai,
        Self::DnCocok,
        Self::Terjadwal,
        Self::Dicabut,
        Self::Diberitahukan,
        Self::Selesai,
        Self::Ditolak,
        Self::Ditarik,
        Self::Ditutup,
    ];

    /// The stable name in commands, JSON and the log.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Draf => "draf",
            Self::Diajukan => "diajukan",
            Self::Diperiksa => "diperiksa",
            Self::Dikembalikan => "dikembalikan",
            Self::DataSesuai => "data_sesuai",
            Self::DnCocok => "dn_cocok",
            Self::Terjadwal => "terjadwal",
            Self::Dicabut => "dicabut",
            Self::Diberitahukan => "diberitahukan",
            Self::Selesai => "selesai",
            Self::Ditolak => "ditolak",
            Self::Ditarik => "ditarik",
            Self::Ditutup => "ditutup",
        }
    }

    /// The word that English screens show, written as a name.
    pub const fn english(self) -> &'static str {
        match self {
            Self::Draf => "draft",
            Self::Diajukan => "submitted",
            Self::Diperiksa => "in_review",
            Self::Dikembalikan => "returned",
            Self::DataSesuai => "data_in_order",
            Self::DnCocok => "dn_matched",
            Self::Terjadwal => "scheduled",
            Self::Dicabut => "revoked",
            Self::Diberitahukan => "notified",
            Self::Selesai => "completed",
            Self::Ditolak => "rejected",
            Self::Ditarik => "withdrawn",
            Self::Ditutup => "closed",
        }
    }

    /// Reads a name or its English word, in either case, with `_`, `-` or blanks between words.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().replace(['-', ' '], "_");
        Self::ALL.into_iter().find(|s| {
            [s.name(), s.english()]
                .iter()
                .any(|w| w.eq_ignore_ascii_case(&text))
        })
    }

    /// Whether the certificate's fate is still to be decided: such a request blocks another one.
    pub const fn is_open(self) -> bool {
        matches!(
            self,
            Self::Draf
                | Self::Diajukan
                | Self::Diperiksa
                | Self::Dikembalikan
                | Self::DataSesuai
                | Self::DnCocok
                | Self::Terjadwal
        )
    }

    /// Whether nothing will happen any more.
    pub const fn is_final(self) -> bool {
        matches!(
            self,
            Self::Selesai | Self::Ditolak | Self::Ditarik | Self::Ditutup
        )
    }
}
