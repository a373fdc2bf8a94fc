//! An issuing authority as its certificate describes it, and the choice of the right one for a certificate.
//! An issuer is (subject, public key): several may share a name, then the authority key identifier picks.

use ring::digest;

use super::algorithm::{NamedAlgorithm, PublicKey};
use super::certificate::{CertificateFacts, sha256};
use super::defect::Defect;
use super::der_scan::Tlv;
use crate::domain::{IssuerId, Timestamp};

/// A certificate authority of this desk.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Issuer {
    certificate: CertificateFacts,
    id: IssuerId,
    key_identifier: Vec<u8>,
}

impl Issuer {
    /// Reads the authority's certificate. Refuses one whose key cannot verify anything here; whether it is a CA, may
    /// sign CRLs and is current is asked with [`Issuer::check_authority`].
    pub fn from_certificate(der: impl Into<Vec<u8>>) -> Result<Self, Defect> {
        let certificate = CertificateFacts::from_der(der)?;
        let key = PublicKey::from_spki(certificate.spki_der())?;
        // RFC 5280 §4.2.1.2 (1): SHA-1 of the BIT STRING's value, where the certificate does not say itself.
        let key_identifier = certificate.subject_key_id().map_or_else(
            || {
                let hash = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, key.octets);
                hash.as_ref().to_vec()
            },
            <[u8]>::to_vec,
        );
        let identity = [certificate.subject_der(), certificate.spki_der()].concat();
        let mut id = [0; 16];
        id.copy_from_slice(&sha256(&identity)[..16]);
        Ok(Self {
            id: IssuerId(id),
            key_identifier,
            certificate,
        })
    }

    /// The first 16 octets of SHA-256(subject DER ‖ SubjectPublicKeyInfo DER).
    pub const fn id(&self) -> IssuerId {
        self.id
    }

    pub const fn certificate(&self) -> &CertificateFacts {
        &self.certificate
    }

    /// The subject's Name byte for byte: the issuer field of its CRLs (RFC 5280 §5.1.2.3).
    pub fn subject_der(&self) -> &[u8] {
        self.certificate.subject_der()
    }

    /// The keyIdentifier of the AKI in its CRLs and certificates: the certificate's SKI, or its stand-in.
    pub fn key_identifier(&self) -> &[u8] {
        &self.key_identifier
    }

    pub const fn not_before(&self) -> Timestamp {
        self.certificate.not_before
    }

    /// The last second of validity; no CRL may promise a nextUpdate beyond it.
    pub const fn not_after(&self) -> Timestamp {
        self.certificate.not_after
    }

    /// Whether it is a CA whose keyUsage, where there is one, allows cRLSign (RFC 5280 §4.2.1.3).
    pub fn may_sign_crls(&self) -> bool {
        self.certificate.is_ca()
            && self
                .certificate
                .key_usage()
                .is_none_or(|usage| usage.crl_sign())
    }

    /// Everything a CA must be to issue CRLs at `now`: `NotACa`, `MayNotSignCrls`, `NotYetValid` or `Expired`.
    pub fn check_authority(&self, now: Timestamp) -> Result<(), Defect> {
        if !self.certificate.is_ca() {
            return Err(Defect::NotACa);
        }
        if !self.may_sign_crls() {
            return Err(Defect::MayNotSignCrls);
        }
        self.certificate.check_current(now)
    }

    /// Verifies a signature of this issuer over `tbs`; `algorithm` is the AlgorithmIdentifier that names it.
    pub fn verify(&self, tbs: &[u8], algorithm: Tlv<'_>, signature: &[u8]) -> Result<(), Defect> {
        self.verify_named(tbs, &NamedAlgorithm::parse(algorithm)?, signature)
    }

    /// Verifies a signature of this issuer over `tbs`. `UnsupportedAlgorithm` or `BadSignature`.
    pub fn verify_named(
        &self,
        tbs: &[u8],
        algorithm: &NamedAlgorithm,
        signature: &[u8],
    ) -> Result<(), Defect> {
        algorithm
            .supported()?
            .verify(self.certificate.spki_der(), tbs, signature)
    }

    /// Verifies that this issuer signed `certificate`.
    pub fn verify_certificate(&self, certificate: &CertificateFacts) -> Result<(), Defect> {
        self.verify_named(
            certificate.tbs_der(),
            &certificate.signature_algorithm,
            certificate.signature(),
        )
    }

    /// Whether `certificate` names this issuer: byte for byte, or as RFC 5280 §7.1 compares names.
    fn is_named_by(&self, certificate: &CertificateFacts) -> bool {
        certificate.issuer_der() == self.subject_der()
            || certificate.issuer == self.certificate.subject
    }
}

/// Finds the issuer of `certificate` among `issuers`: by name, then by authority key identifier, and by trying the
/// signature only where those leave a choice. `WrongIssuer` if none has the name, `AuthorityKeyDiffers` if none of
/// that name has the key.
pub fn find_issuer<'a>(
    issuers: impl IntoIterator<Item = &'a Issuer>,
    certificate: &CertificateFacts,
) -> Result<&'a Issuer, Defect> {
    let named: Vec<&Issuer> = issuers
        .into_iter()
        .filter(|issuer| issuer.is_named_by(certificate))
        .collect();
    if named.is_empty() {
        return Err(Defect::WrongIssuer {
            issuer: certificate.issuer.to_string(),
        });
    }
    let wanted = certificate.authority_key_id();
    // An issuer without an SKI may have been named by any other hash of its key: it stays in the choice.
    let possible: Vec<&Issuer> = named
        .into_iter()
        .filter(|issuer| {
            wanted.is_none_or(|id| id == issuer.key_identifier)
                || issuer.certificate.subject_key_id().is_none()
        })
        .collect();
    match possible.as_slice() {
        [] => Err(Defect::AuthorityKeyDiffers {
            issuer: certificate.issuer.to_string(),
        }),
        [only] => Ok(only),
        several => {
            let exact = several
                .iter()
                .find(|issuer| wanted.is_some_and(|id| id == issuer.key_identifier));
            let signer = || {
                several
                    .iter()
                    .find(|issuer| issuer.verify_certificate(certificate).is_ok())
            };
            exact.or_else(signer).copied().ok_or(Defect::BadSignature)
        }
    }
}

/// What an import asks of a person's certificate, in this order: not a CA's, from one of `issuers`, not expired, and
/// with `verify_signature` signed by that issuer. One that is not yet valid is taken: it may already need revoking.
pub fn check_import<'a>(
    certificate: &CertificateFacts,
    issuers: impl IntoIterator<Item = &'a Issuer>,
    now: Timestamp,
    verify_signature: bool,
) -> Result<&'a Issuer, Defect> {
    if certificate.is_ca() {
        return Err(Defect::IsACa);
    }
    let issuer = find_issuer(issuers, certificate)?;
    match certificate.check_current(now) {
        Err(expired @ Defect::Expired { .. }) => return Err(expired),
        _ => certificate.signature_algorithm.supported()?,
    };
    if verify_signature {
        issuer.verify_certificate(certificate)?;
    }
    Ok(issuer)
}
