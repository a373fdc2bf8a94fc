//! What can go wrong with the database, with the facts as fields. Never carries a value read from it.

use std::path::{Path, PathBuf};

/// Why the store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process (or another handle of this one) has the database open.
    #[error("the database {path} is in use by another process")]
    Busy { path: PathBuf },
    #[error("there is no database at {path}")]
    Missing { path: PathBuf },
    #[error("there is already a database at {path}")]
    AlreadyExists { path: PathBuf },
    /// A redb file without our marks, or no redb file at all.
    #[error("{path} is not a database of this program")]
    Foreign { path: PathBuf },
    /// Written by a newer release; an older one must not touch it.
    #[error("the database has format {found}, this program knows up to {known}: use a newer ams")]
    NewerFormat { found: u32, known: u32 },
    /// A value was written by a newer release than this one.
    #[error("a value of table {table} has version {found}, this program knows up to {known}")]
    NewerValue {
        table: &'static str,
        found: u8,
        known: u8,
    },
    /// A unique index already has this key for another row.
    #[error("{index} is already taken by another row")]
    Duplicate { index: &'static str },
    #[error("no such row in {table}")]
    NoSuchRow { table: &'static str },
    /// A value that does not decode, or an index that points nowhere.
    #[error("table {table} is damaged: {detail}")]
    Corrupt { table: String, detail: String },
    /// Sealed bytes that do not open: the wrong key, other bytes, or another row's.
    #[error("sealed bytes of {what} do not open")]
    Sealed { what: &'static str },
    /// The person's key is gone: erased, or never made.
    #[error("the key of this person was erased or never made")]
    Erased,
    /// A number sequence has no next value.
    #[error("the sequence of {what} is exhausted")]
    Exhausted { what: &'static str },
    #[error("cannot {doing} {path}: {source}")]
    Io {
        doing: &'static str,
        path: PathBuf,
        source: std::io::Error,
    },
    /// After a failed write redb refuses further transactions until the file is opened again.
    #[error("the database stopped after a failed write and must be opened again")]
    Stopped,
    #[error("database: {0}")]
    Database(Box<redb::Error>),
}

impl StoreError {
    pub(crate) fn io(doing: &'static str, path: &Path, source: std::io::Error) -> Self {
        Self::Io {
            doing,
            path: path.to_owned(),
            source,
        }
    }

    pub(crate) fn corrupt(table: &str, detail: impl Into<String>) -> Self {
        Self::Corrupt {
            table: table.to_owned(),
            detail: detail.into(),
        }
    }
}

impl From<redb::Error> for StoreError {
    fn from(error: redb::Error) -> Self {
        match error {
            redb::Error::PreviousIo => Self::Stopped,
            error => Self::Database(Box::new(error)),
        }
    }
}

macro_rules! from_redb {
    ($($name:ident)*) => {$(
        impl From<redb::$name> for StoreError {
            fn from(error: redb::$name) -> Self {
                redb::Error::from(error).into()
            }
        }
    )*};
}

from_redb!(StorageError TableError TransactionError CommitError SetDurabilityError);
