//! Cells as a terminal holds them: a glyph, its width, a pen. Turns a ratatui buffer into such a grid and in doing so
//! removes whatever terminals disagree about (control characters, joined emoji, half-width sound marks).

use super::capabilities::Capabilities;
use super::pen::Pen;
use ratatui::buffer::{Buffer, CellWidth};
use ratatui::style::Modifier;
use unicode_width::UnicodeWidthChar;

/// One column of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Cell {
    pub glyph: Glyph,
    pub pen: Pen,
}

impl Cell {
    pub(super) const CONTINUATION: Self = Self {
        glyph: Glyph::CONTINUATION,
        pen: Pen {
            foreground: super::pen::Paint::Default,
            background: super::pen::Paint::Default,
            attributes: 0,
            line_drawing: false,
        },
    };

    pub(super) fn blank(background: super::pen::Paint) -> Self {
        Self {
            glyph: Glyph::SPACE,
            pen: Pen {
                background,
                ..Pen::default()
            },
        }
    }

    /// A space on which only the background shows.
    pub(super) fn is_plain_blank(&self) -> bool {
        self.glyph == Glyph::SPACE && self.pen.attributes == 0
    }

    pub(super) fn is_continuation(&self) -> bool {
        self.glyph.length == 0
    }
}

/// The character of a cell with its combining marks, at most 13 bytes; empty for the second column of a wide one.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Glyph {
    bytes: [u8; 13],
    length: u8,
    width: u8,
    /// The letter that draws it in DEC Special Graphics, or 0.
    letter: u8,
}

impl Glyph {
    pub(super) const SPACE: Self = Self::ascii(b' ');
    const CONTINUATION: Self = Self {
        bytes: [0; 13],
        length: 0,
        width: 0,
        letter: 0,
    };

    const fn ascii(byte: u8) -> Self {
        let mut bytes = [0; 13];
        bytes[0] = byte;
        Self {
            bytes,
            length: 1,
            width: 1,
            letter: 0,
        }
    }

    /// The glyph to draw for a symbol that ratatui counts as `width` columns.
    fn of(symbol: &str, width: u16, capabilities: &Capabilities) -> Self {
        if let [byte @ 0x20..=0x7E] = symbol.as_bytes() {
            return Self::ascii(*byte);
        }
        let mut characters = symbol.chars();
        let Some(base) = characters.next() else {
            return Self::SPACE;
        };
        let letter = line_letter(base).filter(|_| capabilities.line_drawing);
        if !capabilities.utf8 && letter.is_none() {
            return Self::ascii(ascii_for(base));
        }
        let columns = match base.width() {
            Some(columns @ 1..) if !base.is_control() && columns <= usize::from(width) => columns,
            _ => return Self::ascii(b'?'),
        };
        let mut glyph = Self {
            bytes: [0; 13],
            length: 0,
            width: if columns == 2 { 2 } else { 1 },
            letter: 0,
        };
        glyph.push(base);
        // A cluster wider than its base is drawn wider by some terminals only: then the base alone.
        if columns == usize::from(width) {
            characters
                .filter(|&c| combines(c))
                .for_each(|mark| glyph.push(mark));
        }
        if glyph.as_bytes().len() == base.len_utf8() {
            glyph.letter = letter.unwrap_or(0);
        }
        glyph
    }

    fn push(&mut self, c: char) {
        let start = usize::from(self.length);
        let end = start + c.len_utf8();
        if let Some(place) = self.bytes.get_mut(start..end) {
            c.encode_utf8(place);
            self.length = end.to_le_bytes()[0];
        }
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }

    pub(super) fn width(self) -> u16 {
        u16::from(self.width)
    }

    /// What to send for it, with DEC Special Graphics in G0 or without; `None` when it does not exist there.
    pub(super) fn drawn(&self, line_drawing: bool) -> Option<&[u8]> {
        match (line_drawing, self.letter) {
            (false, _) => Some(self.as_bytes()),
            (true, 0) => (*self == Self::SPACE).then_some(b" "),
            (true, _) => Some(std::slice::from_ref(&self.letter)),
        }
    }

    /// Whether it exists in DEC Special Graphics.
    pub(super) fn is_line(self) -> bool {
        self.letter != 0
    }
}

impl std::fmt::Debug for Glyph {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", String::from_utf8_lossy(self.as_bytes()))
    }
}

/// Marks that every terminal puts on the character before: no joiners, selectors, direction controls or sound marks.
fn combines(c: char) -> bool {
    c.width() == Some(0)
        && !c.is_control()
        && !matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}'
            | '\u{FEFF}' | '\u{FF9E}' | '\u{FF9F}' | '\u{E0000}'..='\u{E0FFF}')
}

/// DEC Special Graphics (VT100 user guide, table 3-9), the part with which screens are ruled.
fn line_letter(c: char) -> Option<u8> {
    Some(match c {
        '─' => b'q',
        '│' => b'x',
        '┌' => b'l',
        '┐' => b'k',
        '└' => b'm',
        '┘' => b'j',
        '├' => b't',
        '┤' => b'u',
        '┬' => b'w',
        '┴' => b'v',
        '┼' => b'n',
        _ => return None,
    })
}

/// What a terminal without UTF-8 shows instead; themes draw ASCII there, this is the net under them.
fn ascii_for(c: char) -> u8 {
    match c {
        '\u{A0}' => b' ',
        '─' | '━' | '═' | '╌' | '┄' | '–' | '—' | '‐' | '‑' => b'-',
        '│' | '┃' | '║' | '╎' | '┆' | '▏' | '▎' | '▍' | '▌' | '▐' => b'|',
        '\u{2500}'..='\u{257F}' => b'+',
        '\u{2580}'..='\u{259F}' => b'#',
        '←' | '◀' | '◂' | '‹' => b'<',
        '→' | '▶' | '▸' | '›' => b'>',
        '↑' | '▲' | '▴' => b'^',
        '↓' | '▼' | '▾' => b'v',
        '•' | '·' | '●' | '✓' | '✔' => b'*',
        '○' => b'o',
        '×' | '✗' | '✘' => b'x',
        '…' => b'.',
        '‘' | '’' => b'\'',
        '“' | '”' => b'"',
        _ => b'?',
    }
}

/// A screenful of cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Grid {
    pub columns: u16,
    pub rows: u16,
    cells: Vec<Cell>,
}

impl Grid {
    pub(super) fn blank(columns: u16, rows: u16) -> Self {
        let blank = Cell::blank(super::pen::Paint::Default);
        Self {
            columns,
            rows,
            cells: vec![blank; usize::from(columns) * usize::from(rows)],
        }
    }

    /// The grid a buffer asks for on a terminal with these capabilities.
    pub(super) fn of(buffer: &Buffer, capabilities: &Capabilities) -> Self {
        let mut grid = Self::blank(buffer.area.width, buffer.area.height);
        for y in 0..grid.rows {
            let from = usize::from(y) * usize::from(grid.columns);
            let Some(source) = buffer.content.get(from..from + usize::from(grid.columns)) else {
                break;
            };
            let corner = !capabilities.deferred_wrap && y + 1 == grid.rows;
            fill_row(grid.row_mut(y), source, capabilities, corner);
        }
        grid
    }

    pub(super) fn row(&self, y: u16) -> &[Cell] {
        let width = usize::from(self.columns);
        &self.cells[usize::from(y) * width..][..width]
    }

    fn row_mut(&mut self, y: u16) -> &mut [Cell] {
        let width = usize::from(self.columns);
        &mut self.cells[usize::from(y) * width..][..width]
    }

    /// Moves the rows `top..=bottom` by `shift` (up when positive) and leaves blank ones behind.
    pub(super) fn scroll(&mut self, top: u16, bottom: u16, shift: i32) {
        let width = usize::from(self.columns);
        let band = &mut self.cells[usize::from(top) * width..(usize::from(bottom) + 1) * width];
        let height = band.len() / width.max(1);
        let distance = (shift.unsigned_abs() as usize).min(height) * width;
        let blank = Cell::blank(super::pen::Paint::Default);
        if shift > 0 {
            band.copy_within(distance.., 0);
            let kept = band.len() - distance;
            band[kept..].fill(blank);
        } else {
            let kept = band.len() - distance;
            band.copy_within(..kept, distance);
            band[..distance].fill(blank);
        }
    }

    /// Blanks everything from the start of row `y` on.
    pub(super) fn clear_from(&mut self, y: u16) {
        let start = usize::from(y) * usize::from(self.columns);
        self.cells[start..].fill(Cell::blank(super::pen::Paint::Default));
    }
}

fn fill_row(
    row: &mut [Cell],
    source: &[ratatui::buffer::Cell],
    capabilities: &Capabilities,
    leave_corner: bool,
) {
    let mut x = 0;
    while let Some(cell) = source.get(x) {
        let symbol = cell.symbol();
        let mut glyph = if symbol.len() == 1 {
            Glyph::of(symbol, 1, capabilities)
        } else {
            Glyph::of(symbol, cell.cell_width(), capabilities)
        };
        if cell.modifier.contains(Modifier::HIDDEN) || x + usize::from(glyph.width()) > row.len() {
            glyph = Glyph::SPACE;
        }
        let pen = Pen::of(cell.fg, cell.bg, cell.modifier, capabilities.colour);
        let pen = if glyph == Glyph::SPACE {
            pen.on_blank()
        } else {
            pen
        };
        row[x] = Cell { glyph, pen };
        // Columns that ratatui gives to the symbol and the glyph does not fill.
        let columns = if symbol.len() == 1 {
            1
        } else {
            usize::from(cell.cell_width()).max(1)
        };
        let after = (x + columns).min(row.len());
        for place in &mut row[x + 1..after] {
            *place = Cell {
                glyph: Glyph::SPACE,
                pen: pen.on_blank(),
            };
        }
        if glyph.width() == 2 {
            row[x + 1] = Cell::CONTINUATION;
        }
        x = after;
    }
    if leave_corner && let [.., before, last] = row {
        if last.is_continuation() {
            *before = Cell::blank(super::pen::Paint::Default);
        }
        *last = Cell::blank(super::pen::Paint::Default);
    }
}
