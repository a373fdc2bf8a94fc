//! `ams account`: accounts are added and changed here; what is one's own, what is shown and what is imported has its
//! file. What gives power waits for a second admin's word or its delay; one-time passwords are printed once.

mod import;
mod own;
mod show;

use std::collections::BTreeSet;

use secrecy::ExposeSecret;
use serde::Serialize;

use crate::desk::{Changed, NewAccount, scope_of};
use crate::domain::account::GrantChange;
use crate::domain::grants::AccountChange;
use crate::domain::identifiers::InvalidIdentifier;
use crate::domain::{AccountId, Nik, Nip, Role, Username};

use super::args;
use super::context::{Context, Need};
use super::failure::Failure;
use super::output::{Output, rfc3339};

/// What became of a change, or a new account.
#[derive(Serialize)]
struct OutcomeJson {
    username: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    effective_at: Option<String>,
}

/// A change that took effect, with no password to show.
const AT_ONCE: Changed = Changed {
    waits_until: None,
    one_time_password: None,
};

pub const fn need(command: &args::Account) -> Need {
    use args::Account as Command;
    match command {
        Command::List | Command::Show { .. } => Need::Read,
        Command::Passwd { user: None, .. } | Command::Totp { user: None, .. } => Need::Own,
        _ => Need::Change,
    }
}

pub fn run(context: &Context, command: &args::Account) -> Result<(), Failure> {
    use args::Account as Command;
    match command {
        Command::Add(new) => add(context, new),
        Command::List => show::list(context),
        Command::Show { user } => show::one(context, user),
        Command::Passwd {
            user: None,
            new_password_file,
        } => own::change_password(context, new_password_file.as_deref()),
        Command::Passwd {
            user: Some(user), ..
        } => change(context, user, &GrantChange::ResetPassword.into()),
        Command::Totp { user: None, code } => own::enrol(context, code.as_deref()),
        Command::Totp {
            user: Some(user), ..
        } => change(context, user, &GrantChange::ResetTotp.into()),
        Command::Grant { user, roles, scope } => {
            let grant = GrantChange::Roles {
                roles: roles_of(roles)?,
                scope: scope_of(scope.iter().map(String::as_str)),
            };
            change(context, user, &grant.into())
        }
        Command::Approve { user } => approve(context, user),
        Command::Cancel { user: None } => {
            stop(context, context.who.account_id(), context.who.username())
        }
        Command::Cancel { user: Some(user) } => cancel(context, user),
        Command::Disable { user } => change(context, user, &AccountChange::Disable),
        Command::Enable { user } => change(context, user, &AccountChange::Enable),
        Command::Bind { user, uid } => change(context, user, &GrantChange::BindUid(*uid).into()),
        Command::Import { csv } => import::run(context, csv),
    }
}

/// Roles by name; several may stand in one word, separated by commas.
fn roles_of(names: &[String]) -> Result<BTreeSet<Role>, Failure> {
    names
        .iter()
        .flat_map(|word| word.split(','))
        .map(|name| {
            Role::parse(name)
                .ok_or_else(|| Failure::bad_value(name, &Role::ALL.map(Role::name).join(" ")))
        })
        .collect()
}

fn add(context: &Context, new: &args::AddAccount) -> Result<(), Failure> {
    let bad = |e: InvalidIdentifier| Failure::bad_value(e.what, e.expected);
    let new = NewAccount {
        username: Username::parse(&new.username).map_err(bad)?,
        name: new.name.clone(),
        nip: new
            .nip
            .as_deref()
            .map(Nip::parse)
            .transpose()
            .map_err(bad)?,
        nik: new
            .nik
            .as_deref()
            .map(Nik::parse)
            .transpose()
            .map_err(bad)?,
        agency: new.agency.clone(),
        unit: new.unit.clone(),
        position: new.position.clone(),
        email: new.email.clone(),
        roles: roles_of(&new.roles)?,
        scope: scope_of(new.scope.iter().map(String::as_str)),
        language: context.desk.settings().language,
    };
    let (id, password) = context.desk.create_account(&context.who, &new)?;
    let view = context.desk.account(&context.who, id)?;
    let waits = view.account.pending.iter().map(|p| p.effective_at).max();
    told(
        &context.out,
        new.username.as_str(),
        &Changed {
            waits_until: waits,
            one_time_password: Some(password),
        },
    )
}

/// Prints what became of a change: the one-time password, and until when it waits.
fn told(out: &Output, username: &str, changed: &Changed) -> Result<(), Failure> {
    let password = changed
        .one_time_password
        .as_ref()
        .map(|p| p.expose_secret().to_owned());
    if out.json {
        return out.object(&OutcomeJson {
            username: username.to_owned(),
            password,
            effective_at: changed.waits_until.map(rfc3339),
        });
    }
    out.sentence("cli-account-done", &[("user", username.to_owned())])?;
    if let Some(password) = password {
        out.sentence("cli-one-time-password", &[("password", password)])?;
    }
    if let Some(until) = changed.waits_until {
        let until = out.format.full(until);
        out.sentence("cli-waits", &[("until", until)])?;
    }
    Ok(())
}

fn change(context: &Context, user: &str, change: &AccountChange) -> Result<(), Failure> {
    let account = context.desk.account_by_name(&context.who, user)?.account;
    let changed = context
        .desk
        .change_account(&context.who, account.id, change)?;
    told(&context.out, account.username.as_str(), &changed)
}

fn approve(context: &Context, user: &str) -> Result<(), Failure> {
    let account = context.desk.account_by_name(&context.who, user)?.account;
    context.desk.approve_grants(&context.who, account.id)?;
    told(&context.out, account.username.as_str(), &AT_ONCE)
}

fn cancel(context: &Context, user: &str) -> Result<(), Failure> {
    let account = context.desk.account_by_name(&context.who, user)?.account;
    stop(context, account.id, account.username.as_str())
}

/// Stops what waits for an account.
fn stop(context: &Context, id: AccountId, username: &str) -> Result<(), Failure> {
    context.desk.cancel_grants(&context.who, id)?;
    if context.out.json {
        return told(&context.out, username, &AT_ONCE);
    }
    let user = [("user", username.to_owned())];
    context.out.sentence("cli-grants-cancelled", &user)
}
