//! What live screens are told: something changed that they may show.

use crate::domain::{AccountId, CertificateKey, IssuerId, MailId, RequestId};

use super::Arrival;

/// Something changed that a screen may show.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Change {
    Request(RequestId),
    Certificate(CertificateKey),
    Account(AccountId),
    Mail(MailId),
    Crl(IssuerId),
    Log,
    Settings,
    Alarms,
    /// A letter comes in under a code.
    Letter(RequestId, Arrival),
    /// Work that somebody at this desk began aside has ended.
    Aside,
    /// A session began, was logged in to, locked or left.
    Sessions,
    /// An admin ended the session of this number.
    SessionEnded(u64),
    /// The desk is about to stop.
    Stopping,
}
