//! The lock of an idle screen: everything that was drawn goes, and the login of the same person stands in its place.
//! What was left is taken up after it, as after a dropped link.

use crate::domain::Timestamp;
use crate::tui::screens;

use super::App;

impl App {
    /// Covers the screen. Who logs in next gets what he himself left, if anything.
    pub fn lock(&mut self, now: Timestamp) {
        self.now = now;
        let username = match self.identity.take() {
            Some(identity) => identity.username().to_owned(),
            None => return,
        };
        let login = screens::login::LogIn::new(self.desk.demo_accounts(), self.settings.peer_uid);
        self.stack = vec![Box::new(login.locked(&username, self.look().texts))];
        self.parked.clear();
        self.messages = crate::tui::messages::Messages::default();
        self.screen = None;
        self.locked = true;
        self.settle();
    }

    /// Whether the screen is covered until its person logs in again.
    pub fn is_locked(&self) -> bool {
        self.locked && self.identity.is_none()
    }

    /// The screen that is open.
    pub fn screen(&self) -> Option<crate::tui::place::ScreenId> {
        self.screen
    }
}
