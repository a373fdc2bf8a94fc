//! Suspension, batches and certificates over one key by commands, as an operator types them.

use serde_json::Value;

use crate::program::demo;
use crate::support::demo::{Demo, Ran, check_shape};

fn text(value: &Value) -> String {
    value.as_str().expect("text").to_owned()
}

fn last_four(serial: &str) -> &str {
    &serial[serial.len() - 4..]
}

fn status(demo: &Demo, serial: &str) -> String {
    text(&demo.json("op", &["cert", "show", serial])["status"])
}

fn english<'a>(arguments: &[&'a str]) -> Vec<&'a str> {
    [&["--lang", "en"], arguments].concat()
}

fn says(ran: &Ran, status: i32, words: &str) {
    assert_eq!(ran.status, Some(status), "{ran:?}");
    assert!(ran.stderr.contains(words), "{words:?} in {ran:?}");
}

#[test]
fn a_certificate_is_suspended_and_released_by_commands() {
    let demo = demo();
    let [serial, _]: [String; 2] = demo.free_serials();
    let digits = last_four(&serial);
    let hold = ["cert", "hold", &serial, "--confirm", digits];
    says(
        &demo.run("op", &english(&hold)),
        1,
        "switched off by policy",
    );
    demo.done("admin", &["config", "set", "policy.allow_hold", "on"]);
    let wrong = ["cert", "hold", &serial, "--confirm", "zzzz"];
    says(&demo.run("op", &english(&wrong)), 1, "last four");
    let own = demo.run("pemohon", &english(&hold));
    says(&own, 1, "role");
    let held = demo.json("op", &hold);
    assert_eq!(held["status"], "held", "{held}");
    says(&demo.run("op", &english(&hold)), 1, "suspended already");
    let shown = demo.json("op", &["cert", "show", &serial]);
    assert_eq!(shown["revocation"]["reason"], "certificateHold", "{shown}");
    assert!(shown["revocation"]["crl_number"].is_u64(), "{shown}");
    let mails = demo.json("op", &["mail", "list"]);
    let kinds: Vec<_> = mails
        .as_array()
        .unwrap()
        .iter()
        .map(|m| &m["kind"])
        .collect();
    assert!(kinds.iter().any(|kind| *kind == "suspended"), "{kinds:?}");

    demo.done("admin", &["config", "set", "policy.four_eyes", "always"]);
    let release = ["cert", "release", &serial, "--confirm", digits];
    says(&demo.run("op", &english(&release)), 1, "second officer");
    demo.done("op2", &[&release[..], &["--approve"]].concat());
    says(
        &demo.run("op2", &english(&release)),
        1,
        "cannot carry it out",
    );
    demo.done("op", &release);
    assert_eq!(status(&demo, &serial), "active");
    demo.done("auditor", &["check"]);
}

#[test]
fn a_batch_is_tried_confirmed_by_its_count_and_given_again() {
    let demo = demo();
    let serials: [String; 3] = demo.free_serials();
    let first = demo.matched(&serials[0]);
    let second = demo.matched(&serials[1]);
    let csv = format!(
        "number;serial\n{first};{}\n;{}\n{first};{}\nPC-9;1234\n;{}\n",
        last_four(&serials[0]),
        serials[1],
        serials[0],
        serials[2],
    );
    let file = demo.beside("cabut.csv");
    std::fs::write(&file, &csv).unwrap();
    let file = file.to_str().unwrap();
    let result = demo.beside("hasil.csv");
    let result = result.to_str().unwrap();
    let batch = ["request", "batch", "revoke", "--file", file];

    let tried = demo.run("op", &[&["--json"], &batch[..]].concat());
    assert_eq!(tried.status, Some(1), "{tried:?}");
    check_shape(&tried.json());
    let rows = tried.json();
    let fields = |name: &str| -> Vec<String> {
        let rows = rows.as_array().unwrap().iter();
        rows.map(|row| row[name].as_str().unwrap_or("").to_owned())
            .collect()
    };
    assert_eq!(
        fields("result"),
        ["possible", "possible", "broken", "broken", "broken"]
    );
    assert_eq!(
        fields("rule"),
        ["", "", "repeated", "number_form", "no_request"]
    );
    assert_eq!(rows[3]["line"], 5);
    assert!(tried.stderr.contains("--confirm 2"), "{}", tried.stderr);
    assert_eq!(status(&demo, &serials[0]), "active");

    // Without the count, or with another, nothing is done.
    let without = demo.run("op", &[&batch[..], &["--apply"]].concat());
    assert_eq!(without.status, Some(2), "{without:?}");
    let other = demo.run("op", &[&batch[..], &["--apply", "--confirm", "3"]].concat());
    says(&other, 1, "");
    assert_eq!(status(&demo, &serials[0]), "active");

    let apply = [
        &batch[..],
        &["--apply", "--confirm", "2", "--result", result],
    ]
    .concat();
    let applied = demo.run("op", &apply);
    assert_eq!(applied.status, Some(1), "the broken rows: {applied:?}");
    for serial in &serials[..2] {
        assert_eq!(status(&demo, serial), "revoked");
    }
    assert_eq!(status(&demo, &serials[2]), "active");
    let written = std::fs::read_to_string(result).unwrap();
    let lines: Vec<&str> = written.lines().collect();
    assert_eq!(lines.len(), 6, "{written}");
    assert!(lines[1].contains(",done,revoke,"), "{written}");
    assert!(lines[4].starts_with("5,,"), "{written}");
    let state = demo.json("op", &["request", "show", &second])["state"].clone();
    assert!(state == "diberitahukan" || state == "dicabut", "{state}");

    // Given again, from standard input, the table as CSV in the place of the file.
    let again = ["request", "batch", "revoke", "--file", "-", "--result", "-"];
    let again = [&again[..], &["--apply", "--confirm", "2"]].concat();
    let ran = demo.run_with("op", &again, csv.as_bytes());
    assert_eq!(ran.text().matches(",already,").count(), 2, "{ran:?}");
    demo.done("auditor", &["check"]);
}

#[test]
fn certificates_over_a_compromised_key_are_named_and_filed_for() {
    let demo = demo();
    let certificates = demo.json("pemohon", &["cert", "list", "--owner", "pemohon"]);
    let filed = certificates.as_array().unwrap().iter().find_map(|row| {
        let serial = text(&row["serial"]);
        let new = ["request", "new", "--owner", "pemohon", "--serial", &serial];
        let more = ["--reason", "kompromi-kunci", "--letter-follows"];
        let free = row["status"] == "active" && row.get("open_request").is_none();
        let filed = free.then(|| demo.json("pemohon", &[&new[..], &more].concat()))?;
        filed.get("shares_key").is_some().then_some(filed)
    });
    let filed = filed.expect("two certificates of the demo share a key");
    check_shape(&filed);
    let number = text(&filed["number"]);
    let other = text(&filed["shares_key"][0]["serial"]);
    assert_eq!(filed["shares_key"][0]["filed"], false, "{filed}");
    let shown = demo.json("op", &["request", "show", &number]);
    assert_eq!(shown["shares_key"][0]["serial"], other.as_str(), "{shown}");

    let shared = demo.json("pemohon", &["request", "shared", &number, "--file"]);
    check_shape(&shared);
    assert_eq!(shared[0]["filed"], true, "{shared}");
    let second = text(&shared[0]["request"]);
    let request = demo.json("op", &["request", "show", &second]);
    assert_eq!(request["state"], "diajukan", "{request}");
    assert_eq!(request["serial"], other.as_str());
    assert_eq!(request["reason_code"], "keyCompromise");
    // Nothing is filed twice.
    let again = demo.run("pemohon", &["request", "shared", &number, "--file"]);
    assert_eq!(again.status, Some(1), "{again:?}");
    assert_eq!(status(&demo, &other), "active");
}
