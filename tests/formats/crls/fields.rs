//! Damage to the fields around the entries: version, algorithms, issuer, dates, signature.

use super::template::CrlTemplate;
use super::{Case, With, crl, judged};
use crate::der::{integer, oid, sequence, set, tlv, utf8};
use crate::template::{CN, ED25519, OTHER_CA_SEED, algorithm, ca_name, generalized, rdn, utc};

pub fn cases() -> Vec<Case> {
    let mut cases = head();
    cases.extend(names());
    cases.extend(dates());
    cases
}

fn changed(change: impl FnOnce(&mut CrlTemplate)) -> Vec<u8> {
    let mut t = CrlTemplate::good();
    change(&mut t);
    t.der()
}

const NULL: &[u8] = &[5, 0];
const ECDSA_SHA256: &str = "1.2.840.10045.4.3.2";

fn head() -> Vec<Case> {
    let both = |dotted: &str, parameters: &[u8]| {
        changed(|t| {
            t.inner = algorithm(dotted, parameters);
            t.outer = t.inner.clone();
        })
    };
    vec![
        crl(
            "version-absent",
            "version-2",
            "no version: version 1",
            changed(|t| t.version.clear()),
        ),
        crl(
            "version-1",
            "version-2",
            "version 1 written out",
            changed(|t| t.version = integer(&[0])),
        ),
        crl(
            "version-3",
            "version-2",
            "version 3",
            changed(|t| t.version = integer(&[2])),
        ),
        crl(
            "version-padded",
            "version-2",
            "the version has a needless octet",
            changed(|t| t.version = integer(&[0, 1])),
        ),
        crl(
            "algorithms-differ",
            "algorithms-equal",
            "ECDSA inside, Ed25519 outside",
            changed(|t| t.inner = algorithm(ECDSA_SHA256, &[])),
        ),
        crl(
            "algorithm-null-outside",
            "algorithms-equal",
            "NULL parameters outside only",
            changed(|t| t.outer = algorithm(ED25519, NULL)),
        ),
        crl(
            "algorithm-null",
            "algorithm-parameters",
            "Ed25519 with NULL parameters",
            both(ED25519, NULL),
        ),
        judged(
            With::Nothing,
            crl(
                "rsa-no-null",
                "algorithm-parameters",
                "RSA without NULL",
                both("1.2.840.113549.1.1.11", &[]),
            ),
        ),
        judged(
            With::Nothing,
            crl(
                "ecdsa-null",
                "algorithm-parameters",
                "ECDSA with NULL",
                both(ECDSA_SHA256, NULL),
            ),
        ),
        judged(
            With::Nothing,
            crl(
                "sha1-rsa",
                "algorithm-strong",
                "RSA over SHA-1",
                both("1.2.840.113549.1.1.5", NULL),
            ),
        ),
        judged(
            With::Nothing,
            crl(
                "sha1-ecdsa",
                "algorithm-strong",
                "ECDSA over SHA-1",
                both("1.2.840.10045.4.1", &[]),
            ),
        ),
        judged(
            With::NoCrlSign,
            crl(
                "issuer-no-crl-sign",
                "issuer-may-sign",
                "the CA's keyUsage has no cRLSign",
                CrlTemplate::good().der(),
            ),
        ),
        judged(
            With::Younger,
            crl(
                "issuer-younger",
                "issuer-valid-then",
                "issued before the CA's certificate began",
                CrlTemplate::good().der(),
            ),
        ),
        crl(
            "signature-unused-bits",
            "signature-octets",
            "a bit of the signature is unused",
            changed(|t| t.signature = Some(tlv(0x03, &[&[1], &[0x70; 64]]))),
        ),
        crl(
            "signature-empty",
            "signature-octets",
            "a BIT STRING of nothing",
            changed(|t| t.signature = Some(tlv(0x03, &[]))),
        ),
        crl(
            "signature-zero",
            "signature",
            "a signature of zeros",
            changed(|t| t.signature = Some(tlv(0x03, &[&[0; 65]]))),
        ),
        crl(
            "signature-short",
            "signature",
            "a signature of no octets",
            changed(|t| t.signature = Some(tlv(0x03, &[&[0]]))),
        ),
        crl(
            "signature-other-key",
            "signature",
            "signed by another CA",
            changed(|t| t.signer = OTHER_CA_SEED),
        ),
        crl(
            "signature-other-list",
            "signature",
            "the signature of another list",
            {
                let other = CrlTemplate::with_extensions(&[]).tbs();
                let t = CrlTemplate::good();
                let mut late = CrlTemplate {
                    next_update: utc("261125080000Z"),
                    ..t.clone()
                };
                late.signature = Some(t.signature(&other));
                late.der()
            },
        ),
        crl(
            "algorithm-of-other-key",
            "signature",
            "names ECDSA, the CA's key is Ed25519",
            both(ECDSA_SHA256, &[]),
        ),
    ]
}

fn names() -> Vec<Case> {
    let named = |name: &str, rule, what, issuer: Vec<u8>| {
        judged(
            With::Nothing,
            crl(name, rule, what, changed(|t| t.issuer = issuer)),
        )
    };
    let common = |value: Vec<u8>| sequence(&[&rdn(CN, &value)]);
    let unsorted = [
        sequence(&[&oid(CN), &utf8("UJI")]),
        sequence(&[&oid("2.5.4.6"), &tlv(0x13, &[b"ID"])]),
    ];
    let form = "issuer-name-form";
    vec![
        named(
            "issuer-empty",
            "issuer-not-empty",
            "an issuer without any RDN",
            sequence(&[]),
        ),
        named(
            "issuer-empty-rdn",
            form,
            "an RDN of nothing",
            sequence(&[&set(&[])]),
        ),
        named(
            "issuer-bad-utf8",
            form,
            "a UTF8String that is not UTF-8",
            common(tlv(0x0c, &[b"CA \xff UJI"])),
        ),
        named(
            "issuer-nul",
            form,
            "a NUL in the CN",
            common(utf8("CA\0UJI")),
        ),
        named(
            "issuer-escape",
            form,
            "an escape sequence in the CN",
            common(utf8("\u{1b}[2JUJI")),
        ),
        named(
            "issuer-bmp-odd",
            form,
            "a BMPString of three octets",
            common(tlv(0x1e, &[b"\0C\0"])),
        ),
        named(
            "issuer-bmp-surrogate",
            form,
            "half a surrogate in a BMPString",
            common(tlv(0x1e, &[b"\xd8\x00\0A"])),
        ),
        named(
            "issuer-universal",
            form,
            "a UniversalString beyond Unicode",
            common(tlv(0x1c, &[b"\x7f\0\0\0"])),
        ),
        named(
            "issuer-t61-empty",
            form,
            "a T61String of nothing",
            common(tlv(0x14, &[])),
        ),
        named(
            "issuer-printable",
            form,
            "an @ in a PrintableString",
            common(tlv(0x13, &[b"ca@uji"])),
        ),
        named(
            "issuer-set-order",
            form,
            "a multi-valued RDN out of DER order",
            sequence(&[&set(&[&unsorted[0], &unsorted[1]])]),
        ),
        named(
            "issuer-attribute-cut",
            form,
            "an attribute without a value",
            sequence(&[&set(&[&sequence(&[&oid(CN)])])]),
        ),
        crl(
            "issuer-other",
            "issuer-matches",
            "another CA's name",
            changed(|t| t.issuer = common(utf8("CA UJI Lain"))),
        ),
        crl(
            "issuer-other-encoding",
            "issuer-matches",
            "the CA's name as PrintableString",
            changed(|t| {
                t.issuer = sequence(&[
                    &rdn("2.5.4.6", &tlv(0x13, &[b"ID"])),
                    &rdn("2.5.4.10", &tlv(0x13, &[b"Lembaga UJI"])),
                    &rdn(CN, &tlv(0x13, &[b"CA UJI Korpus"])),
                ]);
                assert_ne!(t.issuer, ca_name());
            }),
        ),
    ]
}

fn dates() -> Vec<Case> {
    let this = |name: &str, rule, what, this_update: Vec<u8>| {
        crl(name, rule, what, changed(|t| t.this_update = this_update))
    };
    let next = |name: &str, rule, what, next_update: Vec<u8>| {
        crl(name, rule, what, changed(|t| t.next_update = next_update))
    };
    let (this_form, next_form) = ("this-update-form", "next-update-form");
    vec![
        this(
            "this-no-seconds",
            this_form,
            "thisUpdate without seconds",
            utc("2611220800Z"),
        ),
        this(
            "this-offset",
            this_form,
            "thisUpdate with an offset",
            utc("261122150000+0700"),
        ),
        this(
            "this-month-13",
            this_form,
            "thisUpdate in month 13",
            utc("261322080000Z"),
        ),
        this(
            "this-february-30",
            this_form,
            "thisUpdate on 30 February",
            utc("260230080000Z"),
        ),
        this(
            "this-generalized",
            this_form,
            "thisUpdate as GeneralizedTime before 2050",
            generalized("20261122080000Z"),
        ),
        this(
            "this-fraction",
            this_form,
            "thisUpdate with a fraction",
            generalized("20261122080000.5Z"),
        ),
        this(
            "this-future",
            "this-update-not-future",
            "thisUpdate a second ahead",
            utc("261122090001Z"),
        ),
        crl(
            "next-absent",
            "next-update-present",
            "no nextUpdate",
            changed(|t| t.next_update.clear()),
        ),
        next(
            "next-no-zone",
            next_form,
            "nextUpdate without Z",
            utc("261124080000"),
        ),
        next(
            "next-blank",
            next_form,
            "a blank in nextUpdate",
            utc("26112408000 Z"),
        ),
        next(
            "next-hour-24",
            next_form,
            "nextUpdate at 24 o'clock",
            utc("261124240000Z"),
        ),
        next(
            "next-generalized",
            next_form,
            "nextUpdate as GeneralizedTime before 2050",
            generalized("20261124080000Z"),
        ),
        next(
            "next-equal",
            "next-update-after-this",
            "nextUpdate equals thisUpdate",
            utc("261122080000Z"),
        ),
        next(
            "next-1950",
            "next-update-after-this",
            "nextUpdate in 1950",
            utc("500101000000Z"),
        ),
        crl(
            "expired",
            "next-update-not-past",
            "nextUpdate is this moment",
            changed(|t| {
                t.next_update = utc("261122090000Z");
            }),
        ),
        crl(
            "expired-long",
            "next-update-not-past",
            "an old CRL",
            changed(|t| {
                t.this_update = utc("261121000000Z");
                t.next_update = utc("261122000000Z");
            }),
        ),
        next(
            "next-beyond-issuer",
            "next-update-within-issuer",
            "nextUpdate a second after the CA's end",
            utc("290101000000Z"),
        ),
        next(
            "next-9999",
            "next-update-within-issuer",
            "nextUpdate in 9999",
            generalized("99991231235959Z"),
        ),
        next(
            "next-2050",
            "next-update-within-issuer",
            "nextUpdate in 2050",
            generalized("20500101000000Z"),
        ),
    ]
}
