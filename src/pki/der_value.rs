//! The primitive values inside DER elements: BOOLEAN, INTEGER, BIT STRING, OBJECT IDENTIFIER and the times of X.509.
//! As strict as the reader that finds them.

use time::{Date, Month};

use super::der_scan::{DerError, Tlv, tag};
use crate::domain::Timestamp;

impl<'a> Tlv<'a> {
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
            .map(|t| Timestamp::from_seconds(t.assume_utc().unix_timestamp()))
            .map_err(|_| bad())
    }
}

/// The dotted form of an OBJECT IDENTIFIER's content; `None` when it is cut, padded or beyond 64-bit arcs.
pub fn dotted(content: &[u8]) -> Option<String> {
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
            push_decimal(&mut text, root);
            text.push('.');
            push_decimal(&mut text, arc - root * 40);
        } else {
            text.push('.');
            push_decimal(&mut text, arc);
        }
        arc = 0;
    }
    (!within && !text.is_empty()).then_some(text)
}

/// Appends a number in decimal. Every attribute of every name has four of them, and `write!` is ten times dearer.
fn push_decimal(text: &mut String, number: u64) {
    if number >= 10 {
        push_decimal(text, number / 10);
    }
    text.push(char::from(b'0' + (number % 10) as u8));
}

#[cfg(test)]
mod tests {
    use super::super::der_scan::Reader;
    use super::*;

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
