//! The queue's filter language: words and `field:value` terms, all of which must hold; `!` inverts one.
//! `instansi:dinkes status:diajukan alasan:lupa umur:>1d mendesak:ya !budi`. Pure; parsed once, run over every row.

use crate::domain::instant::{DAY, HOUR, MINUTE};
use crate::domain::{State, Timestamp};

use super::view::QueueRow;

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

/// What in a filter was not understood.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum FilterError {
    #[error("{field}: unknown field; there are {known}", known = FIELDS.join(" "))]
    UnknownField { field: String },
    #[error("{value}: unknown state")]
    UnknownState { value: String },
    #[error("{value}: an age is written >1d, <4h or >30m")]
    BadAge { value: String },
    #[error("{value}: ya or tidak")]
    BadFlag { value: String },
}

/// The fields, Indonesian; each has an English twin that is accepted too.
pub const FIELDS: [&str; 9] = [
    "nomor", "status", "pemohon", "instansi", "seri", "alasan", "petugas", "mendesak", "umur",
];

impl Filter {
    /// Parses what was typed. A term still being typed (`status:`) holds for every row.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        let mut terms = Vec::new();
        for word in text.split_whitespace() {
            let (inverted, word) = match word.strip_prefix('!') {
                Some(rest) => (true, rest),
                None => (false, word),
            };
            if word.is_empty() {
                continue;
            }
            let term = match word.split_once(':') {
                Some((field, value)) if field.chars().all(char::is_alphabetic) => {
                    if value.is_empty() {
                        continue;
                    }
                    Self::field(field, &value.to_lowercase())?
                }
                _ => Term::Text(word.to_lowercase()),
            };
            terms.push((inverted, term));
        }
        Ok(Self { terms })
    }

    fn field(field: &str, value: &str) -> Result<Term, FilterError> {
        let owned = value.to_owned();
        Ok(match field.to_lowercase().as_str() {
            "nomor" | "number" => Term::Number(owned),
            "status" | "state" => {
                let plain = value.replace(['-', '_'], "");
                let states: Vec<State> = State::ALL
                    .into_iter()
                    .filter(|s| s.name().replace('_', "").starts_with(&plain))
                    .collect();
                if states.is_empty() {
                    return Err(FilterError::UnknownState { value: owned });
                }
                Term::State(states)
            }
            "pemohon" | "owner" => Term::Owner(owned),
            "instansi" | "agency" => Term::Agency(owned),
            "seri" | "serial" => Term::Serial(value.replace(':', "")),
            "alasan" | "reason" => Term::Reason(owned),
            "petugas" | "officer" => Term::Claimant(owned),
            "mendesak" | "urgent" => match value {
                "ya" | "yes" | "y" | "1" => Term::Urgent(true),
                "tidak" | "no" | "n" | "0" => Term::Urgent(false),
                _ => return Err(FilterError::BadFlag { value: owned }),
            },
            "umur" | "age" => Self::age(value).ok_or(FilterError::BadAge { value: owned })?,
            _ => {
                return Err(FilterError::UnknownField {
                    field: field.to_owned(),
                });
            }
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
            "status:data-sesuai !budi mendesak:ya seri:ffee petugas:op nomor:0123"
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
