//! A text to read over the whole body: a mail, an entry of the log, the table of a checked CRL. Changes nothing.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::tui::action::ActionId;
use crate::tui::component::{Component, Cx, Outcome};
use crate::tui::draw;
use crate::tui::look::Look;
use crate::tui::place::Place;
use crate::tui::theme::Tone;
use crate::tui::widgets::scroll::{Line, Scroll, line};

/// The panel. Paragraphs are wrapped to the window when drawn.
pub struct Reading {
    title: String,
    paragraphs: Vec<(String, Tone)>,
    scroll: Scroll,
}

impl Reading {
    pub fn new(title: String, paragraphs: Vec<(String, Tone)>) -> Self {
        Self {
            title,
            paragraphs,
            scroll: Scroll::default(),
        }
    }

    fn lines(&self, columns: u16) -> Vec<Line> {
        self.paragraphs
            .iter()
            .flat_map(|(text, tone)| {
                draw::wrap(text, columns.saturating_sub(2))
                    .into_iter()
                    .map(|part| line(format!(" {part}"), *tone))
            })
            .collect()
    }
}

impl Component for Reading {
    fn place(&self) -> Place {
        Place::Choice
    }

    fn act(&mut self, action: ActionId, _cx: &mut Cx) -> Outcome {
        match action {
            ActionId::Back | ActionId::Enter => Outcome::Close,
            action => {
                self.scroll.act(action);
                Outcome::Done
            }
        }
    }

    fn settle(&mut self, _cx: &mut Cx, area: Rect) {
        let lines = self.lines(area.width).len();
        self.scroll
            .fit(lines, usize::from(area.height.saturating_sub(1)));
    }

    fn rows(&self, _look: &Look, _columns: u16) -> Option<u16> {
        Some(u16::MAX)
    }

    fn view(&self, look: &Look, buffer: &mut Buffer, area: Rect) -> Option<(u16, u16)> {
        draw::bar(look, buffer, area, area.y, &format!(" {} ", self.title));
        let body = Rect::new(
            area.x,
            area.y + 1,
            area.width,
            area.height.saturating_sub(1),
        );
        self.scroll
            .view(look, buffer, body, &self.lines(area.width));
        None
    }
}
