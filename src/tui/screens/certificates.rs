//! Sertifikat: a browser over all certificates, found by name, subject or serial while typing, narrowed by status. An
//! officer may begin a request on somebody's behalf from here.

use std::collections::BTreeSet;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::desk::view::{CertificateView, Change};
use crate::desk::{CertificateQuery, Identity};
use crate::domain::{CertificateStatus, Timestamp};
use crate::term::Key;
use crate::tui::action::{ActionId, Facts, Why};
use crate::tui::component::{Component, Cx, Outcome, Prompt, Saved, SavedKind};
use crate::tui::dialogs::Answer;
use crate::tui::draw;
use crate::tui::look::Look;
use crate::tui::place::{Place, ScreenId};
use crate::tui::theme::Tone;
use crate::tui::widgets::halves::Halves;
use crate::tui::widgets::list::{self, Column, ListState, column};
use crate::tui::widgets::paged::Paged;
use crate::tui::widgets::text_field::TextField;

use super::certificate::{self, cells};
use super::paged_list;

pub const COLUMNS: [Column; 5] = [
    column("column-serial", 10, 0),
    column("column-certificate-status", 13, 0),
    column("column-valid-until", 13, 0),
    column("column-subject-cn", 32, 0),
    column("column-owner", 16, 72),
];

/// The browser.
pub struct Certificates {
    who: Identity,
    query: CertificateQuery,
    rows: Paged<CertificateView>,
    state: ListState,
    typing: Option<TextField>,
    /// What the detail shows: the row that the cursor was on when the keys came to rest.
    shown: Option<CertificateView>,
    stale: bool,
    due: Option<Timestamp>,
}

impl Certificates {
    pub fn new(who: Identity, cx: &mut Cx) -> Self {
        let mut screen = Self {
            who,
            query: CertificateQuery::default(),
            rows: Paged::default(),
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
        self.rows.rows.get(self.state.selected)
    }

    fn read(&mut self, cx: &mut Cx) {
        let key = self.selected().map(|c| c.certificate.key.clone());
        match Paged::open(0, |from, limit| {
            cx.desk.certificates(&self.who, &self.query, from, limit)
        }) {
            Ok(rows) => self.rows = rows,
            Err(error) => cx.fail(&error),
        }
        self.stale = false;
        self.state.set_len(self.rows.rows.len());
        let rows = &self.rows.rows;
        match key.and_then(|key| rows.iter().position(|c| c.certificate.key == key)) {
            Some(at) => self.state.select(at),
            None => self.state.select(0),
        }
        self.shown = self.selected().cloned();
    }

    fn typed(&mut self, cx: &Cx) {
        if let Some(field) = &self.typing
            && field.text() != self.query.text
        {
            self.query.text = field.text().to_owned();
            self.stale = true;
            self.due = Some(cx.lazy);
        }
    }

    fn turn_status(&mut self, cx: &mut Cx) {
        let all = CertificateStatus::ALL;
        self.query.status = match self.query.status {
            None => Some(all[0]),
            Some(status) => {
                let next = all.iter().position(|s| *s == status).map_or(0, |at| at + 1);
                all.get(next).copied()
            }
        };
        self.read(cx);
    }

    fn leave_typing(&mut self, action: ActionId, cx: &mut Cx) -> bool {
        match action {
            ActionId::Enter => self.typed(cx),
            ActionId::Back => self.query.text.clear(),
            _ => return false,
        }
        self.typing = None;
        self.due = None;
        self.read(cx);
        true
    }
}

impl Component for Certificates {
    fn place(&self) -> Place {
        if self.typing.is_some() {
            Place::Prompt
        } else {
            Place::Screen(ScreenId::Certificates)
        }
    }

    fn typing(&self) -> bool {
        self.typing.is_some()
    }

    fn facts(&self, facts: &mut Facts) {
        facts.selected = self.selected().is_some();
        facts.filtered = !self.query.text.is_empty() || self.query.status.is_some();
        certificate::bar_filing(self.selected(), facts);
        let others = self.selected().and_then(|c| c.certificate.owner);
        if others == Some(self.who.account_id()) {
            let own = Why::Because("file-own-certificate");
            facts.barred.push((ActionId::FileRequest, own));
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
            ActionId::Filter => {
                self.typing = Some(TextField::new(200).with_text(&self.query.text));
            }
            ActionId::ClearFilter => {
                self.query = CertificateQuery::default();
                self.read(cx);
            }
            ActionId::StatusFilter => self.turn_status(cx),
            action => {
                let Some(view) = self.selected() else {
                    return Outcome::Ignored;
                };
                return certificate::act_on(action, &self.who, view, cx);
            }
        }
        Outcome::Done
    }

    fn answered(&mut self, _answer: Answer, cx: &mut Cx) -> Outcome {
        self.read(cx);
        Outcome::Done
    }

    fn settle(&mut self, cx: &mut Cx, area: Rect) {
        self.state.set_height(Halves::of(&cx.look, area).rows());
        let read =
            |from: Option<&str>, limit| cx.desk.certificates(&self.who, &self.query, from, limit);
        if let Err(error) = self.rows.follow(&mut self.state, read) {
            cx.fail(&error);
        }
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
            |index| self.rows.rows.get(index).map(|view| cells(view, look)),
        );
        let title = match self.query.status {
            Some(status) => look.texts.get(super::detail::status_message(status)),
            None => look.texts.get("certificates-all"),
        };
        draw::bar(
            look,
            buffer,
            halves.bar,
            halves.bar.y,
            &format!(" {title} "),
        );
        let lines = match &self.shown {
            Some(view) => certificate::lines(view, look, halves.detail.width),
            None => vec![vec![(
                format!(" {}", look.texts.get("certificates-none")),
                Tone::Muted,
            )]],
        };
        paged_list::lines(look, buffer, halves.detail, &lines);
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
            what: SavedKind::Screen(ScreenId::Certificates),
            state: postcard::to_stdvec(&(&self.query.text, self.query.status)).ok()?,
        })
    }

    fn restore(&mut self, state: &[u8], cx: &mut Cx) {
        if let Ok((text, status)) =
            postcard::from_bytes::<(String, Option<CertificateStatus>)>(state)
        {
            self.query.text = text;
            self.query.status = status;
            self.read(cx);
        }
    }
}
