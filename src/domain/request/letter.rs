//! The statement letter as a file, without its content.

use serde::{Deserialize, Serialize};

use crate::domain::identifiers::{AccountId, LetterId};
use crate::domain::instant::Timestamp;

/// The type of a letter file, by its magic bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LetterKind {
    Pdf,
    Jpeg,
    Png,
}

impl LetterKind {
    /// With its article, for a sentence.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pdf => "a PDF",
            Self::Jpeg => "a JPEG picture",
            Self::Png => "a PNG picture",
        }
    }

    pub const fn short_name(self) -> &'static str {
        match self {
            Self::Pdf => "PDF",
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
        }
    }

    /// The ending under which a letter is handed out; never taken from its sender.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Jpeg => "jpg",
            Self::Png => "png",
        }
    }
}

/// One version of the letter. File, salt and plain hash lie encrypted elsewhere.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct LetterVersion {
    pub id: LetterId,
    /// Counts from 1; an older version is kept when a new one comes.
    pub version: u32,
    pub kind: LetterKind,
    pub bytes: u64,
    pub pages: u32,
    /// SHA-256(salt ‖ letter), as the log has it.
    pub digest: [u8; 32],
    pub attached_at: Timestamp,
    pub attached_by: AccountId,
}
