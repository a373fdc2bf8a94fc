//! The command contract on the real binary: exit statuses, words, JSON shapes, streams, and what outsiders put into
//! names and files. The procedure itself by commands is in `flow`.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use ams::desk::folder::DataFolder;
use ams::desk::{Clock, Desk, Environment, FixedClock, SystemClock};
use ams::domain::instant::{DAY, HOUR};
use ams::domain::{Serial, Timestamp};
use ams::pki::demo_ca::{DemoCa, DemoCertificate, DemoSubject, certificate_pem};
use serde_json::Value;

use crate::support::demo::{Demo, Ran, check_shape, run};
use crate::support::new_desk::NewDesk;

fn binary() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_ams"))
}

fn demo() -> Demo {
    Demo::make(binary(), &[])
}

fn without_terminal(arguments: &[&str]) -> Ran {
    crate::support::demo::without_terminal(binary(), arguments)
}

fn letter(name: &str) -> String {
    format!("{}/tests/letters/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn is_clean(ran: &Ran) -> bool {
    let text = format!("{}{}", ran.text(), ran.stderr);
    !text.contains("panicked") && !text.contains(['\u{1b}', '\u{9b}', '\u{202e}', '\u{7}'])
}

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
        ("op", vec!["request", "show", "nomor"]),
        ("op", vec!["cert", "show", "xyz"]),
        ("op", vec!["report", "sop", "--month", "november"]),
        ("op", vec!["mail", "show", "1"]),
        ("op", vec!["request", "list", "--state", "menunggu"]),
        ("op", vec!["request", "list", "--filter", "warna:merah"]),
        ("admin", vec!["config", "set", "mail.password", "rahasia"]),
        ("op", vec!["log", "verify", "export.jsonl"]),
    ] {
        let ran = demo.run(user, &line);
        let want = if line[..2] == ["request", "show"] {
            1
        } else {
            2
        };
        assert_eq!(ran.status, Some(want), "{line:?}: {ran:?}");
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
fn the_digits_that_screens_and_mails_show_name_a_certificate() {
    let demo = demo();
    let listed = demo.json("op", &["cert", "list", "--filter", "status:aktif"]);
    let listed = listed.as_array().unwrap();
    let serials: Vec<&str> = listed.iter().filter_map(|c| c["serial"].as_str()).collect();
    let serial = serials[0];
    let tail = &serial[serial.len() - 8..];
    for named in [tail, &serial[..8], &format!("…{tail}"), serial] {
        let shown = demo.json("op", &["cert", "show", named]);
        assert_eq!(shown["serial"], serial, "{named}");
        let found = demo.json("op", &["cert", "list", "--filter", named]);
        assert_eq!(found[0]["serial"], serial, "{named}");
    }
    // Nobody else's certificate is found by a part of its serial, and three digits are no name.
    let listed = demo.json("pemohon", &["cert", "list"]);
    let own: Vec<&str> = listed
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|c| c["serial"].as_str())
        .collect();
    let other = serials.iter().find(|s| !own.contains(s)).unwrap();
    for named in [&other[other.len() - 8..], &tail[5..]] {
        let ran = demo.run("pemohon", &["cert", "show", named]);
        assert_eq!(ran.status, Some(1), "{named}: {ran:?}");
    }
    let form = demo.beside("form.pdf");
    let last_four = &own[0][own[0].len() - 4..];
    demo.done(
        "pemohon",
        &[
            "letter",
            "form",
            "--serial",
            last_four,
            "-o",
            form.to_str().unwrap(),
        ],
    );
    // In English the words and fields are English.
    let states = demo.json(
        "op",
        &[
            "--lang",
            "en",
            "request",
            "list",
            "--filter",
            "status:submitted",
        ],
    );
    assert!(!states.as_array().unwrap().is_empty());
    let ran = demo.run(
        "op",
        &["--lang", "en", "cert", "list", "--filter", "colour:red"],
    );
    assert_eq!(ran.status, Some(2), "{ran:?}");
    assert!(ran.stderr.contains("agency: status:"), "{ran:?}");
}

#[test]
fn a_part_that_several_serials_have_is_refused_with_them_named() {
    let desk = NewDesk::make(binary());
    let authority = Authority::new();
    let ca = desk.write("ca.pem", certificate_pem(authority.ca.certificate_der()));
    let key = desk.write("ca.key", &authority.key);
    let added = desk.run("admin", &["ca", "add", "--cert", &ca, "--key", &key]);
    assert_eq!(added.status, Some(0), "{added:?}");
    let serials = [
        "1dd485d7000a0001",
        "2bb485d71dd485d7",
        "5f3a1234",
        "12345f3a",
    ];
    let issue = |serial| authority.issue(serial, "Rina Contoh UJI", "rina@contoh.uji.example");
    let bundle = desk.write("bundle.pem", serials.map(issue).concat());
    let import = desk.run("admin", &["cert", "import", &bundle]);
    assert_eq!(import.status, Some(0), "{import:?}");
    let lines: [&[&str]; 3] = [
        &["cert", "show", "1dd485d7"],
        &["cert", "hold", "1dd485d7", "--confirm", "85d7"],
        &["cert", "release", "1dd485d7", "--confirm", "85d7"],
    ];
    for line in lines {
        let ran = desk.run("admin", line);
        assert_eq!(ran.status, Some(1), "{line:?}: {ran:?}");
        let named = serials[..2].iter().all(|s| ran.stderr.contains(s));
        assert!(named && !ran.stderr.contains("5f3a"), "{ran:?}");
    }
    let shown = |digits: &str| {
        let ran = desk.run("admin", &["--json", "cert", "show", digits]);
        assert_eq!(ran.status, Some(0), "{digits}: {ran:?}");
        ran.json()["serial"].as_str().unwrap().to_owned()
    };
    // Dots say on which side digits are left out, and a whole serial is no part of another.
    assert_eq!(shown("1dd485d7…"), serials[0]);
    assert_eq!(shown("*1dd485d7"), serials[1]);
    assert_eq!(shown("5f3a1234"), serials[2]);
    assert_eq!(shown("…5f3a"), serials[3]);
    for (digits, status) in [("5f3a", 1), ("d7…", 1), ("…5d7", 1), ("5f3g", 2)] {
        let ran = desk.run("admin", &["cert", "show", digits]);
        assert_eq!(ran.status, Some(status), "{digits}: {ran:?}");
    }
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
    let note = demo.data().join("desk.pid");
    let begun = Instant::now();
    while std::fs::read_to_string(&note).is_ok_and(|t| !t.ends_with('\n')) || !note.exists() {
        assert!(begun.elapsed() < Duration::from_secs(60), "no note");
        std::thread::yield_now();
    }
    let second = demo.run("op2", &["request", "list"]);
    assert_eq!(second.status, Some(3), "{second:?}");
    let pid = first.id().to_string();
    assert!(second.stderr.contains(&pid), "{pid}: {}", second.stderr);
    let reset = run(demo.ams().args(["demo", "--reset", "--no-open"]), b"");
    assert_eq!(reset.status, Some(3), "{reset:?}");
    let mut stdin = first.stdin.take().unwrap();
    writeln!(stdin, "{}", demo.password("op")).unwrap();
    drop(stdin);
    assert!(first.wait().unwrap().success());
    demo.done("op2", &["request", "list"]);
}

fn has(value: &Value, names: &[&str]) {
    for name in names {
        assert!(value.get(name).is_some(), "{name} in {value:#}");
    }
}

#[test]
fn json_has_the_names_of_the_contract_and_never_null() {
    let demo = demo();
    let list = |user: &str, line: &[&str]| {
        let value = demo.json(user, line);
        check_shape(&value);
        let rows = value
            .as_array()
            .unwrap_or_else(|| panic!("{line:?} is no array"));
        assert!(!rows.is_empty(), "{line:?} is empty");
        rows.clone()
    };
    for certificate in list("op", &["cert", "list"]) {
        has(
            &certificate,
            &["serial", "subject", "issuer", "status", "not_after"],
        );
    }
    let requests = list("auditor", &["request", "list"]);
    let names = ["state", "owner", "serial", "reasons", "urgent", "letters"];
    for request in &requests {
        has(request, &names);
        has(request, &["number", "submitted_at", "reason_code"]);
    }
    let told = requests
        .iter()
        .find(|r| r["state"] == "diberitahukan")
        .expect("one that was told");
    assert!(told["crl_number"].is_u64(), "{told:#}");
    let number = told["number"].as_str().unwrap();
    let whole = demo.json("op", &["request", "show", number]);
    check_shape(&whole);
    has(&whole, &names);
    assert!(whole["letters"][0]["sha256"].is_string());
    for crl in list("op", &["crl", "list"]) {
        has(
            &crl,
            &[
                "issuer",
                "kind",
                "entries",
                "this_update",
                "next_update",
                "path",
            ],
        );
        assert!(crl["crl_number"].is_u64());
    }
    for mail in list("op", &["mail", "list"]) {
        has(&mail, &["id", "to", "kind", "status", "attempts"]);
    }
    for (user, line) in [
        ("admin", vec!["account", "list"]),
        ("admin", vec!["config", "list"]),
        ("admin", vec!["ca", "list"]),
        ("auditor", vec!["log", "list", "--limit", "5"]),
        (
            "op",
            vec![
                "report",
                "sop",
                "--month",
                &whole["decided_at"].as_str().unwrap()[..7],
            ],
        ),
        ("op", vec!["letter", "show", number]),
    ] {
        list(user, &line);
    }
    for (user, line) in [
        ("admin", vec!["account", "show", "op"]),
        ("admin", vec!["config", "get", "desk.zone"]),
        ("auditor", vec!["log", "verify"]),
        ("auditor", vec!["log", "show", "1"]),
        ("auditor", vec!["check"]),
        ("op", vec!["crl", "show"]),
        (
            "op",
            vec!["cert", "show", whole["serial"].as_str().unwrap()],
        ),
        ("op", vec!["log", "prove", number]),
    ] {
        let value = demo.json(user, &line);
        assert!(value.is_object(), "{line:?}");
        check_shape(&value);
    }
    let account = demo.json("admin", &["account", "show", "op"]);
    assert_eq!(account["username"], "op", "not the one who asks");
}

#[test]
fn an_empty_list_is_an_empty_array() {
    let demo = demo();
    let held = demo.json("op", &["cert", "list", "--status", "held"]);
    assert_eq!(held, Value::Array(Vec::new()));
}

#[test]
fn a_refusal_names_the_rule_and_the_way_out_in_the_readers_language() {
    let demo = demo();
    let unknown = ["request", "show", "PC-1999-000001"];
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
fn a_letter_comes_out_as_it_went_in_and_a_form_is_a_pdf() {
    let demo = demo();
    let [serial] = &demo.free_serials();
    let sample = std::fs::read(letter("lupa-passphrase.pdf")).unwrap();
    let line = [
        "request",
        "new",
        "--owner",
        "pemohon",
        "--serial",
        serial,
        "--reason",
        "lupa-passphrase",
        "--letter",
        "-",
        "--draft",
    ];
    let draft = demo.run_with("pemohon", &[&["--json"], &line[..]].concat(), &sample);
    assert_eq!(draft.status, Some(0), "{draft:?}");
    let id = draft.json()["id"].as_str().unwrap().to_owned();
    // What is missing is named, and nothing is lost.
    let early = demo.run("pemohon", &["request", "submit", &id]);
    assert_eq!(early.status, Some(1), "{early:?}");
    // The same command with the rest goes on with the same draft.
    let file = letter("lupa-passphrase.pdf");
    let whole = [
        "request",
        "new",
        "--owner",
        "pemohon",
        "--serial",
        serial,
        "--reason",
        "lupa-passphrase",
        "--letter",
        &file,
        "--letter-number",
        "800/017/UJI/2026",
        "--letter-date",
        "2026-11-20",
        "--superior",
        "Atasan Uji",
        "--superior-nip",
        "196903151994031005",
    ];
    let filed = demo.json("pemohon", &whole);
    assert_eq!(
        (&filed["state"], &filed["id"]),
        (&"diajukan".into(), &id.as_str().into())
    );
    let number = filed["number"].as_str().unwrap();
    let back = demo.done("op", &["letter", "get", number]);
    assert_eq!(back.stdout, sample);
    let form = demo.beside("form.pdf");
    let form_name = form.to_str().unwrap();
    demo.done(
        "pemohon",
        &["letter", "form", "--serial", serial, "-o", form_name],
    );
    assert!(std::fs::read(&form).unwrap().starts_with(b"%PDF-"));
    demo.done("op", &["request", "claim", number]);
    demo.done(
        "op",
        &[
            "request",
            "return",
            number,
            "--item",
            "letter,nip",
            "--note",
            "kurang jelas",
        ],
    );
    let put = demo.run_with("pemohon", &["letter", "put", number], &sample);
    assert_eq!(put.status, Some(0), "{put:?}");
    let locked = std::fs::read(letter("terkunci.pdf")).unwrap();
    let refused = demo.run_with("pemohon", &["letter", "put", number], &locked);
    assert_eq!(refused.status, Some(1), "{refused:?}");
    assert!(refused.stderr.contains("terkunci dengan kata sandi"));
    let again = demo.json("pemohon", &["request", "submit", number]);
    assert_eq!(again["number"], number);
    assert_eq!(again["letters"].as_array().unwrap().len(), 3);
}

#[test]
fn a_letter_is_inspected_without_a_desk() {
    for (name, status) in [
        ("lupa-passphrase.pdf", 0),
        ("kehilangan-foto.jpg", 0),
        ("terkunci.pdf", 1),
    ] {
        let file = letter(name);
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

#[test]
fn a_reader_who_has_gone_is_no_fault() {
    let demo = demo();
    for line in [["log", "export"], ["cert", "list"]] {
        let password = demo.beside("password");
        std::fs::write(&password, demo.password("auditor")).unwrap();
        let mut child = demo
            .ams()
            .args(["--user", "auditor", "--password-file"])
            .arg(&password)
            .args(line)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let mut said = String::new();
        child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut said)
            .unwrap();
        assert!(child.wait().unwrap().success(), "{line:?}: {said}");
        assert_eq!(said, "", "{line:?}");
    }
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

/// A CA of its own with certificates for one owner.
struct Authority {
    ca: DemoCa,
    key: String,
    now: Timestamp,
}

impl Authority {
    fn new() -> Self {
        let now = SystemClock.now();
        let subject = DemoSubject {
            country: "ID".into(),
            common_name: "CA Perintah UJI".into(),
            ..DemoSubject::default()
        };
        let serial = Serial::parse("51").unwrap();
        let (ca, key) = DemoCa::create(&subject, &serial, now.plus(-DAY)).unwrap();
        let key = pem::encode(&pem::Pem::new("PRIVATE KEY", key.to_vec()));
        Self { ca, key, now }
    }

    fn issue(&self, serial: &str, name: &str, email: &str) -> String {
        let der = self
            .ca
            .issue(&DemoCertificate {
                subject: DemoSubject {
                    country: "ID".into(),
                    common_name: name.into(),
                    email: email.into(),
                    ..DemoSubject::default()
                },
                serial: Serial::parse(serial).unwrap(),
                not_before: self.now.plus(-HOUR),
                not_after: self.now.plus(100 * DAY),
                crl_uri: None,
            })
            .unwrap();
        certificate_pem(&der)
    }
}

#[test]
fn a_new_desk_takes_its_ca_people_and_certificates_and_names_what_it_refuses() {
    let desk = NewDesk::make(binary());
    let authority = Authority::new();
    let ca = desk.write("ca.pem", certificate_pem(authority.ca.certificate_der()));
    let key = desk.write("ca.key", &authority.key);
    let added = desk.run("admin", &["ca", "add", "--cert", &ca, "--key", &key]);
    assert_eq!(added.status, Some(0), "{added:?}");
    let email = "rina@contoh.uji.example";
    let person = [
        "--json",
        "account",
        "add",
        "rina",
        "--name",
        "Rina Contoh UJI",
        "--email",
        email,
        "--nip",
        "198704122010012003",
        "--role",
        "pemohon",
    ];
    let made = desk.run("admin", &person);
    assert_eq!(made.status, Some(0), "{made:?}");
    desk.change_password("rina", made.json()["password"].as_str().unwrap());
    // A broken one between two good ones, in one bundle.
    let bundle = [
        authority.issue("1001", "Rina Contoh UJI", email).as_bytes(),
        b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        authority
            .issue("1002", "Tanpa Akun UJI", "tak.ada@uji.example")
            .as_bytes(),
    ]
    .concat();
    let bundle = desk.write("bundle.pem", bundle);
    let dry = desk.run("admin", &["--json", "cert", "import", "--dry-run", &bundle]);
    assert_eq!(
        (dry.status, &dry.json()["added"]),
        (Some(1), &2.into()),
        "{dry:?}"
    );
    let import = desk.run("admin", &["--json", "cert", "import", &bundle]);
    let counts = import.json();
    check_shape(&counts);
    assert_eq!(import.status, Some(1));
    let expected = [
        ("read", 3),
        ("added", 2),
        ("without_owner", 1),
        ("refused", 1),
        ("known", 0),
    ];
    for (name, count) in expected {
        assert_eq!(counts[name], count, "{name}: {counts:#}");
    }
    assert_eq!(counts["refusals"][0]["index"], 1);
    // Again as a folder, which holds the CA's key and other things besides: a duplicate is no refusal.
    let folder = desk.path("issued");
    std::fs::create_dir_all(format!("{folder}/2026")).unwrap();
    let one = authority.issue("1001", "Rina Contoh UJI", email);
    std::fs::write(format!("{folder}/2026/rina.pem"), &one).unwrap();
    std::fs::write(format!("{folder}/README"), "bukan sertifikat").unwrap();
    let other = authority.issue("1003", "Rina Contoh UJI", email);
    std::fs::write(format!("{folder}/baru.pem"), &other).unwrap();
    let walked = desk.run("admin", &["--json", "cert", "import", &folder]);
    let counts = walked.json();
    // The same serial with other octets is refused: it is another certificate.
    assert_eq!(counts["refused_by"]["serial-taken"], 1, "{counts:#}");
    assert_eq!(counts["added"], 1, "{counts:#}");
    let own = desk.run("rina", &["--json", "cert", "list"]);
    let mine = own.json();
    let owners: Vec<&str> = mine
        .as_array()
        .unwrap()
        .iter()
        .map(|c| c["owner"].as_str().unwrap())
        .collect();
    assert_eq!(owners, ["rina", "rina"]);
    let csv = desk.write(
        "people.csv",
        "username,name,email,roles\nbudi,Budi Contoh UJI,budi@uji.example,pemohon\nx,,y,z\n",
    );
    let people = desk.run("admin", &["--json", "account", "import", &csv]);
    assert_eq!(people.status, Some(1), "{people:?}");
    assert_eq!(people.json()[0]["username"], "budi");
    assert!(people.json()[1]["problem"].is_string());
    let check = desk.run("admin", &["check"]);
    assert_eq!(check.status, Some(0), "{check:?}");
}

#[test]
fn an_encrypted_key_goes_in_locked_and_is_opened_with_its_passphrase() {
    let desk = NewDesk::make(binary());
    let authority = Authority::new();
    let ca = desk.write("ca.pem", certificate_pem(authority.ca.certificate_der()));
    let clear = desk.write("clear.key", &authority.key);
    let Some(mut openssl) = crate::support::peer::Peer::OpenSsl.command() else {
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
fn escape_characters_in_names_and_files_reach_no_terminal() {
    let desk = NewDesk::make(binary());
    let authority = Authority::new();
    let ca = desk.write("ca.pem", certificate_pem(authority.ca.certificate_der()));
    let label = "CA \u{1b}]0;judul\u{7}\u{202e}UJI";
    let added = desk.run("admin", &["ca", "add", "--cert", &ca, "--label", label]);
    assert_eq!(added.status, Some(0), "{added:?}");
    assert!(is_clean(&added), "{added:?}");
    let evil = authority.issue("2001", "Rina\u{1b}[2J", "rina@uji.example");
    let name = "a\u{1b}[2Jb\u{9b}31m.pem";
    let file = desk.write(name, evil);
    for json in [&["--json"][..], &[]] {
        let lines: [&[&str]; 5] = [
            &["cert", "import", &file],
            &["ca", "list"],
            &["letter", "inspect", &file],
            &["crl", "show", &file],
            &["account", "show", "\u{1b}[31mroot"],
        ];
        for line in lines {
            let ran = desk.run("admin", &[json, line].concat());
            assert!(is_clean(&ran), "{line:?}: {ran:?}");
            assert!(
                line[0] == "ca" || ran.status == Some(1),
                "{line:?}: {ran:?}"
            );
        }
    }
    let account = [
        "account",
        "add",
        "rina",
        "--name",
        "Rina\u{1b}[2J",
        "--email",
        "rina@uji.example",
        "--role",
        "pemohon",
    ];
    let refused = desk.run("admin", &account);
    assert_eq!(refused.status, Some(1), "{refused:?}");
    assert!(is_clean(&refused));
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

#[test]
fn a_demo_never_touches_a_real_desk_and_continues_its_own() {
    let desk = NewDesk::make(binary());
    let data = desk.path("desk");
    for more in [&["--reset"][..], &[]] {
        let line = [&["--data", &data, "demo", "--no-open"], more].concat();
        let ran = without_terminal(&line);
        assert_eq!(ran.status, Some(1), "{ran:?}");
        assert!(ran.stderr.contains("meja sungguhan"), "{ran:?}");
    }
    let occupied = desk.path("occupied");
    std::fs::create_dir(&occupied).unwrap();
    std::fs::write(format!("{occupied}/skripsi.txt"), "x").unwrap();
    let ran = without_terminal(&["--data", &occupied, "demo", "--reset", "--no-open"]);
    assert_eq!(ran.status, Some(1), "{ran:?}");
    assert!(Path::new(&format!("{occupied}/skripsi.txt")).exists());
    let demo = demo();
    let before = demo.json("admin", &["ca", "demo"]);
    let again = run(demo.ams().args(["--json", "demo", "--no-open"]), b"");
    check_shape(&again.json());
    let cas = demo.json("admin", &["ca", "list"]);
    assert!(
        cas.as_array()
            .unwrap()
            .iter()
            .any(|ca| ca["id"] == before["id"])
    );
}

#[test]
fn a_password_on_standard_input_is_its_first_line() {
    let demo = demo();
    let mut child = demo
        .ams()
        .args(["--user", "op", "--password-file", "-", "crl", "list"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    writeln!(stdin, "{}\r\nlebih", demo.password("op")).unwrap();
    drop(stdin);
    let head = BufReader::new(child.stdout.take().unwrap()).lines().next();
    assert!(head.unwrap().unwrap().starts_with("Nomor CRL"));
    child.wait().unwrap();
}
