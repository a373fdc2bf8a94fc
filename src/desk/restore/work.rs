//! What a restore does to the database before it gets its name: the evidence gathered, the log's origin closed, what
//! was revoked since adopted, the numbers raised. Everything goes through transactions that are logged.

use std::fs::File;
use std::io;
use std::sync::{Arc, PoisonError};

use crate::audit::{Action, Hash, ObjectRef, Origin, SignedCheckpoint, tree};
use crate::desk::adoption::{Verified, verify};
use crate::desk::foreign::{Foreign, FoundOn, TakenIn};
use crate::desk::issuers::IssuerState;
use crate::desk::logbook::{HEAD_FILE, ORIGIN_SETTING};
use crate::desk::publisher::{Target, ask_issuer};
use crate::desk::transaction::{Signer, Snapshot};
use crate::desk::{Desk, DeskError};
use crate::domain::{CertificateKey, CrlNumber, IssuerId};
use crate::pki::crl_read::CrlReader;
use crate::pki::entry::{EntryReason, RevokedEntry};
use crate::pki::publish::PublishingFolder;
use crate::store::{self, Reader, Store, StoreError, Window};

use super::RestoredIssuer;

/// How far the numbers jump: more than a desk gives between two backups (DOMAIN.md "CRL rules").
const JUMP: u64 = 1_000_000;
/// Rows of the old database read at a time.
const CHUNK: usize = 4096;

/// What is known of an issuer's CRLs from outside the backup.
pub(super) struct Evidence<'a> {
    state: Arc<IssuerState>,
    /// Copies that an operator brought.
    copies: Vec<(&'a File, Verified)>,
    /// The highest number known of.
    number: CrlNumber,
}

pub(super) struct Work<'a> {
    pub desk: &'a Desk,
    /// The database that lay there before, where it can be read.
    pub old: Option<&'a Store>,
    pub signer: Signer,
}

impl Work<'_> {
    /// Gathers it before anything changes. An issuer of whose published CRLs no copy is left needs an operator's word.
    pub(super) fn evidence<'c>(
        &self,
        copies: &'c [File],
        last_number: Option<CrlNumber>,
    ) -> Result<Vec<Evidence<'c>>, DeskError> {
        let reader = self.desk.inner.store.read()?;
        let mut all = Vec::new();
        for state in self.desk.issuer_states() {
            let id = state.record.id;
            let restored = reader.crl_numbers(id)?;
            let mut number = restored.reserved.max(last_number.unwrap_or_default());
            let mut seen = last_number.is_some();
            if let Some(old) = self.old {
                let before = old.read()?.crl_numbers(id)?;
                number = number.max(before.reserved);
                seen = true;
            }
            number = number.max(self.signed(id));
            let mut of_this_issuer = Vec::new();
            for copy in copies {
                if let Ok(found) = verify(copy, &state.writer) {
                    number = number.max(found.number.unwrap_or_default());
                    of_this_issuer.push((copy, found));
                    seen = true;
                }
            }
            if let Some(found) = self.published(&state)? {
                number = number.max(found.number.unwrap_or_default());
                seen = true;
            }
            if !seen {
                return Err(DeskError::LastNumberNeeded {
                    issuer: state.record.label.clone(),
                });
            }
            all.push(Evidence {
                state,
                copies: of_this_issuer,
                number,
            });
        }
        // A copy that is nobody's would be passed over in silence.
        for copy in copies {
            let used = all
                .iter()
                .any(|e| e.copies.iter().any(|(c, _)| std::ptr::eq(*c, copy)));
            if !used {
                let named = CrlReader::open(copy).is_ok();
                let expected = if named {
                    "a CRL that an issuer of this desk signed"
                } else {
                    "a CRL"
                };
                return Err(DeskError::bad_value("--crl", expected));
            }
        }
        Ok(all)
    }

    /// The highest number that the signing process gave, by its own file. It says nothing of what stood on the lists.
    fn signed(&self, issuer: IssuerId) -> CrlNumber {
        match self.desk.last_signed(issuer) {
            Ok(number) => number.unwrap_or_default(),
            Err(error) => {
                tracing::warn!(%error, "the signing process's numbers cannot be read");
                CrlNumber::ZERO
            }
        }
    }

    /// The CRL that stands published, if it can be read and is this issuer's.
    fn published(&self, state: &IssuerState) -> Result<Option<Verified>, DeskError> {
        let folder = self.desk.crl_folder();
        if !folder.is_dir() {
            return Ok(None);
        }
        let folder =
            PublishingFolder::open(&folder).map_err(|e| DeskError::Publish(e.to_string()))?;
        let Ok(Some(file)) = folder.published(&Target::complete(&state.record.settings)?.name)
        else {
            return Ok(None);
        };
        verify(&file, &state.writer).map(Some)
    }

    /// Closes the log's origin, and with it every later one whose heads were signed after the backup, each with an
    /// entry that names the last head known of it.
    pub(super) fn open_origin(&self, backup: [u8; 32]) -> Result<Origin, DeskError> {
        let heads = self.known_heads()?;
        let newest = heads.iter().map(|h| h.checkpoint().origin.generation());
        let newest = newest.chain(self.old_generation()?).max().unwrap_or(0);
        self.desk.transact(self.signer, |tx| {
            let mut open = self.desk.inner.origin.clone();
            loop {
                let size = tx.writer.log_len()?;
                let root = tree::root(&Snapshot(tx.writer), size)
                    .map_err(|e| DeskError::Log(e.to_string()))?;
                let lost = heads
                    .iter()
                    .map(SignedCheckpoint::checkpoint)
                    .filter(|head| head.origin == open)
                    .max_by_key(|head| head.size)
                    .map_or((size, root), |head| (head.size, head.root));
                open = open.next();
                let object = ObjectRef::Log(open.generation());
                tx.log(Action::LOG_ASAL_BARU, object, |entry| {
                    entry.count = Some(lost.0);
                    entry.digest = Some(lost.1);
                    entry.related = Some(ObjectRef::Backup(Hash(backup)));
                })?;
                if open.generation() > newest {
                    break;
                }
            }
            tx.writer.set_setting(ORIGIN_SETTING, &open.to_string())?;
            Ok(open)
        })
    }

    /// Heads that this log's key signed: the published one, those of the database before, and the backup's own.
    fn known_heads(&self) -> Result<Vec<SignedCheckpoint>, DeskError> {
        let key = self.desk.log_public_key();
        let mut notes = Vec::new();
        match std::fs::read_to_string(self.desk.crl_folder().join(HEAD_FILE)) {
            Ok(note) => notes.push(note),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(DeskError::io("log checkpoint", error)),
        }
        let own = &self.desk.inner.origin;
        let restored = self.desk.inner.store.read()?;
        notes.extend(last_note(&restored, own)?);
        if let Some(old) = self.old {
            let reader = old.read()?;
            let mut origin = own.clone();
            while origin.generation() <= self.old_generation()?.unwrap_or(0) {
                notes.extend(last_note(&reader, &origin)?);
                origin = origin.next();
            }
        }
        // One that does not verify is another desk's, or was altered: it says nothing of this log.
        let parsed = notes.iter().map(|note| SignedCheckpoint::parse(note, &key));
        Ok(parsed.filter_map(Result::ok).collect())
    }

    /// The generation that the log had reached in the database before.
    fn old_generation(&self) -> Result<Option<u32>, DeskError> {
        let Some(old) = self.old else {
            return Ok(None);
        };
        let origin = old.read()?.setting(ORIGIN_SETTING)?;
        let origin = origin.and_then(|text| Origin::parse(&text).ok());
        // A database of another desk lay there: its log is not this one's.
        Ok(origin
            .filter(|origin| origin.base() == self.desk.inner.origin.base())
            .map(|origin| origin.generation()))
    }

    /// Adopts what was revoked after the backup, and lets the numbers jump ahead.
    pub(super) fn bring_up(&self, evidence: Evidence<'_>) -> Result<RestoredIssuer, DeskError> {
        let state = &*evidence.state;
        let id = state.record.id;
        let before = self.entries(id)?;
        for (copy, found) in &evidence.copies {
            self.desk.take_in_crl(self.signer, id, copy, found)?;
        }
        {
            let _one_at_a_time = self
                .desk
                .inner
                .publishing
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            self.desk.reconcile_published(state)?;
            self.desk.note_members(state)?;
        }
        self.take_in_old(id)?;
        let numbers = self.desk.inner.store.read()?.crl_numbers(id)?;
        let highest = numbers.reserved.max(evidence.number);
        let floor = highest.plus(JUMP).ok_or(StoreError::Exhausted {
            what: "CRL numbers",
        })?;
        self.desk.transact(self.signer, |tx| {
            tx.raise_number(id, floor)?;
            // What left a list after the backup, and is on it again, no delta on an older base would say.
            if let Some(mut record) = tx.writer.issuer(id)?
                && let Some(delta) = record.settings.delta.as_mut()
            {
                delta.since = floor;
                tx.writer.put_issuer(&record)?;
            }
            ask_issuer(tx, id)
        })?;
        Ok(RestoredIssuer {
            label: state.record.label.clone(),
            floor,
            adopted: self.entries(id)?.saturating_sub(before),
        })
    }

    fn entries(&self, issuer: IssuerId) -> Result<u64, DeskError> {
        Ok(self
            .desk
            .inner
            .store
            .read()?
            .revoked_totals(issuer)?
            .entries)
    }

    /// Revocations that were decided after the backup and stood on no CRL yet are in the database before alone.
    fn take_in_old(&self, issuer: IssuerId) -> Result<(), DeskError> {
        let Some(old) = self.old else {
            return Ok(());
        };
        let reader = old.read()?;
        let on = FoundOn { issuer, crl: None };
        let mut window = Window::first(CHUNK);
        loop {
            let page = reader.revoked_page(issuer, &window)?;
            let keys: Vec<_> = page.rows.iter().map(|row| row.key.clone()).collect();
            let chunk: Vec<Foreign> = page.rows.into_iter().map(foreign).collect();
            let mut taken = TakenIn::default();
            self.desk
                .take_in_chunk(self.signer, on, &chunk, &mut taken)?;
            self.note_old_members(&reader, &keys)?;
            match page.next {
                Some(next) => window = Window::first(CHUNK).after(next),
                None => return Ok(()),
            }
        }
    }
}

impl Work<'_> {
    /// Distribution points that only the database before knows certificates of these entries to name.
    fn note_old_members(&self, old: &Reader, keys: &[CertificateKey]) -> Result<(), DeskError> {
        let restored = self.desk.inner.store.read()?;
        let mut members = Vec::new();
        for key in keys {
            let certificate = old
                .certificate(key)?
                .filter(|c| !c.distribution_points.is_empty());
            if let Some(certificate) = certificate
                && restored.certificate(key)?.is_none()
            {
                members.push((key, certificate.distribution_points));
            }
        }
        drop(restored);
        if members.is_empty() {
            return Ok(());
        }
        self.desk.transact(self.signer, |tx| {
            for (key, points) in &members {
                tx.writer.note_member(key, points)?;
            }
            Ok(())
        })
    }
}

fn foreign(row: store::RevokedEntry) -> Foreign {
    Foreign {
        entry: RevokedEntry {
            serial: row.key.serial,
            revocation_date: row.facts.date,
            reason: EntryReason::Revoked(row.facts.reason),
            invalidity_date: row.facts.invalidity_date,
        },
        not_after: row.facts.not_after,
    }
}

fn last_note(reader: &Reader, origin: &Origin) -> Result<Option<String>, DeskError> {
    let last = reader.last_checkpoint(&origin.to_string())?;
    Ok(last.map(|stored| String::from_utf8_lossy(&stored.bytes).into_owned()))
}
