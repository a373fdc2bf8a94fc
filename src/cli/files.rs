//! The files that a command line names, opened by the caller's own process: inputs (`-` is standard input) with a
//! limit, secrets as the first line, outputs.

use std::io::{self, Read};

use secrecy::SecretString;
use zeroize::Zeroizing;

use super::failure::{Failure, of_output};
use crate::session::caller::{Caller, Source, Stream};

pub use crate::session::caller::STANDARD;

/// A stream to read from.
pub fn input(caller: &dyn Caller, name: &str) -> Result<Box<dyn Read + Send>, Failure> {
    caller
        .open(&Source::named(name))
        .map_err(|e| Failure::file(name, e))
}

/// The whole of an input, at most one octet more than `limit`: whoever judges its size sees that it is too large.
pub fn octets(caller: &dyn Caller, name: &str, limit: u64) -> Result<Vec<u8>, Failure> {
    let mut octets = Vec::new();
    input(caller, name)?
        .take(limit.saturating_add(1))
        .read_to_end(&mut octets)
        .map_err(|e| Failure::file(name, e))?;
    Ok(octets)
}

/// The longest secret file that is looked at.
const SECRET: u64 = 4096;

/// The first line of a file, without its end.
pub fn secret(caller: &dyn Caller, name: &str) -> Result<SecretString, Failure> {
    secret_of(caller, &Source::named(name))
}

/// The same from a file descriptor that the caller's shell opened for us.
pub fn secret_of_descriptor(caller: &dyn Caller, number: i32) -> Result<SecretString, Failure> {
    secret_of(caller, &Source::Descriptor(number))
}

fn secret_of(caller: &dyn Caller, source: &Source) -> Result<SecretString, Failure> {
    let failed = |e| Failure::file(source.to_string(), e);
    let mut octets = Zeroizing::new(Vec::with_capacity(SECRET as usize));
    caller
        .open(source)
        .and_then(|input| input.take(SECRET).read_to_end(&mut octets))
        .map_err(failed)?;
    let line = octets.split(|b| *b == b'\n').next().unwrap_or_default();
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let text = std::str::from_utf8(line)
        .map_err(|e| failed(io::Error::new(io::ErrorKind::InvalidData, e)))?;
    Ok(SecretString::from(text))
}

/// Writes a result to the file named, or to standard output unless that is a terminal.
pub fn write(caller: &dyn Caller, name: &str, octets: &[u8]) -> Result<(), Failure> {
    if name != STANDARD {
        return caller
            .create(name, false, &mut &*octets)
            .map_err(|e| Failure::file(name, e));
    }
    if caller.is_terminal(Stream::Output) {
        return Err(Failure::usage("cli-binary-to-terminal"));
    }
    caller.say(Stream::Output, octets).map_err(of_output)
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;
    use crate::session::caller::ThisProcess;

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
            let read = secret(&ThisProcess, file.to_str().unwrap()).unwrap();
            assert_eq!(read.expose_secret(), expected);
        }
    }

    #[test]
    fn an_input_is_read_up_to_one_octet_beyond_its_limit() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("big");
        std::fs::write(&file, [7; 100]).unwrap();
        let read = octets(&ThisProcess, file.to_str().unwrap(), 10).unwrap();
        assert_eq!(read.len(), 11);
    }
}
