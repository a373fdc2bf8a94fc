//! Every cut of every sequence gives the same events; hostile bytes give none that nobody typed.

use super::keyboards::{key, keyboards};
use crate::term::event::{Event, Key, KeyCode, Mouse, MouseKind};
use crate::term::input::Decoder;
use proptest::prelude::*;

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

fn every_cut_reads_as(name: &str, bytes: &[u8], expected: &[Event]) {
    let single: Vec<&[u8]> = bytes.chunks(1).collect();
    assert_eq!(read(&single), expected, "{name}: {bytes:?} byte by byte");
    for a in 0..=bytes.len() {
        for b in a..=bytes.len() {
            let pieces = [&bytes[..a], &bytes[a..b], &bytes[b..]];
            assert_eq!(read(&pieces), expected, "{name}: {pieces:?}");
        }
    }
}

#[test]
fn every_cut_of_every_sequence_of_every_terminal_gives_the_same_events() {
    for keyboard in keyboards() {
        for (bytes, expected) in &keyboard.lines {
            every_cut_reads_as(keyboard.name, bytes, expected);
        }
    }
}

#[test]
fn every_cut_of_every_pair_of_a_terminals_sequences_gives_the_same_events() {
    for keyboard in keyboards() {
        for (first, first_events) in &keyboard.lines {
            for (second, second_events) in &keyboard.lines {
                let bytes = [&first[..], second].concat();
                let expected = [&first_events[..], second_events].concat();
                for cut in 0..=bytes.len() {
                    let pieces = [&bytes[..cut], &bytes[cut..]];
                    assert_eq!(read(&pieces), expected, "{}: {pieces:?}", keyboard.name);
                }
            }
        }
    }
}

#[test]
fn a_whole_keyboard_typed_in_pieces_of_any_length_reads_alike() {
    for keyboard in keyboards() {
        let bytes: Vec<u8> = keyboard.lines.iter().flat_map(|l| l.0.clone()).collect();
        let expected: Vec<Event> = keyboard.lines.iter().flat_map(|l| l.1.clone()).collect();
        for length in 1..=bytes.len() {
            let pieces: Vec<&[u8]> = bytes.chunks(length).collect();
            assert_eq!(read(&pieces), expected, "{} by {length}", keyboard.name);
        }
    }
}

#[test]
fn the_old_mouse_takes_three_bytes_with_it_only_while_the_mouse_is_on() {
    // A press at column 33, row 34; the bytes would be a blank, `A` and `B` as keys.
    let bytes = b"\x1b[M AB";
    let read = |cut: usize, mouse: bool| {
        let mut decoder = Decoder::default();
        decoder.expect_mouse(mouse);
        let mut events = decoder.feed(&bytes[..cut], 0);
        events.extend(decoder.feed(&bytes[cut..], 1));
        events
    };
    for cut in 0..=bytes.len() {
        let pressed = Event::Mouse(Mouse {
            kind: MouseKind::Press(0),
            col: 32,
            row: 33,
        });
        assert_eq!(read(cut, true), [pressed], "cut at {cut}");
        assert_eq!(read(cut, false).len(), 3, "cut at {cut}");
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
    // A paste over a serial line of 1200 B/s comes a byte every 8 ms.
    for apart in [0, 3, 8, 9] {
        let mut decoder = Decoder::default();
        decoder.feed(b"a", 0);
        decoder.feed(b"b", apart);
        assert!(
            matches!(
                decoder.feed(b"c", 2 * apart)[..],
                [Event::Key { burst: true, .. }]
            ),
            "{apart}"
        );
    }
    let mut decoder = Decoder::default();
    // A key held down repeats every 33 ms, at the fastest setting of some every 20.
    for now in [0, 33, 66, 99, 119, 139, 159] {
        assert!(matches!(
            decoder.feed(b"j", now)[..],
            [Event::Key { burst: false, .. }]
        ));
    }
}

#[test]
fn keys_that_answer_to_frames_are_no_burst_and_a_paste_that_frames_interrupt_is_one() {
    let bursts = |pieces: &[&[u8]]| -> Vec<bool> {
        let mut decoder = Decoder::default();
        let events = (0..)
            .zip(pieces)
            .flat_map(|(now, p)| decoder.feed(p, 2 * now));
        let keys = events.filter_map(|event| match event {
            Event::Key { burst, .. } => Some(burst),
            _ => None,
        });
        keys.collect()
    };
    let report = b"\x1b[0n".as_slice();
    // A program that types reads the screen first.
    let typing = [b"a", b"v", report, b"m", report, b" ", report, b"\r"];
    assert_eq!(bursts(&typing), [false; 5]);
    let paste = [b"abc", report, b"d", report, b"e"];
    assert_eq!(bursts(&paste), [true; 5]);
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
