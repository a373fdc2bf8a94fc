//! Draft, form, letter, submission.

use super::*;
use crate::domain::refusal::LetterField;

fn draft(requester: RequesterKind, companion: Option<AccountId>) -> Command {
    Command::Draft {
        id: RequestId([2; 16]),
        requester,
        companion,
    }
}

const OWN: RequesterKind = RequesterKind::Subscriber;

#[test]
fn a_draft_needs_a_certificate_that_can_be_revoked() {
    let mut scene = Scene::new();
    scene.case.open_request = Some((RequestId([3; 16]), Some(NUMBER)));
    let refusal = scene.refusal(&applicant(), &draft(OWN, None));
    assert_eq!(
        refusal,
        Refusal::OpenRequestExists {
            number: Some(NUMBER)
        }
    );
    scene.case.open_request = None;
    scene.wait(301 * DAY);
    assert!(matches!(
        scene.refusal(&applicant(), &draft(OWN, None)),
        Refusal::CertificateExpired { .. }
    ));
    let scene = Scene::standing(ReasonCode::KeyCompromise, false);
    assert_eq!(
        scene.refusal(&applicant(), &draft(OWN, None)),
        Refusal::CertificateRevoked
    );
    let mut scene = Scene::new();
    scene.case.certificate.owner = None;
    assert_eq!(
        scene.refusal(&op(), &draft(OWN, None)),
        Refusal::OwnerUnknown
    );
}

#[test]
fn who_files_for_whom_is_told_by_the_requester_kind() {
    let scene = Scene::new();
    let refused = |actor: &Actor, kind| scene.refusal(actor, &draft(kind, None));
    assert_eq!(refused(&stranger(), OWN), Refusal::NotYours);
    assert_eq!(
        refused(&applicant(), RequesterKind::Agency),
        Refusal::RequesterNotAllowed(RequesterKind::Agency)
    );
    let field = Actor::Person(person(2, &[Role::Pendamping]));
    assert_eq!(
        refused(&field, RequesterKind::Ca),
        Refusal::RequesterNotAllowed(RequesterKind::Ca)
    );
    assert!(matches!(
        refused(&elsewhere(), OWN),
        Refusal::OutsideScope { .. }
    ));
    assert!(matches!(refused(&admin(), OWN), Refusal::RoleNeeded(_)));
    for kind in RequesterKind::ALL {
        assert!(scene.ask(&op(), &draft(kind, None)).is_ok());
    }
}

#[test]
fn the_officer_whose_login_carried_the_applicant_is_the_companion() {
    let mut scene = Scene::new();
    let carried = Actor::Person(Person {
        accompanied_by: Some(id(2)),
        ..person(1, &[Role::Pemohon])
    });
    assert_eq!(
        scene.refusal(&carried, &draft(OWN, Some(id(3)))),
        Refusal::CompanionUnfit
    );
    scene.does(&carried, &draft(OWN, None));
    assert_eq!(scene.request().companion, Some(id(2)));
    let clear = Command::Edit(FieldChange::Companion(None));
    assert_eq!(scene.refusal(&carried, &clear), Refusal::CompanionUnfit);

    let mut scene = Scene::new();
    scene.draft_by(&applicant(), OWN);
    scene.does(&carried, &reasons(&["mutasi"]));
    assert_eq!(scene.request().companion, Some(id(2)));
    let owner = Command::Edit(FieldChange::Companion(Some(id(1))));
    assert_eq!(scene.refusal(&applicant(), &owner), Refusal::CompanionUnfit);
}

#[test]
fn a_field_is_kept_only_if_well_formed() {
    let mut scene = Scene::new();
    scene.draft_by(&applicant(), OWN);
    let refused = |change| scene.refusal(&applicant(), &Command::Edit(change));
    assert_eq!(
        refused(FieldChange::SuperiorName("Budi\u{1b}[2J".to_owned())),
        Refusal::BadText { limit: 200 }
    );
    assert_eq!(
        refused(FieldChange::LetterNumber("x".repeat(201))),
        Refusal::BadText { limit: 200 }
    );
    assert_eq!(
        refused(FieldChange::InvalidityDate(Some(scene.now.plus(DAY)))),
        Refusal::InvalidityDateWrong
    );
    assert_eq!(
        refused(FieldChange::InvalidityDate(Some(
            scene.now.plus(-401 * DAY)
        ))),
        Refusal::InvalidityDateWrong
    );
    let refused = |names: &[&str]| scene.refusal(&applicant(), &reasons(names));
    assert!(matches!(refused(&["bosan"]), Refusal::UnknownReason(_)));
    assert!(matches!(
        refused(&["penyalahgunaan"]),
        Refusal::ReasonForOfficers(_)
    ));
    assert_eq!(refused(&["penangguhan"]), Refusal::HoldNotAllowed);
    scene.policy.allow_hold = true;
    assert_eq!(
        scene.refusal(&applicant(), &reasons(&["penangguhan", "mutasi"])),
        Refusal::HoldWithOthers
    );
}

#[test]
fn an_operators_reason_of_ca_compromise_is_never_taken() {
    let mut scene = Scene::new();
    scene.draft_by(&applicant(), OWN);
    scene.policy.reasons.0[0].code = ReasonCode::CaCompromise;
    assert_eq!(
        scene.refusal(&applicant(), &reasons(&["lupa-passphrase"])),
        Refusal::ReasonCodeNotAllowed
    );
}

#[test]
fn a_reason_named_twice_counts_once() {
    let mut scene = Scene::new();
    scene.draft_by(&applicant(), OWN);
    scene.does(&applicant(), &reasons(&["mutasi", "mutasi"]));
    assert_eq!(scene.request().reasons.len(), 1);
}

#[test]
fn submission_needs_reason_letter_and_its_data() {
    let mut scene = Scene::new();
    scene.draft_by(&applicant(), OWN);
    assert_eq!(scene.refusal(&applicant(), &submit()), Refusal::NoReason);
    scene.does(&applicant(), &reasons(&["kehilangan"]));
    assert_eq!(
        scene.refusal(&applicant(), &submit()),
        Refusal::MisuseUnanswered
    );
    let edit = |change| Command::Edit(change);
    scene.does(&applicant(), &edit(FieldChange::Misuse(Misuse::RuledOut)));
    assert_eq!(
        scene.refusal(&applicant(), &submit()),
        Refusal::LetterMissing
    );
    let limit = scene.policy.letter_limit;
    for bytes in [0, limit + 1] {
        assert_eq!(
            scene.refusal(&applicant(), &letter(bytes)),
            Refusal::LetterSize { limit }
        );
    }
    scene.does(&applicant(), &letter(limit));
    for (field, change) in [
        (
            LetterField::Number,
            FieldChange::LetterNumber("1".to_owned()),
        ),
        (
            LetterField::Date,
            FieldChange::LetterDate(Day::parse("2026-11-20")),
        ),
        (
            LetterField::SuperiorName,
            FieldChange::SuperiorName("A".to_owned()),
        ),
        (
            LetterField::SuperiorNip,
            FieldChange::SuperiorNip("12".to_owned()),
        ),
        (LetterField::Approval, FieldChange::SuperiorApproved(true)),
    ] {
        assert_eq!(
            scene.refusal(&applicant(), &submit()),
            Refusal::LetterDataMissing(field)
        );
        scene.does(&applicant(), &edit(change));
    }
    assert_eq!(scene.refusal(&applicant(), &submit()), Refusal::NipForm);
    let odd = "999999999999999999".to_owned();
    scene.does(&applicant(), &edit(FieldChange::SuperiorNip(odd)));
    scene.does(&applicant(), &submit());
    assert_eq!(scene.request().proposed, Some(ReasonCode::Superseded));
    assert!(scene.request().urgent);
}

#[test]
fn an_unverified_certificate_is_not_submitted() {
    let mut scene = Scene::new();
    scene.draft_by(&applicant(), OWN);
    scene.fill_by(&applicant(), "mutasi");
    scene.does(&applicant(), &letter(10));
    for (verified, refusal) in [
        (None, Refusal::IssuerUnknown),
        (Some(false), Refusal::SignatureInvalid),
    ] {
        let command = Command::Submit {
            number: NUMBER,
            signature_verified: verified,
        };
        assert_eq!(scene.refusal(&applicant(), &command), refusal);
    }
}

#[test]
fn only_an_urgent_request_goes_before_its_letter() {
    let mut scene = Scene::new();
    scene.draft_by(&applicant(), OWN);
    scene.does(&applicant(), &reasons(&["mutasi"]));
    scene.does(
        &applicant(),
        &Command::Edit(FieldChange::LetterFollows(true)),
    );
    assert_eq!(
        scene.refusal(&applicant(), &submit()),
        Refusal::LetterMayNotFollow
    );
    let scene = Scene::urgent();
    assert!(scene.request().urgent);
    // Filed on a Friday: the third working day is a Wednesday.
    assert_eq!(
        scene.request().letter_due.unwrap().to_string(),
        "2026-11-25T16:59:59Z"
    );
}

#[test]
fn the_letter_that_follows_comes_in_any_later_state() {
    let mut scene = Scene::urgent();
    scene.does(&op(), &Command::Claim);
    assert_eq!(scene.refusal(&op(), &letter(10)), Refusal::NotYours);
    scene.does(
        &op(),
        &Command::Reject {
            note: "bukan pemohon".to_owned(),
        },
    );
    let number = Command::Edit(FieldChange::LetterNumber("9".to_owned()));
    scene.does(&applicant(), &number);
    assert!(matches!(
        scene.refusal(&applicant(), &reasons(&["mutasi"])),
        Refusal::WrongState { .. }
    ));
    let events = scene.does(&applicant(), &letter(10));
    assert_eq!(events[0].log_action(), Some("SURAT_DISUSULKAN"));
    assert_eq!(scene.request().letter_due, None);
    assert_eq!(
        scene.refusal(&applicant(), &letter(10)),
        Refusal::NoLetterAwaited
    );
}

#[test]
fn a_letter_version_is_counted_by_the_desk() {
    let mut scene = Scene::new();
    scene.draft_by(&applicant(), OWN);
    scene.does(&applicant(), &letter(1));
    scene.does(&applicant(), &letter(2));
    let kept = &scene.request().letters[1];
    assert_eq!(
        (kept.version, kept.attached_by, kept.attached_at),
        (2, id(1), scene.now)
    );
}

#[test]
fn a_returned_request_needs_a_new_letter_and_keeps_its_first_clock() {
    let mut scene = Scene::claimed("mutasi");
    scene.does(&op(), &give_back(&[Item::Letter]));
    let first = scene.request().first_submitted_at;
    scene.wait(HOUR);
    assert_eq!(
        scene.refusal(&applicant(), &submit()),
        Refusal::NewLetterNeeded
    );
    scene.does(&applicant(), &letter(5));
    let events = scene.does(&applicant(), &submit());
    assert_eq!(events[0].log_action(), Some("DIAJUKAN_ULANG"));
    let request = scene.request();
    assert_eq!((request.round, request.letters.len()), (2, 2));
    assert_eq!(request.first_submitted_at, first);
    assert_eq!(request.data_check, None);
}

#[test]
fn an_owner_has_no_say_in_what_his_agency_filed() {
    let mut scene = Scene::new();
    scene
        .draft_by(&op(), RequesterKind::Agency)
        .submit_by(&op(), "berhenti");
    assert_eq!(
        scene.refusal(&applicant(), &Command::Withdraw),
        Refusal::NotYours
    );
    assert!(scene.ask(&op(), &Command::Withdraw).is_ok());
}

#[test]
fn a_claim_of_loss_is_withdrawn_only_with_an_officers_consent() {
    let mut scene = Scene::submitted("kehilangan");
    assert_eq!(
        scene.refusal(&applicant(), &Command::Withdraw),
        Refusal::ConsentNeeded
    );
    assert_eq!(
        scene.refusal(&applicant(), &Command::ConsentToWithdraw),
        Refusal::RoleNeeded(vec![Role::Op])
    );
    scene.does(&op(), &Command::ConsentToWithdraw);
    assert_eq!(
        scene.refusal(&op(), &Command::ConsentToWithdraw),
        Refusal::ConsentNotNeeded
    );
    scene.does(&applicant(), &Command::Withdraw);
    assert_eq!(scene.state(), State::Ditarik);
    let scene = Scene::submitted("mutasi");
    assert_eq!(
        scene.refusal(&op(), &Command::ConsentToWithdraw),
        Refusal::ConsentNotNeeded
    );
    assert!(scene.ask(&applicant(), &Command::Withdraw).is_ok());
}

#[test]
fn editing_a_returned_form_does_not_undo_the_claim_of_loss() {
    let mut scene = Scene::claimed("kehilangan");
    scene.does(&op(), &give_back(&[Item::Letter]));
    scene.does(&applicant(), &reasons(&["mutasi"]));
    assert_eq!(
        scene.refusal(&applicant(), &Command::Withdraw),
        Refusal::ConsentNeeded
    );
    scene.does(&applicant(), &letter(5));
    scene.does(&applicant(), &submit());
    assert!(scene.request().urgent);
}
