//! Older files are carried over, newer and foreign ones refused; and the octets of today's values are pinned, so that
//! a changed shape is noticed here and not by somebody's database.

use super::disk::Disk;
use super::samples::*;
use super::work::{prepare, step, steps_done};
use crate::domain::account::PersonalFields;
use crate::domain::request::LetterKind;
use crate::domain::{CertificateKey, CrlNumber, MailId, State};
use crate::store::indexed::{COUNTERS, Indexed};
use crate::store::key::Key;
use crate::store::migrate::META;
use crate::store::schema::RevokedRow;
use crate::store::table::table;
use crate::store::value::Record;
use crate::store::*;

#[test]
fn a_file_of_format_0_gets_its_queue_index_and_counters() {
    let disk = Disk::default();
    let store = Store::with_backend(disk.clone()).unwrap();
    prepare(&store).unwrap();
    (0..3).for_each(|n| step(&store, n).unwrap());
    // Format 0: the rows alone, the queue's index unknown, no counters.
    store
        .write(|w| {
            for index in crate::domain::Request::INDEXES {
                w.empty(index.table)?;
            }
            w.empty(COUNTERS)?;
            w.put_bytes(META, b"format", &0u32.to_be_bytes())
        })
        .unwrap();
    assert!(!store.read().unwrap().check().unwrap().problems.is_empty());
    drop(store);
    let store = Store::with_backend(disk.copy()).unwrap();
    assert_eq!(steps_done(&store), 3);
    assert_eq!(
        store
            .read()
            .unwrap()
            .get_bytes(META, b"format")
            .unwrap()
            .unwrap(),
        CURRENT_FORMAT.to_be_bytes()
    );
}

#[test]
fn a_file_of_format_1_gets_the_tables_it_lacks_and_its_distribution_points() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ams.redb");
    let store = Store::create(&path).unwrap();
    prepare(&store).unwrap();
    (0..3).for_each(|n| step(&store, n).unwrap());
    let other = "http://crl.uji.example/b.crl";
    let mut elsewhere = certificate(2, "0b01", "Orang Lain");
    elsewhere.certificate.distribution_points = vec![other.to_owned()];
    write(&store, |w| {
        w.add_certificates(&[elsewhere])?;
        // Adopted from a published CRL: its certificate is unknown.
        w.put_revoked(&revoked(2, "0b02"))?;
        w.put_bytes(META, b"format", &1u32.to_be_bytes())
    });
    drop(store);
    let lacking = [
        "clock",
        "points",
        "points.members",
        "revoked.changes",
        "crls.seen",
        "suspension_approvals",
        "suspensions_untold",
    ];
    let file = redb::Database::open(&path).unwrap();
    let tx = file.begin_write().unwrap();
    for name in lacking {
        assert!(tx.delete_table(table(name)).unwrap(), "{name}");
    }
    tx.commit().unwrap();
    drop(file);

    // Opened, written anew with what was deleted left behind, and opened again.
    rewrite(&path, Options::default()).unwrap();
    let store = Store::open(&path).unwrap();
    let reader = store.read().unwrap();
    let names = reader.table_names().unwrap();
    assert!(lacking.iter().all(|name| names.iter().any(|n| n == name)));
    let points = |n| -> Vec<(String, CertificateKey)> {
        let points = reader.points(issuer(n)).unwrap();
        points
            .into_iter()
            .map(|p| (p.uri, p.first_seen_in))
            .collect()
    };
    let uri = "http://crl.uji.example/a.crl";
    let first = certificate_key(1, "0a00");
    assert_eq!(points(1), [(uri.to_owned(), first)]);
    let first = certificate_key(2, "0b01");
    assert_eq!(points(2), [(other.to_owned(), first)]);
    let members = |n, uri| reader.revoked_of_point(issuer(n), uri, None, 99).unwrap().0;
    let revoked = ["0a00", "0a01", "0a02"].map(|serial| entry(serial, 0));
    assert_eq!(members(1, uri), revoked);
    assert!(members(2, other).is_empty());
    assert_eq!(reader.clock_doubt().unwrap(), None);
    assert_eq!(reader.check().unwrap().problems, []);
}

/// A row of format 2: version 1, the DER's length, the DER, the facts.
fn first_version(row: &RevokedEntry) -> Vec<u8> {
    let octets = row.der.len() as u16;
    let facts = postcard::to_allocvec(&row.facts).unwrap();
    [&[1], &octets.to_be_bytes()[..], &row.der, &facts].concat()
}

#[test]
fn a_file_of_format_2_gets_its_entries_out_of_their_rows() {
    let disk = Disk::default();
    let store = Store::with_backend(disk.clone()).unwrap();
    let rows: Vec<RevokedEntry> = (0..5000)
        .map(|n| {
            let mut row = revoked(1, &format!("0a{n:04x}"));
            row.facts.not_after = Some(NOW.plus(n));
            row.facts.on_crl = Some(CrlNumber::from(4));
            row
        })
        .collect();
    write(&store, |w| {
        rows.iter().try_for_each(|row| w.put_revoked(row))?;
        w.empty(table("revoked.der"))?;
        w.empty(table("revoked.ends"))?;
        for row in &rows {
            let key = Key::new().certificate(&row.key).done();
            w.put_bytes(table("revoked"), &key, &first_version(row))?;
        }
        w.put_bytes(META, b"format", &2u32.to_be_bytes())
    });
    drop(store);
    let store = Store::with_backend(disk.copy()).unwrap();
    let reader = store.read().unwrap();
    assert_eq!(reader.check().unwrap().problems, []);
    let page = reader
        .revoked_page(issuer(1), &Window::first(9999))
        .unwrap();
    assert_eq!(page.rows, rows);
    let all = Window::first(9);
    let ended = reader.revoked_ended(issuer(1), NOW.plus(2), &all).unwrap();
    assert_eq!(ended.rows, [rows[0].key.clone(), rows[1].key.clone()]);
}

#[test]
fn a_file_of_format_3_finds_its_accounts_by_their_words() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ams.redb");
    let store = Store::create(&path).unwrap();
    write(&store, |w| {
        (0..3).try_for_each(|n| w.put_account(&account(n)))?;
        w.put_bytes(META, b"format", &3u32.to_be_bytes())
    });
    drop(store);
    let file = redb::Database::open(&path).unwrap();
    let tx = file.begin_write().unwrap();
    assert!(tx.delete_table(table("accounts.words")).unwrap());
    tx.commit().unwrap();
    drop(file);
    let store = Store::open(&path).unwrap();
    let reader = store.read().unwrap();
    let list = AccountList::NameWord("rekaan".into());
    let found = reader.accounts_of(&list, &Window::first(9)).unwrap();
    assert_eq!(found.rows, [account(0), account(1), account(2)]);
    assert_eq!(reader.check().unwrap().problems, []);
}

#[test]
fn a_backup_of_an_older_format_is_known_by_what_it_held_when_it_was_made() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("backup.redb");
    let store = Store::create(&path).unwrap();
    let row = revoked(1, "0a");
    write(&store, |w| {
        w.put_revoked(&row)?;
        w.empty(table("revoked.der"))?;
        let key = Key::new().certificate(&row.key).done();
        w.put_bytes(table("revoked"), &key, &first_version(&row))?;
        w.put_bytes(META, b"format", &2u32.to_be_bytes())
    });
    let made = store.read().unwrap().contents_sha256().unwrap();
    drop(store);
    let (store, contents) = Store::open_backup(&path).unwrap();
    assert_eq!(contents, made);
    let reader = store.read().unwrap();
    assert_ne!(reader.contents_sha256().unwrap(), made);
    assert_eq!(reader.revoked(&row.key).unwrap(), Some(row));
}

#[test]
fn a_newer_format_and_a_foreign_database_are_refused_untouched() {
    let disk = Disk::default();
    let store = Store::with_backend(disk.clone()).unwrap();
    let newer = CURRENT_FORMAT + 1;
    store
        .write(|w| w.put_bytes(META, b"format", &newer.to_be_bytes()))
        .unwrap();
    drop(store);
    let refused = Store::with_backend(disk.copy()).err();
    assert!(matches!(refused, Some(StoreError::NewerFormat { found, .. }) if found == newer));

    let disk = Disk::default();
    let foreign = redb::Builder::new()
        .create_with_backend(disk.clone())
        .unwrap();
    let tx = foreign.begin_write().unwrap();
    tx.open_table(table("somebody's"))
        .unwrap()
        .insert(&b"k"[..], &b"v"[..])
        .unwrap();
    tx.commit().unwrap();
    drop(foreign);
    let refused = Store::with_backend(disk.copy()).err();
    assert!(matches!(refused, Some(StoreError::Foreign { .. })));
}

/// Version 1 of every stored value, as octets in hex. Once files are in use, a change here means: raise the type's
/// `VERSION`, read the old octets in `upgrade`, and keep the old line in a test of that. Before that,
/// `INSTA_UPDATE=always cargo test --lib store::tests::migration` takes it over.
#[test]
fn the_octets_of_stored_values_are_those_that_were_released() {
    let mut lines = String::new();
    for (name, octets) in values() {
        lines.push_str(&format!("{name} {}\n", hex::encode(octets.unwrap())));
    }
    insta::assert_snapshot!(lines);
}

fn row_of(entry: RevokedEntry) -> RevokedRow {
    RevokedRow {
        key: entry.key,
        octets: entry.der.len() as u16,
        facts: entry.facts,
    }
}

type Octets = Result<Vec<u8>, StoreError>;

fn values() -> Vec<(&'static str, Octets)> {
    let mut request = request(1, State::Diajukan, certificate_key(1, "0a01"));
    request.urgent = true;
    let left = LeftEntry {
        key: certificate_key(1, "0a01"),
        because: LeftBecause::Expired,
        at: NOW,
    };
    let crl = CrlRecord {
        issuer: issuer(1),
        kind: CrlKind::Delta {
            base: CrlNumber::from(1),
        },
        number: CrlNumber::from(300),
        this_update: NOW,
        next_update: NOW,
        entries: 3,
        bytes: 500,
        sha256: [1; 32],
        file: Some("a".to_owned()),
        published_at: NOW,
        regular: true,
    };
    let issuer = IssuerRecord {
        id: issuer(1),
        certificate_der: vec![0x30],
        label: "CA UJI".to_owned(),
        key: KeyReference::File {
            name: "a".to_owned(),
            encrypted: true,
        },
        settings: IssuerSettings::default(),
        added_at: NOW,
    };
    let task = Task {
        kind: "publish".to_owned(),
        key: vec![1],
        due: NOW,
        attempts: 1,
        asked_at: NOW,
        generation: 2,
    };
    let mail = MailRecord {
        id: MailId(id(0xd0, 1)),
        status: MailStatus::Failed,
        request: None,
        created_at: NOW,
        next_attempt: NOW,
        attempts: 3,
        body: vec![9],
    };
    let letter = LetterDetails {
        salt: [5; 32],
        sha256: [6; 32],
        kind: LetterKind::Png,
        bytes: 300,
        facts: vec![1],
    };
    let session = SavedSession {
        saved_at: NOW,
        peer_uid: Some(7),
        bytes: vec![1],
    };
    vec![
        ("account", account(1).encode()),
        (
            "certificate",
            certificate(1, "0a01", "Orang").certificate.encode(),
        ),
        ("request", request.encode()),
        ("revoked", row_of(revoked(1, "0a01")).to_bytes()),
        ("revoked.left", left.encode()),
        ("crls", crl.encode()),
        ("crls.state", CrlNumbers::default().encode()),
        ("issuers", issuer.encode()),
        ("tasks", task.encode()),
        ("outbox", mail.encode()),
        ("letters", letter.encode()),
        ("sessions", session.encode()),
        ("personal", PersonalFields::default().encode()),
        ("settings", "UJI".to_owned().encode()),
        ("credentials", Credentials::default().encode()),
        ("throttles", Throttle::default().encode()),
    ]
}

#[test]
fn values_of_the_first_version_read_as_they_were_meant() {
    let numbers = hex::decode("01000000000000000000000000000000000000000000").unwrap();
    assert_eq!(CrlNumbers::decode(&numbers).unwrap(), CrlNumbers::default());
    // Its own periods and history went unused.
    let octets = "01c0c0c0c0c0c0c0c0c0c0c0c000000001013006434120554a49\
                  0001610180e0e5a40180f0b25200006480dadea7c068";
    let issuer = IssuerRecord::decode(&hex::decode(octets).unwrap()).unwrap();
    assert_eq!(issuer.label, "CA UJI");
    assert_eq!(issuer.settings, IssuerSettings::default());
}
