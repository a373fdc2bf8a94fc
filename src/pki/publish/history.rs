//! Past CRLs, kept for the record in a folder of the desk's own and bounded by count and age.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use super::{CrlFileName, PublishError, make_folder, remove_unfinished, replace};
use crate::domain::{CrlNumber, Timestamp};

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

    /// Removes what is beyond the bound and returns how many files went; the newest and the `needed` ones always stay.
    /// `now` is compared with the files' own times.
    pub fn trim(
        &self,
        name: &CrlFileName,
        bound: HistoryBound,
        now: Timestamp,
        needed: &[CrlNumber],
    ) -> Result<usize, PublishError> {
        let mut gone = 0;
        for (place, (number, path)) in self.list(name)?.into_iter().enumerate().skip(1) {
            if needed.contains(&number) {
                continue;
            }
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
