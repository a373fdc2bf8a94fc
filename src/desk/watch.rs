//! Folders that another CA program keeps writing to, watched by the running desk: a setting made by an admin on the
//! desk's own host. Here they are noted, listed and given up; looking into them is `watch_scan`.

use std::path::{Component, Path, PathBuf};
use std::sync::PoisonError;

use serde::{Deserialize, Serialize};

use crate::audit::{Action, ObjectRef, SettingKey};
use crate::domain::distinguished_name::is_unprintable;
use crate::domain::permission::Permission;
use crate::domain::{IssuerId, Refusal, Role, Timestamp};
use crate::pki::defect::Defect;

use super::import::OwnerBy;
use super::transaction::Signer;
use super::view::Alarm;
use super::{Desk, DeskError, Identity};

const SETTING: &str = "import.watch";
const KEY: SettingKey = SettingKey::constant(SETTING);
/// More than these are a mistake.
const MOST: usize = 100;

/// A folder that is watched.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct WatchedFolder {
    /// Absolute, without symbolic links when it was noted.
    pub path: PathBuf,
    pub owner_by: OwnerBy,
    /// Whose `index.txt` lies in it, where several issuers could be meant.
    pub issuer: Option<IssuerId>,
}

/// A watched folder as lists show it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WatchedView {
    pub folder: WatchedFolder,
    /// What was found there since the desk started; absent before the first look.
    pub seen: Option<WatchSeen>,
}

/// What the desk saw of a watched folder.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WatchSeen {
    pub at: Timestamp,
    /// Files that are worth opening.
    pub files: u64,
    /// Certificates and revocations taken in since the desk started.
    pub added: u64,
    pub revoked: u64,
    /// The folder could not be looked into.
    pub gone: Option<String>,
    /// Files that are not taken in (yet), with the first reason of each; they are tried again.
    pub waiting: Vec<(String, Defect)>,
}

impl Desk {
    /// Watches a folder from now on. It must be there, absolute and not the desk's own.
    pub fn watch_folder(
        &self,
        who: &Identity,
        path: &Path,
        owner_by: OwnerBy,
        issuer: Option<IssuerId>,
    ) -> Result<WatchedFolder, DeskError> {
        self.permit(who, Permission::ImportCertificates)?;
        let expected = |what: &str| DeskError::bad_value("--watch", what);
        let plain = path
            .to_str()
            .is_some_and(|text| !text.chars().any(is_unprintable));
        let parts = path.components().any(|part| part == Component::ParentDir);
        if !path.is_absolute() || !plain || parts {
            return Err(expected("an absolute path"));
        }
        let path = path
            .canonicalize()
            .map_err(|e| DeskError::io(path.display().to_string(), e))?;
        let own = self.inner.folder.path();
        if !path.is_dir() || path.parent().is_none() {
            return Err(expected("a folder"));
        }
        if path.starts_with(own) || own.starts_with(&path) {
            return Err(expected("a folder that is not the desk's own"));
        }
        let folder = WatchedFolder {
            path,
            owner_by,
            issuer,
        };
        self.change_watched(who, |all| {
            all.retain(|known| known.path != folder.path);
            if all.len() == MOST {
                return Err(expected("at most 100 folders"));
            }
            all.push(folder.clone());
            Ok(())
        })?;
        self.inner.wake.watcher();
        Ok(folder)
    }

    /// Gives a watched folder up; what was taken in from it stays.
    pub fn unwatch_folder(&self, who: &Identity, path: &Path) -> Result<(), DeskError> {
        self.permit(who, Permission::ImportCertificates)?;
        self.change_watched(who, |all| {
            let before = all.len();
            all.retain(|known| known.path != path);
            if all.len() == before {
                return Err(DeskError::Refused(Refusal::NotFound));
            }
            Ok(())
        })?;
        self.inner
            .watched
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(path);
        let gone = path.display().to_string();
        self.stand(
            |alarm| matches!(alarm, Alarm::WatchedFolderGone { path } if *path == gone),
            None,
        );
        Ok(())
    }

    /// The watched folders and what was seen of them.
    pub fn watched(&self, who: &Identity) -> Result<Vec<WatchedView>, DeskError> {
        self.permit(who, Permission::ImportCertificates)?;
        let folders = self.watched_folders()?;
        let seen = self
            .inner
            .watched
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        Ok(folders
            .into_iter()
            .map(|folder| WatchedView {
                seen: seen.get(&folder.path).and_then(|state| state.seen.clone()),
                folder,
            })
            .collect())
    }

    pub(super) fn watched_folders(&self) -> Result<Vec<WatchedFolder>, DeskError> {
        let text = self.inner.store.read()?.setting(SETTING)?;
        read(text.as_deref())
    }

    fn change_watched(
        &self,
        who: &Identity,
        change: impl FnOnce(&mut Vec<WatchedFolder>) -> Result<(), DeskError>,
    ) -> Result<(), DeskError> {
        let signer = Signer::person(who.person(), &[Role::Admin]);
        let object = ObjectRef::Setting(KEY);
        self.transact(signer, |tx| {
            let mut all = read(tx.writer.setting(SETTING)?.as_deref())?;
            change(&mut all)?;
            let text = serde_json::to_string(&all).map_err(damaged)?;
            tx.writer.set_setting(SETTING, &text)?;
            tx.log(Action::PENGATURAN_DIUBAH, object.clone(), |_| {})?;
            Ok(())
        })
        .map_err(|e| self.refused(signer, object, e))
    }
}

fn read(text: Option<&str>) -> Result<Vec<WatchedFolder>, DeskError> {
    text.map_or(Ok(Vec::new()), |text| {
        serde_json::from_str(text).map_err(damaged)
    })
}

fn damaged(error: serde_json::Error) -> DeskError {
    DeskError::Folder(format!("{SETTING}: {error}"))
}
