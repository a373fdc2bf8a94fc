//! `ams demo`: a demo folder, made where there is none, and the app on it.

use serde::Serialize;

use crate::desk::demo::{self, DemoFacts, DemoOptions};
use crate::desk::{DeskError, Signing};
use crate::domain::Timestamp;
use crate::store::StoreError;
use crate::tui::place::ScreenId;

use super::args::{Demo, Global};
use super::context;
use super::failure::{Failure, Said};
use super::open;
use super::output::Output;
use super::place::{self, Opened, Presence};
use super::route;
use crate::session::caller::this_process;

#[derive(Serialize)]
struct DemoJson<'a> {
    data: String,
    accounts: &'a [crate::desk::DemoAccount],
    crl_dir: String,
    mail_dir: String,
    ca_cert: String,
}

pub fn run(global: &Global, command: &Demo) -> Result<u8, Failure> {
    let now = command
        .now
        .as_deref()
        .map(|text| {
            Timestamp::parse_rfc3339(text)
                .ok_or_else(|| Failure::bad_value("--now", "YYYY-MM-DDTHH:MM:SS+07:00"))
        })
        .transpose()?;
    let screen = command.screen.as_deref().map(screen_of).transpose()?;
    let path = place::demo_folder(global)?;
    let options = DemoOptions {
        reset: command.reset,
        requests: command.requests,
        now,
        signing: Signing::Process,
    };
    if !command.reset
        && !command.no_open
        && let Some(running) = route::running(global, &route::socket_of(global, &path))?
    {
        return open::attach(running, global, command.r#as.clone(), screen);
    }
    let (desk, facts) = match demo::prepare(&path, options) {
        Err(DeskError::Store(StoreError::Busy { .. })) => return Err(place::busy(&path)),
        other => other?,
    };
    let opened = Opened {
        presence: Presence::note(&facts.data),
        desk,
    };
    let desk = &opened.desk;
    let out = context::bare_output(global, this_process());
    if command.no_open {
        print(&out, &facts)?;
        desk.close()?;
        return Ok(super::failure::DONE);
    }
    let identity = match &command.r#as {
        Some(name) => Some(desk.demo_login(name, Some(rustix::process::getuid().as_raw()))?),
        None => None,
    };
    open::screen(&opened, global, identity, screen)
}

/// A screen by its name in commands.
fn screen_of(name: &str) -> Result<ScreenId, Failure> {
    ScreenId::ALL
        .into_iter()
        .find(|screen| screen.name() == name)
        .ok_or_else(|| {
            let names: Vec<&str> = ScreenId::ALL.into_iter().map(ScreenId::name).collect();
            Failure::Usage(
                Said::plain("cli-bad-value")
                    .with("what", "--screen")
                    .with("expected", names.join(" ")),
            )
        })
}

fn print(out: &Output, facts: &DemoFacts) -> Result<(), Failure> {
    if out.json {
        return out.object(&DemoJson {
            data: facts.data.display().to_string(),
            accounts: &facts.accounts,
            crl_dir: facts.crl_dir.display().to_string(),
            mail_dir: facts.mail_dir.display().to_string(),
            ca_cert: facts.ca_cert.display().to_string(),
        });
    }
    out.fields(&[
        ("cli-data", facts.data.display().to_string()),
        ("cli-crl-dir", facts.crl_dir.display().to_string()),
        ("cli-mail-dir", facts.mail_dir.display().to_string()),
        ("cli-ca-cert", facts.ca_cert.display().to_string()),
    ])?;
    out.raw("\n")?;
    let mut listing = out.list(&["field-username", "field-password", "cli-roles"]);
    for account in &facts.accounts {
        listing.row(account, || {
            let roles: Vec<String> = account
                .roles
                .iter()
                .map(|r| out.texts().get(&format!("role-{}", r.name())))
                .collect();
            vec![
                account.username.clone(),
                account.password.clone(),
                roles.join(", "),
            ]
        })?;
    }
    listing.finish().map(drop)
}
