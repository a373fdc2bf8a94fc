//! The real programs that tests run against. One that is missing skips the test with the command that installs it,
//! or fails the test where CI=true says that everything must be there.

use std::io::Write;
use std::process::{Command, Stdio};

/// A program or Python module of somebody else.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Peer {
    OpenSsl,
    Certtool,
    Sshd,
    Ssh,
    Systemd,
    Tmux,
    Aiosmtpd,
    Pkilint,
    Nginx,
    EasyRsa,
    SoftHsm,
    OpenSc,
    Xca,
}

impl Peer {
    /// How it is asked whether it is there, and what installs it.
    const fn facts(self) -> (&'static str, &'static [&'static str], &'static str) {
        match self {
            Self::OpenSsl => ("openssl", &["version"], "apt install openssl"),
            Self::Certtool => ("certtool", &["--version"], "apt install gnutls-bin"),
            // Its folder is in no ordinary user's PATH.
            Self::Sshd => ("/usr/sbin/sshd", &["-V"], "apt install openssh-server"),
            Self::Ssh => ("ssh", &["-V"], "apt install openssh-client"),
            Self::Systemd => ("systemd-analyze", &["--version"], "apt install systemd"),
            Self::Tmux => ("tmux", &["-V"], "apt install tmux"),
            Self::Aiosmtpd => (
                "python3",
                &["-c", "import aiosmtpd"],
                "apt install python3-aiosmtpd (or pip install aiosmtpd)",
            ),
            Self::SoftHsm => ("softhsm2-util", &["--version"], "apt install softhsm2"),
            Self::OpenSc => ("pkcs11-tool", &["--help"], "apt install opensc"),
            Self::Xca => ("xca", &["--version"], "apt install xca"),
            Self::Pkilint => (
                "python3",
                &["-c", "import pkilint"],
                "apt install python3-pip && pip install pkilint",
            ),
            // Its folder is in no ordinary user's PATH.
            Self::Nginx => ("/usr/sbin/nginx", &["-v"], "apt install nginx-light"),
            Self::EasyRsa => (
                "/usr/share/easy-rsa/easyrsa",
                &["--version"],
                "apt install easy-rsa",
            ),
        }
    }

    /// A command that runs it (for a Python module: Python); `None` when it is missing, which is said on standard error.
    pub fn command(self) -> Option<Command> {
        let (program, question, remedy) = self.facts();
        let answer = Command::new(program)
            .args(question)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        // Old releases of sshd have no -V and complain, pkcs11-tool complains of its help, but they are there.
        let there = match self {
            Self::Sshd | Self::OpenSc => answer.is_ok(),
            _ => answer.is_ok_and(|status| status.success()),
        };
        if there {
            return Some(Command::new(program));
        }
        let strict = std::env::var_os("CI").is_some_and(|ci| ci == "true");
        assert!(!strict, "{self:?} is missing: {remedy}");
        // Not println!, which the test runner keeps to itself when a test passes.
        let _ = writeln!(std::io::stderr(), "SKIPPED: {remedy}");
        None
    }
}
