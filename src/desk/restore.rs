//! A backup brought back. The database is made whole beside its place and gets its name last, so that a kill leaves the
//! old state or the new one. Before that: what was published since is adopted, the numbers jump ahead of everything
//! that may have been given, and the log closes its origin and names what it lost (DOMAIN.md "CRL rules", DESIGN.md
//! "Log"). Never works under a desk that runs.

mod work;

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use crate::domain::{CrlNumber, Timestamp};
use crate::store::{Store, StoreError};

use super::folder::DataFolder;
use super::transaction::Signer;
use super::{Desk, DeskError, Environment, vault};
use work::Work;

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
    let (store, contents_sha256) = Store::open_backup(&unfinished)?;
    let now = environment.clock.now();
    // Until the restored database is in its place, the letters are those of the one before.
    let desk = Desk::start_beside_letters(folder.clone(), store, environment, false)?;
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
    let aside = set_aside(&folder, now).map_err(|e| DeskError::io("the state before", e))?;
    put_in_place(&folder, &unfinished).map_err(|e| DeskError::io("database", e))?;
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

/// Keeps the database before and the letters by a second name, lasting before the first one can go: a desk sweeps away
/// letters that its database does not know, and the restored one does not know the newest. The folder for them; absent
/// where there is nothing to keep.
fn set_aside(folder: &DataFolder, now: Timestamp) -> io::Result<Option<PathBuf>> {
    let (database, letters) = (folder.database(), folder.letters());
    if !database.exists() && !letters.is_dir() {
        return Ok(None);
    }
    let aside = new_aside(folder, now)?;
    let kept = aside.join("letters");
    std::fs::DirBuilder::new().mode(0o700).create(&kept)?;
    if letters.is_dir() {
        for entry in std::fs::read_dir(&letters)? {
            let entry = entry?;
            if entry.file_type()?.is_file() {
                std::fs::hard_link(entry.path(), kept.join(entry.file_name()))?;
            }
        }
    }
    if let (true, Some(name)) = (database.exists(), database.file_name()) {
        std::fs::hard_link(&database, aside.join(name))?;
    }
    for changed in [&kept, &aside, folder.path()] {
        File::open(changed)?.sync_all()?;
    }
    Ok(Some(aside))
}

/// A folder that was not there: what an earlier restore kept at the same time stays.
fn new_aside(folder: &DataFolder, now: Timestamp) -> io::Result<PathBuf> {
    let stamp: String = now
        .to_string()
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    let mut aside = folder.path().join(format!("before-restore-{stamp}"));
    let mut builder = std::fs::DirBuilder::new();
    builder.mode(0o700);
    for next in 2_u32.. {
        match builder.create(&aside) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                aside.set_file_name(format!("before-restore-{stamp}-{next}"));
            }
            made => return made.map(|()| aside),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// Gives the finished database its name, which the one before loses in the same step.
fn put_in_place(folder: &DataFolder, unfinished: &Path) -> io::Result<()> {
    std::fs::rename(unfinished, folder.database())?;
    File::open(folder.path())?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a kill between any two steps leaves is what the step before it left.
    #[test]
    fn the_database_before_has_a_lasting_name_after_every_step() {
        let place = tempfile::tempdir().unwrap();
        let folder = DataFolder::to_restore(place.path()).unwrap();
        let unfinished = folder.path().join(UNFINISHED);
        let read = |path: &Path| std::fs::read_to_string(path).unwrap();
        let now = Timestamp(1_795_338_000_000);
        std::fs::write(folder.database(), "before").unwrap();
        std::fs::create_dir(folder.letters()).unwrap();
        std::fs::write(folder.letters().join("a"), "letter").unwrap();

        // Killed before it was put in place; the next restore begins anew.
        copy_in(&mut &b"first"[..], &unfinished).unwrap();
        let killed = set_aside(&folder, now).unwrap().unwrap();
        assert_eq!(read(&killed.join("ams.redb")), "before");
        assert_eq!(read(&killed.join("letters/a")), "letter");
        copy_in(&mut &b"second"[..], &unfinished).unwrap();
        assert_eq!(read(&folder.database()), "before");

        let aside = set_aside(&folder, now).unwrap().unwrap();
        assert_ne!(aside, killed);
        put_in_place(&folder, &unfinished).unwrap();
        assert_eq!(read(&folder.database()), "second");
        assert!(!unfinished.exists());
        assert_eq!(read(&aside.join("ams.redb")), "before");

        // A restore at the same time of the clock keeps what that one kept.
        copy_in(&mut &b"third"[..], &unfinished).unwrap();
        let third = set_aside(&folder, now).unwrap().unwrap();
        put_in_place(&folder, &unfinished).unwrap();
        assert_eq!(read(&third.join("ams.redb")), "second");
        assert_eq!(read(&aside.join("ams.redb")), "before");
        assert_eq!(read(&killed.join("ams.redb")), "before");
    }
}
