//! The system's sshd on loopback, with keys and configuration of its own in a temporary folder: what `ams deploy sshd`
//! prints, behind a server that offers everything else.

use std::fs::Permissions;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use rustix::process::{Pid, Signal, kill_process};

use super::demo::{Ran, run};
use super::unix_users::{GROUP, UnixUser, UnixUsers};

/// A running sshd.
pub struct Sshd {
    child: Child,
    pub port: u16,
    /// For `ssh -F`: the host `desk`, the users' keys, no file of the caller's own.
    pub client_config: PathBuf,
    said: Arc<Mutex<Vec<String>>>,
}

impl Sshd {
    pub fn start(folder: &Path, binary: &Path, socket: &Path, users: &UnixUsers) -> Self {
        // sshd insists on its own empty folder, which only the service's start makes.
        std::fs::create_dir_all("/run/sshd").expect("as root");
        let etc = folder.join("etc");
        std::fs::create_dir_all(etc.join("authorized")).expect("a folder of its own");
        let host_key = key(&etc, "host");
        for officer in &users.officers {
            let public = key(&etc, &format!("key-{}", officer.name)).with_extension("pub");
            let authorized = etc.join("authorized").join(officer.name);
            std::fs::copy(&public, &authorized).expect("a folder of its own");
            set_mode(&authorized, 0o644);
        }
        // Who asks second for a port that somebody else got in between tries another.
        for _ in 0..10 {
            let port = free_port();
            let config = etc.join("sshd_config");
            let lines = server_config(&etc, port, binary, socket);
            std::fs::write(&config, lines).expect("a folder of its own");
            let mut child = Command::new("/usr/sbin/sshd")
                .args(["-D", "-e", "-f"])
                .arg(&config)
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::piped())
                .spawn()
                .expect("sshd was there");
            let mut lines = BufReader::new(child.stderr.take().expect("piped")).lines();
            let said = Arc::new(Mutex::new(Vec::new()));
            let mut listens = false;
            for line in lines.by_ref().map_while(Result::ok) {
                listens = line.contains("Server listening");
                keep(&said, line);
                if listens {
                    break;
                }
            }
            if !listens {
                // It has ended: waited for, so that nothing is left of it.
                let _ = child.wait();
                eprintln!("sshd: {said:?}");
                continue;
            }
            let keeping = Arc::clone(&said);
            std::thread::spawn(move || {
                for line in lines.map_while(Result::ok) {
                    keep(&keeping, line);
                }
            });
            let host = std::fs::read_to_string(host_key.with_extension("pub")).expect("its key");
            let known = etc.join("known_hosts");
            std::fs::write(&known, format!("desk {host}")).expect("a folder of its own");
            let sshd = Self {
                child,
                port,
                client_config: etc.join("ssh_config"),
                said,
            };
            sshd.add_host("desk", port);
            return sshd;
        }
        panic!("sshd does not start");
    }

    /// Gives the client a further way to the same server.
    pub fn add_host(&self, name: &str, port: u16) {
        let etc = self.client_config.parent().expect("a file in a folder");
        let entry = format!(
            "Host {name}\n\
             \x20 HostName 127.0.0.1\n  Port {port}\n  HostKeyAlias desk\n\
             \x20 UserKnownHostsFile {etc}/known_hosts\n  GlobalKnownHostsFile none\n\
             \x20 StrictHostKeyChecking yes\n  BatchMode yes\n\
             \x20 IdentitiesOnly yes\n  IdentityAgent none\n  IdentityFile {etc}/key-%r\n\
             \x20 SendEnv LANG LC_* COLORTERM\n  LogLevel ERROR\n  ControlPath none\n",
            etc = etc.display()
        );
        std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(&self.client_config)
            .and_then(|mut file| file.write_all(entry.as_bytes()))
            .expect("a folder of its own");
    }

    /// See [`super::ssh::Site::client`].
    pub fn client(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.arg("-F").arg(&self.client_config);
        command
    }

    /// See [`super::ssh::Site::ssh`].
    pub fn ssh(&self, officer: &UnixUser, words: &str, input: &[u8]) -> Ran {
        let mut command = self.client("ssh");
        command.arg(format!("{}@desk", officer.name)).arg(words);
        run(&mut command, input)
    }

    /// What it has logged so far.
    pub fn said(&self) -> String {
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        said.join("\n")
    }

    /// Every process of a connection's: sshd's own, and the relays they started.
    fn descendants(&self) -> Vec<i32> {
        let mut found = Vec::new();
        let mut parents = vec![self.child.id() as i32];
        while let Some(parent) = parents.pop() {
            let children = children(parent);
            found.extend(&children);
            parents.extend(children);
        }
        found
    }

    /// kill -9 of sshd's processes for every connection, not of the one that listens.
    pub fn kill_sessions(&self) {
        self.kill(|name| name.starts_with("sshd"));
    }

    /// kill -9 of the relays.
    pub fn kill_relays(&self) {
        self.kill(|name| name == "ams");
    }

    /// The environments of the relays that run, as sshd made them: `NAME=value`.
    pub fn environments(&self) -> Vec<Vec<String>> {
        let relays = self
            .descendants()
            .into_iter()
            .filter(|pid| name(*pid) == "ams");
        relays
            .map(|pid| {
                let text = std::fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
                let text = String::from_utf8_lossy(&text).into_owned();
                text.split_terminator('\0').map(str::to_owned).collect()
            })
            .collect()
    }

    fn kill(&self, which: impl Fn(&str) -> bool) {
        let mut killed = 0;
        for pid in self.descendants() {
            if which(&name(pid)) {
                let pid = Pid::from_raw(pid).expect("not zero");
                killed += i32::from(kill_process(pid, Signal::KILL).is_ok());
            }
        }
        assert!(killed > 0, "nothing to kill");
    }
}

impl Drop for Sshd {
    fn drop(&mut self) {
        for pid in self.descendants().into_iter().filter_map(Pid::from_raw) {
            // It may have ended by itself.
            let _ = kill_process(pid, Signal::KILL);
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn keep(said: &Mutex<Vec<String>>, line: String) {
    said.lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(line);
}

/// A process's name; none for one that has ended by itself.
fn name(pid: i32) -> String {
    let name = std::fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
    name.trim().to_owned()
}

/// The children of a process: of every one of its threads.
fn children(pid: i32) -> Vec<i32> {
    let Ok(threads) = std::fs::read_dir(format!("/proc/{pid}/task")) else {
        return Vec::new();
    };
    threads
        .flatten()
        .filter_map(|thread| std::fs::read_to_string(thread.path().join("children")).ok())
        .flat_map(|line| {
            line.split_whitespace()
                .filter_map(|word| word.parse().ok())
                .collect::<Vec<_>>()
        })
        .collect()
}

fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    listener.local_addr().expect("bound").port()
}

fn key(folder: &Path, name: &str) -> PathBuf {
    let path = folder.join(name);
    let mut keygen = Command::new("ssh-keygen");
    keygen.args(["-q", "-t", "ed25519", "-N", "", "-C", name, "-f"]);
    let made = run(keygen.arg(&path), b"");
    assert_eq!(made.status, Some(0), "ssh-keygen: {made:?}");
    path
}

/// A server as an admin sets it up for officers: what an ordinary server offers is on, and what `ams deploy sshd` prints
/// keeps it away from them. Only the socket is named besides, for this desk has another than the system's.
fn server_config(etc: &Path, port: u16, binary: &Path, socket: &Path) -> String {
    let mut deploy = Command::new(binary);
    deploy.args(["deploy", "sshd", "--group", GROUP, "--program"]);
    let printed = run(deploy.arg(binary), b"").text();
    let forced = format!("ForceCommand {}\n", binary.display());
    assert!(printed.contains(&forced), "{printed}");
    let with_socket = format!("{} --socket {}\n", forced.trim(), socket.display());
    let officers = printed.replace(&forced, &with_socket);
    let etc = etc.display();
    format!(
        "ListenAddress 127.0.0.1:{port}\n\
         HostKey {etc}/host\n\
         PidFile none\n\
         AuthorizedKeysFile {etc}/authorized/%u\n\
         # The folder lies under /tmp, which others may write to.\n\
         StrictModes no\n\
         UsePAM no\n\
         AuthenticationMethods publickey\n\
         PasswordAuthentication no\n\
         KbdInteractiveAuthentication no\n\
         X11Forwarding yes\n\
         MaxStartups 100\n\
         Subsystem sftp /usr/lib/openssh/sftp-server\n\
         {officers}"
    )
}

pub fn set_mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, Permissions::from_mode(mode)).expect("a file of the test's");
}
