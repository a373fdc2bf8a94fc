//! Accounts as tables, fields and JSON.

use serde::Serialize;

use crate::cli::context::{Context, PAGE};
use crate::cli::failure::Failure;
use crate::cli::output::{Field, Output, rfc3339};
use crate::desk::{AccountRow, AccountView};
use crate::domain::account::{AccountStatus, GrantChange, PendingGrant};
use crate::domain::{Role, Scope};

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

pub fn list(context: &Context) -> Result<(), Failure> {
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

pub fn one(context: &Context, user: &str) -> Result<(), Failure> {
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
        account: row_json(context, &AccountRow::from(account.clone())),
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
