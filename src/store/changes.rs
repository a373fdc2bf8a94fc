//! What changed on an issuer's list since a complete CRL that delta CRLs may have as their base (RFC 5280 §5.2.4): one
//! row a certificate, its last change. Written only for issuers with delta CRLs, and cut when the base moves on.

use serde::{Deserialize, Serialize};

use super::database::{Reader, Writer};
use super::error::StoreError;
use super::key::{Key, Span, certificate_key};
use super::revoked::LeftBecause;
use super::table::{Table, table};
use super::value::{Record, record};
use crate::domain::{CertificateKey, CrlNumber, IssuerId, Timestamp};

pub(crate) const CHANGES: Table = table("revoked.changes");

/// The last change of a certificate's place on the list.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ListChange {
    /// The first complete CRL that shows it.
    pub number: CrlNumber,
    /// Absent where the entry came or changed; else why and when it left.
    pub left: Option<(LeftBecause, Timestamp)>,
}

record!(ListChange, "revoked.changes");

impl Reader {
    /// The changes shown first by a CRL above `base`, in the order of serials.
    pub fn changes_since(
        &self,
        issuer: IssuerId,
        base: CrlNumber,
    ) -> Result<Vec<(CertificateKey, ListChange)>, StoreError> {
        let mut changes = Vec::new();
        let opened = self.open(CHANGES)?;
        for row in opened.range(&Span::prefix(&issuer.0))? {
            let (key, value) = row.map_err(StoreError::from)?;
            let change = ListChange::decode(value.value())?;
            if change.number > base {
                let key = certificate_key(key.value())
                    .ok_or_else(|| StoreError::corrupt("revoked.changes", "a key that is none"))?;
                changes.push((key, change));
            }
        }
        Ok(changes)
    }
}

impl Writer {
    pub fn put_change(
        &mut self,
        key: &CertificateKey,
        change: ListChange,
    ) -> Result<(), StoreError> {
        self.put(CHANGES, Key::new().certificate(key).bytes(), &change)
    }

    /// Forgets the changes that the complete CRL `base` and all after it show.
    pub fn forget_changes(&mut self, issuer: IssuerId, base: CrlNumber) -> Result<(), StoreError> {
        let mut gone = Vec::new();
        {
            let opened = self.open(CHANGES)?;
            for row in opened.range(&Span::prefix(&issuer.0))? {
                let (key, value) = row.map_err(StoreError::from)?;
                if ListChange::decode(value.value())?.number <= base {
                    gone.push(key.value().to_vec());
                }
            }
        }
        for key in gone {
            self.delete(CHANGES, &key)?;
        }
        Ok(())
    }
}
