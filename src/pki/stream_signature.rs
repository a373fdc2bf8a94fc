//! Signature algorithms of CRLs and their verification from a digest, so that a list of any size is verified while it
//! streams by. Relies on ring for hashing and on RustCrypto for the public-key step, which ring offers for whole
//! messages only (`algorithm` uses it for certificates). Never holds a private key.

use std::io::Read;

use ed25519_dalek::VerifyingKey as Ed25519Key;
use rsa::signature::hazmat::PrehashVerifier;
use rsa::{BigUint, Pkcs1v15Sign, Pss, RsaPublicKey};

use super::algorithm::SignatureAlgorithm;
use super::der_scan::{DerError, single, tag};

/// A hash function of a signature algorithm.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Hash {
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    /// A running digest.
    pub fn context(self) -> ring::digest::Context {
        ring::digest::Context::new(match self {
            Self::Sha1 => &ring::digest::SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => &ring::digest::SHA256,
            Self::Sha384 => &ring::digest::SHA384,
            Self::Sha512 => &ring::digest::SHA512,
        })
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "SHA-1",
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
        }
    }

    fn from_oid(content: &[u8]) -> Option<Self> {
        match content {
            [0x2b, 0x0e, 0x03, 0x02, 0x1a] => Some(Self::Sha1),
            [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, last] => match last {
                1 => Some(Self::Sha256),
                2 => Some(Self::Sha384),
                3 => Some(Self::Sha512),
                _ => None,
            },
            _ => None,
        }
    }
}

/// A signature algorithm that this program can verify.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SignatureScheme {
    RsaPkcs1(Hash),
    /// RSASSA-PSS with MGF1 over the same hash (RFC 4055 §3.1).
    RsaPss {
        hash: Hash,
        salt_len: usize,
    },
    Ecdsa(Hash),
    /// Hashes the message together with the signature's first half, so it needs the signature before the message.
    Ed25519,
}

/// The AlgorithmIdentifier of a CRL: the scheme where it is known, and whether its parameters are as they must be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AlgorithmIdentifier {
    /// The whole AlgorithmIdentifier.
    pub der: Vec<u8>,
    /// Dotted OID.
    pub oid: String,
    pub scheme: Option<SignatureScheme>,
    /// NULL for RSA PKCS#1 v1.5 (RFC 4055 §5), absent for ECDSA (RFC 5758 §3.2) and Ed25519 (RFC 8410 §3).
    pub parameters_right: bool,
}

const RSA_PKCS1: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01];
const ECDSA_SHA1: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x01];
const ECDSA_SHA2: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03];
const ED25519: &[u8] = &[0x2b, 0x65, 0x70];
const EC_PUBLIC_KEY: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
const P256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
const P384: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x22];
const P521: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x23];
const MGF1: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x08];

impl AlgorithmIdentifier {
    /// Reads an AlgorithmIdentifier from the whole of `der`.
    pub fn read(der: &[u8]) -> Result<Self, DerError> {
        let mut parts = single(der, tag::SEQUENCE)?.reader();
        let oid = parts.expect(tag::OID)?;
        let parameters = (!parts.is_empty()).then(|| parts.read()).transpose()?;
        parts.end()?;
        let is_null = parameters.is_some_and(|p| p.tag == tag::NULL && p.value.is_empty());
        let absent = parameters.is_none();
        let (scheme, parameters_right) = match oid.value {
            [prefix @ .., last] if prefix == RSA_PKCS1 => match last {
                5 => (Some(SignatureScheme::RsaPkcs1(Hash::Sha1)), is_null),
                10 => {
                    let scheme = parameters.map(|p| read_pss(p.whole)).transpose()?.flatten();
                    (scheme, scheme.is_some())
                }
                11 => (Some(SignatureScheme::RsaPkcs1(Hash::Sha256)), is_null),
                12 => (Some(SignatureScheme::RsaPkcs1(Hash::Sha384)), is_null),
                13 => (Some(SignatureScheme::RsaPkcs1(Hash::Sha512)), is_null),
                _ => (None, true),
            },
            ECDSA_SHA1 => (Some(SignatureScheme::Ecdsa(Hash::Sha1)), absent),
            [prefix @ .., last] if prefix == ECDSA_SHA2 => match last {
                2 => (Some(SignatureScheme::Ecdsa(Hash::Sha256)), absent),
                3 => (Some(SignatureScheme::Ecdsa(Hash::Sha384)), absent),
                4 => (Some(SignatureScheme::Ecdsa(Hash::Sha512)), absent),
                _ => (None, true),
            },
            ED25519 => (Some(SignatureScheme::Ed25519), absent),
            _ => (None, true),
        };
        Ok(Self {
            der: der.to_vec(),
            oid: oid.oid()?,
            scheme,
            parameters_right,
        })
    }

    /// The AlgorithmIdentifier that a key of `rcgen` signs with; `None` for one that this desk does not sign with.
    pub fn of_key(algorithm: &rcgen::SignatureAlgorithm) -> Option<Self> {
        let named = match algorithm {
            a if a == &rcgen::PKCS_RSA_SHA256 => SignatureAlgorithm::RsaSha256,
            a if a == &rcgen::PKCS_RSA_SHA384 => SignatureAlgorithm::RsaSha384,
            a if a == &rcgen::PKCS_RSA_SHA512 => SignatureAlgorithm::RsaSha512,
            a if a == &rcgen::PKCS_ECDSA_P256_SHA256 => SignatureAlgorithm::EcdsaSha256,
            a if a == &rcgen::PKCS_ECDSA_P384_SHA384 => SignatureAlgorithm::EcdsaSha384,
            a if a == &rcgen::PKCS_ED25519 => SignatureAlgorithm::Ed25519,
            _ => return None,
        };
        Self::read(named.identifier_der()).ok()
    }

    /// The hash to run over the message; `None` for Ed25519 and unknown schemes.
    pub const fn hash(&self) -> Option<Hash> {
        match self.scheme {
            Some(
                SignatureScheme::RsaPkcs1(hash)
                | SignatureScheme::RsaPss { hash, .. }
                | SignatureScheme::Ecdsa(hash),
            ) => Some(hash),
            _ => None,
        }
    }
}

/// RSASSA-PSS-params (RFC 4055 §3.1); `None` where hash and mask differ or are unknown.
fn read_pss(der: &[u8]) -> Result<Option<SignatureScheme>, DerError> {
    let mut parts = single(der, tag::SEQUENCE)?.reader();
    let algorithm = |whole: &[u8]| -> Result<(Vec<u8>, Vec<u8>), DerError> {
        let mut inside = single(whole, tag::SEQUENCE)?.reader();
        let oid = inside.expect(tag::OID)?.value.to_vec();
        Ok((oid, inside.rest().to_vec()))
    };
    let hash = match parts.optional(tag::context_constructed(0))? {
        Some(field) => Hash::from_oid(&algorithm(field.value)?.0),
        None => Some(Hash::Sha1),
    };
    let mask = match parts.optional(tag::context_constructed(1))? {
        Some(field) => {
            let (oid, parameters) = algorithm(field.value)?;
            if oid == MGF1 {
                Hash::from_oid(&algorithm(&parameters)?.0)
            } else {
                None
            }
        }
        None => Some(Hash::Sha1),
    };
    let salt_len = match parts.optional(tag::context_constructed(2))? {
        Some(field) => single(field.value, tag::INTEGER)?.small_integer()? as usize,
        None => 20,
    };
    parts.optional(tag::context_constructed(3))?;
    parts.end()?;
    Ok(hash
        .filter(|hash| mask == Some(*hash) && salt_len <= 1024)
        .map(|hash| SignatureScheme::RsaPss { hash, salt_len }))
}

/// Why a signature was not found good.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum SignatureFault {
    #[error("the signature does not belong to this content and this key")]
    Mismatch,
    #[error("the issuer's key is of another kind than the signature algorithm {oid}")]
    OtherKeyType { oid: String },
    #[error("this program cannot verify the signature algorithm {oid}")]
    UnknownAlgorithm { oid: String },
    #[error("this program cannot use the issuer's public key")]
    UnknownKey,
}

#[derive(Clone)]
enum KeyKind {
    Rsa(Box<RsaPublicKey>),
    P256(Box<p256::ecdsa::VerifyingKey>),
    P384(Box<p384::ecdsa::VerifyingKey>),
    P521(Box<p521::ecdsa::VerifyingKey>),
    Ed25519(Box<Ed25519Key>),
}

/// A public key that verifies CRLs: RSA up to 8192 bits, P-256, P-384, P-521, Ed25519.
#[derive(Clone)]
pub struct VerifyingKey(KeyKind);

const MAX_RSA_BITS: usize = 8192;

impl VerifyingKey {
    /// Reads a SubjectPublicKeyInfo.
    pub fn from_spki(der: &[u8]) -> Result<Self, SignatureFault> {
        Self::read(der)
            .ok()
            .flatten()
            .ok_or(SignatureFault::UnknownKey)
    }

    fn read(der: &[u8]) -> Result<Option<Self>, DerError> {
        let mut parts = single(der, tag::SEQUENCE)?.reader();
        let mut algorithm = parts.sequence()?;
        let oid = algorithm.expect(tag::OID)?.value;
        let key = parts.expect(tag::BIT_STRING)?.bit_octets()?;
        parts.end()?;
        Ok(match oid {
            EC_PUBLIC_KEY => match algorithm.expect(tag::OID)?.value {
                P256 => p256::ecdsa::VerifyingKey::from_sec1_bytes(key)
                    .ok()
                    .map(|k| KeyKind::P256(Box::new(k))),
                P384 => p384::ecdsa::VerifyingKey::from_sec1_bytes(key)
                    .ok()
                    .map(|k| KeyKind::P384(Box::new(k))),
                P521 => p521::ecdsa::VerifyingKey::from_sec1_bytes(key)
                    .ok()
                    .map(|k| KeyKind::P521(Box::new(k))),
                _ => None,
            },
            ED25519 => key
                .try_into()
                .ok()
                .and_then(|octets| Ed25519Key::from_bytes(octets).ok())
                .map(|k| KeyKind::Ed25519(Box::new(k))),
            // rsaEncryption and id-RSASSA-PSS.
            [prefix @ .., 1 | 10] if prefix == RSA_PKCS1 => {
                let mut numbers = single(key, tag::SEQUENCE)?.reader();
                let modulus = numbers.expect(tag::INTEGER)?.integer()?;
                let exponent = numbers.expect(tag::INTEGER)?.integer()?;
                numbers.end()?;
                RsaPublicKey::new_with_max_size(
                    BigUint::from_bytes_be(modulus),
                    BigUint::from_bytes_be(exponent),
                    MAX_RSA_BITS,
                )
                .ok()
                .map(|k| KeyKind::Rsa(Box::new(k)))
            }
            _ => None,
        }
        .map(Self))
    }

    /// Verifies a signature over a message whose digest, by the algorithm's hash, is `digest`.
    pub fn verify_digest(
        &self,
        algorithm: &AlgorithmIdentifier,
        digest: &[u8],
        signature: &[u8],
    ) -> Result<(), SignatureFault> {
        let other_key = || SignatureFault::OtherKeyType {
            oid: algorithm.oid.clone(),
        };
        let good = match (algorithm.scheme, &self.0) {
            (None, _) => {
                return Err(SignatureFault::UnknownAlgorithm {
                    oid: algorithm.oid.clone(),
                });
            }
            (Some(SignatureScheme::RsaPkcs1(hash)), KeyKind::Rsa(key)) => {
                key.verify(pkcs1(hash), digest, signature).is_ok()
            }
            (Some(SignatureScheme::RsaPss { hash, salt_len }), KeyKind::Rsa(key)) => {
                key.verify(pss(hash, salt_len), digest, signature).is_ok()
            }
            (Some(SignatureScheme::Ecdsa(_)), KeyKind::P256(key)) => {
                p256::ecdsa::Signature::from_der(signature)
                    .is_ok_and(|s| key.verify_prehash(&widened(digest, 16), &s).is_ok())
            }
            (Some(SignatureScheme::Ecdsa(_)), KeyKind::P384(key)) => {
                p384::ecdsa::Signature::from_der(signature)
                    .is_ok_and(|s| key.verify_prehash(&widened(digest, 24), &s).is_ok())
            }
            (Some(SignatureScheme::Ecdsa(_)), KeyKind::P521(key)) => {
                p521::ecdsa::Signature::from_der(signature)
                    .is_ok_and(|s| key.verify_prehash(&widened(digest, 33), &s).is_ok())
            }
            _ => return Err(other_key()),
        };
        if good {
            Ok(())
        } else {
            Err(SignatureFault::Mismatch)
        }
    }

    /// Verifies an Ed25519 signature over `message`, reading it once in constant memory. The outer error is the
    /// reader's.
    pub fn verify_ed25519(
        &self,
        mut message: impl Read,
        signature: &[u8],
    ) -> std::io::Result<Result<(), SignatureFault>> {
        let KeyKind::Ed25519(key) = &self.0 else {
            return Ok(Err(SignatureFault::OtherKeyType {
                oid: "1.3.101.112".to_owned(),
            }));
        };
        let Some(mut verifier) = ed25519_dalek::Signature::from_slice(signature)
            .ok()
            .and_then(|signature| key.verify_stream(&signature).ok())
        else {
            return Ok(Err(SignatureFault::Mismatch));
        };
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let count = match message.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => count,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            verifier.update(&buffer[..count]);
        }
        Ok(verifier
            .finalize_and_verify()
            .map_err(|_| SignatureFault::Mismatch))
    }
}

fn pkcs1(hash: Hash) -> Pkcs1v15Sign {
    match hash {
        Hash::Sha1 => Pkcs1v15Sign::new::<sha1::Sha1>(),
        Hash::Sha256 => Pkcs1v15Sign::new::<rsa::sha2::Sha256>(),
        Hash::Sha384 => Pkcs1v15Sign::new::<rsa::sha2::Sha384>(),
        Hash::Sha512 => Pkcs1v15Sign::new::<rsa::sha2::Sha512>(),
    }
}

fn pss(hash: Hash, salt_len: usize) -> Pss {
    match hash {
        Hash::Sha1 => Pss::new_with_salt::<sha1::Sha1>(salt_len),
        Hash::Sha256 => Pss::new_with_salt::<rsa::sha2::Sha256>(salt_len),
        Hash::Sha384 => Pss::new_with_salt::<rsa::sha2::Sha384>(salt_len),
        Hash::Sha512 => Pss::new_with_salt::<rsa::sha2::Sha512>(salt_len),
    }
}

/// A digest shorter than half the curve's field is refused by the ECDSA implementation; FIPS 186-5 §6.4.2 takes it as
/// the number it is, so zeros go in front, up to `half` octets.
fn widened(digest: &[u8], half: usize) -> Vec<u8> {
    let mut wide = vec![0; half.saturating_sub(digest.len())];
    wide.extend_from_slice(digest);
    wide
}
