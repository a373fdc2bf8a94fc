//! The data folder: where things lie in it, its modes, and the marker that makes it a demo folder.

use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use crate::domain::IssuerId;

/// An existing data folder, 0700 and owned by this process's user.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DataFolder {
    path: PathBuf,
    demo: bool,
}

/// Why a folder will not do.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    #[error("{path}: there is no data folder here; ams demo to try, ams init to begin")]
    Missing { path: PathBuf },
    #[error("{path}: belongs to another user")]
    NotOwned { path: PathBuf },
    #[error("{path}: is not empty and holds no desk; name another folder")]
    Occupied { path: PathBuf },
    #[error("{path}: holds a desk already")]
    Exists { path: PathBuf },
    #[error("{path}: is a real desk; demo, --reset, --as and --now never touch one")]
    NotDemo { path: PathBuf },
    #[error("{path}: {source}")]
    Io { path: PathBuf, source: io::Error },
}

const DATABASE: &str = "ams.redb";
const MARKER: &str = "DEMO";
const MARKER_TEXT: &str = "This folder was made by `ams demo`. Everything in it is invented; `ams demo --reset` removes it.\n";

impl DataFolder {
    /// The folder of a desk that exists.
    pub fn open(path: &Path) -> Result<Self, FolderError> {
        let io = |source| FolderError::Io {
            path: path.to_owned(),
            source,
        };
        let path = match std::fs::canonicalize(path) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                return Err(FolderError::Missing {
                    path: path.to_owned(),
                });
            }
            other => other.map_err(io)?,
        };
        own(&path)?;
        if !path.join(DATABASE).exists() {
            return Err(FolderError::Missing { path });
        }
        let demo = path.join(MARKER).is_file();
        Ok(Self { path, demo })
    }

    /// A new folder for a desk: absent or empty before. With `demo` it is marked before anything else lies in it.
    pub fn create(path: &Path, demo: bool) -> Result<Self, FolderError> {
        let io = |source| FolderError::Io {
            path: path.to_owned(),
            source,
        };
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path)
            .map_err(io)?;
        let path = std::fs::canonicalize(path).map_err(io)?;
        own(&path)?;
        if path.join(DATABASE).exists() {
            return Err(FolderError::Exists { path });
        }
        let leftover_demo = demo && path.join(MARKER).is_file();
        if !leftover_demo && std::fs::read_dir(&path).map_err(io)?.next().is_some() {
            return Err(FolderError::Occupied { path });
        }
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).map_err(io)?;
        if demo && !leftover_demo {
            std::fs::OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(path.join(MARKER))
                .and_then(|mut f| {
                    f.write_all(MARKER_TEXT.as_bytes())
                        .and_then(|()| f.sync_all())
                })
                .map_err(io)?;
        }
        Ok(Self { path, demo })
    }

    /// A folder that a database is to be brought back into: a desk's own, one that lost its database, or a new one.
    pub fn to_restore(path: &Path) -> Result<Self, FolderError> {
        let io = |source| FolderError::Io {
            path: path.to_owned(),
            source,
        };
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path)
            .map_err(io)?;
        let path = std::fs::canonicalize(path).map_err(io)?;
        own(&path)?;
        let demo = path.join(MARKER).is_file();
        Ok(Self { path, demo })
    }

    /// Empties a marked demo folder, the marker last, so that a kill in between leaves it a demo folder.
    pub fn reset_demo(path: &Path) -> Result<(), FolderError> {
        let io = |source| FolderError::Io {
            path: path.to_owned(),
            source,
        };
        let entries = match std::fs::read_dir(path) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
            other => other.map_err(io)?,
        };
        let entries = entries.collect::<Result<Vec<_>, _>>().map_err(io)?;
        if entries.is_empty() {
            return Ok(());
        }
        own(path)?;
        if !path.join(MARKER).is_file() {
            return Err(FolderError::NotDemo {
                path: path.to_owned(),
            });
        }
        for entry in entries {
            if entry.file_name() == MARKER {
                continue;
            }
            let removed = if entry.file_type().map_err(io)?.is_dir() {
                std::fs::remove_dir_all(entry.path())
            } else {
                std::fs::remove_file(entry.path())
            };
            removed.map_err(io)?;
        }
        Ok(())
    }

    /// Whether there is a desk here (or the beginning of a demo one).
    pub fn holds_desk(path: &Path) -> bool {
        path.join(DATABASE).exists()
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Made by `ams demo`.
    pub const fn is_demo(&self) -> bool {
        self.demo
    }

    pub fn database(&self) -> PathBuf {
        self.path.join(DATABASE)
    }

    /// Encrypted letters.
    pub fn letters(&self) -> PathBuf {
        self.path.join("letters")
    }

    /// Published CRLs, unless a setting names another folder.
    pub fn crl(&self) -> PathBuf {
        self.path.join("crl")
    }

    /// CRLs that were published before.
    pub fn crl_history(&self) -> PathBuf {
        self.path.join("crl-history")
    }

    /// Mails as files, unless a setting names another folder.
    pub fn mail(&self) -> PathBuf {
        self.path.join("mail")
    }

    /// An issuer's private key as it came in or sealed under the desk's key.
    pub fn issuer_key(&self, issuer: IssuerId) -> PathBuf {
        self.path.join("keys").join(format!("{issuer}.key"))
    }

    /// How far an issuer's key has come in its numbers: the signing process's own file.
    pub fn issuer_numbers(&self, issuer: IssuerId) -> PathBuf {
        self.path.join("keys").join(format!("{issuer}.numbers"))
    }

    /// Stands while a PIN that came by itself was refused: it is not tried again without a person.
    pub fn pin_refused(&self, issuer: IssuerId) -> PathBuf {
        self.path.join("keys").join(format!("{issuer}.pin-refused"))
    }

    /// An issuer's certificate as PEM, for relying parties.
    pub fn issuer_certificate(&self, issuer: IssuerId) -> PathBuf {
        self.path.join("keys").join(format!("{issuer}.pem"))
    }

    /// Brings everything written here so far to the disk.
    pub fn sync(&self) -> io::Result<()> {
        let folder = std::fs::File::open(&self.path)?;
        Ok(rustix::fs::syncfs(folder)?)
    }

    /// Makes a folder inside, 0700.
    pub fn make(&self, folder: &Path) -> io::Result<()> {
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
    }

    /// Writes a file inside that only this user may read, whole or not at all.
    pub fn write_private(&self, path: &Path, octets: &[u8]) -> io::Result<()> {
        if let Some(parent) = path.parent() {
            self.make(parent)?;
        }
        let mut temporary = path.as_os_str().to_owned();
        temporary.push(".new");
        let temporary = PathBuf::from(temporary);
        let mut file = std::fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&temporary)?;
        file.write_all(octets)?;
        file.sync_all()?;
        std::fs::rename(&temporary, path)?;
        if let Some(parent) = path.parent() {
            std::fs::File::open(parent)?.sync_all()?;
        }
        Ok(())
    }
}

fn own(path: &Path) -> Result<(), FolderError> {
    let metadata = std::fs::metadata(path).map_err(|source| FolderError::Io {
        path: path.to_owned(),
        source,
    })?;
    if metadata.uid() != rustix::process::geteuid().as_raw() {
        return Err(FolderError::NotOwned {
            path: path.to_owned(),
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_marked_folder_is_ever_emptied() {
        let dir = tempfile::tempdir().unwrap();
        let real = dir.path().join("real");
        DataFolder::create(&real, false).unwrap();
        std::fs::write(real.join("keep"), "x").unwrap();
        assert!(matches!(
            DataFolder::reset_demo(&real),
            Err(FolderError::NotDemo { .. })
        ));
        assert!(real.join("keep").exists());
        let demo = dir.path().join("demo");
        DataFolder::create(&demo, true).unwrap();
        std::fs::write(demo.join("junk"), "x").unwrap();
        DataFolder::reset_demo(&demo).unwrap();
        assert!(!demo.join("junk").exists() && demo.join(MARKER).exists());
        assert!(DataFolder::create(&demo, true).unwrap().is_demo());
        assert!(matches!(
            DataFolder::create(&demo, false),
            Err(FolderError::Occupied { .. })
        ));
    }

    #[test]
    fn an_occupied_folder_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("thesis.txt"), "x").unwrap();
        assert!(matches!(
            DataFolder::create(dir.path(), true),
            Err(FolderError::Occupied { .. })
        ));
        assert!(matches!(
            DataFolder::create(dir.path(), false),
            Err(FolderError::Occupied { .. })
        ));
        assert!(matches!(
            DataFolder::open(dir.path()),
            Err(FolderError::Missing { .. })
        ));
    }
}
