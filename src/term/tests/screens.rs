//! Random screens and edits: whatever the encoder chose, the emulator must show exactly the buffer.

use super::emulator::Emulator;
use crate::term::Event;
use crate::term::capabilities::Capabilities;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};

/// A small generator: the seed is the test case.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % sides.max(1)
    }

    fn column(&mut self, sides: u16) -> u16 {
        u16::try_from(self.roll(usize::from(sides))).expect("a u16")
    }

    fn style(&mut self) -> Style {
        const COLOURS: [Color; 7] = [
            Color::Reset,
            Color::Red,
            Color::Blue,
            Color::LightGreen,
            Color::Indexed(137),
            Color::Rgb(12, 200, 99),
            Color::DarkGray,
        ];
        const MODIFIERS: [Modifier; 5] = [
            Modifier::BOLD,
            Modifier::DIM,
            Modifier::ITALIC,
            Modifier::UNDERLINED,
            Modifier::REVERSED,
        ];
        let mut style = Style::reset();
        if self.roll(3) == 0 {
            style = style.fg(COLOURS[self.roll(COLOURS.len())]);
        }
        if self.roll(4) == 0 {
            style = style.bg(COLOURS[self.roll(COLOURS.len())]);
        }
        if self.roll(4) == 0 {
            style = style.add_modifier(MODIFIERS[self.roll(MODIFIERS.len())]);
        }
        style
    }

    fn text(&mut self, length: usize) -> String {
        const PIECES: [&str; 18] = [
            "a",
            "Bc",
            " ",
            "    ",
            "漢",
            "字 ",
            "é",
            "e\u{301}",
            "─────",
            "┌┬┐",
            "│",
            "qqqq",
            "x",
            "👨‍👩‍👧",
            "☁\u{FE0F}",
            "ｶﾞ",
            "7777777",
            "🇮🇩",
        ];
        (0..length)
            .map(|_| PIECES[self.roll(PIECES.len())])
            .collect()
    }

    fn edit(&mut self, buffer: &mut Buffer) {
        let Rect { width, height, .. } = buffer.area;
        let (x, y) = (self.column(width), self.column(height));
        match self.roll(8) {
            0 => buffer.reset(),
            1 => {
                let (style, area) = (
                    self.style(),
                    Rect::new(x, y, 1 + self.column(width), 1 + self.column(4)),
                );
                buffer.set_style(area.intersection(buffer.area), style);
            }
            2 => {
                for y in 0..height {
                    let (text, style) = (self.text(12), self.style());
                    buffer.set_string(0, y, text, style);
                }
            }
            3 | 4 => self.scroll(buffer),
            5 => {
                for x in x..width {
                    buffer[(x, y)].reset();
                }
            }
            _ => {
                let length = 1 + self.roll(8);
                let (text, style) = (self.text(length), self.style());
                buffer.set_string(x, y, text, style);
            }
        }
    }

    fn scroll(&mut self, buffer: &mut Buffer) {
        let Rect { width, height, .. } = buffer.area;
        let (a, b) = (self.column(height), self.column(height));
        let (top, bottom) = (a.min(b), a.max(b));
        let shift = 1 + self.column((bottom - top).max(1));
        let old = buffer.clone();
        let up = self.roll(2) == 0;
        for y in top..=bottom {
            let from = if up {
                y.checked_add(shift)
            } else {
                y.checked_sub(shift)
            };
            let from = from.filter(|from| (top..=bottom).contains(from));
            let (text, style) = (self.text(10), self.style());
            for x in 0..width {
                match from {
                    Some(from) => buffer[(x, y)] = old[(x, from)].clone(),
                    None => buffer[(x, y)].reset(),
                }
            }
            if from.is_none() {
                buffer.set_string(0, y, text, style);
            }
        }
    }
}

fn unanswered(name: &str) -> Capabilities {
    Capabilities::from_env(&|variable| match variable {
        "TERM" => Some(name.to_owned()),
        "LANG" => Some("C.UTF-8".to_owned()),
        _ => None,
    })
}

fn terminal(name: &str, attributes: &[u16]) -> Capabilities {
    let mut capabilities = unanswered(name);
    capabilities.learn(&Event::DeviceAttributes(attributes.to_vec()));
    capabilities
}

/// One life of a terminal for each seed: edits, new sizes, a link that turns fast or slow, and the answer to DA1 and to
/// the question about synchronized output at any moment.
fn play(seeds: std::ops::Range<u64>, name: &str, attributes: &[u16]) {
    for seed in seeds {
        let mut dice = Dice(seed * 0x9E37_79B9 + 1);
        let (width, height) = (2 + dice.column(30), 1 + dice.column(14));
        let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
        let mut emulator = Emulator::new(width, height, unanswered(name));
        let answers_at = dice.roll(4);
        for step in 0..12 {
            if step == answers_at {
                emulator.learn(&Event::DeviceAttributes(attributes.to_vec()));
                emulator.learn(&Event::ModeReport {
                    mode: 2026,
                    setting: 2,
                });
            }
            if dice.roll(8) == 0 {
                let (width, height) = (2 + dice.column(90), 1 + dice.column(30));
                buffer.resize(Rect::new(0, 0, width, height));
                buffer.reset();
                emulator.resize(width, height);
            }
            emulator.screen.set_fast(dice.roll(2) == 0);
            for _ in 0..dice.roll(3) {
                dice.edit(&mut buffer);
            }
            let Rect { width, height, .. } = buffer.area;
            let cursor = (dice.roll(2) == 0).then(|| (dice.column(width), dice.column(height)));
            emulator.show(&buffer, cursor);
        }
    }
}

#[test]
fn an_xterm_shows_every_cell_as_drawn() {
    play(0..400, "xterm-direct", &[64, 22]);
}

#[test]
fn a_terminal_without_background_erase_shows_every_cell_as_drawn() {
    play(1000..1300, "tmux-256color", &[1, 2]);
}

#[test]
fn a_putty_that_repeats_but_draws_no_lines_shows_every_cell_as_drawn() {
    play(5000..5200, "putty-256color", &[6]);
}

#[test]
fn the_linux_console_shows_every_cell_as_drawn_without_counted_scrolls() {
    play(2000..2300, "linux", &[6]);
}

#[test]
fn a_vt100_shows_every_cell_as_drawn_without_inserted_lines_or_colours() {
    play(3000..3300, "vt100", &[1, 2]);
}

#[test]
fn a_terminal_that_wraps_at_once_shows_all_but_the_last_corner() {
    play(4000..4300, "cygwin", &[]);
}

#[test]
fn an_unchanged_screen_costs_nothing() {
    let mut dice = Dice(7);
    let mut buffer = Buffer::empty(Rect::new(0, 0, 80, 24));
    let mut emulator = Emulator::new(80, 24, terminal("xterm", &[64, 22]));
    for _ in 0..40 {
        dice.edit(&mut buffer);
        emulator.show(&buffer, Some((3, 4)));
        assert_eq!(emulator.show(&buffer, Some((3, 4))), 0);
    }
}

#[test]
fn after_a_resize_everything_is_drawn_anew() {
    let mut dice = Dice(9);
    let mut emulator = Emulator::new(40, 12, terminal("xterm", &[64, 22]));
    for (width, height) in [(40, 12), (60, 20), (20, 5), (80, 24)] {
        emulator.resize(width, height);
        let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
        for _ in 0..20 {
            dice.edit(&mut buffer);
        }
        assert!(emulator.show(&buffer, None) > 0);
    }
}
