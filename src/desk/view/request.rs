//! One request with everything that is compared in steps 5 and 6 and everything that happened to it; and the reasons
//! that the form offers for a new one.

use serde::Serialize;

use crate::desk::SharedKey;
use crate::domain::distinguished_name::RdnComparison;
use crate::domain::workflow::Answers;
use crate::domain::{Item, Request, State, Timestamp};

use super::{AccountView, CertificateView, LetterView, MailRow};

/// Everything about one request.
#[derive(Clone, Debug)]
pub struct RequestDetail {
    pub request: Request,
    /// The version a command on it must name.
    pub version: u64,
    pub owner: AccountView,
    pub filer: String,
    pub companion: Option<String>,
    pub claimed_by: Option<String>,
    pub certificate: CertificateView,
    /// Labels of the reasons in the reader's language.
    pub reason_labels: Vec<String>,
    pub letters: Vec<LetterView>,
    /// Field by field: account, letter and certificate (step 5 and 6).
    pub comparison: Vec<FieldComparison>,
    /// Account's expected subject against the certificate's subject, RDN by RDN.
    pub subject_comparison: Vec<RdnComparison>,
    /// Whether username and subject agree as step 6 asks.
    pub names_agree: bool,
    pub signature: SignatureState,
    pub timeline: Vec<TimelineEntry>,
    pub mails: Vec<MailRow>,
    /// The certificate's other active siblings of the same owner.
    pub other_certificates: Vec<CertificateView>,
    /// The other certificates over the same public key, whoever's they are.
    pub shares_key: SharedKey,
    /// What this person may do now; a refusal says why not.
    pub acts: Answers,
    /// Whether the owner may ask for a new certificate ("boleh mengajukan sertifikat baru").
    pub may_apply_anew: bool,
    /// Since when the CRL that tells of it has been seen at the publication point from outside.
    pub seen_at: Option<Timestamp>,
    /// When the 24-hour clock runs out.
    pub decide_by: Option<Timestamp>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SignatureState {
    Verified,
    Broken,
    IssuerUnknown,
}

/// How two or three sources agree on one field.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Agreement {
    Same,
    Differs,
    /// One side has nothing to compare.
    Empty,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FieldComparison {
    pub item: Item,
    pub account: String,
    /// What the letter says, where its text was read and the field found.
    pub letter: Option<String>,
    pub certificate: Option<String>,
    pub agreement: Agreement,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TimelineEntry {
    pub seq: u64,
    pub at: Timestamp,
    /// Name of the actor, or "sistem".
    pub actor: String,
    /// Log action name.
    pub action: String,
    pub from: Option<State>,
    pub to: Option<State>,
    pub refusal: Option<String>,
}

/// A reason as the form offers it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReasonChoice {
    pub id: String,
    pub label: String,
    pub in_sop: bool,
    pub urgent: bool,
    pub asks_misuse: bool,
    pub offers_invalidity_date: bool,
}
