//! The log that an outsider can verify: canonical entries as leaves of an RFC 6962 Merkle tree, heads signed as C2SP
//! checkpoints, proofs, export and verification, and the replay that rebuilds every state (laws 1 and 8).
//! Relies on hashes and rows handed in by the desk; holds no personal data, reads no clock, draws no randomness.

pub mod action;
pub mod checkpoint;
pub mod entry;
pub mod export;
pub mod object;
pub mod origin;
pub mod receipt;
pub mod replay;
pub mod tally;
pub mod tree;
pub mod verify;
pub mod word;

pub use action::Action;
pub use checkpoint::{Checkpoint, CheckpointError, LogKey, PublicKey, SignedCheckpoint};
pub use entry::{Entry, EntryError};
pub use export::{Export, ExportError};
pub use object::{ActorRef, ObjectRef, ObjectState};
pub use origin::Origin;
pub use receipt::{Receipt, ReceiptError};
pub use replay::{Discrepancy, Replay};
pub use tally::FailedLogins;
pub use tree::{Frontier, Hash, HashReader, HashStore, TreeError};
pub use verify::{Expected, Fault, Problem, Verdict, Verification, verify_export};
pub use word::{RuleId, SettingKey};
