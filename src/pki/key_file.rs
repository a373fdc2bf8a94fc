//! Private keys in files: PKCS#8 (RFC 5958), clear and encrypted by PBES2 (RFC 8018; AES or triple DES), SEC 1 (RFC 5915) and PKCS#1
//! (RFC 8017), as PEM or DER. Clear octets are wiped after use. What is not read is refused with the openssl command
//! that converts it.

use pkcs8::der::pem::LineEnding;
use pkcs8::pkcs5::{self, pbes2};
use pkcs8::{EncryptedPrivateKeyInfo, PrivateKeyInfo};
use zeroize::Zeroizing;

use super::algorithm::KeyKind;
use super::der_scan::{DerError, Tlv, single, tag};
use super::key::{Convertible, KeyError, PrivateKey, UnsupportedKey};
use super::likeness::Likeness;
use super::recognize;

/// PBKDF2-HMAC-SHA-256 rounds of keys encrypted here (OWASP's figure of 2023).
const ROUNDS: u32 = 600_000;
/// Rounds and scrypt memory beyond which a file is refused rather than computed on for minutes.
const MOST_ROUNDS: u32 = 10_000_000;
const MOST_SCRYPT_OCTETS: u64 = 256 << 20;
/// No private key file is larger.
const LARGEST_FILE: usize = 64 * 1024;

const RSA: &str = "1.2.840.113549.1.1.1";
const EC: &str = "1.2.840.10045.2.1";
const ED25519: &str = "1.3.101.112";

/// Reads the one private key of `file`.
pub fn read(file: &[u8], passphrase: Option<&[u8]>) -> Result<PrivateKey, KeyError> {
    if file.len() > LARGEST_FILE {
        return Err(KeyError::NotAKey {
            what: Likeness::LargerThanAnyKey,
        });
    }
    if !file.windows(11).any(|window| window == b"-----BEGIN ") {
        return from_der(file, passphrase);
    }
    let blocks = pem::parse_many(file).map_err(|_| KeyError::Damaged)?;
    if blocks.is_empty() {
        return Err(KeyError::Damaged);
    }
    let mut keys: Vec<pem::Pem> = Vec::new();
    let mut other = Likeness::Other;
    for block in blocks {
        if block.tag().ends_with("PRIVATE KEY") {
            keys.push(block);
        } else {
            other = match block.tag() {
                "CERTIFICATE" => Likeness::Certificate,
                label => recognize::by_label(label),
            };
        }
    }
    let block = match keys.len() {
        0 => return Err(KeyError::NotAKey { what: other }),
        1 => keys.remove(0),
        count => return Err(KeyError::SeveralKeys { count }),
    };
    let legacy = block.headers().get("Proc-Type").is_some();
    let label = block.tag().to_owned();
    let der = Zeroizing::new(block.into_contents());
    match label.as_str() {
        _ if legacy => Err(KeyError::Convert {
            form: Convertible::OldPem,
        }),
        "PRIVATE KEY" => from_pkcs8(&der),
        "ENCRYPTED PRIVATE KEY" => decrypt(&der, passphrase),
        "EC PRIVATE KEY" => from_sec1(&der, None),
        "RSA PRIVATE KEY" => PrivateKey::rsa(&der),
        "OPENSSH PRIVATE KEY" => Err(KeyError::Convert {
            form: Convertible::OpenSsh,
        }),
        _ => Err(KeyError::Convert {
            form: Convertible::OtherLabel,
        }),
    }
}

/// DER says by its shape which of the four forms it is.
fn from_der(der: &[u8], passphrase: Option<&[u8]>) -> Result<PrivateKey, KeyError> {
    let shape = || -> Result<(u8, Option<u8>, Option<u8>), DerError> {
        let mut inside = single(der, tag::SEQUENCE)?.reader();
        let first = inside.read()?.tag;
        let mut next = || inside.read().ok().map(|tlv| tlv.tag);
        Ok((first, next(), next()))
    };
    match shape() {
        Ok((tag::INTEGER, Some(tag::SEQUENCE), Some(tag::OCTET_STRING))) => from_pkcs8(der),
        Ok((tag::SEQUENCE, Some(tag::OCTET_STRING), _)) => decrypt(der, passphrase),
        Ok((tag::INTEGER, Some(tag::OCTET_STRING), _)) => from_sec1(der, None),
        Ok((tag::INTEGER, Some(tag::INTEGER), _)) => PrivateKey::rsa(der),
        Ok((tag::SEQUENCE, Some(tag::SEQUENCE), _)) => Err(KeyError::NotAKey {
            what: recognize::by_shape(der).unwrap_or(Likeness::Certificate),
        }),
        Ok(_) => Err(KeyError::NotAKey {
            what: recognize::by_shape(der).unwrap_or(Likeness::Other),
        }),
        Err(_) if der.first() == Some(&tag::SEQUENCE) => Err(KeyError::Damaged),
        Err(_) => Err(KeyError::NotAKey {
            what: Likeness::Other,
        }),
    }
}

/// A clear PrivateKeyInfo (RFC 5958 §2).
fn from_pkcs8(der: &[u8]) -> Result<PrivateKey, KeyError> {
    let fields = || -> Result<_, DerError> {
        let mut inside = single(der, tag::SEQUENCE)?.reader();
        inside.expect(tag::INTEGER)?;
        let mut algorithm = inside.sequence()?;
        let oid = algorithm.expect(tag::OID)?.oid()?;
        let parameters = algorithm.optional(tag::OID)?;
        let key = inside.expect(tag::OCTET_STRING)?.value;
        inside.optional(tag::context_constructed(0))?;
        let public = inside.optional(tag::context(1))?;
        Ok((oid, parameters, key, public))
    };
    let (oid, parameters, key, public) = fields().map_err(|_| KeyError::Damaged)?;
    match oid.as_str() {
        RSA => PrivateKey::rsa(key),
        EC => from_sec1(key, parameters),
        ED25519 => {
            let seed = single(key, tag::OCTET_STRING).map_err(|_| KeyError::Damaged)?;
            let public = public.and_then(|bits| bits.value.strip_prefix(&[0]));
            PrivateKey::ed25519(seed.value, public)
        }
        _ => Err(KeyError::Unsupported(UnsupportedKey::Algorithm { oid })),
    }
}

/// An ECPrivateKey (RFC 5915 §3); inside PKCS#8 the curve stands outside.
fn from_sec1(der: &[u8], curve: Option<Tlv<'_>>) -> Result<PrivateKey, KeyError> {
    let fields = || -> Result<_, DerError> {
        let mut inside = single(der, tag::SEQUENCE)?.reader();
        inside.expect(tag::INTEGER)?;
        let scalar = inside.expect(tag::OCTET_STRING)?.value;
        // Explicit parameters, a SEQUENCE, leave the curve without a name.
        let own_curve = match inside.optional(tag::context_constructed(0))? {
            Some(parameters) => parameters.reader().optional(tag::OID)?,
            None => None,
        };
        let point = match inside.optional(tag::context_constructed(1))? {
            Some(public) => Some(public.reader().expect(tag::BIT_STRING)?.bit_octets()?),
            None => None,
        };
        let curve = curve.or(own_curve).map(|oid| oid.oid()).transpose()?;
        Ok((scalar, curve, point))
    };
    let (scalar, curve, point) = fields().map_err(|_| KeyError::Damaged)?;
    let kind = match curve.as_deref() {
        Some("1.2.840.10045.3.1.7") => KeyKind::P256,
        Some("1.3.132.0.34") => KeyKind::P384,
        Some(other) => {
            return Err(KeyError::Unsupported(UnsupportedKey::Curve {
                oid: other.to_owned(),
            }));
        }
        None => {
            return Err(KeyError::Convert {
                form: Convertible::UnnamedCurve,
            });
        }
    };
    let point = point.ok_or(KeyError::Convert {
        form: Convertible::NoPublicHalf,
    })?;
    PrivateKey::ec(kind, scalar, point)
}

/// An EncryptedPrivateKeyInfo. A wrong passphrase shows as bad padding or, once in 256 times, as octets that are no key.
fn decrypt(der: &[u8], passphrase: Option<&[u8]>) -> Result<PrivateKey, KeyError> {
    let unreadable = KeyError::Convert {
        form: Convertible::OtherEncryption,
    };
    single(der, tag::SEQUENCE).map_err(|_| KeyError::Damaged)?;
    let info = EncryptedPrivateKeyInfo::try_from(der).map_err(|_| unreadable.clone())?;
    let affordable = match info.encryption_algorithm.pbes2().map(|scheme| &scheme.kdf) {
        Some(pbes2::Kdf::Pbkdf2(kdf)) => kdf.iteration_count <= MOST_ROUNDS,
        Some(pbes2::Kdf::Scrypt(kdf)) => {
            let octets = kdf
                .cost_parameter
                .checked_mul(128 * u64::from(kdf.block_size));
            octets.is_some_and(|octets| octets <= MOST_SCRYPT_OCTETS)
        }
        _ => false,
    };
    if !affordable {
        return Err(unreadable);
    }
    let passphrase = passphrase.ok_or(KeyError::NeedsPassphrase)?;
    let clear = info.decrypt(passphrase).map_err(|error| match error {
        pkcs8::Error::EncryptedPrivateKey(
            pkcs5::Error::UnsupportedAlgorithm { .. }
            | pkcs5::Error::AlgorithmParametersInvalid { .. }
            | pkcs5::Error::NoPbes1CryptSupport,
        ) => unreadable,
        _ => KeyError::WrongPassphrase,
    })?;
    match from_pkcs8(clear.as_bytes()) {
        Err(KeyError::Damaged) => Err(KeyError::WrongPassphrase),
        read => read,
    }
}

/// A clear PKCS#8 key encrypted by PBES2 (PBKDF2-HMAC-SHA-256, AES-256-CBC) as PEM. `random` fills salt and IV.
pub fn encrypt_pkcs8(
    pkcs8: &[u8],
    passphrase: &[u8],
    random: &mut dyn FnMut(&mut [u8]),
) -> Result<String, KeyError> {
    let (mut salt, mut iv) = ([0; 16], [0; 16]);
    random(&mut salt);
    random(&mut iv);
    let scheme = pbes2::Parameters::pbkdf2_sha256_aes256cbc(ROUNDS, &salt, &iv)
        .map_err(|_| KeyError::Damaged)?;
    let encrypted = PrivateKeyInfo::try_from(pkcs8)
        .and_then(|info| info.encrypt_with_params(scheme, passphrase))
        .map_err(|_| KeyError::Damaged)?;
    encrypted
        .to_pem("ENCRYPTED PRIVATE KEY", LineEnding::LF)
        .map(|pem| pem.to_string())
        .map_err(|_| KeyError::Damaged)
}

/// A clear PKCS#8 key as PEM, for a demo or for a folder that is protected otherwise.
pub fn clear_pkcs8_pem(pkcs8: &[u8]) -> Zeroizing<String> {
    let block = pem::Pem::new("PRIVATE KEY", pkcs8);
    let config = pem::EncodeConfig::new().set_line_ending(pem::LineEnding::LF);
    Zeroizing::new(pem::encode_config(&block, config))
}
