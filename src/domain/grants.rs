//! Changes to accounts that give power: who may ask, what waits for a second admin's word or its delay, and what the
//! change then does. Nobody changes his own roles, scope, uid binding or TOTP.

use std::collections::BTreeSet;

use super::account::{
    Account, AccountStatus, Actor, GrantChange, PendingGrant, Person, Role, Scope,
};
use super::identifiers::AccountId;
use super::instant::Timestamp;
use super::permission::{Permission, may};
use super::policy::Policy;
use super::refusal::Refusal;

/// What is asked about an account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum AccountChange {
    Grant(GrantChange),
    Disable,
    Enable,
}

impl From<GrantChange> for AccountChange {
    fn from(grant: GrantChange) -> Self {
        Self::Grant(grant)
    }
}

/// What the decision must know besides the account.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Surroundings {
    /// Active admins other than the account in question.
    pub other_admins: usize,
    /// The account that the unix user to be bound belongs to, or is about to.
    pub uid_bound_to: Option<AccountId>,
}

/// When a permitted change takes effect.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Effect {
    Now,
    /// After a second admin's word, or by itself at `effective_at`. Mail the person, show it on the dashboard.
    Waits(PendingGrant),
}

/// The roles that a new account has at once, and the grant that must wait. The desk itself (the first admin at `init`)
/// grants at once.
///
/// # Errors
/// `RoleNeeded` unless the actor is an admin.
pub fn create(
    actor: &Actor,
    roles: &BTreeSet<Role>,
    scope: &Scope,
    policy: &Policy,
    now: Timestamp,
) -> Result<(BTreeSet<Role>, Option<PendingGrant>), Refusal> {
    may(actor, Permission::ManageAccounts)?;
    let Actor::Person(person) = actor else {
        return Ok((roles.clone(), None));
    };
    let harmless: BTreeSet<Role> = roles
        .iter()
        .copied()
        .filter(|role| !gives_power(*role))
        .collect();
    let grant = (harmless != *roles).then(|| {
        waiting(
            GrantChange::Roles {
                roles: roles.clone(),
                scope: scope.clone(),
            },
            person,
            policy,
            now,
        )
    });
    Ok((harmless, grant))
}

/// Whether the actor may change `account`, and whether the change waits.
///
/// # Errors
/// `RoleNeeded`, `OwnGrant`, `LastAdmin`, `UidTaken`, `GrantWaits`.
pub fn change(
    actor: &Actor,
    account: &Account,
    change: &AccountChange,
    around: Surroundings,
    policy: &Policy,
    now: Timestamp,
) -> Result<Effect, Refusal> {
    may(actor, Permission::ManageAccounts)?;
    if actor.account() == Some(account.id) {
        return Err(Refusal::OwnGrant);
    }
    if takes_last_admin(account, change, around) {
        return Err(Refusal::LastAdmin);
    }
    let AccountChange::Grant(grant) = change else {
        return Ok(Effect::Now);
    };
    uid_free(account, grant, around)?;
    let Actor::Person(person) = actor else {
        return Ok(Effect::Now);
    };
    if !waits(account, grant) {
        return Ok(Effect::Now);
    }
    match account.pending.iter().find(|p| same_kind(&p.change, grant)) {
        Some(pending) => Err(Refusal::GrantWaits {
            effective_at: pending.effective_at,
        }),
        None => Ok(Effect::Waits(waiting(grant.clone(), person, policy, now))),
    }
}

/// A second admin's word: he is neither who asked nor whom it concerns.
///
/// # Errors
/// `RoleNeeded`, `NotFound` if nothing of the kind waits, `OwnGrant`, `NotIndependent`, `LastAdmin`, `UidTaken`.
pub fn confirm(
    actor: &Actor,
    account: &Account,
    grant: &PendingGrant,
    around: Surroundings,
) -> Result<(), Refusal> {
    may(actor, Permission::ManageAccounts)?;
    let second = actor.account().ok_or(Refusal::NotIndependent)?;
    if !account.pending.contains(grant) {
        return Err(Refusal::NotFound);
    }
    if second == account.id {
        return Err(Refusal::OwnGrant);
    }
    if second == grant.asked_by {
        return Err(Refusal::NotIndependent);
    }
    still_fits(account, &grant.change, around)
}

/// Any admin may stop a grant, and so may the person it concerns: the mail may be the first he hears of it.
///
/// # Errors
/// `NotFound` if nothing of the kind waits, `RoleNeeded`.
pub fn cancel(actor: &Actor, account: &Account, grant: &PendingGrant) -> Result<(), Refusal> {
    if actor.account() != Some(account.id) {
        may(actor, Permission::ManageAccounts)?;
    }
    if account.pending.contains(grant) {
        Ok(())
    } else {
        Err(Refusal::NotFound)
    }
}

/// The grants whose delay is over: the desk lets those that [still fit](still_fits) take effect without a second word.
pub fn due(account: &Account, now: Timestamp) -> impl Iterator<Item = &PendingGrant> {
    account
        .pending
        .iter()
        .filter(move |grant| now >= grant.effective_at)
}

/// Whether a grant may take effect as things stand now: one that would take the last admin, or a unix user that was
/// bound elsewhere since it was asked, goes on waiting.
///
/// # Errors
/// `LastAdmin`, `UidTaken`.
pub fn still_fits(
    account: &Account,
    grant: &GrantChange,
    around: Surroundings,
) -> Result<(), Refusal> {
    if takes_last_admin(account, &AccountChange::Grant(grant.clone()), around) {
        return Err(Refusal::LastAdmin);
    }
    uid_free(account, grant, around)
}

/// Lets a grant take effect. The hash of a new password and the TOTP seed lie with the desk. New roles void every
/// other change of roles that waits, so that what was taken away does not come back by itself.
pub fn take_effect(account: &mut Account, grant: &GrantChange) {
    account.pending.retain(|p| !same_kind(&p.change, grant));
    match grant {
        GrantChange::Roles { roles, scope } => {
            account.roles.clone_from(roles);
            account.scope.clone_from(scope);
        }
        GrantChange::ResetPassword => account.must_change_password = true,
        GrantChange::ResetTotp => account.totp_enrolled = false,
        GrantChange::BindUid(uid) => account.uid = Some(*uid),
    }
    account.version += 1;
}

const fn gives_power(role: Role) -> bool {
    matches!(role, Role::Op | Role::Admin)
}

/// What takes effect only after a second word: power that the account lacked (op, admin, or a wider scope of an op), the
/// keys of an account that has power, and every binding of a unix user.
fn waits(account: &Account, grant: &GrantChange) -> bool {
    match grant {
        GrantChange::Roles { roles, scope } => {
            let gains = roles
                .iter()
                .any(|role| gives_power(*role) && !account.has(*role));
            gains || (roles.contains(&Role::Op) && !account.scope.includes(scope))
        }
        GrantChange::ResetPassword | GrantChange::ResetTotp => {
            account.roles.iter().any(|role| gives_power(*role))
        }
        GrantChange::BindUid(_) => true,
    }
}

fn waiting(
    change: GrantChange,
    asked_by: &Person,
    policy: &Policy,
    now: Timestamp,
) -> PendingGrant {
    PendingGrant {
        change,
        asked_by: asked_by.id,
        asked_at: now,
        effective_at: now.plus(policy.grant_delay),
    }
}

fn takes_last_admin(account: &Account, change: &AccountChange, around: Surroundings) -> bool {
    let ends = match change {
        AccountChange::Disable => true,
        AccountChange::Grant(GrantChange::Roles { roles, .. }) => !roles.contains(&Role::Admin),
        _ => false,
    };
    ends && account.has(Role::Admin)
        && account.status == AccountStatus::Active
        && around.other_admins == 0
}

fn uid_free(account: &Account, grant: &GrantChange, around: Surroundings) -> Result<(), Refusal> {
    match (grant, around.uid_bound_to) {
        (GrantChange::BindUid(_), Some(other)) if other != account.id => Err(Refusal::UidTaken),
        _ => Ok(()),
    }
}

fn same_kind(a: &GrantChange, b: &GrantChange) -> bool {
    std::mem::discriminant(a) == std::mem::discriminant(b)
}

#[cfg(test)]
mod tests;
