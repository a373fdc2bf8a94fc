//! The database room: redb tables under typed getters, one subject a file. Every value carries a version octet; every
//! list is a run of an index; indexes and counters change in the transaction of their row. Uses only `domain`, redb,
//! postcard and ring; holds no rule of the procedure.
//!
//! [`Store::read`] gives a [`Reader`], a snapshot; [`Store::write`] runs a closure over a [`Writer`], which reads as a
//! `Reader` does, its own changes included, and commits when the closure returns `Ok`.

mod accounts;
mod backup;
mod certificate_batches;
mod certificate_list;
mod certificates;
mod changes;
mod check;
mod clock;
mod credentials;
mod crls;
mod database;
mod distribution_points;
mod error;
mod index_run;
mod indexed;
mod issuers;
mod key;
mod letter_files;
mod letters;
mod log;
mod migrate;
mod outbox;
mod page;
mod personal;
mod requests;
mod revoked;
mod schema;
mod seal;
mod seen;
mod sessions;
mod settings;
mod suspensions;
mod table;
mod tasks;
mod value;

pub use accounts::{AccountList, AccountsByEmail};
pub use backup::{BackupReport, rewrite};
pub use certificate_batches::{Added, Adding, NewCertificate};
pub use certificate_list::{CertificateCounts, CertificateList};
pub use changes::ListChange;
pub use check::{CheckReport, Problem};
pub use clock::ClockDoubt;
pub use credentials::{Credentials, Throttle, ThrottleSubject};
pub use crls::{CrlKind, CrlNumbers, CrlRecord};
pub use database::{Options, Reader, Store, Writer};
pub use distribution_points::DistributionPoint;
pub use error::StoreError;
pub use issuers::{DeltaSettings, IssuerRecord, IssuerSettings, KeyReference, PartitionSettings};
pub use key::{fold, words};
pub use letter_files::{LetterFiles, open_letter, seal_letter};
pub use letters::{LetterDetails, LetterRecord};
pub use log::{Checkpoint, LogEntry};
pub use migrate::CURRENT_FORMAT;
pub use outbox::{MailRecord, MailStatus};
pub use page::{Cursor, Direction, Page, Pages, Window};
pub use requests::{RequestList, RequestRow, StateCount};
pub use revoked::{
    LeftBecause, LeftEntry, RevokedEntry, RevokedFacts, RevokedKind, RevokedRuns, RevokedTotals,
    StoredRun,
};
pub use seal::{SealNonce, SubjectKey};
pub use sessions::SavedSession;
pub use suspensions::{SuspensionApproval, UntoldSuspension};
pub use tasks::Task;

#[cfg(test)]
mod tests;
