//! The distribution points that imported certificates name, written down so that a partitioned CRL can be made of them.

use std::collections::HashSet;

use crate::domain::{Certificate, IssuerId};

use super::DeskError;
use super::transaction::Transaction;

/// What was written down in this transaction.
#[derive(Default)]
pub(super) struct NamedPoints {
    seen: HashSet<(IssuerId, String)>,
}

impl NamedPoints {
    /// Notes what a certificate names that was not here before.
    pub fn note(
        &mut self,
        tx: &mut Transaction<'_>,
        certificate: &Certificate,
    ) -> Result<(), DeskError> {
        let key = &certificate.key;
        for uri in &certificate.distribution_points {
            if self.seen.insert((key.issuer, uri.clone())) {
                tx.writer.note_points(key, std::slice::from_ref(uri))?;
            }
        }
        Ok(())
    }
}
