//! What all filters have in common: words and `field:value` terms, each inverted by a `!` before it, the fields named in
//! Indonesian or English, and what is said of one that is not understood. Knows no rows.

use crate::domain::{CertificateStatus, Language, State};

/// A field by its Indonesian and its English name.
pub type Field = [&'static str; 2];

/// What in a filter was not understood.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum FilterError {
    #[error("{field}: unknown field; there are {known}", known = field_names(known, Language::En))]
    UnknownField {
        field: String,
        known: &'static [Field],
    },
    #[error("{value}: unknown state")]
    UnknownState { value: String },
    #[error("{value}: an age is written >1d, <4h or >30m")]
    BadAge { value: String },
    #[error("{value}: yes or no")]
    BadFlag { value: String },
    #[error("{value}: hex digits of a serial")]
    BadSerial { value: String },
    #[error("{value}: digits of a NIP")]
    BadNip { value: String },
}

/// The fields' names in one language, as a filter is typed: `agency: age:`.
pub fn field_names(fields: &[Field], language: Language) -> String {
    let at = match language {
        Language::Id => 0,
        Language::En => 1,
    };
    let names: Vec<String> = fields
        .iter()
        .map(|field| format!("{}:", field[at]))
        .collect();
    names.join(" ")
}

/// One term as it was typed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Word<'a> {
    pub inverted: bool,
    pub field: Option<&'a str>,
    /// In the case it was typed in.
    pub value: &'a str,
}

/// The terms of a filter. One still being typed (`!`, `status:`) is left out: it holds for every row.
pub(super) fn words(text: &str) -> impl Iterator<Item = Word<'_>> {
    text.split_whitespace().filter_map(|word| {
        let (inverted, word) = match word.strip_prefix('!') {
            Some(rest) => (true, rest),
            None => (false, word),
        };
        let (field, value) = match word.split_once(':') {
            // `0A:1B` is a serial.
            Some((field, value)) if is_field(field) && !is_octets(word) => (Some(field), value),
            _ => (None, word),
        };
        (!value.is_empty()).then_some(Word {
            inverted,
            field,
            value,
        })
    })
}

fn is_field(word: &str) -> bool {
    !word.is_empty() && word.chars().all(char::is_alphabetic)
}

/// Octets in hex with colons between them, as other programs print a serial.
fn is_octets(word: &str) -> bool {
    word.split(':')
        .all(|octet| octet.len() == 2 && octet.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// Which of these fields is named, by its Indonesian name.
pub(super) fn field_named(
    name: &str,
    known: &'static [Field],
) -> Result<&'static str, FilterError> {
    let name = name.to_lowercase();
    let found = known.iter().find(|field| field.contains(&name.as_str()));
    found
        .map(|field| field[0])
        .ok_or(FilterError::UnknownField { field: name, known })
}

/// A yes or no in either language.
pub(super) fn flag(value: &str) -> Result<bool, FilterError> {
    match value {
        "ya" | "yes" | "y" | "1" => Ok(true),
        "tidak" | "no" | "n" | "0" => Ok(false),
        _ => Err(FilterError::BadFlag {
            value: value.to_owned(),
        }),
    }
}

/// The states whose word in either language begins so.
pub(super) fn states(value: &str) -> Result<Vec<State>, FilterError> {
    beginning(value, State::ALL, |s| [s.name(), s.english()])
}

/// The statuses of a certificate whose word in either language begins so.
pub(super) fn statuses(value: &str) -> Result<Vec<CertificateStatus>, FilterError> {
    beginning(value, CertificateStatus::ALL, |s| {
        [s.name(), s.indonesian()]
    })
}

fn beginning<T: Copy>(
    value: &str,
    all: impl IntoIterator<Item = T>,
    words: impl Fn(T) -> [&'static str; 2],
) -> Result<Vec<T>, FilterError> {
    let plain = |text: &str| text.replace(['-', '_'], "");
    let wanted = plain(value);
    let fits = |each: &T| words(*each).iter().any(|w| plain(w).starts_with(&wanted));
    let found: Vec<T> = all.into_iter().filter(fits).collect();
    if found.is_empty() {
        return Err(FilterError::UnknownState {
            value: value.to_owned(),
        });
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_serial_with_colons_is_no_field() {
        let word = |text: &'static str| words(text).next().map(|w| (w.field, w.value));
        assert_eq!(word("ab:cd:ef"), Some((None, "ab:cd:ef")));
        assert_eq!(word("!ab:1d"), Some((None, "ab:1d")));
        assert_eq!(word("status:aktif"), Some((Some("status"), "aktif")));
        assert_eq!(word("status:"), None);
    }

    #[test]
    fn a_state_is_named_in_either_language() {
        for word in ["diajukan", "submitted", "Submit", "DIAJ"] {
            assert_eq!(states(&word.to_lowercase()), Ok(vec![State::Diajukan]));
        }
        assert_eq!(states("in-review"), Ok(vec![State::Diperiksa]));
        assert_eq!(statuses("kedaluwarsa"), statuses("expired"));
        assert!(statuses("hilang").is_err());
    }

    #[test]
    fn an_unknown_field_is_told_with_the_fields_of_ones_own_language() {
        static KNOWN: [Field; 2] = [["instansi", "agency"], ["umur", "age"]];
        let error = field_named("Warna", &KNOWN).unwrap_err();
        assert_eq!(
            error.to_string(),
            "warna: unknown field; there are agency: age:"
        );
        assert_eq!(field_names(&KNOWN, Language::Id), "instansi: umur:");
        assert_eq!(field_named("AGENCY", &KNOWN), Ok("instansi"));
    }
}
