//! Pacing over a simulated link: keys held on a slow line must not leave a backlog.

use crate::term::capabilities::Capabilities;
use crate::term::event::Event;
use crate::term::pace::Pacer;
use std::collections::VecDeque;

/// A link as a field officer has it: so many bytes a second towards the terminal, any amount of them buffered.
struct Link {
    bytes_per_second: i64,
    round_trip: i64,
}

fn xterm() -> Capabilities {
    let mut capabilities =
        Capabilities::from_env(&|name| (name == "TERM").then(|| "xterm-256color".to_owned()));
    capabilities.learn(&Event::DeviceAttributes(vec![62, 22]));
    capabilities
}

/// What one run came to.
struct Outcome {
    /// ms from the last key to the moment when the last byte reached the terminal.
    lag: i64,
    frames: usize,
}

/// Presses a key 30 times a second for 3 s. Every key changes `frame` bytes of the screen; `lazy` more bytes follow when
/// no key has come for the lazy delay. The program draws the newest state whenever the pacer lets it.
fn hold_key(link: &Link, frame: usize, lazy: usize) -> Outcome {
    let mut pacer = Pacer::new();
    let (mut state, mut drawn, mut detail_of) = (0, 0, 0);
    let mut last_key_seen = 0;
    let mut line_free = 0;
    let mut answers: VecDeque<i64> = VecDeque::new();
    let (mut frames, mut delivered) = (0, 0);
    let last_key = 3000;
    for now in 0..20_000 {
        if now >= link.round_trip / 2
            && now - link.round_trip / 2 <= last_key
            && (now - link.round_trip / 2) % 33 == 0
        {
            state += 1;
            last_key_seen = now;
        }
        while answers.front().is_some_and(|&at| at <= now) {
            answers.pop_front();
            pacer.answered(now);
        }
        let bytes = if state != drawn {
            frame
        } else if detail_of != state && now - last_key_seen >= pacer.lazy_delay_ms() {
            lazy
        } else {
            continue;
        };
        if pacer.may_send(now) {
            let question = pacer.send(now, bytes, &xterm());
            let total = bytes + question.len();
            if state == drawn {
                detail_of = state;
            }
            drawn = state;
            frames += 1;
            line_free = line_free.max(now)
                + i64::try_from(total).expect("small") * 1000 / link.bytes_per_second;
            delivered = line_free + link.round_trip / 2;
            if !question.is_empty() {
                answers.push_back(delivered + link.round_trip / 2);
            }
        }
    }
    assert_eq!(
        (drawn, detail_of),
        (state, state),
        "the last state is shown"
    );
    Outcome {
        lag: delivered - last_key,
        frames,
    }
}

#[test]
fn a_held_key_on_a_serial_line_is_caught_up_within_a_second() {
    let serial = Link {
        bytes_per_second: 1200,
        round_trip: 0,
    };
    for frame in [46, 120, 250] {
        let outcome = hold_key(&serial, frame, 107);
        assert!(outcome.lag <= 1000, "{frame} bytes: {} ms", outcome.lag);
        assert!(
            outcome.frames >= 10,
            "the picture moves: {}",
            outcome.frames
        );
    }
}

#[test]
fn a_held_key_over_a_satellite_with_deep_buffers_is_caught_up_within_two_seconds() {
    let satellite = Link {
        bytes_per_second: 1200,
        round_trip: 600,
    };
    for frame in [46, 120, 250] {
        let outcome = hold_key(&satellite, frame, 107);
        assert!(outcome.lag <= 2000, "{frame} bytes: {} ms", outcome.lag);
        assert!(outcome.frames >= 7, "the picture moves: {}", outcome.frames);
    }
}

#[test]
fn the_first_frame_asks_what_the_terminal_is_and_every_other_short_one_asks_nothing() {
    let mut pacer = Pacer::new();
    let mut questions = Vec::new();
    for (now, bytes) in [(0, 1300), (100, 48), (200, 48), (300, 48), (400, 65)] {
        questions.push(pacer.send(now, bytes, &xterm()));
        pacer.answered(now + 20);
    }
    let [what, status] = [b"\x1b[c".as_slice(), b"\x1b[5n"];
    assert_eq!(questions, [what, b"", status, b"", status]);
    // While an answer is owed, a short frame asks too.
    let mut pacer = Pacer::new();
    pacer.send(0, 1300, &xterm());
    pacer.answered(600);
    pacer.send(700, 500, &xterm());
    assert_eq!(pacer.send(800, 48, &xterm()), status);
}

#[test]
fn a_terminal_that_does_not_answer_is_asked_behind_every_frame() {
    let mut pacer = Pacer::new();
    for now in [0, 3000, 4000, 5000] {
        assert!(pacer.may_send(now));
        assert_ne!(pacer.send(now, 48, &xterm()), b"");
    }
}

#[test]
fn synchronized_output_is_asked_about_once_and_only_where_it_is_of_use() {
    let asks = |link: i64, capabilities: &Capabilities| -> usize {
        let mut pacer = Pacer::new();
        let mut asked = 0;
        for now in [0, 10_000, 20_000, 30_000] {
            let question = pacer.send(now, 1300, capabilities);
            asked += usize::from(question.starts_with(b"\x1b[?2026$p"));
            pacer.answered(now + link);
        }
        asked
    };
    assert_eq!(asks(20, &xterm()), 1);
    assert_eq!(asks(600, &xterm()), 0);
    let plain = Capabilities::from_env(&|name| (name == "TERM").then(|| "linux".to_owned()));
    assert_eq!(asks(20, &plain), 0);
}

#[test]
fn one_frame_is_under_way_until_the_answer_comes() {
    let mut pacer = Pacer::new();
    assert!(pacer.may_send(0));
    pacer.sent(0, 50);
    assert!(!pacer.may_send(2999));
    assert_eq!(pacer.next_deadline(10), Some(3000));
    pacer.answered(20);
    assert!(pacer.may_send(20));
    assert_eq!(pacer.next_deadline(20), None);
    assert_eq!(pacer.round_trip_ms(), Some(20));
}

#[test]
fn two_frames_may_be_under_way_on_a_long_link() {
    let mut pacer = Pacer::new();
    pacer.sent(0, 50);
    pacer.answered(600);
    pacer.sent(700, 50);
    assert!(pacer.may_send(701));
    pacer.sent(701, 50);
    assert!(!pacer.may_send(702));
    pacer.answered(1300);
    assert!(pacer.may_send(1300));
}

#[test]
fn the_second_of_two_frames_waits_until_the_link_has_had_time_for_the_first() {
    let mut pacer = Pacer::new();
    for (sent, bytes, answered) in [(0, 50, 600), (1000, 1200, 2600)] {
        pacer.sent(sent, bytes);
        pacer.answered(answered);
    }
    assert_eq!(pacer.bytes_per_second(), Some(1200));
    pacer.sent(3000, 600);
    assert_eq!(pacer.next_deadline(3000), Some(3500));
    assert!(pacer.may_send(3500));
    pacer.answered(3600);
    pacer.sent(4000, 48);
    assert_eq!(pacer.next_deadline(4000), Some(4040));
}

#[test]
fn a_terminal_that_never_answers_gets_a_frame_a_second() {
    let mut pacer = Pacer::new();
    let mut sent = Vec::new();
    for now in 0..10_000 {
        if pacer.may_send(now) {
            pacer.sent(now, 50);
            sent.push(now);
        }
    }
    assert_eq!(sent, [0, 3000, 4000, 5000, 6000, 7000, 8000, 9000]);
    assert!(pacer.is_silent());
    assert_eq!(pacer.round_trip_ms(), None);
}

#[test]
fn one_lost_answer_costs_one_pause_and_no_more() {
    let mut pacer = Pacer::new();
    let mut sent = Vec::new();
    let mut answer = None;
    for now in 0..20_000 {
        if answer == Some(now) {
            pacer.answered(now);
        }
        if pacer.may_send(now) {
            pacer.sent(now, 50);
            sent.push(now);
            // The hundredth answer never comes.
            answer = (sent.len() != 100).then_some(now + 20);
        }
    }
    let pauses: Vec<i64> = sent
        .windows(2)
        .map(|pair| pair[1] - pair[0])
        .filter(|&gap| gap > 20)
        .collect();
    assert_eq!(pauses, [3000]);
}

#[test]
fn after_a_tunnel_the_late_answers_bring_back_the_pace() {
    let mut pacer = Pacer::new();
    pacer.sent(0, 50);
    pacer.answered(20);
    // Ten seconds of nothing; then everything that was sent is answered at once.
    let mut owed = 0;
    for now in 20..10_000 {
        if pacer.may_send(now) {
            pacer.sent(now, 50);
            owed += 1;
        }
    }
    assert!(owed <= 6, "{owed}");
    for _ in 0..owed {
        pacer.answered(10_000);
    }
    assert!(!pacer.is_silent());
    assert!(pacer.may_send(10_000));
    pacer.sent(10_000, 50);
    assert!(!pacer.may_send(10_001));
}

#[test]
fn answers_nobody_asked_for_change_nothing() {
    let mut pacer = Pacer::new();
    pacer.answered(5);
    pacer.sent(10, 50);
    assert!(!pacer.may_send(11));
}

#[test]
fn the_link_sets_the_hold_of_esc_and_the_delay_of_details() {
    let mut near = Pacer::new();
    near.sent(0, 50);
    near.answered(4);
    let mut far = Pacer::new();
    far.sent(0, 50);
    far.answered(600);
    assert_eq!((near.esc_hold_ms(), near.lazy_delay_ms()), (101, 151));
    assert_eq!((far.esc_hold_ms(), far.lazy_delay_ms()), (250, 300));
}

#[test]
fn the_rate_is_read_from_frames_large_enough_to_tell() {
    let mut pacer = Pacer::new();
    assert_eq!(pacer.bytes_per_second(), None);
    for (start, bytes, took) in [(0, 50, 100), (1000, 1000, 600)] {
        pacer.sent(start, bytes);
        pacer.answered(start + took);
    }
    assert_eq!(pacer.bytes_per_second(), Some(2000));
}
