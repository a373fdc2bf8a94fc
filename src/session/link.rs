//! What passes between a terminal's relay and its session: bytes both ways, the size, and the end.
//! Within one process it travels through channels; between two the same messages travel as frames.

use std::sync::mpsc::{Receiver, Sender, channel};

use crate::tui::component::FileProblem;

/// What the session must know of the terminal before it draws.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hello {
    /// Environment variables that describe the terminal: TERM, COLORTERM, NO_COLOR, LANG, LC_ALL, LC_CTYPE.
    pub environment: Vec<(String, String)>,
    pub columns: u16,
    pub rows: u16,
    /// The unix user at the terminal's end.
    pub peer_uid: Option<u32>,
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

/// From the relay to the session.
#[derive(Clone, PartialEq, Eq, Debug)]
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
#[derive(Clone, PartialEq, Eq, Debug)]
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

/// The relay's ends of a link.
pub struct RelayEnd {
    pub to_session: Sender<FromTerminal>,
    pub from_session: Receiver<ToTerminal>,
}

/// The session's ends of a link.
pub struct SessionEnd {
    pub from_terminal: Receiver<FromTerminal>,
    pub to_terminal: Sender<ToTerminal>,
}

/// A link within this process.
pub fn in_memory() -> (RelayEnd, SessionEnd) {
    let (to_session, from_terminal) = channel();
    let (to_terminal, from_session) = channel();
    (
        RelayEnd {
            to_session,
            from_session,
        },
        SessionEnd {
            from_terminal,
            to_terminal,
        },
    )
}
