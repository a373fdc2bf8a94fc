//! Says what a piece of DER or PEM is when it is not the certificate that was expected.
//! A guess by shape, for a helpful sentence only: nothing is decided on it.

use super::der_scan::{Reader, Tlv, tag};

const CRL: &str = "a CRL";
const REQUEST: &str = "a certificate signing request";
const KEY: &str = "a private key";
const ENCRYPTED_KEY: &str = "an encrypted private key";
const PUBLIC_KEY: &str = "a public key";
const PKCS7: &str = "a PKCS#7 file";
const PKCS12: &str = "a PKCS#12 file";

/// What a DER SEQUENCE that is no X.509 certificate looks like; `None` if it may be one or is unknown.
pub fn by_shape(der: &[u8]) -> Option<&'static str> {
    let outer = elements(Reader::new(der).read().ok()?);
    let first = outer.first()?;
    match (first.tag, outer.get(1).map(|e| e.tag)) {
        (tag::OID, _) => return Some(PKCS7),
        (tag::INTEGER, Some(tag::INTEGER | tag::OCTET_STRING)) => return Some(KEY),
        (tag::INTEGER, Some(tag::SEQUENCE)) => {
            let key = outer.get(2).is_some_and(|e| e.tag == tag::OCTET_STRING);
            return Some(if key { KEY } else { PKCS12 });
        }
        (tag::SEQUENCE, Some(tag::OCTET_STRING)) => return Some(ENCRYPTED_KEY),
        (tag::SEQUENCE, Some(tag::BIT_STRING)) => return Some(PUBLIC_KEY),
        _ => {}
    }
    let inner = elements(*first);
    let tags: Vec<u8> = inner.iter().map(|e| e.tag).collect();
    let second = inner.get(1).map(|e| elements(*e)).unwrap_or_default();
    let named = second.first().is_none_or(|e| e.tag == tag::SET);
    match tags.as_slice() {
        [
            tag::INTEGER,
            tag::SEQUENCE,
            tag::SEQUENCE,
            tag::UTC_TIME | tag::GENERALIZED_TIME,
            ..,
        ]
        | [
            tag::SEQUENCE,
            tag::SEQUENCE,
            tag::UTC_TIME | tag::GENERALIZED_TIME,
            ..,
        ] => Some(CRL),
        [tag::INTEGER, tag::SEQUENCE, tag::SEQUENCE, 0xa0] if named => Some(REQUEST),
        _ => None,
    }
}

/// The readable elements inside a constructed one.
fn elements(outer: Tlv<'_>) -> Vec<Tlv<'_>> {
    let mut reader = outer.reader();
    std::iter::from_fn(|| reader.read().ok()).take(8).collect()
}

/// What a PEM label announces, when it is not a certificate or PKCS#7.
pub fn by_label(label: &str) -> &'static str {
    match label {
        "X509 CRL" => CRL,
        "CERTIFICATE REQUEST" | "NEW CERTIFICATE REQUEST" => REQUEST,
        "ENCRYPTED PRIVATE KEY" => ENCRYPTED_KEY,
        "PUBLIC KEY" | "RSA PUBLIC KEY" => PUBLIC_KEY,
        label if label.ends_with("PRIVATE KEY") => KEY,
        label if label.ends_with("PARAMETERS") => "key parameters",
        _ => "a PEM block of another kind",
    }
}
