//! Our frames inside a real tmux, which repeats, erases and scrolls in its own way: every cell must be as drawn.
//! The pane's answers to our status requests say when a frame has been read; nothing here waits by the clock.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Output};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use ams::term::{Capabilities, Decoder, Event, Screen, enter};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};
use tempfile::TempDir;

const WIDTH: u16 = 80;
const HEIGHT: u16 = 24;

/// A tmux server of our own with one pane that prints what we send and hands back what tmux answers.
struct Pane {
    folder: TempDir,
    frames: File,
    answers: Receiver<Vec<u8>>,
    decoder: Decoder,
}

impl Pane {
    fn open() -> Self {
        let folder = TempDir::new().unwrap();
        let path = |name: &str| folder.path().join(name);
        for name in ["frames", "answers"] {
            assert!(
                Command::new("mkfifo")
                    .arg(path(name))
                    .status()
                    .unwrap()
                    .success()
            );
        }
        let program = format!(
            "stty raw -echo; cat '{}' & exec cat > '{}'",
            path("frames").display(),
            path("answers").display()
        );
        let size = [WIDTH.to_string(), HEIGHT.to_string()];
        tmux(
            folder.path(),
            &[
                "new-session",
                "-d",
                "-x",
                &size[0],
                "-y",
                &size[1],
                &program,
            ],
        );
        tmux(folder.path(), &["set-option", "-g", "status", "off"]);
        tmux(
            folder.path(),
            &["resize-window", "-x", &size[0], "-y", &size[1]],
        );
        let frames = OpenOptions::new().write(true).open(path("frames")).unwrap();
        let mut from_pane = File::open(path("answers")).unwrap();
        let (sender, answers) = channel();
        std::thread::spawn(move || {
            let mut bytes = [0; 256];
            while let Ok(count @ 1..) = from_pane.read(&mut bytes) {
                if sender.send(bytes[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        Self {
            folder,
            frames,
            answers,
            decoder: Decoder::default(),
        }
    }

    /// Sends bytes and a status request, and returns what tmux said up to its answer.
    fn send(&mut self, bytes: &[u8]) -> Vec<Event> {
        self.frames.write_all(bytes).unwrap();
        self.frames.write_all(b"\x1b[5n").unwrap();
        let mut said = Vec::new();
        while !said.contains(&Event::StatusReport) {
            let answer = self
                .answers
                .recv_timeout(Duration::from_secs(20))
                .expect("tmux answers");
            said.extend(self.decoder.feed(&answer, 0));
        }
        said
    }

    /// What the pane shows, as a screen that can be asked cell by cell.
    fn shown(&self) -> vt100::Parser {
        let output = tmux(self.folder.path(), &["capture-pane", "-p", "-e", "-N"]);
        let text = String::from_utf8(output.stdout).unwrap();
        let mut screen = vt100::Parser::new(HEIGHT, WIDTH, 0);
        let (mut lines, mut escape) = (false, false);
        for (row, line) in text.lines().enumerate() {
            screen.process(format!("\x1b[{};1H", row + 1).as_bytes());
            for c in line.chars() {
                // tmux prints its line-drawing cells as letters between SO and SI.
                match c {
                    '\x0e' => lines = true,
                    '\x0f' => lines = false,
                    _ => {
                        let letter = "qxlkmjtuwvn".find(c).filter(|_| lines && !escape);
                        let drawn = letter.and_then(|at| "─│┌┐└┘├┤┬┴┼".chars().nth(at));
                        screen.process(drawn.unwrap_or(c).to_string().as_bytes());
                        escape = c == '\x1b' || escape && !c.is_ascii_alphabetic();
                    }
                }
            }
        }
        screen
    }
}

impl Drop for Pane {
    fn drop(&mut self) {
        tmux(self.folder.path(), &["kill-server"]);
    }
}

fn tmux(folder: &Path, arguments: &[&str]) -> Output {
    let output = Command::new("tmux")
        .args(["-u", "-f", "/dev/null", "-S"])
        .arg(folder.join("socket"))
        .args(arguments)
        .env("TERM", "xterm-256color")
        .env("LC_ALL", "C.UTF-8")
        .env_remove("TMUX")
        .output()
        .expect("tmux runs (install the package tmux)");
    assert!(
        output.status.success(),
        "{arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    output
}

/// Styles of the test screens, and how SGR says them.
fn pens() -> [(Style, &'static str); 6] {
    let plain = Style::reset();
    [
        (plain, ""),
        (plain.add_modifier(Modifier::REVERSED), "7"),
        (plain.fg(Color::Red).add_modifier(Modifier::BOLD), "1;31"),
        (plain.fg(Color::White).bg(Color::Blue), "97;44"),
        (plain.fg(Color::DarkGray), "90"),
        (
            plain.fg(Color::Green).add_modifier(Modifier::UNDERLINED),
            "4;32",
        ),
    ]
}

/// The same screen by the dumbest encoder there is: every cell placed, reset and written.
fn plainly(buffer: &Buffer) -> vt100::Parser {
    let mut screen = vt100::Parser::new(HEIGHT, WIDTH, 0);
    for y in 0..HEIGHT {
        let mut x = 0;
        while x < WIDTH {
            let cell = &buffer[(x, y)];
            let alike = |style: &Style| {
                let mut other = cell.clone();
                other.modifier = Modifier::empty();
                other.set_style(*style);
                other == *cell
            };
            let (_, sgr) = pens().into_iter().find(|(style, _)| alike(style)).unwrap();
            let symbol = cell.symbol();
            screen.process(format!("\x1b[{};{}H\x1b[0;{sgr}m{symbol}", y + 1, x + 1).as_bytes());
            x += if symbol.contains(['漢', '字']) {
                2
            } else {
                1
            };
        }
    }
    screen
}

/// A list with its detail: `top` is the first row shown, `at` the marked one.
fn list(top: u16, at: u16, detail: u16) -> Buffer {
    let mut buffer = Buffer::empty(Rect::new(0, 0, WIDTH, HEIGHT));
    let [plain, marked, urgent, bar, dim, state] = pens().map(|(style, _)| style);
    buffer.set_style(Rect::new(0, 0, WIDTH, 1), bar);
    buffer.set_string(1, 0, "Antrean", bar);
    buffer.set_string(0, 1, "─".repeat(80), dim);
    for row in 0..12 {
        let (n, y) = (top + row, 2 + row);
        let number = format!("PC-2026-{:06}", 7919 * u32::from(n) % 999_999);
        buffer.set_string(1, y, number, if n == at { marked } else { plain });
        buffer.set_string(
            16,
            y,
            ["Contoh Satu", "漢字 UJI", "Contoh Dua Belas", "é ü ñ"][usize::from(n % 4)],
            plain,
        );
        buffer.set_string(
            50,
            y,
            ["diajukan", "diperiksa", "dicabut"][usize::from(n % 3)],
            state,
        );
        if n % 5 == 0 {
            buffer.set_string(70, y, "MENDESAK", urgent);
        }
    }
    buffer.set_string(0, 14, format!("├{}┤", "─".repeat(78)), dim);
    for y in 15..23 {
        buffer.set_string(0, y, "│", dim);
        buffer.set_string(79, y, "│", dim);
        buffer.set_string(3, y, format!("rincian {} baris {y} ======", detail), plain);
    }
    buffer.set_string(0, 23, format!("└{}┘", "─".repeat(78)), dim);
    buffer
}

fn story() -> Vec<(Buffer, Option<(u16, u16)>)> {
    let mut story = Vec::new();
    for at in 0..30_u16 {
        story.push((list(at.saturating_sub(11), at, at / 2), None));
    }
    for top in [12, 24, 36, 30, 29, 28, 20, 0] {
        story.push((list(top, top, top), Some((9, 1))));
    }
    let mut modal = list(0, 3, 3);
    let bar = pens()[3].0;
    for y in 8..15 {
        modal.set_string(20, y, " ".repeat(41), bar);
    }
    modal.set_string(22, 10, "Cabut sertifikat? 漢字", bar);
    story.push((modal, Some((30, 12))));
    story.push((list(0, 3, 3), None));
    story.push((Buffer::empty(Rect::new(0, 0, WIDTH, HEIGHT)), None));
    story.push((list(5, 6, 7), None));
    story
}

fn every_frame_is_drawn_right(term: &str) {
    let mut capabilities = Capabilities::from_env(&|name| match name {
        "TERM" => Some(term.to_owned()),
        "LC_ALL" => Some("C.UTF-8".to_owned()),
        _ => None,
    });
    let mut pane = Pane::open();
    let said = pane.send(&[enter(&capabilities), b"\x1b[c".to_vec()].concat());
    assert!(
        said.iter()
            .any(|event| matches!(event, Event::DeviceAttributes(_))),
        "{said:?}"
    );
    for event in &said {
        capabilities.learn(event);
    }
    assert!(!capabilities.repeat, "tmux does not repeat reliably");
    let mut screen = Screen::new(WIDTH, HEIGHT, capabilities);
    for (step, (buffer, cursor)) in story().into_iter().enumerate() {
        let frame = screen.frame(&buffer, cursor);
        pane.send(&frame);
        let (shown, wanted) = (pane.shown(), plainly(&buffer));
        for y in 0..HEIGHT {
            for x in 0..WIDTH {
                let cells =
                    [&shown, &wanted].map(|screen| look(screen.screen().cell(y, x).unwrap()));
                assert_eq!(
                    cells[0],
                    cells[1],
                    "{term}, frame {step}, column {x}, row {y}: {:?}",
                    String::from_utf8_lossy(&frame)
                );
            }
        }
    }
}

/// What of a cell can be seen.
fn look(cell: &vt100::Cell) -> (String, vt100::Color, Option<vt100::Color>, [bool; 3]) {
    let blank = matches!(cell.contents(), "" | " ");
    let lines = [cell.underline(), cell.inverse(), cell.bold() && !blank];
    let bare = blank && !cell.underline() && !cell.inverse();
    let text = if blank {
        String::new()
    } else {
        cell.contents().to_owned()
    };
    (text, cell.bgcolor(), (!bare).then(|| cell.fgcolor()), lines)
}

#[test]
fn a_tmux_shows_every_frame_as_drawn() {
    every_frame_is_drawn_right("tmux-256color");
}

#[test]
fn a_tmux_that_calls_itself_screen_shows_every_frame_as_drawn() {
    every_frame_is_drawn_right("screen-256color");
}

#[test]
fn a_tmux_behind_a_claimed_xterm_shows_every_frame_as_drawn() {
    every_frame_is_drawn_right("xterm-256color");
}
