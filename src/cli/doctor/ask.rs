//! Asks a running desk for the checks that only it can make: a command over its socket whose output is kept.

use std::io::{self, Read};
use std::os::unix::net::UnixStream;
use std::sync::{Mutex, PoisonError};

use zeroize::Zeroizing;

use crate::session::caller::{Caller, Source, Stream, ThisProcess};
use crate::session::errand::{self, Granted, Ran};
use crate::session::wire::CommandCall;

use super::super::output::Output;
use super::Line;

/// What the desk says; `None` where it says nothing to this unix user.
pub fn desk(desk: UnixStream, out: &Output) -> Option<Vec<Line>> {
    let language = out.texts().language.tag();
    let call = CommandCall {
        arguments: ["--json", "--lang", language, "doctor", "--at-desk"]
            .map(str::to_owned)
            .to_vec(),
        terminals: Vec::new(),
    };
    let kept = Kept::default();
    match errand::run(desk, call, &kept, Granted::default()) {
        Ok(Ran::Exit(0)) => {
            let said = kept.0.into_inner().unwrap_or_else(PoisonError::into_inner);
            serde_json::from_slice(&said).ok()
        }
        _ => None,
    }
}

/// A caller that keeps what is said to its standard output and has nothing else to give.
#[derive(Default)]
struct Kept(Mutex<Vec<u8>>);

impl Caller for Kept {
    fn uid(&self) -> u32 {
        ThisProcess.uid()
    }

    fn is_terminal(&self, _: Stream) -> bool {
        false
    }

    fn say(&self, stream: Stream, octets: &[u8]) -> io::Result<()> {
        if stream == Stream::Output {
            let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            kept.extend_from_slice(octets);
        }
        Ok(())
    }

    fn open(&self, _: &Source) -> io::Result<Box<dyn Read + Send>> {
        Err(io::ErrorKind::PermissionDenied.into())
    }

    fn measure(&self, _: &Source) -> io::Result<Option<u64>> {
        Err(io::ErrorKind::PermissionDenied.into())
    }

    fn files_under(&self, _: &str) -> io::Result<Option<Vec<String>>> {
        Err(io::ErrorKind::PermissionDenied.into())
    }

    fn create(&self, _: &str, _: bool, _: &mut dyn Read) -> io::Result<()> {
        Err(io::ErrorKind::PermissionDenied.into())
    }

    fn ask(&self, _: &str, _: bool) -> io::Result<Option<Zeroizing<String>>> {
        Ok(None)
    }
}
