//! Accounts are made: what is typed is checked once, and what gives power waits from the first hour on.

use std::collections::BTreeSet;

use secrecy::SecretString;

use crate::audit::{Action, ObjectRef};
use crate::desk::transaction::{Signer, Transaction};
use crate::desk::view::Change;
use crate::desk::{Desk, DeskError, Identity, act};
use crate::domain::account::{AccountStatus, PersonalFields};
use crate::domain::distinguished_name::is_unprintable;
use crate::domain::{Account, AccountId, Actor, Language, Nik, Nip, Role, Scope, Username, grants};
use crate::notify::address::EmailAddress;
use crate::notify::facts::Notice;

/// An account to be made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewAccount {
    pub username: Username,
    pub name: String,
    pub nip: Option<Nip>,
    pub nik: Option<Nik>,
    pub agency: String,
    pub unit: String,
    pub position: String,
    pub email: String,
    pub roles: BTreeSet<Role>,
    pub scope: Scope,
    pub language: Language,
}

const LONGEST_TEXT: usize = 200;

/// A line of personal data as typed: trimmed, one line, at most 200 characters.
fn line(what: &'static str, text: &str) -> Result<String, DeskError> {
    let text = text.trim();
    if text.chars().count() > LONGEST_TEXT || text.chars().any(is_unprintable) {
        return Err(DeskError::bad_value(
            what,
            "one line of at most 200 characters",
        ));
    }
    Ok(text.to_owned())
}

impl Desk {
    /// Makes an account and returns its id with its one-time password.
    pub fn create_account(
        &self,
        who: &Identity,
        new: &NewAccount,
    ) -> Result<(AccountId, SecretString), DeskError> {
        let signer = Signer::person(who.person(), &[Role::Admin]);
        let (password, hash) = self.one_time()?;
        let id = self
            .transact(signer, |tx| {
                let actor = act::present(tx.writer, who)?;
                tx.create_account(&actor, new, Some(hash), true)
            })
            .map_err(|e| self.refused(signer, ObjectRef::Desk, e))?;
        Ok((id, password))
    }

    /// Makes the first admin of a new desk, at once and with its one-time password.
    pub fn create_first_admin(
        &self,
        new: &NewAccount,
    ) -> Result<(AccountId, SecretString), DeskError> {
        let (password, hash) = self.one_time()?;
        let id = self.transact(Signer::SYSTEM, |tx| {
            tx.create_account(&Actor::System, new, Some(hash), true)
        })?;
        Ok((id, password))
    }
}

/// The scope that a list of agencies means; none named is all.
pub fn scope_of<'a>(agencies: impl IntoIterator<Item = &'a str>) -> Scope {
    let set: BTreeSet<String> = agencies
        .into_iter()
        .map(|a| a.trim().to_owned())
        .filter(|a| !a.is_empty())
        .collect();
    if set.is_empty() {
        Scope::All
    } else {
        Scope::Agencies(set)
    }
}

impl Transaction<'_> {
    /// Stores a new account. `must_change`: the password was given by somebody else.
    pub fn create_account(
        &mut self,
        actor: &Actor,
        new: &NewAccount,
        password_hash: Option<String>,
        must_change: bool,
    ) -> Result<AccountId, DeskError> {
        let (roles, grant) =
            grants::create(actor, &new.roles, &new.scope, &self.desk.policy(), self.now)?;
        if self.writer.account_by_username(&new.username)?.is_some() {
            return Err(DeskError::bad_value(
                "username",
                "a name that nobody has yet",
            ));
        }
        let email = line("email", &new.email)?;
        if !email.is_empty() {
            EmailAddress::parse(&email)
                .map_err(|_| DeskError::bad_value("email", "an e-mail address"))?;
        }
        let name = line("name", &new.name)?;
        if name.is_empty() {
            return Err(DeskError::bad_value("name", "a full name"));
        }
        let id = AccountId(self.random()?);
        let account = Account {
            id,
            username: new.username.clone(),
            name,
            nip: new.nip.clone(),
            agency: line("agency", &new.agency)?,
            unit: line("unit", &new.unit)?,
            position: line("position", &new.position)?,
            email,
            roles,
            scope: new.scope.clone(),
            status: AccountStatus::Active,
            language: new.language,
            uid: None,
            created_at: self.now,
            must_change_password: must_change,
            totp_enrolled: false,
            pending: grant.into_iter().collect(),
            version: 1,
        };
        self.writer.put_account(&account)?;
        let credentials = Desk::new_credentials(password_hash, self.now);
        self.writer.put_credentials(id, &credentials)?;
        let octets = self.random()?;
        self.writer.make_subject_key(id, &octets)?;
        if new.nik.is_some() {
            let fields = PersonalFields {
                nik: new.nik.clone(),
            };
            let nonce = self.random()?;
            self.writer.put_personal(id, &fields, nonce)?;
        }
        self.log(Action::AKUN_DIBUAT, ObjectRef::Account(id), |_| {})?;
        if let Some(grant) = account.pending.first() {
            let notice = Notice::GrantPending {
                grant: (&grant.change).into(),
                effective_at: grant.effective_at,
            };
            self.log(Action::PERAN_DIAJUKAN, ObjectRef::Account(id), |_| {})?;
            self.queue_mail(&account, notice, None, 0)?;
        }
        self.changed(Change::Account(id));
        Ok(id)
    }
}
