//! Akun: who may do what. The list by username, one account below it with its NIK masked, and an admin's changes, which
//! wait for a second admin's word where they give power.

mod change;
mod create;
mod words;

use std::collections::BTreeSet;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::desk::Identity;
use crate::desk::view::{AccountRow, AccountView, Change};
use crate::domain::account::AccountStatus;
use crate::domain::{AccountId, Timestamp};
use crate::term::Key;
use crate::tui::action::{ActionId, Facts, Why};
use crate::tui::component::{Component, Cx, Outcome, Prompt, Saved, SavedKind};
use crate::tui::dialogs::{Answer, nik};
use crate::tui::draw;
use crate::tui::look::Look;
use crate::tui::place::{Place, ScreenId};
use crate::tui::theme::Tone;
use crate::tui::widgets::fields::Fields;
use crate::tui::widgets::halves::Halves;
use crate::tui::widgets::list::{self, Cell, Column, ListState, column};
use crate::tui::widgets::paged::Paged;
use crate::tui::widgets::scroll::{Line, Scroll};
use crate::tui::widgets::text_field::TextField;

use super::paged_list;
use words::{roles, status};

const COLUMNS: [Column; 5] = [
    column("field-username", 16, 0),
    column("item-name", 28, 0),
    column("column-roles", 20, 0),
    column("field-status", 10, 72),
    column("item-agency", 30, 100),
];

/// The accounts.
pub struct Accounts {
    who: Identity,
    prefix: String,
    rows: Paged<AccountRow>,
    state: ListState,
    detail: Option<Box<AccountView>>,
    scroll: Scroll,
    typing: Option<TextField>,
    stale: bool,
    due: Option<Timestamp>,
}

impl Accounts {
    pub fn new(who: Identity, cx: &mut Cx) -> Self {
        let mut screen = Self {
            who,
            prefix: String::new(),
            rows: Paged::default(),
            state: ListState::default(),
            detail: None,
            scroll: Scroll::default(),
            typing: None,
            stale: false,
            due: None,
        };
        screen.read(cx);
        screen
    }

    fn selected(&self) -> Option<AccountId> {
        self.rows.rows.get(self.state.selected).map(|r| r.id)
    }

    /// Reads list and detail anew; the cursor stays on its account.
    fn read(&mut self, cx: &mut Cx) {
        let selected = self.selected();
        let had = self.rows.rows.len();
        match Paged::open(had, |from, limit| {
            cx.desk.accounts(&self.who, &self.prefix, from, limit)
        }) {
            Ok(rows) => self.rows = rows,
            Err(error) => cx.fail(&error),
        }
        self.stale = false;
        self.state.set_len(self.rows.rows.len());
        let at = self.rows.rows.iter().position(|r| Some(r.id) == selected);
        if let Some(at) = at {
            self.state.select(at);
        }
        self.read_detail(cx);
    }

    fn read_detail(&mut self, cx: &mut Cx) {
        self.due = None;
        self.scroll = Scroll::default();
        self.detail = self.selected().and_then(|id| {
            cx.desk
                .account(&self.who, id)
                .map(Box::new)
                .map_err(|error| cx.fail(&error))
                .ok()
        });
    }

    fn current(&self) -> Option<&AccountView> {
        let id = self.selected()?;
        self.detail.as_deref().filter(|d| d.account.id == id)
    }

    fn typed(&mut self, cx: &Cx) {
        if let Some(field) = &self.typing
            && field.text() != self.prefix
        {
            self.prefix = field.text().to_owned();
            self.stale = true;
            self.due = Some(cx.lazy);
        }
    }

    fn leave_typing(&mut self, action: ActionId, cx: &mut Cx) -> bool {
        match action {
            ActionId::Enter => self.typed(cx),
            ActionId::Back => self.prefix.clear(),
            _ => return false,
        }
        self.typing = None;
        self.read(cx);
        true
    }

    fn lines(&self, look: &Look, columns: u16) -> Vec<Line> {
        let mut out = Fields::new(look, columns);
        match &self.detail {
            Some(view) => words::account(&mut out, view),
            None if self.rows.rows.is_empty() => {
                out.text(&look.texts.get("accounts-none"), Tone::Muted);
            }
            None => {}
        }
        out.lines
    }
}

impl Component for Accounts {
    fn place(&self) -> Place {
        if self.typing.is_some() {
            Place::Prompt
        } else {
            Place::Screen(ScreenId::Accounts)
        }
    }

    fn typing(&self) -> bool {
        self.typing.is_some()
    }

    fn facts(&self, facts: &mut Facts) {
        facts.selected = self.selected().is_some();
        facts.filtered = !self.prefix.is_empty();
        // While the cursor moves the footer stays as it was; what is then done is read first.
        let Some(view) = &self.detail else { return };
        let mut bar = |action, why| facts.barred.push((action, Why::Because(why)));
        let account = &view.account;
        match account.status {
            AccountStatus::Active => bar(ActionId::EnableAccount, "account-is-active"),
            AccountStatus::Disabled => bar(ActionId::DisableAccount, "account-is-disabled"),
        }
        if account.pending.is_empty() {
            bar(ActionId::ApproveGrants, "account-nothing-waits");
        }
        if !account.totp_enrolled {
            bar(ActionId::ResetTotp, "account-no-totp");
        }
        if view.nik_masked.is_none() {
            bar(ActionId::RevealNik, "nik-none");
        }
    }

    fn key(&mut self, key: Key, cx: &mut Cx) -> Outcome {
        if !self.typing.as_mut().is_some_and(|field| field.key(key)) {
            return Outcome::Ignored;
        }
        self.typed(cx);
        Outcome::Done
    }

    fn paste(&mut self, text: &str, cx: &mut Cx) {
        if let Some(field) = &mut self.typing {
            field.insert(text);
            self.typed(cx);
        }
    }

    fn act(&mut self, action: ActionId, cx: &mut Cx) -> Outcome {
        if self.typing.is_some() && self.leave_typing(action, cx) {
            return Outcome::Done;
        }
        if self.state.act(action, cx.edge_step) {
            self.due = Some(cx.lazy);
            return Outcome::Done;
        }
        match action {
            // The detail is longer than its half: left and right turn its pages.
            ActionId::Left => {
                self.scroll.act(ActionId::PageUp);
            }
            ActionId::Right => {
                self.scroll.act(ActionId::PageDown);
            }
            ActionId::Filter => {
                self.typing = Some(TextField::new(64).with_text(&self.prefix));
            }
            ActionId::ClearFilter => {
                self.prefix.clear();
                self.read(cx);
            }
            ActionId::CreateAccount => {
                return Outcome::Open(Box::new(create::create(self.who.clone(), cx)));
            }
            ActionId::RevealNik => {
                if self.current().is_none() {
                    self.read_detail(cx);
                }
                let Some(account) = self.current().map(|v| &v.account) else {
                    return Outcome::Done;
                };
                return nik::reveal(&self.who, account.id, &account.name, cx);
            }
            action => {
                let Some(view) = self.current() else {
                    return Outcome::Ignored;
                };
                return change::dialog(action, self.who.clone(), view, cx);
            }
        }
        Outcome::Done
    }

    fn answered(&mut self, _answer: Answer, cx: &mut Cx) -> Outcome {
        self.read(cx);
        Outcome::Done
    }

    fn settle(&mut self, cx: &mut Cx, area: Rect) {
        let halves = Halves::of(&cx.look, area);
        self.state.set_height(halves.rows());
        let read =
            |from: Option<&str>, limit| cx.desk.accounts(&self.who, &self.prefix, from, limit);
        if let Err(error) = self.rows.follow(&mut self.state, read) {
            cx.fail(&error);
        }
        let lines = self.lines(&cx.look, halves.detail.width).len();
        self.scroll.fit(lines, usize::from(halves.detail.height));
    }

    fn changed(&mut self, change: &Change, cx: &mut Cx) {
        if matches!(change, Change::Account(_)) {
            self.stale = true;
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
        if self.due.take().is_none() {
            return;
        }
        if self.stale {
            self.read(cx);
        } else {
            self.read_detail(cx);
        }
    }

    fn view(&self, look: &Look, buffer: &mut Buffer, area: Rect) -> Option<(u16, u16)> {
        let halves = Halves::of(look, area);
        let none = BTreeSet::new();
        list::view(
            look,
            buffer,
            halves.list,
            &COLUMNS,
            &self.state,
            &none,
            |index| {
                let row = self.rows.rows.get(index)?;
                let (status, tone) = if row.pending.is_empty() {
                    status(row.status)
                } else {
                    ("account-waits", Tone::Warning)
                };
                Some(vec![
                    Cell::plain(row.username.as_str()),
                    Cell::plain(row.name.as_str()),
                    Cell::plain(roles(look.texts, &row.roles)),
                    Cell::toned(look.texts.get(status), tone),
                    Cell::plain(row.agency.as_str()),
                ])
            },
        );
        let title = look.texts.get("account-title");
        draw::bar(
            look,
            buffer,
            halves.bar,
            halves.bar.y,
            &format!(" {title} "),
        );
        let lines = self.lines(look, halves.detail.width);
        self.scroll.view(look, buffer, halves.detail, &lines);
        None
    }

    fn prompt(&self, look: &Look, buffer: &mut Buffer, line: Rect) -> Option<Prompt> {
        Some(match &self.typing {
            Some(field) => paged_list::typed(look, buffer, line, "/", field),
            None => paged_list::count(look, buffer, line, &self.rows),
        })
    }

    fn save(&self) -> Option<Saved> {
        Some(Saved {
            what: SavedKind::Screen(ScreenId::Accounts),
            state: postcard::to_stdvec(&self.prefix).ok()?,
        })
    }

    fn restore(&mut self, state: &[u8], cx: &mut Cx) {
        if let Ok(prefix) = postcard::from_bytes::<String>(state) {
            self.prefix = prefix;
            self.read(cx);
        }
    }
}
