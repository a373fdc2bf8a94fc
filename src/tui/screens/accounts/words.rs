//! One account in words: its fields, roles and scope, and what waits for a second admin.

use std::collections::BTreeSet;

use crate::desk::AccountView;
use crate::domain::account::{AccountStatus, GrantChange, PendingGrant};
use crate::domain::{Role, Scope};
use crate::tui::glyphs::DASH;
use crate::tui::i18n::{Texts, Value};
use crate::tui::theme::Tone;
use crate::tui::widgets::fields::Fields;

/// The detail of one account, the NIK masked.
pub fn account(out: &mut Fields, view: &AccountView) {
    let account = &view.account;
    let (texts, format) = (out.look.texts, out.look.format());
    out.field("item-name", &account.name, Tone::Heading);
    for pending in &account.pending {
        let text = texts.with(
            "account-pending",
            &[
                ("change", Value::from(grant(texts, pending))),
                ("at", Value::from(format.full(pending.effective_at))),
            ],
        );
        out.field("account-waits", &text, Tone::Warning);
    }
    out.plain("column-roles", &roles(texts, &account.roles));
    out.plain("account-scope", &scope(texts, &account.scope));
    let (status, tone) = status(account.status);
    out.field("field-status", &texts.get(status), tone);
    out.plain("field-nik", view.nik_masked.as_deref().unwrap_or(DASH));
    let nip = account.nip.as_ref().map_or_else(
        || DASH.to_owned(),
        |nip| {
            let regular = nip.looks_regular();
            let form = texts.get(if regular {
                "nip-regular"
            } else {
                "nip-irregular"
            });
            format!("{nip} ({form})")
        },
    );
    out.plain("item-nip", &nip);
    out.plain("item-agency", &account.agency);
    out.plain("field-unit", &account.unit);
    out.plain("item-position", &account.position);
    out.plain("item-email", &account.email);
    let uid = account
        .uid
        .map_or_else(|| DASH.to_owned(), |uid| uid.to_string());
    out.plain("account-uid", &uid);
    let totp = if account.totp_enrolled {
        "word-yes"
    } else {
        "word-no"
    };
    out.plain("account-totp", &texts.get(totp));
    let count = view.active_certificates.to_string();
    out.plain("detail-active-certificates", &count);
    out.plain("account-created", &format.date(account.created_at));
}

/// Roles in words: "OP, admin".
pub fn roles(texts: Texts, roles: &BTreeSet<Role>) -> String {
    let words: Vec<String> = roles
        .iter()
        .map(|r| texts.get(&format!("role-{}", r.name())))
        .collect();
    if words.is_empty() {
        DASH.to_owned()
    } else {
        words.join(", ")
    }
}

/// A scope in words.
fn scope(texts: Texts, scope: &Scope) -> String {
    match scope {
        Scope::All => texts.get("scope-all"),
        Scope::Agencies(agencies) => {
            let agencies: Vec<&str> = agencies.iter().map(String::as_str).collect();
            agencies.join("; ")
        }
    }
}

/// The word for an account's status.
pub const fn status(status: AccountStatus) -> (&'static str, Tone) {
    match status {
        AccountStatus::Active => ("account-active", Tone::Plain),
        AccountStatus::Disabled => ("account-disabled", Tone::Warning),
    }
}

/// What waits for a second admin's word.
pub fn grant(texts: Texts, pending: &PendingGrant) -> String {
    match &pending.change {
        GrantChange::Roles {
            roles: new,
            scope: to,
        } => texts.with(
            "grant-roles",
            &[
                ("roles", Value::from(roles(texts, new))),
                ("scope", Value::from(scope(texts, to))),
            ],
        ),
        GrantChange::ResetPassword => texts.get("grant-password"),
        GrantChange::ResetTotp => texts.get("grant-totp"),
        GrantChange::BindUid(uid) => texts.with("grant-uid", &[("uid", Value::from(*uid))]),
    }
}
