//! A backup brought back. The database is made whole beside its place and gets its name last, so that a kill leaves the
//! old state or the new one. Before that: what was published since is adopted, the numbers jump ahead of everything
//! that may have been given, and the log closes its origin and names what it lost (DOMAIN.md "CRL rules", DESIGN.md
//! "Log"). Never works under a desk that runs.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::PoisonError;

use crate::audit::{Action, Hash, ObjectRef, Origin, SignedCheckpoint, tree};
use crate::domain::{CrlNumber, IssuerId, Timestamp};
use crate::pki::crl_read::CrlReader;
use crate::pki::entry::{EntryReason, RevokedEntry};
use crate::pki::publish::PublishingFolder;
use crate::pki::signer::{ScopeNumbers, numbers_of};
use crate::store::{self, Reader, Store, StoreError, Window};

use super::adoption::{Verified, verify};
use super::folder::DataFolder;
use super::foreign::{Foreign, FoundOn, TakenIn};
use super::issuers::IssuerState;
use super::logbook::{HEAD_FILE, ORIGIN_SETTING};
use super::publisher::Target;
use super::transaction::{Signer, Snapshot};
use super::{Desk, DeskError, Environment, vault};

/// How far the numbers jump: more than a desk gives between two backups (DOMAIN.md "CRL rules").
const JUMP: u64 = 1_000_000;
/// Rows of the old database read at a time.
const CHUNK: usize = 4096;
/// Beside the database while it is made whole.
const UNFINISHED: &str = "ams.redb.restore";

/// What is to be restored.
pub struct Restoring<'a> {
    /// The backup: a database as `ams backup` writes it.
    pub backup: &'a mut dyn Read,
    /// The last number given to a CRL, as an operator knows it.
    pub last_number: Option<CrlNumber>,
    /// Copies of published CRLs, where the publishing folder itself is lost.
    pub crls: Vec<&'a mut dyn Read>,
    /// Who does it, by the system's word.
    pub uid: u32,
}

/// What came of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Restored {
    pub path: PathBuf,
    /// Entries of the log that the backup held.
    pub log_entries: u64,
    pub contents_sha256: [u8; 32],
    /// What the log is called from now on.
    pub origin: String,
    pub issuers: Vec<RestoredIssuer>,
    /// The folder in which the state before lies, where there was any.
    pub aside: Option<PathBuf>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RestoredIssuer {
    pub label: String,
    /// The next CRL gets a higher number.
    pub floor: CrlNumber,
    /// Revocations that the backup lacked.
    pub adopted: u64,
}

/// Restores a backup into the data folder at `path`, which has no running desk.
pub fn restore(
    path: &Path,
    environment: Environment,
    restoring: &mut Restoring<'_>,
) -> Result<Restored, DeskError> {
    let folder = DataFolder::to_restore(path)?;
    let key = folder.path().join(vault::FILE);
    let credentials = environment.credentials.is_some();
    if !credentials && !key.exists() {
        return Err(DeskError::DeskKeyNeeded {
            path: key.display().to_string(),
        });
    }
    // Held open to the end: no desk starts on it meanwhile.
    let old = old_database(&folder)?;
    let unfinished = folder.path().join(UNFINISHED);
    copy_in(restoring.backup, &unfinished).map_err(|e| DeskError::io("backup", e))?;
    let store = Store::open(&unfinished)?;
    let contents_sha256 = store.read()?.contents_sha256()?;
    let now = environment.clock.now();
    let aside =
        set_letters_aside(&folder, now).map_err(|e| DeskError::io("the state before", e))?;
    let desk = Desk::start(folder.clone(), store, environment, false)?;
    let signer = Signer {
        peer_uid: Some(restoring.uid),
        ..Signer::SYSTEM
    };
    let work = Work {
        desk: &desk,
        old: old.as_ref(),
        signer,
    };
    let log_entries = desk.inner.store.read()?.log_len()?;
    let copies = restoring
        .crls
        .iter_mut()
        .map(|crl| desk.private_copy(crl))
        .collect::<Result<Vec<_>, _>>()?;
    let evidence = work.evidence(&copies, restoring.last_number)?;
    let origin = work.open_origin(contents_sha256)?;
    let issuers = evidence
        .into_iter()
        .map(|evidence| work.bring_up(evidence))
        .collect::<Result<Vec<_>, _>>()?;
    // Closes the database before it gets its name.
    drop(desk);
    put_in_place(&folder, &unfinished, aside.as_deref())
        .map_err(|e| DeskError::io("database", e))?;
    Ok(Restored {
        path: folder.path().to_owned(),
        log_entries,
        contents_sha256,
        origin: origin.to_string(),
        issuers,
        aside,
    })
}

/// The database that lies there, if it can be read; one that a desk has is not touched.
fn old_database(folder: &DataFolder) -> Result<Option<Store>, DeskError> {
    if !folder.database().exists() {
        return Ok(None);
    }
    match Store::open(folder.database()) {
        Ok(store) => Ok(Some(store)),
        Err(busy @ StoreError::Busy { .. }) => Err(busy.into()),
        Err(error) => {
            tracing::warn!(%error, "the database before cannot be read; nothing is learnt from it");
            Ok(None)
        }
    }
}

fn copy_in(backup: &mut dyn Read, path: &Path) -> io::Result<()> {
    // What a restore that was killed left.
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    io::copy(backup, &mut file)?;
    file.sync_all()
}

/// Keeps the letters by a second name: a desk sweeps away those that its database does not know, and the restored one
/// does not know the newest. The folder for it, also for the database before; absent where there is nothing to keep.
fn set_letters_aside(folder: &DataFolder, now: Timestamp) -> io::Result<Option<PathBuf>> {
    let letters = folder.letters();
    if !folder.database().exists() && !letters.is_dir() {
        return Ok(None);
    }
    let stamp: String = now
        .to_string()
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    let aside = folder.path().join(format!("before-restore-{stamp}"));
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true).mode(0o700);
    builder.create(aside.join("letters"))?;
    if letters.is_dir() {
        for entry in std::fs::read_dir(&letters)? {
            let entry = entry?;
            if entry.file_type()?.is_file() {
                let kept = aside.join("letters").join(entry.file_name());
                match std::fs::hard_link(entry.path(), kept) {
                    Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                        return Err(error);
                    }
                    _ => {}
                }
            }
        }
    }
    Ok(Some(aside))
}

/// Gives the finished database its name; the one before goes aside in the same step.
fn put_in_place(folder: &DataFolder, unfinished: &Path, aside: Option<&Path>) -> io::Result<()> {
    let place = folder.database();
    if place.exists() {
        let here = rustix::fs::CWD;
        let swap = rustix::fs::RenameFlags::EXCHANGE;
        rustix::fs::renameat_with(here, unfinished, here, &place, swap)?;
        if let (Some(aside), Some(name)) = (aside, place.file_name()) {
            std::fs::rename(unfinished, aside.join(name))?;
        }
    } else {
        std::fs::rename(unfinished, &place)?;
    }
    File::open(folder.path())?.sync_all()
}

/// What is known of an issuer's CRLs from outside the backup.
struct Evidence<'a> {
    state: std::sync::Arc<IssuerState>,
    /// Copies that an operator brought.
    copies: Vec<(&'a File, Verified)>,
    /// The highest number known of.
    number: CrlNumber,
}

struct Work<'a> {
    desk: &'a Desk,
    old: Option<&'a Store>,
    signer: Signer,
}

impl Work<'_> {
    /// Gathers it before anything changes. An issuer of whose published CRLs no copy is left needs an operator's word.
    fn evidence<'c>(
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
        let file = self.desk.inner.folder.issuer_numbers(issuer);
        match numbers_of(&file) {
            Ok(Some(ledger)) => {
                let numbers = ledger.scopes.values().filter_map(ScopeNumbers::highest);
                numbers.max().unwrap_or_default()
            }
            Ok(None) => CrlNumber::ZERO,
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
    fn open_origin(&self, backup: [u8; 32]) -> Result<Origin, DeskError> {
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
    fn bring_up(&self, evidence: Evidence<'_>) -> Result<RestoredIssuer, DeskError> {
        let state = &*evidence.state;
        let id = state.record.id;
        let before = self.entries(id)?;
        for (copy, found) in &evidence.copies {
            let left = self.desk.inner.store.read()?.revoked_left(id)?;
            self.desk.take_in_crl(self.signer, id, copy, found, &left)?;
        }
        {
            let _one_at_a_time = self
                .desk
                .inner
                .publishing
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            self.desk.reconcile_published(state)?;
        }
        self.take_in_old(id)?;
        let numbers = self.desk.inner.store.read()?.crl_numbers(id)?;
        let highest = numbers.reserved.max(evidence.number);
        let floor = highest.plus(JUMP).ok_or(StoreError::Exhausted {
            what: "CRL numbers",
        })?;
        self.desk.transact(self.signer, |tx| {
            tx.raise_number(id, floor)?;
            super::publisher::ask_issuer(tx, id)
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
        let left = self.desk.inner.store.read()?.revoked_left(issuer)?;
        let left: HashMap<_, _> = left
            .into_iter()
            .map(|e| (e.key.serial.clone(), e))
            .collect();
        let mut window = Window::first(CHUNK);
        loop {
            let page = reader.revoked_page(issuer, &window)?;
            let chunk: Vec<Foreign> = page.rows.into_iter().map(foreign).collect();
            let mut taken = TakenIn::default();
            self.desk
                .take_in_chunk(self.signer, on, &chunk, &left, &mut taken)?;
            match page.next {
                Some(next) => window = Window::first(CHUNK).after(next),
                None => return Ok(()),
            }
        }
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
