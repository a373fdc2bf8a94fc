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

/// The forms of values that are described in words, and the messages that say the same in the reader's language. A form
/// that is not here (`YYYY-MM-DD`) reads the same in both.
const FORMS: &[(&str, &str)] = &[
    ("18 digits", "form-nip"),
    ("16 digits RRRRRR DDMMYY NNNN", "form-nik"),
    ("a positive integer", "form-positive"),
    ("a number above zero", "form-above-zero"),
    ("at most 20 octets", "form-20-octets"),
    ("hex digits, colons allowed", "form-hex"),
    ("32 hex digits", "form-id"),
    (
        "2 to 32 of a-z 0-9 . _ -, a letter or digit first",
        "form-username",
    ),
    ("one line of at most 200 characters", "form-line"),
    ("a name that nobody has yet", "form-free-name"),
    ("a full name", "form-full-name"),
    ("pemohon, pendamping, op, auditor or admin", "form-roles"),
    (
        "the six digits that the authenticator shows now",
        "form-totp",
    ),
    ("on or off", "form-switch"),
    ("text from standard input", "form-standard-input"),
    ("an http or https URL, or nothing", "form-url-or-none"),
    (
        "whole hours, or nothing for the desk's",
        "form-hours-or-none",
    ),
    ("whole minutes", "form-minutes"),
    (
        "URIs that certificates name, separated by blanks; or nothing",
        "form-points-or-none",
    ),
    ("a host name", "form-host"),
    (
        "a host name, or nothing for the machine's own",
        "form-host-or-none",
    ),
    ("an e-mail address", "form-email"),
    ("one line", "form-one-line"),
    ("WIB, WITA, WIT or UTC", "form-zone"),
    ("id or en", "form-language"),
    ("up to 5 lines separated by |", "form-letterhead"),
    ("folder, starttls, tls or plain", "form-mail-mode"),
    ("an absolute path", "form-absolute-path"),
    ("13 to 240, at least twice the interval", "form-validity"),
    ("1 to 120, at most half the validity", "form-interval"),
    (
        "1 to 36500, or nothing for however long",
        "form-history-days",
    ),
    ("off, normal or always", "form-four-eyes"),
    ("dates separated by commas", "form-dates"),
    (
        "a CRL number, or a crlnumber file of openssl",
        "form-crl-number",
    ),
    ("a decimal number", "form-decimal"),
    ("a demo folder", "form-demo-folder"),
    ("a URI", "form-uri"),
    ("set it again", "form-set-again"),
    ("a cursor of this list", "form-cursor"),
    (
        "letters, digits and hyphens ending in .crl",
        "form-crl-file-name",
    ),
    ("a folder", "form-folder"),
    ("a folder that is not the desk's own", "form-other-folder"),
    ("at most 100 folders", "form-most-folders"),
    ("a CRL", "form-crl"),
    ("a CRL that an issuer of this desk signed", "form-own-crl"),
    ("as many certificates as requests", "form-demo-count"),
    ("a CSV text with a header", "form-csv"),
    ("a row with as many columns as the header", "form-csv-row"),
    (
        "a CSV with the columns username, name, email, roles",
        "form-csv-columns",
    ),
];

/// What a value should have been, in the reader's language.
pub fn expected(texts: Texts, form: &str) -> String {
    match FORMS.iter().find(|(english, _)| *english == form) {
        Some((_, id)) => texts.get(id),
        None => match range(form) {
            Some((low, high)) => {
                let facts = [("low", Value::from(low)), ("high", Value::from(high))];
                texts.with("form-range", &facts)
            }
            None => printable(form),
        },
    }
}

/// The bounds in `1 to 240`.
fn range(form: &str) -> Option<(&str, &str)> {
    let number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    form.split_once(" to ")
        .filter(|(low, high)| number(low) && number(high))
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
    use crate::domain::{AccountId, Language, Nik, Nip, Serial, Username};

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

    /// The forms that stand as text in the sources of desk and commands: the last string of each `bad_value(…)`.
    fn forms_in_sources() -> Vec<String> {
        let mut folders: Vec<std::path::PathBuf> = ["desk", "cli"]
            .map(|room| format!("{}/src/{room}", env!("CARGO_MANIFEST_DIR")).into())
            .into();
        let mut forms = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                if path.extension().is_none_or(|ending| ending != "rs") {
                    continue;
                }
                let source = std::fs::read_to_string(path).unwrap();
                for call in source.split("bad_value(").skip(1) {
                    let call = call.split([';', '}']).next().unwrap_or_default();
                    let call = call.split("))").next().unwrap_or_default();
                    let last = call.trim_end_matches([' ', '\n', ',', ')']);
                    if let Some(form) = last.strip_suffix('"').and_then(|l| l.rsplit('"').next()) {
                        // A separator of words that are joined is no form.
                        forms.extend(Some(form.to_owned()).filter(|f| !f.trim().is_empty()));
                    }
                }
            }
        }
        forms
    }

    #[test]
    fn whatever_is_expected_of_a_value_is_said_in_indonesian() {
        use crate::desk::{ISSUER_SETTINGS, SETTINGS};
        let texts = Texts::new(Language::Id);
        let mut forms = forms_in_sources();
        assert!(forms.len() > 25, "only {} found", forms.len());
        forms.extend(SETTINGS.iter().map(|s| s.form.to_owned()));
        forms.extend(ISSUER_SETTINGS.iter().map(|s| s.form.to_owned()));
        // Samples of what may be written read the same in every language.
        let is_sample = |form: &str| {
            !form.contains(' ')
                || form.starts_with("YYYY")
                || form.contains("A-Z")
                || form.starts_with('/')
                || form.starts_with("80, ")
        };
        for form in forms {
            assert!(
                is_sample(&form) || expected(texts, &form) != form,
                "no Indonesian for: {form}"
            );
        }
    }

    #[test]
    fn the_form_of_a_value_is_described_in_the_readers_language() {
        let (id, en) = (Texts::new(Language::Id), Texts::new(Language::En));
        for (english, message) in FORMS {
            assert_eq!(expected(en, english), *english, "{message}");
            assert_ne!(expected(id, english), *english, "{message}");
        }
        assert_eq!(expected(id, "YYYY-MM"), "YYYY-MM");
        let format = Format {
            texts: id,
            zone: crate::domain::Zone::Wib,
        };
        assert!(not_published(format, &NotPublished::KeyLocked).contains("terkunci"));
        let wrong = [
            Username::parse("A").map(drop),
            Nip::parse("1").map(drop),
            Nik::parse("1").map(drop),
            Serial::parse("xyz").map(drop),
            Serial::parse("00").map(drop),
            Serial::parse(&"11".repeat(21)).map(drop),
            AccountId::parse("1").map(drop),
        ];
        for why in wrong {
            let form = why.unwrap_err().expected;
            assert_ne!(expected(id, form), form);
        }
    }
}
