//! `ams check`, whether database, indexes and log agree, and `ams backup`.

use serde::Serialize;

use crate::session::caller::{STANDARD, Stream};

use super::context::Context;
use super::failure::Failure;
use super::output::Field;

#[derive(Serialize)]
struct CheckJson {
    sound: bool,
    rows: u64,
    log_entries: u64,
    requests: u64,
    problems: Vec<String>,
}

#[derive(Serialize)]
struct BackupJson {
    path: String,
    rows: u64,
    bytes: u64,
    contents_sha256: String,
}

pub fn run(context: &Context) -> Result<(), Failure> {
    let outcome = context.desk.check(&context.who)?;
    let out = &context.out;
    let sound = outcome.problems.is_empty();
    let value = CheckJson {
        sound,
        rows: outcome.rows,
        log_entries: outcome.log_entries,
        requests: outcome.requests,
        problems: outcome.problems.clone(),
    };
    let verdict = if sound {
        "cli-check-sound"
    } else {
        "cli-check-wrong"
    };
    let fields: Vec<Field> = vec![
        ("cli-check", out.texts().get(verdict)),
        ("cli-rows", outcome.rows.to_string()),
        ("cli-log-entries", outcome.log_entries.to_string()),
        ("cli-requests", outcome.requests.to_string()),
    ];
    out.thing(&value, &fields)?;
    if sound {
        return Ok(());
    }
    if !out.json {
        for problem in &outcome.problems {
            let problem = crate::domain::distinguished_name::printable(problem);
            out.raw(&format!("  {problem}\n"))?;
        }
    }
    Err(Failure::FoundWrong)
}

pub fn backup(context: &Context, dest: &str) -> Result<(), Failure> {
    let out = &context.out;
    if dest == STANDARD && out.caller.is_terminal(Stream::Output) {
        return Err(Failure::usage("cli-binary-to-terminal"));
    }
    let mut told = Ok(());
    let report = context.desk.backup(&context.who, |copy| {
        if dest == STANDARD {
            std::io::copy(copy, &mut out.stream()).map(drop)
        } else {
            told = out.caller.create(dest, true, copy);
            Ok(())
        }
    })?;
    told.map_err(|e| Failure::file(dest, e))?;
    if dest == STANDARD {
        return Ok(());
    }
    let value = BackupJson {
        path: dest.to_owned(),
        rows: report.rows,
        bytes: report.bytes,
        contents_sha256: hex::encode(report.contents_sha256),
    };
    let fields: Vec<Field> = vec![
        ("cli-path", value.path.clone()),
        ("cli-rows", report.rows.to_string()),
        ("cli-size", out.format.size(report.bytes)),
        ("cli-sha256", value.contents_sha256.clone()),
    ];
    out.thing(&value, &fields)
}
