//! An issuer's key as a running desk has it: where it lies, whether it is open, and the process that signs with it.
//! A process is started when it is first needed and anew when it has ended; where that takes a passphrase or a PIN,
//! the key is locked again and an alarm says so. The desk sees no key that it does not have to.

mod life;
mod start;

use std::fs::File;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError, Weak};

use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::domain::{CrlNumber, IssuerId, Timestamp};
use crate::pki::issuer::Issuer;
use crate::pki::key::KeyError;
use crate::pki::pkcs11::{TokenFault, TokenUri};
use crate::pki::signer::client::SignerChild;
use crate::pki::signer::guard::Local;
use crate::pki::signer::material::{KeyMaterial, PinBy};
use crate::pki::signer::{CrlSigner, ScopeNumbers, SignerError, numbers_of};
use crate::store::{IssuerRecord, KeyReference};

use life::Life;

use super::view::KeyState;
use super::{Desk, DeskError, Inner};

/// Where keys are held.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Signing {
    /// In a process of their own each, as a desk does.
    Process,
    /// In this process: for demo desks of programs that cannot start themselves anew, as test programs cannot.
    #[default]
    Here,
    /// The same without waiting for the disk: a desk under construction, which is laid down as a whole.
    Building,
}

/// The purpose under which an unencrypted CA key is sealed.
pub(super) const KEY_PURPOSE: &str = "ca key";

/// What a desk has of a key.
enum Held {
    /// Nothing yet, and nothing is needed from a person: opened at the first use.
    Resting,
    /// Waits for a passphrase or a PIN.
    Locked,
    Child(Arc<SignerChild>),
    Local(Arc<dyn CrlSigner>),
    /// There is none.
    Absent,
    /// It does not read; why.
    Unusable(String),
}

impl Held {
    const fn state(&self) -> KeyState {
        match self {
            Self::Resting | Self::Child(_) | Self::Local(_) => KeyState::Open,
            Self::Locked => KeyState::Locked,
            Self::Absent | Self::Unusable(_) => KeyState::Missing,
        }
    }
}

/// One issuer's key.
pub(super) struct IssuerKey {
    id: IssuerId,
    not_after: Timestamp,
    certificate: Vec<u8>,
    reference: KeyReference,
    desk: Weak<Inner>,
    /// Kept for as long as a process starts, and a token may keep that waiting for minutes.
    held: Mutex<Held>,
    /// How `held` stood last, for whoever must not wait for it. Locked for no longer than a copy takes.
    seen: Mutex<KeyState>,
    life: Life,
}

/// `held` under its lock; what it became is seen before the lock is open again.
struct Holding<'a> {
    held: MutexGuard<'a, Held>,
    seen: &'a Mutex<KeyState>,
}

impl Holding<'_> {
    fn show(&self) {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = self.held.state();
    }
}

impl Deref for Holding<'_> {
    type Target = Held;

    fn deref(&self) -> &Held {
        &self.held
    }
}

impl DerefMut for Holding<'_> {
    fn deref_mut(&mut self) -> &mut Held {
        &mut self.held
    }
}

impl Drop for Holding<'_> {
    fn drop(&mut self) {
        self.show();
    }
}

impl IssuerKey {
    /// The key as its record and its file have it; nothing is started.
    pub fn new(desk: &Desk, record: &IssuerRecord, issuer: &Issuer) -> Arc<Self> {
        let key = Self {
            id: record.id,
            not_after: issuer.not_after(),
            certificate: record.certificate_der.clone(),
            reference: record.key.clone(),
            desk: Arc::downgrade(&desk.inner),
            held: Mutex::new(Held::Absent),
            seen: Mutex::new(KeyState::Missing),
            life: Life::default(),
        };
        *key.held() = key.at_rest(desk);
        Arc::new(key)
    }

    /// Whether it is the key that this record names.
    pub fn is_of(&self, record: &IssuerRecord) -> bool {
        self.id == record.id && self.reference == record.key
    }

    fn held(&self) -> Holding<'_> {
        Holding {
            held: self.held.lock().unwrap_or_else(PoisonError::into_inner),
            seen: &self.seen,
        }
    }

    fn desk(&self) -> Result<Desk, DeskError> {
        self.desk
            .upgrade()
            .map(|inner| Desk { inner })
            .ok_or_else(|| DeskError::Folder("the desk is closing".to_owned()))
    }

    /// What there is before anything was opened, and after a process has ended.
    fn at_rest(&self, desk: &Desk) -> Held {
        match &self.reference {
            KeyReference::None => Held::Absent,
            KeyReference::File {
                encrypted: true, ..
            } => match std::fs::metadata(desk.inner.folder.issuer_key(self.id)) {
                Ok(_) => Held::Locked,
                Err(error) => Held::Unusable(error.to_string()),
            },
            KeyReference::File {
                encrypted: false, ..
            } => match self.sealed(desk) {
                Ok(_) => Held::Resting,
                Err(why) => Held::Unusable(why),
            },
            // A PIN that lies in a file is fetched when it is needed, unless it was refused before.
            KeyReference::Pkcs11 { uri } => match TokenUri::parse(uri) {
                Ok(uri) if uri.pin_source.is_some() && !desk.pin_was_refused(self.id) => {
                    Held::Resting
                }
                Ok(_) => Held::Locked,
                Err(fault) => Held::Unusable(fault.to_string()),
            },
        }
    }

    /// The clear key from under the desk's own.
    fn sealed(&self, desk: &Desk) -> Result<Zeroizing<Vec<u8>>, String> {
        let file =
            std::fs::read(desk.inner.folder.issuer_key(self.id)).map_err(|e| e.to_string())?;
        desk.inner
            .vault
            .open_secret(KEY_PURPOSE, &file)
            .map_err(|e| e.to_string())
    }

    /// Whether it could ever sign: there is a key, and its certificate has not expired.
    pub fn may_sign(&self, now: Timestamp) -> bool {
        now <= self.not_after && self.reference != KeyReference::None
    }

    /// How it stands, said at once: while a process starts, as it stood before. One that has ended is let go of.
    pub fn state(&self, now: Timestamp) -> KeyState {
        if now > self.not_after {
            return KeyState::Expired;
        }
        let held = match self.held.try_lock() {
            Ok(held) => held,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => {
                return *self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            }
        };
        let mut held = Holding {
            held,
            seen: &self.seen,
        };
        self.refresh(&mut held);
        held.state()
    }

    /// Whether a person is needed once its process has ended. Waits for nobody.
    fn ends_locked(&self, desk: &Desk) -> bool {
        desk.now() <= self.not_after && matches!(self.at_rest(desk), Held::Locked)
    }

    fn current(&self) -> Holding<'_> {
        let mut held = self.held();
        self.refresh(&mut held);
        held.show();
        held
    }

    /// Lets go of a process that has ended or needs a person.
    fn refresh(&self, held: &mut Holding<'_>) {
        if let Held::Child(child) = &**held
            && !child.is_open()
            && let Ok(desk) = self.desk()
        {
            if child.is_alive() {
                // It runs and lacks a PIN: the one it had was refused when the token came back.
                desk.note_pin(self.id, false);
            }
            **held = self.at_rest(&desk);
        }
    }

    /// What signs this issuer's CRLs, started where it must be. `CaExpired`, `KeyLocked`, or why there is none.
    pub fn signer(&self) -> Result<Arc<dyn CrlSigner>, DeskError> {
        let desk = self.desk()?;
        let signer = self.awake(&desk);
        self.tell_of_start(&desk);
        signer
    }

    fn awake(&self, desk: &Desk) -> Result<Arc<dyn CrlSigner>, DeskError> {
        if desk.now() > self.not_after {
            return Err(DeskError::CaExpired {
                issuer: self.label(),
                not_after: self.not_after,
            });
        }
        let mut held = self.current();
        if matches!(*held, Held::Resting) {
            *held = match self.wake(desk) {
                Ok(awake) => awake,
                Err(error) => {
                    // A PIN that was refused is not fetched again: the key is locked from here on.
                    *held = self.at_rest(desk);
                    return Err(error);
                }
            };
        }
        match &*held {
            Held::Child(child) => Ok(Arc::clone(child) as Arc<dyn CrlSigner>),
            Held::Local(local) => Ok(Arc::clone(local)),
            Held::Resting | Held::Locked => Err(DeskError::KeyLocked {
                issuer: self.label(),
            }),
            Held::Absent => Err(KeyError::Absent.into()),
            Held::Unusable(why) => Err(DeskError::Folder(format!("{}: {why}", self.label()))),
        }
    }

    /// Opens it with a passphrase or a PIN; nothing changes where it is open already. `last_try`: the last try that a
    /// token's PIN has may be made.
    pub fn open(&self, secret: &SecretString, last_try: bool) -> Result<(), DeskError> {
        let desk = self.desk()?;
        let mut held = self.current();
        match (&*held, &self.reference) {
            (Held::Resting | Held::Child(_) | Held::Local(_), _) => return Ok(()),
            (Held::Absent, _) => return Err(KeyError::Absent.into()),
            (Held::Unusable(why), _) => {
                return Err(DeskError::Folder(format!("{}: {why}", self.label())));
            }
            (Held::Locked, _) => {}
        }
        *held = if let KeyReference::Pkcs11 { uri } = &self.reference {
            self.start_token(&desk, uri, secret, PinBy::Hand { last_try })?
        } else {
            let file = std::fs::read(desk.inner.folder.issuer_key(self.id))
                .map_err(|e| DeskError::io("CA key", e))?;
            let material = KeyMaterial::File {
                file: &file,
                passphrase: Some(secret.expose_secret().as_bytes()),
            };
            self.start(&desk, material)?
        };
        drop(held);
        self.tell_of_start(&desk);
        Ok(())
    }

    /// Opens a token with a PIN that no person gave just now. `PinRefusedBefore` where that went wrong once.
    pub fn open_by_itself(&self, pin: &SecretString) -> Result<(), DeskError> {
        let desk = self.desk()?;
        let mut held = self.current();
        if let (Held::Locked, KeyReference::Pkcs11 { uri }) = (&*held, &self.reference) {
            if desk.pin_was_refused(self.id) {
                return Err(TokenFault::PinRefusedBefore.into());
            }
            *held = self.start_token(&desk, uri, pin, PinBy::Itself)?;
        }
        drop(held);
        self.tell_of_start(&desk);
        Ok(())
    }

    /// Whether a PIN, and not a passphrase, opens it.
    pub const fn is_on_token(&self) -> bool {
        matches!(self.reference, KeyReference::Pkcs11 { .. })
    }

    /// Whether it could sign now, where something can be asked: a token is looked for.
    pub fn probe(&self) -> Option<Result<(), SignerError>> {
        let child = match &*self.current() {
            Held::Child(child) => Arc::clone(child),
            _ => return None,
        };
        // A token may let it wait: nobody else is to wait with it.
        Some(child.probe())
    }

    /// What people call the issuer now.
    fn label(&self) -> String {
        let state = self.desk().ok().and_then(|d| d.issuer_state(self.id));
        state.map_or_else(|| self.id.to_string(), |s| s.record.label.clone())
    }

    /// Lets go of what is open: a key that was given anew, or a desk that closes.
    pub fn rest(&self) {
        if let Ok(desk) = self.desk() {
            let mut held = self.held();
            *held = self.at_rest(&desk);
        }
    }
}

impl Desk {
    /// Whether an encrypted key file opens with this passphrase and is the issuer's: asked of a process that signs
    /// nothing and has no file of numbers.
    pub(super) fn try_key(
        &self,
        issuer: &Issuer,
        file: &[u8],
        passphrase: &SecretString,
    ) -> Result<(), DeskError> {
        let passphrase = Some(passphrase.expose_secret().as_bytes());
        let none = rustix::fs::memfd_create("numbers", rustix::fs::MemfdFlags::CLOEXEC);
        let none = File::from(none.map_err(|e| DeskError::io("memory", e.into()))?);
        if self.inner.signing != Signing::Process {
            Local::open(file, passphrase, issuer, none)?;
            return Ok(());
        }
        let certificate = issuer.certificate().der();
        let material = KeyMaterial::File { file, passphrase };
        SignerChild::start(&self.inner.program, none, certificate, material, || {})?;
        Ok(())
    }

    /// The highest CRL number that an issuer's key has signed, in any scope, as its signing process wrote down: after a
    /// restore numbers go on above it. `None` where it has signed nothing.
    pub fn last_signed(&self, id: IssuerId) -> Result<Option<CrlNumber>, DeskError> {
        let path = self.inner.folder.issuer_numbers(id);
        if !path.exists() {
            return Ok(None);
        }
        let ledger = numbers_of(&path)?;
        let scopes = ledger.iter().flat_map(|ledger| ledger.scopes.values());
        Ok(scopes.filter_map(ScopeNumbers::highest).max())
    }
}
