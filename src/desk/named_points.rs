//! The distribution points that imported certificates name, written down so that a partitioned CRL can be made of them.

use std::collections::HashSet;

use crate::domain::{Certificate, CertificateKey, IssuerId};

use super::DeskError;
use super::transaction::Transaction;

/// What the certificates of one transaction name.
#[derive(Default)]
pub(super) struct NamedPoints {
    seen: HashSet<(IssuerId, String)>,
    /// Each with the first certificate that names it.
    first: Vec<(CertificateKey, String)>,
}

impl NamedPoints {
    /// Notes what a certificate names.
    pub fn note(&mut self, certificate: &Certificate) {
        let key = &certificate.key;
        for uri in &certificate.distribution_points {
            if self.seen.insert((key.issuer, uri.clone())) {
                self.first.push((key.clone(), uri.clone()));
            }
        }
    }

    /// Writes down what was not known before.
    pub fn write_down(self, tx: &mut Transaction<'_>) -> Result<(), DeskError> {
        for (key, uri) in self.first {
            tx.writer.note_points(&key, &[uri])?;
        }
        Ok(())
    }
}
