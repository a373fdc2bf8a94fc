//! Fields that are well encoded and wrong: version, serial, times, key, signature field, extensions.

use super::{Case, person};
use crate::der::{bits, integer, octets, oid, sequence, tlv};
use crate::template::{
    CA_SEED, ED25519, Template, aki, algorithm, email, extension, extensions, generalized,
    key_usage, utc,
};

pub fn cases() -> Vec<Case> {
    let mut cases = numbers();
    cases.extend(times());
    cases.extend(keys());
    cases.extend(extension_list());
    cases
}

fn with(change: impl Fn(&mut Template)) -> Vec<u8> {
    let mut t = Template::person(0x33);
    change(&mut t);
    t.der()
}

fn numbers() -> Vec<Case> {
    let version = |name: &str, what, content: &[u8]| {
        let octets = with(|t| t.version = tlv(0xa0, &[&integer(content)]));
        person(name, "wrong-version", what, octets)
    };
    let serial = |name: &str, id, what, content: &[u8]| {
        person(name, id, what, with(|t| t.serial = integer(content)))
    };
    let long = |octets: usize| [vec![0x5a], vec![0x11; octets - 1]].concat();
    vec![
        person(
            "version-1",
            "wrong-version",
            "no version, which means 1",
            with(|t| t.version = Vec::new()),
        ),
        version("version-1-written", "version 1 written out", &[0]),
        version("version-2", "version 2", &[1]),
        version("version-4", "version 4", &[3]),
        version("version-huge", "a version of nine octets", &[1; 9]),
        serial(
            "serial-negative",
            "negative-serial",
            "the serial is -91",
            &[0xa5],
        ),
        serial(
            "serial-negative-long",
            "negative-serial",
            "a serial of 20 octets without the 00 before its high bit",
            &[0xc3; 20],
        ),
        serial("serial-zero", "zero-serial", "the serial is 0", &[0]),
        serial(
            "serial-21-octets",
            "serial-too-long",
            "the serial has 21 octets",
            &long(21),
        ),
        serial(
            "serial-22-octets",
            "serial-too-long",
            "the serial has 21 octets and a 00 before them",
            &[vec![0], vec![0xa5; 21]].concat(),
        ),
        serial(
            "serial-100-octets",
            "serial-too-long",
            "the serial has 100 octets",
            &long(100),
        ),
        serial(
            "serial-padded",
            "padded-serial",
            "a needless 00 before the serial",
            &[0, 0x5a, 1],
        ),
    ]
}

fn times() -> Vec<Case> {
    let good = utc("281231235959Z");
    let time = |name: &str, what, not_after: &[u8]| {
        let octets = with(|t| t.validity = sequence(&[&utc("260101000000Z"), not_after]));
        person(name, "bad-time", what, octets)
    };
    vec![
        time(
            "time-month-13",
            "notAfter in month 13",
            &utc("281331235959Z"),
        ),
        time(
            "time-february-30",
            "notAfter on 30 February",
            &utc("280230235959Z"),
        ),
        time(
            "time-hour-24",
            "notAfter at 24 o'clock",
            &utc("281231240000Z"),
        ),
        time(
            "time-no-seconds",
            "notAfter without seconds",
            &utc("2812312359Z"),
        ),
        time("time-no-zone", "notAfter without Z", &utc("281231235959")),
        time(
            "time-offset",
            "notAfter with an offset",
            &utc("281231235959+0700"),
        ),
        time(
            "time-fraction",
            "notAfter with a fraction",
            &generalized("20281231235959.5Z"),
        ),
        time(
            "time-short-year",
            "a GeneralizedTime with two digits of year",
            &generalized("281231235959Z"),
        ),
        time(
            "time-not-digits",
            "letters in notAfter",
            &utc("28123123595xZ"),
        ),
        time(
            "time-text",
            "notAfter is a UTF8String",
            &tlv(0x0c, &[b"2028-12-31"]),
        ),
        person(
            "time-before-february-30",
            "bad-time",
            "notBefore on 30 February",
            with(|t| t.validity = sequence(&[&utc("260230000000Z"), &good])),
        ),
        person(
            "validity-reversed",
            "validity-reversed",
            "it ends before it begins",
            with(|t| t.validity = sequence(&[&good, &utc("260101000000Z")])),
        ),
        person(
            "year-2050-in-two-digits",
            "validity-reversed",
            "the year 2050 as UTCTime, which means 1950",
            with(|t| t.validity = sequence(&[&utc("260101000000Z"), &utc("500101000000Z")])),
        ),
    ]
}

fn keys() -> Vec<Case> {
    let key = |name: &str, what, spki: Vec<u8>| {
        person(
            name,
            "bad-public-key",
            what,
            with(|t| t.spki.clone_from(&spki)),
        )
    };
    let signature = |name: &str, what, element: Vec<u8>| {
        let octets = with(|t| t.signature = Some(element.clone()));
        person(name, "bad-signature-field", what, octets)
    };
    vec![
        key(
            "key-without-bits",
            "the public key has no BIT STRING",
            sequence(&[&algorithm(ED25519, &[])]),
        ),
        key(
            "key-unused-bits",
            "the public key has three unused bits",
            sequence(&[&algorithm(ED25519, &[]), &tlv(0x03, &[&[3], &[8; 32]])]),
        ),
        key(
            "key-without-algorithm",
            "the public key names no algorithm",
            sequence(&[&sequence(&[]), &bits(&[8; 32])]),
        ),
        key(
            "key-trailing",
            "a NULL behind the public key",
            sequence(&[&algorithm(ED25519, &[]), &bits(&[8; 32]), &[5, 0]]),
        ),
        signature(
            "signature-unused-bits",
            "the signature has three unused bits",
            tlv(0x03, &[&[3], &[8; 64]]),
        ),
        signature(
            "signature-empty",
            "the signature has not even the octet of unused bits",
            tlv(0x03, &[]),
        ),
    ]
}

fn extension_list() -> Vec<Case> {
    let list = |name: &str, id, what, list: &[Vec<u8>]| {
        person(name, id, what, with(|t| t.extensions = extensions(list)))
    };
    let damaged = |name: &str, what, extension: Vec<u8>| {
        list(name, "bad-extension", what, &[aki(CA_SEED), extension])
    };
    let private = |critical| extension("1.3.6.1.4.1.99999.7", critical, &[5, 0]);
    vec![
        list(
            "extensions-empty",
            "empty-extensions",
            "the list of extensions is empty",
            &[],
        ),
        list(
            "extension-twice",
            "duplicate-extension",
            "two subjectAltNames",
            &[
                email(b"a@uji.example"),
                aki(CA_SEED),
                email(b"b@uji.example"),
            ],
        ),
        list(
            "extension-twice-unknown",
            "duplicate-extension",
            "a private extension twice",
            &[aki(CA_SEED), private(false), private(false)],
        ),
        list(
            "extension-critical-private",
            "unknown-critical-extension",
            "a critical private extension",
            &[aki(CA_SEED), private(true)],
        ),
        list(
            "extension-critical-poison",
            "unknown-critical-extension",
            "a precertificate with its poison",
            &[
                aki(CA_SEED),
                extension("1.3.6.1.4.1.11129.2.4.3", true, &[5, 0]),
            ],
        ),
        list(
            "extension-critical-false",
            "default-written-out",
            "a critical flag FALSE written out",
            &[sequence(&[
                &oid("2.5.29.14"),
                &[1, 1, 0],
                &octets(&octets(&[9; 20])),
            ])],
        ),
        damaged(
            "key-usage-empty",
            "keyUsage has no bits at all",
            key_usage(&[0]),
        ),
        damaged(
            "key-usage-unused-set",
            "keyUsage has an unused bit set",
            key_usage(&[6, 0xc1]),
        ),
        damaged(
            "key-usage-long",
            "keyUsage has 24 bits",
            key_usage(&[0, 1, 2, 3]),
        ),
        damaged(
            "key-usage-sequence",
            "keyUsage is a SEQUENCE",
            extension("2.5.29.15", true, &[0x30, 0]),
        ),
        damaged(
            "basic-constraints-boolean",
            "basicConstraints is a BOOLEAN",
            extension("2.5.29.19", true, &[1, 1, 0xff]),
        ),
        damaged(
            "basic-constraints-one",
            "basicConstraints cA is 01",
            extension("2.5.29.19", true, &[0x30, 3, 1, 1, 1]),
        ),
        damaged(
            "san-empty",
            "subjectAltName is empty",
            extension("2.5.29.17", false, &[0x30, 0]),
        ),
        damaged(
            "san-universal-tag",
            "a name in subjectAltName has a universal tag",
            extension(
                "2.5.29.17",
                false,
                &sequence(&[&tlv(0x16, &[b"a@uji.example"])]),
            ),
        ),
        damaged(
            "aki-octets",
            "authorityKeyIdentifier is an OCTET STRING",
            extension("2.5.29.35", false, &octets(&[9; 20])),
        )
        .replacing(),
        damaged(
            "ski-sequence",
            "subjectKeyIdentifier is a SEQUENCE",
            extension("2.5.29.14", false, &[0x30, 0]),
        ),
        damaged(
            "crldp-overrun",
            "a distribution point overruns its list",
            extension("2.5.29.31", false, &[0x30, 4, 0x30, 9, 0xa0, 0]),
        ),
        damaged(
            "extension-garbage",
            "an extension's content is FF FF",
            extension("2.5.29.14", false, &[4, 0xff]),
        ),
    ]
}

impl Case {
    /// The AKI case must not be taken for a duplicate of the good AKI before it.
    fn replacing(mut self) -> Self {
        self.octets = with(|t| {
            t.extensions = extensions(&[extension("2.5.29.35", false, &octets(&[9; 20]))]);
        });
        self
    }
}
