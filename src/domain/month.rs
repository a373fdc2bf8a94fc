//! The months in words, as letters and mails write them.

use super::Language;

const MONTHS_ID: [&str; 12] = [
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
];

const MONTHS_EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The name of a month from 1 to 12.
pub fn name(month: u8, language: Language) -> Option<&'static str> {
    let names = match language {
        Language::Id => &MONTHS_ID,
        Language::En => &MONTHS_EN,
    };
    names.get(usize::from(month).checked_sub(1)?).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_has_twelve_named_months() {
        assert_eq!(name(1, Language::Id), Some("Januari"));
        assert_eq!(name(12, Language::En), Some("December"));
        assert_eq!(
            (name(0, Language::Id), name(13, Language::En)),
            (None, None)
        );
    }
}
