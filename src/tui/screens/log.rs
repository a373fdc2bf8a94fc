//! Catatan: the log, newest first, every entry as it is stored, and its verification against tree and signed head.

use std::collections::BTreeSet;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::desk::Identity;
use crate::desk::view::{Change, LogHealth, LogRow};
use crate::domain::Timestamp;
use crate::term::Key;
use crate::tui::action::{ActionId, Facts};
use crate::tui::component::{Component, Cx, Outcome, Prompt, Saved, SavedKind};
use crate::tui::dialogs::reading::Reading;
use crate::tui::draw;
use crate::tui::i18n::Value;
use crate::tui::look::Look;
use crate::tui::place::{Place, ScreenId};
use crate::tui::theme::Tone;
use crate::tui::widgets::fields::Fields;
use crate::tui::widgets::halves::Halves;
use crate::tui::widgets::list::{self, Cell, Column, ListState, column};
use crate::tui::widgets::paged::Paged;
use crate::tui::widgets::scroll::Line;
use crate::tui::widgets::text_field::TextField;

use super::paged_list;

const COLUMNS: [Column; 5] = [
    column("column-seq", 8, 0),
    column("column-time", 12, 0),
    column("column-actor", 12, 0),
    column("column-log-action", 22, 0),
    column("column-object", 30, 72),
];

/// The log.
pub struct Log {
    who: Identity,
    rows: Paged<LogRow>,
    state: ListState,
    /// The entry under the cursor as it is stored.
    stored: Option<(LogRow, String)>,
    /// The last verification of this session and when it was made.
    verified: Option<(LogHealth, Timestamp)>,
    typing: Option<TextField>,
    stale: bool,
    due: Option<Timestamp>,
}

impl Log {
    pub fn new(who: Identity, cx: &mut Cx) -> Self {
        let mut screen = Self {
            who,
            rows: Paged::default(),
            state: ListState::default(),
            stored: None,
            verified: None,
            typing: None,
            stale: false,
            due: Some(cx.now),
        };
        screen.read(cx);
        screen
    }

    fn selected(&self) -> Option<&LogRow> {
        self.rows.rows.get(self.state.selected)
    }

    /// Reads the list anew; the cursor stays on its entry, or on the newest if it was there.
    fn read(&mut self, cx: &mut Cx) {
        let selected = self.selected().map(|r| r.seq);
        let newest = self.state.selected == 0;
        let had = self.rows.rows.len();
        match Paged::open(had, |from, limit| cx.desk.log(&self.who, from, limit)) {
            Ok(rows) => self.rows = rows,
            Err(error) => cx.fail(&error),
        }
        self.stale = false;
        self.state.set_len(self.rows.rows.len());
        let at = selected.and_then(|seq| self.rows.rows.iter().position(|r| r.seq == seq));
        if let Some(at) = at.filter(|_| !newest) {
            self.state.select(at);
        }
    }

    fn read_stored(&mut self, cx: &mut Cx) {
        let Some(seq) = self.selected().map(|r| r.seq) else {
            self.stored = None;
            return;
        };
        match cx.desk.log_entry(&self.who, seq) {
            Ok(entry) => self.stored = Some(entry),
            Err(error) => cx.fail(&error),
        }
    }

    /// Reads the whole log anew against tree and head.
    fn verify(&mut self, cx: &mut Cx) {
        match cx.desk.verify_log(&self.who) {
            Ok(health) => {
                let (text, tone) = verdict(&cx.look, &health, cx.now);
                cx.say(tone, text);
                self.verified = Some((health, cx.now));
            }
            Err(error) => cx.fail(&error),
        }
        self.read(cx);
    }

    /// Goes to an entry by its number, or opens it by itself where the list has not got that far.
    fn jump(&mut self, typed: &str, cx: &mut Cx) -> Outcome {
        let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
        let Ok(seq) = digits.parse::<u64>() else {
            return Outcome::Done;
        };
        if let Some(at) = self.rows.rows.iter().position(|r| r.seq == seq) {
            self.state.select(at);
            self.due = Some(cx.lazy);
            return Outcome::Done;
        }
        match cx.desk.log_entry(&self.who, seq) {
            Ok((row, stored)) => open_entry(&row, &stored, &cx.look),
            Err(error) => {
                cx.fail(&error);
                Outcome::Done
            }
        }
    }

    fn lines(&self, look: &Look, columns: u16) -> Vec<Line> {
        let mut out = Fields::new(look, columns);
        // What was read when the keys came to rest stays until they rest again.
        let Some((row, stored)) = &self.stored else {
            return out.lines;
        };
        entry_fields(&mut out, row);
        out.text(stored, Tone::Muted);
        out.lines
    }
}

fn entry_fields(out: &mut Fields, row: &LogRow) {
    let look = out.look;
    out.plain("column-time", &look.format().full(row.at));
    out.plain("column-log-action", &row.action);
    out.plain("column-object", &row.object);
    match (&row.from, &row.to) {
        (Some(from), Some(to)) => out.plain("log-change", &format!("{from} → {to}")),
        (None, Some(to)) => out.plain("log-change", to),
        _ => {}
    }
    if let Some(rule) = &row.refusal {
        out.field("log-refusal", rule, Tone::Warning);
    }
}

fn open_entry(row: &LogRow, stored: &str, look: &Look) -> Outcome {
    let number = look.format().count(row.seq);
    let title = look
        .texts
        .with("log-entry-title", &[("number", Value::from(number))]);
    let mut lines = vec![
        (look.format().full(row.at), Tone::Plain),
        (format!("{}  {}", row.actor, row.action), Tone::Heading),
        (row.object.clone(), Tone::Plain),
    ];
    if let Some(to) = &row.to {
        let from = row.from.as_deref().unwrap_or_default();
        lines.push((format!("{from} → {to}"), Tone::Plain));
    }
    if let Some(rule) = &row.refusal {
        lines.push((
            look.texts
                .with("log-refused", &[("rule", Value::from(rule.as_str()))]),
            Tone::Warning,
        ));
    }
    lines.push((String::new(), Tone::Plain));
    lines.push((stored.to_owned(), Tone::Plain));
    Outcome::Open(Box::new(Reading::new(title, lines)))
}

/// What a verification found, in a sentence.
fn verdict(look: &Look, health: &LogHealth, at: Timestamp) -> (String, Tone) {
    let format = look.format();
    match &health.problem {
        None => (
            look.texts.with(
                "log-verified",
                &[
                    ("size", Value::from(format.count(health.size))),
                    ("at", Value::from(format.short(at))),
                ],
            ),
            Tone::Good,
        ),
        Some(problem) => (
            look.texts
                .with("log-broken", &[("problem", Value::from(problem.as_str()))]),
            Tone::Bad,
        ),
    }
}

impl Component for Log {
    fn place(&self) -> Place {
        if self.typing.is_some() {
            Place::Prompt
        } else {
            Place::Screen(ScreenId::Log)
        }
    }

    fn typing(&self) -> bool {
        self.typing.is_some()
    }

    fn facts(&self, facts: &mut Facts) {
        facts.selected = self.selected().is_some();
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
            return match action {
                ActionId::Enter => self.jump(field.text(), cx),
                ActionId::Back => Outcome::Done,
                _ => {
                    self.typing = Some(field);
                    Outcome::Ignored
                }
            };
        }
        if self.state.act(action, cx.edge_step) {
            self.due = Some(cx.lazy);
            return Outcome::Done;
        }
        match action {
            ActionId::Enter => {
                self.read_stored(cx);
                if let Some((row, stored)) = &self.stored {
                    return open_entry(row, stored, &cx.look);
                }
            }
            ActionId::VerifyLog => self.verify(cx),
            ActionId::Jump => self.typing = Some(TextField::new(20)),
            _ => return Outcome::Ignored,
        }
        Outcome::Done
    }

    fn settle(&mut self, cx: &mut Cx, area: Rect) {
        self.state.set_height(Halves::of(&cx.look, area).rows());
        let read = |from: Option<&str>, limit| cx.desk.log(&self.who, from, limit);
        if let Err(error) = self.rows.follow(&mut self.state, read) {
            cx.fail(&error);
        }
    }

    fn changed(&mut self, change: &Change, cx: &mut Cx) {
        if matches!(change, Change::Log) {
            self.stale = true;
            self.due.get_or_insert(cx.lazy);
        }
    }

    fn reload(&mut self, cx: &mut Cx) {
        self.read(cx);
        self.read_stored(cx);
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
        self.read_stored(cx);
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
                let tone = if row.refusal.is_some() {
                    Tone::Warning
                } else {
                    Tone::Plain
                };
                Some(vec![
                    Cell::plain(look.format().count(row.seq)),
                    Cell::plain(look.format().short(row.at)),
                    Cell::plain(row.actor.as_str()),
                    Cell::toned(row.action.as_str(), tone),
                    Cell::plain(row.object.as_str()),
                ])
            },
        );
        // The bar says what is known of the log's soundness, and from when.
        let title = match &self.verified {
            Some((health, at)) => verdict(look, health, *at).0,
            None => look.texts.get("log-not-verified"),
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
        Some(match &self.typing {
            Some(field) => {
                let sign = look.texts.get("prompt-number");
                paged_list::typed(look, buffer, line, &sign, field)
            }
            None => paged_list::count(look, buffer, line, &self.rows),
        })
    }

    fn save(&self) -> Option<Saved> {
        Some(Saved {
            what: SavedKind::Screen(ScreenId::Log),
            state: Vec::new(),
        })
    }
}
