//! What a piece of input looks like: where a certificate begins and ends in a stream, and what something is that was
//! expected to be a certificate and is not. Shapes only; whether a certificate is sound is read elsewhere.

use super::certificate::MAX_CERTIFICATE;
use super::defect::Defect;
use super::der_scan::{Reader, Tlv, read_header, tag};
use super::likeness::Likeness;

/// No certificate is shorter: fewer octets between two certificates are a remainder.
pub const SMALLEST: usize = 64;

/// The content type signedData (RFC 5652 §5.1), and the arc of all PKCS#7 content types.
pub const SIGNED_DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];
const PKCS7_ARC: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07];

/// What a DER SEQUENCE that is no X.509 certificate looks like; `None` if it may be one or is unknown.
pub fn by_shape(der: &[u8]) -> Option<Likeness> {
    let outer = elements(Reader::new(der).read().ok()?);
    let first = outer.first()?;
    match (first.tag, outer.get(1).map(|e| e.tag)) {
        (tag::OID, _) => return Some(Likeness::Pkcs7),
        (tag::INTEGER, Some(tag::INTEGER | tag::OCTET_STRING)) => return Some(Likeness::Key),
        (tag::INTEGER, Some(tag::SEQUENCE)) => {
            let key = outer.get(2).is_some_and(|e| e.tag == tag::OCTET_STRING);
            return Some(if key { Likeness::Key } else { Likeness::Pkcs12 });
        }
        (tag::SEQUENCE, Some(tag::OCTET_STRING)) => return Some(Likeness::EncryptedKey),
        (tag::SEQUENCE, Some(tag::BIT_STRING)) => return Some(Likeness::PublicKey),
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
        ] => Some(Likeness::Crl),
        [tag::INTEGER, tag::SEQUENCE, tag::SEQUENCE, 0xa0] if named => Some(Likeness::Request),
        _ => None,
    }
}

/// The readable elements inside a constructed one.
fn elements(outer: Tlv<'_>) -> Vec<Tlv<'_>> {
    let mut reader = outer.reader();
    std::iter::from_fn(|| reader.read().ok()).take(8).collect()
}

/// What a PEM label announces, when it is not a certificate or PKCS#7.
pub fn by_label(label: &str) -> Likeness {
    match label {
        "X509 CRL" => Likeness::Crl,
        "CERTIFICATE REQUEST" | "NEW CERTIFICATE REQUEST" => Likeness::Request,
        "ENCRYPTED PRIVATE KEY" => Likeness::EncryptedKey,
        "PUBLIC KEY" | "RSA PUBLIC KEY" => Likeness::PublicKey,
        label if label.ends_with("PRIVATE KEY") => Likeness::Key,
        label if label.ends_with("PARAMETERS") => Likeness::Parameters,
        _ => Likeness::OtherBlock,
    }
}

/// A certificate's length never fits one octet, so that text beginning with the digit 0 is told apart.
pub fn looks_like_der(start: &[u8]) -> bool {
    let armoured = || start.windows(11).any(|w| w == b"-----BEGIN ");
    start[0] == tag::SEQUENCE && (start.get(1).is_none_or(|o| *o >= 0x80) || !armoured())
}

/// What an input is that has no PEM block and is not DER.
pub fn without_blocks(text: &[u8]) -> Defect {
    if text.is_empty() {
        return Defect::EmptyInput;
    }
    let what = match text {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Likeness::Utf16,
        [b'M', b'I', b'I' | b'H' | b'F' | b'G', ..] => Likeness::BareBase64,
        _ => Likeness::NeitherPemNorDer,
    };
    Defect::NotACertificate { what }
}

/// The first element if it is framed as a certificate: SEQUENCE { SEQUENCE, SEQUENCE, BIT STRING }. A certificate cut
/// inside its signature would take the beginning of the next one for the rest of it: that is not well framed.
pub fn well_framed(look: &[u8]) -> Option<&[u8]> {
    let outer = Reader::new(look).expect(tag::SEQUENCE).ok()?;
    let mut inside = outer.reader();
    inside.expect(tag::SEQUENCE).ok()?;
    inside.expect(tag::SEQUENCE).ok()?;
    let signature = inside.expect(tag::BIT_STRING).ok()?;
    let end = outer.whole.len();
    let swallows_next = || (signature.offset..end).any(|at| begins_certificate(&look[at..]));
    (inside.is_empty() && end <= MAX_CERTIFICATE && !swallows_next()).then_some(outer.whole)
}

/// Whether a version 3 certificate seems to begin here: two nested headers of plausible lengths and the version.
pub fn begins_certificate(look: &[u8]) -> bool {
    if look[0] != tag::SEQUENCE {
        return false;
    }
    let nested = |octets: &[u8]| {
        let header = read_header(octets, 0).ok()?;
        (header.tag == tag::SEQUENCE).then_some(header)
    };
    let Some(outer) = nested(look) else {
        return false;
    };
    let Some(inside) = look.get(outer.header_len..) else {
        return false;
    };
    nested(inside).is_some_and(|tbs| {
        (SMALLEST..=MAX_CERTIFICATE).contains(&outer.value_len)
            && tbs.whole_len() < outer.value_len
            && inside[tbs.header_len..].starts_with(&[0xa0, 3, 2, 1])
    })
}

/// The content type of a ContentInfo that begins here.
pub fn pkcs7_content_type(look: &[u8]) -> Option<&[u8]> {
    let outer = read_header(look, 0).ok()?;
    let inside = look.get(outer.header_len..)?;
    let oid: Tlv<'_> = Reader::new(inside).expect(tag::OID).ok()?;
    (outer.tag == tag::SEQUENCE && oid.value.starts_with(PKCS7_ARC)).then_some(oid.value)
}
