//! A logged-in person as the desk knows him for the length of a session or command.

use std::collections::BTreeSet;

use crate::domain::{Account, AccountId, Actor, Language, Person, Role};

/// Made by `login` only. It ages: what it may do is asked of the account anew at every act.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Identity {
    person: Person,
    username: String,
    name: String,
    language: Language,
    /// Logged in with a password that must be changed, or without a second factor that policy demands.
    restricted: bool,
}

impl Identity {
    pub(super) fn new(
        account: &Account,
        peer_uid: Option<u32>,
        accompanied_by: Option<AccountId>,
    ) -> Self {
        Self {
            person: Person {
                id: account.id,
                roles: account.roles.clone(),
                scope: account.scope.clone(),
                peer_uid,
                accompanied_by,
            },
            username: account.username.to_string(),
            name: account.name.clone(),
            language: account.language,
            restricted: false,
        }
    }

    #[must_use]
    pub(super) fn restricted(mut self) -> Self {
        self.restricted = true;
        self
    }

    pub(super) const fn is_restricted(&self) -> bool {
        self.restricted
    }

    pub const fn account_id(&self) -> AccountId {
        self.person.id
    }

    pub fn username(&self) -> &str {
        &self.username
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub const fn language(&self) -> Language {
        self.language
    }

    pub fn has(&self, role: Role) -> bool {
        self.person.has(role)
    }

    pub const fn roles(&self) -> &BTreeSet<Role> {
        &self.person.roles
    }

    pub const fn peer_uid(&self) -> Option<u32> {
        self.person.peer_uid
    }

    pub const fn person(&self) -> &Person {
        &self.person
    }

    pub fn actor(&self) -> Actor {
        Actor::Person(self.person.clone())
    }
}
