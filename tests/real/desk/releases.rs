//! The end of a suspension under four eyes: two officers, each with his password, and a yes that is good for one
//! suspension.

use ams::desk::{DeskError, Suspension};
use ams::domain::{CertificateKey, CertificateStatus, Refusal, Role};

use super::fixture::{Office, password_of};
use super::office::STAFF;

struct Held {
    office: Office,
    key: CertificateKey,
}

impl Held {
    fn new() -> Self {
        let office = Office::open(&STAFF);
        office.set("policy.allow_hold", "on");
        let id = office.told("satu", "dodi", &["penangguhan"]);
        let key = office.request(id).certificate;
        office.set("policy.four_eyes", "always");
        Self { office, key }
    }

    fn release(&self, who: &str) -> Result<(), DeskError> {
        let (who, password) = (self.office.who(who), password_of(who));
        let last_four = self.key.serial.last_four();
        self.office
            .desk
            .release_hold(who, &self.key, &last_four, &password)
    }

    fn approve(&self, who: &str) -> Result<(), DeskError> {
        let (who, password) = (self.office.who(who), password_of(who));
        let last_four = self.key.serial.last_four();
        self.office
            .desk
            .approve_suspension(Suspension::End, who, &self.key, &last_four, &password)
    }

    fn status(&self) -> CertificateStatus {
        let case = self.office.case_of_certificate(&self.key);
        case.certificate.status(self.office.desk.now())
    }
}

fn refusal(done: Result<(), DeskError>) -> Refusal {
    match done {
        Err(DeskError::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

#[test]
fn a_suspension_ends_by_two_officers_and_never_by_one() {
    let held = Held::new();
    assert_eq!(refusal(held.release("satu")), Refusal::ApprovalNeeded);
    held.approve("satu").unwrap();
    assert_eq!(refusal(held.release("satu")), Refusal::SecondNeeded);
    assert!(matches!(
        refusal(held.approve("rahmi")),
        Refusal::RoleNeeded(_)
    ));
    assert!(held.approve("dodi").is_err());
    let view = held
        .office
        .desk
        .certificate(held.office.who("dua"), &held.key)
        .unwrap();
    assert_eq!(&*view.suspension_approved.unwrap().0.username, "satu");
    held.release("dua").unwrap();
    assert_eq!(held.status(), CertificateStatus::Active);
    assert_eq!(refusal(held.release("dua")), Refusal::CertificateNotHeld);
    let log = held.office.log_since(0);
    assert!(log.iter().any(|r| r.action == "DISETUJUI_KEDUA"));
    held.office.drain();
    held.office.checks_out();
}

#[test]
fn a_wrong_password_or_serial_approves_nothing() {
    let held = Held::new();
    let office = &held.office;
    let last_four = held.key.serial.last_four();
    let wrong = office.desk.approve_suspension(
        Suspension::End,
        office.who("dua"),
        &held.key,
        &last_four,
        &password_of("satu"),
    );
    assert!(matches!(wrong, Err(DeskError::WrongPassword { .. })));
    let other = if last_four == "0000" { "1111" } else { "0000" };
    let wrong = office.desk.approve_suspension(
        Suspension::End,
        office.who("dua"),
        &held.key,
        other,
        &password_of("dua"),
    );
    assert_eq!(refusal(wrong), Refusal::LastFourWrong);
    assert_eq!(refusal(held.release("satu")), Refusal::ApprovalNeeded);
}

#[test]
fn a_yes_is_good_for_one_suspension_and_only_while_its_officer_may_say_it() {
    let held = Held::new();
    held.approve("dua").unwrap();
    held.office.grant("dua", &[Role::Auditor]).unwrap();
    assert_eq!(refusal(held.release("satu")), Refusal::ApprovalNeeded);
    assert_eq!(held.status(), CertificateStatus::Held);
    held.office.checks_out();
}

#[test]
fn where_one_officer_is_enough_no_second_is_asked() {
    let held = Held::new();
    held.office.set("policy.four_eyes", "off");
    assert_eq!(refusal(held.approve("dua")), Refusal::ApprovalNotNeeded);
    held.release("dua").unwrap();
    assert_eq!(held.status(), CertificateStatus::Active);
}
