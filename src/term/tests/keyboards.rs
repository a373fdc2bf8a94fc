//! What terminals send, by terminal: every key, report and answer with the events it stands for. Pure data, from ctlseqs
//! (xterm), the sources of PuTTY, Windows Terminal, Termux and Linux's `defkeymap`, and captures of their answers.

use crate::term::event::{Event, Key, KeyCode, Mouse, MouseKind};
use KeyCode::{
    BackTab, Backspace, Char, Delete, Down, End, Enter, Esc, F, Home, Insert, Left, PageDown,
    PageUp, Right, Tab, Up,
};

/// Bytes, and what they mean.
pub(super) type Line = (Vec<u8>, Vec<Event>);

/// One terminal, or what all have in common.
pub(super) struct Keyboard {
    pub name: &'static str,
    pub lines: Vec<Line>,
}

pub(super) fn press(key: Key) -> Event {
    Event::Key { key, burst: false }
}

pub(super) fn key(code: KeyCode) -> Event {
    press(Key::plain(code))
}

pub(super) fn with(code: KeyCode, ctrl: bool, alt: bool) -> Event {
    press(Key { code, ctrl, alt })
}

fn one(bytes: &str, event: Event) -> Line {
    (bytes.as_bytes().to_vec(), vec![event])
}

fn none(bytes: &str) -> Line {
    (bytes.as_bytes().to_vec(), vec![])
}

fn keys(list: &[(&str, KeyCode)]) -> Vec<Line> {
    list.iter().map(|(bytes, k)| one(bytes, key(*k))).collect()
}

/// xterm's parameter 2 to 8: Shift 1, Alt 2, Control 4, and one more.
fn modified(before: &str, after: &str, code: KeyCode) -> Vec<Line> {
    (2..=8)
        .map(|parameter| {
            let held = parameter - 1;
            let event = with(code, held & 4 != 0, held & 2 != 0);
            one(&format!("\x1b[{before};{parameter}{after}"), event)
        })
        .collect()
}

/// Arrows, Home and End in normal and in application mode.
const CURSOR: [(&str, KeyCode); 12] = [
    ("\x1b[A", Up),
    ("\x1b[B", Down),
    ("\x1b[C", Right),
    ("\x1b[D", Left),
    ("\x1b[H", Home),
    ("\x1b[F", End),
    ("\x1bOA", Up),
    ("\x1bOB", Down),
    ("\x1bOC", Right),
    ("\x1bOD", Left),
    ("\x1bOH", Home),
    ("\x1bOF", End),
];

const EDITING: [(&str, KeyCode); 5] = [
    ("\x1b[2~", Insert),
    ("\x1b[3~", Delete),
    ("\x1b[5~", PageUp),
    ("\x1b[6~", PageDown),
    ("\x1b[Z", BackTab),
];

/// F1 to F4 as PF keys.
const PF: [(&str, KeyCode); 4] = [
    ("\x1bOP", F(1)),
    ("\x1bOQ", F(2)),
    ("\x1bOR", F(3)),
    ("\x1bOS", F(4)),
];

const F5_TO_F12: [(&str, KeyCode); 8] = [
    ("\x1b[15~", F(5)),
    ("\x1b[17~", F(6)),
    ("\x1b[18~", F(7)),
    ("\x1b[19~", F(8)),
    ("\x1b[20~", F(9)),
    ("\x1b[21~", F(10)),
    ("\x1b[23~", F(11)),
    ("\x1b[24~", F(12)),
];

/// Home and End of the VT220's Find and Select, and of rxvt.
const FIND_SELECT: [(&str, KeyCode); 4] = [
    ("\x1b[1~", Home),
    ("\x1b[4~", End),
    ("\x1b[7~", Home),
    ("\x1b[8~", End),
];

pub(super) fn keyboards() -> Vec<Keyboard> {
    [
        ("every terminal", everywhere()),
        ("xterm", xterm()),
        ("PuTTY", putty()),
        ("Windows console", windows()),
        ("Termux", termux()),
        ("Linux console", linux()),
        ("rxvt and older xterms", rxvt()),
        ("answers", answers()),
        ("pastes", pastes()),
        ("damage", damage()),
    ]
    .map(|(name, lines)| Keyboard { name, lines })
    .into()
}

fn everywhere() -> Vec<Line> {
    let mut lines = keys(&[
        ("a", Char('a')),
        ("~", Char('~')),
        (" ", Char(' ')),
        ("é", Char('é')),
        ("ß", Char('ß')),
        ("漢", Char('漢')),
        ("\u{FFFD}", Char('\u{FFFD}')),
        ("🦀", Char('🦀')),
        ("\r", Enter),
        ("\n", Enter),
        ("\t", Tab),
        ("\x7f", Backspace),
        ("\x08", Backspace),
    ]);
    for letter in ('a'..='z').filter(|letter| !"hijm".contains(*letter)) {
        let byte = letter as u8 & 0x1F;
        lines.push((vec![byte], vec![press(Key::ctrl(letter))]));
    }
    for (byte, sign) in [
        (0, ' '),
        (0x1C, '\\'),
        (0x1D, ']'),
        (0x1E, '^'),
        (0x1F, '_'),
    ] {
        lines.push((vec![byte], vec![press(Key::ctrl(sign))]));
    }
    lines.extend([
        one("\x1bj", with(Char('j'), false, true)),
        one("\x1b1", with(Char('1'), false, true)),
        one("\x1bé", with(Char('é'), false, true)),
        one("\x1b漢", with(Char('漢'), false, true)),
        one("\x1b\r", with(Enter, false, true)),
        one("\x1b\x7f", with(Backspace, false, true)),
        one("\x1b\x02", with(Char('b'), true, true)),
    ]);
    lines
}

fn xterm() -> Vec<Line> {
    let mut lines = keys(&CURSOR);
    lines.extend(keys(&EDITING));
    lines.extend(keys(&PF));
    lines.extend(keys(&F5_TO_F12));
    lines.extend(keys(&FIND_SELECT));
    for (last, code) in [
        ("A", Up),
        ("B", Down),
        ("C", Right),
        ("D", Left),
        ("H", Home),
        ("F", End),
        ("P", F(1)),
        ("Q", F(2)),
        ("R", F(3)),
        ("S", F(4)),
    ] {
        lines.extend(modified("1", last, code));
    }
    for (number, code) in [
        ("2", Insert),
        ("3", Delete),
        ("5", PageUp),
        ("6", PageDown),
        ("15", F(5)),
        ("17", F(6)),
        ("18", F(7)),
        ("19", F(8)),
        ("20", F(9)),
        ("21", F(10)),
        ("23", F(11)),
        ("24", F(12)),
    ] {
        lines.extend(modified(number, "~", code));
    }
    // CSI u, and what the kitty protocol sends for the same keys.
    lines.extend([
        one("\x1b[27u", key(Esc)),
        one("\x1b[97;5u", press(Key::ctrl('a'))),
        one("\x1b[13;5u", with(Enter, true, false)),
    ]);
    // Focus, and the mouse with SGR coordinates.
    lines.extend([
        one("\x1b[I", Event::FocusIn),
        one("\x1b[O", Event::FocusOut),
    ]);
    for (report, kind) in [
        ("0;12;3M", Some(MouseKind::Press(0))),
        ("1;12;3M", Some(MouseKind::Press(1))),
        ("2;12;3M", Some(MouseKind::Press(2))),
        ("0;12;3m", Some(MouseKind::Release(0))),
        ("64;12;3M", Some(MouseKind::WheelUp)),
        ("65;12;3M", Some(MouseKind::WheelDown)),
        ("35;12;3M", None),
        ("32;12;3M", None),
    ] {
        let place = |kind| {
            Event::Mouse(Mouse {
                kind,
                col: 11,
                row: 2,
            })
        };
        lines.push((
            format!("\x1b[<{report}").into_bytes(),
            kind.map(place).into_iter().collect(),
        ));
    }
    lines
}

/// Home and End by option, F1 to F4 as on a VT220, the keypad, Control with arrows as the other cursor mode.
fn putty() -> Vec<Line> {
    let mut lines = keys(&CURSOR);
    lines.extend(keys(&EDITING));
    lines.extend(keys(&FIND_SELECT));
    lines.extend(keys(&F5_TO_F12));
    lines.extend(keys(&PF));
    lines.extend(keys(&[
        ("\x1b[11~", F(1)),
        ("\x1b[12~", F(2)),
        ("\x1b[13~", F(3)),
        ("\x1b[14~", F(4)),
        ("\x1bOM", Enter),
        ("\x1bOl", Char(',')),
        ("\x1bOm", Char('-')),
        ("\x1bOn", Char('.')),
        ("\x1bOk", Char('+')),
        ("\x1bOj", Char('*')),
        ("\x1bOo", Char('/')),
    ]));
    for digit in 0..=9_u8 {
        let bytes = vec![0x1B, b'O', b'p' + digit];
        lines.push((bytes, vec![key(Char(char::from(b'0' + digit)))]));
    }
    // Alt with an arrow; Esc and an arrow typed fast are the same bytes.
    lines.push((b"\x1b\x1b[A".to_vec(), vec![key(Esc), key(Up)]));
    lines
}

/// OpenSSH of Windows in conhost and in Windows Terminal.
fn windows() -> Vec<Line> {
    let mut lines = keys(&CURSOR);
    lines.extend(keys(&EDITING));
    lines.extend(keys(&PF));
    lines.extend(keys(&F5_TO_F12));
    lines.extend(modified("1", "A", Up));
    lines.extend(modified("1", "P", F(1)));
    lines.extend(modified("3", "~", Delete));
    // win32-input-mode, which only a program that asked for it gets: swallowed whole.
    lines.push(none("\x1b[65;30;97;1;0;1_"));
    lines.push(none("\x1b[38;72;0;0;256;1_"));
    lines
}

fn termux() -> Vec<Line> {
    let mut lines = keys(&CURSOR);
    lines.extend(keys(&EDITING));
    lines.extend(keys(&PF));
    lines.extend(keys(&F5_TO_F12));
    lines.extend(modified("1", "C", Right));
    lines.extend(modified("5", "~", PageUp));
    // An on-screen keyboard commits whole words.
    lines.push((
        "surat é".as_bytes().to_vec(),
        "surat é".chars().map(|c| key(Char(c))).collect(),
    ));
    lines
}

fn linux() -> Vec<Line> {
    let mut lines = keys(&CURSOR[..4]);
    lines.extend(keys(&EDITING[..4]));
    lines.extend(keys(&FIND_SELECT[..2]));
    lines.extend(keys(&F5_TO_F12[1..]));
    lines.extend(keys(&[
        ("\x1b[[A", F(1)),
        ("\x1b[[B", F(2)),
        ("\x1b[[C", F(3)),
        ("\x1b[[D", F(4)),
        ("\x1b[[E", F(5)),
    ]));
    // The keypad's 5, and what the mouse daemon never sends us.
    lines.push(none("\x1b[G"));
    lines
}

/// Modifiers by the final byte; arrows of xterms before patch 94.
fn rxvt() -> Vec<Line> {
    let mut lines = keys(&FIND_SELECT[2..]);
    for (number, code) in [(2, Insert), (3, Delete), (5, PageUp), (6, PageDown)] {
        lines.extend([
            one(&format!("\x1b[{number}^"), with(code, true, false)),
            one(&format!("\x1b[{number}@"), with(code, true, false)),
            one(&format!("\x1b[{number}$"), key(code)),
        ]);
    }
    for (letter, code) in [('a', Up), ('b', Down), ('c', Right), ('d', Left)] {
        lines.extend([
            one(&format!("\x1bO{letter}"), with(code, true, false)),
            one(&format!("\x1b[{letter}"), key(code)),
            one(
                &format!("\x1bO5{}", letter.to_ascii_uppercase()),
                with(code, true, false),
            ),
        ]);
    }
    lines
}

/// What terminals answer to DA1, to the status request, to DECRQM and to questions that nobody here asks.
fn answers() -> Vec<Line> {
    let mut lines = vec![
        one("\x1b[0n", Event::StatusReport),
        one("\x1b[3n", Event::StatusReport),
    ];
    let attributes: [(&str, &[u16]); 14] = [
        // xterm, Termux and mintty, Windows Terminal, conhost.
        (
            "64;1;2;6;9;15;16;17;18;21;22;28",
            &[64, 1, 2, 6, 9, 15, 16, 17, 18, 21, 22, 28],
        ),
        ("64;1;2;6;9;15;18;21;22", &[64, 1, 2, 6, 9, 15, 18, 21, 22]),
        (
            "61;4;6;7;14;21;22;23;24;28;32;42",
            &[61, 4, 6, 7, 14, 21, 22, 23, 24, 28, 32, 42],
        ),
        (
            "61;6;7;21;22;23;24;28;32;42",
            &[61, 6, 7, 21, 22, 23, 24, 28, 32, 42],
        ),
        ("1;0", &[1, 0]),
        // PuTTY, the Linux console and Alacritty; tmux and screen; VTE, kitty, foot, WezTerm, Konsole, mosh.
        ("6", &[6]),
        ("1;2", &[1, 2]),
        ("1;2;4", &[1, 2, 4]),
        ("65;1;9", &[65, 1, 9]),
        ("62;52;", &[62, 52]),
        ("62;4;22;28;29", &[62, 4, 22, 28, 29]),
        ("65;4;6;18;22", &[65, 4, 6, 18, 22]),
        ("62;1;4", &[62, 1, 4]),
        ("62", &[62]),
    ];
    for (text, numbers) in attributes {
        let event = Event::DeviceAttributes(numbers.to_vec());
        lines.push(one(&format!("\x1b[?{text}c"), event));
    }
    for mode in [1, 25, 1000, 2004, 2026] {
        for setting in 0..=4 {
            let report = format!("\x1b[?{mode};{setting}$y");
            lines.push(one(&report, Event::ModeReport { mode, setting }));
        }
    }
    for (bytes, name) in [
        ("\x1bP>|XTerm(354)\x1b\\", "XTerm(354)"),
        ("\x1bP>|tmux 3.3a\x1b\\", "tmux 3.3a"),
    ] {
        lines.push(one(bytes, Event::Version(name.to_owned())));
    }
    for (bytes, [red, green, blue]) in [
        ("\x1b]11;rgb:1e1e/00ff/cccc\x1b\\", [0x1E, 0, 0xCC]),
        ("\x1b]11;rgb:ffff/ffff/ffff\x07", [255, 255, 255]),
        ("\x1b]11;rgb:0/f/8\x07", [0, 255, 0x88]),
    ] {
        lines.push(one(bytes, Event::Background { red, green, blue }));
    }
    lines.extend(
        [
            // DA2, DA3, ANSI modes, cursor position, size, keyboard flags, colour scheme.
            "\x1b[>41;354;0c",
            "\x1b[>0;136;0c",
            "\x1bP!|00000000\x1b\\",
            "\x1b[4;2$y",
            "\x1b[12;40R",
            "\x1b[?12;40;1R",
            "\x1b[8;24;80t",
            "\x1b[48;24;80;480;800t",
            "\x1b[?1u",
            "\x1b[?997;1n",
            // Colours, clipboard, termcap, settings, a title, graphics.
            "\x1b]10;rgb:cccc/cccc/cccc\x1b\\",
            "\x1b]4;1;rgb:cd00/0000/0000\x07",
            "\x1b]52;c;UEM=\x07",
            "\x1bP1+r544e=787465726d\x1b\\",
            "\x1bP0$r\x1b\\",
            "\x1b]ljudul\x1b\\",
            "\x1b_Gi=31;OK\x1b\\",
            "\x1b^x\x1b\\",
            "\x1bXx\x1b\\",
        ]
        .map(none),
    );
    lines
}

/// Whatever stands between the brackets is text.
fn pastes() -> Vec<Line> {
    let paste = |inside: &str, text: &str| {
        one(
            &format!("\x1b[200~{inside}\x1b[201~"),
            Event::Paste(text.to_owned()),
        )
    };
    vec![
        paste("", ""),
        paste("satu\r\ndua\rtiga\n\té", "satu\ndua\ntiga\n\té"),
        paste("a\x1b[31mb\x1b[A\x1bOA", "a[31mb[AOA"),
        paste("\x1a\x03\x04\x18\x7f\x00", ""),
        paste("\x1b[201\x1b[20\x1b[\x1b", "[201[20["),
        paste("\x1b[200~", "[200~"),
        paste("\x1b]52;c;UEM=\x07", "]52;c;UEM="),
        paste("\u{9B}31m漢", "31m漢"),
        (
            b"\x1b[200~a\x1b[0nb\x1b[201~".to_vec(),
            vec![Event::StatusReport, Event::Paste("ab".to_owned())],
        ),
        (
            b"\x1b[200~\xff\x1b[201~".to_vec(),
            vec![Event::Paste("\u{FFFD}".to_owned())],
        ),
        // A stray end of a paste.
        none("\x1b[201~"),
    ]
}

/// What no terminal sends on purpose.
fn damage() -> Vec<Line> {
    let bad = Char('\u{FFFD}');
    vec![
        (b"\xff".to_vec(), vec![key(bad)]),
        (b"\xc0\xaf".to_vec(), vec![key(bad), key(bad)]),
        (b"\xe6\xbcA".to_vec(), vec![key(bad), key(Char('A'))]),
        (b"\xc3\x1b[A".to_vec(), vec![key(bad), key(Up)]),
        (b"\xf0\x9f\xa6j".to_vec(), vec![key(bad), key(Char('j'))]),
        (b"\xed\xa0\x80".to_vec(), vec![key(bad), key(bad)]),
        (b"\xc2\x9b".to_vec(), vec![]),
        none("\x1b[M"),
        none("\x1b[9999~"),
        none("\x1b[<999999;999999;999999M"),
        none("\x1b[?$y"),
        none("\x1b[?99999;2$y"),
        none("\x1b]11;rgb:zz/zz/zz\x07"),
        none("\x1b]\x07"),
        none("\x1bP\x1b\\"),
        (b"\x1b[1;\x1b[B".to_vec(), vec![key(Down)]),
        (b"\x1bO\x1b[B".to_vec(), vec![key(Down)]),
        (b"\x1b]11;rgb\x1b[B".to_vec(), vec![key(Down)]),
        (b"\x1b[?62;\rj".to_vec(), vec![key(Enter), key(Char('j'))]),
    ]
}
