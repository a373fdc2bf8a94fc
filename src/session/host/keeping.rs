//! What a session keeps and when it ends: taking up what was left, leaving it for the next login, the lock of an idle
//! screen, the absolute end, files under way, and its line in the desk's book of who is here.

use crate::desk::Presence;
use crate::tui::component::FilePurpose;
use crate::tui::i18n::Texts;
use crate::tui::place::ScreenId;

use super::{Exit, STUCK, Session};

impl Session {
    /// A number under which the relay answers about a file.
    pub(super) fn ticket(&mut self, purpose: FilePurpose) -> u32 {
        self.last_ticket = self.last_ticket.wrapping_add(1);
        self.tickets.push((self.last_ticket, purpose));
        self.last_ticket
    }

    /// What a file was for; an answer that nobody asked for is for nothing.
    pub(super) fn redeem(&mut self, ticket: u32) -> Option<FilePurpose> {
        let at = self.tickets.iter().position(|(t, _)| *t == ticket)?;
        Some(self.tickets.swap_remove(at).1)
    }

    /// Takes up what this person left, if he left it a short while ago from this very unix user.
    pub(super) fn resume(&mut self) {
        let Some(identity) = self.app.identity().cloned() else {
            return;
        };
        if !self.resumes {
            return;
        }
        match self.desk.load_session(&identity) {
            Ok(Some(blob)) => {
                let now = self.now();
                self.app.restore(&blob, now);
            }
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, "a saved session could not be read"),
        }
    }

    /// Keeps screen, filter and half-typed form for the next login.
    pub(super) fn keep(&self) {
        if let Some(identity) = self.app.identity() {
            let blob = self.app.snapshot();
            if !blob.is_empty()
                && let Err(error) = self.desk.save_session(identity, &blob)
            {
                tracing::warn!(%error, "the session could not be saved");
            }
        }
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
