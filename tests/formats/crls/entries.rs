//! Damage to the entries: serials, dates, reasons, invalidity dates, other extensions.

use super::template::{
    CrlTemplate, INVALIDITY, REASON, REVOKED, delta, entry, entry_with, reason, serial, unknown_oid,
};
use super::{Case, crl};
use crate::der::{integer, octets, sequence, tlv};
use crate::template::{ca_name, extension, generalized, utc};

pub fn cases() -> Vec<Case> {
    let mut cases = serials();
    cases.extend(dates());
    cases.extend(reasons());
    cases.extend(extensions());
    cases
}

fn with(name: &str, rule: &'static str, what: &'static str, entry: Vec<u8>) -> Case {
    crl(name, rule, what, CrlTemplate::with_entry(entry).der())
}

fn serials() -> Vec<Case> {
    let with_serial = |name: &str, rule, what, content: &[u8]| {
        with(name, rule, what, entry(&[&integer(content), &utc(REVOKED)]))
    };
    let list = |entries: &[u8]| {
        let entries = entries
            .iter()
            .map(|n| entry(&[&serial(*n), &utc(REVOKED)]))
            .collect();
        CrlTemplate {
            entries: Some(entries),
            ..CrlTemplate::good()
        }
        .der()
    };
    vec![
        crl(
            "list-empty",
            "empty-list-absent",
            "a list of no entries",
            list(&[]),
        ),
        with_serial("serial-zero", "serial-positive", "serial 0", &[0]),
        with_serial(
            "serial-negative",
            "serial-positive",
            "a high-bit serial without its 00",
            &[0xc3, 0x01, 0x02, 0x03],
        ),
        with_serial(
            "serial-nothing",
            "serial-positive",
            "a serial of no octets",
            &[],
        ),
        with_serial(
            "serial-21",
            "serial-length",
            "a serial of 21 octets",
            &[0x7f; 21],
        ),
        with_serial(
            "serial-160-bits",
            "serial-length",
            "160 bits with the high one set",
            &[&[0][..], &[0xff; 20]].concat(),
        ),
        with_serial(
            "serial-padded",
            "serial-shortest",
            "a needless 00 in front",
            &[0, 0x5b, 0, 0],
        ),
        crl(
            "serial-twice",
            "serial-unique",
            "a serial twice in a row",
            list(&[1, 2, 2, 3]),
        ),
        crl(
            "serial-twice-apart",
            "serial-unique",
            "a serial twice, out of order",
            list(&[2, 3, 1, 2]),
        ),
    ]
}

fn dates() -> Vec<Case> {
    let dated =
        |name: &str, rule, what, date: Vec<u8>| with(name, rule, what, entry(&[&serial(9), &date]));
    let form = "revocation-date-form";
    vec![
        dated(
            "revoked-no-seconds",
            form,
            "a revocation date without seconds",
            utc("2611201011Z"),
        ),
        dated(
            "revoked-february-30",
            form,
            "revoked on 30 February",
            utc("260230101112Z"),
        ),
        dated(
            "revoked-offset",
            form,
            "a revocation date with an offset",
            utc("261120171112+0700"),
        ),
        dated(
            "revoked-empty",
            form,
            "a revocation date of no octets",
            utc(""),
        ),
        dated(
            "revoked-fraction",
            form,
            "a revocation date with a fraction",
            generalized("20261120101112.25Z"),
        ),
        dated(
            "revoked-generalized",
            "revocation-date-type",
            "GeneralizedTime before 2050",
            generalized("20261120101112Z"),
        ),
        dated(
            "revoked-1949",
            "revocation-date-type",
            "GeneralizedTime in 1949",
            generalized("19491231235959Z"),
        ),
        dated(
            "revoked-later",
            "revocation-date-not-later",
            "revoked a second after thisUpdate",
            utc("261122080001Z"),
        ),
        dated(
            "revoked-2050",
            "revocation-date-not-later",
            "revoked in 2050",
            generalized("20500101000000Z"),
        ),
        dated(
            "revoked-9999",
            "revocation-date-not-later",
            "revoked in 9999",
            generalized("99991231235959Z"),
        ),
    ]
}

fn reasons() -> Vec<Case> {
    let reasoned =
        |name: &str, rule, what, code: u8| with(name, rule, what, entry_with(9, &[reason(code)]));
    let valued = |name: &str, what, value: &[u8]| {
        with(
            name,
            "reason-form",
            what,
            entry_with(9, &[extension(REASON, false, value)]),
        )
    };
    vec![
        reasoned(
            "reason-0",
            "reason-unspecified-absent",
            "unspecified written out",
            0,
        ),
        reasoned(
            "reason-7",
            "reason-defined",
            "reason 7, which is not used",
            7,
        ),
        reasoned("reason-11", "reason-defined", "reason 11", 11),
        reasoned("reason-127", "reason-defined", "reason 127", 127),
        reasoned(
            "reason-8",
            "reason-remove-on-delta",
            "removeFromCRL on a complete CRL",
            8,
        ),
        reasoned("reason-10", "reason-not-attribute", "aACompromise", 10),
        valued("reason-integer", "the reason is an INTEGER", &integer(&[1])),
        valued(
            "reason-negative",
            "the reason is negative",
            &tlv(0x0a, &[&[0x81]]),
        ),
        valued(
            "reason-nothing",
            "the reason has no octets",
            &tlv(0x0a, &[]),
        ),
        valued(
            "reason-long",
            "the reason has five octets",
            &tlv(0x0a, &[&[1; 5]]),
        ),
        valued(
            "reason-extra",
            "an octet behind the reason",
            &[0x0a, 1, 1, 0],
        ),
        with(
            "reason-critical",
            "reason-not-critical",
            "a critical reasonCode",
            entry_with(9, &[extension(REASON, true, &tlv(0x0a, &[&[1]]))]),
        ),
    ]
}

fn extensions() -> Vec<Case> {
    let invalid = |value: Vec<u8>| extension(INVALIDITY, false, &value);
    let dated = |name: &str, rule, what, value: Vec<u8>| {
        with(name, rule, what, entry_with(9, &[invalid(value)]))
    };
    let form = "invalidity-date-form";
    let early = || generalized("20261101000000Z");
    let unknown = |critical: &[u8]| sequence(&[&unknown_oid(), critical, &octets(b"UJI")]);
    vec![
        dated(
            "invalidity-utc",
            form,
            "invalidityDate as UTCTime",
            utc("261101000000Z"),
        ),
        dated(
            "invalidity-fraction",
            form,
            "invalidityDate with a fraction",
            generalized("20261101000000.5Z"),
        ),
        dated(
            "invalidity-no-seconds",
            form,
            "invalidityDate without seconds",
            generalized("202611010000Z"),
        ),
        dated(
            "invalidity-later",
            "invalidity-date-not-later",
            "invalid a second after the revocation",
            generalized("20261120101113Z"),
        ),
        with(
            "invalidity-critical",
            "invalidity-date-not-critical",
            "a critical invalidityDate",
            entry_with(9, &[extension(INVALIDITY, true, &early())]),
        ),
        with(
            "entry-extensions-empty",
            "entry-extensions-not-empty",
            "a list of no extensions",
            entry_with(9, &[]),
        ),
        with(
            "entry-extension-cut",
            "entry-extensions-form",
            "an extension without a value",
            entry_with(9, &[sequence(&[&unknown_oid()])]),
        ),
        with(
            "entry-extension-overrun",
            "entry-extensions-form",
            "an extension longer than its list",
            entry_with(9, &[crate::der::claiming(&reason(1), 2)]),
        ),
        with(
            "entry-reason-twice",
            "entry-extension-once",
            "reasonCode twice",
            entry_with(9, &[reason(1), reason(4)]),
        ),
        with(
            "entry-date-twice",
            "entry-extension-once",
            "invalidityDate twice",
            entry_with(9, &[invalid(early()), invalid(early())]),
        ),
        with(
            "entry-unknown-twice",
            "entry-extension-once",
            "an unknown extension twice",
            entry_with(9, &[unknown(&[]), unknown(&[])]),
        ),
        with(
            "entry-critical-unknown",
            "entry-extension-known",
            "a critical unknown extension",
            entry_with(9, &[unknown(&[1, 1, 0xff])]),
        ),
        with(
            "entry-certificate-issuer",
            "certificate-issuer-indirect",
            "certificateIssuer on a direct CRL",
            {
                let names = sequence(&[&tlv(0xa4, &[&ca_name()])]);
                entry_with(9, &[extension("2.5.29.29", true, &names)])
            },
        ),
        crl(
            "delta-list-empty",
            "empty-list-absent",
            "a delta with a list of no entries",
            {
                let mut t = CrlTemplate::with_extensions(&[delta(3)]);
                t.entries = Some(Vec::new());
                t.der()
            },
        ),
    ]
}
