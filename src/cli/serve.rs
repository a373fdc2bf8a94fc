//! `ams serve`: this process is the desk until it is told to stop. And the same beside a screen: whoever comes second on a
//! folder attaches to the first.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::channel;

use secrecy::SecretString;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::desk::{Change, Desk, DeskError};
use crate::domain::IssuerId;
use crate::session::caller::this_process;
use crate::session::server::{RunCommand, Server};
use crate::session::socket;
use crate::store::StoreError;

use super::args::{Global, Serve};
use super::context::bare_output;
use super::failure::{DONE, Failure};
use super::place::{self, Opened};
use super::{files, on_running_desk, route};

pub fn run(global: &Global, command: &Serve) -> Result<u8, Failure> {
    let data = place::data_folder(global)?;
    let passphrase = match (command.passphrase_fd, credential()) {
        (Some(number), _) => Some(files::secret_of_descriptor(&*this_process(), number)?),
        (None, Some(file)) => Some(files::secret(&*this_process(), &file)?),
        (None, None) => None,
    };
    let pin = match command.pin_fd {
        Some(number) => Some(files::secret_of_descriptor(&*this_process(), number)?),
        None => None,
    };
    // Before anything is open: a signal that comes early is not lost.
    let mut signals =
        Signals::new([SIGTERM, SIGINT, SIGHUP]).map_err(|e| Failure::file("signals", e))?;
    let opened = place::open_desk(&data).map_err(|failure| match failure {
        Failure::Desk(DeskError::Store(StoreError::Busy { .. })) => place::busy(&data),
        other => other,
    })?;
    let desk = &opened.desk;
    if let Some(passphrase) = passphrase {
        desk.unlock_all(&passphrase);
    }
    desk.unlock_tokens(|issuer| pin.clone().or_else(|| pin_credential(issuer)));
    let path = route::own_socket(global, &data);
    let named = path.display().to_string();
    let listening = socket::listen(&path).map_err(|e| Failure::file(&*named, e))?;
    opened.presence.listens_at(&path);
    let workers = desk.start_workers()?;
    let server = Server::start(desk.clone(), listening, Arc::new(on_running_desk))
        .map_err(|e| Failure::file(named, e))?;
    tell_systemd(sd_notify::NotifyState::Ready);
    let out = bare_output(global, this_process());
    out.remark("cli-serving", &[("path", path.display().to_string())]);
    // SIGHUP has no meaning for a desk and must not end it.
    for signal in &mut signals {
        if signal != SIGHUP {
            break;
        }
    }
    tell_systemd(sd_notify::NotifyState::Stopping);
    // Each worker ends its round, each screen is told and saves itself.
    workers.stop();
    server.stop();
    desk.close()?;
    Ok(DONE)
}

/// The passphrase of the CA keys as systemd hands it over (LoadCredential), where it does.
fn credential() -> Option<String> {
    credential_named(super::deploy::PASSPHRASE_CREDENTIAL)
}

fn credential_named(name: &str) -> Option<String> {
    let folder = std::env::var_os("CREDENTIALS_DIRECTORY").map(PathBuf::from)?;
    let file = folder.join(name);
    file.exists().then(|| file.display().to_string())
}

/// The PIN of an issuer's token as systemd hands it over.
fn pin_credential(issuer: IssuerId) -> Option<SecretString> {
    use super::deploy::PIN_CREDENTIAL;
    let file = credential_named(&format!("{PIN_CREDENTIAL}.{issuer}"))
        .or_else(|| credential_named(PIN_CREDENTIAL))?;
    files::secret(&*this_process(), &file)
        .inspect_err(|_| tracing::warn!(%file, "the PIN does not read"))
        .ok()
}

/// Where no service manager asked, nobody is told.
fn tell_systemd(state: sd_notify::NotifyState<'_>) {
    if let Err(error) = sd_notify::notify(&[state]) {
        tracing::warn!(%error, "systemd was not told");
    }
}

/// Serves others beside the screen of this process. Without a socket the screen works all the same.
pub fn beside(opened: &Opened, global: &Global) -> Option<Server> {
    let Opened { desk, presence } = opened;
    let path = route::own_socket(global, desk.folder().path());
    let run: Arc<RunCommand> = Arc::new(on_running_desk);
    let started =
        socket::listen(&path).and_then(|listening| Server::start(desk.clone(), listening, run));
    if started.is_ok() {
        presence.listens_at(&path);
    }
    started
        .inspect_err(|error| tracing::warn!(%error, path = %path.display(), "no socket"))
        .ok()
}

/// Goes on while others are at this desk, whose screen here was left: nobody is put out by whoever leaves first. Ctrl-C,
/// or the system's word, ends it.
pub fn until_alone(desk: &Desk, global: &Global) -> Result<(), Failure> {
    let changes = desk.subscribe();
    let others = desk.open_sessions();
    if others == 0 {
        return Ok(());
    }
    let mut signals =
        Signals::new([SIGTERM, SIGINT, SIGHUP]).map_err(|e| Failure::file("signals", e))?;
    let out = bare_output(global, this_process());
    out.remark("cli-others-here", &[("count", others.to_string())]);
    let (told, over) = channel();
    let asked = told.clone();
    std::thread::spawn(move || {
        for _ in &mut signals {
            // Nobody waits any more where this fails.
            let _ = asked.send(());
        }
    });
    let here = desk.clone();
    std::thread::spawn(move || {
        for change in changes {
            if change == Change::Sessions && here.open_sessions() == 0 {
                let _ = told.send(());
            }
        }
    });
    // Without either thread there is nothing to wait for.
    let _ = over.recv();
    Ok(())
}
