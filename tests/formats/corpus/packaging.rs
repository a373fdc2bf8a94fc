//! Packaging: damaged PEM, PKCS#7 without content, and files that are something else.

use super::{Case, Role};
use crate::der::{bits, claiming, integer, octets, oid, sequence, set, tlv};
use crate::template::{ED25519, Template, algorithm, ca_name, pem, person as name, spki, utc};

pub fn cases() -> Vec<Case> {
    let good = Template::person(0x33).der();
    let armoured = pem("CERTIFICATE", &good);
    let file = |file: &str, id, what, octets: Vec<u8>| Case {
        file: file.to_owned(),
        role: Role::Person,
        id,
        what,
        octets,
    };
    let text = |name: &str, id, what, text: String| file(name, id, what, text.into_bytes());
    let no_end = armoured.replace("-----END CERTIFICATE-----\n", "");
    let no_begin = armoured.replace("-----BEGIN CERTIFICATE-----\n", "");
    let body = no_begin.replace("-----END CERTIFICATE-----\n", "");
    let not = "not-a-certificate";
    let mut cases = vec![
        text(
            "no-end.pem",
            "pem-not-ended",
            "the END line is missing",
            no_end,
        ),
        text(
            "no-begin.pem",
            "pem-not-begun",
            "the BEGIN line is missing",
            no_begin,
        ),
        text(
            "four-dashes.pem",
            "pem-not-begun",
            "the BEGIN line has four dashes at its end",
            armoured.replace("BEGIN CERTIFICATE-----", "BEGIN CERTIFICATE----"),
        ),
        text(
            "other-end.pem",
            "pem-labels-differ",
            "BEGIN CERTIFICATE, END X509 CRL",
            armoured.replace("END CERTIFICATE", "END X509 CRL"),
        ),
        text(
            "empty.pem",
            "pem-empty",
            "nothing between BEGIN and END",
            pem("CERTIFICATE", &[]),
        ),
        text(
            "hash-in-base64.pem",
            "pem-damaged",
            "a # in the base64",
            armoured.replacen("\nMII", "\nM#I", 1),
        ),
        text(
            "header-line.pem",
            "pem-damaged",
            "a header line inside the block",
            armoured.replacen("-----\n", "-----\nX-Note: uji\n\n", 1),
        ),
        text(
            "cut-base64.pem",
            "pem-damaged",
            "the last base64 character is missing",
            cut_base64(&armoured),
        ),
        text(
            "padding-inside.pem",
            "pem-damaged",
            "= in the middle of the base64",
            armoured.replacen("\nMIIB", "\nMI==", 1),
        ),
        text(
            "dash-in-base64.pem",
            "pem-damaged",
            "base64 of the URL alphabet",
            armoured.replacen("\nMII", "\nM-_", 1),
        ),
        text(
            "private-key.pem",
            not,
            "a private key",
            pem("PRIVATE KEY", &private_key()),
        ),
        text(
            "encrypted-key.pem",
            not,
            "an encrypted private key",
            pem("ENCRYPTED PRIVATE KEY", &octets(&[1; 40])),
        ),
        text("crl.pem", not, "a CRL", pem("X509 CRL", &crl())),
        text(
            "request.pem",
            not,
            "a signing request",
            pem("CERTIFICATE REQUEST", &request()),
        ),
        text(
            "request-mislabelled.pem",
            not,
            "a signing request labelled as a certificate",
            pem("CERTIFICATE", &request()),
        ),
        text(
            "parameters.pem",
            not,
            "EC parameters",
            pem("EC PARAMETERS", &oid("1.2.840.10045.3.1.7")),
        ),
        text(
            "pkcs7-empty.pem",
            "pkcs7-without-certificates",
            "a PKCS#7 block without certificates",
            pem("PKCS7", &pkcs7(&[])),
        ),
        text("bare-base64.txt", not, "base64 without BEGIN and END", body),
        text(
            "letter.txt",
            not,
            "a letter",
            "Dengan hormat,\nbersama ini kami sampaikan.\n".to_owned(),
        ),
        file(
            "utf16.txt",
            not,
            "text in UTF-16",
            [0xff, 0xfe, b'-', 0, b'-', 0].to_vec(),
        ),
        text(
            "blank.txt",
            "empty-input",
            "only blanks",
            " \n\t\n".to_owned(),
        ),
        file("nothing.txt", "empty-input", "no octets at all", Vec::new()),
    ];
    let shapes: [(&str, &'static str, &'static str, Vec<u8>); 9] = [
        ("crl.der", not, "a CRL", crl()),
        ("request.der", not, "a signing request", request()),
        (
            "private-key.der",
            not,
            "a private key",
            padded(private_key()),
        ),
        ("public-key.der", not, "a public key", spki(9)),
        (
            "encrypted-key.der",
            not,
            "an encrypted private key",
            sequence(&[
                &algorithm("1.2.840.113549.1.5.13", &[0x30, 0]),
                &octets(&[7; 90]),
            ]),
        ),
        (
            "pkcs12.der",
            not,
            "a PKCS#12 file",
            sequence(&[
                &integer(&[3]),
                &sequence(&[
                    &oid("1.2.840.113549.1.7.1"),
                    &tlv(0xa0, &[&octets(&[7; 90])]),
                ]),
            ]),
        ),
        (
            "pkcs7-enveloped.p7b",
            not,
            "a PKCS#7 file with encrypted content",
            sequence(&[
                &oid("1.2.840.113549.1.7.3"),
                &tlv(0xa0, &[&sequence(&[&integer(&[0])])]),
            ]),
        ),
        (
            "pkcs7-empty.p7b",
            "pkcs7-without-certificates",
            "a PKCS#7 file without certificates",
            pkcs7(&[]),
        ),
        (
            "pkcs7-wrong-tag.p7b",
            "unexpected-element",
            "a PKCS#7 file with a SET for its SignedData",
            sequence(&[
                &oid("1.2.840.113549.1.7.2"),
                &tlv(0xa0, &[&set(&[&integer(&[1])])]),
            ]),
        ),
    ];
    cases.extend(shapes.map(|(name, id, what, octets)| file(name, id, what, octets)));
    let damaged = claiming(&Template::person(0x33).tbs(), 400);
    let inside = [
        Template::person(0x11).der(),
        Template::person(0x33).around(&damaged),
        Template::person(0x22).der(),
    ];
    cases.push(file(
        "pkcs7-one-broken.p7b",
        "overruns-parent",
        "a PKCS#7 file, the second of three certificates broken",
        pkcs7(&inside),
    ));
    cases
}

fn cut_base64(armoured: &str) -> String {
    let end = armoured.find("\n-----END").unwrap();
    let body = armoured[..end].trim_end_matches('=');
    format!("{}{}", &body[..body.len() - 1], &armoured[end..])
}

fn private_key() -> Vec<u8> {
    sequence(&[
        &integer(&[0]),
        &algorithm(ED25519, &[]),
        &octets(&octets(&[3; 32])),
    ])
}

/// With attributes behind the key, so that it is as long as a certificate may be.
fn padded(key: Vec<u8>) -> Vec<u8> {
    tlv(0x30, &[&key[2..], &tlv(0xa0, &[&octets(&[0; 60])])])
}

fn crl() -> Vec<u8> {
    let tbs = sequence(&[
        &integer(&[1]),
        &algorithm(ED25519, &[]),
        &ca_name(),
        &utc("261122090000Z"),
        &utc("261124090000Z"),
    ]);
    sequence(&[&tbs, &algorithm(ED25519, &[]), &bits(&[7; 64])])
}

fn request() -> Vec<u8> {
    let information = sequence(&[
        &integer(&[0]),
        &name(&crate::der::utf8("Ratna Contoh")),
        &spki(9),
        &tlv(0xa0, &[]),
    ]);
    sequence(&[&information, &algorithm(ED25519, &[]), &bits(&[7; 64])])
}

/// SignedData without signers.
fn pkcs7(certificates: &[Vec<u8>]) -> Vec<u8> {
    let certificates = certificates.concat();
    let choice = tlv(0xa0, &[&certificates]);
    let choice: &[u8] = if certificates.is_empty() {
        &[]
    } else {
        &choice
    };
    let data = sequence(&[&oid("1.2.840.113549.1.7.1")]);
    let signed = sequence(&[&integer(&[1]), &set(&[]), &data, choice, &set(&[])]);
    sequence(&[&oid("1.2.840.113549.1.7.2"), &tlv(0xa0, &[&signed])])
}
