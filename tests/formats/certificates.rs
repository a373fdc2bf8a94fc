//! Certificates in: every bit flipped, every prefix, every packaging; and OpenSSL and x509-parser as other readers of
//! the same octets.

use std::fs;
use std::io::{self, Read};
use std::time::{Duration, Instant};

use ams::domain::{Serial, Timestamp};
use ams::pki::bundle::Bundle;
use ams::pki::certificate::{CertificateFacts, MAX_CERTIFICATE};
use ams::pki::demo_ca::{DemoCa, DemoCertificate, DemoSubject, certificate_pem};
use ams::pki::issuer::{Issuer, check_import, find_issuer};
use x509_parser::prelude::{FromDer, GeneralName, ParsedExtension, X509Certificate};

use crate::der::{oid, sequence, set, tlv, utf8};
use crate::peer::{openssl, openssl_is_here, try_openssl};
use crate::template::{
    CA_SEED, CN, NOW, OTHER_CA_SEED, Template, aki, extensions, generalized, key_id, pem, rdn,
};

fn now() -> Timestamp {
    Timestamp::parse_rfc3339(NOW).unwrap()
}

fn corpus_issuer() -> Issuer {
    Issuer::from_certificate(Template::authority().der()).unwrap()
}

/// The serials of the readable items and how many were not.
fn read(input: impl Read) -> (Vec<String>, usize) {
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
fn a_certificate_with_any_bit_flipped_is_refused_and_its_neighbours_are_read() {
    let issuer = corpus_issuer();
    let (before, after) = (Template::person(0x11).der(), Template::person(0x22).der());
    let good = Template::person(0x33).der();
    for bit in 0..good.len() * 8 {
        let mut flipped = good.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let judged = CertificateFacts::from_der(flipped.clone())
            .and_then(|facts| check_import(&facts, [&issuer], now(), true).map(Issuer::id));
        assert!(judged.is_err(), "bit {bit} makes no difference");
        let stream = [before.clone(), flipped, after.clone()].concat();
        let (serials, _) = read(stream.as_slice());
        assert_eq!(
            serials.first().map(String::as_str),
            Some("5a0111"),
            "bit {bit}"
        );
        assert_eq!(
            serials.last().map(String::as_str),
            Some("5a0122"),
            "bit {bit}"
        );
    }
}

#[test]
fn every_beginning_of_a_certificate_is_called_truncated() {
    let good = Template::person(0x33).der();
    for length in 1..good.len() {
        let defect = CertificateFacts::from_der(&good[..length]).unwrap_err();
        assert_eq!(defect.id(), "truncated", "{length} octets");
    }
}

#[test]
fn damage_at_random_never_panics_and_takes_bounded_time() {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    let bundle: Vec<u8> = (1..=5).flat_map(|n| Template::person(n).der()).collect();
    let text: Vec<u8> = (1..=5)
        .flat_map(|n| pem("CERTIFICATE", &Template::person(n).der()).into_bytes())
        .collect();
    let mut longest = Duration::ZERO;
    for round in 0..4_000 {
        let mut damaged = if round % 2 == 0 {
            bundle.clone()
        } else {
            text.clone()
        };
        for _ in 0..=random(6) {
            let at = random(damaged.len());
            match random(4) {
                0 => damaged[at] = random(256) as u8,
                1 => damaged[at] ^= 1 << random(8),
                2 => drop(damaged.drain(at..(at + random(40)).min(damaged.len() - 1).max(at))),
                _ => damaged
                    .splice(at..at, (0..random(40)).map(|n| n as u8))
                    .for_each(drop),
            }
        }
        let start = Instant::now();
        let (serials, broken) = read(damaged.as_slice());
        longest = longest.max(start.elapsed());
        assert!(serials.len() + broken <= 40, "{serials:?}, {broken} broken");
    }
    assert!(longest < Duration::from_secs(2), "one took {longest:?}");
}

#[test]
fn garbage_of_megabytes_takes_one_item_and_little_time() {
    let good = Template::person(0x33).der();
    for octet in [0u8, 0x30, 0x80, 0xff] {
        let garbage = vec![octet; 3 << 20];
        let input = [good.clone(), garbage, good.clone()].concat();
        let start = Instant::now();
        let (serials, broken) = read(input.as_slice());
        assert_eq!(serials, ["5a0133", "5a0133"], "filled with {octet:#x}");
        assert!((1..=3).contains(&broken), "{broken} items of garbage");
        assert!(start.elapsed() < Duration::from_secs(20));
    }
}

#[test]
fn a_certificate_of_unreasonable_size_is_refused_by_its_size() {
    let long = "x".repeat(MAX_CERTIFICATE);
    let subject = sequence(&[&rdn(CN, &{
        let mut value = vec![0x0c, 0x83, 0x01, 0x00, 0x00];
        value.extend_from_slice(long.as_bytes());
        value
    })]);
    // Lengths above 65535 need three octets, which the small writer of these tests does not know.
    assert!(subject.len() > MAX_CERTIFICATE);
    let defect = CertificateFacts::from_der(subject).unwrap_err();
    assert_eq!(defect.id(), "too-large");
}

#[test]
fn a_stream_of_any_length_needs_no_more_memory_than_one_certificate() {
    /// A million times the same certificate would be 500 MB; this gives them without having them.
    struct Repeated {
        one: Vec<u8>,
        left: usize,
        at: usize,
    }
    impl Read for Repeated {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            if self.left == 0 {
                return Ok(0);
            }
            let given = out.len().min(self.one.len() - self.at).min(777);
            out[..given].copy_from_slice(&self.one[self.at..self.at + given]);
            self.at = (self.at + given) % self.one.len();
            self.left -= usize::from(self.at == 0);
            Ok(given)
        }
    }
    let der = Template::person(0x33).der();
    for one in [der.clone(), pem("CERTIFICATE", &der).into_bytes()] {
        let left = 3_000;
        let stream = Repeated { one, left, at: 0 };
        assert!(Bundle::new(stream).all(|i| i.unwrap().certificate.as_ref() == Ok(&der)));
    }
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
fn an_input_that_fails_ends_with_its_error_after_what_was_read() {
    struct Failing(Option<Vec<u8>>);
    impl Read for Failing {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            let octets = self.0.take().ok_or(io::ErrorKind::ConnectionReset)?;
            out[..octets.len()].copy_from_slice(&octets);
            Ok(octets.len())
        }
    }
    let text = pem("CERTIFICATE", &Template::person(1).der()).into_bytes();
    let mut bundle = Bundle::new(Failing(Some(text)));
    let outcomes: Vec<bool> = bundle.by_ref().map(|item| item.is_ok()).collect();
    assert_eq!(outcomes.iter().filter(|ok| !**ok).count(), 1);
    assert!(!outcomes[outcomes.len() - 1]);
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
fn demo(count: u32) -> (DemoCa, Vec<Vec<u8>>) {
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
fn assert_same_as_x509_parser(der: &[u8]) {
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

#[test]
fn openssl_makes_certificates_whose_facts_and_signatures_agree() {
    if !openssl_is_here() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let kinds = [
        "rsa:2048",
        "ec -pkeyopt ec_paramgen_curve:P-256",
        "ec -pkeyopt ec_paramgen_curve:P-384",
        "ed25519",
    ];
    for kind in kinds {
        openssl(
            at,
            &format!(
                "req -x509 -newkey {kind} -nodes -keyout k.pem -out c.pem -days 3650 -utf8 -multivalue-rdn \
             -subj /C=ID/O=Lembaga_UJI/OU=Satu/OU=Dua/CN=CA_UJI+serialNumber=77 \
             -addext keyUsage=critical,keyCertSign,cRLSign -addext subjectAltName=email:ca@uji.example"
            ),
        );
        let text = fs::read(at.join("c.pem")).unwrap();
        let der = Bundle::new(text.as_slice())
            .next()
            .unwrap()
            .unwrap()
            .certificate
            .unwrap();
        assert_same_as_x509_parser(&der);
        let issuer = Issuer::from_certificate(der).unwrap();
        issuer.verify_certificate(issuer.certificate()).unwrap();
        issuer.check_authority(issuer.not_before()).unwrap();
        let facts = issuer.certificate();
        let said = openssl(
            at,
            "x509 -in c.pem -noout -serial -fingerprint -sha256 -subject -nameopt RFC2253,-dn_rev",
        );
        let serial = said
            .lines()
            .find_map(|l| l.strip_prefix("serial="))
            .unwrap();
        assert_eq!(Serial::parse(serial).unwrap(), facts.serial);
        let print = said
            .lines()
            .find_map(|l| l.split_once("Fingerprint="))
            .unwrap()
            .1;
        assert_eq!(
            print.replace(':', "").to_lowercase(),
            hex::encode(facts.sha256())
        );
        let subject = said
            .lines()
            .find_map(|l| l.strip_prefix("subject="))
            .unwrap();
        assert_eq!(
            facts.subject.to_string(),
            subject.replace(',', ", "),
            "{kind}"
        );
        assert_eq!(facts.emails(), ["ca@uji.example"]);
    }
}

#[test]
fn openssl_verifies_a_demo_certificate_and_packs_it_as_pkcs7() {
    if !openssl_is_here() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let (ca, certificates) = demo(50);
    let bundle: String = certificates
        .iter()
        .map(|der| certificate_pem(der))
        .collect();
    fs::write(at.join("ca.pem"), certificate_pem(ca.certificate_der())).unwrap();
    fs::write(at.join("one.pem"), certificate_pem(&certificates[7])).unwrap();
    fs::write(at.join("bundle.pem"), &bundle).unwrap();
    let seconds = now().seconds();
    let said = openssl(
        at,
        &format!("verify -x509_strict -attime {seconds} -CAfile ca.pem one.pem"),
    );
    assert_eq!(said.trim(), "one.pem: OK");
    let pem_certificates = read(bundle.as_bytes()).0;
    assert_eq!(pem_certificates.len(), 50);
    for form in ["PEM", "DER"] {
        openssl(
            at,
            &format!("crl2pkcs7 -nocrl -certfile bundle.pem -outform {form} -out all.p7b"),
        );
        let packed = fs::read(at.join("all.p7b")).unwrap();
        // CMS sorts a SET OF by its octets; OpenSSL keeps the order given.
        assert_eq!(
            read(packed.as_slice()),
            (pem_certificates.clone(), 0),
            "{form}"
        );
    }
    openssl(
        at,
        "crl2pkcs7 -nocrl -certfile one.pem -outform DER -out one.p7b",
    );
    let both = [
        fs::read(at.join("one.p7b")).unwrap(),
        certificates[0].clone(),
    ]
    .concat();
    assert_eq!(read(both.as_slice()).0.len(), 2);
    let trusted = try_openssl(
        at,
        "x509 -in one.pem -trustout -addtrust emailProtection -out trusted.pem",
    );
    assert!(trusted.status.success());
    assert_eq!(
        read(fs::read(at.join("trusted.pem")).unwrap().as_slice()).0,
        pem_certificates[7..8]
    );
}
