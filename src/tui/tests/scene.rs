//! A person in front of the app on a demo desk with a clock that stands: keys go in as text, the screen comes out as
//! text. Every key lies a second after the last, so that what waits for the keys to rest is drawn.

use std::path::{Path, PathBuf};
use std::sync::mpsc::Receiver;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier};
use tempfile::TempDir;

use crate::desk::demo::{DemoOptions, prepare};
use crate::desk::{Change, Desk};
use crate::domain::instant::SECOND;
use crate::domain::{Language, Timestamp};
use crate::term::{ColourDepth, Event};
use crate::tui::i18n::Texts;
use crate::tui::keymap::parse_keys;
use crate::tui::look::Look;
use crate::tui::place::ScreenId;
use crate::tui::theme::Theme;
use crate::tui::{App, Effect, Settings};

/// The hour at which every scene plays.
pub fn hour() -> Timestamp {
    Timestamp::parse_rfc3339("2026-11-23T09:30:00+07:00").unwrap()
}

/// The demo folder, made once for all tests of this run and copied for each.
fn template() -> &'static Path {
    static TEMPLATE: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let (_, path) = TEMPLATE.get_or_init(|| {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("demo");
        drop(prepare(&path, options()).unwrap());
        (home, path)
    });
    path
}

fn options() -> DemoOptions {
    DemoOptions {
        now: Some(hour()),
        ..DemoOptions::default()
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    std::fs::set_permissions(to, std::fs::metadata(from).unwrap().permissions()).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

pub struct Scene {
    pub app: App,
    pub desk: Desk,
    pub now: Timestamp,
    pub size: (u16, u16),
    pub effects: Vec<Effect>,
    settings: Settings,
    /// What the desk tells of; only the end of work aside is passed on, by [`Scene::wait`].
    changes: Receiver<Change>,
    /// The folder is gone when the last scene on it is.
    home: Arc<TempDir>,
}

pub const PLAIN: Settings = Settings {
    utf8: true,
    colours: ColourDepth::Ansi16,
    high_contrast: false,
    peer_uid: None,
};

pub const MONO: Settings = Settings {
    colours: ColourDepth::Mono,
    ..PLAIN
};

pub const ASCII: Settings = Settings {
    utf8: false,
    ..MONO
};

/// The design size, the least that still works, and a wide window.
pub const SIZES: [(u16, u16); 3] = [(80, 24), (60, 16), (120, 40)];

impl Scene {
    /// At the login.
    pub fn login(size: (u16, u16), settings: Settings) -> Self {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("demo");
        copy(template(), &path);
        let (desk, _) = prepare(&path, options()).unwrap();
        let app = App::new(desk.clone(), settings, Language::Id, size, hour());
        let changes = desk.subscribe();
        Self {
            app,
            desk,
            now: hour(),
            size,
            effects: Vec::new(),
            settings,
            changes,
            home: Arc::new(home),
        }
    }

    /// Another terminal on the desk of a scene, at the login.
    pub fn beside(other: &Self) -> Self {
        let desk = other.desk.clone();
        let app = App::new(
            desk.clone(),
            other.settings,
            Language::Id,
            other.size,
            other.now,
        );
        let changes = desk.subscribe();
        Self {
            app,
            desk,
            now: other.now,
            size: other.size,
            effects: Vec::new(),
            settings: other.settings,
            changes,
            home: Arc::clone(&other.home),
        }
    }

    /// Another terminal on the desk of a scene, somebody logged in there.
    pub fn colleague(other: &Self, user: &str, screen: ScreenId) -> Self {
        let mut scene = Self::beside(other);
        let identity = scene.desk.demo_login(user, None).unwrap();
        scene.app.enter(identity, Some(screen), scene.now);
        scene.rest();
        scene
    }

    /// The password of a demo account.
    pub fn password(&self, user: &str) -> String {
        let accounts = self.desk.demo_accounts().unwrap();
        let account = accounts.into_iter().find(|a| a.username == user);
        account.expect("no such demo account").password
    }

    /// What a view of this terminal would be given.
    pub fn look(&self, language: Language) -> Look {
        Look {
            theme: Theme::new(self.settings.colours),
            texts: Texts::new(language),
            now: self.now,
            zone: self.desk.settings().policy.zone,
            split: false,
            utf8: self.settings.utf8,
        }
    }

    /// Logged in, on a screen.
    pub fn of(user: &str, screen: ScreenId, size: (u16, u16)) -> Self {
        Self::with(user, screen, size, PLAIN)
    }

    pub fn with(user: &str, screen: ScreenId, size: (u16, u16), settings: Settings) -> Self {
        let mut scene = Self::login(size, settings);
        let identity = scene.desk.demo_login(user, None).unwrap();
        let effects = scene.app.enter(identity, Some(screen), scene.now);
        scene.effects.extend(effects);
        scene.rest();
        scene
    }

    /// Types keys, a second apart.
    pub fn keys(&mut self, text: &str) -> &mut Self {
        for key in parse_keys(text) {
            self.event(Event::Key { key, burst: false });
        }
        self
    }

    pub fn event(&mut self, event: Event) -> &mut Self {
        self.now = self.now.plus(SECOND);
        let effects = self.app.update(event, self.now);
        self.effects.extend(effects);
        self.rest();
        self
    }

    /// The desk tells that something has changed.
    pub fn told(&mut self, change: &Change) -> &mut Self {
        self.app.changed(change, self.now);
        self.rest();
        self
    }

    /// Waits until work that goes on aside has ended.
    pub fn wait(&mut self) -> &mut Self {
        loop {
            let change = self.changes.recv_timeout(Duration::from_secs(60));
            let change = change.expect("the work aside does not end");
            if change == Change::Aside {
                self.app.changed(&change, self.now);
                self.rest();
                return self;
            }
        }
    }

    /// Lets everything that waited for the keys to rest happen.
    pub fn rest(&mut self) {
        for _ in 0..10 {
            match self.app.next_deadline() {
                Some(due) if due <= self.now.plus(SECOND / 2) => self.app.tick(due.max(self.now)),
                _ => return,
            }
        }
        panic!("the app asks for a deadline again and again");
    }

    pub fn buffer(&self) -> (Buffer, Option<(u16, u16)>) {
        let area = Rect::new(0, 0, self.size.0, self.size.1);
        let mut buffer = Buffer::empty(area);
        let cursor = self.app.view(&mut buffer, area);
        (buffer, cursor)
    }

    /// The screen as [`text_of`] writes it.
    pub fn screen(&self) -> String {
        let (buffer, cursor) = self.buffer();
        text_of(&buffer, cursor)
    }

    pub fn shows(&self, wanted: &str) -> bool {
        self.screen().contains(wanted)
    }
}

/// A buffer as text, then what is in reverse video and where the cursor stands.
pub fn text_of(buffer: &Buffer, cursor: Option<(u16, u16)>) -> String {
    let mut text = String::new();
    let mut reversed = Vec::new();
    for row in buffer.area.rows() {
        let mut line = String::new();
        let mut run = String::new();
        for at in row.positions() {
            let cell = &buffer[at];
            // The bars of charts are blanks on a colour.
            let filled = matches!(cell.bg, Color::Green | Color::Yellow);
            line.push_str(if filled { "█" } else { cell.symbol() });
            if cell.modifier.contains(Modifier::REVERSED) {
                run.push_str(cell.symbol());
            } else if !run.is_empty() {
                reversed.push(std::mem::take(&mut run));
            }
        }
        if !run.is_empty() {
            reversed.push(run);
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    format!("{text}---\nreversed: {reversed:?}\ncursor: {cursor:?}\n")
}

/// Compares with the picture of this name.
pub fn picture(name: &str, text: &str) {
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name, text);
    });
}
