//! Why a command did not do what it was asked: its exit status, and the sentence and hint in the reader's language.
//! Relies on the Fluent texts; decides nothing.

use std::io;

use crate::desk::folder::FolderError;
use crate::desk::{DeskError, ErrorKind, LoginError, PasswordError};
use crate::domain::distinguished_name::printable;
use crate::letter::LetterDefect;
use crate::store::StoreError;
use crate::tui::errors;
use crate::tui::format::Format;
use crate::tui::forms;
use crate::tui::i18n::Value;
use crate::tui::refusals::Names;

/// Exit statuses of the contract.
pub const DONE: u8 = 0;
pub const REFUSED: u8 = 1;
pub const USAGE: u8 = 2;
pub const COULD_NOT: u8 = 3;

/// A message by its Fluent id, with its facts. `<id>-hint`, where there is one, says what would help.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Said {
    pub id: &'static str,
    pub facts: Vec<(&'static str, String)>,
}

impl Said {
    pub const fn plain(id: &'static str) -> Self {
        Self {
            id,
            facts: Vec::new(),
        }
    }

    /// One more fact, made printable.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.facts.push((name, printable(&value.to_string())));
        self
    }

    /// The sentence and its hint.
    pub fn say(&self, format: Format) -> (String, Option<String>) {
        let texts = format.texts;
        let facts: Vec<(&str, Value<'_>)> = self
            .facts
            .iter()
            .map(|(name, value)| match *name {
                "expected" => (*name, Value::from(forms::expected(texts, value))),
                name => (name, Value::from(value.as_str())),
            })
            .collect();
        let hint = format!("{}-hint", self.id);
        (
            texts.with(self.id, &facts),
            texts.has(&hint).then(|| texts.with(&hint, &facts)),
        )
    }
}

/// What kept a command from its end.
#[derive(Debug)]
pub enum Failure {
    /// The command line cannot be meant so.
    Usage(Said),
    /// A rule refuses it, or what was given is wrong.
    Refused(Said),
    /// It could not be done now.
    CouldNot(Said),
    Desk(DeskError),
    Login(LoginError),
    Password(PasswordError),
    Letter(LetterDefect),
    /// A file or stream that this process itself opened.
    File {
        name: String,
        source: io::Error,
    },
    /// What is wrong has been printed as the command's result.
    FoundWrong,
    /// Whoever read our output has gone; nobody is left to tell.
    BrokenPipe,
}

impl Failure {
    pub fn usage(id: &'static str) -> Self {
        Self::Usage(Said::plain(id))
    }

    /// The desk does not serve us and says why, in its words.
    pub fn refused_by_desk(words: impl ToString) -> Self {
        Self::CouldNot(Said::plain("cli-desk-says").with("words", words))
    }

    /// A file named on the command line that could not be opened, read or written.
    pub fn file(name: impl Into<String>, source: io::Error) -> Self {
        Self::File {
            name: name.into(),
            source,
        }
    }

    /// A value on the command line that is not of its form: what it is and what was expected.
    pub fn bad_value(what: &str, expected: &str) -> Self {
        Self::Usage(
            Said::plain("cli-bad-value")
                .with("what", what)
                .with("expected", expected),
        )
    }

    pub const fn exit(&self) -> u8 {
        match self {
            Self::Usage(_) => USAGE,
            Self::Refused(_) | Self::FoundWrong | Self::Password(_) => REFUSED,
            Self::CouldNot(_) | Self::File { .. } => COULD_NOT,
            // A filter is part of the command line.
            Self::Desk(DeskError::Filter(_)) => USAGE,
            Self::Desk(error) => of_kind(error),
            Self::Login(LoginError::Failed(error)) => of_kind(error),
            Self::Login(_) => REFUSED,
            Self::Letter(defect) if defect.is_of_the_letter() => REFUSED,
            Self::Letter(_) => COULD_NOT,
            Self::BrokenPipe => DONE,
        }
    }

    /// The sentence and, where something would help, what; `None` where there is nothing (more) to say.
    pub fn say(&self, format: Format, names: Names) -> Option<(String, Option<String>)> {
        let said = |said: Said| Some(said.say(format));
        match self {
            Self::Usage(words) | Self::Refused(words) | Self::CouldNot(words) => {
                Some(words.say(format))
            }
            Self::Desk(error) | Self::Login(LoginError::Failed(error)) => {
                Some(desk_error(format, names, error))
            }
            Self::Login(LoginError::Wrong) => said(Said::plain("cli-login-wrong")),
            Self::Login(LoginError::Throttled { seconds }) => {
                said(Said::plain("cli-throttled").with("seconds", seconds))
            }
            Self::Password(error) => said(password_error(error)),
            Self::Letter(defect) => Some(desk_error(
                format,
                names,
                &DeskError::Letter(defect.clone()),
            )),
            Self::File { name, source } => said(file_error(name, source)),
            Self::FoundWrong | Self::BrokenPipe => None,
        }
    }
}

const fn of_kind(error: &DeskError) -> u8 {
    match error.kind() {
        ErrorKind::Refused => REFUSED,
        ErrorKind::Failed => COULD_NOT,
    }
}

fn desk_error(format: Format, names: Names, error: &DeskError) -> (String, Option<String>) {
    let said = match error {
        DeskError::Password(error) => password_error(error),
        DeskError::DataFolder(error) => folder_error(error),
        DeskError::BadValue { what, expected } => Said::plain("cli-bad-value")
            .with("what", what)
            .with("expected", expected),
        DeskError::Ambiguous { what, hint } => Said::plain("cli-ambiguous")
            .with("what", what)
            .with("option", hint),
        DeskError::Setting(crate::desk::settings::SettingError::Unknown { key }) => {
            Said::plain("cli-setting-unknown").with("key", key)
        }
        DeskError::Setting(crate::desk::settings::SettingError::Form { key, form }) => {
            Said::plain("cli-bad-value")
                .with("what", key)
                .with("expected", form)
        }
        DeskError::Io { context, source } => file_error(context, source),
        DeskError::Publish(detail) => Said::plain("cli-not-published").with("detail", detail),
        DeskError::Refused(_)
        | DeskError::WrongPassword { .. }
        | DeskError::LetterCode
        | DeskError::Filter(_)
        | DeskError::SeveralSerials { .. }
        | DeskError::KeyLocked { .. }
        | DeskError::ClockInDoubt { .. }
        | DeskError::PointNotNamed { .. }
        | DeskError::ChangedMeanwhile { .. }
        | DeskError::UnsafePeriod(_)
        | DeskError::Certificate(_)
        | DeskError::Key(_)
        | DeskError::Signer(_)
        | DeskError::CaExpired { .. }
        | DeskError::NotADemoCa { .. }
        | DeskError::LastNumberNeeded { .. }
        | DeskError::DeskKeyNeeded { .. }
        | DeskError::Letter(_) => {
            let (what, hint) = errors::say(format, names, error);
            return (printable(&what), hint.map(|h| printable(&h)));
        }
        other => Said::plain("cli-could-not").with("detail", other),
    };
    said.say(format)
}

fn password_error(error: &PasswordError) -> Said {
    match error {
        PasswordError::TooShort { min } => Said::plain("password-too-short").with("min", min),
        PasswordError::TooLong { max } => Said::plain("password-too-long").with("max", max),
        PasswordError::Blocked => Said::plain("password-blocked"),
        PasswordError::ContainsName => Said::plain("password-contains-name"),
        PasswordError::WrongOld => Said::plain("password-wrong-old"),
        PasswordError::Unchanged => Said::plain("password-unchanged"),
        PasswordError::Hash | PasswordError::Desk(_) => {
            Said::plain("cli-could-not").with("detail", error)
        }
    }
}

/// What went wrong with a file, in words where it is one of the usual things.
fn file_error(name: &str, error: &io::Error) -> Said {
    let is_link = error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error());
    let id = match error.kind() {
        _ if is_link => "cli-file-link",
        io::ErrorKind::NotFound => "cli-file-missing",
        io::ErrorKind::PermissionDenied => "cli-file-denied",
        io::ErrorKind::IsADirectory => "cli-file-folder",
        io::ErrorKind::AlreadyExists => "cli-file-exists",
        io::ErrorKind::StorageFull => "cli-file-full",
        _ => {
            return Said::plain("cli-file")
                .with("name", name)
                .with("detail", error);
        }
    };
    Said::plain(id).with("name", name)
}

fn folder_error(error: &FolderError) -> Said {
    match error {
        FolderError::Missing { path } => {
            Said::plain("cli-folder-missing").with("path", path.display())
        }
        FolderError::NotOwned { path } => {
            Said::plain("cli-folder-not-owned").with("path", path.display())
        }
        FolderError::Occupied { path } => {
            Said::plain("cli-folder-occupied").with("path", path.display())
        }
        FolderError::Exists { path } => {
            Said::plain("cli-folder-exists").with("path", path.display())
        }
        FolderError::NotDemo { path } => {
            Said::plain("cli-folder-not-demo").with("path", path.display())
        }
        FolderError::Io { path, source } => file_error(&path.display().to_string(), source),
    }
}

impl From<DeskError> for Failure {
    fn from(error: DeskError) -> Self {
        Self::Desk(error)
    }
}

impl From<crate::domain::Refusal> for Failure {
    fn from(refusal: crate::domain::Refusal) -> Self {
        Self::Desk(DeskError::Refused(refusal))
    }
}

impl From<LoginError> for Failure {
    fn from(error: LoginError) -> Self {
        Self::Login(error)
    }
}

impl From<PasswordError> for Failure {
    fn from(error: PasswordError) -> Self {
        Self::Password(error)
    }
}

impl From<FolderError> for Failure {
    fn from(error: FolderError) -> Self {
        Self::Desk(error.into())
    }
}

impl From<LetterDefect> for Failure {
    fn from(defect: LetterDefect) -> Self {
        Self::Letter(defect)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Desk(DeskError::Store(error))
    }
}

/// An error of writing the result: a reader who has gone is no fault.
pub fn of_output(error: io::Error) -> Failure {
    if error.kind() == io::ErrorKind::BrokenPipe {
        Failure::BrokenPipe
    } else {
        Failure::file("stdout", error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Language, Refusal, Zone};
    use crate::tui::i18n::Texts;

    #[test]
    fn the_exit_status_tells_refused_from_could_not() {
        assert_eq!(Failure::usage("cli-two-dashes").exit(), USAGE);
        assert_eq!(Failure::from(Refusal::NotFound).exit(), REFUSED);
        assert_eq!(Failure::from(LoginError::Wrong).exit(), REFUSED);
        let busy = StoreError::Busy { path: "x".into() };
        assert_eq!(Failure::from(busy).exit(), COULD_NOT);
        assert_eq!(Failure::Letter(LetterDefect::EncryptedPdf).exit(), REFUSED);
        assert_eq!(
            Failure::Letter(LetterDefect::NotExamined { why: "x".into() }).exit(),
            COULD_NOT
        );
        assert_eq!(Failure::BrokenPipe.exit(), DONE);
    }

    #[test]
    fn a_failure_speaks_the_readers_language_and_never_raw_control_characters() {
        let say = |language| {
            let format = Format {
                texts: Texts::new(language),
                zone: Zone::Wib,
            };
            Failure::file("a\u{1b}[2Jb", io::Error::from(io::ErrorKind::NotFound))
                .say(format, &|id| id.to_string())
                .unwrap()
                .0
        };
        assert!(say(Language::Id).contains("a·[2Jb"));
        assert_ne!(say(Language::Id), say(Language::En));
    }
}
