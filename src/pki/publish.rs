//! Publication of a CRL that passed the gate: write beside, fsync, rename, fsync the folder, read back; and a bounded
//! history. The folder belongs to a web server too, so everything unfinished has a name that begins with a dot.
//! Never leaves a half-written file under a served name, and never creates the publishing folder behind a lost mount.

use std::ffi::OsStr;
use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::io::Errno;

use super::plan::CrlKind;
use crate::domain::{CrlNumber, DistinguishedName, IssuerId, Timestamp};

/// Begins the name of every unfinished file. Web servers do not serve names with a dot in front.
const UNFINISHED: &str = ".ams-";
const UNFINISHED_END: &str = ".part";

/// Why a CRL was not published, or not kept. `path` is the file or folder it was about.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    #[error("the folder {path} is not there: {source}")]
    TargetAway { path: PathBuf, source: io::Error },
    #[error("the disk of {path} is full")]
    DiskFull { path: PathBuf },
    #[error("{path} may not be written: {source}")]
    Forbidden { path: PathBuf, source: io::Error },
    #[error("{path} reads back with the digest {found} instead of {expected}")]
    ReadBackDiffers {
        path: PathBuf,
        expected: String,
        found: String,
    },
    #[error("{path}: {source}")]
    Io { path: PathBuf, source: io::Error },
}

impl PublishError {
    fn at(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| {
            let errno = Errno::from_io_error(&source);
            match (source.kind(), errno) {
                (ErrorKind::StorageFull | ErrorKind::QuotaExceeded, _) => Self::DiskFull { path },
                (
                    ErrorKind::NotFound
                    | ErrorKind::NotADirectory
                    | ErrorKind::StaleNetworkFileHandle,
                    _,
                )
                | (_, Some(Errno::NOTCONN | Errno::NODEV | Errno::NXIO | Errno::HOSTDOWN)) => {
                    Self::TargetAway { path, source }
                }
                (ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem, _) => {
                    Self::Forbidden { path, source }
                }
                _ => Self::Io { path, source },
            }
        }
    }

    /// Whether the same call may succeed later without anybody changing a setting.
    pub const fn is_passing(&self) -> bool {
        matches!(self, Self::TargetAway { .. } | Self::DiskFull { .. })
    }
}

/// The name of a CRL's file: lower-case letters, digits and hyphens, then `.crl`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct CrlFileName(String);

impl CrlFileName {
    const LONGEST_STEM: usize = 100;

    /// Made of the issuer's common name (or its last attribute), eight digits of its id, and the kind of CRL.
    /// Two issuers of one name differ by the digits; a partition is told by a digest of its URI.
    pub fn for_issuer(name: &DistinguishedName, id: IssuerId, kind: &CrlKind) -> Self {
        let last = || name.rdns.last().and_then(|rdn| rdn.0.first());
        let text = name
            .common_name()
            .or_else(|| last().map(|attribute| attribute.value.as_str()))
            .unwrap_or("ca");
        let mut stem = String::new();
        for c in text.chars().take(60) {
            if c.is_ascii_alphanumeric() {
                stem.push(c.to_ascii_lowercase());
            } else if !stem.is_empty() && !stem.ends_with('-') {
                stem.push('-');
            }
        }
        let stem = match stem.trim_end_matches('-') {
            "" => "ca",
            stem => stem,
        };
        let id = &id.to_string()[..8];
        Self(match kind {
            CrlKind::Complete => format!("{stem}-{id}.crl"),
            CrlKind::Delta { .. } => format!("{stem}-{id}-delta.crl"),
            CrlKind::Partition { uri } => {
                let digest = ring::digest::digest(&ring::digest::SHA256, uri.as_str().as_bytes());
                let part = hex::encode(&digest.as_ref()[..4]);
                format!("{stem}-{id}-p{part}.crl")
            }
        })
    }

    /// A name that an operator chose, such as the one that certificates already point to: letters, digits, `-`, `_` and
    /// dots inside, ending in `.crl`, at most 104 octets.
    pub fn parse(text: &str) -> Option<Self> {
        let stem = text.strip_suffix(".crl")?;
        let fits = (1..=Self::LONGEST_STEM).contains(&stem.len())
            && !stem.starts_with(['.', '-'])
            && stem
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
        fits.then(|| Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn stem(&self) -> &str {
        self.0.strip_suffix(".crl").unwrap_or(&self.0)
    }
}

/// How much of the past is kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct HistoryBound {
    /// Files of one name at most, the newest; at least one is kept.
    pub count: usize,
    /// Files older than this many milliseconds go; `None` keeps them however old.
    pub age: Option<i64>,
}

impl Default for HistoryBound {
    fn default() -> Self {
        Self {
            count: 100,
            age: None,
        }
    }
}

/// A published file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Published {
    pub path: PathBuf,
    /// SHA-256, as read back from the file.
    pub sha256: [u8; 32],
}

/// The folder that relying parties fetch CRLs from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PublishingFolder(PathBuf);

impl PublishingFolder {
    /// Opens the folder, makes it (0755) where it is absent, and removes what a killed publication left.
    pub fn open(path: &Path) -> Result<Self, PublishError> {
        make_folder(path, 0o755)?;
        remove_unfinished(path)?;
        Ok(Self(path.to_owned()))
    }

    /// Where a CRL of this name is or would be.
    pub fn path_of(&self, name: &CrlFileName) -> PathBuf {
        self.0.join(name.as_str())
    }

    /// The published CRL, if there is one; a symbolic link is none.
    pub fn published(&self, name: &CrlFileName) -> Result<Option<File>, PublishError> {
        let path = self.path_of(name);
        match open_to_read(&path) {
            Ok(file) => Ok(Some(file)),
            Err(error) if error.kind() == ErrorKind::NotFound && self.0.is_dir() => Ok(None),
            Err(error) => Err(PublishError::at(&path)(error)),
        }
    }

    /// Replaces the published CRL of this name by `der`, in one step for every reader (0644), and reads it back. On an
    /// error before the rename the old file stands.
    pub fn publish(&self, name: &CrlFileName, der: &[u8]) -> Result<Published, PublishError> {
        let path = self.path_of(name);
        replace(&self.0, name.as_str(), der, 0o644)?;
        let expected = sha256(der);
        let found = read_back(&path)?;
        if found != expected {
            return Err(PublishError::ReadBackDiffers {
                path,
                expected: hex::encode(expected),
                found: hex::encode(found),
            });
        }
        Ok(Published {
            path,
            sha256: found,
        })
    }
}

/// The folder in which past CRLs are kept, readable by the desk only.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CrlHistory {
    folder: PathBuf,
    bound: HistoryBound,
}

impl CrlHistory {
    /// Opens the folder, makes it (0700) where it is absent, and removes what a killed write left.
    pub fn open(folder: &Path, bound: HistoryBound) -> Result<Self, PublishError> {
        make_folder(folder, 0o700)?;
        remove_unfinished(folder)?;
        Ok(Self {
            folder: folder.to_owned(),
            bound,
        })
    }

    /// Where the CRL of this name and number is kept.
    pub fn path_of(&self, name: &CrlFileName, number: CrlNumber) -> PathBuf {
        self.folder.join(format!("{}.{number}.crl", name.stem()))
    }

    /// Keeps a CRL (0600) and removes those beyond the bound. `now` is compared with the files' times.
    pub fn keep(
        &self,
        name: &CrlFileName,
        number: CrlNumber,
        der: &[u8],
        now: Timestamp,
    ) -> Result<PathBuf, PublishError> {
        // What goes first gives room to what comes.
        self.trim(name, self.bound.count.max(1) - 1, now)?;
        let path = self.path_of(name, number);
        let file_name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
        replace(&self.folder, file_name, der, 0o600)?;
        Ok(path)
    }

    /// The CRLs kept under this name, the newest first.
    pub fn list(&self, name: &CrlFileName) -> Result<Vec<(CrlNumber, PathBuf)>, PublishError> {
        let at = || PublishError::at(&self.folder);
        let mut kept = Vec::new();
        for item in fs::read_dir(&self.folder).map_err(at())? {
            let path = item.map_err(at())?.path();
            let number = path
                .file_name()
                .and_then(OsStr::to_str)
                .and_then(|file| file.strip_prefix(name.stem())?.strip_prefix('.'))
                .and_then(|rest| CrlNumber::parse(rest.strip_suffix(".crl")?));
            kept.extend(number.map(|number| (number, path)));
        }
        kept.sort_by_key(|(number, _)| std::cmp::Reverse(*number));
        Ok(kept)
    }

    fn trim(&self, name: &CrlFileName, count: usize, now: Timestamp) -> Result<(), PublishError> {
        for (place, (_, path)) in self.list(name)?.into_iter().enumerate() {
            if place >= count || self.is_too_old(&path, now) {
                fs::remove_file(&path).map_err(PublishError::at(&path))?;
            }
        }
        Ok(())
    }

    fn is_too_old(&self, path: &Path, now: Timestamp) -> bool {
        let Some(age) = self.bound.age else {
            return false;
        };
        let modified = fs::symlink_metadata(path)
            .and_then(|meta| meta.modified())
            .ok()
            .and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
        modified.is_some_and(|since| now.since(Timestamp(since.as_millis() as i64)) > age)
    }
}

/// Makes a folder and its parents; its mode is set whatever the umask is. An existing one is left as it is.
fn make_folder(path: &Path, mode: u32) -> Result<(), PublishError> {
    let at = || PublishError::at(path);
    if path.is_dir() {
        return Ok(());
    }
    DirBuilder::new()
        .recursive(true)
        .mode(mode)
        .create(path)
        .map_err(at())?;
    fs::set_permissions(path, Permissions::from_mode(mode)).map_err(at())
}

/// Writes `name` in `folder` so that a reader sees the old file or the new one, whole, and a crash leaves one of them.
fn replace(folder: &Path, name: &str, der: &[u8], mode: u32) -> Result<(), PublishError> {
    let unfinished = folder.join(format!("{UNFINISHED}{name}{UNFINISHED_END}"));
    let written = write_new(&unfinished, der, mode)
        .and_then(|()| fs::rename(&unfinished, folder.join(name)))
        .map_err(PublishError::at(&folder.join(name)));
    if written.is_err() {
        // A full disk must not stay full because of what could not be finished.
        let _ = fs::remove_file(&unfinished);
        return written;
    }
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(PublishError::at(folder))
}

fn write_new(path: &Path, der: &[u8], mode: u32) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    // create_new: neither an existing file nor a symbolic link is written through.
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(der)?;
    // By fchmod, since the umask has cut the mode given at creation.
    file.set_permissions(Permissions::from_mode(mode))?;
    file.sync_all()
}

fn remove_unfinished(folder: &Path) -> Result<(), PublishError> {
    let at = || PublishError::at(folder);
    for item in fs::read_dir(folder).map_err(at())? {
        let item = item.map_err(at())?;
        let ours = item
            .file_name()
            .to_str()
            .is_some_and(|name| name.starts_with(UNFINISHED) && name.ends_with(UNFINISHED_END));
        if ours {
            fs::remove_file(item.path()).map_err(PublishError::at(&item.path()))?;
        }
    }
    Ok(())
}

fn open_to_read(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .read(true)
        .custom_flags(rustix::fs::OFlags::NOFOLLOW.bits() as i32)
        .open(path)
}

fn sha256(octets: &[u8]) -> [u8; 32] {
    let mut digest = [0; 32];
    digest.copy_from_slice(ring::digest::digest(&ring::digest::SHA256, octets).as_ref());
    digest
}

/// SHA-256 of what the file holds now.
fn read_back(path: &Path) -> Result<[u8; 32], PublishError> {
    let at = || PublishError::at(path);
    let mut file = open_to_read(path).map_err(at())?;
    let mut context = ring::digest::Context::new(&ring::digest::SHA256);
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => context.update(&buffer[..count]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(at()(error)),
        }
    }
    let mut digest = [0; 32];
    digest.copy_from_slice(context.finish().as_ref());
    Ok(digest)
}
