//! Starting the process that holds a key: what it is handed, and what the desk does when it ends by itself.

use std::fs::File;
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::sync::{Arc, Weak};

use secrecy::{ExposeSecret, SecretString};

use crate::audit::{Action, ObjectRef};
use crate::domain::IssuerId;
use crate::pki::issuer::Issuer;
use crate::pki::pkcs11::{TokenFault, TokenUri};
use crate::pki::signer::client::SignerChild;
use crate::pki::signer::guard::Local;
use crate::pki::signer::material::{KeyMaterial, PinBy};
use crate::pki::signer::{SignerError, StateFault, Unsynced};
use crate::store::KeyReference;

use super::{Held, IssuerKey, Signing};
use crate::desk::tokens::pin_of_file;
use crate::desk::transaction::Signer;
use crate::desk::view::{Alarm, Change};
use crate::desk::{Desk, DeskError, Inner};

impl IssuerKey {
    /// Starts what needs nothing from a person: a sealed key, or a token whose PIN lies in a file.
    pub(super) fn wake(&self, desk: &Desk) -> Result<Held, DeskError> {
        if let KeyReference::Pkcs11 { uri } = &self.reference {
            let source = TokenUri::parse(uri)?.pin_source.unwrap_or_default();
            let pin = pin_of_file(&source).map_err(|error| TokenFault::PinFile {
                path: source,
                why: error.to_string(),
            })?;
            return self.start_token(desk, uri, &pin, PinBy::Itself);
        }
        let clear = self.sealed(desk).map_err(DeskError::Folder)?;
        let material = KeyMaterial::File {
            file: &clear,
            passphrase: None,
        };
        self.start(desk, material)
    }

    pub(super) fn start_token(
        &self,
        desk: &Desk,
        uri: &str,
        pin: &SecretString,
        by: PinBy,
    ) -> Result<Held, DeskError> {
        let module = desk.module_of(&TokenUri::parse(uri)?)?;
        let started = self.start(
            desk,
            KeyMaterial::Token {
                uri,
                module: &module,
                pin: Some(pin.expose_secret()),
                by,
            },
        );
        match &started {
            Ok(_) if by != PinBy::Itself => desk.note_pin(self.id, true),
            Err(DeskError::Signer(SignerError::Token(
                TokenFault::WrongPin | TokenFault::PinLocked,
            ))) => desk.note_pin(self.id, false),
            _ => {}
        }
        started
    }

    pub(super) fn start(&self, desk: &Desk, material: KeyMaterial<'_>) -> Result<Held, DeskError> {
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
                let (desk, id, number) = (Weak::clone(&self.desk), self.id, self.life.next());
                let ended = move || signer_ended(&desk, id, number);
                let child = SignerChild::start(
                    &self.program(),
                    numbers,
                    &self.certificate,
                    material,
                    ended,
                )?;
                self.life.started();
                Held::Child(Arc::new(child))
            }
        };
        let label = self.label();
        desk.stand(|alarm| is_end(alarm, &label), None);
        Ok(held)
    }

    /// Writes down that a process runs again after one that ended by itself. Not while `held` is locked: a transaction
    /// may have to wait.
    pub(super) fn tell_of_start(&self, desk: &Desk) {
        if self.life.take_again() {
            desk.log_signer(self.id, Action::PENANDA_DIMULAI);
        }
    }

    fn program(&self) -> std::path::PathBuf {
        self.desk
            .upgrade()
            .map(|inner| inner.program.clone())
            .unwrap_or_default()
    }
}

/// A signing process has ended by itself: everybody is told, and the log. It starts anew at the next use, where it can.
fn signer_ended(desk: &Weak<Inner>, id: IssuerId, number: u64) {
    let Some(desk) = desk.upgrade().map(|inner| Desk { inner }) else {
        return;
    };
    let Some(state) = desk.issuer_state(id) else {
        return;
    };
    let label = &state.record.label;
    let locked = state.key.ends_locked(&desk);
    tracing::error!(issuer = %label, locked, "the signing process ended by itself");
    let alarm = Alarm::SignerEnded {
        issuer: label.clone(),
        locked,
    };
    if state.key.life.is_last(number) {
        desk.stand(|alarm| is_end(alarm, label), Some(alarm));
    }
    desk.log_signer(id, Action::PENANDA_BERHENTI);
    if state.key.life.ended(number) {
        // The next one was quicker than the news.
        desk.stand(|alarm| is_end(alarm, label), None);
        desk.log_signer(id, Action::PENANDA_DIMULAI);
    }
    desk.announce(&[Change::Crl(id)]);
}

impl Desk {
    /// What became of a signing process. It has ended, or runs, whether or not that can be written down.
    fn log_signer(&self, id: IssuerId, action: Action) {
        let logged = self.transact(Signer::SYSTEM, |tx| {
            tx.log(action, ObjectRef::Issuer(id), |_| {})
        });
        if let Err(error) = logged {
            tracing::error!(%error, %id, "what became of the signing process could not be logged");
        }
    }
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
