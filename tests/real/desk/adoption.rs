//! The published CRL outlives the database: what stands on it and is unknown to the desk is adopted, kept on every
//! later CRL and shown until somebody confirms it; a publication that a kill cut off is taken as done.

use ams::desk::{Alarm, CertificateQuery, DeskError, ImportReport};
use ams::domain::workflow::Act;
use ams::domain::{
    CertificateKey, CertificateStatus, CrlNumber, ReasonCode, Refusal, Serial, State, Timestamp,
};
use ams::pki::crl_read::CrlReader;
use ams::pki::entry::{EntryReason, RevokedEntry};

use super::fixture::{Office, SECOND};
use super::office::STAFF;
use crate::support::authority::foreign_crl;

fn serial(text: &str) -> Serial {
    Serial::parse(text).unwrap()
}

pub(super) fn entry(serial: &Serial, date: Timestamp, reason: ReasonCode) -> RevokedEntry {
    RevokedEntry {
        serial: serial.clone(),
        revocation_date: date.whole_second(),
        reason: EntryReason::Revoked(reason),
        invalidity_date: None,
    }
}

/// Reason and date by serial.
pub(super) type Listed = Vec<(Serial, EntryReason, Timestamp)>;

impl Office {
    pub(super) fn published_path(&self) -> std::path::PathBuf {
        let issuers = self.desk.issuers().unwrap();
        issuers[0].published_path.clone().unwrap().into()
    }

    /// What is published now: its number and its entries.
    pub(super) fn published(&self) -> (CrlNumber, Listed) {
        let file = std::fs::read(self.published_path()).unwrap();
        let mut reader = CrlReader::open(&file).unwrap();
        let mut listed = Vec::new();
        while let Some(entry) = reader.next_entry().unwrap() {
            let entry = entry.decode().unwrap();
            listed.push((entry.serial, entry.reason, entry.revocation_date));
        }
        (reader.finish().unwrap().crl_number().unwrap(), listed)
    }

    /// Puts a CRL of the same CA, made by somebody else, in place of the published one.
    fn publish_elsewhere(&self, number: CrlNumber, entries: &[RevokedEntry]) {
        let crl = self.crl_of_another(number, self.desk.now(), entries);
        std::fs::write(self.published_path(), crl).unwrap();
    }

    /// A CRL of the same CA, made by somebody else at `at` by their clock.
    pub(super) fn crl_of_another(
        &self,
        number: CrlNumber,
        at: Timestamp,
        entries: &[RevokedEntry],
    ) -> Vec<u8> {
        foreign_crl(&self.ca, &self.ca_key, number, at, entries)
    }

    fn unknown_revoked(&self) -> u64 {
        let alarms = self.desk.alarms().unwrap();
        alarms
            .iter()
            .find_map(|alarm| match alarm {
                Alarm::UnknownRevoked { count, .. } => Some(*count),
                _ => None,
            })
            .unwrap_or(0)
    }

    fn status(&self, key: &CertificateKey) -> CertificateStatus {
        let view = self.desk.certificate(self.admin(), key).unwrap();
        view.status
    }

    fn issue_crl(&self) -> Result<(), DeskError> {
        self.clock.advance(SECOND);
        self.desk.issue_crl(self.admin(), None).map(drop)
    }
}

#[test]
fn what_the_published_crl_revokes_and_the_desk_does_not_know_is_adopted_and_kept() {
    let office = Office::open(&STAFF);
    let known = office.certificate("dodi");
    let suspended = office.certificate("rahmi");
    let stranger = serial("7fff00112233445566778899aabbccddeeff0011");
    office.issue_crl().unwrap();
    let (before, _) = office.published();
    let now = office.desk.now();
    let number = before.plus(41).unwrap();
    let foreign = [
        entry(&known.serial, now, ReasonCode::KeyCompromise),
        entry(&suspended.serial, now, ReasonCode::CertificateHold),
        entry(&stranger, now, ReasonCode::Superseded),
    ];
    office.publish_elsewhere(number, &foreign);
    office.drain();

    assert_eq!(office.unknown_revoked(), 3);
    assert_eq!(office.status(&known), CertificateStatus::Revoked);
    assert_eq!(office.status(&suspended), CertificateStatus::Held);
    let log = office.log_since(0);
    let adopted = log.iter().filter(|r| r.action == "SERTIFIKAT_DIADOPSI");
    // One for each certificate that the desk knows, one for the list.
    assert_eq!(adopted.count(), 3);
    office.checks_out();

    // Its own next CRL carries them on, under a higher number.
    office.issue_crl().unwrap();
    let (after, listed) = office.published();
    assert!(after > number);
    let wanted: Listed = {
        let mut all: Listed = foreign
            .iter()
            .map(|e| (e.serial.clone(), e.reason, e.revocation_date))
            .collect();
        all.sort_by(|a, b| a.0.cmp(&b.0));
        all
    };
    assert_eq!(listed, wanted);
    office.checks_out();

    // Confirmed they stand on; the certificate of the stranger comes in revoked.
    let who = office.who("satu");
    let page = office.desk.adopted(who, office.issuer, None, 100).unwrap();
    let unknown: Vec<_> = page.rows.iter().filter(|r| r.subject.is_none()).collect();
    assert_eq!(unknown.len(), 1);
    assert_eq!(unknown[0].key.serial, stranger);
    let one = std::slice::from_ref(&stranger);
    let confirm = |serials| office.desk.confirm_adopted(who, office.issuer, serials);
    assert_eq!(confirm(Some(one)).unwrap(), 1);
    let again = confirm(Some(one));
    assert!(matches!(again, Err(DeskError::Refused(Refusal::NotFound))));
    assert_eq!(confirm(None).unwrap(), 2);
    assert_eq!(office.unknown_revoked(), 0);
    office.issue_crl().unwrap();
    assert_eq!(office.published().1, wanted);
    office.checks_out();
}

#[test]
fn a_certificate_that_comes_in_after_its_revocation_was_adopted_is_never_active() {
    let office = Office::open(&STAFF);
    office.issue_crl().unwrap();
    let (key, der) = office.issue("dodi", 100 * 24 * 3600 * SECOND, |_| {});
    let number = office.published().0.plus(1).unwrap();
    let now = office.desk.now();
    office.publish_elsewhere(number, &[entry(&key.serial, now, ReasonCode::Superseded)]);
    office.drain();
    let report = office.import(ams::pki::demo_ca::certificate_pem(&der).as_bytes());
    assert_eq!((report.added, report.refusals()), (1, 0));
    assert_eq!(office.status(&key), CertificateStatus::Revoked);
    let view = office.desk.certificate(office.admin(), &key).unwrap();
    let revocation = view.certificate.revocation().unwrap();
    assert_eq!(revocation.on_crl, Some(number));
    assert_eq!(revocation.reason, ReasonCode::Superseded);
    let all = CertificateQuery::default();
    let page = office.desk.certificates(office.admin(), &all, None, 10);
    assert_eq!(page.unwrap().rows.len(), 1);
    office.checks_out();
}

#[test]
fn a_crl_published_just_before_a_kill_counts_as_published() {
    let office = Office::open(&STAFF);
    office.issue_crl().unwrap();
    let (before, _) = office.published();
    let id = office.matched("satu", "dodi", &["mutasi"]);
    let request = office.revoke("satu", id);
    let view = office
        .desk
        .certificate(office.admin(), &request.certificate)
        .unwrap();
    let revocation = view.certificate.revocation().unwrap().clone();
    // The file got its name, and then the power went: nothing of it is in the database.
    let number = before.plus(1).unwrap();
    let written = entry(
        &request.certificate.serial,
        revocation.date,
        revocation.reason,
    );
    office.publish_elsewhere(number, &[written]);
    office.by_itself(id, Act::Publish);
    let request = office.request(id);
    assert_eq!(request.crl_number, Some(number));
    assert_eq!(request.state, State::Diberitahukan);
    assert_eq!(office.unknown_revoked(), 0);
    assert!(office.published().0 > number);
    office.checks_out();
}

#[test]
fn what_a_crl_made_elsewhere_says_waits_for_ours_and_is_told_with_it() {
    let office = Office::open(&STAFF);
    office.issue_crl().unwrap();
    let other = office.certificate("rahmi");
    let id = office.matched("satu", "dodi", &["mutasi"]);
    let key = office.revoke("satu", id).certificate;
    // By a clock that is ahead: graver than our own word, which no list carries yet.
    let ahead = office.desk.now().plus(3600 * SECOND);
    let foreign = [
        entry(&key.serial, ahead, ReasonCode::KeyCompromise),
        entry(&other.serial, ahead, ReasonCode::Superseded),
    ];
    let number = office.published().0.plus(7).unwrap();
    let crl = office.crl_of_another(number, ahead, &foreign);
    let mut report = ImportReport::default();
    let admin = office.admin();
    office
        .desk
        .import_crl(admin, "lain.crl", &mut crl.as_slice(), false, &mut report)
        .unwrap();
    assert_eq!((report.revoked, report.refusals()), (2, 0));
    for key in [&key, &other] {
        let view = office.desk.certificate(admin, key).unwrap();
        assert_eq!(view.certificate.revocation().unwrap().on_crl, None);
    }
    let now = office.desk.now();
    office.by_itself(id, Act::Publish);
    let (ours, listed) = office.published();
    assert!(ours > number);
    let reasons: Vec<_> = listed
        .iter()
        .map(|(_, reason, date)| (*reason, *date <= now))
        .collect();
    assert_eq!(reasons.len(), 2, "{listed:?}");
    for reason in [ReasonCode::KeyCompromise, ReasonCode::Superseded] {
        assert!(reasons.contains(&(EntryReason::Revoked(reason), true)));
    }
    let request = office.request(id);
    assert_eq!(request.crl_number, Some(ours));
    assert_eq!(request.state, State::Diberitahukan);
    office.checks_out();
}

#[test]
fn a_suspension_that_ended_is_not_adopted_again_and_a_revocation_after_it_is() {
    let office = Office::open(&STAFF);
    office.set("policy.allow_hold", "on");
    let id = office.told("satu", "dodi", &["penangguhan"]);
    let key = office.request(id).certificate;
    let held_since = office.published().1[0].2;
    let (who, last_four) = (office.who("dua"), key.serial.last_four());
    let password = super::fixture::password_of("dua");
    office
        .desk
        .release_hold(who, &key, &last_four, &password)
        .unwrap();
    // The list with the suspension is still out, under a number that the desk does not know.
    let number = office.published().0.plus(7).unwrap();
    let hold = entry(&key.serial, held_since, ReasonCode::CertificateHold);
    office.publish_elsewhere(number, &[hold]);
    office.drain();
    assert_eq!(office.status(&key), CertificateStatus::Active);
    assert_eq!(office.unknown_revoked(), 0);
    assert_eq!(office.published().1, []);
    office.checks_out();

    let number = office.published().0.plus(1).unwrap();
    let revoked = entry(&key.serial, held_since, ReasonCode::PrivilegeWithdrawn);
    office.publish_elsewhere(number, &[revoked]);
    office.drain();
    assert_eq!(office.status(&key), CertificateStatus::Revoked);
    office.checks_out();
}

#[test]
fn a_published_file_of_another_signer_is_neither_believed_nor_overwritten() {
    let office = Office::open(&STAFF);
    office.issue_crl().unwrap();
    let genuine = std::fs::read(office.published_path()).unwrap();
    let mut forged = genuine.clone();
    let last = forged.len() - 1;
    forged[last] ^= 1;
    std::fs::write(office.published_path(), &forged).unwrap();
    let refused = office.issue_crl();
    assert!(
        matches!(&refused, Err(DeskError::Publish(why)) if why.contains("not signed by this issuer")),
        "{refused:?}"
    );
    assert_eq!(std::fs::read(office.published_path()).unwrap(), forged);
    std::fs::write(office.published_path(), genuine).unwrap();
    office.issue_crl().unwrap();
    office.checks_out();
}
