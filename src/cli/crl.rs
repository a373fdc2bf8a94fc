//! `ams crl` on a desk: issue, list, and the CRLs of its history by number. Files are `crl_file.rs`, which needs no desk.

use std::fs::File;

use serde::Serialize;

use crate::desk::CrlRow;
use crate::domain::CrlNumber;

use super::args;
use super::context::{Context, Need, PAGE};
use super::crl_file;
use super::failure::Failure;
use super::output::{JsonNumber, Output, rfc3339};

/// A published CRL as JSON shows it.
#[derive(Serialize)]
struct CrlJson {
    issuer: String,
    issuer_id: String,
    kind: &'static str,
    crl_number: JsonNumber,
    entries: u64,
    this_update: String,
    next_update: String,
    path: String,
    published_at: String,
    /// Since when it, or a newer one, has been seen at the publication point.
    #[serde(skip_serializing_if = "Option::is_none")]
    seen_at: Option<String>,
}

pub const fn need(command: &args::Crl) -> Need {
    match command {
        args::Crl::Issue { .. } | args::Crl::ConfirmClock => Need::Change,
        _ => Need::Read,
    }
}

/// Whether the command is about files alone and needs no desk.
pub fn is_about_files(command: &args::Crl) -> bool {
    match command {
        args::Crl::Diff { .. } => true,
        args::Crl::Show { what: Some(what) } | args::Crl::Check { what, .. } => is_file(what),
        _ => false,
    }
}

fn number_of(what: &str) -> Option<CrlNumber> {
    let digits = !what.is_empty() && what.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| CrlNumber::parse(what)).flatten()
}

/// A file's name; a file may have a number for its name.
fn is_file(what: &str) -> bool {
    number_of(what).is_none() || std::path::Path::new(what).exists()
}

pub fn run(context: &Context, command: &args::Crl) -> Result<(), Failure> {
    use args::Crl as Command;
    let (desk, who, out) = (&context.desk, &context.who, &context.out);
    match command {
        Command::Issue { issuer } => {
            let issuer = issuer
                .as_deref()
                .map(|word| super::ca::chosen(context, Some(word)))
                .transpose()?;
            let made = desk.issue_crl(who, issuer.map(|view| view.id))?;
            print(out, made)
        }
        Command::ConfirmClock => {
            desk.confirm_clock(who)?;
            out.sentence(
                "cli-clock-confirmed",
                &[("now", out.format.full(desk.now()))],
            )
        }
        Command::List => {
            let mut rows = Vec::new();
            Context::pages(
                |from| desk.crls(who, from, PAGE),
                |row| {
                    rows.push(row);
                    Ok(())
                },
            )?;
            print(out, rows)
        }
        Command::Show { what } => {
            let number = what.as_deref().and_then(number_of);
            let (file, row) = desk.crl_file(who, number)?;
            crl_file::show(out, &row.path, &file)
        }
        Command::Check { issuer_cert, what } => {
            let (file, row) = desk.crl_file(who, number_of(what))?;
            match issuer_cert {
                Some(_) => crl_file::check(out, &file, issuer_cert.as_deref(), desk.now()),
                None => {
                    let report = desk.check_crl(who, &row)?;
                    crl_file::tell(out, &report)
                }
            }
        }
        Command::Diff { a, b } => crl_file::diff(out, a, b),
    }
}

/// The commands that need no desk.
pub fn run_on_files(out: &Output, command: &args::Crl) -> Result<(), Failure> {
    use args::Crl as Command;
    match command {
        Command::Show { what: Some(name) } => {
            let file: File = crl_file::open(name)?;
            crl_file::show(out, name, &file)
        }
        Command::Check { issuer_cert, what } => {
            let file = crl_file::open(what)?;
            let now = super::place::environment()?.clock.now();
            crl_file::check(out, &file, issuer_cert.as_deref(), now)
        }
        Command::Diff { a, b } => crl_file::diff(out, a, b),
        _ => Ok(()),
    }
}

fn print(out: &Output, rows: Vec<CrlRow>) -> Result<(), Failure> {
    let mut listing = out.list(&[
        "cli-crl-number",
        "cli-issuer",
        "cli-kind",
        "cli-entries",
        "cli-this-update",
        "cli-next-update",
        "cli-path",
    ]);
    for row in rows {
        let value = CrlJson {
            issuer: row.issuer_name.clone(),
            issuer_id: row.issuer.to_string(),
            kind: row.kind,
            crl_number: JsonNumber(row.number),
            entries: row.entries,
            this_update: rfc3339(row.this_update),
            next_update: rfc3339(row.next_update),
            path: row.path.clone(),
            published_at: rfc3339(row.published_at),
            seen_at: row.seen_at.map(rfc3339),
        };
        listing.row(&value, || {
            vec![
                row.number.to_string(),
                row.issuer_name.clone(),
                out.texts().get(&format!("crl-kind-{}", row.kind)),
                row.entries.to_string(),
                out.format.full(row.this_update),
                out.format.full(row.next_update),
                row.path.clone(),
            ]
        })?;
    }
    listing.finish().map(drop)
}
