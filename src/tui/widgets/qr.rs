//! A QR code in cells: two modules a cell as half blocks, a terminal without UTF-8 shows the secret as text instead.
//! Drawn dark on light whatever the theme, since scanners want it so.

use qrcode::{Color as Module, EcLevel, QrCode};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};

use crate::tui::draw;
use crate::tui::look::Look;

/// A code ready to be drawn, with the quiet zone that ISO/IEC 18004 asks for (two of its four modules: terminals leave
/// room of their own).
pub struct Qr {
    modules: Vec<Vec<bool>>,
}

const QUIET: usize = 2;

impl Qr {
    /// `None` where the text is too long for any code.
    pub fn new(text: &str) -> Option<Self> {
        let code = QrCode::with_error_correction_level(text, EcLevel::L).ok()?;
        let side = code.width();
        let colours = code.to_colors();
        let whole = side + 2 * QUIET;
        let mut modules = vec![vec![false; whole]; whole];
        for (y, line) in colours.chunks(side).enumerate() {
            for (x, colour) in line.iter().enumerate() {
                modules[y + QUIET][x + QUIET] = *colour == Module::Dark;
            }
        }
        Some(Self { modules })
    }

    /// Columns and rows with half blocks.
    pub fn size(&self) -> (u16, u16) {
        let side = u16::try_from(self.modules.len()).unwrap_or(u16::MAX);
        (side, side.div_ceil(2))
    }

    fn dark(&self, x: usize, y: usize) -> bool {
        self.modules
            .get(y)
            .and_then(|l| l.get(x))
            .copied()
            .unwrap_or(false)
    }

    /// The code as lines of half blocks for a plain stream: light modules are drawn, since terminals are mostly dark.
    pub fn to_text(&self) -> String {
        let (columns, rows) = self.size();
        let mut text = String::new();
        for y in 0..usize::from(rows) {
            text.extend((0..usize::from(columns)).map(|x| {
                match (self.dark(x, y * 2), self.dark(x, y * 2 + 1)) {
                    (false, false) => '█',
                    (true, false) => '▄',
                    (false, true) => '▀',
                    (true, true) => ' ',
                }
            }));
            text.push('\n');
        }
        text
    }

    /// Draws it with half blocks. `false`: the area is too small or the terminal has no half blocks; nothing was drawn.
    pub fn view(&self, look: &Look, buffer: &mut Buffer, area: Rect) -> bool {
        let (columns, rows) = self.size();
        if columns > area.width || rows > area.height || !look.utf8 {
            return false;
        }
        let style = if look.theme.fills_bars() {
            Style::new().fg(Color::Black).bg(Color::White)
        } else {
            // Reverse video makes the ground light on a dark terminal without asking for colours.
            Style::new().add_modifier(Modifier::REVERSED)
        };
        for y in 0..rows {
            let line: String = (0..columns)
                .map(|x| {
                    let (x, y) = (usize::from(x), usize::from(y) * 2);
                    match (self.dark(x, y), self.dark(x, y + 1)) {
                        (false, false) => ' ',
                        (true, false) => '▀',
                        (false, true) => '▄',
                        (true, true) => '█',
                    }
                })
                .collect();
            draw::text(buffer, area.x, area.y + y, columns, &line, style);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_totp_link_fits_the_design_size() {
        let uri = "otpauth://totp/AMS:op.uji?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=AMS";
        let qr = Qr::new(uri).unwrap();
        assert!(qr.size().1 <= 21 && qr.size().0 <= 80, "{:?}", qr.size());
    }
}
