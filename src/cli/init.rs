//! `ams init`: a new data folder with its first admin, whose one-time password is printed once.

use secrecy::ExposeSecret;
use serde::Serialize;

use crate::desk::folder::DataFolder;
use crate::desk::{Desk, NewAccount};
use crate::domain::{Role, Scope, Username};

use super::args::{Global, Init};
use super::context::{bare_output, language};
use super::failure::Failure;
use super::output::Field;
use super::place::{Presence, data_folder, environment};
use crate::session::caller::this_process;

#[derive(Serialize)]
struct InitJson {
    data: String,
    username: String,
    password: String,
    log_public_key: String,
}

pub fn run(global: &Global, init: &Init) -> Result<(), Failure> {
    // What is wrong with the names is said before anything is made.
    let username =
        Username::parse(&init.admin).map_err(|e| Failure::bad_value("--admin", e.expected))?;
    let folder = DataFolder::create(&data_folder(global)?, false)?;
    let path = folder.path().to_owned();
    let desk = Desk::create(folder, environment()?)?;
    let _presence = Presence::note(&path);
    let (_, password) = desk.create_first_admin(&NewAccount {
        username: username.clone(),
        name: init.name.clone(),
        nip: None,
        nik: None,
        agency: String::new(),
        unit: String::new(),
        position: String::new(),
        email: init.email.clone(),
        roles: [Role::Admin].into(),
        scope: Scope::All,
        language: language(global),
    })?;
    let out = bare_output(global, this_process());
    let value = InitJson {
        data: path.display().to_string(),
        username: username.to_string(),
        password: password.expose_secret().to_owned(),
        log_public_key: desk.log_public_key().to_string(),
    };
    let fields: Vec<Field> = vec![
        ("cli-data", value.data.clone()),
        ("field-username", value.username.clone()),
        ("cli-one-time", value.password.clone()),
        ("cli-public-key", value.log_public_key.clone()),
    ];
    out.thing(&value, &fields)?;
    out.sentence("cli-init-next", &[("user", value.username)])
}
