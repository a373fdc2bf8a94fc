//! Where a command or a screen goes: to the desk that runs, over its socket, or to one opened in this process. A private
//! desk never steps in where a system's desk is meant: nobody may file into an empty one without noticing.

use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::desk::DeskError;
use crate::session::caller::{Caller, Stream};
use crate::session::errand::{self, Granted, Ran};
use crate::session::socket::{self, SYSTEM_DATA};
use crate::session::wire::{CommandCall, WireError};
use crate::store::StoreError;

use super::args::{Cli, Global};
use super::failure::{DONE, Failure, Said};
use super::forced;
use super::place::{self, Opened};

/// What is wanted of a desk.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Asks {
    Screen,
    Command,
}

/// A desk.
pub enum Route {
    /// Another process is the desk.
    Running(UnixStream),
    /// This process has it now.
    Here(Opened),
}

/// How long it is tried when another process holds the desk for one command.
const PATIENCE: Duration = Duration::from_secs(5);
const GLANCE: Duration = Duration::from_millis(20);

/// Where a desk of this data folder listens: the place named, else that of the folder.
pub fn own_socket(global: &Global, data: &Path) -> PathBuf {
    match &global.socket {
        Some(named) => named.clone(),
        None => {
            let runtime = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
            socket::path_for(data, runtime.as_deref())
        }
    }
}

/// Where the desk of this data folder is to be found.
pub fn socket_of(global: &Global, data: &Path) -> PathBuf {
    match (&global.socket, place::noted_socket(data)) {
        (None, Some(noted)) => noted,
        _ => own_socket(global, data),
    }
}

/// The desk at a socket, if one listens there.
pub fn running(global: &Global, path: &Path) -> Result<Option<UnixStream>, Failure> {
    socket::connect(path, global.socket.is_some())
        .map_err(|e| Failure::file(path.display().to_string(), e))
}

/// Finds the desk.
pub fn find(global: &Global, asks: Asks) -> Result<Route, Failure> {
    let data = place::data_folder(global)?;
    let end = Instant::now() + PATIENCE;
    loop {
        let path = socket_of(global, &data);
        if let Some(desk) = running(global, &path)? {
            return Ok(Route::Running(desk));
        }
        let system = data == Path::new(SYSTEM_DATA) && asks == Asks::Screen;
        if system || global.socket.is_some() || forced::is_forced() {
            return Err(Failure::CouldNot(
                Said::plain("cli-desk-down").with("path", path.display()),
            ));
        }
        match place::open_desk(&data) {
            Ok(opened) => return Ok(Route::Here(opened)),
            // A single command holds it for a moment, or a desk is about to listen.
            Err(Failure::Desk(DeskError::Store(StoreError::Busy { .. })))
                if Instant::now() < end =>
            {
                std::thread::sleep(GLANCE);
            }
            Err(Failure::Desk(DeskError::Store(StoreError::Busy { .. }))) => {
                return Err(place::busy(&data));
            }
            Err(other) => return Err(other),
        }
    }
}

/// Has a running desk run a command; the caller's own files are opened here.
pub fn command(
    desk: UnixStream,
    cli: &Cli,
    arguments: &[String],
    caller: &dyn Caller,
) -> Result<u8, Failure> {
    let named = cli.named();
    let granted = Granted {
        standard_input: named.standard_input_uses() > 0,
        inputs: named.inputs.into_iter().collect(),
        outputs: named.outputs.into_iter().collect(),
        descriptors: named.descriptors.into_iter().collect(),
    };
    let call = CommandCall {
        arguments: arguments.to_vec(),
        terminals: [Stream::Input, Stream::Output, Stream::Error]
            .into_iter()
            .filter(|stream| caller.is_terminal(*stream))
            .collect(),
    };
    match errand::run(desk, call, caller, granted) {
        Ok(Ran::Exit(status)) => Ok(status),
        Ok(Ran::ReaderGone) => Ok(DONE),
        Ok(Ran::Refused(words)) => Err(Failure::refused_by_desk(words)),
        Err(error) => Err(connection(&error)),
    }
}

/// A connection that broke or was none.
pub fn connection(error: &WireError) -> Failure {
    let said = match error {
        WireError::Cut => Said::plain("cli-desk-went"),
        other => Said::plain("cli-connection").with("detail", other),
    };
    Failure::CouldNot(said)
}
