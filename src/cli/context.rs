//! What a command on a desk stands on: the desk, opened for it or running already, and who asks. At the end the tasks
//! that the command made are worked off where no desk runs, and what remains is said.

use std::sync::Arc;
use std::time::{Duration, Instant};

use secrecy::SecretString;
use zeroize::Zeroizing;

use crate::desk::{Alarm, Credentials, Desk, DeskError, Identity, Login, Page};
use crate::domain::{Language, Zone};
use crate::tui::errors;
use crate::tui::format::Format;
use crate::tui::i18n::Texts;

use super::args::Global;
use super::failure::{Failure, Said};
use super::files;
use super::output::Output;
use super::place::{Opened, Presence};
use crate::session::caller::{Caller, Stream, this_process};

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

/// A desk and the person who asks.
pub struct Context {
    /// Of a desk opened for this one command. First, so that the note goes before the database is free for the next
    /// process.
    own: Option<Presence>,
    pub desk: Desk,
    pub who: Identity,
    pub out: Output,
    /// The password, where it was asked for: grave acts want it again.
    password: Option<SecretString>,
    need: Need,
}

/// How long a command works off what it caused before it leaves the rest to the next desk.
const DRAIN: Duration = Duration::from_secs(30);
/// How long a command waits for the workers of a running desk to publish what it caused, and how often it looks.
const PATIENCE: Duration = Duration::from_secs(5);
const GLANCE: Duration = Duration::from_millis(5);

/// The language of messages before anybody has logged in.
pub fn language(global: &Global) -> Language {
    global
        .lang
        .as_deref()
        .and_then(Language::parse)
        .unwrap_or_default()
}

/// How to print before a desk is open.
pub fn bare_output(global: &Global, caller: Arc<dyn Caller>) -> Output {
    Output {
        caller,
        json: global.json,
        format: Format {
            texts: Texts::new(language(global)),
            zone: Zone::default(),
        },
    }
}

impl Context {
    /// Learns who asks a desk that was opened for one command.
    pub fn own(opened: Opened, global: &Global, need: Need) -> Result<Self, Failure> {
        let Opened { presence, desk } = opened;
        match Self::attached(&desk, &this_process(), global, need) {
            Ok(context) => Ok(Self {
                own: Some(presence),
                ..context
            }),
            Err(failure) => {
                // A failed login is logged even though this process ends here.
                desk.close()?;
                Err(failure)
            }
        }
    }

    /// Learns who asks a desk that runs.
    pub fn attached(
        desk: &Desk,
        caller: &Arc<dyn Caller>,
        global: &Global,
        need: Need,
    ) -> Result<Self, Failure> {
        let out = bare_output(global, Arc::clone(caller));
        let (who, password) = identify(desk, &out, global, need)?;
        let language = global
            .lang
            .as_deref()
            .and_then(Language::parse)
            .unwrap_or(who.language());
        let format = Format {
            texts: Texts::new(language),
            zone: desk.policy().zone,
        };
        Ok(Self {
            own: None,
            desk: desk.clone(),
            who,
            out: Output { format, ..out },
            password,
            need,
        })
    }

    /// A secret that the command needs, asked for at the caller's terminal.
    pub fn secret(&self, question: &str) -> Result<SecretString, Failure> {
        ask_secret(&self.out, question)?.ok_or_else(|| Failure::usage("cli-no-password"))
    }

    /// The password, for acts that ask it again.
    pub fn password(&self) -> Result<SecretString, Failure> {
        self.password
            .clone()
            .ok_or_else(|| Failure::from(crate::domain::Refusal::PasswordNeeded))
    }

    /// Ends the command: says why it failed, and sees to what it caused. Returns the exit status.
    pub fn finish(self, result: Result<(), Failure>) -> u8 {
        if let Err(failure) = &result {
            self.say(failure);
        }
        if self.need != Need::Read {
            let seen_to = if self.own.is_some() {
                self.work_off()
            } else {
                self.wait()
            };
            if let Err(error) = seen_to {
                self.say(&Failure::from(error));
            }
        }
        if self.own.is_some()
            && let Err(error) = self.desk.close()
        {
            tracing::warn!(%error, "failed logins not logged");
        }
        result.map_or_else(|failure| failure.exit(), |()| super::failure::DONE)
    }

    fn say(&self, failure: &Failure) {
        let names = errors::names(&self.desk);
        print_failure(&self.out, failure, &names);
    }

    /// Works off what is due, as there is no desk that would.
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

    /// Gives the desk's workers a moment to publish what is due, so that the next command finds it published.
    fn wait(&self) -> Result<(), DeskError> {
        let end = Instant::now() + PATIENCE;
        while self.desk.due_tasks()? > 0 && Instant::now() < end {
            std::thread::sleep(GLANCE);
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
                Alarm::CrlNotPublished { issuer, problem } => {
                    let detail = errors::not_published(self.out.format, &problem);
                    let facts = [("issuer", issuer), ("detail", detail)];
                    self.out.remark("cli-crl-not-published", &facts);
                }
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
    out: &Output,
    failure: &Failure,
    names: &dyn Fn(crate::domain::AccountId) -> String,
) {
    let Some((what, hint)) = failure.say(out.format, names) else {
        return;
    };
    let mut text = format!("{what}\n");
    if let Some(hint) = hint {
        text.push_str(&format!("  {hint}\n"));
    }
    // Nobody is left to tell when standard error is gone too.
    let _ = out.caller.say(Stream::Error, text.as_bytes());
}

fn identify(
    desk: &Desk,
    out: &Output,
    global: &Global,
    need: Need,
) -> Result<(Identity, Option<SecretString>), Failure> {
    let uid = out.caller.uid();
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
    let username = match global.user.clone().or(bound) {
        Some(name) => name,
        None => ask_line(out, "field-username")?
            .filter(|name| !name.is_empty())
            .ok_or_else(|| Failure::usage("cli-who"))?,
    };
    let password = match &global.password_file {
        Some(name) => files::secret(&*out.caller, name)?,
        None => {
            ask_secret(out, "field-password")?.ok_or_else(|| Failure::usage("cli-no-password"))?
        }
    };
    let mut credentials = Credentials {
        username,
        password: password.clone(),
        totp: global.totp.clone(),
        peer_uid: Some(uid),
    };
    let mut login = desk.login(&credentials)?;
    if matches!(login, Login::NeedsTotp) && credentials.totp.is_none() {
        credentials.totp = ask_line(out, "field-code")?;
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

/// A secret from the caller's terminal; `None` where there is none.
pub fn ask_secret(out: &Output, question: &str) -> Result<Option<SecretString>, Failure> {
    let answer = ask(out, question, false)?;
    Ok(answer.map(|text| SecretString::from(text.as_str())))
}

/// A line from the caller's terminal; `None` where there is none.
pub fn ask_line(out: &Output, question: &str) -> Result<Option<String>, Failure> {
    let answer = ask(out, question, true)?;
    Ok(answer.map(|text| text.trim().to_owned()))
}

fn ask(out: &Output, question: &str, echo: bool) -> Result<Option<Zeroizing<String>>, Failure> {
    let question = out.texts().get(question);
    out.caller
        .ask(&question, echo)
        .map_err(|e| Failure::file("/dev/tty", e))
}
