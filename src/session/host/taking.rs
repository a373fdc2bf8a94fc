//! What a session does with what reaches it: the terminal's bytes become events for the app, and what the app asks for is
//! carried out. A terminal's answers about itself stay here.

use crate::desk::Change;
use crate::session::link::{FromTerminal, ToTerminal, window};
use crate::term::{self, Event};
use crate::tui::component::{Effect, FilePurpose};

use super::{Exit, Inbox, Session};

impl Session {
    /// One message; an exit ends the session.
    pub(super) fn take(&mut self, message: Inbox) -> Option<Exit> {
        match message {
            Inbox::Terminal(FromTerminal::Bytes(bytes)) => {
                self.asked_at = None;
                let events = self.decoder.feed(&bytes, self.ticks());
                self.events(events)
            }
            Inbox::Terminal(FromTerminal::Resize { columns, rows }) => {
                let (columns, rows) = window(columns, rows);
                self.size = (columns, rows);
                self.screen.resize(columns, rows);
                self.events(vec![Event::Resize {
                    cols: columns,
                    rows,
                }])
            }
            Inbox::Changed(Change::Stopping) => {
                self.keep();
                // Nobody here asked for it: a script that waits for the screen's end should know.
                Some(Exit {
                    status: 3,
                    ..self.words("session-desk-stops")
                })
            }
            Inbox::Changed(Change::SessionEnded(number)) => {
                if number != self.attendance.number() {
                    return None;
                }
                self.forget();
                Some(self.words("session-ended"))
            }
            Inbox::Changed(change) => {
                let now = self.now();
                self.app.changed(&change, now);
                self.dirty = true;
                None
            }
            Inbox::Terminal(FromTerminal::FileRead { ticket, content }) => {
                let purpose = self.redeem(ticket)?;
                let now = self.now();
                let effects = self.app.file_read(purpose, &content, now);
                self.dirty = true;
                self.carry_out(effects)
            }
            Inbox::Terminal(FromTerminal::FileWritten { ticket, path }) => {
                self.redeem(ticket)?;
                let now = self.now();
                self.app.file_written(&path, now);
                self.dirty = true;
                None
            }
            Inbox::Terminal(FromTerminal::Closed) | Inbox::Lost => {
                self.keep();
                Some(Exit::QUIET)
            }
        }
    }

    /// Events of the terminal, in order. What it says of itself is learnt; the rest is the app's.
    pub(super) fn events(&mut self, events: Vec<Event>) -> Option<Exit> {
        for event in events {
            match event {
                Event::StatusReport => {
                    self.answers = true;
                    self.pacer.answered(self.ticks());
                }
                Event::DeviceAttributes(_) | Event::ModeReport { .. } | Event::Version(_) => {
                    if matches!(event, Event::DeviceAttributes(_)) {
                        self.answers = true;
                        self.pacer.answered(self.ticks());
                    }
                    let mut capabilities = self.screen.capabilities().clone();
                    if capabilities.learn(&event) {
                        self.screen.set_capabilities(capabilities);
                    }
                }
                Event::Mouse(_) | Event::FocusIn | Event::FocusOut => {
                    // The app asks for none of these: something that was killed left them on.
                    self.ahead
                        .extend_from_slice(term::unwanted(&event).unwrap_or_default());
                    self.dirty = true;
                }
                event => {
                    self.last_input = self.ticks();
                    self.unkept_since.get_or_insert(self.last_input);
                    let now = self.now();
                    let effects = self.app.update(event, now);
                    self.dirty = true;
                    if let Some(exit) = self.carry_out(effects) {
                        return Some(exit);
                    }
                }
            }
        }
        self.decoder.set_esc_hold(self.pacer.esc_hold_ms());
        let trip = self
            .pacer
            .round_trip_ms()
            .and_then(|ms| u32::try_from(ms).ok());
        self.app.set_round_trip(trip);
        None
    }

    /// What the app asks of its terminal and its relay.
    pub(super) fn carry_out(&mut self, effects: Vec<Effect>) -> Option<Exit> {
        for effect in effects {
            match effect {
                Effect::Quit => {
                    self.forget();
                    return Some(Exit::QUIET);
                }
                Effect::Detach => {
                    self.keep();
                    return Some(Exit::QUIET);
                }
                Effect::Copy(text) => {
                    // Too long for a clipboard: the screen has the text anyway.
                    if let Ok(bytes) = term::copy_to_clipboard(&text, self.screen.capabilities()) {
                        self.ahead.extend(bytes);
                    }
                }
                Effect::Redraw => self.screen.invalidate(),
                Effect::Bell => self.ahead.push(7),
                Effect::LoggedIn => {
                    self.logged_in_at = self.ticks();
                    self.resume();
                }
                Effect::ReadFile {
                    path,
                    limit,
                    purpose,
                } => {
                    let ticket = self.ticket(purpose);
                    // A relay that is gone is noticed when it closes its end.
                    let _ = self.to_terminal.send(ToTerminal::ReadFile {
                        ticket,
                        path,
                        limit,
                    });
                }
                Effect::WriteFile {
                    name,
                    content,
                    purpose,
                } => {
                    let ticket = self.ticket(purpose);
                    let _ = self.to_terminal.send(ToTerminal::WriteFile {
                        ticket,
                        name,
                        content,
                    });
                }
            }
            self.dirty = true;
        }
        None
    }

    /// A number under which the relay answers about a file.
    fn ticket(&mut self, purpose: FilePurpose) -> u32 {
        self.last_ticket = self.last_ticket.wrapping_add(1);
        self.tickets.push((self.last_ticket, purpose));
        self.last_ticket
    }

    /// What a file was for; an answer that nobody asked for is for nothing.
    fn redeem(&mut self, ticket: u32) -> Option<FilePurpose> {
        let at = self.tickets.iter().position(|(t, _)| *t == ticket)?;
        Some(self.tickets.swap_remove(at).1)
    }
}
