//! The desk's end of a signing process: starts it, hands the key over once, sends lists and takes signatures. Says when
//! the process has ended, and never signs without it.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustix::fs::{MemfdFlags, memfd_create};
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

use super::child::ARGUMENT;
use super::confine::Confinement;
use super::error::SignerError;
use super::ledger::{Scope, ScopeNumbers};
use super::material::{Custody, KeyMaterial};
use super::wire::{self, Answer, Reply, Request};
use super::{CrlSigner, LONGEST_TBS};
use crate::domain::{Serial, Timestamp};
use crate::pki::algorithm::SignatureAlgorithm;
use crate::pki::demo_ca::{DemoCa, DemoSubject};

/// A token that does not answer within this time is as good as gone; a key file's derivation takes seconds.
const LONGEST_SILENCE: Duration = Duration::from_secs(120);

/// Variables that are the desk's own and none of a module's business. A process for a key file gets none at all.
const NOT_FOR_MODULES: [&str; 5] = [
    "AMS_DATA",
    "AMS_LOG",
    "NOTIFY_SOCKET",
    "CREDENTIALS_DIRECTORY",
    "SSH_ORIGINAL_COMMAND",
];

/// A signing process and its key.
pub struct SignerChild {
    link: Mutex<UnixStream>,
    algorithm: SignatureAlgorithm,
    confinement: Confinement,
    pid: u32,
    handle: OwnedFd,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    ended: AtomicBool,
    /// We closed the socket ourselves: the end is no surprise.
    dismissed: AtomicBool,
    needs_person: AtomicBool,
}

impl SignerChild {
    /// Starts `program`, which must be this program's own file, hands `state` and the key over and waits until the
    /// key is open. `on_end` is called from another thread when the process ends by itself later on.
    pub fn start(
        program: &PathBuf,
        state: File,
        certificate: &[u8],
        key: KeyMaterial<'_>,
        on_end: impl FnOnce() + Send + 'static,
    ) -> Result<Self, SignerError> {
        let not_started = |error: io::Error| SignerError::NotStarted {
            why: error.to_string(),
        };
        let (ours, theirs) = UnixStream::pair().map_err(not_started)?;
        for set in [UnixStream::set_read_timeout, UnixStream::set_write_timeout] {
            set(&ours, Some(LONGEST_SILENCE)).map_err(not_started)?;
        }
        let custody = key.custody();
        let mut command = Command::new(program);
        if custody == Custody::File {
            command.env_clear();
        }
        for name in NOT_FOR_MODULES {
            command.env_remove(name);
        }
        // What whoever started the desk left open is none of the process's business.
        close_fds::set_fds_cloexec_threadsafe(3, &[]);
        let mut child = command
            .args([ARGUMENT, custody.word()])
            .current_dir("/")
            // A terminal's interrupt is for the desk alone.
            .process_group(0)
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stdout(Stdio::from(state))
            .stderr(Stdio::null())
            .spawn()
            .map_err(not_started)?;
        let handle = match pidfd_open(Pid::from_child(&child), PidfdFlags::empty()) {
            Ok(handle) => handle,
            Err(error) => {
                end(&mut child);
                return Err(not_started(error.into()));
            }
        };
        let pid = child.id();
        let opened = open(&ours, certificate, key);
        let (algorithm, confinement) = match opened {
            Ok(ready) => ready,
            Err(error) => {
                end(&mut child);
                return Err(error);
            }
        };
        let shared = Arc::new(Shared::default());
        let watched = Arc::clone(&shared);
        let watcher = move || {
            // Nothing but its end is asked for.
            let _ = child.wait();
            watched.ended.store(true, Ordering::SeqCst);
            if !watched.dismissed.load(Ordering::SeqCst) {
                on_end();
            }
        };
        let signer = Self {
            link: Mutex::new(ours),
            algorithm,
            confinement,
            pid,
            handle,
            shared,
        };
        std::thread::Builder::new()
            .name("signer-watch".to_owned())
            .spawn(watcher)
            .map_err(not_started)?;
        Ok(signer)
    }

    /// Whether the process runs and has what it needs to sign.
    pub fn is_open(&self) -> bool {
        !self.shared.ended.load(Ordering::SeqCst)
            && !self.shared.needs_person.load(Ordering::SeqCst)
    }

    /// Whether the process runs.
    pub fn is_alive(&self) -> bool {
        !self.shared.ended.load(Ordering::SeqCst)
    }

    pub const fn confinement(&self) -> Confinement {
        self.confinement
    }

    /// The process's number, for doctors and tests.
    pub const fn pid(&self) -> u32 {
        self.pid
    }

    /// Whether it could sign now: a token is looked for.
    pub fn probe(&self) -> Result<(), SignerError> {
        match self.ask(&Request::Probe, &[])? {
            Reply::Well => Ok(()),
            _ => Err(self.give_up(&unexpected())),
        }
    }

    fn ask(&self, request: &Request<'_>, list: &[u8]) -> Result<Reply, SignerError> {
        let mut link = self.link.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.is_alive() {
            return Err(self.give_up(&io::ErrorKind::BrokenPipe.into()));
        }
        match exchange(&mut *link, request, list) {
            Ok(answer) => answer.inspect_err(|error| {
                if let SignerError::Token(fault) = error
                    && fault.needs_person()
                {
                    self.shared.needs_person.store(true, Ordering::SeqCst);
                }
            }),
            Err(error) => Err(self.give_up(&error)),
        }
    }

    /// After a word was lost nothing more can be said: the process is ended.
    fn give_up(&self, error: &io::Error) -> SignerError {
        self.shared.ended.store(true, Ordering::SeqCst);
        // It may have ended already.
        let _ = pidfd_send_signal(&self.handle, Signal::KILL);
        let why = match error.kind() {
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => "no answer".to_owned(),
            io::ErrorKind::UnexpectedEof
            | io::ErrorKind::BrokenPipe
            | io::ErrorKind::ConnectionReset => "it is gone".to_owned(),
            _ => error.to_string(),
        };
        SignerError::Lost { why }
    }
}

impl Drop for SignerChild {
    fn drop(&mut self) {
        self.shared.dismissed.store(true, Ordering::SeqCst);
    }
}

impl CrlSigner for SignerChild {
    fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    fn sign_crl(&self, tbs: &[u8]) -> Result<Vec<u8>, SignerError> {
        let octets = tbs.len() as u64;
        if octets > LONGEST_TBS {
            return Err(SignerError::TooLarge {
                octets,
                limit: LONGEST_TBS,
            });
        }
        match self.ask(&Request::Sign { octets }, tbs)? {
            Reply::Signature(signature) => Ok(signature),
            _ => Err(self.give_up(&unexpected())),
        }
    }

    fn last_numbers(&self, scope: &Scope) -> Result<ScopeNumbers, SignerError> {
        let scope = scope.clone();
        match self.ask(&Request::LastNumbers { scope }, &[])? {
            Reply::Numbers(numbers) => Ok(numbers),
            _ => Err(self.give_up(&unexpected())),
        }
    }
}

/// What would hold a signing process on this machine, for `doctor`: one is started with a key made for the purpose and
/// thrown away.
pub fn confinement(program: &PathBuf) -> Result<Confinement, SignerError> {
    let not_started = |why: String| SignerError::NotStarted { why };
    let subject = DemoSubject {
        common_name: "UJI".to_owned(),
        ..DemoSubject::default()
    };
    let serial = Serial::from_magnitude(&[1]).map_err(|e| not_started(e.to_string()))?;
    let (ca, key) = DemoCa::create(&subject, &serial, Timestamp::default())
        .map_err(|e| not_started(e.to_string()))?;
    let none = memfd_create("numbers", MemfdFlags::CLOEXEC);
    let none = File::from(none.map_err(|e| not_started(e.to_string()))?);
    let material = KeyMaterial::File {
        file: &key,
        passphrase: None,
    };
    let child = SignerChild::start(program, none, ca.certificate_der(), material, || {})?;
    Ok(child.confinement())
}

fn open(
    mut link: &UnixStream,
    certificate: &[u8],
    key: KeyMaterial<'_>,
) -> Result<(SignatureAlgorithm, Confinement), SignerError> {
    let not_started = |error: io::Error| SignerError::NotStarted {
        why: error.to_string(),
    };
    let request = Request::Open { certificate, key };
    match exchange(&mut link, &request, &[]).map_err(not_started)?? {
        Reply::Ready {
            algorithm,
            confinement,
        } => Ok((algorithm, confinement)),
        _ => Err(not_started(unexpected())),
    }
}

fn exchange(
    link: &mut (impl io::Read + Write),
    request: &Request<'_>,
    list: &[u8],
) -> io::Result<Answer> {
    wire::send(link, request)?;
    link.write_all(list)?;
    let octets = wire::receive(link)?.ok_or(io::ErrorKind::UnexpectedEof)?;
    wire::parse(&octets)
}

fn end(child: &mut Child) {
    // Already dead is as good as killed.
    let _ = child.kill();
    let _ = child.wait();
}

fn unexpected() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "another answer than asked for")
}
