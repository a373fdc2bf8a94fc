//! Two sessions of one process on two terminals that have nothing in common: what a terminal is belongs to its session,
//! never to the process.

use std::time::Duration;

use ams::desk::Desk;
use ams::desk::demo::{DemoOptions, prepare};
use ams::domain::{Language, Timestamp};
use ams::session::host::{Start, spawn};
use ams::session::link::{FromTerminal, Hello, ToTerminal, in_memory};
use ams::tui::place::ScreenId;

/// What a session on such a terminal writes until its queue and the detail are drawn.
fn drawn(desk: &Desk, environment: &[(&str, &str)]) -> Vec<u8> {
    let hello = Hello {
        environment: environment
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        columns: 80,
        rows: 24,
        peer_uid: None,
        language: None,
        screen: None,
        demo_account: None,
    };
    let start = Start {
        identity: Some(desk.demo_login("op", None).unwrap()),
        screen: Some(ScreenId::Queue),
        language: Language::Id,
    };
    let (mut relay, link) = in_memory();
    let session = spawn(desk.clone(), hello, link, start).unwrap();
    let mut bytes = Vec::new();
    // The last line of the detail, which comes in a frame of its own when the terminal has read the first.
    while !contains(&bytes, "Diambil oleh") {
        match relay.from_session.recv_timeout(Duration::from_secs(30)) {
            Ok(ToTerminal::Bytes(more)) => bytes.extend(more),
            other => panic!("a frame, not {other:?}"),
        }
        let read = FromTerminal::Bytes(b"\x1b[0n".to_vec());
        relay.to_session.send(read).unwrap();
    }
    relay.to_session.send(FromTerminal::Closed).unwrap();
    drop(relay);
    session.join().unwrap();
    bytes
}

fn contains(bytes: &[u8], part: &str) -> bool {
    bytes.windows(part.len()).any(|w| w == part.as_bytes())
}

/// Parameters and final byte of each control sequence.
fn controls(bytes: &[u8]) -> Vec<(String, char)> {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let sequences = text.split("\x1b[").skip(1).filter_map(|rest| {
        let end = rest.find(|c: char| ('@'..='~').contains(&c))?;
        Some((rest[..end].to_owned(), rest[end..].chars().next()?))
    });
    sequences.collect()
}

#[test]
fn each_session_writes_what_its_own_terminal_understands() {
    let home = tempfile::tempdir().unwrap();
    let options = DemoOptions {
        now: Timestamp::parse_rfc3339("2026-11-23T09:30:00+07:00"),
        ..DemoOptions::default()
    };
    let (desk, _) = prepare(&home.path().join("demo"), options).unwrap();
    let xterm = [("TERM", "xterm-256color"), ("LANG", "id_ID.UTF-8")];
    let utf8 = drawn(&desk, &xterm);
    assert!(contains(&utf8, "\x1b[?1049;2004h") && contains(&utf8, ";44m"));
    assert!(!utf8.is_ascii(), "a dash is drawn as one");

    let vt100 = drawn(&desk, &[("TERM", "vt100"), ("LC_ALL", "C")]);
    assert!(vt100.is_ascii());
    for (parameters, last) in controls(&vt100) {
        let known = match last {
            'm' => parameters
                .split(';')
                .all(|p| matches!(p, "" | "1" | "4" | "7" | "22" | "24" | "27")),
            'h' | 'l' => parameters == "?25",
            other => "ABCDHJKrcn".contains(other),
        };
        assert!(known, "ESC [ {parameters} {last} is nothing for a VT100");
    }

    let plain = drawn(&desk, &[xterm[0], xterm[1], ("NO_COLOR", "1")]);
    assert!(contains(&plain, "\x1b[?1049;2004h") && !contains(&plain, "44m"));
    // And what the first was is not forgotten over the others.
    assert_eq!(drawn(&desk, &xterm), utf8);
}
