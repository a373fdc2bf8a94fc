//! What is wrong with a certificate or a key, as a sentence and a hint in the reader's language. Goes by the stable ids
//! of defects; adds no judgement of its own. Facts from outside are made printable.

use crate::desk::{Defect, Forbidden, KeyError, Likeness, SignerError, StateFault, TokenFault};
use crate::domain::distinguished_name::printable;

use super::format::Format;
use super::i18n::{Texts, Value};

type Facts = Vec<(&'static str, Value<'static>)>;

/// Why a certificate is refused, and what would help where something would.
pub fn certificate(format: Format, defect: &Defect) -> (String, Option<String>) {
    said(
        format.texts,
        &format!("defect-{}", defect.id()),
        &facts(format, defect),
    )
}

/// Why a key cannot be used, and what would help.
pub fn key(texts: Texts, error: &KeyError) -> (String, Option<String>) {
    let facts: Facts = match error {
        KeyError::NotAKey { what } => vec![("what", likeness(texts, *what))],
        KeyError::SeveralKeys { count } => vec![number("count", *count)],
        KeyError::Convert { form } => vec![
            (
                "what",
                Value::from(texts.get(&format!("key-form-{}", form.id()))),
            ),
            text("command", form.command()),
        ],
        KeyError::Unsupported(kind) => {
            let facts = [text("oid", kind.oid())];
            let what = texts.with(&format!("key-kind-{}", kind.id()), &facts);
            vec![("what", Value::from(what))]
        }
        KeyError::Damaged
        | KeyError::NeedsPassphrase
        | KeyError::WrongPassphrase
        | KeyError::Inconsistent
        | KeyError::OtherKey
        | KeyError::Absent
        | KeyError::SigningFailed => Vec::new(),
    };
    said(texts, &format!("key-fault-{}", error.id()), &facts)
}

/// Why a CRL was not signed, and what would help.
pub fn signer(format: Format, error: &SignerError) -> (String, Option<String>) {
    let texts = format.texts;
    let facts: Facts = match error {
        SignerError::Key(error) => return key(texts, error),
        SignerError::Forbidden(rule) => forbidden(format, rule),
        SignerError::State(fault) => match fault {
            StateFault::Io { why } => vec![text("why", why)],
            StateFault::Full { scopes } => vec![number("scopes", scopes)],
            StateFault::Damaged | StateFault::OtherKey => Vec::new(),
        },
        SignerError::Token(fault) => token(fault),
        SignerError::TooLarge { octets, limit } => {
            vec![number("octets", octets), number("limit", limit)]
        }
        SignerError::NotStarted { why } | SignerError::Lost { why } => vec![text("why", why)],
    };
    said(texts, &format!("signer-fault-{}", error.id()), &facts)
}

fn forbidden(format: Format, rule: &Forbidden) -> Facts {
    match rule {
        Forbidden::NotACrl { fault } | Forbidden::UnclearScope { fault } => {
            vec![text("fault", fault)]
        }
        Forbidden::OtherAlgorithm { found, expected } => {
            vec![text("found", found), text("expected", expected)]
        }
        Forbidden::NumberNotAbove { number, last, .. } => {
            vec![text("number", number), text("last", last)]
        }
        Forbidden::TimeBefore {
            this_update, last, ..
        } => vec![
            text("at", format.full(*this_update)),
            text("last", format.full(last.this_update)),
            text("number", last.number),
        ],
        Forbidden::NotVersion2 | Forbidden::OtherIssuer | Forbidden::NoNumber => Vec::new(),
    }
}

fn token(fault: &TokenFault) -> Facts {
    match fault {
        TokenFault::Uri { what } => vec![text("what", what)],
        TokenFault::Module { module, why } => vec![text("module", module), text("why", why)],
        TokenFault::PinFile { path, why } => vec![text("path", path), text("why", why)],
        TokenFault::TokenAbsent { token } => vec![text("token", token)],
        TokenFault::SeveralTokens { count } | TokenFault::SeveralKeys { count } => {
            vec![number("count", count)]
        }
        TokenFault::KeyAbsent { object } => vec![text("object", object)],
        TokenFault::NoMechanism { mechanism } => vec![text("mechanism", mechanism)],
        TokenFault::Failed { function, code } => {
            vec![text("function", function), text("code", code)]
        }
        TokenFault::NoModule
        | TokenFault::PinNeeded
        | TokenFault::WrongPin
        | TokenFault::PinRefusedBefore
        | TokenFault::LastTry
        | TokenFault::PinLocked
        | TokenFault::OtherKey => Vec::new(),
    }
}

fn said(texts: Texts, id: &str, facts: &Facts) -> (String, Option<String>) {
    let hint = format!("{id}-hint");
    (
        texts.with(id, facts),
        texts.has(&hint).then(|| texts.with(&hint, facts)),
    )
}

fn text(name: &'static str, value: impl ToString) -> (&'static str, Value<'static>) {
    (name, Value::from(printable(&value.to_string())))
}

/// A number as it is, without the grouping of amounts: an octet's place is looked up in a dump.
fn number(name: &'static str, value: impl ToString) -> (&'static str, Value<'static>) {
    (name, Value::from(value.to_string()))
}

fn likeness(texts: Texts, what: Likeness) -> Value<'static> {
    Value::from(texts.get(&format!("likeness-{}", what.id())))
}

fn facts(format: Format, defect: &Defect) -> Facts {
    use Defect as D;
    let tag = |octet: u8| format!("{octet:#04x}");
    match defect {
        D::Unreadable { why } => vec![text("why", why)],
        D::NotACertificate { what } => vec![("what", likeness(format.texts, *what))],
        D::PemLabelsDiffer { begin, end } => vec![text("begin", begin), text("end", end)],
        D::PemDamaged { line } => vec![number("line", line)],
        D::TooLarge { limit } => vec![number("limit", limit)],
        D::FileTooLarge { limit } => vec![("limit", Value::from(limit.to_string()))],
        D::Truncated { offset }
        | D::OverrunsParent { offset }
        | D::IndefiniteLength { offset }
        | D::NonMinimalLength { offset }
        | D::DefaultWrittenOut { offset } => vec![number("offset", offset)],
        D::TrailingBytes { offset, count } => {
            vec![number("offset", offset), number("count", count)]
        }
        D::UnexpectedElement {
            offset,
            expected,
            found,
        } => vec![
            number("offset", offset),
            text("expected", tag(*expected)),
            text("found", tag(*found)),
        ],
        D::MissingElement { offset, expected } => {
            vec![number("offset", offset), text("expected", tag(*expected))]
        }
        D::Malformed { offset, what } => vec![number("offset", offset), text("what", what)],
        D::WrongVersion { found } => vec![text("found", found)],
        D::SerialTooLong { octets } => vec![number("octets", octets)],
        D::InnerOuterAlgorithmDiffer { inner, outer } => {
            vec![text("inner", inner), text("outer", outer)]
        }
        D::WrongAlgorithmParameters { algorithm } | D::UnsupportedAlgorithm { algorithm } => {
            vec![text("algorithm", algorithm)]
        }
        D::BadUtf8 { field }
        | D::BadBmpString { field }
        | D::BadUniversalString { field }
        | D::BadAsciiString { field }
        | D::ControlInName { field } => vec![text("field", field)],
        D::BadTime { field } => vec![text("field", field)],
        D::ValidityReversed {
            not_before,
            not_after,
        } => vec![
            text("not_before", format.full(*not_before)),
            text("not_after", format.full(*not_after)),
        ],
        D::DuplicateExtension { extension } => vec![text("extension", extension)],
        D::BadExtension { extension } => vec![text("extension", extension)],
        D::UnknownCriticalExtension { oid } => vec![text("oid", oid)],
        D::WrongIssuer { issuer } | D::AuthorityKeyDiffers { issuer } => {
            vec![text("issuer", issuer)]
        }
        D::NotYetValid { not_before } => vec![text("not_before", format.full(*not_before))],
        D::Expired { not_after } => vec![text("not_after", format.full(*not_after))],
        D::SerialTaken { serial } => vec![text("serial", serial)],
        D::IndexLine { line } => vec![number("line", line)],
        D::ForeignIndex { line, serial } => vec![number("line", line), text("serial", serial)],
        D::EmptyInput
        | D::UnconfirmedIndex
        | D::PemNotEnded
        | D::PemNotBegun
        | D::PemEmpty
        | D::Pkcs7WithoutCertificates
        | D::NegativeSerial
        | D::ZeroSerial
        | D::PaddedSerial
        | D::EmptyIssuer
        | D::EmptySubject
        | D::EmptyRdn
        | D::BadPublicKey
        | D::BadSignatureField
        | D::EmptyExtensions
        | D::IsACa
        | D::NotACa
        | D::MayNotSignCrls
        | D::BadSignature => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::{Convertible, UnsupportedKey};
    use crate::domain::{Language, Zone};

    fn is_whole(said: &str) {
        assert!(!said.contains(['{', '$', '\u{1b}']), "{said}");
        assert!(
            !["defect-", "key-", "likeness-"]
                .iter()
                .any(|head| said.starts_with(head)),
            "{said}"
        );
    }

    #[test]
    fn every_defect_every_fault_of_a_key_and_every_likeness_has_words_in_both_languages() {
        for language in [Language::Id, Language::En] {
            let texts = Texts::new(language);
            for id in Defect::IDS {
                assert!(texts.has(&format!("defect-{id}")), "{id}");
            }
            for id in KeyError::IDS {
                assert!(texts.has(&format!("key-fault-{id}")), "{id}");
                assert!(texts.has(&format!("key-fault-{id}-hint")), "{id}");
            }
            let others = ["list-too-large", "signer-not-started", "signer-lost"];
            for id in [Forbidden::IDS, StateFault::IDS, TokenFault::IDS, &others].concat() {
                assert!(texts.has(&format!("signer-fault-{id}")), "{id}");
                assert!(texts.has(&format!("signer-fault-{id}-hint")), "{id}");
            }
            for what in Likeness::ALL {
                let (said, hint) = key(texts, &KeyError::NotAKey { what: *what });
                is_whole(&said);
                is_whole(&hint.unwrap());
                assert!(texts.has(&format!("likeness-{}", what.id())), "{what}");
            }
            for form in Convertible::ALL {
                let (said, hint) = key(texts, &KeyError::Convert { form });
                is_whole(&said);
                assert!(hint.unwrap().contains(form.command()));
            }
            let oid = "1.3.101.113".to_owned();
            for kind in [
                UnsupportedKey::Algorithm { oid: oid.clone() },
                UnsupportedKey::Curve { oid },
                UnsupportedKey::RsaTooShort,
                UnsupportedKey::RsaTooLong,
                UnsupportedKey::RsaPrimes,
            ] {
                is_whole(&key(texts, &KeyError::Unsupported(kind)).0);
            }
        }
    }

    #[test]
    fn a_defect_tells_its_facts_and_nothing_a_terminal_obeys() {
        let format = Format {
            texts: Texts::new(Language::Id),
            zone: Zone::Wib,
        };
        let issuer = "CN=CA\u{1b}[2J UJI".to_owned();
        let (said, hint) = certificate(format, &Defect::WrongIssuer { issuer });
        assert_eq!(said, "Tidak ada CA bernama CN=CA·[2J UJI di meja ini.");
        assert!(hint.unwrap().contains("ams ca add"));
        let cut = Defect::Truncated { offset: 12_345 };
        assert!(certificate(format, &cut).0.contains("bita 12345,"));
    }
}
