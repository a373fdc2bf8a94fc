//! A terminal emulator (vt100) behind a [`Screen`], compared cell by cell with what the buffer asked for.

use crate::term::capabilities::Capabilities;
use crate::term::cell::{Cell, Grid};
use crate::term::encode::Screen;
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
        self.parser.process(&without_repeats(&bytes));
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
    }
}

/// vt100 does not know REP: `X ESC[nb` becomes n more X.
fn without_repeats(bytes: &[u8]) -> Vec<u8> {
    let mut plain: Vec<u8> = Vec::new();
    let mut rest = bytes;
    while let [first, tail @ ..] = rest {
        let digits = tail
            .strip_prefix(b"[")
            .map(|body| body.iter().take_while(|b| b.is_ascii_digit()).count());
        match digits {
            Some(count) if *first == 0x1B && tail.get(1 + count) == Some(&b'b') => {
                let number = std::str::from_utf8(&tail[1..=count]).expect("digits");
                let times = number.parse().unwrap_or(1);
                let last = *plain.last().expect("something to repeat");
                assert!((0x20..0x7F).contains(&last), "only ASCII is repeated");
                plain.resize(plain.len() + times, last);
                rest = &tail[count + 2..];
            }
            _ => {
                plain.push(*first);
                rest = tail;
            }
        }
    }
    plain
}
