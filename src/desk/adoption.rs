//! The published CRL as the truth that outlives the database: compared with it at the start and before every
//! publication. What the database lacks is adopted (DOMAIN.md "CRL rules"), a publication that was cut off after its
//! file got its name is noted (law 3), and the number only rises. Flat memory, whatever the size of the list.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::sync::PoisonError;

use ring::digest::{Context, SHA256};

use crate::domain::{CertificateKey, CrlNumber, IssuerId, Timestamp};
use crate::pki::crl_issuer::CrlIssuer;
use crate::pki::crl_read::{CrlReader, CrlSource};
use crate::pki::publish::PublishingFolder;
use crate::store::{CrlKind, CrlRecord};

use super::foreign::{Foreign, FoundOn, TakenIn};
use super::issuers::IssuerState;
use super::publisher::{Outcome, Target};
use super::transaction::Signer;
use super::{Desk, DeskError};

mod members;
mod rest;

/// Entries taken in by one transaction.
const CHUNK: usize = 4096;

/// By issuer, the published file that was last found to agree with the database.
pub(super) type Reconciled = HashMap<IssuerId, Stamp>;

/// What tells one file from another without reading it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Stamp {
    device: u64,
    inode: u64,
    octets: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Stamp {
    fn of(file: &File) -> io::Result<Self> {
        let metadata = file.metadata()?;
        Ok(Self {
            device: metadata.dev(),
            inode: metadata.ino(),
            octets: metadata.len(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        })
    }
}

/// What a list says of itself once its signature was verified.
#[derive(Clone, Debug)]
pub(super) struct Verified {
    /// Absent on a list that carries none (version 1).
    pub number: Option<CrlNumber>,
    pub this_update: Timestamp,
    pub next_update: Option<Timestamp>,
    pub entries: u64,
    /// Neither a delta nor a partition.
    pub complete: bool,
    /// Of a partition: its distribution point.
    pub point: Option<String>,
}

impl Desk {
    /// Compares every issuer's published CRL with the database. What cannot be read stands as an alarm; the desk goes
    /// on, and the publisher will not publish over it.
    pub(super) fn reconcile_all(&self) {
        for state in self.issuer_states() {
            let _one_at_a_time = self
                .inner
                .publishing
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            let compared = self
                .reconcile_published(&state)
                .and_then(|()| self.ask_for_waiting(&state));
            if let Err(error) = compared {
                tracing::warn!(issuer = %state.record.label, %error, "published CRL not compared");
                self.note_publication_problem(&state, Some(&error));
            }
        }
    }

    /// Compares an issuer's published complete CRL with the database and takes in what is missing there. Idempotent,
    /// and quick where the file is the one the database knows. To be called with the publishing lock held, and before
    /// each publication. An error means that the published file is not to be replaced before somebody has looked at it.
    pub(super) fn reconcile_published(&self, state: &IssuerState) -> Result<(), DeskError> {
        let issuer = state.record.id;
        let folder = self.crl_folder();
        if !folder.is_dir() {
            return Ok(());
        }
        let folder = PublishingFolder::open(&folder).map_err(failed)?;
        let Some(file) = folder
            .published(&Target::complete(&state.record.settings)?.name)
            .map_err(failed)?
        else {
            return Ok(());
        };
        let stamp = Stamp::of(&file).map_err(unreadable)?;
        if self.was_reconciled(issuer) == Some(stamp) {
            return Ok(());
        }
        let sha256 = sha256_of(&file).map_err(unreadable)?;
        let reader = self.inner.store.read()?;
        let last = reader.last_crl(issuer, &CrlKind::Complete)?;
        drop(reader);
        match last {
            Some(last) if last.sha256 == sha256 => self.note_rest(state, &file, &last)?,
            _ => self.take_in_published(state, &self.private_copy(&mut &file)?)?,
        }
        self.reconciled(issuer, stamp);
        Ok(())
    }

    /// Notes that the file published just now is the one the database knows, so that it is not read again.
    pub(super) fn note_reconciled(&self, state: &IssuerState) {
        let stamp = Target::complete(&state.record.settings)
            .ok()
            .zip(PublishingFolder::open(&self.crl_folder()).ok())
            .and_then(|(target, folder)| folder.published(&target.name).ok().flatten())
            .and_then(|file| Stamp::of(&file).ok());
        // Without it the next comparison reads the file, no more.
        if let Some(stamp) = stamp {
            self.reconciled(state.record.id, stamp);
        }
    }

    fn was_reconciled(&self, issuer: IssuerId) -> Option<Stamp> {
        let seen = self
            .inner
            .reconciled
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        seen.get(&issuer).copied()
    }

    fn reconciled(&self, issuer: IssuerId, stamp: Stamp) {
        self.inner
            .reconciled
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(issuer, stamp);
    }

    /// A published CRL that is not the last one the database knows of.
    fn take_in_published(&self, state: &IssuerState, copy: &File) -> Result<(), DeskError> {
        let issuer = state.record.id;
        let found = verify(copy, &state.writer)?;
        let sha256 = sha256_of(copy).map_err(unreadable)?;
        let reader = self.inner.store.read()?;
        let numbers = reader.crl_numbers(issuer)?;
        if let Some(number) = found.number
            && let Some(known) = reader.crl(issuer, &CrlKind::Complete, number)?
            && known.sha256 == sha256
        {
            // An older one of ours was put in its place: nothing on it is news.
            return Ok(());
        }
        drop(reader);
        let taken = self.take_in_crl(Signer::SYSTEM, issuer, copy, &found)?;
        if taken.adopted > 0 {
            let (label, count) = (&state.record.label, taken.adopted);
            tracing::warn!(issuer = %label, count, "revoked on the published CRL, unknown here: adopted");
            self.note_members(state)?;
        }
        let newer = found
            .number
            .filter(|number| found.complete && numbers.published.is_none_or(|last| *number > last));
        let Some(number) = newer else {
            return Ok(());
        };
        let record = CrlRecord {
            issuer,
            kind: CrlKind::Complete,
            number,
            this_update: found.this_update,
            next_update: found.next_update.unwrap_or(found.this_update),
            entries: found.entries,
            bytes: copy.metadata().map_err(unreadable)?.len(),
            sha256,
            file: None,
            published_at: self.now(),
            // Nobody here knows that it was: what a regular list lets go stays until the next one.
            regular: false,
        };
        let outcome = Outcome {
            issuer,
            records: vec![record],
            complete: Some(number),
            delta: state.record.settings.delta.is_some(),
            base: numbers.base,
            drop_ended_before: None,
        };
        self.settle_by_file(state, &outcome, copy)
    }

    /// Takes in what stands on a CRL that was verified, chunk by chunk. Killed in between and begun again it comes to
    /// the same.
    pub(super) fn take_in_crl(
        &self,
        signer: Signer,
        issuer: IssuerId,
        copy: &File,
        found: &Verified,
    ) -> Result<TakenIn, DeskError> {
        let on = FoundOn {
            issuer,
            crl: found.number,
        };
        let mut taken = TakenIn::default();
        let mut reader = CrlReader::open(copy).map_err(failed)?;
        let mut chunk = Vec::with_capacity(CHUNK);
        loop {
            let entry = reader.next_entry().map_err(failed)?;
            let over = entry.is_none();
            chunk.extend(
                entry
                    .and_then(|entry| entry.adopt(found.this_update))
                    .map(|entry| Foreign {
                        entry,
                        not_after: None,
                    }),
            );
            if chunk.len() == CHUNK || over {
                self.take_in_chunk(signer, on, &chunk, &mut taken)?;
                chunk.clear();
            }
            if over {
                return Ok(taken);
            }
        }
    }

    /// One chunk in one transaction, unless the database knows all of it: then it is only read.
    pub(super) fn take_in_chunk(
        &self,
        signer: Signer,
        on: FoundOn,
        chunk: &[Foreign],
        taken: &mut TakenIn,
    ) -> Result<(), DeskError> {
        let reader = self.inner.store.read()?;
        let mut news = Vec::new();
        for foreign in chunk {
            let key = CertificateKey {
                issuer: on.issuer,
                serial: foreign.entry.serial.clone(),
            };
            match reader.revoked(&key)? {
                Some(known) if foreign.is_told_by(&known) => taken.known += 1,
                _ => news.push(foreign.clone()),
            }
        }
        drop(reader);
        if news.is_empty() {
            return Ok(());
        }
        self.transact(signer, |tx| tx.take_in(on, &news, taken))
    }
}

/// Reads a whole list and believes it only if this issuer signed it.
pub(super) fn verify(file: &File, issuer: &CrlIssuer) -> Result<Verified, DeskError> {
    let source: &dyn CrlSource = file;
    let reader = CrlReader::open(source).map_err(failed)?;
    let head = reader.head();
    if head.issuer != issuer.subject {
        return Err(failed("the published CRL names another issuer"));
    }
    let this_update = head
        .this_update
        .get()
        .ok_or_else(|| failed("the published CRL has no thisUpdate that can be read"))?;
    let next_update = head.next_update.as_ref().and_then(|time| time.get());
    let tail = reader.finish().map_err(failed)?;
    tail.verify(source, issuer).map_err(failed)?.map_err(|e| {
        failed(format!(
            "the published CRL was not signed by this issuer: {e}"
        ))
    })?;
    let extensions = &tail.extensions;
    let point = extensions.issuing_distribution_point.as_ref();
    let point = point.and_then(|idp| idp.get()?.uris.first().cloned());
    Ok(Verified {
        number: tail.crl_number(),
        this_update,
        next_update,
        entries: tail.entries,
        complete: extensions.delta_base.is_none()
            && extensions.issuing_distribution_point.is_none(),
        point,
    })
}

fn sha256_of(file: &File) -> io::Result<[u8; 32]> {
    let source: &dyn CrlSource = file;
    let mut input = source.open()?;
    let mut hash = Context::new(&SHA256);
    let mut buffer = vec![0; 256 * 1024];
    loop {
        match input.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => hash.update(&buffer[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let mut octets = [0; 32];
    octets.copy_from_slice(hash.finish().as_ref());
    Ok(octets)
}

fn failed(error: impl std::fmt::Display) -> DeskError {
    DeskError::Publish(error.to_string())
}

fn unreadable(error: io::Error) -> DeskError {
    DeskError::io("published CRL", error)
}
