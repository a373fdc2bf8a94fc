//! What a value should have been: the forms that desk and commands name in plain English, in the reader's language.

use crate::domain::distinguished_name::printable;

use super::i18n::{Texts, Value};

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{AccountId, Language, Nik, Nip, Serial, Username};

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
