//! Lines that may be more than fit: scrolled by moving actions, drawn for the part that shows.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::tui::action::ActionId;
use crate::tui::draw;
use crate::tui::look::Look;
use crate::tui::theme::Tone;

/// One line as runs of text.
pub type Line = Vec<(String, Tone)>;

/// A line of one run.
pub fn line(text: impl Into<String>, tone: Tone) -> Line {
    vec![(text.into(), tone)]
}

/// How far a text is scrolled.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Scroll {
    pub offset: usize,
    pub len: usize,
    pub height: usize,
}

impl Scroll {
    pub fn fit(&mut self, len: usize, height: usize) {
        self.len = len;
        self.height = height;
        self.offset = self.offset.min(len.saturating_sub(height));
    }

    /// `false`: not a moving action, or everything shows already.
    pub fn act(&mut self, action: ActionId) -> bool {
        let furthest = self.len.saturating_sub(self.height);
        let page = self.height.saturating_sub(1).max(1);
        self.offset = match action {
            ActionId::Up => self.offset.saturating_sub(1),
            ActionId::Down => (self.offset + 1).min(furthest),
            ActionId::PageUp => self.offset.saturating_sub(page),
            ActionId::PageDown => (self.offset + page).min(furthest),
            ActionId::First => 0,
            ActionId::Last => furthest,
            _ => return false,
        };
        furthest > 0
    }

    /// Draws the lines that show.
    pub fn view(&self, look: &Look, buffer: &mut Buffer, area: Rect, lines: &[Line]) {
        let rows = usize::from(area.height);
        for (nth, line) in lines.iter().skip(self.offset).take(rows).enumerate() {
            let y = area.y + u16::try_from(nth).unwrap_or(u16::MAX);
            let runs: Vec<(&str, Tone)> =
                line.iter().map(|(t, tone)| (t.as_str(), *tone)).collect();
            draw::runs(look, buffer, area, y, &runs);
        }
    }
}
