//! A demo desk made by the real binary in a folder of its own, and commands run on it.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use serde_json::Value;

use super::terminal::PATIENCE;
use super::unix_users::UnixUser;

/// The demo's folder, its accounts and where it publishes; removed when dropped.
pub struct Demo {
    binary: PathBuf,
    folder: tempfile::TempDir,
    passwords: BTreeMap<String, String>,
    /// The published CRLs.
    pub crl_dir: PathBuf,
    /// The mails, while they go to files.
    pub mail_dir: PathBuf,
    /// The CA's certificate, PEM.
    pub ca_cert: PathBuf,
    /// Variables that every command of this desk runs with.
    pub env: Vec<(String, String)>,
    /// Whose it is, where that is not this process's own user.
    owner: Option<UnixUser>,
}

/// How a command ended.
#[derive(Debug)]
pub struct Ran {
    pub status: Option<i32>,
    pub stdout: Vec<u8>,
    pub stderr: String,
}

impl Ran {
    /// The answer of a `--json` command.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.stdout)
            .unwrap_or_else(|error| panic!("no JSON: {error}: {self:?}"))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }
}

impl Demo {
    /// Makes a demo folder with the binary; `more` are further options of `ams demo`.
    pub fn make(binary: &Path, more: &[&str]) -> Self {
        Self::make_for(binary, more, None)
    }

    /// As [`Demo::make`], for another unix user. Others may enter the folder above the desk's own.
    pub fn make_for(binary: &Path, more: &[&str], owner: Option<&UnixUser>) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        if let Some(owner) = owner {
            chown(folder.path(), Some(owner.uid), Some(owner.gid)).expect("made as root");
            let open = std::fs::Permissions::from_mode(0o755);
            std::fs::set_permissions(folder.path(), open).expect("its own folder");
        }
        let data = folder.path().join("desk");
        let mut command = command(binary, &data, owner);
        command.args(["--json", "demo", "--no-open"]).args(more);
        let ran = run(&mut command, b"");
        assert_eq!(ran.status, Some(0), "{command:?}: {}", ran.stderr);
        let made = ran.json();
        let path = |name: &str| {
            PathBuf::from(
                made[name]
                    .as_str()
                    .unwrap_or_else(|| panic!("{name} in {made}")),
            )
        };
        let accounts = made["accounts"].as_array().expect("accounts");
        let text = |account: &Value, name: &str| account[name].as_str().expect("text").to_owned();
        Self {
            passwords: accounts
                .iter()
                .map(|a| (text(a, "username"), text(a, "password")))
                .collect(),
            crl_dir: path("crl_dir"),
            mail_dir: path("mail_dir"),
            ca_cert: path("ca_cert"),
            binary: binary.to_owned(),
            env: Vec::new(),
            owner: owner.cloned(),
            folder,
        }
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("desk")
    }

    /// A file beside the desk's folder, gone with it.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn password(&self, user: &str) -> &str {
        &self.passwords[user]
    }

    pub fn users(&self) -> impl Iterator<Item = &str> {
        self.passwords.keys().map(String::as_str)
    }

    /// The binary on this desk, without a subcommand yet.
    pub fn ams(&self) -> Command {
        let mut command = command(&self.binary, &self.data(), self.owner.as_ref());
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        command
    }

    /// The same as that user, the password in a file of mode 0600.
    pub fn ams_as(&self, user: &str) -> Command {
        let file = self.beside(&format!("password-{user}"));
        let line = format!("{}\n", self.password(user));
        secret_file(&file, &line, self.owner.as_ref());
        let mut command = self.ams();
        command.args(["--user", user, "--password-file"]).arg(&file);
        command
    }

    /// Runs a command as that user, the password in a file of mode 0600.
    pub fn run(&self, user: &str, arguments: &[&str]) -> Ran {
        self.run_with(user, arguments, b"")
    }

    /// As [`Demo::run`], with something on standard input.
    pub fn run_with(&self, user: &str, arguments: &[&str], input: &[u8]) -> Ran {
        run(self.ams_as(user).args(arguments), input)
    }

    /// Runs a command that must succeed and returns its JSON.
    pub fn json(&self, user: &str, arguments: &[&str]) -> Value {
        let ran = self.run(user, &[&["--json"], arguments].concat());
        assert_eq!(
            ran.status,
            Some(0),
            "{user}: ams {arguments:?}: {}{}",
            ran.text(),
            ran.stderr
        );
        ran.json()
    }

    /// Serials of the applicant's active certificates on which no request is open.
    pub fn free_serials<const COUNT: usize>(&self) -> [String; COUNT] {
        let certificates = self.json("pemohon", &["cert", "list", "--owner", "pemohon"]);
        let mut free = certificates
            .as_array()
            .expect("a list")
            .iter()
            .filter(|c| c["status"] == "active" && c.get("open_request").is_none());
        std::array::from_fn(|_| {
            let certificate = free.next().expect("enough certificates without a request");
            certificate["serial"].as_str().expect("text").to_owned()
        })
    }

    /// Waits until the desk has noticed that this person's screens are gone; their sessions are kept.
    pub fn wait_until_left(&self, user: &str) {
        let begun = Instant::now();
        loop {
            let sessions = self.json("admin", &["session", "list"]);
            let sessions = sessions.as_array().expect("a list");
            let own: Vec<_> = sessions.iter().filter(|s| s["user"] == user).collect();
            assert!(!own.is_empty(), "no session of {user}: {sessions:?}");
            if own.iter().all(|s| s["state"] == "left") {
                return;
            }
            assert!(begun.elapsed() < PATIENCE, "{sessions:?}");
        }
    }

    /// Runs a command that must succeed.
    pub fn done(&self, user: &str, arguments: &[&str]) -> Ran {
        let ran = self.run(user, arguments);
        assert_eq!(
            ran.status,
            Some(0),
            "{user}: ams {arguments:?}: {}{}",
            ran.text(),
            ran.stderr
        );
        ran
    }
}

fn command(binary: &Path, data: &Path, owner: Option<&UnixUser>) -> Command {
    let mut command = Command::new(binary);
    command.arg("--data").arg(data);
    if let Some(owner) = owner {
        owner.runs(&mut command);
    }
    command
}

/// A file that only its owner may read.
pub fn secret_file(path: &Path, text: &str, owner: Option<&UnixUser>) {
    OpenOptions::new()
        .create(true)
        .truncate(true)
        .write(true)
        .mode(0o600)
        .open(path)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .expect("a file in a folder of the test's");
    if let Some(owner) = owner {
        chown(path, Some(owner.uid), Some(owner.gid)).expect("made as root");
    }
}

/// Runs a command to its end with something on standard input.
pub fn run(command: &mut Command, input: &[u8]) -> Ran {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{command:?} does not start: {error}"));
    let mut stdin = child.stdin.take().expect("piped");
    let input = input.to_vec();
    // From a thread of its own: the child may write before it has read everything, or not read at all.
    let feeding = std::thread::spawn(move || stdin.write_all(&input));
    let output = child
        .wait_with_output()
        .expect("the child can be waited for");
    drop(feeding.join());
    Ran {
        status: output.status.code(),
        stdout: output.stdout,
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// The binary in a session of its own: no terminal to ask anything at.
pub fn without_terminal(binary: &Path, arguments: &[&str]) -> Ran {
    let mut command = Command::new("setsid");
    command.arg("--wait").arg(binary).args(arguments);
    command.env_remove("AMS_DATA");
    run(&mut command, b"")
}

/// No null anywhere, and every name snake_case.
pub fn check_shape(value: &Value) {
    match value {
        Value::Null => panic!("a null"),
        Value::Array(items) => items.iter().for_each(check_shape),
        Value::Object(fields) => {
            for (name, value) in fields {
                let snake = name
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_-".contains(&b));
                assert!(snake, "{name}");
                check_shape(value);
            }
        }
        _ => {}
    }
}
