//! Dates, ages, amounts and sizes as people write them: "22 November 2026", "0,5 menit", "84 kB".

use time::OffsetDateTime;

use crate::domain::instant::{DAY, Day, HOUR, MINUTE};
use crate::domain::{Language, Timestamp, Zone};

use super::i18n::Texts;

/// How this reader writes dates and numbers.
#[derive(Clone, Copy, Debug)]
pub struct Format {
    pub texts: Texts,
    pub zone: Zone,
}

impl Format {
    /// "22 November 2026"
    pub fn date(&self, at: Timestamp) -> String {
        let t = at.local(self.zone);
        format!("{} {} {}", t.day(), self.month(&t), t.year())
    }

    /// "22 Nov 2026"
    pub fn short_date(&self, at: Timestamp) -> String {
        let t = at.local(self.zone);
        format!("{} {} {}", t.day(), self.short_month(&t), t.year())
    }

    /// "22 November 2026" of a day that has no hour.
    pub fn day(&self, day: Day) -> String {
        self.date(day.start(self.zone))
    }

    /// "16.05" (Indonesian) or "16:05"
    pub fn time(&self, at: Timestamp) -> String {
        let t = at.local(self.zone);
        let point = match self.texts.language {
            Language::Id => '.',
            Language::En => ':',
        };
        format!("{:02}{point}{:02}", t.hour(), t.minute())
    }

    /// "22 Nov 16.05"
    pub fn short(&self, at: Timestamp) -> String {
        let t = at.local(self.zone);
        format!("{} {} {}", t.day(), self.short_month(&t), self.time(at))
    }

    /// "22 November 2026 16.05 WIB"
    pub fn full(&self, at: Timestamp) -> String {
        format!("{} {} {}", self.date(at), self.time(at), self.zone.label())
    }

    /// How long ago, in one unit and few columns: "5 mnt", "3 jam", "2 hr".
    pub fn age(&self, from: Timestamp, now: Timestamp) -> String {
        let age = now.since(from).max(0);
        let (count, unit) = match age {
            a if a < HOUR => (a / MINUTE, "unit-minutes"),
            a if a < 2 * DAY => (a / HOUR, "unit-hours"),
            a => (a / DAY, "unit-days"),
        };
        format!("{count} {}", self.texts.get(unit))
    }

    /// Whole minutes, never seconds: "3".
    pub fn minutes(&self, millis: i64) -> String {
        (millis.max(0) / MINUTE).to_string()
    }

    /// A standard time of the SOP: 30 s is "0,5", 300 s is "5".
    pub fn standard(&self, seconds: u32) -> String {
        let (whole, half) = (seconds / 60, seconds % 60);
        let comma = match self.texts.language {
            Language::Id => ',',
            Language::En => '.',
        };
        if half == 0 {
            whole.to_string()
        } else {
            format!("{whole}{comma}{}", half * 10 / 60)
        }
    }

    /// "812 B", "84 kB", "1,2 MB"
    pub fn size(&self, bytes: u64) -> String {
        let comma = match self.texts.language {
            Language::Id => ',',
            Language::En => '.',
        };
        match bytes {
            b if b < 1_000 => format!("{b} B"),
            b if b < 1_000_000 => format!("{} kB", b / 1_000),
            b => format!("{}{comma}{} MB", b / 1_000_000, b % 1_000_000 / 100_000),
        }
    }

    /// "1.234.567" (Indonesian) or "1,234,567"
    pub fn count(&self, n: u64) -> String {
        let point = match self.texts.language {
            Language::Id => '.',
            Language::En => ',',
        };
        let digits = n.to_string();
        let mut grouped = String::new();
        for (i, c) in digits.chars().enumerate() {
            if i > 0 && (digits.len() - i).is_multiple_of(3) {
                grouped.push(point);
            }
            grouped.push(c);
        }
        grouped
    }

    fn month(&self, t: &OffsetDateTime) -> String {
        self.texts.get(&format!("month-{}", u8::from(t.month())))
    }

    fn short_month(&self, t: &OffsetDateTime) -> String {
        self.month(t).chars().take(3).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn format(language: Language) -> Format {
        Format {
            texts: Texts::new(language),
            zone: Zone::Wib,
        }
    }

    #[test]
    fn dates_are_written_out_in_the_readers_language() {
        let at = Timestamp::parse_rfc3339("2026-08-22T16:05:00+07:00").unwrap();
        assert_eq!(format(Language::Id).full(at), "22 Agustus 2026 16.05 WIB");
        assert_eq!(format(Language::En).full(at), "22 August 2026 16:05 WIB");
        assert_eq!(format(Language::Id).short(at), "22 Agu 16.05");
    }

    #[test]
    fn ages_and_amounts_have_one_unit_and_a_comma() {
        let f = format(Language::Id);
        let now = Timestamp(100 * DAY);
        assert_eq!(f.age(now.plus(-5 * MINUTE), now), "5 mnt");
        assert_eq!(f.age(now.plus(-47 * HOUR), now), "47 jam");
        assert_eq!(f.age(now.plus(-49 * HOUR), now), "2 hr");
        assert_eq!(
            (f.standard(30), f.standard(300)),
            ("0,5".into(), "5".into())
        );
        assert_eq!(
            (f.size(84_500), f.size(1_250_000)),
            ("84 kB".into(), "1,2 MB".into())
        );
        assert_eq!(f.count(1_234_567), "1.234.567");
    }
}
