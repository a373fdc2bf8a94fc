//! Why a CRL was not signed. Travels from the signing process to the desk, so the facts are owned; every kind has a
//! stable name that the edge translates by.

use serde::{Deserialize, Serialize};

use super::ledger::{Issued, ListKind, Scope};
use crate::pki::key::KeyError;
use crate::pki::pkcs11::TokenFault;

/// Why there is no signature. Nothing was signed, or what was signed never left.
#[derive(
    Clone, PartialEq, Eq, PartialOrd, Ord, Debug, thiserror::Error, Serialize, Deserialize,
)]
pub enum SignerError {
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error("not signed: {0}")]
    Forbidden(#[from] Forbidden),
    #[error("the numbers that were signed cannot be kept: {0}")]
    State(#[from] StateFault),
    #[error(transparent)]
    Token(#[from] TokenFault),
    #[error("the list has {octets} octets; {limit} are the most that is signed")]
    TooLarge { octets: u64, limit: u64 },
    #[error("the signing process does not start: {why}")]
    NotStarted { why: String },
    #[error("the signing process ended: {why}")]
    Lost { why: String },
}

impl SignerError {
    /// The stable name, kebab-case; a key's or token's error has its own.
    pub const fn id(&self) -> &'static str {
        match self {
            Self::Key(error) => error.id(),
            Self::Forbidden(rule) => rule.id(),
            Self::State(fault) => fault.id(),
            Self::Token(fault) => fault.id(),
            Self::TooLarge { .. } => "list-too-large",
            Self::NotStarted { .. } => "signer-not-started",
            Self::Lost { .. } => "signer-lost",
        }
    }
}

/// The rule that a list breaks.
#[derive(
    Clone, PartialEq, Eq, PartialOrd, Ord, Debug, thiserror::Error, Serialize, Deserialize,
)]
pub enum Forbidden {
    #[error("it is no CRL: {fault}")]
    NotACrl { fault: String },
    #[error("it is no version 2 CRL")]
    NotVersion2,
    #[error("its issuer is not the subject of the key's certificate")]
    OtherIssuer,
    #[error("it names the algorithm {found}; the key signs with {expected}")]
    OtherAlgorithm { found: String, expected: String },
    #[error("it has no cRLNumber from 0 to 2^159 - 1")]
    NoNumber,
    #[error("its scope is not clear: {fault}")]
    UnclearScope { fault: String },
    #[error("{scope}, {kind}: number {number} is not above {last}, the last that was signed")]
    NumberNotAbove {
        scope: Scope,
        kind: ListKind,
        number: crate::domain::CrlNumber,
        last: crate::domain::CrlNumber,
    },
    #[error("{scope}: thisUpdate {this_update} is before {}, that of number {}", .last.this_update, .last.number)]
    TimeBefore {
        scope: Scope,
        this_update: crate::domain::Timestamp,
        last: Issued,
    },
}

impl Forbidden {
    pub const IDS: &[&str] = &[
        "not-a-crl",
        "not-version-2",
        "other-crl-issuer",
        "other-crl-algorithm",
        "no-crl-number",
        "unclear-scope",
        "number-not-above",
        "time-before",
    ];

    pub const fn id(&self) -> &'static str {
        match self {
            Self::NotACrl { .. } => "not-a-crl",
            Self::NotVersion2 => "not-version-2",
            Self::OtherIssuer => "other-crl-issuer",
            Self::OtherAlgorithm { .. } => "other-crl-algorithm",
            Self::NoNumber => "no-crl-number",
            Self::UnclearScope { .. } => "unclear-scope",
            Self::NumberNotAbove { .. } => "number-not-above",
            Self::TimeBefore { .. } => "time-before",
        }
    }
}

/// What is wrong with the file of numbers.
#[derive(
    Clone, PartialEq, Eq, PartialOrd, Ord, Debug, thiserror::Error, Serialize, Deserialize,
)]
pub enum StateFault {
    #[error("the state file: {why}")]
    Io { why: String },
    #[error("the state file is damaged; how far numbers had come is not known")]
    Damaged,
    #[error("the state file belongs to another key")]
    OtherKey,
    #[error("the state file is full after {scopes} scopes")]
    Full { scopes: u64 },
}

impl StateFault {
    pub const IDS: &[&str] = &["state-io", "state-damaged", "state-other-key", "state-full"];

    pub const fn id(&self) -> &'static str {
        match self {
            Self::Io { .. } => "state-io",
            Self::Damaged => "state-damaged",
            Self::OtherKey => "state-other-key",
            Self::Full { .. } => "state-full",
        }
    }
}

impl From<std::io::Error> for StateFault {
    fn from(error: std::io::Error) -> Self {
        Self::Io {
            why: error.to_string(),
        }
    }
}
