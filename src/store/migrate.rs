//! The format of the whole file: its number in the meta table, and the steps from each format to the next.
//! A newer format is refused. A change of one value's shape needs no step: values carry versions of their own.

use super::accounts;
use super::database::{Store, Writer};
use super::distribution_points;
use super::error::StoreError;
use super::revoked;
use super::schema;
use super::table::{Table, table};

pub(crate) const META: Table = table("meta");
const FORMAT: &[u8] = b"format";

/// A step from the format of its place in [`STEPS`] to the next.
type Step = fn(&mut Writer) -> Result<(), StoreError>;

/// Format 0 had rows, but neither the queue's indexes nor counters. Format 1 knew no distribution points, and lacked
/// tables that begin empty. Format 2 had the DER of revoked entries in their rows.
/// Format 3 did not find accounts by the words of their name and agency.
const STEPS: [Step; 4] = [
    schema::rebuild,
    distribution_points::rebuild,
    revoked::move_der,
    accounts::index_words,
];

/// The format this program writes.
pub const CURRENT_FORMAT: u32 = STEPS.len() as u32;

/// Makes the tables of a new file, or carries an older one over, each in one transaction.
pub(crate) fn bring_up_to_date(store: &Store) -> Result<(), StoreError> {
    let found = match store.read()?.format() {
        Ok(found) => found,
        // No meta table: nothing was ever committed here, or by somebody else.
        Err(StoreError::Database(e)) if matches!(*e, redb::Error::TableDoesNotExist(_)) => None,
        Err(e) => return Err(e),
    };
    match found {
        Some(CURRENT_FORMAT) => Ok(()),
        Some(found) if found > CURRENT_FORMAT => Err(StoreError::NewerFormat {
            found,
            known: CURRENT_FORMAT,
        }),
        Some(found) => store.write(|w| {
            schema::make_tables(w)?;
            for step in &STEPS[found as usize..] {
                step(w)?;
            }
            w.set_format(CURRENT_FORMAT)
        }),
        None if store.read()?.is_blank()? => store.write(|w| {
            schema::make_tables(w)?;
            w.set_format(CURRENT_FORMAT)
        }),
        None => Err(StoreError::Foreign {
            path: store.path().unwrap_or("(memory)".as_ref()).to_owned(),
        }),
    }
}

impl super::database::Reader {
    fn format(&self) -> Result<Option<u32>, StoreError> {
        let found = self.get_bytes(META, FORMAT)?;
        found
            .map(|bytes| {
                bytes
                    .try_into()
                    .map(u32::from_be_bytes)
                    .map_err(|_| StoreError::corrupt("meta", "a format of another length"))
            })
            .transpose()
    }
}

impl Writer {
    fn set_format(&mut self, format: u32) -> Result<(), StoreError> {
        self.put_bytes(META, FORMAT, &format.to_be_bytes())
    }
}
