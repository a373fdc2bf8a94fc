//! `ams check`, whether database, indexes and log agree, and `ams backup`.

use std::path::Path;

use serde::Serialize;

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

pub fn backup(context: &Context, dest: &Path) -> Result<(), Failure> {
    let report = context.desk.backup(&context.who, dest)?;
    let out = &context.out;
    let value = BackupJson {
        path: dest.display().to_string(),
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
