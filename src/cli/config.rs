//! `ams config`: the desk's settings by key. A secret is taken from standard input only and never shown.

use secrecy::ExposeSecret;
use serde::Serialize;

use crate::desk::SettingView;
use crate::desk::settings;
use crate::domain::Language;

use super::args;
use super::context::{Context, Need};
use super::failure::{Failure, Said};
use super::files;
use super::output::Field;

#[derive(Serialize)]
struct SettingJson {
    key: &'static str,
    value: String,
    /// What applies where the value is empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    in_effect: Option<String>,
    changed: bool,
    help: &'static str,
    form: &'static str,
}

pub const fn need(command: &args::Config) -> Need {
    match command {
        args::Config::Set { .. } => Need::Change,
        _ => Need::Read,
    }
}

pub fn run(context: &Context, command: &args::Config) -> Result<(), Failure> {
    use args::Config as Command;
    match command {
        Command::List => list(context),
        Command::Get { key } => get(context, key),
        Command::Set { key, value } => set(context, key, value),
    }
}

fn json(context: &Context, view: &SettingView) -> SettingJson {
    let [id, en] = view.setting.help;
    SettingJson {
        key: view.setting.key,
        value: view.value.clone(),
        in_effect: view.in_effect.clone(),
        changed: view.changed,
        help: match context.out.texts().language {
            Language::Id => id,
            Language::En => en,
        },
        form: view.setting.form,
    }
}

/// The value in effect, for people.
fn shown(context: &Context, setting: &SettingJson) -> String {
    match &setting.in_effect {
        Some(value) => {
            let facts = [("value", value.clone())];
            context.out.message("cli-value-by-default", &facts)
        }
        None => setting.value.clone(),
    }
}

fn list(context: &Context) -> Result<(), Failure> {
    let mut listing = context
        .out
        .list(&["cli-key", "cli-value", "cli-changed", "cli-help"]);
    for view in context.desk.setting_views(&context.who)? {
        let value = json(context, &view);
        listing.row(&value, || {
            vec![
                value.key.to_owned(),
                shown(context, &value),
                if view.changed {
                    context.out.yes_no(true)
                } else {
                    String::new()
                },
                value.help.to_owned(),
            ]
        })?;
    }
    listing.finish().map(drop)
}

fn get(context: &Context, key: &str) -> Result<(), Failure> {
    settings::find(key).map_err(crate::desk::DeskError::from)?;
    let views = context.desk.setting_views(&context.who)?;
    let Some(view) = views.iter().find(|view| view.setting.key == key) else {
        return Ok(());
    };
    let value = json(context, view);
    let fields: Vec<Field> = vec![
        ("cli-key", value.key.to_owned()),
        ("cli-value", shown(context, &value)),
        ("cli-help", value.help.to_owned()),
        ("cli-form", value.form.to_owned()),
    ];
    context.out.thing(&value, &fields)
}

fn set(context: &Context, key: &str, value: &str) -> Result<(), Failure> {
    let setting = settings::find(key).map_err(crate::desk::DeskError::from)?;
    if setting.secret && value != files::STANDARD {
        // On the command line every user of this machine could read it.
        return Err(Failure::Usage(
            Said::plain("cli-secret-argument").with("key", key),
        ));
    }
    if value == files::STANDARD {
        let secret = files::secret(&*context.out.caller, value)?;
        context
            .desk
            .set_setting(&context.who, key, secret.expose_secret())?;
    } else {
        context.desk.set_setting(&context.who, key, value)?;
    }
    if context.out.json {
        return get(context, key);
    }
    context
        .out
        .sentence("cli-setting-changed", &[("key", setting.key.to_owned())])
}
