//! Two processes and one that is killed: the test starts itself again as a child.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use super::work::{prepare, step, steps_done};
use crate::store::{Store, StoreError};

const PATH: &str = "AMS_TEST_STORE";

#[test]
fn a_killed_writer_loses_nothing_it_was_told_is_done_and_keeps_others_out_while_it_lives() {
    if let Some(path) = std::env::var_os(PATH) {
        return write_until_killed(&path);
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ams.redb");
    let store = Store::create(&path).unwrap();
    prepare(&store).unwrap();
    drop(store);
    let mut told = 0;
    for round in 1..=3 {
        let name = std::thread::current().name().unwrap().to_owned();
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", &name, "--nocapture"])
            .env(PATH, &path)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut next = || {
            lines
                .by_ref()
                .map(Result::unwrap)
                .find_map(|line| Some(line.strip_prefix("done ")?.parse::<u32>().unwrap()))
        };
        told = next().unwrap().max(told);
        let refused = Store::open(&path).err();
        assert!(matches!(refused, Some(StoreError::Busy { path: busy }) if busy == path));
        while told < round * 7 {
            told = next().unwrap();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        // What it still told before the kill counts too.
        while let Some(more) = next() {
            told = more;
        }
        let opened = Store::open(&path).unwrap();
        let done = steps_done(&opened);
        assert!(done == told || done == told + 1, "{done} done, {told} told");
        told = done;
    }
}

fn write_until_killed(path: &std::ffi::OsStr) {
    let store = Store::open(path).unwrap();
    let mut n = steps_done(&store);
    loop {
        step(&store, n).unwrap();
        n += 1;
        println!("\ndone {n}");
    }
}

#[test]
fn a_second_handle_of_the_same_process_is_busy_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ams.redb");
    let first = Store::create(&path).unwrap();
    assert!(matches!(Store::open(&path), Err(StoreError::Busy { .. })));
    let clone = first.clone();
    drop(first);
    assert!(matches!(Store::open(&path), Err(StoreError::Busy { .. })));
    drop(clone);
    assert!(Store::open(&path).is_ok());
}

#[test]
fn a_database_file_is_made_whole_for_its_owner_alone_and_nothing_is_overwritten() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ams.redb");
    assert!(matches!(
        Store::open(&path),
        Err(StoreError::Missing { .. })
    ));
    drop(Store::create(&path).unwrap());
    let mode = || path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(), 0o600);
    assert!(matches!(
        Store::create(&path),
        Err(StoreError::AlreadyExists { .. })
    ));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    drop(Store::open(&path).unwrap());
    assert_eq!(mode(), 0o600);

    let empty = folder.path().join("empty");
    std::fs::write(&empty, b"").unwrap();
    assert!(matches!(
        Store::open(&empty),
        Err(StoreError::Foreign { .. })
    ));
    let text = folder.path().join("text");
    std::fs::write(
        &text,
        b"not a database, and longer than any magic number".repeat(400),
    )
    .unwrap();
    assert!(matches!(
        Store::open(&text),
        Err(StoreError::Foreign { .. })
    ));
    let link = folder.path().join("link");
    std::os::unix::fs::symlink(&path, &link).unwrap();
    assert!(matches!(Store::open(&link), Err(StoreError::Io { .. })));
}
