//! A desk behind the system's sshd, as officers reach it: the desk and its folder belong to a unix user of their own, the
//! officers' users may enter the socket's folder, and sshd gives them nothing but the forced command.

use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::demo::{Demo, Ran};
use super::peer::Peer;
use super::serving::Serving;
use super::sshd::{Sshd, set_mode};
use super::terminal::{Size, Terminal};
use super::unix_users::{UnixUser, UnixUsers};

/// The whole site; taken down when dropped.
pub struct Site {
    pub demo: Demo,
    pub users: &'static UnixUsers,
    serving: Option<Serving>,
    pub sshd: Sshd,
    folder: tempfile::TempDir,
}

impl Site {
    /// A demo's desk; `None` where sshd is missing or unix users may not be made.
    pub fn open(binary: &str, more: &[&str]) -> Option<Self> {
        let mut site = Self::prepare(binary, more)?;
        site.serve();
        Some(site)
    }

    /// As [`Site::open`], with accounts bound to the officers' unix users, in their order. A binding waits for a day, so
    /// the demo's clock stands two days back while they are asked for.
    pub fn bound(binary: &str, accounts: &[&str]) -> Option<Self> {
        let two_days_ago = time::OffsetDateTime::now_utc() - time::Duration::days(2);
        let now = two_days_ago
            .format(&time::format_description::well_known::Rfc3339)
            .expect("a date");
        let mut site = Self::prepare(binary, &["--now", &now])?;
        let mut opening = Command::new("setpriv");
        let desk = &site.users.desk;
        opening
            .arg(format!("--reuid={}", desk.uid))
            .arg(format!("--regid={}", desk.gid))
            .arg("--clear-groups")
            .arg(site.binary())
            .arg("--data")
            .arg(site.demo.data())
            .args(["demo", "--as", "admin", "--now", &now]);
        let terminal = Terminal::start(&opening, Size::new(80, 24), &[("HOME", "/")]);
        terminal.wait_for("q Keluar");
        for (account, unix) in accounts.iter().zip(&site.users.officers) {
            let uid = unix.uid.to_string();
            site.demo.done("admin", &["account", "bind", account, &uid]);
        }
        terminal.keys("q");
        terminal.wait_exit();
        site.serve();
        for account in accounts {
            while !site.demo.json("admin", &["account", "show", account])["pending"].is_null() {}
        }
        Some(site)
    }

    fn prepare(binary: &str, more: &[&str]) -> Option<Self> {
        Peer::Sshd.command()?;
        let users = UnixUsers::there()?;
        let folder = tempfile::tempdir().expect("a temporary folder");
        set_mode(folder.path(), 0o755);
        let run = folder.path().join("run");
        std::fs::create_dir(&run).expect("a folder of its own");
        chown(&run, Some(users.desk.uid), Some(users.officers[0].gid)).expect("as root");
        set_mode(&run, 0o750);
        let binary = binary_for_all(Path::new(binary), folder.path());
        let demo = Demo::make_for(&binary, more, Some(&users.desk));
        let socket = run.join("desk.sock");
        let sshd = Sshd::start(folder.path(), &binary, &socket, users);
        Some(Self {
            demo,
            users,
            serving: None,
            sshd,
            folder,
        })
    }

    /// Starts the desk.
    pub fn serve(&mut self) {
        let mut command = self.demo.ams();
        command.arg("--socket").arg(self.socket()).arg("serve");
        self.serving = Some(Serving::start(&mut command));
    }

    /// kill -9 of the desk.
    pub fn kill_desk(&mut self) {
        self.serving.take().expect("the desk runs").kill();
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn socket(&self) -> PathBuf {
        self.folder().join("run/desk.sock")
    }

    /// The program that everybody may run.
    pub fn binary(&self) -> PathBuf {
        self.folder().join("ams")
    }

    /// `ssh` (or a relative of it, which takes the same -F) with this site's keys.
    pub fn client(&self, program: &str) -> Command {
        self.sshd.client(program)
    }

    /// What `ssh officer@desk WORDS` does, with something on standard input.
    pub fn ssh(&self, officer: &UnixUser, words: &str, input: &[u8]) -> Ran {
        self.sshd.ssh(officer, words, input)
    }

    /// `ssh -tt officer@desk` in a terminal: the app.
    pub fn screen(&self, officer: &UnixUser) -> Terminal {
        self.screen_at(officer, "desk", Size::new(80, 24))
    }

    /// As [`Site::screen`], through the host of that name in the client's configuration.
    pub fn screen_at(&self, officer: &UnixUser, host: &str, size: Size) -> Terminal {
        let mut command = self.client("ssh");
        command.arg("-tt").arg(format!("{}@{host}", officer.name));
        Terminal::start(&command, size, &[])
    }

    /// Logs in by keyboard.
    pub fn log_in(&self, terminal: &Terminal, account: &str) {
        terminal.wait_for("Kata sandi");
        let password = self.demo.password(account);
        terminal.keys(&format!("{account}<Enter>{password}<Enter>"));
        terminal.wait_without("Kata sandi");
    }

    /// The command run locally by an officer's unix user through the socket.
    pub fn local(&self, officer: &UnixUser) -> Command {
        let mut command = Command::new(self.binary());
        officer.runs(&mut command);
        command
            .current_dir(&officer.home)
            .env_remove("XDG_RUNTIME_DIR")
            .arg("--socket")
            .arg(self.socket());
        command
    }
}

/// The program where every user can run it: the build folder may be closed to them.
fn binary_for_all(built: &Path, folder: &Path) -> PathBuf {
    let binary = folder.join("ams");
    std::fs::hard_link(built, &binary)
        .or_else(|_| std::fs::copy(built, &binary).map(drop))
        .expect("a copy of the program");
    set_mode(&binary, 0o755);
    binary
}
