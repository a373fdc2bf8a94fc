//! `ams mail`: the outbox, a mail again, and a test.

use serde::Serialize;

use crate::desk::MailRow;
use crate::domain::MailId;

use super::args;
use super::context::{Context, Need, PAGE};
use super::failure::Failure;
use super::output::{Field, rfc3339};

/// A mail as JSON shows it.
#[derive(Serialize)]
pub struct MailJson {
    id: String,
    to: String,
    kind: String,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<String>,
    attempts: u32,
    subject: String,
    queued_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_attempt: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<String>,
}

#[derive(Serialize)]
struct WholeMailJson {
    #[serde(flatten)]
    mail: MailJson,
    message_id: String,
    body: String,
}

#[derive(Serialize)]
struct TestJson {
    to: String,
    answer: String,
}

pub const fn need(command: &args::Mail) -> Need {
    match command {
        args::Mail::List | args::Mail::Show { .. } => Need::Read,
        _ => Need::Change,
    }
}

pub fn run(context: &Context, command: &args::Mail) -> Result<(), Failure> {
    use args::Mail as Command;
    match command {
        Command::List => list(context),
        Command::Show { id } => show(context, id),
        Command::Retry { id } => {
            let id = parse(id)?;
            context.desk.retry_mail(&context.who, id)?;
            if context.out.json {
                return show(context, &id.to_string());
            }
            context
                .out
                .sentence("cli-mail-again", &[("id", id.to_string())])
        }
        Command::Test { address } => {
            let answer = context.desk.test_mail(&context.who, address)?;
            let to = address.clone();
            if context.out.json {
                return context.out.object(&TestJson { to, answer });
            }
            context
                .out
                .sentence("cli-mail-tested", &[("to", to), ("answer", answer)])
        }
    }
}

fn parse(id: &str) -> Result<MailId, Failure> {
    MailId::parse(id).map_err(|e| Failure::bad_value(id, e.expected))
}

pub fn json(row: &MailRow) -> MailJson {
    MailJson {
        id: row.id.to_string(),
        to: row.to.clone(),
        kind: row.kind.clone(),
        status: row.status,
        request: row.request.map(|n| n.to_string()),
        attempts: row.attempts,
        subject: row.subject.clone(),
        queued_at: rfc3339(row.queued_at),
        next_attempt: row.next_attempt.map(rfc3339),
        answer: row.answer.clone(),
    }
}

fn status_word(context: &Context, row: &MailRow) -> String {
    context
        .out
        .texts()
        .get(&format!("cli-mail-{}", row.status.replace('_', "-")))
}

fn list(context: &Context) -> Result<(), Failure> {
    let out = &context.out;
    let mut listing = out.list(&[
        "cli-at",
        "cli-status",
        "cli-attempts",
        "cli-to-address",
        "cli-mail-subject",
        "cli-answer",
        "cli-id",
    ]);
    Context::pages(
        |from| context.desk.mails(&context.who, from, PAGE),
        |row| {
            listing.row(&json(&row), || {
                vec![
                    out.format.short(row.queued_at),
                    status_word(context, &row),
                    row.attempts.to_string(),
                    row.to.clone(),
                    row.subject.clone(),
                    row.answer.clone().unwrap_or_default(),
                    row.id.to_string(),
                ]
            })
        },
    )?;
    listing.finish().map(drop)
}

fn show(context: &Context, id: &str) -> Result<(), Failure> {
    let mail = context.desk.mail(&context.who, parse(id)?)?;
    let out = &context.out;
    let value = WholeMailJson {
        mail: json(&mail.row),
        message_id: mail.message_id.clone(),
        body: mail.body.clone(),
    };
    if out.json {
        return out.object(&value);
    }
    let row = &mail.row;
    let fields: Vec<Field> = vec![
        ("cli-id", row.id.to_string()),
        ("cli-to-address", row.to.clone()),
        ("cli-mail-subject", row.subject.clone()),
        ("cli-status", status_word(context, row)),
        ("cli-attempts", row.attempts.to_string()),
        ("cli-at", out.time(Some(row.queued_at))),
        ("cli-next-attempt", out.time(row.next_attempt)),
        ("cli-answer", row.answer.clone().unwrap_or_default()),
        ("cli-message-id", mail.message_id.clone()),
    ];
    out.fields(&fields)?;
    out.raw("\n")?;
    for line in mail.body.lines() {
        let line = crate::domain::distinguished_name::printable(line);
        out.raw(&format!("{line}\n"))?;
    }
    Ok(())
}
