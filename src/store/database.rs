//! The one database file: opened by one process, written by one kind of transaction, read through snapshots.
//! Relies on redb; knows no table by name and no rule.

use std::fs::{File, OpenOptions};
use std::ops::Deref;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use redb::backends::{FileBackend, InMemoryBackend};
use redb::{
    Builder, Database, DatabaseError, Durability, ReadTransaction, ReadableDatabase,
    StorageBackend, WriteTransaction,
};

use super::error::StoreError;
use super::migrate;

/// How the database is opened.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Options {
    /// Octets of the page cache.
    pub cache_bytes: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            cache_bytes: 32 << 20,
        }
    }
}

/// The open database. A clone is the same database; it closes with the last one.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    database: Database,
    path: Option<PathBuf>,
    repaired: bool,
}

/// A snapshot: what was committed when it was taken, whatever is written since.
pub struct Reader {
    pub(crate) tx: Tx,
}

pub(crate) enum Tx {
    Read(ReadTransaction),
    Write(Box<WriteTransaction>),
}

/// The write transaction. It reads as a [`Reader`] does, its own changes included.
pub struct Writer {
    pub(crate) reader: Reader,
}

impl Deref for Writer {
    type Target = Reader;

    fn deref(&self) -> &Reader {
        &self.reader
    }
}

impl Store {
    /// Makes a new database file (mode 0600) that is whole before it bears its name, and opens it.
    /// Refuses a path where something lies.
    pub fn create(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        Self::create_with(path, Options::default())
    }

    /// [`Store::create`] with settings.
    pub fn create_with(path: impl AsRef<Path>, options: Options) -> Result<Self, StoreError> {
        let path = path.as_ref();
        if path.symlink_metadata().is_ok() {
            return Err(StoreError::AlreadyExists {
                path: path.to_owned(),
            });
        }
        let unfinished = unfinished(path, "new")?;
        let made = Self::create_at(&unfinished, path, options);
        if made.is_err() {
            // Best effort: the first error is the one worth telling.
            let _ = std::fs::remove_file(&unfinished);
        }
        made
    }

    fn create_at(unfinished: &Path, path: &Path, options: Options) -> Result<Self, StoreError> {
        let store = Self::with_file(new_file(unfinished)?, path, options)?;
        migrate::bring_up_to_date(&store)?;
        give_name(unfinished, path)?;
        Ok(store)
    }

    /// Opens the database for this process alone; another process that has it makes this [`StoreError::Busy`].
    /// Brings an older format up to date.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        Self::open_with(path, Options::default())
    }

    /// [`Store::open`] with settings.
    pub fn open_with(path: impl AsRef<Path>, options: Options) -> Result<Self, StoreError> {
        let path = path.as_ref();
        let store = Self::open_as_it_is(path, options)?;
        migrate::bring_up_to_date(&store)?;
        Ok(store)
    }

    /// Opens a backup as [`Store::open`] does, and says what it held before an older format was brought up to date:
    /// the same as [`BackupReport::contents_sha256`](super::BackupReport) when it was made.
    pub fn open_backup(path: impl AsRef<Path>) -> Result<(Self, [u8; 32]), StoreError> {
        let store = Self::open_as_it_is(path.as_ref(), Options::default())?;
        let contents = store.read()?.contents_sha256();
        // What is no database of ours is said to be so first.
        migrate::bring_up_to_date(&store)?;
        Ok((store, contents?))
    }

    fn open_as_it_is(path: &Path, options: Options) -> Result<Self, StoreError> {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .custom_flags(rustix::fs::OFlags::NOFOLLOW.bits() as i32)
            .open(path)
            .map_err(|e| match e.kind() {
                std::io::ErrorKind::NotFound => StoreError::Missing {
                    path: path.to_owned(),
                },
                _ => StoreError::io("open", path, e),
            })?;
        let metadata = file
            .metadata()
            .map_err(|e| StoreError::io("look at", path, e))?;
        // redb would make a new database of an empty file.
        if !metadata.is_file() || metadata.len() == 0 {
            return Err(StoreError::Foreign {
                path: path.to_owned(),
            });
        }
        if metadata.permissions().mode() & 0o077 != 0 {
            file.set_permissions(std::fs::Permissions::from_mode(0o600))
                .map_err(|e| StoreError::io("restrict", path, e))?;
        }
        Self::with_file(file, path, options)
    }

    /// Brings no older format up to date.
    fn with_file(file: File, path: &Path, options: Options) -> Result<Self, StoreError> {
        let backend = FileBackend::new(file).map_err(|e| opening(e, path))?;
        Self::over(backend, Some(path), options)
    }

    /// A database in memory, gone with its last clone.
    pub fn in_memory() -> Result<Self, StoreError> {
        Self::build(InMemoryBackend::new(), None, Options::default())
    }

    /// A database on a backend of the caller's: tests put faults there. Made anew where the backend is empty.
    pub fn with_backend(backend: impl StorageBackend) -> Result<Self, StoreError> {
        Self::build(backend, None, Options::default())
    }

    fn build(
        backend: impl StorageBackend,
        path: Option<&Path>,
        options: Options,
    ) -> Result<Self, StoreError> {
        let store = Self::over(backend, path, options)?;
        migrate::bring_up_to_date(&store)?;
        Ok(store)
    }

    fn over(
        backend: impl StorageBackend,
        path: Option<&Path>,
        options: Options,
    ) -> Result<Self, StoreError> {
        let repaired = Arc::new(AtomicBool::new(false));
        let noticed = Arc::clone(&repaired);
        let database = Builder::new()
            .set_cache_size(options.cache_bytes)
            .set_repair_callback(move |_| noticed.store(true, Ordering::Relaxed))
            .create_with_backend(backend)
            .map_err(|e| opening(e, path.unwrap_or(Path::new("(memory)"))))?;
        Ok(Self {
            inner: Arc::new(Inner {
                database,
                path: path.map(Path::to_owned),
                repaired: repaired.load(Ordering::Relaxed),
            }),
        })
    }

    /// The file; absent for a database in memory.
    pub fn path(&self) -> Option<&Path> {
        self.inner.path.as_deref()
    }

    /// Whether opening had to walk the whole file. Never after a crash of ours: every commit leaves what spares that.
    pub fn was_repaired(&self) -> bool {
        self.inner.repaired
    }

    /// A snapshot for reading. Holds no lock; a long-lived one keeps old pages from being reused.
    pub fn read(&self) -> Result<Reader, StoreError> {
        Ok(Reader {
            tx: Tx::Read(self.inner.database.begin_read()?),
        })
    }

    /// Runs `change` in the one write transaction there can be at a time: committed and on disk when this returns `Ok`,
    /// without effect when `change` fails or panics.
    pub fn write<T, E: From<StoreError>>(
        &self,
        change: impl FnOnce(&mut Writer) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut writer = self.begin_write()?;
        let outcome = change(&mut writer);
        let Tx::Write(tx) = writer.reader.tx else {
            return outcome;
        };
        match outcome {
            Ok(value) => {
                tx.commit().map_err(StoreError::from)?;
                Ok(value)
            }
            Err(e) => {
                tx.abort().map_err(StoreError::from)?;
                Err(e)
            }
        }
    }

    /// The only place that begins a write: durable when committed, and quick to open again after a crash.
    fn begin_write(&self) -> Result<Writer, StoreError> {
        let mut tx = self.inner.database.begin_write()?;
        tx.set_durability(Durability::Immediate)?;
        tx.set_quick_repair(true);
        Ok(Writer {
            reader: Reader {
                tx: Tx::Write(Box::new(tx)),
            },
        })
    }
}

fn opening(error: DatabaseError, path: &Path) -> StoreError {
    let path = path.to_owned();
    match error {
        DatabaseError::DatabaseAlreadyOpen => StoreError::Busy { path },
        DatabaseError::Storage(redb::StorageError::Io(e))
            if e.kind() == std::io::ErrorKind::InvalidData =>
        {
            StoreError::Foreign { path }
        }
        error => redb::Error::from(error).into(),
    }
}

/// Where a file is made before it gets its name: beside it, marked with what it is for and this process. What an
/// earlier process of the same number left there is removed.
pub(crate) fn unfinished(path: &Path, mark: &str) -> Result<PathBuf, StoreError> {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{mark}-{}", std::process::id()));
    let name = PathBuf::from(name);
    match std::fs::remove_file(&name) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
            Err(StoreError::io("remove", &name, e))
        }
        _ => Ok(name),
    }
}

/// A new file with mode 0600.
pub(crate) fn new_file(path: &Path) -> Result<File, StoreError> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(|e| StoreError::io("create", path, e))
}

/// Gives a finished file its name, unless something lies there, and makes that last.
pub(crate) fn give_name(unfinished: &Path, path: &Path) -> Result<(), StoreError> {
    let here = rustix::fs::CWD;
    let free = rustix::fs::RenameFlags::NOREPLACE;
    rustix::fs::renameat_with(here, unfinished, here, path, free).map_err(|e| match e {
        rustix::io::Errno::EXIST => StoreError::AlreadyExists {
            path: path.to_owned(),
        },
        e => StoreError::io("rename into place", path, e.into()),
    })?;
    sync_folder_of(path)
}

/// Makes a rename in a folder last.
pub(crate) fn sync_folder_of(path: &Path) -> Result<(), StoreError> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(|e| StoreError::io("sync the folder", folder, e))
}
