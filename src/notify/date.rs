//! Times as a formal mail writes them, in the desk's zone: "22 November 2026 16.05 WIB".

use crate::domain::{Language, Timestamp, Zone, month};

/// Day, month in words, year, hour and minute, and the zone. Indonesian writes the time with a full stop.
pub fn long(at: Timestamp, zone: Zone, language: Language) -> String {
    let t = at.local(zone);
    let dot = match language {
        Language::Id => '.',
        Language::En => ':',
    };
    let month = month::name(u8::from(t.month()), language).unwrap_or_default();
    format!(
        "{} {month} {} {:02}{dot}{:02} {}",
        t.day(),
        t.year(),
        t.hour(),
        t.minute(),
        zone.label()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_in_the_desks_zone_and_the_readers_language() {
        let at = Timestamp::parse_rfc3339("2026-11-22T09:05:59Z").unwrap();
        assert_eq!(
            long(at, Zone::Wib, Language::Id),
            "22 November 2026 16.05 WIB"
        );
        assert_eq!(
            long(at, Zone::Wit, Language::En),
            "22 November 2026 18:05 WIT"
        );
        let eve = Timestamp::parse_rfc3339("2026-04-30T23:59:00Z").unwrap();
        assert_eq!(long(eve, Zone::Wita, Language::Id), "1 Mei 2026 07.59 WITA");
    }
}
