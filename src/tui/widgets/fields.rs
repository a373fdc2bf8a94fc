//! Lines of labels and values, wrapped beside their labels: what a detail below a list is made of.

use crate::tui::draw;
use crate::tui::look::Look;
use crate::tui::theme::Tone;

use super::scroll::{Line, line};

/// Columns of the labels: the longest is "Persetujuan atasan".
const LABELS: u16 = 19;
/// And in a narrow window.
const NARROW_LABELS: u16 = 15;

/// Builds the lines for a width.
pub struct Fields<'a> {
    pub look: &'a Look,
    pub columns: u16,
    pub lines: Vec<Line>,
}

impl<'a> Fields<'a> {
    pub const fn new(look: &'a Look, columns: u16) -> Self {
        Self {
            look,
            columns,
            lines: Vec::new(),
        }
    }

    /// A value under the label with this message id.
    pub fn field(&mut self, label: &'static str, value: &str, tone: Tone) {
        let labels = self.label_columns();
        let label = draw::fit(&self.look.texts.get(label), labels - 1);
        let room = self.columns.saturating_sub(labels + 2);
        for (nth, part) in draw::wrap(value, room).into_iter().enumerate() {
            let head = if nth == 0 { label.as_str() } else { "" };
            let pad = usize::from(labels.saturating_sub(draw::width(head)));
            let head = format!(" {head}{}", " ".repeat(pad));
            self.lines.push(vec![(head, Tone::Muted), (part, tone)]);
        }
    }

    /// Cut rather than wrapped, so that the lines below stay where they are.
    pub fn one_line(&mut self, label: &'static str, value: &str, tone: Tone) {
        let room = self.columns.saturating_sub(self.label_columns() + 2);
        self.field(label, &draw::fit(value, room), tone);
    }

    const fn label_columns(&self) -> u16 {
        if self.columns < 70 {
            NARROW_LABELS
        } else {
            LABELS
        }
    }

    pub fn plain(&mut self, label: &'static str, value: &str) {
        self.field(label, value, Tone::Plain);
    }

    /// A value that is only shown when there is one.
    pub fn some(&mut self, label: &'static str, value: Option<&str>) {
        if let Some(value) = value.filter(|v| !v.is_empty()) {
            self.plain(label, value);
        }
    }

    pub fn heading(&mut self, text: &str) {
        self.lines.push(line(format!(" {text}"), Tone::Heading));
    }

    /// A sentence over the whole width.
    pub fn text(&mut self, text: &str, tone: Tone) {
        for part in draw::wrap(text, self.columns.saturating_sub(2)) {
            self.lines.push(line(format!(" {part}"), tone));
        }
    }

    pub fn blank(&mut self) {
        self.lines.push(Line::new());
    }
}

/// Runs one after another with two blanks between, broken where a line is full.
pub fn flow(runs: Vec<(String, Tone)>, columns: u16) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut current: Line = Vec::new();
    let mut used = 0;
    for (text, tone) in runs {
        let width = draw::width(&text);
        if used > 0 && used + 2 + width > columns {
            lines.push(std::mem::take(&mut current));
            used = 0;
        }
        let gap = if used == 0 { " " } else { "  " };
        current.push((gap.to_owned(), Tone::Plain));
        current.push((text, tone));
        used += draw::width(gap) + width;
    }
    if !current.is_empty() {
        lines.push(current);
    }
    lines
}

/// Two blocks side by side, the left one `left_columns` wide.
pub fn beside(left: Vec<Line>, right: Vec<Line>, left_columns: u16) -> Vec<Line> {
    let rows = left.len().max(right.len());
    let (mut left, mut right) = (left.into_iter(), right.into_iter());
    (0..rows)
        .map(|_| {
            let mut line = left.next().unwrap_or_default();
            let Some(other) = right.next() else {
                return line;
            };
            let used: u16 = line.iter().map(|(t, _)| draw::width(t)).sum();
            let gap = usize::from(left_columns.saturating_sub(used));
            line.push((" ".repeat(gap), Tone::Plain));
            line.extend(other);
            line
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_flow_into_the_next_line_when_one_is_full() {
        let run = |t: &str| (t.to_owned(), Tone::Plain);
        let lines = flow(vec![run("satu"), run("dua"), run("tiga")], 10);
        let text = |l: &Line| l.iter().map(|(t, _)| t.as_str()).collect::<String>();
        assert_eq!(
            lines.iter().map(text).collect::<Vec<_>>(),
            [" satu  dua", " tiga"]
        );
    }

    #[test]
    fn blocks_side_by_side_keep_their_column() {
        let left = vec![line("a", Tone::Plain)];
        let right = vec![line("x", Tone::Plain), line("y", Tone::Plain)];
        let lines = beside(left, right, 4);
        let text = |l: &Line| l.iter().map(|(t, _)| t.as_str()).collect::<String>();
        assert_eq!(
            lines.iter().map(text).collect::<Vec<_>>(),
            ["a   x", "    y"]
        );
    }
}
