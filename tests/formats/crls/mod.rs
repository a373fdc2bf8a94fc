//! The corpus of damaged CRLs: every file under tests/corpus/crls has one named defect and breaks exactly the one rule
//! that tests/corpus/crl-manifest names. The files are made here; `AMS_WRITE_CORPUS=1 cargo test --test formats` writes
//! them anew. Damage at random comes on top.

mod damage;
mod encoding;
mod entries;
mod extensions;
mod fields;
mod properties;
pub mod template;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use ams::domain::Timestamp;
use ams::pki::check::{Report, check, rules};
use ams::pki::crl_issuer::CrlIssuer;

use crate::der::sequence;
use crate::template::{
    CA_SEED, NOW, Template, basic_constraints, extension, extensions, key_id, key_usage, utc,
};
use template::CrlTemplate;

/// With which certificate of the issuer a file is judged.
#[derive(Clone, Copy, PartialEq, Eq)]
enum With {
    Issuer,
    Nothing,
    /// An issuer whose keyUsage has no cRLSign.
    NoCrlSign,
    /// An issuer whose certificate began after thisUpdate.
    Younger,
}

impl With {
    const fn name(self) -> &'static str {
        match self {
            Self::Issuer => "issuer",
            Self::Nothing => "nothing",
            Self::NoCrlSign => "no-crl-sign",
            Self::Younger => "younger",
        }
    }

    fn issuer(self) -> Option<CrlIssuer> {
        let mut certificate = Template::authority();
        match self {
            Self::Nothing => return None,
            Self::Issuer => {}
            Self::NoCrlSign => {
                certificate.extensions = extensions(&[
                    extension("2.5.29.14", false, &crate::der::octets(&key_id(CA_SEED))),
                    basic_constraints(true),
                    key_usage(&[2, 0x04]),
                ]);
            }
            Self::Younger => {
                certificate.validity = sequence(&[&utc("261122083000Z"), &utc("281231235959Z")]);
            }
        }
        Some(CrlIssuer::from_certificate(&certificate.der()).unwrap())
    }
}

/// One file with one defect.
struct Case {
    file: String,
    with: With,
    rule: &'static str,
    what: &'static str,
    octets: Vec<u8>,
}

/// A damaged CRL in DER, judged with its issuer's certificate.
fn crl(name: &str, rule: &'static str, what: &'static str, octets: Vec<u8>) -> Case {
    Case {
        file: format!("{name}.crl"),
        with: With::Issuer,
        rule,
        what,
        octets,
    }
}

/// The same, judged with another certificate or none.
fn judged(with: With, mut case: Case) -> Case {
    case.with = with;
    case
}

fn all() -> Vec<Case> {
    let mut cases = encoding::cases();
    cases.extend(fields::cases());
    cases.extend(entries::cases());
    cases.extend(extensions::cases());
    cases.sort_by(|a, b| a.file.cmp(&b.file));
    cases
}

fn now() -> Timestamp {
    Timestamp::parse_rfc3339(NOW).unwrap()
}

fn judge(octets: &[u8], with: With) -> Report {
    check(octets, with.issuer().as_ref(), now()).unwrap()
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/corpus")
}

fn manifest(cases: &[Case]) -> String {
    let mut text = String::from(
        "# Damaged CRLs: file, the issuer's certificate it is judged with, the one rule it breaks, the one defect.\n\
         # Made by tests/formats/crls; judged at 2026-11-22T09:00:00Z.\n",
    );
    for case in cases {
        let line = [&case.file, case.with.name(), case.rule, case.what].join("\t");
        text.push_str(&line);
        text.push('\n');
    }
    text
}

#[test]
fn the_committed_crls_are_what_their_generator_makes() {
    let cases = all();
    let crls = folder().join("crls");
    if std::env::var_os("AMS_WRITE_CORPUS").is_some() {
        let _ = fs::remove_dir_all(&crls);
        fs::create_dir_all(&crls).unwrap();
        for case in &cases {
            fs::write(crls.join(&case.file), &case.octets).unwrap();
        }
        fs::write(folder().join("crl-manifest"), manifest(&cases)).unwrap();
    }
    for case in &cases {
        let committed = fs::read(crls.join(&case.file)).unwrap();
        assert!(committed == case.octets, "{} differs", case.file);
    }
    let committed: BTreeSet<String> = fs::read_dir(&crls)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let made: BTreeSet<String> = cases.iter().map(|case| case.file.clone()).collect();
    assert_eq!(committed, made);
    assert_eq!(
        fs::read_to_string(folder().join("crl-manifest")).unwrap(),
        manifest(&cases)
    );
}

#[test]
fn the_good_crl_keeps_every_rule() {
    let good = CrlTemplate::good().der();
    for with in [With::Issuer, With::Nothing] {
        let report = judge(&good, with);
        assert!(report.passed(), "{:?}", report.broken().collect::<Vec<_>>());
    }
}

#[test]
fn every_file_of_the_manifest_breaks_its_one_rule() {
    let text = fs::read_to_string(folder().join("crl-manifest")).unwrap();
    let cases = all();
    let mut wrong = Vec::new();
    let mut lines = 0;
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        lines += 1;
        let file = line.split('\t').next().unwrap();
        let case = cases.iter().find(|case| case.file == file).unwrap();
        let octets = fs::read(folder().join("crls").join(file)).unwrap();
        let report = judge(&octets, case.with);
        let broken: Vec<_> = report.broken().map(|f| (f.rule, &f.detail)).collect();
        if broken.iter().map(|(rule, _)| *rule).ne([case.rule]) {
            wrong.push(format!("{file} ({}): {broken:?}", case.rule));
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
fn every_rule_has_a_file_that_breaks_it() {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for case in all() {
        *counts.entry(case.rule).or_default() += 1;
    }
    let without: Vec<_> = rules()
        .map(|rule| rule.id)
        .filter(|id| !counts.contains_key(id))
        .collect();
    assert!(without.is_empty(), "{without:?}");
    let files: usize = counts.values().sum();
    assert!(files >= 60, "{files} files");
    println!("{files} files, {} rules: {counts:?}", counts.len());
}

#[test]
fn rules_have_ids_of_their_own() {
    let ids: BTreeSet<_> = rules().map(|rule| rule.id).collect();
    assert_eq!(ids.len(), rules().count());
    for rule in rules() {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        assert!(rule.id.chars().all(plain), "{}", rule.id);
        assert!(
            !rule.says.is_empty() && rule.clause.contains(['§', '(']),
            "{}",
            rule.id
        );
    }
}
