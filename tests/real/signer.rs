//! The signing process of the real binary: what it can reach, what a kill -9 leaves, and that its numbers outlive the
//! desk's own memory of them.

use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::process::Command;

use ams::domain::{CrlNumber, Serial, Timestamp};
use ams::pki::crl_issuer::CrlIssuer;
use ams::pki::demo_ca::{ClearKey, DemoCa, DemoSubject};
use ams::pki::entry::{EntryReason, RevokedEntry};
use ams::pki::issuer::Issuer;
use ams::pki::plan::{CrlKind, CrlPeriod, CrlPlan, CrlTerms};
use ams::pki::signer::client::SignerChild;
use ams::pki::signer::material::KeyMaterial;
use ams::pki::signer::{CrlSigner, Forbidden, Scope, SignerError, numbers_of};
use ams::pki::write::assemble;
use rustix::process::{Pid, Signal, kill_process};

use crate::program::{binary, demo};
use crate::support::demo::{Demo, Ran, run};
use crate::support::new_desk::NewDesk;
use crate::support::peer::Peer;
use crate::support::process::Seen;
use crate::support::serving::Serving;
use crate::support::unix_users::UnixUsers;

const PASSPHRASE: &str = "frasa sandi CA UJI";

fn only(serving: &Serving) -> Seen {
    let all = Seen::of_desk(serving.pid());
    assert_eq!(all.len(), 1, "{all:?}");
    all[0]
}

fn issued(ran: &Ran) -> u64 {
    assert_eq!(ran.status, Some(0), "{ran:?}");
    ran.json()[0]["crl_number"].as_u64().expect("a number")
}

/// Asks for a CRL. Two within a second are one too many: thisUpdate counts seconds, so the second is asked for again
/// until its second has begun.
pub fn in_its_second(mut issue: impl FnMut() -> Ran) -> Ran {
    loop {
        let ran = issue();
        if !ran.stderr.contains("this-update-not-future") {
            return ran;
        }
    }
}

/// Issues a CRL; its number.
pub fn issue_by(issue: impl FnMut() -> Ran) -> u64 {
    issued(&in_its_second(issue))
}

/// Issues a CRL of a demo; its number.
fn issue(demo: &Demo) -> u64 {
    issue_by(|| demo.run("admin", &["--json", "crl", "issue"]))
}

#[test]
fn the_signing_process_has_its_numbers_and_no_other_file_no_network_no_core_and_no_debugger() {
    // As an own unix user where that can be: root may look into everything and tells nothing of who may not.
    let user = UnixUsers::there().map(|users| &users.desk);
    let demo = Demo::make_for(binary(), &[], user);
    let serving = Serving::start(demo.ams().arg("serve"));
    assert_eq!(
        Seen::of_desk(serving.pid()),
        [],
        "started before it is needed"
    );
    issue(&demo);
    let child = only(&serving);

    let descriptors = child.descriptors();
    let targets: Vec<&str> = descriptors.iter().map(|(_, to)| to.as_str()).collect();
    assert!(
        matches!(targets.as_slice(), [socket, numbers, "/dev/null"]
            if socket.starts_with("socket:") && numbers.ends_with(".numbers")),
        "{descriptors:?}"
    );
    let numbers = std::fs::metadata(targets[1]).unwrap();
    assert_eq!(numbers.mode() & 0o7777, 0o600);

    assert_eq!(child.field("Seccomp").as_deref(), Some("2"));
    assert_eq!(child.field("NoNewPrivs").as_deref(), Some("1"));
    assert_eq!(child.field("Threads").as_deref(), Some("1"));
    let limits = child.text("limits");
    let limit = |name: &str| {
        let line = limits.lines().find(|line| line.starts_with(name)).unwrap();
        line[name.len()..]
            .split_whitespace()
            .next()
            .unwrap()
            .to_owned()
    };
    for (name, most) in [
        ("Max core file size", "0"),
        ("Max open files", "3"),
        ("Max processes", "0"),
    ] {
        assert_eq!(limit(name), most, "{name}");
    }
    assert_eq!(child.text("environ"), "");
    let line = child.command_line();
    assert!(line.ends_with("__signer file "), "{line}");
    if let Some(user) = user {
        // What is not dumpable belongs to root in /proc: its own user cannot attach to it or read its memory.
        assert_eq!(child.field("Uid"), Some(user.uid.to_string()));
        assert_eq!(std::fs::metadata(child.path("mem")).unwrap().uid(), 0);
        let mut look = Command::new("cat");
        user.runs(look.arg(child.path("maps")));
        assert_ne!(
            run(&mut look, b"").status,
            Some(0),
            "its own user reads its memory map"
        );
    }

    // The desk goes, and the process with it.
    let handle = rustix::process::pidfd_open(
        Pid::from_raw(child.0).unwrap(),
        rustix::process::PidfdFlags::empty(),
    )
    .unwrap();
    serving.kill();
    let mut ended = [rustix::event::PollFd::new(
        &handle,
        rustix::event::PollFlags::IN,
    )];
    rustix::event::poll(&mut ended, None).unwrap();
}

#[test]
fn a_killed_signing_process_is_told_of_and_starts_anew_with_its_numbers() {
    let demo = demo();
    let serving = Serving::start(demo.ams().arg("serve"));
    let first = issue(&demo);
    let child = only(&serving);
    child.kill();
    let second = issue(&demo);
    assert!(second > first, "{second} after {first}");
    assert_ne!(only(&serving), child);
    assert_eq!(told(&demo, 2), [ENDED, STARTED]);

    // What a terminal or a service manager sends to all its processes is the desk's to heed.
    let child = only(&serving);
    for signal in [Signal::TERM, Signal::INT, Signal::HUP] {
        kill_process(Pid::from_raw(child.0).unwrap(), signal).unwrap();
    }
    let third = issue(&demo);
    assert!(third > second);
    assert_eq!(only(&serving), child);
    assert_eq!(told(&demo, 2), [ENDED, STARTED], "nothing ended");

    for _ in 0..3 {
        only(&serving).kill();
        issue(&demo);
    }
    assert_eq!(told(&demo, 8), [ENDED, STARTED].repeat(4));
    // A desk that stops ends its processes itself: that is no news.
    serving.stop();
    let serving = Serving::start(demo.ams().arg("serve"));
    issue(&demo);
    assert_eq!(told(&demo, 8), [ENDED, STARTED].repeat(4));
    let checked = demo.json("admin", &["check"]);
    assert!(!checked.is_null(), "{checked}");
    drop(serving);
}

const ENDED: &str = "PENANDA_BERHENTI";
const STARTED: &str = "PENANDA_DIMULAI";

/// What the log says of signing processes, the oldest first, once it says at least so much: their end is written down
/// by a thread that nobody waits for.
fn told(demo: &Demo, at_least: usize) -> Vec<String> {
    let mut said = Vec::new();
    for _ in 0..100 {
        let log = demo.json("auditor", &["log", "list", "--limit", "200"]);
        let entries = log.as_array().unwrap().iter();
        said = entries
            .filter_map(|entry| {
                let action = entry["action"].as_str()?;
                let by_system = entry["actor"].as_str() == Some("sistem");
                let meant = [ENDED, STARTED].contains(&action);
                assert!(!meant || by_system, "{entry}");
                meant.then(|| action.to_owned())
            })
            .collect();
        if said.len() >= at_least {
            break;
        }
    }
    said.reverse();
    said
}

#[test]
fn a_key_with_a_passphrase_is_locked_again_when_its_process_is_killed() {
    if Peer::OpenSsl.command().is_none() {
        return;
    }
    let desk = NewDesk::make(binary());
    let frasa = desk.write("frasa", format!("{PASSPHRASE}\n"));
    let mut openssl = Command::new("openssl");
    let line = "req -x509 -newkey ed25519 -passout file:frasa -keyout k.pem -out c.pem -days 30 -subj /CN=CA_UJI";
    openssl.args(line.split(' ')).current_dir(desk.path("."));
    assert_eq!(run(&mut openssl, b"").status, Some(0));
    let serving =
        Serving::start(Command::new(binary()).args(["--data", &desk.path("desk"), "serve"]));
    let (cert, key) = (desk.path("c.pem"), desk.path("k.pem"));
    let add = [
        "ca",
        "add",
        "--cert",
        &cert,
        "--key",
        &key,
        "--passphrase-file",
        &frasa,
    ];
    assert_eq!(desk.run("admin", &add).status, Some(0));
    let issue = || issue_by(|| desk.run("admin", &["--json", "crl", "issue"]));
    let first = issue();
    only(&serving).kill();

    let key_state = || {
        let list = desk.run("admin", &["--json", "ca", "list"]).json();
        list[0]["key"].as_str().unwrap().to_owned()
    };
    assert_eq!(key_state(), "locked");
    let refused = desk.run("admin", &["--lang", "en", "crl", "issue"]);
    assert_eq!(refused.status, Some(3), "{refused:?}");
    assert!(refused.stderr.contains("locked"), "{refused:?}");
    assert_eq!(Seen::of_desk(serving.pid()), []);

    let wrong = desk.write("keliru", "bukan ini\n");
    let unlock = |file: &str| desk.run("admin", &["ca", "unlock", "--passphrase-file", file]);
    assert_eq!(unlock(&wrong).status, Some(1));
    assert_eq!(key_state(), "locked");
    assert_eq!(unlock(&frasa).status, Some(0));
    assert_eq!(key_state(), "open");
    let second = issue();
    assert!(second > first, "{second} after {first}");
}

#[test]
fn a_desk_set_back_to_an_older_database_goes_on_above_the_numbers_that_its_key_has_signed() {
    let demo = demo();
    let database = demo.data().join("ams.redb");
    let older = std::fs::read(&database).unwrap();
    let first = issue(&demo);
    let last = issue(&demo);
    assert!(last > first);
    // Somebody puts the database back by hand, and what was published is gone with the disk it lay on.
    std::fs::write(&database, older).unwrap();
    for published in std::fs::read_dir(&demo.crl_dir).unwrap().flatten() {
        std::fs::remove_file(published.path()).unwrap();
    }
    let next = issue(&demo);
    assert!(next > last, "{next} after {last}");
}

/// A CA and the file of its key's numbers.
struct Ca {
    ca: DemoCa,
    key: ClearKey,
    folder: tempfile::TempDir,
}

impl Ca {
    fn make() -> Self {
        let subject = DemoSubject {
            common_name: "CA UJI Besar".to_owned(),
            ..DemoSubject::default()
        };
        let serial = Serial::parse("01").unwrap();
        let begin = Timestamp::parse_rfc3339("2026-01-01T00:00:00Z").unwrap();
        let (ca, key) = DemoCa::create(&subject, &serial, begin).unwrap();
        Self {
            ca,
            key,
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn numbers(&self) -> PathBuf {
        self.folder.path().join("numbers")
    }

    fn start(&self) -> SignerChild {
        let numbers = std::fs::File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(self.numbers())
            .unwrap();
        let key = KeyMaterial::File {
            file: &self.key,
            passphrase: None,
        };
        let program = binary().to_owned();
        SignerChild::start(&program, numbers, self.ca.certificate_der(), key, || {}).unwrap()
    }

    /// The signed part of a CRL with this many entries.
    fn list(&self, number: u64, entries: u64, signer: &dyn CrlSigner) -> Vec<u8> {
        let writer = CrlIssuer::from_certificate(self.ca.certificate_der()).unwrap();
        let at = Timestamp::parse_rfc3339("2026-11-22T09:00:00Z").unwrap();
        let terms = CrlTerms {
            number: CrlNumber::from(number),
            this_update: at,
            kind: CrlKind::Complete,
            freshest_crl: None,
            expired_certs_on_crl: None,
        };
        let plan = CrlPlan::new(&writer, CrlPeriod::default(), terms).unwrap();
        let entry = |serial: u64| {
            let entry = RevokedEntry {
                serial: Serial::from_magnitude(&serial.to_be_bytes()).unwrap(),
                revocation_date: at,
                reason: EntryReason::Revoked(ams::domain::ReasonCode::KeyCompromise),
                invalidity_date: None,
            };
            entry.encode().unwrap()
        };
        let entries = (1 << 40..(1 << 40) + entries).map(entry);
        let algorithm = signer.algorithm_identifier().unwrap();
        let tbs = assemble(&plan, algorithm, entries, 0).unwrap();
        tbs.as_bytes().to_vec()
    }
}

#[test]
fn a_list_of_many_megabytes_is_signed_and_verifies() {
    let ca = Ca::make();
    let signer = ca.start();
    let list = ca.list(1, 300_000, &signer);
    assert!(list.len() > 10 << 20, "{}", list.len());
    let signature = signer.sign_crl(&list).unwrap();
    let issuer = Issuer::from_certificate(ca.ca.certificate_der()).unwrap();
    let verified = signer
        .algorithm()
        .verify(issuer.certificate().spki_der(), &list, &signature);
    assert_eq!(verified, Ok(()));
    let last = signer.last_numbers(&Scope::Complete).unwrap();
    assert_eq!(last.highest(), Some(CrlNumber::from(1)));
    // What is refused is refused with its rule and its numbers, and the process goes on.
    let again = signer.sign_crl(&list).unwrap_err();
    assert!(
        matches!(&again, SignerError::Forbidden(Forbidden::NumberNotAbove { number, last, .. })
            if number == last),
        "{again:?}"
    );
    signer.sign_crl(&ca.list(2, 1, &signer)).unwrap();
}

#[test]
fn a_signing_process_killed_at_any_moment_never_signs_a_number_twice() {
    let ca = Ca::make();
    let mut signed = 0;
    for round in 1..=12u32 {
        let number = u64::from(round);
        let signer = ca.start();
        let list = ca.list(number, 40_000, &signer);
        let child = Seen(i32::try_from(signer.pid()).unwrap());
        let result = std::thread::scope(|threads| {
            let asking = threads.spawn(|| signer.sign_crl(&list));
            // Another moment each time: before, in the middle of or after the signature.
            for _ in 0..round * 4000 {
                std::thread::yield_now();
            }
            child.kill();
            asking.join().unwrap()
        });
        let kept = numbers_of(&ca.numbers()).unwrap();
        let kept = kept.and_then(|ledger| ledger.numbers(&Scope::Complete).highest());
        match result {
            Ok(_) => {
                signed += 1;
                assert_eq!(kept, Some(CrlNumber::from(number)), "it left unkept");
            }
            Err(SignerError::Lost { .. }) => {}
            Err(other) => panic!("{other:?}"),
        }
        assert!(!signer.is_alive() || signer.sign_crl(&list).is_err());
        // The next process: signs the number only if it was not kept.
        let next = ca.start();
        let again = next.sign_crl(&list);
        assert_eq!(
            again.is_ok(),
            kept != Some(CrlNumber::from(number)),
            "{again:?}"
        );
    }
    println!("{signed} of 12 were signed before the kill");
}
