//! From a decision to the published CRL with 100 000 entries already on it: database → written, signed, gated,
//! published, read back, settled. `--bench crl` has the CRL engine alone, beside OpenSSL.

use std::path::Path;

use ams::desk::demo::{DemoOptions, prepare};
use ams::domain::{CertificateKey, IssuerId, ReasonCode, Serial, Timestamp};
use ams::pki::entry::{EntryReason, RevokedEntry as CrlEntry};
use ams::store::{RevokedEntry, RevokedFacts, RevokedKind, Store, StoreError};

use super::{measure, milliseconds, report};

const ENTRIES: u64 = 100_000;
/// From DESIGN.md, by the clock.
const TARGET_MS: f64 = 300.0;
/// 1 January 2026.
const REVOKED_AT: Timestamp = Timestamp(1_767_225_600_000);

pub fn bench() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("desk");
    let options = DemoOptions::default();
    let (desk, _) = prepare(&data, options).expect("a demo desk");
    let issuer = desk.issuers().expect("issuers")[0].id;
    let database = desk.folder().database();
    drop(desk);
    put_entries(&database, issuer, 0..ENTRIES);
    let (desk, _) = prepare(&data, options).expect("the same desk");
    let officer = desk.demo_login("op", None).expect("the demo's officer");
    let publish = || measure(|| desk.issue_crl(&officer, Some(issuer)).expect("a CRL"));

    let (_, first) = publish();
    println!(
        "the first, which settles them all: {:.0} ms of CPU, {:.0} ms by the clock",
        milliseconds(first.cpu),
        milliseconds(first.wall)
    );
    let (rows, next) = publish();
    println!(
        "{} entries: {:.0} ms of CPU",
        rows[0].entries,
        milliseconds(next.cpu)
    );
    report(
        "the next CRL, by the clock",
        milliseconds(next.wall),
        "ms",
        TARGET_MS,
    );
}

/// Puts entries into the closed desk's database, as revocations would have.
fn put_entries(database: &Path, issuer: IssuerId, numbers: std::ops::Range<u64>) {
    let store = Store::open(database).expect("the database");
    for chunk in numbers.collect::<Vec<_>>().chunks(10_000) {
        store
            .write(|writer| {
                chunk
                    .iter()
                    .try_for_each(|n| writer.put_revoked(&entry(issuer, *n)))
            })
            .unwrap_or_else(|e: StoreError| panic!("{e}"));
    }
}

fn entry(issuer: IssuerId, number: u64) -> RevokedEntry {
    let mut octets = [0x2a; 20];
    octets[12..].copy_from_slice(&number.to_be_bytes());
    let serial = Serial::from_magnitude(&octets).expect("20 octets");
    let der = CrlEntry {
        serial: serial.clone(),
        revocation_date: REVOKED_AT,
        reason: EntryReason::Revoked(ReasonCode::Superseded),
        invalidity_date: None,
    };
    RevokedEntry {
        key: CertificateKey { issuer, serial },
        der: der.encode().expect("an entry"),
        facts: RevokedFacts {
            kind: RevokedKind::Revoked,
            date: REVOKED_AT,
            reason: ReasonCode::Superseded,
            invalidity_date: None,
            not_after: None,
            on_crl: None,
            adopted: false,
        },
    }
}
