//! What a command on a desk stands on: the data folder, the desk opened in this process, and who asks.
//! At the end the tasks that the command made are worked off, and what remains is said.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use secrecy::SecretString;

use crate::desk::folder::DataFolder;
use crate::desk::{Alarm, Credentials, Desk, DeskError, Environment, Identity, Login, Page};
use crate::domain::{Language, Zone};
use crate::store::StoreError;
use crate::tui::errors;
use crate::tui::format::Format;
use crate::tui::i18n::Texts;

use super::args::Global;
use super::failure::{Failure, Said};
use super::output::Output;
use super::{files, terminal};

/// What a command needs of its caller.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Need {
    /// Reads only: the unix user bound to an account is enough.
    Read,
    /// Changes something: the password.
    Change,
    /// Changes one's own password or second factor: also before the first password was changed.
    Own,
}

/// A desk in this process and the person who asks.
pub struct Context {
    /// First, so that the note goes before the database is free for the next process.
    _presence: Presence,
    pub desk: Desk,
    pub who: Identity,
    pub out: Output,
    /// The password, where it was asked for: grave acts want it again.
    password: Option<SecretString>,
    need: Need,
}

/// How long a command works off what it caused before it leaves the rest to the next desk.
const DRAIN: Duration = Duration::from_secs(30);

/// The language of messages before anybody has logged in.
pub fn language(global: &Global) -> Language {
    global
        .lang
        .as_deref()
        .and_then(Language::parse)
        .unwrap_or_default()
}

/// How to print before a desk is open.
pub fn bare_output(global: &Global) -> Output {
    Output {
        json: global.json,
        format: Format {
            texts: Texts::new(language(global)),
            zone: Zone::default(),
        },
    }
}

/// Where the data lie: as named, else the system's folder where there is one, else the user's.
pub fn data_folder(global: &Global) -> Result<PathBuf, Failure> {
    const SYSTEM: &str = "/var/lib/ams";
    if let Some(named) = &global.data {
        return Ok(named.clone());
    }
    if Path::new(SYSTEM).is_dir() {
        return Ok(PathBuf::from(SYSTEM));
    }
    Ok(state_home()?.join("ams"))
}

/// Where a demo folder lies unless one is named.
pub fn demo_folder(global: &Global) -> Result<PathBuf, Failure> {
    match &global.data {
        Some(named) => Ok(named.clone()),
        None => Ok(state_home()?.join("ams-demo")),
    }
}

/// `$XDG_STATE_HOME`, else `~/.local/state` (XDG Base Directory Specification).
fn state_home() -> Result<PathBuf, Failure> {
    let absolute = |name: &str| {
        std::env::var_os(name)
            .map(PathBuf::from)
            .filter(|p| p.is_absolute())
    };
    absolute("XDG_STATE_HOME")
        .or_else(|| absolute("HOME").map(|home| home.join(".local/state")))
        .ok_or_else(|| Failure::usage("cli-no-home"))
}

/// Opens the desk of a folder in this process; says who has it when another process does.
pub fn open_desk(path: &Path) -> Result<(Desk, Presence), Failure> {
    let folder = DataFolder::open(path)?;
    let place = folder.path().to_owned();
    match Desk::open(folder, environment()?) {
        Ok(desk) => Ok((desk, Presence::note(&place))),
        Err(DeskError::Store(StoreError::Busy { .. })) => Err(busy(&place)),
        Err(error) => Err(error.into()),
    }
}

/// The machine's clock and randomness, and this very program.
pub fn environment() -> Result<Environment, Failure> {
    Environment::real().map_err(|e| Failure::file("/proc/self/exe", e))
}

/// Another process has the desk.
pub fn busy(folder: &Path) -> Failure {
    let holder = std::fs::read_to_string(folder.join(PRESENCE))
        .ok()
        .and_then(|text| text.trim().parse::<u32>().ok());
    Failure::CouldNot(match holder {
        Some(pid) => Said::plain("cli-busy")
            .with("path", folder.display())
            .with("pid", pid),
        None => Said::plain("cli-busy-unknown").with("path", folder.display()),
    })
}

const PRESENCE: &str = "desk.pid";

/// The note in the data folder that says which process has the desk. It locks nothing: the database does.
pub struct Presence(PathBuf);

impl Presence {
    /// Leaves the note. Without it the desk works all the same; only a second process cannot say who is first.
    pub fn note(folder: &Path) -> Self {
        let path = folder.join(PRESENCE);
        let written = std::fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&path)
            .and_then(|mut file| writeln!(file, "{}", std::process::id()));
        if let Err(error) = written {
            tracing::warn!(%error, "desk.pid not written");
        }
        Self(path)
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        // A note that stays behind is overwritten by the next desk.
        let _ = std::fs::remove_file(&self.0);
    }
}

impl Context {
    /// Opens the desk and learns who asks.
    pub fn open(global: &Global, need: Need) -> Result<Self, Failure> {
        let (desk, presence) = open_desk(&data_folder(global)?)?;
        match identify(&desk, global, need) {
            Ok((who, password)) => {
                let language = global
                    .lang
                    .as_deref()
                    .and_then(Language::parse)
                    .unwrap_or(who.language());
                let out = Output {
                    json: global.json,
                    format: Format {
                        texts: Texts::new(language),
                        zone: desk.policy().zone,
                    },
                };
                Ok(Self {
                    desk,
                    who,
                    out,
                    password,
                    need,
                    _presence: presence,
                })
            }
            Err(failure) => {
                // A failed login is logged even though this process ends here.
                desk.close()?;
                Err(failure)
            }
        }
    }

    /// The password, for acts that ask it again.
    pub fn password(&self) -> Result<SecretString, Failure> {
        self.password
            .clone()
            .ok_or_else(|| Failure::from(crate::domain::Refusal::PasswordNeeded))
    }

    /// Works off what the command caused, says what remains and why it failed, and ends. Returns the exit status.
    pub fn finish(self, result: Result<(), Failure>) -> u8 {
        if let Err(failure) = &result {
            let names = errors::names(&self.desk);
            print_failure(self.out.format, failure, &names);
        }
        if self.need != Need::Read
            && let Err(error) = self.work_off()
        {
            let names = errors::names(&self.desk);
            print_failure(self.out.format, &Failure::from(error), &names);
        }
        if let Err(error) = self.desk.close() {
            tracing::warn!(%error, "failed logins not logged");
        }
        result.map_or_else(|failure| failure.exit(), |()| super::failure::DONE)
    }

    fn work_off(&self) -> Result<(), DeskError> {
        let remaining = self.desk.drain(DRAIN)?;
        if remaining.tasks > 0 {
            let count = remaining.tasks.to_string();
            self.out.remark("cli-tasks-remain", &[("count", count)]);
            self.say_why();
        }
        if remaining.mails > 0 {
            let count = remaining.mails.to_string();
            self.out.remark("cli-mails-remain", &[("count", count)]);
        }
        Ok(())
    }

    /// The alarms that keep tasks waiting.
    fn say_why(&self) {
        for alarm in self.desk.alarms().unwrap_or_default() {
            match alarm {
                Alarm::KeyLocked { issuer } => {
                    self.out.remark("error-key-locked", &[("issuer", issuer)]);
                }
                Alarm::CrlNotPublished { issuer, problem } => self.out.remark(
                    "cli-crl-not-published",
                    &[("issuer", issuer), ("detail", problem)],
                ),
                _ => {}
            }
        }
    }

    /// Runs through the pages of a list, however many there are.
    pub fn pages<T>(
        mut page: impl FnMut(Option<&str>) -> Result<Page<T>, DeskError>,
        mut each: impl FnMut(T) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let mut from: Option<String> = None;
        loop {
            let read = page(from.as_deref())?;
            for row in read.rows {
                each(row)?;
            }
            match read.next {
                Some(next) => from = Some(next),
                None => return Ok(()),
            }
        }
    }
}

/// Rows read at once from a list.
pub const PAGE: usize = 1000;

/// Prints a failure and its hint on standard error.
pub fn print_failure(
    format: Format,
    failure: &Failure,
    names: &dyn Fn(crate::domain::AccountId) -> String,
) {
    let Some((what, hint)) = failure.say(format, names) else {
        return;
    };
    let mut text = format!("{what}\n");
    if let Some(hint) = hint {
        text.push_str(&format!("  {hint}\n"));
    }
    // Nobody is left to tell when standard error is gone too.
    let _ = std::io::stderr().write_all(text.as_bytes());
}

fn identify(
    desk: &Desk,
    global: &Global,
    need: Need,
) -> Result<(Identity, Option<SecretString>), Failure> {
    let uid = rustix::process::getuid().as_raw();
    let bound = desk.bound_username(uid)?;
    let bound_is_meant = match (&global.user, &bound) {
        (None, Some(_)) => true,
        (Some(named), Some(bound)) => named.eq_ignore_ascii_case(bound),
        _ => false,
    };
    if need == Need::Read
        && bound_is_meant
        && global.password_file.is_none()
        && let Some(login) = desk.bound_login(uid)?
    {
        return Ok((admitted(login, need)?, None));
    }
    let texts = Texts::new(language(global));
    let username = match global.user.clone().or(bound) {
        Some(name) => name,
        None => terminal::ask_line(&texts.get("field-username"))
            .map_err(|e| Failure::file("/dev/tty", e))?
            .filter(|name| !name.is_empty())
            .ok_or_else(|| Failure::usage("cli-who"))?,
    };
    let password = match &global.password_file {
        Some(name) => files::secret(name)?,
        None => ask_secret(&texts.get("field-password"))?,
    };
    let mut credentials = Credentials {
        username,
        password: password.clone(),
        totp: global.totp.clone(),
        peer_uid: Some(uid),
    };
    let mut login = desk.login(&credentials)?;
    if matches!(login, Login::NeedsTotp) && credentials.totp.is_none() {
        credentials.totp = terminal::ask_line(&texts.get("field-code"))
            .map_err(|e| Failure::file("/dev/tty", e))?;
        if credentials.totp.is_some() {
            login = desk.login(&credentials)?;
        }
    }
    Ok((admitted(login, need)?, Some(password)))
}

fn admitted(login: Login, need: Need) -> Result<Identity, Failure> {
    match login {
        Login::In(identity) => Ok(identity),
        Login::MustChangePassword(identity) | Login::MustEnrolTotp(identity)
            if need == Need::Own =>
        {
            Ok(identity)
        }
        Login::MustChangePassword(_) => Err(Failure::Refused(Said::plain("cli-change-password"))),
        Login::MustEnrolTotp(_) => Err(Failure::Refused(Said::plain("cli-enrol-totp"))),
        Login::NeedsTotp => Err(Failure::Refused(Said::plain("cli-needs-totp"))),
    }
}

/// A secret from the terminal; without one the command line must name a file.
pub fn ask_secret(question: &str) -> Result<SecretString, Failure> {
    terminal::ask_secret(question)
        .map_err(|e| Failure::file("/dev/tty", e))?
        .ok_or_else(|| Failure::usage("cli-no-password"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_named_folder_goes_before_every_other() {
        let global = Global {
            data: Some("/srv/meja".into()),
            ..Global::default()
        };
        assert_eq!(data_folder(&global).unwrap(), PathBuf::from("/srv/meja"));
        assert_eq!(demo_folder(&global).unwrap(), PathBuf::from("/srv/meja"));
    }

    #[test]
    fn a_second_process_is_told_who_was_first() {
        let folder = tempfile::tempdir().unwrap();
        let presence = Presence::note(folder.path());
        let Failure::CouldNot(said) = busy(folder.path()) else {
            panic!("another failure");
        };
        assert_eq!(said.id, "cli-busy");
        assert!(
            said.facts
                .contains(&("pid", std::process::id().to_string()))
        );
        drop(presence);
        assert!(matches!(busy(folder.path()), Failure::CouldNot(s) if s.id == "cli-busy-unknown"));
    }
}
