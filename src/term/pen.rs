//! The pen: colours and attributes as a terminal keeps them, and the shortest SGR from one pen to another.
//! Relies on nothing but ratatui's colour names; downgrades colours to what the terminal has.

use super::capabilities::ColourDepth;
use super::motion::Sequence;
use ratatui::style::{Color, Modifier};

pub(super) const BOLD: u8 = 1;
pub(super) const DIM: u8 = 2;
pub(super) const ITALIC: u8 = 4;
pub(super) const UNDERLINE: u8 = 8;
pub(super) const BLINK: u8 = 16;
pub(super) const REVERSE: u8 = 32;
pub(super) const STRIKE: u8 = 64;
/// Attributes that show on a blank cell.
pub(super) const SHOWS_ON_BLANK: u8 = UNDERLINE | REVERSE | STRIKE;

/// Attribute, code that sets it, code that ends it (bold and dim share theirs).
const ATTRIBUTES: [(u8, &str, &str); 7] = [
    (BOLD, "1", "22"),
    (DIM, "2", "22"),
    (ITALIC, "3", "23"),
    (UNDERLINE, "4", "24"),
    (BLINK, "5", "25"),
    (REVERSE, "7", "27"),
    (STRIKE, "9", "29"),
];

/// A colour after downgrading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(super) enum Paint {
    #[default]
    Default,
    Index(u8),
    Rgb(u8, u8, u8),
}

/// Foreground, background, attributes, and whether letters stand for lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(super) struct Pen {
    pub foreground: Paint,
    pub background: Paint,
    pub attributes: u8,
    /// DEC Special Graphics is in G0. Never so between frames.
    pub line_drawing: bool,
}

impl Pen {
    /// The pen a cell asks for on a terminal of this depth.
    pub(super) fn of(
        foreground: Color,
        background: Color,
        style: Modifier,
        depth: ColourDepth,
    ) -> Self {
        let mut attributes = 0;
        for (modifier, attribute) in [
            (Modifier::BOLD, BOLD),
            (Modifier::DIM, DIM),
            (Modifier::ITALIC, ITALIC),
            (Modifier::UNDERLINED, UNDERLINE),
            (Modifier::SLOW_BLINK, BLINK),
            (Modifier::RAPID_BLINK, BLINK),
            (Modifier::REVERSED, REVERSE),
            (Modifier::CROSSED_OUT, STRIKE),
        ] {
            if style.contains(modifier) {
                attributes |= attribute;
            }
        }
        // Terminals disagree on bold and dim together.
        if attributes & BOLD != 0 {
            attributes &= !DIM;
        }
        if depth == ColourDepth::Mono {
            attributes &= BOLD | UNDERLINE | REVERSE;
        }
        Self {
            foreground: Paint::of(foreground, depth),
            background: Paint::of(background, depth),
            attributes,
            line_drawing: false,
        }
    }

    /// What of this pen shows on a blank.
    pub(super) fn on_blank(self) -> Self {
        if self.attributes & SHOWS_ON_BLANK == 0 {
            Self {
                foreground: Paint::Default,
                background: self.background,
                ..Self::default()
            }
        } else {
            self
        }
    }

    /// This pen changed as little as possible so that a plain blank of `background` can be drawn or erased with it.
    pub(super) fn for_blank(self, background: Paint) -> Self {
        Self {
            background,
            attributes: self.attributes & !SHOWS_ON_BLANK,
            ..self
        }
    }

    /// The shortest sequence that turns this pen into `next`: an SGR difference, or a reset and what remains; the
    /// character set by SCS.
    pub(super) fn change_to(self, next: Self) -> Sequence {
        let mut sequence = self.renditions(next);
        match (self.line_drawing, next.line_drawing) {
            (false, true) => sequence.push(b"\x1b(0"),
            (true, false) => sequence.push(b"\x1b(B"),
            _ => {}
        }
        sequence
    }

    fn renditions(self, next: Self) -> Sequence {
        let drawing = self.line_drawing;
        if self
            == (Self {
                line_drawing: drawing,
                ..next
            })
        {
            return Sequence::default();
        }
        let difference = self.difference(next);
        let reset = Self::default().settings(next, true);
        if difference.len() <= reset.len() {
            difference
        } else {
            reset
        }
    }

    fn difference(self, next: Self) -> Sequence {
        let mut list = List::begin();
        let mut kept = self;
        let gone = self.attributes & !next.attributes;
        for (attribute, _, end) in ATTRIBUTES {
            if gone & attribute == 0 || kept.attributes & attribute == 0 {
                continue;
            }
            list.add(end);
            kept.attributes &= !attribute;
            if attribute & (BOLD | DIM) != 0 {
                kept.attributes &= !(BOLD | DIM);
            }
        }
        kept.settings_into(next, &mut list);
        list.end()
    }

    fn settings(self, next: Self, reset: bool) -> Sequence {
        let mut list = List::begin();
        if reset {
            // An empty parameter is 0, and the only one may be left out.
            list.add("");
        }
        self.settings_into(next, &mut list);
        list.end()
    }

    fn settings_into(self, next: Self, list: &mut List) {
        for (attribute, set, _) in ATTRIBUTES {
            if next.attributes & !self.attributes & attribute != 0 {
                list.add(set);
            }
        }
        if self.foreground != next.foreground {
            next.foreground.add_to(list, 30);
        }
        if self.background != next.background {
            next.background.add_to(list, 40);
        }
    }
}

impl Paint {
    fn of(colour: Color, depth: ColourDepth) -> Self {
        if depth == ColourDepth::Mono {
            return Self::Default;
        }
        let index = match colour {
            Color::Reset => return Self::Default,
            Color::Black => 0,
            Color::Red => 1,
            Color::Green => 2,
            Color::Yellow => 3,
            Color::Blue => 4,
            Color::Magenta => 5,
            Color::Cyan => 6,
            Color::Gray => 7,
            Color::DarkGray => 8,
            Color::LightRed => 9,
            Color::LightGreen => 10,
            Color::LightYellow => 11,
            Color::LightBlue => 12,
            Color::LightMagenta => 13,
            Color::LightCyan => 14,
            Color::White => 15,
            Color::Indexed(index) => index,
            Color::Rgb(red, green, blue) => match depth {
                ColourDepth::True => return Self::Rgb(red, green, blue),
                ColourDepth::Ansi256 => nearest([red, green, blue], 16..=255),
                _ => nearest([red, green, blue], 0..=15),
            },
        };
        if index > 15 && depth == ColourDepth::Ansi16 {
            return Self::Index(nearest(palette(index), 0..=15));
        }
        Self::Index(index)
    }

    fn add_to(self, list: &mut List, base: u8) {
        match self {
            Self::Default => list.number(base + 9),
            Self::Index(index @ 0..=7) => list.number(base + index),
            Self::Index(index @ 8..=15) => list.number(base + 52 + index),
            Self::Index(index) => {
                for n in [base + 8, 5, index] {
                    list.number(n);
                }
            }
            Self::Rgb(red, green, blue) => {
                for n in [base + 8, 2, red, green, blue] {
                    list.number(n);
                }
            }
        }
    }
}

/// SGR parameters being written.
struct List {
    sequence: Sequence,
    first: bool,
}

impl List {
    fn begin() -> Self {
        let mut sequence = Sequence::default();
        sequence.push(b"\x1b[");
        Self {
            sequence,
            first: true,
        }
    }

    fn add(&mut self, parameter: &str) {
        self.separate();
        self.sequence.push(parameter.as_bytes());
    }

    fn number(&mut self, parameter: u8) {
        self.separate();
        self.sequence.number(u16::from(parameter));
    }

    fn separate(&mut self) {
        if !self.first {
            self.sequence.push(b";");
        }
        self.first = false;
    }

    fn end(mut self) -> Sequence {
        self.sequence.push(b"m");
        self.sequence
    }
}

/// RGB of an xterm palette entry.
fn palette(index: u8) -> [u8; 3] {
    const BASE: [[u8; 3]; 16] = [
        [0, 0, 0],
        [205, 0, 0],
        [0, 205, 0],
        [205, 205, 0],
        [0, 0, 238],
        [205, 0, 205],
        [0, 205, 205],
        [229, 229, 229],
        [127, 127, 127],
        [255, 0, 0],
        [0, 255, 0],
        [255, 255, 0],
        [92, 92, 255],
        [255, 0, 255],
        [0, 255, 255],
        [255, 255, 255],
    ];
    const CUBE: [u8; 6] = [0, 95, 135, 175, 215, 255];
    match index {
        0..=15 => BASE[usize::from(index)],
        16..=231 => {
            let n = usize::from(index) - 16;
            [CUBE[n / 36], CUBE[n / 6 % 6], CUBE[n % 6]]
        }
        _ => [8 + 10 * (index - 232); 3],
    }
}

/// The palette entry of the range that looks most like the colour.
fn nearest(colour: [u8; 3], range: std::ops::RangeInclusive<u8>) -> u8 {
    let distance = |index: &u8| -> u32 {
        let entry = palette(*index);
        // The eye weighs green most and blue least.
        [3, 6, 1]
            .iter()
            .zip(colour.iter().zip(entry))
            .map(|(weight, (&a, b))| weight * u32::from(a.abs_diff(b)).pow(2))
            .sum()
    };
    range.min_by_key(distance).unwrap_or(7)
}
