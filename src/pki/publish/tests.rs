//! Publication and history in real folders.

use super::*;
use crate::domain::{CrlNumber, Timestamp};
use std::os::unix::fs::symlink;

fn name() -> CrlFileName {
    CrlFileName::parse("ca-uji.crl").unwrap()
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_published_file_is_readable_by_a_web_server_and_replaced_whole() {
    let home = tempfile::tempdir().unwrap();
    let place = home.path().join("web/crl");
    let folder = PublishingFolder::open(&place).unwrap();
    assert!(folder.published(&name()).unwrap().is_none());
    let first = folder.publish(&name(), b"first").unwrap();
    assert_eq!(first.path, place.join("ca-uji.crl"));
    assert_eq!((mode(&place), mode(&first.path)), (0o755, 0o644));
    // A reader that opened the old file reads it to its end.
    let mut old = folder.published(&name()).unwrap().unwrap();
    let second = folder.publish(&name(), b"second").unwrap();
    assert_ne!(first.sha256, second.sha256);
    let mut text = String::new();
    old.read_to_string(&mut text).unwrap();
    assert_eq!(text, "first");
    assert_eq!(fs::read(&second.path).unwrap(), b"second");
    assert_eq!(fs::read_dir(&place).unwrap().count(), 1);
}

#[test]
fn what_a_killed_publication_left_is_removed_at_the_next_start() {
    let home = tempfile::tempdir().unwrap();
    let left = home.path().join(".ams-ca-uji.crl.part");
    let other = home.path().join(".htaccess");
    fs::write(&left, b"half").unwrap();
    fs::write(&other, b"not ours").unwrap();
    let folder = PublishingFolder::open(home.path()).unwrap();
    assert!(!left.exists() && other.exists());
    // One that appears while the desk runs does not stop a publication either.
    fs::write(&left, b"half").unwrap();
    folder.publish(&name(), b"whole").unwrap();
    assert!(!left.exists());
}

#[test]
fn a_symbolic_link_is_neither_read_nor_written_through() {
    let home = tempfile::tempdir().unwrap();
    let secret = home.path().join("secret");
    fs::write(&secret, b"secret").unwrap();
    let place = home.path().join("crl");
    let folder = PublishingFolder::open(&place).unwrap();
    symlink(&secret, place.join("ca-uji.crl")).unwrap();
    symlink(&secret, place.join(".ams-ca-uji.crl.part")).unwrap();
    assert!(folder.published(&name()).is_err());
    folder.publish(&name(), b"crl").unwrap();
    assert_eq!(fs::read(&secret).unwrap(), b"secret");
}

#[test]
fn a_target_that_is_away_is_said_so_and_not_made_anew() {
    let home = tempfile::tempdir().unwrap();
    let place = home.path().join("mount");
    let folder = PublishingFolder::open(&place).unwrap();
    fs::remove_dir(&place).unwrap();
    let away = folder.publish(&name(), b"crl").unwrap_err();
    assert!(matches!(away, PublishError::TargetAway { .. }) && away.is_passing());
    assert!(!place.exists());
    assert!(folder.published(&name()).is_err());
    fs::create_dir(&place).unwrap();
    assert!(folder.publish(&name(), b"crl").is_ok());
}

#[test]
fn what_does_not_read_back_is_noticed() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("x");
    fs::write(&path, b"crl").unwrap();
    assert!(reads_back(&path, b"crl").unwrap());
    for other in [&b"crm"[..], b"cr", b"crl "] {
        assert!(!reads_back(&path, other).unwrap());
    }
}

#[test]
fn a_full_disk_has_its_own_error() {
    let full = PublishError::at(Path::new("x"))(io::Error::from_raw_os_error(28));
    assert!(matches!(full, PublishError::DiskFull { .. }) && full.is_passing());
    // /dev/full answers every write with ENOSPC: what a full disk says when the file is written.
    let error = OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .and_then(|mut file| file.write_all(b"crl"))
        .unwrap_err();
    assert!(matches!(
        PublishError::at(Path::new("x"))(error),
        PublishError::DiskFull { .. }
    ));
}

#[test]
fn the_history_keeps_the_newest_and_no_more_than_asked() {
    let home = tempfile::tempdir().unwrap();
    let place = home.path().join("history");
    let history = History::open(&place).unwrap();
    let other = CrlFileName::parse("ca-uji-2.crl").unwrap();
    history.keep(&other, CrlNumber::from(1), b"other").unwrap();
    for number in [2, 9, 10, 100] {
        history
            .keep(&name(), CrlNumber::from(number), b"x")
            .unwrap();
    }
    let numbers = || -> Vec<String> {
        let kept = history.list(&name()).unwrap();
        kept.into_iter()
            .map(|(number, _)| number.to_string())
            .collect()
    };
    assert_eq!(numbers(), ["100", "10", "9", "2"]);
    let now = Timestamp(i64::MAX / 2);
    let bound = |count, age| HistoryBound { count, age };
    assert_eq!(history.trim(&name(), bound(3, None), now, &[]).unwrap(), 1);
    assert_eq!(numbers(), ["100", "10", "9"]);
    assert_eq!(
        history
            .trim(&name(), bound(9, Some(1000)), now, &[])
            .unwrap(),
        2
    );
    assert_eq!(
        history.trim(&name(), bound(0, Some(0)), now, &[]).unwrap(),
        0
    );
    assert_eq!(numbers(), ["100"]);
    assert_eq!(history.list(&other).unwrap().len(), 1);
    assert_eq!(mode(&place), 0o700);
    assert_eq!(mode(&history.path_of(&name(), CrlNumber::from(100))), 0o600);
}

#[test]
fn file_names_are_safe_whatever_the_issuer_is_called() {
    let id = IssuerId([0xab; 16]);
    for (label, expected) in [
        ("CA UJI  Pencabutan", "ca-uji-pencabutan-abababab.crl"),
        ("../../etc/passwd\0", "etc-passwd-abababab.crl"),
        ("\u{202e}日本", "ca-abababab.crl"),
        ("", "ca-abababab.crl"),
    ] {
        let name = file_name(label, id);
        assert_eq!(name, expected);
        assert!(CrlFileName::parse(&name).is_some());
    }
    for wrong in [
        "", ".crl", "..crl", "a/b.crl", "a b.crl", "-x.crl", "a.pem", "a\0.crl",
    ] {
        assert!(CrlFileName::parse(wrong).is_none(), "{wrong:?}");
    }
    let uri = crate::pki::plan::DistributionPointUri::parse("http://uji.example/p").unwrap();
    let partition = name().of_kind(&CrlKind::Partition { uri });
    assert!(partition.as_str().starts_with("ca-uji-p"));
    let base = CrlNumber::ZERO;
    let delta = name().of_kind(&CrlKind::Delta { base });
    assert_eq!(delta.as_str(), "ca-uji-delta.crl");
    assert_eq!(name().of_kind(&CrlKind::Complete), name());
}
