//! The entries of a CRL in serial order, for comparing lists in one pass. A list that ascends, as ours do, streams in
//! constant memory; one out of order, which RFC 5280 allows, is loaded and sorted.

use std::cmp::Ordering;
use std::io::Read;

use super::crl_read::{CrlHead, CrlReader, CrlSource, CrlTail, ReadError};
use super::der_scan::Reader;
use super::entry::{EntryRun, RawEntry, compare_serials};

/// Entries in ascending order of their serials. The next one is read when it is asked for; one that another list has
/// too is passed over without being taken apart.
pub struct OrderedEntries<'s> {
    entries: Entries<'s>,
    ahead: Ahead,
    /// The next entry, where it was read.
    next: Peeked,
    /// The serial before it, once there is one.
    last: Option<Vec<u8>>,
}

/// What is known of the next entry.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ahead {
    Unread,
    Read,
    End,
}

/// One entry of an ordered list.
pub struct OrderedEntry<'a> {
    /// The content octets of its serial.
    pub serial: &'a [u8],
    pub der: &'a [u8],
    /// Whether the entry before it has the same serial.
    pub repeats: bool,
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
        let reader = CrlReader::open(source)?;
        Ok(Self::begin(Entries::Stream(Box::new(reader))))
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
        Ok(Self::begin(Entries::Sorted(all.into_iter(), tail)))
    }

    fn begin(entries: Entries<'s>) -> Self {
        Self {
            entries,
            ahead: Ahead::Unread,
            next: Peeked::default(),
            last: None,
        }
    }

    /// The next entry; `None` behind the last one.
    pub fn entry(&mut self) -> Result<Option<OrderedEntry<'_>>, OrderError> {
        if self.ahead == Ahead::Unread {
            self.read_next()?;
        }
        Ok((self.ahead == Ahead::Read).then_some(OrderedEntry {
            serial: &self.next.serial,
            der: &self.next.der,
            repeats: self.last.as_ref() == Some(&self.next.serial),
        }))
    }

    /// Steps over the entry that [`OrderedEntries::entry`] gave.
    pub fn advance(&mut self) {
        if self.ahead == Ahead::Read {
            let last = self.last.get_or_insert_default();
            std::mem::swap(last, &mut self.next.serial);
            self.ahead = Ahead::Unread;
        }
    }

    /// Steps over the next entries if they are these, which ascend, octet for octet. Whether they were.
    pub fn pass_same(&mut self, run: &EntryRun<'_>) -> Result<bool, OrderError> {
        if let (Ahead::Unread, Entries::Stream(reader)) = (self.ahead, &mut self.entries) {
            let same = reader.pass_same(run)?;
            if same {
                let before = self.last.get_or_insert_default();
                if !before.is_empty() && compare_serials(before, run.first) == Ordering::Greater {
                    return Err(OrderError::NotAscending);
                }
                before.clear();
                before.extend_from_slice(run.last);
            }
            return Ok(same);
        }
        let same = self.entry()?.is_some_and(|next| next.der == run.der);
        if same {
            self.advance();
        }
        Ok(same)
    }

    fn read_next(&mut self) -> Result<(), OrderError> {
        let found = match &mut self.entries {
            Entries::Stream(reader) => match reader.next_entry()? {
                None => false,
                Some(entry) => {
                    if let Some(last) = &self.last
                        && compare_serials(last, entry.serial) == Ordering::Greater
                    {
                        return Err(OrderError::NotAscending);
                    }
                    self.next.take(&entry);
                    true
                }
            },
            Entries::Sorted(rest, _) => match rest.next() {
                None => false,
                Some(der) => {
                    self.next.serial.clear();
                    self.next.serial.extend_from_slice(serial_in(&der));
                    self.next.der = der;
                    true
                }
            },
        };
        self.ahead = if found { Ahead::Read } else { Ahead::End };
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
