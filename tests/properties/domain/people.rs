//! The people of the walk: every role, several in one person, scopes that cover and that don't.

use std::collections::BTreeSet;

use ams::domain::account::{Actor, Person, Role, Scope};
use ams::domain::{AccountId, Policy};

use Role::{Admin, Auditor, Op, Pemohon, Pendamping};

pub const AGENCY: &str = "Dinas UJI";
pub const OTHER_AGENCY: &str = "Badan Lain UJI";

/// Number, roles and the one agency of the scope (`None`: all).
const PEOPLE: [(u8, &[Role], Option<&str>); 13] = [
    (1, &[Pemohon], None),
    (2, &[Pemohon, Op], None),
    (3, &[Pemohon, Pendamping], None),
    (4, &[Pendamping], None),
    (5, &[Op], None),
    (6, &[Op], None),
    (7, &[Op], Some(AGENCY)),
    (8, &[Op], Some(OTHER_AGENCY)),
    (9, &[Auditor], None),
    (10, &[Admin], None),
    (11, &[Pendamping, Op], None),
    (12, &[Pemohon], None),
    (13, &[Op, Auditor, Admin], None),
];

pub const OWNERS: [u8; 3] = [1, 2, 3];
pub const OFFICERS: [u8; 6] = [5, 6, 7, 8, 11, 13];
pub const FIELD: [u8; 5] = [3, 4, 5, 7, 11];
pub const ADMINS: [u8; 2] = [10, 13];
pub const EVERYBODY: [u8; 13] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13];

pub fn id(number: u8) -> AccountId {
    AccountId([number; 16])
}

pub fn person(number: u8) -> Person {
    let (_, roles, agency) = PEOPLE[usize::from(number) - 1];
    Person {
        id: id(number),
        roles: roles.iter().copied().collect(),
        scope: agency.map_or(Scope::All, |a| {
            Scope::Agencies(BTreeSet::from([a.to_owned()]))
        }),
        peer_uid: None,
        accompanied_by: None,
    }
}

pub fn actor(number: u8) -> Actor {
    Actor::Person(person(number))
}

pub fn number(account: AccountId) -> u8 {
    account.0[0]
}

/// The policy of a case before chance varies it.
pub fn policy() -> Policy {
    Policy {
        letter_limit: 1000,
        ..Policy::default()
    }
}
