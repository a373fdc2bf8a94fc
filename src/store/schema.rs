//! Every table of the database, and every kind of row that has indexes: the lists that making, rebuilding, checking
//! and copying go by.

use redb::TableHandle;

use super::certificates;
pub(super) use super::certificates::Numbered;
use super::crls;
pub(super) use super::crls::CrlRecord;
use super::database::{Reader, Tx, Writer};
use super::error::StoreError;
use super::indexed::{COUNTERS, Indexed, Tally};
pub(super) use super::letters::SealedLetter;
pub(super) use super::outbox::MailRecord;
use super::revoked;
pub(super) use super::revoked::RevokedRow;
use super::table::Table;
pub(super) use super::tasks::Task;
use super::{
    changes, clock, credentials, distribution_points, issuers, log, migrate, personal, seen,
    sessions, settings, suspensions,
};
pub(super) use crate::domain::{Account, Request};

/// Tables whose rows have no index of their own.
const PLAIN: &[Table] = &[
    migrate::META,
    COUNTERS,
    settings::SETTINGS,
    settings::SEQUENCES,
    certificates::DER,
    revoked::LEFT,
    revoked::RUNS,
    changes::CHANGES,
    clock::CLOCK,
    distribution_points::POINTS,
    distribution_points::MEMBERS,
    crls::STATES,
    seen::SEEN,
    issuers::ISSUERS,
    log::ENTRIES,
    log::OBJECTS,
    log::HASHES,
    log::CHECKPOINTS,
    personal::SUBJECT_KEYS,
    personal::PERSONAL,
    credentials::CREDENTIALS,
    credentials::THROTTLES,
    sessions::SESSIONS,
    suspensions::SUSPENSION_APPROVALS,
    suspensions::SUSPENSIONS_UNTOLD,
];

/// Calls `$each::<T>` for every kind of indexed row.
macro_rules! every_indexed {
    ($each:ident ( $($argument:expr),* )) => {{
        $each::<crate::store::schema::Account>($($argument),*)?;
        $each::<crate::store::schema::Numbered>($($argument),*)?;
        $each::<crate::store::schema::Request>($($argument),*)?;
        $each::<crate::store::schema::RevokedRow>($($argument),*)?;
        $each::<crate::store::schema::CrlRecord>($($argument),*)?;
        $each::<crate::store::schema::Task>($($argument),*)?;
        $each::<crate::store::schema::MailRecord>($($argument),*)?;
        $each::<crate::store::schema::SealedLetter>($($argument),*)?;
    }};
}
pub(super) use every_indexed;

/// Makes every table that is missing, so that a read never meets one that is not there.
pub(crate) fn make_tables(w: &Writer) -> Result<(), StoreError> {
    for table in PLAIN {
        w.edit(*table)?;
    }
    every_indexed!(make_indexed(w));
    Ok(())
}

fn make_indexed<T: Indexed>(w: &Writer) -> Result<(), StoreError> {
    w.edit(T::ROWS)?;
    for index in T::INDEXES {
        w.edit(index.table)?;
    }
    Ok(())
}

/// Makes all indexes and counters anew from the rows.
pub(crate) fn rebuild(w: &mut Writer) -> Result<(), StoreError> {
    w.empty(COUNTERS)?;
    every_indexed!(rebuild_indexed(w));
    Ok(())
}

fn rebuild_indexed<T: Indexed>(w: &mut Writer) -> Result<(), StoreError> {
    for index in T::INDEXES {
        w.empty(index.table)?;
    }
    let mut tally = Tally::default();
    {
        let w = &*w;
        w.each_row(|row: T| {
            let entries = row.entries();
            tally.add(&entries);
            let primary = row.primary();
            for (index, key) in entries.keys {
                let mut table = w.edit(index.table)?;
                if table.insert(key.as_slice(), primary.as_slice())?.is_some() {
                    return Err(index.taken());
                }
            }
            Ok(())
        })?;
    }
    w.tally(tally)
}

impl Writer {
    pub(crate) fn empty(&self, table: Table) -> Result<(), StoreError> {
        if let Tx::Write(tx) = &self.reader.tx {
            tx.delete_table(table)?;
        }
        self.edit(table).map(drop)
    }
}

impl Reader {
    /// The names of the tables in the file.
    pub(crate) fn table_names(&self) -> Result<Vec<String>, StoreError> {
        let names = |handle: redb::UntypedTableHandle| handle.name().to_owned();
        Ok(match &self.tx {
            Tx::Read(tx) => tx.list_tables()?.map(names).collect(),
            Tx::Write(tx) => tx.list_tables()?.map(names).collect(),
        })
    }

    /// Whether nothing was ever committed to the file.
    pub(crate) fn is_blank(&self) -> Result<bool, StoreError> {
        Ok(self.table_names()?.is_empty())
    }
}
