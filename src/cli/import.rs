//! `ams cert import`: files, folders and standard input, each certificate judged by itself; counts what was taken in
//! and names what was refused, and why.

use std::collections::BTreeMap;
use std::io::Read;

use serde::Serialize;

use crate::desk::{ImportOptions, ImportProgress, ImportReport, OwnerBy};
use crate::tui::defects;

use super::context::Context;
use super::failure::Failure;
use super::files;
use super::output::{Field, Output};
use crate::session::caller::{Source, Stream};

#[derive(Serialize)]
struct ImportJson {
    read: u64,
    added: u64,
    known: u64,
    without_owner: u64,
    refused: u64,
    /// By the defect's id.
    refused_by: BTreeMap<&'static str, u64>,
    /// The first refusals, one by one.
    refusals: Vec<RefusalJson>,
    dry_run: bool,
}

#[derive(Serialize)]
struct RefusalJson {
    source: String,
    /// Counts the items of its source from 0.
    index: u64,
    offset: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u64>,
    defect: &'static str,
    says: String,
}

pub fn run(
    context: &Context,
    names: &[String],
    owner_by: &str,
    dry_run: bool,
    verify: bool,
) -> Result<(), Failure> {
    let options = ImportOptions {
        owner_by: match owner_by {
            "uid" => OwnerBy::Uid,
            "cn" => OwnerBy::CommonName,
            _ => OwnerBy::Email,
        },
        dry_run,
        verify,
    };
    let caller = &*context.out.caller;
    let mut report = ImportReport::default();
    for name in names {
        let inside = match &**name {
            files::STANDARD => None,
            folder => caller
                .files_under(folder)
                .map_err(|e| Failure::file(folder, e))?,
        };
        if let Some(inside) = inside {
            for name in inside {
                let input = match caller.open(&Source::named(&name)) {
                    Ok(input) => input,
                    Err(error) if is_about_the_file(&error) => {
                        report.refuse_file(&name, &error);
                        continue;
                    }
                    Err(error) => return Err(Failure::file(name, error)),
                };
                // A folder holds keys and readme files too: what has no certificate at all is passed over there.
                let before = report.clone();
                one(context, &name, input, options, &mut report)?;
                if holds_none(&before, &report) {
                    report = before;
                }
            }
        } else {
            one(
                context,
                name,
                files::input(caller, name)?,
                options,
                &mut report,
            )?;
        }
    }
    tell(&context.out, &report, dry_run)?;
    if report.refusals() > 0 {
        return Err(Failure::FoundWrong);
    }
    Ok(())
}

/// Whether an error of opening is that file's own, so that the others are still worth trying.
fn is_about_the_file(error: &std::io::Error) -> bool {
    use std::io::ErrorKind as Kind;
    matches!(
        error.kind(),
        Kind::NotFound | Kind::PermissionDenied | Kind::IsADirectory
    )
}

fn one(
    context: &Context,
    name: &str,
    input: impl Read,
    options: ImportOptions,
    report: &mut ImportReport,
) -> Result<(), Failure> {
    let caller = &context.out.caller;
    let live = caller.is_terminal(Stream::Error);
    let progress = |done: ImportProgress| {
        if live && done.read >= 4096 {
            let facts = [
                ("read", done.read.to_string()),
                ("added", done.added.to_string()),
            ];
            let text = context.out.message("cli-import-progress", &facts);
            let _ = caller.say(Stream::Error, format!("\r{text}").as_bytes());
        }
    };
    context
        .desk
        .import_certificates(&context.who, name, input, options, report, progress)?;
    Ok(())
}

/// Whether a file of a folder had nothing in it that was meant as a certificate.
fn holds_none(before: &ImportReport, after: &ImportReport) -> bool {
    let meant = |report: &ImportReport| {
        let other: u64 = ["not-a-certificate", "empty-input"]
            .iter()
            .filter_map(|id| report.refused.get(id))
            .sum();
        report.read - other
    };
    meant(before) == meant(after)
}

fn tell(out: &Output, report: &ImportReport, dry_run: bool) -> Result<(), Failure> {
    let value = ImportJson {
        read: report.read,
        added: report.added,
        known: report.known,
        without_owner: report.without_owner,
        refused: report.refusals(),
        refused_by: report.refused.clone(),
        refusals: report
            .examples
            .iter()
            .map(|refused| RefusalJson {
                source: refused.source.clone(),
                index: refused.position.index,
                offset: refused.position.offset,
                line: refused.position.line,
                defect: refused.defect.id(),
                says: defects::certificate(out.format, &refused.defect).0,
            })
            .collect(),
        dry_run,
    };
    if out.json {
        return out.object(&value);
    }
    let fields: Vec<Field> = vec![
        ("cli-read", report.read.to_string()),
        (
            if dry_run {
                "cli-would-add"
            } else {
                "cli-added"
            },
            report.added.to_string(),
        ),
        ("cli-known", report.known.to_string()),
        ("cli-without-owner", report.without_owner.to_string()),
        ("cli-refused", report.refusals().to_string()),
    ];
    out.fields(&fields)?;
    if report.examples.is_empty() {
        return Ok(());
    }
    out.heading("cli-refusals")?;
    let mut listing = out.list(&["cli-source", "cli-place", "cli-defect", "cli-says"]);
    for refused in &report.examples {
        listing.row(&(), || {
            let place = match refused.position.line {
                Some(line) => out.message("cli-line", &[("line", line.to_string())]),
                None => {
                    let offset = refused.position.offset.to_string();
                    out.message("cli-offset", &[("offset", offset)])
                }
            };
            vec![
                refused.source.clone(),
                place,
                refused.defect.id().to_owned(),
                defects::certificate(out.format, &refused.defect).0,
            ]
        })?;
    }
    let listed = listing.finish()?;
    let rest = report.refusals().saturating_sub(listed);
    if rest > 0 {
        out.sentence("cli-more", &[("count", rest.to_string())])?;
    }
    Ok(())
}
