//! The files that a command line names, opened by this very process under its own user: inputs (`-` is standard
//! input) with a limit, secrets as the first line, outputs that follow no symbolic link.

use std::fs::{File, OpenOptions};
use std::io::{self, IsTerminal, Read, Write};
use std::os::unix::fs::OpenOptionsExt;

use secrecy::SecretString;
use zeroize::Zeroizing;

use super::failure::{Failure, of_output};

/// What `-` stands for.
pub const STANDARD: &str = "-";

/// A stream to read from.
pub fn input(name: &str) -> Result<Box<dyn Read>, Failure> {
    if name == STANDARD {
        return Ok(Box::new(io::stdin()));
    }
    let file = File::open(name).map_err(|e| Failure::file(name, e))?;
    if file.metadata().is_ok_and(|m| m.is_dir()) {
        return Err(Failure::file(name, io::ErrorKind::IsADirectory.into()));
    }
    Ok(Box::new(file))
}

/// The whole of an input, at most one octet more than `limit`: whoever judges its size sees that it is too large.
pub fn octets(name: &str, limit: u64) -> Result<Vec<u8>, Failure> {
    let mut octets = Vec::new();
    input(name)?
        .take(limit.saturating_add(1))
        .read_to_end(&mut octets)
        .map_err(|e| Failure::file(name, e))?;
    Ok(octets)
}

/// The longest secret file that is looked at.
const SECRET: u64 = 4096;

/// The first line of a file, without its end.
pub fn secret(name: &str) -> Result<SecretString, Failure> {
    secret_of(name, input(name)?)
}

/// The same from a file descriptor that the caller's shell opened for us.
pub fn secret_of_descriptor(number: i32) -> Result<SecretString, Failure> {
    let name = format!("/proc/self/fd/{number}");
    let file = File::open(&name).map_err(|e| Failure::file(format!("fd {number}"), e))?;
    secret_of(&name, Box::new(file))
}

fn secret_of(name: &str, input: Box<dyn Read>) -> Result<SecretString, Failure> {
    let mut octets = Zeroizing::new(Vec::with_capacity(SECRET as usize));
    input
        .take(SECRET)
        .read_to_end(&mut octets)
        .map_err(|e| Failure::file(name, e))?;
    let line = octets.split(|b| *b == b'\n').next().unwrap_or_default();
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let text = std::str::from_utf8(line)
        .map_err(|e| Failure::file(name, io::Error::new(io::ErrorKind::InvalidData, e)))?;
    Ok(SecretString::from(text))
}

/// Writes a result to the file named, or to standard output unless that is a terminal.
pub fn write(name: &str, octets: &[u8]) -> Result<(), Failure> {
    if name == STANDARD {
        let mut out = io::stdout().lock();
        if out.is_terminal() {
            return Err(Failure::usage("cli-binary-to-terminal"));
        }
        return out
            .write_all(octets)
            .and_then(|()| out.flush())
            .map_err(of_output);
    }
    let no_follow = i32::try_from(rustix::fs::OFlags::NOFOLLOW.bits()).unwrap_or(0);
    OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .custom_flags(no_follow)
        .open(name)
        .and_then(|mut file| file.write_all(octets).and_then(|()| file.sync_all()))
        .map_err(|e| Failure::file(name, e))
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn a_secret_is_the_first_line_without_its_end() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pw");
        for (content, expected) in [
            ("kata sandi\n", "kata sandi"),
            ("a b\r\nc", "a b"),
            ("", ""),
        ] {
            std::fs::write(&file, content).unwrap();
            let read = secret(file.to_str().unwrap()).unwrap();
            assert_eq!(read.expose_secret(), expected);
        }
    }

    #[test]
    fn an_output_follows_no_symbolic_link() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("target");
        std::fs::write(&target, "keep").unwrap();
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(&target, &link).unwrap();
        assert!(write(link.to_str().unwrap(), b"other").is_err());
        assert_eq!(std::fs::read(&target).unwrap(), b"keep");
    }

    #[test]
    fn an_input_is_read_up_to_one_octet_beyond_its_limit() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("big");
        std::fs::write(&file, [7; 100]).unwrap();
        assert_eq!(octets(file.to_str().unwrap(), 10).unwrap().len(), 11);
    }
}
