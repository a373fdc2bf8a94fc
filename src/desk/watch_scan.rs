//! A look into the watched folders: what is new or changed there since the last look is taken in. By polling, which also
//! sees what a network file system or a copy over rsync brings. No symbolic link is followed: every folder and file is
//! opened below the one before it. A file that does not read, because it is half written or because its CA is not here
//! yet, is tried again whenever it changes, and every hour.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::PoisonError;
use std::time::Instant;

use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::{AtFlags, CWD, Dir, FileType, Mode, OFlags, openat, statat};
use rustix::io::Errno;

use crate::domain::Timestamp;
use crate::domain::distinguished_name::printable;
use crate::domain::instant::{HOUR, SECOND};
use crate::pki::ca_folder::{Content, LOOK, content, is_wanted};
use crate::pki::crl_read::CrlReader;
use crate::pki::defect::Defect;
use crate::pki::index_txt::NAME;
use crate::pki::likeness::Likeness;

use super::import::{ImportOptions, ImportReport};
use super::takeover::WHOLE;
use super::transaction::Signer;
use super::view::Alarm;
use super::watch::{WatchSeen, WatchedFolder};
use super::{Desk, DeskError};

/// Between two looks; a look that takes long is followed by a longer rest.
const PAUSE: i64 = 5 * SECOND;
/// A look takes at most this part of the time.
const SHARE: i64 = 20;
/// Folders below folders that are looked into.
const DEEPEST: usize = 8;
/// Files that are named as waiting.
const NAMED: usize = 100;

/// What is remembered of a watched folder while the desk runs.
#[derive(Default)]
pub(super) struct WatchState {
    /// By the path below the folder.
    files: HashMap<PathBuf, Known>,
    pub(super) seen: Option<WatchSeen>,
}

pub(super) type Watched = HashMap<PathBuf, WatchState>;

/// A file as it was when it was last taken in or tried.
struct Known {
    stamp: Stamp,
    /// Why it was not taken in, and when it was tried.
    refused: Option<(Defect, Timestamp)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Stamp {
    inode: u64,
    octets: i64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Desk {
    /// Looks into every watched folder and takes in what is new. When the next look is due; `None` with no folder.
    pub fn scan_watched(&self) -> Result<Option<Timestamp>, DeskError> {
        let folders = self.watched_folders()?;
        if folders.is_empty() {
            return Ok(None);
        }
        let begun = Instant::now();
        for folder in &folders {
            self.scan(folder)?;
        }
        let took = i64::try_from(begun.elapsed().as_millis()).unwrap_or(i64::MAX / SHARE);
        Ok(Some(self.now().plus(PAUSE.max(took * SHARE))))
    }

    fn scan(&self, folder: &WatchedFolder) -> Result<(), DeskError> {
        let now = self.now();
        let mut state = self.take_state(&folder.path);
        let mut look = Look::default();
        let root = open_folder(CWD, &folder.path);
        let listed = root
            .as_ref()
            .map_err(|errno| *errno)
            .and_then(|root| look.walk(root, Path::new(""), 0));
        let gone = listed.err().map(|errno| errno.to_string());
        let path = folder.path.display().to_string();
        self.stand(
            |alarm| matches!(alarm, Alarm::WatchedFolderGone { path: p } if *p == path),
            gone.as_ref()
                .map(|_| Alarm::WatchedFolderGone { path: path.clone() }),
        );
        let before = state.seen.take();
        let (mut added, mut revoked) = before.map_or((0, 0), |seen| (seen.added, seen.revoked));
        let files = look.files.len() as u64;
        if let (Ok(root), None) = (&root, &gone) {
            // What has gone from the folder and comes again is looked at anew.
            let there: HashSet<&PathBuf> = look.files.iter().map(|(name, _)| name).collect();
            state.files.retain(|name, _| there.contains(name));
            // Certificates before the index that tells of them.
            look.files
                .sort_by_cached_key(|(name, _)| (name.ends_with(NAME), name.clone()));
            for (name, stamp) in look.files {
                if state
                    .files
                    .get(&name)
                    .is_some_and(|known| !known.is_due(stamp, now))
                {
                    continue;
                }
                let mut report = ImportReport::default();
                let refused = match open_below(root, &name) {
                    Ok(file) => {
                        self.take_file(folder, &name, file, &mut report)?;
                        first_refusal(&report)
                    }
                    Err(errno) => Some(Defect::Unreadable {
                        why: errno.to_string(),
                    }),
                };
                added += report.added;
                revoked += report.revoked;
                let refused = refused.map(|defect| (defect, now));
                state.files.insert(name, Known { stamp, refused });
            }
        }
        let refused = state.files.iter().filter_map(|(name, known)| {
            let (defect, _) = known.refused.as_ref()?;
            Some((printable(&name.display().to_string()), defect.clone()))
        });
        let mut waiting: Vec<(String, Defect)> = refused.take(NAMED).collect();
        waiting.sort_by(|a, b| a.0.cmp(&b.0));
        state.seen = Some(WatchSeen {
            at: now,
            files,
            added,
            revoked,
            gone,
            waiting,
        });
        self.inner
            .watched
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(folder.path.clone(), state);
        Ok(())
    }

    /// The state is taken out while it is worked on: nobody waits for a long look.
    fn take_state(&self, path: &Path) -> WatchState {
        let mut watched = self
            .inner
            .watched
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let Some(state) = watched.get_mut(path) else {
            return WatchState::default();
        };
        WatchState {
            files: std::mem::take(&mut state.files),
            seen: state.seen.clone(),
        }
    }

    fn take_file(
        &self,
        folder: &WatchedFolder,
        name: &Path,
        mut file: File,
        report: &mut ImportReport,
    ) -> Result<(), DeskError> {
        let source = folder.path.join(name).display().to_string();
        let mut start = Vec::new();
        if let Err(error) = (&mut file).take(LOOK as u64).read_to_end(&mut start) {
            report.refuse_file(&source, &error);
            return Ok(());
        }
        let signer = Signer::SYSTEM;
        let content = content(&source, &start);
        if content == Content::Crl && !self.names_an_issuer(&file) {
            let what = Likeness::Crl;
            report.read += 1;
            report.refuse(&source, WHOLE, Defect::NotACertificate { what });
            return Ok(());
        }
        let mut input = Cursor::new(start).chain(file);
        let done = match content {
            Content::Certificates => {
                let options = ImportOptions {
                    owner_by: folder.owner_by,
                    ..ImportOptions::default()
                };
                self.import_as(signer, &source, input, options, report, |_| {})
            }
            Content::Crl => self.import_crl_as(signer, &source, &mut input, false, report),
            Content::Index => {
                self.import_index_as(signer, &source, &mut input, folder.issuer, false, report)
            }
        };
        match done {
            // The desk itself cannot go on.
            Err(error @ (DeskError::Store(_) | DeskError::Log(_) | DeskError::Randomness(_))) => {
                Err(error)
            }
            // The file's own fault, or nobody here knows whose it is: it waits, and the others have their turn.
            Err(error) => {
                let error = std::io::Error::other(error.to_string());
                report.refuse_file(&source, &error);
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }

    /// Whether a CRL's head names an issuer of this desk: else it is not worth a copy.
    fn names_an_issuer(&self, file: &File) -> bool {
        let Ok(reader) = CrlReader::open(file) else {
            return false;
        };
        let states = self.issuer_states();
        let named = &reader.head().issuer;
        states.iter().any(|state| state.writer.subject == *named)
    }
}

impl Known {
    fn is_due(&self, stamp: Stamp, now: Timestamp) -> bool {
        let tried = self.refused.as_ref().map(|(_, at)| *at);
        self.stamp != stamp || tried.is_some_and(|at| now.since(at) >= HOUR)
    }
}

/// Why a file was not (wholly) taken in; `None` too for one that holds no certificate at all, which is no fault.
fn first_refusal(report: &ImportReport) -> Option<Defect> {
    let meant = report
        .refused
        .keys()
        .any(|id| !["not-a-certificate", "empty-input"].contains(id));
    let first = report.examples.iter().find(|refused| {
        !matches!(
            refused.defect,
            Defect::NotACertificate { .. } | Defect::EmptyInput
        )
    });
    first
        .filter(|_| meant)
        .map(|refused| refused.defect.clone())
}

fn open_folder(at: impl AsFd, path: &Path) -> Result<OwnedFd, Errno> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    openat(at, path, flags, Mode::empty())
}

/// Opens a file by its path below a folder, part by part, so that no part is a symbolic link.
fn open_below(root: &OwnedFd, path: &Path) -> Result<File, Errno> {
    let mut parts = path.iter();
    let name = parts.next_back().ok_or(Errno::NOENT)?;
    let mut folder = root.try_clone().map_err(|_| Errno::MFILE)?;
    for part in parts {
        folder = open_folder(&folder, Path::new(part))?;
    }
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = File::from(openat(&folder, name, flags, Mode::empty())?);
    // It may have been replaced since it was listed.
    let is_file = file.metadata().is_ok_and(|metadata| metadata.is_file());
    is_file.then_some(file).ok_or(Errno::NOENT)
}

/// The files found in one look.
#[derive(Default)]
struct Look {
    files: Vec<(PathBuf, Stamp)>,
}

impl Look {
    /// Lists a folder and those below it. What cannot be looked into below is passed over; the folder itself must be
    /// there.
    fn walk(&mut self, folder: &OwnedFd, below: &Path, depth: usize) -> Result<(), Errno> {
        for entry in Dir::read_from(folder)? {
            let entry = entry?;
            let octets = entry.file_name().to_bytes();
            let (Ok(name), false) = (std::str::from_utf8(octets), matches!(octets, b"." | b".."))
            else {
                continue;
            };
            let path = below.join(name);
            let Ok(stat) = statat(folder, name, AtFlags::SYMLINK_NOFOLLOW) else {
                continue;
            };
            match FileType::from_raw_mode(stat.st_mode) {
                FileType::Directory if depth < DEEPEST => {
                    if let Ok(inner) = open_folder(folder, Path::new(name)) {
                        // A folder below that goes in the middle of a look is seen to be gone by the next.
                        let _ = self.walk(&inner, &path, depth + 1);
                    }
                }
                FileType::RegularFile if path.to_str().is_some_and(is_wanted) => {
                    let stamp = Stamp {
                        inode: stat.st_ino,
                        octets: stat.st_size,
                        modified: (stat.st_mtime, stat.st_mtime_nsec as i64),
                        changed: (stat.st_ctime, stat.st_ctime_nsec as i64),
                    };
                    self.files.push((path, stamp));
                }
                _ => {}
            }
        }
        Ok(())
    }
}
