//! CRLs read by others, over every kind of issuer name and key that this desk signs with: what each reader can be given
//! stands in `matrix`; beside it OpenSSL prints and writes lists, pkilint judges them, rcgen writes the same entries.

mod matrix;
mod openssl;
mod others;
mod readers;
mod scene;

use std::fs;
use std::path::Path;
use std::process::Command;

use ams::domain::{CrlNumber, ReasonCode, Serial, Timestamp};
use ams::pki::check::check;
use ams::pki::crl_issuer::CrlIssuer;
use ams::pki::entry::{EntryReason, RevokedEntry};
use ams::pki::key::PrivateKey;
use ams::pki::plan::{CrlKind, CrlPeriod, CrlPlan, CrlTerms, DistributionPointUri};
use ams::pki::write::{algorithm_of, assemble};

use crate::peer::openssl;

fn at(text: &str) -> Timestamp {
    Timestamp::parse_rfc3339(text).unwrap()
}

fn uri(text: &str) -> DistributionPointUri {
    DistributionPointUri::parse(text).unwrap()
}

/// A CA made by OpenSSL: its key as `openssl req -newkey` asks for it, and the lines of its name.
struct Ca {
    issuer: CrlIssuer,
    key: PrivateKey,
}

const P256: &str = "ec -pkeyopt ec_paramgen_curve:P-256";
const P384: &str = "ec -pkeyopt ec_paramgen_curve:P-384";
/// Of what strings OpenSSL makes a name's attributes: `string_mask`. countryName is printable in any case.
const UTF8: &str = "utf8only";
const PRINTABLE: &str = "MASK:0x2";
const TELETEX: &str = "MASK:0x4";

const PLAIN: &str = "C=ID\nO=Lembaga Contoh UJI\nCN=CA UJI\n";
const REPEATED: &str = "0.DC=example\n1.DC=uji\nC=ID\nO=Lembaga Contoh UJI\n0.OU=Unit Satu\n1.OU=Unit Dua\nCN=CA UJI\n";
const MULTI_VALUED: &str =
    "C=ID\nO=Lembaga Contoh UJI\nCN=CA UJI\n+UID=ca-uji-1\n+serialNumber=7\n";
const ACCENTED: &str = "C=ID\nO=Lembaga Percontohan Café UJI\nCN=CA Žiža – Ñandú UJI\n";
const LATIN_1: &str = "C=ID\nO=Lembaga Percontohan Café UJI\nCN=CA Ñandú UJI\n";

impl Ca {
    /// Writes `ca.pem` and `ca.key` into `folder`.
    fn make(folder: &Path, new_key: &str, name: &str, with_key_id: bool) -> Self {
        Self::make_with(folder, new_key, UTF8, name, with_key_id)
    }

    fn make_with(
        folder: &Path,
        new_key: &str,
        strings: &str,
        name: &str,
        with_key_id: bool,
    ) -> Self {
        let key_id = if with_key_id { "hash" } else { "none" };
        let config = format!(
            "[req]\nprompt=no\nutf8=yes\nstring_mask={strings}\ndistinguished_name=dn\nx509_extensions=ext\n\
             [dn]\n{name}\n[ext]\nbasicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n\
             subjectKeyIdentifier={key_id}\n"
        );
        fs::write(folder.join("ca.cnf"), config).unwrap();
        openssl(
            folder,
            &format!(
                "req -x509 -newkey {new_key} -nodes -keyout ca.key -out ca.pem -days 20000 -config ca.cnf"
            ),
        );
        let issuer = CrlIssuer::from_pem_or_der(&fs::read(folder.join("ca.pem")).unwrap()).unwrap();
        let key = PrivateKey::read(&fs::read(folder.join("ca.key")).unwrap(), None).unwrap();
        Self { issuer, key }
    }

    fn sign(&self, terms: CrlTerms, entries: &[RevokedEntry]) -> Vec<u8> {
        let plan = CrlPlan::new(&self.issuer, CrlPeriod::default(), terms).unwrap();
        let entries: Vec<Vec<u8>> = entries.iter().map(|e| e.encode().unwrap()).collect();
        let tbs = assemble(&plan, algorithm_of(&self.key).unwrap(), &entries, 0).unwrap();
        tbs.sign(&self.key).unwrap().as_bytes().to_vec()
    }
}

/// Now, since OpenSSL compares a CRL with the clock of this machine, and so with that of the certificate it just made.
fn this_moment() -> Timestamp {
    let since = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    Timestamp(since.as_millis() as i64).whole_second()
}

fn complete(this_update: Timestamp) -> CrlTerms {
    CrlTerms {
        number: CrlNumber::from(1000),
        this_update,
        kind: CrlKind::Complete,
        freshest_crl: None,
        expired_certs_on_crl: None,
    }
}

fn revoked(serial: &str, date: &str, reason: ReasonCode, invalid: Option<&str>) -> RevokedEntry {
    RevokedEntry {
        serial: Serial::parse(serial).unwrap(),
        revocation_date: at(date),
        reason: EntryReason::Revoked(reason),
        invalidity_date: invalid.map(at),
    }
}

/// One entry of each reason, an invalidity date, and a serial of 20 octets whose first has the high bit of its octet.
fn every_reason() -> Vec<RevokedEntry> {
    let mut all: Vec<RevokedEntry> = ReasonCode::ALL
        .into_iter()
        .enumerate()
        .map(|(i, reason)| {
            revoked(
                &format!("{:02x}", 0x79 + i),
                "2026-11-20T10:11:12Z",
                reason,
                None,
            )
        })
        .collect();
    all[1].invalidity_date = Some(at("2026-10-01T00:00:00Z"));
    all
}

fn long_serial() -> Vec<RevokedEntry> {
    let date = "2026-11-20T10:11:12Z";
    vec![
        revoked("8f01", date, ReasonCode::Superseded, None),
        revoked(
            &format!("00c3{}", "5a".repeat(18)),
            date,
            ReasonCode::KeyCompromise,
            None,
        ),
        revoked(
            &format!("7f{}", "ff".repeat(19)),
            date,
            ReasonCode::KeyCompromise,
            None,
        ),
    ]
}

fn across_2050() -> Vec<RevokedEntry> {
    vec![
        revoked(
            "01",
            "2049-12-31T23:59:59Z",
            ReasonCode::KeyCompromise,
            Some("2049-12-31T23:59:59Z"),
        ),
        revoked(
            "02",
            "2050-01-01T00:00:00Z",
            ReasonCode::KeyCompromise,
            Some("2049-06-01T00:00:00Z"),
        ),
        revoked(
            "03",
            "2051-02-03T04:05:06Z",
            ReasonCode::Unspecified,
            Some("2050-01-01T00:00:00Z"),
        ),
    ]
}

/// Our own rules hold, every one that can be checked with the issuer's certificate.
fn our_rules_hold(ca: &Ca, der: &[u8], now: Timestamp) {
    let report = check(der, Some(&ca.issuer), now).unwrap();
    let broken: Vec<_> = report.broken().collect();
    assert!(broken.is_empty(), "{broken:?}");
}

/// Every issuer that the lists are signed by: folder name, key, strings, name, subjectKeyIdentifier.
const ISSUERS: [(&str, &str, &str, &str, bool); 10] = [
    ("p256", P256, UTF8, PLAIN, true),
    ("p384", P384, UTF8, PLAIN, true),
    ("ed25519", "ed25519", UTF8, PLAIN, true),
    ("rsa", "rsa:2048", UTF8, PLAIN, true),
    ("repeated", P256, UTF8, REPEATED, true),
    ("multi-valued", P256, UTF8, MULTI_VALUED, true),
    ("accented", P256, UTF8, ACCENTED, true),
    ("printable", "rsa:2048", PRINTABLE, PLAIN, true),
    ("teletex", P256, TELETEX, LATIN_1, true),
    ("no-key-id", P256, UTF8, PLAIN, false),
];

fn each_issuer(home: &Path, mut run: impl FnMut(&str, &Path, &Ca)) {
    for (label, new_key, strings, name, with_key_id) in ISSUERS {
        let folder = home.join(label);
        fs::create_dir(&folder).unwrap();
        let ca = Ca::make_with(&folder, new_key, strings, name, with_key_id);
        run(label, &folder, &ca);
    }
}

/// Whether a peer is here; a test that needs it asks first. Missing under CI is a failure.
fn is_here(command: &mut Command, install: &str) -> bool {
    if command.output().is_ok_and(|output| output.status.success()) {
        return true;
    }
    assert!(std::env::var_os("CI").is_none(), "missing: {install}");
    eprintln!("SKIPPED: {install}");
    false
}
