//! From a key to what happens: the focused field first, then the action table, then whoever is on top. The actions of
//! the frame itself (screens, help, language) are carried out here.

use crate::desk::Identity;
use crate::domain::Language;
use crate::term::Key;
use crate::tui::action::{self, ActionId, Danger};
use crate::tui::component::{Component, Effect, Outcome};
use crate::tui::dialogs::settings::{Preferences, settings};
use crate::tui::place::{Place, ScreenId};
use crate::tui::theme::Tone;
use crate::tui::{dialogs, errors, keymap, palette, screens};

use super::App;

/// A dialog takes no confirmation younger than this many milliseconds: the key that opened it may still repeat.
const UNREAD: i64 = 400;

impl App {
    pub(super) fn press(&mut self, key: Key, burst: bool, effects: &mut Vec<Effect>) {
        let Some(top) = self.top() else { return };
        let (place, typing) = (top.place(), top.typing());
        if typing && keymap::is_text(key) {
            return self.with_top(effects, |top, cx| top.key(key, cx));
        }
        if typing {
            // Editing keys of the field (arrows, Home, Backspace) go first; what it ignores is an action.
            let mut ignored = false;
            self.with_top(effects, |top, cx| match top.key(key, cx) {
                Outcome::Ignored => {
                    ignored = true;
                    Outcome::Done
                }
                outcome => outcome,
            });
            if !ignored {
                return;
            }
        }
        match keymap::resolve(key, place, typing) {
            Some(id) => {
                let unread = id == ActionId::Submit && self.now.since(self.opened_at) < UNREAD;
                if unread || burst && action::action(id).changes() {
                    let text = self.look().texts.get("confirm-too-fast");
                    self.messages.push(self.now, Tone::Warning, text, None);
                    return;
                }
                self.run(id, effects);
            }
            None => self.with_top(effects, |top, cx| top.key(key, cx)),
        }
    }

    /// Does an action if its row allows it, or says why not.
    pub(super) fn run(&mut self, id: ActionId, effects: &mut Vec<Effect>) {
        let row = action::action(id);
        if row.act.is_some() || row.danger != Danger::None {
            // The act is on what the cursor is on, not on the detail that was drawn last.
            self.with_top(effects, |top, cx| {
                top.due(cx);
                Outcome::Done
            });
        }
        if let Err(why) = row.check(&self.facts()) {
            let look = self.look();
            let desk = self.desk.clone();
            let (text, hint) = why.say(look.format(), &errors::names(&desk));
            let text = format!("{}: {text}", row.title(look.texts));
            self.messages.push(self.now, Tone::Warning, text, hint);
            return;
        }
        if self.run_here(id, effects) {
            return;
        }
        self.with_top(effects, |top, cx| top.act(id, cx));
    }

    /// The actions that belong to the frame rather than to a component.
    fn run_here(&mut self, id: ActionId, effects: &mut Vec<Effect>) -> bool {
        match id {
            ActionId::Quit => effects.push(Effect::Quit),
            ActionId::Detach => effects.push(Effect::Detach),
            ActionId::Redraw => effects.push(Effect::Redraw),
            ActionId::Language => self.turn_language(effects),
            ActionId::Split => self.split = !self.split,
            ActionId::Help => {
                let place = self.top().map_or(Place::Login, Component::place);
                if place != Place::Choice {
                    let desk = self.desk.clone();
                    let names = errors::names(&desk);
                    let help = palette::Palette::help(place, &self.look(), &self.facts(), &names);
                    self.open(Box::new(help));
                }
            }
            ActionId::Palette => {
                let place = self.top().map_or(Place::Login, Component::place);
                let desk = self.desk.clone();
                let names = errors::names(&desk);
                let palette =
                    palette::Palette::commands(place, &self.look(), &self.facts(), &names);
                self.open(Box::new(palette));
            }
            ActionId::Settings => {
                let now = Preferences {
                    language: self.language,
                    theme: self.theme,
                };
                let dialog = settings(&self.look(), now, self.round_trip);
                self.open(Box::new(dialog));
            }
            ActionId::Messages => {
                let list = dialogs::messages::MessageList::new(&self.messages);
                self.open(Box::new(list));
            }
            ActionId::Go(screen) => self.go(screen, effects),
            ActionId::NextScreen | ActionId::PreviousScreen => {
                let screens = ScreenId::of(&self.facts().roles);
                let at = screens
                    .iter()
                    .position(|s| Some(*s) == self.screen)
                    .unwrap_or(0);
                let step = if id == ActionId::NextScreen {
                    1
                } else {
                    screens.len().saturating_sub(1)
                };
                if let Some(next) = screens.get((at + step) % screens.len().max(1)).copied() {
                    self.go(next, effects);
                }
            }
            _ => return false,
        }
        true
    }

    pub(super) fn turn_language(&mut self, effects: &mut Vec<Effect>) {
        self.language = match self.language {
            Language::Id => Language::En,
            Language::En => Language::Id,
        };
        if let Some(identity) = &self.identity
            && let Err(error) = self.desk.set_language(identity, self.language)
        {
            let desk = self.desk.clone();
            let (text, hint) = errors::say(self.look().format(), &errors::names(&desk), &error);
            self.messages.push(self.now, Tone::Bad, text, hint);
        }
        for index in 0..self.stack.len() {
            self.with(index, effects, |component, cx| component.reload(cx));
        }
        let mut parked = std::mem::take(&mut self.parked);
        for (_, component) in &mut parked {
            component.reload(&mut self.cx(effects));
        }
        self.parked = parked;
    }

    pub(super) fn open(&mut self, component: Box<dyn Component>) {
        self.opened_at = self.now;
        self.stack.push(component);
    }

    /// Leaves whatever is open for another screen, which is as it was left.
    pub(super) fn go(&mut self, screen: ScreenId, effects: &mut Vec<Effect>) {
        let Some(identity) = self.identity.clone() else {
            return;
        };
        if self.screen == Some(screen) {
            self.stack.truncate(1);
            return;
        }
        let mut left = std::mem::take(&mut self.stack);
        left.truncate(1);
        if let (Some(id), Some(component)) = (self.screen, left.pop()) {
            self.parked.push((id, component));
        }
        let component = match self.parked.iter().position(|(id, _)| *id == screen) {
            Some(at) => {
                let mut component = self.parked.swap_remove(at).1;
                component.reload(&mut self.cx(effects));
                component
            }
            None => screens::open(screen, identity, &mut self.cx(effects)),
        };
        self.screen = Some(screen);
        self.stack.push(component);
    }

    pub(super) fn logged_in(
        &mut self,
        identity: Identity,
        screen: Option<ScreenId>,
        effects: &mut Vec<Effect>,
    ) {
        self.language = identity.language();
        let screen = screen.unwrap_or_else(|| ScreenId::first(identity.roles()));
        self.identity = Some(identity);
        self.stack.clear();
        self.parked.clear();
        self.screen = None;
        self.go(screen, effects);
        if let Some(who) = self.identity.clone() {
            screens::accounts::own::tell(&who, &mut self.cx(effects));
        }
        effects.push(Effect::LoggedIn);
    }
}
