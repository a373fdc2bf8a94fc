//! A CA beside the desk: it issues certificates, and CRLs as another program would make them.

use ams::domain::instant::DAY;
use ams::domain::{CrlNumber, Serial, Timestamp};
use ams::pki::crl_issuer::CrlIssuer;
use ams::pki::demo_ca::{DemoCa, DemoCertificate, DemoSubject, certificate_pem};
use ams::pki::entry::RevokedEntry;
use ams::pki::key::PrivateKey;
use ams::pki::plan::{CrlKind, CrlPeriod, CrlPlan, CrlTerms};
use ams::pki::write::{algorithm_of, assemble};

/// A CA with its key.
pub struct Authority {
    ca: DemoCa,
    /// Its key as clear PKCS#8.
    key: Vec<u8>,
    /// When it issues and signs, to the second.
    pub now: Timestamp,
}

impl Authority {
    /// Forty days old `now`.
    pub fn new(name: &str, now: Timestamp) -> Self {
        let now = now.whole_second();
        let serial = Serial::parse("0a0b0c").unwrap();
        let (ca, key) = DemoCa::create(&subject(name, ""), &serial, now.plus(-40 * DAY)).unwrap();
        Self {
            ca,
            key: key.to_vec(),
            now,
        }
    }

    /// Its certificate, PEM.
    pub fn certificate(&self) -> String {
        certificate_pem(self.ca.certificate_der())
    }

    /// Its key, PEM and in the clear.
    pub fn key(&self) -> String {
        pem::encode(&pem::Pem::new("PRIVATE KEY", self.key.clone()))
    }

    /// A certificate that is a month old, PEM; another key each time.
    pub fn issue(&self, serial: &Serial, name: &str, email: &str) -> String {
        let wanted = DemoCertificate {
            subject: subject(name, email),
            serial: serial.clone(),
            not_before: self.now.plus(-30 * DAY),
            not_after: self.now.plus(300 * DAY),
            crl_uri: None,
        };
        certificate_pem(&self.ca.issue(&wanted).unwrap())
    }

    /// A complete CRL of this CA, made at `this_update`.
    pub fn crl(
        &self,
        number: CrlNumber,
        this_update: Timestamp,
        entries: &[RevokedEntry],
    ) -> Vec<u8> {
        foreign_crl(&self.ca, &self.key, number, this_update, entries)
    }
}

fn subject(name: &str, email: &str) -> DemoSubject {
    DemoSubject {
        country: "ID".to_owned(),
        common_name: name.to_owned(),
        email: email.to_owned(),
        ..DemoSubject::default()
    }
}

/// A complete CRL of a CA whose key (clear PKCS#8) another program uses: the desk knows nothing of it.
pub fn foreign_crl(
    ca: &DemoCa,
    key: &[u8],
    number: CrlNumber,
    this_update: Timestamp,
    entries: &[RevokedEntry],
) -> Vec<u8> {
    let key = PrivateKey::read(key, None).unwrap();
    let issuer = CrlIssuer::from_certificate(ca.certificate_der()).unwrap();
    let terms = CrlTerms {
        number,
        this_update: this_update.whole_second(),
        kind: CrlKind::Complete,
        freshest_crl: None,
        expired_certs_on_crl: None,
    };
    let plan = CrlPlan::new(&issuer, CrlPeriod::default(), terms).unwrap();
    let mut sorted = entries.to_vec();
    sorted.sort_by(|a, b| a.serial.cmp(&b.serial));
    let entries: Vec<_> = sorted.iter().map(|e| e.encode().unwrap()).collect();
    let signed = assemble(&plan, algorithm_of(&key).unwrap(), &entries, 0).unwrap();
    signed.sign(&key).unwrap().as_bytes().to_vec()
}
