//! Commands over SSH and through the socket by officers' unix users: what they may, with what, and what they never see.

use std::path::Path;
use std::process::Command;

use super::{AMS, assert_status};
use crate::support::demo::{Ran, run};
use crate::support::ssh::Site;
use crate::support::unix_users::UnixUser;

#[test]
fn commands_over_ssh_read_by_the_unix_user_and_change_by_the_password() {
    let Some(site) = Site::bound(AMS, &["op"]) else {
        return;
    };
    let [bound, stranger] = &site.users.officers;
    let listed = site.ssh(bound, "ams request list --json", b"");
    assert_status(&listed, 0);
    let listed = listed.json();
    assert_eq!(listed, site.demo.json("op", &["request", "list"]));
    let waiting = listed.as_array().unwrap();
    let waiting = waiting.iter().find(|r| r["state"] == "diajukan").unwrap();
    let number = waiting["number"].as_str().unwrap();

    // Nobody in particular reads nothing.
    assert_status(&site.ssh(stranger, "ams request list --json", b""), 2);
    // The unix user alone changes nothing, a wrong password neither.
    let claim = format!("ams request claim {number}");
    assert_status(&site.ssh(bound, &claim, b""), 2);
    let with_password = format!("ams --password-file - request claim {number}");
    assert_status(&site.ssh(bound, &with_password, b"bukan ini\n"), 1);
    let shown = site.demo.json("op", &["request", "show", number]);
    assert_eq!(shown["state"], "diajukan", "{shown}");
    let password = format!("{}\n", site.demo.password("op"));
    assert_status(&site.ssh(bound, &with_password, password.as_bytes()), 0);
    let shown = site.demo.json("op", &["request", "show", number]);
    assert_eq!(shown["claimed_by"], "op", "{shown}");

    // 1: a rule refuses it. 2: it cannot be meant so.
    let acknowledge = format!("ams --password-file - request acknowledge {number}");
    assert_status(&site.ssh(bound, &acknowledge, password.as_bytes()), 1);
    assert_status(&site.ssh(bound, "ams request", b""), 2);
    // Somebody without a binding says who he is.
    let named = "ams --user op --password-file - request list --json";
    assert_status(&site.ssh(stranger, named, password.as_bytes()), 0);
}

#[test]
fn what_a_command_prints_over_ssh_is_the_same_octets() {
    let Some(site) = Site::bound(AMS, &["op", "auditor"]) else {
        return;
    };
    let [officer, auditor] = &site.users.officers;
    let with_letter = site
        .demo
        .json("op", &["request", "list"])
        .as_array()
        .unwrap()
        .iter()
        .find(|r| r["letters"].as_array().is_some_and(|l| !l.is_empty()))
        .and_then(|r| r["number"].as_str().map(str::to_owned))
        .expect("a request with a letter");
    let here = site.demo.done("op", &["letter", "get", &with_letter]);
    let there = site.ssh(officer, &format!("ams letter get {with_letter}"), b"");
    assert_status(&there, 0);
    assert!(there.stdout == here.stdout && !here.stdout.is_empty());

    let export = site.ssh(auditor, "ams log export", b"");
    assert_status(&export, 0);
    assert!(export.text().lines().count() > 1000);
    // A copy that another person checks without the desk.
    let copy = site.folder().join("export.jsonl");
    std::fs::write(&copy, &export.stdout).unwrap();
    let mut verify = Command::new(site.binary());
    let verified = site.demo.json("auditor", &["log", "verify"]);
    let key = verified["public_key"].as_str().expect("the log's key");
    verify
        .args(["log", "verify", "--public-key", key])
        .arg(&copy);
    assert_status(&run(&mut verify, b""), 0);
}

/// What another program says of a path, run by that unix user.
fn as_user(unix: &UnixUser, program: &str, path: &Path) -> Ran {
    let mut command = Command::new(program);
    unix.runs(&mut command);
    run(command.arg(path), b"")
}

#[test]
fn an_officers_unix_user_works_and_reads_nothing_of_the_desks_folder() {
    let Some(site) = Site::bound(AMS, &["op"]) else {
        return;
    };
    let officer = &site.users.officers[0];
    let listed = run(site.local(officer).args(["--json", "request", "list"]), b"");
    assert_status(&listed, 0);

    let data = site.demo.data();
    assert_ne!(as_user(officer, "ls", &data).status, Some(0));
    let names = [
        "ams.redb",
        "desk.key",
        "demo.json",
        "DEMO",
        "desk.pid",
        "keys",
        "letters",
    ];
    for name in names.map(|name| data.join(name)) {
        assert!(name.exists(), "{}", name.display());
        let program = if name.is_dir() { "ls" } else { "cat" };
        let ran = as_user(officer, program, &name);
        assert_ne!(ran.status, Some(0), "{}", name.display());
        assert!(ran.stdout.is_empty(), "{}", name.display());
    }
    // Nor does the program open it for him, by name or by environment.
    let opened = |command: &mut Command| {
        officer.runs(command);
        let ran = run(command.current_dir(&officer.home), b"");
        assert_status(&ran, 3);
        assert!(ran.stdout.is_empty(), "{}", ran.text());
    };
    for words in [&["request", "list"][..], &["serve"], &["check"], &[]] {
        opened(
            Command::new(site.binary())
                .arg("--data")
                .arg(&data)
                .args(words),
        );
        opened(
            Command::new(site.binary())
                .env("AMS_DATA", &data)
                .args(words),
        );
    }
    site.demo.done("op", &["request", "list"]);
}

#[test]
fn without_a_desk_nothing_is_begun_over_ssh() {
    let Some(mut site) = Site::open(AMS, &[]) else {
        return;
    };
    site.kill_desk();
    let officer = &site.users.officers[0];
    let homes = || {
        let mut find = Command::new("find");
        run(
            find.arg(&officer.home)
                .arg(site.folder())
                .arg("-type")
                .arg("d"),
            b"",
        )
        .text()
    };
    let before = homes();
    for words in ["ams request list", "request list --json", "ams"] {
        let ran = site.ssh(officer, words, b"");
        assert_status(&ran, 3);
        assert!(
            ran.stderr.contains("tidak berjalan"),
            "{words}: {}",
            ran.stderr
        );
    }
    let screen = site.screen(officer);
    screen.wait_for("tidak berjalan");
    assert_eq!(screen.wait_exit().status, 3);
    assert_eq!(homes(), before);
}
