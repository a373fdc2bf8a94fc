//! How a token signs: the mechanism for a kind of key, what is given to it, and its answer as a CRL carries it.

use cryptoki::error::Error;
use cryptoki::mechanism::eddsa::{EddsaParams, EddsaSignatureScheme};
use cryptoki::mechanism::{Mechanism, MechanismType};
use cryptoki::object::ObjectHandle;
use cryptoki::session::Session;

use super::fault::TokenFault;
use crate::pki::algorithm::KeyKind;
use crate::pki::stream_signature::Hash;

/// DigestInfo of SHA-256 up to its digest (RFC 8017 §9.2 note 1).
const SHA256_INFO: [u8; 19] = [
    0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05,
    0x00, 0x04, 0x20,
];
/// What a token hashes by itself is given to it in pieces.
const PIECE: usize = 64 * 1024;

/// How a token signs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum How {
    /// CKM_RSA_PKCS over a DigestInfo.
    RsaDigest,
    /// CKM_SHA256_RSA_PKCS over everything, where the other is not allowed.
    RsaWhole,
    /// CKM_ECDSA over the digest: r and s, raw.
    Ecdsa,
    /// CKM_ECDSA_SHA256 and CKM_ECDSA_SHA384 over everything.
    EcdsaWhole(Hash),
    /// CKM_EDDSA over everything at once (RFC 8032: it is read twice).
    Eddsa,
}

impl How {
    /// The first mechanism for this kind of key that the token offers. A key that asks for its PIN before each
    /// signature (CKA_ALWAYS_AUTHENTICATE) is only reached between beginning a signature and ending it, so it needs one
    /// that takes a message in pieces.
    pub fn choose(
        kind: KeyKind,
        asks_each_time: bool,
        offered: impl Fn(MechanismType) -> bool,
    ) -> Result<Self, TokenFault> {
        let all: &[Self] = match kind {
            KeyKind::Rsa => &[Self::RsaDigest, Self::RsaWhole],
            KeyKind::P256 => &[Self::Ecdsa, Self::EcdsaWhole(Hash::Sha256)],
            KeyKind::P384 => &[Self::Ecdsa, Self::EcdsaWhole(Hash::Sha384)],
            KeyKind::Ed25519 => &[Self::Eddsa],
        };
        let mut usable = all
            .iter()
            .filter(|how| how.takes_pieces() || !asks_each_time);
        let missing = usable.clone().next_back().or(all.last());
        usable
            .find(|how| offered(how.mechanism()))
            .copied()
            .ok_or_else(|| TokenFault::NoMechanism {
                mechanism: missing.map_or("", |how| how.name()).to_owned(),
            })
    }

    const fn takes_pieces(self) -> bool {
        matches!(self, Self::RsaWhole | Self::EcdsaWhole(_))
    }

    const fn mechanism(self) -> MechanismType {
        match self {
            Self::RsaDigest => MechanismType::RSA_PKCS,
            Self::RsaWhole => MechanismType::SHA256_RSA_PKCS,
            Self::Ecdsa => MechanismType::ECDSA,
            Self::EcdsaWhole(Hash::Sha384) => MechanismType::ECDSA_SHA384,
            Self::EcdsaWhole(_) => MechanismType::ECDSA_SHA256,
            Self::Eddsa => MechanismType::EDDSA,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::RsaDigest => "CKM_RSA_PKCS",
            Self::RsaWhole => "CKM_SHA256_RSA_PKCS",
            Self::Ecdsa => "CKM_ECDSA",
            Self::EcdsaWhole(Hash::Sha384) => "CKM_ECDSA_SHA384",
            Self::EcdsaWhole(_) => "CKM_ECDSA_SHA256",
            Self::Eddsa => "CKM_EDDSA",
        }
    }

    /// What the token makes of a message. `unlock` is called once the signature has begun, for a key that asks for
    /// its PIN each time.
    pub fn sign<E: From<Error>>(
        self,
        session: &Session,
        key: ObjectHandle,
        kind: KeyKind,
        message: &[u8],
        unlock: impl FnOnce() -> Result<(), E>,
    ) -> Result<Vec<u8>, E> {
        let whole = |mechanism: Mechanism<'_>| {
            session.sign_init(&mechanism, key)?;
            unlock()?;
            for piece in message.chunks(PIECE) {
                session.sign_update(piece)?;
            }
            Ok(session.sign_final()?)
        };
        Ok(match self {
            Self::RsaDigest => {
                let info = [SHA256_INFO.as_slice(), digest(kind, message).as_ref()].concat();
                session.sign(&Mechanism::RsaPkcs, key, &info)?
            }
            Self::Ecdsa => session.sign(&Mechanism::Ecdsa, key, digest(kind, message).as_ref())?,
            Self::Eddsa => {
                let pure = EddsaParams::new(EddsaSignatureScheme::Ed25519);
                session.sign(&Mechanism::Eddsa(pure), key, message)?
            }
            Self::RsaWhole => return whole(Mechanism::Sha256RsaPkcs),
            Self::EcdsaWhole(Hash::Sha384) => return whole(Mechanism::EcdsaSha384),
            Self::EcdsaWhole(_) => return whole(Mechanism::EcdsaSha256),
        })
    }
}

/// The digest that a key of this kind signs.
pub fn digest(kind: KeyKind, message: &[u8]) -> ring::digest::Digest {
    let hash = match kind {
        KeyKind::P384 => Hash::Sha384,
        _ => Hash::Sha256,
    };
    let mut context = hash.context();
    context.update(message);
    context.finish()
}

/// The signature as a CRL carries it; `None` where it is none.
pub fn encoded(kind: KeyKind, raw: Vec<u8>) -> Option<Vec<u8>> {
    match kind {
        KeyKind::P256 => p256::ecdsa::Signature::from_slice(&raw)
            .map(|signature| signature.to_der().as_bytes().to_vec())
            .ok(),
        KeyKind::P384 => p384::ecdsa::Signature::from_slice(&raw)
            .map(|signature| signature.to_der().as_bytes().to_vec())
            .ok(),
        KeyKind::Rsa | KeyKind::Ed25519 => Some(raw),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(kind: KeyKind, asks: bool, offered: &[MechanismType]) -> Result<How, String> {
        How::choose(kind, asks, |mechanism| offered.contains(&mechanism)).map_err(|fault| {
            let TokenFault::NoMechanism { mechanism } = fault else {
                panic!("{fault:?}");
            };
            mechanism
        })
    }

    #[test]
    fn the_mechanism_follows_from_the_key_and_what_the_token_offers() {
        use MechanismType as M;
        let all = [M::RSA_PKCS, M::SHA256_RSA_PKCS, M::ECDSA, M::EDDSA];
        assert_eq!(chosen(KeyKind::Rsa, false, &all), Ok(How::RsaDigest));
        let some = [M::SHA256_RSA_PKCS];
        assert_eq!(chosen(KeyKind::Rsa, false, &some), Ok(How::RsaWhole));
        assert_eq!(chosen(KeyKind::P384, false, &all), Ok(How::Ecdsa));
        assert_eq!(chosen(KeyKind::Ed25519, false, &all), Ok(How::Eddsa));
        let none = chosen(KeyKind::Ed25519, false, &some);
        assert_eq!(none, Err("CKM_EDDSA".to_owned()));
    }

    #[test]
    fn a_key_that_asks_each_time_is_signed_with_in_pieces_or_not_at_all() {
        use MechanismType as M;
        let all = [M::RSA_PKCS, M::SHA256_RSA_PKCS, M::ECDSA, M::EDDSA];
        assert_eq!(chosen(KeyKind::Rsa, true, &all), Ok(How::RsaWhole));
        let ecdsa = [M::ECDSA, M::ECDSA_SHA256, M::ECDSA_SHA384];
        let whole = How::EcdsaWhole(Hash::Sha384);
        assert_eq!(chosen(KeyKind::P384, true, &ecdsa), Ok(whole));
        let none = chosen(KeyKind::P256, true, &all);
        assert_eq!(none, Err("CKM_ECDSA_SHA256".to_owned()));
        assert!(chosen(KeyKind::Ed25519, true, &all).is_err());
    }
}
