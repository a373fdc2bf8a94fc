//! The entries of a CRL in serial order, for comparing lists in one pass. A list that ascends, as ours do, streams in
//! constant memory; one out of order, which RFC 5280 allows, is loaded and sorted.

use std::cmp::Ordering;
use std::io::Read;

use super::crl_read::{CrlHead, CrlReader, CrlSource, CrlTail, ReadError};
use super::der_scan::Reader;
use super::entry::{RawEntry, compare_serials};

/// Entries in ascending order of their serials, with one entry of look-ahead.
pub struct OrderedEntries<'s> {
    entries: Entries<'s>,
    /// The next entry, encoded, and the content octets of its serial.
    next: Option<Peeked>,
    /// Buffers of the entry given last, to be used again.
    spare: Peeked,
}

/// One entry of an ordered list.
pub struct OrderedEntry<'a> {
    /// The content octets of its serial.
    pub serial: &'a [u8],
    pub der: &'a [u8],
}

#[derive(Default)]
struct Peeked {
    der: Vec<u8>,
    serial: Vec<u8>,
}

enum Entries<'s> {
    Stream(Box<CrlReader<Box<dyn Read + 's>>>),
    Sorted(std::vec::IntoIter<Vec<u8>>, Box<(CrlHead, CrlTail)>),
}

/// Why the next entry could not be had.
#[derive(Debug, thiserror::Error)]
pub enum OrderError {
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The list was opened as a stream and is out of order: open it again with [`OrderedEntries::sorted`].
    #[error("the entries are out of order")]
    NotAscending,
}

impl<'s> OrderedEntries<'s> {
    /// Streams a list that is thought to ascend.
    pub fn stream(source: &'s (impl CrlSource + ?Sized)) -> Result<Self, OrderError> {
        Self::begin(Entries::Stream(Box::new(CrlReader::open(source)?)))
    }

    /// Loads and sorts a list of any order; entries of equal serials keep theirs.
    pub fn sorted(source: &'s (impl CrlSource + ?Sized)) -> Result<Self, OrderError> {
        let mut reader = CrlReader::open(source)?;
        let mut all: Vec<Vec<u8>> = Vec::new();
        while let Some(entry) = reader.next_entry()? {
            all.push(entry.der.to_vec());
        }
        all.sort_by(|a, b| compare_serials(serial_in(a), serial_in(b)));
        let head = reader.head().clone();
        let tail = Box::new((head, reader.finish()?));
        Self::begin(Entries::Sorted(all.into_iter(), tail))
    }

    fn begin(entries: Entries<'s>) -> Result<Self, OrderError> {
        let mut this = Self {
            entries,
            next: None,
            spare: Peeked::default(),
        };
        this.advance()?;
        Ok(this)
    }

    /// The next entry; `None` behind the last one.
    pub fn entry(&self) -> Option<OrderedEntry<'_>> {
        self.next.as_ref().map(|peeked| OrderedEntry {
            serial: &peeked.serial,
            der: &peeked.der,
        })
    }

    /// Steps to the entry after.
    pub fn advance(&mut self) -> Result<(), OrderError> {
        let last = self.next.take();
        let mut into = std::mem::take(&mut self.spare);
        let found = match &mut self.entries {
            Entries::Stream(reader) => match reader.next_entry()? {
                None => false,
                Some(entry) => {
                    if let Some(last) = &last
                        && compare_serials(&last.serial, entry.serial) == Ordering::Greater
                    {
                        return Err(OrderError::NotAscending);
                    }
                    into.take(&entry);
                    true
                }
            },
            Entries::Sorted(rest, _) => match rest.next() {
                None => false,
                Some(der) => {
                    into.serial.clear();
                    into.serial.extend_from_slice(serial_in(&der));
                    into.der = der;
                    true
                }
            },
        };
        self.spare = last.unwrap_or_default();
        self.next = found.then_some(into);
        Ok(())
    }

    /// What stands before and behind the entries; reads on to the end.
    pub fn finish(self) -> Result<(CrlHead, CrlTail), OrderError> {
        match self.entries {
            Entries::Stream(reader) => Ok((reader.head().clone(), reader.finish()?)),
            Entries::Sorted(_, ends) => Ok(*ends),
        }
    }
}

impl Peeked {
    fn take(&mut self, entry: &RawEntry<'_>) {
        self.der.clear();
        self.der.extend_from_slice(entry.der);
        self.serial.clear();
        self.serial.extend_from_slice(entry.serial);
    }
}

/// The serial of an entry that was read before and so is well-formed.
fn serial_in(der: &[u8]) -> &[u8] {
    Reader::new(der)
        .sequence()
        .and_then(|mut inside| inside.read())
        .map_or(&[], |serial| serial.value)
}
