//! The queue's filter: words and `field:value` terms, all of which must hold; `!` inverts one.
//! `instansi:kesehatan status:diajukan alasan:lupa umur:>1d mendesak:ya !budi`. Pure; parsed once, run over every row.
//! The language itself is in `language`, the filter of the certificate browser in `certificates`.

pub mod certificates;
pub mod language;

use crate::domain::instant::{DAY, HOUR, MINUTE};
use crate::domain::{State, Timestamp};

use super::view::QueueRow;
use language::{Field, FilterError, field_named, flag, states, words};

/// A parsed filter. An empty one matches everything.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Filter {
    terms: Vec<(bool, Term)>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Term {
    /// Lower-case text anywhere in number, owner, serial, agency or claimant.
    Text(String),
    Number(String),
    State(Vec<State>),
    Owner(String),
    Agency(String),
    Serial(String),
    Reason(String),
    Claimant(String),
    Urgent(bool),
    /// Age since submission, in milliseconds.
    OlderThan(i64),
    YoungerThan(i64),
}

/// The queue's fields.
pub const QUEUE_FIELDS: &[Field] = &[
    ["nomor", "number"],
    ["status", "state"],
    ["pemohon", "owner"],
    ["instansi", "agency"],
    ["seri", "serial"],
    ["alasan", "reason"],
    ["petugas", "officer"],
    ["mendesak", "urgent"],
    ["umur", "age"],
];

impl Filter {
    /// Parses what was typed. A term still being typed (`status:`) holds for every row.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        let terms = words(text)
            .map(|word| {
                let value = word.value.to_lowercase();
                let term = match word.field {
                    Some(field) => Self::field(field, value)?,
                    None => Term::Text(value),
                };
                Ok((word.inverted, term))
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { terms })
    }

    fn field(field: &str, value: String) -> Result<Term, FilterError> {
        Ok(match field_named(field, QUEUE_FIELDS)? {
            "nomor" => Term::Number(value),
            "status" => Term::State(states(&value)?),
            "pemohon" => Term::Owner(value),
            "instansi" => Term::Agency(value),
            "seri" => Term::Serial(value.replace([':', '…', '*'], "")),
            "alasan" => Term::Reason(value),
            "petugas" => Term::Claimant(value),
            "mendesak" => Term::Urgent(flag(&value)?),
            _ => Self::age(&value).ok_or(FilterError::BadAge { value })?,
        })
    }

    fn age(value: &str) -> Option<Term> {
        let (older, rest) = match value.as_bytes().first()? {
            b'>' => (true, &value[1..]),
            b'<' => (false, &value[1..]),
            _ => (true, value),
        };
        let unit = match rest.chars().last()? {
            'd' => DAY,
            'h' | 'j' => HOUR,
            'm' => MINUTE,
            _ => return None,
        };
        let amount: i64 = rest[..rest.len() - 1].parse().ok()?;
        let millis = amount.checked_mul(unit)?;
        Some(if older {
            Term::OlderThan(millis)
        } else {
            Term::YoungerThan(millis)
        })
    }

    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    pub fn matches(&self, row: &QueueRow, haystack: &str, now: Timestamp) -> bool {
        self.terms
            .iter()
            .all(|(inverted, term)| term.matches(row, haystack, now) != *inverted)
    }
}

/// What free words are looked for in, lower case, made once a row.
pub fn haystack(row: &QueueRow) -> String {
    let mut text = String::with_capacity(96);
    if let Some(number) = row.number {
        text.push_str(&number.to_string());
        text.push(' ');
    }
    text.push_str(&row.owner_name);
    text.push(' ');
    text.push_str(&row.agency);
    text.push(' ');
    text.push_str(&row.serial.to_string());
    text.push(' ');
    text.push_str(row.state.name());
    if let Some(claimant) = &row.claimed_by {
        text.push(' ');
        text.push_str(claimant);
    }
    text.to_lowercase()
}

impl Term {
    fn matches(&self, row: &QueueRow, haystack: &str, now: Timestamp) -> bool {
        let age = || now.since(row.first_submitted_at.unwrap_or(row.changed_at));
        match self {
            Self::Text(text) => haystack.contains(text),
            Self::Number(text) => row
                .number
                .is_some_and(|n| n.to_string().to_lowercase().contains(text)),
            Self::State(states) => states.contains(&row.state),
            Self::Owner(text) => row.owner_name.to_lowercase().contains(text),
            Self::Agency(text) => row.agency.to_lowercase().contains(text),
            Self::Serial(text) => row.serial.to_string().contains(text),
            Self::Reason(text) => row.reasons.iter().any(|r| r.contains(text.as_str())),
            Self::Claimant(text) => row
                .claimed_by
                .as_ref()
                .is_some_and(|c| c.to_lowercase().contains(text)),
            Self::Urgent(wanted) => row.urgent == *wanted,
            Self::OlderThan(millis) => age() > *millis,
            Self::YoungerThan(millis) => age() < *millis,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{AccountId, RequestId, RequestNumber, Serial};

    fn row() -> QueueRow {
        QueueRow {
            id: RequestId::default(),
            number: RequestNumber::parse("PC-2026-000123").ok(),
            state: State::DataSesuai,
            urgent: true,
            owner: AccountId::default(),
            owner_name: "Rina Contoh".into(),
            agency: "Dinas Kesehatan".into(),
            serial: Serial::parse("c0ffee01").unwrap(),
            reasons: ["kehilangan".into()].into(),
            submitted_at: Some(Timestamp(0)),
            first_submitted_at: Some(Timestamp(0)),
            changed_at: Timestamp(0),
            claimed_by: Some("op".into()),
            letter_due: None,
            filer: AccountId::default(),
            companion: None,
            version: 1,
        }
    }

    fn matches(text: &str) -> bool {
        let r = row();
        Filter::parse(text)
            .unwrap()
            .matches(&r, &haystack(&r), Timestamp(2 * DAY))
    }

    #[test]
    fn every_term_must_hold_and_a_bang_inverts() {
        assert!(matches(""));
        assert!(matches(
            "rina instansi:kesehatan status:data alasan:hilang umur:>1d"
        ));
        assert!(matches(
            "status:data-sesuai state:data-in-order !budi mendesak:ya seri:ffee petugas:op nomor:0123"
        ));
        assert!(!matches("!rina"));
        assert!(!matches("umur:<1d"));
        assert!(matches("status:"));
    }

    #[test]
    fn what_is_not_understood_is_named() {
        assert!(matches!(
            Filter::parse("warna:merah"),
            Err(FilterError::UnknownField { .. })
        ));
        assert!(matches!(
            Filter::parse("umur:>x"),
            Err(FilterError::BadAge { .. })
        ));
        assert!(matches!(
            Filter::parse("status:xyz"),
            Err(FilterError::UnknownState { .. })
        ));
    }
}
