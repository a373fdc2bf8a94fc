//! How a command ends: with a status, and with words on the right stream that name the way out.

use std::io::Write;
use std::process::Stdio;
use std::time::{Duration, Instant};

use super::{is_clean, without_terminal};
use crate::program::demo;
use crate::support::demo::run;
use crate::support::terminal::PATIENCE;

#[test]
fn a_command_line_that_cannot_be_meant_so_ends_with_2_and_words() {
    let demo = demo();
    for (user, line) in [
        ("op", vec!["request", "frobnicate"]),
        (
            "op",
            vec![
                "request",
                "return",
                "PC-2026-000001",
                "--item",
                "nama",
                "--note",
                "x",
            ],
        ),
        ("op", vec!["cert", "show", "xyz"]),
        ("admin", vec!["ca", "set", "UJI", "jarak", "1"]),
        ("op", vec!["report", "sop", "--month", "november"]),
        ("op", vec!["mail", "show", "1"]),
        ("op", vec!["request", "list", "--state", "menunggu"]),
        ("op", vec!["request", "list", "--filter", "warna:merah"]),
        ("admin", vec!["config", "set", "mail.password", "rahasia"]),
        ("op", vec!["log", "verify", "export.jsonl"]),
    ] {
        let ran = demo.run(user, &line);
        assert_eq!(ran.status, Some(2), "{line:?}: {ran:?}");
        assert!(ran.stderr.len() > 15 && is_clean(&ran), "{line:?}: {ran:?}");
    }
    let twice = run(
        demo.ams().args([
            "--user",
            "op",
            "--password-file",
            "-",
            "letter",
            "put",
            "PC-2026-000001",
        ]),
        b"x",
    );
    assert_eq!(twice.status, Some(2), "{twice:?}");
    assert!(twice.stderr.contains("hanya dapat dipakai sekali"));
    let nobody = without_terminal(&["--data", demo.data().to_str().unwrap(), "request", "list"]);
    assert_eq!(nobody.status, Some(2), "{nobody:?}");
    assert!(nobody.stderr.contains("--user"), "{nobody:?}");
}

#[test]
fn without_a_folder_a_command_names_demo_and_init_and_ends_with_3() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = folder.path().join("nothing");
    let ran = without_terminal(&["--data", nowhere.to_str().unwrap(), "request", "list"]);
    assert_eq!(ran.status, Some(3), "{ran:?}");
    assert!(ran.stderr.contains("ams demo") && ran.stderr.contains("ams init"));
    assert!(!nowhere.exists(), "nothing was made");
}

#[test]
fn a_second_process_is_told_which_one_has_the_desk() {
    let demo = demo();
    // It has opened the desk and waits for its password.
    let mut first = demo
        .ams()
        .args(["--user", "op", "--password-file", "-", "request", "list"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let pid = first.id().to_string();
    let note = demo.data().join("desk.pid");
    let begun = Instant::now();
    while !std::fs::read_to_string(&note).is_ok_and(|note| note.lines().next() == Some(&pid)) {
        assert!(begun.elapsed() < PATIENCE, "no note of {pid}");
        // It tells nobody that it has written the note; both processors are its own meanwhile.
        std::thread::sleep(Duration::from_millis(5));
    }
    let second = demo.run("op2", &["request", "list"]);
    assert_eq!(second.status, Some(3), "{second:?}");
    assert!(second.stderr.contains(&pid), "{pid}: {}", second.stderr);
    let reset = run(demo.ams().args(["demo", "--reset", "--no-open"]), b"");
    assert_eq!(reset.status, Some(3), "{reset:?}");
    let mut stdin = first.stdin.take().unwrap();
    writeln!(stdin, "{}", demo.password("op")).unwrap();
    drop(stdin);
    assert!(first.wait().unwrap().success());
    demo.done("op2", &["request", "list"]);
}

#[test]
fn a_refusal_names_the_rule_and_the_way_out_in_the_readers_language() {
    let demo = demo();
    let unknown = ["request", "show", "PC-1999-000001"];
    let no_number = demo.run("op", &["request", "show", "nomor"]);
    assert_eq!(no_number.status, Some(1), "{no_number:?}");
    assert!(no_number.stderr.len() > 15 && is_clean(&no_number));
    let ran = demo.run("op", &unknown);
    assert_eq!((ran.status, ran.stdout.len()), (Some(1), 0), "{ran:?}");
    assert!(ran.stderr.starts_with("Tidak ditemukan."), "{ran:?}");
    let english = demo.run("op", &[&["--lang", "en"], &unknown[..]].concat());
    assert!(english.stderr.lines().count() == 2 && !english.stderr.contains("Tidak"));
    let wrong = run(
        demo.ams()
            .args(["--user", "op", "--password-file", "-", "request", "list"]),
        b"salah\n",
    );
    assert_eq!(wrong.status, Some(1), "{wrong:?}");
    let role = demo.run("auditor", &["crl", "issue"]);
    assert_eq!(role.status, Some(1), "{role:?}");
    assert!(role.stderr.contains("OP"), "{role:?}");
    // What was refused and who failed to log in is in the log.
    let log = demo.json("auditor", &["log", "list", "--limit", "50"]);
    let logged = |action: &str| {
        log.as_array()
            .unwrap()
            .iter()
            .any(|entry| entry["action"] == action)
    };
    assert!(logged("DITOLAK_ATURAN") && logged("LOGIN_GAGAL"), "{log:#}");
}

#[test]
fn a_reader_who_has_gone_is_no_fault() {
    let demo = demo();
    for line in [["log", "export"], ["cert", "list"]] {
        let (reader, output) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = demo.ams_as("auditor");
        let ran = command.args(line).stdout(output).output().unwrap();
        let said = String::from_utf8_lossy(&ran.stderr);
        assert!(ran.status.success(), "{line:?}: {said}");
        assert_eq!(said, "", "{line:?}");
    }
}

#[test]
fn a_filing_that_is_refused_leaves_no_draft_behind() {
    let demo = demo();
    let [owner, serial] = ["owner", "serial"].map(|key| {
        let all = demo.json("op", &["cert", "list", "--status", "active"]);
        let free = all
            .as_array()
            .unwrap()
            .iter()
            .find(|c| c["owner"].is_string() && c["open_request"].is_null())
            .unwrap();
        free[key].as_str().unwrap().to_owned()
    });
    let drafts = || demo.json("op", &["request", "list", "--state", "draf"]);
    let before = drafts();
    let new = |rest: &[&str]| {
        let named = ["request", "new", "--owner", &owner, "--serial", &serial];
        demo.run("op", &[&named[..], rest].concat())
    };
    let no_word = new(&["--reason", "ngawur"]);
    assert_eq!(no_word.status, Some(2), "{no_word:?}");
    assert!(
        no_word.stderr.contains("ngawur") && no_word.stderr.contains("kompromi-kunci"),
        "{no_word:?}"
    );
    // Neither urgent, nor with a letter.
    let no_letter = new(&["--reason", "mutasi"]);
    assert_eq!(no_letter.status, Some(1), "{no_letter:?}");
    let half = new(&["--reason", "penangguhan", "mutasi", "--draft"]);
    assert_eq!(half.status, Some(1), "{half:?}");
    assert_eq!(drafts(), before);
    let taken = new(&["--reason", "mutasi", "--draft"]);
    assert_eq!(taken.status, Some(0), "{taken:?}");
    assert_ne!(drafts(), before);
}

#[test]
fn help_is_a_command_too_and_names_the_words_that_may_be_written() {
    let all = without_terminal(&["help"]);
    assert_eq!(all.status, Some(0), "{all:?}");
    assert!(all.text().contains("demo"), "{all:?}");
    let one = without_terminal(&["help", "demo"]);
    assert_eq!(one.status, Some(0), "{one:?}");
    assert!(one.text().contains("--reset"), "{one:?}");
    for (line, word) in [
        (["request", "new"], "kompromi-kunci"),
        (["request", "new"], "YYYY-MM-DD"),
        (["request", "return"], "approval"),
        (["request", "reason"], "privilegeWithdrawn"),
        (["ca", "set"], "validity_hours"),
        (["cert", "confirm"], "Id, or part"),
    ] {
        let help = without_terminal(&[&line[..], &["--help"]].concat());
        assert!(help.text().contains(word), "{line:?} {word}: {help:?}");
    }
}
