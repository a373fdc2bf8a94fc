//! The relay: puts the terminal in raw mode, carries bytes both ways, reports size changes, and restores the terminal
//! however it ends. It interprets nothing and holds no secrets.

use std::io::{self, IsTerminal, Read, Write};
use std::sync::mpsc::{RecvTimeoutError, SyncSender, TrySendError};
use std::time::Duration;

use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGWINCH};
use signal_hook::iterator::Signals;

use crate::tui::component::FileProblem;

use super::files;
use super::link::{ENVIRONMENT, FromTerminal, Hello, RelayEnd, ToTerminal};

/// Why there is no screen to be had.
#[derive(Debug, thiserror::Error)]
pub enum RelayError {
    #[error(
        "standard input and output must be a terminal; for scripts use the commands, see ams --help"
    )]
    NoTerminal,
    #[error("the terminal cannot be prepared: {0}")]
    Terminal(#[from] io::Error),
}

/// What the terminal is, as this process sees it.
pub fn hello() -> Result<Hello, RelayError> {
    if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        return Err(RelayError::NoTerminal);
    }
    let (columns, rows) = size();
    Ok(Hello {
        environment: ENVIRONMENT
            .iter()
            .filter_map(|name| Some(((*name).to_owned(), std::env::var(name).ok()?)))
            .collect(),
        columns,
        rows,
        peer_uid: Some(rustix::process::getuid().as_raw()),
        language: None,
        screen: None,
        demo_account: None,
    })
}

/// The window's size; 80x24 where the terminal does not know its own.
fn size() -> (u16, u16) {
    match crossterm::terminal::size() {
        Ok((columns, rows)) if columns > 0 && rows > 0 => (columns, rows),
        _ => (80, 24),
    }
}

/// Raw mode for as long as this lives; dropping it writes what undoes the screen's modes and restores the terminal.
struct RawTerminal {
    leave: Vec<u8>,
}

impl RawTerminal {
    fn enter(leave: Vec<u8>) -> io::Result<Self> {
        crossterm::terminal::enable_raw_mode()?;
        super::report::hold();
        Ok(Self { leave })
    }
}

impl Drop for RawTerminal {
    fn drop(&mut self) {
        // There is nobody left to tell when this fails.
        let mut out = io::stdout().lock();
        let _ = out.write_all(&self.leave).and_then(|()| out.flush());
        // Answers to the last questions are nobody's input.
        let _ = rustix::termios::tcflush(io::stdin(), rustix::termios::QueueSelector::IFlush);
        let _ = crossterm::terminal::disable_raw_mode();
        super::report::release();
    }
}

/// How the relay ended.
pub struct Ended {
    pub status: u8,
    pub words: Option<String>,
}

/// How long the session may take to say good-bye after a signal or end of input.
const FAREWELL: Duration = Duration::from_secs(3);

/// How long a relay that was told to leave waits for its session.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Patience {
    /// The session is a thread of this process and saves what it must.
    Endless,
    /// The session is in another process, which may hang; it notices the end of the connection by itself.
    Short,
}

/// Whose disk this process sees.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Disk {
    /// The person's own.
    Own,
    /// That of the desk's host, where somebody who came over SSH has nothing to read or to write.
    Hosts,
}

/// Carries bytes until the session ends; `None` when it went without a word. `reset` undoes what a killed relay left
/// behind and is written first; `leave` restores the terminal and is written last. The screen's own bytes come from the
/// session.
pub fn run(
    link: RelayEnd,
    reset: &[u8],
    leave: Vec<u8>,
    patience: Patience,
    disk: Disk,
) -> Result<Option<Ended>, RelayError> {
    let RelayEnd {
        to_session,
        mut from_session,
    } = link;
    let mut signals = Signals::new([SIGWINCH, SIGTERM, SIGHUP, SIGINT, SIGQUIT])?;
    let terminal = RawTerminal::enter(leave.clone())?;
    let mut out = io::stdout();
    out.write_all(reset)?;
    out.flush()?;

    let answers = to_session.clone();
    let signal_handle = signals.handle();
    let signals_to = to_session.clone();
    std::thread::Builder::new()
        .name("relay-signals".to_owned())
        .spawn(move || {
            for signal in &mut signals {
                let message = if signal == SIGWINCH {
                    let (columns, rows) = size();
                    FromTerminal::Resize { columns, rows }
                } else {
                    FromTerminal::Closed
                };
                let leaves = message == FromTerminal::Closed;
                let told = match signals_to.try_send(message) {
                    // A session that takes no input now is told when it does.
                    Err(TrySendError::Full(message)) if !leaves => signals_to.send(message).is_ok(),
                    Err(TrySendError::Full(_)) => true,
                    Err(TrySendError::Disconnected(_)) => false,
                    Ok(()) => true,
                };
                if leaves && patience == Patience::Short {
                    std::thread::sleep(FAREWELL);
                    // Still here: neither the desk nor the terminal moves.
                    drop(RawTerminal { leave });
                    std::process::exit(0);
                }
                if !told {
                    break;
                }
            }
        })?;
    std::thread::Builder::new()
        .name("relay-input".to_owned())
        .spawn(move || read_input(&to_session))?;

    let mut ended = None;
    loop {
        match from_session.recv() {
            Ok(ToTerminal::Bytes(bytes)) => {
                // A terminal that went away: give the session its time to detach, then leave.
                if out.write_all(&bytes).and_then(|()| out.flush()).is_err() {
                    while !matches!(
                        from_session.recv_timeout(FAREWELL),
                        Ok(ToTerminal::Exit { .. })
                            | Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected)
                    ) {}
                    break;
                }
            }
            Ok(ToTerminal::ReadFile {
                ticket,
                path,
                limit,
            }) => {
                let content = match disk {
                    Disk::Own => files::read(&path, limit),
                    Disk::Hosts => Err(FileProblem::NoFiles),
                };
                // A session that is gone needs no answer.
                let _ = answers.send(FromTerminal::FileRead { ticket, content });
            }
            Ok(ToTerminal::WriteFile {
                ticket,
                name,
                content,
            }) => {
                let path = match disk {
                    Disk::Own => files::write(&name, &content),
                    Disk::Hosts => Err(FileProblem::NoFiles),
                };
                let _ = answers.send(FromTerminal::FileWritten { ticket, path });
            }
            Ok(ToTerminal::Exit { status, words }) => {
                ended = Some(Ended { status, words });
                break;
            }
            Err(_) => break,
        }
    }
    signal_handle.close();
    drop(terminal);
    Ok(ended)
}

/// Reads the terminal until it ends; runs in a thread of its own that dies with the process.
fn read_input(to_session: &SyncSender<FromTerminal>) {
    let mut input = io::stdin().lock();
    let mut buffer = [0; 4096];
    loop {
        let message = match input.read(&mut buffer) {
            Ok(0) => FromTerminal::Closed,
            Ok(n) => FromTerminal::Bytes(buffer[..n].to_vec()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(_) => FromTerminal::Closed,
        };
        let closed = message == FromTerminal::Closed;
        if to_session.send(message).is_err() || closed {
            return;
        }
    }
}
