//! Distinguished names from DER (RFC 5280 §4.1.2.4), every string type that certificates have carried.
//! Multi-valued RDNs and repeated attribute types are kept; control and invisible characters are refused, since a
//! NUL or an escape sequence in a name has no purpose but to deceive a program or a terminal.

use super::defect::Defect;
use super::der_scan::{Tlv, tag};
use crate::domain::DistinguishedName;
use crate::domain::distinguished_name::{Attribute, Rdn, is_unprintable};

/// Reads a Name. An empty one is no defect here: whether it may be empty depends on the field.
pub fn parse_name(name: Tlv<'_>) -> Result<DistinguishedName, Defect> {
    let mut sets = name.tagged(tag::SEQUENCE)?.reader();
    let mut rdns = Vec::with_capacity(8);
    while !sets.is_empty() {
        let mut pairs = sets.expect(tag::SET)?.reader();
        if pairs.is_empty() {
            return Err(Defect::EmptyRdn);
        }
        let mut attributes = Vec::with_capacity(1);
        while !pairs.is_empty() {
            let mut pair = pairs.sequence()?;
            let oid = pair.expect(tag::OID)?.oid()?;
            let mut attribute = Attribute {
                oid,
                value: String::new(),
            };
            attribute.value = text(pair.read()?, || attribute.label().to_owned())?;
            pair.end()?;
            attributes.push(attribute);
        }
        rdns.push(Rdn(attributes));
    }
    Ok(DistinguishedName { rdns })
}

/// The text of a string element. T61 is read as Latin-1, as everybody wrote it; a value that is no string at all
/// becomes `#` and the hex of its DER (RFC 4514 §2.4). `field` names it in a defect.
pub fn text(value: Tlv<'_>, field: impl Fn() -> String) -> Result<String, Defect> {
    let octets = value.value;
    let text = match value.tag {
        tag::UTF8_STRING => std::str::from_utf8(octets)
            .map_err(|_| Defect::BadUtf8 { field: field() })?
            .to_owned(),
        tag::PRINTABLE_STRING | tag::IA5_STRING | tag::NUMERIC_STRING | tag::VISIBLE_STRING => {
            ascii(octets).ok_or_else(|| Defect::BadAsciiString { field: field() })?
        }
        tag::TELETEX_STRING => octets.iter().copied().map(char::from).collect(),
        tag::BMP_STRING => utf16(octets).ok_or_else(|| Defect::BadBmpString { field: field() })?,
        tag::UNIVERSAL_STRING => {
            utf32(octets).ok_or_else(|| Defect::BadUniversalString { field: field() })?
        }
        _ => format!("#{}", hex::encode(value.whole)),
    };
    refuse_control(&text, field)?;
    Ok(text)
}

/// Refuses text with characters that must not reach a terminal.
pub fn refuse_control(text: &str, field: impl FnOnce() -> String) -> Result<(), Defect> {
    let clean = |octet: &u8| (0x20..0x7f).contains(octet);
    if !text.as_bytes().iter().all(clean) && text.chars().any(is_unprintable) {
        return Err(Defect::ControlInName { field: field() });
    }
    Ok(())
}

fn ascii(octets: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(octets).ok()?;
    text.is_ascii().then(|| text.to_owned())
}

fn utf16(octets: &[u8]) -> Option<String> {
    let (pairs, []) = octets.as_chunks::<2>() else {
        return None;
    };
    char::decode_utf16(pairs.iter().map(|pair| u16::from_be_bytes(*pair)))
        .collect::<Result<_, _>>()
        .ok()
}

fn utf32(octets: &[u8]) -> Option<String> {
    let (quads, []) = octets.as_chunks::<4>() else {
        return None;
    };
    quads
        .iter()
        .map(|quad| char::from_u32(u32::from_be_bytes(*quad)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::der_scan::Reader;
    use super::*;

    fn read(tag: u8, octets: &[u8]) -> Result<String, &'static str> {
        let mut element = vec![tag, octets.len() as u8];
        element.extend_from_slice(octets);
        let tlv = Reader::new(&element).read().unwrap();
        text(tlv, || "CN".to_owned()).map_err(|defect| defect.id())
    }

    #[test]
    fn every_string_type_reads_to_the_same_name() {
        assert_eq!(read(0x0c, "Müller".as_bytes()).unwrap(), "Müller");
        assert_eq!(read(0x13, b"Budi UJI").unwrap(), "Budi UJI");
        assert_eq!(read(0x16, b"budi@uji.example").unwrap(), "budi@uji.example");
        assert_eq!(read(0x14, b"M\xfcller").unwrap(), "Müller");
        assert_eq!(read(0x1e, b"\0M\0\xfc").unwrap(), "Mü");
        assert_eq!(read(0x1e, b"\xd8\x3d\xde\x00").unwrap(), "😀");
        assert_eq!(read(0x1c, b"\0\0\0M\0\x01\xf6\0").unwrap(), "M😀");
        assert_eq!(read(0x02, &[5]).unwrap(), "#020105");
    }

    #[test]
    fn damaged_strings_are_named_by_their_type() {
        assert_eq!(read(0x0c, b"\xff"), Err("bad-utf8"));
        assert_eq!(read(0x13, b"\xfc"), Err("bad-ascii-string"));
        assert_eq!(read(0x1e, b"\0M\0"), Err("bad-bmp-string"));
        assert_eq!(read(0x1e, b"\xd8\x3d\0M"), Err("bad-bmp-string"));
        assert_eq!(read(0x1c, b"\x7f\0\0\0"), Err("bad-universal-string"));
    }

    #[test]
    fn nul_escape_and_direction_marks_are_refused() {
        for wrong in ["bank\0.example", "\u{1b}[2J", "a\u{202e}b", "\u{9b}31m"] {
            assert_eq!(read(0x0c, wrong.as_bytes()), Err("control-in-name"));
        }
        assert_eq!(read(0x1e, b"\0\0"), Err("control-in-name"));
        assert_eq!(read(0x14, b"\x9b"), Err("control-in-name"));
    }
}
