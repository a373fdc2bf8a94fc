//! A screen on this terminal: the relay here, and the session in the desk's process at the other end of the socket, or in
//! this one where it is the desk itself.

use std::io;
use std::net::Shutdown;
use std::os::unix::net::UnixStream;

use crate::desk::Desk;
use crate::term::{self, Capabilities};

use super::host::{self, Start};
use super::link::{self, FromTerminal, Hello, ToTerminal};
use super::relay::{self, Disk, Ended, Patience, RelayError};
use super::wire::{self, FromDesk, LONGEST_FROM_DESK, ToDesk, WireError};

/// Why there was no screen.
#[derive(Debug, thiserror::Error)]
pub enum AttachError {
    #[error(transparent)]
    Relay(#[from] RelayError),
    #[error(transparent)]
    Wire(#[from] WireError),
    #[error("{0}")]
    Refused(String),
}

impl From<io::Error> for AttachError {
    fn from(error: io::Error) -> Self {
        Self::Wire(error.into())
    }
}

/// Shows the desk's screen on this terminal until the session ends. `None`: the desk went without a word.
pub fn screen(
    mut desk: UnixStream,
    hello: Hello,
    disk: Disk,
) -> Result<Option<Ended>, AttachError> {
    let leave = term::leave(&Capabilities::from_env(&|name| hello.variable(name)));
    wire::greet(&mut desk)?;
    wire::write(&mut desk, &ToDesk::Screen(hello))?;
    wire::expect_greeting(&mut desk)?;
    // The first answer comes before the terminal is touched, so that a refusal is an ordinary message.
    let first = match wire::read(&mut desk, LONGEST_FROM_DESK)? {
        Some(FromDesk::Terminal(first)) => first,
        Some(FromDesk::Refused(words)) => return Err(AttachError::Refused(words)),
        Some(FromDesk::Errand(_)) => return Err(WireError::Unexpected.into()),
        None => return Err(WireError::Cut.into()),
    };
    let (relay_end, session_end) = link::in_memory();
    let mut incoming = desk.try_clone()?;
    let to_terminal = session_end.to_terminal;
    std::thread::Builder::new()
        .name("desk-output".to_owned())
        .spawn(move || {
            let mut next = Some(first);
            while let Some(message) = next {
                let over = matches!(message, ToTerminal::Exit { .. });
                if to_terminal.send(message).is_err() || over {
                    return;
                }
                // The desk may wait while the terminal is busy: what lies here cannot be replaced by a newer frame.
                to_terminal.wait_until_clear();
                next = match wire::read(&mut incoming, LONGEST_FROM_DESK) {
                    Ok(Some(FromDesk::Terminal(message))) => Some(message),
                    // The channel closes, and the relay notices.
                    _ => None,
                };
            }
        })?;
    let mut outgoing = desk.try_clone()?;
    let from_terminal = session_end.from_terminal;
    std::thread::Builder::new()
        .name("desk-input".to_owned())
        .spawn(move || {
            for message in from_terminal {
                let closed = message == FromTerminal::Closed;
                if wire::write(&mut outgoing, &ToDesk::Terminal(message)).is_err() || closed {
                    return;
                }
            }
        })?;
    let ended = relay::run(relay_end, term::reset_modes(), leave, Patience::Short, disk)?;
    // Ends both threads; the desk sees the end of the connection.
    let _ = desk.shutdown(Shutdown::Both);
    Ok(ended)
}

/// Shows the screen of this process's own desk: the relay loop here, the session in a thread beside it. `None`: the
/// session went without a word.
pub fn in_process(desk: &Desk, start: Start) -> Result<Option<Ended>, RelayError> {
    let hello = relay::hello()?;
    let leave = term::leave(&Capabilities::from_env(&|name| hello.variable(name)));
    let (relay_end, session_end) = link::in_memory();
    let session = host::spawn(desk.clone(), hello, session_end, start)?;
    // Whoever is the desk has his files where it is.
    let (patience, disk) = (Patience::Endless, Disk::Own);
    let ended = relay::run(relay_end, term::reset_modes(), leave, patience, disk);
    // The relay returned because the session said so, or is about to.
    let _ = session.join();
    ended
}
