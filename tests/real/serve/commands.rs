//! Commands that the desk process runs for others: bytes both ways, their own end, letters from another computer.

use std::io::Write;
use std::process::{Command, Stdio};

use super::{office, screen};
use crate::support::demo::run;
use crate::support::form::{code_in, code_shown, walk_to_letter};
use crate::support::letters::letter;

#[test]
fn commands_stream_both_ways_and_end_with_their_own_status() {
    let office = office();
    let demo = &office.demo;
    let [serial] = &demo.free_serials();
    let filed = demo.filed(serial);
    let number = filed["number"].as_str().unwrap();
    let got = demo.done("pemohon", &["letter", "get", number]);
    assert!(
        got.stdout == letter("lupa-passphrase.pdf"),
        "octet by octet"
    );
    let out = demo.beside("form.pdf");
    let out = out.to_str().unwrap();
    demo.done(
        "pemohon",
        &["letter", "form", "--serial", serial, "-o", out],
    );
    assert!(std::fs::read(out).unwrap().starts_with(b"%PDF-"));
    let export = demo.done("auditor", &["log", "export"]).text();
    assert!(export.lines().count() > 1000);
    let refused = demo.run("op", &["request", "acknowledge", number]);
    assert_eq!(refused.status, Some(1), "{refused:?}");
    let unknown = demo.run("op", &["request", "show", "PC-2026-999999"]);
    assert_eq!(unknown.status, Some(1), "{unknown:?}");
    let missing = demo.run("admin", &["cert", "import", "/nowhere/at/all.pem"]);
    assert_eq!(missing.status, Some(3), "{missing:?}");
    assert!(
        missing.stderr.contains("/nowhere/at/all.pem"),
        "{missing:?}"
    );
    assert!(office.serving.stop().success());
}

#[test]
fn a_reader_who_goes_ends_the_command_and_not_the_desk() {
    let office = office();
    let demo = &office.demo;
    let command = demo.ams_as("auditor");
    let mut pipe = Command::new("bash");
    pipe.args(["-c", r#""$0" "$@" | head -n 1; echo "${PIPESTATUS[0]}""#])
        .arg(command.get_program())
        .args(command.get_args())
        .args(["log", "export"]);
    let ran = run(&mut pipe, b"");
    assert_eq!(ran.text().lines().nth(1), Some("0"), "{ran:?}");
    assert!(ran.stderr.is_empty(), "{ran:?}");
    demo.done("op", &["request", "list"]);
}

#[test]
fn a_letter_from_another_computer_comes_in_under_the_code_that_the_form_shows() {
    let office = office();
    let demo = &office.demo;
    let terminal = screen(demo, "pemohon");
    walk_to_letter(&terminal, &demo.free_serials::<1>()[0]);
    let code = code_shown(&terminal);
    let put = |code: &str, octets: &[u8]| {
        let mut command = demo.ams();
        command.args(["letter", "put", code]);
        run(&mut command, octets)
    };
    // Wrong ones are refused at once, here and in the form.
    let wrong = put(if code == "2222" { "3333" } else { "2222" }, b"%PDF-1.7");
    assert_eq!(wrong.status, Some(1), "{wrong:?}");
    let word = put(&code, b"PK\x03\x04 word/document.xml");
    assert_eq!(word.status, Some(1), "{word:?}");
    terminal.wait_for("Word");
    let large = put(
        &code,
        &[b"%PDF-1.7\n".as_slice(), &vec![b' '; 2 << 20]].concat(),
    );
    assert_eq!(large.status, Some(1), "{large:?}");
    terminal.wait_for("MB");
    // It comes in portions, and the form shows how far it is.
    let letter = letter("lupa-passphrase.pdf");
    let mut sending = demo
        .ams()
        .args(["letter", "put", &code.to_lowercase()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut pipe = sending.stdin.take().unwrap();
    pipe.write_all(&letter[..10_000]).unwrap();
    terminal.wait_for("Surat sedang masuk");
    pipe.write_all(&letter[10_000..]).unwrap();
    drop(pipe);
    let sent = sending.wait_with_output().unwrap();
    assert!(sent.status.success(), "{sent:?}");
    terminal.wait_for("v1");
    terminal.wait_without("Surat sedang masuk");
    // The code is spent; the form shows another.
    terminal.wait_until("another code", |screen| code_in(&screen.contents()) != code);
    assert_eq!(put(&code, &letter).status, Some(1));
}
