//! The process in which a command was typed: its streams, its files, its terminal. A command reaches the outside
//! through this alone, so that it runs the same in that very process and in a desk at the other end of a socket.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, IsTerminal, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::prompt;

/// One of the three standard streams.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Stream {
    Input,
    Output,
    Error,
}

/// What is read from.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Source {
    StandardInput,
    File(String),
    /// A file descriptor that the caller's shell opened.
    Descriptor(i32),
}

/// What `-` stands for.
pub const STANDARD: &str = "-";

impl Source {
    /// As a command line names it.
    pub fn named(name: &str) -> Self {
        if name == STANDARD {
            Self::StandardInput
        } else {
            Self::File(name.to_owned())
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::StandardInput => f.write_str("stdin"),
            Self::File(name) => f.write_str(name),
            Self::Descriptor(number) => write!(f, "fd {number}"),
        }
    }
}

/// The process that asks.
pub trait Caller: Send + Sync {
    /// Its unix user.
    fn uid(&self) -> u32;

    fn is_terminal(&self, stream: Stream) -> bool;

    /// Writes to its standard output or error, at once.
    fn say(&self, stream: Stream, octets: &[u8]) -> io::Result<()>;

    /// Opens something to read with the caller's own rights; a folder is refused.
    fn open(&self, source: &Source) -> io::Result<Box<dyn Read + Send>>;

    /// How many octets a regular file has; `None` for anything else.
    fn measure(&self, source: &Source) -> io::Result<Option<u64>>;

    /// Every file under a folder, sorted; `None` where the name is not a folder's.
    fn files_under(&self, name: &str) -> io::Result<Option<Vec<String>>>;

    /// Writes a file of the caller's; on the disk when this returns. See [`create`].
    fn create(&self, name: &str, fresh: bool, content: &mut dyn Read) -> io::Result<()>;

    /// Asks at the terminal; `None` where there is none or the question was broken off.
    fn ask(&self, question: &str, echo: bool) -> io::Result<Option<Zeroizing<String>>>;
}

/// The caller is this very process.
#[derive(Debug)]
pub struct ThisProcess;

/// This process as a caller.
pub fn this_process() -> Arc<dyn Caller> {
    Arc::new(ThisProcess)
}

impl Caller for ThisProcess {
    fn uid(&self) -> u32 {
        rustix::process::getuid().as_raw()
    }

    fn is_terminal(&self, stream: Stream) -> bool {
        match stream {
            Stream::Input => io::stdin().is_terminal(),
            Stream::Output => io::stdout().is_terminal(),
            Stream::Error => io::stderr().is_terminal(),
        }
    }

    fn say(&self, stream: Stream, octets: &[u8]) -> io::Result<()> {
        fn all(mut out: impl Write, octets: &[u8]) -> io::Result<()> {
            out.write_all(octets)?;
            out.flush()
        }
        if stream == Stream::Error {
            all(io::stderr().lock(), octets)
        } else {
            all(io::stdout().lock(), octets)
        }
    }

    fn open(&self, source: &Source) -> io::Result<Box<dyn Read + Send>> {
        let file = match source {
            Source::StandardInput => return Ok(Box::new(io::stdin())),
            Source::File(name) => File::open(name)?,
            Source::Descriptor(number) => File::open(format!("/proc/self/fd/{number}"))?,
        };
        if file.metadata()?.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        Ok(Box::new(file))
    }

    fn measure(&self, source: &Source) -> io::Result<Option<u64>> {
        let Source::File(name) = source else {
            return Ok(None);
        };
        let metadata = std::fs::metadata(name)?;
        Ok(metadata.is_file().then_some(metadata.len()))
    }

    fn files_under(&self, name: &str) -> io::Result<Option<Vec<String>>> {
        let folder = Path::new(name);
        if !folder.is_dir() {
            return Ok(None);
        }
        let mut found = Vec::new();
        walk(folder, &mut found)?;
        found.sort();
        Ok(Some(
            found
                .iter()
                .map(|path| path.display().to_string())
                .collect(),
        ))
    }

    fn create(&self, name: &str, fresh: bool, content: &mut dyn Read) -> io::Result<()> {
        let mut file = create(name, fresh)?;
        io::copy(content, &mut file)?;
        file.sync_all()
    }

    fn ask(&self, question: &str, echo: bool) -> io::Result<Option<Zeroizing<String>>> {
        prompt::ask(question, echo)
    }
}

/// A file to write, mode 0600, through no symbolic link; with `fresh` it must not be there yet.
pub fn create(name: &str, fresh: bool) -> io::Result<File> {
    let no_follow = i32::try_from(rustix::fs::OFlags::NOFOLLOW.bits()).unwrap_or(0);
    OpenOptions::new()
        .write(true)
        .create(!fresh)
        .create_new(fresh)
        .truncate(!fresh)
        .mode(0o600)
        .custom_flags(no_follow)
        .open(name)
}

/// The files in a folder and in the folders below it. A link to a file is that file; one to a folder is not followed,
/// for it may lead in a circle. What cannot be looked at, a dead link or a closed folder, is listed by its name, so that
/// opening it says why; the rest goes on.
fn walk(folder: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        if entry.file_type()?.is_dir() {
            if walk(&path, found).is_err() {
                found.push(path);
            }
            continue;
        }
        match std::fs::metadata(&path) {
            Ok(metadata) if !metadata.is_file() => {}
            Ok(_) | Err(_) => found.push(path),
        }
    }
    Ok(())
}

/// A caller's standard output or error as a stream.
pub struct Outlet {
    caller: Arc<dyn Caller>,
    stream: Stream,
}

impl Outlet {
    pub fn output(caller: &Arc<dyn Caller>) -> Self {
        Self {
            caller: Arc::clone(caller),
            stream: Stream::Output,
        }
    }
}

impl Write for Outlet {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.caller.say(self.stream, octets)?;
        Ok(octets.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_output_follows_no_symbolic_link() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("target");
        std::fs::write(&target, "keep").unwrap();
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(&target, &link).unwrap();
        let written = ThisProcess.create(link.to_str().unwrap(), false, &mut &b"other"[..]);
        assert!(written.is_err());
        assert_eq!(std::fs::read(&target).unwrap(), b"keep");
    }

    #[test]
    fn a_folder_is_listed_with_what_lies_below_it_and_not_read() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("b")).unwrap();
        for name in ["c.pem", "b/a.pem"] {
            std::fs::write(folder.path().join(name), "x").unwrap();
        }
        let name = folder.path().to_str().unwrap();
        let files = ThisProcess.files_under(name).unwrap().unwrap();
        assert_eq!(files, [format!("{name}/b/a.pem"), format!("{name}/c.pem")]);
        assert_eq!(ThisProcess.files_under(&files[0]).unwrap(), None);
        assert!(ThisProcess.open(&Source::named(name)).is_err());
    }
}
