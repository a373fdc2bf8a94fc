//! Step 7: four eyes, break-glass, deferral, confirmation.

use super::*;
use crate::domain::policy::FourEyes;

#[test]
fn step_6_is_never_skipped() {
    let mut scene = Scene::claimed("mutasi");
    let skipped = |state| Refusal::StepSkipped { state };
    assert_eq!(scene.refusal(&op(), &revoke()), skipped(State::Diperiksa));
    scene.does(&op(), &verify());
    assert_eq!(scene.refusal(&op(), &revoke()), skipped(State::DataSesuai));
    let later = revoke_at(scene.now.plus(DAY));
    assert_eq!(scene.refusal(&op(), &later), skipped(State::DataSesuai));
}

#[test]
fn the_decision_takes_password_and_serial() {
    let scene = Scene::matched("mutasi");
    let command = |last_four: &str, password_confirmed| Command::Revoke {
        last_four: last_four.to_owned(),
        password_confirmed,
        effective: None,
    };
    let refused = |c: &Command| scene.refusal(&op(), c);
    assert_eq!(refused(&command("c3d4", false)), Refusal::PasswordNeeded);
    assert_eq!(refused(&command("0000", true)), Refusal::LastFourWrong);
    assert_eq!(refused(&command("", true)), Refusal::LastFourWrong);
    assert!(scene.ask(&op(), &command("C3D4", true)).is_ok());
}

#[test]
fn a_decision_does_not_go_back() {
    let scene = Scene::revoked("mutasi");
    for command in [
        revoke(),
        give_back(&[Item::Letter]),
        Command::Claim,
        change_reason(ReasonCode::KeyCompromise),
    ] {
        assert_eq!(
            scene.refusal(&op(), &command),
            Refusal::AlreadyDecided {
                state: State::Dicabut
            }
        );
    }
    assert_eq!(
        scene.refusal(&applicant(), &Command::Withdraw),
        Refusal::AlreadyDecided {
            state: State::Dicabut
        }
    );
}

#[test]
fn four_eyes_needs_an_independent_second_officer() {
    let mut scene = Scene::matched("mutasi");
    assert_eq!(
        scene.refusal(&op2(), &approve()),
        Refusal::ApprovalNotNeeded
    );
    scene.policy.four_eyes = FourEyes::Normal;
    assert_eq!(scene.refusal(&op(), &revoke()), Refusal::ApprovalNeeded);
    assert_eq!(scene.refusal(&op(), &approve()), Refusal::NotIndependent);
    assert_eq!(
        scene.refusal(&owner_who_is_op(), &approve()),
        Refusal::OwnCertificate
    );
    let silent = Command::Approve {
        password_confirmed: false,
    };
    assert_eq!(scene.refusal(&op2(), &silent), Refusal::PasswordNeeded);
    let events = scene.does(&op2(), &approve());
    assert_eq!(events[0].log_action(), Some("DISETUJUI_KEDUA"));
    scene.does(&op(), &revoke());
    assert!(!scene.request().decision.as_ref().unwrap().break_glass);
}

#[test]
fn filer_and_companion_are_no_second_officers_whatever_policy_says() {
    let mut scene = Scene::new();
    scene.policy.four_eyes = FourEyes::Always;
    scene.policy.companion_may_decide = true;
    scene
        .draft_by(&companion(), RequesterKind::Subscriber)
        .submit_by(&companion(), "mutasi");
    scene.does(&op(), &Command::Claim);
    scene.check_by(&op());
    assert_eq!(
        scene.refusal(&companion(), &approve()),
        Refusal::NotIndependent
    );
}

#[test]
fn any_change_voids_an_approval() {
    let mut scene = Scene::matched("mutasi");
    scene.policy.four_eyes = FourEyes::Normal;
    scene.does(&op2(), &approve());
    scene.does(&op(), &change_reason(ReasonCode::CessationOfOperation));
    assert_eq!(scene.refusal(&op(), &revoke()), Refusal::ApprovalVoid);
    scene.does(&op2(), &approve());
    assert!(scene.ask(&op(), &revoke()).is_ok());
}

fn urgent_and_matched(four_eyes: FourEyes) -> Scene {
    let mut scene = Scene::submitted("kompromi-kunci");
    scene.policy.four_eyes = four_eyes;
    scene.does(&op(), &Command::Claim);
    scene.check_by(&op());
    scene
}

#[test]
fn four_eyes_normal_spares_the_urgent() {
    let scene = urgent_and_matched(FourEyes::Normal);
    assert!(scene.ask(&op(), &revoke()).is_ok());
}

#[test]
fn an_urgent_request_without_a_second_officer_is_decided_by_one() {
    let mut scene = urgent_and_matched(FourEyes::Always);
    scene.wait(14 * MINUTE).does(&op(), &Command::Touch);
    scene.wait(14 * MINUTE).does(&op(), &Command::Touch);
    assert_eq!(scene.refusal(&op(), &revoke()), Refusal::ApprovalNeeded);
    scene.wait(2 * MINUTE).does(&op(), &revoke());
    assert!(scene.request().decision.as_ref().unwrap().break_glass);
}

#[test]
fn a_normal_request_waits_for_its_second_officer_however_long() {
    let mut scene = Scene::matched("mutasi");
    scene.policy.four_eyes = FourEyes::Normal;
    scene.wait(HOUR).does(&op(), &Command::Claim);
    assert_eq!(scene.refusal(&op(), &revoke()), Refusal::ApprovalNeeded);
}

#[test]
fn even_the_filer_decides_an_urgent_request_that_nobody_took_never_the_owner() {
    let mut scene = Scene::new();
    scene
        .draft_by(&op(), RequesterKind::Subscriber)
        .submit_by(&op(), "kompromi-kunci");
    scene.wait(29 * MINUTE);
    assert_eq!(scene.refusal(&op(), &Command::Claim), Refusal::OwnFiling);
    scene.wait(MINUTE).does(&op(), &Command::Claim);
    assert_eq!(
        scene.refusal(&owner_who_is_op(), &Command::Claim),
        Refusal::OwnCertificate
    );
    scene.check_by(&op());
    scene.does(&op(), &revoke());
    assert!(scene.request().decision.as_ref().unwrap().break_glass);
}

#[test]
fn a_deferred_revocation_waits_for_its_time_and_is_dated_when_it_happens() {
    let mut scene = Scene::matched("berhenti");
    let effective = scene.now.plus(5 * DAY);
    scene.does(&op(), &revoke_at(effective));
    assert_eq!(scene.state(), State::Terjadwal);
    assert_eq!(
        scene.refusal(&Actor::System, &Command::RevokeScheduled),
        Refusal::NotYetDue { effective }
    );
    assert_eq!(
        scene.refusal(&op(), &Command::RevokeScheduled),
        Refusal::SystemOnly
    );
    scene.wait(5 * DAY + HOUR + 7);
    scene.does(&Actor::System, &Command::RevokeScheduled);
    let date = scene.case.certificate.revocation().unwrap().date;
    assert_eq!(date, scene.now.whole_second());
    assert_eq!(scene.request().decision.as_ref().unwrap().by, None);
}

#[test]
fn deferral_is_for_the_harmless_and_ends_before_expiry() {
    let scene = Scene::matched("mutasi");
    for effective in [scene.now, scene.now.plus(301 * DAY)] {
        assert_eq!(
            scene.refusal(&op(), &revoke_at(effective)),
            Refusal::EffectiveDateWrong
        );
    }
    let scene = Scene::matched("kompromi-kunci");
    assert_eq!(
        scene.refusal(&op(), &revoke_at(scene.now.plus(DAY))),
        Refusal::DeferralForbidden
    );
}

#[test]
fn a_scheduled_revocation_is_withdrawn_by_applicant_or_officer() {
    for actor in [applicant(), op2()] {
        let mut scene = Scene::matched("berhenti");
        scene.does(&op(), &revoke_at(scene.now.plus(DAY)));
        scene.does(&actor, &Command::Withdraw);
        assert_eq!(scene.state(), State::Ditarik);
    }
}

#[test]
fn only_key_compromise_changes_a_revoked_certificate() {
    let mut scene = Scene::standing(ReasonCode::Superseded, false);
    let date = scene.case.certificate.revocation().unwrap().date;
    scene
        .draft_by(&applicant(), RequesterKind::Subscriber)
        .fill_by(&applicant(), "mutasi");
    scene.does(&applicant(), &letter(5));
    assert_eq!(
        scene.refusal(&applicant(), &submit()),
        Refusal::OnlyKeyCompromise
    );
    // Never after the revocation that is kept.
    let after = Command::Edit(FieldChange::InvalidityDate(Some(date.plus(DAY))));
    assert_eq!(
        scene.refusal(&applicant(), &after),
        Refusal::InvalidityDateWrong
    );
    let before = Command::Edit(FieldChange::InvalidityDate(Some(date.plus(-DAY))));
    scene.does(&applicant(), &before);
    scene.does(&applicant(), &reasons(&["kompromi-kunci"]));
    scene.does(&applicant(), &submit());
    scene.does(&op(), &Command::Claim);
    assert_eq!(
        scene.refusal(&op(), &change_reason(ReasonCode::Superseded)),
        Refusal::OnlyKeyCompromise
    );
    scene.check_by(&op());
    scene.does(&op(), &revoke());
    let revocation = scene.case.certificate.revocation().unwrap();
    assert_eq!(
        (revocation.date, revocation.reason, revocation.on_crl),
        (date, ReasonCode::KeyCompromise, None)
    );
    assert_eq!(revocation.invalidity_date, Some(date.plus(-DAY)));
}

#[test]
fn a_held_certificate_is_revoked_with_its_first_date() {
    let mut scene = Scene::standing(ReasonCode::CertificateHold, true);
    scene.policy.allow_hold = true;
    let date = scene.case.certificate.revocation().unwrap().date;
    scene
        .draft_by(&applicant(), RequesterKind::Subscriber)
        .fill_by(&applicant(), "penangguhan");
    scene.does(&applicant(), &letter(5));
    assert_eq!(
        scene.refusal(&applicant(), &submit()),
        Refusal::CertificateHeld
    );
    scene.does(&applicant(), &reasons(&["mutasi"]));
    scene.does(&applicant(), &submit());
    scene.does(&op(), &Command::Claim);
    scene.check_by(&op());
    scene.does(&op(), &revoke());
    assert!(matches!(
        &scene.case.certificate.standing,
        Standing::Revoked(r) if r.date == date && r.reason == ReasonCode::AffiliationChanged
    ));
}

#[test]
fn a_hold_needs_policy_up_to_the_decision() {
    let mut scene = Scene::new();
    scene.policy.allow_hold = true;
    scene
        .draft_by(&applicant(), RequesterKind::Subscriber)
        .submit_by(&applicant(), "penangguhan");
    scene.does(&op(), &Command::Claim);
    scene.check_by(&op());
    scene.policy.allow_hold = false;
    assert_eq!(scene.refusal(&op(), &revoke()), Refusal::HoldNotAllowed);
    scene.policy.allow_hold = true;
    scene.does(&op(), &revoke());
    assert!(matches!(scene.case.certificate.standing, Standing::Held(_)));
}

#[test]
fn expiry_between_check_and_decision_is_noticed() {
    let mut scene = Scene::matched("mutasi");
    scene.case.certificate.not_after = scene.now.plus(MINUTE);
    scene.wait(2 * MINUTE);
    assert!(matches!(
        scene.refusal(&op(), &revoke()),
        Refusal::CertificateExpired { .. }
    ));
}
