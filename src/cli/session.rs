//! `ams session`: who is at the desk, and ending a session.

use serde::Serialize;

use super::args;
use super::context::{Context, Need};
use super::failure::Failure;
use super::output::rfc3339;

#[derive(Serialize)]
struct SessionJson {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    uid: Option<u32>,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    screen: Option<&'static str>,
    begun: String,
    last_input: String,
}

pub const fn need(command: &args::Session) -> Need {
    match command {
        args::Session::List => Need::Read,
        args::Session::End { .. } => Need::Change,
    }
}

pub fn run(context: &Context, command: &args::Session) -> Result<(), Failure> {
    match command {
        args::Session::List => list(context),
        args::Session::End { id } => {
            context.desk.end_session(&context.who, id)?;
            context
                .out
                .sentence("cli-session-ended", &[("id", id.clone())])
        }
    }
}

fn list(context: &Context) -> Result<(), Failure> {
    let out = &context.out;
    let mut listing = out.list(&[
        "cli-id",
        "field-username",
        "cli-uid",
        "cli-state",
        "session-screen",
        "session-begun",
        "session-last-input",
    ]);
    for row in context.desk.sessions(&context.who)? {
        let user = row.person.as_ref().map(|p| p.username.to_string());
        let value = SessionJson {
            id: row.id.to_string(),
            user: user.clone(),
            uid: row.peer_uid,
            state: row.state.name(),
            screen: row.screen,
            begun: rfc3339(row.begun),
            last_input: rfc3339(row.last_input),
        };
        listing.row(&value, || {
            vec![
                value.id.clone(),
                user.unwrap_or_default(),
                row.peer_uid.map(|uid| uid.to_string()).unwrap_or_default(),
                out.texts().get(&format!("session-{}", row.state.name())),
                row.screen
                    .map(|name| out.texts().get(&format!("screen-{name}")))
                    .unwrap_or_default(),
                out.format.short(row.begun),
                out.format.short(row.last_input),
            ]
        })?;
    }
    listing.finish().map(drop)
}
