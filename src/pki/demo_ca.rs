//! An authority and certificates for demonstrations and tests, made with rcgen. Everything here carries UJI in its
//! name, so that nobody takes it for a real authority.
//! Keys are drawn from the system's generator (ring takes no other); serials and times come from the caller.

use std::fmt;

use rcgen::{
    BasicConstraints, CertificateParams, CrlDistributionPoint, CustomExtension, DistinguishedName,
    DnType, DnValue, IsCa, KeyUsagePurpose, PublicKeyData, SanType, SerialNumber,
};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair};
use time::OffsetDateTime;
use zeroize::Zeroizing;

use super::certificate::sha256;
use super::key::{KeyError, PrivateKey};
use crate::domain::{Serial, Timestamp};

/// The mark of a demonstration in a CA's name.
pub const MARK: &str = "UJI";

/// Why a demonstration certificate could not be made.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum DemoCaError {
    #[error("a demonstration authority must carry {MARK} in its name, which {name:?} does not")]
    Unmarked { name: String },
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error("the system gave no randomness")]
    NoRandomness,
    #[error("that is no certificate over a P-256 key")]
    NotP256,
    #[error("the certificate could not be written: {reason}")]
    Encoding { reason: String },
}

impl From<rcgen::Error> for DemoCaError {
    fn from(error: rcgen::Error) -> Self {
        Self::Encoding {
            reason: error.to_string(),
        }
    }
}

/// The subject of a demonstration certificate; an empty text leaves its attribute out.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct DemoSubject {
    pub country: String,
    pub organization: String,
    pub organizational_unit: String,
    pub common_name: String,
    /// The UID attribute, e.g. a NIP.
    pub uid: String,
    /// The serialNumber attribute.
    pub serial_number: String,
    /// An rfc822Name in subjectAltName.
    pub email: String,
}

impl DemoSubject {
    /// rcgen refuses repeated types; the desk's demonstration needs none.
    fn name(&self) -> DistinguishedName {
        let uid = DnType::CustomDnType(vec![0, 9, 2342, 19200300, 100, 1, 1]);
        let serial_number = DnType::CustomDnType(vec![2, 5, 4, 5]);
        let mut name = DistinguishedName::new();
        let attributes = [
            (DnType::CountryName, &self.country),
            (DnType::OrganizationName, &self.organization),
            (DnType::OrganizationalUnitName, &self.organizational_unit),
            (DnType::CommonName, &self.common_name),
            (uid, &self.uid),
            (serial_number, &self.serial_number),
        ];
        for (kind, value) in attributes {
            if value.is_empty() {
                continue;
            }
            // X.520: country and serialNumber are PrintableString.
            let printable = matches!(kind, DnType::CountryName | DnType::CustomDnType(_))
                .then(|| value.as_str().try_into().ok().map(DnValue::PrintableString))
                .flatten();
            name.push(
                kind,
                printable.unwrap_or_else(|| DnValue::Utf8String(value.clone())),
            );
        }
        name
    }
}

/// What goes into one end-entity certificate.
#[derive(Clone, Debug)]
pub struct DemoCertificate {
    pub subject: DemoSubject,
    pub serial: Serial,
    pub not_before: Timestamp,
    pub not_after: Timestamp,
    /// The URI of the complete CRL; none leaves the extension out.
    pub crl_uri: Option<String>,
}

/// A demonstration authority, ready to issue.
pub struct DemoCa {
    certificate: Vec<u8>,
    issuer: rcgen::Issuer<'static, PrivateKey>,
}

impl fmt::Debug for DemoCa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DemoCa(…)")
    }
}

/// A clear PKCS#8 key that is wiped when dropped.
pub type ClearKey = Zeroizing<Vec<u8>>;

impl DemoCa {
    /// Makes a self-signed CA with a new P-256 key: SKI, keyCertSign and cRLSign, ten years from `not_before`.
    /// Returns it with its key as clear PKCS#8.
    pub fn create(
        subject: &DemoSubject,
        serial: &Serial,
        not_before: Timestamp,
    ) -> Result<(Self, ClearKey), DemoCaError> {
        let pkcs8 = new_p256()?;
        let key = PrivateKey::read(&pkcs8, None)?;
        Ok((Self::with_key(key, subject, serial, not_before)?, pkcs8))
    }

    /// The same with a key of any kind.
    pub fn with_key(
        key: PrivateKey,
        subject: &DemoSubject,
        serial: &Serial,
        not_before: Timestamp,
    ) -> Result<Self, DemoCaError> {
        marked(&subject.common_name)?;
        let mut params = parameters(
            subject,
            serial,
            not_before,
            Timestamp::from(ten_years_after(not_before)),
        );
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let certificate = params.self_signed(&key)?.der().to_vec();
        Ok(Self {
            issuer: rcgen::Issuer::new(params, key),
            certificate,
        })
    }

    /// Opens one made earlier from its certificate and key.
    pub fn open(certificate: &[u8], key: PrivateKey) -> Result<Self, DemoCaError> {
        let der = certificate.to_vec();
        let name = super::certificate::CertificateFacts::from_der(der.clone())
            .ok()
            .and_then(|facts| facts.common_name().map(str::to_owned))
            .unwrap_or_default();
        marked(&name)?;
        Ok(Self {
            issuer: rcgen::Issuer::from_ca_cert_der(&der.as_slice().into(), key)?,
            certificate: der,
        })
    }

    /// The authority's own certificate in DER.
    pub fn certificate_der(&self) -> &[u8] {
        &self.certificate
    }

    /// Issues a certificate over a new key whose private half is thrown away. Returns its DER.
    pub fn issue(&self, wanted: &DemoCertificate) -> Result<Vec<u8>, DemoCaError> {
        self.issue_over(wanted, &SubjectKey::new()?)
    }

    /// The same over the public key of a certificate (DER) that [`DemoCa::issue`] made: a renewal that kept its key.
    pub fn renew(&self, wanted: &DemoCertificate, of: &[u8]) -> Result<Vec<u8>, DemoCaError> {
        self.issue_over(wanted, &SubjectKey::of(of)?)
    }

    fn issue_over(
        &self,
        wanted: &DemoCertificate,
        public: &SubjectKey,
    ) -> Result<Vec<u8>, DemoCaError> {
        let mut params = parameters(
            &wanted.subject,
            &wanted.serial,
            wanted.not_before,
            wanted.not_after,
        );
        params.use_authority_key_identifier_extension = true;
        params.key_usages = vec![
            KeyUsagePurpose::DigitalSignature,
            KeyUsagePurpose::ContentCommitment,
        ];
        // SKI: RFC 7093 §2 method 1 over the point.
        let mut key_id = vec![0x04, 20];
        key_id.extend_from_slice(&sha256(&public.0)[..20]);
        let extension = CustomExtension::from_oid_content(&[2, 5, 29, 14], key_id);
        params.custom_extensions.push(extension);
        if !wanted.subject.email.is_empty() {
            let email = wanted.subject.email.as_str().try_into()?;
            params.subject_alt_names.push(SanType::Rfc822Name(email));
        }
        if let Some(uri) = &wanted.crl_uri {
            params.crl_distribution_points.push(CrlDistributionPoint {
                uris: vec![uri.clone()],
            });
        }
        Ok(params.signed_by(public, &self.issuer)?.der().to_vec())
    }
}

/// DER as a PEM block `CERTIFICATE`.
pub fn certificate_pem(der: &[u8]) -> String {
    let config = pem::EncodeConfig::new().set_line_ending(pem::LineEnding::LF);
    pem::encode_config(&pem::Pem::new("CERTIFICATE", der), config)
}

fn marked(name: &str) -> Result<(), DemoCaError> {
    if name
        .split(|c: char| !c.is_alphanumeric())
        .any(|w| w == MARK)
    {
        return Ok(());
    }
    Err(DemoCaError::Unmarked {
        name: name.to_owned(),
    })
}

fn parameters(
    subject: &DemoSubject,
    serial: &Serial,
    not_before: Timestamp,
    not_after: Timestamp,
) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = subject.name();
    params.serial_number = Some(SerialNumber::from_slice(serial.magnitude()));
    params.not_before = not_before.whole_second().utc();
    params.not_after = not_after.whole_second().utc();
    params
}

/// The same day ten years on, less a second; 28 February where that day is missing.
fn ten_years_after(start: Timestamp) -> OffsetDateTime {
    let start = start.whole_second().utc();
    let end = start.replace_year(start.year() + 10);
    let end = end.or_else(|_| {
        start
            .replace_day(28)
            .and_then(|d| d.replace_year(d.year() + 10))
    });
    end.unwrap_or(start) - time::Duration::SECOND
}

fn new_p256() -> Result<ClearKey, DemoCaError> {
    EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &SystemRandom::new())
        .map(|document| Zeroizing::new(document.as_ref().to_vec()))
        .map_err(|_| DemoCaError::NoRandomness)
}

/// The public point of a new P-256 key.
struct SubjectKey([u8; 65]);

impl SubjectKey {
    fn new() -> Result<Self, DemoCaError> {
        let pkcs8 = new_p256()?;
        // An ECPrivateKey ends with its public key (RFC 5915 §3), an uncompressed point of 65 octets.
        let point = pkcs8.last_chunk::<65>().ok_or(DemoCaError::NoRandomness)?;
        Ok(Self(*point))
    }

    /// The key that a certificate is over; its SubjectPublicKeyInfo ends with the point as well (RFC 5480 §2.2).
    fn of(certificate: &[u8]) -> Result<Self, DemoCaError> {
        let facts = super::certificate::CertificateFacts::from_der(certificate.to_vec());
        let point = facts
            .ok()
            .and_then(|facts| facts.spki_der().last_chunk::<65>().copied())
            .filter(|point| point[0] == 0x04);
        point.map(Self).ok_or(DemoCaError::NotP256)
    }
}

impl PublicKeyData for SubjectKey {
    fn der_bytes(&self) -> &[u8] {
        &self.0
    }

    fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
        &rcgen::PKCS_ECDSA_P256_SHA256
    }
}

#[cfg(test)]
mod tests {
    use super::super::certificate::CertificateFacts;
    use super::super::issuer::{Issuer, check_import};
    use super::*;

    fn authority() -> DemoSubject {
        DemoSubject {
            country: "ID".to_owned(),
            organization: "Lembaga UJI".to_owned(),
            common_name: "CA UJI Meja Pencabutan".to_owned(),
            ..DemoSubject::default()
        }
    }

    #[test]
    fn what_is_issued_reads_back_and_verifies() {
        let start = Timestamp::parse_rfc3339("2024-02-29T00:00:00Z").unwrap();
        let now = Timestamp::parse_rfc3339("2026-11-22T00:00:00Z").unwrap();
        let serial = Serial::parse("0102").unwrap();
        let (ca, key) = DemoCa::create(&authority(), &serial, start).unwrap();
        let issuer = Issuer::from_certificate(ca.certificate_der()).unwrap();
        assert_eq!(issuer.check_authority(now), Ok(()));
        assert_eq!(issuer.not_after().to_string(), "2034-02-27T23:59:59Z");
        let reopened = PrivateKey::read(&key, None).unwrap();
        assert!(reopened.matches(&issuer));
        let ca = DemoCa::open(ca.certificate_der(), reopened).unwrap();
        let wanted = DemoCertificate {
            subject: DemoSubject {
                country: "ID".to_owned(),
                organization: "Instansi UJI".to_owned(),
                organizational_unit: "Unit Contoh".to_owned(),
                common_name: "Ratna Contoh".to_owned(),
                uid: "198704122010012003".to_owned(),
                serial_number: String::new(),
                email: "ratna@uji.example".to_owned(),
            },
            serial: Serial::parse(&"c3".repeat(20)).unwrap(),
            not_before: start,
            not_after: now.plus(crate::domain::instant::DAY),
            crl_uri: Some("http://crl.uji.example/ca.crl".to_owned()),
        };
        let facts = CertificateFacts::from_der(ca.issue(&wanted).unwrap()).unwrap();
        assert_eq!(
            check_import(&facts, [&issuer], now, true).map(Issuer::id),
            Ok(issuer.id())
        );
        assert_eq!(facts.serial, wanted.serial);
        assert_eq!(
            facts.subject.to_string(),
            "C=ID, O=Instansi UJI, OU=Unit Contoh, CN=Ratna Contoh, UID=198704122010012003"
        );
        assert_eq!(facts.uid(), Some("198704122010012003"));
        assert_eq!(facts.emails(), ["ratna@uji.example"]);
        assert_eq!(
            facts.crl_distribution_points(),
            ["http://crl.uji.example/ca.crl"]
        );
        assert_eq!(facts.authority_key_id(), Some(issuer.key_identifier()));
        assert_eq!(
            (facts.not_before, facts.not_after),
            (start, wanted.not_after)
        );
        assert!(facts.key_usage().unwrap().non_repudiation());
    }

    #[test]
    fn an_authority_without_the_mark_is_not_made() {
        let serial = Serial::parse("01").unwrap();
        for name in ["CA Sungguhan", "CA UJIAN", ""] {
            let subject = DemoSubject {
                common_name: name.to_owned(),
                ..authority()
            };
            let made = DemoCa::create(&subject, &serial, Timestamp::default());
            assert!(matches!(made, Err(DemoCaError::Unmarked { .. })), "{name}");
        }
    }

    #[test]
    fn a_demonstration_key_opens_with_its_passphrase_only() {
        let serial = Serial::parse("01").unwrap();
        let (ca, key) = DemoCa::create(&authority(), &serial, Timestamp::default()).unwrap();
        let issuer = Issuer::from_certificate(ca.certificate_der()).unwrap();
        let mut counter = 0u8;
        let file = super::super::key_file::encrypt_pkcs8(&key, b"frasa uji", &mut |octets| {
            octets.iter_mut().for_each(|o| {
                counter = counter.wrapping_add(1);
                *o = counter;
            });
        })
        .unwrap();
        let read = |passphrase| PrivateKey::read(file.as_bytes(), passphrase);
        assert_eq!(read(None).unwrap_err(), KeyError::NeedsPassphrase);
        assert_eq!(
            read(Some(&b"bukan"[..])).unwrap_err(),
            KeyError::WrongPassphrase
        );
        let key = read(Some(&b"frasa uji"[..])).unwrap();
        assert!(key.matches(&issuer));
        let signature = key.sign(b"tbs").unwrap();
        let algorithm = key.signature_algorithm();
        assert_eq!(
            algorithm.verify(issuer.certificate().spki_der(), b"tbs", &signature),
            Ok(())
        );
        assert_eq!(format!("{key:?}"), "PrivateKey(…)");
    }
}
