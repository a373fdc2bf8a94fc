//! Suspension outside a request, by officers alone; what becomes of it; and the reason that may still change once revoked.

use ams::desk::{Alarm, DeskError, Suspension};
use ams::domain::instant::{DAY, HOUR};
use ams::domain::workflow::Act;
use ams::domain::{CertificateKey, CertificateStatus, ReasonCode, Refusal, State};

use super::fixture::{Office, SECOND, password_of};
use super::office::STAFF;

fn open() -> Office {
    let office = Office::open(&STAFF);
    office.set("policy.allow_hold", "on");
    office
}

fn hold(office: &Office, who: &str, key: &CertificateKey) -> Result<(), DeskError> {
    let password = password_of(who);
    let last_four = key.serial.last_four();
    office.clock.advance(SECOND);
    office
        .desk
        .hold(office.who(who), key, &last_four, &password)
}

fn release(office: &Office, who: &str, key: &CertificateKey) -> Result<(), DeskError> {
    let password = password_of(who);
    let last_four = key.serial.last_four();
    office
        .desk
        .release_hold(office.who(who), key, &last_four, &password)
}

fn approve(office: &Office, who: &str, key: &CertificateKey) -> Result<(), DeskError> {
    let password = password_of(who);
    let last_four = key.serial.last_four();
    office.desk.approve_suspension(
        Suspension::Begin,
        office.who(who),
        key,
        &last_four,
        &password,
    )
}

#[track_caller]
fn refusal(done: Result<(), DeskError>) -> Refusal {
    match done {
        Err(DeskError::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

fn status(office: &Office, key: &CertificateKey) -> CertificateStatus {
    let case = office.case_of_certificate(key);
    case.certificate.status(office.desk.now())
}

fn mails(office: &Office) -> Vec<(String, String)> {
    let page = office.desk.mails(office.admin(), None, 100).unwrap();
    let mails = page.rows.into_iter();
    mails.map(|m| (m.kind, m.to)).collect()
}

#[test]
fn an_officer_suspends_and_the_owner_hears_of_it_once_the_crl_says_so() {
    let office = open();
    let key = office.certificate("dodi");
    office.set("policy.allow_hold", "off");
    assert_eq!(
        refusal(hold(&office, "satu", &key)),
        Refusal::HoldNotAllowed
    );
    office.set("policy.allow_hold", "on");
    let case = office.case_of_certificate(&key);
    let row = office.row(&case, Act::Hold, &office.who("satu").actor());
    let log = office.log_size();
    hold(&office, "satu", &key).unwrap();
    office.logged(&row, log, "satu");
    assert_eq!(status(&office, &key), CertificateStatus::Held);
    assert_eq!(
        refusal(hold(&office, "dua", &key)),
        Refusal::CertificateHeld
    );
    assert!(!mails(&office).iter().any(|(kind, _)| kind == "suspended"));
    // It stands on no CRL yet, so that nothing could take it off again.
    assert_eq!(
        refusal(release(&office, "dua", &key)),
        Refusal::NotPublished
    );

    office.drain();
    let told = mails(&office);
    let suspended: Vec<_> = told
        .iter()
        .filter(|(kind, _)| kind == "suspended")
        .collect();
    assert_eq!(suspended.len(), 1, "{told:?}");
    assert!(suspended[0].1.starts_with("dodi@"), "{told:?}");
    let published = office.case_of_certificate(&key).certificate;
    assert!(published.revocation().unwrap().on_crl.is_some());

    release(&office, "dua", &key).unwrap();
    office.drain();
    assert_eq!(status(&office, &key), CertificateStatus::Active);
    assert!(mails(&office).iter().any(|(kind, _)| kind == "reinstated"));
    office.checks_out();
}

#[test]
fn under_four_eyes_a_suspension_takes_two_officers() {
    let office = open();
    office.set("policy.four_eyes", "normal");
    let key = office.certificate("dodi");
    assert_eq!(
        refusal(hold(&office, "satu", &key)),
        Refusal::ApprovalNeeded
    );
    approve(&office, "dua", &key).unwrap();
    assert_eq!(refusal(hold(&office, "dua", &key)), Refusal::SecondNeeded);
    // A word waits for a day.
    office.clock.advance(DAY + HOUR);
    assert_eq!(
        refusal(hold(&office, "satu", &key)),
        Refusal::ApprovalNeeded
    );
    approve(&office, "dua", &key).unwrap();
    hold(&office, "satu", &key).unwrap();
    office.drain();
    // The word for the beginning is none for the end.
    assert_eq!(
        refusal(release(&office, "satu", &key)),
        Refusal::ApprovalNeeded
    );
    office.checks_out();
}

#[test]
fn nobody_suspends_his_own_certificate_nor_what_is_revoked_or_expired() {
    let office = open();
    let own = office.certificate("satu");
    assert_eq!(
        refusal(hold(&office, "satu", &own)),
        Refusal::OwnCertificate
    );
    let ended = office.certificate_with("dodi", DAY, |_| {});
    office.days_pass(2);
    assert!(matches!(
        refusal(hold(&office, "satu", &ended)),
        Refusal::CertificateExpired { .. }
    ));
    let revoked = office.told("satu", "rahmi", &["mutasi"]);
    let revoked = office.request(revoked).certificate;
    assert_eq!(
        refusal(hold(&office, "satu", &revoked)),
        Refusal::CertificateRevoked
    );
    office.checks_out();
}

#[test]
fn a_suspended_certificate_that_is_revoked_keeps_its_first_date() {
    let office = open();
    let key = office.certificate("dodi");
    hold(&office, "satu", &key).unwrap();
    let since = office.case_of_certificate(&key).certificate;
    let since = since.revocation().unwrap().date;
    office.drain();
    office.days_pass(3);
    let id = office.submitted("dodi", &key, &["berhenti"]);
    assert!(matches!(
        refusal(release(&office, "dua", &key)),
        Refusal::OpenRequestExists { .. }
    ));
    office.act("satu", id, Act::Claim, ams::desk::Intent::Claim);
    office.act("satu", id, Act::Verify, super::office::verify());
    office.act("satu", id, Act::Match, ams::desk::Intent::Match);
    office.revoke("satu", id);
    office.drain();
    let certificate = office.case_of_certificate(&key).certificate;
    let revocation = certificate.revocation().unwrap();
    assert_eq!(
        (revocation.reason, revocation.date),
        (ReasonCode::CessationOfOperation, since)
    );
    assert_eq!(office.request(id).state, State::Diberitahukan);
    office.checks_out();
}

#[test]
fn every_suspension_left_undecided_alarms_at_thirty_days_and_none_ends_by_itself() {
    let office = open();
    // The one that is over its time ends last: it comes after all the others in the list.
    let old = office.certificate_with("dodi", 400 * DAY, |_| {});
    hold(&office, "satu", &old).unwrap();
    office.days_pass(29);
    for _ in 0..25 {
        let key = office.certificate_with("dodi", 200 * DAY, |_| {});
        hold(&office, "satu", &key).unwrap();
    }
    let alarmed = |office: &Office| {
        let alarms = office.desk.alarms().unwrap();
        let wanted = Alarm::HoldUndecided {
            serial: old.serial.clone(),
        };
        alarms.contains(&wanted)
    };
    assert!(!alarmed(&office));
    office.clock.advance(DAY + HOUR);
    office.drain();
    assert!(alarmed(&office), "{:?}", office.desk.alarms().unwrap());
    assert_eq!(status(&office, &old), CertificateStatus::Held);
}

#[test]
fn a_revoked_certificate_may_become_compromised_and_nothing_else() {
    let office = open();
    let first = office.told("satu", "rahmi", &["mutasi"]);
    let key = office.request(first).certificate;
    let before = office.case_of_certificate(&key).certificate;
    let before = before.revocation().unwrap().clone();
    office.days_pass(5);

    let other = office.draft("rahmi", &key);
    office.act(
        "rahmi",
        other,
        Act::Edit,
        super::office::reasons(&["berhenti"]),
    );
    for change in super::office::letter_data() {
        office.edit("rahmi", other, change);
    }
    office.act("rahmi", other, Act::AttachLetter, super::office::scan());
    let refused = office
        .desk
        .act(office.who("rahmi"), other, None, ams::desk::Intent::Submit);
    assert_eq!(refusal(refused.map(drop)), Refusal::OnlyKeyCompromise);
    office.act(
        "rahmi",
        other,
        Act::Edit,
        super::office::reasons(&["kompromi-kunci"]),
    );
    let lost = before.date.plus(-DAY);
    office.edit(
        "rahmi",
        other,
        ams::domain::request::FieldChange::InvalidityDate(Some(lost)),
    );
    office.act("rahmi", other, Act::Submit, ams::desk::Intent::Submit);
    office.act("dua", other, Act::Claim, ams::desk::Intent::Claim);
    office.act("dua", other, Act::Verify, super::office::verify());
    office.act("dua", other, Act::Match, ams::desk::Intent::Match);
    office.revoke("dua", other);
    office.drain();
    let after = office.case_of_certificate(&key).certificate;
    let after = after.revocation().unwrap();
    assert_eq!(after.reason, ReasonCode::KeyCompromise);
    assert_eq!(after.date, before.date);
    assert_eq!(after.invalidity_date, Some(lost));
    assert!(after.on_crl > before.on_crl, "{after:?} after {before:?}");
    assert_eq!(office.request(other).state, State::Diberitahukan);
    // Nothing is left to change.
    let again = office.desk.draft(
        office.who("rahmi"),
        &key,
        ams::domain::request::RequesterKind::Subscriber,
        None,
    );
    assert_eq!(refusal(again.map(drop)), Refusal::CertificateRevoked);
    office.checks_out();
}
