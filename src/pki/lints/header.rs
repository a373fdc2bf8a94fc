//! Rules of the fields before the entries: version, algorithm, issuer (RFC 5280 §5.1.1.2, §5.1.2.1 to §5.1.2.3).

use super::{Answer, NO_ISSUER, UNREAD, by_head, by_tail, unless};
use crate::pki::check::{Rule, Unchecked};
use crate::pki::der_scan::{DerError, Tlv, single, tag};
use crate::pki::stream_signature::Hash;

pub(in crate::pki) const RULES: &[Rule] = &[
    Rule {
        id: "version-2",
        says: "The version is 2, since extensions are used",
        clause: "RFC 5280 §5.1.2.1",
        judge: |facts| {
            by_head(facts, |head| match head.version.as_deref() {
                Some([1]) => Answer::Holds,
                Some(other) => Answer::Broken(format!("version field {}", hex::encode(other))),
                None => Answer::Broken("the version field is absent: version 1".to_owned()),
            })
        },
    },
    Rule {
        id: "algorithms-equal",
        says: "The signature algorithm is the same inside and outside the signed part",
        clause: "RFC 5280 §5.1.1.2",
        judge: |facts| {
            let (Some(head), Some(tail)) = (&facts.head, &facts.tail) else {
                return UNREAD;
            };
            unless(head.algorithm.der == tail.algorithm.der, || {
                format!(
                    "inside {}, outside {}",
                    head.algorithm.oid, tail.algorithm.oid
                )
            })
        },
    },
    Rule {
        id: "algorithm-parameters",
        says: "The algorithm's parameters are as its profile says: NULL for RSA, absent for ECDSA and Ed25519",
        clause: "RFC 4055 §5, RFC 5758 §3.2, RFC 8410 §3",
        judge: |facts| {
            by_head(facts, |head| {
                if head.algorithm.scheme.is_none() && head.algorithm.parameters_right {
                    return Answer::NotChecked(Unchecked::UnknownAlgorithm);
                }
                unless(head.algorithm.parameters_right, || {
                    head.algorithm.oid.clone()
                })
            })
        },
    },
    Rule {
        id: "algorithm-strong",
        says: "The signature does not rest on SHA-1",
        clause: "NIST SP 800-131A §3, §9",
        judge: |facts| {
            by_head(facts, |head| {
                match (head.algorithm.hash(), head.algorithm.scheme) {
                    (Some(Hash::Sha1), _) => Answer::Broken(head.algorithm.oid.clone()),
                    (Some(hash), _) => Answer::HoldsWith(hash.name().to_owned()),
                    (None, Some(_)) => Answer::Holds,
                    (None, None) => Answer::NotChecked(Unchecked::UnknownAlgorithm),
                }
            })
        },
    },
    Rule {
        id: "issuer-not-empty",
        says: "The issuer's name is not empty",
        clause: "RFC 5280 §5.1.2.3",
        judge: |facts| {
            by_head(facts, |head| {
                unless(head.issuer.len() > 2, || "the name has no RDN".to_owned())
            })
        },
    },
    Rule {
        id: "issuer-name-form",
        says: "The issuer's name is made of RDNs whose strings are what their types say",
        clause: "RFC 5280 §4.1.2.4",
        judge: |facts| {
            by_head(facts, |head| match name_flaw(&head.issuer) {
                Ok(None) => Answer::Holds,
                Ok(Some(flaw)) => Answer::Broken(flaw),
                Err(fault) => Answer::Broken(fault.to_string()),
            })
        },
    },
    Rule {
        id: "issuer-matches",
        says: "The issuer is the CA certificate's subject, byte for byte",
        clause: "RFC 5280 §5.1.2.3, §6.3.3",
        judge: |facts| {
            let Some(issuer) = facts.issuer else {
                return NO_ISSUER;
            };
            by_head(facts, |head| {
                unless(head.issuer == issuer.subject, || {
                    "the names are encoded differently or are different names".to_owned()
                })
            })
        },
    },
    Rule {
        id: "issuer-may-sign",
        says: "The CA certificate's keyUsage allows signing CRLs",
        clause: "RFC 5280 §4.2.1.3",
        judge: |facts| match facts.issuer {
            None => NO_ISSUER,
            Some(issuer) => match issuer.crl_sign {
                Some(false) => Answer::Broken("keyUsage without cRLSign".to_owned()),
                Some(true) => Answer::Holds,
                None => Answer::HoldsWith("the certificate has no keyUsage".to_owned()),
            },
        },
    },
    Rule {
        id: "issuer-valid-then",
        says: "The CA certificate was valid when the CRL was issued",
        clause: "RFC 5280 §6.3.3",
        judge: |facts| {
            let Some(issuer) = facts.issuer else {
                return NO_ISSUER;
            };
            by_head(facts, |head| {
                let Some(this_update) = head.this_update.get() else {
                    return Answer::NotChecked(Unchecked::MalformedThisUpdate);
                };
                unless(
                    issuer.not_before <= this_update && this_update <= issuer.not_after,
                    || format!("valid from {} to {}", issuer.not_before, issuer.not_after),
                )
            })
        },
    },
    Rule {
        id: "signature-octets",
        says: "The signature is a BIT STRING of whole octets",
        clause: "RFC 5280 §5.1.1.3",
        judge: |facts| {
            by_tail(facts, |tail| {
                unless(tail.signature.is_some(), || {
                    "unused bits or empty".to_owned()
                })
            })
        },
    },
];

/// What is wrong inside a well-formed Name, if anything.
fn name_flaw(name: &[u8]) -> Result<Option<String>, DerError> {
    let mut rdns = single(name, tag::SEQUENCE)?.reader();
    while !rdns.is_empty() {
        let rdn = rdns.expect(tag::SET)?;
        let mut attributes = rdn.reader();
        if attributes.is_empty() {
            return Ok(Some("an RDN is empty".to_owned()));
        }
        let mut previous: &[u8] = &[];
        while !attributes.is_empty() {
            let attribute = attributes.expect(tag::SEQUENCE)?;
            // X.690 §11.6: the elements of a SET OF ascend as octet strings.
            if attribute.whole < previous {
                return Ok(Some("a multi-valued RDN is out of DER order".to_owned()));
            }
            previous = attribute.whole;
            let mut parts = attribute.reader();
            let kind = parts.expect(tag::OID)?.oid()?;
            let value = parts.read()?;
            parts.end()?;
            if let Some(flaw) = string_flaw(&value) {
                return Ok(Some(format!("attribute {kind}: {flaw}")));
            }
        }
    }
    Ok(None)
}

fn string_flaw(value: &Tlv<'_>) -> Option<&'static str> {
    let octets = value.value;
    let printable = |o: &u8| o.is_ascii_alphanumeric() || b" '()+,-./:=?".contains(o);
    match value.tag {
        tag::UTF8_STRING => match std::str::from_utf8(octets) {
            Err(_) => Some("UTF8String that is not UTF-8"),
            Ok(text) if text.chars().any(char::is_control) => Some("control characters"),
            Ok("") => Some("empty"),
            Ok(_) => None,
        },
        tag::PRINTABLE_STRING => (!octets.iter().all(printable) || octets.is_empty())
            .then_some("PrintableString with other characters, or empty"),
        tag::IA5_STRING => (!octets.iter().all(|o| (0x20..0x7f).contains(o)) || octets.is_empty())
            .then_some("IA5String with control or 8-bit characters, or empty"),
        tag::BMP_STRING => {
            let pairs = octets.chunks(2).map(|pair| match pair {
                [high, low] => u16::from_be_bytes([*high, *low]),
                _ => 0xd800,
            });
            let broken = char::decode_utf16(pairs).any(|c| c.is_err());
            (broken || octets.is_empty()).then_some("BMPString that is not UCS-2, or empty")
        }
        tag::UNIVERSAL_STRING => {
            let broken = octets.chunks(4).any(|quad| {
                <[u8; 4]>::try_from(quad)
                    .ok()
                    .and_then(|quad| char::from_u32(u32::from_be_bytes(quad)))
                    .is_none()
            });
            (broken || octets.is_empty()).then_some("UniversalString that is not UCS-4, or empty")
        }
        // T61String is read as Latin-1 by everybody; any octet can stand.
        tag::TELETEX_STRING => octets.is_empty().then_some("empty"),
        _ => None,
    }
}
