//! What can be wrong with an export, each with what would help.

use crate::audit::checkpoint::CheckpointError;
use crate::audit::entry::EntryError;
use crate::audit::origin::Origin;

/// What can be wrong with an export.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    #[error("the first line is not the header of a log export")]
    NotAnExport,
    #[error("an export of version {0}")]
    Version(u64),
    #[error("the header names another public key than the one given")]
    OtherKey,
    #[error("longer than any line of an export")]
    LineTooLong,
    #[error("{0}")]
    Entry(#[source] EntryError),
    #[error("neither an entry nor a checkpoint")]
    UnknownLine,
    #[error("entry {found} stands where {expected} belongs")]
    OutOfOrder { expected: u64, found: u64 },
    #[error("not the entry that was logged: its hash differs from the log's own")]
    LeafDiffers,
    #[error("{0}")]
    Checkpoint(#[source] CheckpointError),
    #[error("a checkpoint over {signed} entries stands after {entries}")]
    CheckpointOutOfPlace { signed: u64, entries: u64 },
    #[error("the origin {found} stands where {expected} is open")]
    OriginOutOfPlace { found: String, expected: Origin },
    #[error(
        "the root of the first {size} entries is not the signed one: an entry from {agreed} on was changed, added or left out"
    )]
    RootDiffers { agreed: u64, size: u64 },
    #[error("the last {0} entries are under no checkpoint")]
    Uncovered(u64),
    #[error("the header announces {announced} entries, the export has {entries}")]
    Count { announced: u64, entries: u64 },
    #[error(
        "a head of {known} entries is known, the export has {entries}: its tail was cut off, or it is an old one"
    )]
    ShorterThanKnown { known: u64, entries: u64 },
    #[error("the first {0} entries are not those under the known head: the past was rewritten")]
    DiffersFromKnown(u64),
    #[error(
        "the known head of {known} entries was lost in a restore to {restored} entries, as the log itself says"
    )]
    LostInRestore { known: u64, restored: u64 },
}

macro_rules! ids {
    ($($pattern:pat => $name:literal,)+) => {
        impl Fault {
            /// The name of every fault, in the order of the variants.
            pub const IDS: &[&str] = &[$($name),+];

            /// A stable name, for `--json` and for the message in the reader's language.
            pub const fn id(&self) -> &'static str {
                match self {
                    $($pattern => $name,)+
                }
            }
        }
    };
}

ids! {
    Self::NotAnExport => "not-an-export",
    Self::Version(_) => "version",
    Self::OtherKey => "other-key",
    Self::LineTooLong => "line-too-long",
    Self::Entry(_) => "entry",
    Self::UnknownLine => "unknown-line",
    Self::OutOfOrder { .. } => "out-of-order",
    Self::LeafDiffers => "leaf-differs",
    Self::Checkpoint(_) => "checkpoint",
    Self::CheckpointOutOfPlace { .. } => "checkpoint-out-of-place",
    Self::OriginOutOfPlace { .. } => "origin-out-of-place",
    Self::RootDiffers { .. } => "root-differs",
    Self::Uncovered(_) => "uncovered",
    Self::Count { .. } => "count",
    Self::ShorterThanKnown { .. } => "shorter-than-known",
    Self::DiffersFromKnown(_) => "differs-from-known",
    Self::LostInRestore { .. } => "lost-in-restore",
}

impl Fault {
    /// What would help, in plain English.
    pub const fn hint(&self) -> &'static str {
        match self {
            Self::NotAnExport | Self::UnknownLine | Self::LineTooLong => {
                "take the file that `ams log export` wrote, unchanged"
            }
            Self::Version(_) => "verify it with a newer ams",
            Self::OtherKey => "ask the desk's operator over another channel which key is right",
            Self::Entry(_) | Self::OutOfOrder { .. } | Self::Count { .. } => {
                "export again; if the fault stays, the desk's store was altered: compare with a backup"
            }
            Self::LeafDiffers | Self::RootDiffers { .. } | Self::DiffersFromKnown(_) => {
                "compare with an earlier export or a backup; what the signed head covers cannot be changed unseen"
            }
            Self::Checkpoint(_) => {
                "check that the public key belongs to this log; if it does, the head was altered or forged"
            }
            Self::CheckpointOutOfPlace { .. } | Self::Uncovered(_) => {
                "entries or heads are missing or were added: ask for a complete export"
            }
            Self::OriginOutOfPlace { .. } => {
                "after a restore the log must go on under the next origin, opened by its own entry"
            }
            Self::ShorterThanKnown { .. } => {
                "ask for a new export; it must cover the head you hold"
            }
            Self::LostInRestore { .. } => {
                "ask the operator for the restore's record; the entries after the backup exist in older exports only"
            }
        }
    }
}
