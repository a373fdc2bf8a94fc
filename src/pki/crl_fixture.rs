//! A CA and CRLs for the unit tests of the CRL half of this room. Demo names only.

use super::crl_issuer::CrlIssuer;
use super::entry::{EntryReason, RevokedEntry};
use super::plan::{CrlKind, CrlPeriod, CrlPlan, CrlTerms};
use super::write::{SignedCrl, algorithm_of, assemble};
use crate::domain::{CrlNumber, ReasonCode, Serial, Timestamp};

pub struct TestCa {
    pub key: rcgen::KeyPair,
    pub issuer: CrlIssuer,
}

pub const NOW: &str = "2026-11-22T09:00:00Z";

pub fn at(text: &str) -> Timestamp {
    Timestamp::parse_rfc3339(text).unwrap()
}

pub fn now() -> Timestamp {
    at(NOW)
}

impl TestCa {
    pub fn new() -> Self {
        Self::with(rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap())
    }

    pub fn with(key: rcgen::KeyPair) -> Self {
        let mut params = rcgen::CertificateParams::default();
        params
            .distinguished_name
            .push(rcgen::DnType::CommonName, "CA UJI Pencabutan");
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        params.key_usages = vec![
            rcgen::KeyUsagePurpose::KeyCertSign,
            rcgen::KeyUsagePurpose::CrlSign,
        ];
        params.not_before = at("2026-01-01T00:00:00Z").utc();
        params.not_after = at("2060-01-01T00:00:00Z").utc();
        let certificate = params.self_signed(&key).unwrap().der().to_vec();
        Self {
            key,
            issuer: CrlIssuer::from_certificate(&certificate).unwrap(),
        }
    }

    pub fn plan(&self, number: u64, kind: CrlKind) -> CrlPlan {
        self.plan_at(number, kind, now())
    }

    fn plan_at(&self, number: u64, kind: CrlKind, this_update: Timestamp) -> CrlPlan {
        let terms = CrlTerms {
            number: CrlNumber::from(number),
            this_update,
            kind,
            freshest_crl: None,
            expired_certs_on_crl: None,
        };
        CrlPlan::new(&self.issuer, CrlPeriod::default(), terms).unwrap()
    }

    pub fn sign(&self, plan: &CrlPlan, entries: &[Vec<u8>]) -> SignedCrl {
        let algorithm = algorithm_of(&self.key).unwrap();
        assemble(plan, algorithm, entries, 0)
            .unwrap()
            .sign(&self.key)
            .unwrap()
    }

    pub fn crl_at(&self, number: u64, entries: &[Vec<u8>], this_update: Timestamp) -> SignedCrl {
        self.sign(
            &self.plan_at(number, CrlKind::Complete, this_update),
            entries,
        )
    }

    /// A complete CRL over these entries.
    pub fn crl(&self, number: u64, entries: &[Vec<u8>]) -> SignedCrl {
        self.sign(&self.plan(number, CrlKind::Complete), entries)
    }
}

/// Encoded entries with these serials, revoked a day ago.
pub fn entries(serials: &[u64]) -> Vec<Vec<u8>> {
    serials
        .iter()
        .map(|serial| {
            entry(
                *serial,
                EntryReason::Revoked(ReasonCode::KeyCompromise),
                None,
            )
        })
        .collect()
}

pub fn entry(serial: u64, reason: EntryReason, invalidity_date: Option<Timestamp>) -> Vec<u8> {
    RevokedEntry {
        serial: Serial::from_magnitude(&serial.to_be_bytes()).unwrap(),
        revocation_date: at("2026-11-21T09:00:00Z"),
        reason,
        invalidity_date,
    }
    .encode()
    .unwrap()
}
