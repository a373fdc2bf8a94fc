//! Signature algorithms: their AlgorithmIdentifier in DER (RFC 3279, 4055, 5758, 8410) and their verification by ring.

use ring::signature as ring_signature;

use super::defect::Defect;
use super::der_scan::{Reader, Tlv, tag};

/// How a certificate or CRL is signed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, serde::Serialize, serde::Deserialize)]
pub enum SignatureAlgorithm {
    RsaSha256,
    RsaSha384,
    RsaSha512,
    EcdsaSha256,
    EcdsaSha384,
    Ed25519,
}

/// A signature algorithm as an AlgorithmIdentifier names it, whether or not it is supported here.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum NamedAlgorithm {
    Supported(SignatureAlgorithm),
    /// The common name of a known one, else the dotted OID.
    Other(String),
}

/// Algorithms that are met and not supported, so that a refusal can name them.
const OTHERS: [(&str, &str); 9] = [
    ("1.2.840.113549.1.1.4", "md5WithRSAEncryption"),
    ("1.2.840.113549.1.1.5", "sha1WithRSAEncryption"),
    ("1.2.840.113549.1.1.10", "RSASSA-PSS"),
    ("1.2.840.113549.1.1.14", "sha224WithRSAEncryption"),
    ("1.2.840.10045.4.1", "ecdsa-with-SHA1"),
    ("1.2.840.10045.4.3.4", "ecdsa-with-SHA512"),
    ("1.2.840.10040.4.3", "dsa-with-SHA1"),
    ("1.3.101.113", "Ed448"),
    ("2.16.840.1.101.3.4.3.18", "ML-DSA-65"),
];

const EC_PUBLIC_KEY: &str = "1.2.840.10045.2.1";
const P256: &str = "1.2.840.10045.3.1.7";
const P384: &str = "1.3.132.0.34";
const RSA: &str = "1.2.840.113549.1.1.1";
const ED25519: &str = "1.3.101.112";

impl SignatureAlgorithm {
    pub const ALL: [Self; 6] = [
        Self::RsaSha256,
        Self::RsaSha384,
        Self::RsaSha512,
        Self::EcdsaSha256,
        Self::EcdsaSha384,
        Self::Ed25519,
    ];

    /// The name of RFC 3279 ff.
    pub const fn name(self) -> &'static str {
        match self {
            Self::RsaSha256 => "sha256WithRSAEncryption",
            Self::RsaSha384 => "sha384WithRSAEncryption",
            Self::RsaSha512 => "sha512WithRSAEncryption",
            Self::EcdsaSha256 => "ecdsa-with-SHA256",
            Self::EcdsaSha384 => "ecdsa-with-SHA384",
            Self::Ed25519 => "Ed25519",
        }
    }

    /// The whole AlgorithmIdentifier in DER: NULL parameters for RSA (RFC 4055 §5), none otherwise.
    pub const fn identifier_der(self) -> &'static [u8] {
        match self {
            Self::RsaSha256 => &[
                0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 0x0b, 0x05, 0,
            ],
            Self::RsaSha384 => &[
                0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 0x0c, 0x05, 0,
            ],
            Self::RsaSha512 => &[
                0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 0x0d, 0x05, 0,
            ],
            Self::EcdsaSha256 => &[
                0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02,
            ],
            Self::EcdsaSha384 => &[
                0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x03,
            ],
            Self::Ed25519 => &[0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70],
        }
    }

    /// Verifies `signature` over `message` with the key of a SubjectPublicKeyInfo. `BadSignature` also when the key
    /// is of another kind than the algorithm or outside what ring verifies (RSA 1024 to 8192 bits).
    pub fn verify(self, spki: &[u8], message: &[u8], signature: &[u8]) -> Result<(), Defect> {
        let key = PublicKey::from_spki(spki)?;
        let scheme: &dyn ring_signature::VerificationAlgorithm = match (self, key.kind) {
            (Self::RsaSha256, KeyKind::Rsa) => {
                &ring_signature::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY
            }
            (Self::RsaSha384, KeyKind::Rsa) => &ring_signature::RSA_PKCS1_2048_8192_SHA384,
            (Self::RsaSha512, KeyKind::Rsa) => {
                &ring_signature::RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY
            }
            (Self::EcdsaSha256, KeyKind::P256) => &ring_signature::ECDSA_P256_SHA256_ASN1,
            (Self::EcdsaSha384, KeyKind::P256) => &ring_signature::ECDSA_P256_SHA384_ASN1,
            (Self::EcdsaSha256, KeyKind::P384) => &ring_signature::ECDSA_P384_SHA256_ASN1,
            (Self::EcdsaSha384, KeyKind::P384) => &ring_signature::ECDSA_P384_SHA384_ASN1,
            (Self::Ed25519, KeyKind::Ed25519) => &ring_signature::ED25519,
            _ => return Err(Defect::BadSignature),
        };
        ring_signature::UnparsedPublicKey::new(scheme, key.octets)
            .verify(message, signature)
            .map_err(|_| Defect::BadSignature)
    }
}

impl NamedAlgorithm {
    /// Reads an AlgorithmIdentifier. Parameters are checked for supported algorithms; RSA without the NULL is taken,
    /// as RFC 4055 §2.1 asks of a reader.
    pub fn parse(identifier: Tlv<'_>) -> Result<Self, Defect> {
        let mut reader = identifier.tagged(tag::SEQUENCE)?.reader();
        let oid = reader.expect(tag::OID)?;
        let parameters = reader.rest();
        let known = SignatureAlgorithm::ALL.into_iter().find(|algorithm| {
            Reader::new(algorithm.identifier_der())
                .sequence()
                .and_then(|mut inside| inside.read())
                .is_ok_and(|known| known.whole == oid.whole)
        });
        let Some(algorithm) = known else {
            let dotted = oid.oid()?;
            let name = OTHERS.iter().find(|(oid, _)| *oid == dotted);
            return Ok(Self::Other(
                name.map_or(dotted.clone(), |(_, name)| (*name).to_owned()),
            ));
        };
        use SignatureAlgorithm::{RsaSha256, RsaSha384, RsaSha512};
        let rsa = matches!(algorithm, RsaSha256 | RsaSha384 | RsaSha512);
        if parameters.is_empty() || (rsa && parameters == [0x05, 0x00]) {
            return Ok(Self::Supported(algorithm));
        }
        Err(Defect::WrongAlgorithmParameters {
            algorithm: algorithm.name().to_owned(),
        })
    }

    pub fn name(&self) -> &str {
        match self {
            Self::Supported(algorithm) => algorithm.name(),
            Self::Other(name) => name,
        }
    }

    /// The algorithm, or the refusal that names it.
    pub fn supported(&self) -> Result<SignatureAlgorithm, Defect> {
        match self {
            Self::Supported(algorithm) => Ok(*algorithm),
            Self::Other(name) => Err(Defect::UnsupportedAlgorithm {
                algorithm: name.clone(),
            }),
        }
    }
}

/// The kinds of public key that sign certificates and CRLs here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum KeyKind {
    Rsa,
    P256,
    P384,
    Ed25519,
}

/// A SubjectPublicKeyInfo taken apart. `octets` is the content of its BIT STRING.
pub struct PublicKey<'a> {
    pub kind: KeyKind,
    pub octets: &'a [u8],
}

impl<'a> PublicKey<'a> {
    /// Reads an SPKI; a key of another kind is `UnsupportedAlgorithm` with its OID.
    pub fn from_spki(spki: &'a [u8]) -> Result<Self, Defect> {
        let mut reader = Reader::new(spki).sequence()?;
        let mut algorithm = reader.sequence()?;
        let oid = algorithm.expect(tag::OID)?.oid()?;
        let curve = match algorithm.optional(tag::OID)? {
            Some(curve) => Some(curve.oid()?),
            None => None,
        };
        let kind = match (oid.as_str(), curve.as_deref()) {
            (RSA, None) => KeyKind::Rsa,
            (EC_PUBLIC_KEY, Some(P256)) => KeyKind::P256,
            (EC_PUBLIC_KEY, Some(P384)) => KeyKind::P384,
            (ED25519, None) => KeyKind::Ed25519,
            _ => {
                return Err(Defect::UnsupportedAlgorithm {
                    algorithm: curve.unwrap_or(oid),
                });
            }
        };
        let octets = reader.expect(tag::BIT_STRING)?.bit_octets()?;
        reader.end()?;
        Ok(Self { kind, octets })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_identifier_reads_back_as_its_algorithm() {
        for algorithm in SignatureAlgorithm::ALL {
            let tlv = Reader::new(algorithm.identifier_der()).read().unwrap();
            assert_eq!(
                NamedAlgorithm::parse(tlv),
                Ok(NamedAlgorithm::Supported(algorithm))
            );
        }
    }

    #[test]
    fn ecdsa_with_a_null_parameter_is_refused() {
        let wrong = [
            0x30, 0x0c, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02, 0x05, 0x00,
        ];
        let tlv = Reader::new(&wrong).read().unwrap();
        assert_eq!(
            NamedAlgorithm::parse(tlv).unwrap_err().id(),
            "wrong-algorithm-parameters"
        );
    }
}
