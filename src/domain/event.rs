//! What happened. `decide` makes events, `apply` takes them in; each is one log entry.

use serde::{Deserialize, Serialize};

use super::identifiers::{AccountId, CrlNumber, RequestId, RequestNumber};
use super::instant::Timestamp;
use super::reason::ReasonCode;
use super::request::{
    Acknowledgement, Approval, CertificateCheck, Channel, Closing, DataCheck, Decision,
    FieldChange, LetterVersion, RequesterKind, Return, Schedule,
};

/// A fact about one request or certificate. Times and actors stand in the envelope the desk keeps beside it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Event {
    Drafted {
        id: RequestId,
        owner: AccountId,
        agency: String,
        filer: AccountId,
        requester: RequesterKind,
        companion: Option<AccountId>,
    },
    FieldSaved(FieldChange),
    LetterAttached(LetterVersion),
    /// A letter that was to follow came in after submission.
    LetterFollowed(LetterVersion),
    /// `due` is set when the letter is to follow (MENDESAK).
    Submitted {
        number: RequestNumber,
        proposed: ReasonCode,
        urgent: bool,
        due: Option<Timestamp>,
    },
    /// `urgent` stays once it was; a claim of loss does not go away by a correction.
    Resubmitted {
        proposed: ReasonCode,
        urgent: bool,
    },
    /// An officer agrees that a request after loss or compromise may be withdrawn.
    WithdrawalConsented {
        officer: AccountId,
    },
    Withdrawn,
    Claimed {
        officer: AccountId,
    },
    /// Claim given back or lapsed.
    Released {
        lapsed: bool,
    },
    Touched,
    Returned(Return),
    Rejected(Return),
    /// The officer took a return or rejection back before its mail went; all checks begin anew.
    Recalled {
        officer: AccountId,
    },
    DataMatched(DataCheck),
    ReasonChanged {
        code: ReasonCode,
        note: String,
        invalidity_date: Option<Timestamp>,
    },
    CertificateMatched(CertificateCheck),
    Approved(Approval),
    Scheduled(Schedule),
    /// The decision fell: the certificate is revoked or held from here on. `revocation_date` is kept from an earlier
    /// hold or revocation where there was one.
    Revoked {
        decision: Decision,
        revocation_date: Timestamp,
    },
    /// The entry was seen on this published CRL.
    OnCrl(CrlNumber),
    Notified(Channel),
    Acknowledged(Acknowledgement),
    Closed(Closing),
    /// Suspended without a request, as of this date.
    Held {
        date: Timestamp,
        approved_by: Option<AccountId>,
    },
    HoldReleased {
        approved_by: Option<AccountId>,
    },
}
