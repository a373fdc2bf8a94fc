//! The filter of the certificate browser, in the queue's words: `gita status:aktif instansi:kesehatan !contoh`,
//! `seri:35133f6b`, `nip:1987…`, `CN=Gita Contoh`. Words are looked for where they begin. Pure: how the rows are found
//! that it is run over is `certificate_walk`.

use crate::desk::serial_named::SerialDigits;
use crate::domain::{Account, Certificate, CertificateStatus};
use crate::store::{fold, words as split_words};

use super::language::{Field, FilterError, field_named, statuses, words};

/// The browser's fields.
pub const CERTIFICATE_FIELDS: &[Field] = &[
    ["nama", "name"],
    ["nip", "nip"],
    ["seri", "serial"],
    ["pemohon", "owner"],
    ["instansi", "agency"],
    ["status", "status"],
    ["subjek", "subject"],
    ["penerbit", "issuer"],
];

/// What a certificate must be. Text is in lower case.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::desk) enum Term {
    /// Begins the common name, a word of it, a word of the owner's name, his username or NIP, or is of the serial.
    Text(String, Option<SerialDigits>),
    /// Begins the common name, a word of it or of the owner's name.
    Name(String),
    Nip(String),
    Serial(SerialDigits),
    /// Begins the owner's username or a word of his name.
    Owner(String),
    /// Begins a word of his agency's name.
    Agency(String),
    Status(Vec<CertificateStatus>),
    /// Stands anywhere in the subject DN; with the common name's beginning where that was asked for.
    Subject {
        part: String,
        common_name: Option<String>,
    },
    /// Stands anywhere in the issuer's DN.
    Issuer(String),
}

/// A certificate beside what of its owner is looked at.
pub(in crate::desk) struct Looked<'a> {
    pub certificate: &'a Certificate,
    pub owner: Option<&'a Account>,
    pub status: CertificateStatus,
}

/// Terms that must hold, or must not.
pub(in crate::desk) type Terms = Vec<(bool, Term)>;

/// Parses what was typed.
pub(in crate::desk) fn parse(text: &str) -> Result<Terms, FilterError> {
    let mut terms: Terms = Vec::new();
    // Names are pasted as `CN=Gita Contoh, O=Dinas`: an attribute goes on until the next comma or term.
    let mut in_attribute = false;
    for piece in text.split(',') {
        for word in words(piece) {
            let value = word.value.to_lowercase();
            if let (None, Some((label, rest))) = (word.field, value.split_once('=')) {
                if rest.is_empty() {
                    continue;
                }
                let common_name = (label == "cn").then(|| rest.to_owned());
                let part = value.clone();
                terms.push((word.inverted, Term::Subject { part, common_name }));
                in_attribute = true;
                continue;
            }
            if word.field.is_none()
                && !word.inverted
                && in_attribute
                && let Some((_, Term::Subject { part, common_name })) = terms.last_mut()
            {
                for whole in std::iter::once(part).chain(common_name) {
                    whole.push(' ');
                    whole.push_str(&value);
                }
                continue;
            }
            in_attribute = false;
            let term = match word.field {
                Some(field) => Term::of_field(field, value)?,
                None => Term::Text(value.clone(), serial_like(&value)),
            };
            terms.push((word.inverted, term));
        }
        in_attribute = false;
    }
    Ok(terms)
}

/// Words like "ade" are hex too: a serial is told by a digit in it, by its dots or by the length that lists show.
fn serial_like(text: &str) -> Option<SerialDigits> {
    let told = text.len() == 8 || !text.bytes().all(|b| b.is_ascii_alphabetic());
    SerialDigits::parse(text).ok().filter(|_| told)
}

impl Term {
    fn of_field(field: &str, value: String) -> Result<Self, FilterError> {
        Ok(match field_named(field, CERTIFICATE_FIELDS)? {
            "nama" => Self::Name(value),
            "nip" => match value.bytes().all(|b| b.is_ascii_digit()) {
                true => Self::Nip(value),
                false => return Err(FilterError::BadNip { value }),
            },
            "seri" => match SerialDigits::parse(&value) {
                Ok(digits) => Self::Serial(digits),
                Err(_) => return Err(FilterError::BadSerial { value }),
            },
            "pemohon" => Self::Owner(value),
            "instansi" => Self::Agency(value),
            "status" => Self::Status(statuses(&value)?),
            "subjek" => Self::Subject {
                part: value,
                common_name: None,
            },
            _ => Self::Issuer(value),
        })
    }

    pub fn holds(&self, looked: &Looked<'_>) -> bool {
        let Looked {
            certificate,
            owner,
            status,
        } = looked;
        let serial = &certificate.key.serial;
        match self {
            Self::Text(text, digits) => {
                digits.as_ref().is_some_and(|d| d.fits(serial))
                    || is_named(certificate, *owner, text)
                    || owner.is_some_and(|o| is_username(o, text) || is_nip(o, text))
            }
            Self::Name(text) => is_named(certificate, *owner, text),
            Self::Nip(digits) => owner.is_some_and(|o| is_nip(o, digits)),
            Self::Serial(digits) => digits.fits(serial),
            Self::Owner(text) => {
                owner.is_some_and(|o| is_username(o, text) || words_begin(&o.name, text))
            }
            Self::Agency(text) => owner.is_some_and(|o| words_begin(&o.agency, text)),
            Self::Status(any) => any.contains(status),
            Self::Subject { part, .. } => has(&certificate.subject.to_string(), part),
            Self::Issuer(part) => has(&certificate.issuer_name.to_string(), part),
        }
    }
}

fn has(name: &str, part: &str) -> bool {
    name.to_lowercase().contains(part)
}

pub(in crate::desk) fn is_username(owner: &Account, begins: &str) -> bool {
    owner.username.as_str().starts_with(begins)
}

pub(in crate::desk) fn is_nip(owner: &Account, digits: &str) -> bool {
    let nip = owner.nip.as_ref();
    nip.is_some_and(|nip| nip.as_str().starts_with(digits))
}

/// Whether a common name begins so.
pub(in crate::desk) fn is_common_name(certificate: &Certificate, begins: &str) -> bool {
    fold(certificate.subject.common_name().unwrap_or_default()).starts_with(&fold(begins))
}

fn is_named(certificate: &Certificate, owner: Option<&Account>, text: &str) -> bool {
    is_common_name(certificate, text)
        || words_begin(certificate.subject.common_name().unwrap_or_default(), text)
        || owner.is_some_and(|o| words_begin(&o.name, text))
}

/// Whether each word of `typed` begins one of `text`.
pub(in crate::desk) fn words_begin(text: &str, typed: &str) -> bool {
    let mut typed = split_words(typed).peekable();
    typed.peek().is_some()
        && typed.all(|wanted| split_words(text).any(|word| word.starts_with(&wanted)))
}

/// The longest word of what was typed, the one to look up.
pub(in crate::desk) fn longest_word(typed: &str) -> Option<String> {
    split_words(typed).max_by_key(String::len)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn only(text: &str) -> Term {
        let mut terms = parse(text).unwrap();
        assert_eq!(terms.len(), 1, "{text}: {terms:?}");
        terms.remove(0).1
    }

    #[test]
    fn a_name_as_certificates_write_it_is_one_term_an_attribute() {
        let terms = parse("CN=Gita Contoh, O=Dinas Kesehatan status:aktif").unwrap();
        assert_eq!(
            terms.iter().map(|t| &t.1).collect::<Vec<_>>(),
            [
                &Term::Subject {
                    part: "cn=gita contoh".into(),
                    common_name: Some("gita contoh".into())
                },
                &Term::Subject {
                    part: "o=dinas kesehatan".into(),
                    common_name: None
                },
                &Term::Status(vec![CertificateStatus::Active]),
            ]
        );
    }

    #[test]
    fn fields_are_named_in_both_languages_and_an_unknown_one_is_told() {
        assert_eq!(only("agency:keseh"), only("instansi:Keseh"));
        assert_eq!(only("status:active"), only("status:aktif"));
        assert_eq!(only("serial:35:13:3F:6B"), only("seri:35133f6b"));
        assert!(parse("umur:>1d").is_err());
        assert!(parse("nip:abc").is_err() && parse("seri:xyz").is_err());
        assert_eq!(parse("status: !").unwrap(), []);
    }

    #[test]
    fn a_word_is_a_serial_only_where_it_looks_like_one() {
        let digits = |text: &str| match only(text) {
            Term::Text(_, digits) => digits.is_some(),
            _ => false,
        };
        assert!(digits("35133f6b") && digits("deadbeef") && digits("…3f6b") && digits("5f3a"));
        assert!(!digits("ade") && !digits("gita") && !digits("budi.s"));
    }

    #[test]
    fn words_are_looked_for_where_they_begin() {
        assert!(words_begin("Rahmi Wahyuni, S.Kom.", "kom"));
        assert!(words_begin("Dinas Kesehatan", "din.kes"));
        assert!(!words_begin("Dinas Kesehatan", "sehat"));
        assert!(!words_begin("Dinas", "."));
    }
}
