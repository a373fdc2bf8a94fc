//! The facts of one X.509 v3 certificate (RFC 5280 §4.1), read strictly from its DER.
//! Relies on the strict DER reader; keeps the octets as they came and points into them.
//! Decides nothing about issuers, owners or the present time beyond what the caller asks.

use std::ops::Range;

use ring::digest;

use super::algorithm::NamedAlgorithm;
use super::defect::Defect;
use super::der_scan::{DerError, Reader, Tlv, tag};
use super::extension::{Extensions, KeyUsage};
use super::likeness::Likeness;
use super::name::parse_name;
use super::recognize;
use crate::domain::distinguished_name::printable;
use crate::domain::{DistinguishedName, Serial, Timestamp};

/// The largest certificate that is read, in octets. Real ones have one or two thousand.
pub const MAX_CERTIFICATE: usize = 64 * 1024;

const UID: &str = "0.9.2342.19200300.100.1.1";
const SERIAL_NUMBER: &str = "2.5.4.5";

/// One certificate, well-formed in every field. Whether it is current, signed right and from a known issuer is asked
/// separately.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CertificateFacts {
    der: Vec<u8>,
    tbs: Range<usize>,
    issuer_range: Range<usize>,
    subject_range: Range<usize>,
    spki_range: Range<usize>,
    signature_range: Range<usize>,
    pub serial: Serial,
    pub issuer: DistinguishedName,
    pub subject: DistinguishedName,
    pub not_before: Timestamp,
    /// The last second of validity.
    pub not_after: Timestamp,
    pub signature_algorithm: NamedAlgorithm,
    pub extensions: Extensions,
}

/// [`CertificateFacts`] taken apart.
#[derive(Debug)]
pub struct CertificateParts {
    pub der: Vec<u8>,
    pub serial: Serial,
    pub issuer: DistinguishedName,
    pub subject: DistinguishedName,
    pub not_before: Timestamp,
    pub not_after: Timestamp,
    pub emails: Vec<String>,
    pub crl_distribution_points: Vec<String>,
}

impl CertificateFacts {
    /// Reads a certificate that is the whole of `der`.
    pub fn from_der(der: impl Into<Vec<u8>>) -> Result<Self, Defect> {
        let der = der.into();
        if der.is_empty() {
            return Err(Defect::EmptyInput);
        }
        if der.len() > MAX_CERTIFICATE {
            return Err(Defect::TooLarge {
                limit: MAX_CERTIFICATE,
            });
        }
        let fields = Fields::read(&der).map_err(|defect| not_one(&der, defect))?;
        let range = |tlv: Tlv<'_>| tlv.offset..tlv.offset + tlv.whole.len();
        let signature_range = {
            let end = fields.signature.offset + fields.signature.whole.len();
            end - fields.signature.value.len() + 1..end
        };
        let (tbs, issuer_range) = (range(fields.tbs), range(fields.issuer));
        let (subject_range, spki_range) = (range(fields.subject), range(fields.spki));
        let read = fields.check()?;
        Ok(Self {
            tbs,
            issuer_range,
            subject_range,
            spki_range,
            signature_range,
            der,
            ..read
        })
    }

    /// What is kept of a certificate, without copying it once more.
    pub fn into_parts(self) -> CertificateParts {
        CertificateParts {
            der: self.der,
            serial: self.serial,
            issuer: self.issuer,
            subject: self.subject,
            not_before: self.not_before,
            not_after: self.not_after,
            emails: self.extensions.emails,
            crl_distribution_points: self.extensions.crl_distribution_points,
        }
    }

    /// The whole certificate, as it came.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    fn part(&self, range: &Range<usize>) -> &[u8] {
        self.der.get(range.clone()).unwrap_or_default()
    }

    /// What is signed: the TBSCertificate with its header.
    pub fn tbs_der(&self) -> &[u8] {
        self.part(&self.tbs)
    }

    /// The octets of the signature.
    pub fn signature(&self) -> &[u8] {
        self.part(&self.signature_range)
    }

    /// The issuer's Name, byte for byte.
    pub fn issuer_der(&self) -> &[u8] {
        self.part(&self.issuer_range)
    }

    /// The subject's Name, byte for byte.
    pub fn subject_der(&self) -> &[u8] {
        self.part(&self.subject_range)
    }

    /// The SubjectPublicKeyInfo with its header.
    pub fn spki_der(&self) -> &[u8] {
        self.part(&self.spki_range)
    }

    /// SHA-256 of the whole DER: the fingerprint people compare.
    pub fn sha256(&self) -> [u8; 32] {
        sha256(&self.der)
    }

    /// SHA-256 of the SubjectPublicKeyInfo: certificates that share a key share this.
    pub fn spki_sha256(&self) -> [u8; 32] {
        sha256(self.spki_der())
    }

    pub fn common_name(&self) -> Option<&str> {
        self.subject.common_name()
    }

    /// The subject's UID attribute (RFC 4519 §2.39).
    pub fn uid(&self) -> Option<&str> {
        self.subject.first(UID)
    }

    /// The subject's serialNumber attribute (X.520 §6.2.9), not the certificate's serial.
    pub fn serial_number_attribute(&self) -> Option<&str> {
        self.subject.first(SERIAL_NUMBER)
    }

    /// The rfc822Names of subjectAltName.
    pub fn emails(&self) -> &[String] {
        &self.extensions.emails
    }

    pub fn crl_distribution_points(&self) -> &[String] {
        &self.extensions.crl_distribution_points
    }

    pub fn authority_key_id(&self) -> Option<&[u8]> {
        self.extensions.authority_key_id.as_deref()
    }

    pub fn subject_key_id(&self) -> Option<&[u8]> {
        self.extensions.subject_key_id.as_deref()
    }

    pub const fn key_usage(&self) -> Option<KeyUsage> {
        self.extensions.key_usage
    }

    /// basicConstraints cA.
    pub const fn is_ca(&self) -> bool {
        self.extensions.ca
    }

    /// `NotYetValid` or `Expired` at `now`; both borders belong to the validity (RFC 5280 §4.1.2.5).
    pub fn check_current(&self, now: Timestamp) -> Result<(), Defect> {
        let now = now.whole_second();
        if now < self.not_before {
            return Err(Defect::NotYetValid {
                not_before: self.not_before,
            });
        }
        if now > self.not_after {
            return Err(Defect::Expired {
                not_after: self.not_after,
            });
        }
        Ok(())
    }
}

/// SHA-256 of `octets`.
pub fn sha256(octets: &[u8]) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest::digest(&digest::SHA256, octets).as_ref());
    hash
}

/// When the structure is not a certificate's at all, names what it is instead.
fn not_one(der: &[u8], defect: Defect) -> Defect {
    let structural = matches!(
        defect,
        Defect::UnexpectedElement { .. }
            | Defect::MissingElement { .. }
            | Defect::WrongVersion { .. }
    );
    match recognize::by_shape(der).filter(|_| structural) {
        Some(what) => Defect::NotACertificate { what },
        None if der.first() != Some(&tag::SEQUENCE) => Defect::NotACertificate {
            what: Likeness::Other,
        },
        None => defect,
    }
}

/// The elements of a certificate in their order, not yet looked into.
struct Fields<'a> {
    tbs: Tlv<'a>,
    serial: Tlv<'a>,
    inner_algorithm: Tlv<'a>,
    issuer: Tlv<'a>,
    validity: Tlv<'a>,
    subject: Tlv<'a>,
    spki: Tlv<'a>,
    extensions: Option<Tlv<'a>>,
    outer_algorithm: Tlv<'a>,
    signature: Tlv<'a>,
}

impl<'a> Fields<'a> {
    fn read(der: &'a [u8]) -> Result<Self, Defect> {
        let mut input = Reader::new(der);
        let mut certificate = input.sequence()?;
        input.end()?;
        let tbs = certificate.expect(tag::SEQUENCE)?;
        let mut inside = tbs.reader();
        version(&mut inside)?;
        let serial = inside.expect(tag::INTEGER)?;
        let inner_algorithm = inside.expect(tag::SEQUENCE)?;
        let issuer = inside.expect(tag::SEQUENCE)?;
        let validity = inside.expect(tag::SEQUENCE)?;
        let subject = inside.expect(tag::SEQUENCE)?;
        let spki = inside.expect(tag::SEQUENCE)?;
        // issuerUniqueID and subjectUniqueID: out of use, allowed by RFC 5280 §4.1.2.8.
        inside.optional(tag::context(1))?;
        inside.optional(tag::context(2))?;
        let extensions = match inside.optional(tag::context_constructed(3))? {
            Some(wrapper) => {
                let mut wrapper = wrapper.reader();
                let list = wrapper.expect(tag::SEQUENCE)?;
                wrapper.end()?;
                Some(list)
            }
            None => None,
        };
        inside.end()?;
        let outer_algorithm = certificate.expect(tag::SEQUENCE)?;
        let signature = certificate.expect(tag::BIT_STRING)?;
        certificate.end()?;
        Ok(Self {
            tbs,
            serial,
            inner_algorithm,
            issuer,
            validity,
            subject,
            spki,
            extensions,
            outer_algorithm,
            signature,
        })
    }

    /// Looks into every field. The ranges stay empty: the caller knows the octets.
    fn check(self) -> Result<CertificateFacts, Defect> {
        let serial = read_serial(self.serial)?;
        let signature_algorithm = NamedAlgorithm::parse(self.inner_algorithm)?;
        if self.inner_algorithm.whole != self.outer_algorithm.whole {
            let outer = NamedAlgorithm::parse(self.outer_algorithm)?;
            return Err(Defect::InnerOuterAlgorithmDiffer {
                inner: signature_algorithm.name().to_owned(),
                outer: outer.name().to_owned(),
            });
        }
        let issuer = parse_name(self.issuer)?;
        if issuer.rdns.is_empty() {
            return Err(Defect::EmptyIssuer);
        }
        let (not_before, not_after) = validity(self.validity)?;
        let subject = parse_name(self.subject)?;
        check_spki(self.spki)?;
        let extensions = match self.extensions {
            Some(list) => Extensions::parse(list)?,
            None => Extensions::default(),
        };
        if subject.rdns.is_empty() && !extensions.critical_alternative_name {
            return Err(Defect::EmptySubject);
        }
        self.signature
            .bit_octets()
            .map_err(|_| Defect::BadSignatureField)?;
        Ok(CertificateFacts {
            der: Vec::new(),
            tbs: 0..0,
            issuer_range: 0..0,
            subject_range: 0..0,
            spki_range: 0..0,
            signature_range: 0..0,
            serial,
            issuer,
            subject,
            not_before,
            not_after,
            signature_algorithm,
            extensions,
        })
    }
}

/// `[0] EXPLICIT INTEGER`, which must say 2, that is version 3.
fn version(inside: &mut Reader<'_>) -> Result<(), Defect> {
    let wrong = |found: String| Defect::WrongVersion { found };
    let Some(wrapper) = inside.optional(tag::context_constructed(0))? else {
        return Err(match inside.peek_tag() {
            Some(tag::INTEGER) => wrong("1".to_owned()),
            Some(found) => DerError::WrongTag {
                offset: inside.offset(),
                expected: tag::context_constructed(0),
                found,
            }
            .into(),
            None => DerError::Missing {
                offset: inside.offset(),
                expected: tag::context_constructed(0),
            }
            .into(),
        });
    };
    let mut wrapper = wrapper.reader();
    let number = wrapper.expect(tag::INTEGER)?;
    wrapper.end()?;
    match number.integer()? {
        [2] => Ok(()),
        [n] if *n < 0x7f => Err(wrong((n + 1).to_string())),
        other => Err(wrong(printable(&hex::encode(other)))),
    }
}

fn read_serial(serial: Tlv<'_>) -> Result<Serial, Defect> {
    match serial.value {
        [0] => return Err(Defect::ZeroSerial),
        [0, next, ..] if next & 0x80 == 0 => return Err(Defect::PaddedSerial),
        [first, ..] if first & 0x80 != 0 => return Err(Defect::NegativeSerial),
        _ => {}
    }
    Serial::from_der_content(serial.integer()?).map_err(|_| Defect::SerialTooLong {
        octets: serial.value.len(),
    })
}

fn validity(element: Tlv<'_>) -> Result<(Timestamp, Timestamp), Defect> {
    let mut inside = element.reader();
    let mut next = |field: &'static str| {
        let time = inside.read()?;
        time.time().map_err(|_| Defect::BadTime { field })
    };
    let (not_before, not_after) = (next("notBefore")?, next("notAfter")?);
    inside.end()?;
    if not_after < not_before {
        return Err(Defect::ValidityReversed {
            not_before,
            not_after,
        });
    }
    Ok((not_before, not_after))
}

/// The form of a SubjectPublicKeyInfo: the key may be of any algorithm.
fn check_spki(spki: Tlv<'_>) -> Result<(), Defect> {
    let shape = || -> Result<(), DerError> {
        let mut inside = spki.reader();
        inside.sequence()?.expect(tag::OID)?.oid()?;
        inside.expect(tag::BIT_STRING)?.bit_octets()?;
        inside.end()
    };
    shape().map_err(|_| Defect::BadPublicKey)
}
