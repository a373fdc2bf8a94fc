//! A strict reader of DER: one TLV after another, offsets kept, nothing copied (X.690 §8, §10).
//! Both halves of this room stand on it: certificates and keys coming in, CRLs going out and read back.
//! Never accepts indefinite or overlong lengths, and never allocates what a length promises.

use time::{Date, Month};

use crate::domain::Timestamp;

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

    fn bad(&self, what: &'static str) -> DerError {
        DerError::BadValue {
            offset: self.offset,
            what,
        }
    }

    /// A BOOLEAN: 00 or FF (X.690 §11.1).
    pub fn boolean(&self) -> Result<bool, DerError> {
        match self.tagged(tag::BOOLEAN)?.value {
            [0] => Ok(false),
            [0xff] => Ok(true),
            _ => Err(self.bad("a DER BOOLEAN (00 or FF)")),
        }
    }

    /// The content of an INTEGER in its shortest two's complement form (X.690 §8.3.2).
    pub fn integer(&self) -> Result<&'a [u8], DerError> {
        match self.tagged(tag::INTEGER)?.value {
            [] => Err(self.bad("an INTEGER: it is empty")),
            [0, next, ..] if next & 0x80 == 0 => Err(self.bad("an INTEGER in its shortest form")),
            [0xff, next, ..] if next & 0x80 != 0 => {
                Err(self.bad("an INTEGER in its shortest form"))
            }
            content => Ok(content),
        }
    }

    /// A small non-negative INTEGER or ENUMERATED.
    pub fn small_integer(&self) -> Result<u32, DerError> {
        let content = if self.tag == tag::ENUMERATED {
            self.value
        } else {
            self.integer()?
        };
        match content {
            [] => Err(self.bad("a number: it is empty")),
            [first, ..] if first & 0x80 != 0 => Err(self.bad("a non-negative number")),
            octets if octets.len() > 4 => Err(self.bad("a small number")),
            octets => Ok(octets.iter().fold(0, |n, o| (n << 8) | u32::from(*o))),
        }
    }

    /// The octets of a BIT STRING of whole octets (no unused bits): signatures and keys.
    pub fn bit_octets(&self) -> Result<&'a [u8], DerError> {
        match self.tagged(tag::BIT_STRING)?.value {
            [0, octets @ ..] => Ok(octets),
            _ => Err(self.bad("a BIT STRING of whole octets")),
        }
    }

    /// An OBJECT IDENTIFIER in dotted form.
    pub fn oid(&self) -> Result<String, DerError> {
        dotted(self.tagged(tag::OID)?.value).ok_or_else(|| self.bad("an OBJECT IDENTIFIER"))
    }

    /// A time of a certificate or CRL: UTCTime `YYMMDDHHMMSSZ` (1950 to 2049) or GeneralizedTime `YYYYMMDDHHMMSSZ`,
    /// both with seconds, in UTC and without a fraction (RFC 5280 §4.1.2.5).
    pub fn time(&self) -> Result<Timestamp, DerError> {
        let bad = || self.bad("a time YYMMDDHHMMSSZ or YYYYMMDDHHMMSSZ that exists");
        let (century_digits, rest) = match self.tag {
            tag::UTC_TIME => (2, self.value.len() == 13),
            tag::GENERALIZED_TIME => (4, self.value.len() == 15),
            found => {
                return Err(DerError::WrongTag {
                    offset: self.offset,
                    expected: tag::UTC_TIME,
                    found,
                });
            }
        };
        let digits = self.value.strip_suffix(b"Z").filter(|_| rest);
        let digits = digits.filter(|d| d.iter().all(u8::is_ascii_digit));
        let digits = digits.ok_or_else(bad)?;
        let number = |part: &[u8]| part.iter().fold(0i32, |n, d| n * 10 + i32::from(d - b'0'));
        let (year, rest) = digits.split_at(century_digits);
        let year = match (number(year), century_digits) {
            (short, 2) if short < 50 => 2000 + short,
            (short, 2) => 1900 + short,
            (year, _) => year,
        };
        let pair = |i: usize| number(&rest[2 * i..2 * i + 2]) as u8;
        let month = Month::try_from(pair(0)).map_err(|_| bad())?;
        Date::from_calendar_date(year, month, pair(1))
            .and_then(|date| date.with_hms(pair(2), pair(3), pair(4)))
            .map(|t| Timestamp::from(t.assume_utc()))
            .map_err(|_| bad())
    }
}

/// The dotted form of an OBJECT IDENTIFIER's content; `None` when it is cut, padded or beyond 64-bit arcs.
pub fn dotted(content: &[u8]) -> Option<String> {
    use std::fmt::Write;
    let mut text = String::with_capacity(content.len() * 4);
    let mut arc: u64 = 0;
    let mut within = false;
    for octet in content {
        if !within && *octet == 0x80 {
            return None;
        }
        arc = arc.checked_mul(128)?.checked_add(u64::from(octet & 0x7f))?;
        within = octet & 0x80 != 0;
        if within {
            continue;
        }
        if text.is_empty() {
            let root = (arc / 40).min(2);
            write!(text, "{root}.{}", arc - root * 40).ok()?;
        } else {
            write!(text, ".{arc}").ok()?;
        }
        arc = 0;
    }
    (!within && !text.is_empty()).then_some(text)
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

    #[test]
    fn times_are_read_across_both_forms_and_their_borders() {
        let time = |tag: u8, text: &str| {
            let mut octets = vec![tag, text.len() as u8];
            octets.extend_from_slice(text.as_bytes());
            Reader::new(&octets)
                .read()
                .unwrap()
                .time()
                .map(|t| t.to_string())
                .ok()
        };
        let is = |text: &str| Some(text.to_owned());
        assert_eq!(time(0x17, "500101000000Z"), is("1950-01-01T00:00:00Z"));
        assert_eq!(time(0x17, "491231235959Z"), is("2049-12-31T23:59:59Z"));
        assert_eq!(time(0x18, "20500101000000Z"), is("2050-01-01T00:00:00Z"));
        assert_eq!(time(0x18, "99991231235959Z"), is("9999-12-31T23:59:59Z"));
        for wrong in [
            "491231235959",
            "4912312359Z",
            "490230000000Z",
            "491231240000Z",
            "491231235959+0700",
        ] {
            assert_eq!(time(0x17, wrong), None, "{wrong}");
        }
        assert_eq!(time(0x18, "20500101000000.5Z"), None);
    }

    #[test]
    fn object_identifiers_print_dotted() {
        assert_eq!(dotted(&[0x55, 0x04, 0x03]).as_deref(), Some("2.5.4.3"));
        assert_eq!(
            dotted(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d]).as_deref(),
            Some("1.2.840.113549")
        );
        assert_eq!(dotted(&[0x88, 0x37]).as_deref(), Some("2.999"));
        assert_eq!(dotted(&[0x55, 0x84]), None);
        assert_eq!(dotted(&[0x55, 0x80, 0x01]), None);
    }
}
