//! What stands on each of an issuer's CRLs, as the database has it: read page by page and in the order of serials.

use std::iter::Peekable;

use crate::domain::{CertificateKey, CrlNumber, IssuerId, Serial, Timestamp};
use crate::pki::entry::{EntryReason, RevokedEntry};
use crate::store::{Pages, Reader, StoreError, Window};

use super::settle::{gone, waiting};

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
) -> impl Iterator<Item = Result<Vec<u8>, StoreError>> + '_ {
    let changes = Pages::new(PAGE, move |window: &Window| {
        reader.list_changes(issuer, window)
    });
    let changes = changes.filter_map(move |row| match row {
        Ok((_, change)) if change.number <= base => None,
        row => Some(row.map(|(key, change)| (key, change.left.map(|(_, at)| at)))),
    });
    let left = gone(reader, issuer).map(|row| row.map(|left| (left.key, Some(left.at))));
    let waiting = waiting(reader, issuer).map(|row| row.map(|entry| (entry.key, None)));
    let sources: [Box<dyn Iterator<Item = ChangedRow> + '_>; 3] =
        [Box::new(changes), Box::new(left), Box::new(waiting)];
    let changed = Changed(sources.map(Iterator::peekable));
    changed.filter_map(move |row| entry_of(reader, row, this_update).transpose())
}

/// A certificate whose place on the list changed, and when it left.
type ChangedRow = Result<(CertificateKey, Option<Timestamp>), StoreError>;

/// What several sources tell, each in the order of serials; of a certificate the last source's word alone.
struct Changed<I: Iterator>([Peekable<I>; 3]);

impl<I: Iterator<Item = ChangedRow>> Iterator for Changed<I> {
    type Item = ChangedRow;

    fn next(&mut self) -> Option<ChangedRow> {
        let mut first: Option<Serial> = None;
        for source in &mut self.0 {
            match source.peek() {
                Some(Ok((key, _))) => {
                    let least = first.as_ref().is_none_or(|at| key.serial < *at);
                    first = if least {
                        Some(key.serial.clone())
                    } else {
                        first
                    };
                }
                Some(Err(_)) => return source.next(),
                None => {}
            }
        }
        let first = first?;
        let told = self.0.iter_mut().filter_map(|source| {
            source.next_if(|row| matches!(row, Ok((key, _)) if key.serial == first))
        });
        told.last()
    }
}

fn entry_of(
    reader: &Reader,
    row: ChangedRow,
    this_update: Timestamp,
) -> Result<Option<Vec<u8>>, StoreError> {
    let (key, left) = row?;
    // The list decides: what was released and suspended again is on it.
    if let Some(entry) = reader.revoked(&key)? {
        return Ok(Some(entry.der));
    }
    let Some(at) = left else {
        return Ok(None);
    };
    let removal = RevokedEntry {
        serial: key.serial,
        revocation_date: at.min(this_update).whole_second(),
        reason: EntryReason::RemoveFromCrl,
        invalidity_date: None,
    };
    let encoded = removal.encode();
    encoded
        .map(Some)
        .map_err(|e| StoreError::corrupt("revoked.left", e.to_string()))
}
