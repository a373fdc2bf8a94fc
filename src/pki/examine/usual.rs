//! Entries as nearly all are, looked at without being taken apart: a list of a million is judged in some ten
//! milliseconds. Says nothing of any other entry, right or wrong; those are the concern of `EntryFacts::take`.

use std::cmp::Ordering;

use super::super::der_scan::tag;
use super::super::entry::compare_serials;
use crate::domain::Timestamp;

/// SEQUENCE { reasonCode, OCTET STRING { ENUMERATED } } up to the code, in its list.
const REASON: [u8; 13] = [
    0x30, 0x0c, 0x30, 0x0a, 0x06, 0x03, 0x55, 0x1d, 0x15, 0x04, 0x03, 0x0a, 0x01,
];

/// An entry in which nothing is to be remarked but, perhaps, its place in the list and that it is younger than the list.
pub(super) struct Usual<'a> {
    /// The whole entry.
    pub octets: usize,
    pub serial: &'a [u8],
    date: &'a [u8],
    pub has_reason: bool,
}

impl<'a> Usual<'a> {
    /// The entry that `octets` begin with, if it is one: a positive serial of at most 20 octets without padding, a
    /// UTCTime of a day up to the 28th, and one reasonCode that RFC 5280 §5.3.1 allows on a complete list, or none.
    pub fn first(octets: &'a [u8]) -> Option<Self> {
        let [
            tag::SEQUENCE,
            length @ 0..=0x7f,
            tag::INTEGER,
            serial @ 1..=20,
            ..,
        ] = *octets
        else {
            return None;
        };
        let entry = octets.get(4..2 + usize::from(length))?;
        let (serial, rest) = entry.split_at_checked(usize::from(serial))?;
        match *serial {
            [1..=0x7f, ..] | [0, 0x80..=0xff, ..] => {}
            _ => return None,
        }
        let [tag::UTC_TIME, 13, rest @ ..] = rest else {
            return None;
        };
        let (date, extensions) = rest.split_at_checked(13)?;
        if !exists(date) {
            return None;
        }
        let has_reason = match extensions {
            [] => false,
            [before @ .., 1..=6 | 9] if *before == REASON => true,
            _ => return None,
        };
        Some(Self {
            octets: 2 + usize::from(length),
            serial,
            date,
            has_reason,
        })
    }

    /// Whether its serial is higher than `previous`, and it is not younger than a list that began in this second.
    pub fn follows(&self, previous: &[u8], this_update: &Second) -> bool {
        compare_serials(previous, self.serial) == Ordering::Less
            && in_order(self.date) <= this_update.0
    }
}

/// Whether `YYMMDDHHMMSSZ` is a time, without looking at the lengths of months.
fn exists(date: &[u8]) -> bool {
    let [digits @ .., b'Z'] = date else {
        return false;
    };
    let pair = |at: usize| match digits.get(at..at + 2) {
        Some([tens @ b'0'..=b'9', ones @ b'0'..=b'9']) => (tens - b'0') * 10 + (ones - b'0'),
        _ => u8::MAX,
    };
    pair(0) < 100
        && (1..=12).contains(&pair(2))
        && (1..=28).contains(&pair(4))
        && pair(6) < 24
        && pair(8) < 60
        && pair(10) < 60
}

/// The digits of a UTCTime with the century in front of them that they mean (RFC 5280 §4.1.2.5.1).
type Digits = [u8; 13];

fn in_order(date: &[u8]) -> Digits {
    let mut digits = [0; 13];
    digits[0] = u8::from(date.first().is_some_and(|tens| *tens < b'5'));
    digits[1..].copy_from_slice(&date[..12]);
    digits
}

/// A second that UTCTime can express, to compare encoded times with.
#[derive(Clone, Debug)]
pub(super) struct Second(Digits);

impl Second {
    pub fn of(time: Timestamp) -> Option<Self> {
        // RFC 3339: YYYY-MM-DDTHH:MM:SS
        let text = time.to_string();
        let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_digit).take(14).collect();
        let (century, rest) = digits.split_at_checked(2)?;
        let new = match (century, rest.first()?) {
            (b"19", b'5'..) => 0,
            (b"20", ..=b'4') => 1,
            _ => return None,
        };
        let mut second = [new; 13];
        second[1..].copy_from_slice(rest.get(..12)?);
        Some(Self(second))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::EntryFacts;
    use super::*;
    use crate::domain::{ReasonCode, Serial};
    use crate::pki::entry::{EntryReason, RevokedEntry};

    fn entry(serial: &[u8], seconds: i64, reason: Option<u8>) -> Vec<u8> {
        let reason = reason.and_then(ReasonCode::from_code);
        let entry = RevokedEntry {
            serial: Serial::from_magnitude(serial).unwrap(),
            revocation_date: Timestamp::from_seconds(seconds),
            reason: EntryReason::Revoked(reason.unwrap_or(ReasonCode::Unspecified)),
            invalidity_date: None,
        };
        entry.encode().unwrap()
    }

    /// Serials of every length, dates on both sides of 1970, 2000 and 2050, and flipped octets.
    fn lists() -> impl Strategy<Value = Vec<Vec<u8>>> {
        let one = (
            proptest::collection::vec(any::<u8>(), 1..21),
            -600_000_000i64..2_600_000_000,
            proptest::option::of(0u8..11),
            proptest::option::weighted(0.3, (any::<prop::sample::Index>(), any::<u8>())),
        );
        let one = one.prop_filter_map("a serial is positive", |(serial, seconds, reason, flip)| {
            Serial::from_magnitude(&serial).ok()?;
            let mut der = entry(&serial, seconds, reason);
            if let Some((at, octet)) = flip {
                let at = at.index(der.len());
                der[at] = octet;
            }
            Some(der)
        });
        proptest::collection::vec(one, 1..8)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

        #[test]
        fn a_run_shows_what_its_entries_show_one_by_one(mut list in lists(), sorted: bool, at in 0i64..2_600_000_000) {
            use crate::pki::entry::RawEntry;
            if sorted {
                list.sort();
            }
            let run = list.concat();
            let mut together = EntryFacts::new(Some(Timestamp::from_seconds(at)));
            let outcome = together.take_run(&run).map(|run| run.entries);
            let mut apart = EntryFacts::new(Some(Timestamp::from_seconds(at)));
            let mut rest = run.as_slice();
            let mut wanted = Ok(0);
            while !rest.is_empty() {
                match RawEntry::first(rest) {
                    Ok(entry) => {
                        apart.take(&entry);
                        rest = &rest[entry.der.len()..];
                        wanted = wanted.map(|n| n + 1);
                    }
                    Err(fault) => {
                        wanted = Err(fault);
                        break;
                    }
                }
            }
            prop_assert_eq!(outcome.is_ok(), wanted.is_ok());
            if let Ok(wanted) = wanted {
                prop_assert_eq!(outcome, Ok(wanted));
                prop_assert_eq!(format!("{together:?}"), format!("{apart:?}"));
            }
        }
    }

    #[test]
    fn an_entry_of_the_second_of_its_list_is_not_younger_and_one_of_the_next_is() {
        for seconds in [-1, 946_684_799, 1_774_000_000, 2_524_607_998] {
            let second = Second::of(Timestamp::from_seconds(seconds)).unwrap();
            let older = [0x01];
            for (later, fits) in [(0, true), (1, false)] {
                let der = entry(&[2], seconds + later, Some(1));
                let Some(usual) = Usual::first(&der) else {
                    continue; // the end of a month
                };
                assert_eq!(usual.follows(&older, &second), fits, "{seconds} {later}");
            }
        }
        assert!(Second::of(Timestamp::from_seconds(2_524_608_000)).is_none());
        assert!(Second::of(Timestamp::from_seconds(-631_152_001)).is_none());
    }
}
