//! Steps 8 and 9, requests overtaken by events, and holds released.

use super::*;
use crate::domain::policy::FourEyes;
use crate::domain::request::{Acknowledgement, Channel, Closing};

fn published(number: u64) -> Command {
    Command::Published {
        number: CrlNumber::from(number),
    }
}

fn notice(channel: &str) -> Command {
    Command::RecordNotice {
        channel: channel.to_owned(),
    }
}

#[test]
fn nobody_is_told_before_the_entry_is_on_a_published_crl() {
    let mut scene = Scene::revoked("mutasi");
    assert_eq!(
        scene.refusal(&Actor::System, &Command::MailAccepted),
        Refusal::NotPublished
    );
    assert_eq!(
        scene.refusal(&op(), &notice("telepon")),
        Refusal::NotPublished
    );
    scene.does(&Actor::System, &published(4));
    assert_eq!(scene.does(&Actor::System, &published(5)), []);
    assert_eq!(scene.request().crl_number, Some(CrlNumber::from(4)));
    scene.does(&Actor::System, &Command::MailAccepted);
    assert_eq!(scene.state(), State::Diberitahukan);
}

#[test]
fn an_officer_records_another_channel() {
    let mut scene = Scene::revoked("mutasi");
    scene.does(&Actor::System, &published(4));
    assert_eq!(scene.refusal(&op(), &notice(" ")), Refusal::NoteMissing);
    assert_eq!(
        scene.refusal(&op(), &notice("a\nb")),
        Refusal::BadText { limit: 200 }
    );
    scene.does(&op(), &notice("telepon"));
    assert_eq!(
        scene.request().notice.as_ref().unwrap().channel,
        Channel::Other("telepon".to_owned())
    );
}

#[test]
fn step_9_is_confirmed_recorded_or_over_after_14_days() {
    let mut scene = Scene::told("mutasi");
    let acknowledged = |scene: &Scene, actor: &Actor| {
        let events = scene.ask(actor, &Command::Acknowledge)?;
        match &events[..] {
            [Event::Acknowledged(how)] => Ok(how.clone()),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(
        acknowledged(&scene, &applicant()),
        Ok(Acknowledgement::ByApplicant)
    );
    assert_eq!(
        acknowledged(&scene, &owner_who_is_op()),
        Ok(Acknowledgement::ByApplicant)
    );
    assert_eq!(
        acknowledged(&scene, &op2()),
        Ok(Acknowledgement::RecordedBy(id(4)))
    );
    assert_eq!(acknowledged(&scene, &stranger()), Err(Refusal::NotYours));
    assert_eq!(
        acknowledged(&scene, &Actor::System),
        Err(Refusal::WaitNotOver)
    );
    scene.wait(14 * DAY);
    assert_eq!(
        acknowledged(&scene, &Actor::System),
        Ok(Acknowledgement::WithoutConfirmation)
    );
}

#[test]
fn an_owner_is_not_asked_where_his_agency_filed() {
    let mut scene = Scene::new();
    scene
        .draft_by(&op(), RequesterKind::Agency)
        .submit_by(&op(), "berhenti");
    scene.does(&op2(), &Command::Claim);
    scene.check_by(&op2());
    scene.does(&op2(), &revoke());
    scene.does(&Actor::System, &published(4));
    scene.does(&Actor::System, &Command::MailAccepted);
    assert_eq!(scene.state(), State::Selesai);
    assert_eq!(
        scene.request().acknowledgement,
        Some(Acknowledgement::NotAsked)
    );
}

#[test]
fn a_request_overtaken_by_events_is_closed_by_the_desk() {
    let revoked = Command::Close(Closing::AlreadyRevoked(Some(NUMBER)));
    let expired = Command::Close(Closing::Expired);
    let mut scene = Scene::claimed("mutasi");
    for command in [&revoked, &expired] {
        assert_eq!(
            scene.refusal(&Actor::System, command),
            Refusal::NothingToClose
        );
        assert_eq!(scene.refusal(&op(), command), Refusal::SystemOnly);
    }
    scene.case.certificate.standing = Scene::standing(ReasonCode::Superseded, false)
        .case
        .certificate
        .standing;
    let events = scene.does(&Actor::System, &revoked);
    assert_eq!(events[0].log_action(), Some("SUDAH_DICABUT"));
    assert_eq!(scene.state(), State::Ditutup);

    let mut scene = Scene::claimed("mutasi");
    scene.wait(301 * DAY);
    let events = scene.does(&Actor::System, &expired);
    assert_eq!(events[0].log_action(), Some("KEDALUWARSA"));
}

#[test]
fn a_change_to_key_compromise_is_not_closed_as_revoked() {
    let revoked = Command::Close(Closing::AlreadyRevoked(None));
    let mut scene = Scene::submitted("kompromi-kunci");
    scene.case.certificate.standing = Scene::standing(ReasonCode::Superseded, false)
        .case
        .certificate
        .standing;
    assert_eq!(
        scene.refusal(&Actor::System, &revoked),
        Refusal::NothingToClose
    );
    scene.case.certificate.standing = Scene::standing(ReasonCode::KeyCompromise, false)
        .case
        .certificate
        .standing;
    assert!(scene.ask(&Actor::System, &revoked).is_ok());
}

fn release(approved_by: Option<AccountId>) -> Command {
    Command::ReleaseHold {
        last_four: LAST_FOUR.to_owned(),
        password_confirmed: true,
        approved_by,
    }
}

#[test]
fn only_a_held_certificate_is_released() {
    assert_eq!(
        Scene::new().refusal(&op(), &release(None)),
        Refusal::CertificateNotHeld
    );
    let scene = Scene::standing(ReasonCode::Superseded, false);
    assert_eq!(
        scene.refusal(&op(), &release(None)),
        Refusal::CertificateNotHeld
    );
    let mut scene = Scene::standing(ReasonCode::CertificateHold, true);
    assert_eq!(
        scene.refusal(&owner_who_is_op(), &release(None)),
        Refusal::OwnCertificate
    );
    let events = scene.does(&op(), &release(None));
    assert_eq!(events[0].log_action(), Some("SERTIFIKAT_DIPULIHKAN"));
    assert_eq!(scene.case.certificate.standing, Standing::Active);
}

#[test]
fn a_release_takes_the_same_care_as_a_revocation() {
    let mut scene = Scene::standing(ReasonCode::CertificateHold, true);
    let command = |last_four: &str, password_confirmed| Command::ReleaseHold {
        last_four: last_four.to_owned(),
        password_confirmed,
        approved_by: None,
    };
    let refused = |c: &Command| scene.refusal(&op(), c);
    assert_eq!(refused(&command("c3d4", false)), Refusal::PasswordNeeded);
    assert_eq!(refused(&command("1111", true)), Refusal::LastFourWrong);
    scene.policy.four_eyes = FourEyes::Normal;
    assert_eq!(
        scene.refusal(&op(), &release(None)),
        Refusal::ApprovalNeeded
    );
    for second in [id(3), id(1)] {
        assert_eq!(
            scene.refusal(&op(), &release(Some(second))),
            Refusal::SecondNeeded
        );
    }
    assert!(scene.ask(&op(), &release(Some(id(4)))).is_ok());
}

#[test]
fn a_hold_is_not_released_under_an_open_request_nor_before_it_was_published() {
    let mut scene = Scene::standing(ReasonCode::CertificateHold, true);
    scene.case.open_request = Some((RequestId([3; 16]), None));
    assert_eq!(
        scene.refusal(&op(), &release(None)),
        Refusal::OpenRequestExists { number: None }
    );
    scene.case.open_request = None;
    if let Standing::Held(revocation) = &mut scene.case.certificate.standing {
        revocation.on_crl = None;
    }
    assert_eq!(scene.refusal(&op(), &release(None)), Refusal::NotPublished);
}

fn hold(approved_by: Option<AccountId>) -> Command {
    Command::Hold {
        last_four: LAST_FOUR.to_owned(),
        password_confirmed: true,
        approved_by,
    }
}

fn allowing_hold(mut scene: Scene) -> Scene {
    scene.policy.allow_hold = true;
    scene
}

#[test]
fn an_officer_suspends_an_active_certificate_where_policy_allows_it() {
    let mut scene = Scene::new();
    assert_eq!(scene.refusal(&op(), &hold(None)), Refusal::HoldNotAllowed);
    scene.policy.allow_hold = true;
    assert_eq!(
        scene.refusal(&owner_who_is_op(), &hold(None)),
        Refusal::OwnCertificate
    );
    assert!(matches!(
        scene.refusal(&elsewhere(), &hold(None)),
        Refusal::OutsideScope { .. }
    ));
    assert!(matches!(
        scene.refusal(&applicant(), &hold(None)),
        Refusal::RoleNeeded(_)
    ));
    let events = scene.does(&op(), &hold(None));
    assert_eq!(events[0].log_action(), Some("SERTIFIKAT_DITANGGUHKAN"));
    let Standing::Held(held) = &scene.case.certificate.standing else {
        panic!("{:?}", scene.case.certificate.standing);
    };
    assert_eq!(
        (held.reason, held.date, held.on_crl),
        (ReasonCode::CertificateHold, scene.now, None)
    );
    assert_eq!(scene.refusal(&op(), &hold(None)), Refusal::CertificateHeld);
}

#[test]
fn a_suspension_takes_the_same_care_as_a_revocation() {
    let mut scene = allowing_hold(Scene::new());
    let command = |last_four: &str, password_confirmed| Command::Hold {
        last_four: last_four.to_owned(),
        password_confirmed,
        approved_by: None,
    };
    let refused = |c: &Command| scene.refusal(&op(), c);
    assert_eq!(refused(&command("c3d4", false)), Refusal::PasswordNeeded);
    assert_eq!(refused(&command("1111", true)), Refusal::LastFourWrong);
    scene.policy.four_eyes = FourEyes::Normal;
    assert_eq!(scene.refusal(&op(), &hold(None)), Refusal::ApprovalNeeded);
    for second in [id(3), id(1)] {
        assert_eq!(
            scene.refusal(&op(), &hold(Some(second))),
            Refusal::SecondNeeded
        );
    }
    assert!(scene.ask(&op(), &hold(Some(id(4)))).is_ok());
}

#[test]
fn what_is_revoked_or_expired_is_not_suspended() {
    let scene = allowing_hold(Scene::standing(ReasonCode::Superseded, false));
    assert_eq!(
        scene.refusal(&op(), &hold(None)),
        Refusal::CertificateRevoked
    );
    let mut scene = allowing_hold(Scene::new());
    scene.wait(301 * DAY);
    assert!(matches!(
        scene.refusal(&op(), &hold(None)),
        Refusal::CertificateExpired { .. }
    ));
}

#[test]
fn a_certificate_can_be_suspended_while_its_revocation_is_asked_for_and_then_keeps_that_date() {
    let mut scene = allowing_hold(Scene::matched("kompromi-kunci"));
    let since = scene.now;
    scene.does(&op2(), &hold(None));
    scene.wait(MINUTE).does(&op(), &revoke());
    let Standing::Revoked(revocation) = &scene.case.certificate.standing else {
        panic!("{:?}", scene.case.certificate.standing);
    };
    assert_eq!(
        (revocation.reason, revocation.date),
        (ReasonCode::KeyCompromise, since)
    );
}
