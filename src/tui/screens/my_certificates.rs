//! Sertifikat saya: the applicant's own certificates, or those of the applicant whom a field officer accompanies; from
//! here a request is filed.

use std::collections::BTreeSet;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::desk::view::{CertificateView, Change};
use crate::desk::{CertificateQuery, DeskError, Identity};
use crate::domain::{AccountId, Timestamp};
use crate::term::Key;
use crate::tui::action::{ActionId, Facts};
use crate::tui::component::{Component, Cx, Outcome, Prompt, Saved, SavedKind};
use crate::tui::dialogs::Answer;
use crate::tui::draw;
use crate::tui::i18n::Value;
use crate::tui::look::Look;
use crate::tui::place::{Place, ScreenId};
use crate::tui::theme::Tone;
use crate::tui::widgets::halves::Halves;
use crate::tui::widgets::list::{self, ListState};
use crate::tui::widgets::scroll::Line;
use crate::tui::widgets::text_field::TextField;

use super::certificate::{self, cells};
use super::certificates::COLUMNS;
use super::paged_list;

/// Certificates of one person that are shown.
const SHOWN: usize = 1000;

/// The list.
pub struct MyCertificates {
    who: Identity,
    /// Another applicant, found by his user name, with his full name.
    other: Option<(AccountId, String)>,
    rows: Vec<CertificateView>,
    state: ListState,
    typing: Option<TextField>,
    /// What the detail shows: the row that the cursor was on when the keys came to rest.
    shown: Option<CertificateView>,
    stale: bool,
    due: Option<Timestamp>,
}

impl MyCertificates {
    pub fn new(who: Identity, cx: &mut Cx) -> Self {
        let mut screen = Self {
            who,
            other: None,
            rows: Vec::new(),
            state: ListState::default(),
            typing: None,
            shown: None,
            stale: false,
            due: None,
        };
        screen.read(cx);
        screen
    }

    fn selected(&self) -> Option<&CertificateView> {
        self.rows.get(self.state.selected)
    }

    fn fetch(&self, cx: &Cx) -> Result<Vec<CertificateView>, DeskError> {
        let Some((owner, _)) = &self.other else {
            return cx.desk.my_certificates(&self.who);
        };
        let query = CertificateQuery {
            owner: Some(*owner),
            ..CertificateQuery::default()
        };
        Ok(cx.desk.certificates(&self.who, &query, None, SHOWN)?.rows)
    }

    fn read(&mut self, cx: &mut Cx) {
        self.due = None;
        self.stale = false;
        match self.fetch(cx) {
            Ok(rows) => self.rows = rows,
            Err(error) => cx.fail(&error),
        }
        self.state.set_len(self.rows.len());
        self.shown = self.selected().cloned();
    }

    /// Turns to the applicant with this user name; to one's own certificates without one.
    fn turn_to(&mut self, username: &str, cx: &mut Cx) {
        let username = username.trim();
        if username.is_empty() || username == self.who.username() {
            self.other = None;
        } else {
            match cx.desk.find_applicant(&self.who, username) {
                Ok(account) => self.other = Some((account.id, account.name)),
                Err(error) => return cx.fail(&error),
            }
        }
        self.state.select(0);
        self.read(cx);
    }

    fn lines(&self, look: &Look, columns: u16) -> Vec<Line> {
        match &self.shown {
            Some(view) => certificate::lines(view, look, columns),
            None => {
                let text = look.texts.get("my-certificates-none");
                let parts = draw::wrap(&text, columns.saturating_sub(2));
                let line = |part: String| vec![(format!(" {part}"), Tone::Muted)];
                parts.into_iter().map(line).collect()
            }
        }
    }
}

impl Component for MyCertificates {
    fn place(&self) -> Place {
        if self.typing.is_some() {
            Place::Prompt
        } else {
            Place::Screen(ScreenId::MyCertificates)
        }
    }

    fn typing(&self) -> bool {
        self.typing.is_some()
    }

    fn facts(&self, facts: &mut Facts) {
        facts.selected = self.selected().is_some();
        certificate::bar_filing(self.selected(), facts);
    }

    fn key(&mut self, key: Key, _cx: &mut Cx) -> Outcome {
        if self.typing.as_mut().is_some_and(|field| field.key(key)) {
            Outcome::Done
        } else {
            Outcome::Ignored
        }
    }

    fn paste(&mut self, text: &str, _cx: &mut Cx) {
        if let Some(field) = &mut self.typing {
            field.insert(text);
        }
    }

    fn act(&mut self, action: ActionId, cx: &mut Cx) -> Outcome {
        if let Some(field) = self.typing.take() {
            match action {
                ActionId::Enter => self.turn_to(field.text(), cx),
                ActionId::Back => {}
                _ => self.typing = Some(field),
            }
            return Outcome::Done;
        }
        if self.state.act(action, cx.edge_step) {
            self.due = Some(cx.lazy);
            return Outcome::Done;
        }
        match action {
            ActionId::OtherApplicant => {
                self.typing = Some(TextField::new(64));
                Outcome::Done
            }
            ActionId::Back => {
                if self.other.is_some() {
                    self.turn_to("", cx);
                }
                Outcome::Done
            }
            action => match self.selected() {
                Some(view) => certificate::act_on(action, &self.who, view, cx),
                None => Outcome::Ignored,
            },
        }
    }

    fn answered(&mut self, _answer: Answer, cx: &mut Cx) -> Outcome {
        self.read(cx);
        Outcome::Done
    }

    fn settle(&mut self, cx: &mut Cx, area: Rect) {
        self.state.set_height(Halves::of(&cx.look, area).rows());
    }

    fn changed(&mut self, change: &Change, cx: &mut Cx) {
        if matches!(change, Change::Certificate(_) | Change::Request(_)) {
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
        }
        self.shown = self.selected().cloned();
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
            |index| self.rows.get(index).map(|view| cells(view, look)),
        );
        let title = match &self.other {
            Some((_, name)) => {
                let name = [("name", Value::from(name.as_str()))];
                look.texts.with("certificates-of", &name)
            }
            None => look.texts.get("screen-my-certificates"),
        };
        draw::bar(
            look,
            buffer,
            halves.bar,
            halves.bar.y,
            &format!(" {title} "),
        );
        let lines = self.lines(look, halves.detail.width);
        paged_list::lines(look, buffer, halves.detail, &lines);
        None
    }

    fn prompt(&self, look: &Look, buffer: &mut Buffer, line: Rect) -> Option<Prompt> {
        let field = self.typing.as_ref()?;
        let sign = look.texts.get("prompt-username");
        Some(paged_list::typed(look, buffer, line, &sign, field))
    }

    fn save(&self) -> Option<Saved> {
        Some(Saved {
            what: SavedKind::Screen(ScreenId::MyCertificates),
            state: Vec::new(),
        })
    }
}
