//! What changed on an issuer's list since a complete CRL that delta CRLs may have as their base (RFC 5280 §5.2.4): one
//! row a certificate, its last change. Written only for issuers with delta CRLs, and cut when the base moves on.

use serde::{Deserialize, Serialize};

use super::database::{Reader, Writer};
use super::error::StoreError;
use super::key::{Key, Span, certificate_key};
use super::page::{Page, Window};
use super::revoked::LeftBecause;
use super::table::{Hit, Table, table};
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
    /// An issuer's changes in the order of serials.
    pub fn list_changes(
        &self,
        issuer: IssuerId,
        window: &Window,
    ) -> Result<Page<(CertificateKey, ListChange)>, StoreError> {
        let hits = self.window(CHANGES, &[Span::prefix(&issuer.0)], window)?;
        let change = |hit: &Hit| -> Result<_, StoreError> {
            let key = certificate_key(&hit.key)
                .ok_or_else(|| StoreError::corrupt("revoked.changes", "a key that is none"))?;
            Ok((key, ListChange::decode(&hit.value)?))
        };
        Ok(Page {
            rows: hits.rows.iter().map(change).collect::<Result<_, _>>()?,
            start: hits.start,
            next: hits.next,
        })
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

    /// Forgets these changes where the complete CRL `base` and all after it show them.
    pub fn forget_changes(
        &mut self,
        keys: &[CertificateKey],
        base: CrlNumber,
    ) -> Result<(), StoreError> {
        for key in keys {
            let key = Key::new().certificate(key).done();
            let change: Option<ListChange> = self.get(CHANGES, &key)?;
            if change.is_some_and(|change| change.number <= base) {
                self.delete(CHANGES, &key)?;
            }
        }
        Ok(())
    }
}
