//! A QR code in cells: two modules a cell as half blocks; a terminal without UTF-8 shows the secret as text instead.
//! Drawn dark on light whatever the theme, since scanners want it so.

use qrcode::{Color as Module, EcLevel, QrCode};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};

use crate::tui::draw;
use crate::tui::look::Look;

/// Light modules around the code: ISO/IEC 18004 asks for four. Where they do not fit, scanners make do with fewer,
/// and at worst with one.
const QUIET: usize = 4;
const LEAST_QUIET: usize = 1;
/// On a plain stream the lines before and after are blank anyway.
const QUIET_IN_TEXT: usize = 2;

/// A code ready to be drawn.
pub struct Qr {
    /// Lines of modules without the quiet zone; `true` is dark.
    modules: Vec<Vec<bool>>,
}

impl Qr {
    /// `None` where the text is too long for any code. Error correction L: a screen is neither torn nor dirty, and
    /// the smaller code fits more windows.
    pub fn new(text: &str) -> Option<Self> {
        let code = QrCode::with_error_correction_level(text, EcLevel::L).ok()?;
        let modules = code
            .to_colors()
            .chunks(code.width())
            .map(|line| line.iter().map(|c| *c == Module::Dark).collect())
            .collect();
        Some(Self { modules })
    }

    /// Columns and rows of the least that can be drawn.
    pub fn least(&self) -> (u16, u16) {
        self.size(LEAST_QUIET)
    }

    /// Columns and rows in the given room with the widest quiet zone that fits; `None` where not even a narrow one
    /// does.
    pub fn fit(&self, columns: u16, rows: u16) -> Option<(u16, u16)> {
        (LEAST_QUIET..=QUIET)
            .rev()
            .map(|quiet| self.size(quiet))
            .find(|size| size.0 <= columns && size.1 <= rows)
    }

    fn size(&self, quiet: usize) -> (u16, u16) {
        let side = u16::try_from(self.modules.len() + 2 * quiet).unwrap_or(u16::MAX);
        (side, side.div_ceil(2))
    }

    /// Whether a module is dark, counted from the corner of the quiet zone.
    fn dark(&self, quiet: usize, x: usize, y: usize) -> bool {
        let at = |n: usize| n.checked_sub(quiet);
        let line = at(y).and_then(|y| self.modules.get(y));
        line.zip(at(x))
            .and_then(|(line, x)| line.get(x))
            .is_some_and(|dark| *dark)
    }

    /// Upper and lower module of each cell, line by line.
    fn cells(&self, quiet: usize) -> impl Iterator<Item = Vec<(bool, bool)>> {
        let (columns, rows) = self.size(quiet);
        (0..usize::from(rows)).map(move |y| {
            (0..usize::from(columns))
                .map(|x| (self.dark(quiet, x, y * 2), self.dark(quiet, x, y * 2 + 1)))
                .collect()
        })
    }

    /// The code as lines of half blocks for a plain stream: light modules are drawn, since terminals are mostly dark.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        for line in self.cells(QUIET_IN_TEXT) {
            text.extend(line.into_iter().map(|cell| match cell {
                (false, false) => '█',
                (true, false) => '▄',
                (false, true) => '▀',
                (true, true) => ' ',
            }));
            text.push('\n');
        }
        text
    }

    /// Draws it with half blocks from the area's upper left corner. `false`: the area is too small or the terminal has
    /// no half blocks; nothing was drawn.
    pub fn view(&self, look: &Look, buffer: &mut Buffer, area: Rect) -> bool {
        let Some((columns, _)) = self.fit(area.width, area.height).filter(|_| look.utf8) else {
            return false;
        };
        let style = if look.theme.fills_bars() {
            Style::new().fg(Color::Black).bg(Color::White)
        } else {
            // Reverse video makes the ground light on a dark terminal without asking for colours.
            Style::new().add_modifier(Modifier::REVERSED)
        };
        let quiet = (usize::from(columns) - self.modules.len()) / 2;
        for (line, row) in self.cells(quiet).zip(area.rows()) {
            let line: String = line
                .into_iter()
                .map(|cell| match cell {
                    (false, false) => ' ',
                    (true, false) => '▀',
                    (false, true) => '▄',
                    (true, true) => '█',
                })
                .collect();
            draw::text(buffer, area.x, row.y, columns, &line, style);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quiet_zone_narrows_before_the_code_is_given_up() {
        // 49 octets at level L: version 3, 29 modules.
        let qr = Qr::new(&"x".repeat(49)).unwrap();
        assert_eq!(qr.fit(80, 24), Some((37, 19)));
        assert_eq!(qr.fit(80, 17), Some((33, 17)));
        assert_eq!(qr.fit(31, 24), Some(qr.least()));
        assert_eq!(qr.fit(80, 15), None);
    }
}
