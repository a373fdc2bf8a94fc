//! Certificates over one public key: offered together on a compromise, each with a request, checks and decision of its
//! own.

use ams::desk::{DeskError, Intent};
use ams::domain::request::{Misuse, RequesterKind};
use ams::domain::workflow::Act;
use ams::domain::{CertificateStatus, ReasonCode, Refusal, State};

use super::fixture::Office;
use super::office::{STAFF, verify};

#[test]
fn an_applicant_files_for_every_certificate_over_his_lost_key() {
    let office = Office::open(&STAFF);
    let first = office.certificate("rahmi");
    let renewed = office.sharing("rahmi", &first);
    let spare = office.sharing("rahmi", &first);
    let other = office.certificate("rahmi");
    let asked = office.submitted("rahmi", &spare, &["mutasi"]);
    let origin = office.submitted("rahmi", &first, &["kehilangan"]);

    let who = office.who("rahmi");
    let detail = office.desk.request(who, origin).unwrap();
    let mut serials: Vec<_> = detail.shares_key.certificates.iter().collect();
    serials.sort_by_key(|view| view.certificate.key.clone());
    let keys: Vec<_> = serials.iter().map(|v| &v.certificate.key).collect();
    assert_eq!(keys, [&renewed, &spare]);
    assert_eq!(detail.shares_key.hidden, 0);

    let filings = office.desk.file_shared(who, origin).unwrap();
    assert_eq!(filings.len(), 2);
    for filing in filings {
        if filing.certificate == spare {
            let number = office.request(asked).number;
            assert!(matches!(
                filing.outcome,
                Err(DeskError::Refused(Refusal::OpenRequestExists { number: n })) if n == number
            ));
            continue;
        }
        let filed = filing.outcome.unwrap();
        let origin = office.request(origin);
        assert_eq!(filed.state, State::Diajukan);
        assert_eq!(filed.certificate, renewed);
        assert_eq!(filed.requester, RequesterKind::Subscriber);
        assert_eq!(filed.reasons, origin.reasons);
        assert_eq!(filed.misuse, Misuse::Possible);
        assert_eq!(filed.proposed, Some(ReasonCode::KeyCompromise));
        assert_eq!(filed.letter_data, origin.letter_data);
        assert_eq!(filed.letters.len(), 1);
        assert_ne!(filed.number, origin.number);

        // It is revoked by checks of its own.
        let id = filed.id;
        office.act("satu", id, Act::Claim, Intent::Claim);
        office.act("satu", id, Act::Verify, verify());
        office.act("satu", id, Act::Match, Intent::Match);
        office.revoke("satu", id);
    }
    office.drain();
    let status = |key| {
        let case = office.case_of_certificate(key);
        case.certificate.status(office.desk.now())
    };
    assert_eq!(status(&renewed), CertificateStatus::Revoked);
    for key in [&first, &spare, &other] {
        assert_eq!(status(key), CertificateStatus::Active);
    }
    // Given again, nothing is filed twice.
    let again = office
        .desk
        .file_shared(office.who("rahmi"), origin)
        .unwrap();
    assert_eq!(again.len(), 1);
    assert!(again[0].outcome.is_err());
    office.checks_out();
}

#[test]
fn an_officer_files_for_another_owners_certificate_without_the_first_ones_letter() {
    let office = Office::open(&STAFF);
    let first = office.certificate("rahmi");
    let others = office.sharing("dodi", &first);
    let origin = office.submitted("rahmi", &first, &["kompromi-kunci"]);
    // The applicant does not learn whose it is.
    let seen = office.desk.request(office.who("rahmi"), origin).unwrap();
    assert!(seen.shares_key.certificates.is_empty());
    assert_eq!(seen.shares_key.hidden, 1);
    let filed = office.desk.file_shared(office.who("rahmi"), origin);
    assert!(filed.unwrap().is_empty());

    let filings = office.desk.file_shared(office.who("satu"), origin).unwrap();
    let filed = filings.into_iter().next().unwrap().outcome.unwrap();
    assert_eq!(filed.certificate, others);
    assert_eq!(filed.requester, RequesterKind::Ca);
    assert!(filed.letters.is_empty() && filed.letter_due.is_some());
    assert_eq!(filed.letter_data.superior_name, "");
    // Whoever filed does not decide; somebody else does.
    let refused = office
        .desk
        .act(office.who("satu"), filed.id, None, Intent::Claim);
    assert!(matches!(
        refused,
        Err(DeskError::Refused(Refusal::OwnFiling))
    ));
    office.act("dua", filed.id, Act::Claim, Intent::Claim);
    office.checks_out();
}

#[test]
fn certificates_over_a_key_that_is_not_compromised_are_not_filed_together() {
    let office = Office::open(&STAFF);
    let first = office.certificate("rahmi");
    office.sharing("rahmi", &first);
    let origin = office.submitted("rahmi", &first, &["mutasi"]);
    let refused = office.desk.file_shared(office.who("rahmi"), origin);
    assert!(matches!(
        refused,
        Err(DeskError::Refused(Refusal::KeyNotCompromised))
    ));
    // Once the officer says so, they are.
    office.act("satu", origin, Act::Claim, Intent::Claim);
    let change = Intent::ChangeReason {
        code: ReasonCode::KeyCompromise,
        note: "menurut surat".to_owned(),
        invalidity_date: None,
    };
    office.act("satu", origin, Act::ChangeReason, change);
    let filed = office
        .desk
        .file_shared(office.who("rahmi"), origin)
        .unwrap();
    let filed = filed.into_iter().next().unwrap().outcome.unwrap();
    assert_eq!(filed.proposed, Some(ReasonCode::KeyCompromise));
    office.checks_out();
}
