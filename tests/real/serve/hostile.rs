//! What strangers may throw at the socket: broken frames, windows without measure, commands that are not a desk's.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use ams::session::caller::Stream;
use ams::session::link::{FromTerminal, Hello};
use ams::session::wire::{self, CommandCall, FromDesk, Outcome, ToDesk};

use super::{office, screen};
use crate::support::demo::Demo;
use crate::support::process::Seen;
use crate::support::terminal::PATIENCE;

fn socket(demo: &Demo) -> PathBuf {
    let note = std::fs::read_to_string(demo.data().join("desk.pid")).expect("the desk's note");
    PathBuf::from(note.lines().nth(1).expect("where it listens"))
}

/// A screen's opening.
fn hello() -> Hello {
    Hello {
        environment: vec![("TERM".into(), "xterm".into())],
        columns: 80,
        rows: 24,
        peer_uid: Some(0),
        language: None,
        screen: None,
        demo_account: None,
    }
}

fn framed(message: &ToDesk) -> Vec<u8> {
    let mut octets = Vec::new();
    wire::write(&mut octets, message).unwrap();
    octets
}

fn greeted() -> Vec<u8> {
    let mut octets = Vec::new();
    wire::greet(&mut octets).unwrap();
    octets
}

/// Sends octets and reads until the desk closes the connection.
fn closes_after(socket: &Path, octets: &[u8]) -> Vec<u8> {
    let mut stream = UnixStream::connect(socket).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    // The desk may close before it has read everything.
    let _ = stream.write_all(octets);
    let mut answer = Vec::new();
    match stream.read_to_end(&mut answer) {
        Ok(_) => {}
        Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => {}
        Err(error) => panic!("{error}: the connection stays open"),
    }
    answer
}

#[test]
fn hostile_frames_close_their_connection_and_nothing_else() {
    let office = office();
    let demo = &office.demo;
    let socket = socket(demo);
    let desk = Seen::desk(&office.serving);
    let bystander = screen(demo, "op");
    let call = |arguments: &[&str]| {
        ToDesk::Command(CommandCall {
            arguments: arguments.iter().map(|&a| a.to_owned()).collect(),
            terminals: vec![Stream::Output],
        })
    };
    let opening = framed(&ToDesk::Screen(hello()));
    let hostile: Vec<(&str, Vec<u8>)> = vec![
        ("another protocol", b"GET / HTTP/1.0\r\n\r\n".to_vec()),
        ("another version", b"ams\n\xff\xff".to_vec()),
        ("too long", [greeted(), vec![0xff; 8]].concat()),
        (
            "longer than an opening may be",
            [
                greeted(),
                (65u32 << 10).to_be_bytes().to_vec(),
                vec![0; 65 << 10],
            ]
            .concat(),
        ),
        (
            "noise",
            [greeted(), 40u32.to_be_bytes().to_vec(), vec![0xa5; 40]].concat(),
        ),
        (
            "an answer first",
            [greeted(), framed(&ToDesk::Done(Outcome::Done))].concat(),
        ),
        (
            "bytes of a terminal first",
            [greeted(), framed(&ToDesk::Terminal(FromTerminal::Closed))].concat(),
        ),
        (
            "the opening twice",
            [greeted(), opening.clone(), opening.clone()].concat(),
        ),
        (
            "a command inside a screen",
            [
                greeted(),
                opening.clone(),
                framed(&call(&["request", "list"])),
            ]
            .concat(),
        ),
        (
            "a frame too long inside a screen",
            [greeted(), opening, vec![0x7f; 4]].concat(),
        ),
        (
            "answers that nobody asked for",
            [
                greeted(),
                framed(&call(&[
                    "--user",
                    "op",
                    "--password-file",
                    "-",
                    "request",
                    "list",
                ])),
                framed(&ToDesk::Done(Outcome::Files(None))),
                framed(&ToDesk::Done(Outcome::Octets(vec![7; 600_000]))),
            ]
            .concat(),
        ),
    ];
    for (what, octets) in &hostile {
        closes_after(&socket, octets);
        eprintln!("{what}: closed");
    }
    // A window of any size is one that is drawn, and costs no more memory than a large screen.
    let sized = |columns, rows| {
        ToDesk::Screen(Hello {
            columns,
            rows,
            ..hello()
        })
    };
    let resize = |columns, rows| framed(&ToDesk::Terminal(FromTerminal::Resize { columns, rows }));
    for octets in [
        [greeted(), framed(&sized(u16::MAX, u16::MAX))].concat(),
        [greeted(), framed(&sized(0, 0)), resize(0, 0)].concat(),
        [
            greeted(),
            framed(&ToDesk::Screen(hello())),
            resize(u16::MAX, u16::MAX),
        ]
        .concat(),
    ] {
        let closed = framed(&ToDesk::Terminal(FromTerminal::Closed));
        let answer = closes_after(&socket, &[octets, closed].concat());
        assert!(answer.len() < 1 << 20, "{} octets", answer.len());
    }
    assert!(desk.resident_kib() < 400 << 10);
    // Every way to cut a good opening short.
    let good = [greeted(), framed(&call(&["request", "list"]))].concat();
    for end in 0..good.len() {
        let mut stream = UnixStream::connect(&socket).unwrap();
        stream.write_all(&good[..end]).unwrap();
    }
    bystander.keys("?");
    bystander.wait_for("Bantuan");
    demo.done("op", &["request", "list"]);
    let sessions = demo.json("admin", &["session", "list"]);
    assert_eq!(sessions.as_array().unwrap().len(), 1, "{sessions}");
}

#[test]
fn commands_that_are_not_a_desks_are_not_run_by_it() {
    let office = office();
    let socket = socket(&office.demo);
    for line in [
        &["serve"][..],
        &["demo", "--reset"],
        &["init"],
        &["letter", "inspect", "/etc/hostname"],
        &["crl", "diff", "/a", "/b"],
        &[],
    ] {
        let call = ToDesk::Command(CommandCall {
            arguments: line.iter().map(|&a| a.to_owned()).collect(),
            terminals: Vec::new(),
        });
        let answer = closes_after(&socket, &[greeted(), framed(&call)].concat());
        let mut rest = &answer[greeted().len()..];
        let mut status = None;
        while let Ok(Some(frame)) = wire::read::<FromDesk>(&mut rest, 1 << 20) {
            match frame {
                FromDesk::Errand(wire::Errand::Exit(ended)) => status = Some(ended),
                FromDesk::Errand(wire::Errand::Say(Stream::Error, _)) => {}
                other => panic!("{line:?}: {other:?}"),
            }
        }
        assert_eq!(status, Some(2), "{line:?}");
    }
}
