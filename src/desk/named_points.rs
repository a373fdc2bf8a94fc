//! The distribution points that imported certificates name, written down so that a partitioned CRL can be made of them.

use std::collections::{HashMap, HashSet};

use crate::domain::{Certificate, IssuerId};
use crate::store::Window;

use super::DeskError;
use super::transaction::Transaction;

/// What was written down in this transaction.
#[derive(Default)]
pub(super) struct NamedPoints {
    seen: HashSet<(IssuerId, String)>,
    /// Whether an issuer has entries whose certificates were unknown.
    adopted: HashMap<IssuerId, bool>,
}

impl NamedPoints {
    /// Notes what a certificate names that was not here before. One that is revoked already, having been taken over
    /// from a published CRL before it was known, belongs to the partitions from now on.
    pub fn note(
        &mut self,
        tx: &mut Transaction<'_>,
        certificate: &Certificate,
    ) -> Result<(), DeskError> {
        let (key, points) = (&certificate.key, &certificate.distribution_points);
        for uri in points {
            if self.seen.insert((key.issuer, uri.clone())) {
                tx.writer.note_points(key, std::slice::from_ref(uri))?;
            }
        }
        let adopted = match self.adopted.get(&key.issuer) {
            Some(adopted) => *adopted,
            None => {
                let first = tx.writer.revoked_adopted(key.issuer, &Window::first(1))?;
                let any = !first.rows.is_empty();
                self.adopted.insert(key.issuer, any);
                any
            }
        };
        if adopted && !points.is_empty() && tx.writer.revoked(key)?.is_some() {
            tx.writer.note_member(key, points)?;
        }
        Ok(())
    }
}
