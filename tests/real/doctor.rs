//! `ams doctor` on a sound desk, without one, and on desks where one thing was broken: that line changes, says what to
//! do, and the exit status is 1.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::program::{binary, demo};
use crate::smtp_server::{Mode, SmtpServer};
use crate::support::demo::{Demo, Ran, check_shape, run};
use crate::support::terminal::{Size, Terminal};

fn doctor(data: &Path, more: &[&str]) -> Ran {
    let mut command = Command::new("setsid");
    command
        .arg("--wait")
        .arg(binary())
        .arg("--data")
        .arg(data)
        .args(more)
        .arg("doctor")
        .env("LC_ALL", "C.UTF-8");
    run(&mut command, b"")
}

/// Status by check (the worst, where a check has several lines), and the exit status.
fn examined(data: &Path) -> (BTreeMap<String, String>, Option<i32>) {
    let ran = doctor(data, &["--json"]);
    let lines = ran.json();
    check_shape(&lines);
    let mut found = BTreeMap::new();
    let text = |line: &Value, name: &str| line[name].as_str().unwrap().to_owned();
    for line in lines.as_array().unwrap() {
        let status = text(line, "status");
        assert!(text(line, "seen").len() > 1, "{line}");
        // Whatever is wrong has its advice; what is well needs none.
        assert!(line.get("advice").is_some() || status != "action", "{line}");
        assert!(line.get("advice").is_none() || status != "ok", "{line}");
        let known: &mut String = found.entry(text(line, "check")).or_default();
        if known != "action" {
            *known = status;
        }
    }
    (found, ran.status)
}

/// What differs from a sound desk.
fn changes(data: &Path) -> (Vec<(String, String)>, Option<i32>) {
    let (found, status) = examined(data);
    let sound = |check: &str| match check {
        "socket" | "terminal" => "not_checked",
        _ => "ok",
    };
    let changed = found
        .into_iter()
        // What this machine is like, the test cannot know.
        .filter(|(check, _)| !["clock", "sshd", "disk"].contains(&&**check))
        .filter(|(check, status)| sound(check) != status)
        .collect();
    (changed, status)
}

fn only(check: &str, status: &str) -> Vec<(String, String)> {
    vec![(check.to_owned(), status.to_owned())]
}

#[test]
fn a_sound_desk_passes_and_without_one_the_rest_is_looked_at() {
    let demo = demo();
    let (changed, status) = changes(&demo.data());
    assert_eq!(changed, []);
    let (all, _) = examined(&demo.data());
    let broken = all.values().any(|status| status == "action");
    assert_eq!(status, Some(i32::from(broken)));
    let names = [
        "clock",
        "crl",
        "data-folder",
        "database",
        "disk",
        "letter-reader",
        "locale",
        "mail",
        "permissions",
        "signer",
        "socket",
        "sshd",
        "terminal",
    ];
    assert!(all.keys().eq(names), "{all:?}");
    for (lang, title, word) in [("id", "Pembaca surat", "ok"), ("en", "Letter reader", "ok")] {
        let ran = doctor(&demo.data(), &["--lang", lang]);
        let text = ran.text();
        let row = text.lines().find(|l| l.starts_with(title));
        assert!(row.is_some_and(|r| r.contains(word)), "{text}");
    }
    let nothing = demo.beside("nothing");
    let (found, _) = examined(&nothing);
    for check in ["data-folder", "permissions", "database", "crl", "mail"] {
        assert_eq!(found[check], "not_checked", "{check}");
    }
    assert_eq!(found["letter-reader"], "ok");
    assert_eq!(found["signer"], "ok");
    assert!(!nothing.exists(), "it makes nothing");
}

#[test]
fn a_folder_open_to_others_is_found_and_the_advice_closes_it() {
    let demo = demo();
    let open = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(demo.data(), open).unwrap();
    let (changed, status) = changes(&demo.data());
    assert_eq!((changed, status), (only("permissions", "action"), Some(1)));
    let ran = doctor(&demo.data(), &[]);
    let advice = format!("chmod -R go= {}", demo.data().display());
    assert!(ran.text().contains("perlu tindakan"), "{ran:?}");
    assert!(ran.text().contains(&advice), "{ran:?}");
    let mut words = advice.split_whitespace();
    let done = run(Command::new(words.next().unwrap()).args(words), b"");
    assert_eq!(done.status, Some(0));
    assert_eq!(changes(&demo.data()).0, []);
}

#[test]
fn a_mail_server_is_really_spoken_to() {
    let demo = demo();
    let set = |key: &str, value: &str| {
        demo.done("admin", &["config", "set", key, value]);
    };
    // A port that was free a moment ago.
    let closed = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    set("mail.host", "127.0.0.1");
    set("mail.port", &closed.to_string());
    set("mail.mode", "plain");
    let (changed, status) = changes(&demo.data());
    assert_eq!((changed, status), (only("mail", "action"), Some(1)));
    let text = doctor(&demo.data(), &[]).text();
    assert!(text.contains(&format!("127.0.0.1:{closed}")), "{text}");
    // Something listens there that is no mail server.
    let dumb = TcpListener::bind("127.0.0.1:0").unwrap();
    set("mail.port", &dumb.local_addr().unwrap().port().to_string());
    let answering = std::thread::spawn(move || {
        use std::io::Write;
        let (mut stream, _) = dumb.accept().unwrap();
        stream.write_all(b"SSH-2.0-bukan-surel\r\n").unwrap();
    });
    assert_eq!(changes(&demo.data()).0, only("mail", "action"));
    answering.join().unwrap();
    // A real one with STARTTLS and login: its certificate must verify and the password must be right; no mail goes.
    let Some(server) = SmtpServer::start(Mode::StartTls, true) else {
        return;
    };
    let root = demo.beside("root.pem");
    std::fs::write(&root, &server.root).unwrap();
    set("mail.host", "localhost");
    set("mail.port", &server.port.to_string());
    set("mail.mode", "starttls");
    assert_eq!(
        changes(&demo.data()).0,
        only("mail", "action"),
        "unknown root"
    );
    set("mail.ca_file", root.to_str().unwrap());
    set("mail.user", "ams");
    let password = |text: &str| {
        let ran = demo.run_with(
            "admin",
            &["config", "set", "mail.password", "-"],
            text.as_bytes(),
        );
        assert_eq!(ran.status, Some(0), "{ran:?}");
    };
    password("salah\n");
    assert_eq!(
        changes(&demo.data()).0,
        only("mail", "action"),
        "wrong password"
    );
    password("sandi-uji\n");
    assert_eq!(
        changes(&demo.data()).0,
        [],
        "{:?}",
        doctor(&demo.data(), &[])
    );
    let events = server.stop();
    assert!(
        events.iter().any(|event| event["event"] == "login"),
        "{events:?}"
    );
    assert!(
        events.iter().all(|event| event["event"] != "mail"),
        "{events:?}"
    );
}

#[test]
fn a_crl_past_its_end_is_found() {
    let demo = Demo::make(binary(), &["--now", "2026-06-01T08:00:00+07:00"]);
    let (changed, status) = changes(&demo.data());
    assert_eq!((changed, status), (only("crl", "action"), Some(1)));
    let text = doctor(&demo.data(), &[]).text();
    assert!(
        text.contains("LEWAT") && text.contains("ams crl issue"),
        "{text}"
    );
    demo.done("op", &["crl", "issue"]);
    assert_eq!(changes(&demo.data()).0, []);
}

#[test]
fn a_running_desk_is_asked_for_the_lines_that_only_it_can_say() {
    let demo = demo();
    let mut desk = demo
        .ams()
        .arg("serve")
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut heard = std::io::BufReader::new(desk.stderr.take().unwrap());
    let mut line = String::new();
    std::io::BufRead::read_line(&mut heard, &mut line).unwrap();
    assert!(line.contains(".sock"), "{line}");
    let (found, status) = examined(&demo.data());
    assert_eq!(found["socket"], "ok", "{found:?}");
    for check in ["database", "crl", "mail"] {
        assert_eq!(found[check], "ok", "{found:?}");
    }
    assert_eq!(found["permissions"], "ok", "{found:?}");
    assert_eq!(status == Some(1), found.values().any(|s| s == "action"));
    rustix::process::kill_process(
        rustix::process::Pid::from_child(&desk),
        rustix::process::Signal::TERM,
    )
    .unwrap();
    assert!(desk.wait().unwrap().success());
}

#[test]
fn a_terminal_that_shows_nothing_and_a_locale_without_utf8_are_named() {
    let demo = demo();
    let mut command = demo.ams();
    command.arg("doctor");
    let size = Size::new(150, 40);
    let good = Terminal::start(&command, size, &[("COLORTERM", "truecolor")]);
    good.wait_exit();
    let text = good.screen_text();
    assert!(
        text.contains("TERM=xterm-256color, COLORTERM=truecolor"),
        "{text}"
    );
    let bad = Terminal::start(&command, size, &[("TERM", "dumb"), ("LANG", "C")]);
    assert_eq!(bad.wait_exit().status, 1);
    let text = bad.screen_text();
    for words in [
        "TERM=dumb",
        "export TERM=",
        "bukan UTF-8",
        "export LANG=C.UTF-8",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
}
