//! Adopted entries: revocations of others that stand on our lists until somebody has looked at them, listed and
//! confirmed. Confirming changes nothing on a CRL; a certificate that was suspended is then released or revoked as any.

use ring::digest::{SHA256, digest};

use crate::audit::{Action, Hash, ObjectRef};
use crate::domain::permission::Permission;
use crate::domain::{
    CertificateKey, CrlNumber, IssuerId, ReasonCode, Refusal, Role, Serial, Timestamp,
};
use crate::store::{RevokedEntry, RevokedKind, Window};

use super::transaction::Signer;
use super::view::{Change, Page};
use super::{Desk, DeskError, Identity, cursor};

/// Entries confirmed by one transaction.
const CHUNK: usize = 4096;

/// An adopted entry as lists show it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AdoptedView {
    pub key: CertificateKey,
    /// What the issuer is called.
    pub issuer: String,
    pub date: Timestamp,
    pub reason: ReasonCode,
    pub held: bool,
    pub invalidity_date: Option<Timestamp>,
    /// The CRL it was found on; absent where it came from elsewhere and is on none yet.
    pub crl_number: Option<CrlNumber>,
    /// The certificate's subject; absent where the desk does not know the certificate.
    pub subject: Option<String>,
}

impl Desk {
    /// Adopted entries of an issuer that nobody has confirmed yet, by serial.
    pub fn adopted(
        &self,
        who: &Identity,
        issuer: IssuerId,
        from: Option<&str>,
        limit: usize,
    ) -> Result<Page<AdoptedView>, DeskError> {
        self.permit(who, Permission::ReadCrls)?;
        let state = self
            .issuer_state(issuer)
            .ok_or(DeskError::Refused(Refusal::IssuerUnknown))?;
        let reader = self.inner.store.read()?;
        let page = reader.revoked_adopted(issuer, &cursor::window(from, limit, false)?)?;
        let rows = page
            .rows
            .into_iter()
            .map(|RevokedEntry { key, facts, .. }| {
                let certificate = reader.certificate(&key)?;
                Ok(AdoptedView {
                    key,
                    issuer: state.record.label.clone(),
                    date: facts.date,
                    reason: facts.reason,
                    held: facts.kind == RevokedKind::Held,
                    invalidity_date: facts.invalidity_date,
                    crl_number: facts.on_crl,
                    subject: certificate.map(|c| c.subject.to_string()),
                })
            })
            .collect::<Result<_, DeskError>>()?;
        Ok(Page {
            rows,
            next: page.next.map(|c| cursor::text(&c)),
            total: Some(reader.revoked_adopted_count(issuer)?),
        })
    }

    /// The issuers of which an adopted entry with this serial waits to be confirmed.
    pub fn adopted_by_serial(
        &self,
        who: &Identity,
        serial: &Serial,
    ) -> Result<Vec<IssuerId>, DeskError> {
        self.permit(who, Permission::ReadCrls)?;
        let reader = self.inner.store.read()?;
        let mut fitting = Vec::new();
        for record in reader.issuers()? {
            let key = CertificateKey {
                issuer: record.id,
                serial: serial.clone(),
            };
            if reader.revoked(&key)?.is_some_and(|e| e.facts.adopted) {
                fitting.push(record.id);
            }
        }
        Ok(fitting)
    }

    /// Confirms adopted entries: those named, or with `None` all of this issuer. Returns how many it were.
    pub fn confirm_adopted(
        &self,
        who: &Identity,
        issuer: IssuerId,
        serials: Option<&[Serial]>,
    ) -> Result<u64, DeskError> {
        self.permit(who, Permission::AdoptRevoked)?;
        let signer = Signer::person(who.person(), &[Role::Op, Role::Admin]);
        if let Some(serials) = serials {
            let keys = serials.iter().map(|serial| CertificateKey {
                issuer,
                serial: serial.clone(),
            });
            let keys: Vec<CertificateKey> = keys.collect();
            return self.confirm_chunk(signer, issuer, &keys, true);
        }
        let mut confirmed = 0;
        loop {
            let page = self
                .inner
                .store
                .read()?
                .revoked_adopted(issuer, &Window::first(CHUNK))?;
            let keys: Vec<CertificateKey> = page.rows.into_iter().map(|entry| entry.key).collect();
            if keys.is_empty() {
                return Ok(confirmed);
            }
            confirmed += self.confirm_chunk(signer, issuer, &keys, false)?;
        }
    }

    /// `named`: each is its own entry of the log, and one that waits for nobody is refused.
    fn confirm_chunk(
        &self,
        signer: Signer,
        issuer: IssuerId,
        keys: &[CertificateKey],
        named: bool,
    ) -> Result<u64, DeskError> {
        self.transact(signer, |tx| {
            let mut confirmed = Vec::new();
            for key in keys {
                let entry = tx.writer.revoked(key)?.filter(|entry| entry.facts.adopted);
                let Some(mut entry) = entry else {
                    if named {
                        return Err(DeskError::Refused(Refusal::NotFound));
                    }
                    continue;
                };
                entry.facts.adopted = false;
                tx.writer.put_revoked(&entry)?;
                confirmed.extend_from_slice(&entry.der);
                if named {
                    let object = ObjectRef::Certificate {
                        issuer,
                        serial: key.serial.clone(),
                    };
                    tx.log(Action::ADOPSI_DIKONFIRMASI, object, |_| {})?;
                }
            }
            let count = keys.len() as u64;
            if !named {
                let mut octets = [0; 32];
                octets.copy_from_slice(digest(&SHA256, &confirmed).as_ref());
                tx.log(
                    Action::ADOPSI_DIKONFIRMASI,
                    ObjectRef::Issuer(issuer),
                    |entry| {
                        entry.count = Some(count);
                        entry.digest = Some(Hash(octets));
                    },
                )?;
            }
            tx.changed(Change::Alarms);
            Ok(count)
        })
    }
}
