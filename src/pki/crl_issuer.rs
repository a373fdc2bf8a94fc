//! What a CRL needs of its issuer's certificate: the subject's octets, the key, its identifier, validity and key usage
//! (RFC 5280 §4.1, §4.2.1). Made from an authority of this desk, or read leniently from any certificate, so that the
//! lists of authorities that this desk would not take can be checked too.

use super::crl_extension::Extension;
use super::der_scan::{DerError, single, tag};
use super::issuer::Issuer;
use super::oid;
use super::stream_signature::{SignatureFault, VerifyingKey};
use crate::domain::Timestamp;

/// The issuer of CRLs as its certificate shows it.
#[derive(Clone, Debug)]
pub struct CrlIssuer {
    /// The subject, byte for byte: what the issuer field of its CRLs must be.
    pub subject: Vec<u8>,
    /// SubjectPublicKeyInfo.
    pub public_key_info: Vec<u8>,
    /// subjectKeyIdentifier of the certificate; `None` where it has none.
    pub subject_key_id: Option<Vec<u8>>,
    pub not_before: Timestamp,
    pub not_after: Timestamp,
    /// cRLSign of keyUsage; `None` where the certificate has no keyUsage, which then does not restrict.
    pub crl_sign: Option<bool>,
}

impl From<&Issuer> for CrlIssuer {
    fn from(issuer: &Issuer) -> Self {
        let certificate = issuer.certificate();
        Self {
            subject: issuer.subject_der().to_vec(),
            public_key_info: certificate.spki_der().to_vec(),
            subject_key_id: certificate.subject_key_id().map(<[u8]>::to_vec),
            not_before: issuer.not_before(),
            not_after: issuer.not_after(),
            crl_sign: certificate.key_usage().map(|usage| usage.crl_sign()),
        }
    }
}

/// Why a certificate cannot serve as an issuer of CRLs.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum IssuerFault {
    #[error("the issuer's certificate is not one: {0}")]
    Der(#[from] DerError),
    #[error("the issuer's certificate is of another form: {0}")]
    Pem(&'static str),
}

impl CrlIssuer {
    /// Reads a certificate from the whole of `der`.
    pub fn from_certificate(der: &[u8]) -> Result<Self, DerError> {
        let mut certificate = single(der, tag::SEQUENCE)?.reader();
        let mut tbs = certificate.sequence()?;
        tbs.optional(tag::context_constructed(0))?;
        tbs.expect(tag::INTEGER)?;
        tbs.sequence()?;
        tbs.sequence()?;
        let mut validity = tbs.sequence()?;
        let not_before = validity.read()?.time()?;
        let not_after = validity.read()?.time()?;
        let subject = tbs.expect(tag::SEQUENCE)?.whole.to_vec();
        let public_key_info = tbs.expect(tag::SEQUENCE)?.whole.to_vec();
        tbs.optional(tag::context(1))?;
        tbs.optional(tag::context(2))?;
        let extensions = tbs.optional(tag::context_constructed(3))?;
        tbs.end()?;

        let mut issuer = Self {
            subject,
            public_key_info,
            subject_key_id: None,
            not_before,
            not_after,
            crl_sign: None,
        };
        let list = extensions
            .map(|field| field.reader().sequence())
            .transpose()?;
        for extension in Extension::each(list) {
            let extension = extension?;
            match extension.oid {
                oid::SUBJECT_KEY_IDENTIFIER => {
                    let id = single(extension.value, tag::OCTET_STRING)?.value;
                    issuer.subject_key_id = Some(id.to_vec());
                }
                oid::KEY_USAGE => {
                    // cRLSign is bit 6 (RFC 5280 §4.2.1.3); bit 0 is the first octet's highest.
                    let bits = single(extension.value, tag::BIT_STRING)?.value;
                    issuer.crl_sign = Some(bits.get(1).is_some_and(|octet| octet & 0x02 != 0));
                }
                _ => {}
            }
        }
        Ok(issuer)
    }

    /// Reads a certificate in DER, or the first one of a PEM text.
    pub fn from_pem_or_der(input: &[u8]) -> Result<Self, IssuerFault> {
        if input.first() == Some(&tag::SEQUENCE) {
            return Ok(Self::from_certificate(input)?);
        }
        let block = pem::parse_many(input)
            .map_err(|_| IssuerFault::Pem("neither DER nor PEM"))?
            .into_iter()
            .find(|block| matches!(block.tag(), "CERTIFICATE" | "X509 CERTIFICATE"))
            .ok_or(IssuerFault::Pem("PEM without a CERTIFICATE block"))?;
        Ok(Self::from_certificate(block.contents())?)
    }

    /// The keyIdentifier of the authorityKeyIdentifier of its CRLs: the certificate's subjectKeyIdentifier, or, where
    /// it has none, SHA-1 of the subjectPublicKey's octets (RFC 5280 §4.2.1.2, method 1).
    pub fn key_id(&self) -> Result<Vec<u8>, DerError> {
        if let Some(id) = &self.subject_key_id {
            return Ok(id.clone());
        }
        let mut info = single(&self.public_key_info, tag::SEQUENCE)?.reader();
        info.sequence()?;
        let key = info.expect(tag::BIT_STRING)?.bit_octets()?;
        let digest = ring::digest::digest(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY, key);
        Ok(digest.as_ref().to_vec())
    }

    /// The key that verifies its CRLs.
    pub fn verifying_key(&self) -> Result<VerifyingKey, SignatureFault> {
        VerifyingKey::from_spki(&self.public_key_info)
    }
}
