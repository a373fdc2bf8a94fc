//! A private key on a token (PKCS#11 v2.40 and later, through cryptoki). Hashes on the host, lets the token sign the
//! digest where it can, and verifies every signature with the certificate before it is believed. A token that went away is
//! looked for again at the next use; a PIN that was refused is never sent again.

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::object::{Attribute, AttributeType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::{Slot, TokenInfo};
use secrecy::SecretString;

use super::fault::TokenFault;
use super::how::{self, How};
use super::module;
use super::uri::TokenUri;
use crate::pki::algorithm::{KeyKind, PublicKey, SignatureAlgorithm};
use crate::pki::issuer::Issuer;
use crate::pki::signer::SignerError;
use crate::pki::signer::guard::RawKey;
use crate::pki::signer::material::PinBy;
use crate::pki::stream_signature::{AlgorithmIdentifier, VerifyingKey};

/// What is signed to see whether a key is the certificate's: nobody takes it for a list or a certificate.
const PROBE: &[u8] = b"ams: is this the key of the certificate?";
/// An open session with the key in it.
struct Open {
    // Before the module: a session closes itself when it is dropped.
    session: Session,
    slot: Slot,
    key: ObjectHandle,
    how: How,
    /// The key asks for its PIN before each signature (CKA_ALWAYS_AUTHENTICATE).
    asks_each_time: bool,
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
            KeyKind::Ed25519 => SignatureAlgorithm::Ed25519,
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

    /// Finds the token, logs in and finds the key. `by` says where the PIN came from, and whether the last try may be
    /// made.
    pub fn connect(&mut self, by: PinBy) -> Result<(), TokenFault> {
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
        let session = self.context.open_ro_session(slot).map_err(|e| failed(&e))?;
        if info.login_required() {
            self.send_pin(&session, UserType::User, Tries::of(&info), by)?;
        }
        let key = self.find_key(&session)?;
        let asks_each_time = asks_each_time(&session, key);
        let how = self.mechanism(slot, asks_each_time)?;
        let open = Open {
            session,
            slot,
            key,
            how,
            asks_each_time,
        };
        if !self.signs(&open, PROBE, by)?.1 {
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

    fn mechanism(&self, slot: Slot, asks_each_time: bool) -> Result<How, TokenFault> {
        let offered = self
            .context
            .get_mechanism_list(slot)
            .map_err(|e| failed(&e))?;
        How::choose(self.kind, asks_each_time, |mechanism| {
            offered.contains(&mechanism)
                && self
                    .context
                    .get_mechanism_info(slot, mechanism)
                    .is_ok_and(|info| info.sign())
        })
    }

    /// Sends the PIN once, where the token's tries allow it.
    fn send_pin(
        &mut self,
        session: &Session,
        user: UserType,
        tries: Tries,
        by: PinBy,
    ) -> Result<(), TokenFault> {
        tries.allow(by)?;
        let pin = self.pin.as_ref().ok_or(TokenFault::PinNeeded)?;
        let fault = match session.login(user, Some(pin)) {
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

    fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        if self.kind == KeyKind::Ed25519 {
            let verified = self.verifying.verify_ed25519(message, signature);
            return verified.is_ok_and(|verdict| verdict.is_ok());
        }
        let digest = how::digest(self.kind, message);
        self.verifying
            .verify_digest(&self.identifier, digest.as_ref(), signature)
            .is_ok()
    }

    /// Lets the token sign; says whether the certificate verifies it.
    fn signs(
        &mut self,
        open: &Open,
        message: &[u8],
        by: PinBy,
    ) -> Result<(Vec<u8>, bool), TokenFault> {
        let kind = self.kind;
        let unlock = || {
            if !open.asks_each_time {
                return Ok(());
            }
            let info = self.context.get_token_info(open.slot);
            let tries = Tries::of(&info.map_err(|e| failed(&e))?);
            self.send_pin(&open.session, UserType::ContextSpecific, tries, by)
        };
        let raw = open
            .how
            .sign(&open.session, open.key, kind, message, unlock)?;
        let octets = raw.len();
        let signature = how::encoded(kind, raw).ok_or_else(|| TokenFault::Failed {
            function: "C_Sign".to_owned(),
            code: format!("{octets} octets, which are no signature"),
        })?;
        let verified = self.verifies(message, &signature);
        Ok((signature, verified))
    }

    /// Signs with the session that is open; one that failed is not used again.
    fn attempt(&mut self, message: &[u8]) -> Result<Vec<u8>, TokenFault> {
        let Some(open) = self.open.take() else {
            return Err(TokenFault::TokenAbsent {
                token: self.uri.token_words(),
            });
        };
        match self.signs(&open, message, PinBy::Itself)? {
            (signature, true) => {
                self.open = Some(open);
                Ok(signature)
            }
            (_, false) => Err(TokenFault::Failed {
                function: "C_Sign".to_owned(),
                code: "its signature does not verify".to_owned(),
            }),
        }
    }

    /// Signs; a session that was lost is opened again once, with the PIN that was right before.
    fn sign_again(&mut self, message: &[u8]) -> Result<Vec<u8>, TokenFault> {
        match self.attempt(message) {
            Err(fault) if !fault.needs_person() => {}
            done => return done,
        }
        self.connect(PinBy::Itself)?;
        self.attempt(message)
    }
}

impl RawKey for TokenKey {
    fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    fn sign(&mut self, message: &[u8]) -> Result<Vec<u8>, SignerError> {
        Ok(self.sign_again(message)?)
    }

    fn probe(&mut self) -> Result<(), SignerError> {
        self.sign_again(PROBE)?;
        Ok(())
    }
}

/// What a token says of the tries that a PIN has left.
#[derive(Clone, Copy, Debug)]
struct Tries {
    locked: bool,
    last: bool,
}

impl Tries {
    fn of(info: &TokenInfo) -> Self {
        Self {
            locked: info.user_pin_locked(),
            last: info.user_pin_final_try(),
        }
    }

    /// Refuses to send a PIN that the token would not look at, and to make the last try unless a person asked for it.
    const fn allow(self, by: PinBy) -> Result<(), TokenFault> {
        match (self, by) {
            (Self { locked: true, .. }, _) => Err(TokenFault::PinLocked),
            (Self { last: true, .. }, PinBy::Itself | PinBy::Hand { last_try: false }) => {
                Err(TokenFault::LastTry)
            }
            _ => Ok(()),
        }
    }
}

/// Whether the key asks for its PIN before each signature. A module that does not know the attribute has no such keys.
fn asks_each_time(session: &Session, key: ObjectHandle) -> bool {
    let asked = session.get_attributes(key, &[AttributeType::AlwaysAuthenticate]);
    asked.is_ok_and(|found| found.contains(&Attribute::AlwaysAuthenticate(true)))
}

impl From<Error> for TokenFault {
    fn from(error: Error) -> Self {
        failed(&error)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_try_of_a_pin_is_made_only_where_a_person_asks_for_it() {
        let hand = |last_try| PinBy::Hand { last_try };
        let tries = |locked, last| Tries { locked, last };
        for by in [PinBy::Itself, hand(false), hand(true)] {
            assert_eq!(tries(false, false).allow(by), Ok(()), "{by:?}");
            for last in [false, true] {
                let locked = tries(true, last).allow(by);
                assert_eq!(locked, Err(TokenFault::PinLocked), "{by:?}");
            }
        }
        let last = tries(false, true);
        assert_eq!(last.allow(PinBy::Itself), Err(TokenFault::LastTry));
        assert_eq!(last.allow(hand(false)), Err(TokenFault::LastTry));
        assert_eq!(last.allow(hand(true)), Ok(()));
    }
}
