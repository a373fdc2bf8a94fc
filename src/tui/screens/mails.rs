//! Notifikasi: the outbox, newest first, with what the server said of each mail; a failed one is sent again.

use std::collections::BTreeSet;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::desk::Identity;
use crate::desk::view::{Change, MailDetail, MailRow};
use crate::domain::Timestamp;
use crate::tui::action::{ActionId, Facts, Why};
use crate::tui::component::{Component, Cx, Outcome, Prompt, Saved, SavedKind};
use crate::tui::dialogs::reading::Reading;
use crate::tui::draw;
use crate::tui::look::Look;
use crate::tui::place::{Place, ScreenId};
use crate::tui::theme::Tone;
use crate::tui::widgets::fields::Fields;
use crate::tui::widgets::halves::Halves;
use crate::tui::widgets::list::{self, Cell, Column, ListState, column};
use crate::tui::widgets::paged::Paged;
use crate::tui::widgets::scroll::Line;

use super::detail::mail_status;
use super::paged_list;

const COLUMNS: [Column; 5] = [
    column("column-time", 12, 0),
    column("column-mail-status", 12, 0),
    column("column-request", 14, 0),
    column("column-to", 30, 72),
    column("column-subject", 30, 0),
];

/// The outbox.
pub struct Mails {
    who: Identity,
    rows: Paged<MailRow>,
    state: ListState,
    detail: Option<Box<MailDetail>>,
    stale: bool,
    due: Option<Timestamp>,
}

impl Mails {
    pub fn new(who: Identity, cx: &mut Cx) -> Self {
        let mut screen = Self {
            who,
            rows: Paged::default(),
            state: ListState::default(),
            detail: None,
            stale: false,
            due: Some(cx.now),
        };
        screen.read(cx);
        screen
    }

    fn selected(&self) -> Option<&MailRow> {
        self.rows.rows.get(self.state.selected)
    }

    /// Reads the list anew; the cursor stays on its mail.
    fn read(&mut self, cx: &mut Cx) {
        let selected = self.selected().map(|r| r.id);
        let had = self.rows.rows.len();
        match Paged::open(had, |from, limit| cx.desk.mails(&self.who, from, limit)) {
            Ok(rows) => self.rows = rows,
            Err(error) => cx.fail(&error),
        }
        self.stale = false;
        self.state.set_len(self.rows.rows.len());
        let at = selected.and_then(|id| self.rows.rows.iter().position(|r| r.id == id));
        if let Some(at) = at {
            self.state.select(at);
        }
    }

    fn read_detail(&mut self, cx: &mut Cx) {
        self.detail = self.selected().map(|r| r.id).and_then(|id| {
            cx.desk
                .mail(&self.who, id)
                .map(Box::new)
                .map_err(|error| cx.fail(&error))
                .ok()
        });
    }

    fn current(&self) -> Option<&MailDetail> {
        let id = self.selected()?.id;
        self.detail.as_deref().filter(|d| d.row.id == id)
    }

    fn retry(&mut self, cx: &mut Cx) {
        let Some(id) = self.selected().map(|r| r.id) else {
            return;
        };
        match cx.desk.retry_mail(&self.who, id) {
            Ok(()) => {
                let done = cx.texts().attribute("action-retry-mail", "done", &[]);
                cx.say(Tone::Good, done.unwrap_or_default());
            }
            Err(error) => cx.fail(&error),
        }
        self.read(cx);
        self.read_detail(cx);
    }

    fn open(&mut self, cx: &mut Cx) -> Outcome {
        self.read_detail(cx);
        let Some(mail) = self.current() else {
            return Outcome::Done;
        };
        let mut lines = vec![
            (mail.row.subject.clone(), Tone::Heading),
            (mail.row.to.clone(), Tone::Plain),
            (mail.message_id.clone(), Tone::Muted),
            (String::new(), Tone::Plain),
        ];
        lines.push((mail.body.clone(), Tone::Plain));
        Outcome::Open(Box::new(Reading::new(cx.texts().get("mail-title"), lines)))
    }

    fn lines(&self, look: &Look, columns: u16) -> Vec<Line> {
        let mut out = Fields::new(look, columns);
        let Some(detail) = &self.detail else {
            if self.rows.rows.is_empty() {
                out.text(&look.texts.get("mails-none"), Tone::Muted);
            }
            return out.lines;
        };
        let (row, format) = (&detail.row, look.format());
        out.plain("column-subject", &row.subject);
        out.plain("column-to", &row.to);
        let (status, tone) = status(row);
        out.field("column-mail-status", &look.texts.get(status), tone);
        out.plain("mail-queued", &format.full(row.queued_at));
        out.plain("mail-attempts", &row.attempts.to_string());
        if let Some(next) = row.next_attempt {
            out.plain("mail-next-attempt", &format.full(next));
        }
        out.some("mail-answer", row.answer.as_deref());
        out.lines
    }
}

fn status(row: &MailRow) -> (&'static str, Tone) {
    let tone = match row.status {
        "sent" => Tone::Good,
        "failed" | "given_up" => Tone::Bad,
        "cancelled" => Tone::Muted,
        _ => Tone::Warning,
    };
    (mail_status(row.status), tone)
}

impl Component for Mails {
    fn place(&self) -> Place {
        Place::Screen(ScreenId::Mails)
    }

    fn facts(&self, facts: &mut Facts) {
        facts.selected = self.selected().is_some();
        let done = match self.selected().map(|r| r.status) {
            Some("sent") => Some("mail-sent-already"),
            Some("cancelled") => Some("mail-was-cancelled"),
            _ => None,
        };
        if let Some(done) = done {
            facts.barred.push((ActionId::RetryMail, Why::Because(done)));
        }
    }

    fn act(&mut self, action: ActionId, cx: &mut Cx) -> Outcome {
        if self.state.act(action, cx.edge_step) {
            self.due = Some(cx.lazy);
            return Outcome::Done;
        }
        match action {
            ActionId::Enter => return self.open(cx),
            ActionId::RetryMail => self.retry(cx),
            _ => return Outcome::Ignored,
        }
        Outcome::Done
    }

    fn settle(&mut self, cx: &mut Cx, area: Rect) {
        self.state.set_height(Halves::of(&cx.look, area).rows());
        let read = |from: Option<&str>, limit| cx.desk.mails(&self.who, from, limit);
        if let Err(error) = self.rows.follow(&mut self.state, read) {
            cx.fail(&error);
        }
    }

    fn changed(&mut self, change: &Change, cx: &mut Cx) {
        if matches!(change, Change::Mail(_)) {
            self.stale = true;
            self.due.get_or_insert(cx.lazy);
        }
    }

    fn reload(&mut self, cx: &mut Cx) {
        self.read(cx);
        self.read_detail(cx);
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
        self.read_detail(cx);
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
                let (status, tone) = status(row);
                let number = row.request.map(|n| n.to_string()).unwrap_or_default();
                Some(vec![
                    Cell::plain(look.format().short(row.queued_at)),
                    Cell::toned(look.texts.get(status), tone),
                    Cell::plain(number),
                    Cell::plain(row.to.as_str()),
                    Cell::plain(row.subject.as_str()),
                ])
            },
        );
        let title = look.texts.get("mail-title");
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
        Some(paged_list::count(look, buffer, line, &self.rows))
    }

    fn save(&self) -> Option<Saved> {
        Some(Saved {
            what: SavedKind::Screen(ScreenId::Mails),
            state: Vec::new(),
        })
    }
}
