//! What a decision is about: one request (or none yet), its certificate and what else hangs on it.
//! The desk fills it inside the transaction that will store the outcome; nothing here reads a database.

use serde::{Deserialize, Serialize};

use super::certificate::Certificate;
use super::identifiers::{AccountId, RequestId, RequestNumber};
use super::instant::Timestamp;
use super::request::{Request, State};

/// The state of things that [`decide`](super::decide::decide) judges and [`apply`](super::apply::apply) changes.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Case {
    /// Absent before a draft, and for what concerns the certificate alone.
    pub request: Option<Request>,
    pub certificate: Certificate,
    /// The agency (instansi) of the certificate's owner today; a request keeps the one it was filed under.
    pub owner_agency: String,
    /// Another open request on the same certificate, never `request` itself.
    pub open_request: Option<(RequestId, Option<RequestNumber>)>,
    /// The version of the request (without one: of the certificate) that the actor saw when he asked; `None` where
    /// nobody looked, e.g. the desk itself or a command line that names no version.
    pub seen_version: Option<u64>,
}

impl Case {
    /// A case without a request: what a draft or the release of a hold starts from.
    pub fn of_certificate(certificate: Certificate, owner_agency: String) -> Self {
        Self {
            request: None,
            certificate,
            owner_agency,
            open_request: None,
            seen_version: None,
        }
    }

    pub fn state(&self) -> Option<State> {
        self.request.as_ref().map(|r| r.state)
    }

    /// Whose certificate it is: the owner on the request, else the one on the certificate.
    pub fn owner(&self) -> Option<AccountId> {
        self.request
            .as_ref()
            .map(|r| r.owner)
            .or(self.certificate.owner)
    }

    /// The agency that scopes are compared with.
    pub fn agency(&self) -> &str {
        self.request
            .as_ref()
            .map_or(self.owner_agency.as_str(), |r| r.agency.as_str())
    }

    /// The latest date that may be written as invalidityDate (RFC 5280 §5.3.2 and DOMAIN: never after revocationDate):
    /// the date of an earlier hold or revocation, which is kept, else `now`.
    pub fn latest_invalidity(&self, now: Timestamp) -> Timestamp {
        self.certificate.revocation().map_or(now, |r| r.date)
    }
}
