//! `ams report sop`: the times of a month's requests, step by step, beside the SOP's standard times.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::desk::SopLine;
use crate::domain::sop::SOP;

use super::args;
use super::context::Context;
use super::failure::{Failure, of_output};
use super::output::{Output, rfc3339};

#[derive(Serialize)]
struct SopJson {
    number: String,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    submitted_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_at: Option<String>,
    /// By the step's number; a step whose ends the program did not see is absent.
    steps: BTreeMap<u8, StepJson>,
}

#[derive(Serialize)]
struct StepJson {
    seconds: i64,
    standard_seconds: u32,
    late: bool,
}

pub fn run(context: &Context, command: &args::Report) -> Result<(), Failure> {
    let args::Report::Sop { month, csv } = command;
    let (year, number) = parse_month(month)?;
    let lines = context.desk.sop_report(&context.who, year, number)?;
    if *csv {
        return write_csv(&context.out, &lines);
    }
    table(context, &lines)
}

fn parse_month(text: &str) -> Result<(i32, u8), Failure> {
    let bad = || Failure::bad_value(text, "YYYY-MM");
    let day = crate::domain::Day::parse(&format!("{text}-01")).ok_or_else(bad)?;
    Ok((day.year, day.month))
}

fn json(line: &SopLine) -> SopJson {
    SopJson {
        number: line.number.to_string(),
        state: line.state.name(),
        submitted_at: line.submitted_at.map(rfc3339),
        decided_at: line.decided_at.map(rfc3339),
        steps: SOP
            .iter()
            .zip(line.seconds.iter().zip(line.late()))
            .filter_map(|(step, (seconds, late))| {
                let measured = StepJson {
                    seconds: (*seconds)?,
                    standard_seconds: step.standard_seconds,
                    late,
                };
                Some((step.number, measured))
            })
            .collect(),
    }
}

fn table(context: &Context, lines: &[SopLine]) -> Result<(), Failure> {
    let out = &context.out;
    let mut listing = out.list(&[
        "cli-number",
        "cli-state",
        "cli-decided",
        "1",
        "2",
        "3",
        "4",
        "5",
        "6",
        "7",
        "8",
        "9",
    ]);
    for line in lines {
        listing.row(&json(line), || {
            let mut cells = vec![
                line.number.to_string(),
                out.texts().get(&format!("state-{}", line.state.name())),
                line.decided_at
                    .map(|t| out.format.short_date(t))
                    .unwrap_or_default(),
            ];
            cells.extend(line.seconds.iter().zip(line.late()).map(|(spent, late)| {
                let mark = if late { "!" } else { "" };
                spent.map_or_else(|| "–".to_owned(), |s| format!("{s}{mark}"))
            }));
            cells
        })?;
    }
    listing.finish()?;
    out.sentence("cli-sop-legend", &[])
}

/// The same as CSV: seconds, empty where unmeasured, and how many steps were late.
fn write_csv(out: &Output, lines: &[SopLine]) -> Result<(), Failure> {
    let csv_error = |e: csv::Error| match e.into_kind() {
        csv::ErrorKind::Io(error) => of_output(error),
        other => Failure::file("CSV", std::io::Error::other(format!("{other:?}"))),
    };
    let mut out = csv::Writer::from_writer(out.stream());
    let steps = SOP
        .iter()
        .map(|step| format!("step_{}_seconds", step.number));
    let header: Vec<String> = ["number", "state", "submitted_at", "decided_at"]
        .map(str::to_owned)
        .into_iter()
        .chain(steps)
        .chain(["late_steps".to_owned()])
        .collect();
    out.write_record(&header).map_err(csv_error)?;
    for line in lines {
        let mut record = vec![
            line.number.to_string(),
            line.state.name().to_owned(),
            line.submitted_at.map(rfc3339).unwrap_or_default(),
            line.decided_at.map(rfc3339).unwrap_or_default(),
        ];
        record.extend(
            line.seconds
                .iter()
                .map(|s| s.map(|s| s.to_string()).unwrap_or_default()),
        );
        record.push(line.late().iter().filter(|late| **late).count().to_string());
        out.write_record(&record).map_err(csv_error)?;
    }
    out.flush().map_err(of_output)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_year_and_month() {
        assert_eq!(parse_month("2026-11").unwrap(), (2026, 11));
        for wrong in ["2026-13", "2026-1", "11-2026", "2026-11-01"] {
            assert!(parse_month(wrong).is_err(), "{wrong}");
        }
    }
}
