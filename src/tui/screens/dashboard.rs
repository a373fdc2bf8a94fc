//! Dasbor: today at a glance. Counts by state, the SOP's times, revocations of thirty days, CRL, outbox and log. Lines
//! in two columns where the window is wide enough, else one below the other; nothing on it moves by itself.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::desk::{
    Change, Dashboard as Figures, Identity, IssuerView, KeyState, QueueQuery, QueueRow,
    StepStatistic,
};
use crate::domain::instant::SECOND;
use crate::domain::{State, Timestamp};
use crate::tui::action::ActionId;
use crate::tui::component::{Component, Cx, Outcome, Saved, SavedKind};
use crate::tui::draw;
use crate::tui::format::Format;
use crate::tui::i18n::Value;
use crate::tui::look::Look;
use crate::tui::place::{Place, ScreenId};
use crate::tui::theme::{Tone, state_tone};
use crate::tui::widgets::chart::{self, Run};
use crate::tui::widgets::fields::{beside, flow};
use crate::tui::widgets::scroll::{Line, Scroll, line};

use super::detail::status_message;
use super::queue::cells;
use super::{alarms, report};

/// From this width on there are two columns.
const TWO_COLUMNS: u16 = 76;
/// In windows of so many rows the chart is higher.
const TALL: u16 = 34;
/// Rows of the window that belong to the frame: bar, messages, footer.
const FRAME: u16 = 3;
/// Requests of the queue's head.
const QUEUE_HEAD: usize = 12;
/// The figures are read anew at most so often.
const REST: i64 = 2 * SECOND;

/// States that wait for somebody, and those that are decided or over, in pairs.
const STATES: [(State, State); 6] = [
    (State::Diajukan, State::Dicabut),
    (State::Diperiksa, State::Diberitahukan),
    (State::DataSesuai, State::Selesai),
    (State::DnCocok, State::Ditolak),
    (State::Terjadwal, State::Ditarik),
    (State::Dikembalikan, State::Ditutup),
];

/// The dashboard.
pub struct Dashboard {
    who: Identity,
    figures: Option<Box<Figures>>,
    /// The head of the queue, for windows that have room for it.
    queue: Vec<QueueRow>,
    scroll: Scroll,
    read_at: Timestamp,
    due: Option<Timestamp>,
    /// When the head of the queue is drawn too: after the figures, when the keys rest.
    head: Option<Timestamp>,
}

impl Dashboard {
    pub fn new(who: Identity, cx: &mut Cx) -> Self {
        let mut dashboard = Self {
            who,
            figures: None,
            queue: Vec::new(),
            scroll: Scroll::default(),
            read_at: cx.now,
            due: None,
            head: Some(cx.lazy),
        };
        dashboard.read(cx);
        dashboard
    }

    fn read(&mut self, cx: &mut Cx) {
        self.read_at = cx.now;
        self.due = None;
        match cx.desk.dashboard(&self.who) {
            Ok(figures) => self.figures = Some(Box::new(figures)),
            Err(error) => cx.fail(&error),
        }
        let ids = cx.desk.queue(&self.who, &QueueQuery::default()).ids;
        self.queue = cx.desk.queue_rows(&ids[..ids.len().min(QUEUE_HEAD)]);
    }

    fn lines(&self, look: &Look, area: Rect) -> Vec<Line> {
        let columns = area.width;
        let Some(figures) = &self.figures else {
            return Vec::new();
        };
        let chart = if area.height + FRAME >= TALL { 6 } else { 3 };
        let mut lines = summary(figures, look, columns);
        for alarm in &figures.alarms {
            let text = format!("! {}", alarms::sentence(look, alarm));
            lines.push(line(
                format!(" {}", draw::fit(&text, columns - 2)),
                Tone::Bad,
            ));
        }
        lines.push(Line::new());
        if columns >= TWO_COLUMNS {
            // The left side needs little; what it leaves goes to the bars.
            let left = if columns < 100 { 38 } else { columns / 2 - 1 };
            let right = columns - left;
            let states = states(figures, look, left);
            lines.extend(beside(states, steps(&figures.steps, look, right), left));
            lines.push(Line::new());
            let chart = revocations(&figures.revocations, look, left, chart);
            lines.extend(beside(chart, crls(&figures.issuers, look, right), left));
        } else {
            lines.extend(states(figures, look, columns));
            lines.extend(crls(&figures.issuers, look, columns));
            lines.extend(steps(&figures.steps, look, columns));
            lines.extend(revocations(&figures.revocations, look, columns, chart));
        }
        lines.push(Line::new());
        lines.extend(rest(figures, look, columns));
        let room = usize::from(area.height).saturating_sub(lines.len() + 2);
        if room > 2 && !self.queue.is_empty() && self.head.is_none() {
            lines.push(Line::new());
            lines.push(heading(look, "dashboard-queue"));
            lines.extend(self.queue.iter().take(room).map(|row| waiting(row, look)));
        }
        lines
    }
}

/// One request of the queue on a line: number, state, age, applicant and agency.
fn waiting(row: &QueueRow, look: &Look) -> Line {
    let cells = cells(row, look).into_iter();
    let widths = [14, 13, 6, 26, 40];
    let mut line = vec![(" ".to_owned(), Tone::Plain)];
    for (cell, width) in cells.zip(widths) {
        let text = draw::fit(&cell.text, width);
        let pad = usize::from((width + 2).saturating_sub(draw::width(&text)));
        line.push((format!("{text}{}", " ".repeat(pad)), cell.tone));
    }
    line
}

/// What wants a hand today.
fn summary(figures: &Figures, look: &Look, columns: u16) -> Vec<Line> {
    let format = look.format();
    let run = |id: &str, count: u64, tone: Tone| {
        let args = [("count", Value::from(format.count(count)))];
        let text = look.texts.with(id, &args);
        (text, if count == 0 { Tone::Muted } else { tone })
    };
    let open: u64 = figures
        .counts
        .iter()
        .filter(|(s, _)| s.is_open() && !matches!(s, State::Draf | State::Dikembalikan))
        .map(|(_, n)| *n)
        .sum();
    flow(
        vec![
            run("dashboard-open", open, Tone::Heading),
            run("dashboard-urgent", figures.urgent, Tone::Bad),
            run("dashboard-late", figures.late, Tone::Bad),
            run("dashboard-mine", figures.mine, Tone::Heading),
            run("dashboard-letters", figures.letters_overdue, Tone::Warning),
        ],
        columns,
    )
}

fn states(figures: &Figures, look: &Look, columns: u16) -> Vec<Line> {
    let half = usize::from(columns.min(44) / 2).saturating_sub(2);
    let count = |state: State| {
        let counts = figures.counts.iter().filter(|(s, _)| *s == state);
        counts.map(|(_, n)| *n).sum::<u64>()
    };
    let cell = |state: State| {
        let label = look.texts.get(&format!("state-{}", state.name()));
        let number = look.format().count(count(state));
        let room = half.saturating_sub(number.len() + 1);
        // Between a long word and a large number stays a blank.
        let most = u16::try_from(room.saturating_sub(1)).unwrap_or(u16::MAX);
        let label = draw::fit(&label, most);
        let tone = if count(state) == 0 {
            Tone::Muted
        } else {
            state_tone(state)
        };
        (format!(" {label:<room$}{number}"), tone)
    };
    let mut lines = vec![heading(look, "dashboard-states")];
    for (left, right) in STATES {
        lines.push(vec![cell(left), (" ".to_owned(), Tone::Plain), cell(right)]);
    }
    lines
}

/// Columns of a step's title, its times and its count of late ones.
const STEP: [usize; 3] = [15, 8, 8];

/// Median against the standard time, step by step: those whose both ends the program sees.
fn steps(steps: &[StepStatistic], look: &Look, columns: u16) -> Vec<Line> {
    let format = look.format();
    let mut lines = vec![heading(look, "dashboard-steps")];
    let [title_room, time_room, late_room] = STEP;
    let used = u16::try_from(title_room + time_room + late_room + 6).unwrap_or(u16::MAX);
    let room = columns.saturating_sub(used).min(25);
    for step in steps.iter().filter(|s| s.number >= 5 || s.measured > 0) {
        let title = look.texts.get(&format!("sop-{}", step.number));
        let title = draw::fit(&title, u16::try_from(title_room).unwrap_or(0));
        let head = format!(" {} {title:<title_room$} ", step.number);
        if step.measured == 0 {
            let none = look.texts.get("dashboard-unmeasured");
            lines.push(vec![(head, Tone::Plain), (none, Tone::Muted)]);
            continue;
        }
        let over = step.median_seconds > step.standard_seconds;
        let time = minutes(format, step.median_seconds, step.standard_seconds);
        let late = match step.late {
            0 => String::new(),
            late => look
                .texts
                .with("dashboard-step-late", &[("count", Value::from(late))]),
        };
        let mut line = vec![(head, Tone::Plain)];
        if room >= 5 {
            // The mark in the middle is the standard time.
            let (median, standard) = (step.median_seconds.into(), step.standard_seconds.into());
            let filled = if over {
                Tone::WarningBar
            } else {
                Tone::GoodBar
            };
            let runs = chart::against(median, standard, room).into_iter();
            line.extend(runs.map(|run| match run {
                Run::Filled(columns) => (" ".repeat(columns), filled),
                Run::Text(text) => (text, Tone::Plain),
            }));
        }
        line.push((format!(" {time:>time_room$} "), Tone::Plain));
        line.push((late, Tone::Warning));
        lines.push(line);
    }
    lines
}

/// `3,2/5`: minutes with half-minute standards.
fn minutes(format: Format, spent: u32, standard: u32) -> String {
    format!(
        "{}/{}",
        report::tenths(format, spent),
        format.standard(standard)
    )
}

fn revocations(days: &[u32], look: &Look, columns: u16, height: u16) -> Vec<Line> {
    let sum: u32 = days.iter().sum();
    let today = days.last().copied().unwrap_or(0);
    let title = look.texts.with(
        "dashboard-revocations",
        &[("sum", Value::from(sum)), ("today", Value::from(today))],
    );
    let title = draw::fit(&title, columns.saturating_sub(2));
    let mut lines = vec![line(format!(" {title}"), Tone::Heading)];
    if sum > 0 {
        let rows = chart::rows(days, height, columns.saturating_sub(2));
        lines.extend(
            rows.into_iter()
                .map(|row| line(format!(" {row}"), Tone::Good)),
        );
    }
    lines
}

/// Per issuer the three truths, never confused: decided, on CRL number N, seen where it is published.
fn crls(issuers: &[IssuerView], look: &Look, columns: u16) -> Vec<Line> {
    let (texts, format) = (look.texts, look.format());
    let mut lines = vec![heading(look, "dashboard-crl")];
    if issuers.is_empty() {
        lines.push(line(
            format!(" {}", texts.get("crl-no-issuer")),
            Tone::Warning,
        ));
    }
    for issuer in issuers {
        let (key, tone) = key_state(issuer.key);
        let name = draw::fit(&issuer.label, columns.saturating_sub(20));
        lines.push(vec![
            (format!(" {name}  "), Tone::Plain),
            (texts.get(key), tone),
        ]);
        let Some((number, next)) = issuer.last_number.zip(issuer.next_update) else {
            lines.push(line(format!(" {}", texts.get("crl-never")), Tone::Warning));
            continue;
        };
        let on_crl = texts.with(
            "dashboard-on-crl",
            &[
                ("number", Value::from(number.to_string())),
                ("entries", Value::from(format.count(issuer.entries))),
            ],
        );
        lines.push(line(format!(" {on_crl}"), Tone::Plain));
        let next_update = texts.with(
            "dashboard-next-update",
            &[("at", Value::from(format.short(next)))],
        );
        let tone = if next.since(look.now) <= 0 {
            Tone::Bad
        } else {
            Tone::Plain
        };
        lines.push(line(format!(" {next_update}"), tone));
        if issuer.waiting > 0 {
            let waiting = texts.with(
                "dashboard-waiting",
                &[("count", Value::from(format.count(issuer.waiting)))],
            );
            lines.push(line(format!(" {waiting}"), Tone::Warning));
        }
    }
    lines
}

/// The word for a key's state.
pub const fn key_state(key: KeyState) -> (&'static str, Tone) {
    match key {
        KeyState::Open => ("key-open", Tone::Good),
        KeyState::Locked => ("key-locked", Tone::Bad),
        KeyState::Missing => ("key-missing", Tone::Warning),
        KeyState::Expired => ("key-expired", Tone::Bad),
    }
}

fn rest(figures: &Figures, look: &Look, columns: u16) -> Vec<Line> {
    let (texts, format) = (look.texts, look.format());
    let mails = texts.with(
        "dashboard-mails",
        &[
            ("waiting", Value::from(format.count(figures.mail_waiting))),
            ("failed", Value::from(format.count(figures.mail_failed))),
        ],
    );
    let log = texts.with(
        "dashboard-log",
        &[
            ("size", Value::from(format.count(figures.log.size))),
            ("signed", Value::from(format.count(figures.log.checkpoint))),
        ],
    );
    let mut certificates = vec![(texts.get("dashboard-certificates"), Tone::Heading)];
    for (status, count) in &figures.certificates {
        let label = texts.get(status_message(*status)).to_lowercase();
        certificates.push((format!("{} {label}", format.count(*count)), Tone::Plain));
    }
    let failed = if figures.mail_failed > 0 {
        Tone::Warning
    } else {
        Tone::Plain
    };
    let mut lines = flow(certificates, columns);
    lines.extend(flow(vec![(mails, failed), (log, Tone::Plain)], columns));
    lines
}

fn heading(look: &Look, id: &str) -> Line {
    line(format!(" {}", look.texts.get(id)), Tone::Heading)
}

impl Component for Dashboard {
    fn place(&self) -> Place {
        Place::Screen(ScreenId::Dashboard)
    }

    fn act(&mut self, action: ActionId, cx: &mut Cx) -> Outcome {
        match action {
            ActionId::Enter => Outcome::Go(ScreenId::Queue),
            ActionId::Report => report::Report::open(self.who.clone(), cx),
            action => {
                self.scroll.act(action);
                Outcome::Done
            }
        }
    }

    fn settle(&mut self, cx: &mut Cx, area: Rect) {
        let lines = self.lines(&cx.look, area).len();
        self.scroll.fit(lines, usize::from(area.height));
    }

    fn changed(&mut self, change: &Change, cx: &mut Cx) {
        if !matches!(
            change,
            Change::Stopping
                | Change::Settings
                | Change::Letter(..)
                | Change::SessionEnded(_)
                | Change::Sessions
        ) {
            let rested = self.read_at.plus(REST);
            self.due.get_or_insert(rested.max(cx.lazy));
        }
    }

    fn reload(&mut self, cx: &mut Cx) {
        self.read(cx);
        self.head = Some(cx.lazy);
    }

    fn deadline(&self) -> Option<Timestamp> {
        self.due.into_iter().chain(self.head).min()
    }

    fn due(&mut self, cx: &mut Cx) {
        self.head.take_if(|t| *t <= cx.now);
        if self.due.is_some_and(|t| t <= cx.now) {
            self.read(cx);
        }
    }

    fn view(&self, look: &Look, buffer: &mut Buffer, area: Rect) -> Option<(u16, u16)> {
        self.scroll
            .view(look, buffer, area, &self.lines(look, area));
        None
    }

    fn save(&self) -> Option<Saved> {
        Some(Saved {
            what: SavedKind::Screen(ScreenId::Dashboard),
            state: Vec::new(),
        })
    }
}
