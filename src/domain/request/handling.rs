//! What was done about a request, by whom and when: the claim, the checks of steps 5 and 6, approval, decision, return,
//! notice, acknowledgement, closing.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::domain::identifiers::{AccountId, RequestNumber};
use crate::domain::instant::Timestamp;
use crate::domain::reason::ReasonCode;

/// What an officer can find wanting. The mail for a returned request names these.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Item {
    Name,
    Nip,
    Agency,
    Position,
    Email,
    Letter,
    Approval,
    Reason,
    Dn,
}

impl Item {
    pub const ALL: [Self; 9] = [
        Self::Name,
        Self::Nip,
        Self::Agency,
        Self::Position,
        Self::Email,
        Self::Letter,
        Self::Approval,
        Self::Reason,
        Self::Dn,
    ];

    /// The checklist of step 5: everything but the DN, which is step 6.
    pub const CHECKLIST: [Self; 8] = [
        Self::Name,
        Self::Nip,
        Self::Agency,
        Self::Position,
        Self::Email,
        Self::Letter,
        Self::Approval,
        Self::Reason,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Nip => "nip",
            Self::Agency => "agency",
            Self::Position => "position",
            Self::Email => "email",
            Self::Letter => "letter",
            Self::Approval => "approval",
            Self::Reason => "reason",
            Self::Dn => "dn",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|i| i.name().eq_ignore_ascii_case(text.trim()))
    }
}

/// An officer's hold on a request: a lease, not a state.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Claim {
    pub officer: AccountId,
    pub since: Timestamp,
    pub last_activity: Timestamp,
}

/// Step 5, done.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct DataCheck {
    pub by: AccountId,
    pub at: Timestamp,
    /// The letter was not there yet and that was ticked as a deviation.
    pub without_letter: bool,
}

/// Step 6, done: what was compared with what.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CertificateCheck {
    pub by: AccountId,
    pub at: Timestamp,
    pub der_sha256: [u8; 32],
}

/// A second officer's approval; void as soon as the request's binding differs.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Approval {
    pub by: AccountId,
    pub at: Timestamp,
    pub binding: [u8; 32],
}

/// Step 7, done.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Decision {
    /// The officer; absent where the scheduler carried out a deferred decision whose officer is `scheduled.by`.
    pub by: Option<AccountId>,
    pub at: Timestamp,
    pub reason: ReasonCode,
    pub invalidity_date: Option<Timestamp>,
    /// Decided by one officer where two were asked for.
    pub break_glass: bool,
}

/// A deferred revocation.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Schedule {
    pub by: AccountId,
    pub at: Timestamp,
    pub effective: Timestamp,
    pub break_glass: bool,
}

/// A return for correction.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Return {
    pub by: AccountId,
    pub at: Timestamp,
    pub items: BTreeSet<Item>,
    pub note: String,
}

/// How the applicant was told (step 8).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Channel {
    Mail,
    /// Another way, recorded by an officer: telephone, in person, letter.
    Other(String),
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Notice {
    pub at: Timestamp,
    pub channel: Channel,
}

/// Step 9: who confirmed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Acknowledgement {
    ByApplicant,
    RecordedBy(AccountId),
    /// 14 days without an answer: "tanpa konfirmasi".
    WithoutConfirmation,
    /// Agency, CA or third party filed; the owner is not asked.
    NotAsked,
}

/// Why a request was closed without a decision of its own.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Closing {
    /// With a pointer to the request that revoked it, where there is one.
    AlreadyRevoked(Option<RequestNumber>),
    Expired,
}
