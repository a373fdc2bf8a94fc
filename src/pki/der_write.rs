//! Writing of DER: headers, elements, times (X.690 §8, §10; RFC 5280 §4.1.2.5). Appends to a buffer of the caller's.
//! Never writes a length that is not in its shortest form, nor a year that X.509 cannot say.

use super::der_scan::tag;
use crate::domain::Timestamp;

/// An instant that X.509 has no form for. `instant` is what was asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{instant} cannot be written: {form} begins with the year {first} and ends with 9999")]
pub struct TimeOutOfRange {
    pub instant: Timestamp,
    pub form: &'static str,
    pub first: i32,
}

/// Octets of tag and length of an element with `value_len` octets of value.
pub const fn header_len(value_len: usize) -> usize {
    match value_len {
        0..0x80 => 2,
        0x80..0x100 => 3,
        0x100..0x1_0000 => 4,
        0x1_0000..0x100_0000 => 5,
        _ => 6,
    }
}

/// Appends tag and length. Lengths of 2³² and more do not occur: a CRL is bounded by memory long before.
pub fn push_header(out: &mut Vec<u8>, tag: u8, value_len: usize) {
    out.push(tag);
    let octets = (value_len as u32).to_be_bytes();
    match header_len(value_len) {
        2 => out.push(value_len as u8),
        long => {
            let count = long - 2;
            out.push(0x80 | count as u8);
            out.extend_from_slice(&octets[4 - count..]);
        }
    }
}

/// Appends one whole element.
pub fn push_tlv(out: &mut Vec<u8>, tag: u8, value: &[u8]) {
    push_header(out, tag, value.len());
    out.extend_from_slice(value);
}

/// One whole element.
pub fn tlv(tag: u8, value: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(header_len(value.len()) + value.len());
    push_tlv(&mut out, tag, value);
    out
}

/// 1950-01-01T00:00:00Z: no date of a certificate or CRL is written before it.
pub const EARLIEST: Timestamp = Timestamp::from_seconds(-631_152_000);

/// Appends a date of a certificate or CRL: UTCTime through 2049, GeneralizedTime from 2050 on (RFC 5280 §4.1.2.5,
/// §5.1.2.4 to §5.1.2.6). Fractions of a second are dropped. Refuses years before 1950, which UTCTime cannot say.
pub fn push_time(out: &mut Vec<u8>, instant: Timestamp) -> Result<(), TimeOutOfRange> {
    match instant.utc().year() {
        year @ 1950..=2049 => {
            out.extend_from_slice(&[tag::UTC_TIME, 13]);
            push_two(out, (year % 100) as u8);
            push_month_to_second(out, instant);
            Ok(())
        }
        2050.. => push_generalized_time(out, instant),
        _ => Err(TimeOutOfRange {
            instant,
            form: "UTCTime",
            first: 1950,
        }),
    }
}

/// Appends GeneralizedTime `YYYYMMDDHHMMSSZ`, the only form of invalidityDate (RFC 5280 §5.3.2) and
/// expiredCertsOnCRL. Fractions of a second are dropped (§4.1.2.5.2).
pub fn push_generalized_time(out: &mut Vec<u8>, instant: Timestamp) -> Result<(), TimeOutOfRange> {
    /// 9999-12-31T23:59:59Z; `Timestamp::utc` clamps what lies beyond.
    const LAST: i64 = 253_402_300_799;
    let year = instant.utc().year();
    if year < 1 || instant.seconds() > LAST {
        return Err(TimeOutOfRange {
            instant,
            form: "GeneralizedTime",
            first: 1,
        });
    }
    out.extend_from_slice(&[tag::GENERALIZED_TIME, 15]);
    push_two(out, (year / 100) as u8);
    push_two(out, (year % 100) as u8);
    push_month_to_second(out, instant);
    Ok(())
}

fn push_month_to_second(out: &mut Vec<u8>, instant: Timestamp) {
    let utc = instant.utc();
    for part in [
        u8::from(utc.month()),
        utc.day(),
        utc.hour(),
        utc.minute(),
        utc.second(),
    ] {
        push_two(out, part);
    }
    out.push(b'Z');
}

fn push_two(out: &mut Vec<u8>, number: u8) {
    out.extend_from_slice(&[b'0' + number / 10, b'0' + number % 10]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pki::der_scan::Reader;
    use proptest::prelude::*;

    fn time(text: &str) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        push_time(&mut out, Timestamp::parse_rfc3339(text)?).ok()?;
        Some(out)
    }

    #[test]
    fn a_date_changes_its_form_between_2049_and_2050() {
        let last = time("2049-12-31T23:59:59Z").unwrap();
        assert_eq!(&last[2..], b"491231235959Z");
        assert_eq!(last[0], tag::UTC_TIME);
        let first = time("2050-01-01T00:00:00Z").unwrap();
        assert_eq!(&first[2..], b"20500101000000Z");
        assert_eq!(first[0], tag::GENERALIZED_TIME);
        assert_eq!(time("1950-01-01T00:00:00Z").unwrap()[2..4], *b"50");
        assert_eq!(time("1949-12-31T23:59:59Z"), None);
    }

    #[test]
    fn years_that_do_not_exist_in_x509_are_refused() {
        let mut out = Vec::new();
        for instant in [i64::MAX, i64::MIN, 253_402_300_800_000].map(Timestamp) {
            assert!(push_generalized_time(&mut out, instant).is_err());
            assert!(push_time(&mut out, instant).is_err());
        }
        assert!(out.is_empty());
        push_generalized_time(&mut out, Timestamp(253_402_300_799_999)).unwrap();
        assert_eq!(&out[2..], b"99991231235959Z");
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back_to_the_second(seconds in -631_152_000_i64..253_402_300_800) {
            let instant = Timestamp::from_seconds(seconds);
            let mut out = Vec::new();
            push_time(&mut out, instant).unwrap();
            prop_assert_eq!(Reader::new(&out).read().unwrap().time().unwrap(), instant);
        }

        #[test]
        fn a_header_is_as_long_as_announced(len in 0usize..0x200_0000) {
            let mut out = Vec::new();
            push_header(&mut out, tag::SEQUENCE, len);
            prop_assert_eq!(out.len(), header_len(len));
            let read = crate::pki::der_scan::read_header(&out, 0).unwrap();
            prop_assert_eq!(read.value_len, len);
        }
    }
}
