//! An admin's changes to one account, each a dialog that says what follows: roles and scope, password, second factor,
//! unix user, on and off, the second admin's word on what waits, and its end before it takes effect.

use crate::desk::AccountView;
use crate::desk::{Changed, DeskError, Identity, scope_of};
use crate::domain::account::GrantChange;
use crate::domain::grants::AccountChange;
use crate::domain::{AccountId, Role, Scope};
use crate::tui::action::ActionId;
use crate::tui::component::{Cx, Outcome};
use crate::tui::dialogs::Answer;
use crate::tui::dialogs::ask::{Ask, Stop};
use crate::tui::dialogs::shown_once::ShownOnce;
use crate::tui::i18n::Value;
use crate::tui::theme::Tone;
use crate::tui::widgets::form::{Field, Form};

use super::create::ticked_roles;
use super::words;

/// The dialog of an action over one account.
pub fn dialog(action: ActionId, who: Identity, view: &AccountView, cx: &Cx) -> Outcome {
    let account = &view.account;
    let id = account.id;
    let plain = |change: AccountChange, who: Identity| {
        Ask::new(action, Form::new(Vec::new()), move |_, cx| {
            change_account(&who, id, &change, cx)
        })
    };
    let texts = cx.texts();
    let ask = match action {
        ActionId::ChangeRoles => change_roles(who, view, cx),
        ActionId::BindUid => bind_uid(who, id),
        ActionId::ResetPassword => plain(GrantChange::ResetPassword.into(), who)
            .consequence(texts.get("reset-password-consequence")),
        ActionId::ResetTotp => plain(GrantChange::ResetTotp.into(), who)
            .consequence(texts.get("reset-totp-consequence")),
        ActionId::EnableAccount => plain(AccountChange::Enable, who),
        ActionId::DisableAccount => {
            plain(AccountChange::Disable, who).consequence(texts.get("disable-consequence"))
        }
        ActionId::ApproveGrants => approve(who, view, cx),
        ActionId::CancelGrants => cancel(who, view, cx),
        _ => return Outcome::Ignored,
    };
    Outcome::Open(Box::new(
        ask.show("field-username", account.username.to_string())
            .show("item-name", account.name.clone()),
    ))
}

/// Makes the change; says where it waits, shows a new password once.
fn change_account(
    who: &Identity,
    id: AccountId,
    change: &AccountChange,
    cx: &mut Cx,
) -> Result<Outcome, Stop> {
    let changed: Changed = cx.desk.change_account(who, id, change)?;
    let texts = cx.texts();
    let text = match changed.waits_until {
        Some(until) => {
            let at = Value::from(cx.look.format().full(until));
            texts.with("change-waits", &[("at", at)])
        }
        None => texts.get("change-made"),
    };
    cx.say(Tone::Good, text);
    let Some(password) = changed.one_time_password else {
        return Ok(Outcome::Answer(Answer::Done));
    };
    let person = cx.desk.person(id).username.to_string();
    Ok(Outcome::Replace(Box::new(ShownOnce::new(
        person,
        texts.get("field-one-time-password"),
        password,
        texts.get("one-time-password-note"),
    ))))
}

fn change_roles(who: Identity, view: &AccountView, cx: &Cx) -> Ask {
    let (account, texts) = (&view.account, cx.texts());
    let labels = Role::ALL
        .iter()
        .map(|r| texts.get(&format!("role-{}", r.name())))
        .collect();
    let scope = match &account.scope {
        Scope::All => String::new(),
        Scope::Agencies(agencies) => {
            let agencies: Vec<&str> = agencies.iter().map(String::as_str).collect();
            agencies.join("; ")
        }
    };
    let mut form = Form::new(vec![
        Field::checks("column-roles", labels),
        Field::text("account-scope", 1000)
            .optional()
            .with_text(&scope),
    ]);
    let has: Vec<usize> = (0..Role::ALL.len())
        .filter(|at| account.roles.contains(&Role::ALL[*at]))
        .collect();
    form.tick(0, &has);
    let id = account.id;
    Ask::new(ActionId::ChangeRoles, form, move |form, cx| {
        let change = GrantChange::Roles {
            roles: ticked_roles(form, 0),
            scope: scope_of(form.text(1).split(';')),
        };
        change_account(&who, id, &change.into(), cx)
    })
    .consequence(texts.get("change-roles-consequence"))
}

fn bind_uid(who: Identity, id: AccountId) -> Ask {
    let form = Form::new(vec![Field::text("account-uid", 10)]);
    Ask::new(ActionId::BindUid, form, move |form, cx| {
        let uid = form
            .text(0)
            .trim()
            .parse()
            .map_err(|_| Stop::Field(0, "uid-form"))?;
        change_account(&who, id, &GrantChange::BindUid(uid).into(), cx)
    })
}

/// The second admin's word on everything that waits for this account.
fn approve(who: Identity, view: &AccountView, cx: &Cx) -> Ask {
    let id = view.account.id;
    over_waiting(ActionId::ApproveGrants, "grant-approved", view, cx, {
        move |cx| cx.desk.approve_grants(&who, id)
    })
}

/// Stops everything that waits for this account.
fn cancel(who: Identity, view: &AccountView, cx: &Cx) -> Ask {
    let id = view.account.id;
    over_waiting(ActionId::CancelGrants, "grant-cancelled", view, cx, {
        move |cx| cx.desk.cancel_grants(&who, id)
    })
}

/// A dialog over everything that waits for an account, each change with who asked for it; `says` is what becomes of it.
fn over_waiting(
    action: ActionId,
    says: &'static str,
    view: &AccountView,
    cx: &Cx,
    perform: impl Fn(&mut Cx) -> Result<(), DeskError> + Send + 'static,
) -> Ask {
    let texts = cx.texts();
    let waiting: Vec<String> = view
        .account
        .pending
        .iter()
        .map(|pending| {
            let by = cx.desk.person(pending.asked_by).name.to_string();
            let args = [
                ("change", Value::from(words::grant(texts, pending))),
                ("by", Value::from(by)),
            ];
            texts.with(says, &args)
        })
        .collect();
    Ask::new(action, Form::new(Vec::new()), move |_, cx| {
        perform(cx)?;
        Ok(Outcome::Answer(Answer::Done))
    })
    .consequence(waiting.join(" "))
}
