//! A revocation request: everything that is known of it. What its parts are is told in the files below.

mod form;
mod handling;
mod letter;
mod state;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::certificate::CertificateKey;
use super::identifiers::{AccountId, CrlNumber, RequestId, RequestNumber};
use super::instant::Timestamp;
use super::reason::{ReasonCode, ReasonId};
use super::stopwatch::Stopwatch;

pub use form::{FieldChange, LetterData, Misuse, RequesterKind};
pub use handling::{
    Acknowledgement, Approval, CertificateCheck, Channel, Claim, Closing, DataCheck, Decision,
    Item, Notice, Return, Schedule,
};
pub use letter::{LetterKind, LetterVersion};
pub use state::State;

/// A revocation request.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Request {
    pub id: RequestId,
    /// Given at first submission.
    pub number: Option<RequestNumber>,
    pub state: State,
    pub certificate: CertificateKey,
    /// The certificate's owner, who is told at the end.
    pub owner: AccountId,
    /// The owner's agency when it was filed: scopes and the queue's filter.
    pub agency: String,
    pub filer: AccountId,
    pub requester: RequesterKind,
    /// The officer beside the applicant (pendamping).
    pub companion: Option<AccountId>,
    /// Whoever was the companion at a submission: barred from deciding even when another one came later.
    pub companions: BTreeSet<AccountId>,
    pub reasons: Vec<ReasonId>,
    pub misuse: Misuse,
    /// The code that the reasons make.
    pub proposed: Option<ReasonCode>,
    /// The code an officer put in its place, with his note.
    pub changed_reason: Option<(ReasonCode, String)>,
    pub invalidity_date: Option<Timestamp>,
    /// MENDESAK.
    pub urgent: bool,
    pub letter_data: LetterData,
    pub letters: Vec<LetterVersion>,
    /// The applicant chose to hand the letter in later.
    pub letter_follows: bool,
    /// The officer who agreed that a request after loss or compromise may be withdrawn.
    pub withdrawal_consent: Option<AccountId>,
    /// When the letter that follows is due; set at submission, cleared when it came.
    pub letter_due: Option<Timestamp>,
    pub claim: Option<Claim>,
    pub data_check: Option<DataCheck>,
    pub certificate_check: Option<CertificateCheck>,
    pub approval: Option<Approval>,
    pub schedule: Option<Schedule>,
    pub decision: Option<Decision>,
    pub returns: Vec<Return>,
    /// Letter versions at the last return: a new one must come before it is submitted again.
    pub letters_when_returned: u32,
    /// Note of a rejection.
    pub rejection: Option<Return>,
    pub closing: Option<Closing>,
    /// The CRL that first carried the entry, published and read back.
    pub crl_number: Option<CrlNumber>,
    pub notice: Option<Notice>,
    pub acknowledgement: Option<Acknowledgement>,
    /// Counts submissions: 1 at the first, one more after each return.
    pub round: u32,
    pub created_at: Timestamp,
    /// Starts the 24-hour clock; not restarted or stopped by a return.
    pub first_submitted_at: Option<Timestamp>,
    pub submitted_at: Option<Timestamp>,
    pub changed_at: Timestamp,
    /// Who changed it last; absent for the desk itself.
    pub changed_by: Option<AccountId>,
    pub stopwatch: Stopwatch,
    /// Counts every change; acting on an older one is refused.
    pub version: u64,
}

impl Request {
    /// The code that a revocation would write: the officer's, else the proposed one.
    pub fn reason_code(&self) -> Option<ReasonCode> {
        self.changed_reason
            .as_ref()
            .map(|(code, _)| *code)
            .or(self.proposed)
    }

    /// SHA-256 over what an approval approves: certificate, reason, invalidity date, letter versions. Any change of
    /// these voids it.
    pub fn binding(&self) -> [u8; 32] {
        let mut context = ring::digest::Context::new(&ring::digest::SHA256);
        let mut part = |bytes: &[u8]| {
            context.update(&(bytes.len() as u64).to_be_bytes());
            context.update(bytes);
        };
        part(&self.certificate.issuer.0);
        part(self.certificate.serial.magnitude());
        part(self.reason_code().map_or("", ReasonCode::name).as_bytes());
        part(
            &self
                .invalidity_date
                .map_or([0; 8], |t| t.millis().to_be_bytes()),
        );
        for letter in &self.letters {
            part(&letter.digest);
        }
        let mut hash = [0; 32];
        hash.copy_from_slice(context.finish().as_ref());
        hash
    }

    /// Whether this person filed it or accompanied the applicant at it.
    pub fn is_party(&self, id: AccountId) -> bool {
        self.filer == id || self.companion == Some(id) || self.companions.contains(&id)
    }

    /// Whether `approval` is there and still approves what stands here.
    pub fn is_approved(&self) -> bool {
        self.approval
            .as_ref()
            .is_some_and(|a| a.binding == self.binding())
    }

    /// The claim, unless its lease has lapsed by `now`.
    pub fn live_claim(&self, now: Timestamp, lease: i64) -> Option<&Claim> {
        self.claim
            .as_ref()
            .filter(|c| now.since(c.last_activity) <= lease)
    }
}
