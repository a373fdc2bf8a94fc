//! Every row of the table of transitions, taken once through a real desk: the state it leads to, the word it leaves in
//! the log, and who is written down for it.

use std::net::TcpListener;

use ams::desk::Intent;
use ams::domain::instant::{DAY, HOUR};
use ams::domain::request::{Acknowledgement, Channel, Closing, FieldChange};
use ams::domain::workflow::Act;
use ams::domain::{CertificateStatus, Item, ReasonCode, ReasonId, State};

use super::fixture::{MINUTE, Office, password_of};
use super::office::{STAFF, give_back, scan, verify};

#[test]
fn every_transition_of_the_table_happens_and_is_logged() {
    let office = Office::open(&STAFF);
    told_and_acknowledged(&office);
    told_another_way(&office);
    before_the_letter(&office);
    withdrawn(&office);
    claims(&office);
    sent_back(&office);
    decided_by_two(&office);
    glass_broken(&office);
    later(&office);
    held_and_released(&office);
    overtaken_by_time(&office);
    overtaken_by_a_revocation(&office);
    assert!(office.unreached().is_empty(), "{:#?}", office.unreached());
    office.checks_out();
}

fn told_and_acknowledged(office: &Office) {
    let id = office.told("satu", "rahmi", &["lupa-passphrase"]);
    let done = office.act("rahmi", id, Act::Acknowledge, Intent::Acknowledge);
    assert_eq!(done.acknowledgement, Some(Acknowledgement::ByApplicant));

    let id = office.told("satu", "dodi", &["kehilangan"]);
    let done = office.act("dua", id, Act::Acknowledge, Intent::Acknowledge);
    let by = Acknowledgement::RecordedBy(office.id("dua"));
    assert_eq!(done.acknowledgement, Some(by));

    let id = office.told("satu", "dodi", &["mutasi"]);
    office.days_pass(14);
    let done = office.by_itself(id, Act::Acknowledge);
    assert_eq!(
        done.acknowledgement,
        Some(Acknowledgement::WithoutConfirmation)
    );
    office.checks_out();
}

/// Mail cannot leave: nobody listens there.
fn mail_down(office: &Office) {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    drop(silent);
    office.set("mail.host", "127.0.0.1");
    office.set("mail.port", &port.to_string());
    office.set("mail.mode", "plain");
}

/// While no mail leaves: the CRL comes first, an officer tells one applicant himself, the mail of the other follows.
fn told_another_way(office: &Office) {
    let first = office.matched("satu", "rahmi", &["lupa-passphrase"]);
    let second = office.matched("satu", "dodi", &["lupa-passphrase"]);
    office.drain();
    mail_down(office);
    office.revoke("satu", first);
    office.revoke("satu", second);
    let published = office.by_itself(first, Act::Publish);
    assert_eq!(published.state, State::Dicabut);
    assert!(published.crl_number.is_some());
    let channel = "telepon".to_owned();
    let told = office.act(
        "dua",
        first,
        Act::RecordNotice,
        Intent::RecordNotice { channel },
    );
    let by_telephone = Channel::Other("telepon".to_owned());
    assert_eq!(told.notice.unwrap().channel, by_telephone);

    office.set("mail.mode", "folder");
    office.clock.advance(HOUR);
    let told = office.by_itself(second, Act::Notify);
    assert_eq!(told.notice.unwrap().channel, Channel::Mail);
    // The mail that came late tells nothing twice.
    assert_eq!(office.request(first).notice.unwrap().channel, by_telephone);
    office.checks_out();
}

fn before_the_letter(office: &Office) {
    let id = office.urgent("rahmi", &office.certificate("rahmi"));
    office.act("satu", id, Act::Claim, Intent::Claim);
    let number = FieldChange::LetterNumber("800/77/UJI/2026".to_owned());
    office.edit("rahmi", id, number);
    let request = office.act("rahmi", id, Act::FollowLetter, scan());
    assert_eq!((request.letters.len(), request.letter_due), (1, None));
    office.act("satu", id, Act::Reject, reject());
    office.checks_out();
}

fn reject() -> Intent {
    Intent::Reject {
        note: "Bukan pemilik yang meminta.".to_owned(),
    }
}

fn withdrawn(office: &Office) {
    let draft = office.draft("rahmi", &office.certificate("rahmi"));
    office.act("rahmi", draft, Act::Withdraw, Intent::Withdraw);

    let urgent = office.urgent("rahmi", &office.certificate("rahmi"));
    office.act(
        "dua",
        urgent,
        Act::ConsentToWithdraw,
        Intent::ConsentToWithdraw,
    );
    let request = office.act("rahmi", urgent, Act::Withdraw, Intent::Withdraw);
    assert_eq!(request.withdrawal_consent, Some(office.id("dua")));
    office.checks_out();
}

fn claims(office: &Office) {
    let lapse = 16 * MINUTE;
    let id = office.claimed("satu", "rahmi", &["lupa-passphrase"]);
    office.clock.advance(10 * MINUTE);
    office.act("satu", id, Act::Touch, Intent::Touch);
    office.clock.advance(10 * MINUTE);
    office.drain();
    assert!(office.request(id).claim.is_some(), "a touch renews a claim");
    // Given back while the data were not yet matched: by the officer, by an admin, by the desk.
    office.act("satu", id, Act::Release, Intent::Release);
    office.act("dua", id, Act::Claim, Intent::Claim);
    office.act("kepala", id, Act::Release, Intent::Release);
    office.act("dua", id, Act::Claim, Intent::Claim);
    office.clock.advance(lapse);
    assert_eq!(office.by_itself(id, Act::Release).state, State::Diajukan);
    // And after: the state stays.
    office.act("satu", id, Act::Claim, Intent::Claim);
    office.act("satu", id, Act::Verify, verify());
    office.act("satu", id, Act::Release, Intent::Release);
    office.act("dua", id, Act::Claim, Intent::Claim);
    office.act("kepala", id, Act::Release, Intent::Release);
    office.act("dua", id, Act::Claim, Intent::Claim);
    office.clock.advance(lapse);
    // Taken over before the desk noticed the lapse: both are logged.
    let log = office.log_size();
    office.act("satu", id, Act::Claim, Intent::Claim);
    let words: Vec<String> = office
        .log_since(log)
        .into_iter()
        .map(|e| e.action)
        .collect();
    assert_eq!(words, ["DILEPAS", "DIAMBIL"]);
    office.clock.advance(lapse);
    assert_eq!(office.by_itself(id, Act::Release).state, State::DataSesuai);
    office.checks_out();
}

fn sent_back(office: &Office) {
    let id = office.claimed("satu", "rahmi", &["lupa-passphrase"]);
    office.act("satu", id, Act::Return, give_back());
    let recalled = office.act("satu", id, Act::Recall, Intent::Recall);
    assert_eq!(recalled.state, State::Diperiksa);
    office.act("satu", id, Act::Return, give_back());
    office.clock.advance(MINUTE);
    office.drain();
    office.act("rahmi", id, Act::AttachLetter, scan());
    let again = office.act("rahmi", id, Act::Resubmit, Intent::Submit);
    assert_eq!((again.round, again.letters.len()), (2, 2));

    office.act("dua", id, Act::Claim, Intent::Claim);
    office.act("dua", id, Act::Verify, verify());
    let change = Intent::ChangeReason {
        code: ReasonCode::AffiliationChanged,
        note: "Surat menyebut mutasi.".to_owned(),
        invalidity_date: None,
    };
    let changed = office.act("dua", id, Act::ChangeReason, change);
    assert_eq!(changed.reason_code(), Some(ReasonCode::AffiliationChanged));
    let mismatch = Intent::Return {
        items: [Item::Dn].into(),
        note: "Nama berbeda.".to_owned(),
    };
    office.act("dua", id, Act::ReturnMismatch, mismatch);
    // The recalled return's mail never left; the other two did.
    office.clock.advance(MINUTE);
    office.drain();
    let statuses: Vec<&str> = office
        .desk
        .request(office.admin(), id)
        .unwrap()
        .mails
        .iter()
        .filter(|m| m.kind.contains("return"))
        .map(|m| m.status)
        .collect();
    assert_eq!(statuses, ["cancelled", "sent", "sent"]);
    office.checks_out();
}

fn decided_by_two(office: &Office) {
    office.set("policy.four_eyes", "always");
    let id = office.matched("satu", "rahmi", &["lupa-passphrase"]);
    let password = password_of("dua");
    let approved = office.act("dua", id, Act::Approve, Intent::Approve { password });
    assert_eq!(approved.approval.unwrap().by, office.id("dua"));
    let decision = office.revoke("satu", id).decision.unwrap();
    assert!(!decision.break_glass);
    office.set("policy.four_eyes", "off");
    office.drain();
    office.checks_out();
}

/// Two were wanted, one was there, and the key is known to others.
fn glass_broken(office: &Office) {
    office.set("policy.four_eyes", "always");
    let id = office.urgent("dodi", &office.certificate("dodi"));
    office.act("satu", id, Act::Claim, Intent::Claim);
    let without_letter = Intent::Verify {
        checked: Item::CHECKLIST.into(),
        accept_missing_letter: true,
    };
    office.act("satu", id, Act::Verify, without_letter);
    office.act("satu", id, Act::Match, Intent::Match);
    for _ in 0..3 {
        office.clock.advance(10 * MINUTE);
        office.act("satu", id, Act::Touch, Intent::Touch);
    }
    let log = office.log_size();
    let decision = office.revoke("satu", id).decision.unwrap();
    assert!(decision.break_glass);
    let words: Vec<String> = office
        .log_since(log)
        .into_iter()
        .map(|e| e.action)
        .collect();
    assert_eq!(words, ["DICABUT", "KEADAAN_DARURAT", "SERTIFIKAT_DICABUT"]);
    office.set("policy.four_eyes", "off");
    office.drain();
    office.checks_out();
}

fn later(office: &Office) {
    let schedule = |id| Intent::Revoke {
        last_four: office.request(id).certificate.serial.last_four(),
        password: password_of("satu"),
        effective: Some(office.desk.now().plus(2 * HOUR)),
    };
    let id = office.matched("satu", "rahmi", &["berhenti"]);
    office.act("satu", id, Act::Schedule, schedule(id));
    office.drain();
    assert_eq!(office.request(id).state, State::Terjadwal);
    office.clock.advance(2 * HOUR);
    let done = office.by_itself(id, Act::RevokeScheduled);
    assert_eq!(done.state, State::Diberitahukan);

    let id = office.matched("satu", "rahmi", &["berhenti"]);
    office.act("satu", id, Act::Schedule, schedule(id));
    office.act("dua", id, Act::Withdraw, Intent::Withdraw);
    office.clock.advance(3 * HOUR);
    office.drain();
    assert_eq!(office.request(id).state, State::Ditarik);
    office.checks_out();
}

fn held_and_released(office: &Office) {
    office.set("policy.allow_hold", "on");
    let id = office.told("satu", "dodi", &["penangguhan"]);
    let key = office.request(id).certificate;
    let case = office.case_of_certificate(&key);
    assert_eq!(
        case.certificate.status(office.desk.now()),
        CertificateStatus::Held
    );
    let other = office.certificate("dodi");
    let case_of_other = office.case_of_certificate(&other);
    let hold = office.row(&case_of_other, Act::Hold, &office.who("dua").actor());
    let log = office.log_size();
    let last_four = other.serial.last_four();
    office
        .desk
        .hold(office.who("dua"), &other, &last_four, &password_of("dua"))
        .unwrap();
    office.logged(&hold, log, "dua");
    let row = office.row(&case, Act::ReleaseHold, &office.who("dua").actor());
    let log = office.log_size();
    office
        .desk
        .release_hold(
            office.who("dua"),
            &key,
            &key.serial.last_four(),
            &password_of("dua"),
        )
        .unwrap();
    office.logged(&row, log, "dua");
    let case = office.case_of_certificate(&key);
    assert_eq!(
        case.certificate.status(office.desk.now()),
        CertificateStatus::Active
    );
    office.drain();
    office.set("policy.allow_hold", "off");
    office.checks_out();
}

fn overtaken_by_time(office: &Office) {
    let key = office.certificate_with("rahmi", DAY, |_| {});
    let id = office.submitted("rahmi", &key, &["lupa-passphrase"]);
    office.days_pass(2);
    assert_eq!(
        office.by_itself(id, Act::CloseExpired).state,
        State::Ditutup
    );
    office.checks_out();
}

/// A draft on a revoked certificate may only make it keyCompromise; one that says anything else has nothing to change.
fn overtaken_by_a_revocation(office: &Office) {
    let id = office.told("satu", "rahmi", &["lupa-passphrase"]);
    let told = office.request(id);
    let draft = office.draft("rahmi", &told.certificate);
    office.edit(
        "rahmi",
        draft,
        FieldChange::Reasons(vec![ReasonId("mutasi".to_owned())]),
    );
    let closed = office.by_itself(draft, Act::CloseRevoked);
    assert_eq!(closed.state, State::Ditutup);
    assert_eq!(closed.closing, Some(Closing::AlreadyRevoked(told.number)));
    office.checks_out();
}

#[test]
fn taking_a_return_back_takes_back_its_mail_and_no_other() {
    let office = Office::open(&STAFF);
    office.drain();
    mail_down(&office);
    let id = office.claimed("satu", "rahmi", &["lupa-passphrase"]);
    office.act("satu", id, Act::Return, give_back());
    office.act("satu", id, Act::Recall, Intent::Recall);
    office.act("satu", id, Act::Reject, reject());
    office.act("satu", id, Act::Recall, Intent::Recall);
    office.set("mail.mode", "folder");
    office.clock.advance(HOUR);
    office.drain();
    let detail = office.desk.request(office.admin(), id).unwrap();
    let mails: Vec<(&str, &str)> = detail
        .mails
        .iter()
        .map(|m| (m.kind.as_str(), m.status))
        .collect();
    assert_eq!(
        mails,
        [
            ("submitted", "sent"),
            ("returned", "cancelled"),
            ("rejected", "cancelled"),
        ]
    );
    office.checks_out();
}
