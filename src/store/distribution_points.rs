//! The distribution points that certificates name (RFC 5280 §4.2.1.13), and which revoked certificates name which: what
//! partitioned CRLs are made from. A row of a member stays when its certificate leaves the list; the list decides.

use std::collections::BTreeSet;
use std::ops::Bound;

use serde::{Deserialize, Serialize};

use super::certificates::Numbered;
use super::database::{Reader, Writer};
use super::error::StoreError;
use super::key::{Key, Span, certificate_key};
use super::page::Window;
use super::revoked::RevokedRow;
use super::table::{Table, table};
use super::value::record;
use crate::domain::{CertificateKey, IssuerId, Serial};

pub(crate) const POINTS: Table = table("points");
pub(crate) const MEMBERS: Table = table("points.members");

/// A distribution point that at least one certificate of the issuer names.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct DistributionPoint {
    pub uri: String,
    /// The certificate in which it was seen first.
    pub first_seen_in: CertificateKey,
}

record!(DistributionPoint, "points");

fn point(issuer: IssuerId, uri: &str) -> Key {
    Key::new().id(&issuer.0).digest(uri.as_bytes())
}

impl Reader {
    /// Whether a certificate of the issuer names this URI.
    pub fn names_point(&self, issuer: IssuerId, uri: &str) -> Result<bool, StoreError> {
        let known: Option<DistributionPoint> = self.get(POINTS, point(issuer, uri).bytes())?;
        Ok(known.is_some_and(|known| known.uri == uri))
    }

    /// Whether this certificate's entry, if it has one, stands on the list of this distribution point.
    pub fn is_member(&self, key: &CertificateKey, uri: &str) -> Result<bool, StoreError> {
        let row = point(key.issuer, uri).serial(&key.serial);
        Ok(self.open(MEMBERS)?.get(row.bytes())?.is_some())
    }

    /// The distribution points that certificates of the issuer name; there are few.
    pub fn points(&self, issuer: IssuerId) -> Result<Vec<DistributionPoint>, StoreError> {
        let all = Window::first(usize::MAX);
        Ok(self.records(POINTS, &Span::prefix(&issuer.0), &all)?.rows)
    }

    /// The DER of the issuer's entries whose certificates name `uri`, in the order of their serials, at most `limit` of
    /// them, those after `after`; and where to go on.
    pub fn revoked_of_point(
        &self,
        issuer: IssuerId,
        uri: &str,
        after: Option<&Serial>,
        limit: usize,
    ) -> Result<(Vec<Vec<u8>>, Option<Serial>), StoreError> {
        let prefix = point(issuer, uri);
        let mut span = Span::prefix(prefix.bytes());
        if let Some(after) = after {
            span.low = Bound::Excluded(prefix.clone().serial(after).done());
        }
        let mut entries = Vec::new();
        let mut finder = self.der_finder()?;
        for row in self.open(MEMBERS)?.range(&span)? {
            let (key, _) = row.map_err(StoreError::from)?;
            let serial = key.value().get(prefix.bytes().len()..).unwrap_or_default();
            let primary = Key::new().id(&issuer.0).raw(serial);
            let key = certificate_key(primary.bytes())
                .ok_or_else(|| StoreError::corrupt("points.members", "a key that is none"))?;
            if let Some(der) = finder.find(&key)? {
                entries.push(der);
                if entries.len() == limit {
                    return Ok((entries, Some(key.serial)));
                }
            }
        }
        Ok((entries, None))
    }
}

impl Writer {
    /// Notes that this certificate names these distribution points.
    pub fn note_points(&mut self, key: &CertificateKey, uris: &[String]) -> Result<(), StoreError> {
        self.add_points(key, uris)
    }

    fn add_points(&self, key: &CertificateKey, uris: &[String]) -> Result<(), StoreError> {
        for uri in uris.iter().collect::<BTreeSet<_>>() {
            if !self.names_point(key.issuer, uri)? {
                let seen = DistributionPoint {
                    uri: uri.clone(),
                    first_seen_in: key.clone(),
                };
                self.put(POINTS, point(key.issuer, uri).bytes(), &seen)?;
            }
        }
        Ok(())
    }

    /// Notes that this certificate, which is on the list or comes on it now, names these distribution points; known or
    /// not, its entry then stands on their lists.
    pub fn note_member(&mut self, key: &CertificateKey, uris: &[String]) -> Result<(), StoreError> {
        self.add_member(key, uris)
    }

    fn add_member(&self, key: &CertificateKey, uris: &[String]) -> Result<(), StoreError> {
        self.add_points(key, uris)?;
        for uri in uris.iter().collect::<BTreeSet<_>>() {
            let row = point(key.issuer, uri).serial(&key.serial);
            self.put_bytes(MEMBERS, row.bytes(), &[])?;
        }
        Ok(())
    }
}

/// Notes what all certificates name, and those of all entries, as if each had come only now. Holds in memory which
/// points there are, not who names them.
pub(crate) fn rebuild(w: &mut Writer) -> Result<(), StoreError> {
    let w = &*w;
    let mut seen = BTreeSet::new();
    w.each_row(|row: Numbered| {
        let key = row.certificate.key;
        for uri in row.certificate.distribution_points {
            let point = (key.issuer, uri);
            if !seen.contains(&point) {
                w.add_points(&key, std::slice::from_ref(&point.1))?;
                seen.insert(point);
            }
        }
        Ok(())
    })?;
    w.each_row(|entry: RevokedRow| match w.certificate(&entry.key)? {
        Some(certificate) => w.add_member(&entry.key, &certificate.distribution_points),
        // Taken over from a published CRL; it becomes a member once its certificate is known.
        None => Ok(()),
    })
}
