//! A real mail server for tests: aiosmtpd as a child process, under a certificate made for the occasion.
//! What arrived is read from *its* mailbox, as Python's own mail parser understands it.

use std::io::{BufRead, BufReader, Lines, Write};
use std::process::{Child, ChildStdout, Stdio};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};

use crate::support::peer::Peer;

/// How the server protects the conversation.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Plain,
    StartTls,
    Tls,
}

/// The running server; dropping it ends it.
pub struct SmtpServer {
    pub port: u16,
    /// The root that its certificate stands under, in PEM; the certificate names `localhost` only.
    pub root: String,
    child: Child,
    events: Lines<BufReader<ChildStdout>>,
    _files: tempfile::TempDir,
}

impl SmtpServer {
    /// Starts the server; its only login is `ams` with `sandi-uji`. Recipients beginning with `tolak` are refused
    /// with 550, with `nanti` deferred with 451; after the first mail to `putus…` it hangs up without an answer.
    /// `None` when aiosmtpd is not installed, which in CI is a failure.
    pub fn start(mode: Mode, login: bool) -> Option<Self> {
        let mut python = Peer::Aiosmtpd.command()?;
        let files = tempfile::tempdir().unwrap();
        let (root, certificate, key) = certificate();
        let path = |name: &str| files.path().join(name);
        std::fs::write(path("certificate.pem"), certificate).unwrap();
        std::fs::write(path("key.pem"), key).unwrap();
        let mut child = python
            .arg(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/tests/real/smtp_server.py"
            ))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mode = match mode {
            Mode::Plain => "plain",
            Mode::StartTls => "starttls",
            Mode::Tls => "tls",
        };
        let settings = serde_json::json!({
            "mode": mode, "login": login,
            "certificate": path("certificate.pem"), "key": path("key.pem"),
        });
        let stdin = child.stdin.as_mut().unwrap();
        writeln!(stdin, "{settings}").unwrap();
        let stdout = child.stdout.take().unwrap();
        let mut server = Self {
            port: 0,
            root,
            child,
            events: BufReader::new(stdout).lines(),
            _files: files,
        };
        let ready = server.next_event();
        server.port = u16::try_from(ready["port"].as_u64().unwrap()).unwrap();
        Some(server)
    }

    /// The next thing that happened at the server; waits for it.
    pub fn next_event(&mut self) -> serde_json::Value {
        let line = self.events.next().expect("the mail server ended").unwrap();
        serde_json::from_str(&line).unwrap()
    }

    /// The next mail that arrived, logins passed over.
    pub fn next_mail(&mut self) -> serde_json::Value {
        loop {
            let event = self.next_event();
            if event["event"] == "mail" {
                return event;
            }
        }
    }

    /// Ends the server and returns everything that happened and was not read yet.
    pub fn stop(mut self) -> Vec<serde_json::Value> {
        drop(self.child.stdin.take());
        let rest = self.events.by_ref();
        rest.map(|line| serde_json::from_str(&line.unwrap()).unwrap())
            .collect()
    }
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        // Already gone after `stop`; otherwise it ends now.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A root and a certificate for `localhost` under it: (root, certificate, key), all PEM.
fn certificate() -> (String, String, String) {
    let mut root = CertificateParams::new(Vec::new()).unwrap();
    root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    root.distinguished_name
        .push(DnType::CommonName, "Akar Surat UJI");
    let root_key = KeyPair::generate().unwrap();
    let root_pem = root.self_signed(&root_key).unwrap().pem();
    let issuer = Issuer::new(root, root_key);
    let key = KeyPair::generate().unwrap();
    let server = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let server = server.signed_by(&key, &issuer).unwrap();
    (root_pem, server.pem(), key.serialize_pem())
}
