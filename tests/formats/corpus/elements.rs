//! Elements that are wrong, missing or no values of their type.

use super::{Case, person};
use crate::der::{integer, octets, oid, retagged, sequence, tlv, utf8};
use crate::template::{CN, Template, algorithm, ca_name, email, extensions};

pub fn cases() -> Vec<Case> {
    let t = Template::person(0x33);
    let with = |change: &dyn Fn(&mut Template)| {
        let mut t = Template::person(0x33);
        change(&mut t);
        t.der()
    };
    let wrong = |name: &str, what, octets| person(name, "unexpected-element", what, octets);
    let missing = |name: &str, what, octets| person(name, "missing-element", what, octets);
    let malformed = |name: &str, what, octets| person(name, "malformed", what, octets);
    vec![
        wrong(
            "serial-octet-string",
            "the serial is an OCTET STRING",
            with(&|t| t.serial = retagged(&t.serial, 0x04)),
        ),
        wrong(
            "issuer-set",
            "the issuer is a SET",
            with(&|t| t.issuer = retagged(&ca_name(), 0x31)),
        ),
        wrong(
            "rdn-sequence",
            "an RDN is a SEQUENCE",
            with(&|t| t.subject = sequence(&[&sequence(&[&sequence(&[&oid(CN), &utf8("A")])])])),
        ),
        wrong(
            "version-enumerated",
            "the version is an ENUMERATED",
            with(&|t| t.version = tlv(0xa0, &[&[0x0a, 1, 2]])),
        ),
        wrong(
            "signature-octet-string",
            "the signature is an OCTET STRING",
            with(&|t| t.signature = Some(octets(&[7; 64]))),
        ),
        wrong(
            "extension-without-oid",
            "an extension has no OID",
            with(&|t| t.extensions = extensions(&[sequence(&[&octets(&[5, 0])])])),
        ),
        missing(
            "no-signature",
            "the signature is missing",
            sequence(&[&t.tbs(), &t.outer]),
        ),
        missing(
            "no-outer-algorithm",
            "outer algorithm and signature are missing",
            sequence(&[&t.tbs()]),
        ),
        missing(
            "no-public-key",
            "the TBS ends behind the subject",
            t.around(&sequence(&[
                &t.version,
                &t.serial,
                &t.inner,
                &t.issuer,
                &t.validity,
                &t.subject,
            ])),
        ),
        missing("empty-tbs", "the TBS is empty", t.around(&sequence(&[]))),
        missing(
            "extension-without-value",
            "an extension has no value",
            with(&|t| {
                t.extensions =
                    extensions(&[sequence(&[&oid("2.5.29.14")]), email(b"a@uji.example")])
            }),
        ),
        malformed(
            "attribute-without-value",
            "an attribute has no value",
            with(&|t| t.subject = sequence(&[&tlv(0x31, &[&sequence(&[&oid(CN)])])])),
        ),
        malformed(
            "oid-cut",
            "an attribute's OID ends within an arc",
            with(&|t| {
                t.subject = sequence(&[&tlv(
                    0x31,
                    &[&sequence(&[&[6, 3, 0x55, 4, 0x83], utf8("A").as_slice()])],
                )])
            }),
        ),
        malformed(
            "oid-padded",
            "an attribute's OID has a padded arc",
            with(&|t| {
                t.subject = sequence(&[&tlv(
                    0x31,
                    &[&sequence(&[
                        &[6, 4, 0x55, 4, 0x80, 3],
                        utf8("A").as_slice(),
                    ])],
                )])
            }),
        ),
        malformed(
            "oid-empty",
            "the algorithm's OID is empty",
            with(&|t| t.inner = sequence(&[&[6, 0]])),
        ),
        malformed(
            "critical-one",
            "a critical flag is 01",
            with(&|t| {
                t.extensions = extensions(&[sequence(&[
                    &oid("2.5.29.14"),
                    &[1, 1, 1],
                    &octets(&octets(&[9; 20])),
                ])])
            }),
        ),
        malformed(
            "serial-empty",
            "the serial has no octets",
            with(&|t| t.serial = integer(&[])),
        ),
        malformed(
            "high-tag",
            "the CN has a tag of several octets",
            with(&|t| {
                t.subject = sequence(&[&tlv(
                    0x31,
                    &[&sequence(&[&oid(CN), &[0x1f, 0x81, 1, 1, 0x41]])],
                )])
            }),
        ),
        person(
            "algorithm-parameters",
            "wrong-algorithm-parameters",
            "Ed25519 has NULL parameters",
            with(&|t| {
                t.inner = algorithm("1.3.101.112", &[5, 0]);
                t.outer = t.inner.clone();
            }),
        ),
        person(
            "rsa-parameters",
            "wrong-algorithm-parameters",
            "sha256WithRSAEncryption has a SEQUENCE as parameters",
            with(&|t| {
                t.inner = algorithm("1.2.840.113549.1.1.11", &[0x30, 0]);
                t.outer = t.inner.clone();
            }),
        ),
    ]
}
