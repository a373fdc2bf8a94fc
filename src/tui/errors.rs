//! What the desk could not or would not do, as a sentence and a hint in the reader's language. Screens and commands use
//! the same words. Relies on the stable names of refusals, defects and settings; adds no rule of its own.

use crate::desk::{
    Desk, DeskError, FilterError, LetterDefect, LetterKind, Lookalike, NotPublished, NotSeen,
    UnsafePeriod, field_names,
};
use crate::domain::AccountId;
use crate::domain::distinguished_name::printable;
use crate::domain::instant::{HOUR, MINUTE};

use super::component::FileProblem;
use super::defects;
use super::format::Format;
use super::forms::expected;
use super::i18n::{Texts, Value};
use super::refusals::{Names, refused};

/// The names that the desk knows.
pub fn names(desk: &Desk) -> impl Fn(AccountId) -> String + '_ {
    |id| desk.person(id).name.to_string()
}

/// What in a filter was not understood.
pub fn filter_error(texts: Texts, error: &FilterError) -> String {
    let (message, value) = match error {
        FilterError::UnknownField { field, known } => {
            let known = Value::from(field_names(known, texts.language));
            let field = Value::from(printable(field));
            let facts = [("value", field), ("known", known)];
            return texts.with("filter-unknown-field", &facts);
        }
        FilterError::UnknownState { value } => ("filter-unknown-state", value),
        FilterError::BadAge { value } => ("filter-bad-age", value),
        FilterError::BadFlag { value } => ("filter-bad-flag", value),
        FilterError::BadSerial { value } => ("filter-bad-serial", value),
        FilterError::BadNip { value } => ("filter-bad-nip", value),
    };
    texts.with(message, &[("value", Value::from(printable(value)))])
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
        DeskError::Letter(defect) => {
            let (what, hint) = letter_defect(texts, defect);
            (what, Some(hint))
        }
        DeskError::Filter(error) => (filter_error(texts, error), None),
        DeskError::SeveralSerials { digits, candidates } => (
            texts.with(
                "error-several-serials",
                &[("digits", Value::from(digits.as_str()))],
            ),
            Some(texts.with(
                "error-several-serials-hint",
                &[("candidates", Value::from(candidates.as_str()))],
            )),
        ),
        DeskError::LetterCode => (
            texts.get("error-letter-code"),
            Some(texts.get("error-letter-code-hint")),
        ),
        DeskError::Certificate(defect) => defects::certificate(format, defect),
        DeskError::Key(error) => defects::key(texts, error),
        DeskError::Signer(error) => defects::signer(format, error),
        DeskError::CaExpired { issuer, not_after } => (
            texts.with(
                "error-ca-expired",
                &[
                    ("issuer", Value::from(printable(issuer))),
                    ("at", Value::from(format.full(*not_after))),
                ],
            ),
            Some(texts.get("error-ca-expired-hint")),
        ),
        DeskError::NotADemoCa { subject, mark } => (
            texts.with(
                "error-not-a-demo-ca",
                &[
                    ("subject", Value::from(printable(subject))),
                    ("mark", Value::from(*mark)),
                ],
            ),
            Some(texts.get("error-not-a-demo-ca-hint")),
        ),
        DeskError::LastNumberNeeded { issuer } => (
            texts.with(
                "error-last-number-needed",
                &[("issuer", Value::from(printable(issuer)))],
            ),
            Some(texts.get("error-last-number-needed-hint")),
        ),
        DeskError::DeskKeyNeeded { path } => (
            texts.with(
                "error-desk-key-needed",
                &[("path", Value::from(printable(path)))],
            ),
            Some(texts.get("error-desk-key-needed-hint")),
        ),
        DeskError::BadValue {
            what,
            expected: form,
        } => {
            let facts = [
                ("what", Value::from(printable(what))),
                ("expected", Value::from(expected(texts, form))),
            ];
            (
                texts.with("cli-bad-value", &facts),
                Some(texts.with("cli-bad-value-hint", &facts)),
            )
        }
        DeskError::ClockInDoubt { last, now } => (
            texts.with(
                "error-clock-in-doubt",
                &[
                    ("last", Value::from(format.full(*last))),
                    ("now", Value::from(format.full(*now))),
                ],
            ),
            Some(texts.get("error-clock-in-doubt-hint")),
        ),
        DeskError::PointNotNamed { issuer, uri } => (
            texts.with(
                "error-point-not-named",
                &[
                    ("issuer", Value::from(printable(issuer))),
                    ("uri", Value::from(printable(uri))),
                ],
            ),
            Some(texts.get("error-point-not-named-hint")),
        ),
        DeskError::ChangedMeanwhile { what } => (
            texts.with(
                "error-changed-meanwhile",
                &[("what", Value::from(printable(what)))],
            ),
            Some(texts.get("error-changed-meanwhile-hint")),
        ),
        DeskError::WorkBroken => (
            texts.get("error-work-broken"),
            Some(texts.get("error-work-broken-hint")),
        ),
        DeskError::UnsafePeriod(unsafe_period) => {
            let hours = |millis: &i64| Value::from(hours(*millis));
            match unsafe_period {
                UnsafePeriod::TooOften { every, shortest } => (
                    texts.with("error-period-too-often", &[("every", hours(every))]),
                    Some(texts.with(
                        "error-period-too-often-hint",
                        &[("shortest", hours(shortest))],
                    )),
                ),
                UnsafePeriod::NoSlack { every, valid_for } => (
                    texts.with(
                        "error-period-no-slack",
                        &[("every", hours(every)), ("valid", hours(valid_for))],
                    ),
                    Some(texts.get("error-period-no-slack-hint")),
                ),
                UnsafePeriod::TooLong { valid_for, longest } => (
                    texts.with("error-period-too-long", &[("valid", hours(valid_for))]),
                    Some(texts.with("error-period-too-long-hint", &[("longest", hours(longest))])),
                ),
            }
        }
        other => (other.to_string(), None),
    }
}

/// Milliseconds as hours; minutes where they are no whole hours.
fn hours(millis: i64) -> String {
    match millis % HOUR {
        0 => (millis / HOUR).to_string(),
        rest => format!(
            "{}:{:02}",
            millis / HOUR,
            rest.unsigned_abs() / MINUTE.unsigned_abs()
        ),
    }
}

/// Why a CRL was not seen at its publication point.
pub fn not_seen(texts: Texts, problem: &NotSeen) -> String {
    let with = |id: &str, key: &str, value: String| texts.with(id, &[(key, Value::from(value))]);
    match problem {
        NotSeen::Unreachable(said) => with("not-seen-unreachable", "said", said.clone()),
        NotSeen::TimedOut => texts.get("not-seen-timeout"),
        NotSeen::Status(status) => with("not-seen-status", "status", status.to_string()),
        NotSeen::Redirects => texts.get("not-seen-redirects"),
        NotSeen::TooLong => texts.get("not-seen-too-long"),
        NotSeen::NoCrl(said) => with("not-seen-no-crl", "said", said.clone()),
        NotSeen::OtherIssuer => texts.get("not-seen-other-issuer"),
        NotSeen::Signature => texts.get("not-seen-signature"),
        NotSeen::OtherKind => texts.get("not-seen-other-kind"),
        NotSeen::Older { number } => with("not-seen-older", "number", number.to_string()),
    }
}

/// Why a CRL is not out.
pub fn not_published(format: Format, problem: &NotPublished) -> String {
    let texts = format.texts;
    match problem {
        NotPublished::Signer(error) => defects::signer(format, error).0,
        NotPublished::KeyLocked => texts.get("publication-key-locked"),
        NotPublished::ClockInDoubt => texts.get("publication-clock-in-doubt"),
        NotPublished::Other(said) => said.clone(),
    }
}

/// Why a letter is not accepted, and what would help.
pub fn letter_defect(texts: Texts, defect: &LetterDefect) -> (String, String) {
    let looks = |like: &Lookalike| Value::from(texts.get(&format!("looks-like-{}", like.id())));
    let kind = |kind: &LetterKind| Value::from(kind.short_name());
    let facts: Vec<(&str, Value<'_>)> = match defect {
        LetterDefect::TooLarge { bytes, limit } => vec![
            ("bytes", Value::from(bytes.to_string())),
            ("limit", Value::from(limit.to_string())),
        ],
        LetterDefect::UnknownType { looks_like } => vec![("looks_like", looks(looks_like))],
        LetterDefect::Disguised { claims, hides } => {
            vec![("claims", kind(claims)), ("hides", looks(hides))]
        }
        LetterDefect::CutImage { kind: of } | LetterDefect::Malformed { kind: of } => {
            vec![("kind", kind(of))]
        }
        LetterDefect::TooManyPages { pages, limit } => vec![
            ("pages", Value::from(pages.to_string())),
            ("limit", Value::from(limit.to_string())),
        ],
        LetterDefect::ImageBomb {
            width,
            height,
            limit,
        } => vec![
            ("width", Value::from(width.to_string())),
            ("height", Value::from(height.to_string())),
            ("limit", Value::from(limit.to_string())),
        ],
        LetterDefect::Timeout { seconds } => vec![("seconds", Value::from(seconds.to_string()))],
        LetterDefect::Memory { mebibytes } => {
            vec![("mebibytes", Value::from(mebibytes.to_string()))]
        }
        LetterDefect::NotExamined { why } => vec![("why", Value::from(printable(why)))],
        LetterDefect::Empty
        | LetterDefect::EncryptedPdf
        | LetterDefect::CutPdf
        | LetterDefect::NoPages
        | LetterDefect::Hostile => Vec::new(),
    };
    let id = format!("letter-defect-{}", defect.id());
    (
        texts.with(&id, &facts),
        texts.with(&format!("{id}-hint"), &facts),
    )
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Language;

    #[test]
    fn every_defect_of_a_letter_and_every_lookalike_has_words_in_both_languages() {
        let defects = [
            LetterDefect::Empty,
            LetterDefect::TooLarge { bytes: 2, limit: 1 },
            LetterDefect::UnknownType {
                looks_like: Lookalike::Zip,
            },
            LetterDefect::Disguised {
                claims: LetterKind::Pdf,
                hides: Lookalike::Html,
            },
            LetterDefect::EncryptedPdf,
            LetterDefect::CutPdf,
            LetterDefect::CutImage {
                kind: LetterKind::Png,
            },
            LetterDefect::NoPages,
            LetterDefect::TooManyPages { pages: 9, limit: 8 },
            LetterDefect::ImageBomb {
                width: 9,
                height: 9,
                limit: 8,
            },
            LetterDefect::Malformed {
                kind: LetterKind::Jpeg,
            },
            LetterDefect::Timeout { seconds: 10 },
            LetterDefect::Memory { mebibytes: 512 },
            LetterDefect::Hostile,
            LetterDefect::NotExamined {
                why: "\u{1b}[2J".to_owned(),
            },
        ];
        for language in [Language::Id, Language::En] {
            let texts = Texts::new(language);
            for defect in &defects {
                let (what, hint) = letter_defect(texts, defect);
                for said in [&what, &hint] {
                    assert!(!said.starts_with("letter-defect-"), "{said}");
                    assert!(!said.contains(['{', '$', '\u{1b}']), "{said}");
                }
            }
            for like in Lookalike::ALL {
                assert!(texts.has(&format!("looks-like-{}", like.id())), "{like:?}");
            }
        }
    }

    #[test]
    fn a_locked_key_is_said_to_be_what_keeps_a_list_from_being_published() {
        let format = Format {
            texts: Texts::new(Language::Id),
            zone: crate::domain::Zone::Wib,
        };
        assert!(not_published(format, &NotPublished::KeyLocked).contains("terkunci"));
    }
}
