//! A folder that another program keeps writing to: what comes there is taken in, what is half written is tried again,
//! a link leads nowhere, and a folder that has gone is an alarm.

use std::os::unix::fs::symlink;
use std::path::Path;

use ams::desk::{Alarm, OwnerBy, WatchSeen};
use ams::domain::{CertificateKey, CertificateStatus};
use ams::pki::defect::Defect;
use ams::pki::demo_ca::certificate_pem;

use super::fixture::Office;
use super::office::STAFF;

const DAY: i64 = 24 * 3600 * 1000;

struct Watching {
    office: Office,
    folder: tempfile::TempDir,
}

impl Watching {
    fn begin() -> Self {
        let office = Office::open(&STAFF);
        let folder = tempfile::tempdir().unwrap();
        office
            .desk
            .watch_folder(office.admin(), folder.path(), OwnerBy::Uid, None)
            .unwrap();
        Self { office, folder }
    }

    fn issue(&self) -> (CertificateKey, String) {
        let (key, der) = self.office.issue("dodi", 100 * DAY, |_| {});
        (key, certificate_pem(&der))
    }

    /// A line of an index for a certificate of [`Self::issue`], as openssl writes its end.
    fn line(&self, status: &str, revoked: &str, key: &CertificateKey) -> String {
        let end = self.office.desk.now().plus(100 * DAY).to_string();
        let end: String = end.chars().filter(char::is_ascii_digit).collect();
        let serial = key.serial.to_string().to_uppercase();
        format!("{status}\t{end}Z\t{revoked}\t{serial}\tunknown\t/CN=Dodi\n")
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn look(&self) -> WatchSeen {
        self.office.desk.scan_watched().unwrap();
        let views = self.office.desk.watched(self.office.admin()).unwrap();
        views[0].seen.clone().unwrap()
    }

    fn status(&self, key: &CertificateKey) -> Option<CertificateStatus> {
        let view = self.office.desk.certificate(self.office.admin(), key);
        view.ok().map(|view| view.status)
    }
}

#[test]
fn what_another_program_issues_and_revokes_comes_in() {
    let watching = Watching::begin();
    let (first, pem) = watching.issue();
    watching.write("newcerts/01.pem", &pem);
    watching.write("private/ca.pem", &pem);
    watching.write("README", "bukan sertifikat");
    let line = |status: &str, revoked: &str| watching.line(status, revoked, &first);
    watching.write("index.txt", &line("V", ""));
    let seen = watching.look();
    assert_eq!(
        (seen.files, seen.added, seen.revoked),
        (3, 1, 0),
        "{seen:?}"
    );
    assert_eq!(seen.waiting, []);
    assert_eq!(watching.status(&first), Some(CertificateStatus::Active));

    watching.write("index.txt", &line("R", "261101101112Z,keyCompromise"));
    let (second, pem) = watching.issue();
    watching.write("newcerts/02.pem", &pem);
    let seen = watching.look();
    assert_eq!((seen.added, seen.revoked), (2, 1), "{seen:?}");
    assert_eq!(watching.status(&first), Some(CertificateStatus::Revoked));
    assert_eq!(watching.status(&second), Some(CertificateStatus::Active));
    // Nothing new, nothing done.
    let log = watching.office.log_size();
    let again = watching.look();
    assert_eq!((again.added, again.revoked), (2, 1));
    assert_eq!(watching.office.log_size(), log);
    watching.office.drain();
    watching.office.checks_out();
}

#[test]
fn a_half_written_file_is_tried_again_when_it_grows() {
    let watching = Watching::begin();
    let (key, pem) = watching.issue();
    watching.write("baru.pem", &pem[..pem.len() / 2]);
    let (second, second_pem) = watching.issue();
    let serial = second.serial.to_string();
    // Cut off in the middle of the serial: it must not revoke another certificate.
    watching.write(
        "index.txt",
        &format!("R\t281120101112Z\t261101101112Z\t{}", &serial[..2]),
    );
    let seen = watching.look();
    let waiting: Vec<&str> = seen.waiting.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(waiting, ["baru.pem"]);
    assert_eq!((seen.added, seen.revoked), (0, 0));
    watching.write("baru.pem", &pem);
    watching.write("kedua.pem", &second_pem);
    watching.write("index.txt", &watching.line("R", "261101101112Z", &second));
    let seen = watching.look();
    assert_eq!(seen.waiting, []);
    assert_eq!((seen.added, seen.revoked), (2, 1));
    assert_eq!(watching.status(&key), Some(CertificateStatus::Active));
}

#[test]
fn an_index_waits_until_a_certificate_shows_whose_it_is() {
    let watching = Watching::begin();
    let (key, pem) = watching.issue();
    watching.write("index.txt", &watching.line("R", "261101101112Z", &key));
    let unknown = vec![("index.txt".to_owned(), Defect::UnconfirmedIndex)];
    let seen = watching.look();
    assert_eq!((seen.revoked, seen.waiting), (0, unknown));
    watching.write("01.pem", &pem);
    // Another CA's certificate of that serial ends at another time, and so does everything else in its index.
    let (other, other_pem) = watching.issue();
    watching.write("02.pem", &other_pem);
    let (line, serial) = (2, key.serial.clone());
    let foreign = watching.line("R", "261101101112Z", &key);
    let foreign = foreign.replacen("00Z\t", "01Z\t", 1);
    let index = watching.line("R", "261101101112Z", &other) + &foreign;
    watching.write("index.txt", &index);
    let seen = watching.look();
    let belied = vec![(
        "index.txt".to_owned(),
        Defect::ForeignIndex { line, serial },
    )];
    assert_eq!((seen.added, seen.revoked, seen.waiting), (2, 0, belied));
    assert_eq!(watching.status(&key), Some(CertificateStatus::Active));
    assert_eq!(watching.status(&other), Some(CertificateStatus::Active));
    watching.write("index.txt", &watching.line("R", "261101101112Z", &key));
    let seen = watching.look();
    assert_eq!((seen.revoked, seen.waiting), (1, vec![]));
    assert_eq!(watching.status(&key), Some(CertificateStatus::Revoked));
}

#[test]
fn a_revocation_dated_before_1950_stays_revoked_and_keeps_none_after_it_out() {
    let watching = Watching::begin();
    let (first, pem) = watching.issue();
    watching.write("01.pem", &pem);
    let (second, pem) = watching.issue();
    watching.write("02.pem", &pem);
    // No CRL may carry a date before 1950 (RFC 5280 §5.1.2.6): it counts as one that does not read.
    let old = watching.line("R", "19400101000000Z", &first);
    watching.write("a/index.txt", &old);
    let good = watching.line("R", "261101101112Z", &second);
    watching.write("b/index.txt", &good);
    let seen = watching.look();
    assert_eq!((seen.revoked, seen.waiting), (2, vec![]));
    for key in [&first, &second] {
        assert_eq!(watching.status(key), Some(CertificateStatus::Revoked));
    }
    watching.office.drain();
    watching.office.checks_out();
}

#[test]
fn an_index_that_nobody_here_wrote_keeps_none_after_it_out() {
    let watching = Watching::begin();
    let (first, pem) = watching.issue();
    watching.write("01.pem", &pem);
    watching.write(
        "a/index.txt",
        "R\t281120101112Z\t261101101112Z\tFF\tunknown\t/CN=a\n",
    );
    let (second, pem) = watching.issue();
    watching.write("02.pem", &pem);
    watching.write("b/index.txt", &watching.line("R", "261101101112Z", &second));
    let seen = watching.look();
    let waiting: Vec<&str> = seen.waiting.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!((seen.revoked, waiting), (1, vec!["a/index.txt"]));
    assert_eq!(watching.status(&first), Some(CertificateStatus::Active));
    assert_eq!(watching.status(&second), Some(CertificateStatus::Revoked));
}

#[test]
fn a_key_written_beside_a_certificate_is_no_fault_of_the_folder() {
    let watching = Watching::begin();
    let (key, pem) = watching.issue();
    let secret = "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nTUlJ\n-----END EC PRIVATE KEY-----\n";
    watching.write("satu.crt", &format!("{pem}{secret}"));
    watching.write("kunci.pem", secret);
    let seen = watching.look();
    assert_eq!((seen.added, seen.waiting), (1, vec![]));
    assert_eq!(watching.status(&key), Some(CertificateStatus::Active));
}

#[test]
fn no_link_leads_out_of_a_watched_folder() {
    let watching = Watching::begin();
    let outside = tempfile::tempdir().unwrap();
    let (key, pem) = watching.issue();
    std::fs::write(outside.path().join("luar.pem"), &pem).unwrap();
    symlink(outside.path(), watching.folder.path().join("folder")).unwrap();
    symlink(
        outside.path().join("luar.pem"),
        watching.folder.path().join("tautan.pem"),
    )
    .unwrap();
    let seen = watching.look();
    assert_eq!((seen.files, seen.added), (0, 0), "{seen:?}");
    assert_eq!(watching.status(&key), None);
}

#[test]
fn a_watched_folder_that_has_gone_is_an_alarm_until_it_is_back() {
    let watching = Watching::begin();
    let path = watching.folder.path().to_owned();
    let moved = path.with_extension("pindah");
    let alarms = || {
        let all = watching.office.desk.alarms().unwrap();
        all.iter()
            .filter(|alarm| matches!(alarm, Alarm::WatchedFolderGone { .. }))
            .count()
    };
    std::fs::rename(&path, &moved).unwrap();
    assert!(watching.look().gone.is_some());
    assert_eq!(alarms(), 1);
    std::fs::rename(&moved, &path).unwrap();
    assert!(watching.look().gone.is_none());
    assert_eq!(alarms(), 0);
    std::fs::rename(&path, &moved).unwrap();
    watching.look();
    let (desk, admin) = (&watching.office.desk, watching.office.admin());
    desk.unwatch_folder(admin, &path).unwrap();
    assert_eq!(alarms(), 0);
    assert!(desk.unwatch_folder(admin, &path).is_err());
    assert_eq!(desk.watched(admin).unwrap().len(), 0);
    std::fs::remove_dir_all(&moved).unwrap();
}

#[test]
fn the_desks_own_folder_and_a_path_that_is_none_are_not_watched() {
    let office = Office::open(&STAFF);
    let (desk, admin) = (&office.desk, office.admin());
    let own = desk.folder().path().to_owned();
    let watch = |who, path: &Path| desk.watch_folder(who, path, OwnerBy::Uid, None);
    let above = own.parent().unwrap().to_owned();
    for path in [own.as_path(), &above, Path::new("/"), Path::new("relatif")] {
        assert!(watch(admin, path).is_err(), "{path:?}");
    }
    let other = tempfile::tempdir().unwrap();
    assert!(watch(office.who("satu"), other.path()).is_err());
    assert!(watch(admin, &other.path().join("tidak ada")).is_err());
    watch(admin, other.path()).unwrap();
}
