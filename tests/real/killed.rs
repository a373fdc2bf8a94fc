//! kill -9 in the middle of taking things in: a bundle of certificates, the CRL of a CA that is taken over, a published
//! CRL that the desk does not know. Whatever moment is hit, the database is sound, the same command given again ends as
//! one that nobody killed, the number rises, and nothing is un-revoked.
//!
//! AMS_KILLS=20 kills more often.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use ams::domain::instant::{DAY, HOUR};
use ams::domain::{CrlNumber, ReasonCode, Serial, Timestamp};
use ams::pki::crl_issuer::CrlIssuer;
use ams::pki::crl_read::CrlReader;
use ams::pki::demo_ca::{DemoCa, DemoCertificate, DemoSubject, certificate_pem};
use ams::pki::entry::{EntryReason, RevokedEntry};
use ams::pki::key::PrivateKey;
use ams::pki::plan::{CrlKind, CrlPeriod, CrlPlan, CrlTerms};
use ams::pki::write::{algorithm_of, assemble};
use serde_json::Value;

use crate::support::demo::{Ran, run};
use crate::support::new_desk::{NewDesk, copy_folder};
use crate::support::serving::Serving;

/// Certificates in the bundle, every fourth of them on the foreign CRL.
const CERTIFICATES: u32 = 6000;
/// Entries of the foreign CRL.
const FOREIGN: u32 = 10_000;
/// Its number.
const NUMBER: u64 = 4711;

fn binary() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_ams"))
}

fn kills() -> u32 {
    let asked = std::env::var("AMS_KILLS").ok();
    asked.and_then(|n| n.parse().ok()).unwrap_or(3)
}

/// Moments spread over `whole` but its first quarter, in which a command logs in; each anywhere in its part.
fn moments(whole: Duration) -> Vec<Duration> {
    let part = whole * 3 / 4 / kills();
    let anywhere = || RandomState::new().build_hasher().finish() % 1000;
    (0..kills())
        .map(|n| whole / 4 + part * n + part * u32::try_from(anywhere()).unwrap() / 1000)
        .collect()
}

/// A desk with its admin, and beside it a CA with its bundle and its CRL; each try is made on a copy.
struct Scene {
    base: NewDesk,
    now: Timestamp,
    ca: DemoCa,
    key: PrivateKey,
}

/// What the database holds that a command shows, without what tells when it came to that.
#[derive(PartialEq, Debug)]
struct Contents {
    certificates: Value,
    adopted: Value,
    entries: u64,
}

type Listed = BTreeMap<Serial, (EntryReason, Timestamp)>;

impl Scene {
    fn set() -> Self {
        let base = NewDesk::make(binary());
        let now = ams::desk::Clock::now(&ams::desk::SystemClock).whole_second();
        let subject = DemoSubject {
            country: "ID".to_owned(),
            organization: "Instansi UJI".to_owned(),
            common_name: "CA Lama UJI".to_owned(),
            ..DemoSubject::default()
        };
        let (ca, key) = DemoCa::create(
            &subject,
            &Serial::parse("0a0b0c").unwrap(),
            now.plus(-40 * DAY),
        )
        .unwrap();
        base.write("ca.crt", certificate_pem(ca.certificate_der()));
        base.write("ca.key", &*key);
        let scene = Self {
            now,
            key: PrivateKey::read(&key, None).unwrap(),
            ca,
            base,
        };
        let mut bundle = String::new();
        let mut first: Option<Vec<u8>> = None;
        for n in 0..CERTIFICATES {
            let wanted = DemoCertificate {
                subject: DemoSubject {
                    country: "ID".to_owned(),
                    common_name: format!("Orang {n} UJI"),
                    ..DemoSubject::default()
                },
                serial: certificate_serial(n),
                not_before: now.plus(-30 * DAY),
                not_after: now.plus(300 * DAY),
                crl_uri: None,
            };
            let der = match &first {
                Some(first) => scene.ca.renew(&wanted, first).unwrap(),
                None => scene.ca.issue(&wanted).unwrap(),
            };
            bundle += &certificate_pem(&der);
            first.get_or_insert(der);
        }
        scene.base.write("bundle.pem", bundle);
        scene.base.write("foreign.crl", scene.crl(NUMBER));
        scene
    }

    /// A CRL of the CA as another program made it.
    fn crl(&self, number: u64) -> Vec<u8> {
        let issuer = CrlIssuer::from_certificate(self.ca.certificate_der()).unwrap();
        let terms = CrlTerms {
            number: CrlNumber::from(number),
            this_update: self.now.plus(-HOUR),
            kind: CrlKind::Complete,
            freshest_crl: None,
            expired_certs_on_crl: None,
        };
        let plan = CrlPlan::new(&issuer, CrlPeriod::default(), terms).unwrap();
        let entries: Vec<_> = self
            .foreign()
            .into_iter()
            .map(|(serial, (reason, revocation_date))| {
                let entry = RevokedEntry {
                    serial,
                    revocation_date,
                    reason,
                    invalidity_date: None,
                };
                entry.encode().unwrap()
            })
            .collect();
        let signed = assemble(&plan, algorithm_of(&self.key).unwrap(), &entries, 0);
        signed.unwrap().sign(&self.key).unwrap().as_bytes().to_vec()
    }

    /// What stands on it.
    fn foreign(&self) -> Listed {
        let reasons = [
            ReasonCode::Superseded,
            ReasonCode::KeyCompromise,
            ReasonCode::Unspecified,
        ];
        (0..FOREIGN)
            .map(|n| {
                let serial = match n % 4 {
                    0 if n < CERTIFICATES => certificate_serial(n),
                    _ => Serial::from_magnitude(&(0x7700_0000 + n).to_be_bytes()).unwrap(),
                };
                let date = self.now.plus(-DAY - i64::from(n) * 1000);
                (
                    serial,
                    (EntryReason::Revoked(reasons[n as usize % 3]), date),
                )
            })
            .collect()
    }

    /// A copy of the desk `from` under another name.
    fn copy(&self, from: &str, to: &str) -> Desk<'_> {
        let path = PathBuf::from(self.base.path(to));
        if path.exists() {
            fs::remove_dir_all(&path).unwrap();
        }
        copy_folder(Path::new(&self.base.path(from)), &path);
        Desk { scene: self, path }
    }
}

fn certificate_serial(n: u32) -> Serial {
    Serial::from_magnitude(&[&[0x5a; 12], &n.to_be_bytes()[..]].concat()).unwrap()
}

/// One data folder.
struct Desk<'a> {
    scene: &'a Scene,
    path: PathBuf,
}

impl Desk<'_> {
    fn ams(&self) -> Command {
        let mut command = Command::new(binary());
        command.arg("--data").arg(&self.path);
        command
    }

    /// A command of the admin.
    fn command(&self, line: &[&str]) -> Command {
        let mut command = self.ams();
        command
            .args(["--json", "--user", "admin", "--password-file"])
            .arg(self.scene.base.path("pw-admin"))
            .args(line);
        command
    }

    fn run(&self, line: &[&str]) -> Ran {
        run(&mut self.command(line), b"")
    }

    fn done(&self, line: &[&str]) -> Ran {
        let ran = self.run(line);
        assert_eq!(
            ran.status,
            Some(0),
            "ams {line:?}: {}{}",
            ran.text(),
            ran.stderr
        );
        ran
    }

    fn file(&self, name: &str) -> String {
        self.scene.base.path(name)
    }

    /// Runs a command and kills it after `span`, if it still runs then; whether it did.
    fn killed_after(&self, line: &[&str], span: Duration) -> bool {
        let mut command = self.command(line);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        kill_after(&mut command.spawn().unwrap(), span)
    }

    fn issuers(&self) -> Value {
        self.done(&["ca", "list"]).json()
    }

    /// What the desk has. A kill between reserving a number and publishing costs that number, so of the first CRL that
    /// tells of an entry it counts only whether there is one.
    fn contents(&self) -> Contents {
        let issuers = self.issuers();
        let mut adopted = self.done(&["cert", "adopted"]).json();
        for entry in adopted.as_array_mut().unwrap() {
            entry["crl_number"] = (!entry["crl_number"].is_null()).into();
        }
        Contents {
            certificates: self.done(&["cert", "list"]).json(),
            adopted,
            entries: issuers[0]["entries"].as_u64().unwrap(),
        }
    }

    /// The number of the CRL that is out, and what stands on it.
    fn published(&self) -> Option<(CrlNumber, Listed)> {
        let files = fs::read_dir(self.path.join("crl")).ok()?;
        let mut crls = files
            .map(|item| item.unwrap().path())
            .filter(|path| path.extension().is_some_and(|e| e == "crl"));
        let file = fs::read(crls.next()?).unwrap();
        let mut reader = CrlReader::open(&file).unwrap();
        let mut listed = Listed::new();
        while let Some(entry) = reader.next_entry().unwrap() {
            let entry = entry.decode().unwrap();
            let doubled = listed.insert(entry.serial, (entry.reason, entry.revocation_date));
            assert_eq!(doubled, None);
        }
        Some((reader.finish().unwrap().crl_number().unwrap(), listed))
    }

    fn checks_out(&self, moment: Duration) {
        let ran = self.run(&["check"]);
        assert_eq!(ran.status, Some(0), "killed after {moment:?}: {ran:?}");
    }

    /// Runs the desk as a service until nothing waits for a CRL any more.
    fn serve_until_nothing_waits(&self) {
        let serving = Serving::start(self.ams().arg("serve"));
        let begun = Instant::now();
        loop {
            let issuers = self.issuers();
            if issuers[0]["waiting"] == 0 && issuers[0]["crl_number"].is_u64() {
                break;
            }
            assert!(begun.elapsed() < Duration::from_secs(60), "{issuers}");
        }
        assert!(serving.stop().success());
    }
}

fn kill_after(child: &mut Child, span: Duration) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < span {
        if child.try_wait().unwrap().is_some() {
            return false;
        }
        // The moment is what the test is about; there is nothing to await.
        std::thread::sleep(Duration::from_millis(2));
    }
    let running = child.try_wait().unwrap().is_none();
    child.kill().unwrap();
    child.wait().unwrap();
    running
}

/// The certificates, each in one line.
fn rows(contents: &Contents) -> BTreeSet<String> {
    let list = contents.certificates.as_array().unwrap();
    let rows: BTreeSet<_> = list.iter().map(ToString::to_string).collect();
    assert_eq!(rows.len(), list.len(), "listed twice");
    rows
}

fn took(act: impl FnOnce()) -> Duration {
    let begun = Instant::now();
    act();
    begun.elapsed()
}

fn taken_over(desk: &Desk<'_>) -> [String; 3] {
    ["ca.crt", "ca.key", "foreign.crl"].map(|name| desk.file(name))
}

#[test]
fn an_import_killed_anywhere_has_lost_and_doubled_nothing_once_it_is_given_again() {
    let scene = Scene::set();
    let empty = Desk {
        scene: &scene,
        path: scene.base.path("desk").into(),
    };
    let [cert, key, crl] = taken_over(&empty);
    // The CRL first: certificates that come in later are recognised.
    empty.done(&["ca", "add", "--cert", &cert, "--key", &key, "--crl", &crl]);
    let bundle = scene.base.path("bundle.pem");
    let line = ["cert", "import", bundle.as_str()];
    let unkilled = scene.copy("desk", "unkilled");
    let whole = took(|| drop(unkilled.done(&line)));
    let wanted = unkilled.contents();
    assert_eq!(
        wanted.certificates.as_array().unwrap().len(),
        CERTIFICATES as usize
    );
    let mut running = 0;
    for (n, moment) in moments(whole).into_iter().enumerate() {
        let desk = scene.copy("desk", "killed");
        // By itself, and through a desk that is killed in its place.
        if n % 2 == 0 {
            running += u32::from(desk.killed_after(&line, moment));
        } else {
            let serving = Serving::start(desk.ams().arg("serve"));
            let mut command = desk.command(&line);
            command
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null());
            let mut child = command.spawn().unwrap();
            let begun = Instant::now();
            while begun.elapsed() < moment && child.try_wait().unwrap().is_none() {
                std::thread::sleep(Duration::from_millis(2));
            }
            running += u32::from(child.try_wait().unwrap().is_none());
            serving.kill();
            child.wait().unwrap();
        }
        desk.checks_out(moment);
        let half = desk.contents();
        let taken = rows(&half);
        assert!(taken.is_subset(&rows(&wanted)), "killed after {moment:?}");
        let again = desk.done(&line).json();
        let (added, known) = (
            again["added"].as_u64().unwrap(),
            again["known"].as_u64().unwrap(),
        );
        assert_eq!(
            (added + known, known),
            (u64::from(CERTIFICATES), taken.len() as u64)
        );
        assert!(desk.contents() == wanted, "killed after {moment:?}");
        desk.checks_out(moment);
    }
    assert!(running > 0, "every import was over before it was killed");
}

#[test]
fn a_takeover_killed_anywhere_is_ended_by_the_same_command_and_un_revokes_nothing() {
    let scene = Scene::set();
    let unkilled = scene.copy("desk", "unkilled");
    let [cert, key, crl] = taken_over(&unkilled);
    let line = ["ca", "add", "--cert", &cert, "--key", &key, "--crl", &crl];
    let whole = took(|| drop(unkilled.done(&line)));
    let wanted = unkilled.contents();
    assert_eq!(unkilled.published().unwrap().1, scene.foreign());
    let mut running = 0;
    for moment in moments(whole) {
        let desk = scene.copy("desk", "killed");
        running += u32::from(desk.killed_after(&line, moment));
        desk.checks_out(moment);
        // Nothing is published before everything was taken in.
        if let Some((number, listed)) = desk.published() {
            assert!(number > CrlNumber::from(NUMBER));
            assert_eq!(listed, scene.foreign(), "killed after {moment:?}");
        }
        desk.done(&line);
        desk.serve_until_nothing_waits();
        let (number, listed) = desk.published().unwrap();
        assert!(number > CrlNumber::from(NUMBER));
        assert_eq!(listed, scene.foreign(), "killed after {moment:?}");
        assert!(desk.contents() == wanted, "killed after {moment:?}");
        desk.checks_out(moment);
    }
    assert!(running > 0, "every takeover was over before it was killed");
}

#[test]
fn a_crl_taken_in_and_killed_before_it_asked_for_ours_is_told_by_the_next_start_alone() {
    let scene = Scene::set();
    let base = Desk {
        scene: &scene,
        path: scene.base.path("desk").into(),
    };
    let [cert, key, crl] = taken_over(&base);
    base.done(&["ca", "add", "--cert", &cert, "--key", &key]);
    let line = ["cert", "import", &crl];
    let unkilled = scene.copy("desk", "unkilled");
    let whole = took(|| drop(unkilled.done(&line)));
    let mut running = 0;
    for moment in moments(whole) {
        let desk = scene.copy("desk", "killed");
        let (first, _) = desk.published().unwrap();
        running += u32::from(desk.killed_after(&line, moment));
        desk.checks_out(moment);
        let taken = desk.contents().adopted.as_array().unwrap().len();
        desk.serve_until_nothing_waits();
        let (number, listed) = desk.published().unwrap();
        assert_eq!(listed.len(), taken, "killed after {moment:?}");
        assert!(number >= first);
        desk.done(&line);
        desk.serve_until_nothing_waits();
        let (last, listed) = desk.published().unwrap();
        assert!(last > CrlNumber::from(NUMBER) && last >= number);
        assert_eq!(listed, scene.foreign(), "killed after {moment:?}");
        desk.checks_out(moment);
    }
    assert!(running > 0, "every import was over before it was killed");
}

#[test]
fn an_adoption_at_the_start_killed_again_and_again_takes_nothing_off_the_list_and_ends() {
    let scene = Scene::set();
    let base = Desk {
        scene: &scene,
        path: scene.base.path("desk").into(),
    };
    let [cert, key, _] = taken_over(&base);
    base.done(&["ca", "add", "--cert", &cert, "--key", &key]);
    base.done(&["cert", "import", &scene.base.path("bundle.pem")]);
    let published = base.issuers()[0]["path"].as_str().unwrap().to_owned();
    fs::write(&published, scene.crl(NUMBER)).unwrap();
    let unkilled = scene.copy("desk", "unkilled");
    let whole = took(|| drop(unkilled.done(&["crl", "issue"])));
    let wanted = unkilled.contents();
    assert_eq!(unkilled.published().unwrap().1, scene.foreign());
    let desk = scene.copy("desk", "killed");
    let mut last = CrlNumber::from(NUMBER);
    for moment in moments(whole) {
        let serving = Serving::start(desk.ams().arg("serve"));
        std::thread::sleep(moment);
        serving.kill();
        desk.checks_out(moment);
        let (number, listed) = desk.published().unwrap();
        assert!(number >= last);
        assert_eq!(listed, scene.foreign(), "killed after {moment:?}");
        last = number;
    }
    desk.done(&["crl", "issue"]);
    let (number, listed) = desk.published().unwrap();
    assert!(number > last);
    assert_eq!(listed, scene.foreign());
    assert!(desk.contents() == wanted);
    desk.checks_out(whole);
}
