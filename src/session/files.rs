//! Files on the person's own machine, opened by the relay with the person's own uid: the desk never opens a path that
//! came over the link. Reads regular files up to a limit; writes new files only, never through a link.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;

use crate::tui::component::FileProblem;

/// The content of a regular file of at most `limit` octets. `~/` is the home folder.
pub fn read(path: &str, limit: u64) -> Result<Vec<u8>, FileProblem> {
    // A pipe that nobody writes to would never open.
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(flags(OFlags::NONBLOCK | OFlags::NOCTTY))
        .open(expand(path))
        .map_err(|e| problem(&e))?;
    if !file.metadata().map_err(|e| problem(&e))?.is_file() {
        return Err(FileProblem::NotAFile);
    }
    let mut content = Vec::new();
    file.take(limit.saturating_add(1))
        .read_to_end(&mut content)
        .map_err(|e| problem(&e))?;
    if content.len() as u64 > limit {
        return Err(FileProblem::TooLarge { limit });
    }
    Ok(content)
}

/// Writes a new file into the folder where the program was started; says where it lies.
pub fn write(name: &str, content: &[u8]) -> Result<String, FileProblem> {
    write_into(
        &std::env::current_dir().map_err(|e| problem(&e))?,
        name,
        content,
    )
}

fn write_into(folder: &Path, name: &str, content: &[u8]) -> Result<String, FileProblem> {
    // The name is the desk's, but a relay trusts no desk with a path.
    let name = Path::new(name).file_name().ok_or(FileProblem::NotAFile)?;
    let path = folder.join(name);
    let mut file: File = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .custom_flags(flags(OFlags::NOFOLLOW))
        .open(&path)
        .map_err(|e| problem(&e))?;
    file.write_all(content)
        .and_then(|()| file.sync_all())
        .map_err(|e| problem(&e))?;
    Ok(path.display().to_string())
}

fn flags(flags: OFlags) -> i32 {
    i32::try_from(flags.bits()).unwrap_or(0)
}

fn expand(path: &str) -> PathBuf {
    match (path.strip_prefix("~/"), std::env::var_os("HOME")) {
        (Some(rest), Some(home)) => Path::new(&home).join(rest),
        _ => PathBuf::from(path),
    }
}

fn problem(error: &io::Error) -> FileProblem {
    match error.kind() {
        io::ErrorKind::NotFound => FileProblem::NotFound,
        io::ErrorKind::PermissionDenied => FileProblem::Denied,
        io::ErrorKind::AlreadyExists => FileProblem::Exists,
        io::ErrorKind::IsADirectory => FileProblem::NotAFile,
        _ => FileProblem::Other(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_regular_files_within_the_limit_are_read() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("surat.pdf");
        std::fs::write(&path, [7; 10]).unwrap();
        let text = path.to_str().unwrap();
        assert_eq!(read(text, 10), Ok(vec![7; 10]));
        assert_eq!(read(text, 9), Err(FileProblem::TooLarge { limit: 9 }));
        assert_eq!(read("/dev/null", 9), Err(FileProblem::NotAFile));
        let folder = dir.path().to_str().unwrap();
        assert_eq!(read(folder, 9), Err(FileProblem::NotAFile));
        assert_eq!(read("/nowhere/at/all", 9), Err(FileProblem::NotFound));
    }

    #[test]
    fn a_file_that_is_there_is_never_overwritten_nor_written_through_a_link() {
        let dir = tempfile::tempdir().unwrap();
        let at = dir.path();
        let written = write_into(at, "../formulir.pdf", b"a").unwrap();
        assert_eq!(Path::new(&written), at.join("formulir.pdf"));
        assert_eq!(
            write_into(at, "formulir.pdf", b"b"),
            Err(FileProblem::Exists)
        );
        assert_eq!(std::fs::read(at.join("formulir.pdf")).unwrap(), b"a");
        std::os::unix::fs::symlink(at.join("elsewhere"), at.join("link")).unwrap();
        assert!(write_into(at, "link", b"c").is_err());
        assert!(!at.join("elsewhere").exists());
    }
}
