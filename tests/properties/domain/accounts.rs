//! Admins ask, confirm and stop changes of accounts at random. Whatever they do, nobody gains power by his own word or
//! by that of one admin alone within a day, and an admin is always left.

use std::collections::{BTreeMap, BTreeSet};

use ams::domain::account::{
    Account, AccountStatus, Actor, GrantChange, Language, Person, Role, Scope,
};
use ams::domain::grants::{self, AccountChange, Effect, Surroundings};
use ams::domain::instant::{DAY, HOUR};
use ams::domain::{AccountId, Policy, Timestamp, Username};

use super::chance::Chance;
use super::people::{self, AGENCY};
use super::tally::Tally;

/// Who asked for which power, and when: the oracle's own notes.
type Asked = Vec<(AccountId, GrantChange, AccountId, Timestamp)>;

struct House {
    chance: Chance,
    accounts: BTreeMap<AccountId, Account>,
    asked: Asked,
    now: Timestamp,
}

pub fn play(seed: u64, steps: usize, tally: &mut Tally) {
    let mut house = House::new(seed);
    for _ in 0..steps {
        house.now = house.now.plus(house.chance.between(0, 10 * HOUR));
        house.let_due_grants_take_effect();
        house.try_something(tally);
        let admins = house.accounts.values().filter(|a| is_admin(a)).count();
        assert!(admins > 0, "seed {seed}: no admin is left");
    }
}

fn is_admin(account: &Account) -> bool {
    account.has(Role::Admin) && account.status == AccountStatus::Active
}

impl House {
    fn new(seed: u64) -> Self {
        let now = Timestamp(1_790_000_000_000);
        let accounts = (1..=5).map(|n| {
            let roles: &[Role] = match n {
                1 | 2 => &[Role::Admin],
                3 => &[Role::Op],
                _ => &[Role::Pemohon],
            };
            (people::id(n), account(n, roles, now))
        });
        Self {
            chance: Chance::new(seed),
            accounts: accounts.collect(),
            asked: Vec::new(),
            now,
        }
    }

    fn let_due_grants_take_effect(&mut self) {
        let ids: Vec<AccountId> = self.accounts.keys().copied().collect();
        for id in ids {
            loop {
                let account = &self.accounts[&id];
                let due = grants::due(account, self.now).find(|grant| {
                    let around = self.surroundings(id, &grant.change);
                    grants::still_fits(account, &grant.change, around).is_ok()
                });
                let Some(grant) = due.cloned() else { break };
                let waited = self.asked.iter().any(|(whom, change, by, at)| {
                    *whom == id
                        && *change == grant.change
                        && *by != id
                        && self.now.since(*at) >= DAY
                });
                assert!(waited, "a grant took effect before its day: {grant:?}");
                self.take_effect(id, &grant.change);
            }
        }
    }

    fn take_effect(&mut self, id: AccountId, change: &GrantChange) {
        if let Some(account) = self.accounts.get_mut(&id) {
            grants::take_effect(account, change);
        }
    }

    fn surroundings(&self, id: AccountId, change: &GrantChange) -> Surroundings {
        let others = self.accounts.values().filter(|a| a.id != id);
        Surroundings {
            other_admins: others.clone().filter(|a| is_admin(a)).count(),
            uid_bound_to: match change {
                GrantChange::BindUid(uid) => {
                    let bound = |a: &&Account| {
                        a.uid == Some(*uid) || a.pending.iter().any(|p| p.change == *change)
                    };
                    others.clone().find(bound).map(|a| a.id)
                }
                _ => None,
            },
        }
    }

    fn try_something(&mut self, tally: &mut Tally) {
        let ids: Vec<AccountId> = self.accounts.keys().copied().collect();
        let whom = *self.chance.pick(&ids);
        let who = self.somebody(&ids);
        let change = self.some_change();
        match self.chance.below(10) {
            0..5 => self.ask(&who, whom, AccountChange::Grant(change), tally),
            // The desk's host may disable an account too, but never the last admin.
            5 if self.chance.permille(300) => {
                self.ask(&Actor::System, whom, AccountChange::Disable, tally);
            }
            5 => self.ask(&who, whom, AccountChange::Disable, tally),
            6 => self.ask(&who, whom, AccountChange::Enable, tally),
            7 | 8 => self.confirm(&who, whom, tally),
            _ => {
                let account = &self.accounts[&whom];
                let Some(grant) = account.pending.first().cloned() else {
                    return;
                };
                match grants::cancel(&who, account, &grant) {
                    Ok(()) => {
                        if let Some(account) = self.accounts.get_mut(&whom) {
                            account.pending.retain(|p| *p != grant);
                        }
                    }
                    Err(refusal) => tally.refused(&refusal),
                }
            }
        }
    }

    fn somebody(&mut self, ids: &[AccountId]) -> Actor {
        let admins: Vec<AccountId> = ids
            .iter()
            .copied()
            .filter(|id| is_admin(&self.accounts[id]))
            .collect();
        let id = if self.chance.permille(850) {
            *self.chance.pick(&admins)
        } else {
            *self.chance.pick(ids)
        };
        let account = &self.accounts[&id];
        Actor::Person(Person {
            id,
            roles: account.roles.clone(),
            scope: account.scope.clone(),
            peer_uid: None,
            accompanied_by: None,
        })
    }

    fn some_change(&mut self) -> GrantChange {
        match self.chance.below(6) {
            0 => GrantChange::ResetPassword,
            1 => GrantChange::ResetTotp,
            2 => GrantChange::BindUid(1000 + self.chance.below(3) as u32),
            _ => GrantChange::Roles {
                roles: Role::ALL
                    .into_iter()
                    .filter(|_| self.chance.permille(400))
                    .collect(),
                scope: if self.chance.permille(500) {
                    Scope::All
                } else {
                    Scope::Agencies(BTreeSet::from([AGENCY.to_owned()]))
                },
            },
        }
    }

    fn ask(&mut self, who: &Actor, whom: AccountId, change: AccountChange, tally: &mut Tally) {
        let grant = match &change {
            AccountChange::Grant(grant) => grant.clone(),
            _ => GrantChange::ResetTotp,
        };
        let around = self.surroundings(whom, &grant);
        let account = &self.accounts[&whom];
        let answer = grants::change(who, account, &change, around, &Policy::default(), self.now);
        match answer {
            Err(refusal) => tally.refused(&refusal),
            Ok(Effect::Waits(pending)) => {
                let asker = who.account().expect("only people wait");
                assert_ne!(asker, whom, "somebody asked for himself");
                self.asked.push((whom, grant, asker, self.now));
                if let Some(account) = self.accounts.get_mut(&whom) {
                    account.pending.push(pending);
                }
            }
            Ok(Effect::Now) => {
                assert_ne!(who.account(), Some(whom), "somebody changed himself");
                self.at_once(whom, &change);
            }
        }
    }

    /// What takes effect at once must give no power.
    fn at_once(&mut self, whom: AccountId, change: &AccountChange) {
        let before = self.accounts[&whom].clone();
        match change {
            AccountChange::Grant(grant) => self.take_effect(whom, grant),
            AccountChange::Disable => self.status(whom, AccountStatus::Disabled),
            AccountChange::Enable => self.status(whom, AccountStatus::Active),
        }
        let after = &self.accounts[&whom];
        for role in [Role::Op, Role::Admin] {
            assert!(!after.has(role) || before.has(role), "{role:?} at once");
        }
        assert!(after.uid == before.uid, "a uid was bound at once");
        let powerful = before.has(Role::Op) || before.has(Role::Admin);
        if let AccountChange::Grant(GrantChange::ResetPassword | GrantChange::ResetTotp) = change {
            assert!(!powerful, "the keys of an officer were changed at once");
        }
        if after.has(Role::Op) && after.scope == Scope::All {
            assert!(before.scope == Scope::All, "a scope was widened at once");
        }
    }

    fn status(&mut self, whom: AccountId, status: AccountStatus) {
        if let Some(account) = self.accounts.get_mut(&whom) {
            account.status = status;
        }
    }

    fn confirm(&mut self, who: &Actor, whom: AccountId, tally: &mut Tally) {
        let account = &self.accounts[&whom];
        let Some(grant) = account.pending.first().cloned() else {
            return;
        };
        let around = self.surroundings(whom, &grant.change);
        match grants::confirm(who, account, &grant, around) {
            Err(refusal) => tally.refused(&refusal),
            Ok(()) => {
                let second = who.account().expect("a second person");
                let asked_by_another = self.asked.iter().any(|(id, change, by, _)| {
                    *id == whom && *change == grant.change && *by != second
                });
                assert!(
                    asked_by_another && second != whom && is_admin_actor(who),
                    "a grant was confirmed by who asked, whom it concerns, or no admin"
                );
                self.take_effect(whom, &grant.change);
            }
        }
    }
}

fn is_admin_actor(actor: &Actor) -> bool {
    matches!(actor, Actor::Person(p) if p.has(Role::Admin))
}

fn account(number: u8, roles: &[Role], now: Timestamp) -> Account {
    Account {
        id: people::id(number),
        username: Username::parse(&format!("orang.uji{number}")).expect("a username"),
        name: format!("Orang {number} UJI"),
        nip: None,
        agency: AGENCY.to_owned(),
        unit: String::new(),
        position: String::new(),
        email: String::new(),
        roles: roles.iter().copied().collect(),
        scope: Scope::Agencies(BTreeSet::from([AGENCY.to_owned()])),
        status: AccountStatus::Active,
        language: Language::Id,
        uid: None,
        created_at: now,
        must_change_password: false,
        totp_enrolled: true,
        pending: Vec::new(),
        version: 1,
    }
}
