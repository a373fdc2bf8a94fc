//! What a session keeps and when it ends: taking up what was left, leaving it for the next login, the lock of an idle
//! screen, the absolute end, and its line in the desk's book of who is here.

use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use crate::desk::Presence;
use crate::domain::instant::MINUTE;
use crate::session::link::FromTerminal;
use crate::term::Event;
use crate::tui::i18n::Texts;
use crate::tui::place::ScreenId;

use super::{Exit, Inbox, STUCK, Session};

/// What was done at the keys is kept within this time, in ms of the session, so that a desk that is killed loses no more.
const KEPT_WITHIN: i64 = 20_000;
/// Whoever had a key at another screen within this time, in ms, works there: this one does not take that work up.
const WORKING: i64 = 2 * MINUTE;
/// How long answers are waited for at the end: the round trip of a satellite link, and some.
const LAST_ANSWERS: Duration = Duration::from_millis(1200);

impl Session {
    /// Takes up what this person left, if he left it a short while ago from this very unix user.
    pub(super) fn resume(&mut self) {
        let Some(identity) = self.app.identity().cloned() else {
            return;
        };
        let now = self.now();
        let elsewhere = self.attendance.elsewhere(identity.account_id());
        if !self.resumes || elsewhere.is_some_and(|key| now.since(key) < WORKING) {
            return;
        }
        let left = self.desk.load_session(&identity);
        // It is taken up once: what is closed from here on does not come back.
        let left = left.and_then(|left| self.desk.forget_session(&identity).map(|()| left));
        match left {
            Ok(Some(blob)) => {
                self.app.restore(&blob, now);
                self.unkept_since.get_or_insert(self.ticks());
            }
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, "a saved session could not be taken up"),
        }
    }

    /// Keeps screen, filter and half-typed form for the next login.
    pub(super) fn keep(&mut self) {
        self.unkept_since = None;
        let Some(identity) = self.app.identity() else {
            return;
        };
        let blob = self.app.snapshot();
        if !blob.is_empty()
            && let Err(error) = self.desk.save_session(identity, &blob)
        {
            tracing::warn!(%error, "the session could not be saved");
        }
    }

    /// When what was done since it was last kept is kept again, in ms of the session.
    pub(super) fn keep_at(&self) -> Option<i64> {
        self.unkept_since.map(|since| since + KEPT_WITHIN)
    }

    /// Ends with words for the person.
    pub(super) fn words(&self, id: &str) -> Exit {
        Exit {
            status: 0,
            words: Some(Texts::new(self.app.language()).get(id)),
        }
    }

    /// Tells the desk who is here, on which screen and since when without a key.
    pub(super) fn note(&self) {
        self.attendance.note(Presence {
            account: self.app.identity().map(crate::desk::Identity::account_id),
            screen: self.app.screen().map(ScreenId::name),
            locked: self.app.is_locked(),
            last_input: self.now().plus(self.last_input - self.ticks()),
        });
    }

    /// When the next limit of this session is reached, in ms of the session; `None` while nobody is logged in.
    pub(super) fn time_limit(&self) -> Option<i64> {
        self.app.identity()?;
        let settings = self.desk.settings();
        Some((self.last_input + settings.idle_lock).min(self.logged_in_at + settings.session_end))
    }

    /// When a terminal that takes nothing, or does not answer although it did before, is held to have gone; in ms of the
    /// session. Its person finds everything after the next login.
    pub(super) fn gone_at(&self) -> Option<i64> {
        let unanswered = self.asked_at.filter(|_| self.answers);
        let since = self.stuck_since.into_iter().chain(unanswered).min()?;
        Some(since + STUCK)
    }

    /// Waits a little for answers that are under way: what comes after the terminal is restored would stand at the
    /// prompt of a shell. A terminal that is gone or silent is not waited for.
    pub(super) fn hear_out(&mut self, messages: &Receiver<Inbox>) {
        let end = Instant::now() + LAST_ANSWERS;
        while self.answers && self.pacer.owes() && !self.pacer.is_silent() {
            let left = end.saturating_duration_since(Instant::now());
            match messages.recv_timeout(left) {
                Ok(Inbox::Terminal(FromTerminal::Bytes(bytes))) => {
                    let ticks = self.ticks();
                    for event in self.decoder.feed(&bytes, ticks) {
                        if matches!(event, Event::StatusReport | Event::DeviceAttributes(_)) {
                            self.pacer.answered(ticks);
                        }
                    }
                }
                Ok(Inbox::Terminal(FromTerminal::Closed) | Inbox::Lost) | Err(_) => return,
                Ok(_) => {}
            }
        }
    }

    /// Locks an idle screen, ends a session that lasted too long or whose terminal takes nothing any more.
    pub(super) fn keep_limits(&mut self) -> Option<Exit> {
        let ticks = self.ticks();
        if self.gone_at().is_some_and(|limit| ticks >= limit) {
            self.keep();
            return Some(self.words("session-silent"));
        }
        if self.time_limit().is_none_or(|limit| ticks < limit) {
            return None;
        }
        self.keep();
        if ticks >= self.logged_in_at + self.desk.settings().session_end {
            return Some(self.words("session-too-long"));
        }
        let now = self.now();
        self.app.lock(now);
        // What was left is taken up by whoever unlocks, also where a demo began without a login.
        self.resumes = true;
        self.dirty = true;
        None
    }

    /// Leaves for good.
    pub(super) fn forget(&self) {
        let Some(identity) = self.app.identity() else {
            return;
        };
        let done = self
            .desk
            .forget_session(identity)
            .and_then(|()| self.desk.logout(identity));
        if let Err(error) = done {
            tracing::warn!(%error, "logout could not be logged");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::link::{Hello, in_memory};
    use super::super::Start;
    use super::*;
    use crate::desk::demo::{DemoOptions, prepare};
    use crate::domain::Language;

    #[test]
    fn a_session_that_lasted_too_long_is_kept_and_ended_and_an_idle_one_locked() {
        let folder = tempfile::tempdir().unwrap();
        let options = DemoOptions {
            requests: Some(1),
            ..DemoOptions::default()
        };
        let (desk, _) = prepare(&folder.path().join("demo"), options).unwrap();
        let start = || Start {
            identity: Some(desk.demo_login("op", Some(7)).unwrap()),
            screen: None,
            language: Language::Id,
        };
        let (_relay, end) = in_memory();
        let mut session = Session::new(desk.clone(), &hello(), end.to_terminal.clone(), start());
        assert!(session.keep_limits().is_none(), "it has just begun");
        session.last_input = -desk.settings().idle_lock;
        assert!(session.keep_limits().is_none());
        assert!(session.app.is_locked() && session.app.identity().is_none());

        let mut session = Session::new(desk.clone(), &hello(), end.to_terminal, start());
        session.logged_in_at = -desk.settings().session_end;
        let exit = session.keep_limits().expect("the end");
        assert!(exit.words.unwrap().contains("batas waktu"));
        let who = session.app.identity().unwrap();
        assert!(
            desk.load_session(who).unwrap().is_some(),
            "what was open is kept"
        );
    }

    #[test]
    fn what_was_left_is_taken_up_once_and_not_while_its_person_works_at_another_screen() {
        let folder = tempfile::tempdir().unwrap();
        let options = DemoOptions {
            requests: Some(1),
            ..DemoOptions::default()
        };
        let (desk, _) = prepare(&folder.path().join("demo"), options).unwrap();
        let screen = |screen| {
            let (_relay, end) = in_memory();
            let start = Start {
                identity: Some(desk.demo_login("op", Some(7)).unwrap()),
                screen,
                language: Language::Id,
            };
            let mut session = Session::new(desk.clone(), &hello(), end.to_terminal, start);
            session.resumes = true;
            session
        };
        let mut first = screen(Some(ScreenId::Crl));
        first.note();
        first.keep();
        // He has just had a key there.
        let mut beside = screen(Some(ScreenId::Queue));
        beside.resume();
        assert_eq!(beside.app.screen(), Some(ScreenId::Queue));
        drop(first);
        beside.resume();
        assert_eq!(beside.app.screen(), Some(ScreenId::Crl));
        // Killed with its desk before it was kept again, it leaves nothing older.
        drop(beside);
        let mut later = screen(Some(ScreenId::Queue));
        later.resume();
        assert_eq!(later.app.screen(), Some(ScreenId::Queue));
    }

    fn hello() -> Hello {
        Hello {
            environment: Vec::new(),
            columns: 80,
            rows: 24,
            peer_uid: Some(7),
            language: None,
            screen: None,
            demo_account: None,
        }
    }
}
