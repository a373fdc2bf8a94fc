//! An issuer's key as a running desk has it: where it lies, whether it is open, and the process that signs with it.
//! A process is started when it is first needed and anew when it has ended; where that takes a passphrase or a PIN,
//! the key is locked again and an alarm says so. The desk sees no key that it does not have to.

use std::fs::File;
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::domain::{IssuerId, Timestamp};
use crate::pki::issuer::Issuer;
use crate::pki::key::KeyError;
use crate::pki::pkcs11::TokenFault;
use crate::pki::signer::client::SignerChild;
use crate::pki::signer::guard::Local;
use crate::pki::signer::material::KeyMaterial;
use crate::pki::signer::{CrlSigner, SignerError, StateFault, Unsynced};
use crate::store::{IssuerRecord, KeyReference};

use super::view::{Alarm, Change, KeyState};
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

/// One issuer's key.
pub(super) struct IssuerKey {
    id: IssuerId,
    not_after: Timestamp,
    certificate: Vec<u8>,
    reference: KeyReference,
    desk: Weak<Inner>,
    held: Mutex<Held>,
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
        };
        *key.held() = key.at_rest(desk);
        Arc::new(key)
    }

    /// Whether it is the key that this record names.
    pub fn is_of(&self, record: &IssuerRecord) -> bool {
        self.id == record.id && self.reference == record.key
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
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
            KeyReference::Pkcs11 { .. } => Held::Locked,
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

    /// How it stands. A process that has ended meanwhile is let go of.
    pub fn state(&self, now: Timestamp) -> KeyState {
        if now > self.not_after {
            return KeyState::Expired;
        }
        match &*self.current() {
            Held::Resting | Held::Child(_) | Held::Local(_) => KeyState::Open,
            Held::Locked => KeyState::Locked,
            Held::Absent | Held::Unusable(_) => KeyState::Missing,
        }
    }

    fn current(&self) -> MutexGuard<'_, Held> {
        let mut held = self.held();
        if let Held::Child(child) = &*held
            && !child.is_open()
            && let Ok(desk) = self.desk()
        {
            *held = self.at_rest(&desk);
        }
        held
    }

    /// What signs this issuer's CRLs, started where it must be. `CaExpired`, `KeyLocked`, or why there is none.
    pub fn signer(&self) -> Result<Arc<dyn CrlSigner>, DeskError> {
        let desk = self.desk()?;
        if desk.now() > self.not_after {
            return Err(DeskError::CaExpired {
                issuer: self.label(),
                not_after: self.not_after,
            });
        }
        let mut held = self.current();
        if matches!(*held, Held::Resting) {
            let clear = self.sealed(&desk).map_err(DeskError::Folder)?;
            let material = KeyMaterial::File {
                file: &clear,
                passphrase: None,
            };
            *held = self.start(&desk, material)?;
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

    /// Opens it with a passphrase or a PIN; nothing changes where it is open already.
    pub fn open(&self, secret: &SecretString) -> Result<(), DeskError> {
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
        let file = std::fs::read(desk.inner.folder.issuer_key(self.id))
            .map_err(|e| DeskError::io("CA key", e))?;
        let material = KeyMaterial::File {
            file: &file,
            passphrase: Some(secret.expose_secret().as_bytes()),
        };
        *held = self.start(&desk, material)?;
        Ok(())
    }

    fn start(&self, desk: &Desk, material: KeyMaterial<'_>) -> Result<Held, DeskError> {
        let numbers = open_numbers(desk, self.id).map_err(StateFault::from)?;
        let issuer = Issuer::from_certificate(self.certificate.clone())?;
        let held = match (desk.inner.signing, &material) {
            (Signing::Here, KeyMaterial::File { file, passphrase }) => {
                Held::Local(Arc::new(Local::open(file, *passphrase, &issuer, numbers)?))
            }
            (Signing::Building, KeyMaterial::File { file, passphrase }) => {
                let numbers = Unsynced(numbers);
                Held::Local(Arc::new(Local::open(file, *passphrase, &issuer, numbers)?))
            }
            _ => {
                let (desk, id) = (Weak::clone(&self.desk), self.id);
                let ended = move || signer_ended(&desk, id);
                Held::Child(Arc::new(SignerChild::start(
                    &self.program(),
                    numbers,
                    &self.certificate,
                    material,
                    ended,
                )?))
            }
        };
        let label = self.label();
        desk.stand(|alarm| is_end(alarm, &label), None);
        Ok(held)
    }

    fn program(&self) -> std::path::PathBuf {
        self.desk
            .upgrade()
            .map(|inner| inner.program.clone())
            .unwrap_or_default()
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
}

/// A signing process has ended by itself: everybody is told. It starts anew at the next use, where it can.
fn signer_ended(desk: &Weak<Inner>, id: IssuerId) {
    let Some(desk) = desk.upgrade().map(|inner| Desk { inner }) else {
        return;
    };
    let Some(state) = desk.issuer_state(id) else {
        return;
    };
    let locked = state.key.state(desk.now()) == KeyState::Locked;
    tracing::error!(issuer = %state.record.label, locked, "the signing process ended by itself");
    desk.stand(
        |alarm| is_end(alarm, &state.record.label),
        Some(Alarm::SignerEnded {
            issuer: state.record.label.clone(),
            locked,
        }),
    );
    desk.announce(&[Change::Crl(id)]);
}

fn is_end(alarm: &Alarm, label: &str) -> bool {
    matches!(alarm, Alarm::SignerEnded { issuer, .. } if issuer == label)
}

/// Opens the file of numbers for the signing process, which is given no path.
fn open_numbers(desk: &Desk, id: IssuerId) -> io::Result<File> {
    let path = desk.inner.folder.issuer_numbers(id);
    let open = |create| {
        std::fs::OpenOptions::new()
            .read(true)
            .write(true)
            .create_new(create)
            .mode(0o600)
            .custom_flags(rustix::fs::OFlags::NOFOLLOW.bits().cast_signed())
            .open(&path)
    };
    match open(false) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            if let Some(parent) = path.parent() {
                desk.inner.folder.make(parent)?;
            }
            let file = open(true)?;
            if let Some(parent) = path.parent() {
                File::open(parent)?.sync_all()?;
            }
            Ok(file)
        }
        other => other,
    }
}

impl From<SignerError> for DeskError {
    fn from(error: SignerError) -> Self {
        match error {
            SignerError::Key(error) => Self::Key(error),
            other => Self::Signer(other),
        }
    }
}

impl From<StateFault> for DeskError {
    fn from(fault: StateFault) -> Self {
        Self::Signer(fault.into())
    }
}

impl From<TokenFault> for DeskError {
    fn from(fault: TokenFault) -> Self {
        Self::Signer(fault.into())
    }
}
