//! A terminal emulator (vt100) behind a [`Screen`], compared cell by cell with what the buffer asked for.

use crate::term::capabilities::Capabilities;
use crate::term::cell::{Cell, Grid};
use crate::term::encode::Screen;
use crate::term::event::Event;
use crate::term::pen::{BOLD, DIM, ITALIC, Paint, Pen, REVERSE, UNDERLINE};
use ratatui::buffer::Buffer;

pub(super) struct Emulator {
    parser: vt100::Parser,
    pub screen: Screen,
    capabilities: Capabilities,
}

impl Emulator {
    pub(super) fn new(columns: u16, rows: u16, capabilities: Capabilities) -> Self {
        let mut parser = vt100::Parser::new(rows, columns, 0);
        parser.process(&crate::term::enter(&capabilities));
        Self {
            parser,
            screen: Screen::new(columns, rows, capabilities.clone()),
            capabilities,
        }
    }

    /// Sends a frame, checks every cell and the cursor, and returns its length.
    pub(super) fn show(&mut self, next: &Buffer, cursor: Option<(u16, u16)>) -> usize {
        let bytes = self.screen.frame(next, cursor);
        self.parser.process(&expanded(&bytes));
        let target = Grid::of(next, &self.capabilities);
        let shown = self.parser.screen();
        for y in 0..target.rows {
            for (x, wanted) in (0..).zip(target.row(y)) {
                let cell = shown.cell(y, x).expect("inside the screen");
                assert!(
                    same(wanted, cell),
                    "column {x} row {y}: wanted {wanted:?}, shown {:?} {:?}\nframe {:?}",
                    cell.contents(),
                    pen_of(cell),
                    String::from_utf8_lossy(&bytes)
                );
            }
        }
        assert_eq!(shown.hide_cursor(), cursor.is_none());
        if let Some((x, y)) = cursor {
            assert_eq!(
                shown.cursor_position(),
                (y, x),
                "{:?}",
                String::from_utf8_lossy(&bytes)
            );
        }
        bytes.len()
    }

    /// The terminal has answered something.
    pub(super) fn learn(&mut self, answer: &Event) {
        self.capabilities.learn(answer);
        self.screen.set_capabilities(self.capabilities.clone());
    }

    pub(super) fn resize(&mut self, columns: u16, rows: u16) {
        self.parser.screen_mut().set_size(rows, columns);
        self.screen.resize(columns, rows);
    }
}

fn same(wanted: &Cell, shown: &vt100::Cell) -> bool {
    if wanted.is_continuation() {
        return shown.is_wide_continuation();
    }
    let contents = if shown.has_contents() {
        shown.contents()
    } else {
        " "
    };
    let mut pen = pen_of(shown);
    if contents == " " {
        pen = pen.on_blank();
    }
    contents.as_bytes() == wanted.glyph.as_bytes() && pen == wanted.pen
}

fn pen_of(cell: &vt100::Cell) -> Pen {
    let paint = |colour| match colour {
        vt100::Color::Default => Paint::Default,
        vt100::Color::Idx(index) => Paint::Index(index),
        vt100::Color::Rgb(red, green, blue) => Paint::Rgb(red, green, blue),
    };
    let mut attributes = 0;
    for (set, attribute) in [
        (cell.bold(), BOLD),
        (cell.dim(), DIM),
        (cell.italic(), ITALIC),
        (cell.underline(), UNDERLINE),
        (cell.inverse(), REVERSE),
    ] {
        if set {
            attributes |= attribute;
        }
    }
    Pen {
        foreground: paint(cell.fgcolor()),
        background: paint(cell.bgcolor()),
        attributes,
        line_drawing: false,
    }
}

/// vt100 knows neither REP nor DEC Special Graphics: repeats are written out, letters become lines.
fn expanded(bytes: &[u8]) -> Vec<u8> {
    let text = std::str::from_utf8(bytes).expect("UTF-8");
    let mut plain = String::new();
    let mut lines = false;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let body = rest.strip_prefix("\x1b[").unwrap_or_default();
        let number: String = body.chars().take_while(char::is_ascii_digit).collect();
        if body[number.len()..].starts_with('b') {
            let last = plain.chars().last().expect("something to repeat");
            assert!(
                lines && !last.is_ascii() || (' '..='~').contains(&last),
                "only single bytes are repeated"
            );
            plain.extend(std::iter::repeat_n(last, number.parse().unwrap_or(1)));
            rest = &body[number.len() + 1..];
        } else if let Some(after) = rest.strip_prefix("\x1b(") {
            lines = after.starts_with('0');
            rest = &after[1..];
        } else if c == '\x1b' {
            let end = rest[1..]
                .find(|c: char| c.is_ascii_alphabetic())
                .expect("a final byte")
                + 2;
            plain.push_str(&rest[..end]);
            rest = &rest[end..];
        } else {
            let at = "qxlkmjtuwvn".find(c).filter(|_| lines);
            plain.push(at.and_then(|at| "─│┌┐└┘├┤┬┴┼".chars().nth(at)).unwrap_or(c));
            rest = &rest[c.len_utf8()..];
        }
    }
    assert!(!lines, "a frame ends in the ordinary character set");
    plain.into_bytes()
}
