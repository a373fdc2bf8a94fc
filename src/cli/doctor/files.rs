//! What the doctor looks at on the disk: the data folder and its modes, the socket's place, the space left.

use std::fs::Metadata;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::{DeskState, Said, Scene, Seen};
use crate::session::socket;

/// Less space than this and a CRL or a backup may not fit any more.
const SCARCE: u64 = 512 << 20;

/// The folder that holds what everybody may read, inside the data folder of a demo or a desk without another.
const PUBLIC: &str = "crl";

pub fn data_folder(scene: &Scene) -> Vec<Seen> {
    vec![match &scene.desk {
        DeskState::None(why) => Seen::not_checked(why.clone()),
        _ => {
            let path = scene.data.display();
            Seen::ok(Said::plain("cli-doctor-folder").with("path", path))
        }
    }]
}

/// Everything in the data folder is its owner's alone, what is published excepted.
pub fn permissions(scene: &Scene) -> Vec<Seen> {
    if let DeskState::None(why) = &scene.desk {
        return vec![Seen::not_checked(why.clone())];
    }
    let mut open = Vec::new();
    vec![match open_to_others(&scene.data, &mut open) {
        Err(error) => Seen::action(
            Said::plain("cli-doctor-unreadable")
                .with("path", scene.data.display())
                .with("why", error),
        ),
        Ok(()) => match open.first() {
            None => Seen::ok(Said::plain("cli-doctor-closed")),
            Some((first, mode)) => Seen::action(
                Said::plain("cli-doctor-open")
                    .with("count", open.len())
                    .with("path", first.display())
                    .with("mode", format!("{:04o}", mode & 0o7777))
                    .with("data", scene.data.display()),
            ),
        },
    }]
}

fn open_to_others(path: &Path, found: &mut Vec<(PathBuf, u32)>) -> io::Result<()> {
    let metadata = std::fs::symlink_metadata(path)?;
    if is_open(&metadata) {
        found.push((path.to_owned(), metadata.mode()));
    }
    if metadata.is_dir() {
        for entry in std::fs::read_dir(path)? {
            let entry = entry?;
            if entry.file_name() != PUBLIC {
                open_to_others(&entry.path(), found)?;
            }
        }
    }
    Ok(())
}

fn is_open(metadata: &Metadata) -> bool {
    !metadata.is_symlink() && metadata.mode() & 0o077 != 0
}

/// Whether a desk listens, and whether the socket's folder is closed to strangers.
pub fn socket(scene: &Scene) -> Vec<Seen> {
    let path = scene.socket.display();
    let named = |id: &'static str| Said::plain(id).with("path", &path);
    let folder = scene.socket.parent().unwrap_or(Path::new("/"));
    match std::fs::metadata(folder) {
        Ok(metadata) if metadata.mode() & 0o007 != 0 => {
            return vec![Seen::action(
                Said::plain("cli-doctor-socket-open")
                    .with("path", folder.display())
                    .with("mode", format!("{:04o}", metadata.mode() & 0o7777)),
            )];
        }
        _ => {}
    }
    vec![match socket::connect(&scene.socket, true) {
        Ok(Some(_)) => Seen::ok(named("cli-doctor-socket-answers")),
        Err(error) => Seen::action(named("cli-doctor-socket-denied").with("why", error)),
        Ok(None) if matches!(scene.desk, DeskState::Running(_)) => {
            Seen::action(named("cli-doctor-socket-silent"))
        }
        Ok(None) if scene.data == Path::new(socket::SYSTEM_DATA) => {
            Seen::action(named("cli-doctor-socket-down"))
        }
        Ok(None) => Seen::not_checked(named("cli-doctor-socket-none")),
    }]
}

pub fn disk(scene: &Scene) -> Vec<Seen> {
    // A folder that is not there yet lies on the disk of the nearest one above it.
    let place = scene.data.ancestors().find(|path| path.exists());
    let Some(place) = place else {
        return vec![Seen::not_checked(Said::plain("cli-doctor-disk-unknown"))];
    };
    vec![match rustix::fs::statvfs(place) {
        Err(_) => Seen::not_checked(Said::plain("cli-doctor-disk-unknown")),
        Ok(disk) => {
            let free = disk.f_bavail.saturating_mul(disk.f_frsize);
            let said = |id: &'static str| {
                Said::plain(id)
                    .with("free", scene.out.format.size(free))
                    .with("path", place.display())
            };
            if free < SCARCE {
                Seen::action(said("cli-doctor-disk-scarce"))
            } else {
                Seen::ok(said("cli-doctor-disk"))
            }
        }
    }]
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn whatever_others_could_open_is_found_and_what_is_published_is_not_meant() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let set = |name: &str, mode| {
            std::fs::set_permissions(at(name), std::fs::Permissions::from_mode(mode)).unwrap();
        };
        for name in ["letters", "crl"] {
            std::fs::create_dir(at(name)).unwrap();
        }
        set("", 0o700);
        for name in ["ams.redb", "letters/a", "crl/ca.crl"] {
            std::fs::write(at(name), "").unwrap();
            set(name, 0o600);
        }
        set("letters", 0o700);
        set("crl", 0o755);
        set("crl/ca.crl", 0o644);
        let found = || {
            let mut found = Vec::new();
            open_to_others(folder.path(), &mut found).unwrap();
            found.into_iter().map(|(path, _)| path).collect::<Vec<_>>()
        };
        assert_eq!(found(), Vec::<PathBuf>::new());
        set("letters/a", 0o640);
        assert_eq!(found(), [at("letters/a")]);
    }
}
