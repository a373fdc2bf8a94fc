//! Damage to the encoding: cut, overrun, indefinite and overlong lengths, surplus octets.

use super::{Case, person};
use crate::der::{
    claiming, extended, header_len, indefinite, octets, oid, overlong, sequence, tlv, utf8,
};
use crate::template::{
    CA_SEED, CN, Template, aki, ca_name, extension, extensions, generalized, key_id, utc,
};

pub fn cases() -> Vec<Case> {
    let mut cases = cuts();
    cases.extend(lengths());
    cases.extend(surplus());
    cases
}

fn good() -> Template {
    Template::person(0x33)
}

fn cuts() -> Vec<Case> {
    let t = good();
    let whole = t.der();
    let outer = header_len(&whole);
    let tbs = outer + header_len(&t.tbs());
    let parts: [(&str, &'static str, &[u8]); 8] = [
        ("version", "cut inside the version", &t.version),
        ("serial", "cut inside the serial number", &t.serial),
        (
            "inner-algorithm",
            "cut inside the inner algorithm",
            &t.inner,
        ),
        ("issuer", "cut inside the issuer", &t.issuer),
        ("validity", "cut inside the validity", &t.validity),
        ("subject", "cut inside the subject", &t.subject),
        ("spki", "cut inside the public key", &t.spki),
        ("extensions", "cut inside the extensions", &t.extensions),
    ];
    let cut = |name: &str, what, length: usize| {
        person(
            &format!("cut-{name}"),
            "truncated",
            what,
            whole[..length].to_vec(),
        )
    };
    let mut cases = vec![
        cut("outer-tag", "only the first tag is left", 1),
        cut("outer-length", "cut inside the outer length", 3),
        cut("after-outer-header", "cut behind the outer header", outer),
        cut("tbs-header", "cut inside the TBS header", outer + 2),
        cut("after-tbs-header", "cut behind the TBS header", tbs),
    ];
    let mut position = tbs;
    for (name, what, part) in parts {
        cases.push(cut(name, what, position + part.len() / 2));
        position += part.len();
    }
    cases.push(cut("after-tbs", "cut behind the TBS", position));
    let algorithm_end = position + t.outer.len();
    cases.push(cut(
        "outer-algorithm",
        "cut inside the outer algorithm",
        algorithm_end - 1,
    ));
    cases.push(cut(
        "before-signature",
        "cut before the signature",
        algorithm_end,
    ));
    cases.push(cut(
        "signature",
        "cut inside the signature",
        whole.len() - 20,
    ));
    cases.push(cut(
        "last-octet",
        "the last octet is missing",
        whole.len() - 1,
    ));
    cases
}

fn lengths() -> Vec<Case> {
    let t = good();
    let with = |change: &dyn Fn(&mut Template)| {
        let mut t = good();
        change(&mut t);
        t.der()
    };
    let rdn_with = |value: &[u8]| sequence(&[&tlv(0x31, &[&sequence(&[&oid(CN), value])])]);
    let bad_extension = |value: &[u8]| {
        let list = [sequence(&[&oid("2.5.29.14"), value]), aki(CA_SEED)];
        extensions(&list)
    };
    let aki_value = sequence(&[&tlv(0x80, &[&key_id(CA_SEED)])]);
    let tbs = t.tbs();
    vec![
        person(
            "overrun-tbs",
            "overruns-parent",
            "the TBS claims more than the certificate has",
            sequence(&[&claiming(&tbs, 400), &t.outer, &octets(&[0; 8])]),
        ),
        person(
            "overrun-validity",
            "overruns-parent",
            "notAfter claims more than the validity has",
            with(&|t| {
                t.validity = sequence(&[&utc("260101000000Z"), &claiming(&utc("281231235959Z"), 9)])
            }),
        ),
        person(
            "overrun-rdn",
            "overruns-parent",
            "the CN claims more than its RDN has",
            with(&|t| t.subject = rdn_with(&claiming(&utf8("Ratna Contoh"), 7))),
        ),
        person(
            "overrun-algorithm",
            "overruns-parent",
            "the inner OID claims more than its SEQUENCE has",
            with(&|t| t.inner = sequence(&[&claiming(&oid("1.3.101.112"), 3)])),
        ),
        person(
            "overrun-extension",
            "overruns-parent",
            "an extension's OCTET STRING claims too much",
            with(&|t| t.extensions = bad_extension(&claiming(&octets(&[4, 1, 9]), 200))),
        ),
        person(
            "indefinite-outer",
            "indefinite-length",
            "the certificate has an indefinite length",
            indefinite(&t.der()),
        ),
        person(
            "indefinite-tbs",
            "indefinite-length",
            "the TBS has an indefinite length",
            t.around(&indefinite(&tbs)),
        ),
        person(
            "indefinite-issuer",
            "indefinite-length",
            "the issuer has an indefinite length",
            with(&|t| t.issuer = indefinite(&ca_name())),
        ),
        person(
            "indefinite-extensions",
            "indefinite-length",
            "the extensions have an indefinite length",
            with(&|t| t.extensions = indefinite(&t.extensions)),
        ),
        person(
            "indefinite-aki",
            "indefinite-length",
            "the AKI inside its extension has an indefinite length",
            with(&|t| {
                t.extensions = extensions(&[extension("2.5.29.35", false, &indefinite(&aki_value))])
            }),
        ),
        person(
            "overlong-outer",
            "non-minimal-length",
            "the outer length has a needless octet",
            overlong(&t.der()),
        ),
        person(
            "overlong-tbs",
            "non-minimal-length",
            "the length of the TBS has a needless octet",
            t.around(&overlong(&tbs)),
        ),
        person(
            "overlong-serial",
            "non-minimal-length",
            "the serial's length has a needless octet",
            with(&|t| t.serial = overlong(&t.serial)),
        ),
        person(
            "overlong-issuer",
            "non-minimal-length",
            "the issuer's length has a needless octet",
            with(&|t| t.issuer = overlong(&ca_name())),
        ),
        person(
            "overlong-cn",
            "non-minimal-length",
            "the CN's length has a needless octet",
            with(&|t| t.subject = rdn_with(&overlong(&utf8("Ratna Contoh")))),
        ),
        person(
            "overlong-spki",
            "non-minimal-length",
            "the public key's length has a needless octet",
            with(&|t| t.spki = overlong(&t.spki)),
        ),
        person(
            "overlong-email",
            "non-minimal-length",
            "the SAN's length has a needless octet",
            with(&|t| {
                t.extensions = extensions(&[extension(
                    "2.5.29.17",
                    false,
                    &overlong(&sequence(&[&tlv(0x81, &[b"ratna@uji.example"])])),
                )])
            }),
        ),
        person(
            "overlong-signature",
            "non-minimal-length",
            "the signature's length has a needless octet",
            with(&|t| t.signature = Some(overlong(&tlv(0x03, &[&[0; 65]])))),
        ),
        person(
            "reserved-length",
            "malformed",
            "the serial's length has 126 octets",
            with(&|t| t.serial = vec![0x02, 0xfe, 1, 1, 1, 1, 1, 1, 1, 1, 1]),
        ),
    ]
}

fn surplus() -> Vec<Case> {
    let t = good();
    let with = |change: &dyn Fn(&mut Template)| {
        let mut t = good();
        change(&mut t);
        t.der()
    };
    let extra: &[u8] = &[0x05, 0x00];
    let surplus = |name: &str, what, octets| person(name, "trailing-bytes", what, octets);
    vec![
        surplus(
            "trailing-outside",
            "three zeros behind the certificate",
            [t.der(), vec![0; 3]].concat(),
        ),
        surplus(
            "trailing-outer",
            "a NULL behind the signature",
            extended(&t.der(), extra),
        ),
        surplus(
            "trailing-tbs",
            "a NULL behind the extensions",
            t.around(&extended(&t.tbs(), extra)),
        ),
        surplus(
            "trailing-version",
            "a NULL behind the version",
            with(&|t| t.version = extended(&t.version, extra)),
        ),
        surplus(
            "trailing-validity",
            "a third time in the validity",
            with(&|t| t.validity = extended(&t.validity, &generalized("20990101000000Z"))),
        ),
        surplus(
            "trailing-attribute",
            "a second value in an attribute",
            with(&|t| {
                t.subject = sequence(&[&tlv(
                    0x31,
                    &[&sequence(&[&oid(CN), &utf8("A"), &utf8("B")])],
                )])
            }),
        ),
        surplus(
            "trailing-extension",
            "a NULL behind an extension's value",
            with(&|t| t.extensions = extensions(&[extended(&aki(CA_SEED), extra)])),
        ),
        surplus(
            "trailing-extension-content",
            "a NULL inside an extension's OCTET STRING",
            with(&|t| {
                t.extensions = extensions(&[extension(
                    "2.5.29.17",
                    false,
                    &[sequence(&[&tlv(0x81, &[b"a@uji.example"])]), extra.to_vec()].concat(),
                )])
            }),
        ),
        surplus(
            "trailing-extensions",
            "a NULL behind the list of extensions",
            with(&|t| t.extensions = extended(&t.extensions, extra)),
        ),
    ]
}
