//! What can be asked of the desk about a request or a certificate. Who asks is the [`Actor`](super::account::Actor).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::identifiers::{AccountId, CrlNumber, RequestId, RequestNumber};
use super::instant::Timestamp;
use super::reason::ReasonCode;
use super::request::{Closing, FieldChange, Item, LetterVersion, RequesterKind};

/// A command on one request (or on the certificate it would be about). Ids, numbers and hashes that need randomness,
/// the database or a parser come in ready made.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Command {
    /// Begin a draft on the case's certificate.
    Draft {
        id: RequestId,
        requester: RequesterKind,
        companion: Option<AccountId>,
    },
    /// Save one field of the form (draft or returned request).
    Edit(FieldChange),
    /// Add a letter version: to a draft or returned request, or one that was to follow.
    AttachLetter(LetterVersion),
    /// Submit a draft, or a returned request again. `number` is the next free one; `signature_verified` tells whether
    /// the certificate's signature verifies against its issuer (`None`: issuer unknown).
    Submit {
        number: RequestNumber,
        signature_verified: Option<bool>,
    },
    Withdraw,
    /// An officer agrees that the applicant may withdraw a request after loss or compromise.
    ConsentToWithdraw,
    Claim,
    /// Give the claim back; by the system when the lease lapsed.
    Release,
    /// Tell that the claimant is still at work.
    Touch,
    Return {
        items: BTreeSet<Item>,
        note: String,
    },
    Reject {
        note: String,
    },
    /// Take a return or rejection back while its mail still waits; `mail_waiting`: it has not been handed over.
    Recall {
        mail_waiting: bool,
    },
    /// Step 5: the items found in order.
    Verify {
        checked: BTreeSet<Item>,
        /// The missing letter (menyusul) is ticked as a deviation.
        accept_missing_letter: bool,
    },
    /// The officer puts another reason code in the place of the proposed one.
    ChangeReason {
        code: ReasonCode,
        note: String,
        invalidity_date: Option<Timestamp>,
    },
    /// Step 6. `der_sha256` is of the certificate compared; `names_agree`: username and every RDN agree.
    Match {
        der_sha256: [u8; 32],
        signature_verified: Option<bool>,
        names_agree: bool,
    },
    /// Second officer, with his password.
    Approve {
        password_confirmed: bool,
    },
    /// Step 7, with the password again and the serial's last four hex digits; `effective` defers it.
    Revoke {
        last_four: String,
        password_confirmed: bool,
        effective: Option<Timestamp>,
    },
    /// The scheduler carries out a deferred revocation whose time has come.
    RevokeScheduled,
    /// The entry is on a CRL that was published and read back.
    Published {
        number: CrlNumber,
    },
    /// Step 8 by mail: the server accepted it.
    MailAccepted,
    /// Step 8 another way, recorded by an officer.
    RecordNotice {
        channel: String,
    },
    /// Step 9: the applicant confirms, an officer records, or the system after 14 days.
    Acknowledge,
    /// The certificate was revoked otherwise or expired.
    Close(Closing),
    /// active → held, outside any request; password, last four, four-eyes as for revocation.
    Hold {
        last_four: String,
        password_confirmed: bool,
        /// The second officer who approved the suspension, where policy asks for one.
        approved_by: Option<AccountId>,
    },
    /// held → active, outside any request; password, last four, four-eyes as for revocation.
    ReleaseHold {
        last_four: String,
        password_confirmed: bool,
        /// The second officer who approved the release, where policy asks for one.
        approved_by: Option<AccountId>,
    },
}
