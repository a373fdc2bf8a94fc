//! A certificate beside its request.

use crate::desk::PersonName;
use crate::domain::workflow::Answers;
use crate::domain::{Certificate, CertificateStatus, RequestId, RequestNumber, Timestamp};

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CertificateView {
    pub certificate: Certificate,
    pub status: CertificateStatus,
    pub owner: Option<String>,
    pub subject: String,
    pub issuer: String,
    /// The open request on it, if any.
    pub open_request: Option<(RequestId, Option<RequestNumber>)>,
    /// The second officer who said yes to its suspension, or to the end of it, and when.
    pub suspension_approved: Option<(PersonName, Timestamp)>,
    /// What an officer may do to it outside any request, and if not, why; empty for anybody else.
    pub acts: Answers,
}
