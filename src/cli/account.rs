//! `ams account`: people, their roles and passwords. What gives power waits for a second admin's word or its delay;
//! one-time passwords are printed once.

use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;

use crate::desk::{AccountRow, AccountView, Changed, NewAccount, scope_of};
use crate::domain::account::{AccountStatus, GrantChange, PendingGrant};
use crate::domain::grants::AccountChange;
use crate::domain::{Nik, Nip, Role, Scope, Username};
use crate::tui::widgets::qr::Qr;

use super::args;
use super::context::{Context, Need, PAGE, ask_line};
use super::failure::{Failure, Said};
use super::files;
use super::output::{Field, Output, rfc3339};

#[derive(Serialize)]
struct AccountJson {
    username: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    nip: Option<String>,
    agency: String,
    roles: Vec<&'static str>,
    status: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pending: Vec<PendingJson>,
}

#[derive(Serialize)]
struct PendingJson {
    change: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    roles: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    uid: Option<u32>,
    asked_by: String,
    asked_at: String,
    effective_at: String,
}

#[derive(Serialize)]
struct WholeAccountJson {
    #[serde(flatten)]
    account: AccountJson,
    #[serde(skip_serializing_if = "Option::is_none")]
    nik_masked: Option<String>,
    unit: String,
    position: String,
    email: String,
    /// `all`, or the agencies.
    scope: Vec<String>,
    language: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    uid: Option<u32>,
    totp_enrolled: bool,
    must_change_password: bool,
    active_certificates: usize,
    created_at: String,
}

/// What became of a change, or a new account.
#[derive(Serialize)]
struct OutcomeJson {
    username: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    effective_at: Option<String>,
}

#[derive(Serialize)]
struct ImportedJson {
    line: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
}

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
        Command::List => list(context),
        Command::Show { user } => show(context, user),
        Command::Passwd {
            user: None,
            new_password_file,
        } => change_own_password(context, new_password_file.as_deref()),
        Command::Passwd {
            user: Some(user), ..
        } => change(context, user, &GrantChange::ResetPassword.into()),
        Command::Totp { user: None, code } => enrol(context, code.as_deref()),
        Command::Totp {
            user: Some(user), ..
        } => change(context, user, &GrantChange::ResetTotp.into()),
        Command::Grant { user, roles, scope } => {
            let grant = GrantChange::Roles {
                roles: roles_of(roles)?.into_iter().collect(),
                scope: scope_of(scope.iter().map(String::as_str)),
            };
            change(context, user, &grant.into())
        }
        Command::Approve { user } => approve(context, user),
        Command::Disable { user } => change(context, user, &AccountChange::Disable),
        Command::Enable { user } => change(context, user, &AccountChange::Enable),
        Command::Bind { user, uid } => change(context, user, &GrantChange::BindUid(*uid).into()),
        Command::Import { csv } => import(context, csv),
    }
}

/// Roles by name; several may stand in one word, separated by commas.
fn roles_of(names: &[String]) -> Result<Vec<Role>, Failure> {
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
    let args::AddAccount {
        username,
        name,
        email,
        nip,
        nik,
        agency,
        unit,
        position,
        roles,
        scope,
    } = new;
    let bad =
        |e: crate::domain::identifiers::InvalidIdentifier| Failure::bad_value(e.what, e.expected);
    let new = NewAccount {
        username: Username::parse(username).map_err(bad)?,
        name: name.clone(),
        nip: nip.as_deref().map(Nip::parse).transpose().map_err(bad)?,
        nik: nik.as_deref().map(Nik::parse).transpose().map_err(bad)?,
        agency: agency.clone(),
        unit: unit.clone(),
        position: position.clone(),
        email: email.clone(),
        roles: roles_of(roles)?.into_iter().collect(),
        scope: scope_of(scope.iter().map(String::as_str)),
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
    told(
        &context.out,
        account.username.as_str(),
        &Changed {
            waits_until: None,
            one_time_password: None,
        },
    )
}

fn change_own_password(context: &Context, file: Option<&str>) -> Result<(), Failure> {
    let new = match file {
        Some(name) => files::secret(&*context.out.caller, name)?,
        None => ask_twice(context)?,
    };
    context
        .desk
        .change_password(&context.who, &context.password()?, &new)?;
    if context.out.json {
        return told(
            &context.out,
            context.who.username(),
            &Changed {
                waits_until: None,
                one_time_password: None,
            },
        );
    }
    context.out.sentence("cli-password-changed", &[])
}

fn ask_twice(context: &Context) -> Result<SecretString, Failure> {
    let first = context.secret("field-new-password")?;
    let second = context.secret("field-repeat-password")?;
    if first.expose_secret() == second.expose_secret() {
        Ok(first)
    } else {
        Err(Failure::Refused(Said::plain("login-passwords-differ")))
    }
}

#[derive(Serialize)]
struct EnrolmentJson {
    uri: String,
    secret: String,
}

/// Enrols one's own second factor: shows the code to scan, then takes a code of it, at once or in a second command.
fn enrol(context: &Context, code: Option<&str>) -> Result<(), Failure> {
    let (desk, out) = (&context.desk, &context.out);
    if let Some(code) = code {
        desk.finish_totp(&context.who, code)?;
        return out.sentence("cli-totp-enrolled", &[]);
    }
    let enrolment = desk.begin_totp(&context.who)?;
    if out.json {
        return out.object(&EnrolmentJson {
            uri: enrolment.uri,
            secret: enrolment.secret,
        });
    }
    if let Some(qr) = Qr::new(&enrolment.uri) {
        out.raw(&qr.to_text())?;
    }
    out.sentence("login-secret", &[("secret", enrolment.secret)])?;
    let typed = ask_line(out, "field-code")?.filter(|code| !code.is_empty());
    match typed {
        Some(code) => {
            desk.finish_totp(&context.who, &code)?;
            out.sentence("cli-totp-enrolled", &[])
        }
        None => out.sentence("cli-totp-finish", &[]),
    }
}

fn list(context: &Context) -> Result<(), Failure> {
    let (desk, out) = (&context.desk, &context.out);
    let mut listing = out.list(&[
        "field-username",
        "cli-name",
        "cli-nip",
        "cli-agency",
        "cli-roles",
        "cli-status",
        "cli-pending",
    ]);
    Context::pages(
        |from| desk.accounts(&context.who, "", from, PAGE),
        |row: AccountRow| {
            listing.row(&row_json(context, &row), || {
                vec![
                    row.username.clone(),
                    row.name.clone(),
                    row.nip.clone().unwrap_or_default(),
                    row.agency.clone(),
                    role_words(out, row.roles.iter()),
                    status_word(out, row.status),
                    if row.pending.is_empty() {
                        String::new()
                    } else {
                        out.yes_no(true)
                    },
                ]
            })
        },
    )?;
    listing.finish().map(drop)
}

fn role_words<'a>(out: &Output, roles: impl Iterator<Item = &'a Role>) -> String {
    let words: Vec<String> = roles
        .map(|r| out.texts().get(&format!("role-{}", r.name())))
        .collect();
    words.join(", ")
}

fn status_word(out: &Output, status: AccountStatus) -> String {
    out.texts().get(match status {
        AccountStatus::Active => "cli-account-active",
        AccountStatus::Disabled => "cli-account-disabled",
    })
}

const fn status_name(status: AccountStatus) -> &'static str {
    match status {
        AccountStatus::Active => "active",
        AccountStatus::Disabled => "disabled",
    }
}

fn row_json(context: &Context, row: &AccountRow) -> AccountJson {
    AccountJson {
        username: row.username.clone(),
        name: row.name.clone(),
        nip: row.nip.clone(),
        agency: row.agency.clone(),
        roles: row.roles.iter().map(|r| r.name()).collect(),
        status: status_name(row.status),
        pending: row.pending.iter().map(|p| pending(context, p)).collect(),
    }
}

fn pending(context: &Context, grant: &PendingGrant) -> PendingJson {
    let (change, roles, uid) = match &grant.change {
        GrantChange::Roles { roles, .. } => {
            ("roles", roles.iter().map(|r| r.name()).collect(), None)
        }
        GrantChange::ResetPassword => ("reset_password", Vec::new(), None),
        GrantChange::ResetTotp => ("reset_totp", Vec::new(), None),
        GrantChange::BindUid(uid) => ("bind_uid", Vec::new(), Some(*uid)),
    };
    PendingJson {
        change,
        roles,
        uid,
        asked_by: context.desk.person(grant.asked_by).username.to_string(),
        asked_at: rfc3339(grant.asked_at),
        effective_at: rfc3339(grant.effective_at),
    }
}

fn show(context: &Context, user: &str) -> Result<(), Failure> {
    let view = context.desk.account_by_name(&context.who, user)?;
    let out = &context.out;
    let account = &view.account;
    let scope = match &account.scope {
        Scope::All => vec!["all".to_owned()],
        Scope::Agencies(agencies) => agencies.iter().cloned().collect(),
    };
    let value = whole(context, &view, scope.clone());
    let waiting: Vec<String> = value
        .account
        .pending
        .iter()
        .map(|p| format!("{} ({})", p.change, p.effective_at))
        .collect();
    let fields: Vec<Field> = vec![
        ("field-username", account.username.to_string()),
        ("cli-name", account.name.clone()),
        ("cli-nip", value.account.nip.clone().unwrap_or_default()),
        ("cli-nik", view.nik_masked.clone().unwrap_or_default()),
        ("cli-agency", account.agency.clone()),
        ("cli-unit", account.unit.clone()),
        ("cli-position", account.position.clone()),
        ("cli-emails", account.email.clone()),
        ("cli-roles", role_words(out, account.roles.iter())),
        ("cli-scope", scope.join(", ")),
        ("cli-status", status_word(out, account.status)),
        (
            "cli-uid",
            account.uid.map(|u| u.to_string()).unwrap_or_default(),
        ),
        ("cli-totp", out.yes_no(account.totp_enrolled)),
        (
            "cli-active-certificates",
            view.active_certificates.to_string(),
        ),
        ("cli-pending", waiting.join(", ")),
        ("cli-created", out.time(Some(account.created_at))),
    ];
    out.thing(&value, &fields)
}

fn whole(context: &Context, view: &AccountView, scope: Vec<String>) -> WholeAccountJson {
    let account = &view.account;
    WholeAccountJson {
        account: AccountJson {
            username: account.username.to_string(),
            name: account.name.clone(),
            nip: account.nip.as_ref().map(ToString::to_string),
            agency: account.agency.clone(),
            roles: account.roles.iter().map(|r| r.name()).collect(),
            status: status_name(account.status),
            pending: account
                .pending
                .iter()
                .map(|p| pending(context, p))
                .collect(),
        },
        nik_masked: view.nik_masked.clone(),
        unit: account.unit.clone(),
        position: account.position.clone(),
        email: account.email.clone(),
        scope,
        language: account.language.tag(),
        uid: account.uid,
        totp_enrolled: account.totp_enrolled,
        must_change_password: account.must_change_password,
        active_certificates: view.active_certificates,
        created_at: rfc3339(account.created_at),
    }
}

fn import(context: &Context, csv: &str) -> Result<(), Failure> {
    let results = context
        .desk
        .import_accounts(&context.who, files::input(&*context.out.caller, csv)?)?;
    let mut listing = context.out.list(&[
        "cli-csv-line",
        "field-username",
        "cli-one-time",
        "cli-problem",
    ]);
    let mut wrong = false;
    for (line, result) in results {
        let value = match result {
            Ok((username, password)) => ImportedJson {
                line,
                username: Some(username),
                password: Some(password.expose_secret().to_owned()),
                problem: None,
            },
            Err(problem) => {
                wrong = true;
                ImportedJson {
                    line,
                    username: None,
                    password: None,
                    problem: Some(problem),
                }
            }
        };
        listing.row(&value, || {
            vec![
                line.to_string(),
                value.username.clone().unwrap_or_default(),
                value.password.clone().unwrap_or_default(),
                value.problem.clone().unwrap_or_default(),
            ]
        })?;
    }
    listing.finish()?;
    if wrong {
        return Err(Failure::FoundWrong);
    }
    Ok(())
}
