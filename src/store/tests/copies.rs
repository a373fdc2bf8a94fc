//! Backups taken while work goes on, and what `check` notices.

use super::samples::*;
use super::work::{prepare, step, steps_done};
use crate::store::indexed::COUNTERS;
use crate::store::table::table;
use crate::store::*;

#[test]
fn a_backup_is_the_state_of_one_moment_and_opens_as_a_database() {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy.redb");
    let store = Store::in_memory().unwrap();
    prepare(&store).unwrap();
    let report = std::thread::scope(|scope| {
        let writing = scope.spawn(|| (0..20).try_for_each(|n| step(&store, n)));
        let report = store.backup(&copy).unwrap();
        writing.join().unwrap().unwrap();
        report
    });
    assert_eq!(report.bytes, copy.metadata().unwrap().len());
    let restored = Store::open(&copy).unwrap();
    let done = steps_done(&restored);
    assert!(done <= 20);
    step(&restored, done).unwrap();
    assert!(matches!(
        store.backup(&copy),
        Err(StoreError::AlreadyExists { .. })
    ));
    let again = folder.path().join("again.redb");
    let first = restored.backup(&again).unwrap();
    let other = folder.path().join("other.redb");
    let second = restored.backup(&other).unwrap();
    assert_eq!(first.contents_sha256, second.contents_sha256);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 3);
}

#[test]
fn a_rewrite_keeps_every_row_and_wants_the_file_to_itself() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ams.redb");
    let store = Store::create(&path).unwrap();
    prepare(&store).unwrap();
    step(&store, 0).unwrap();
    let refused = rewrite(&path, Options::default());
    assert!(matches!(refused, Err(StoreError::Busy { .. })));
    drop(store);
    rewrite(&path, Options::default()).unwrap();
    assert_eq!(steps_done(&Store::open(&path).unwrap()), 1);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

/// Each damage is found, and named by its table.
#[test]
fn check_finds_an_index_a_counter_a_row_and_a_log_that_do_not_agree() {
    type Damage = fn(&mut Writer) -> Result<(), StoreError>;
    let damages: [(&str, Damage); 8] = [
        ("accounts.email", |w| {
            w.delete(table("accounts.email"), b"orang1@dinas-uji.example")
                .map(drop)
        }),
        ("accounts.uid", |w| {
            w.put_bytes(table("accounts.uid"), &[0, 0, 0, 1], &account_id(1).0)
        }),
        ("accounts.username", |w| {
            w.put_bytes(table("accounts.username"), b"orang001", &account_id(9).0)
        }),
        ("counters", |w| {
            w.put_bytes(COUNTERS, b"accounts/\x01\x00", &9u64.to_be_bytes())
        }),
        ("requests", |w| {
            w.put_bytes(table("requests"), &request_id(0).0, &[1, 2, 3])
        }),
        ("certificates.der", |w| {
            w.delete(table("certificates.der"), &[0, 0, 0, 3]).map(drop)
        }),
        ("log", |w| {
            w.put_bytes(table("log"), &7u64.to_be_bytes(), b"x")
        }),
        ("log.objects", |w| {
            w.put_bytes(
                table("log.objects"),
                &[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9],
                b"",
            )
        }),
    ];
    for (name, damage) in damages {
        let store = Store::in_memory().unwrap();
        prepare(&store).unwrap();
        step(&store, 0).unwrap();
        assert_eq!(store.read().unwrap().check().unwrap().problems, []);
        store.write(damage).unwrap();
        let report = store.read().unwrap().check().unwrap();
        let tables: Vec<_> = report.problems.iter().map(|p| p.table).collect();
        assert!(tables.contains(&name), "{name}: {tables:?}");
    }
}
