//! Publication of a CRL that passed the gate: write beside, fsync, rename, fsync the folder, read back; and a bounded
//! history. The folder belongs to a web server too, so everything unfinished has a name that begins with a dot.
//! Never leaves a half-written file under a served name, and never creates the publishing folder behind a lost mount.

mod history;
#[cfg(test)]
mod tests;

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rustix::io::Errno;

pub use self::history::{History, HistoryBound};
use super::plan::CrlKind;
use crate::domain::IssuerId;

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
    #[error("{path} does not read back as it was written")]
    ReadBackDiffers { path: PathBuf },
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

    /// The name beside this one for another CRL of the same issuer: this one for the complete list, with `-delta` for
    /// the delta, with a digest of the URI for a partition.
    #[must_use]
    pub fn of_kind(&self, kind: &CrlKind) -> Self {
        let stem = self.stem();
        Self(match kind {
            CrlKind::Complete => return self.clone(),
            CrlKind::Delta { .. } => format!("{stem}-delta.crl"),
            CrlKind::Partition { uri } => {
                let digest = ring::digest::digest(&ring::digest::SHA256, uri.as_str().as_bytes());
                format!("{stem}-p{}.crl", hex::encode(&digest.as_ref()[..4]))
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

/// The usual file name of an issuer's complete CRL, which [`CrlFileName::parse`] takes: its label in lower-case letters,
/// digits and hyphens, and eight digits of its id, so that two issuers of one name differ.
pub fn file_name(label: &str, id: IssuerId) -> String {
    let mut stem = String::new();
    for c in label.chars().take(60) {
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
    format!("{stem}-{}.crl", &id.to_string()[..8])
}

/// A published file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Published {
    pub path: PathBuf,
    /// SHA-256 of what was written and read back.
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
        if !reads_back(&path, der)? {
            return Err(PublishError::ReadBackDiffers { path });
        }
        Ok(Published {
            path,
            sha256: sha256(der),
        })
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
        .and_then(|file| after_the_last(&file, &folder.join(name)))
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

/// Gives the file a later second than the one that it replaces: web servers make ETag and Last-Modified of length and
/// whole seconds, and would answer "not modified" for two lists of one second.
fn after_the_last(file: &File, replaced: &Path) -> io::Result<()> {
    const SECOND: Duration = Duration::from_secs(1);
    let seconds = |time: SystemTime| {
        let since = time.duration_since(SystemTime::UNIX_EPOCH);
        since.map_or(0, |since| since.as_secs())
    };
    let last = match fs::symlink_metadata(replaced) {
        Ok(replaced) => replaced.modified()?,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    if seconds(file.metadata()?.modified()?) <= seconds(last) {
        file.set_modified(last + SECOND)?;
    }
    Ok(())
}

fn write_new(path: &Path, der: &[u8], mode: u32) -> io::Result<File> {
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
    file.sync_all()?;
    Ok(file)
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

/// Whether the file holds exactly these octets now.
fn reads_back(path: &Path, octets: &[u8]) -> Result<bool, PublishError> {
    let at = || PublishError::at(path);
    let mut file = open_to_read(path).map_err(at())?;
    let mut buffer = vec![0; 64 * 1024];
    let mut rest = octets;
    loop {
        let count = match file.read(&mut buffer) {
            Ok(0) => return Ok(rest.is_empty()),
            Ok(count) => count,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(at()(error)),
        };
        match rest.strip_prefix(&buffer[..count]) {
            Some(after) => rest = after,
            None => return Ok(false),
        }
    }
}
