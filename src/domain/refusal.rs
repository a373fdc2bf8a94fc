//! Why a command was refused: which rule, with the facts. The words for people are Fluent messages named
//! `refusal-<rule>` and `refusal-<rule>-hint`, filled from [`Refusal::facts`]; the log keeps the rule's name alone.

use serde::{Deserialize, Serialize};

use super::account::Role;
use super::identifiers::{AccountId, RequestNumber};
use super::instant::Timestamp;
use super::reason::ReasonId;
use super::request::{Item, RequesterKind, State};

/// A refusal: nothing happened. `Display` is plain English; screens and commands translate by [`Refusal::rule`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, thiserror::Error)]
pub enum Refusal {
    #[error("this needs the role {}", .0.iter().map(|r| r.name()).collect::<Vec<_>>().join(" or "))]
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
    #[error("the certificate is suspended already")]
    CertificateHeld,
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
    #[error("the request does not say that the key is compromised")]
    KeyNotCompromised,
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
    #[error(
        "who approved a suspension or its end cannot carry it out, and the owner cannot do either"
    )]
    SecondNeeded,
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
    #[error("the certificate belongs to no account yet")]
    OwnerUnknown,
    #[error("you cannot file in the name of {}", .0.name())]
    RequesterNotAllowed(RequesterKind),
    #[error(
        "the companion must be another person than the owner, and the officer who is there stays recorded"
    )]
    CompanionUnfit,
    #[error("the letter has no content or more than {limit} bytes")]
    LetterSize { limit: u64 },
    #[error("a NIP has 18 digits")]
    NipForm,
    #[error("nothing was claimed that would need an officer's consent, or consent was given")]
    ConsentNotNeeded,
    #[error("the mail has gone or its time has: this can no longer be taken back")]
    TooLateToRecall,
    #[error("only the desk itself does this")]
    SystemOnly,
    #[error("the time to wait for an answer is not over")]
    WaitNotOver,
    #[error("nothing to close: the certificate is neither revoked nor expired")]
    NothingToClose,
    #[error("nobody changes his own roles, scope, uid or second factor")]
    OwnGrant,
    #[error("that would leave the desk without an admin")]
    LastAdmin,
    #[error("this unix user is bound to another account")]
    UidTaken,
    #[error("the same change waits already for a second word")]
    GrantWaits { effective_at: Timestamp },
    #[error("the batch covers {count} rows now")]
    BatchCount { count: u64 },
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

impl LetterField {
    /// The stable name, for messages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Date => "date",
            Self::SuperiorName => "superior_name",
            Self::SuperiorNip => "superior_nip",
            Self::Approval => "approval",
        }
    }
}

/// A fact of a refusal; the edge puts it into words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fact {
    Text(String),
    Limit(u64),
    Roles(Vec<Role>),
    State(State),
    States(Vec<State>),
    /// Who; absent where the desk itself did it.
    Account(Option<AccountId>),
    Time(Timestamp),
    Request(Option<RequestNumber>),
    Reason(ReasonId),
    Items(Vec<Item>),
    Field(LetterField),
    Requester(RequesterKind),
}

macro_rules! rules {
    ($($pattern:pat => $name:literal,)+) => {
        impl Refusal {
            /// The name of every rule, in the order of the variants.
            pub const RULES: &[&str] = &[$($name),+];

            /// The stable name of the rule: the log, exit messages and translations go by it.
            pub const fn rule(&self) -> &'static str {
                match self {
                    $($pattern => $name,)+
                }
            }
        }
    };
}

rules! {
    Self::RoleNeeded(_) => "role_needed",
    Self::OutsideScope { .. } => "outside_scope",
    Self::WrongState { .. } => "wrong_state",
    Self::StepSkipped { .. } => "step_skipped",
    Self::AlreadyDecided { .. } => "already_decided",
    Self::NotYours => "not_yours",
    Self::OwnCertificate => "own_certificate",
    Self::OwnFiling => "own_filing",
    Self::Stale { .. } => "stale",
    Self::ClaimedByOther { .. } => "claimed_by_other",
    Self::NotClaimed => "not_claimed",
    Self::OpenRequestExists { .. } => "open_request_exists",
    Self::CertificateRevoked => "certificate_revoked",
    Self::CertificateExpired { .. } => "certificate_expired",
    Self::CertificateHeld => "certificate_held",
    Self::CertificateNotHeld => "certificate_not_held",
    Self::SignatureInvalid => "signature_invalid",
    Self::IssuerUnknown => "issuer_unknown",
    Self::NoReason => "no_reason",
    Self::UnknownReason(_) => "unknown_reason",
    Self::ReasonForOfficers(_) => "reason_for_officers",
    Self::HoldNotAllowed => "hold_not_allowed",
    Self::HoldWithOthers => "hold_with_others",
    Self::ReasonCodeNotAllowed => "reason_code_not_allowed",
    Self::KeyNotCompromised => "key_not_compromised",
    Self::OnlyKeyCompromise => "only_key_compromise",
    Self::MisuseUnanswered => "misuse_unanswered",
    Self::LetterMissing => "letter_missing",
    Self::LetterDataMissing(_) => "letter_data_missing",
    Self::LetterMayNotFollow => "letter_may_not_follow",
    Self::NewLetterNeeded => "new_letter_needed",
    Self::NoLetterAwaited => "no_letter_awaited",
    Self::ConsentNeeded => "consent_needed",
    Self::ChecklistIncomplete(_) => "checklist_incomplete",
    Self::NoItem => "no_item",
    Self::NoteMissing => "note_missing",
    Self::BadText { .. } => "bad_text",
    Self::NamesDiffer => "names_differ",
    Self::CertificateChanged => "certificate_changed",
    Self::ApprovalNeeded => "approval_needed",
    Self::ApprovalVoid => "approval_void",
    Self::ApprovalNotNeeded => "approval_not_needed",
    Self::NotIndependent => "not_independent",
    Self::SecondNeeded => "second_needed",
    Self::PasswordNeeded => "password_needed",
    Self::LastFourWrong => "last_four_wrong",
    Self::DeferralForbidden => "deferral_forbidden",
    Self::EffectiveDateWrong => "effective_date_wrong",
    Self::NotYetDue { .. } => "not_yet_due",
    Self::InvalidityDateWrong => "invalidity_date_wrong",
    Self::NotPublished => "not_published",
    Self::OwnerUnknown => "owner_unknown",
    Self::RequesterNotAllowed(_) => "requester_not_allowed",
    Self::CompanionUnfit => "companion_unfit",
    Self::LetterSize { .. } => "letter_size",
    Self::NipForm => "nip_form",
    Self::ConsentNotNeeded => "consent_not_needed",
    Self::TooLateToRecall => "too_late_to_recall",
    Self::SystemOnly => "system_only",
    Self::WaitNotOver => "wait_not_over",
    Self::NothingToClose => "nothing_to_close",
    Self::OwnGrant => "own_grant",
    Self::LastAdmin => "last_admin",
    Self::UidTaken => "uid_taken",
    Self::GrantWaits { .. } => "grant_waits",
    Self::BatchCount { .. } => "batch_count",
    Self::NotFound => "not_found",
}

impl Refusal {
    /// The facts by the names under which messages use them.
    pub fn facts(&self) -> Vec<(&'static str, Fact)> {
        match self {
            Self::RoleNeeded(roles) => vec![("roles", Fact::Roles(roles.clone()))],
            Self::OutsideScope { agency } => vec![("agency", Fact::Text(agency.clone()))],
            Self::WrongState { state, allowed } => vec![
                ("state", Fact::State(*state)),
                ("allowed", Fact::States(allowed.clone())),
            ],
            Self::StepSkipped { state } | Self::AlreadyDecided { state } => {
                vec![("state", Fact::State(*state))]
            }
            Self::Stale { changed_by } => vec![("by", Fact::Account(*changed_by))],
            Self::ClaimedByOther { officer, since } => vec![
                ("officer", Fact::Account(Some(*officer))),
                ("since", Fact::Time(*since)),
            ],
            Self::OpenRequestExists { number } => vec![("number", Fact::Request(*number))],
            Self::CertificateExpired { not_after } => vec![("not_after", Fact::Time(*not_after))],
            Self::UnknownReason(id) | Self::ReasonForOfficers(id) => {
                vec![("reason", Fact::Reason(id.clone()))]
            }
            Self::LetterDataMissing(field) => vec![("field", Fact::Field(*field))],
            Self::ChecklistIncomplete(items) => vec![("items", Fact::Items(items.clone()))],
            Self::BadText { limit } => vec![("limit", Fact::Limit(u64::from(*limit)))],
            Self::BatchCount { count } => vec![("count", Fact::Limit(*count))],
            Self::LetterSize { limit } => vec![("limit", Fact::Limit(*limit))],
            Self::NotYetDue { effective } => vec![("effective", Fact::Time(*effective))],
            Self::RequesterNotAllowed(kind) => vec![("requester", Fact::Requester(*kind))],
            Self::GrantWaits { effective_at } => vec![("effective", Fact::Time(*effective_at))],
            _ => Vec::new(),
        }
    }
}
