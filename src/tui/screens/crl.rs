//! CRL: the issuers above; below them the facts of one, its history, and what its next CRL will add and remove. Issuing
//! and unlocking ask first; the check of a published CRL is a table of rules to read.

mod acts;
mod lines;
mod settings;

use std::collections::BTreeSet;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::desk::{Change, CrlPreview, CrlRow, IssuerView, KeyState};
use crate::desk::{Identity, IssuerSettingsView};
use crate::domain::Timestamp;
use crate::tui::action::{ActionId, Facts, Why};
use crate::tui::component::{Component, Cx, Outcome, Saved, SavedKind};
use crate::tui::dialogs::Answer;
use crate::tui::look::Look;
use crate::tui::place::{Place, ScreenId};
use crate::tui::widgets::list::{self, Cell, Column, ListState, column};
use crate::tui::widgets::scroll::{Line, Scroll};
use crate::tui::widgets::tabs;

use super::adopted::Adopted;
use super::dashboard::key_state;
use lines::{file_of, kind_word};

const ISSUERS: [Column; 6] = [
    column("column-issuer", 24, 0),
    column("column-key", 16, 0),
    column("column-crl-number", 8, 0),
    column("column-entries", 8, 72),
    column("column-next-update", 13, 0),
    column("column-waiting", 9, 72),
];
const HISTORY: [Column; 6] = [
    column("column-crl-number", 10, 0),
    column("column-kind", 10, 0),
    column("column-this-update", 18, 0),
    column("column-next-update", 18, 0),
    column("column-entries", 10, 0),
    column("column-path", 30, 84),
];
/// CRLs of the history that are shown.
const SHOWN: usize = 200;

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
enum Tab {
    #[default]
    Facts,
    History,
    Next,
    Settings,
}

const TABS: [(Tab, &str); 4] = [
    (Tab::Facts, "tab-crl-facts"),
    (Tab::History, "tab-crl-history"),
    (Tab::Next, "tab-crl-next"),
    (Tab::Settings, "tab-crl-settings"),
];

/// The CRL screen.
pub struct Crl {
    who: Identity,
    issuers: Vec<IssuerView>,
    state: ListState,
    tab: Tab,
    history: Vec<CrlRow>,
    /// The last of each kind.
    current: Vec<CrlRow>,
    /// The last logged time before the clock jumped.
    clock_doubted: Option<Timestamp>,
    at: ListState,
    preview: CrlPreview,
    scroll: Scroll,
    due: Option<Timestamp>,
    /// Whether the desk looks at publication points from outside.
    looks_outside: bool,
    /// Entries taken over that nobody has confirmed.
    adopted: u64,
    settings: Option<IssuerSettingsView>,
}

impl Crl {
    pub fn new(who: Identity, cx: &mut Cx) -> Self {
        let mut screen = Self {
            who,
            issuers: Vec::new(),
            state: ListState::default(),
            tab: Tab::default(),
            history: Vec::new(),
            current: Vec::new(),
            clock_doubted: None,
            at: ListState::default(),
            preview: CrlPreview::default(),
            scroll: Scroll::default(),
            due: None,
            looks_outside: false,
            adopted: 0,
            settings: None,
        };
        screen.read(cx);
        screen
    }

    fn issuer(&self) -> Option<&IssuerView> {
        self.issuers.get(self.state.selected)
    }

    fn read(&mut self, cx: &mut Cx) {
        self.due = None;
        let desk = cx.desk.settings();
        self.looks_outside = desk.crl.outside_look;
        match cx.desk.issuers() {
            Ok(issuers) => self.issuers = issuers,
            Err(error) => cx.fail(&error),
        }
        self.state.set_len(self.issuers.len());
        self.read_issuer(cx);
    }

    fn read_issuer(&mut self, cx: &mut Cx) {
        let Some(id) = self.issuer().map(|i| i.id) else {
            return;
        };
        match cx.desk.crls_of(&self.who, id, SHOWN) {
            Ok(rows) => {
                self.history = rows;
                self.at.set_len(self.history.len());
            }
            Err(error) => cx.fail(&error),
        }
        match cx.desk.current_crls(&self.who, id) {
            Ok(rows) => self.current = rows,
            Err(error) => cx.fail(&error),
        }
        match cx.desk.clock_doubted() {
            Ok(doubted) => self.clock_doubted = doubted,
            Err(error) => cx.fail(&error),
        }
        match cx.desk.issuer_settings(&self.who, id) {
            Ok(settings) => self.settings = Some(settings),
            Err(error) => cx.fail(&error),
        }
        match cx.desk.adopted(&self.who, id, None, 1) {
            Ok(page) => self.adopted = page.total.unwrap_or(page.rows.len() as u64),
            Err(error) => cx.fail(&error),
        }
        match cx.desk.crl_preview(&self.who, id) {
            Ok(preview) => self.preview = preview,
            Err(error) => cx.fail(&error),
        }
    }

    /// The CRL that a check is about: the one under the cursor of the history, else the newest.
    fn chosen(&self) -> Option<&CrlRow> {
        match self.tab {
            Tab::History => self.history.get(self.at.selected),
            _ => self.current.first(),
        }
    }

    fn lines(&self, look: &Look, columns: u16) -> Vec<Line> {
        match self.tab {
            Tab::Facts => self.facts_lines(look, columns),
            Tab::Next => self.next_lines(look, columns),
            Tab::Settings => self.settings_lines(look, columns),
            Tab::History => Vec::new(),
        }
    }

    /// Issuers above (few rows), bar, the rest below.
    fn areas(&self, area: Rect) -> (Rect, Rect, Rect) {
        let most = if area.height < 16 { 3 } else { 6 };
        let rows = u16::try_from(self.issuers.len())
            .unwrap_or(most)
            .clamp(1, most);
        let list = Rect::new(area.x, area.y, area.width, (rows + 1).min(area.height));
        let bar = Rect::new(area.x, list.bottom(), area.width, 1);
        let rest = area.bottom().saturating_sub(bar.bottom());
        (list, bar, Rect::new(area.x, bar.bottom(), area.width, rest))
    }

    fn open_adopted(&self, cx: &mut Cx) -> Outcome {
        let opened = self
            .issuer()
            .and_then(|issuer| Adopted::open(self.who.clone(), issuer.id, cx));
        match opened {
            Some(list) => Outcome::Open(Box::new(list)),
            None => Outcome::Done,
        }
    }

    fn turn(&mut self, step: isize) {
        let at = TABS.iter().position(|(t, _)| *t == self.tab).unwrap_or(0);
        let at = at.saturating_add_signed(step).min(TABS.len() - 1);
        self.tab = TABS[at].0;
        self.scroll = Scroll::default();
    }

    fn move_cursor(&mut self, action: ActionId, cx: &mut Cx) {
        if self.tab == Tab::History {
            self.at.act(action, cx.edge_step);
        } else if self.issuers.len() > 1 && matches!(action, ActionId::Up | ActionId::Down) {
            let before = self.state.selected;
            self.state.act(action, cx.edge_step);
            if before != self.state.selected {
                self.scroll = Scroll::default();
                self.read_issuer(cx);
            }
        } else {
            self.scroll.act(action);
        }
    }
}

impl Component for Crl {
    fn place(&self) -> Place {
        Place::Screen(ScreenId::Crl)
    }

    fn facts(&self, facts: &mut Facts) {
        facts.selected = self.issuer().is_some();
        match self.issuer().map(|i| i.key) {
            None => {
                let none = || Why::Because("crl-no-issuer");
                facts.barred.push((ActionId::IssueCrl, none()));
                facts.barred.push((ActionId::UnlockKey, none()));
                facts.barred.push((ActionId::IssuerSettings, none()));
            }
            Some(KeyState::Open) => {
                let open = Why::Because("key-open");
                facts.barred.push((ActionId::UnlockKey, open));
            }
            Some(key) => {
                let why = || Why::Because(key_state(key).0);
                facts.barred.push((ActionId::IssueCrl, why()));
                if key != KeyState::Locked {
                    facts.barred.push((ActionId::UnlockKey, why()));
                }
            }
        }
        if self.clock_doubted.is_none() {
            let trusted = Why::Because("clock-trusted");
            facts.barred.push((ActionId::ConfirmClock, trusted));
        }
        if self.adopted == 0 {
            let none = Why::Because("adopted-none");
            facts.barred.push((ActionId::Adopted, none));
        }
        if self.chosen().is_none() {
            let never = Why::Because("crl-never");
            facts.barred.push((ActionId::CheckCrl, never));
        }
    }

    fn act(&mut self, action: ActionId, cx: &mut Cx) -> Outcome {
        match action {
            ActionId::Left => self.turn(-1),
            ActionId::Right => self.turn(1),
            ActionId::IssueCrl => return self.issue(),
            ActionId::UnlockKey => return self.unlock(cx),
            ActionId::ConfirmClock => return self.confirm_clock(cx),
            ActionId::IssuerSettings => return self.edit_settings(cx),
            ActionId::Adopted => return self.open_adopted(cx),
            ActionId::CheckCrl | ActionId::Enter => return self.check(cx),
            action => self.move_cursor(action, cx),
        }
        Outcome::Done
    }

    fn answered(&mut self, _answer: Answer, cx: &mut Cx) -> Outcome {
        self.read(cx);
        Outcome::Done
    }

    fn settle(&mut self, cx: &mut Cx, area: Rect) {
        let (list, _, rest) = self.areas(area);
        self.state
            .set_height(usize::from(list.height.saturating_sub(1)));
        self.at
            .set_height(usize::from(rest.height.saturating_sub(1)));
        let lines = self.lines(&cx.look, rest.width).len();
        self.scroll.fit(lines, usize::from(rest.height));
    }

    fn changed(&mut self, change: &Change, cx: &mut Cx) {
        if matches!(
            change,
            Change::Crl(_) | Change::Certificate(_) | Change::Alarms | Change::Settings
        ) {
            self.due.get_or_insert(cx.lazy);
        }
    }

    fn reload(&mut self, cx: &mut Cx) {
        self.read(cx);
    }

    fn deadline(&self) -> Option<Timestamp> {
        self.due
    }

    fn due(&mut self, cx: &mut Cx) {
        if self.due.is_some() {
            self.read(cx);
        }
    }

    fn view(&self, look: &Look, buffer: &mut Buffer, area: Rect) -> Option<(u16, u16)> {
        let (list, bar, rest) = self.areas(area);
        let format = look.format();
        let none = BTreeSet::new();
        list::view(look, buffer, list, &ISSUERS, &self.state, &none, |index| {
            let issuer = self.issuers.get(index)?;
            let (key, tone) = key_state(issuer.key);
            let number = issuer
                .last_number
                .map(|n| n.to_string())
                .unwrap_or_default();
            let next = issuer
                .next_update
                .map(|t| format.short(t))
                .unwrap_or_default();
            Some(vec![
                Cell::plain(issuer.label.as_str()),
                Cell::toned(look.texts.get(key), tone),
                Cell::plain(number),
                Cell::plain(format.count(issuer.entries)),
                Cell::plain(next),
                Cell::plain(format.count(issuer.waiting)),
            ])
        });
        let titles: Vec<String> = TABS.iter().map(|(_, id)| look.texts.get(id)).collect();
        let open = TABS.iter().position(|(t, _)| *t == self.tab).unwrap_or(0);
        tabs::view(look, buffer, bar, "", &titles, open);
        if self.tab == Tab::History {
            list::view(look, buffer, rest, &HISTORY, &self.at, &none, |index| {
                let row = self.history.get(index)?;
                Some(vec![
                    Cell::plain(row.number.to_string()),
                    Cell::plain(look.texts.get(kind_word(row))),
                    Cell::plain(format.short(row.this_update)),
                    Cell::plain(format.short(row.next_update)),
                    Cell::plain(format.count(row.entries)),
                    Cell::plain(file_of(row)),
                ])
            });
        } else {
            let lines = self.lines(look, rest.width);
            self.scroll.view(look, buffer, rest, &lines);
        }
        None
    }

    fn save(&self) -> Option<Saved> {
        Some(Saved {
            what: SavedKind::Screen(ScreenId::Crl),
            state: Vec::new(),
        })
    }
}
