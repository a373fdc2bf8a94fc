//! What an import took in and refused, as fields and a table for people or as JSON.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::desk::ImportReport;
use crate::tui::defects;

use super::failure::Failure;
use super::output::{Field, Output};

#[derive(Serialize)]
struct ImportJson {
    read: u64,
    added: u64,
    known: u64,
    without_owner: u64,
    /// Revocations taken over from an index or a CRL, and those known already.
    revoked: u64,
    revoked_known: u64,
    refused: u64,
    /// Private keys that lay beside certificates and were passed over.
    #[serde(skip_serializing_if = "is_none")]
    keys_passed_over: u64,
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

/// Absent rather than 0.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
const fn is_none(count: &u64) -> bool {
    *count == 0
}

pub fn tell(out: &Output, report: &ImportReport, dry_run: bool) -> Result<(), Failure> {
    let value = ImportJson {
        read: report.read,
        added: report.added,
        known: report.known,
        without_owner: report.without_owner,
        revoked: report.revoked,
        revoked_known: report.revoked_known,
        refused: report.refusals(),
        keys_passed_over: report.keys,
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
    let mut fields: Vec<Field> = vec![
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
    if report.revoked + report.revoked_known > 0 {
        let adopted = if dry_run {
            "cli-would-adopt"
        } else {
            "cli-adopted"
        };
        fields.push((adopted, report.revoked.to_string()));
        fields.push(("cli-adopted-known", report.revoked_known.to_string()));
    }
    if report.keys > 0 {
        fields.push(("cli-keys-passed-over", report.keys.to_string()));
    }
    out.fields(&fields)?;
    if let Some(source) = report.with_keys.first() {
        let count = report.with_keys.len().to_string();
        let facts = [("source", source.clone()), ("count", count)];
        out.remark("cli-keys-beside", &facts);
    }
    if report.examples.is_empty() {
        return Ok(());
    }
    refusals(out, report)
}

/// What was refused, one by one.
pub fn refusals(out: &Output, report: &ImportReport) -> Result<(), Failure> {
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
