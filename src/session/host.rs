//! One session: a thread that turns a terminal's bytes into events, lets the app update, and sends the newest frame
//! when the terminal has answered for the last. Its panic ends the session with words, never the desk.

use std::panic::AssertUnwindSafe;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::desk::{Attendance, Change, Desk, Identity};
use crate::domain::{Language, Timestamp};
use crate::term::{self, Capabilities, Decoder, Pacer, Screen};
use crate::tui::app::{App, Settings};
use crate::tui::component::FilePurpose;
use crate::tui::i18n::Texts;
use crate::tui::place::ScreenId;

use super::link::{FromTerminal, Hello, Inlet, SessionEnd, ToTerminal, window};

mod keeping;
mod taking;

/// How a session begins.
#[derive(Clone, Debug)]
pub struct Start {
    /// Logged in already: demo folders only.
    pub identity: Option<Identity>,
    pub screen: Option<ScreenId>,
    pub language: Language,
}

/// What the loop waits for.
enum Inbox {
    Terminal(FromTerminal),
    Changed(Change),
    /// The relay is gone without a word.
    Lost,
}

/// Messages that may wait for a session; whoever sends more is made to wait.
const WAITING: usize = 1024;
/// Messages taken in before a frame is drawn at the latest.
const AT_ONCE: usize = 16;
/// How often it is looked whether a terminal that took nothing takes something again.
const GLANCE: i64 = 100;
/// A terminal that takes nothing for so long has gone; ms.
const STUCK: i64 = 120_000;

/// Starts a session in a thread of its own.
pub fn spawn(
    desk: Desk,
    hello: Hello,
    link: SessionEnd,
    start: Start,
) -> std::io::Result<std::thread::JoinHandle<()>> {
    std::thread::Builder::new()
        .name("session".to_owned())
        .spawn(move || {
            let goodbye = link.to_terminal.clone();
            let language = start.language;
            let run = AssertUnwindSafe(|| {
                Session::new(desk, &hello, link.to_terminal, start).run(link.from_terminal)
            });
            let exit = std::panic::catch_unwind(run).unwrap_or_else(|_| Exit {
                status: 3,
                words: Some(Texts::new(language).get("session-failed")),
            });
            // A relay that is gone needs no good-bye.
            let _ = goodbye.send(ToTerminal::Exit {
                status: exit.status,
                words: exit.words,
            });
        })
}

struct Exit {
    status: u8,
    words: Option<String>,
}

impl Exit {
    const QUIET: Self = Self {
        status: 0,
        words: None,
    };
}

struct Session {
    desk: Desk,
    app: App,
    decoder: Decoder,
    pacer: Pacer,
    screen: Screen,
    to_terminal: Inlet,
    attendance: Attendance,
    /// When a key last came, and since when the terminal takes nothing, in ms of the session.
    last_input: i64,
    stuck_since: Option<i64>,
    /// Whether this terminal answers status requests, and when it was first asked since it was last heard.
    answers: bool,
    asked_at: Option<i64>,
    logged_in_at: i64,
    /// Since when something was done that is not kept, in ms of the session.
    unkept_since: Option<i64>,
    begun: Instant,
    size: (u16, u16),
    /// Something changed since the last frame.
    dirty: bool,
    /// Octets to send before the next frame: probe, bell, clipboard.
    ahead: Vec<u8>,
    /// Whether the saved session of the person who logs in is taken up again.
    resumes: bool,
    /// Files that the relay was asked for and has not answered about.
    tickets: Vec<(u32, FilePurpose)>,
    last_ticket: u32,
}

impl Session {
    fn new(desk: Desk, hello: &Hello, to_terminal: Inlet, start: Start) -> Self {
        let capabilities = Capabilities::from_env(&|name| hello.variable(name));
        let size = window(hello.columns, hello.rows);
        let attendance = desk.attend(hello.peer_uid);
        let settings = Settings {
            utf8: capabilities.utf8,
            colours: capabilities.colour,
            high_contrast: false,
            peer_uid: hello.peer_uid,
        };
        let now = desk.now();
        let app = App::new(desk.clone(), settings, start.language, size, now);
        let mut session = Self {
            resumes: start.identity.is_none(),
            screen: Screen::new(size.0, size.1, capabilities.clone()),
            ahead: term::enter(&capabilities),
            desk,
            app,
            attendance,
            last_input: 0,
            stuck_since: None,
            answers: false,
            asked_at: None,
            logged_in_at: 0,
            unkept_since: None,
            decoder: Decoder::default(),
            pacer: Pacer::new(),
            to_terminal,
            begun: Instant::now(),
            size,
            dirty: true,
            tickets: Vec::new(),
            last_ticket: 0,
        };
        if let Some(identity) = start.identity {
            let effects = session.app.enter(identity, start.screen, now);
            session.carry_out(effects);
        }
        session
    }

    /// Milliseconds since the session began: the clock of pacing and held keys.
    fn ticks(&self) -> i64 {
        i64::try_from(self.begun.elapsed().as_millis()).unwrap_or(i64::MAX)
    }

    /// The app's time. Where the desk's clock stands (pictures, tests) it runs on from there, so that what is drawn
    /// lazily is drawn.
    fn now(&self) -> Timestamp {
        let now = self.desk.now();
        if self.desk.clock_stands() {
            now.plus(self.ticks())
        } else {
            now
        }
    }

    fn run(mut self, from_terminal: Receiver<FromTerminal>) -> Exit {
        let (inbox, messages) = sync_channel(WAITING);
        forward(from_terminal, inbox.clone());
        let changes = self.desk.subscribe();
        std::thread::spawn(move || {
            for change in changes {
                if inbox.send(Inbox::Changed(change)).is_err() {
                    return;
                }
            }
        });
        let exit = self.attend(&messages);
        self.hear_out(&messages);
        exit
    }

    fn attend(&mut self, messages: &Receiver<Inbox>) -> Exit {
        loop {
            if let Some(exit) = self.draw() {
                return exit;
            }
            let first = match self.sleep() {
                Some(longest) => match messages.recv_timeout(longest) {
                    Ok(message) => Some(message),
                    Err(RecvTimeoutError::Timeout) => None,
                    Err(RecvTimeoutError::Disconnected) => Some(Inbox::Lost),
                },
                None => Some(messages.recv().unwrap_or(Inbox::Lost)),
            };
            // Drain everything, then draw once; a flood that never ends still gets its frames.
            for message in first
                .into_iter()
                .chain(std::iter::from_fn(|| messages.try_recv().ok()))
                .take(AT_ONCE)
            {
                if let Some(exit) = self.take(message) {
                    return exit;
                }
            }
            if let Some(exit) = self.pass_time() {
                return exit;
            }
            self.note();
        }
    }

    /// How long there is nothing to do; `None`: until something arrives.
    fn sleep(&self) -> Option<Duration> {
        let ticks = self.ticks();
        let app = self.app.next_deadline().map(|t| t.since(self.now()).max(0));
        let held = self.decoder.deadline().map(|t| (t - ticks).max(0));
        let frame = if self.dirty {
            self.pacer.next_deadline(ticks).map(|t| (t - ticks).max(0))
        } else {
            None
        };
        let stuck = self.stuck_since.map(|_| GLANCE);
        app.into_iter()
            .chain(held)
            .chain(frame)
            .chain(stuck)
            .chain(self.time_limit().map(|t| (t - ticks).max(0)))
            .chain(self.gone_at().map(|t| (t - ticks).max(0)))
            .chain(self.keep_at().map(|t| (t - ticks).max(0)))
            .min()
            .map(|ms| Duration::from_millis(ms.unsigned_abs()))
    }

    /// What is due because time passed: a held ESC, something drawn lazily, a minute mark, the end of patience.
    fn pass_time(&mut self) -> Option<Exit> {
        if let Some(exit) = self.keep_limits() {
            return Some(exit);
        }
        let ticks = self.ticks();
        if self.keep_at().is_some_and(|at| at <= ticks) {
            self.keep();
        }
        let held = self.decoder.expire(ticks);
        let exit = if held.is_empty() {
            None
        } else {
            self.events(held)
        };
        if self.app.next_deadline().is_some_and(|t| t <= self.now()) {
            let now = self.now();
            self.app.tick(now);
            self.dirty = true;
        }
        exit
    }

    /// Sends the newest frame if there is one and the terminal has read the last.
    fn draw(&mut self) -> Option<Exit> {
        let ticks = self.ticks();
        if !self.dirty || !self.pacer.may_send(ticks) {
            return None;
        }
        if !self.to_terminal.is_clear() {
            self.stuck_since.get_or_insert(ticks);
            return None;
        }
        self.stuck_since = None;
        let area = Rect::new(0, 0, self.size.0, self.size.1);
        let mut buffer = Buffer::empty(area);
        let cursor = self.app.view(&mut buffer, area);
        let mut bytes = std::mem::take(&mut self.ahead);
        self.screen.set_fast(self.pacer.is_fast());
        let frame = self.screen.frame(&buffer, cursor);
        self.dirty = false;
        if frame.is_empty() && bytes.is_empty() {
            return None;
        }
        bytes.extend(frame);
        let question = self
            .pacer
            .send(ticks, bytes.len(), self.screen.capabilities());
        bytes.extend_from_slice(question);
        if !question.is_empty() {
            self.asked_at.get_or_insert(ticks);
        }
        match self.to_terminal.send(ToTerminal::Bytes(bytes)) {
            Ok(()) => None,
            Err(_) => {
                self.keep();
                Some(Exit::QUIET)
            }
        }
    }
}

fn forward(from: Receiver<FromTerminal>, to: SyncSender<Inbox>) {
    std::thread::spawn(move || {
        for message in from {
            if to.send(Inbox::Terminal(message)).is_err() {
                return;
            }
        }
        // Nobody is left to hear it when this fails.
        let _ = to.send(Inbox::Lost);
    });
}
