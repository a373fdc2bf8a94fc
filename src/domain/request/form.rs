//! What is filled in when a request is filed: in whose name, what the letter says, and each field as it is saved.

use serde::{Deserialize, Serialize};

use crate::domain::identifiers::AccountId;
use crate::domain::instant::{Day, Timestamp};
use crate::domain::reason::ReasonId;
use crate::domain::refusal::LetterField;

/// In whose name a request is filed (RFC 3647 §4.9.2: who can request revocation).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequesterKind {
    #[default]
    Subscriber,
    Agency,
    Ca,
    ThirdParty,
}

impl RequesterKind {
    pub const ALL: [Self; 4] = [Self::Subscriber, Self::Agency, Self::Ca, Self::ThirdParty];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Subscriber => "subscriber",
            Self::Agency => "agency",
            Self::Ca => "ca",
            Self::ThirdParty => "third_party",
        }
    }
}

/// The answer to "mungkinkah pihak lain memakainya?", asked after loss.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Misuse {
    #[default]
    Unanswered,
    Possible,
    RuledOut,
}

/// What the applicant writes off the letter into the form. Differences between letter and form warn, never refuse.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct LetterData {
    pub number: String,
    pub date: Option<Day>,
    pub superior_name: String,
    pub superior_nip: String,
    /// The superior's approval is on the letter.
    pub approved: bool,
}

impl LetterData {
    /// The first field that is not filled.
    pub fn missing(&self) -> Option<LetterField> {
        let blank = |text: &str| text.trim().is_empty();
        if blank(&self.number) {
            Some(LetterField::Number)
        } else if self.date.is_none() {
            Some(LetterField::Date)
        } else if blank(&self.superior_name) {
            Some(LetterField::SuperiorName)
        } else if blank(&self.superior_nip) {
            Some(LetterField::SuperiorNip)
        } else if self.approved {
            None
        } else {
            Some(LetterField::Approval)
        }
    }
}

/// One saved field of the form.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum FieldChange {
    Reasons(Vec<ReasonId>),
    Misuse(Misuse),
    InvalidityDate(Option<Timestamp>),
    LetterNumber(String),
    LetterDate(Option<Day>),
    SuperiorName(String),
    SuperiorNip(String),
    SuperiorApproved(bool),
    /// The letter comes later (only for urgent reasons).
    LetterFollows(bool),
    Companion(Option<AccountId>),
}
