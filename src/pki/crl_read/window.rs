//! A piece of a CRL's octets that moves on, with the digest of what left it. Elements are read at its front.

use std::io::{self, Read};

use super::{MAX_ELEMENT, ReadError};
use crate::pki::der_scan::{DerError, Header, Tlv, read_header, tag};
use crate::pki::pem_stream::DerStream;
use crate::pki::stream_signature::AlgorithmIdentifier;

/// Octets held at least; an element that needs more gets more, up to [`MAX_ELEMENT`].
pub(super) const WINDOW: usize = 64 * 1024;

/// A piece of the stream that moves on, with the digest of what left it.
pub(super) struct Window<R> {
    pub input: DerStream<R>,
    pub buffer: Vec<u8>,
    /// Octets of `buffer` before this were read.
    start: usize,
    filled: usize,
    /// Offset of `buffer[0]` in the DER.
    base: usize,
    hashing: Hashing,
}

enum Hashing {
    No,
    /// The signed part began at this place of `buffer`; its algorithm is not yet known, so nothing may leave.
    Kept(usize),
    /// What lies before this place of `buffer` was hashed.
    Running(Box<ring::digest::Context>, usize),
}

impl<R: Read> Window<R> {
    pub fn new(input: DerStream<R>) -> Self {
        Self {
            input,
            buffer: vec![0; WINDOW],
            start: 0,
            filled: 0,
            base: 0,
            hashing: Hashing::No,
        }
    }

    /// Offset of the next octet in the DER.
    pub const fn offset(&self) -> usize {
        self.base + self.start
    }

    pub fn keep_for_hash(&mut self) {
        self.hashing = Hashing::Kept(self.start);
    }

    pub fn hash_with(&mut self, hasher: Option<ring::digest::Context>) {
        self.hashing = match (&self.hashing, hasher) {
            (Hashing::Kept(from), Some(hasher)) => Hashing::Running(Box::new(hasher), *from),
            _ => Hashing::No,
        };
    }

    pub fn take_hasher(&mut self) -> Option<ring::digest::Context> {
        match std::mem::replace(&mut self.hashing, Hashing::No) {
            Hashing::Running(mut hasher, from) => {
                hasher.update(&self.buffer[from..self.start]);
                Some(*hasher)
            }
            _ => None,
        }
    }

    /// Makes `want` octets stand in the buffer from `start` on; fewer at the end of the input.
    fn fill(&mut self, want: usize) -> Result<&[u8], ReadError> {
        if self.filled - self.start < want {
            self.slide();
            if self.buffer.len() < self.start + want {
                self.buffer.resize(self.start + want, 0);
            }
            while self.filled - self.start < want {
                match self.input.read(&mut self.buffer[self.filled..]) {
                    Ok(0) => break,
                    Ok(count) => self.filled += count,
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => return Err(error.into()),
                }
            }
        }
        Ok(&self.buffer[self.start..self.filled])
    }

    /// Gives the room of what was read to what comes, hashing it on the way out.
    fn slide(&mut self) {
        let leaving = match &mut self.hashing {
            Hashing::No => self.start,
            Hashing::Kept(from) => std::mem::take(from),
            Hashing::Running(hasher, from) => {
                hasher.update(&self.buffer[*from..self.start]);
                *from = 0;
                self.start
            }
        };
        self.buffer.copy_within(leaving..self.filled, 0);
        self.base += leaving;
        self.start -= leaving;
        self.filled -= leaving;
    }

    /// The next element's header, which must lie before `end`.
    fn header(&mut self, what: &'static str, end: usize) -> Result<Header, ReadError> {
        let offset = self.offset();
        let room = end - offset;
        let der = |fault| ReadError::Der { what, fault };
        let octets = self.fill(Header::MAX_LEN.min(room))?;
        let at_end = octets.len() < room;
        let octets = &octets[..octets.len().min(room)];
        let header = match read_header(octets, offset) {
            Err(DerError::Truncated { .. }) if !at_end => {
                return Err(der(DerError::OverrunsParent { offset }));
            }
            other => other.map_err(der)?,
        };
        if header.whole_len() > room {
            return Err(der(DerError::OverrunsParent { offset }));
        }
        Ok(header)
    }

    /// Whether the next element, if there is one before `end`, has one of `tags`.
    pub fn optional(
        &mut self,
        what: &'static str,
        tags: &[u8],
        end: usize,
    ) -> Result<bool, ReadError> {
        let offset = self.offset();
        if offset >= end {
            return Ok(false);
        }
        match self.fill(1)?.first() {
            Some(tag) => Ok(tags.contains(tag)),
            None => Err(ReadError::Der {
                what,
                fault: DerError::Truncated { offset },
            }),
        }
    }

    /// The next element must be there, before `end`, with this tag.
    pub fn require(
        &mut self,
        what: &'static str,
        expected: u8,
        end: usize,
    ) -> Result<(), ReadError> {
        let offset = self.offset();
        let fault = if offset >= end {
            DerError::Missing { offset, expected }
        } else {
            match self.fill(1)?.first() {
                Some(found) if *found == expected => return Ok(()),
                Some(found) => DerError::WrongTag {
                    offset,
                    expected,
                    found: *found,
                },
                None => DerError::Truncated { offset },
            }
        };
        Err(ReadError::Der { what, fault })
    }

    /// Steps into a constructed element and returns where it ends.
    pub fn enter(&mut self, what: &'static str, tag: u8, end: usize) -> Result<usize, ReadError> {
        self.require(what, tag, end)?;
        let header = self.header(what, end)?;
        self.start += header.header_len;
        Ok(self.offset() + header.value_len)
    }

    /// Steps over the next element where it is a SEQUENCE of fewer than 128 octets that ends before `end`, and says how
    /// many octets it has. `None`, without a step, for everything else.
    pub fn pass_short_sequence(&mut self, end: usize) -> Result<Option<usize>, ReadError> {
        const MOST: usize = 2 + 0x7f;
        let room = (end - self.offset()).min(MOST);
        let [tag::SEQUENCE, length @ 0..0x80, rest @ ..] = self.fill(room)? else {
            return Ok(None);
        };
        let octets = 2 + usize::from(*length);
        if octets > room || rest.len() + 2 < octets {
            return Ok(None);
        }
        self.start += octets;
        Ok(Some(octets))
    }

    /// Steps over the next octets where they are these and end before `end`. Whether they were.
    pub fn pass_same(&mut self, octets: &[u8], end: usize) -> Result<bool, ReadError> {
        if octets.len() > end - self.offset() {
            return Ok(false);
        }
        let same = self.fill(octets.len())?.starts_with(octets);
        if same {
            self.start += octets.len();
        }
        Ok(same)
    }

    /// The octets that were stepped over last.
    pub fn passed(&self, octets: usize) -> &[u8] {
        &self.buffer[self.start - octets..self.start]
    }

    /// The next element, whole, in the buffer.
    pub fn element(&mut self, what: &'static str, end: usize) -> Result<Tlv<'_>, ReadError> {
        let header = self.header(what, end)?;
        let offset = self.offset();
        let octets = header.whole_len();
        if octets > MAX_ELEMENT {
            return Err(ReadError::TooLarge {
                what,
                offset,
                octets,
            });
        }
        let there = self.fill(octets)?.len();
        if there < octets {
            return Err(ReadError::Der {
                what,
                fault: DerError::Truncated {
                    offset: offset + there,
                },
            });
        }
        let from = self.start;
        self.start += octets;
        let whole = &self.buffer[from..self.start];
        Ok(Tlv {
            tag: header.tag,
            header_len: header.header_len,
            value: &whole[header.header_len..],
            whole,
            offset,
        })
    }

    pub fn algorithm(
        &mut self,
        what: &'static str,
        end: usize,
    ) -> Result<AlgorithmIdentifier, ReadError> {
        self.require(what, tag::SEQUENCE, end)?;
        let element = self.element(what, end)?;
        AlgorithmIdentifier::read(element.whole).map_err(|fault| ReadError::Der { what, fault })
    }

    /// Nothing may stand between here and `end`.
    pub fn end(&self, what: &'static str, end: usize) -> Result<(), ReadError> {
        let offset = self.offset();
        if offset == end {
            return Ok(());
        }
        Err(ReadError::Der {
            what,
            fault: DerError::TrailingBytes {
                offset,
                count: end - offset,
            },
        })
    }

    pub fn count_rest(&mut self) -> Result<u64, ReadError> {
        let mut count = 0;
        loop {
            let there = self.fill(1)?.len();
            if there == 0 {
                return Ok(count);
            }
            count += there as u64;
            self.start = self.filled;
        }
    }
}
