//! A private key on a token (PKCS#11 v2.40 and later, through cryptoki). Hashes on the host, lets the token sign the
//! digest, and verifies every signature with the certificate before it is believed. A token that went away is looked for
//! again at the next use; a PIN that was refused is never sent again.

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::{Mechanism, MechanismType};
use cryptoki::object::{Attribute, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::{Slot, TokenInfo};
use secrecy::SecretString;

use super::fault::TokenFault;
use super::module;
use super::uri::TokenUri;
use crate::pki::algorithm::{KeyKind, PublicKey, SignatureAlgorithm};
use crate::pki::issuer::Issuer;
use crate::pki::signer::SignerError;
use crate::pki::signer::guard::RawKey;
use crate::pki::stream_signature::{AlgorithmIdentifier, Hash, VerifyingKey};

/// What is signed to see whether a key is the certificate's: nobody takes it for a list or a certificate.
const PROBE: &[u8] = b"ams: is this the key of the certificate?";
/// DigestInfo of SHA-256 up to its digest (RFC 8017 §9.2 note 1).
const SHA256_INFO: [u8; 19] = [
    0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05,
    0x00, 0x04, 0x20,
];
/// What a token hashes by itself is given to it in pieces.
const PIECE: usize = 64 * 1024;

/// How a token signs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum How {
    /// CKM_RSA_PKCS over a DigestInfo.
    RsaDigest,
    /// CKM_SHA256_RSA_PKCS over everything, where the other is not allowed.
    RsaWhole,
    /// CKM_ECDSA over the digest: r and s, raw.
    Ecdsa,
}

/// An open session with the key in it.
struct Open {
    // Before the module: a session closes itself when it is dropped.
    session: Session,
    key: ObjectHandle,
    how: How,
}

/// A key on a token, connected or not.
pub struct TokenKey {
    uri: TokenUri,
    kind: KeyKind,
    algorithm: SignatureAlgorithm,
    identifier: AlgorithmIdentifier,
    verifying: VerifyingKey,
    pin: Option<SecretString>,
    open: Option<Open>,
    context: Pkcs11,
}

impl TokenKey {
    /// Loads the module. The token itself is looked for with [`TokenKey::connect`] or at the first use.
    pub fn load(
        uri: TokenUri,
        module: &str,
        pin: Option<SecretString>,
        issuer: &Issuer,
    ) -> Result<Self, TokenFault> {
        let spki = issuer.certificate().spki_der();
        let kind = PublicKey::from_spki(spki)
            .map_err(|_| TokenFault::OtherKey)?
            .kind;
        let algorithm = match kind {
            KeyKind::Rsa => SignatureAlgorithm::RsaSha256,
            KeyKind::P256 => SignatureAlgorithm::EcdsaSha256,
            KeyKind::P384 => SignatureAlgorithm::EcdsaSha384,
            KeyKind::Ed25519 => {
                return Err(TokenFault::NoMechanism {
                    mechanism: "CKM_EDDSA".to_owned(),
                });
            }
        };
        let path = module::trusted(module)?;
        let context = Pkcs11::new(path).map_err(|error| TokenFault::Module {
            module: module.to_owned(),
            why: error.to_string(),
        })?;
        Ok(Self {
            uri,
            kind,
            algorithm,
            identifier: AlgorithmIdentifier::read(algorithm.identifier_der())
                .map_err(|_| TokenFault::OtherKey)?,
            verifying: VerifyingKey::from_spki(spki).map_err(|_| TokenFault::OtherKey)?,
            pin,
            open: None,
            context,
        })
    }

    /// Finds the token, logs in and finds the key. `by_hand`: a person gave the PIN just now, so the last try may be
    /// made.
    pub fn connect(&mut self, by_hand: bool) -> Result<(), TokenFault> {
        self.open = None;
        // Modules look for tokens when they are initialized; a token that came back is not seen otherwise.
        // One that was never initialized, or was finalized, says so and is as it should be.
        let _ = self.context.clone().finalize();
        let arguments = CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK);
        match self.context.initialize(arguments) {
            Ok(()) | Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => {}
            Err(error) => return Err(failed(&error)),
        }
        let (slot, info) = self.find_token()?;
        let how = self.mechanism(slot)?;
        let session = self.context.open_ro_session(slot).map_err(|e| failed(&e))?;
        self.log_in(&session, &info, by_hand)?;
        let key = self.find_key(&session)?;
        let open = Open { session, key, how };
        let signature = raw_sign(&open, self.kind, PROBE).map_err(|e| failed(&e))?;
        if !self.verifies(PROBE, &self.encoded(signature)?) {
            return Err(TokenFault::OtherKey);
        }
        self.open = Some(open);
        Ok(())
    }

    fn find_token(&self) -> Result<(Slot, TokenInfo), TokenFault> {
        let mut found = Vec::new();
        for slot in self
            .context
            .get_slots_with_token()
            .map_err(|e| failed(&e))?
        {
            // A slot whose token goes away between the two questions is one without.
            let Ok(info) = self.context.get_token_info(slot) else {
                continue;
            };
            if info.token_initialized() && self.is_meant(slot, &info) {
                found.push((slot, info));
            }
        }
        match found.len() {
            0 => Err(TokenFault::TokenAbsent {
                token: self.uri.token_words(),
            }),
            1 => Ok(found.remove(0)),
            count => Err(TokenFault::SeveralTokens {
                count: count as u64,
            }),
        }
    }

    fn is_meant(&self, slot: Slot, info: &TokenInfo) -> bool {
        let fits = |wanted: &Option<String>, found: &str| {
            wanted
                .as_ref()
                .is_none_or(|wanted| wanted.trim_end() == found.trim_end())
        };
        let uri = &self.uri;
        let of_slot = || {
            let info = self.context.get_slot_info(slot).ok();
            info.is_some_and(|info| {
                fits(&uri.slot_description, info.slot_description())
                    && fits(&uri.slot_manufacturer, info.manufacturer_id())
            })
        };
        fits(&uri.token, info.label())
            && fits(&uri.serial, info.serial_number())
            && fits(&uri.model, info.model())
            && fits(&uri.manufacturer, info.manufacturer_id())
            && uri.slot_id.is_none_or(|id| id == slot.id())
            && (uri.slot_description.is_none() && uri.slot_manufacturer.is_none() || of_slot())
    }

    fn mechanism(&self, slot: Slot) -> Result<How, TokenFault> {
        let offered = self
            .context
            .get_mechanism_list(slot)
            .map_err(|e| failed(&e))?;
        let (wanted, name): (&[(MechanismType, How)], &str) = match self.kind {
            KeyKind::Rsa => (
                &[
                    (MechanismType::RSA_PKCS, How::RsaDigest),
                    (MechanismType::SHA256_RSA_PKCS, How::RsaWhole),
                ],
                "CKM_RSA_PKCS",
            ),
            _ => (&[(MechanismType::ECDSA, How::Ecdsa)], "CKM_ECDSA"),
        };
        let usable = wanted.iter().find(|(mechanism, _)| {
            offered.contains(mechanism)
                && self
                    .context
                    .get_mechanism_info(slot, *mechanism)
                    .is_ok_and(|info| info.sign())
        });
        usable.map(|(_, how)| *how).ok_or(TokenFault::NoMechanism {
            mechanism: name.to_owned(),
        })
    }

    fn log_in(
        &mut self,
        session: &Session,
        info: &TokenInfo,
        by_hand: bool,
    ) -> Result<(), TokenFault> {
        if !info.login_required() {
            return Ok(());
        }
        if info.user_pin_locked() {
            return Err(TokenFault::PinLocked);
        }
        if info.user_pin_final_try() && !by_hand {
            return Err(TokenFault::LastTry);
        }
        let pin = self.pin.as_ref().ok_or(TokenFault::PinNeeded)?;
        let fault = match session.login(UserType::User, Some(pin)) {
            Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => return Ok(()),
            Err(Error::Pkcs11(
                RvError::PinIncorrect | RvError::PinInvalid | RvError::PinLenRange,
                _,
            )) => TokenFault::WrongPin,
            Err(Error::Pkcs11(RvError::PinLocked, _)) => TokenFault::PinLocked,
            Err(error) => return Err(failed(&error)),
        };
        // Each wrong try counts against the token: this PIN has had its one.
        self.pin = None;
        Err(fault)
    }

    fn find_key(&self, session: &Session) -> Result<ObjectHandle, TokenFault> {
        let mut wanted = vec![Attribute::Class(ObjectClass::PRIVATE_KEY)];
        if let Some(object) = &self.uri.object {
            wanted.push(Attribute::Label(object.clone().into_bytes()));
        }
        if let Some(id) = &self.uri.id {
            wanted.push(Attribute::Id(id.clone()));
        }
        let found = session.find_objects(&wanted).map_err(|e| failed(&e))?;
        match found.as_slice() {
            [] => Err(TokenFault::KeyAbsent {
                object: self.uri.key_words(),
            }),
            [key] => Ok(*key),
            several => Err(TokenFault::SeveralKeys {
                count: several.len() as u64,
            }),
        }
    }

    /// The signature as a CRL carries it.
    fn encoded(&self, raw: Vec<u8>) -> Result<Vec<u8>, TokenFault> {
        let malformed = || TokenFault::Failed {
            function: "C_Sign".to_owned(),
            code: format!("{} octets, which are no signature", raw.len()),
        };
        match self.kind {
            KeyKind::P256 => p256::ecdsa::Signature::from_slice(&raw)
                .map(|signature| signature.to_der().as_bytes().to_vec())
                .map_err(|_| malformed()),
            KeyKind::P384 => p384::ecdsa::Signature::from_slice(&raw)
                .map(|signature| signature.to_der().as_bytes().to_vec())
                .map_err(|_| malformed()),
            KeyKind::Rsa | KeyKind::Ed25519 => Ok(raw),
        }
    }

    fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        let digest = digest(self.kind, message);
        self.verifying
            .verify_digest(&self.identifier, digest.as_ref(), signature)
            .is_ok()
    }

    fn attempt(&self, message: &[u8]) -> Result<Vec<u8>, TokenFault> {
        let absent = || TokenFault::TokenAbsent {
            token: self.uri.token_words(),
        };
        let open = self.open.as_ref().ok_or_else(absent)?;
        let raw = raw_sign(open, self.kind, message).map_err(|e| failed(&e))?;
        let signature = self.encoded(raw)?;
        if self.verifies(message, &signature) {
            return Ok(signature);
        }
        Err(TokenFault::Failed {
            function: "C_Sign".to_owned(),
            code: "its signature does not verify".to_owned(),
        })
    }
}

impl RawKey for TokenKey {
    fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    /// Signs; a session that was lost is opened again once, with the PIN that was right before.
    fn sign(&mut self, message: &[u8]) -> Result<Vec<u8>, SignerError> {
        if self.open.is_some()
            && let Ok(signature) = self.attempt(message)
        {
            return Ok(signature);
        }
        self.connect(false)?;
        let signed = self.attempt(message);
        if signed.is_err() {
            self.open = None;
        }
        Ok(signed?)
    }

    fn probe(&mut self) -> Result<(), SignerError> {
        if self.open.is_some() && self.attempt(PROBE).is_ok() {
            return Ok(());
        }
        Ok(self.connect(false)?)
    }
}

fn digest(kind: KeyKind, message: &[u8]) -> ring::digest::Digest {
    let hash = match kind {
        KeyKind::P384 => Hash::Sha384,
        _ => Hash::Sha256,
    };
    let mut context = hash.context();
    context.update(message);
    context.finish()
}

/// What the token makes of a message.
fn raw_sign(open: &Open, kind: KeyKind, message: &[u8]) -> Result<Vec<u8>, Error> {
    let Open { session, key, how } = open;
    let digest = || digest(kind, message);
    match how {
        How::RsaDigest => {
            let info = [SHA256_INFO.as_slice(), digest().as_ref()].concat();
            session.sign(&Mechanism::RsaPkcs, *key, &info)
        }
        How::Ecdsa => session.sign(&Mechanism::Ecdsa, *key, digest().as_ref()),
        How::RsaWhole => {
            session.sign_init(&Mechanism::Sha256RsaPkcs, *key)?;
            for piece in message.chunks(PIECE) {
                session.sign_update(piece)?;
            }
            session.sign_final()
        }
    }
}

/// What a module says of itself, short: the vendor's code is what its manual explains.
fn failed(error: &Error) -> TokenFault {
    match error {
        Error::Pkcs11(code, function) => TokenFault::Failed {
            function: format!("C_{function:?}"),
            code: format!("{code:?}"),
        },
        other => TokenFault::Failed {
            function: "PKCS#11".to_owned(),
            code: other.to_string(),
        },
    }
}
