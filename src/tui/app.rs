//! The app: Model → update → view over `term` events and the desk. It keeps the stack of components, dispatches keys
//! through the action table and draws the frame around them. It reads no tty, clock, file or store: time comes in.

mod dispatch;
mod frame;
mod lock;
mod resume;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::desk::Change;
use crate::desk::{Desk, Identity};
use crate::domain::{Language, Timestamp};
use crate::term::{ColourDepth, Event};

use super::action::Facts;
use super::component::{Component, Cx, Effect, FileProblem, FilePurpose, Outcome};
use super::i18n::Texts;
use super::look::Look;
use super::messages::Messages;
use super::place::ScreenId;
use super::theme::{ThemeChoice, Tone};
use super::{errors, screens};

/// What the terminal can show.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Settings {
    pub utf8: bool,
    pub colours: ColourDepth,
    pub high_contrast: bool,
    /// The unix user behind the terminal.
    pub peer_uid: Option<u32>,
}

/// Milliseconds of quiet after the last key until a detail is read and drawn.
const LAZY: i64 = 150;

/// One session's screen.
pub struct App {
    desk: Desk,
    settings: Settings,
    language: Language,
    size: (u16, u16),
    split: bool,
    theme: ThemeChoice,
    identity: Option<Identity>,
    /// The lowest is the login or a screen; above it sub-screens and dialogs.
    stack: Vec<Box<dyn Component>>,
    /// Screens that were left, with their filter and cursor.
    parked: Vec<(ScreenId, Box<dyn Component>)>,
    screen: Option<ScreenId>,
    messages: Messages,
    now: Timestamp,
    /// When the topmost dialog was opened.
    opened_at: Timestamp,
    /// Round trip of the link in milliseconds, where it is known.
    round_trip: Option<u32>,
    /// What the footer was made from; acts that are being read leave it as it was.
    footer: Facts,
    locked: bool,
}

impl App {
    /// An app that begins at the login.
    pub fn new(
        desk: Desk,
        settings: Settings,
        language: Language,
        size: (u16, u16),
        now: Timestamp,
    ) -> Self {
        let login = screens::login::LogIn::new(desk.demo_accounts(), settings.peer_uid);
        let mut app = Self {
            desk,
            settings,
            language,
            size,
            split: false,
            theme: if settings.high_contrast {
                ThemeChoice::HighContrast
            } else {
                ThemeChoice::Plain
            },
            identity: None,
            stack: vec![Box::new(login)],
            parked: Vec::new(),
            screen: None,
            messages: Messages::default(),
            now,
            opened_at: now,
            round_trip: None,
            footer: Facts::default(),
            locked: false,
        };
        app.settle();
        app
    }

    /// An app for somebody who is logged in already (`ams demo --as op --screen queue`).
    pub fn enter(
        &mut self,
        identity: Identity,
        screen: Option<ScreenId>,
        now: Timestamp,
    ) -> Vec<Effect> {
        self.now = now;
        let mut effects = Vec::new();
        self.logged_in(identity, screen, &mut effects);
        self.settle();
        effects
    }

    pub fn identity(&self) -> Option<&Identity> {
        self.identity.as_ref()
    }

    pub fn language(&self) -> Language {
        self.language
    }

    /// The link's round trip as measured: it is shown when it is long, and stretches what is lazy.
    pub fn set_round_trip(&mut self, millis: Option<u32>) {
        self.round_trip = millis;
    }

    /// One event from the terminal.
    pub fn update(&mut self, event: Event, now: Timestamp) -> Vec<Effect> {
        self.now = now;
        let mut effects = Vec::new();
        match event {
            Event::Key { key, burst } => {
                self.messages.key(now);
                self.press(key, burst, &mut effects);
            }
            Event::Paste(text) => self.with_top(&mut effects, |top, cx| {
                if top.typing() {
                    top.paste(&text, cx);
                }
                Outcome::Done
            }),
            Event::Resize { cols, rows } => self.size = (cols, rows),
            _ => return effects,
        }
        self.settle();
        effects
    }

    /// A file that an [`Effect::ReadFile`] asked for. Where nobody waits for it any more it is dropped.
    pub fn file_read(
        &mut self,
        purpose: FilePurpose,
        content: &Result<Vec<u8>, FileProblem>,
        now: Timestamp,
    ) -> Vec<Effect> {
        self.now = now;
        let mut effects = Vec::new();
        for index in (0..self.stack.len()).rev() {
            let outcome = self.with(index, &mut effects, |component, cx| {
                component.file_read(purpose, content, cx)
            });
            if !matches!(outcome, None | Some(Outcome::Ignored)) {
                break;
            }
        }
        self.settle();
        effects
    }

    /// How an [`Effect::WriteFile`] went: the path that was written, or why not.
    pub fn file_written(&mut self, written: &Result<String, FileProblem>, now: Timestamp) {
        self.now = now;
        let texts = self.look().texts;
        match written {
            Ok(path) => {
                let text = texts.with("file-written", &[("path", path.as_str().into())]);
                self.messages.push(now, Tone::Good, text, None);
            }
            Err(problem) => {
                let text = errors::file(self.look().format(), problem);
                self.messages.push(now, Tone::Bad, text, None);
            }
        }
        self.settle();
    }

    /// Something changed in the desk. The cursor stays where it is.
    pub fn changed(&mut self, change: &Change, now: Timestamp) {
        self.now = now;
        let mut effects = Vec::new();
        for index in 0..self.stack.len() {
            self.with(index, &mut effects, |component, cx| {
                component.changed(change, cx)
            });
        }
        self.settle();
    }

    /// The hour has come that [`App::next_deadline`] named.
    pub fn tick(&mut self, now: Timestamp) {
        self.now = now;
        let mut effects = Vec::new();
        for index in 0..self.stack.len() {
            if self.stack[index].deadline().is_some_and(|t| t <= now) {
                self.with(index, &mut effects, |component, cx| component.due(cx));
            }
        }
        self.settle();
    }

    /// When [`App::tick`] should be called next, if at all.
    pub fn next_deadline(&self) -> Option<Timestamp> {
        self.stack.iter().filter_map(|c| c.deadline()).min()
    }

    /// Draws everything; says where the cursor stands, if it shows.
    pub fn view(&self, buffer: &mut Buffer, area: Rect) -> Option<(u16, u16)> {
        frame::view(self, buffer, area)
    }

    fn look(&self) -> Look {
        Look {
            theme: self.theme.on(self.settings.colours),
            texts: Texts::new(self.language),
            now: self.now,
            zone: self.desk.settings().policy.zone,
            split: self.split,
            utf8: self.settings.utf8,
        }
    }

    fn top(&self) -> Option<&dyn Component> {
        self.stack.last().map(|c| &**c)
    }

    /// What the action table may look at for the topmost component.
    fn facts(&self) -> Facts {
        let mut facts = Facts {
            roles: self
                .identity
                .as_ref()
                .map(|i| i.roles().clone())
                .unwrap_or_default(),
            columns: self.size.0,
            ..Facts::default()
        };
        if let Some(top) = self.top() {
            top.facts(&mut facts);
        }
        facts
    }

    fn cx<'a>(&'a mut self, effects: &'a mut Vec<Effect>) -> Cx<'a> {
        let look = self.look();
        let slow = self.round_trip.is_some_and(|ms| ms >= 300);
        Cx {
            desk: &self.desk,
            look,
            now: self.now,
            size: self.size,
            lazy: self
                .now
                .plus(LAZY + i64::from(self.round_trip.unwrap_or(0)).min(1000) / 4),
            edge_step: if slow {
                usize::from(self.size.1 / 5).max(1)
            } else {
                1
            },
            messages: &mut self.messages,
            effects,
        }
    }

    /// Lets a component work while it stands outside the stack, so that it can be given everything else.
    fn with<T>(
        &mut self,
        index: usize,
        effects: &mut Vec<Effect>,
        work: impl FnOnce(&mut dyn Component, &mut Cx) -> T,
    ) -> Option<T> {
        let mut stack = std::mem::take(&mut self.stack);
        let done = stack
            .get_mut(index)
            .map(|component| work(&mut **component, &mut self.cx(effects)));
        self.stack = stack;
        done
    }

    fn with_top(
        &mut self,
        effects: &mut Vec<Effect>,
        work: impl FnOnce(&mut dyn Component, &mut Cx) -> Outcome,
    ) {
        let Some(top) = self.stack.len().checked_sub(1) else {
            return;
        };
        if let Some(outcome) = self.with(top, effects, work) {
            self.follow(outcome, effects);
        }
    }

    /// Carries out what a component answered.
    fn follow(&mut self, outcome: Outcome, effects: &mut Vec<Effect>) {
        match outcome {
            Outcome::Ignored | Outcome::Done => {}
            Outcome::Close => {
                self.messages.turn(self.now);
                self.close();
            }
            Outcome::Answer(answer) => {
                self.close();
                self.with_top(effects, |top, cx| top.answered(answer, cx));
            }
            Outcome::Open(component) => {
                self.messages.turn(self.now);
                self.open(component);
            }
            Outcome::Replace(component) => {
                self.stack.pop();
                self.open(component);
            }
            Outcome::Go(screen) => self.go(screen, effects),
            Outcome::Run(id) => {
                self.close();
                self.run(id, effects);
            }
            Outcome::Prefer(preferences) => {
                self.close();
                self.theme = preferences.theme;
                if preferences.language != self.language {
                    self.turn_language(effects);
                }
            }
            Outcome::LoggedIn(identity) => self.logged_in(*identity, None, effects),
        }
    }

    /// Takes the topmost off; the lowest stays.
    fn close(&mut self) {
        if self.stack.len() > 1 {
            self.stack.pop();
        }
    }

    /// Lets everything that shows read what it will show, and fixes the footer.
    fn settle(&mut self) {
        let mut effects = Vec::new();
        self.with_top(&mut effects, |top, cx| top.ended(cx));
        let areas = frame::areas(self, Rect::new(0, 0, self.size.0, self.size.1));
        for (index, area) in areas {
            self.with(index, &mut effects, |component, cx| {
                component.settle(cx, area)
            });
        }
        let facts = self.facts();
        let same_place = facts.acts.is_none() && facts.selected;
        let acts = if same_place {
            self.footer.acts.take()
        } else {
            None
        };
        self.footer = facts;
        if same_place {
            self.footer.acts = acts;
        }
    }
}
