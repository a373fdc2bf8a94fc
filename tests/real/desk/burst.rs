//! A burst of revocations at the real program: `ams serve` as a process, one officer's batch over its socket and others
//! one by one while the list is being made. Few CRLs come of it, the first at once, and everybody is told once.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use ams::desk::{Clock, Intent, SystemClock};
use ams::domain::instant::{DAY, HOUR};
use ams::domain::request::RequesterKind;
use ams::domain::{CertificateKey, RequestId};
use ams::pki::demo_ca::certificate_pem;
use secrecy::ExposeSecret;

use super::fixture::{Office, SECOND, password_of};
use super::history::List;
use super::office::{STAFF, letter_data, reasons, scan, verify};
use crate::smtp_server::{Mode, SmtpServer};
use crate::support::demo::{Ran, run, secret_file};
use crate::support::peer::Peer;
use crate::support::serving::Serving;

/// Revocations in the burst; AMS_BURST=500 runs it long. Each has its letter, its applicant and its mail.
fn size() -> usize {
    let asked = std::env::var("AMS_BURST").ok();
    asked.and_then(|n| n.parse().ok()).unwrap_or(100)
}

/// Revoked one by one beside the batch.
const SINGLES: usize = 4;
const APPLICANTS: [&str; 2] = ["rahmi", "dodi"];
const OFFICER: &str = "satu";

/// A desk that was closed, at which requests wait for nothing but their revocation; and its files.
struct Scene {
    files: tempfile::TempDir,
    published: PathBuf,
    history: PathBuf,
    /// Number and serial, and the address that hears of it.
    matched: Vec<(String, String, String)>,
}

impl Scene {
    fn set(mail_port: u16, count: usize) -> Self {
        // The program runs by the system's clock, which this desk's comes near to.
        let now = SystemClock.now();
        let most = i64::try_from(count).unwrap() * SECOND;
        let office = Office::open_at(now.plus(-DAY - HOUR - most), &STAFF);
        office.set("mail.host", "127.0.0.1");
        office.set("mail.port", &mail_port.to_string());
        office.set("mail.mode", "plain");
        let mut bundle = String::new();
        let issued: Vec<_> = (0..count)
            .map(|n| {
                let owner = APPLICANTS[n % APPLICANTS.len()];
                let (key, der) = office.issue(owner, 300 * DAY, |_| {});
                bundle += &certificate_pem(&der);
                (owner, key)
            })
            .collect();
        assert_eq!(office.import(bundle.as_bytes()).added, count as u64);
        let matched = issued
            .iter()
            .map(|(owner, key)| {
                let id = matched(&office, owner, key);
                let number = office.request(id).number.unwrap().to_string();
                let address = format!("{owner}@diskominfo.uji.example");
                (number, key.serial.to_string(), address)
            })
            .collect();
        let published = office.desk.issuers().unwrap()[0].published_path.clone();
        let history = office.desk.folder().crl_history();
        let files = office.close();
        let password = format!("{}\n", password_of(OFFICER).expose_secret());
        secret_file(&files.path().join("password"), &password, None);
        Self {
            published: published.unwrap().into(),
            history,
            files,
            matched,
        }
    }

    fn ams(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ams"));
        command.arg("--data").arg(self.files.path().join("data"));
        command
    }

    fn officer(&self, line: &[&str]) -> Ran {
        let mut command = self.ams();
        command
            .args(["--json", "--user", OFFICER, "--password-file"])
            .arg(self.files.path().join("password"))
            .args(line);
        run(&mut command, b"")
    }

    fn list(&self) -> List {
        List::read(&self.published).unwrap()
    }

    /// The complete CRLs made, by number: thisUpdate and how many entries.
    fn made(&self) -> BTreeMap<u64, (i64, usize)> {
        let kept = fs::read_dir(&self.history).unwrap();
        kept.map(|item| List::read(&item.unwrap().path()).unwrap())
            .map(|list| (list.number, (list.this_update, list.entries.len())))
            .collect()
    }
}

/// The usual way of a request up to the matched name.
fn matched(office: &Office, owner: &str, key: &CertificateKey) -> RequestId {
    let (desk, applicant, officer) = (&office.desk, office.who(owner), office.who(OFFICER));
    office.clock.advance(SECOND);
    let kind = RequesterKind::Subscriber;
    let id = desk.draft(applicant, key, kind, None).unwrap();
    let mut intents = vec![reasons(&["mutasi"])];
    intents.extend(letter_data().map(Intent::Edit));
    intents.extend([scan(), Intent::Submit]);
    for intent in intents {
        desk.act(applicant, id, None, intent).unwrap();
    }
    for intent in [Intent::Claim, verify(), Intent::Match] {
        desk.act(officer, id, None, intent).unwrap();
    }
    id
}

/// The serials on a CRL as openssl prints them.
fn by_openssl(path: &Path) -> Vec<String> {
    let mut command = Peer::OpenSsl.command().unwrap();
    command
        .args(["crl", "-inform", "DER", "-noout", "-text", "-in"])
        .arg(path);
    let text = run(&mut command, b"").text();
    let serials = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix("Serial Number: "));
    serials.map(str::to_lowercase).collect()
}

#[test]
fn a_burst_by_batch_and_one_by_one_makes_few_crls_the_first_at_once_and_each_applicant_hears_once()
{
    if Peer::OpenSsl.command().is_none() {
        return;
    }
    let Some(mut server) = SmtpServer::start(Mode::Plain, false) else {
        return;
    };
    let began = Instant::now();
    let scene = Scene::set(server.port, size());
    let prepared = began.elapsed();
    let serving = Serving::start(scene.ams().arg("serve"));
    let (singles, batch) = scene.matched.split_at(SINGLES);
    let rows: String = batch
        .iter()
        .map(|(number, serial, _)| format!("{number},{serial}\n"))
        .collect();
    let file = scene.files.path().join("batch.csv");
    fs::write(&file, format!("number,serial\n{rows}")).unwrap();
    let file = file.to_str().unwrap();
    let confirm = batch.len().to_string();
    let before = scene.made();
    let line = [
        "request",
        "batch",
        "revoke",
        "--file",
        file,
        "--apply",
        "--confirm",
        &confirm,
    ];
    std::thread::scope(|scope| {
        let batch = scope.spawn(|| scene.officer(&line));
        // The first list is out before the last revocation is decided: what comes one by one waits for it.
        while scene.list().entries.is_empty() {
            assert!(
                began.elapsed() < prepared + Duration::from_secs(60),
                "no list"
            );
        }
        let one_by_one: Vec<_> = singles
            .iter()
            .flat_map(|(number, serial, _)| {
                // Its lease was over long ago.
                let claimed = scene.officer(&["request", "claim", number]);
                let last_four = &serial[serial.len() - 4..];
                let line = ["request", "revoke", number, "--confirm", last_four];
                [claimed, scene.officer(&line)]
            })
            .collect();
        for ran in one_by_one.iter().chain([&batch.join().unwrap()]) {
            assert_eq!(ran.status, Some(0), "{ran:?}");
        }
    });
    let decided = began.elapsed();

    // Mails, each after the list that it names.
    let mut told: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut heard = 0;
    while heard < scene.matched.len() {
        let mail = server.next_mail();
        let subject = mail["subject"].as_str().unwrap();
        if !subject.contains("telah dicabut") {
            continue;
        }
        heard += 1;
        let to = mail["to"][0].as_str().unwrap().to_owned();
        told.entry(to).or_default().push(subject.to_owned());
    }
    let mailed = began.elapsed();
    assert!(serving.stop().success());
    let rest = server.stop();
    let late = rest.iter().filter(|e| {
        e["subject"]
            .as_str()
            .is_some_and(|s| s.contains("telah dicabut"))
    });
    assert_eq!(late.count(), 0, "told twice");
    for (number, _, address) in &scene.matched {
        let mails = told[address]
            .iter()
            .filter(|subject| subject.contains(number.as_str()));
        assert_eq!(mails.count(), 1, "{number} to {address}");
    }

    let serials = by_openssl(&scene.published);
    assert_eq!(serials.len(), scene.matched.len());
    for (_, serial, _) in &scene.matched {
        assert!(serials.contains(serial), "{serial} is on the last list");
    }

    // The publisher rests a second after each: no more lists than seconds between the first and the last, and a few.
    let made: Vec<_> = scene
        .made()
        .into_iter()
        .filter(|(number, _)| !before.contains_key(number))
        .collect();
    let listed: Vec<_> = made
        .iter()
        .filter(|(_, (_, entries))| *entries > 0)
        .collect();
    let (_, (first, entries)) = listed[0];
    let (_, (last, _)) = listed[listed.len() - 1];
    assert!(
        *entries < scene.matched.len(),
        "the first list waited for the last revocation"
    );
    let most = usize::try_from(last - first).unwrap() + 2;
    assert!(
        listed.len() <= most,
        "{} lists in {most} seconds",
        listed.len()
    );
    assert!(listed.len() * 4 < scene.matched.len(), "{listed:?}");
    let took = (prepared, decided - prepared, mailed - decided);
    eprintln!(
        "{} revocations, prepared, decided, mailed in {took:?}; lists {listed:?}",
        scene.matched.len()
    );
}
