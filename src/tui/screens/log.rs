//! Catatan: the log, newest first, every entry as it is stored, and its verification against tree and signed head.

use crate::desk::{Aside, DeskError, Identity};
use crate::desk::{Change, LogHealth, LogRow, Page};
use crate::domain::Timestamp;
use crate::tui::action::ActionId;
use crate::tui::checks;
use crate::tui::component::{Cx, Outcome};
use crate::tui::dialogs::reading::Reading;
use crate::tui::i18n::Value;
use crate::tui::look::Look;
use crate::tui::place::{Place, ScreenId};
use crate::tui::theme::Tone;
use crate::tui::widgets::fields::Fields;
use crate::tui::widgets::list::{Cell, Column, column};
use crate::tui::widgets::scroll::Line;

use super::listing::{List, Listed};

/// The log.
pub struct Log {
    who: Identity,
    /// The last verification of this session and when it was made.
    verified: Option<(LogHealth, Timestamp)>,
    /// A verification that goes on.
    verifying: Option<Aside<Result<LogHealth, DeskError>>>,
}

impl Log {
    pub const fn new(who: Identity) -> Self {
        Self {
            who,
            verified: None,
            verifying: None,
        }
    }

    /// Reads the whole log anew against tree and head, while the screen goes on.
    fn verify(&mut self, cx: &mut Cx) {
        if self.verifying.is_some() {
            return;
        }
        let who = self.who.clone();
        match cx.desk.aside(move |desk| desk.verify_log(&who)) {
            Ok(verifying) => self.verifying = Some(verifying),
            Err(error) => cx.fail(&error),
        }
    }
}

impl Listed for Log {
    const PLACE: Place = Place::Screen(ScreenId::Log);
    const COLUMNS: &'static [Column] = &[
        column("column-seq", 8, 0),
        column("column-time", 12, 0),
        column("column-actor", 12, 0),
        column("column-log-action", 22, 0),
        column("column-object", 30, 72),
    ];
    const EMPTY: &'static str = "log-none";
    const NEWEST_FIRST: bool = true;

    type Row = LogRow;
    type Key = u64;
    /// The entry and its text as stored.
    type Detail = (LogRow, String);

    fn key(row: &LogRow) -> u64 {
        row.seq
    }

    fn page(&self, cx: &Cx, from: Option<&str>, limit: usize) -> Result<Page<LogRow>, DeskError> {
        cx.desk.log(&self.who, from, limit)
    }

    fn detail(&self, row: &LogRow, cx: &Cx) -> Result<Self::Detail, DeskError> {
        cx.desk.log_entry(&self.who, row.seq)
    }

    fn cells(row: &LogRow, look: &Look) -> Vec<Cell> {
        let tone = if row.refusal.is_some() {
            Tone::Warning
        } else {
            Tone::Plain
        };
        vec![
            Cell::plain(look.format().count(row.seq)),
            Cell::plain(look.format().short(row.at)),
            Cell::plain(row.actor.as_str()),
            Cell::toned(row.action.as_str(), tone),
            Cell::plain(row.object.as_str()),
        ]
    }

    /// What is known of the log's soundness, and from when.
    fn title(&self, look: &Look) -> String {
        match &self.verified {
            _ if self.verifying.is_some() => look.texts.get("log-verifying"),
            Some((health, at)) => verdict(look, health, *at).0,
            None => look.texts.get("log-not-verified"),
        }
    }

    fn lines(&self, (row, stored): &Self::Detail, look: &Look, columns: u16) -> Vec<Line> {
        let mut out = Fields::new(look, columns);
        entry_fields(&mut out, row);
        out.text(stored, Tone::Muted);
        out.lines
    }

    fn concerns(change: &Change) -> bool {
        matches!(change, Change::Log)
    }

    fn act(&mut self, action: ActionId, list: &mut List<Self>, cx: &mut Cx) -> Outcome {
        match action {
            ActionId::Enter => {
                if let Some((row, stored)) = list.current_now(self, cx) {
                    return open_entry(row, stored, &cx.look);
                }
            }
            ActionId::VerifyLog => self.verify(cx),
            ActionId::Jump => list.ask("prompt-number", 20),
            _ => return Outcome::Ignored,
        }
        Outcome::Done
    }

    fn ended(&mut self, cx: &mut Cx) -> Outcome {
        let Some(result) = self.verifying.as_ref().and_then(Aside::result) else {
            return Outcome::Ignored;
        };
        self.verifying = None;
        match result.and_then(|health| health) {
            Ok(health) => {
                let (text, tone) = verdict(&cx.look, &health, cx.now);
                cx.say(tone, text);
                self.verified = Some((health, cx.now));
            }
            Err(error) => cx.fail(&error),
        }
        Outcome::Done
    }

    /// Goes to an entry by its number, or opens it by itself where the list has not got that far.
    fn answer(&mut self, typed: &str, list: &mut List<Self>, cx: &mut Cx) -> Outcome {
        let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
        let Ok(seq) = digits.parse::<u64>() else {
            return Outcome::Done;
        };
        if let Some(at) = list.rows().iter().position(|r| r.seq == seq) {
            list.select(at, cx);
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
            look.texts.with(
                "log-broken",
                &[(
                    "problem",
                    Value::from(checks::problem(look.texts, problem).0),
                )],
            ),
            Tone::Bad,
        ),
    }
}
