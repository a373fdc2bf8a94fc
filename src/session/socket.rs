//! Where a desk's socket lies, who may reach it, and who is at its other end (SO_PEERCRED). Only its folder's mode says
//! who may connect: 0750 and a group of officers for a system's desk, 0700 for anybody's own.

use std::io;
use std::os::unix::fs::{DirBuilderExt, FileTypeExt, MetadataExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

use ring::digest;

/// The folder of the system's desk: its data and its socket.
pub const SYSTEM_DATA: &str = "/var/lib/ams";
pub const SYSTEM_SOCKET: &str = "/run/ams/desk.sock";

/// Where the desk of a data folder listens. The system's has its place under /run; any other lies in this user's runtime
/// folder under a hash of the data folder's path, since a socket's path has at most 107 octets.
///
/// `runtime` is what the caller's environment names as XDG_RUNTIME_DIR.
pub fn path_for(data: &Path, runtime: Option<&Path>) -> PathBuf {
    if data == Path::new(SYSTEM_DATA) {
        return PathBuf::from(SYSTEM_SOCKET);
    }
    let data = std::fs::canonicalize(data).unwrap_or_else(|_| data.to_owned());
    let hash = digest::digest(&digest::SHA256, data.as_os_str().as_encoded_bytes());
    let name = hex::encode(&hash.as_ref()[..10]);
    runtime_folder(runtime).join(name).with_extension("sock")
}

/// `$XDG_RUNTIME_DIR/ams`; where a login has none, a folder of this user's own under /tmp.
fn runtime_folder(runtime: Option<&Path>) -> PathBuf {
    match runtime {
        Some(folder) if folder.is_absolute() && folder.is_dir() => folder.join("ams"),
        _ => {
            let uid = rustix::process::geteuid().as_raw();
            PathBuf::from(format!("/tmp/ams-{uid}"))
        }
    }
}

/// A listening socket that goes when this is dropped.
#[derive(Debug)]
pub struct Listening {
    pub listener: UnixListener,
    path: PathBuf,
}

impl Listening {
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        // One that stays behind is replaced by the next desk.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Begins to listen. A socket that a killed desk left is replaced: whoever calls this holds the database, so no desk of
/// this folder lives.
pub fn listen(path: &Path) -> io::Result<Listening> {
    let folder = path
        .parent()
        .ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
    prepare(folder)?;
    match std::fs::symlink_metadata(path) {
        Ok(found) if found.file_type().is_socket() => std::fs::remove_file(path)?,
        Ok(_) => return Err(io::ErrorKind::AlreadyExists.into()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let listener = UnixListener::bind(path)?;
    // Connecting takes write permission. Who comes as far as the folder lets through may connect: it decides.
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o666))?;
    Ok(Listening {
        listener,
        path: path.to_owned(),
    })
}

/// Makes a folder of one's own for the socket. One that is there must be this user's (or root's) and closed to others.
fn prepare(folder: &Path) -> io::Result<()> {
    match std::fs::DirBuilder::new().mode(0o700).create(folder) {
        Ok(()) => return Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error),
    }
    let found = std::fs::symlink_metadata(folder)?;
    let own = rustix::process::geteuid().as_raw();
    let closed = found.mode() & 0o007 == 0;
    if !found.is_dir() || (found.uid() != own && found.uid() != 0) || !closed {
        return Err(io::Error::new(
            io::ErrorKind::PermissionDenied,
            format!(
                "{}: must be a folder of this user, closed to others (mode 0700 or 0750)",
                folder.display()
            ),
        ));
    }
    Ok(())
}

/// Connects to a desk; `None` where none listens. A socket that neither was named by the caller nor lies under /run, where
/// only root makes folders, must be listened on by this user or root: /tmp is everybody's, and a password goes to
/// whoever answers.
pub fn connect(path: &Path, named: bool) -> io::Result<Option<UnixStream>> {
    let stream = match UnixStream::connect(path) {
        Ok(stream) => stream,
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused
            ) =>
        {
            return Ok(None);
        }
        Err(error) => return Err(error),
    };
    let own = rustix::process::geteuid().as_raw();
    if named || path == Path::new(SYSTEM_SOCKET) || [own, 0].contains(&peer_uid(&stream)?) {
        return Ok(Some(stream));
    }
    Err(io::Error::new(
        io::ErrorKind::PermissionDenied,
        "another user listens there",
    ))
}

/// The unix user at the other end.
pub fn peer_uid(stream: &UnixStream) -> io::Result<u32> {
    Ok(rustix::net::sockopt::socket_peercred(stream)?.uid.as_raw())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_path_is_short_however_long_the_data_folders_is() {
        let long = PathBuf::from("/srv").join("x".repeat(300));
        let here = |data: &Path| path_for(data, None);
        assert!(here(&long).as_os_str().len() < 100);
        assert_ne!(here(&long), here(Path::new("/srv/y")));
        let runtime = tempfile::tempdir().unwrap();
        let own = path_for(&long, Some(runtime.path()));
        assert!(own.starts_with(runtime.path().join("ams")));
        let system = path_for(Path::new(SYSTEM_DATA), Some(runtime.path()));
        assert_eq!(system, PathBuf::from(SYSTEM_SOCKET));
    }

    #[test]
    fn a_socket_that_a_killed_desk_left_is_replaced_and_any_other_file_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("s/desk.sock");
        let first = listen(&path).unwrap();
        std::mem::forget(first);
        let second = listen(&path).unwrap();
        let stream = connect(&path, false).unwrap().unwrap();
        let own = rustix::process::getuid().as_raw();
        assert_eq!(peer_uid(&stream).unwrap(), own);
        drop(second);
        assert!(connect(&path, false).unwrap().is_none());
        std::fs::write(&path, "a note").unwrap();
        assert!(listen(&path).is_err());
        assert_eq!(std::fs::read(&path).unwrap(), b"a note");
    }

    #[test]
    fn a_folder_open_to_others_holds_no_socket() {
        let folder = tempfile::tempdir().unwrap();
        let open = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(folder.path(), open).unwrap();
        let refused = listen(&folder.path().join("desk.sock")).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::PermissionDenied);
    }
}
