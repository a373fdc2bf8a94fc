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
use crate::domain::{CrlNumber, IssuerId, Timestamp};

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
pub struct History(PathBuf);

impl History {
    /// Opens the folder, makes it (0700) where it is absent, and removes what a killed write left.
    pub fn open(folder: &Path) -> Result<Self, PublishError> {
        make_folder(folder, 0o700)?;
        remove_unfinished(folder)?;
        Ok(Self(folder.to_owned()))
    }

    /// Where the CRL of this name and number is kept.
    pub fn path_of(&self, name: &CrlFileName, number: CrlNumber) -> PathBuf {
        self.0.join(Self::name_of(name, number))
    }

    fn name_of(name: &CrlFileName, number: CrlNumber) -> String {
        format!("{}.{number}.crl", name.stem())
    }

    /// Keeps a CRL (0600). A failure here says nothing of the publication.
    pub fn keep(
        &self,
        name: &CrlFileName,
        number: CrlNumber,
        der: &[u8],
    ) -> Result<PathBuf, PublishError> {
        let file_name = Self::name_of(name, number);
        replace(&self.0, &file_name, der, 0o600)?;
        Ok(self.0.join(file_name))
    }

    /// The CRLs kept under this name, the newest first.
    pub fn list(&self, name: &CrlFileName) -> Result<Vec<(CrlNumber, PathBuf)>, PublishError> {
        let at = || PublishError::at(&self.0);
        let mut kept = Vec::new();
        for item in fs::read_dir(&self.0).map_err(at())? {
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

    /// Removes what is beyond the bound and returns how many files went; the newest always stays. `now` is compared
    /// with the files' own times.
    pub fn trim(
        &self,
        name: &CrlFileName,
        bound: HistoryBound,
        now: Timestamp,
    ) -> Result<usize, PublishError> {
        let mut gone = 0;
        for (place, (_, path)) in self.list(name)?.into_iter().enumerate().skip(1) {
            let too_old = bound.age.is_some_and(|age| age_of(&path, now) > age);
            if place >= bound.count || too_old {
                fs::remove_file(&path).map_err(PublishError::at(&path))?;
                gone += 1;
            }
        }
        Ok(gone)
    }
}

/// Milliseconds since the file was written; 0 where that cannot be told.
fn age_of(path: &Path, now: Timestamp) -> i64 {
    fs::symlink_metadata(path)
        .and_then(|meta| meta.modified())
        .ok()
        .and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok())
        .and_then(|since| i64::try_from(since.as_millis()).ok())
        .map_or(0, |written| now.since(Timestamp(written)))
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    fn name() -> CrlFileName {
        CrlFileName::parse("ca-uji.crl").unwrap()
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn a_published_file_is_readable_by_a_web_server_and_replaced_whole() {
        let home = tempfile::tempdir().unwrap();
        let place = home.path().join("web/crl");
        let folder = PublishingFolder::open(&place).unwrap();
        assert!(folder.published(&name()).unwrap().is_none());
        let first = folder.publish(&name(), b"first").unwrap();
        assert_eq!(first.path, place.join("ca-uji.crl"));
        assert_eq!((mode(&place), mode(&first.path)), (0o755, 0o644));
        // A reader that opened the old file reads it to its end.
        let mut old = folder.published(&name()).unwrap().unwrap();
        let second = folder.publish(&name(), b"second").unwrap();
        assert_ne!(first.sha256, second.sha256);
        let mut text = String::new();
        old.read_to_string(&mut text).unwrap();
        assert_eq!(text, "first");
        assert_eq!(fs::read(&second.path).unwrap(), b"second");
        assert_eq!(fs::read_dir(&place).unwrap().count(), 1);
    }

    #[test]
    fn what_a_killed_publication_left_is_removed_at_the_next_start() {
        let home = tempfile::tempdir().unwrap();
        let left = home.path().join(".ams-ca-uji.crl.part");
        let other = home.path().join(".htaccess");
        fs::write(&left, b"half").unwrap();
        fs::write(&other, b"not ours").unwrap();
        let folder = PublishingFolder::open(home.path()).unwrap();
        assert!(!left.exists() && other.exists());
        // One that appears while the desk runs does not stop a publication either.
        fs::write(&left, b"half").unwrap();
        folder.publish(&name(), b"whole").unwrap();
        assert!(!left.exists());
    }

    #[test]
    fn a_symbolic_link_is_neither_read_nor_written_through() {
        let home = tempfile::tempdir().unwrap();
        let secret = home.path().join("secret");
        fs::write(&secret, b"secret").unwrap();
        let place = home.path().join("crl");
        let folder = PublishingFolder::open(&place).unwrap();
        symlink(&secret, place.join("ca-uji.crl")).unwrap();
        symlink(&secret, place.join(".ams-ca-uji.crl.part")).unwrap();
        assert!(folder.published(&name()).is_err());
        folder.publish(&name(), b"crl").unwrap();
        assert_eq!(fs::read(&secret).unwrap(), b"secret");
    }

    #[test]
    fn a_target_that_is_away_is_said_so_and_not_made_anew() {
        let home = tempfile::tempdir().unwrap();
        let place = home.path().join("mount");
        let folder = PublishingFolder::open(&place).unwrap();
        fs::remove_dir(&place).unwrap();
        let away = folder.publish(&name(), b"crl").unwrap_err();
        assert!(matches!(away, PublishError::TargetAway { .. }) && away.is_passing());
        assert!(!place.exists());
        assert!(folder.published(&name()).is_err());
        fs::create_dir(&place).unwrap();
        assert!(folder.publish(&name(), b"crl").is_ok());
    }

    #[test]
    fn a_full_disk_has_its_own_error() {
        let full = PublishError::at(Path::new("x"))(io::Error::from_raw_os_error(28));
        assert!(matches!(full, PublishError::DiskFull { .. }) && full.is_passing());
        // /dev/full answers every write with ENOSPC: what a full disk says when the file is written.
        let error = OpenOptions::new()
            .write(true)
            .open("/dev/full")
            .and_then(|mut file| file.write_all(b"crl"))
            .unwrap_err();
        assert!(matches!(
            PublishError::at(Path::new("x"))(error),
            PublishError::DiskFull { .. }
        ));
    }

    #[test]
    fn the_history_keeps_the_newest_and_no_more_than_asked() {
        let home = tempfile::tempdir().unwrap();
        let place = home.path().join("history");
        let history = History::open(&place).unwrap();
        let other = CrlFileName::parse("ca-uji-2.crl").unwrap();
        history.keep(&other, CrlNumber::from(1), b"other").unwrap();
        for number in [2, 9, 10, 100] {
            history
                .keep(&name(), CrlNumber::from(number), b"x")
                .unwrap();
        }
        let numbers = || -> Vec<String> {
            let kept = history.list(&name()).unwrap();
            kept.into_iter()
                .map(|(number, _)| number.to_string())
                .collect()
        };
        assert_eq!(numbers(), ["100", "10", "9", "2"]);
        let now = Timestamp(i64::MAX / 2);
        let bound = |count, age| HistoryBound { count, age };
        assert_eq!(history.trim(&name(), bound(3, None), now).unwrap(), 1);
        assert_eq!(numbers(), ["100", "10", "9"]);
        assert_eq!(history.trim(&name(), bound(9, Some(1000)), now).unwrap(), 2);
        assert_eq!(history.trim(&name(), bound(0, Some(0)), now).unwrap(), 0);
        assert_eq!(numbers(), ["100"]);
        assert_eq!(history.list(&other).unwrap().len(), 1);
        assert_eq!(mode(&place), 0o700);
        assert_eq!(mode(&history.path_of(&name(), CrlNumber::from(100))), 0o600);
    }

    #[test]
    fn file_names_are_safe_whatever_the_issuer_is_called() {
        let id = IssuerId([0xab; 16]);
        for (label, expected) in [
            ("CA UJI  Pencabutan", "ca-uji-pencabutan-abababab.crl"),
            ("../../etc/passwd\0", "etc-passwd-abababab.crl"),
            ("\u{202e}日本", "ca-abababab.crl"),
            ("", "ca-abababab.crl"),
        ] {
            let name = file_name(label, id);
            assert_eq!(name, expected);
            assert!(CrlFileName::parse(&name).is_some());
        }
        for wrong in [
            "", ".crl", "..crl", "a/b.crl", "a b.crl", "-x.crl", "a.pem", "a\0.crl",
        ] {
            assert!(CrlFileName::parse(wrong).is_none(), "{wrong:?}");
        }
        let uri = super::super::plan::DistributionPointUri::parse("http://uji.example/p").unwrap();
        let partition = name().of_kind(&CrlKind::Partition { uri });
        assert!(partition.as_str().starts_with("ca-uji-p"));
        let base = CrlNumber::ZERO;
        let delta = name().of_kind(&CrlKind::Delta { base });
        assert_eq!(delta.as_str(), "ca-uji-delta.crl");
        assert_eq!(name().of_kind(&CrlKind::Complete), name());
    }
}
