//! What opens things: passwords, passphrases, sealed settings, and a unix user who needs none to read.

use std::time::Duration;

use ams::desk::folder::DataFolder;
use ams::desk::{Clock, Desk, Environment, FixedClock, SystemClock};
use ams::domain::instant::HOUR;

use super::{authority, without_terminal};
use crate::program::{binary, demo};
use crate::support::demo::run;
use crate::support::new_desk::NewDesk;
use crate::support::peer::Peer;

#[test]
fn a_password_on_standard_input_is_its_first_line() {
    let demo = demo();
    let mut command = demo.ams();
    command.args(["--user", "op", "--password-file", "-", "crl", "list"]);
    let input = format!("{}\r\nlebih\n", demo.password("op"));
    let ran = run(&mut command, input.as_bytes());
    assert_eq!(ran.status, Some(0), "{ran:?}");
    assert!(ran.text().starts_with("Nomor CRL"), "{ran:?}");
}

#[test]
fn a_secret_setting_is_sealed_and_never_shown() {
    let demo = demo();
    let secret = "kata-sandi-smtp-rahasia";
    let set = ["config", "set", "mail.password", "-"];
    let ran = demo.run_with("admin", &set, secret.as_bytes());
    assert_eq!(ran.status, Some(0), "{ran:?}");
    let shown = demo
        .done("admin", &["config", "get", "mail.password"])
        .text();
    assert!(shown.contains("••••") && !shown.contains(secret));
    let database = std::fs::read(demo.data().join("ams.redb")).unwrap();
    let found = database
        .windows(secret.len())
        .any(|window| window == secret.as_bytes());
    assert!(!found, "the secret lies in the database");
    demo.done("admin", &["config", "set", "desk.zone", "WIT"]);
    assert_eq!(
        demo.json("admin", &["config", "get", "desk.zone"])["value"],
        "WIT"
    );
    for (key, value) in [
        ("desk.zone", "MARS"),
        ("desk.nothing", "1"),
        ("crl.validity_hours", "999"),
    ] {
        let ran = demo.run("admin", &["config", "set", key, value]);
        assert_eq!(ran.status, Some(1), "{key}: {ran:?}");
    }
    let log = demo
        .json("auditor", &["log", "list", "--limit", "40"])
        .to_string();
    assert!(log.contains("PENGATURAN_DIUBAH") && !log.contains(secret) && !log.contains("WIT"));
}

#[test]
fn an_encrypted_key_goes_in_locked_and_is_opened_with_its_passphrase() {
    let desk = NewDesk::make(binary());
    let authority = authority();
    let ca = desk.write("ca.pem", authority.certificate());
    let clear = desk.write("clear.key", authority.key());
    let Some(mut openssl) = Peer::OpenSsl.command() else {
        return;
    };
    let locked = desk.path("locked.key");
    let made = openssl
        .args([
            "pkcs8",
            "-topk8",
            "-v2",
            "aes-256-cbc",
            "-passout",
            "pass:frasa sandi ca",
        ])
        .args(["-in", &clear, "-out", &locked])
        .status()
        .unwrap();
    assert!(made.success());
    let added = desk.run(
        "admin",
        &["--json", "ca", "add", "--cert", &ca, "--key", &locked],
    );
    assert_eq!(
        (added.status, &added.json()["key"]),
        (Some(0), &"locked".into()),
        "{added:?}"
    );
    let issue = desk.run("admin", &["crl", "issue"]);
    assert_eq!(issue.status, Some(3), "{issue:?}");
    assert!(issue.stderr.contains("ams ca unlock"), "{issue:?}");
    let wrong = desk.write("wrong", "bukan ini");
    let refused = desk.run("admin", &["ca", "unlock", "--passphrase-file", &wrong]);
    assert_eq!(refused.status, Some(1), "{refused:?}");
    let right = desk.write("right", "frasa sandi ca\n");
    let opened = desk.run(
        "admin",
        &["--json", "ca", "unlock", "--passphrase-file", &right],
    );
    assert_eq!(opened.json()["key"], "open", "{opened:?}");
    // What waited for the key was published before the command ended.
    let list = desk.run("admin", &["--json", "crl", "list"]);
    assert_eq!(list.json().as_array().unwrap().len(), 1, "{list:?}");
}

#[test]
fn a_bound_unix_user_reads_without_a_password_and_changes_nothing_without_it() {
    let demo = demo();
    let uid = std::os::unix::fs::MetadataExt::uid(&std::fs::metadata(demo.data()).unwrap());
    let bound = demo.json("admin", &["account", "bind", "op", &uid.to_string()]);
    assert!(bound["effective_at"].is_string(), "{bound:#}");
    let data = demo.data().display().to_string();
    let list = ["--data", &data, "--json", "request", "list"];
    assert_eq!(without_terminal(&list).status, Some(2), "it waits a day");
    {
        // A day later.
        let mut environment = Environment::real().unwrap();
        environment.clock = std::sync::Arc::new(FixedClock::new(SystemClock.now().plus(25 * HOUR)));
        let desk = Desk::open(DataFolder::open(&demo.data()).unwrap(), environment).unwrap();
        desk.drain(Duration::from_secs(30)).unwrap();
    }
    let read = without_terminal(&list);
    assert_eq!(read.status, Some(0), "{read:?}");
    let number = read.json()[0]["number"].as_str().unwrap().to_owned();
    let claim = without_terminal(&["--data", &data, "request", "claim", &number]);
    assert_eq!(claim.status, Some(2), "{claim:?}");
    assert!(claim.stderr.contains("--password-file"), "{claim:?}");
    let other = without_terminal(&["--data", &data, "--user", "admin", "ca", "list"]);
    assert_eq!(other.status, Some(2), "bound to another account: {other:?}");
}
