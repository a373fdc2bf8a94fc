//! Unix users of the tests: the desk's own and two officers', who share a group. Making them changes the machine, so it
//! is done as root only, and only where CI=true or AMS_TEST_USERS=1 says so. They are kept for the next run;
//! `userdel -r ams-uji-desk` and so on takes them away.

use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// A unix user.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnixUser {
    pub name: &'static str,
    pub uid: u32,
    pub gid: u32,
    pub home: PathBuf,
}

impl UnixUser {
    /// Has a command run as this user, with his home and no group but his own.
    pub fn runs(&self, command: &mut Command) {
        command
            .uid(self.uid)
            .gid(self.gid)
            .env("HOME", &self.home)
            .env("USER", self.name);
    }
}

/// Who takes part.
#[derive(Debug)]
pub struct UnixUsers {
    pub desk: UnixUser,
    pub officers: [UnixUser; 2],
}

/// The group of the officers.
pub const GROUP: &str = "ams-uji-officers";
const DESK: &str = "ams-uji-desk";
const OFFICERS: [&str; 2] = ["ams-uji-op1", "ams-uji-op2"];

impl UnixUsers {
    /// The users, made where they are missing; `None` where they may not be made, which is said on standard error.
    pub fn there() -> Option<&'static Self> {
        static USERS: OnceLock<Option<UnixUsers>> = OnceLock::new();
        USERS.get_or_init(Self::make).as_ref()
    }

    fn make() -> Option<Self> {
        let is = |name: &str, value: &str| std::env::var_os(name).is_some_and(|v| v == value);
        let root = rustix::process::geteuid().is_root();
        let strict = is("CI", "true");
        assert!(root || !strict, "CI=true and not root: no unix users");
        if !root || !(strict || is("AMS_TEST_USERS", "1")) {
            // Not println!, which the test runner keeps to itself when a test passes.
            let names = [DESK, OFFICERS[0], OFFICERS[1]].join(", ");
            let _ = writeln!(
                std::io::stderr(),
                "SKIPPED: set AMS_TEST_USERS=1 as root (makes the unix users {names})"
            );
            return None;
        }
        make(
            &["getent", "group", GROUP],
            &["groupadd", "--system", GROUP],
        );
        let user = |name, groups: &[&str]| {
            // A password that is none, not a locked account: sshd lets those in by no key.
            let fixed = [
                "useradd",
                "--create-home",
                "--shell",
                "/bin/sh",
                "--password",
                "*",
            ];
            make(
                &["getent", "passwd", name],
                &[&fixed, groups, &[name]].concat(),
            );
            found(name)
        };
        Some(Self {
            desk: user(DESK, &["--user-group"]),
            officers: OFFICERS.map(|name| user(name, &["--no-user-group", "--gid", GROUP])),
        })
    }
}

/// Runs what makes something unless it is there. Another test process may be making it in this moment.
fn make(there: &[&str], making: &[&str]) {
    let is_there = || run(there).is_some();
    let mut complaint = String::new();
    for _ in 0..20 {
        if is_there() {
            return;
        }
        let made = Command::new(making[0])
            .args(&making[1..])
            .stdin(Stdio::null())
            .output()
            .unwrap_or_else(|error| panic!("{making:?}: {error}"));
        complaint = String::from_utf8_lossy(&made.stderr).into_owned();
    }
    assert!(is_there(), "{making:?}: {complaint}");
}

fn run(line: &[&str]) -> Option<String> {
    let output = Command::new(line[0])
        .args(&line[1..])
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|error| panic!("{line:?}: {error}"));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    output.status.success().then_some(text)
}

fn found(name: &'static str) -> UnixUser {
    let line = run(&["getent", "passwd", name]).unwrap_or_else(|| panic!("no unix user {name}"));
    let fields: Vec<&str> = line.trim().split(':').collect();
    let number = |at: usize| fields[at].parse().expect("a number");
    UnixUser {
        name,
        uid: number(2),
        gid: number(3),
        home: PathBuf::from(fields[5]),
    }
}
