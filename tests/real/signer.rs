//! The signing process of the real binary: what it can reach, what a kill -9 leaves, and that its numbers outlive the
//! desk's own memory of them.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use rustix::process::{Pid, Signal, kill_process};

use crate::support::demo::{Demo, Ran, run};
use crate::support::new_desk::NewDesk;
use crate::support::peer::Peer;
use crate::support::serving::Serving;
use crate::support::unix_users::UnixUsers;

const PASSPHRASE: &str = "frasa sandi CA UJI";

fn binary() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_ams"))
}

/// A process, as /proc shows it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Seen(pub i32);

impl Seen {
    /// The signing processes of a desk.
    pub fn of_desk(desk: u32) -> Vec<Self> {
        let folders = std::fs::read_dir("/proc").unwrap().flatten();
        let processes = folders.filter_map(|folder| folder.file_name().to_str()?.parse().ok());
        processes
            .map(Self)
            .filter(|process| {
                process
                    .field("PPid")
                    .is_some_and(|parent| parent == desk.to_string())
                    && process.command_line().contains("__signer")
            })
            .collect()
    }

    fn path(self, name: &str) -> PathBuf {
        PathBuf::from(format!("/proc/{}/{name}", self.0))
    }

    fn text(self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap_or_default()
    }

    fn command_line(self) -> String {
        self.text("cmdline").replace('\0', " ")
    }

    pub fn field(self, name: &str) -> Option<String> {
        let status = self.text("status");
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
        Some(line.split_whitespace().next()?.to_owned())
    }

    fn descriptors(self) -> Vec<(u32, String)> {
        let folder = std::fs::read_dir(self.path("fd")).expect("root sees them");
        let mut all: Vec<(u32, String)> = folder
            .flatten()
            .map(|entry| {
                let number = entry.file_name().to_str().unwrap().parse().unwrap();
                let target = std::fs::read_link(entry.path()).unwrap();
                (number, target.display().to_string())
            })
            .collect();
        all.sort();
        all
    }

    /// kill -9, and waits until it is gone.
    pub fn kill(self) {
        let pid = Pid::from_raw(self.0).unwrap();
        let handle =
            rustix::process::pidfd_open(pid, rustix::process::PidfdFlags::empty()).unwrap();
        kill_process(pid, Signal::KILL).unwrap();
        let mut ended = [rustix::event::PollFd::new(
            &handle,
            rustix::event::PollFlags::IN,
        )];
        rustix::event::poll(&mut ended, None).unwrap();
    }
}

fn only(serving: &Serving) -> Seen {
    let all = Seen::of_desk(serving.pid());
    assert_eq!(all.len(), 1, "{all:?}");
    all[0]
}

fn issued(ran: &Ran) -> u64 {
    assert_eq!(ran.status, Some(0), "{ran:?}");
    ran.json()[0]["crl_number"].as_u64().expect("a number")
}

/// Issues a CRL; its number. Two within a second are one too many: thisUpdate counts seconds, so the second waits.
pub fn issue_by(mut issue: impl FnMut() -> Ran) -> u64 {
    loop {
        let ran = issue();
        if !ran.stderr.contains("this-update-not-future") {
            return issued(&ran);
        }
    }
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
    let demo = Demo::make(binary(), &[]);
    let serving = Serving::start(demo.ams().arg("serve"));
    let first = issue(&demo);
    let child = only(&serving);
    child.kill();
    let second = issue(&demo);
    assert!(second > first, "{second} after {first}");
    assert_ne!(only(&serving), child);

    // What a terminal or a service manager sends to all its processes is the desk's to heed.
    let child = only(&serving);
    for signal in [Signal::TERM, Signal::INT, Signal::HUP] {
        kill_process(Pid::from_raw(child.0).unwrap(), signal).unwrap();
    }
    let third = issue(&demo);
    assert!(third > second);
    assert_eq!(only(&serving), child);
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
fn a_desk_set_back_to_an_older_database_gets_no_signature_for_a_number_used_before() {
    let demo = Demo::make(binary(), &[]);
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
    let refused = demo.run("admin", &["--lang", "en", "crl", "issue"]);
    assert_ne!(refused.status, Some(0), "{refused:?}");
    assert!(
        refused.stderr.contains(&format!("not above {last}")),
        "{refused:?}"
    );
}
