//! `ams request batch`: one decision over the rows of a CSV file. Without `--apply` a dry run; with it and the count that
//! the dry run said, the decision, row by row. What became of each row is printed, and written as CSV where asked.

use serde::Serialize;

use crate::desk::{
    BatchAct, BatchColumns, BatchCount, BatchLine, BatchOutcome, RowDefect, read_rows,
};
use crate::domain::distinguished_name::printable;
use crate::tui::{batch_words, errors};

use super::args::{BatchFile, RequestBatch};
use super::context::Context;
use super::failure::{Failure, Said};
use super::files::{self, STANDARD};

/// The longest file that is read: a hundred thousand rows with room to spare.
const LONGEST: u64 = 16 << 20;

/// One row as programs read it.
#[derive(Serialize)]
struct LineJson {
    line: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<String>,
    serial: String,
    /// `possible`, `done`, `already`, `refused` or `broken`.
    result: &'static str,
    /// What is done to the request, in this order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    acts: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason_code: Option<&'static str>,
    /// The rule that refuses, or what is wrong with the row.
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
}

pub fn run(context: &Context, batch: &RequestBatch) -> Result<(), Failure> {
    let (act, file) = match batch {
        RequestBatch::Revoke(file) => (BatchAct::Revoke, file),
        RequestBatch::Approve(file) => (BatchAct::Approve, file),
    };
    let octets = files::octets(&*context.out.caller, &file.file, LONGEST)?;
    if octets.len() as u64 > LONGEST {
        return Err(Failure::Refused(Said::plain("cli-batch-too-long")));
    }
    let rows = read_rows(&octets, context.out.format.zone).map_err(of_columns)?;
    let (desk, who) = (&context.desk, &context.who);
    let preview = desk.batch_preview(who, act, &rows)?;
    let (true, Some(confirmed)) = (file.apply, file.confirm) else {
        report(context, file, &preview)?;
        let count = BatchCount::of(&preview);
        summary(context, file, count)?;
        if count.to_confirm() > 0 {
            say(context, file, "cli-batch-confirm", count);
        }
        return ended(count);
    };
    let password = context.password()?;
    // That the result can be written shows before the first row is decided; cut off, the file still holds the plan.
    write_result(context, file, &preview)?;
    let mut lines = Vec::with_capacity(rows.len());
    let applied = desk.batch_apply(who, act, &rows, confirmed, &password, |done| {
        lines.extend_from_slice(done);
    });
    if lines.is_empty() {
        applied?;
        return report(context, file, &lines);
    }
    // A fault of the disk leaves rows behind that nothing was done for: they stand as they were.
    lines.extend_from_slice(preview.get(lines.len()..).unwrap_or_default());
    report(context, file, &lines)?;
    summary(context, file, BatchCount::of(&lines))?;
    applied?;
    ended(BatchCount::of(&lines))
}

fn of_columns(wrong: BatchColumns) -> Failure {
    Failure::Refused(match wrong {
        BatchColumns::NoSerial => Said::plain("cli-batch-no-serial"),
        BatchColumns::Unknown(name) => Said::plain("cli-batch-column").with("name", name),
        BatchColumns::TooMany(_) => Said::plain("cli-batch-too-long"),
        BatchColumns::Unreadable(why) => Said::plain("cli-batch-unreadable").with("why", why),
    })
}

/// A row that was refused or cannot be meant is found wrong.
const fn ended(count: BatchCount) -> Result<(), Failure> {
    if count.refused + count.broken > 0 {
        Err(Failure::FoundWrong)
    } else {
        Ok(())
    }
}

/// The table, or the CSV in its place where standard output is the result file.
fn report(context: &Context, file: &BatchFile, lines: &[BatchLine]) -> Result<(), Failure> {
    write_result(context, file, lines)?;
    if file.result.as_deref() == Some(STANDARD) {
        return context.out.octets(&csv_of(context, lines)?);
    }
    let mut listing = context.out.list(&[
        "cli-csv-line",
        "cli-number",
        "cli-serial",
        "cli-subject",
        "cli-reason-code",
        "cli-batch-result",
    ]);
    for line in lines {
        let value = json(context, line);
        listing.row(&value, || {
            let format = context.out.format;
            let said = batch_words::outcome(format, &errors::names(&context.desk), &line.outcome);
            vec![
                line.line.to_string(),
                value.number.clone().unwrap_or_default(),
                line.serial.clone(),
                line.subject.clone(),
                value.reason_code.unwrap_or_default().to_owned(),
                said,
            ]
        })?;
    }
    listing.finish().map(drop)
}

/// The result file, where one is named and is none of the standard streams.
fn write_result(context: &Context, file: &BatchFile, lines: &[BatchLine]) -> Result<(), Failure> {
    match &file.result {
        Some(name) if name != STANDARD => {
            let octets = csv_of(context, lines)?;
            files::write(&*context.out.caller, name, &octets)
        }
        _ => Ok(()),
    }
}

fn csv_of(context: &Context, lines: &[BatchLine]) -> Result<Vec<u8>, Failure> {
    let failed = |e: csv::Error| Failure::file("CSV", std::io::Error::other(e));
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer
        .write_record([
            "line", "number", "serial", "result", "acts", "rule", "problem", "hint",
        ])
        .map_err(failed)?;
    for line in lines {
        let value = json(context, line);
        let text = |value: Option<String>| printable(&value.unwrap_or_default());
        writer
            .write_record([
                value.line.to_string(),
                text(value.number),
                printable(&value.serial),
                value.result.to_owned(),
                value.acts.join(" "),
                value.rule.unwrap_or_default().to_owned(),
                text(value.problem),
                text(value.hint),
            ])
            .map_err(failed)?;
    }
    writer
        .into_inner()
        .map_err(|e| Failure::file("CSV", e.into_error()))
}

fn json(context: &Context, line: &BatchLine) -> LineJson {
    let format = context.out.format;
    let (rule, problem, hint) = match &line.outcome {
        BatchOutcome::Refused(refusal) => {
            let names = errors::names(&context.desk);
            let (what, hint) = crate::tui::refusals::refused(format, &names, refusal);
            (Some(refusal.rule()), Some(what), Some(hint))
        }
        BatchOutcome::Broken(defect) => (
            Some(RowDefect::name(defect)),
            Some(batch_words::defect(format.texts, defect)),
            None,
        ),
        _ => (None, None, None),
    };
    LineJson {
        line: line.line,
        number: line.number.map(|n| n.to_string()),
        serial: line.serial.clone(),
        result: match line.outcome {
            BatchOutcome::Possible(_) => "possible",
            BatchOutcome::Done(_) => "done",
            BatchOutcome::Already => "already",
            BatchOutcome::Refused(_) => "refused",
            BatchOutcome::Broken(_) => "broken",
        },
        acts: match &line.outcome {
            BatchOutcome::Possible(acts) | BatchOutcome::Done(acts) => {
                acts.iter().map(|act| act.name()).collect()
            }
            _ => Vec::new(),
        },
        reason_code: line.reason.map(crate::domain::ReasonCode::name),
        rule,
        problem,
        hint,
    }
}

/// How many rows fare how: beside the result, since that is the rows.
fn summary(context: &Context, file: &BatchFile, count: BatchCount) -> Result<(), Failure> {
    say(context, file, "cli-batch-summary", count);
    Ok(())
}

fn say(context: &Context, file: &BatchFile, id: &str, count: BatchCount) {
    let fact = |n: usize| n.to_string();
    let facts = [
        ("possible", fact(count.possible)),
        ("done", fact(count.done)),
        ("already", fact(count.already)),
        ("refused", fact(count.refused)),
        ("broken", fact(count.broken)),
        ("count", fact(count.to_confirm())),
        ("file", file.file.clone()),
    ];
    context.out.remark(id, &facts);
}
