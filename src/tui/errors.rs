//! What the desk could not or would not do, as a sentence and a hint in the reader's language. Screens and commands use
//! the same words. Relies on the stable names of refusals, defects and settings; adds no rule of its own.

use crate::desk::{Desk, DeskError};
use crate::domain::AccountId;

use super::component::FileProblem;
use super::format::Format;
use super::i18n::Value;
use super::refusals::{Names, refused};

/// The names that the desk knows.
pub fn names(desk: &Desk) -> impl Fn(AccountId) -> String + '_ {
    |id| desk.person(id).name.to_string()
}

/// The sentence and, where something would help, what.
pub fn say(format: Format, names: Names, error: &DeskError) -> (String, Option<String>) {
    let texts = format.texts;
    match error {
        DeskError::Refused(refusal) => {
            let (what, hint) = refused(format, names, refusal);
            (what, Some(hint))
        }
        DeskError::WrongPassword { wait_seconds } => match wait_seconds {
            Some(seconds) if *seconds > 0 => (
                texts.get("error-wrong-password"),
                Some(texts.with(
                    "error-wait",
                    &[("minutes", Value::from(minutes_up(*seconds)))],
                )),
            ),
            _ => (texts.get("error-wrong-password"), None),
        },
        DeskError::KeyLocked { issuer } => (
            texts.with(
                "error-key-locked",
                &[("issuer", Value::from(issuer.as_str()))],
            ),
            Some(texts.get("error-key-locked-hint")),
        ),
        other => (other.to_string(), None),
    }
}

/// Why a file on the person's machine could not be read or written.
pub fn file(format: Format, problem: &FileProblem) -> String {
    let texts = format.texts;
    match problem {
        FileProblem::NotFound => texts.get("file-not-found"),
        FileProblem::Denied => texts.get("file-denied"),
        FileProblem::NotAFile => texts.get("file-not-a-file"),
        FileProblem::TooLarge { limit } => texts.with(
            "file-too-large",
            &[("limit", Value::from(format.size(*limit)))],
        ),
        FileProblem::Exists => texts.get("file-exists"),
        FileProblem::NoFiles => texts.get("file-no-files"),
        FileProblem::Other(text) => text.clone(),
    }
}

/// Seconds as whole minutes, never fewer than one.
pub fn minutes_up(seconds: i64) -> i64 {
    (seconds + 59).div_euclid(60).max(1)
}
