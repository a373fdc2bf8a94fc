//! Second officers' words on releases from hold that nobody has carried out yet: one a certificate.

use serde::{Deserialize, Serialize};

use super::database::{Reader, Writer};
use super::error::StoreError;
use super::key::Key;
use super::table::{Table, table};
use super::value::record;
use crate::domain::{AccountId, CertificateKey, Timestamp};

pub(crate) const RELEASE_APPROVALS: Table = table("release_approvals");

/// A second officer agrees that a suspension may end.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ReleaseApproval {
    pub by: AccountId,
    pub at: Timestamp,
    /// The suspension it was given for: one that began at another time needs its own.
    pub held_since: Timestamp,
}

record!(ReleaseApproval, "release_approvals");

fn primary(key: &CertificateKey) -> Vec<u8> {
    Key::new().certificate(key).done()
}

impl Reader {
    pub fn release_approval(
        &self,
        key: &CertificateKey,
    ) -> Result<Option<ReleaseApproval>, StoreError> {
        self.get(RELEASE_APPROVALS, &primary(key))
    }
}

impl Writer {
    pub fn put_release_approval(
        &mut self,
        key: &CertificateKey,
        approval: &ReleaseApproval,
    ) -> Result<(), StoreError> {
        self.put(RELEASE_APPROVALS, &primary(key), approval)
    }

    /// Whether there was one.
    pub fn delete_release_approval(&mut self, key: &CertificateKey) -> Result<bool, StoreError> {
        self.delete(RELEASE_APPROVALS, &primary(key))
    }
}
