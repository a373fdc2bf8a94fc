//! The desk's issuers: taking one in with its key, opening locked keys, verifying certificates against them.

use std::sync::{Arc, PoisonError};

use secrecy::SecretString;

use crate::audit::{Action, Hash, ObjectRef};
use crate::domain::distinguished_name::printable;
use crate::domain::permission::Permission;
use crate::domain::{CertificateKey, IssuerId, Timestamp};
use crate::pki::certificate::CertificateFacts;
use crate::pki::crl_issuer::CrlIssuer;
use crate::pki::issuer::Issuer;
use crate::pki::key::{KeyError, PrivateKey};
use crate::pki::signer::CrlSigner;
use crate::pki::{demo_ca, publish, second_opinion};
use crate::store::{CrlKind, IssuerRecord, IssuerSettings, KeyReference, Reader, Window};

use super::keys::{IssuerKey, KEY_PURPOSE};
use super::transaction::Signer;
use super::view::{Change, IssuerView, KeyState};
use super::{Desk, DeskError, Identity};

/// An issuer as a running desk holds it.
pub(super) struct IssuerState {
    pub record: IssuerRecord,
    pub issuer: Issuer,
    pub writer: CrlIssuer,
    pub key: Arc<IssuerKey>,
}

impl IssuerState {
    pub fn name(&self) -> String {
        self.issuer.certificate().subject.to_string()
    }

    pub(super) fn key_state(&self, now: Timestamp) -> KeyState {
        self.key.state(now)
    }

    /// What signs its CRLs: a process of its own, started where it must be.
    pub fn signer(&self) -> Result<Arc<dyn CrlSigner>, DeskError> {
        self.key.signer()
    }
}

/// An issuer to take in.
pub struct NewIssuer<'a> {
    /// The CA's certificate, PEM or DER.
    pub certificate: &'a [u8],
    /// Its private key: PKCS#8, SEC 1 or PKCS#1; PKCS#8 may be encrypted.
    pub key: Option<&'a [u8]>,
    /// Opens an encrypted key now; it stays encrypted on disk.
    pub passphrase: Option<SecretString>,
    pub label: Option<String>,
}

impl Desk {
    /// Brings memory up to what the database says of the issuers.
    pub(super) fn load_issuers(&self) -> Result<(), DeskError> {
        self.load_issuers_but(None)
    }

    /// The same. Keys that are open stay open, but for the one of `renewed`, which was given anew.
    fn load_issuers_but(&self, renewed: Option<IssuerId>) -> Result<(), DeskError> {
        let reader = self.inner.store.read()?;
        let before = self.issuer_states();
        let mut issuers = Vec::new();
        for record in reader.issuers()? {
            let issuer = Issuer::from_certificate(record.certificate_der.clone())?;
            let writer = CrlIssuer::from(&issuer);
            let known = before.iter().find(|state| state.key.is_of(&record));
            let key = match known {
                Some(state) if renewed != Some(record.id) => Arc::clone(&state.key),
                _ => IssuerKey::new(self, &record, &issuer),
            };
            issuers.push(Arc::new(IssuerState {
                record,
                issuer,
                writer,
                key,
            }));
        }
        *self
            .inner
            .issuers
            .write()
            .unwrap_or_else(PoisonError::into_inner) = issuers;
        Ok(())
    }

    pub(super) fn issuer_states(&self) -> Vec<Arc<IssuerState>> {
        self.inner
            .issuers
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(super) fn issuer_state(&self, id: IssuerId) -> Option<Arc<IssuerState>> {
        self.issuer_states().into_iter().find(|s| s.record.id == id)
    }

    /// Takes in a CA: checks that the certificate is a current CA's that may sign CRLs and that the key is its key.
    pub fn add_issuer(&self, who: &Identity, new: &NewIssuer<'_>) -> Result<IssuerView, DeskError> {
        self.permit(who, Permission::ManageIssuers)?;
        self.add_issuer_as(
            Signer::person(who.person(), &[crate::domain::Role::Admin]),
            new,
        )
    }

    pub(super) fn add_issuer_as(
        &self,
        signer: Signer,
        new: &NewIssuer<'_>,
    ) -> Result<IssuerView, DeskError> {
        let now = self.now();
        let der = certificate_der(new.certificate)?;
        let issuer = Issuer::from_certificate(der.clone())?;
        issuer.check_authority(now)?;
        let subject = issuer.certificate().subject.to_string();
        if self.inner.folder.is_demo() && !subject.contains(demo_ca::MARK) {
            return Err(DeskError::NotADemoCa {
                subject,
                mark: demo_ca::MARK,
            });
        }
        let id = issuer.id();
        // Given again, as when its key comes later, it keeps what is not given: its key, its name, where it publishes.
        let before = self.inner.store.read()?.issuer(id)?;
        let key = match (new.key, &before) {
            (Some(file), _) => self.keep_key(&issuer, file, new.passphrase.as_ref())?,
            (None, Some(before)) => before.key.clone(),
            (None, None) => KeyReference::None,
        };
        let label = new
            .label
            .clone()
            .or_else(|| before.as_ref().map(|before| before.label.clone()))
            .or_else(|| issuer.certificate().common_name().map(str::to_owned))
            .unwrap_or_else(|| id.to_string());
        let settings = before.as_ref().map_or_else(
            || IssuerSettings {
                file_name: publish::file_name(&label, id),
                ..IssuerSettings::default()
            },
            |before| before.settings.clone(),
        );
        let record = IssuerRecord {
            id,
            certificate_der: der.clone(),
            label: printable(&label),
            key,
            settings,
            added_at: before.map_or(now, |before| before.added_at),
        };
        self.transact(signer, |tx| {
            tx.writer.put_issuer(&record)?;
            tx.log(
                Action::PENERBIT_DITAMBAHKAN,
                ObjectRef::Issuer(id),
                |entry| {
                    entry.digest = Some(Hash(issuer.certificate().sha256()));
                },
            )?;
            super::publisher::ask_issuer(tx, id)?;
            tx.wake_publisher();
            tx.changed(Change::Crl(id));
            Ok(())
        })?;
        self.inner
            .folder
            .write_private(
                &self.inner.folder.issuer_certificate(id),
                demo_ca::certificate_pem(&der).as_bytes(),
            )
            .map_err(|e| DeskError::io("CA certificate", e))?;
        if new.key.is_some()
            && let Some(state) = self.issuer_state(id)
        {
            state.key.rest();
        }
        self.load_issuers_but(new.key.map(|_| id))?;
        if let (Some(passphrase), Some(state)) = (&new.passphrase, self.issuer_state(id)) {
            state.key.open(passphrase)?;
        }
        self.issuers()?
            .into_iter()
            .find(|v| v.id == id)
            .ok_or_else(|| DeskError::Folder("the issuer was not kept".to_owned()))
    }

    /// Keeps a key file: an encrypted one as it came, a clear one sealed under the desk's key.
    fn keep_key(
        &self,
        issuer: &Issuer,
        file: &[u8],
        passphrase: Option<&SecretString>,
    ) -> Result<KeyReference, DeskError> {
        // Whether it is encrypted shows when it is read without a passphrase.
        let encrypted = match PrivateKey::read(file, None) {
            Ok(key) if key.matches(issuer) => false,
            Ok(_) => return Err(KeyError::OtherKey.into()),
            Err(KeyError::NeedsPassphrase) => true,
            Err(error) => return Err(error.into()),
        };
        if let (true, Some(passphrase)) = (encrypted, passphrase) {
            self.try_key(issuer, file, passphrase)?;
        }
        let kept = if encrypted {
            file.to_vec()
        } else {
            let nonce = super::environment::octets(&*self.inner.random)?;
            self.inner.vault.seal(KEY_PURPOSE, nonce, file)?
        };
        let path = self.inner.folder.issuer_key(issuer.id());
        self.inner
            .folder
            .write_private(&path, &kept)
            .map_err(|e| DeskError::io("CA key", e))?;
        Ok(KeyReference::File {
            name: format!("{}.key", issuer.id()),
            encrypted,
        })
    }

    /// Opens a locked key for as long as this process runs.
    pub fn unlock(
        &self,
        who: &Identity,
        id: IssuerId,
        passphrase: &SecretString,
    ) -> Result<(), DeskError> {
        self.permit(who, Permission::UnlockKeys)?;
        let state = self
            .issuer_state(id)
            .ok_or(DeskError::Refused(crate::domain::Refusal::NotFound))?;
        state.key.open(passphrase)?;
        let signer = Signer::person(who.person(), &[crate::domain::Role::Admin]);
        self.transact(signer, |tx| {
            tx.log(Action::KUNCI_DIBUKA, ObjectRef::Issuer(id), |_| {})?;
            super::publisher::ask_issuer(tx, id)?;
            tx.wake_publisher();
            tx.changed(Change::Crl(id));
            Ok(())
        })
    }

    /// Tries a passphrase on every key that is locked, as when the service starts. What it does not fit stays locked.
    pub fn unlock_all(&self, passphrase: &SecretString) {
        let now = self.now();
        for state in self.issuer_states() {
            if state.key.state(now) == KeyState::Locked
                && let Err(error) = state.key.open(passphrase)
            {
                tracing::warn!(%error, issuer = %state.record.label, "the key stays locked");
            }
        }
    }

    /// The issuers as screens show them.
    pub fn issuers(&self) -> Result<Vec<IssuerView>, DeskError> {
        let now = self.now();
        let reader = self.inner.store.read()?;
        self.issuer_states()
            .iter()
            .map(|state| {
                let id = state.record.id;
                let last = reader.last_crl(id, &CrlKind::Complete)?;
                Ok(IssuerView {
                    id,
                    name: state.name(),
                    label: state.record.label.clone(),
                    not_after: state.issuer.not_after(),
                    key: state.key.state(now),
                    last_number: last.as_ref().map(|crl| crl.number),
                    this_update: last.as_ref().map(|crl| crl.this_update),
                    next_update: last.as_ref().map(|crl| crl.next_update),
                    entries: reader.revoked_totals(id)?.entries,
                    published_path: last
                        .is_some()
                        .then(|| self.published_path(state).display().to_string()),
                    waiting: waiting(&reader, id)?,
                })
            })
            .collect()
    }

    /// Whether the certificate's signature verifies against its issuer; `None` when the issuer is unknown.
    pub(super) fn signature_verified(
        &self,
        reader: &Reader,
        key: &CertificateKey,
    ) -> Result<Option<bool>, DeskError> {
        let Some(state) = self.issuer_state(key.issuer) else {
            return Ok(None);
        };
        let der = super::transaction::found(reader.certificate_der(key))?;
        let Ok(facts) = CertificateFacts::from_der(der) else {
            return Ok(Some(false));
        };
        // Two readers, one verdict: a certificate that they see differently is not acted upon.
        Ok(Some(
            state.issuer.verify_certificate(&facts).is_ok()
                && second_opinion::confirm(&facts, &state.issuer).is_ok(),
        ))
    }
}

/// Entries decided but on no published CRL yet.
fn waiting(reader: &Reader, id: IssuerId) -> Result<u64, DeskError> {
    const COUNTED: usize = 10_000;
    let page = reader.revoked_pending(id, &Window::first(COUNTED))?;
    Ok(page.rows.len() as u64)
}

/// One certificate from PEM or DER.
pub(super) fn certificate_der(input: &[u8]) -> Result<Vec<u8>, DeskError> {
    let mut items = crate::pki::bundle::Bundle::new(input);
    let first = items
        .next()
        .transpose()
        .map_err(|e| DeskError::io("CA certificate", e))?
        .ok_or(crate::pki::defect::Defect::EmptyInput)?;
    Ok(first.certificate?)
}

pub(super) fn crl_issuer(der: &[u8]) -> Result<CrlIssuer, DeskError> {
    CrlIssuer::from_certificate(der)
        .map_err(|e| DeskError::bad_value("CA certificate", e.to_string()))
}
