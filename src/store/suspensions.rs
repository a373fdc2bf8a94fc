//! Suspensions outside any request: second officers' words that nobody has carried out yet, one a certificate; and the
//! suspensions whose owners are told once a CRL names them.

use serde::{Deserialize, Serialize};

use super::database::{Reader, Writer};
use super::error::StoreError;
use super::key::Key;
use super::table::{Table, table};
use super::value::record;
use crate::domain::{AccountId, CertificateKey, Timestamp};

pub(crate) const SUSPENSION_APPROVALS: Table = table("suspension_approvals");
pub(crate) const SUSPENSIONS_UNTOLD: Table = table("suspensions_untold");

/// A second officer agrees that a certificate may be suspended, or its suspension end.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SuspensionApproval {
    pub by: AccountId,
    pub at: Timestamp,
    /// The certificate's version that it was given for: whatever became of the certificate since voids it.
    pub version: u64,
}

/// A suspension whose owner hears of it when it stands on a published CRL.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct UntoldSuspension {
    pub since: Timestamp,
}

record!(SuspensionApproval, "suspension_approvals");
record!(UntoldSuspension, "suspensions_untold");

fn primary(key: &CertificateKey) -> Vec<u8> {
    Key::new().certificate(key).done()
}

impl Reader {
    pub fn suspension_approval(
        &self,
        key: &CertificateKey,
    ) -> Result<Option<SuspensionApproval>, StoreError> {
        self.get(SUSPENSION_APPROVALS, &primary(key))
    }

    pub fn untold_suspension(
        &self,
        key: &CertificateKey,
    ) -> Result<Option<UntoldSuspension>, StoreError> {
        self.get(SUSPENSIONS_UNTOLD, &primary(key))
    }
}

impl Writer {
    pub fn put_suspension_approval(
        &mut self,
        key: &CertificateKey,
        approval: &SuspensionApproval,
    ) -> Result<(), StoreError> {
        self.put(SUSPENSION_APPROVALS, &primary(key), approval)
    }

    /// Whether there was one.
    pub fn delete_suspension_approval(&mut self, key: &CertificateKey) -> Result<bool, StoreError> {
        self.delete(SUSPENSION_APPROVALS, &primary(key))
    }

    pub fn put_untold_suspension(
        &mut self,
        key: &CertificateKey,
        suspension: &UntoldSuspension,
    ) -> Result<(), StoreError> {
        self.put(SUSPENSIONS_UNTOLD, &primary(key), suspension)
    }

    /// Whether there was one.
    pub fn delete_untold_suspension(&mut self, key: &CertificateKey) -> Result<bool, StoreError> {
        self.delete(SUSPENSIONS_UNTOLD, &primary(key))
    }
}
