//! The desk's issuers: taking one in with its key, opening locked keys, verifying certificates against them.

use std::sync::{Arc, PoisonError};

use secrecy::SecretString;

use crate::audit::{Action, Hash, ObjectRef};
use crate::domain::distinguished_name::printable;
use crate::domain::permission::Permission;
use crate::domain::{CertificateKey, IssuerId, Timestamp};
use crate::pki::certificate::CertificateFacts;
use crate::pki::crl_issuer::CrlIssuer;
use crate::pki::defect::Defect;
use crate::pki::issuer::Issuer;
use crate::pki::key::{KeyError, PrivateKey};
use crate::pki::pkcs11::TokenUri;
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
    /// The PKCS#11 URI of its private key (RFC 7512), where that is on a token.
    pub token: Option<&'a str>,
    /// Opens an encrypted key, or is a token's PIN, for now; on disk the key stays as it is.
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

    /// Those that sign; where none does, all of them, so that each says why.
    pub(super) fn signing_issuers(&self) -> Vec<Arc<IssuerState>> {
        let now = self.now();
        let (mut signing, all) = (self.issuer_states(), self.issuer_states());
        signing.retain(|state| state.key.may_sign(now));
        if signing.is_empty() { all } else { signing }
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
        // One that has expired signs no more, and what it signed is still looked up.
        let expired = match issuer.check_authority(now) {
            Err(Defect::Expired { .. }) => true,
            other => {
                other?;
                false
            }
        };
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
        let key = match (new.key, new.token, &before) {
            (Some(file), _, _) => self.keep_key(&issuer, file, new.passphrase.as_ref())?,
            (None, Some(uri), _) => self.keep_token(&issuer, uri, new.passphrase.as_ref())?,
            (None, None, Some(before)) => before.key.clone(),
            (None, None, None) => KeyReference::None,
        };
        let key_is_new = new.key.is_some() || new.token.is_some();
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
            if !expired {
                super::publisher::ask_issuer(tx, id)?;
                tx.wake_publisher();
            }
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
        if key_is_new && let Some(state) = self.issuer_state(id) {
            state.key.rest();
        }
        self.load_issuers_but(key_is_new.then_some(id))?;
        if let (Some(passphrase), Some(state), false) =
            (&new.passphrase, self.issuer_state(id), expired)
        {
            state.key.open(passphrase, false)?;
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

    /// Keeps where a key on a token is, as its URI says; with a PIN it is tried first, and must be the certificate's.
    fn keep_token(
        &self,
        issuer: &Issuer,
        uri: &str,
        pin: Option<&SecretString>,
    ) -> Result<KeyReference, DeskError> {
        let parsed = TokenUri::parse(uri)?;
        self.module_of(&parsed)?;
        if let Some(pin) = pin {
            self.try_token(issuer, uri, pin)?;
        }
        // A PIN refused for another key says nothing of this one's.
        self.note_pin(issuer.id(), true);
        Ok(KeyReference::Pkcs11 {
            uri: uri.to_owned(),
        })
    }

    /// Opens a locked key for as long as this process runs.
    pub fn unlock(
        &self,
        who: &Identity,
        id: IssuerId,
        passphrase: &SecretString,
        last_try: bool,
    ) -> Result<(), DeskError> {
        self.permit(who, Permission::UnlockKeys)?;
        let state = self
            .issuer_state(id)
            .ok_or(DeskError::Refused(crate::domain::Refusal::NotFound))?;
        state.key.open(passphrase, last_try)?;
        let signer = Signer::person(who.person(), &[crate::domain::Role::Admin]);
        self.transact(signer, |tx| {
            tx.log(Action::KUNCI_DIBUKA, ObjectRef::Issuer(id), |_| {})?;
            super::publisher::ask_issuer(tx, id)?;
            tx.wake_publisher();
            tx.changed(Change::Crl(id));
            Ok(())
        })
    }

    /// Gives a PIN that came by itself (a credential, a descriptor) to the tokens that wait for one: each at most once,
    /// and none whose PIN was refused before. `pin_of` gives an issuer's.
    pub fn unlock_tokens(&self, pin_of: impl Fn(IssuerId) -> Option<SecretString>) {
        let now = self.now();
        for state in self.issuer_states() {
            if state.key.state(now) == KeyState::Locked
                && state.key.is_on_token()
                && let Some(pin) = pin_of(state.record.id)
                && let Err(error) = state.key.open_by_itself(&pin)
            {
                tracing::warn!(%error, issuer = %state.record.label, "the token stays locked");
            }
        }
    }

    /// Tries a passphrase on every key file that is locked, as when the service starts. What it does not fit stays
    /// locked. Tokens are left alone: they count wrong PINs.
    pub fn unlock_all(&self, passphrase: &SecretString) {
        let now = self.now();
        for state in self.issuer_states() {
            if state.key.state(now) == KeyState::Locked
                && !state.key.is_on_token()
                && let Err(error) = state.key.open(passphrase, false)
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
                    on_token: state.key.is_on_token(),
                    history_only: now > state.issuer.not_after()
                        && state.record.key == KeyReference::None,
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
