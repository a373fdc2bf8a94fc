//! Certificates in: their facts, their issuer, where they stand, and x509-parser as another reader of the same octets.

use std::io::Read;

use ams::domain::{Serial, Timestamp};
use ams::pki::bundle::Bundle;
use ams::pki::certificate::CertificateFacts;
use ams::pki::demo_ca::{DemoCa, DemoCertificate, DemoSubject};
use ams::pki::issuer::{Issuer, check_import, find_issuer};
use x509_parser::prelude::{FromDer, GeneralName, ParsedExtension, X509Certificate};

use crate::der::{oid, sequence, set, tlv, utf8};
use crate::template::{
    CA_SEED, CN, NOW, OTHER_CA_SEED, Template, aki, extensions, generalized, key_id, pem, rdn,
};

pub fn now() -> Timestamp {
    Timestamp::parse_rfc3339(NOW).unwrap()
}

/// The serials of the readable items and how many were not.
pub fn read(input: impl Read) -> (Vec<String>, usize) {
    let (mut serials, mut broken) = (Vec::new(), 0);
    for item in Bundle::new(input) {
        match item
            .unwrap()
            .certificate
            .and_then(CertificateFacts::from_der)
        {
            Ok(facts) => serials.push(facts.serial.to_string()),
            Err(_) => broken += 1,
        }
    }
    (serials, broken)
}

#[test]
fn items_say_where_they_stand() {
    let (one, two) = (Template::person(1).der(), Template::person(2).der());
    let note = "Subject: UJI\n";
    let text = [
        note,
        &pem("CERTIFICATE", &one),
        note,
        &pem("CERTIFICATE", &two),
    ]
    .concat();
    let second_at = text.rfind("-----BEGIN").unwrap();
    let text = text.replace('\n', "\r\n");
    let found: Vec<_> = Bundle::new(text.as_bytes())
        .map(|i| i.unwrap().position)
        .collect();
    let second_line = text[..text.rfind("-----BEGIN").unwrap()].lines().count() as u64 + 1;
    assert_eq!(
        (found[0].index, found[0].offset, found[0].line),
        (0, 14, Some(2))
    );
    assert_eq!(found[1].line, Some(second_line));
    assert_eq!(found[1].offset, (second_at as u64) + second_line - 1);
    let stream = [one.clone(), two].concat();
    let found: Vec<_> = Bundle::new(stream.as_slice())
        .map(|i| i.unwrap().position)
        .collect();
    assert_eq!(found[1].offset, one.len() as u64);
    assert_eq!((found[1].index, found[1].line), (1, None));
}

#[test]
fn names_keep_repeated_and_multi_valued_attributes() {
    let mut t = Template::person(0x33);
    t.subject = sequence(&[
        &rdn("0.9.2342.19200300.100.1.25", &tlv(0x16, &[b"example"])),
        &rdn("0.9.2342.19200300.100.1.25", &tlv(0x16, &[b"uji"])),
        &rdn("2.5.4.11", &tlv(0x14, &[b"B\xfcro"])),
        &rdn("2.5.4.11", &tlv(0x1e, &[b"\0U\0n\0i\0t"])),
        &set(&[
            &sequence(&[&oid(CN), &utf8("Ratna Contoh")]),
            &sequence(&[&oid("2.5.4.5"), &tlv(0x13, &[b"1987"])]),
        ]),
    ]);
    let facts = CertificateFacts::from_der(t.der()).unwrap();
    assert_eq!(
        facts.subject.to_string(),
        "DC=example, DC=uji, OU=Büro, OU=Unit, CN=Ratna Contoh+serialNumber=1987"
    );
    assert_eq!(facts.serial_number_attribute(), Some("1987"));
    assert_eq!(facts.subject_der(), t.subject);
}

#[test]
fn years_up_to_9999_and_serials_of_twenty_octets_are_read() {
    let mut t = Template::person(0x33);
    t.serial = [&[0x02, 21, 0][..], &[0xc3; 20]].concat();
    t.validity = sequence(&[
        &generalized("19490101000000Z"),
        &generalized("99991231235959Z"),
    ]);
    let facts = CertificateFacts::from_der(t.der()).unwrap();
    assert_eq!(facts.not_before.to_string(), "1949-01-01T00:00:00Z");
    assert_eq!(facts.not_after.to_string(), "9999-12-31T23:59:59Z");
    assert_eq!(facts.serial.to_string(), "c3".repeat(20));
    assert_eq!(facts.serial.der_content().len(), 21);
    assert!(facts.check_current(now()).is_ok());
}

#[test]
fn the_borders_of_validity_belong_to_it() {
    let facts = CertificateFacts::from_der(Template::person(0x33).der()).unwrap();
    let id = |at: Timestamp| facts.check_current(at).map_err(|defect| defect.id());
    assert_eq!(id(facts.not_before), Ok(()));
    assert_eq!(id(facts.not_before.plus(-1)), Err("not-yet-valid"));
    assert_eq!(id(facts.not_after.plus(999)), Ok(()));
    assert_eq!(id(facts.not_after.plus(1000)), Err("expired"));
}

#[test]
fn of_several_issuers_with_one_name_the_key_decides() {
    let authority = |seed: u8, with_ski: bool| {
        let mut t = Template::authority();
        t.signer = seed;
        t.spki = crate::template::spki(seed);
        let ski = crate::der::octets(&key_id(seed));
        let mut list = vec![crate::template::basic_constraints(true)];
        if with_ski {
            list.push(crate::template::extension("2.5.29.14", false, &ski));
        }
        t.extensions = extensions(&list);
        Issuer::from_certificate(t.der()).unwrap()
    };
    let (ours, other) = (authority(CA_SEED, true), authority(OTHER_CA_SEED, true));
    let (bare, bare_other) = (authority(CA_SEED, false), authority(OTHER_CA_SEED, false));
    assert_ne!(ours.id(), other.id());
    let named = CertificateFacts::from_der(Template::person(1).der()).unwrap();
    let mut unnamed = Template::person(2);
    unnamed.extensions = Vec::new();
    let unnamed = CertificateFacts::from_der(unnamed.der()).unwrap();
    let found = |issuers: &[&Issuer], facts: &CertificateFacts| {
        find_issuer(issuers.iter().copied(), facts)
            .map(Issuer::id)
            .map_err(|defect| defect.id())
    };
    // By the AKI; by the signature where there is none; by the signature where the issuer has no SKI to compare.
    assert_eq!(found(&[&other, &ours], &named), Ok(ours.id()));
    assert_eq!(found(&[&other, &ours], &unnamed), Ok(ours.id()));
    assert_eq!(found(&[&bare_other, &bare], &named), Ok(bare.id()));
    assert_eq!(found(&[&other], &named), Err("authority-key-differs"));
    let mut foreign = Template::person(3);
    foreign.signer = 7;
    foreign.extensions = extensions(&[aki(CA_SEED)]);
    let foreign = CertificateFacts::from_der(foreign.der()).unwrap();
    assert_eq!(found(&[&bare_other, &bare], &foreign), Err("bad-signature"));
}

/// A demonstration authority and `count` certificates of distinct people.
pub fn demo(count: u32) -> (DemoCa, Vec<Vec<u8>>) {
    let subject = DemoSubject {
        country: "ID".to_owned(),
        organization: "Lembaga UJI".to_owned(),
        common_name: "CA UJI Meja".to_owned(),
        ..DemoSubject::default()
    };
    let start = now().plus(-ams::domain::instant::DAY);
    let (ca, _) = DemoCa::create(&subject, &Serial::parse("01").unwrap(), start).unwrap();
    let certificates = (0..count).map(|n| {
        let wanted = DemoCertificate {
            subject: DemoSubject {
                common_name: format!("Orang Contoh {n}"),
                uid: format!("19870412201001{n:04}"),
                email: format!("orang{n}@uji.example"),
                ..subject.clone()
            },
            serial: Serial::from_magnitude(&[&[0xc3; 16][..], &n.to_be_bytes()].concat()).unwrap(),
            not_before: start,
            not_after: now().plus(700 * ams::domain::instant::DAY),
            crl_uri: Some("http://crl.uji.example/ca.crl".to_owned()),
        };
        ca.issue(&wanted).unwrap()
    });
    let certificates = certificates.collect();
    (ca, certificates)
}

#[test]
fn three_hundred_demo_certificates_have_keys_of_their_own_and_verify() {
    let (ca, certificates) = demo(300);
    let issuer = Issuer::from_certificate(ca.certificate_der()).unwrap();
    let mut keys = std::collections::BTreeSet::new();
    for der in certificates {
        let facts = CertificateFacts::from_der(der).unwrap();
        check_import(&facts, [&issuer], now(), true).unwrap();
        keys.insert(facts.spki_sha256());
    }
    assert_eq!(keys.len(), 300);
}

/// Compares our facts with those of x509-parser, which shares no code with them.
pub fn assert_same_as_x509_parser(der: &[u8]) {
    let ours = CertificateFacts::from_der(der).unwrap();
    let (rest, theirs) = X509Certificate::from_der(der).unwrap();
    assert!(rest.is_empty());
    let magnitude = theirs.raw_serial().iter().skip_while(|o| **o == 0);
    assert_eq!(
        ours.serial.magnitude(),
        magnitude.copied().collect::<Vec<_>>()
    );
    assert_eq!(ours.issuer_der(), theirs.issuer().as_raw());
    assert_eq!(ours.subject_der(), theirs.subject().as_raw());
    assert_eq!(ours.spki_der(), theirs.public_key().raw);
    assert_eq!(ours.tbs_der(), theirs.tbs_certificate.as_ref());
    assert_eq!(ours.signature(), theirs.signature_value.data.as_ref());
    assert_eq!(
        ours.not_before.seconds(),
        theirs.validity().not_before.timestamp()
    );
    assert_eq!(
        ours.not_after.seconds(),
        theirs.validity().not_after.timestamp()
    );
    assert_eq!(ours.is_ca(), theirs.is_ca());
    let values = |name: &x509_parser::x509::X509Name<'_>| -> Vec<String> {
        name.iter_attributes()
            .map(|a| format!("{}={}", a.attr_type(), a.as_str().unwrap()))
            .collect()
    };
    let flat: Vec<String> = (ours.subject.rdns.iter().flat_map(|rdn| &rdn.0))
        .map(|a| format!("{}={}", a.oid, a.value))
        .collect();
    assert_eq!(flat, values(theirs.subject()));
    let usage = theirs.key_usage().unwrap().map(|u| u.value.flags);
    assert_eq!(ours.key_usage().map(|u| u.0), usage);
    let (mut emails, mut aki, mut ski) = (Vec::new(), None, None);
    for extension in theirs.extensions() {
        match extension.parsed_extension() {
            ParsedExtension::SubjectAlternativeName(san) => {
                emails.extend(san.general_names.iter().filter_map(|name| match name {
                    GeneralName::RFC822Name(address) => Some((*address).to_owned()),
                    _ => None,
                }));
            }
            ParsedExtension::AuthorityKeyIdentifier(id) => {
                aki = id.key_identifier.as_ref().map(|id| id.0);
            }
            ParsedExtension::SubjectKeyIdentifier(id) => ski = Some(id.0),
            _ => {}
        }
    }
    assert_eq!(ours.emails(), emails);
    assert_eq!((ours.authority_key_id(), ours.subject_key_id()), (aki, ski));
}

#[test]
fn an_independent_parser_reads_the_same_facts() {
    assert_same_as_x509_parser(&Template::person(0x33).der());
    assert_same_as_x509_parser(&Template::authority().der());
    let (ca, certificates) = demo(20);
    assert_same_as_x509_parser(ca.certificate_der());
    certificates
        .iter()
        .for_each(|der| assert_same_as_x509_parser(der));
}
