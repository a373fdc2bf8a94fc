//! What passes between a terminal's relay and its session: bytes both ways, the size, and the end.
//! Within one process it travels through channels; between two the same messages travel as frames.

use std::sync::mpsc::{
    Receiver, RecvError, RecvTimeoutError, SendError, Sender, SyncSender, channel, sync_channel,
};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::tui::component::FileProblem;

/// What the session must know of the terminal before it draws.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Hello {
    /// Environment variables that describe the terminal: TERM, COLORTERM, NO_COLOR, LANG, LC_ALL, LC_CTYPE.
    pub environment: Vec<(String, String)>,
    pub columns: u16,
    pub rows: u16,
    /// The unix user at the terminal's end, as the desk's own system says.
    pub peer_uid: Option<u32>,
    /// Language of the login, where one was asked for: `id` or `en`.
    pub language: Option<String>,
    /// The screen to open on after login.
    pub screen: Option<String>,
    /// A demo account to be without logging in; demo desks only.
    pub demo_account: Option<String>,
}

/// The variables of [`Hello::environment`].
pub const ENVIRONMENT: [&str; 6] = [
    "TERM",
    "COLORTERM",
    "NO_COLOR",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
];

impl Hello {
    /// The value of a variable of the terminal's environment.
    pub fn variable(&self, name: &str) -> Option<String> {
        self.environment
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.clone())
    }
}

/// The widest and highest window that is drawn on; of a larger one the upper left part. A relay may name any size, and
/// memory for it would be the desk's.
const LARGEST: (u16, u16) = (1000, 300);

/// The window that is drawn on where a relay names this size: at least one cell.
pub fn window(columns: u16, rows: u16) -> (u16, u16) {
    (columns.clamp(1, LARGEST.0), rows.clamp(1, LARGEST.1))
}

/// From the relay to the session.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum FromTerminal {
    Bytes(Vec<u8>),
    Resize {
        columns: u16,
        rows: u16,
    },
    /// What [`ToTerminal::ReadFile`] asked for.
    FileRead {
        ticket: u32,
        content: Result<Vec<u8>, FileProblem>,
    },
    /// What became of [`ToTerminal::WriteFile`]: where the file lies.
    FileWritten {
        ticket: u32,
        path: Result<String, FileProblem>,
    },
    /// End of input, SIGHUP or SIGTERM at the relay: the session detaches.
    Closed,
}

/// From the session to the relay.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum ToTerminal {
    Bytes(Vec<u8>),
    /// The relay reads this file with its own uid and answers under the same ticket.
    ReadFile {
        ticket: u32,
        path: String,
        limit: u64,
    },
    /// The relay writes a new file with its own uid.
    WriteFile {
        ticket: u32,
        name: String,
        content: Vec<u8>,
    },
    /// The session is over; the relay restores the terminal, prints the words and leaves with this status.
    Exit {
        status: u8,
        words: Option<String>,
    },
}

/// Messages of a terminal that may wait for its session; a faster one is made to wait itself.
const WAITING_INPUT: usize = 256;

/// The relay's ends of a link.
pub struct RelayEnd {
    pub to_session: SyncSender<FromTerminal>,
    pub from_session: Outlet,
}

/// The session's ends of a link.
pub struct SessionEnd {
    pub from_terminal: Receiver<FromTerminal>,
    pub to_terminal: Inlet,
}

/// Where a session puts what goes to its terminal. It knows whether the terminal has taken everything, so that only the
/// newest frame ever waits for a slow one.
#[derive(Clone)]
pub struct Inlet {
    sender: Sender<ToTerminal>,
    under_way: Arc<UnderWay>,
}

/// How many messages have been sent and not written yet.
#[derive(Default)]
struct UnderWay {
    count: Mutex<usize>,
    one_less: Condvar,
}

impl UnderWay {
    fn count(&self) -> MutexGuard<'_, usize> {
        self.count.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inlet {
    pub fn send(&self, message: ToTerminal) -> Result<(), SendError<ToTerminal>> {
        *self.under_way.count() += 1;
        self.sender.send(message)
    }

    /// Whether everything sent so far has been written to the terminal.
    pub fn is_clear(&self) -> bool {
        *self.under_way.count() == 0
    }

    /// Waits until it has.
    pub fn wait_until_clear(&self) {
        let count = self.under_way.count();
        // The guard says no more than the loop's condition does.
        drop(
            self.under_way
                .one_less
                .wait_while(count, |count| *count > 0),
        );
    }
}

/// Where a relay takes from what goes to the terminal. What it took last counts as written when it comes for the next.
pub struct Outlet {
    receiver: Receiver<ToTerminal>,
    under_way: Arc<UnderWay>,
    taken: bool,
}

impl Outlet {
    pub fn recv(&mut self) -> Result<ToTerminal, RecvError> {
        self.written();
        let message = self.receiver.recv()?;
        self.taken = true;
        Ok(message)
    }

    pub fn recv_timeout(&mut self, longest: Duration) -> Result<ToTerminal, RecvTimeoutError> {
        self.written();
        let message = self.receiver.recv_timeout(longest)?;
        self.taken = true;
        Ok(message)
    }

    fn written(&mut self) {
        if std::mem::take(&mut self.taken) {
            *self.under_way.count() -= 1;
            self.under_way.one_less.notify_all();
        }
    }
}

impl Drop for Outlet {
    fn drop(&mut self) {
        // Nobody writes any more, and nobody need wait for it.
        *self.under_way.count() = 0;
        self.under_way.one_less.notify_all();
    }
}

/// A link within this process.
pub fn in_memory() -> (RelayEnd, SessionEnd) {
    let (to_session, from_terminal) = sync_channel(WAITING_INPUT);
    let (sender, receiver) = channel();
    let under_way = Arc::new(UnderWay::default());
    (
        RelayEnd {
            to_session,
            from_session: Outlet {
                receiver,
                under_way: Arc::clone(&under_way),
                taken: false,
            },
        },
        SessionEnd {
            from_terminal,
            to_terminal: Inlet { sender, under_way },
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_clear_once_the_relay_comes_back_for_more() {
        let (mut relay, session) = in_memory();
        let bytes = || ToTerminal::Bytes(vec![7]);
        assert!(session.to_terminal.is_clear());
        session.to_terminal.send(bytes()).unwrap();
        assert!(!session.to_terminal.is_clear());
        assert_eq!(relay.from_session.recv(), Ok(bytes()));
        assert!(!session.to_terminal.is_clear(), "being written");
        let none = relay.from_session.recv_timeout(Duration::ZERO);
        assert_eq!(none, Err(RecvTimeoutError::Timeout));
        assert!(session.to_terminal.is_clear());
    }
}
