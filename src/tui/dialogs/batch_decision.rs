//! Approving or revoking all marked requests: first the dry run of each (subject, serial, reason, what would be done or
//! why not); then, with the count typed and the password, the decision, row by row; at last what became of each. Nothing
//! but Ctrl-X confirms it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::desk::QueueRow;
use crate::desk::{
    BatchAct, BatchCount, BatchLine, BatchNamed, BatchOutcome, BatchRow, DeskError, Identity,
    RowRead,
};
use crate::domain::{ReasonCode, RequestId};
use crate::term::Key;
use crate::tui::action::{self, ActionId, Facts};
use crate::tui::batch_words;
use crate::tui::component::{Component, Cx, Outcome};
use crate::tui::draw;
use crate::tui::errors;
use crate::tui::i18n::Value;
use crate::tui::look::Look;
use crate::tui::place::Place;
use crate::tui::theme::Tone;
use crate::tui::widgets::fields::Fields;
use crate::tui::widgets::form::{Field, Form};
use crate::tui::widgets::scroll::{Line, Scroll};

use super::Answer;

/// The dialog.
pub struct BatchDecision {
    action: ActionId,
    act: BatchAct,
    who: Identity,
    rows: Vec<RowRead>,
    first: RequestId,
    table: Vec<Line>,
    count: BatchCount,
    scroll: Scroll,
    form: Form,
    /// It was carried out: only the result is left to read.
    done: bool,
    error: Option<String>,
}

impl BatchDecision {
    /// Asks the desk about each request; changes nothing. `None` where the action is none of a batch.
    pub fn new(
        action: ActionId,
        who: Identity,
        marked: &[QueueRow],
        cx: &Cx,
    ) -> Result<Option<Self>, DeskError> {
        let act = match action {
            ActionId::Approve => BatchAct::Approve,
            ActionId::Revoke => BatchAct::Revoke,
            _ => return Ok(None),
        };
        let Some(first) = marked.first().map(|row| row.id) else {
            return Ok(None);
        };
        let rows: Vec<_> = (1..)
            .zip(marked)
            .map(|(line, row)| {
                Ok(BatchRow {
                    line,
                    request: BatchNamed::Id(row.id),
                    // The officer looks at the table that shows it.
                    serial: row.serial.to_string(),
                    issuer: None,
                    effective: None,
                    seen: Some(row.version),
                })
            })
            .collect();
        let lines = cx.desk.batch_preview(&who, act, &rows)?;
        let mut dialog = Self {
            action,
            act,
            who,
            rows,
            first,
            table: Vec::new(),
            count: BatchCount::default(),
            scroll: Scroll::default(),
            form: Form::new(vec![
                Field::text("field-batch-count", 6),
                Field::secret("field-password", 160),
            ]),
            done: false,
            error: None,
        };
        dialog.show(&lines, cx);
        Ok(Some(dialog))
    }

    fn show(&mut self, lines: &[BatchLine], cx: &Cx) {
        self.count = BatchCount::of(lines);
        let mut lines: Vec<&BatchLine> = lines.iter().collect();
        lines.sort_by_key(|line| rank(line));
        self.table = lines.iter().flat_map(|line| table(line, cx)).collect();
        self.scroll = Scroll::default();
    }

    fn send(&mut self, cx: &mut Cx) -> Outcome {
        self.error = None;
        // Only the count of the table confirms, so that nobody decides more than he looked at.
        let typed = self.form.text(0).trim().parse::<usize>().ok();
        if typed != Some(self.count.possible) || self.count.possible == 0 {
            let text = cx.texts().get("batch-count-form");
            self.form.complain(0, text);
            return Outcome::Done;
        }
        let Some(password) = self.form.field_mut(1).map(|field| field.take_secret()) else {
            return Outcome::Done;
        };
        let mut lines = Vec::with_capacity(self.rows.len());
        let applied = cx.desk.batch_apply(
            &self.who,
            self.act,
            &self.rows,
            self.count.to_confirm(),
            &password,
            |done| lines.extend_from_slice(done),
        );
        if let Err(error) = applied {
            let (text, hint) = errors::say(cx.look.format(), &errors::names(cx.desk), &error);
            self.error = Some(hint.map_or(text.clone(), |hint| format!("{text} {hint}")));
            if lines.is_empty() {
                return Outcome::Done;
            }
        }
        self.done = true;
        self.show(&lines, cx);
        let failed = self.count.refused + self.count.broken;
        let text = cx.texts().with(
            "batch-done",
            &[
                ("done", Value::from(self.count.done as u64)),
                ("failed", Value::from(failed as u64)),
            ],
        );
        let tone = if failed == 0 {
            Tone::Good
        } else {
            Tone::Warning
        };
        cx.say(tone, text);
        Outcome::Done
    }

    /// Consequence and error, and the form while there is something to confirm.
    fn below(&self, look: &Look, columns: u16) -> Vec<Line> {
        let mut out = Fields::new(look, columns);
        if !self.done && self.act == BatchAct::Revoke {
            out.text(&look.texts.get("batch-consequence"), Tone::Warning);
        }
        if let Some(error) = &self.error {
            out.text(error, Tone::Bad);
        }
        out.lines
    }

    const fn asks(&self) -> bool {
        !self.done && self.count.possible > 0
    }
}

/// One row of the batch: which certificate, and below it for what reason and what becomes of it.
fn table(line: &BatchLine, cx: &Cx) -> [Line; 2] {
    let number = line.number.map(|n| n.to_string()).unwrap_or_default();
    let ending = line.serial.len().saturating_sub(8);
    let serial = line.serial.get(ending..).unwrap_or_default();
    let facts = format!(" {number:<14}  {serial:<8}  {}", line.subject);
    let said = batch_words::outcome(cx.look.format(), &errors::names(cx.desk), &line.outcome);
    let reason = line.reason.map_or("", ReasonCode::name);
    let tone = match &line.outcome {
        BatchOutcome::Possible(_) => Tone::Plain,
        BatchOutcome::Done(_) => Tone::Good,
        BatchOutcome::Already => Tone::Muted,
        BatchOutcome::Refused(_) | BatchOutcome::Broken(_) => Tone::Warning,
    };
    [
        vec![(facts, Tone::Plain)],
        vec![(format!("    {reason}: "), Tone::Muted), (said, tone)],
    ]
}

/// What is to be decided comes first, then what is refused; what was so before says least.
const fn rank(line: &BatchLine) -> u8 {
    match line.outcome {
        BatchOutcome::Possible(_) | BatchOutcome::Done(_) => 0,
        BatchOutcome::Refused(_) | BatchOutcome::Broken(_) => 1,
        BatchOutcome::Already => 2,
    }
}

fn height(lines: &[Line]) -> u16 {
    u16::try_from(lines.len()).unwrap_or(u16::MAX)
}

impl Component for BatchDecision {
    fn place(&self) -> Place {
        Place::Danger
    }

    fn typing(&self) -> bool {
        self.asks() && self.form.typing()
    }

    fn facts(&self, facts: &mut Facts) {
        facts.complete = self.asks() && self.form.complete();
    }

    fn key(&mut self, key: Key, _cx: &mut Cx) -> Outcome {
        if self.asks() && self.form.key(key) {
            Outcome::Done
        } else {
            Outcome::Ignored
        }
    }

    fn paste(&mut self, text: &str, _cx: &mut Cx) {
        if self.asks() {
            self.form.paste(text);
        }
    }

    fn act(&mut self, action: ActionId, cx: &mut Cx) -> Outcome {
        match action {
            ActionId::Back if self.done => Outcome::Answer(Answer::Changed(self.first)),
            ActionId::Back => Outcome::Close,
            ActionId::Submit => self.send(cx),
            ActionId::PageUp | ActionId::PageDown => {
                self.scroll.act(action);
                Outcome::Done
            }
            action => {
                if self.asks() {
                    self.form.act(action);
                } else {
                    self.scroll.act(action);
                }
                Outcome::Done
            }
        }
    }

    fn settle(&mut self, cx: &mut Cx, area: Rect) {
        self.form.settle(area.width);
        let below = height(&self.below(&cx.look, area.width));
        let form = if self.asks() {
            self.form.rows(area.width)
        } else {
            0
        };
        let table = area.height.saturating_sub(1 + below + form);
        self.scroll.fit(self.table.len(), usize::from(table));
    }

    fn rows(&self, look: &Look, columns: u16) -> Option<u16> {
        let form = if self.asks() {
            self.form.rows(columns)
        } else {
            0
        };
        let table = height(&self.table).clamp(1, 12);
        Some(1 + table + height(&self.below(look, columns)) + form)
    }

    fn view(&self, look: &Look, buffer: &mut Buffer, area: Rect) -> Option<(u16, u16)> {
        let title = action::action(self.action).title(look.texts);
        let id = if self.done {
            "batch-title-done"
        } else {
            "batch-title-decision"
        };
        let number = |n: usize| Value::from(n as u64);
        let facts = [
            ("action", Value::from(title)),
            ("possible", number(self.count.possible)),
            ("done", number(self.count.done)),
            ("already", number(self.count.already)),
            ("refused", number(self.count.refused + self.count.broken)),
        ];
        let words = look.texts.with(id, &facts);
        draw::bar(look, buffer, area, area.y, &format!(" {words}"));
        let below = self.below(look, area.width);
        let form = if self.asks() {
            self.form.rows(area.width)
        } else {
            0
        };
        let foot = (height(&below) + form).min(area.height.saturating_sub(1));
        let table = Rect::new(
            area.x,
            area.y + 1,
            area.width,
            area.height.saturating_sub(1 + foot),
        );
        self.scroll.view(look, buffer, table, &self.table);
        let text = Rect::new(area.x, table.bottom(), area.width, height(&below));
        Scroll::default().view(look, buffer, text.intersection(area), &below);
        let fields = Rect::new(area.x, text.bottom(), area.width, form).intersection(area);
        if self.asks() {
            self.form.view(look, buffer, fields)
        } else {
            None
        }
    }
}
