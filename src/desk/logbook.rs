//! The log as the desk keeps it: its key and origin, signed heads, lists, export, verification, receipts.

use std::io::Write;
use std::os::unix::fs::PermissionsExt;

use crate::audit::{
    self, Action, Entry, LogKey, ObjectRef, Origin, PublicKey, Receipt, SignedCheckpoint,
    verify::Expected,
};
use crate::domain::permission::Permission;
use crate::domain::{RequestId, Role};
use crate::store::{self, Reader, Store, Window};

use super::environment::{self, Randomness};
use super::transaction::{Signer, Snapshot};
use super::vault::Vault;
use super::view::{LogHealth, LogRow, Page, TimelineEntry};
use super::{Desk, DeskError, Identity, cursor};

const KEY_SETTING: &str = "log.key";
pub(super) const ORIGIN_SETTING: &str = "log.origin";
const PURPOSE: &str = "log key";
/// The last signed head, beside the published CRLs.
pub(super) const HEAD_FILE: &str = "log-checkpoint.txt";

/// Entries read at a time for an export.
const EXPORT_WINDOW: u64 = 4096;

/// The log's key and origin; both are made with the database.
pub(super) fn open_key(
    store: &Store,
    vault: &Vault,
    random: &dyn Randomness,
    new: bool,
) -> Result<(LogKey, Origin), DeskError> {
    let broken = |e: &dyn std::fmt::Display| DeskError::Log(e.to_string());
    if new {
        let seed: [u8; 32] = environment::octets(random)?;
        let name: [u8; 4] = environment::octets(random)?;
        let origin = Origin::new(&format!("ams.{}", hex::encode(name))).map_err(|e| broken(&e))?;
        let sealed = vault.seal(PURPOSE, environment::octets(random)?, &seed)?;
        store.write::<_, DeskError>(|w| {
            w.set_setting(KEY_SETTING, &hex::encode(&sealed))?;
            w.set_setting(ORIGIN_SETTING, &origin.to_string())?;
            Ok(())
        })?;
    }
    let reader = store.read()?;
    let missing = || DeskError::Log("the log key is missing from the database".to_owned());
    let origin = reader.setting(ORIGIN_SETTING)?.ok_or_else(missing)?;
    let origin = Origin::parse(&origin).map_err(|e| broken(&e))?;
    let sealed = reader.setting(KEY_SETTING)?.ok_or_else(missing)?;
    let sealed = hex::decode(sealed).map_err(|e| broken(&e))?;
    let seed = vault.open_secret(PURPOSE, &sealed)?;
    let seed: &[u8; 32] = seed.as_slice().try_into().map_err(|_| missing())?;
    let key = LogKey::from_seed(&origin, seed).map_err(|e| broken(&e))?;
    Ok((key, origin))
}

impl Desk {
    /// The log's public key, for those who verify it elsewhere.
    pub fn log_public_key(&self) -> PublicKey {
        self.inner.log_key.public()
    }

    fn last_head(&self, reader: &Reader) -> Result<Option<SignedCheckpoint>, DeskError> {
        reader
            .last_checkpoint(&self.inner.origin.to_string())?
            .map(|stored| {
                let note = String::from_utf8_lossy(&stored.bytes);
                SignedCheckpoint::parse(&note, &self.log_public_key())
                    .map_err(|e| DeskError::Log(e.to_string()))
            })
            .transpose()
    }

    /// Signs the head of everything committed, keeps it and writes it beside the CRLs.
    pub(super) fn checkpoint(&self) -> Result<SignedCheckpoint, DeskError> {
        let reader = self.inner.store.read()?;
        let size = reader.log_len()?;
        let last = self.last_head(&reader)?;
        if let Some(last) = &last
            && last.checkpoint().size == size
        {
            return Ok(last.clone());
        }
        let signed = self
            .inner
            .log_key
            .sign_head(
                &self.inner.origin,
                size,
                &Snapshot(&reader),
                last.as_ref().map(SignedCheckpoint::checkpoint),
            )
            .map_err(|e| DeskError::Log(e.to_string()))?;
        drop(reader);
        self.inner.store.write::<_, DeskError>(|w| {
            w.put_checkpoint(&store::Checkpoint {
                origin: self.inner.origin.to_string(),
                size,
                bytes: signed.note().as_bytes().to_vec(),
            })?;
            Ok(())
        })?;
        self.publish_head(&signed)?;
        Ok(signed)
    }

    /// Puts the head where relying parties can fetch it; the folder is made by the first publication.
    fn publish_head(&self, head: &SignedCheckpoint) -> Result<(), DeskError> {
        let folder = self.crl_folder();
        if !folder.is_dir() {
            return Ok(());
        }
        let hidden = folder.join(format!(".{HEAD_FILE}.part"));
        let write = || -> std::io::Result<()> {
            let mut file = std::fs::File::create(&hidden)?;
            file.write_all(head.note().as_bytes())?;
            file.set_permissions(std::fs::Permissions::from_mode(0o644))?;
            file.sync_all()?;
            std::fs::rename(&hidden, folder.join(HEAD_FILE))
        };
        write().map_err(|e| DeskError::io("log checkpoint", e))
    }

    /// Log entries, newest first.
    pub fn log(
        &self,
        who: &Identity,
        from: Option<&str>,
        limit: usize,
    ) -> Result<Page<LogRow>, DeskError> {
        self.permit(who, Permission::ReadLog)?;
        let reader = self.inner.store.read()?;
        let page = reader.log_entries(&cursor::window(from, limit, true)?)?;
        let rows = page
            .rows
            .iter()
            .map(|row| Ok(self.log_row(&read_entry(&row.bytes)?)))
            .collect::<Result<_, DeskError>>()?;
        Ok(Page {
            rows,
            next: page.next.map(|c| cursor::text(&c)),
            total: Some(reader.log_len()?),
        })
    }

    /// One entry as it is stored.
    pub fn log_entry(&self, who: &Identity, seq: u64) -> Result<(LogRow, String), DeskError> {
        self.permit(who, Permission::ReadLog)?;
        let octets = super::transaction::found(self.inner.store.read()?.log_entry(seq))?;
        let entry = read_entry(&octets)?;
        Ok((
            self.log_row(&entry),
            String::from_utf8_lossy(&octets).into_owned(),
        ))
    }

    fn log_row(&self, entry: &Entry) -> LogRow {
        LogRow {
            seq: entry.seq,
            at: entry.at,
            actor: self.actor_name(entry),
            action: entry.action.as_str().to_owned(),
            object: self.object_name(&entry.object),
            from: entry.from.map(|s| s.name().to_owned()),
            to: entry.to.map(|s| s.name().to_owned()),
            refusal: entry.refusal.as_ref().map(|r| r.as_str().to_owned()),
        }
    }

    fn actor_name(&self, entry: &Entry) -> String {
        match entry.actor {
            audit::ActorRef::Account(id) => self.person(id).username.to_string(),
            audit::ActorRef::System => "sistem".to_owned(),
            audit::ActorRef::Unknown => "tidak dikenal".to_owned(),
        }
    }

    /// What an object is called where people read it; the log itself keeps the id.
    fn object_name(&self, object: &ObjectRef) -> String {
        match object {
            ObjectRef::Request(id) => self
                .queue_row_of(*id)
                .and_then(|row| row.number)
                .map_or_else(|| object.to_string(), |number| number.to_string()),
            ObjectRef::Account(id) => self.person(*id).username.to_string(),
            ObjectRef::Certificate { serial, .. } => serial.to_string(),
            ObjectRef::Crl { number, .. } => format!("CRL {number}"),
            other => other.to_string(),
        }
    }

    /// What happened to a request, oldest first.
    pub(super) fn timeline(
        &self,
        reader: &Reader,
        id: RequestId,
    ) -> Result<Vec<TimelineEntry>, DeskError> {
        let object = ObjectRef::Request(id).to_string();
        let page = reader.log_of(object.as_bytes(), &Window::first(1000))?;
        page.rows
            .iter()
            .map(|row| {
                let entry = read_entry(&row.bytes)?;
                let state = |s: audit::ObjectState| match s {
                    audit::ObjectState::Request(state) => Some(state),
                    _ => None,
                };
                Ok(TimelineEntry {
                    seq: entry.seq,
                    at: entry.at,
                    actor: match entry.actor {
                        audit::ActorRef::Account(account) => self.person(account).name.to_string(),
                        _ => self.actor_name(&entry),
                    },
                    action: entry.action.as_str().to_owned(),
                    from: entry.from.and_then(state),
                    to: entry.to.and_then(state),
                    refusal: entry.refusal.as_ref().map(|r| r.as_str().to_owned()),
                })
            })
            .collect()
    }

    /// Size and last head, without reading the log.
    pub(super) fn log_health(&self, reader: &Reader) -> Result<LogHealth, DeskError> {
        let head = self.last_head(reader)?;
        Ok(LogHealth {
            size: reader.log_len()?,
            checkpoint: head.as_ref().map_or(0, |h| h.checkpoint().size),
            root: head
                .map(|h| h.checkpoint().root.to_base64())
                .unwrap_or_default(),
            problem: None,
        })
    }

    /// Reads the whole log anew and compares it with the tree and its last signed head.
    pub fn verify_log(&self, who: &Identity) -> Result<LogHealth, DeskError> {
        self.permit(who, Permission::ReadLog)?;
        let head = self.checkpoint()?;
        let key = self.log_public_key();
        let known = [head.checkpoint().clone()];
        let reader = self.inner.store.read()?;
        let leaf = |seq| {
            let position = audit::tree::leaf_position(seq);
            let hashes = reader.log_hashes(&[position]).ok()?;
            hashes.first().map(|h| audit::Hash(*h))
        };
        let expected = Expected {
            key: &key,
            known: &known,
            leaf: Some(&leaf),
        };
        let mut run = audit::Verification::new(&expected);
        self.write_export(&mut run, &head)?;
        let verdict = run.finish();
        Ok(LogHealth {
            size: verdict.entries,
            checkpoint: head.checkpoint().size,
            root: head.checkpoint().root.to_base64(),
            problem: verdict.problems.into_iter().next().map(Into::into),
        })
    }

    /// Writes every entry, one line each, under a freshly signed head.
    pub fn export_log(&self, who: &Identity, out: &mut dyn Write) -> Result<u64, DeskError> {
        self.permit(who, Permission::ExportLog)?;
        let signer = Signer::person(who.person(), &[Role::Auditor, Role::Admin, Role::Op]);
        self.transact(signer, |tx| {
            tx.log(Action::LOG_DIEKSPOR, ObjectRef::Desk, |_| {})
        })?;
        let head = self.checkpoint()?;
        self.write_export(out, &head)?;
        Ok(head.checkpoint().size)
    }

    fn write_export(&self, out: &mut dyn Write, head: &SignedCheckpoint) -> Result<(), DeskError> {
        let broken = |e: audit::ExportError| DeskError::Log(e.to_string());
        let size = head.checkpoint().size;
        let key = self.log_public_key();
        let mut export =
            audit::Export::begin(out, &head.checkpoint().origin, size, &key).map_err(broken)?;
        let mut from = 0;
        while from < size {
            let until = size.min(from + EXPORT_WINDOW);
            // No transaction is open while the caller reads, however slowly: what was signed does not change.
            let entries = self.inner.store.read()?.log_range(from..until)?;
            if entries.is_empty() {
                return Err(DeskError::Log(format!("entry {from} is missing")));
            }
            from += entries.len() as u64;
            for entry in &entries {
                export.entry(entry).map_err(broken)?;
            }
        }
        export.checkpoint(head).map_err(broken)?;
        export.finish().map(drop).map_err(broken)
    }

    /// A request's receipt: its entries, each with its inclusion proof, under a signed head.
    pub fn prove(&self, who: &Identity, id: RequestId) -> Result<String, DeskError> {
        // Whoever may see the request may have its receipt.
        self.request(who, id)?;
        let head = self.checkpoint()?;
        let reader = self.inner.store.read()?;
        let object = ObjectRef::Request(id).to_string();
        let page = reader.log_of(object.as_bytes(), &Window::first(10_000))?;
        let entries = page
            .rows
            .iter()
            .filter(|row| row.seq < head.checkpoint().size)
            .map(|row| read_entry(&row.bytes))
            .collect::<Result<Vec<_>, _>>()?;
        let receipt = Receipt::prove(id, entries, head, &Snapshot(&reader))
            .map_err(|e| DeskError::Log(e.to_string()))?;
        let key = self.log_public_key().to_string();
        Ok(receipt.to_text(&[&format!("public key {key}")]))
    }
}

fn read_entry(octets: &[u8]) -> Result<Entry, DeskError> {
    Entry::from_bytes(octets).map_err(|e| DeskError::Log(e.to_string()))
}
