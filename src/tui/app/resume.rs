//! What a session leaves behind when the link drops: screen, filters, cursor and half-typed fields, as one blob that the
//! desk keeps. Never a secret, a danger dialog or an unmasked NIK: components save none of these.

use serde::{Deserialize, Serialize};

use crate::domain::Timestamp;
use crate::tui::component::{Effect, Saved, SavedKind};
use crate::tui::place::{Place, ScreenId};
use crate::tui::theme::ThemeChoice;
use crate::tui::{dialogs, screens};

use super::App;

/// A session as it was left.
#[derive(Serialize, Deserialize)]
struct Left {
    screen: Option<ScreenId>,
    split: bool,
    theme: ThemeChoice,
    /// The stack from below, as far as each layer can be resumed.
    stack: Vec<Saved>,
    /// Other screens with what was typed there.
    parked: Vec<Saved>,
}

impl App {
    /// The blob for `desk.save_session`; empty before a login.
    pub fn snapshot(&self) -> Vec<u8> {
        if self.identity.is_none() {
            return Vec::new();
        }
        let left = Left {
            screen: self.screen,
            split: self.split,
            theme: self.theme,
            stack: self
                .stack
                .iter()
                .map_while(|c| {
                    if c.place() == Place::Danger {
                        None
                    } else {
                        c.save()
                    }
                })
                .collect(),
            parked: self.parked.iter().filter_map(|(_, c)| c.save()).collect(),
        };
        postcard::to_stdvec(&left).unwrap_or_default()
    }

    /// Takes a blob back after a full login of the same account. One that is not understood is ignored.
    pub fn restore(&mut self, blob: &[u8], now: Timestamp) {
        self.now = now;
        let (Some(identity), Ok(left)) =
            (self.identity.clone(), postcard::from_bytes::<Left>(blob))
        else {
            return;
        };
        let mut effects: Vec<Effect> = Vec::new();
        self.split = left.split;
        self.theme = left.theme;
        let allowed = ScreenId::of(identity.roles());
        for saved in left.parked {
            if let SavedKind::Screen(screen) = saved.what
                && allowed.contains(&screen)
            {
                let mut cx = self.cx(&mut effects);
                let mut component = screens::open(screen, identity.clone(), &mut cx);
                component.restore(&saved.state, &mut cx);
                self.parked.retain(|(id, _)| *id != screen);
                self.parked.push((screen, component));
            }
        }
        if let Some(screen) = left.screen.filter(|s| allowed.contains(s)) {
            self.go(screen, &mut effects);
        }
        for saved in left.stack {
            if let SavedKind::Screen(_) = saved.what {
                self.with(0, &mut effects, |c, cx| c.restore(&saved.state, cx));
                continue;
            }
            let mut cx = self.cx(&mut effects);
            let built = match saved.what {
                SavedKind::Form(name, request) => {
                    dialogs::reopen(&name, identity.clone(), request, &mut cx)
                }
                other => screens::reopen(&other, identity.clone(), &mut cx),
            };
            let Some(mut component) = built else { break };
            component.restore(&saved.state, &mut cx);
            self.stack.push(component);
        }
        self.opened_at = now;
        self.settle();
    }
}
