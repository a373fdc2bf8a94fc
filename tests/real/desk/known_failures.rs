//! What went wrong in other systems (DOMAIN.md "Known failures of other systems"), each tried here at a whole desk.
//! The rest of that list has its tests where it belongs: `restore` (numbers that jump back, what a restore un-revokes),
//! `domain::decide` (an edit that keeps an approval), `tui::tests` (a key held down that confirms).

use std::fs;
use std::net::TcpListener;

use ams::desk::Intent;
use ams::domain::instant::{DAY, HOUR};
use ams::domain::request::FieldChange;
use ams::domain::workflow::Act;
use ams::domain::{CertificateKey, CertificateStatus, Serial, State};
use ams::pki::demo_ca::{DemoCertificate, DemoSubject, certificate_pem};

use super::fixture::{MINUTE, Office, SECOND, password_of};
use super::history::List;
use super::office::{STAFF, verify};

impl Office {
    fn list_now(&self) -> List {
        let issuers = self.desk.issuers().unwrap();
        let path = issuers[0].published_path.clone().unwrap();
        List::read(path.as_ref()).unwrap()
    }

    /// Everything up to the decision; the caller says when the publisher runs.
    fn decide(&self, key: &CertificateKey, owner: &str, why: &str, invalid: Option<i64>) {
        let id = self.filled(owner, key, &[why]);
        if let Some(before) = invalid {
            let date = self.desk.now().plus(-before);
            self.edit(owner, id, FieldChange::InvalidityDate(Some(date)));
        }
        self.act(owner, id, Act::Submit, Intent::Submit);
        self.act("satu", id, Act::Claim, Intent::Claim);
        self.act("satu", id, Act::Verify, verify());
        self.act("satu", id, Act::Match, Intent::Match);
        self.revoke("satu", id);
    }

    fn status_of(&self, key: &CertificateKey) -> CertificateStatus {
        let certificate = self.case_of_certificate(key).certificate;
        certificate.status(self.desk.now())
    }

    fn alarmed(&self, name: &str) -> bool {
        format!("{:?}", self.desk.alarms().unwrap()).contains(name)
    }
}

#[test]
fn a_crl_is_renewed_though_nobody_revokes_anything_and_never_stands_ended() {
    let office = Office::open(&STAFF);
    office.drain();
    let mut last = office.list_now();
    for _ in 0..6 {
        office.clock.advance(25 * HOUR);
        office.drain();
        let now = office.list_now();
        assert!(now.number > last.number && now.entries.is_empty());
        assert!(now.next_update > office.desk.now().millis() / 1000);
        last = now;
    }
    // Nobody was there for longer than a list holds.
    office.days_pass(5);
    office.drain();
    assert!(office.list_now().next_update > office.desk.now().millis() / 1000);
}

#[test]
fn a_serial_whose_highest_bit_is_set_stands_on_the_list_as_it_is() {
    let office = Office::open(&STAFF);
    let serial = Serial::parse("80c3d4e5f60718293a4b5c6d7e8f9001").unwrap();
    let now = office.desk.now();
    let certificate = DemoCertificate {
        subject: DemoSubject {
            country: "ID".to_owned(),
            common_name: "Pemilik Nomor Tinggi UJI".to_owned(),
            ..DemoSubject::default()
        },
        serial: serial.clone(),
        not_before: now.plus(-DAY),
        not_after: now.plus(300 * DAY),
        crl_uri: None,
    };
    let der = office.ca.issue(&certificate).unwrap();
    assert_eq!(office.import(certificate_pem(&der).as_bytes()).added, 1);
    let key = CertificateKey {
        issuer: office.issuer,
        serial,
    };
    office.set("policy.allow_hold", "on");
    let (who, password) = (office.who("satu"), password_of("satu"));
    office
        .desk
        .hold(who, &key, &key.serial.last_four(), &password)
        .unwrap();
    office.drain();
    let entries = office.list_now().entries;
    let listed: Vec<_> = entries.keys().cloned().collect();
    assert_eq!(listed, [key.serial.magnitude().to_vec()]);
}

#[test]
fn a_suspension_with_an_invalidity_date_ends_when_it_is_released() {
    let office = Office::open(&STAFF);
    office.set("policy.allow_hold", "on");
    let key = office.certificate("dodi");
    office.decide(&key, "dodi", "penangguhan", Some(HOUR));
    office.drain();
    let serial = key.serial.magnitude().to_vec();
    let listed = office.list_now().entries[&serial].clone();
    assert_eq!(listed.reason, 6);
    assert!(listed.invalidity.is_some());
    let (who, password) = (office.who("dua"), password_of("dua"));
    office
        .desk
        .release_hold(who, &key, &key.serial.last_four(), &password)
        .unwrap();
    office.drain();
    assert_eq!(office.status_of(&key), CertificateStatus::Active);
    assert!(!office.list_now().entries.contains_key(&serial));
}

#[test]
fn a_mail_server_that_is_down_undoes_and_delays_nothing() {
    let office = Office::open(&STAFF);
    // A port on which nobody listens any more.
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    office.set("mail.mode", "plain");
    office.set("mail.host", "127.0.0.1");
    office.set("mail.port", &port.to_string());
    let id = office.matched("satu", "dodi", &["lupa-passphrase"]);
    office.revoke("satu", id);
    let key = office.request(id).certificate;
    office.drain();
    assert_eq!(office.status_of(&key), CertificateStatus::Revoked);
    assert!(
        office
            .list_now()
            .entries
            .contains_key(key.serial.magnitude())
    );
    let request = office.request(id);
    assert_eq!(request.state, State::Dicabut);
    assert!(
        request.crl_number.is_some(),
        "on a list, though nobody could be told"
    );
    // The mail waits and goes when a server is there.
    office.set("mail.mode", "folder");
    office.clock.advance(HOUR);
    office.drain();
    assert_eq!(office.request(id).state, State::Diberitahukan);
}

#[test]
fn the_history_of_crls_is_bounded_by_count_and_by_age() {
    let office = Office::open(&STAFF);
    office.set("crl.history", "3");
    for _ in 0..6 {
        office.clock.advance(2 * SECOND);
        office.desk.issue_crl(office.admin(), None).unwrap();
    }
    let kept = || {
        fs::read_dir(office.desk.folder().crl_history())
            .unwrap()
            .count()
    };
    assert_eq!(kept(), 3);
    // Files written a moment ago are old by a clock that is ahead.
    office.set("crl.history", "100");
    office.set("crl.history_days", "30");
    office.days_pass(60);
    office.desk.issue_crl(office.admin(), None).unwrap();
    assert_eq!(kept(), 1);
}

#[test]
fn of_two_certificates_of_one_name_only_the_one_named_by_its_serial_is_revoked() {
    let office = Office::open(&STAFF);
    let (named, other) = (office.certificate("dodi"), office.certificate("dodi"));
    let id = office.submitted("dodi", &named, &["lupa-passphrase"]);
    office.act("satu", id, Act::Claim, Intent::Claim);
    office.act("satu", id, Act::Verify, verify());
    // Both are shown to the one who decides.
    let detail = office.desk.request(office.who("satu"), id).unwrap();
    assert!(
        detail
            .other_certificates
            .iter()
            .any(|c| c.certificate.key == other)
    );
    office.act("satu", id, Act::Match, Intent::Match);
    let wrong = Intent::Revoke {
        last_four: other.serial.last_four(),
        password: password_of("satu"),
        effective: None,
    };
    let version = office.request(id).version;
    let refused = office
        .desk
        .act(office.who("satu"), id, Some(version), wrong);
    assert!(
        refused.is_err(),
        "the last digits of the other one were taken"
    );
    office.revoke("satu", id);
    office.drain();
    assert_eq!(office.status_of(&named), CertificateStatus::Revoked);
    assert_eq!(office.status_of(&other), CertificateStatus::Active);
    let listed = office.list_now().entries;
    assert!(!listed.contains_key(other.serial.magnitude()));
}

#[test]
fn a_publishing_folder_that_is_away_stops_no_revocation_and_the_list_follows_when_it_is_back() {
    let office = Office::open(&STAFF);
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("web");
    fs::create_dir(&folder).unwrap();
    office.set("crl.folder", folder.to_str().unwrap());
    office.drain();
    let away = home.path().join("away");
    fs::rename(&folder, &away).unwrap();
    // A file in its place, as a mount that failed may leave nothing to write in.
    fs::write(&folder, b"").unwrap();
    let id = office.matched("satu", "dodi", &["lupa-passphrase"]);
    office.revoke("satu", id);
    let key = office.request(id).certificate;
    office.drain();
    assert_eq!(office.status_of(&key), CertificateStatus::Revoked);
    assert_eq!(
        office.request(id).crl_number,
        None,
        "told before it was true"
    );
    assert!(office.alarmed("CrlNotPublished"));
    fs::remove_file(&folder).unwrap();
    fs::rename(&away, &folder).unwrap();
    office.clock.advance(30 * MINUTE);
    office.drain();
    assert!(
        office
            .list_now()
            .entries
            .contains_key(key.serial.magnitude())
    );
    assert!(office.request(id).crl_number.is_some());
    assert!(!office.alarmed("CrlNotPublished"));
}
