//! Every cut of every sequence gives the same events; hostile bytes give none that nobody typed.

use crate::term::event::{Event, Key, KeyCode, Mouse, MouseKind};
use crate::term::input::Decoder;
use proptest::prelude::*;

fn key(code: KeyCode) -> Event {
    press(Key::plain(code))
}

fn press(key: Key) -> Event {
    Event::Key { key, burst: false }
}

fn with(code: KeyCode, ctrl: bool, alt: bool) -> Event {
    press(Key { code, ctrl, alt })
}

/// What terminals send, and what it means.
fn table() -> Vec<(&'static [u8], Vec<Event>)> {
    use KeyCode::*;
    let one = |bytes: &'static [u8], event: Event| (bytes, vec![event]);
    vec![
        // Everywhere.
        one(b"a", key(Char('a'))),
        one("é".as_bytes(), key(Char('é'))),
        one("漢".as_bytes(), key(Char('漢'))),
        one("🦀".as_bytes(), key(Char('🦀'))),
        one(b"\r", key(Enter)),
        one(b"\n", key(Enter)),
        one(b"\t", key(Tab)),
        one(b"\x7f", key(Backspace)),
        one(b"\x08", key(Backspace)),
        one(b"\x1a", press(Key::ctrl('z'))),
        one(b"\x03", press(Key::ctrl('c'))),
        one(b"\x00", press(Key::ctrl(' '))),
        one(b"\x1f", press(Key::ctrl('_'))),
        one(b"\x1bj", with(Char('j'), false, true)),
        one("\x1bé".as_bytes(), with(Char('é'), false, true)),
        one(b"\x1b\r", with(Enter, false, true)),
        one(b"\x1b\x7f", with(Backspace, false, true)),
        // xterm, Windows console, Termux: normal and application mode.
        one(b"\x1b[A", key(Up)),
        one(b"\x1b[B", key(Down)),
        one(b"\x1b[C", key(Right)),
        one(b"\x1b[D", key(Left)),
        one(b"\x1bOA", key(Up)),
        one(b"\x1bOB", key(Down)),
        one(b"\x1bOC", key(Right)),
        one(b"\x1bOD", key(Left)),
        one(b"\x1b[H", key(Home)),
        one(b"\x1b[F", key(End)),
        one(b"\x1bOH", key(Home)),
        one(b"\x1bOF", key(End)),
        one(b"\x1b[1~", key(Home)),
        one(b"\x1b[4~", key(End)),
        one(b"\x1b[7~", key(Home)),
        one(b"\x1b[8~", key(End)),
        one(b"\x1b[2~", key(Insert)),
        one(b"\x1b[3~", key(Delete)),
        one(b"\x1b[5~", key(PageUp)),
        one(b"\x1b[6~", key(PageDown)),
        one(b"\x1b[Z", key(BackTab)),
        one(b"\x1bOP", key(F(1))),
        one(b"\x1bOQ", key(F(2))),
        one(b"\x1bOR", key(F(3))),
        one(b"\x1bOS", key(F(4))),
        one(b"\x1b[15~", key(F(5))),
        one(b"\x1b[17~", key(F(6))),
        one(b"\x1b[18~", key(F(7))),
        one(b"\x1b[19~", key(F(8))),
        one(b"\x1b[20~", key(F(9))),
        one(b"\x1b[21~", key(F(10))),
        one(b"\x1b[23~", key(F(11))),
        one(b"\x1b[24~", key(F(12))),
        one(b"\x1b[1;5A", with(Up, true, false)),
        one(b"\x1b[1;3D", with(Left, false, true)),
        one(b"\x1b[1;2C", key(Right)),
        one(b"\x1b[1;5R", with(F(3), true, false)),
        one(b"\x1b[5;5~", with(PageUp, true, false)),
        one(b"\x1bO5C", with(Right, true, false)),
        one(b"\x1b[27u", key(Esc)),
        one(b"\x1b[97;5u", press(Key::ctrl('a'))),
        // PuTTY: F1-F4, the application keypad, an arrow after Esc.
        one(b"\x1b[11~", key(F(1))),
        one(b"\x1b[14~", key(F(4))),
        one(b"\x1bOp", key(Char('0'))),
        one(b"\x1bOy", key(Char('9'))),
        one(b"\x1bOM", key(Enter)),
        one(b"\x1bOm", key(Char('-'))),
        (b"\x1b\x1b[A", vec![key(Esc), key(Up)]),
        // Linux console and rxvt.
        one(b"\x1b[[A", key(F(1))),
        one(b"\x1b[[E", key(F(5))),
        one(b"\x1b[5^", with(PageUp, true, false)),
        one(b"\x1b[6$", key(PageDown)),
        one(b"\x1bOa", with(Up, true, false)),
        // Reports and answers.
        one(b"\x1b[0n", Event::StatusReport),
        one(b"\x1b[?62;22c", Event::DeviceAttributes(vec![62, 22])),
        one(b"\x1b[?6c", Event::DeviceAttributes(vec![6])),
        one(
            b"\x1b[?2026;2$y",
            Event::ModeReport {
                mode: 2026,
                setting: 2,
            },
        ),
        one(b"\x1b[I", Event::FocusIn),
        one(b"\x1b[O", Event::FocusOut),
        one(
            b"\x1bP>|XTerm(354)\x1b\\",
            Event::Version("XTerm(354)".to_owned()),
        ),
        one(
            b"\x1b]11;rgb:1e1e/00ff/cccc\x1b\\",
            Event::Background {
                red: 0x1e,
                green: 0x00,
                blue: 0xcc,
            },
        ),
        one(
            b"\x1b]11;rgb:ffff/ffff/ffff\x07",
            Event::Background {
                red: 255,
                green: 255,
                blue: 255,
            },
        ),
        one(
            b"\x1b[<0;12;3M",
            Event::Mouse(Mouse {
                kind: MouseKind::Press(0),
                col: 11,
                row: 2,
            }),
        ),
        (b"\x1b[>41;354;0c", vec![]),
        (b"\x1b]10;rgb:cccc/cccc/cccc\x1b\\", vec![]),
        (b"\x1bP1+r\x1b\\", vec![]),
        (b"\x1b[M", vec![]),
        // Pastes.
        one(
            "\x1b[200~satu\r\ndua\t\x1b[31m\x07é\x1b[201~".as_bytes(),
            Event::Paste("satu\ndua\t[31mé".to_owned()),
        ),
        one(
            b"\x1b[200~\x1a\x03\x1b[201\x1b[201~",
            Event::Paste("[201".to_owned()),
        ),
        (
            b"\x1b[200~a\x1b[0nb\x1b[201~",
            vec![Event::StatusReport, Event::Paste("ab".to_owned())],
        ),
        // Not UTF-8.
        one(b"\xff", key(Char('\u{FFFD}'))),
        (b"\xe6\xbcA", vec![key(Char('\u{FFFD}')), key(Char('A'))]),
        (b"\xc3\x1b[A", vec![key(Char('\u{FFFD}')), key(Up)]),
        (b"\xc2\x9b", vec![]),
    ]
}

/// Bursts depend on how keys arrive; here only which keys they are counts.
fn read(pieces: &[&[u8]]) -> Vec<Event> {
    let mut decoder = Decoder::default();
    let mut events = Vec::new();
    for (now, piece) in (0..).zip(pieces) {
        events.extend(decoder.feed(piece, now));
    }
    while let Some(deadline) = decoder.deadline() {
        events.extend(decoder.expire(deadline));
    }
    for event in &mut events {
        if let Event::Key { burst, .. } = event {
            *burst = false;
        }
    }
    events
}

fn every_cut_reads_as(bytes: &[u8], expected: &[Event]) {
    let single: Vec<&[u8]> = bytes.chunks(1).collect();
    assert_eq!(read(&single), expected, "{bytes:?} byte by byte");
    for a in 0..=bytes.len() {
        for b in a..=bytes.len() {
            let pieces = [&bytes[..a], &bytes[a..b], &bytes[b..]];
            assert_eq!(read(&pieces), expected, "{pieces:?}");
        }
    }
}

#[test]
fn every_cut_of_every_sequence_gives_the_same_events() {
    for (bytes, expected) in table() {
        every_cut_reads_as(bytes, &expected);
    }
}

#[test]
fn every_cut_of_every_pair_of_sequences_gives_the_same_events() {
    let table = table();
    for (first, first_events) in &table {
        for (second, second_events) in &table {
            let bytes = [*first, *second].concat();
            let expected = [first_events.clone(), second_events.clone()].concat();
            for cut in 0..=bytes.len() {
                assert_eq!(
                    read(&[&bytes[..cut], &bytes[cut..]]),
                    expected,
                    "{bytes:?} cut at {cut}"
                );
            }
        }
    }
}

#[test]
fn a_lone_esc_is_held_for_a_tail_and_then_becomes_the_key() {
    let mut decoder = Decoder::default();
    assert_eq!(decoder.feed(b"\x1b", 1000), []);
    assert_eq!(decoder.deadline(), Some(1100));
    assert_eq!(decoder.expire(1099), []);
    assert_eq!(decoder.expire(1100), [key(KeyCode::Esc)]);
    assert_eq!(decoder.deadline(), None);
}

#[test]
fn the_hold_follows_the_measured_link() {
    let mut decoder = Decoder::default();
    decoder.set_esc_hold(250);
    decoder.feed(b"\x1b", 1000);
    assert_eq!(decoder.deadline(), Some(1250));
    assert_eq!(decoder.feed(b"[A", 1240), [key(KeyCode::Up)]);
}

#[test]
fn the_late_tail_of_an_arrow_never_becomes_letters() {
    for tail in [&b"[A"[..], b"OP", b"[1;5C", b"[6~"] {
        let mut decoder = Decoder::default();
        decoder.feed(b"\x1b", 0);
        assert_eq!(decoder.expire(100), [key(KeyCode::Esc)]);
        assert_eq!(decoder.feed(tail, 900), [], "{tail:?}");
        assert_eq!(decoder.feed(b"j", 901), [key(KeyCode::Char('j'))]);
    }
    let mut decoder = Decoder::default();
    decoder.feed(b"\x1b", 0);
    decoder.expire(100);
    assert_eq!(decoder.feed(b"[0n", 900), [Event::StatusReport]);
}

#[test]
fn a_bracket_typed_after_esc_is_a_bracket() {
    let mut decoder = Decoder::default();
    decoder.feed(b"\x1b", 0);
    decoder.expire(100);
    assert_eq!(decoder.feed(b"[", 300), [key(KeyCode::Char('['))]);
    assert_eq!(decoder.feed(b"A", 400), [key(KeyCode::Char('A'))]);
}

#[test]
fn half_a_sequence_that_never_goes_on_is_dropped() {
    let mut decoder = Decoder::default();
    assert_eq!(decoder.feed(b"\x1b[1;", 0), []);
    let deadline = decoder.deadline().expect("held");
    assert!(deadline >= 1000);
    assert_eq!(decoder.expire(deadline), []);
    assert_eq!(decoder.feed(b"j", deadline + 1), [key(KeyCode::Char('j'))]);
}

#[test]
fn three_keys_in_one_read_are_a_burst_and_two_are_not() {
    let bursts = |bytes: &[u8]| -> Vec<bool> {
        let read = Decoder::default().feed(bytes, 0);
        read.iter()
            .map(|event| matches!(event, Event::Key { burst: true, .. }))
            .collect()
    };
    assert_eq!(bursts(b"ya"), [false, false]);
    assert_eq!(bursts(b"ya\r"), [true, true, true]);
    assert_eq!(bursts(b"\x1b[A\x1b[A\x1b[A"), [false, false, false]);
}

#[test]
fn keys_read_milliseconds_apart_are_one_burst_and_typing_is_none() {
    let mut decoder = Decoder::default();
    decoder.feed(b"a", 0);
    decoder.feed(b"b", 3);
    assert!(matches!(
        decoder.feed(b"c", 6)[..],
        [Event::Key { burst: true, .. }]
    ));
    let mut decoder = Decoder::default();
    for now in [0, 33, 66, 99] {
        assert!(matches!(
            decoder.feed(b"j", now)[..],
            [Event::Key { burst: false, .. }]
        ));
    }
}

#[test]
fn an_oversized_sequence_is_swallowed_whole() {
    let long = [b"\x1b[".to_vec(), vec![b'1'; 5000], b"Aj".to_vec()].concat();
    assert_eq!(read(&[&long]), [key(KeyCode::Char('j'))]);
    let long = [b"\x1b]11;".to_vec(), vec![b'x'; 50_000], b"\x07j".to_vec()].concat();
    assert_eq!(read(&[&long]), [key(KeyCode::Char('j'))]);
}

#[test]
fn a_paste_without_end_is_bounded_and_ends_by_itself() {
    let mut decoder = Decoder::default();
    decoder.feed(b"\x1b[200~", 0);
    for now in 0..40 {
        assert_eq!(decoder.feed(&[b'x'; 8192], now), []);
    }
    let deadline = decoder.deadline().expect("held");
    match &decoder.expire(deadline)[..] {
        [Event::Paste(text)] => assert_eq!(text.len(), Decoder::MAX_PASTE),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_flood_of_keys_is_cut_and_answers_still_come_through() {
    let flood = [vec![b'j'; 1_000_000], b"\x1b[0n".to_vec()].concat();
    let events = Decoder::default().feed(&flood, 0);
    assert!(events.len() < 5000);
    assert_eq!(events.last(), Some(&Event::StatusReport));
}

proptest! {
    #[test]
    fn any_bytes_in_any_pieces_read_alike_and_end_in_peace(
        bytes in proptest::collection::vec(
            prop_oneof![any::<u8>(), Just(0x1B), Just(b'['), Just(b'O'), Just(b';'), Just(b'2'), Just(b'~'), Just(b'\\')], 0..80),
        cuts in proptest::collection::vec(0..80usize, 0..6),
    ) {
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(bytes.len())).collect();
        cuts.sort_unstable();
        let mut pieces = Vec::new();
        let mut from = 0;
        for cut in cuts.into_iter().chain([bytes.len()]) {
            pieces.push(&bytes[from..cut]);
            from = cut;
        }
        prop_assert_eq!(read(&pieces), read(&[&bytes]));
    }

    #[test]
    fn nothing_read_carries_a_control_character(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        for event in read(&[&bytes]) {
            match event {
                Event::Key { key: Key { code: KeyCode::Char(c), .. }, .. } => prop_assert!(!c.is_control()),
                Event::Paste(text) => prop_assert!(text.chars().all(|c| !c.is_control() || c == '\n' || c == '\t')),
                _ => {}
            }
        }
    }
}
