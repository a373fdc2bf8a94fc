//! Grants that wait and are stopped: by an admin, by whom they concern, by nobody else; and two that want one unix user.

use ams::desk::{Alarm, Credentials, DeskError, Login};
use ams::domain::account::GrantChange;
use ams::domain::instant::DAY;
use ams::domain::{Refusal, Role};

use super::fixture::{MINUTE, Office, Someone, login, password_of};
use super::office::STAFF;

fn staff() -> Vec<Someone> {
    let mut staff: Vec<Someone> = STAFF.into();
    for name in ["wakil", "cadangan"] {
        staff.push(Someone::new(name, "Admin Lain UJI", &[Role::Admin]));
    }
    staff
}

/// The office, what its making let wait being in effect.
fn office() -> Office {
    let office = Office::open(&staff());
    office.clock.advance(DAY + MINUTE);
    office.drain();
    assert!(!grant_waits(&office));
    office
}

fn ask(office: &Office, who: &str, whom: &str, change: GrantChange) -> Result<(), DeskError> {
    office
        .desk
        .change_account(office.who(who), office.id(whom), &change.into())
        .map(drop)
}

fn pending(office: &Office, whom: &str) -> usize {
    let view = office.desk.account(office.admin(), office.id(whom));
    view.unwrap().account.pending.len()
}

fn grant_waits(office: &Office) -> bool {
    let alarms = office.desk.alarms().unwrap();
    alarms
        .iter()
        .any(|alarm| matches!(alarm, Alarm::GrantPending { .. }))
}

fn actions(office: &Office, since: u64) -> Vec<String> {
    let entries = office.log_since(since);
    entries.into_iter().map(|e| e.action).collect()
}

/// Who was told that a change was stopped.
fn told(office: &Office) -> Vec<String> {
    let page = office.desk.mails(office.admin(), None, 500).unwrap();
    let of_kind = page
        .rows
        .into_iter()
        .filter(|m| m.kind == "grant_cancelled");
    let mut to: Vec<String> = of_kind.map(|m| m.to).collect();
    to.sort();
    to
}

fn address(office: &Office, whom: &str) -> String {
    let view = office.desk.account(office.admin(), office.id(whom));
    view.unwrap().account.email
}

#[test]
fn what_another_admin_stopped_never_takes_effect_and_is_told_to_both() {
    let office = office();
    office.grant("dodi", &[Role::Pemohon, Role::Op]).unwrap();
    assert!(grant_waits(&office));
    let since = office.log_size();
    let stop = || {
        office
            .desk
            .cancel_grants(office.who("wakil"), office.id("dodi"))
    };
    stop().unwrap();
    assert_eq!(actions(&office, since), ["PERAN_DIBATALKAN"]);
    assert!(!grant_waits(&office));
    let mut both = [address(&office, "dodi"), address(&office, "kepala")];
    both.sort();
    assert_eq!(told(&office), both);

    office.clock.advance(2 * DAY);
    office.drain();
    let dodi = office
        .desk
        .account(office.admin(), office.id("dodi"))
        .unwrap();
    assert!(!dodi.account.has(Role::Op));
    assert!(matches!(stop(), Err(DeskError::Refused(Refusal::NotFound))));
    office.checks_out();
}

#[test]
fn the_person_concerned_stops_a_new_password_and_keeps_his_own() {
    let office = office();
    let change = GrantChange::ResetPassword.into();
    let changed = office
        .desk
        .change_account(office.admin(), office.id("satu"), &change)
        .unwrap();
    let once = changed.one_time_password.unwrap();
    office
        .desk
        .cancel_grants(office.who("satu"), office.id("satu"))
        .unwrap();
    office.clock.advance(2 * DAY);
    office.drain();
    let by = |password| {
        office.desk.login(&Credentials {
            username: "satu".to_owned(),
            password,
            totp: None,
            peer_uid: None,
        })
    };
    assert!(by(once).is_err(), "the stopped password opens the account");
    assert!(matches!(
        login(&office.desk, "satu", &password_of("satu")),
        Login::In(_)
    ));
    // A later reset begins anew: the hash of the stopped one is gone with it.
    let again = office
        .desk
        .change_account(office.admin(), office.id("satu"), &change)
        .unwrap();
    office
        .desk
        .approve_grants(office.who("wakil"), office.id("satu"))
        .unwrap();
    let Login::MustChangePassword(_) =
        login(&office.desk, "satu", &again.one_time_password.unwrap())
    else {
        panic!("a one-time password opens nothing but its change");
    };
    office.checks_out();
}

#[test]
fn nobody_else_stops_a_grant_and_the_attempt_is_logged() {
    let office = office();
    office.grant("dodi", &[Role::Pemohon, Role::Op]).unwrap();
    let (state, since) = (office.state(), office.log_size());
    let refused = office
        .desk
        .cancel_grants(office.who("satu"), office.id("dodi"));
    assert!(matches!(
        refused,
        Err(DeskError::Refused(Refusal::RoleNeeded(_)))
    ));
    assert_eq!(office.state(), state);
    let entries = office.log_since(since);
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0].refusal.as_deref(), Some("role_needed"));
    assert_eq!(pending(&office, "dodi"), 1);
}

#[test]
fn an_admin_who_takes_his_own_word_back_is_not_mailed_about_it() {
    let office = office();
    office.grant("dodi", &[Role::Pemohon, Role::Op]).unwrap();
    office
        .desk
        .cancel_grants(office.admin(), office.id("dodi"))
        .unwrap();
    assert_eq!(told(&office), [address(&office, "dodi")]);
}

#[test]
fn a_unix_user_that_is_about_to_be_bound_is_taken_until_that_is_stopped() {
    let office = office();
    ask(&office, "kepala", "rahmi", GrantChange::BindUid(4242)).unwrap();
    let other = || ask(&office, "wakil", "dodi", GrantChange::BindUid(4242));
    assert!(matches!(
        other(),
        Err(DeskError::Refused(Refusal::UidTaken))
    ));
    ask(&office, "wakil", "dodi", GrantChange::BindUid(4243)).unwrap();
    office
        .desk
        .cancel_grants(office.who("cadangan"), office.id("dodi"))
        .unwrap();
    office
        .desk
        .cancel_grants(office.who("rahmi"), office.id("rahmi"))
        .unwrap();
    other().unwrap();
    office
        .desk
        .approve_grants(office.admin(), office.id("dodi"))
        .unwrap();
    let dodi = office
        .desk
        .account(office.admin(), office.id("dodi"))
        .unwrap();
    assert_eq!(dodi.account.uid, Some(4242));
    office.checks_out();
}
