//! What stands on each of an issuer's CRLs, as the database has it: read page by page and in the order of serials.

use std::collections::BTreeMap;

use crate::domain::{CrlNumber, IssuerId, Serial, Timestamp};
use crate::pki::entry::{EntryReason, RevokedEntry};
use crate::store::{Reader, StoreError, Window};

use super::failed;
use crate::desk::DeskError;

/// Rows read at once.
const PAGE: usize = 4096;

/// The entries of an issuer whose certificates name a distribution point.
pub(super) struct EntriesOfPoint<'a> {
    reader: &'a Reader,
    issuer: IssuerId,
    uri: &'a str,
    page: std::vec::IntoIter<Vec<u8>>,
    /// Where the next page begins; the outer `None` behind the last one.
    next: Option<Option<Serial>>,
}

impl<'a> EntriesOfPoint<'a> {
    pub fn new(reader: &'a Reader, issuer: IssuerId, uri: &'a str) -> Self {
        Self {
            reader,
            issuer,
            uri,
            page: Vec::new().into_iter(),
            next: Some(None),
        }
    }
}

impl Iterator for EntriesOfPoint<'_> {
    type Item = Result<Vec<u8>, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(entry) = self.page.next() {
                return Some(Ok(entry));
            }
            let after = self.next.take()?;
            let page = self
                .reader
                .revoked_of_point(self.issuer, self.uri, after.as_ref(), PAGE);
            match page {
                Ok((rows, more)) => {
                    self.page = rows.into_iter();
                    self.next = more.map(Some);
                }
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

/// What changed since the complete CRL `base`: entries that came or changed, and removeFromCRL for those that left,
/// also where the base did not have them but a CRL in between may have (RFC 5280 §5.2.4, §5.3.1). In the order of
/// serials; what waits for its first CRL is among them.
pub(super) fn since(
    reader: &Reader,
    issuer: IssuerId,
    base: CrlNumber,
    this_update: Timestamp,
) -> Result<Vec<Vec<u8>>, DeskError> {
    // A longer serial is the greater one: magnitudes have no leading zeros.
    let mut changed = BTreeMap::new();
    for (key, change) in reader.changes_since(issuer, base)? {
        let left = change.left.map(|(_, at)| at);
        changed.insert(order(&key.serial), (key, left));
    }
    for left in reader.revoked_left(issuer)? {
        changed.insert(order(&left.key.serial), (left.key, Some(left.at)));
    }
    let waiting = reader.revoked_pending(issuer, &Window::first(usize::MAX))?;
    for entry in waiting.rows {
        changed.insert(order(&entry.key.serial), (entry.key, None));
    }
    let mut entries = Vec::with_capacity(changed.len());
    for (key, left) in changed.into_values() {
        // The list decides: what was released and suspended again is on it.
        if let Some(entry) = reader.revoked(&key)? {
            entries.push(entry.der);
        } else if let Some(at) = left {
            let removal = RevokedEntry {
                serial: key.serial,
                revocation_date: at.min(this_update).whole_second(),
                reason: EntryReason::RemoveFromCrl,
                invalidity_date: None,
            };
            entries.push(removal.encode().map_err(failed)?);
        }
    }
    Ok(entries)
}

fn order(serial: &Serial) -> (usize, Vec<u8>) {
    let magnitude = serial.magnitude();
    (magnitude.len(), magnitude.to_vec())
}
