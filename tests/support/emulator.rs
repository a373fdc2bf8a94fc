//! The screen of a test's terminal: vt100, with the answers and repetitions of an xterm that vt100 leaves out.

use super::terminal::Size;

/// vt100, and what it leaves out: answers to questions, REP, and DEC Special Graphics (`ESC ( 0`).
pub struct Emulator {
    parser: vt100::Parser<Answers>,
    previous: u8,
    before_escape: u8,
    place: Place,
    /// The drawing characters are in G0.
    lines: bool,
}

/// Where in a sequence the next byte stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Text,
    Escape,
    Control,
    Charset,
    /// A string that ends with BEL or ST.
    String,
}

/// What DEC Special Graphics draws for 0x6A to 0x78.
const LINES: [char; 15] = [
    '┘', '┐', '┌', '└', '┼', '⎺', '⎻', '─', '⎼', '⎽', '├', '┤', '┴', '┬', '│',
];

/// What the emulator's parser hands on.
#[derive(Default)]
struct Answers {
    to_program: Vec<u8>,
    repeat: u16,
    clipboard: Option<Vec<u8>>,
}

impl Emulator {
    pub fn new(size: Size) -> Self {
        Self {
            parser: vt100::Parser::new_with_callbacks(
                size.rows,
                size.columns,
                0,
                Answers::default(),
            ),
            previous: 0,
            before_escape: 0,
            place: Place::Text,
            lines: false,
        }
    }

    pub fn screen(&self) -> &vt100::Screen {
        self.parser.screen()
    }

    pub fn resize(&mut self, size: Size) {
        self.parser.screen_mut().set_size(size.rows, size.columns);
    }

    /// What was put on the clipboard last (OSC 52), still in base64.
    pub fn clipboard(&self) -> Option<Vec<u8>> {
        self.parser.callbacks().clipboard.clone()
    }

    /// Draws the bytes and returns what the terminal answers.
    pub fn take_in(&mut self, bytes: &[u8]) -> Vec<u8> {
        for &byte in bytes {
            if byte == 0x1B {
                self.before_escape = self.previous;
            }
            self.previous = byte;
            match self.line_drawn(byte) {
                Some(line) => self.parser.process(line.to_string().as_bytes()),
                None => self.parser.process(&[byte]),
            }
            let times = std::mem::take(&mut self.parser.callbacks_mut().repeat);
            if times > 0 {
                // xterm repeats whatever was drawn last; a program may only rely on that right after the character.
                let repeated = vec![self.before_escape; times.into()];
                self.parser.process(&repeated);
            }
        }
        std::mem::take(&mut self.parser.callbacks_mut().to_program)
    }
}

impl Emulator {
    /// Follows the sequences; what a letter draws while the drawing characters are chosen.
    fn line_drawn(&mut self, byte: u8) -> Option<char> {
        let drawn = (self.place == Place::Text && self.lines)
            .then(|| LINES.get(usize::from(byte).checked_sub(0x6A)?).copied())
            .flatten();
        self.place = match (self.place, byte) {
            (Place::String, 0x07) => Place::Text,
            (_, 0x1B) => Place::Escape,
            (Place::Escape, b'[') => Place::Control,
            (Place::Escape, b'(') => Place::Charset,
            (Place::Escape, b']' | b'P' | b'_' | b'^' | b'X') => Place::String,
            (Place::Charset, set) => {
                self.lines = set == b'0';
                Place::Text
            }
            (Place::Control, 0x40..=0x7E) | (Place::Escape, _) => Place::Text,
            (place, _) => place,
        };
        drawn
    }
}

impl vt100::Callbacks for Answers {
    fn unhandled_csi(
        &mut self,
        screen: &mut vt100::Screen,
        first: Option<u8>,
        second: Option<u8>,
        parameters: &[&[u16]],
        last: char,
    ) {
        let parameter = parameters.first().and_then(|p| p.first()).copied();
        match (first, second, last) {
            // Primary device attributes, as xterm at its VT420 level.
            (None, None, 'c') => self
                .to_program
                .extend_from_slice(b"\x1b[?64;1;2;6;9;15;22c"),
            (None, None, 'n') if parameter == Some(5) => {
                self.to_program.extend_from_slice(b"\x1b[0n")
            }
            (None, None, 'n') if parameter == Some(6) => {
                let (row, column) = screen.cursor_position();
                let report = format!("\x1b[{};{}R", row + 1, column + 1);
                self.to_program.extend_from_slice(report.as_bytes());
            }
            // DECRQM: no mode that is asked about is known.
            (Some(b'?'), Some(b'$'), 'p') => {
                let report = format!("\x1b[?{};0$y", parameter.unwrap_or(0));
                self.to_program.extend_from_slice(report.as_bytes());
            }
            (None, None, 'b') => self.repeat = parameter.unwrap_or(1).max(1),
            _ => {}
        }
    }

    fn copy_to_clipboard(&mut self, _: &mut vt100::Screen, _kind: &[u8], data: &[u8]) {
        self.clipboard = Some(data.to_vec());
    }
}
