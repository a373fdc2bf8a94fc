//! The form of a new account. Its one-time password is shown once, to be handed over; roles that give power wait.

use std::collections::BTreeSet;

use crate::desk::{Identity, NewAccount, scope_of};
use crate::domain::{Language, Nik, Nip, Role, Username};
use crate::tui::action::ActionId;
use crate::tui::component::{Cx, Outcome};
use crate::tui::dialogs::ask::{Ask, Stop};
use crate::tui::dialogs::shown_once::ShownOnce;
use crate::tui::widgets::form::{Field, Form};

const TEXT: usize = 200;
const USERNAME: usize = 0;
const NIP: usize = 2;
const NIK: usize = 3;
const ROLES: usize = 8;
const LANGUAGE: usize = 10;

/// Opens the form.
pub fn create(who: Identity, cx: &Cx) -> Ask {
    let texts = cx.texts();
    let roles = Role::ALL
        .iter()
        .map(|r| texts.get(&format!("role-{}", r.name())))
        .collect();
    let languages = vec![texts.get("language-id"), texts.get("language-en")];
    let mut form = Form::new(vec![
        Field::text("field-username", 64),
        Field::text("item-name", TEXT),
        Field::text("item-nip", 18).optional(),
        Field::text("field-nik", 16).optional(),
        Field::text("item-agency", TEXT).optional(),
        Field::text("field-unit", TEXT).optional(),
        Field::text("item-position", TEXT).optional(),
        Field::text("item-email", TEXT),
        Field::checks("column-roles", roles),
        Field::text("account-scope", 1000).optional(),
        Field::choice("field-language", languages, 0),
    ]);
    form.tick(ROLES, &[0]);
    Ask::new(ActionId::CreateAccount, form, move |form, cx| {
        let new = read(form)?;
        let (_, password) = cx.desk.create_account(&who, &new)?;
        let texts = cx.texts();
        Ok(Outcome::Replace(Box::new(ShownOnce::new(
            new.username.to_string(),
            texts.get("field-one-time-password"),
            password,
            texts.get("one-time-password-note"),
        ))))
    })
}

/// The account that the fields make.
fn read(form: &Form) -> Result<NewAccount, Stop> {
    let text = |index: usize| form.text(index).trim().to_owned();
    let optional = |index: usize| Some(text(index)).filter(|t| !t.is_empty());
    let username =
        Username::parse(&text(USERNAME)).map_err(|_| Stop::Field(USERNAME, "username-form"))?;
    let nip = match optional(NIP) {
        Some(nip) => Some(Nip::parse(&nip).map_err(|_| Stop::Field(NIP, "nip-form"))?),
        None => None,
    };
    let nik = match optional(NIK) {
        Some(nik) => Some(Nik::parse(&nik).map_err(|_| Stop::Field(NIK, "nik-form"))?),
        None => None,
    };
    Ok(NewAccount {
        username,
        name: text(1),
        nip,
        nik,
        agency: text(4),
        unit: text(5),
        position: text(6),
        email: text(7),
        roles: ticked_roles(form, ROLES),
        scope: scope_of(text(9).split(';')),
        language: if form.chosen(LANGUAGE) == 1 {
            Language::En
        } else {
            Language::Id
        },
    })
}

/// The roles ticked in the field with this index.
pub fn ticked_roles(form: &Form, index: usize) -> BTreeSet<Role> {
    let ticked = form.ticked(index).into_iter();
    ticked.filter_map(|at| Role::ALL.get(at).copied()).collect()
}
