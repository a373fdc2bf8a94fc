//! One test a rule of DOMAIN about changes that give power.

use super::*;
use crate::domain::account::Language;
use crate::domain::identifiers::Username;
use crate::domain::instant::{DAY, HOUR};

fn id(n: u8) -> AccountId {
    AccountId([n; 16])
}

fn admin(n: u8) -> Actor {
    Actor::Person(Person {
        id: id(n),
        roles: BTreeSet::from([Role::Admin]),
        scope: Scope::All,
        peer_uid: None,
        accompanied_by: None,
    })
}

fn account(n: u8, roles: &[Role]) -> Account {
    Account {
        id: id(n),
        username: Username::parse("budi.uji").unwrap(),
        name: "Budi UJI".to_owned(),
        nip: None,
        agency: "Dinas UJI".to_owned(),
        unit: String::new(),
        position: String::new(),
        email: String::new(),
        roles: roles.iter().copied().collect(),
        scope: Scope::Agencies(BTreeSet::from(["Dinas UJI".to_owned()])),
        status: AccountStatus::Active,
        language: Language::Id,
        uid: None,
        created_at: now(),
        must_change_password: false,
        totp_enrolled: true,
        pending: Vec::new(),
        version: 1,
    }
}

fn now() -> Timestamp {
    Timestamp(1_800_000_000_000)
}

fn around(other_admins: usize) -> Surroundings {
    Surroundings {
        other_admins,
        uid_bound_to: None,
    }
}

fn roles(roles: &[Role], scope: Scope) -> AccountChange {
    AccountChange::Grant(GrantChange::Roles {
        roles: roles.iter().copied().collect(),
        scope,
    })
}

fn ask(actor: &Actor, account: &Account, asked: &AccountChange) -> Result<Effect, Refusal> {
    change(actor, account, asked, around(2), &Policy::default(), now())
}

/// Asks for a grant that waits and leaves it pending.
fn pend(account: &mut Account, asker: u8, asked: &AccountChange) -> PendingGrant {
    match ask(&admin(asker), account, asked).unwrap() {
        Effect::Waits(grant) => {
            account.pending.push(grant.clone());
            grant
        }
        Effect::Now => panic!("took effect at once"),
    }
}

#[test]
fn nobody_changes_his_own_power() {
    let own = account(1, &[Role::Admin]);
    for asked in [
        roles(&[Role::Admin, Role::Op], Scope::All),
        AccountChange::Grant(GrantChange::BindUid(7)),
        AccountChange::Grant(GrantChange::ResetTotp),
        AccountChange::Disable,
    ] {
        assert_eq!(ask(&admin(1), &own, &asked), Err(Refusal::OwnGrant));
    }
}

#[test]
fn power_waits_for_a_second_word_or_a_day() {
    let mut budi = account(2, &[Role::Pemohon]);
    let asked = roles(&[Role::Pemohon, Role::Op], Scope::All);
    let grant = pend(&mut budi, 1, &asked);
    assert_eq!(grant.effective_at, now().plus(24 * HOUR));
    assert_eq!(
        ask(&admin(3), &budi, &asked),
        Err(Refusal::GrantWaits {
            effective_at: grant.effective_at
        })
    );
    assert_eq!(due(&budi, now().plus(DAY - 1)).count(), 0);
    assert_eq!(due(&budi, now().plus(DAY)).count(), 1);
    let confirmed = |n| confirm(&admin(n), &budi, &grant, around(2));
    assert_eq!(confirmed(1), Err(Refusal::NotIndependent));
    assert_eq!(confirmed(2), Err(Refusal::OwnGrant));
    assert_eq!(confirmed(3), Ok(()));
    take_effect(&mut budi, &grant.change);
    assert!(budi.has(Role::Op) && budi.pending.is_empty());
}

#[test]
fn what_takes_power_away_does_not_wait() {
    let op = account(2, &[Role::Op, Role::Admin]);
    let same_scope = op.scope.clone();
    assert_eq!(
        ask(&admin(1), &op, &roles(&[Role::Op], same_scope.clone())),
        Ok(Effect::Now)
    );
    assert_eq!(
        ask(&admin(1), &op, &roles(&[], Scope::All)),
        Ok(Effect::Now)
    );
    // A wider scope is more power.
    assert!(matches!(
        ask(&admin(1), &op, &roles(&[Role::Op], Scope::All)),
        Ok(Effect::Waits(_))
    ));
    let reset = AccountChange::Grant(GrantChange::ResetPassword);
    assert!(matches!(ask(&admin(1), &op, &reset), Ok(Effect::Waits(_))));
    let applicant = account(4, &[Role::Pemohon]);
    assert_eq!(ask(&admin(1), &applicant, &reset), Ok(Effect::Now));
}

#[test]
fn what_was_taken_away_does_not_come_back_by_itself() {
    let mut budi = account(2, &[Role::Pemohon]);
    pend(&mut budi, 1, &roles(&[Role::Op], Scope::All));
    take_effect(
        &mut budi,
        &GrantChange::Roles {
            roles: BTreeSet::new(),
            scope: Scope::All,
        },
    );
    assert!(budi.pending.is_empty());
}

#[test]
fn the_last_admin_stays() {
    let last = account(2, &[Role::Admin]);
    for asked in [AccountChange::Disable, roles(&[], Scope::All)] {
        let answer = change(
            &Actor::System,
            &last,
            &asked,
            around(0),
            &Policy::default(),
            now(),
        );
        assert_eq!(answer, Err(Refusal::LastAdmin));
        assert_eq!(ask(&admin(1), &last, &asked), Ok(Effect::Now));
    }
}

#[test]
fn a_grant_that_would_meanwhile_take_the_last_admin_goes_on_waiting() {
    let mut budi = account(2, &[Role::Admin]);
    let grant = pend(&mut budi, 1, &roles(&[Role::Op], Scope::All));
    assert_eq!(due(&budi, now().plus(DAY)).count(), 1);
    let fits = |others| still_fits(&budi, &grant.change, around(others));
    assert_eq!(fits(0), Err(Refusal::LastAdmin));
    assert_eq!(fits(1), Ok(()));
    assert_eq!(
        confirm(&admin(3), &budi, &grant, around(0)),
        Err(Refusal::LastAdmin)
    );
}

#[test]
fn one_unix_user_is_bound_to_one_account() {
    let budi = account(2, &[Role::Pemohon]);
    let asked = AccountChange::Grant(GrantChange::BindUid(1000));
    let taken = Surroundings {
        other_admins: 1,
        uid_bound_to: Some(id(5)),
    };
    assert_eq!(
        change(&admin(1), &budi, &asked, taken, &Policy::default(), now()),
        Err(Refusal::UidTaken)
    );
    assert!(matches!(
        ask(&admin(1), &budi, &asked),
        Ok(Effect::Waits(_))
    ));
}

#[test]
fn the_person_concerned_may_stop_a_grant() {
    let mut op = account(2, &[Role::Op]);
    let grant = pend(
        &mut op,
        1,
        &AccountChange::Grant(GrantChange::ResetPassword),
    );
    let person = |n, role| {
        Actor::Person(Person {
            id: id(n),
            roles: BTreeSet::from([role]),
            scope: Scope::All,
            peer_uid: None,
            accompanied_by: None,
        })
    };
    assert_eq!(cancel(&person(2, Role::Op), &op, &grant), Ok(()));
    assert_eq!(
        cancel(&person(3, Role::Op), &op, &grant),
        Err(Refusal::RoleNeeded(vec![Role::Admin]))
    );
    op.pending.clear();
    assert_eq!(cancel(&admin(3), &op, &grant), Err(Refusal::NotFound));
}

#[test]
fn a_new_account_begins_without_the_power_that_waits() {
    let wanted = BTreeSet::from([Role::Pemohon, Role::Op]);
    let policy = Policy::default();
    let (at_once, grant) = create(&admin(1), &wanted, &Scope::All, &policy, now()).unwrap();
    assert_eq!(at_once, BTreeSet::from([Role::Pemohon]));
    assert!(grant.is_some());
    let first = create(&Actor::System, &wanted, &Scope::All, &policy, now()).unwrap();
    assert_eq!(first, (wanted, None));
}
