//! Claim, return, rejection, steps 5 and 6.

use super::*;

#[test]
fn acts_need_the_claim() {
    let mut scene = Scene::submitted("mutasi");
    assert!(matches!(
        scene.refusal(&op(), &verify()),
        Refusal::WrongState { .. }
    ));
    scene.does(&op(), &Command::Claim);
    assert_eq!(scene.state(), State::Diperiksa);
    for command in [verify(), Command::Claim, give_back(&[Item::Nip])] {
        assert_eq!(
            scene.refusal(&op2(), &command),
            Refusal::ClaimedByOther {
                officer: id(3),
                since: scene.now
            }
        );
    }
}

#[test]
fn a_claim_lapses_without_activity_and_may_be_taken_over() {
    let mut scene = Scene::claimed("mutasi");
    scene.wait(14 * MINUTE).does(&op(), &Command::Touch);
    scene.wait(14 * MINUTE);
    assert_eq!(
        scene.refusal(&Actor::System, &Command::Release),
        Refusal::WaitNotOver
    );
    scene.wait(2 * MINUTE);
    assert_eq!(scene.refusal(&op(), &verify()), Refusal::NotClaimed);
    assert_eq!(scene.refusal(&op(), &Command::Touch), Refusal::NotClaimed);
    let events = scene.does(&op2(), &Command::Claim);
    assert_eq!(events[0], Event::Released { lapsed: true });
    assert_eq!(scene.request().claim.as_ref().unwrap().officer, id(4));
}

#[test]
fn release_or_lapse_turns_only_diperiksa_back() {
    let mut scene = Scene::claimed("mutasi");
    scene.does(&op(), &Command::Release);
    assert_eq!(scene.state(), State::Diajukan);
    scene.does(&op(), &Command::Claim);
    scene.does(&op(), &verify());
    assert!(matches!(
        scene.refusal(&op2(), &Command::Release),
        Refusal::ClaimedByOther { .. }
    ));
    scene.does(&admin(), &Command::Release);
    assert_eq!(scene.state(), State::DataSesuai);
    assert_eq!(scene.request().data_check.as_ref().unwrap().by, id(3));
    assert_eq!(
        scene.refusal(&admin(), &Command::Release),
        Refusal::NotClaimed
    );
    scene.does(&op2(), &Command::Claim);
    scene.wait(HOUR).does(&Actor::System, &Command::Release);
    assert_eq!(scene.state(), State::DataSesuai);
}

#[test]
fn scope_and_own_certificate_bar_an_officer() {
    let scene = Scene::submitted("mutasi");
    assert_eq!(
        scene.refusal(&elsewhere(), &Command::Claim),
        Refusal::OutsideScope {
            agency: AGENCY.to_owned()
        }
    );
    assert_eq!(
        scene.refusal(&owner_who_is_op(), &Command::Claim),
        Refusal::OwnCertificate
    );
    assert_eq!(
        scene.refusal(&admin(), &Command::Claim),
        Refusal::RoleNeeded(vec![Role::Op])
    );
}

#[test]
fn who_filed_or_accompanied_does_not_decide_unless_policy_says_so() {
    let mut scene = Scene::new();
    scene.draft_by(&applicant(), RequesterKind::Subscriber);
    let named = Command::Edit(FieldChange::Companion(Some(id(2))));
    scene.does(&applicant(), &named);
    scene.submit_by(&applicant(), "mutasi");
    assert_eq!(
        scene.refusal(&companion(), &Command::Claim),
        Refusal::OwnFiling
    );
    scene.does(&op(), &Command::Claim);
    scene.does(&op(), &give_back(&[Item::Letter]));
    let other = Command::Edit(FieldChange::Companion(None));
    scene.does(&applicant(), &other);
    scene.does(&applicant(), &letter(5));
    scene.does(&applicant(), &submit());
    // Who accompanied the first round stays barred.
    assert_eq!(
        scene.refusal(&companion(), &Command::Claim),
        Refusal::OwnFiling
    );
    scene.policy.companion_may_decide = true;
    assert!(scene.ask(&companion(), &Command::Claim).is_ok());
}

#[test]
fn a_return_names_items_and_a_note() {
    let scene = Scene::claimed("mutasi");
    assert_eq!(scene.refusal(&op(), &give_back(&[])), Refusal::NoItem);
    let noted = |note: &str| Command::Reject {
        note: note.to_owned(),
    };
    assert_eq!(scene.refusal(&op(), &noted(" \n")), Refusal::NoteMissing);
    let limit = Refusal::BadText { limit: 2000 };
    assert_eq!(scene.refusal(&op(), &noted("a\u{7}")), limit);
    assert_eq!(scene.refusal(&op(), &noted(&"a".repeat(2001))), limit);
    assert!(scene.ask(&op(), &noted("baris satu\nbaris dua")).is_ok());
}

#[test]
fn a_mismatch_at_step_6_has_its_own_name_in_the_log() {
    let mut scene = Scene::claimed("mutasi");
    scene.does(&op(), &verify());
    let events = scene.does(&op(), &give_back(&[Item::Dn]));
    assert_eq!(events[0].log_action(), Some("DN_TIDAK_COCOK"));
    assert_eq!(scene.state(), State::Dikembalikan);
    assert_eq!(scene.request().claim, None);
}

#[test]
fn a_return_is_taken_back_only_by_its_maker_before_the_mail_goes() {
    let mut scene = Scene::matched("mutasi");
    scene.does(&op(), &give_back(&[Item::Letter]));
    let recall = Command::Recall { mail_waiting: true };
    assert_eq!(scene.refusal(&op2(), &recall), Refusal::NotYours);
    let gone = Command::Recall {
        mail_waiting: false,
    };
    assert_eq!(scene.refusal(&op(), &gone), Refusal::TooLateToRecall);
    scene.does(&op(), &recall);
    assert_eq!(scene.state(), State::Diperiksa);
    // All checks begin anew.
    assert_eq!(scene.request().certificate_check, None);
    scene.does(
        &op(),
        &Command::Reject {
            note: "tidak jelas".to_owned(),
        },
    );
    scene.wait(scene.policy.send_delay + 1);
    assert_eq!(scene.refusal(&op(), &recall), Refusal::TooLateToRecall);
}

#[test]
fn the_whole_checklist_is_needed() {
    let scene = Scene::claimed("mutasi");
    let command = Command::Verify {
        checked: Item::ALL
            .into_iter()
            .filter(|i| *i != Item::Email)
            .collect(),
        accept_missing_letter: true,
    };
    assert_eq!(
        scene.refusal(&op(), &command),
        Refusal::ChecklistIncomplete(vec![Item::Email])
    );
}

#[test]
fn a_missing_letter_is_ticked_as_a_deviation() {
    let mut scene = Scene::urgent();
    scene.does(&op(), &Command::Claim);
    assert_eq!(scene.refusal(&op(), &verify()), Refusal::LetterMissing);
    let command = Command::Verify {
        checked: Item::CHECKLIST
            .into_iter()
            .filter(|i| !matches!(i, Item::Letter | Item::Approval))
            .collect(),
        accept_missing_letter: true,
    };
    scene.does(&op(), &command);
    assert!(scene.request().data_check.as_ref().unwrap().without_letter);
}

#[test]
fn step_6_compares_the_very_certificate() {
    let mut scene = Scene::claimed("mutasi");
    scene.does(&op(), &verify());
    let command = |der, verified, agree| Command::Match {
        der_sha256: [der; 32],
        signature_verified: verified,
        names_agree: agree,
    };
    let refused = |c: Command| scene.refusal(&op(), &c);
    assert_eq!(
        refused(command(6, Some(true), true)),
        Refusal::CertificateChanged
    );
    assert_eq!(
        refused(command(5, Some(false), true)),
        Refusal::SignatureInvalid
    );
    assert_eq!(refused(command(5, None, true)), Refusal::IssuerUnknown);
    assert_eq!(refused(command(5, Some(true), false)), Refusal::NamesDiffer);
    assert!(scene.ask(&op(), &command(5, Some(true), true)).is_ok());
}

#[test]
fn the_officer_changes_the_reason_with_a_note() {
    let mut scene = Scene::claimed("kehilangan");
    let refused = |code| scene.refusal(&op(), &change_reason(code));
    assert_eq!(
        refused(ReasonCode::CaCompromise),
        Refusal::ReasonCodeNotAllowed
    );
    assert_eq!(
        refused(ReasonCode::CertificateHold),
        Refusal::HoldNotAllowed
    );
    let late = Command::ChangeReason {
        code: ReasonCode::Superseded,
        note: "x".to_owned(),
        invalidity_date: Some(scene.now.plus(HOUR)),
    };
    assert_eq!(scene.refusal(&op(), &late), Refusal::InvalidityDateWrong);
    scene.does(&op(), &change_reason(ReasonCode::Superseded));
    let request = scene.request();
    assert_eq!(request.proposed, Some(ReasonCode::KeyCompromise));
    assert_eq!(request.reason_code(), Some(ReasonCode::Superseded));
}
