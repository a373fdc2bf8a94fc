//! What typical changes of a list with a detail may cost on the wire (80x24, xterm, no status request counted), and the
//! same through ratatui's own `Terminal`.

use super::emulator::Emulator;
use crate::term::capabilities::Capabilities;
use crate::term::{Event, FrugalBackend};
use ratatui::Terminal;
use ratatui::buffer::Buffer;
use ratatui::layout::{Rect, Size};
use ratatui::style::{Color, Modifier, Style};
use ratatui::widgets::Paragraph;

const ROWS: u16 = 12;

fn xterm() -> Capabilities {
    let mut capabilities =
        Capabilities::from_env(&|name| (name == "TERM").then(|| "xterm-256color".to_owned()));
    capabilities.learn(&Event::DeviceAttributes(vec![62, 22]));
    capabilities
}

/// A list whose first row is `top`, with `at` marked by its number, and the detail of `detail` below a rule.
fn list(top: u32, at: u32, detail: u32, filter: &str) -> Buffer {
    const STATES: [(&str, Color); 4] = [
        ("diajukan", Color::Cyan),
        ("diperiksa", Color::Yellow),
        ("data sesuai", Color::Green),
        ("dikembalikan", Color::Magenta),
    ];
    let mut buffer = Buffer::empty(Rect::new(0, 0, 80, 24));
    let (plain, dim) = (Style::new(), Style::new().fg(Color::DarkGray));
    buffer.set_string(1, 0, "Antrean", plain.add_modifier(Modifier::BOLD));
    buffer.set_string(0, 1, format!("/{filter}"), plain);
    for (row, n) in (0..ROWS).zip(top..) {
        let y = 2 + row;
        let number = format!("PC-2026-{:06}", n.wrapping_mul(7919) % 999_999);
        let marked = if n == at {
            plain.add_modifier(Modifier::REVERSED)
        } else {
            plain
        };
        let (state, colour) = STATES[n as usize * 7 / 3 % 4];
        buffer.set_string(1, y, number, marked);
        buffer.set_string(17, y, format!("Pemohon Contoh {}", n * 31 % 97), plain);
        buffer.set_string(40, y, format!("Dinas UJI {}", n * 17 % 13), plain);
        buffer.set_string(60, y, state, plain.fg(colour));
        buffer.set_string(75, y, format!("{:>3}j", n * 13 % 59), plain);
    }
    buffer.set_string(0, 14, "─".repeat(80), dim);
    for y in 15..22 {
        buffer.set_string(1, y, "Keterangan", dim);
        buffer.set_string(
            14,
            y,
            format!("isi {} dari {}", detail * u32::from(y) % 89, detail),
            plain,
        );
    }
    buffer.set_string(0, 23, "j/k gerak  Enter buka  / saring  ? bantuan", dim);
    buffer
}

#[test]
fn moving_the_mark_by_a_row_stays_within_its_budget() {
    let mut emulator = Emulator::new(80, 24, xterm());
    emulator.show(&list(0, 0, 0, ""), None);
    for at in 1..u32::from(ROWS) {
        let cost = emulator.show(&list(0, at, 0, ""), None);
        assert!(cost <= 46, "row {at}: {cost}");
    }
}

#[test]
fn moving_past_the_edge_scrolls_the_list_alone() {
    let mut emulator = Emulator::new(80, 24, xterm());
    emulator.show(&list(0, 11, 0, ""), None);
    for top in (1..20).chain((0..19).rev()) {
        let at = if top >= 1 { top + 11 } else { 0 };
        let cost = emulator.show(&list(top, at, 0, ""), None);
        assert!(cost <= 160, "top {top}: {cost}");
    }
}

#[test]
fn a_page_and_a_start_stay_within_their_budgets() {
    let mut emulator = Emulator::new(80, 24, xterm());
    let start = emulator.show(&list(0, 0, 0, ""), None);
    assert!(start <= 1400, "{start}");
    for page in 1..6 {
        let top = page * u32::from(ROWS);
        let cost = emulator.show(&list(top, top, top, ""), None);
        assert!(cost <= 700, "page {page}: {cost}");
    }
}

#[test]
fn a_typed_filter_key_costs_little_more_than_itself() {
    let mut emulator = Emulator::new(80, 24, xterm());
    let mut filter = String::new();
    emulator.show(&list(0, 0, 0, ""), Some((1, 1)));
    for (x, c) in (2..).zip("instansi:dinkes".chars()) {
        filter.push(c);
        let cost = emulator.show(&list(0, 0, 0, &filter), Some((x, 1)));
        // The first may have to take off the colour that was drawn with last.
        assert!(cost <= if x == 2 { 4 } else { 1 }, "{c}: {cost}");
    }
}

#[test]
fn ratatuis_terminal_draws_through_the_backend() {
    let backend = FrugalBackend::new(Size::new(30, 4), xterm());
    let mut terminal = Terminal::new(backend).expect("infallible");
    let mut emulator = vt100::Parser::new(4, 30, 0);
    emulator.process(&crate::term::enter(&xterm()));
    let mut frame_of = |text: &str| {
        let cursor = u16::try_from(text.len()).expect("short");
        let drawn = terminal.draw(|frame| {
            frame.render_widget(Paragraph::new(text), frame.area());
            frame.set_cursor_position((cursor, 0));
        });
        drawn.expect("infallible");
        terminal.backend_mut().take_frame()
    };
    for text in ["satu dua", "satu tiga", "tiga"] {
        emulator.process(&frame_of(text));
        assert_eq!(emulator.screen().contents(), text);
        assert_eq!(
            usize::from(emulator.screen().cursor_position().1),
            text.len()
        );
    }
    assert_eq!(frame_of("tiga"), b"");
}
