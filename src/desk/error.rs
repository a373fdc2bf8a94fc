//! Why the desk could not do what it was asked: refused by a rule, found wrong, or not possible now.

use crate::domain::{Refusal, Timestamp};
use crate::letter::LetterDefect;
use crate::notify::message::MessageError;
use crate::pki::defect::Defect;
use crate::pki::key::KeyError;
use crate::pki::pkcs11::TokenFault;
use crate::pki::plan::UnsafePeriod;
use crate::pki::signer::{SignerError, StateFault};
use crate::store::StoreError;

use super::environment::NoRandomness;
use super::filter::language::FilterError;
use super::folder::FolderError;
use super::password::PasswordError;
use super::settings::SettingError;
use super::vault::Unsealable;

/// What an error means to the one who asked; the exit status of a command follows from it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ErrorKind {
    /// A rule refused it, or what was given is wrong: exit 1.
    Refused,
    /// It could not be done now (I/O, busy, no desk): exit 3.
    Failed,
}

/// An act or query that did not succeed. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error(transparent)]
    Letter(#[from] LetterDefect),
    /// The password asked for again was wrong.
    #[error("wrong password")]
    WrongPassword { wait_seconds: Option<i64> },
    /// A code for a letter that is not (or no longer) one, or another unix user's.
    #[error("no such letter code")]
    LetterCode,
    #[error(transparent)]
    Password(#[from] PasswordError),
    #[error(transparent)]
    Setting(#[from] SettingError),
    #[error(transparent)]
    Certificate(#[from] Defect),
    /// A CA's private key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// What signs with it, where it is not the key itself.
    #[error(transparent)]
    Signer(SignerError),
    #[error("the certificate of {issuer} expired at {not_after}: it signs no more CRLs")]
    CaExpired {
        issuer: String,
        not_after: crate::domain::Timestamp,
    },
    /// A demo folder takes only CAs that say of themselves that they are for tests.
    #[error("{subject}: a demo folder takes only CAs with {mark} in their name")]
    NotADemoCa { subject: String, mark: &'static str },
    /// No published CRL of this issuer can be read, so nobody knows which numbers were given after the backup.
    #[error("no published CRL of {issuer} can be read: say the last number that was given")]
    LastNumberNeeded { issuer: String },
    /// What is to be restored, or what it needs, is not there.
    #[error("{path}: the key that this database is sealed under is missing")]
    DeskKeyNeeded { path: String },
    #[error(transparent)]
    Mail(#[from] MessageError),
    /// A value given is not of its form.
    #[error("{what}: expected {expected}")]
    BadValue { what: String, expected: String },
    /// What narrows a list was not understood.
    #[error(transparent)]
    Filter(#[from] FilterError),
    /// Digits that several certificates' serials begin or end with: which are meant is not guessed.
    #[error("{digits}: the serials of several certificates begin or end so: {candidates}")]
    SeveralSerials { digits: String, candidates: String },
    /// Several things fit where one was meant.
    #[error("{what}: several fit; name {hint}")]
    Ambiguous { what: String, hint: String },
    #[error("the key of {issuer} is locked")]
    KeyLocked { issuer: String },
    #[error("{0}")]
    Publish(String),
    /// Periods with which an issuer's CRLs would not be there when they are needed.
    #[error(transparent)]
    UnsafePeriod(#[from] UnsafePeriod),
    /// A distribution point that no certificate names needs no CRL of its own.
    #[error("no certificate of {issuer} names the distribution point {uri}")]
    PointNotNamed { issuer: String, uri: String },
    /// What was looked at is no longer so.
    #[error("{what} was changed in the meantime")]
    ChangedMeanwhile { what: String },
    /// Work done beside a screen ended by a fault of the program.
    #[error("the work broke down; the program's journal has the report")]
    WorkBroken,
    #[error(
        "the clock shows {now}, and {last} was the last time logged; nothing is signed until the time is confirmed"
    )]
    ClockInDoubt { last: Timestamp, now: Timestamp },
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{context}: {source}")]
    Io {
        context: String,
        source: std::io::Error,
    },
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
    #[error(transparent)]
    Vault(#[from] Unsealable),
    #[error("the log cannot be written: {0}")]
    Log(String),
    /// The data folder is not what was asked for.
    #[error("{0}")]
    Folder(String),
    #[error(transparent)]
    DataFolder(#[from] FolderError),
}

impl DeskError {
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::Key(KeyError::SigningFailed) => ErrorKind::Failed,
            Self::Signer(SignerError::Token(fault)) if fault.is_refusal() => ErrorKind::Refused,
            Self::Refused(_)
            | Self::Letter(_)
            | Self::WrongPassword { .. }
            | Self::LetterCode
            | Self::Password(_)
            | Self::Setting(_)
            | Self::Certificate(_)
            | Self::Key(_)
            | Self::CaExpired { .. }
            | Self::Signer(SignerError::Forbidden(_) | SignerError::TooLarge { .. })
            | Self::NotADemoCa { .. }
            | Self::LastNumberNeeded { .. }
            | Self::DeskKeyNeeded { .. }
            | Self::Mail(_)
            | Self::BadValue { .. }
            | Self::Filter(_)
            | Self::SeveralSerials { .. }
            | Self::Ambiguous { .. }
            | Self::UnsafePeriod(_)
            | Self::PointNotNamed { .. }
            | Self::ChangedMeanwhile { .. }
            | Self::DataFolder(
                FolderError::NotDemo { .. }
                | FolderError::Exists { .. }
                | FolderError::Occupied { .. },
            ) => ErrorKind::Refused,
            Self::WorkBroken
            | Self::KeyLocked { .. }
            | Self::Signer(_)
            | Self::Publish(_)
            | Self::ClockInDoubt { .. }
            | Self::Store(_)
            | Self::Io { .. }
            | Self::Randomness(_)
            | Self::Vault(_)
            | Self::Log(_)
            | Self::Folder(_)
            | Self::DataFolder(_) => ErrorKind::Failed,
        }
    }

    pub fn io(context: impl Into<String>, source: std::io::Error) -> Self {
        Self::Io {
            context: context.into(),
            source,
        }
    }

    pub fn bad_value(what: impl Into<String>, expected: impl Into<String>) -> Self {
        Self::BadValue {
            what: what.into(),
            expected: expected.into(),
        }
    }
}

impl From<SignerError> for DeskError {
    fn from(error: SignerError) -> Self {
        match error {
            SignerError::Key(error) => Self::Key(error),
            other => Self::Signer(other),
        }
    }
}

impl From<StateFault> for DeskError {
    fn from(fault: StateFault) -> Self {
        Self::Signer(fault.into())
    }
}

impl From<TokenFault> for DeskError {
    fn from(fault: TokenFault) -> Self {
        Self::Signer(fault.into())
    }
}
