//! `ams request`: the list, and every act of the workflow on one request. What an act may do is decided by the
//! desk; this file only carries it there.

mod json;
pub mod shared;
mod show;

use std::collections::BTreeSet;

use crate::desk::{DeskError, Intent, QueueQuery, QueueRow};
use crate::domain::{Day, Item, ReasonCode, Request, RequestId, State, Timestamp, Zone};

use super::args;
use super::context::{Context, Need, PAGE};
use super::failure::Failure;

pub use json::{RequestJson, json};
pub use show::detail;

/// What each subcommand needs of its caller.
pub const fn need(command: &args::Request) -> Need {
    match command {
        args::Request::List { .. } | args::Request::Show { .. } => Need::Read,
        args::Request::Batch(batch) if !batch.file().apply => Need::Read,
        args::Request::Shared { file: false, .. } => Need::Read,
        _ => Need::Change,
    }
}

pub fn run(context: &Context, command: &args::Request) -> Result<(), Failure> {
    use args::Request as Command;
    match command {
        Command::New(new) => super::filing::file(context, new),
        Command::List { state, filter } => list(context, state.as_deref(), filter.as_deref()),
        Command::Show { number } => show::show(context, number),
        Command::Shared { number, file } => shared::run(context, number, *file),
        Command::Batch(batch) => super::batch::run(context, batch),
        Command::Submit { number } => act(context, number, Intent::Submit),
        Command::Withdraw { number } => act(context, number, Intent::Withdraw),
        Command::Claim { number } => act(context, number, Intent::Claim),
        Command::Release { number } => act(context, number, Intent::Release),
        Command::Return {
            number,
            items,
            note,
        } => {
            let (items, note) = (items_of(items)?, note.clone());
            act(context, number, Intent::Return { items, note })
        }
        Command::Reject { number, note } => {
            let note = note.clone();
            act(context, number, Intent::Reject { note })
        }
        Command::Reason {
            number,
            code,
            note,
            invalidity_date,
        } => {
            let zone = context.out.format.zone;
            let intent = Intent::ChangeReason {
                code: ReasonCode::parse(code)
                    .ok_or_else(|| Failure::bad_value(code, &reason_names()))?,
                note: note.clone(),
                invalidity_date: date(invalidity_date.as_deref(), zone)?,
            };
            act(context, number, intent)
        }
        Command::Verify {
            number,
            all_checked,
            items,
            letter_follows,
        } => {
            let checked = if *all_checked {
                Item::CHECKLIST.into_iter().collect()
            } else {
                items_of(items)?
            };
            let accept_missing_letter = *letter_follows;
            act(
                context,
                number,
                Intent::Verify {
                    checked,
                    accept_missing_letter,
                },
            )
        }
        Command::Match { number } => act(context, number, Intent::Match),
        Command::Approve { number } => {
            let password = context.password()?;
            act(context, number, Intent::Approve { password })
        }
        Command::Revoke {
            number,
            confirm,
            effective,
        } => {
            let intent = Intent::Revoke {
                last_four: confirm.clone(),
                password: context.password()?,
                effective: date(effective.as_deref(), context.out.format.zone)?,
            };
            act(context, number, intent)
        }
        Command::Notified { number, channel } => {
            let channel = channel.clone();
            act(context, number, Intent::RecordNotice { channel })
        }
        Command::Acknowledge { number } => act(context, number, Intent::Acknowledge),
    }
}

fn act(context: &Context, number: &str, intent: Intent) -> Result<(), Failure> {
    let id = context.desk.find_request(&context.who, number)?;
    let request = context.desk.act(&context.who, id, None, intent)?;
    done(context, &request)
}

/// Tells where a request stands after an act.
pub fn done(context: &Context, request: &Request) -> Result<(), Failure> {
    if context.out.json {
        return context.out.object(&json(context, request));
    }
    let state = state_word(context, request.state);
    context.out.sentence(
        "cli-request-now",
        &[("number", name_of(request)), ("state", state)],
    )
}

/// A request's number, or a draft's id.
pub fn name_of(request: &Request) -> String {
    request
        .number
        .map_or_else(|| request.id.to_string(), |n| n.to_string())
}

fn state_word(context: &Context, state: State) -> String {
    context.out.texts().get(&format!("state-{}", state.name()))
}

/// Items by name; several may stand in one word, separated by commas.
fn items_of(names: &[String]) -> Result<BTreeSet<Item>, Failure> {
    names
        .iter()
        .flat_map(|word| word.split(','))
        .map(|name| {
            Item::parse(name).ok_or_else(|| {
                let all: Vec<&str> = Item::ALL.into_iter().map(Item::name).collect();
                Failure::bad_value(name, &all.join(" "))
            })
        })
        .collect()
}

fn reason_names() -> String {
    ReasonCode::ALL.map(ReasonCode::name).join(" ")
}

/// A day of the desk's zone or an RFC 3339 instant.
pub fn date(text: Option<&str>, zone: Zone) -> Result<Option<Timestamp>, Failure> {
    text.map(|text| {
        Timestamp::parse_rfc3339(text)
            .or_else(|| Day::parse(text).map(|day| day.start(zone)))
            .ok_or_else(|| Failure::bad_value(text, args::DATE))
    })
    .transpose()
}

fn list(context: &Context, state: Option<&str>, filter: Option<&str>) -> Result<(), Failure> {
    let state = state
        .map(|name| {
            State::parse(name).ok_or_else(|| {
                let all: Vec<&str> = State::ALL.into_iter().map(State::name).collect();
                Failure::bad_value(name, &all.join(" "))
            })
        })
        .transpose()?;
    let query = QueueQuery {
        filter: filter.unwrap_or_default().to_owned(),
        ..QueueQuery::default()
    };
    let found = context.desk.queue(&context.who, &query);
    if let Some(problem) = found.problem {
        return Err(DeskError::Filter(problem).into());
    }
    let mut listing = context.out.list(&[
        "cli-number",
        "cli-state",
        "cli-owner",
        "cli-agency",
        "cli-serial",
        "cli-reasons",
        "cli-submitted",
        "cli-claimed-by",
    ]);
    for ids in found.ids.chunks(PAGE) {
        let rows = context.desk.queue_rows(ids);
        let wanted: Vec<QueueRow> = rows
            .into_iter()
            .filter(|row| state.is_none_or(|s| row.state == s))
            .collect();
        let ids: Vec<RequestId> = wanted.iter().map(|row| row.id).collect();
        for request in context.desk.request_records(&context.who, &ids)? {
            let value = json(context, &request);
            let cells = || {
                let urgent = if request.urgent { " !" } else { "" };
                vec![
                    name_of(&request),
                    format!("{}{urgent}", state_word(context, request.state)),
                    value.owner.clone(),
                    value.agency.clone(),
                    value.serial.clone(),
                    value.reasons.join(", "),
                    request
                        .submitted_at
                        .map(|t| context.out.format.short(t))
                        .unwrap_or_default(),
                    value.claimed_by.clone().unwrap_or_default(),
                ]
            };
            listing.row(&value, cells)?;
        }
    }
    listing.finish().map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_may_be_listed_with_commas() {
        let items = items_of(&["name,nip".to_owned(), "letter".to_owned()]).unwrap();
        assert_eq!(items, [Item::Name, Item::Nip, Item::Letter].into());
        assert!(matches!(
            items_of(&["nama".to_owned()]),
            Err(Failure::Usage(_))
        ));
    }

    #[test]
    fn a_date_is_a_day_of_the_desks_zone_or_an_instant() {
        let day = date(Some("2026-11-20"), Zone::Wib).unwrap().unwrap();
        assert_eq!(day.to_string(), "2026-11-19T17:00:00Z");
        assert!(date(Some("20-11-2026"), Zone::Wib).is_err());
        assert_eq!(date(None, Zone::Wib).unwrap(), None);
    }
}
