//! The desk's side of the socket: a thread a connection, an opening within limits, then a screen's session or a command
//! under the authority of the unix user at the other end. What is wrong with one connection ends that one only.

use std::collections::HashMap;
use std::io;
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::desk::Desk;
use crate::domain::Language;
use crate::tui::i18n::Texts;
use crate::tui::place::ScreenId;

use super::caller::Caller;
use super::errand::Far;
use super::host::{self, Start};
use super::link::{self, FromTerminal, Hello, Outlet, ToTerminal};
use super::socket::{self, Listening};
use super::wire::{self, CommandCall, FromDesk, LONGEST_CALL, ToDesk, WireError};

/// Runs a command line for a caller and returns its exit status.
pub type RunCommand = dyn Fn(&Desk, Arc<dyn Caller>, &[String]) -> u8 + Send + Sync;

/// Connections served at once, in all and of one unix user.
const MOST: usize = 256;
const MOST_OF_ONE: usize = 64;
/// An opening must be there within this time.
const OPENING: Duration = Duration::from_secs(10);
/// A command's caller answers within this time; a person may be thinking at a prompt.
const REPLY: Duration = Duration::from_secs(600);
/// Whoever takes nothing for so long has gone.
const STUCK: Duration = Duration::from_secs(60);
/// When the desk stops, connections have so long to end.
const FAREWELL: Duration = Duration::from_secs(5);

/// A running server.
pub struct Server {
    listening: Listening,
    open: Arc<Open>,
    accepting: Option<JoinHandle<()>>,
}

/// The connections that are open.
#[derive(Default)]
struct Open {
    of: Mutex<HashMap<u32, usize>>,
    one_less: Condvar,
}

impl Open {
    fn of(&self) -> MutexGuard<'_, HashMap<u32, usize>> {
        self.of.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place for one more of this unix user; `None` when there is none.
    fn enter(self: &Arc<Self>, uid: u32) -> Option<Guest> {
        let mut of = self.of();
        let all: usize = of.values().sum();
        let own = of.entry(uid).or_default();
        if all >= MOST || *own >= MOST_OF_ONE {
            return None;
        }
        *own += 1;
        Some(Guest {
            open: Arc::clone(self),
            uid,
        })
    }
}

/// One connection's place.
struct Guest {
    open: Arc<Open>,
    uid: u32,
}

impl Drop for Guest {
    fn drop(&mut self) {
        let mut of = self.open.of();
        if let Some(own) = of.get_mut(&self.uid) {
            *own -= 1;
            if *own == 0 {
                of.remove(&self.uid);
            }
        }
        self.open.one_less.notify_all();
    }
}

impl Server {
    /// Begins to serve.
    pub fn start(desk: Desk, listening: Listening, run: Arc<RunCommand>) -> io::Result<Self> {
        let open = Arc::new(Open::default());
        let listener = listening.listener.try_clone()?;
        let guests = Arc::clone(&open);
        let accepting = std::thread::Builder::new()
            .name("accept".to_owned())
            .spawn(move || {
                loop {
                    match listener.accept() {
                        Ok((stream, _)) => admit(&desk, stream, &guests, &run),
                        // Shut down by `stop`.
                        Err(error) if error.kind() == io::ErrorKind::InvalidInput => return,
                        Err(error) => {
                            // Out of descriptors, say: others will close theirs.
                            tracing::warn!(%error, "a connection was not accepted");
                            std::thread::sleep(Duration::from_millis(100));
                        }
                    }
                }
            })?;
        Ok(Self {
            listening,
            open,
            accepting: Some(accepting),
        })
    }

    /// Takes no more connections and waits a little for those that are open to end.
    pub fn stop(mut self) {
        let shut = rustix::net::shutdown(&self.listening.listener, rustix::net::Shutdown::Both);
        if shut.is_ok()
            && let Some(accepting) = self.accepting.take()
        {
            // A panic there has been reported already.
            let _ = accepting.join();
        }
        let end = Instant::now() + FAREWELL;
        let mut of = self.open.of();
        while !of.is_empty() && Instant::now() < end {
            let left = end.saturating_duration_since(Instant::now());
            of = self
                .open
                .one_less
                .wait_timeout(of, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }
}

fn admit(desk: &Desk, mut stream: UnixStream, open: &Arc<Open>, run: &Arc<RunCommand>) {
    let uid = match socket::peer_uid(&stream) {
        Ok(uid) => uid,
        Err(error) => return tracing::warn!(%error, "a connection without a unix user"),
    };
    let Some(guest) = open.enter(uid) else {
        tracing::warn!(uid, "too many connections");
        // A caller that does not even read this is told nothing.
        let _ = refuse(&mut stream, &words(None, "session-too-many"));
        return;
    };
    let desk = desk.clone();
    let run = Arc::clone(run);
    let served = std::thread::Builder::new()
        .name("connection".to_owned())
        .spawn(move || {
            let _guest = guest;
            let served =
                std::panic::catch_unwind(AssertUnwindSafe(|| serve(&desk, stream, uid, &*run)));
            if let Ok(Err(error)) = served {
                tracing::info!(uid, %error, "a connection ended");
            }
        });
    if let Err(error) = served {
        tracing::warn!(%error, "no thread for a connection");
    }
}

fn refuse(stream: &mut UnixStream, words: &str) -> Result<(), WireError> {
    stream.set_write_timeout(Some(Duration::from_secs(1)))?;
    wire::greet(stream)?;
    wire::write(stream, &FromDesk::Refused(words.to_owned()))
}

fn words(language: Option<&str>, id: &str) -> String {
    let language = language.and_then(Language::parse).unwrap_or_default();
    Texts::new(language).get(id)
}

fn serve(desk: &Desk, mut stream: UnixStream, uid: u32, run: &RunCommand) -> Result<(), WireError> {
    stream.set_read_timeout(Some(OPENING))?;
    stream.set_write_timeout(Some(STUCK))?;
    wire::greet(&mut stream)?;
    wire::expect_greeting(&mut stream)?;
    match wire::read(&mut stream, LONGEST_CALL)? {
        Some(ToDesk::Screen(hello)) => screen(desk, stream, uid, hello),
        Some(ToDesk::Command(call)) => {
            stream.set_read_timeout(Some(REPLY))?;
            command(desk, stream, uid, call, run)
        }
        Some(_) => Err(WireError::Unexpected),
        None => Ok(()),
    }
}

fn command(
    desk: &Desk,
    stream: UnixStream,
    uid: u32,
    call: CommandCall,
    run: &RunCommand,
) -> Result<(), WireError> {
    let far = Arc::new(Far::new(stream, uid, call.terminals));
    let caller: Arc<dyn Caller> = far.clone();
    let status = std::panic::catch_unwind(AssertUnwindSafe(|| run(desk, caller, &call.arguments)));
    far.exit(status.unwrap_or(3))?;
    Ok(())
}

/// Longest value of a variable that describes a terminal; a longer one describes none.
const LONGEST_VARIABLE: usize = 256;

fn screen(
    desk: &Desk,
    mut stream: UnixStream,
    uid: u32,
    mut hello: Hello,
) -> Result<(), WireError> {
    // What the system says counts, not what the relay says of itself.
    hello.peer_uid = Some(uid);
    hello
        .environment
        .retain(|(_, value)| value.len() <= LONGEST_VARIABLE);
    let start = match begin(desk, &hello) {
        Ok(start) => start,
        Err(words) => {
            wire::write(&mut stream, &FromDesk::Refused(words))?;
            return Ok(());
        }
    };
    // An idle screen is silent for hours.
    stream.set_read_timeout(None)?;
    // A frame that waits here is one that cannot be replaced by a newer one.
    rustix::net::sockopt::set_socket_send_buffer_size(&stream, 16 << 10)
        .map_err(|e| WireError::Io(e.into()))?;
    let (relay, session_end) = link::in_memory();
    let session = host::spawn(desk.clone(), hello, session_end, start)?;
    let longest = longest_from_terminal(desk);
    let incoming = stream.try_clone()?;
    let to_session = relay.to_session;
    let reading = std::thread::Builder::new()
        .name("screen-input".to_owned())
        .spawn(move || {
            let ended = read_terminal(incoming, longest, &to_session);
            // Whatever ended it, the session detaches; one that is over needs no word.
            let _ = to_session.send(FromTerminal::Closed);
            ended
        })?;
    let written = write_terminal(&mut stream, relay.from_session);
    // Wakes the reading thread.
    let _ = stream.shutdown(Shutdown::Both);
    // Panics have been reported where they happened.
    let _ = session.join();
    let read = reading.join().unwrap_or(Ok(()));
    written.and(read)
}

/// What a screen begins with; words where it may not.
fn begin(desk: &Desk, hello: &Hello) -> Result<Start, String> {
    let language = hello.language.as_deref().and_then(Language::parse);
    let screen = hello
        .screen
        .as_deref()
        .and_then(|name| ScreenId::ALL.into_iter().find(|s| s.name() == name));
    let identity = match &hello.demo_account {
        // A demo desk admits its own unix user to any of its invented people.
        Some(name) if hello.peer_uid == Some(rustix::process::geteuid().as_raw()) => Some(
            desk.demo_login(name, hello.peer_uid)
                .map_err(|_| words(hello.language.as_deref(), "session-no-demo"))?,
        ),
        Some(_) => return Err(words(hello.language.as_deref(), "session-no-demo")),
        None => None,
    };
    let own = identity.as_ref().map(crate::desk::Identity::language);
    Ok(Start {
        screen,
        language: language.or(own).unwrap_or(desk.settings().language),
        identity,
    })
}

/// A letter from the person's own disk comes in one frame.
fn longest_from_terminal(desk: &Desk) -> u32 {
    let letter = u32::try_from(desk.policy().letter_limit).unwrap_or(u32::MAX);
    letter.saturating_add(LONGEST_CALL)
}

fn read_terminal(
    mut stream: UnixStream,
    longest: u32,
    to_session: &std::sync::mpsc::SyncSender<FromTerminal>,
) -> Result<(), WireError> {
    loop {
        match wire::read(&mut stream, longest)? {
            Some(ToDesk::Terminal(message)) => {
                if to_session.send(message).is_err() {
                    return Ok(());
                }
            }
            Some(_) => return Err(WireError::Unexpected),
            None => return Ok(()),
        }
    }
}

fn write_terminal(stream: &mut UnixStream, mut from_session: Outlet) -> Result<(), WireError> {
    while let Ok(message) = from_session.recv() {
        let last = matches!(message, ToTerminal::Exit { .. });
        wire::write(stream, &FromDesk::Terminal(message))?;
        if last {
            break;
        }
    }
    Ok(())
}
