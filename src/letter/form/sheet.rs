//! A4 sheets under a moving pen: texts, paragraphs, ruled blanks and rules at places measured from the top left.
//! Knows nothing of letters and nothing of PDF.

use super::font::{Fonts, Style};

/// A4 in points.
pub(super) const PAGE: (f32, f32) = (595.276, 841.89);
/// Margins in points: 25 mm left, 20 mm right.
pub(super) const LEFT: f32 = 70.9;
pub(super) const RIGHT: f32 = PAGE.0 - 56.7;
pub(super) const WIDTH: f32 = RIGHT - LEFT;
const TOP: f32 = 42.5;
/// Below this nothing but the footer is written.
const BOTTOM: f32 = PAGE.1 - 51.0;

/// One thing on a page.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Mark {
    /// A text from `x` with its baseline at `y`; `stretch` points are added to each blank.
    Text {
        x: f32,
        y: f32,
        style: Style,
        text: String,
        stretch: f32,
    },
    /// A horizontal line at `y`, `weight` points thick; dotted where something is to be filled in by hand.
    Rule {
        x: (f32, f32),
        y: f32,
        weight: f32,
        dotted: bool,
    },
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Centre,
    Justified,
}

pub(super) struct Sheet<'f> {
    pub fonts: &'f Fonts,
    pub pages: Vec<Vec<Mark>>,
    /// Where the next line begins, from the top of the last page.
    pub y: f32,
}

impl<'f> Sheet<'f> {
    pub fn new(fonts: &'f Fonts) -> Self {
        Self {
            fonts,
            pages: vec![Vec::new()],
            y: TOP,
        }
    }

    /// Begins a new page unless `height` points are left on this one.
    pub fn need(&mut self, height: f32) {
        if self.y + height > BOTTOM && self.y > TOP {
            self.pages.push(Vec::new());
            self.y = TOP;
        }
    }

    pub fn space(&mut self, height: f32) {
        self.y += height;
    }

    /// Puts a mark on the last page.
    pub fn put(&mut self, mark: Mark) {
        if let Some(page) = self.pages.last_mut() {
            page.push(mark);
        }
    }

    /// One line of text at `x`, with its baseline at `y`.
    pub fn text(&mut self, x: f32, y: f32, style: Style, text: &str) {
        self.put(Mark::Text {
            x,
            y,
            style,
            text: text.to_owned(),
            stretch: 0.0,
        });
    }

    /// A blank to fill in by hand, at the baseline `y`.
    pub fn blank(&mut self, x: (f32, f32), y: f32) {
        self.put(Mark::Rule {
            x,
            y: y + 1.5,
            weight: 0.7,
            dotted: true,
        });
    }

    /// A paragraph between `x.0` and `x.1`, lines `leading` points apart; moves down behind it.
    pub fn paragraph(
        &mut self,
        x: (f32, f32),
        style: Style,
        leading: f32,
        align: Align,
        text: &str,
    ) {
        let width = x.1 - x.0;
        let lines = self.fonts.wrap(text, style, width);
        let count = lines.len();
        for (index, line) in lines.into_iter().enumerate() {
            self.need(leading);
            let slack = width - self.fonts.width(&line, style);
            let blanks = line.matches(' ').count();
            let stretch = match align {
                Align::Justified if index + 1 < count && blanks > 0 => slack / blanks as f32,
                _ => 0.0,
            };
            let indent = if align == Align::Centre {
                slack / 2.0
            } else {
                0.0
            };
            let y = self.y + style.size;
            self.put(Mark::Text {
                x: x.0 + indent,
                y,
                style,
                text: line,
                stretch,
            });
            self.y += leading;
        }
    }
}
