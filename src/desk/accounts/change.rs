//! Accounts change: at once where that gives no power, else when a second admin says so or the delay is over.

use std::sync::PoisonError;

use secrecy::SecretString;

use crate::audit::{Action, ActorRef, ObjectRef};
use crate::desk::transaction::{Signer, Transaction, found};
use crate::desk::view::Change;
use crate::desk::{Desk, DeskError, Identity, act};
use crate::domain::account::{AccountStatus, GrantChange, PendingGrant};
use crate::domain::grants::{self, AccountChange, Effect, Surroundings};
use crate::domain::{Account, AccountId, Refusal, Role, Timestamp};
use crate::notify::facts::Notice;
use crate::store::Reader;

/// What became of a change.
#[derive(Clone, Debug)]
pub struct Changed {
    /// It waits until then, or for a second admin's word.
    pub waits_until: Option<Timestamp>,
    /// A one-time password, shown once.
    pub one_time_password: Option<SecretString>,
}

impl Desk {
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
            AccountChange::Grant(GrantChange::ResetPassword) => Some(self.one_time()?),
            _ => None,
        };
        self.transact(signer, |tx| {
            let actor = act::present(tx.writer, who)?;
            let mut account = found(tx.writer.account(id))?;
            let grant = match change {
                AccountChange::Grant(grant) => Some(grant),
                AccountChange::Disable | AccountChange::Enable => None,
            };
            let around = tx.surroundings(&account, grant)?;
            let effect = grants::change(&actor, &account, change, around, &self.policy(), tx.now)?;
            let waits_until = match (effect, change) {
                (Effect::Now, AccountChange::Grant(grant)) => {
                    if let Some((_, hash)) = &one_time {
                        tx.keep_pending_password(id, hash)?;
                    }
                    tx.take_effect(&mut account, grant)?;
                    None
                }
                (Effect::Now, AccountChange::Disable) => {
                    account.status = AccountStatus::Disabled;
                    tx.keep(&mut account, Action::AKUN_DINONAKTIFKAN)?;
                    None
                }
                (Effect::Now, AccountChange::Enable) => {
                    account.status = AccountStatus::Active;
                    tx.keep(&mut account, Action::AKUN_DIAKTIFKAN)?;
                    None
                }
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

    /// A second admin's word on everything that waits for this account: all of it takes effect, or nothing.
    pub fn approve_grants(&self, who: &Identity, id: AccountId) -> Result<(), DeskError> {
        let signer = Signer::person(who.person(), &[Role::Admin]);
        self.transact(signer, |tx| {
            let actor = act::present(tx.writer, who)?;
            let mut account = found(tx.writer.account(id))?;
            let pending = account.pending.clone();
            if pending.is_empty() {
                return Err(DeskError::Refused(Refusal::NotFound));
            }
            for grant in &pending {
                let around = tx.surroundings(&account, Some(&grant.change))?;
                grants::confirm(&actor, &account, grant, around)?;
                tx.take_effect(&mut account, &grant.change)?;
            }
            Ok(())
        })
        .map_err(|e| self.refused(signer, ObjectRef::Account(id), e))
    }

    /// Stops everything that waits for this account: any admin may, and the person it concerns. That person and who
    /// had asked are told by mail.
    pub fn cancel_grants(&self, who: &Identity, id: AccountId) -> Result<(), DeskError> {
        let signer = Signer::person(who.person(), &[Role::Admin]);
        self.transact(signer, |tx| {
            let actor = act::present(tx.writer, who)?;
            let mut account = found(tx.writer.account(id))?;
            if account.pending.is_empty() {
                return Err(DeskError::Refused(Refusal::NotFound));
            }
            for grant in &account.pending {
                grants::cancel(&actor, &account, grant)?;
            }
            let stopped = std::mem::take(&mut account.pending);
            account.version += 1;
            tx.writer.put_account(&account)?;
            for grant in &stopped {
                tx.tell_cancelled(&account, grant)?;
            }
            tx.changed(Change::Account(id));
            Ok(())
        })
        .map_err(|e| self.refused(signer, ObjectRef::Account(id), e))
    }

    /// Lets the changes take effect whose delay is over.
    pub(in crate::desk) fn settle_grants(&self) -> Result<Option<Timestamp>, DeskError> {
        let now = self.now();
        let mut next = None;
        let waiting = self.accounts_with_grants(&self.inner.store.read()?)?;
        for account in waiting {
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
                    let around = tx.surroundings(&account, Some(&grant.change))?;
                    // One that no longer fits goes on waiting.
                    if grants::still_fits(&account, &grant.change, around).is_ok() {
                        tx.take_effect(&mut account, &grant.change)?;
                    }
                }
                Ok(())
            })?;
        }
        Ok(next)
    }

    /// Keeps in mind which of these accounts have a grant that waits: nobody looks through all accounts for the few that
    /// have one.
    pub(in crate::desk) fn note_grants(&self, accounts: &[AccountId]) -> Result<(), DeskError> {
        if accounts.is_empty() {
            return Ok(());
        }
        let mut granting = self
            .inner
            .granting
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        // Read while nobody else notes anything, so that the last to note has seen the last change.
        let reader = self.inner.store.read()?;
        for id in accounts {
            if found(reader.account(*id))?.pending.is_empty() {
                granting.remove(id);
            } else {
                granting.insert(*id);
            }
        }
        Ok(())
    }

    /// The accounts that have a grant which waits, as far as this reader knows them: one may have come in since it was
    /// opened.
    pub(in crate::desk) fn accounts_with_grants(
        &self,
        reader: &Reader,
    ) -> Result<Vec<Account>, DeskError> {
        let granting = self
            .inner
            .granting
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let known = granting
            .into_iter()
            .filter_map(|id| reader.account(id).transpose());
        Ok(known.collect::<Result<_, _>>()?)
    }
}

impl Transaction<'_> {
    /// What `grants` must know besides the account: other admins, and whose a unix user is that is to be bound.
    fn surroundings(
        &self,
        account: &Account,
        grant: Option<&GrantChange>,
    ) -> Result<Surroundings, DeskError> {
        let admins = self.writer.active_with_role(Role::Admin)?;
        let own = u64::from(account.has(Role::Admin) && account.status == AccountStatus::Active);
        let uid_bound_to = match grant {
            Some(GrantChange::BindUid(uid)) => match self.writer.account_by_uid(*uid)? {
                Some(bound) => Some(bound.id),
                None => self.waits_for_uid(account, *uid)?,
            },
            _ => None,
        };
        Ok(Surroundings {
            other_admins: usize::try_from(admins.saturating_sub(own)).unwrap_or(usize::MAX),
            uid_bound_to,
        })
    }

    /// Another account that is about to be bound to this unix user: of several that wait, who was asked for first. One
    /// that was asked for after this account's own does not stand in its way, or neither would ever take effect.
    fn waits_for_uid(&self, account: &Account, uid: u32) -> Result<Option<AccountId>, DeskError> {
        let wanted = GrantChange::BindUid(uid);
        let since = |of: &Account| {
            let waiting = of.pending.iter().find(|p| p.change == wanted);
            waiting.map(|p| (p.asked_at, of.id))
        };
        let own = since(account);
        let first = self
            .desk
            .accounts_with_grants(self.writer)?
            .iter()
            .filter(|other| other.id != account.id)
            .filter_map(since)
            .min();
        Ok(first
            .filter(|first| own.is_none_or(|own| *first < own))
            .map(|(_, id)| id))
    }

    /// A grant that was stopped: in the log, out of the credentials, and told to whom it concerns and who had asked.
    fn tell_cancelled(&mut self, account: &Account, grant: &PendingGrant) -> Result<(), DeskError> {
        if grant.change == GrantChange::ResetPassword {
            let mut credentials = self.writer.credentials(account.id)?.unwrap_or_default();
            credentials.pending_password = None;
            self.writer.put_credentials(account.id, &credentials)?;
        }
        let related = Some(ObjectRef::Account(grant.asked_by));
        self.log(
            Action::PERAN_DIBATALKAN,
            ObjectRef::Account(account.id),
            |entry| entry.related = related,
        )?;
        let notice = Notice::GrantCancelled {
            grant: (&grant.change).into(),
            username: account.username.clone(),
            at: self.now,
        };
        self.queue_mail(account, notice.clone(), None, 0)?;
        if self.signer.actor != ActorRef::Account(grant.asked_by)
            && let Some(asker) = self.writer.account(grant.asked_by)?
        {
            self.queue_mail(&asker, notice, None, 0)?;
        }
        Ok(())
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

    /// Stores a changed account, with its entry in the log.
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
