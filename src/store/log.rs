//! The log's octets: entries in sequence, which entries name an object, the hashes of the Merkle tree, checkpoints.
//! What they mean is the audit room's; here they are only ever added.

use super::database::{Reader, Writer};
use super::error::StoreError;
use super::indexed::number;
use super::key::{Key, Span};
use super::page::{Page, Window};
use super::table::{Table, table};

pub(crate) const ENTRIES: Table = table("log");
pub(crate) const OBJECTS: Table = table("log.objects");
pub(crate) const HASHES: Table = table("log.hashes");
pub(crate) const CHECKPOINTS: Table = table("log.checkpoints");

/// An entry's place and octets.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LogEntry {
    /// Counts from 0 without gaps.
    pub seq: u64,
    pub bytes: Vec<u8>,
}

/// A signed head of the log.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Checkpoint {
    pub origin: String,
    /// Entries it covers.
    pub size: u64,
    /// The signed note.
    pub bytes: Vec<u8>,
}

impl Reader {
    /// How many entries there are: the next one's sequence number.
    pub fn log_len(&self) -> Result<u64, StoreError> {
        let opened = self.open(ENTRIES)?;
        let last = opened.range(&Span::all())?.next_back();
        match last {
            Some(row) => Ok(number(row?.0.value())? + 1),
            None => Ok(0),
        }
    }

    pub fn log_entry(&self, seq: u64) -> Result<Option<Vec<u8>>, StoreError> {
        self.get_bytes(ENTRIES, &seq.to_be_bytes())
    }

    /// Entries by sequence number, from either end.
    pub fn log_entries(&self, window: &Window) -> Result<Page<LogEntry>, StoreError> {
        let hits = self.window(ENTRIES, &[Span::all()], window)?;
        entries(hits, |hit| Ok((number(&hit.key)?, hit.value)))
    }

    /// The entries that name an object, by sequence number, from either end.
    pub fn log_of(&self, object: &[u8], window: &Window) -> Result<Page<LogEntry>, StoreError> {
        let hits = self.window(OBJECTS, &[Span::prefix(&object_key(object))], window)?;
        let opened = self.open(ENTRIES)?;
        entries(hits, |hit| {
            let seq = hit
                .key
                .last_chunk::<8>()
                .ok_or_else(|| StoreError::corrupt("log.objects", "a short key"))?;
            let found = opened.get(seq)?.map(|guard| guard.value().to_vec());
            let bytes = found
                .ok_or_else(|| StoreError::corrupt("log.objects", "an entry that is not there"))?;
            Ok((u64::from_be_bytes(*seq), bytes))
        })
    }

    /// The entries of these sequence numbers, as far as they are there.
    pub fn log_range(&self, range: std::ops::Range<u64>) -> Result<Vec<Vec<u8>>, StoreError> {
        let span = Span {
            low: std::ops::Bound::Included(range.start.to_be_bytes().into()),
            high: std::ops::Bound::Excluded(range.end.to_be_bytes().into()),
        };
        let opened = self.open(ENTRIES)?;
        opened
            .range(&span)?
            .map(|row| Ok(row?.1.value().to_vec()))
            .collect()
    }

    /// Visits the entries from `from` on, in sequence: for export and verification.
    pub fn for_each_log_entry<E: From<StoreError>>(
        &self,
        from: u64,
        mut visit: impl FnMut(u64, &[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let span = Span {
            low: std::ops::Bound::Included(from.to_be_bytes().into()),
            ..Span::all()
        };
        let opened = self.open(ENTRIES)?;
        for row in opened.range(&span)? {
            let (key, value) = row.map_err(StoreError::from)?;
            visit(number(key.value())?, value.value())?;
        }
        Ok(())
    }

    /// Hashes of the Merkle tree by their storage index; the first that is missing is an error.
    pub fn log_hashes(&self, indexes: &[u64]) -> Result<Vec<[u8; 32]>, StoreError> {
        let opened = self.open(HASHES)?;
        indexes
            .iter()
            .map(|index| {
                let found = opened.get(&index.to_be_bytes())?;
                found
                    .and_then(|guard| guard.value().try_into().ok())
                    .ok_or_else(|| StoreError::corrupt("log.hashes", format!("no hash {index}")))
            })
            .collect()
    }

    /// The checkpoint of the largest size under an origin.
    pub fn last_checkpoint(&self, origin: &str) -> Result<Option<Checkpoint>, StoreError> {
        Ok(self.checkpoints(origin, &Window::last(1))?.rows.pop())
    }

    /// Checkpoints of an origin by size.
    pub fn checkpoints(
        &self,
        origin: &str,
        window: &Window,
    ) -> Result<Page<Checkpoint>, StoreError> {
        let hits = self.window(
            CHECKPOINTS,
            &[Span::prefix(&object_key(origin.as_bytes()))],
            window,
        )?;
        let mut rows = Vec::with_capacity(hits.rows.len());
        for hit in hits.rows {
            let size = hit.key.last_chunk::<8>().copied().unwrap_or_default();
            rows.push(Checkpoint {
                origin: origin.to_owned(),
                size: u64::from_be_bytes(size),
                bytes: hit.value,
            });
        }
        Ok(Page {
            rows,
            start: hits.start,
            next: hits.next,
        })
    }
}

fn entries(
    hits: Page<super::table::Hit>,
    mut read: impl FnMut(super::table::Hit) -> Result<(u64, Vec<u8>), StoreError>,
) -> Result<Page<LogEntry>, StoreError> {
    let mut rows = Vec::with_capacity(hits.rows.len());
    for hit in hits.rows {
        let (seq, bytes) = read(hit)?;
        rows.push(LogEntry { seq, bytes });
    }
    Ok(Page {
        rows,
        start: hits.start,
        next: hits.next,
    })
}

/// The length before the octets keeps one object's keys from being another's beginning.
fn object_key(object: &[u8]) -> Vec<u8> {
    Key::new().u32(object.len() as u32).raw(object).done()
}

impl Writer {
    /// Adds the next entry and returns its sequence number. `objects` are the ids it can be found by.
    pub fn append_log(&mut self, bytes: &[u8], objects: &[&[u8]]) -> Result<u64, StoreError> {
        let seq = self.log_len()?;
        self.put_bytes(ENTRIES, &seq.to_be_bytes(), bytes)?;
        for object in objects {
            let key = Key::new().raw(&object_key(object)).u64(seq);
            self.put_bytes(OBJECTS, key.bytes(), &[])?;
        }
        Ok(seq)
    }

    /// Stores hashes of the Merkle tree. One that is there already and differs is refused: the past does not change.
    pub fn put_log_hashes(&mut self, first: u64, hashes: &[[u8; 32]]) -> Result<(), StoreError> {
        let mut table = self.edit(HASHES)?;
        for (index, hash) in (first..).zip(hashes) {
            let before = table.insert(index.to_be_bytes().as_slice(), hash.as_slice())?;
            if before.is_some_and(|guard| guard.value() != hash) {
                return Err(StoreError::corrupt(
                    "log.hashes",
                    format!("hash {index} would change"),
                ));
            }
        }
        Ok(())
    }

    /// Keeps a signed head. Rules of size and consistency are the audit room's.
    pub fn put_checkpoint(&mut self, checkpoint: &Checkpoint) -> Result<(), StoreError> {
        let key = Key::new()
            .raw(&object_key(checkpoint.origin.as_bytes()))
            .u64(checkpoint.size);
        self.put_bytes(CHECKPOINTS, key.bytes(), &checkpoint.bytes)
    }
}
