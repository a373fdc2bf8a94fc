//! Laporan: the SOP's times of every request decided in a month, against the standard times; written out as CSV.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::desk::{Identity, SopLine};
use crate::domain::sop::SOP;
use crate::tui::action::ActionId;
use crate::tui::component::{Component, Cx, Effect, FilePurpose, Outcome};
use crate::tui::draw;
use crate::tui::format::Format;
use crate::tui::glyphs::DASH;
use crate::tui::i18n::Value;
use crate::tui::look::Look;
use crate::tui::place::Place;
use crate::tui::theme::Tone;
use crate::tui::widgets::scroll::{Line, Scroll, line};

/// Columns of one step's time.
const STEP: usize = 6;
/// Narrower windows show the officer's and the last step only, those that the program always measures.
const ALL_STEPS: u16 = 78;

/// The report of one month.
pub struct Report {
    who: Identity,
    year: i32,
    month: u8,
    lines: Vec<SopLine>,
    scroll: Scroll,
}

impl Report {
    /// Opens the month that it is now.
    pub fn open(who: Identity, cx: &mut Cx) -> Outcome {
        let today = cx.now.local(cx.look.zone).date();
        let mut report = Self {
            who,
            year: today.year(),
            month: u8::from(today.month()),
            lines: Vec::new(),
            scroll: Scroll::default(),
        };
        report.read(cx);
        Outcome::Open(Box::new(report))
    }

    fn read(&mut self, cx: &mut Cx) {
        match cx.desk.sop_report(&self.who, self.year, self.month) {
            Ok(lines) => self.lines = lines,
            Err(error) => {
                self.lines.clear();
                cx.fail(&error);
            }
        }
    }

    fn turn(&mut self, months: i32, cx: &mut Cx) {
        let at = self.year * 12 + i32::from(self.month) - 1 + months;
        self.year = at.div_euclid(12);
        self.month = u8::try_from(at.rem_euclid(12) + 1).unwrap_or(1);
        self.scroll = Scroll::default();
        self.read(cx);
    }

    fn title(&self, look: &Look) -> String {
        let month = look.texts.get(&format!("month-{}", self.month));
        let late = self
            .lines
            .iter()
            .filter(|l| l.late().contains(&true))
            .count();
        look.texts.with(
            "report-title",
            &[
                ("month", Value::from(format!("{month} {}", self.year))),
                ("count", Value::from(self.lines.len() as u64)),
                ("late", Value::from(late as u64)),
            ],
        )
    }

    fn rows(&self, look: &Look, columns: u16) -> Vec<Line> {
        if self.lines.is_empty() {
            return vec![line(
                format!(" {}", look.texts.get("report-none")),
                Tone::Muted,
            )];
        }
        let format = look.format();
        let mut lines = Vec::new();
        let shown = shown(columns);
        for row in &self.lines {
            let late = row.late();
            let mut runs = vec![(format!(" {:<16}", row.number.to_string()), Tone::Plain)];
            for (spent, late) in row.seconds.iter().zip(&late).skip(shown.start) {
                let text = match spent {
                    Some(seconds) => tenths(format, u32::try_from(*seconds).unwrap_or(u32::MAX)),
                    None => DASH.to_owned(),
                };
                let tone = if *late { Tone::Warning } else { Tone::Plain };
                runs.push((format!("{text:>STEP$}"), tone));
            }
            if late.contains(&true) {
                runs.push((format!("  {}", look.texts.get("word-late")), Tone::Warning));
            }
            lines.push(runs);
        }
        lines
    }

    /// One line a request; times in seconds, empty where the program did not see both ends.
    fn csv(&self) -> Vec<u8> {
        let mut out = String::from("number,state,submitted_at,decided_at");
        for step in &SOP {
            out.push_str(&format!(",step_{}_seconds", step.number));
        }
        out.push_str(",late\r\n");
        let time =
            |t: Option<crate::domain::Timestamp>| t.map(|t| t.to_string()).unwrap_or_default();
        for row in &self.lines {
            out.push_str(&format!(
                "{},{},{},{}",
                row.number,
                row.state.name(),
                time(row.submitted_at),
                time(row.decided_at)
            ));
            for spent in &row.seconds {
                out.push(',');
                out.push_str(&spent.map(|s| s.to_string()).unwrap_or_default());
            }
            out.push_str(if row.late().contains(&true) {
                ",yes\r\n"
            } else {
                ",no\r\n"
            });
        }
        out.into_bytes()
    }
}

/// The steps that a window shows, counted from 0.
fn shown(columns: u16) -> std::ops::Range<usize> {
    if columns >= ALL_STEPS {
        0..SOP.len()
    } else {
        4..SOP.len()
    }
}

/// Seconds as minutes with one decimal: "3,2"; from a hundred minutes on without: "181".
pub fn tenths(format: Format, seconds: u32) -> String {
    let comma = match format.texts.language {
        crate::domain::Language::Id => ',',
        crate::domain::Language::En => '.',
    };
    let tenths = (u64::from(seconds) + 3) / 6;
    if tenths >= 1000 {
        return (tenths / 10).to_string();
    }
    format!("{}{comma}{}", tenths / 10, tenths % 10)
}

impl Component for Report {
    fn place(&self) -> Place {
        Place::Report
    }

    fn act(&mut self, action: ActionId, cx: &mut Cx) -> Outcome {
        match action {
            ActionId::Back => return Outcome::Close,
            ActionId::Left => self.turn(-1, cx),
            ActionId::Right => self.turn(1, cx),
            ActionId::ExportReport => cx.effects.push(Effect::WriteFile {
                name: format!("laporan-sop-{:04}-{:02}.csv", self.year, self.month),
                content: self.csv(),
                purpose: FilePurpose::Report,
            }),
            action => {
                self.scroll.act(action);
            }
        }
        Outcome::Done
    }

    fn settle(&mut self, cx: &mut Cx, area: Rect) {
        let lines = self.rows(&cx.look, area.width).len();
        self.scroll
            .fit(lines, usize::from(area.height.saturating_sub(3)));
    }

    fn reload(&mut self, cx: &mut Cx) {
        self.read(cx);
    }

    fn view(&self, look: &Look, buffer: &mut Buffer, area: Rect) -> Option<(u16, u16)> {
        draw::bar(
            look,
            buffer,
            area,
            area.y,
            &format!(" {} ", self.title(look)),
        );
        let mut steps = format!(" {:<16}", look.texts.get("column-number"));
        let mut standard = format!(" {:<16}", look.texts.get("report-standard"));
        for step in &SOP[shown(area.width)] {
            steps.push_str(&format!("{:>STEP$}", step.number));
            let time = look.format().standard(step.standard_seconds);
            standard.push_str(&format!("{time:>STEP$}"));
        }
        for (y, text) in [(area.y + 1, steps), (area.y + 2, standard)] {
            draw::text(
                buffer,
                area.x,
                y,
                area.width,
                &text,
                look.style(Tone::Muted),
            );
        }
        let body = Rect::new(
            area.x,
            area.y + 3,
            area.width,
            area.height.saturating_sub(3),
        );
        self.scroll
            .view(look, buffer, body, &self.rows(look, area.width));
        None
    }
}
