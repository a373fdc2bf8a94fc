//! The few signs that are not ASCII, and what stands for them where the terminal has no UTF-8.
//! Screens always draw the Unicode sign; a terminal without UTF-8 gets one last pass over its cells.

use ratatui::buffer::Buffer;

pub const ELLIPSIS: char = '…';
pub const DASH: &str = "–";
pub const DOT: &str = "·";

/// Replaces every cell that is not ASCII by its stand-in of the same width.
pub fn fold_to_ascii(buffer: &mut Buffer) {
    for cell in &mut buffer.content {
        if !cell.symbol().is_ascii() {
            let stand_in = ascii(cell.symbol());
            cell.set_symbol(stand_in);
        }
    }
}

/// One ASCII column for a grapheme.
fn ascii(symbol: &str) -> &'static str {
    match symbol.chars().next().unwrap_or(' ') {
        '–' | '—' | '─' | '‐' => "-",
        '…' => "~",
        '·' | '•' => ".",
        '›' | '→' | '▸' | '»' => ">",
        '‹' | '←' | '«' => "<",
        '↑' => "^",
        '↓' => "v",
        '│' => "|",
        '✓' | '×' => "x",
        '“' | '”' => "\"",
        '‘' | '’' => "'",
        '█' | '▉' | '▊' | '▋' | '▌' | '▇' | '▆' | '▅' => "#",
        '▄' | '▃' => "=",
        '▂' | '▁' => "_",
        'à'..='å' => "a",
        'è'..='ë' => "e",
        'ì'..='ï' => "i",
        'ò'..='ö' => "o",
        'ù'..='ü' => "u",
        'É' | 'È' | 'Ê' => "E",
        '≤' => "<",
        '≥' => ">",
        '\u{a0}' | '\u{202f}' => " ",
        _ => "?",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    #[test]
    fn without_utf8_every_cell_is_ascii() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 12, 1));
        buffer.set_string(0, 0, "a – b… é·漢", Style::new());
        fold_to_ascii(&mut buffer);
        let line: String = buffer.content.iter().map(|c| c.symbol()).collect();
        assert!(line.starts_with("a - b~ e.?"), "{line}");
        assert!(line.is_ascii());
    }
}
