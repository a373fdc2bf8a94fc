//! Names: damaged string types, empty parts, and characters that only deceive.

use super::{Case, person};
use crate::der::{oid, sequence, set, tlv, utf8};
use crate::template::{
    CA_SEED, CN, Template, aki, ca_name, distribution_point, email, extensions, person as name, rdn,
};

pub fn cases() -> Vec<Case> {
    let with = |change: &dyn Fn(&mut Template)| {
        let mut t = Template::person(0x33);
        change(&mut t);
        t.der()
    };
    let cn = |file: &str, id, what, tag: u8, octets: &[u8]| {
        let value = tlv(tag, &[octets]);
        person(file, id, what, with(&|t| t.subject = name(&value)))
    };
    let listed = |file: &str, id, what, extension: Vec<u8>| {
        let list = extensions(&[aki(CA_SEED), extension]);
        person(file, id, what, with(&|t| t.extensions.clone_from(&list)))
    };
    vec![
        cn(
            "utf8-overlong",
            "bad-utf8",
            "NUL as two octets of UTF-8 in the CN",
            0x0c,
            b"Ratna\xc0\x80",
        ),
        cn(
            "utf8-stray",
            "bad-utf8",
            "FF in a UTF8String",
            0x0c,
            b"Ratna\xff",
        ),
        cn(
            "utf8-surrogate",
            "bad-utf8",
            "half a surrogate in a UTF8String",
            0x0c,
            b"\xed\xa0\x80",
        ),
        cn(
            "utf8-cut",
            "bad-utf8",
            "a UTF8String ends within a character",
            0x0c,
            b"Ratna \xe2\x82",
        ),
        cn(
            "bmp-odd",
            "bad-bmp-string",
            "a BMPString of five octets",
            0x1e,
            b"\0R\0a\0",
        ),
        cn(
            "bmp-surrogate",
            "bad-bmp-string",
            "half a surrogate in a BMPString",
            0x1e,
            b"\xd8\x3d\0a",
        ),
        cn(
            "universal-odd",
            "bad-universal-string",
            "a UniversalString of five octets",
            0x1c,
            b"\0\0\0R\0",
        ),
        cn(
            "universal-beyond",
            "bad-universal-string",
            "a character beyond Unicode",
            0x1c,
            b"\0\x11\0\0",
        ),
        cn(
            "printable-latin1",
            "bad-ascii-string",
            "Latin-1 in a PrintableString",
            0x13,
            b"Ren\xe9",
        ),
        cn(
            "ia5-high",
            "bad-ascii-string",
            "FF in an IA5String",
            0x16,
            b"a\xff",
        ),
        cn(
            "numeric-high",
            "bad-ascii-string",
            "B2 in a NumericString",
            0x12,
            b"12\xb2",
        ),
        listed(
            "email-high",
            "bad-ascii-string",
            "UTF-8 in an e-mail SAN",
            email("ré@uji.example".as_bytes()),
        ),
        listed(
            "uri-high",
            "bad-ascii-string",
            "FF in a distribution point",
            distribution_point(b"http://\xff.example"),
        ),
        cn(
            "nul-in-cn",
            "control-in-name",
            "NUL in the CN, the classic deception",
            0x0c,
            b"ratna\0.uji.example",
        ),
        cn(
            "nul-in-t61",
            "control-in-name",
            "NUL in a T61String",
            0x14,
            b"ratna\0x",
        ),
        cn(
            "nul-in-bmp",
            "control-in-name",
            "NUL in a BMPString",
            0x1e,
            b"\0R\0\0",
        ),
        cn(
            "nul-in-printable",
            "control-in-name",
            "NUL in a PrintableString",
            0x13,
            b"ratna\0",
        ),
        cn(
            "escape-in-cn",
            "control-in-name",
            "ESC [2J in the CN",
            0x0c,
            b"\x1b[2JRatna",
        ),
        cn(
            "c1-in-t61",
            "control-in-name",
            "the C1 control CSI in a T61String",
            0x14,
            b"\x9b2JRatna",
        ),
        cn(
            "newline-in-cn",
            "control-in-name",
            "CR LF in the CN",
            0x0c,
            b"Ratna\r\nBcc: x",
        ),
        cn(
            "override-in-cn",
            "control-in-name",
            "a right-to-left override in the CN",
            0x0c,
            "Ratna\u{202e}x".as_bytes(),
        ),
        cn(
            "zero-width-in-cn",
            "control-in-name",
            "a zero-width space in the CN",
            0x0c,
            "Ra\u{200b}tna".as_bytes(),
        ),
        cn(
            "delete-in-cn",
            "control-in-name",
            "DEL in the CN",
            0x13,
            b"Ratna\x7f",
        ),
        listed(
            "nul-in-email",
            "control-in-name",
            "NUL in an e-mail SAN",
            email(b"ratna@uji.example\0.evil"),
        ),
        listed(
            "escape-in-uri",
            "control-in-name",
            "ESC in a distribution point",
            distribution_point(b"http://\x1b[2J"),
        ),
        person(
            "escape-in-issuer",
            "control-in-name",
            "ESC in the issuer's CN",
            with(&|t| t.issuer = sequence(&[&rdn(CN, &utf8("CA UJI\u{1b}c"))])),
        ),
        person(
            "issuer-empty",
            "empty-issuer",
            "the issuer is empty",
            with(&|t| t.issuer = sequence(&[])),
        ),
        person(
            "subject-empty",
            "empty-subject",
            "the subject is empty and the SAN not critical",
            with(&|t| t.subject = sequence(&[])),
        ),
        person(
            "rdn-empty",
            "empty-rdn",
            "the subject has an RDN without an attribute",
            with(&|t| t.subject = sequence(&[&set(&[]), &rdn(CN, &utf8("Ratna"))])),
        ),
        person(
            "rdn-empty-issuer",
            "empty-rdn",
            "the issuer has an RDN without an attribute",
            with(&|t| t.issuer = sequence(&[&set(&[])])),
        ),
        person(
            "issuer-other",
            "wrong-issuer",
            "the issuer is another authority",
            with(&|t| t.issuer = sequence(&[&rdn(CN, &utf8("CA UJI Lain"))])),
        ),
        person(
            "issuer-two-ou",
            "wrong-issuer",
            "the issuer's name with an OU more",
            with(&|t| t.issuer = sequence(&[&ca_name()[2..], &rdn("2.5.4.11", &utf8("Unit"))])),
        ),
        person(
            "issuer-multi-valued",
            "wrong-issuer",
            "the issuer's attributes in one RDN",
            with(&|t| {
                t.issuer = sequence(&[&set(&[
                    &sequence(&[&oid("2.5.4.6"), &tlv(0x13, &[b"ID"])]),
                    &sequence(&[&oid("2.5.4.10"), &utf8("Lembaga UJI")]),
                    &sequence(&[&oid(CN), &utf8("CA UJI Korpus")]),
                ])])
            }),
        ),
        person(
            "issuer-reversed",
            "wrong-issuer",
            "the issuer's RDNs in reverse order",
            with(&|t| {
                t.issuer = sequence(&[
                    &rdn(CN, &utf8("CA UJI Korpus")),
                    &rdn("2.5.4.10", &utf8("Lembaga UJI")),
                    &rdn("2.5.4.6", &tlv(0x13, &[b"ID"])),
                ])
            }),
        ),
    ]
}
