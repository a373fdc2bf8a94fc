//! Instants and dates as the domain knows them: UTC milliseconds, handed in by the caller.
//! Never reads a clock.

use std::fmt;

use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime, UtcOffset};

pub const SECOND: i64 = 1_000;
pub const MINUTE: i64 = 60 * SECOND;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;

/// An instant: milliseconds since 1970-01-01T00:00:00Z. Its `Display` is RFC 3339 in UTC, to the second.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize,
)]
pub struct Timestamp(pub i64);

impl Timestamp {
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since the epoch, rounded down: the resolution of X.509 times.
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(SECOND)
    }

    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds * SECOND)
    }

    #[must_use]
    pub const fn plus(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// Milliseconds from `earlier` to `self`; negative if `self` is before it.
    pub const fn since(self, earlier: Self) -> i64 {
        self.0 - earlier.0
    }

    /// The same instant without its fraction of a second.
    #[must_use]
    pub const fn whole_second(self) -> Self {
        Self(self.seconds() * SECOND)
    }

    /// The calendar form in UTC. Instants outside the years ±9999 are clamped to the nearest one inside.
    pub fn utc(self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000_000).unwrap_or(
            if self.0 < 0 {
                Date::MIN.midnight().assume_utc()
            } else {
                Date::MAX.midnight().assume_utc()
            },
        )
    }

    /// The calendar form in the desk's zone.
    pub fn local(self, zone: Zone) -> OffsetDateTime {
        self.utc()
            .checked_to_offset(zone.offset())
            .unwrap_or_else(|| self.utc())
    }

    /// Parses RFC 3339, e.g. `2026-11-22T09:00:00Z` or `2026-11-22T16:00:00+07:00`.
    pub fn parse_rfc3339(text: &str) -> Option<Self> {
        OffsetDateTime::parse(text, &time::format_description::well_known::Rfc3339)
            .ok()
            .map(Self::from)
    }
}

impl From<OffsetDateTime> for Timestamp {
    fn from(value: OffsetDateTime) -> Self {
        Self((value.unix_timestamp_nanos() / 1_000_000) as i64)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let t = self.utc();
        write!(
            f,
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
            t.year(),
            u8::from(t.month()),
            t.day(),
            t.hour(),
            t.minute(),
            t.second()
        )
    }
}

/// A calendar day without a time: the date on a letter.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Day {
    pub year: i32,
    pub month: u8,
    pub day: u8,
}

impl Day {
    /// Parses `YYYY-MM-DD`; only days that exist.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.trim().splitn(3, '-');
        let (y, m, d) = (parts.next()?, parts.next()?, parts.next()?);
        if y.len() != 4 || m.len() != 2 || d.len() != 2 {
            return None;
        }
        let date = Date::from_calendar_date(
            y.parse().ok()?,
            time::Month::try_from(m.parse::<u8>().ok()?).ok()?,
            d.parse().ok()?,
        )
        .ok()?;
        Some(date.into())
    }

    /// Midnight at the start of this day in `zone`.
    pub fn start(self, zone: Zone) -> Timestamp {
        let month = time::Month::try_from(self.month).unwrap_or(time::Month::January);
        Date::from_calendar_date(self.year, month, self.day)
            .map(|d| d.midnight().assume_offset(zone.offset()).into())
            .unwrap_or_default()
    }
}

impl From<Date> for Day {
    fn from(date: Date) -> Self {
        Self {
            year: date.year(),
            month: u8::from(date.month()),
            day: date.day(),
        }
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// The desk's time zone. Indonesia has three and no daylight saving.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub enum Zone {
    #[default]
    Wib,
    Wita,
    Wit,
    Utc,
}

impl Zone {
    pub const ALL: [Self; 4] = [Self::Wib, Self::Wita, Self::Wit, Self::Utc];

    pub fn offset(self) -> UtcOffset {
        let hours = match self {
            Self::Wib => 7,
            Self::Wita => 8,
            Self::Wit => 9,
            Self::Utc => 0,
        };
        UtcOffset::from_hms(hours, 0, 0).unwrap_or(UtcOffset::UTC)
    }

    pub const fn label(self) -> &'static str {
        match self {
            Self::Wib => "WIB",
            Self::Wita => "WITA",
            Self::Wit => "WIT",
            Self::Utc => "UTC",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|z| z.label().eq_ignore_ascii_case(text.trim()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_prints_as_it_was_written() {
        let t = Timestamp::parse_rfc3339("2026-11-22T16:00:00+07:00").unwrap();
        assert_eq!(t.to_string(), "2026-11-22T09:00:00Z");
        assert_eq!(t.local(Zone::Wib).hour(), 16);
    }

    #[test]
    fn a_day_that_does_not_exist_is_refused() {
        assert!(Day::parse("2026-02-29").is_none());
        assert!(Day::parse("2026-2-9").is_none());
        assert_eq!(Day::parse("2028-02-29").unwrap().to_string(), "2028-02-29");
    }
}
