//! Why a command was refused: which rule, with the facts. The words for people are Fluent messages named
//! `refusal-<rule>` and `refusal-<rule>-hint`, filled from [`Refusal::facts`].

use serde::{Deserialize, Serialize};

use super::account::Role;
use super::identifiers::{AccountId, RequestNumber};
use super::instant::Timestamp;
use super::reason::ReasonId;
use super::request::{Item, State};

/// A refusal: nothing happened. `Display` is plain English; screens and commands translate by [`Refusal::rule`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, thiserror::Error)]
pub enum Refusal {
    #[error("this act needs the role {}", .0.iter().map(|r| r.name()).collect::<Vec<_>>().join(" or "))]
    RoleNeeded(Vec<Role>),
    #[error("the applicant's agency {agency} is outside your scope")]
    OutsideScope { agency: String },
    #[error("the state {} does not allow this", .state.name())]
    WrongState { state: State, allowed: Vec<State> },
    #[error("step 6 cannot be skipped: the certificate has not been matched")]
    StepSkipped { state: State },
    #[error("this request was decided and does not go back")]
    AlreadyDecided { state: State },
    #[error("no certificate or request of yours")]
    NotYours,
    #[error("nobody decides on a certificate of his own")]
    OwnCertificate,
    #[error("you filed or accompanied this request")]
    OwnFiling,
    #[error("the changed record was changed in the meantime")]
    Stale { changed_by: Option<AccountId> },
    #[error("claimed by another officer")]
    ClaimedByOther {
        officer: AccountId,
        since: Timestamp,
    },
    #[error("claim the request first")]
    NotClaimed,
    #[error("an open request exists for this certificate")]
    OpenRequestExists { number: Option<RequestNumber> },
    #[error("the certificate is revoked already")]
    CertificateRevoked,
    #[error("the certificate has expired; it needs no revocation and will not be on the CRL")]
    CertificateExpired { not_after: Timestamp },
    #[error("the certificate is not active")]
    CertificateNotActive,
    #[error("the certificate is not held")]
    CertificateNotHeld,
    #[error("the certificate's signature does not verify against its issuer")]
    SignatureInvalid,
    #[error("the certificate's issuer is not known to this desk")]
    IssuerUnknown,
    #[error("choose at least one reason")]
    NoReason,
    #[error("unknown reason {0}")]
    UnknownReason(ReasonId),
    #[error("the reason {0} is offered to officers only")]
    ReasonForOfficers(ReasonId),
    #[error("suspension is switched off by policy")]
    HoldNotAllowed,
    #[error("suspension cannot be combined with other reasons")]
    HoldWithOthers,
    #[error("this reason code is never written")]
    ReasonCodeNotAllowed,
    #[error("only a change to keyCompromise is possible once revoked")]
    OnlyKeyCompromise,
    #[error("answer whether others may be using the key")]
    MisuseUnanswered,
    #[error("the letter is missing")]
    LetterMissing,
    #[error("the letter's {0} is missing")]
    LetterDataMissing(LetterField),
    #[error("a letter may follow only for an urgent reason")]
    LetterMayNotFollow,
    #[error("a new version of the letter is needed after a return")]
    NewLetterNeeded,
    #[error("no letter is awaited")]
    NoLetterAwaited,
    #[error("a request after loss or compromise is withdrawn only with an officer's consent")]
    ConsentNeeded,
    #[error("not everything is checked: {}", .0.iter().map(|i| i.name()).collect::<Vec<_>>().join(", "))]
    ChecklistIncomplete(Vec<Item>),
    #[error("name at least one item")]
    NoItem,
    #[error("a note is needed")]
    NoteMissing,
    #[error("a text is too long or has control characters")]
    BadText { limit: u32 },
    #[error("the certificate differs from the data: username or subject do not agree")]
    NamesDiffer,
    #[error("the certificate is another one than the one compared")]
    CertificateChanged,
    #[error("a second officer must approve first")]
    ApprovalNeeded,
    #[error("the approval is void: reason, invalidity date or letter changed since")]
    ApprovalVoid,
    #[error("four-eyes is not asked for here")]
    ApprovalNotNeeded,
    #[error("owner, filer, companion and the officer who matched cannot be the second")]
    NotIndependent,
    #[error("the password is needed again")]
    PasswordNeeded,
    #[error("the last four digits of the serial do not match")]
    LastFourWrong,
    #[error("a compromised key is not revoked later")]
    DeferralForbidden,
    #[error("the effective date must lie ahead and before expiry")]
    EffectiveDateWrong,
    #[error("the scheduled time has not come")]
    NotYetDue { effective: Timestamp },
    #[error("the invalidity date must lie between notBefore and now")]
    InvalidityDateWrong,
    #[error("the entry is not on a published CRL yet")]
    NotPublished,
    #[error("only the desk itself does this")]
    SystemOnly,
    #[error("the time to wait for an answer is not over")]
    WaitNotOver,
    #[error("nothing to close: the certificate is neither revoked nor expired")]
    NothingToClose,
    #[error("nobody changes his own roles, scope, uid or second factor")]
    OwnGrant,
    #[error("no such record")]
    NotFound,
}

/// A field of the letter's data that must be filled.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum LetterField {
    Number,
    Date,
    SuperiorName,
    SuperiorNip,
    Approval,
}

impl std::fmt::Display for LetterField {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Number => "number",
            Self::Date => "date",
            Self::SuperiorName => "superior's name",
            Self::SuperiorNip => "superior's NIP",
            Self::Approval => "approval by the superior",
        })
    }
}
