//! Where the data lie, and opening the desk of a folder in this process: the note that says who has it, and the words
//! for the second who comes.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use crate::desk::folder::DataFolder;
use crate::desk::{Desk, Environment};

use super::args::Global;
use super::failure::{Failure, Said};

/// Where the data lie: as named, else the system's folder where there is one, else the user's.
pub fn data_folder(global: &Global) -> Result<PathBuf, Failure> {
    const SYSTEM: &str = "/var/lib/ams";
    if let Some(named) = &global.data {
        return Ok(named.clone());
    }
    if Path::new(SYSTEM).is_dir() {
        return Ok(PathBuf::from(SYSTEM));
    }
    Ok(state_home()?.join("ams"))
}

/// Where a demo folder lies unless one is named.
pub fn demo_folder(global: &Global) -> Result<PathBuf, Failure> {
    match &global.data {
        Some(named) => Ok(named.clone()),
        None => Ok(state_home()?.join("ams-demo")),
    }
}

/// `$XDG_STATE_HOME`, else `~/.local/state` (XDG Base Directory Specification).
fn state_home() -> Result<PathBuf, Failure> {
    let absolute = |name: &str| {
        std::env::var_os(name)
            .map(PathBuf::from)
            .filter(|p| p.is_absolute())
    };
    absolute("XDG_STATE_HOME")
        .or_else(|| absolute("HOME").map(|home| home.join(".local/state")))
        .ok_or_else(|| Failure::usage("cli-no-home"))
}

/// A desk opened in this process.
pub struct Opened {
    /// First, so that the note goes before the database is free for the next process.
    pub presence: Presence,
    pub desk: Desk,
}

/// Opens the desk of a folder in this process.
pub fn open_desk(path: &Path) -> Result<Opened, Failure> {
    let folder = DataFolder::open(path)?;
    let place = folder.path().to_owned();
    let desk = Desk::open(folder, environment()?)?;
    Ok(Opened {
        presence: Presence::note(&place),
        desk,
    })
}

/// The machine's clock and randomness, and this very program.
pub fn environment() -> Result<Environment, Failure> {
    Environment::real().map_err(|e| Failure::file("/proc/self/exe", e))
}

/// Another process has the desk.
pub fn busy(folder: &Path) -> Failure {
    let holder = std::fs::read_to_string(folder.join(PRESENCE))
        .ok()
        .and_then(|text| text.lines().next()?.parse::<u32>().ok());
    Failure::CouldNot(match holder {
        Some(pid) => Said::plain("cli-busy")
            .with("path", folder.display())
            .with("pid", pid),
        None => Said::plain("cli-busy-unknown").with("path", folder.display()),
    })
}

const PRESENCE: &str = "desk.pid";

/// Where the desk that has this folder listens, as its note says: another login of the same user may have another
/// runtime folder.
pub fn noted_socket(folder: &Path) -> Option<PathBuf> {
    let text = std::fs::read_to_string(folder.join(PRESENCE)).ok()?;
    text.lines().nth(1).map(PathBuf::from)
}

/// The note in the data folder that says which process has the desk, and where it listens. It locks nothing: the
/// database does.
pub struct Presence(PathBuf);

impl Presence {
    /// Leaves the note. Without it the desk works all the same; only a second process cannot say who is first.
    pub fn note(folder: &Path) -> Self {
        let presence = Self(folder.join(PRESENCE));
        presence.write(&format!("{}\n", std::process::id()));
        presence
    }

    /// Adds where this process listens.
    pub fn listens_at(&self, socket: &Path) {
        self.write(&format!("{}\n{}\n", std::process::id(), socket.display()));
    }

    fn write(&self, text: &str) {
        let written = std::fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&self.0)
            .and_then(|mut file| file.write_all(text.as_bytes()));
        if let Err(error) = written {
            tracing::warn!(%error, "desk.pid not written");
        }
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        // A note that stays behind is overwritten by the next desk.
        let _ = std::fs::remove_file(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_named_folder_goes_before_every_other() {
        let global = Global {
            data: Some("/srv/meja".into()),
            ..Global::default()
        };
        assert_eq!(data_folder(&global).unwrap(), PathBuf::from("/srv/meja"));
        assert_eq!(demo_folder(&global).unwrap(), PathBuf::from("/srv/meja"));
    }

    #[test]
    fn a_second_process_is_told_who_was_first() {
        let folder = tempfile::tempdir().unwrap();
        let presence = Presence::note(folder.path());
        let Failure::CouldNot(said) = busy(folder.path()) else {
            panic!("another failure");
        };
        assert_eq!(said.id, "cli-busy");
        assert!(
            said.facts
                .contains(&("pid", std::process::id().to_string()))
        );
        drop(presence);
        assert!(matches!(busy(folder.path()), Failure::CouldNot(s) if s.id == "cli-busy-unknown"));
    }
}
