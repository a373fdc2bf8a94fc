//! The private key of an authority, read from a file. Signs through ring and gives itself as rcgen's `SigningKey`, with
//! which demonstrations make certificates. Never prints, and keeps no copy of the file's clear octets.

use std::fmt;

use rcgen::PublicKeyData;
use ring::rand::SystemRandom;
use ring::signature::{
    self, ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair,
    EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair, RsaKeyPair,
};
use serde::{Deserialize, Serialize};

use super::algorithm::{KeyKind, PublicKey, SignatureAlgorithm};
use super::issuer::Issuer;
use super::key_file;
use super::likeness::Likeness;

/// Why a key cannot be used. `Display` names the way out where there is one.
#[derive(
    Clone, PartialEq, Eq, PartialOrd, Ord, Debug, thiserror::Error, Serialize, Deserialize,
)]
pub enum KeyError {
    #[error("there is no private key in it: this is {what}")]
    NotAKey { what: Likeness },
    #[error("it holds {count} private keys; give a file with one")]
    SeveralKeys { count: usize },
    #[error("the key file is damaged")]
    Damaged,
    #[error("the key is encrypted and needs its passphrase")]
    NeedsPassphrase,
    #[error("the passphrase is wrong")]
    WrongPassphrase,
    #[error("{form} is not read here; convert it with: {}", .form.command())]
    Convert { form: Convertible },
    #[error("{0} is not supported; P-256, P-384, Ed25519 and RSA of 2048 to 4096 bits are")]
    Unsupported(UnsupportedKey),
    #[error("the parts of the key do not belong together")]
    Inconsistent,
    #[error("the key is not the one in the certificate")]
    OtherKey,
    #[error("the desk has no key of this authority")]
    Absent,
    #[error("signing failed")]
    SigningFailed,
}

macro_rules! ids {
    ($($pattern:pat => $name:literal,)+) => {
        impl KeyError {
            /// The name of every kind, in the order of the variants.
            pub const IDS: &[&str] = &[$($name),+];

            /// The stable name of the kind of failure, kebab-case.
            pub const fn id(&self) -> &'static str {
                match self {
                    $($pattern => $name,)+
                }
            }
        }
    };
}

ids! {
    Self::NotAKey { .. } => "not-a-key",
    Self::SeveralKeys { .. } => "several-keys",
    Self::Damaged => "key-damaged",
    Self::NeedsPassphrase => "needs-passphrase",
    Self::WrongPassphrase => "wrong-passphrase",
    Self::Convert { .. } => "convert-key",
    Self::Unsupported(_) => "unsupported-key",
    Self::Inconsistent => "inconsistent-key",
    Self::OtherKey => "other-key",
    Self::Absent => "key-absent",
    Self::SigningFailed => "signing-failed",
}

/// A key in a form that is not read here, and that openssl or ssh-keygen turns into one that is.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, thiserror::Error, Serialize, Deserialize,
)]
pub enum Convertible {
    /// PEM with `Proc-Type: 4,ENCRYPTED`, before PKCS#8.
    #[error("a key in the old encrypted PEM form")]
    OldPem,
    #[error("an OpenSSH key")]
    OpenSsh,
    #[error("a key of this kind")]
    OtherLabel,
    /// PBES1 and what else is not PBES2 with AES or triple DES.
    #[error("a key encrypted in this way")]
    OtherEncryption,
    #[error("an EC key without the name of its curve")]
    UnnamedCurve,
    #[error("an EC key without its public half")]
    NoPublicHalf,
}

impl Convertible {
    pub const ALL: [Self; 6] = [
        Self::OldPem,
        Self::OpenSsh,
        Self::OtherLabel,
        Self::OtherEncryption,
        Self::UnnamedCurve,
        Self::NoPublicHalf,
    ];

    /// The stable name, kebab-case.
    pub const fn id(self) -> &'static str {
        match self {
            Self::OldPem => "old-pem",
            Self::OpenSsh => "openssh",
            Self::OtherLabel => "other-label",
            Self::OtherEncryption => "other-encryption",
            Self::UnnamedCurve => "unnamed-curve",
            Self::NoPublicHalf => "no-public-half",
        }
    }

    /// The command that makes of the file KEY one that is read here. It keeps the key encrypted: it asks for the old
    /// passphrase and for a new one.
    pub const fn command(self) -> &'static str {
        match self {
            Self::OldPem | Self::OtherLabel | Self::OtherEncryption => {
                "openssl pkcs8 -topk8 -v2 aes-256-cbc -v2prf hmacWithSHA256 -in KEY -out NEW"
            }
            Self::UnnamedCurve | Self::NoPublicHalf => {
                "openssl ec -in KEY -param_enc named_curve | openssl pkcs8 -topk8 -v2 aes-256-cbc -out NEW"
            }
            // It rewrites the file in place; the result is a clear or encrypted PKCS#8 key, as it was before.
            Self::OpenSsh => "ssh-keygen -p -m PKCS8 -f KEY",
        }
    }
}

/// A key that no CRL is signed with here.
#[derive(
    Clone, PartialEq, Eq, PartialOrd, Ord, Debug, thiserror::Error, Serialize, Deserialize,
)]
pub enum UnsupportedKey {
    #[error("a key of algorithm {oid}")]
    Algorithm { oid: String },
    #[error("a key on the curve {oid}")]
    Curve { oid: String },
    #[error("an RSA key below 2048 bits")]
    RsaTooShort,
    #[error("an RSA key above 4096 bits")]
    RsaTooLong,
    #[error("an RSA key with primes of unusual length")]
    RsaPrimes,
}

impl UnsupportedKey {
    /// The stable name, kebab-case.
    pub const fn id(&self) -> &'static str {
        match self {
            Self::Algorithm { .. } => "algorithm",
            Self::Curve { .. } => "curve",
            Self::RsaTooShort => "rsa-too-short",
            Self::RsaTooLong => "rsa-too-long",
            Self::RsaPrimes => "rsa-primes",
        }
    }

    /// The object identifier of what is unknown, where it is that.
    pub fn oid(&self) -> &str {
        match self {
            Self::Algorithm { oid } | Self::Curve { oid } => oid,
            _ => "",
        }
    }
}

enum Pair {
    Ec(EcdsaKeyPair),
    Ed(Ed25519KeyPair),
    Rsa(RsaKeyPair),
}

/// A private key ready to sign. Its algorithm follows from the key: RSA with SHA-256, P-256 with SHA-256, P-384 with
/// SHA-384, Ed25519.
pub struct PrivateKey {
    pair: Pair,
    kind: KeyKind,
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrivateKey(…)")
    }
}

impl PrivateKey {
    /// An EC key from its scalar and its public point, which must belong together.
    pub(super) fn ec(kind: KeyKind, scalar: &[u8], point: &[u8]) -> Result<Self, KeyError> {
        let algorithm: &'static EcdsaSigningAlgorithm = match kind {
            KeyKind::P384 => &ECDSA_P384_SHA384_ASN1_SIGNING,
            _ => &ECDSA_P256_SHA256_ASN1_SIGNING,
        };
        let random = SystemRandom::new();
        EcdsaKeyPair::from_private_key_and_public_key(algorithm, scalar, point, &random)
            .map(|pair| Self {
                pair: Pair::Ec(pair),
                kind,
            })
            .map_err(|_| KeyError::Inconsistent)
    }

    /// An Ed25519 key from its seed and, where the file had one, its public key.
    pub(super) fn ed25519(seed: &[u8], public: Option<&[u8]>) -> Result<Self, KeyError> {
        match public {
            Some(public) => Ed25519KeyPair::from_seed_and_public_key(seed, public),
            None => Ed25519KeyPair::from_seed_unchecked(seed),
        }
        .map(|pair| Self {
            pair: Pair::Ed(pair),
            kind: KeyKind::Ed25519,
        })
        .map_err(|_| KeyError::Inconsistent)
    }

    /// An RSA key from its PKCS#1 RSAPrivateKey.
    pub(super) fn rsa(pkcs1: &[u8]) -> Result<Self, KeyError> {
        RsaKeyPair::from_der(pkcs1)
            .map(|pair| Self {
                pair: Pair::Rsa(pair),
                kind: KeyKind::Rsa,
            })
            .map_err(|rejected| match rejected.to_string().as_str() {
                "TooSmall" => KeyError::Unsupported(UnsupportedKey::RsaTooShort),
                "TooLarge" => KeyError::Unsupported(UnsupportedKey::RsaTooLong),
                "PrivateModulusLenNotMultipleOf512Bits" => {
                    KeyError::Unsupported(UnsupportedKey::RsaPrimes)
                }
                "InvalidEncoding" => KeyError::Damaged,
                _ => KeyError::Inconsistent,
            })
    }

    /// Reads the one private key of a file, PEM or DER, PKCS#8, SEC 1 or PKCS#1. `passphrase` opens an encrypted
    /// PKCS#8 and is ignored for a clear one.
    pub fn read(file: &[u8], passphrase: Option<&[u8]>) -> Result<Self, KeyError> {
        key_file::read(file, passphrase)
    }

    pub const fn signature_algorithm(&self) -> SignatureAlgorithm {
        match self.kind {
            KeyKind::Rsa => SignatureAlgorithm::RsaSha256,
            KeyKind::P256 => SignatureAlgorithm::EcdsaSha256,
            KeyKind::P384 => SignatureAlgorithm::EcdsaSha384,
            KeyKind::Ed25519 => SignatureAlgorithm::Ed25519,
        }
    }

    /// The AlgorithmIdentifier of its signatures in DER: inside and outside a CRL (RFC 5280 §5.1.1.2).
    pub const fn algorithm_identifier_der(&self) -> &'static [u8] {
        self.signature_algorithm().identifier_der()
    }

    /// Whether this is the private half of the issuer's public key.
    pub fn matches(&self, issuer: &Issuer) -> bool {
        PublicKey::from_spki(issuer.certificate().spki_der())
            .is_ok_and(|public| public.kind == self.kind && public.octets == self.der_bytes())
    }

    /// Signs `message`; the result goes into a BIT STRING as it is. ECDSA signatures are DER.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        match &self.pair {
            Pair::Ec(pair) => pair
                .sign(&SystemRandom::new(), message)
                .map(|signature| signature.as_ref().to_vec())
                .map_err(|_| KeyError::SigningFailed),
            Pair::Ed(pair) => Ok(pair.sign(message).as_ref().to_vec()),
            Pair::Rsa(pair) => {
                let mut signed = vec![0; pair.public().modulus_len()];
                let padding = &signature::RSA_PKCS1_SHA256;
                pair.sign(padding, &SystemRandom::new(), message, &mut signed)
                    .map_err(|_| KeyError::SigningFailed)?;
                Ok(signed)
            }
        }
    }
}

impl PublicKeyData for PrivateKey {
    fn der_bytes(&self) -> &[u8] {
        match &self.pair {
            Pair::Ec(pair) => pair.public_key().as_ref(),
            Pair::Ed(pair) => pair.public_key().as_ref(),
            Pair::Rsa(pair) => pair.public_key().as_ref(),
        }
    }

    fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
        match self.kind {
            KeyKind::Rsa => &rcgen::PKCS_RSA_SHA256,
            KeyKind::P256 => &rcgen::PKCS_ECDSA_P256_SHA256,
            KeyKind::P384 => &rcgen::PKCS_ECDSA_P384_SHA384,
            KeyKind::Ed25519 => &rcgen::PKCS_ED25519,
        }
    }
}

impl rcgen::SigningKey for PrivateKey {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        self.sign(message)
            .map_err(|_| rcgen::Error::RingUnspecified)
    }
}
