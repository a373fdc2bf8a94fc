//! `crl check`: the table of rules that a CRL must keep, applied to any CRL of anyone, with or without its issuer's
//! certificate. The rules themselves are rows of `lints`; this file runs them and says what came out.

use std::io;

use serde::Serialize;

use super::crl_issuer::CrlIssuer;
use super::crl_read::CrlSource;
use super::examine::Facts;
use super::lints;

use crate::domain::Timestamp;

/// One rule: an id that never changes, what it asks for, where that is written.
pub struct Rule {
    /// Stable, e.g. `crl-number-present`.
    pub id: &'static str,
    /// What must be so.
    pub says: &'static str,
    /// The clause it comes from, e.g. `RFC 5280 §5.2.3`.
    pub clause: &'static str,
    pub(super) judge: fn(&Facts<'_>) -> Answer,
}

impl std::fmt::Debug for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Rule({})", self.id)
    }
}

/// What a rule says of one CRL; the text is what was found, or why it was not looked at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Answer {
    Holds,
    HoldsWith(String),
    Broken(String),
    NotChecked(Unchecked),
}

macro_rules! unchecked {
    ($($variant:ident = $id:literal, $says:literal;)+) => {
        /// Why a rule was not looked at.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum Unchecked {
            $($variant,)+
        }

        impl Unchecked {
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The stable name, kebab-case.
            pub const fn id(self) -> &'static str {
                match self {
                    $(Self::$variant => $id,)+
                }
            }

            /// Plain English.
            pub const fn says(self) -> &'static str {
                match self {
                    $(Self::$variant => $says,)+
                }
            }
        }
    };
}

unchecked! {
    StoppedEarlier = "stopped-earlier", "reading stopped before this";
    IssuerNotGiven = "issuer-not-given", "the issuer's certificate was not given";
    UnknownAlgorithm = "unknown-algorithm", "this program does not know the algorithm";
    UnusableKey = "unusable-key", "this program cannot use the CA's public key";
    SeveralIssuers = "several-issuers", "the list names certificates of several issuers";
    DatesReversed = "dates-reversed", "nextUpdate is not after thisUpdate";
    NoKeyIdentifier = "no-key-identifier", "the CRL has no key identifier";
    NoSubjectKeyIdentifier = "no-subject-key-identifier", "the CA certificate has no subjectKeyIdentifier";
    NoNumber = "no-number", "the CRL has no readable number";
    MalformedThisUpdate = "malformed-this-update", "thisUpdate is malformed";
    MalformedSignature = "malformed-signature", "signatureValue is malformed";
    MalformedDate = "malformed-date", "a date is absent or malformed";
    EmptyExtensions = "empty-extensions", "the list of extensions is empty";
}

/// How a rule came out.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Ok,
    Broken,
    NotChecked,
}

/// One line of the table.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    pub rule: &'static str,
    pub says: &'static str,
    pub clause: &'static str,
    pub verdict: Verdict,
    /// What was found, in plain English; empty where there is nothing to add. Free of control characters.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// Why it was not looked at, for the reader's language; `detail` says the same.
    #[serde(skip)]
    pub unchecked: Option<Unchecked>,
}

/// All lines of the table for one CRL.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    pub findings: Vec<Finding>,
}

impl Report {
    /// Whether no rule is broken; what was not checked is no failure.
    pub fn passed(&self) -> bool {
        self.broken().next().is_none()
    }

    /// The broken lines.
    pub fn broken(&self) -> impl Iterator<Item = &Finding> {
        self.findings
            .iter()
            .filter(|finding| finding.verdict == Verdict::Broken)
    }
}

/// The whole table in its order.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    lints::TABLES.iter().copied().flatten()
}

/// Applies every rule to the CRL in `source`. Without the issuer's certificate the rules that need it are not checked.
/// The error is the source's own; a malformed CRL is a finding.
pub fn check(
    source: &(impl CrlSource + ?Sized),
    issuer: Option<&CrlIssuer>,
    now: Timestamp,
) -> io::Result<Report> {
    Ok(report(&Facts::gather(source, issuer, now)?))
}

/// Applies every rule to what was gathered.
pub fn report(facts: &Facts<'_>) -> Report {
    let findings = rules()
        .map(|rule| {
            let answer = (rule.judge)(facts);
            let unchecked = match &answer {
                Answer::NotChecked(why) => Some(*why),
                _ => None,
            };
            let (verdict, detail) = match answer {
                Answer::Holds => (Verdict::Ok, String::new()),
                Answer::HoldsWith(detail) => (Verdict::Ok, detail),
                Answer::Broken(detail) => (Verdict::Broken, detail),
                Answer::NotChecked(why) => (Verdict::NotChecked, why.says().to_owned()),
            };
            Finding {
                rule: rule.id,
                says: rule.says,
                clause: rule.clause,
                verdict,
                detail: crate::domain::distinguished_name::printable(&detail),
                unchecked,
            }
        })
        .collect();
    Report { findings }
}
