//! Damage to the extensions of the list: key identifier, number, delta, distribution point, freshest, expired.

use super::template::{
    CrlTemplate, DELTA, EXPIRED, IDP, NUMBER, delta, freshest, number, point_name, unknown_oid,
};
use super::{Case, crl};
use crate::der::{integer, octets, sequence, tlv};
use crate::template::{CA_SEED, OTHER_CA_SEED, aki, ca_name, extension, generalized, utc};

pub fn cases() -> Vec<Case> {
    let mut cases = common();
    cases.extend(numbers());
    cases.extend(scopes());
    cases
}

fn only(name: &str, rule: &'static str, what: &'static str, list: Vec<Vec<u8>>) -> Case {
    let t = CrlTemplate {
        extensions: Some(list),
        ..CrlTemplate::good()
    };
    crl(name, rule, what, t.der())
}

fn and(name: &str, rule: &'static str, what: &'static str, more: &[Vec<u8>]) -> Case {
    crl(name, rule, what, CrlTemplate::with_extensions(more).der())
}

const AKI: &str = "2.5.29.35";

fn common() -> Vec<Case> {
    let key_id = sequence(&[&tlv(0x80, &[&[CA_SEED; 20]])]);
    let by_name = sequence(&[
        &tlv(0xa1, &[&tlv(0xa4, &[&ca_name()])]),
        &tlv(0x82, &[&[5]]),
    ]);
    let unknown = sequence(&[&unknown_oid(), &[1, 1, 0xff], &octets(b"UJI")]);
    let uri = tlv(0x86, &[b"http://uji.example/ca.crt"]);
    let alternative = extension("2.5.29.18", true, &sequence(&[&uri]));
    let access = sequence(&[&crate::der::oid("1.3.6.1.5.5.7.48.2"), &uri]);
    let information = extension("1.3.6.1.5.5.7.1.1", true, &sequence(&[&access]));
    let present = "authority-key-present";
    vec![
        only(
            "extensions-empty",
            "extensions-not-empty",
            "a list of no extensions",
            vec![],
        ),
        and(
            "number-twice",
            "extension-once",
            "cRLNumber twice",
            &[number(&[9])],
        ),
        and(
            "key-id-twice",
            "extension-once",
            "authorityKeyIdentifier twice",
            &[aki(CA_SEED)],
        ),
        and(
            "critical-unknown",
            "extension-known",
            "a critical unknown extension",
            &[unknown],
        ),
        only(
            "key-id-absent",
            present,
            "no authorityKeyIdentifier",
            vec![number(&[9])],
        ),
        only(
            "key-id-by-name",
            present,
            "authorityKeyIdentifier by name and serial",
            vec![extension(AKI, false, &by_name), number(&[9])],
        ),
        only(
            "key-id-octets",
            present,
            "authorityKeyIdentifier is an OCTET STRING",
            vec![extension(AKI, false, &octets(&[1; 20])), number(&[9])],
        ),
        only(
            "key-id-nothing",
            present,
            "authorityKeyIdentifier of no octets",
            vec![extension(AKI, false, &[]), number(&[9])],
        ),
        only(
            "key-id-critical",
            "authority-key-not-critical",
            "a critical authorityKeyIdentifier",
            vec![extension(AKI, true, &key_id), number(&[9])],
        ),
        only(
            "key-id-other",
            "authority-key-matches",
            "another CA's key identifier",
            vec![aki(OTHER_CA_SEED), number(&[9])],
        ),
        and(
            "alt-name-critical",
            "issuer-alt-name-not-critical",
            "a critical issuerAltName",
            &[alternative],
        ),
        and(
            "info-critical",
            "authority-info-not-critical",
            "a critical authorityInfoAccess",
            &[information],
        ),
    ]
}

fn numbers() -> Vec<Case> {
    let numbered = |name: &str, rule, what, value: Vec<u8>| {
        only(
            name,
            rule,
            what,
            vec![aki(CA_SEED), extension(NUMBER, false, &value)],
        )
    };
    let form = "crl-number-form";
    vec![
        only(
            "number-absent",
            "crl-number-present",
            "no cRLNumber",
            vec![aki(CA_SEED)],
        ),
        numbered(
            "number-octets",
            form,
            "cRLNumber is an OCTET STRING",
            octets(&[9]),
        ),
        numbered(
            "number-padded",
            form,
            "cRLNumber with a needless 00",
            integer(&[0, 9]),
        ),
        numbered(
            "number-nothing",
            form,
            "cRLNumber of no octets",
            integer(&[]),
        ),
        numbered(
            "number-extra",
            form,
            "an octet behind cRLNumber",
            [integer(&[9]), vec![0]].concat(),
        ),
        numbered(
            "number-negative",
            "crl-number-range",
            "a negative cRLNumber",
            integer(&[0xff]),
        ),
        numbered(
            "number-2-159",
            "crl-number-range",
            "cRLNumber 2^159",
            integer(&[&[0, 0x80][..], &[0; 19]].concat()),
        ),
        only(
            "number-critical",
            "crl-number-not-critical",
            "a critical cRLNumber",
            vec![aki(CA_SEED), extension(NUMBER, true, &integer(&[9]))],
        ),
    ]
}

fn scopes() -> Vec<Case> {
    let point = || sequence(&[&point_name(b"http://crl.uji.example/p1.crl")]);
    let idp = |name: &str, rule, what, value: Vec<u8>| {
        and(name, rule, what, &[extension(IDP, true, &value)])
    };
    let idp_form = "distribution-point-form";
    let expired = |name: &str, rule, what, critical, value: Vec<u8>| {
        and(name, rule, what, &[extension(EXPIRED, critical, &value)])
    };
    vec![
        and(
            "delta-not-critical",
            "delta-critical",
            "deltaCRLIndicator is not critical",
            &[extension(DELTA, false, &integer(&[3]))],
        ),
        and(
            "delta-octets",
            "delta-base-form",
            "the base is an OCTET STRING",
            &[extension(DELTA, true, &octets(&[3]))],
        ),
        and(
            "delta-base-equal",
            "delta-base-below-number",
            "the base is the delta itself",
            &[delta(9)],
        ),
        and(
            "delta-base-higher",
            "delta-base-below-number",
            "the base is higher than the delta",
            &[delta(10)],
        ),
        and(
            "delta-freshest",
            "freshest-not-on-delta",
            "freshestCRL on a delta",
            &[delta(3), freshest()],
        ),
        and(
            "delta-base-negative",
            "delta-base-form",
            "the base is negative",
            &[extension(DELTA, true, &integer(&[0x80]))],
        ),
        and(
            "point-not-critical",
            "distribution-point-critical",
            "issuingDistributionPoint is not critical",
            &[extension(IDP, false, &point())],
        ),
        idp(
            "point-empty",
            idp_form,
            "issuingDistributionPoint of nothing",
            sequence(&[]),
        ),
        idp(
            "point-octets",
            idp_form,
            "issuingDistributionPoint is an OCTET STRING",
            octets(b"x"),
        ),
        idp(
            "point-no-names",
            idp_form,
            "a fullName of no names",
            sequence(&[&tlv(0xa0, &[&tlv(0xa0, &[])])]),
        ),
        idp(
            "point-not-ascii",
            idp_form,
            "a URI that is not ASCII",
            sequence(&[&point_name(b"http://uji.example/\xe9")]),
        ),
        idp(
            "point-boolean",
            idp_form,
            "a flag of 01",
            sequence(&[&[0x81, 1, 1]]),
        ),
        idp(
            "point-order",
            idp_form,
            "flags out of order",
            sequence(&[&[0x84, 1, 0xff], &[0x81, 1, 0xff]]),
        ),
        idp(
            "point-two-kinds",
            "distribution-point-one-kind",
            "users only and CAs only",
            sequence(&[&[0x81, 1, 0xff], &[0x82, 1, 0xff]]),
        ),
        and(
            "freshest-critical",
            "freshest-not-critical",
            "freshestCRL is critical",
            &[extension("2.5.29.46", true, &sequence(&[&point()]))],
        ),
        and(
            "freshest-empty",
            "freshest-form",
            "freshestCRL of no points",
            &[extension("2.5.29.46", false, &sequence(&[]))],
        ),
        and(
            "freshest-integer",
            "freshest-form",
            "freshestCRL is an INTEGER",
            &[extension("2.5.29.46", false, &integer(&[1]))],
        ),
        expired(
            "expired-certs-utc",
            "expired-certs-form",
            "expiredCertsOnCRL as UTCTime",
            false,
            utc("260101000000Z"),
        ),
        expired(
            "expired-certs-date",
            "expired-certs-form",
            "expiredCertsOnCRL on 30 February",
            false,
            generalized("20260230000000Z"),
        ),
        expired(
            "expired-certs-critical",
            "expired-certs-not-critical",
            "a critical expiredCertsOnCRL",
            true,
            generalized("20260101000000Z"),
        ),
    ]
}
