//! The letters' files: sealed under the owner's key, named by their random id, whole on disk before a transaction
//! names them. A name from outside is never a path here.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::database::{Reader, sync_folder_of};
use super::error::StoreError;
use super::seal::{SealNonce, SubjectKey};
use crate::domain::LetterId;

const FOLDER: &str = "letters";
const UNFINISHED: &str = ".tmp";
const PURPOSE: &str = "letter";

/// A letter sealed for its file; `nonce` must be random and fresh.
pub fn seal_letter(
    key: &SubjectKey,
    id: LetterId,
    nonce: SealNonce,
    letter: &[u8],
) -> Result<Vec<u8>, StoreError> {
    key.seal(PURPOSE, &id.0, nonce, letter)
}

/// The letter of a file's octets.
pub fn open_letter(
    key: &SubjectKey,
    id: LetterId,
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, StoreError> {
    key.open(PURPOSE, &id.0, sealed)
}

/// The folder `letters` of a data folder.
#[derive(Clone, Debug)]
pub struct LetterFiles {
    folder: PathBuf,
}

impl LetterFiles {
    /// Opens the folder, made with mode 0700 where it is missing.
    pub fn open(data_folder: &Path) -> Result<Self, StoreError> {
        let folder = data_folder.join(FOLDER);
        match DirBuilder::new().mode(0o700).create(&folder) {
            Ok(()) => sync_folder_of(&folder)?,
            Err(e) if e.kind() == ErrorKind::AlreadyExists => {}
            Err(e) => return Err(StoreError::io("create", &folder, e)),
        }
        Ok(Self { folder })
    }

    fn path(&self, id: LetterId) -> PathBuf {
        self.folder.join(id.to_string())
    }

    /// Writes a sealed letter (mode 0600): beside, synced, renamed, the folder synced. When this returns the file
    /// stays, whatever happens; without a record that names it the next [`LetterFiles::sweep`] removes it.
    pub fn write(&self, id: LetterId, sealed: &[u8]) -> Result<(), StoreError> {
        self.place(id, sealed, true)?;
        sync_folder_of(&self.path(id))
    }

    /// The same without waiting for the disk: for a folder that is worth nothing until it is synced as a whole.
    pub fn write_unsynced(&self, id: LetterId, sealed: &[u8]) -> Result<(), StoreError> {
        self.place(id, sealed, false)
    }

    fn place(&self, id: LetterId, sealed: &[u8], sync: bool) -> Result<(), StoreError> {
        let path = self.path(id);
        let unfinished = path.with_extension(&UNFINISHED[1..]);
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&unfinished)
            .map_err(|e| StoreError::io("create", &unfinished, e))?;
        let written = file
            .write_all(sealed)
            .and_then(|()| if sync { file.sync_all() } else { Ok(()) });
        let done = written.and_then(|()| fs::rename(&unfinished, &path));
        if let Err(e) = done {
            // Best effort: the first error is the one worth telling, and the sweep takes the rest.
            let _ = fs::remove_file(&unfinished);
            return Err(StoreError::io("write", &path, e));
        }
        Ok(())
    }

    /// A sealed letter's octets; `None` if the file is not there.
    pub fn read(&self, id: LetterId) -> Result<Option<Vec<u8>>, StoreError> {
        let path = self.path(id);
        let file = OpenOptions::new()
            .read(true)
            .custom_flags(rustix::fs::OFlags::NOFOLLOW.bits() as i32)
            .open(&path);
        match file {
            Ok(mut file) => {
                let mut octets = Vec::new();
                file.read_to_end(&mut octets)
                    .map_err(|e| StoreError::io("read", &path, e))?;
                Ok(Some(octets))
            }
            Err(e) if e.kind() == ErrorKind::NotFound => Ok(None),
            Err(e) => Err(StoreError::io("open", &path, e)),
        }
    }

    /// Removes a letter's file; one that is not there is fine.
    pub fn remove(&self, id: LetterId) -> Result<(), StoreError> {
        let path = self.path(id);
        match fs::remove_file(&path) {
            Ok(()) => sync_folder_of(&path),
            Err(e) if e.kind() == ErrorKind::NotFound => Ok(()),
            Err(e) => Err(StoreError::io("remove", &path, e)),
        }
    }

    /// Removes what a crash left: unfinished files, and letters that no record names. Only at start, before anything
    /// is written. Leaves alone what does not bear a letter's name. Returns how many files went.
    pub fn sweep(&self, reader: &Reader) -> Result<usize, StoreError> {
        let mut orphans = Vec::new();
        let entries =
            fs::read_dir(&self.folder).map_err(|e| StoreError::io("list", &self.folder, e))?;
        for entry in entries {
            let path = entry
                .map_err(|e| StoreError::io("list", &self.folder, e))?
                .path();
            let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
                continue;
            };
            let stem = name.strip_suffix(UNFINISHED);
            if let Ok(id) = LetterId::parse(stem.unwrap_or(name))
                && (stem.is_some() || !reader.has_letter(id)?)
            {
                orphans.push(path);
            }
        }
        for path in &orphans {
            fs::remove_file(path).map_err(|e| StoreError::io("remove", path, e))?;
        }
        if !orphans.is_empty() {
            File::open(&self.folder)
                .and_then(|folder| folder.sync_all())
                .map_err(|e| StoreError::io("sync the folder", &self.folder, e))?;
        }
        Ok(orphans.len())
    }
}
