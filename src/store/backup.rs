//! A copy of the database while it is in use, through one snapshot into a file of its own, read back before it gets
//! its name. And the same as a rewrite in place, which leaves behind what was deleted.

use std::path::Path;

use redb::backends::FileBackend;
use redb::{Builder, Database, Durability, ReadableDatabase};
use ring::digest::{Context, SHA256};

use super::database::{
    Options, Reader, Store, Tx, give_name, new_file, sync_folder_of, unfinished,
};
use super::error::StoreError;
use super::key::Span;
use super::table::{Appender, Bytes, Opened};

/// What a copy holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BackupReport {
    pub rows: u64,
    /// Octets of the file.
    pub bytes: u64,
    /// SHA-256 over all tables' names, keys and values in order: the same for source and copy.
    pub contents_sha256: [u8; 32],
}

/// Rows written between two commits of the copy, so that its memory stays bounded.
const CHUNK: usize = 20_000;

impl Store {
    /// Copies what is committed now to a new file (mode 0600), reads it back and compares, syncs it, and only then
    /// gives it its name. Writers go on meanwhile. Refuses a path where something lies.
    pub fn backup(&self, path: impl AsRef<Path>) -> Result<BackupReport, StoreError> {
        let path = path.as_ref();
        if path.symlink_metadata().is_ok() {
            return Err(StoreError::AlreadyExists {
                path: path.to_owned(),
            });
        }
        let unfinished = unfinished(path, "copy")?;
        let done = copy_to(&self.read()?, &unfinished)
            .and_then(|report| give_name(&unfinished, path).map(|()| report));
        if done.is_err() {
            // Best effort: the first error is the one worth telling.
            let _ = std::fs::remove_file(&unfinished);
        }
        done
    }
}

/// Writes the database at `path` anew, so that pages with deleted rows (an erased person's key) are not in the file
/// any more, and puts it in the old one's place. For a database that nobody has open; [`StoreError::Busy`] otherwise.
/// What the file system or the disk keeps of the old file is beyond a program's reach.
pub fn rewrite(path: impl AsRef<Path>, options: Options) -> Result<BackupReport, StoreError> {
    let path = path.as_ref();
    let store = Store::open_with(path, options)?;
    let unfinished = unfinished(path, "copy")?;
    let done = copy_to(&store.read()?, &unfinished).and_then(|report| {
        std::fs::rename(&unfinished, path).map_err(|e| StoreError::io("replace", path, e))?;
        sync_folder_of(path)?;
        Ok(report)
    });
    if done.is_err() {
        // Best effort, as above.
        let _ = std::fs::remove_file(&unfinished);
    }
    done
}

fn copy_to(source: &Reader, path: &Path) -> Result<BackupReport, StoreError> {
    let file = new_file(path)?;
    let handle = file
        .try_clone()
        .map_err(|e| StoreError::io("open", path, e))?;
    let backend = FileBackend::new(file).map_err(redb::Error::from)?;
    let mut copy = Builder::new()
        .set_cache_size(Options::default().cache_bytes)
        .create_with_backend(backend)
        .map_err(redb::Error::from)?;
    let mut names = source.table_names()?;
    names.sort();
    let (rows, contents) = fill(source, &copy, &names)?;
    let sound = copy.check_integrity().map_err(redb::Error::from)?;
    let read_back = digest(
        &Reader {
            tx: Tx::Read(copy.begin_read()?),
        },
        &names,
    )?;
    if !sound || read_back != (rows, contents) {
        return Err(StoreError::corrupt(
            "the copy",
            "reads back otherwise than written",
        ));
    }
    drop(copy);
    handle
        .sync_all()
        .map_err(|e| StoreError::io("sync", path, e))?;
    let bytes = handle
        .metadata()
        .map_err(|e| StoreError::io("look at", path, e))?
        .len();
    Ok(BackupReport {
        rows,
        bytes,
        contents_sha256: contents,
    })
}

fn fill(source: &Reader, copy: &Database, names: &[String]) -> Result<(u64, [u8; 32]), StoreError> {
    let mut hash = Context::new(&SHA256);
    let mut rows = 0;
    for name in names {
        let from = source.open_named(name)?;
        let mut range = from.range(&Span::all())?;
        add(&mut hash, &[name.as_bytes()]);
        let mut more = true;
        while more {
            let mut tx = copy.begin_write()?;
            tx.set_durability(Durability::None)?;
            {
                let mut to = tx.open_table(definition(name))?;
                let mut to = Appender::new(&mut to)?;
                more = false;
                for row in range.by_ref().take(CHUNK) {
                    let (key, value) = row?;
                    add(&mut hash, &[key.value(), value.value()]);
                    to.push(key.value(), value.value())?;
                    rows += 1;
                    more = true;
                }
                to.close()?;
            }
            tx.commit()?;
        }
    }
    let mut tx = copy.begin_write()?;
    tx.set_durability(Durability::Immediate)?;
    tx.set_quick_repair(true);
    tx.commit()?;
    Ok((rows, finish(hash)))
}

fn digest(reader: &Reader, names: &[String]) -> Result<(u64, [u8; 32]), StoreError> {
    let mut hash = Context::new(&SHA256);
    let mut rows = 0;
    for name in names {
        add(&mut hash, &[name.as_bytes()]);
        for row in reader.open_named(name)?.range(&Span::all())? {
            let (key, value) = row?;
            add(&mut hash, &[key.value(), value.value()]);
            rows += 1;
        }
    }
    Ok((rows, finish(hash)))
}

fn add(hash: &mut Context, parts: &[&[u8]]) {
    for part in parts {
        hash.update(&(part.len() as u64).to_be_bytes());
        hash.update(part);
    }
}

fn finish(hash: Context) -> [u8; 32] {
    let mut octets = [0; 32];
    octets.copy_from_slice(hash.finish().as_ref());
    octets
}

fn definition(name: &str) -> redb::TableDefinition<'_, Bytes, Bytes> {
    redb::TableDefinition::new(name)
}

impl Reader {
    /// SHA-256 over everything in the database, as [`BackupReport::contents_sha256`] says it of a copy.
    pub fn contents_sha256(&self) -> Result<[u8; 32], StoreError> {
        let mut names = self.table_names()?;
        names.sort();
        Ok(digest(self, &names)?.1)
    }

    /// A table by the name found in the file, so that a copy also takes tables of an older or newer layout.
    fn open_named(&self, name: &str) -> Result<Opened<'_>, StoreError> {
        match &self.tx {
            Tx::Read(tx) => Ok(Opened::Read(tx.open_table(definition(name))?)),
            Tx::Write(tx) => Ok(Opened::Write(tx.open_table(definition(name))?)),
        }
    }
}
