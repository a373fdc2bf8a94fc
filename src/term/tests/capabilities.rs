//! What terminals are taken for, and what their answers change; modes and clipboard against the emulator.

use crate::term::capabilities::{Capabilities, ColourDepth};
use crate::term::clipboard::{ClipboardError, copy_to_clipboard};
use crate::term::event::Event;
use crate::term::input::Decoder;
use crate::term::{enter, leave, reset_modes, unwanted};

fn from(variables: &[(&str, &str)]) -> Capabilities {
    Capabilities::from_env(&|name| {
        let found = variables.iter().find(|(variable, _)| *variable == name);
        found.map(|(_, value)| (*value).to_owned())
    })
}

#[test]
fn colours_follow_term_colorterm_and_no_color() {
    for (variables, depth) in [
        (&[("TERM", "xterm-256color")][..], ColourDepth::Ansi256),
        (&[("TERM", "xterm")], ColourDepth::Ansi16),
        (&[("TERM", "linux")], ColourDepth::Ansi16),
        (&[("TERM", "putty")], ColourDepth::Ansi16),
        (&[("TERM", "xterm-direct")], ColourDepth::True),
        (&[("TERM", "vt100")], ColourDepth::Mono),
        (&[("TERM", "dumb")], ColourDepth::Mono),
        (&[], ColourDepth::Mono),
        (
            &[("TERM", "xterm"), ("COLORTERM", "truecolor")],
            ColourDepth::True,
        ),
        (
            &[("TERM", "vt100"), ("COLORTERM", "truecolor")],
            ColourDepth::Mono,
        ),
        (
            &[("TERM", "xterm-256color"), ("NO_COLOR", "1")],
            ColourDepth::Mono,
        ),
        (
            &[("TERM", "xterm-256color"), ("NO_COLOR", "")],
            ColourDepth::Ansi256,
        ),
    ] {
        assert_eq!(from(variables).colour, depth, "{variables:?}");
    }
}

#[test]
fn the_locale_decides_on_utf8_and_its_first_set_variable_wins() {
    let xterm = ("TERM", "xterm");
    assert!(from(&[xterm]).utf8);
    assert!(from(&[xterm, ("LANG", "id_ID.UTF-8")]).utf8);
    assert!(from(&[xterm, ("LC_CTYPE", "C.utf8"), ("LANG", "C")]).utf8);
    assert!(!from(&[xterm, ("LC_ALL", "POSIX"), ("LANG", "id_ID.UTF-8")]).utf8);
    assert!(!from(&[("TERM", "vt100")]).utf8);
}

#[test]
fn repeating_and_line_drawing_wait_for_an_answer_that_bears_out_the_name() {
    let answers: [(&str, &[u16], bool, bool); 9] = [
        ("xterm-256color", &[64, 1, 2, 22], true, true),
        ("xterm-256color", &[62, 22], true, true),
        // tmux, screen and an old Windows console behind a claimed TERM; PuTTY; mosh.
        ("xterm-256color", &[1, 2], false, false),
        ("xterm-256color", &[1, 2, 4], false, false),
        ("xterm", &[1, 0], false, false),
        ("xterm", &[6], false, false),
        ("xterm-256color", &[62], false, false),
        ("putty-256color", &[6], true, false),
        ("linux", &[6], false, false),
    ];
    for (term, attributes, repeat, line_drawing) in answers {
        let mut capabilities = from(&[("TERM", term)]);
        assert!(!capabilities.repeat);
        capabilities.learn(&Event::DeviceAttributes(attributes.to_vec()));
        assert_eq!(
            (capabilities.repeat, capabilities.line_drawing),
            (repeat, line_drawing),
            "{term} {attributes:?}"
        );
    }
}

#[test]
fn inside_tmux_lines_are_drawn_and_nothing_is_repeated_whatever_is_answered() {
    for term in ["tmux-256color", "screen-256color", "screen"] {
        let mut capabilities = from(&[("TERM", term)]);
        capabilities.learn(&Event::DeviceAttributes(vec![62, 22]));
        assert!(
            capabilities.line_drawing && !capabilities.repeat && !capabilities.background_erase
        );
    }
}

#[test]
fn synchronized_output_is_used_only_when_the_terminal_said_it_has_it() {
    let mut capabilities = from(&[("TERM", "xterm")]);
    assert!(!capabilities.synchronized_output);
    assert!(!capabilities.learn(&Event::ModeReport {
        mode: 2026,
        setting: 0
    }));
    assert!(capabilities.learn(&Event::ModeReport {
        mode: 2026,
        setting: 2
    }));
    assert!(capabilities.synchronized_output);
}

#[test]
fn leaving_restores_what_entering_and_drawing_changed() {
    let capabilities = from(&[("TERM", "xterm")]);
    let mut terminal = vt100::Parser::new(24, 80, 0);
    terminal.process(b"before\r\n");
    let cursor = terminal.screen().cursor_position();
    terminal.process(&enter(&capabilities));
    assert!(terminal.screen().alternate_screen() && terminal.screen().bracketed_paste());
    terminal.process(b"\x1b[3;9r\x1b[1;31;44mtext\x1b[?1000;1006h");
    terminal.process(&leave(&capabilities));
    assert_is_restored(&terminal, cursor);
    assert_eq!(terminal.screen().contents(), "before");
}

#[test]
fn entering_mends_what_a_killed_session_left_and_leaving_gives_the_first_screen_back() {
    let capabilities = from(&[("TERM", "xterm")]);
    let mut terminal = vt100::Parser::new(24, 80, 0);
    terminal.process(b"$ ");
    let cursor = terminal.screen().cursor_position();
    terminal.process(reset_modes());
    assert_is_restored(&terminal, cursor);
    // Killed in the middle of a frame, then a shell's prompt.
    terminal.process(&enter(&capabilities));
    terminal.process(b"\x1b[3;9r\x1b[7;44mtext\r\n$ ");
    terminal.process(reset_modes());
    terminal.process(&enter(&capabilities));
    let screen = terminal.screen();
    assert!(screen.alternate_screen() && screen.bracketed_paste() && screen.hide_cursor());
    assert_eq!(
        (screen.contents().as_str(), screen.cursor_position()),
        ("", (0, 0))
    );
    assert_eq!(
        screen.cell(0, 0).map(vt100::Cell::bgcolor),
        Some(vt100::Color::Default)
    );
    // No margin is left either.
    terminal.process(b"\x1b[24H\n\x1b[9Hx");
    assert_eq!(terminal.screen().cursor_position(), (8, 1));
    terminal.process(&leave(&capabilities));
    assert_is_restored(&terminal, cursor);
    assert_eq!(terminal.screen().contents(), "$ ");
}

#[test]
fn reports_that_a_killed_program_left_on_are_switched_off_when_one_comes() {
    let mut terminal = vt100::Parser::new(24, 80, 0);
    terminal.process(b"\x1b[?1003;1006h");
    let [event] = &Decoder::default().feed(b"\x1b[<35;3;4M\x1b[<0;3;4M", 0)[..] else {
        panic!("one event");
    };
    terminal.process(unwanted(event).expect("a mouse is unwanted"));
    let mode = terminal.screen().mouse_protocol_mode();
    assert_eq!(mode, vt100::MouseProtocolMode::None);
    assert_eq!(unwanted(&Event::FocusIn), Some(b"\x1b[?1004l".as_slice()));
    assert_eq!(unwanted(&Event::StatusReport), None);
}

#[test]
fn colours_are_upgraded_by_a_known_name_and_never_against_the_callers_wish() {
    let version = |name: &str| Event::Version(name.to_owned());
    for (variables, name, depth) in [
        (&[("TERM", "xterm")][..], "XTerm(390)", ColourDepth::True),
        (&[("TERM", "xterm")], "Unheard(1)", ColourDepth::Ansi16),
        (
            &[("TERM", "xterm-256color")],
            "tmux 3.3a",
            ColourDepth::Ansi256,
        ),
        (
            &[("TERM", "xterm"), ("NO_COLOR", "1")],
            "XTerm(390)",
            ColourDepth::Mono,
        ),
    ] {
        let mut capabilities = from(variables);
        capabilities.learn(&version(name));
        assert_eq!(capabilities.colour, depth, "{variables:?} {name}");
    }
}

fn assert_is_restored(terminal: &vt100::Parser, cursor: (u16, u16)) {
    let screen = terminal.screen();
    assert!(!screen.alternate_screen() && !screen.bracketed_paste() && !screen.hide_cursor());
    assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None);
    assert_eq!(screen.cursor_position(), cursor);
    assert_eq!(
        (screen.fgcolor(), screen.bgcolor(), screen.inverse()),
        (vt100::Color::Default, vt100::Color::Default, false)
    );
}

#[test]
fn copying_sends_bounded_text_without_control_characters() {
    let xterm = from(&[("TERM", "xterm")]);
    let copy = |text: &str| copy_to_clipboard(text, &xterm);
    assert_eq!(
        copy("PC-2026-000123"),
        Ok(b"\x1b]52;c;UEMtMjAyNi0wMDAxMjM=\x07".to_vec())
    );
    assert_eq!(copy("a\x1b]0;x\x07b"), copy("a]0;xb"));
    assert_eq!(copy("fo"), Ok(b"\x1b]52;c;Zm8=\x07".to_vec()));
    assert_eq!(copy("foo"), Ok(b"\x1b]52;c;Zm9v\x07".to_vec()));
    assert_eq!(copy("f"), Ok(b"\x1b]52;c;Zg==\x07".to_vec()));
    assert_eq!(copy("\x07"), Err(ClipboardError::Empty));
    assert!(matches!(
        copy(&"x".repeat(5000)),
        Err(ClipboardError::TooLong { length: 5000, .. })
    ));
    assert_eq!(
        copy_to_clipboard("x", &from(&[("TERM", "linux")])),
        Err(ClipboardError::Unsupported)
    );
}
