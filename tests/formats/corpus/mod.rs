//! The corpus of damaged certificates: every file under tests/corpus/certificates has one named defect and one expected
//! reason id in tests/corpus/manifest. The files are made here; `AMS_WRITE_CORPUS=1 cargo test --test formats` writes
//! them anew.

mod desk;
mod elements;
mod encoding;
mod fields;
mod names;
mod packaging;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use ams::domain::Timestamp;
use ams::pki::bundle::Bundle;
use ams::pki::certificate::CertificateFacts;
use ams::pki::defect::Defect;
use ams::pki::issuer::{Issuer, check_import};

use crate::template::{NOW, Template, pem};

/// As what a file is handed in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Person,
    Authority,
}

/// One file with one defect.
struct Case {
    file: String,
    role: Role,
    id: &'static str,
    what: &'static str,
    octets: Vec<u8>,
}

/// A damaged DER certificate of a person.
fn person(name: &str, id: &'static str, what: &'static str, octets: Vec<u8>) -> Case {
    Case {
        file: format!("{name}.der"),
        role: Role::Person,
        id,
        what,
        octets,
    }
}

fn all() -> Vec<Case> {
    let mut cases = encoding::cases();
    cases.extend(elements::cases());
    cases.extend(fields::cases());
    cases.extend(names::cases());
    cases.extend(desk::cases());
    cases.extend(packaging::cases());
    cases.sort_by(|a, b| a.file.cmp(&b.file));
    cases
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/corpus")
}

fn manifest(cases: &[Case]) -> String {
    let mut text = String::from(
        "# Damaged certificates: file, handed in as, the one expected reason id, the one defect.\n\
         # Made by tests/formats/corpus; judged at 2026-11-22T09:00:00Z with the issuer CA UJI Korpus.\n",
    );
    for case in cases {
        let role = match case.role {
            Role::Person => "person",
            Role::Authority => "authority",
        };
        let line = [&case.file, role, case.id, case.what].join("\t");
        text.push_str(&line);
        text.push('\n');
    }
    text
}

#[test]
fn the_committed_corpus_is_what_its_generator_makes() {
    let cases = all();
    let certificates = folder().join("certificates");
    if std::env::var_os("AMS_WRITE_CORPUS").is_some() {
        let _ = fs::remove_dir_all(&certificates);
        fs::create_dir_all(&certificates).unwrap();
        for case in &cases {
            fs::write(certificates.join(&case.file), &case.octets).unwrap();
        }
        fs::write(folder().join("manifest"), manifest(&cases)).unwrap();
    }
    for case in &cases {
        let committed = fs::read(certificates.join(&case.file)).unwrap();
        assert!(committed == case.octets, "{} differs", case.file);
    }
    let committed: BTreeSet<String> = fs::read_dir(&certificates)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let made: BTreeSet<String> = cases.iter().map(|case| case.file.clone()).collect();
    assert_eq!(committed, made);
    assert_eq!(
        fs::read_to_string(folder().join("manifest")).unwrap(),
        manifest(&cases)
    );
}

/// Judges one item as the desk would.
fn judge(role: Role, item: Result<Vec<u8>, Defect>, issuer: &Issuer) -> Result<String, Defect> {
    let now = Timestamp::parse_rfc3339(NOW).unwrap();
    let facts = CertificateFacts::from_der(item?)?;
    match role {
        Role::Person => {
            check_import(&facts, [issuer], now, true)?;
        }
        Role::Authority => {
            let authority = Issuer::from_certificate(facts.der())?;
            authority.check_authority(now)?;
        }
    }
    Ok(facts.serial.to_string())
}

/// The ids and serials that a whole input gives.
fn read(role: Role, input: &[u8], issuer: &Issuer) -> Vec<Result<String, &'static str>> {
    // The neighbours are persons' certificates whatever the file between them is handed in as.
    let neighbours = [Template::person(0x11).der(), Template::person(0x22).der()];
    Bundle::new(input)
        .map(|item| item.unwrap().certificate)
        .map(|certificate| {
            let neighbour = certificate
                .as_ref()
                .is_ok_and(|der| neighbours.contains(der));
            let role = if neighbour { Role::Person } else { role };
            judge(role, certificate, issuer).map_err(|defect| defect.id())
        })
        .collect()
}

/// What is wrong with the reading of `case` between its neighbours, if anything.
fn between(case: &Case, form: &str, found: &[Result<String, &'static str>]) -> Option<String> {
    let ids: Vec<_> = found.iter().filter_map(|f| f.as_ref().err()).collect();
    let before = found.first() == Some(&Ok("5a0111".to_owned()));
    let after = found.last() == Some(&Ok("5a0122".to_owned()));
    (ids != [&case.id] || !before || !after)
        .then(|| format!("{} ({}) as {form}: {found:?}", case.file, case.id))
}

#[test]
fn every_file_of_the_manifest_gives_its_one_reason_and_spares_its_neighbours() {
    let issuer = Issuer::from_certificate(Template::authority().der()).unwrap();
    let (before, after) = (Template::person(0x11).der(), Template::person(0x22).der());
    let block = |der: &[u8]| pem("CERTIFICATE", der).into_bytes();
    let text = fs::read_to_string(folder().join("manifest")).unwrap();
    let cases = all();
    let (mut lines, mut wrong) = (0, Vec::new());
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        lines += 1;
        let file = line.split('\t').next().unwrap();
        let case = cases.iter().find(|case| case.file == file).unwrap();
        let octets = fs::read(folder().join("certificates").join(file)).unwrap();
        let alone = read(case.role, &octets, &issuer);
        let ids: Vec<_> = alone.iter().filter_map(|f| f.as_ref().err()).collect();
        if ids != [&case.id] {
            wrong.push(format!("{file} ({}) alone: {alone:?}", case.id));
        }
        if file.ends_with(".der") {
            let armoured = [block(&before), block(&octets), block(&after)].concat();
            wrong.extend(between(case, "PEM", &read(case.role, &armoured, &issuer)));
            let stream = [before.clone(), octets, after.clone()].concat();
            wrong.extend(between(case, "DER", &read(case.role, &stream, &issuer)));
        } else if file.ends_with(".pem") {
            let bundle = [block(&before), octets, block(&after)].concat();
            wrong.extend(between(case, "PEM", &read(case.role, &bundle, &issuer)));
        }
    }
    assert_eq!(lines, cases.len());
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn the_corpus_is_wide_and_seldom_says_only_malformed() {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for case in all() {
        *counts.entry(case.id).or_default() += 1;
    }
    let files: usize = counts.values().sum();
    assert!(files >= 100, "{files} files");
    assert!(counts.len() >= 25, "{} ids", counts.len());
    assert!(counts.get("malformed").is_none_or(|count| *count <= 20));
    println!("{files} files, {} ids: {counts:?}", counts.len());
}
