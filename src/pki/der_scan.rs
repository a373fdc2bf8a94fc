//! A strict reader of DER: one TLV after another, offsets kept, nothing copied (X.690 §8, §10).
//! Both halves of this room stand on it: certificates and keys coming in, CRLs going out and read back.
//! Never accepts indefinite or overlong lengths, and never allocates what a length promises.

/// The identifier octets met in certificates, keys and CRLs.
pub mod tag {
    pub const BOOLEAN: u8 = 0x01;
    pub const INTEGER: u8 = 0x02;
    pub const BIT_STRING: u8 = 0x03;
    pub const OCTET_STRING: u8 = 0x04;
    pub const NULL: u8 = 0x05;
    pub const OID: u8 = 0x06;
    pub const ENUMERATED: u8 = 0x0a;
    pub const UTF8_STRING: u8 = 0x0c;
    pub const NUMERIC_STRING: u8 = 0x12;
    pub const PRINTABLE_STRING: u8 = 0x13;
    pub const TELETEX_STRING: u8 = 0x14;
    pub const IA5_STRING: u8 = 0x16;
    pub const UTC_TIME: u8 = 0x17;
    pub const GENERALIZED_TIME: u8 = 0x18;
    pub const VISIBLE_STRING: u8 = 0x1a;
    pub const UNIVERSAL_STRING: u8 = 0x1c;
    pub const BMP_STRING: u8 = 0x1e;
    pub const SEQUENCE: u8 = 0x30;
    pub const SET: u8 = 0x31;

    /// `[n]` around a whole TLV (EXPLICIT, or IMPLICIT of a constructed type).
    pub const fn context_constructed(n: u8) -> u8 {
        0xa0 | n
    }

    /// `[n]` in place of a primitive tag (IMPLICIT).
    pub const fn context(n: u8) -> u8 {
        0x80 | n
    }
}

/// What is wrong with an encoding. `offset` counts octets from the start of the outermost input.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum DerError {
    #[error("the data end at octet {offset}, in the middle of an element")]
    Truncated { offset: usize },
    #[error("the element at octet {offset} is longer than the one around it")]
    OverrunsParent { offset: usize },
    #[error("the element at octet {offset} has an indefinite length, which DER forbids")]
    IndefiniteLength { offset: usize },
    #[error("the length at octet {offset} is not in its shortest form, which DER demands")]
    NonMinimalLength { offset: usize },
    #[error("the element at octet {offset} has tag {found:#04x} where {expected:#04x} belongs")]
    WrongTag {
        offset: usize,
        expected: u8,
        found: u8,
    },
    #[error("an element of tag {expected:#04x} is missing at octet {offset}")]
    Missing { offset: usize, expected: u8 },
    #[error("{count} octets follow at octet {offset} where the element should end")]
    TrailingBytes { offset: usize, count: usize },
    #[error("the value at octet {offset} is not {what}")]
    BadValue { offset: usize, what: &'static str },
}

/// The identifier and length octets of one element.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Header {
    pub tag: u8,
    /// Octets of tag and length.
    pub header_len: usize,
    /// Octets of the value.
    pub value_len: usize,
}

impl Header {
    /// The longest header this module reads: one tag octet, one octet of length of length, eight of length.
    pub const MAX_LEN: usize = 10;

    /// Octets of the whole element; saturates, so that comparing it with what is there stays right.
    pub const fn whole_len(&self) -> usize {
        self.header_len.saturating_add(self.value_len)
    }
}

/// Reads a header from the start of `input`, which need not hold the value: what a stream uses.
/// `Truncated` means that up to [`Header::MAX_LEN`] octets are needed. Offsets in errors start at `offset`.
pub fn read_header(input: &[u8], offset: usize) -> Result<Header, DerError> {
    let end = DerError::Truncated {
        offset: offset.saturating_add(input.len()),
    };
    let [tag, first, more @ ..] = input else {
        return Err(end);
    };
    if tag & 0x1f == 0x1f {
        return Err(DerError::BadValue {
            offset,
            what: "an element with a one-octet tag",
        });
    }
    let short = |value_len| Header {
        tag: *tag,
        header_len: 2,
        value_len,
    };
    match first {
        0..=0x7f => Ok(short(usize::from(*first))),
        0x80 => Err(DerError::IndefiniteLength { offset }),
        _ => {
            let count = usize::from(first & 0x7f);
            let non_minimal = DerError::NonMinimalLength { offset };
            if more.first() == Some(&0) {
                return Err(non_minimal);
            }
            if count > size_of::<usize>() {
                return Err(DerError::BadValue {
                    offset,
                    what: "a length that data can have",
                });
            }
            let octets = more.get(..count).ok_or(end)?;
            let value_len = octets
                .iter()
                .fold(0usize, |sum, octet| (sum << 8) | usize::from(*octet));
            if value_len < 0x80 {
                return Err(non_minimal);
            }
            Ok(Header {
                tag: *tag,
                header_len: 2 + count,
                value_len,
            })
        }
    }
}

/// One element inside its input.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Tlv<'a> {
    pub tag: u8,
    pub header_len: usize,
    pub value: &'a [u8],
    pub whole: &'a [u8],
    /// Where `whole` begins in the outermost input.
    pub offset: usize,
}

impl<'a> Tlv<'a> {
    /// Reads the elements inside this one.
    pub fn reader(&self) -> Reader<'a> {
        Reader {
            input: self.value,
            position: 0,
            base: self.offset + self.header_len,
            nested: true,
        }
    }

    /// This element if it has `expected` as its tag.
    pub fn tagged(self, expected: u8) -> Result<Self, DerError> {
        if self.tag == expected {
            return Ok(self);
        }
        Err(DerError::WrongTag {
            offset: self.offset,
            expected,
            found: self.tag,
        })
    }
}

/// Reads elements one after another.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    input: &'a [u8],
    position: usize,
    base: usize,
    nested: bool,
}

impl<'a> Reader<'a> {
    pub const fn new(input: &'a [u8]) -> Self {
        Self {
            input,
            position: 0,
            base: 0,
            nested: false,
        }
    }

    pub const fn is_empty(&self) -> bool {
        self.position >= self.input.len()
    }

    /// Where the next element begins in the outermost input.
    pub const fn offset(&self) -> usize {
        self.base + self.position
    }

    /// What was not read yet.
    pub fn rest(&self) -> &'a [u8] {
        self.input.get(self.position..).unwrap_or_default()
    }

    /// The tag of the next element, if there is one.
    pub fn peek_tag(&self) -> Option<u8> {
        self.rest().first().copied()
    }

    /// The next element, whatever its tag.
    pub fn read(&mut self) -> Result<Tlv<'a>, DerError> {
        let offset = self.offset();
        let rest = self.rest();
        if rest.is_empty() && self.nested {
            let what = "complete: an element is missing";
            return Err(DerError::BadValue { offset, what });
        }
        let cut = if self.nested {
            DerError::OverrunsParent { offset }
        } else {
            DerError::Truncated {
                offset: self.base + self.input.len(),
            }
        };
        let header = read_header(rest, offset).map_err(|error| match error {
            DerError::Truncated { .. } => cut,
            other => other,
        })?;
        let whole = rest.get(..header.whole_len()).ok_or(cut)?;
        self.position += whole.len();
        Ok(Tlv {
            tag: header.tag,
            header_len: header.header_len,
            value: &whole[header.header_len..],
            whole,
            offset,
        })
    }

    /// The next element, which must have this tag.
    pub fn expect(&mut self, expected: u8) -> Result<Tlv<'a>, DerError> {
        let offset = self.offset();
        match self.peek_tag() {
            None if self.nested => Err(DerError::Missing { offset, expected }),
            None => Err(DerError::Truncated { offset }),
            Some(found) if found != expected => Err(DerError::WrongTag {
                offset,
                expected,
                found,
            }),
            Some(_) => self.read(),
        }
    }

    /// The next element if it has this tag.
    pub fn optional(&mut self, expected: u8) -> Result<Option<Tlv<'a>>, DerError> {
        if self.peek_tag() == Some(expected) {
            self.read().map(Some)
        } else {
            Ok(None)
        }
    }

    /// The inside of the next element, which must be a SEQUENCE.
    pub fn sequence(&mut self) -> Result<Reader<'a>, DerError> {
        Ok(self.expect(tag::SEQUENCE)?.reader())
    }

    /// Nothing may follow.
    pub fn end(&self) -> Result<(), DerError> {
        if self.is_empty() {
            return Ok(());
        }
        Err(DerError::TrailingBytes {
            offset: self.offset(),
            count: self.rest().len(),
        })
    }
}

/// The one element that `input` consists of.
pub fn single(input: &[u8], expected: u8) -> Result<Tlv<'_>, DerError> {
    let mut reader = Reader::new(input);
    let tlv = reader.expect(expected)?;
    reader.end()?;
    Ok(tlv)
}

/// How deep elements may nest; real certificates stay below ten.
const DEEPEST: usize = 32;

/// Checks that every constructed element inside `outer` is itself well-formed DER, to any depth that is sane.
pub fn check_nested(outer: Tlv<'_>) -> Result<(), DerError> {
    let mut open = vec![outer.reader()];
    while let Some(mut reader) = open.pop() {
        if reader.is_empty() {
            continue;
        }
        let tlv = reader.read()?;
        open.push(reader);
        if tlv.tag & 0x20 != 0 {
            if open.len() >= DEEPEST {
                return Err(DerError::BadValue {
                    offset: tlv.offset,
                    what: "nested to a sane depth",
                });
            }
            open.push(tlv.reader());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_damage_of_a_length_has_its_own_error() {
        let read = |octets: &[u8]| Reader::new(octets).read().map(|t| t.value.len());
        assert_eq!(read(&[0x04, 0x02, 1, 2]), Ok(2));
        assert_eq!(
            read(&[0x04, 0x02, 1]),
            Err(DerError::Truncated { offset: 3 })
        );
        assert_eq!(read(&[0x04]), Err(DerError::Truncated { offset: 1 }));
        assert_eq!(
            read(&[0x30, 0x80, 0, 0]),
            Err(DerError::IndefiniteLength { offset: 0 })
        );
        assert_eq!(
            read(&[0x04, 0x81, 0x02, 1, 2]),
            Err(DerError::NonMinimalLength { offset: 0 })
        );
        assert_eq!(
            read(&[0x04, 0x82, 0x00, 0x80]),
            Err(DerError::NonMinimalLength { offset: 0 })
        );
        assert_eq!(
            read(&[0x04, 0x88, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
            Err(DerError::Truncated { offset: 10 })
        );
        assert!(matches!(
            single(&[0x04, 0x01, 1, 9], tag::OCTET_STRING),
            Err(DerError::TrailingBytes {
                offset: 3,
                count: 1
            })
        ));
        assert!(matches!(
            single(&[0x04, 0x01, 1], tag::SEQUENCE),
            Err(DerError::WrongTag {
                found: 0x04,
                expected: 0x30,
                ..
            })
        ));
        let parent = Reader::new(&[0x30, 0x03, 0x04, 0x05, 1]).read().unwrap();
        assert_eq!(
            parent.reader().read(),
            Err(DerError::OverrunsParent { offset: 2 })
        );
        assert_eq!(
            check_nested(parent),
            Err(DerError::OverrunsParent { offset: 2 })
        );
    }

    #[test]
    fn deep_nesting_is_refused_without_recursion() {
        let mut octets = Vec::new();
        for _ in 0..40 {
            let mut outer = vec![0x30, octets.len() as u8];
            outer.append(&mut octets);
            octets = outer;
        }
        let outer = Reader::new(&octets).read().unwrap();
        assert!(matches!(
            check_nested(outer),
            Err(DerError::BadValue { .. })
        ));
    }
}
