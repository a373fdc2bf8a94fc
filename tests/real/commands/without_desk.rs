//! Files that anybody can judge without a desk: letters, CRLs, exports of the log and receipts.

use std::process::Command;

use serde_json::Value;

use super::{is_clean, without_terminal};
use crate::program::{binary, demo};
use crate::support::demo::{check_shape, run};
use crate::support::letters::letter_file;

#[test]
fn a_letter_is_inspected_without_a_desk() {
    for (name, status) in [
        ("lupa-passphrase.pdf", 0),
        ("kehilangan-foto.jpg", 0),
        ("terkunci.pdf", 1),
    ] {
        let file = letter_file(name);
        let ran = without_terminal(&["--json", "letter", "inspect", &file]);
        assert_eq!(ran.status, Some(status), "{name}: {ran:?}");
        assert!(is_clean(&ran), "{name}");
        if status == 0 {
            check_shape(&ran.json());
        }
    }
    let gone = without_terminal(&["letter", "inspect", "/nonexistent/surat.pdf"]);
    assert_eq!(gone.status, Some(3), "{gone:?}");
}

#[test]
fn crl_files_are_shown_checked_and_compared_without_a_desk() {
    let demo = demo();
    let history = demo.json("op", &["crl", "list"]);
    let path = |row: &Value| row["path"].as_str().unwrap().to_owned();
    let rows = history.as_array().unwrap();
    let (newest, oldest) = (path(&rows[0]), path(&rows[rows.len() - 1]));
    let ca = demo.ca_cert.display().to_string();
    let shown = without_terminal(&["--json", "crl", "show", &newest]);
    let entries = shown.json()["entries"].as_u64().unwrap();
    assert_eq!(
        shown.json()["revoked"].as_array().unwrap().len() as u64,
        entries
    );
    let checked = without_terminal(&["crl", "check", "--issuer-cert", &ca, &newest]);
    assert_eq!(checked.status, Some(0), "{checked:?}");
    let compared = without_terminal(&["--json", "crl", "diff", &oldest, &newest]);
    let difference = compared.json();
    check_shape(&difference);
    let before = rows[rows.len() - 1]["entries"].as_u64().unwrap();
    let added = difference["added"].as_array().unwrap().len() as u64;
    let removed = difference["removed"].as_array().unwrap().len() as u64;
    assert_eq!(before + added - removed, entries);
    // One flipped bit of the signature.
    let mut octets = std::fs::read(&newest).unwrap();
    *octets.last_mut().unwrap() ^= 1;
    let broken = demo.beside("broken.crl");
    std::fs::write(&broken, octets).unwrap();
    let broken = broken.display().to_string();
    let found = without_terminal(&["crl", "check", "--issuer-cert", &ca, &broken]);
    assert_eq!(found.status, Some(1), "{found:?}");
    let unsigned = without_terminal(&["crl", "check", &broken]);
    assert_eq!(
        unsigned.status,
        Some(0),
        "without the issuer it is not checked: {unsigned:?}"
    );
    let number = rows[0]["crl_number"].to_string();
    demo.done("op", &["crl", "check", &number]);
    let standard = run(
        Command::new(binary()).args(["crl", "show", "-"]),
        &std::fs::read(&newest).unwrap(),
    );
    assert_eq!(standard.status, Some(0), "{standard:?}");
}

#[test]
fn an_export_and_a_receipt_are_verified_with_the_public_key_alone() {
    let demo = demo();
    let key = demo.json("auditor", &["log", "verify"])["public_key"]
        .as_str()
        .unwrap()
        .to_owned();
    let key_file = demo.beside("log.pub");
    std::fs::write(&key_file, &key).unwrap();
    let key_file = key_file.display().to_string();
    let export = demo.done("auditor", &["log", "export"]).stdout;
    let verify = |octets: &[u8]| {
        run(
            Command::new(binary()).args([
                "--json",
                "log",
                "verify",
                "--public-key",
                &key_file,
                "-",
            ]),
            octets,
        )
    };
    let sound = verify(&export);
    assert_eq!(
        (sound.status, &sound.json()["sound"]),
        (Some(0), &true.into())
    );
    let text = String::from_utf8(export).unwrap();
    let changed = verify(text.replacen("\"DICABUT\"", "\"DITOLAK\"", 1).as_bytes());
    assert_eq!(changed.status, Some(1), "{changed:?}");
    check_shape(&changed.json());
    let cut: String = text.lines().take(20).map(|l| format!("{l}\n")).collect();
    assert_eq!(verify(cut.as_bytes()).status, Some(1));
    let requests = demo.json("op", &["request", "list", "--state", "selesai"]);
    let number = requests[0]["number"].as_str().unwrap();
    let receipt = demo.done("op", &["log", "prove", number]).text();
    assert_eq!(verify(receipt.as_bytes()).status, Some(0));
    let forged = receipt.replacen("DICABUT", "DITOLAK", 1);
    let found = verify(forged.as_bytes());
    assert_eq!(found.status, Some(1), "{found:?}");
}
