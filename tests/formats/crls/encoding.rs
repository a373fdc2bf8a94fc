//! Damage to the outer form and the encoding: cut, overrun, indefinite and overlong lengths, surplus octets, PEM.

use super::template::{CrlTemplate, NUMBER, REVOKED, entry, reason, serial, unknown_oid};
use super::{Case, crl};
use crate::der::{
    claiming, extended, header_len, indefinite, integer, octets, overlong, retagged, sequence, tlv,
    utf8,
};
use crate::template::{CA_SEED, Template, aki, extension, pem, utc};

pub fn cases() -> Vec<Case> {
    let mut cases = forms();
    cases.extend(cuts());
    cases.extend(lengths());
    cases.extend(structure());
    cases.extend(values());
    cases
}

fn good() -> CrlTemplate {
    CrlTemplate::good()
}

fn forms() -> Vec<Case> {
    let armoured = pem("X509 CRL", &good().der());
    let body: String = armoured.lines().filter(|l| !l.starts_with('-')).collect();
    let form = |file: &str, what, text: &str| {
        let mut case = crl("", "form", what, text.as_bytes().to_vec());
        case.file = file.to_owned();
        case
    };
    let cut = armoured.split("-----END").next().unwrap();
    vec![
        form("empty.crl", "nothing at all", ""),
        form("text.txt", "a text", "Ini bukan daftar pencabutan.\n"),
        form("bare-base64.txt", "base64 without BEGIN and END", &body),
        form(
            "certificate.pem",
            "a certificate in PEM",
            &pem("CERTIFICATE", &Template::person(1).der()),
        ),
        form("pem-label.pem", "labelled CRL", &pem("CRL", &good().der())),
        form("pem-no-end.pem", "no END line", cut),
        form(
            "pem-character.pem",
            "a character that is not base64",
            &armoured.replacen("\nMI", "\nM!", 1),
        ),
        form(
            "pem-cut.pem",
            "the last base64 character is missing",
            &armoured.replacen("\n-----END", "A\n-----END", 1),
        ),
    ]
}

fn cuts() -> Vec<Case> {
    let t = good();
    let whole = t.der();
    let outer = header_len(&whole);
    let tbs_header = header_len(&t.tbs());
    let tbs = outer + t.tbs().len();
    let names: [(&str, &'static str); 7] = [
        ("version", "cut inside the version"),
        ("inner-algorithm", "cut inside the inner algorithm"),
        ("issuer", "cut inside the issuer"),
        ("this-update", "cut inside thisUpdate"),
        ("next-update", "cut inside nextUpdate"),
        ("entries", "cut inside an entry"),
        ("extensions", "cut inside the extensions"),
    ];
    let cut = |name: &str, what, length: usize| {
        crl(
            &format!("cut-{name}"),
            "complete",
            what,
            whole[..length].to_vec(),
        )
    };
    let mut cases = vec![
        cut("outer-length", "cut inside the outer length", 3),
        cut("after-outer-header", "cut behind the outer header", outer),
        cut(
            "after-tbs-header",
            "cut behind the TBS header",
            outer + tbs_header,
        ),
        cut("after-tbs", "cut behind the TBS", tbs),
        cut("outer-algorithm", "cut inside the outer algorithm", tbs + 3),
        cut(
            "before-signature",
            "cut before the signature",
            tbs + t.outer.len(),
        ),
        cut("last-octet", "the last octet is missing", whole.len() - 1),
    ];
    let mut position = outer + tbs_header;
    for ((name, what), part) in names.into_iter().zip(t.parts()) {
        cases.push(cut(name, what, position + part.len() / 2));
        position += part.len();
    }
    cases
}

/// The good TBSCertList with one part replaced.
fn with_part(place: usize, part: &[u8]) -> Vec<u8> {
    let t = good();
    let mut parts = t.parts();
    parts[place] = part.to_vec();
    t.around(&tlv(0x30, &[&parts.concat()]))
}

const LIST: usize = 5;
const EXTENSIONS: usize = 6;

fn lengths() -> Vec<Case> {
    let t = good();
    let parts = t.parts();
    let entries = t.entries.clone().unwrap();
    let list_of = |first: Vec<u8>| tlv(0x30, &[&first, &entries[1]]);
    let tbs = t.tbs();
    let mut cases = Vec::new();
    let mut lengths = |rule: &'static str,
                       name: &str,
                       change: &dyn Fn(&[u8]) -> Vec<u8>,
                       whats: [&'static str; 5]| {
        let [outer, inner, list, an_entry, field] = whats;
        cases.extend([
            crl(&format!("{name}-outer"), rule, outer, change(&t.der())),
            crl(&format!("{name}-tbs"), rule, inner, t.around(&change(&tbs))),
            crl(
                &format!("{name}-list"),
                rule,
                list,
                with_part(LIST, &change(&parts[LIST])),
            ),
            crl(
                &format!("{name}-entry"),
                rule,
                an_entry,
                with_part(LIST, &list_of(change(&entries[0]))),
            ),
            crl(
                &format!("{name}-extensions"),
                rule,
                field,
                with_part(EXTENSIONS, &change(&parts[EXTENSIONS])),
            ),
        ]);
    };
    lengths(
        "definite-length",
        "indefinite",
        &indefinite,
        [
            "the whole has an indefinite length",
            "the TBS has an indefinite length",
            "the list has an indefinite length",
            "an entry has an indefinite length",
            "the extensions have an indefinite length",
        ],
    );
    lengths(
        "shortest-length",
        "overlong",
        &overlong,
        [
            "the whole's length has a needless octet",
            "the TBS's length has a needless octet",
            "the list's length has a needless octet",
            "an entry's length has a needless octet",
            "the extensions' length has a needless octet",
        ],
    );
    let overruns = [
        crl(
            "overrun-tbs",
            "nested-length",
            "the TBS is longer than the whole",
            t.around(&claiming(&tbs, 4000)),
        ),
        crl(
            "overrun-list",
            "nested-length",
            "the list is longer than the TBS",
            with_part(LIST, &claiming(&parts[LIST], 500)),
        ),
        crl(
            "overrun-entry",
            "nested-length",
            "the last entry is longer than the list",
            with_part(LIST, &tlv(0x30, &[&entries[0], &claiming(&entries[1], 1)])),
        ),
        crl(
            "overrun-date",
            "nested-length",
            "a revocation date is longer than its entry",
            with_part(
                LIST,
                &list_of(entry(&[&serial(1), &claiming(&utc(REVOKED), 3)])),
            ),
        ),
        crl(
            "overrun-extension",
            "nested-length",
            "an extension is longer than the list of them",
            with_part(
                EXTENSIONS,
                &tlv(0xa0, &[&tlv(0x30, &[&claiming(&aki(CA_SEED), 40)])]),
            ),
        ),
    ];
    cases.extend(overruns);
    cases
}

fn structure() -> Vec<Case> {
    let t = good();
    let tbs = t.tbs();
    let wrong = |name: &str, what, octets| crl(name, "structure", what, octets);
    let surplus = |name: &str, what, octets| crl(name, "no-extra-fields", what, octets);
    let one_entry = |e: Vec<u8>| with_part(LIST, &tlv(0x30, &[&e]));
    vec![
        wrong(
            "certificate",
            "a certificate in DER",
            Template::person(1).der(),
        ),
        crl(
            "set",
            "form",
            "the whole is a SET",
            retagged(&t.der(), 0x31),
        ),
        wrong(
            "version-octets",
            "the version is an OCTET STRING",
            with_part(0, &octets(&[1])),
        ),
        wrong(
            "no-algorithm",
            "the inner algorithm is missing",
            with_part(1, &[]),
        ),
        wrong(
            "issuer-set",
            "the issuer is a SET",
            with_part(2, &retagged(&t.issuer, 0x31)),
        ),
        wrong(
            "this-update-text",
            "thisUpdate is a PrintableString",
            with_part(3, &tlv(0x13, &[b"261122080000Z"])),
        ),
        wrong("no-dates", "both dates are missing", {
            let mut parts = t.parts();
            parts[3].clear();
            parts[4].clear();
            t.around(&tlv(0x30, &[&parts.concat()]))
        }),
        wrong(
            "entry-set",
            "an entry is a SET",
            one_entry(retagged(&entry(&[&serial(1), &utc(REVOKED)]), 0x31)),
        ),
        wrong(
            "entry-octets",
            "a serial is an OCTET STRING",
            one_entry(entry(&[&octets(&[5]), &utc(REVOKED)])),
        ),
        wrong(
            "entry-no-date",
            "an entry without a date",
            one_entry(entry(&[&serial(1)])),
        ),
        wrong("entry-empty", "an entry of nothing", one_entry(entry(&[]))),
        wrong(
            "extensions-implicit",
            "the extensions lack their SEQUENCE",
            with_part(EXTENSIONS, &tlv(0xa0, &[&aki(CA_SEED)])),
        ),
        wrong(
            "extension-no-value",
            "an extension without its OCTET STRING",
            {
                let field = tlv(0xa0, &[&sequence(&[&sequence(&[&unknown_oid()])])]);
                with_part(EXTENSIONS, &field)
            },
        ),
        wrong(
            "no-outer-algorithm",
            "the outer algorithm is missing",
            sequence(&[&tbs, &t.signature(&tbs)]),
        ),
        wrong(
            "no-signature",
            "the signature is missing",
            sequence(&[&tbs, &t.outer]),
        ),
        wrong(
            "signature-octets",
            "the signature is an OCTET STRING",
            sequence(&[&tbs, &t.outer, &octets(&[7; 64])]),
        ),
        surplus(
            "extra-in-tbs",
            "an element behind the extensions",
            t.around(&extended(&tbs, &utf8("UJI"))),
        ),
        surplus(
            "extra-in-whole",
            "an element behind the signature",
            extended(&t.der(), &[5, 0]),
        ),
        surplus(
            "extra-in-entry",
            "an element behind an entry's extensions",
            one_entry(entry(&[
                &serial(1),
                &utc(REVOKED),
                &sequence(&[&reason(1)]),
                &[5, 0],
            ])),
        ),
        surplus(
            "extra-before-extensions",
            "a second nextUpdate",
            with_part(4, &[t.next_update.clone(), utc("270101000000Z")].concat()),
        ),
        crl(
            "trailing-zero",
            "no-trailing-octets",
            "a zero octet follows",
            [t.der(), vec![0]].concat(),
        ),
        crl(
            "trailing-newline",
            "no-trailing-octets",
            "a line end follows",
            [t.der(), b"\r\n".to_vec()].concat(),
        ),
        crl(
            "trailing-crl",
            "no-trailing-octets",
            "a second CRL follows",
            [t.der(), t.der()].concat(),
        ),
    ]
}

fn values() -> Vec<Case> {
    let t = good();
    let value = |name: &str, what, octets| crl(name, "values", what, octets);
    let wrong = |name: &str, what, octets| crl(name, "structure", what, octets);
    let critical_one = |oid: Vec<u8>| sequence(&[&oid, &[1, 1, 1], &octets(&integer(&[9]))]);
    let field =
        |list: &[Vec<u8>]| with_part(EXTENSIONS, &tlv(0xa0, &[&tlv(0x30, &[&list.concat()])]));
    // Headers that promise more than a sane element has; nothing behind them is needed to refuse it.
    let promise = |tag: u8, length: u32| {
        let mut header = vec![tag, 0x83];
        header.extend_from_slice(&length.to_be_bytes()[1..]);
        header
    };
    let before_issuer = [t.version.clone(), t.inner.clone()].concat();
    let huge = [
        promise(0x30, 0x40_0100),
        promise(0x30, 0x40_0080),
        before_issuer,
        promise(0x30, 0x40_0000),
        vec![0; 64],
    ]
    .concat();
    vec![
        value(
            "critical-one",
            "a critical flag is 01",
            field(&[critical_one(crate::der::oid(NUMBER))]),
        ),
        wrong(
            "high-tag",
            "a tag of several octets",
            with_part(2, &[0x3f, 0x81, 0x01, 0x00]),
        ),
        value(
            "algorithm-oid",
            "the inner algorithm's OID is cut",
            with_part(1, &sequence(&[&[6, 2, 0x2b, 0xe5]])),
        ),
        crl(
            "element-size",
            "element-size",
            "an issuer of four million octets is promised",
            huge,
        ),
        crl(
            "default-in-extension",
            "default-not-written",
            "critical FALSE is written in an extension",
            {
                let spelled = sequence(&[
                    &crate::der::oid(NUMBER),
                    &[1, 1, 0],
                    &octets(&integer(&[9])),
                ]);
                field(&[aki(CA_SEED), spelled])
            },
        ),
        crl(
            "default-in-entry",
            "default-not-written",
            "critical FALSE is written in an entry",
            {
                let spelled = sequence(&[
                    &crate::der::oid("2.5.29.21"),
                    &[1, 1, 0],
                    &octets(&[0x0a, 1, 1]),
                ]);
                with_part(
                    LIST,
                    &tlv(
                        0x30,
                        &[&entry(&[&serial(1), &utc(REVOKED), &sequence(&[&spelled])])],
                    ),
                )
            },
        ),
        crl(
            "default-in-point",
            "default-not-written",
            "indirectCRL FALSE is written",
            {
                let point = sequence(&[
                    &super::template::point_name(b"http://crl.uji.example/1"),
                    &[0x84, 1, 0],
                ]);
                field(&[
                    aki(CA_SEED),
                    super::template::number(&[9]),
                    extension("2.5.29.28", true, &point),
                ])
            },
        ),
    ]
}
