//! Accounts: made, changed, bound, reset, imported. What gives power waits for a second admin's word or its delay.

use std::collections::BTreeSet;

use secrecy::SecretString;

use crate::audit::{Action, ObjectRef};
use crate::domain::account::{AccountStatus, GrantChange, PersonalFields};
use crate::domain::distinguished_name::is_unprintable;
use crate::domain::grants::{self, AccountChange as Change_, Effect, Surroundings};
use crate::domain::permission::{Permission, may_read_nik, sees_account};
use crate::domain::{
    Account, AccountId, Actor, Language, Nik, Nip, Refusal, Role, Scope, Username,
};
use crate::notify::facts::Notice;

use super::transaction::{Signer, Transaction, found};
use super::view::{AccountRow, AccountView, Change, Page};
use super::{Desk, DeskError, Identity, act, cursor};

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

/// A change to somebody's account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum AccountChange {
    Grant { roles: BTreeSet<Role>, scope: Scope },
    ResetPassword,
    ResetTotp,
    BindUid(u32),
    Disable,
    Enable,
}

/// A line of an account import: its number, and the username with its one-time password or what is wrong.
pub type ImportedAccount = (u64, Result<(String, SecretString), String>);

/// What became of a change.
#[derive(Clone, Debug)]
pub struct Changed {
    /// It waits until then, or for a second admin's word.
    pub waits_until: Option<crate::domain::Timestamp>,
    /// A one-time password, shown once.
    pub one_time_password: Option<SecretString>,
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

    /// Changes an account; what gives power may wait.
    pub fn change_account(
        &self,
        who: &Identity,
        id: AccountId,
        change: &AccountChange,
    ) -> Result<Changed, DeskError> {
        let signer = Signer::person(who.person(), &[Role::Admin]);
        let object = ObjectRef::Account(id);
        let one_time = match change {
            AccountChange::ResetPassword => Some(self.one_time()?),
            _ => None,
        };
        self.transact(signer, |tx| {
            let actor = act::present(tx.writer, who)?;
            let mut account = found(tx.writer.account(id))?;
            let asked = asked(change);
            let around = tx.surroundings(&account, change)?;
            let effect = grants::change(&actor, &account, &asked, around, &self.policy(), tx.now)?;
            let waits_until = match (effect, &asked) {
                (Effect::Now, Change_::Grant(grant)) => {
                    if let Some((_, hash)) = &one_time {
                        tx.keep_pending_password(id, hash)?;
                    }
                    tx.take_effect(&mut account, grant)?;
                    None
                }
                (Effect::Now, Change_::Disable) => {
                    account.status = AccountStatus::Disabled;
                    tx.keep(&mut account, Action::AKUN_DINONAKTIFKAN)?;
                    None
                }
                (Effect::Now, Change_::Enable) => {
                    account.status = AccountStatus::Active;
                    tx.keep(&mut account, Action::AKUN_DIAKTIFKAN)?;
                    None
                }
                (Effect::Now, _) => None,
                (Effect::Waits(pending), _) => {
                    if let Some((_, hash)) = &one_time {
                        tx.keep_pending_password(id, hash)?;
                    }
                    let until = pending.effective_at;
                    let notice = Notice::GrantPending {
                        grant: (&pending.change).into(),
                        effective_at: until,
                    };
                    account.pending.push(pending);
                    tx.keep(&mut account, Action::PERAN_DIAJUKAN)?;
                    tx.queue_mail(&account, notice, None, 0)?;
                    Some(until)
                }
            };
            Ok(Changed {
                waits_until,
                one_time_password: one_time.map(|(password, _)| password),
            })
        })
        .map_err(|e| self.refused(signer, object, e))
    }

    /// A second admin's word on everything that waits for this account; returns how many changes took effect.
    pub fn approve_grants(&self, who: &Identity, id: AccountId) -> Result<usize, DeskError> {
        let signer = Signer::person(who.person(), &[Role::Admin]);
        self.transact(signer, |tx| {
            let actor = act::present(tx.writer, who)?;
            let mut account = found(tx.writer.account(id))?;
            let pending = account.pending.clone();
            if pending.is_empty() {
                return Err(DeskError::Refused(Refusal::NotFound));
            }
            for grant in &pending {
                let around = tx.surroundings_of(&account, &grant.change)?;
                grants::confirm(&actor, &account, grant, around)?;
                tx.take_effect(&mut account, &grant.change)?;
            }
            Ok(pending.len())
        })
        .map_err(|e| self.refused(signer, ObjectRef::Account(id), e))
    }

    /// Lets the changes take effect whose delay is over.
    pub(super) fn settle_grants(&self) -> Result<Option<crate::domain::Timestamp>, DeskError> {
        let now = self.now();
        let mut next = None;
        for account in self.accounts_with_grants()? {
            next = account
                .pending
                .iter()
                .map(|p| p.effective_at)
                .filter(|at| *at > now)
                .chain(next)
                .min();
            if account.pending.iter().all(|p| p.effective_at > now) {
                continue;
            }
            self.transact(Signer::SYSTEM, |tx| {
                let mut account = found(tx.writer.account(account.id))?;
                let due: Vec<_> = grants::due(&account, now).cloned().collect();
                for grant in due {
                    let around = tx.surroundings_of(&account, &grant.change)?;
                    // One that would take the last admin goes on waiting.
                    if grants::still_fits(&account, &grant.change, around).is_ok() {
                        tx.take_effect(&mut account, &grant.change)?;
                    }
                }
                Ok(())
            })?;
        }
        Ok(next)
    }

    pub(super) fn accounts_with_grants(&self) -> Result<Vec<Account>, DeskError> {
        let reader = self.inner.store.read()?;
        let mut window = crate::store::Window::first(1000);
        let mut found = Vec::new();
        loop {
            let page = reader.accounts("", &window)?;
            found.extend(page.rows.into_iter().filter(|a| !a.pending.is_empty()));
            match page.next {
                Some(next) => window = crate::store::Window::first(1000).after(next),
                None => return Ok(found),
            }
        }
    }

    /// Accounts whose username begins so, in order of usernames.
    pub fn accounts(
        &self,
        who: &Identity,
        prefix: &str,
        from: Option<&str>,
        limit: usize,
    ) -> Result<Page<AccountRow>, DeskError> {
        self.permit(who, Permission::ReadAccounts)?;
        let reader = self.inner.store.read()?;
        let actor = act::present(&reader, who)?;
        let page = reader.accounts(&prefix.to_lowercase(), &cursor::window(from, limit, false)?)?;
        Ok(Page {
            rows: page
                .rows
                .into_iter()
                .filter(|a| sees_account(&actor, a))
                .map(Self::account_row)
                .collect(),
            next: page.next.map(|c| cursor::text(&c)),
            total: None,
        })
    }

    pub fn account(&self, who: &Identity, id: AccountId) -> Result<AccountView, DeskError> {
        let reader = self.inner.store.read()?;
        let actor = act::present(&reader, who)?;
        let account = found(reader.account(id))?;
        if !sees_account(&actor, &account) {
            return Err(DeskError::Refused(Refusal::NotFound));
        }
        self.account_view(&reader, account)
    }

    pub fn account_by_name(
        &self,
        who: &Identity,
        username: &str,
    ) -> Result<AccountView, DeskError> {
        let name = Username::parse(username)
            .map_err(|e| DeskError::bad_value(username.to_owned(), e.expected))?;
        let account = found(self.inner.store.read()?.account_by_username(&name))?;
        self.account(who, account.id)
    }

    /// The clear NIK. The reading is logged before anything is shown (UU PDP 27/2022).
    pub fn reveal_nik(&self, who: &Identity, id: AccountId) -> Result<Option<Nik>, DeskError> {
        let signer = Signer::person(who.person(), &[Role::Op]);
        let object = ObjectRef::Account(id);
        self.transact(signer, |tx| {
            let actor = act::present(tx.writer, who)?;
            let account = found(tx.writer.account(id))?;
            may_read_nik(&actor, &account)?;
            tx.log(Action::NIK_DIBACA, ObjectRef::Account(id), |_| {})?;
            Ok(tx.writer.personal(id)?.and_then(|f| f.nik))
        })
        .map_err(|e| self.refused(signer, object, e))
    }

    /// Takes in accounts from CSV with a header of username, name, email, roles and optionally nip, nik, agency, unit,
    /// position, scope, language; roles and scopes are separated by `;`. Each line stands alone: what is wrong with
    /// one does not hinder the others. Returns a result per line (from 2 on).
    pub fn import_accounts(
        &self,
        who: &Identity,
        csv: impl std::io::Read,
    ) -> Result<Vec<ImportedAccount>, DeskError> {
        self.permit(who, Permission::ManageAccounts)?;
        let mut reader = csv::ReaderBuilder::new()
            .trim(csv::Trim::All)
            .flexible(false)
            .from_reader(csv);
        let header = reader
            .headers()
            .map_err(|e| DeskError::bad_value("CSV", e.to_string()))?
            .clone();
        for needed in ["username", "name", "email", "roles"] {
            if !header.iter().any(|h| h.eq_ignore_ascii_case(needed)) {
                return Err(DeskError::bad_value(
                    "CSV header",
                    format!("a column {needed}"),
                ));
            }
        }
        let mut results = Vec::new();
        for record in reader.records() {
            let (line, outcome) = match record {
                Err(error) => (
                    error.position().map_or(0, csv::Position::line),
                    Err(error.to_string()),
                ),
                Ok(record) => {
                    let line = record.position().map_or(0, csv::Position::line);
                    let field = |name: &str| {
                        header
                            .iter()
                            .position(|h| h.eq_ignore_ascii_case(name))
                            .and_then(|i| record.get(i))
                            .unwrap_or_default()
                    };
                    let made = read_account(field).and_then(|new| {
                        let (_, password) = self.create_account(who, &new)?;
                        Ok((new.username.to_string(), password))
                    });
                    (line, made.map_err(|e| e.to_string()))
                }
            };
            results.push((line, outcome));
        }
        Ok(results)
    }
}

/// An account from named fields, as on a CSV line.
fn read_account<'a>(field: impl Fn(&str) -> &'a str) -> Result<NewAccount, DeskError> {
    let bad =
        |e: crate::domain::identifiers::InvalidIdentifier| DeskError::bad_value(e.what, e.expected);
    let optional = |name: &str| Some(field(name)).filter(|v| !v.is_empty());
    let roles = field("roles")
        .split(';')
        .map(|r| {
            Role::parse(r).ok_or_else(|| {
                DeskError::bad_value("roles", "pemohon, pendamping, op, auditor or admin")
            })
        })
        .collect::<Result<BTreeSet<_>, _>>()?;
    Ok(NewAccount {
        username: Username::parse(field("username")).map_err(bad)?,
        name: field("name").to_owned(),
        nip: optional("nip").map(Nip::parse).transpose().map_err(bad)?,
        nik: optional("nik").map(Nik::parse).transpose().map_err(bad)?,
        agency: field("agency").to_owned(),
        unit: field("unit").to_owned(),
        position: field("position").to_owned(),
        email: field("email").to_owned(),
        roles,
        scope: scope_of(field("scope").split(';')),
        language: Language::parse(field("language")).unwrap_or_default(),
    })
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

fn asked(change: &AccountChange) -> Change_ {
    match change {
        AccountChange::Grant { roles, scope } => Change_::Grant(GrantChange::Roles {
            roles: roles.clone(),
            scope: scope.clone(),
        }),
        AccountChange::ResetPassword => Change_::Grant(GrantChange::ResetPassword),
        AccountChange::ResetTotp => Change_::Grant(GrantChange::ResetTotp),
        AccountChange::BindUid(uid) => Change_::Grant(GrantChange::BindUid(*uid)),
        AccountChange::Disable => Change_::Disable,
        AccountChange::Enable => Change_::Enable,
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
            crate::notify::address::EmailAddress::parse(&email)
                .map_err(|e| DeskError::bad_value("email", e.to_string()))?;
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

    fn surroundings(
        &self,
        account: &Account,
        change: &AccountChange,
    ) -> Result<Surroundings, DeskError> {
        let uid = match change {
            AccountChange::BindUid(uid) => Some(*uid),
            _ => None,
        };
        self.around(account, uid)
    }

    fn surroundings_of(
        &self,
        account: &Account,
        change: &GrantChange,
    ) -> Result<Surroundings, DeskError> {
        let uid = match change {
            GrantChange::BindUid(uid) => Some(*uid),
            _ => None,
        };
        self.around(account, uid)
    }

    fn around(&self, account: &Account, uid: Option<u32>) -> Result<Surroundings, DeskError> {
        let admins = self.writer.active_with_role(Role::Admin)?;
        let own = u64::from(account.has(Role::Admin) && account.status == AccountStatus::Active);
        let bound = match uid {
            Some(uid) => self.writer.account_by_uid(uid)?,
            None => None,
        };
        Ok(Surroundings {
            other_admins: usize::try_from(admins.saturating_sub(own)).unwrap_or(usize::MAX),
            uid_bound_to: bound.map(|a| a.id),
        })
    }

    /// Lets a grant take effect: on the account, and on its credentials where it is about those.
    fn take_effect(&mut self, account: &mut Account, grant: &GrantChange) -> Result<(), DeskError> {
        grants::take_effect(account, grant);
        let id = account.id;
        let action = match grant {
            GrantChange::Roles { .. } => Action::PERAN_DIBERIKAN,
            GrantChange::BindUid(_) => Action::UID_DIIKAT,
            GrantChange::ResetPassword => {
                let mut credentials = self.writer.credentials(id)?.unwrap_or_default();
                if let Some(hash) = credentials.pending_password.take() {
                    credentials.password = Some(hash);
                    credentials.password_changed_at = self.now;
                    self.writer.put_credentials(id, &credentials)?;
                }
                let notice = Notice::PasswordReset {
                    username: account.username.clone(),
                    at: self.now,
                };
                self.queue_mail(account, notice, None, 0)?;
                Action::KATA_SANDI_DIATUR_ULANG
            }
            GrantChange::ResetTotp => {
                let mut credentials = self.writer.credentials(id)?.unwrap_or_default();
                credentials.totp_seed = None;
                credentials.pending_totp_seed = None;
                self.writer.put_credentials(id, &credentials)?;
                Action::TOTP_DIHAPUS
            }
        };
        self.writer.put_account(account)?;
        self.log(action, ObjectRef::Account(id), |_| {})?;
        self.changed(Change::Account(id));
        Ok(())
    }

    fn keep(&mut self, account: &mut Account, action: Action) -> Result<(), DeskError> {
        account.version += 1;
        self.writer.put_account(account)?;
        self.log(action, ObjectRef::Account(account.id), |_| {})?;
        self.changed(Change::Account(account.id));
        Ok(())
    }

    fn keep_pending_password(&mut self, id: AccountId, hash: &str) -> Result<(), DeskError> {
        let mut credentials = self.writer.credentials(id)?.unwrap_or_default();
        credentials.pending_password = Some(hash.to_owned());
        self.writer.put_credentials(id, &credentials)?;
        Ok(())
    }
}
