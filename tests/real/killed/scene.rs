//! A desk and a CA of others beside it, with a bundle of certificates and a CRL; copies of the desk to be killed.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use ams::desk::{Clock, SystemClock};
use ams::domain::instant::{DAY, HOUR};
use ams::domain::{CrlNumber, ReasonCode, Serial, Timestamp};
use ams::pki::crl_read::CrlReader;
use ams::pki::entry::{EntryReason, RevokedEntry};
use serde_json::Value;

use super::moments::{Met, kill_after};
use crate::program::binary;
use crate::support::authority::Authority;
use crate::support::demo::{Ran, run};
use crate::support::new_desk::{NewDesk, copy_folder};
use crate::support::serving::Serving;
use crate::support::terminal::PATIENCE;

/// Certificates in the bundle, every fourth of them on the foreign CRL.
pub(super) const CERTIFICATES: u32 = 6000;
/// Entries of the foreign CRL.
const FOREIGN: u32 = 10_000;
/// Its number.
pub(super) const NUMBER: u64 = 4711;

/// A desk with its admin, and beside it a CA with its bundle and its CRL; each try is made on a copy.
pub(super) struct Scene {
    pub base: NewDesk,
    authority: Authority,
}

/// What the database holds that a command shows, without what tells when it came to that.
#[derive(PartialEq, Debug)]
pub(super) struct Contents {
    pub certificates: Value,
    pub adopted: Value,
    pub entries: u64,
}

pub(super) type Listed = BTreeMap<Serial, (EntryReason, Timestamp)>;

impl Scene {
    pub fn set() -> Self {
        let base = NewDesk::make(binary());
        let authority = Authority::new("CA Lama UJI", SystemClock.now());
        base.write("ca.crt", authority.certificate());
        base.write("ca.key", authority.key());
        let bundle = (0..CERTIFICATES)
            .map(|n| authority.issue(&certificate_serial(n), &format!("Orang {n} UJI"), ""));
        base.write("bundle.pem", bundle.collect::<String>());
        let scene = Self { base, authority };
        scene.base.write("foreign.crl", scene.crl());
        scene
    }

    /// The desk with its admin alone.
    pub fn desk(&self) -> Desk<'_> {
        let path = self.base.path("desk").into();
        Desk { scene: self, path }
    }

    /// A CRL of the CA as another program made it.
    fn crl(&self) -> Vec<u8> {
        let entries: Vec<_> = self
            .foreign()
            .into_iter()
            .map(|(serial, (reason, revocation_date))| RevokedEntry {
                serial,
                revocation_date,
                reason,
                invalidity_date: None,
            })
            .collect();
        let this_update = self.authority.now.plus(-HOUR);
        self.authority.crl(NUMBER.into(), this_update, &entries)
    }

    /// What stands on it.
    pub fn foreign(&self) -> Listed {
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
                let date = self.authority.now.plus(-DAY - i64::from(n) * 1000);
                (
                    serial,
                    (EntryReason::Revoked(reasons[n as usize % 3]), date),
                )
            })
            .collect()
    }

    /// A copy of the desk `from` under another name.
    pub fn copy(&self, from: &str, to: &str) -> Desk<'_> {
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
pub(super) struct Desk<'a> {
    scene: &'a Scene,
    path: PathBuf,
}

impl Desk<'_> {
    pub fn ams(&self) -> Command {
        let mut command = Command::new(binary());
        command.arg("--data").arg(&self.path);
        command
    }

    /// A command of the admin.
    pub fn command(&self, line: &[&str]) -> Command {
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

    pub fn done(&self, line: &[&str]) -> Ran {
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

    /// Paths of the CA's certificate and key, and of its foreign CRL.
    pub fn taken_over(&self) -> [String; 3] {
        ["ca.crt", "ca.key", "foreign.crl"].map(|name| self.file(name))
    }

    /// A file of the scene.
    pub fn file(&self, name: &str) -> String {
        self.scene.base.path(name)
    }

    /// Runs a command and kills it after `span`, if it still runs then.
    pub fn killed_after(&self, line: &[&str], span: Duration) -> Met {
        kill_after(&mut begin(&mut self.command(line)), span)
    }

    pub fn issuers(&self) -> Value {
        self.done(&["ca", "list"]).json()
    }

    /// What the desk has. A kill between reserving a number and publishing costs that number, so of the first CRL that
    /// tells of an entry it counts only whether there is one.
    pub fn contents(&self) -> Contents {
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

    /// How many entries were adopted before this command came, which itself adopts the rest.
    pub fn adopted_by_log(&self) -> u64 {
        let export = self.done(&["log", "export"]).text();
        export
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap())
            // Each portion by its count; what it meant for a certificate is told by further entries.
            .filter(|entry| entry["action"] == "SERTIFIKAT_DIADOPSI")
            .filter_map(|entry| entry["count"].as_u64())
            .sum()
    }

    /// The number of the CRL that is out, and what stands on it.
    pub fn published(&self) -> Option<(CrlNumber, Listed)> {
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

    pub fn checks_out(&self, moment: Duration) {
        let ran = self.run(&["check"]);
        assert_eq!(ran.status, Some(0), "killed after {moment:?}: {ran:?}");
    }

    /// Runs the desk as a service until nothing waits for a CRL any more.
    pub fn serve_until_nothing_waits(&self) {
        let serving = Serving::start(self.ams().arg("serve"));
        let begun = Instant::now();
        loop {
            let issuers = self.issuers();
            if issuers[0]["waiting"] == 0 && issuers[0]["crl_number"].is_u64() {
                break;
            }
            assert!(begun.elapsed() < PATIENCE, "{issuers}");
        }
        assert!(serving.stop().success());
    }
}

/// Starts a program that says nothing and is told nothing.
pub(super) fn begin(command: &mut Command) -> Child {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}
