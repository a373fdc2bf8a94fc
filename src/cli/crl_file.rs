//! CRL files of anyone: what stands on one, the difference of two, and the check against the table of rules.
//! Needs no desk. A CRL is read as a stream; only `diff` keeps the entries of its first file.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Seek, Write};

use serde::Serialize;

use crate::desk::check_foreign_crl;
use crate::domain::{CrlNumber, Timestamp};
use crate::pki::check::{Report, Verdict};
use crate::pki::crl_read::{CrlHead, CrlReader, CrlTail, ReadError};
use crate::pki::entry::{EntryReason, RawEntry, serial_text};
use crate::pki::oid;
use crate::pki::{der_scan, name};
use crate::tui::checks;

use super::failure::{Failure, Said};
use super::files;
use super::output::{Field, JsonNumber, Output, rfc3339};

#[derive(Serialize)]
struct ShownJson {
    issuer: String,
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    crl_number: Option<JsonNumber>,
    entries: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    this_update: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_update: Option<String>,
    path: String,
    revoked: Vec<EntryJson>,
}

#[derive(Clone, PartialEq, Eq, Serialize)]
struct EntryJson {
    serial: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    revocation_date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    invalidity_date: Option<String>,
}

#[derive(Serialize)]
struct DiffJson {
    from: SideJson,
    to: SideJson,
    added: Vec<EntryJson>,
    removed: Vec<EntryJson>,
    changed: Vec<ChangedJson>,
}

#[derive(Serialize)]
struct SideJson {
    path: String,
    issuer: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    crl_number: Option<JsonNumber>,
    entries: u64,
}

#[derive(Serialize)]
struct ChangedJson {
    serial: String,
    from: EntryJson,
    to: EntryJson,
}

/// Opens a CRL file; standard input is put aside first, since a CRL is read twice.
pub fn open(name: &str) -> Result<File, Failure> {
    let failed = |e| Failure::file(name, e);
    if name != files::STANDARD {
        let file = File::open(name).map_err(failed)?;
        if file.metadata().is_ok_and(|m| m.is_dir()) {
            return Err(failed(std::io::ErrorKind::IsADirectory.into()));
        }
        return Ok(file);
    }
    let flags = rustix::fs::MemfdFlags::CLOEXEC;
    let mut kept = File::from(
        rustix::fs::memfd_create("crl", flags).map_err(|e| failed(std::io::Error::from(e)))?,
    );
    let mut input = std::io::stdin().lock().take(1 << 30);
    std::io::copy(&mut input, &mut kept).map_err(failed)?;
    kept.flush().and_then(|()| kept.rewind()).map_err(failed)?;
    Ok(kept)
}

fn unreadable(path: &str, error: &ReadError) -> Failure {
    Failure::Refused(
        Said::plain("cli-crl-unreadable")
            .with("path", path)
            .with("detail", error),
    )
}

/// The issuer's name as text; what does not parse is shown as hex.
fn issuer_text(head: &CrlHead) -> String {
    der_scan::single(&head.issuer, der_scan::tag::SEQUENCE)
        .ok()
        .and_then(|tlv| name::parse_name(tlv).ok())
        .map_or_else(|| hex::encode(&head.issuer), |name| name.to_string())
}

fn kind_of(tail: &CrlTail) -> &'static str {
    let extensions = &tail.extensions;
    let partition = extensions
        .issuing_distribution_point
        .as_ref()
        .and_then(|idp| idp.get())
        .is_some_and(|idp| idp.has_distribution_point);
    if extensions.delta_base.is_some() {
        "delta"
    } else if partition {
        "partition"
    } else {
        "complete"
    }
}

fn entry_json(entry: &RawEntry<'_>) -> EntryJson {
    let mut shown = EntryJson {
        serial: serial_text(entry.serial),
        revocation_date: entry.revocation_date.time().ok().map(rfc3339),
        reason: None,
        invalidity_date: None,
    };
    if let Ok(known) = entry.decode() {
        shown.reason = match known.reason {
            EntryReason::Revoked(code) => code.code().map(|_| code.name().to_owned()),
            EntryReason::RemoveFromCrl => Some("removeFromCRL".to_owned()),
        };
        shown.invalidity_date = known.invalidity_date.map(rfc3339);
        return shown;
    }
    // Somebody else's entry: what can be read of it.
    for extension in entry.extensions().flatten() {
        match extension.oid {
            oid::REASON_CODE => {
                shown.reason = extension.reason_code().ok().map(|code| code.to_string());
            }
            oid::INVALIDITY_DATE => {
                shown.invalidity_date = extension.generalized_time().ok().map(rfc3339);
            }
            _ => {}
        }
    }
    shown
}

/// Reads a CRL, each entry handed to `each`.
fn read(
    path: &str,
    file: &File,
    mut each: impl FnMut(EntryJson) -> Result<(), Failure>,
) -> Result<(CrlHead, CrlTail), Failure> {
    let mut reader = CrlReader::open(file).map_err(|e| unreadable(path, &e))?;
    let head = reader.head().clone();
    while let Some(entry) = reader.next_entry().map_err(|e| unreadable(path, &e))? {
        each(entry_json(&entry))?;
    }
    let tail = reader.finish().map_err(|e| unreadable(path, &e))?;
    Ok((head, tail))
}

/// What stands on a CRL.
pub fn show(out: &Output, path: &str, file: &File) -> Result<(), Failure> {
    let mut revoked = Vec::new();
    let (head, tail) = read(path, file, |entry| {
        revoked.push(entry);
        Ok(())
    })?;
    let number: Option<CrlNumber> = tail.crl_number();
    let time = |at: Option<Timestamp>| out.time(at);
    let this_update = head.this_update.get();
    let next_update = head.next_update.as_ref().and_then(|t| t.get());
    if out.json {
        return out.object(&ShownJson {
            issuer: issuer_text(&head),
            kind: kind_of(&tail),
            crl_number: number.map(JsonNumber),
            entries: tail.entries,
            this_update: this_update.map(rfc3339),
            next_update: next_update.map(rfc3339),
            path: path.to_owned(),
            revoked,
        });
    }
    let fields: Vec<Field> = vec![
        ("cli-issuer", issuer_text(&head)),
        ("cli-kind", kind_of(&tail).to_owned()),
        (
            "cli-crl-number",
            number.map(|n| n.to_string()).unwrap_or_default(),
        ),
        ("cli-entries", tail.entries.to_string()),
        ("cli-this-update", time(this_update)),
        ("cli-next-update", time(next_update)),
        ("cli-path", path.to_owned()),
    ];
    out.fields(&fields)?;
    if revoked.is_empty() {
        return Ok(());
    }
    out.raw("\n")?;
    let mut listing = out.list(&[
        "cli-serial",
        "cli-revoked-at",
        "cli-reason-code",
        "cli-invalidity-date",
    ]);
    for entry in &revoked {
        listing.row(entry, || cells(entry))?;
    }
    listing.finish().map(drop)
}

fn cells(entry: &EntryJson) -> Vec<String> {
    vec![
        entry.serial.clone(),
        entry.revocation_date.clone().unwrap_or_default(),
        entry.reason.clone().unwrap_or_default(),
        entry.invalidity_date.clone().unwrap_or_default(),
    ]
}

/// The check against the table of rules; `issuer` names the file of the issuer's certificate.
pub fn check(
    out: &Output,
    file: &File,
    issuer: Option<&str>,
    now: Timestamp,
) -> Result<(), Failure> {
    const LONGEST: u64 = 1 << 20;
    let issuer = issuer
        .map(|name| files::octets(&*out.caller, name, LONGEST))
        .transpose()?;
    let report = check_foreign_crl(file, issuer.as_deref(), now)?;
    tell(out, &report)
}

/// Prints the report; a broken rule is a wrong result.
pub fn tell(out: &Output, report: &Report) -> Result<(), Failure> {
    let mut listing = out.list(&["cli-rule", "cli-verdict", "cli-clause", "cli-says"]);
    for finding in &report.findings {
        listing.row(finding, || {
            let verdict = match finding.verdict {
                Verdict::Ok => "cli-verdict-ok",
                Verdict::Broken => "cli-verdict-broken",
                Verdict::NotChecked => "cli-verdict-not-checked",
            };
            vec![
                finding.rule.to_owned(),
                out.texts().get(verdict),
                finding.clause.to_owned(),
                checks::rule(out.texts(), finding),
            ]
        })?;
    }
    listing.finish()?;
    if report.passed() {
        return Ok(());
    }
    let count = report.broken().count().to_string();
    out.remark("cli-rules-broken", &[("count", count)]);
    Err(Failure::FoundWrong)
}

/// What the second CRL has more, less and otherwise than the first.
pub fn diff(out: &Output, a: &str, b: &str) -> Result<(), Failure> {
    let mut before: BTreeMap<String, EntryJson> = BTreeMap::new();
    let (head_a, tail_a) = read(a, &open(a)?, |entry| {
        before.insert(entry.serial.clone(), entry);
        Ok(())
    })?;
    let (mut added, mut changed) = (Vec::new(), Vec::new());
    let (head_b, tail_b) = read(b, &open(b)?, |entry| {
        match before.remove(&entry.serial) {
            None => added.push(entry),
            Some(old) if old == entry => {}
            Some(old) => changed.push(ChangedJson {
                serial: entry.serial.clone(),
                from: old,
                to: entry,
            }),
        }
        Ok(())
    })?;
    let removed: Vec<EntryJson> = before.into_values().collect();
    let side = |path: &str, head: &CrlHead, tail: &CrlTail| SideJson {
        path: path.to_owned(),
        issuer: issuer_text(head),
        crl_number: tail.crl_number().map(JsonNumber),
        entries: tail.entries,
    };
    let value = DiffJson {
        from: side(a, &head_a, &tail_a),
        to: side(b, &head_b, &tail_b),
        added,
        removed,
        changed,
    };
    if out.json {
        return out.object(&value);
    }
    if head_a.issuer != head_b.issuer {
        out.remark("cli-other-issuer", &[]);
    }
    let mut listing = out.list(&[
        "cli-difference",
        "cli-serial",
        "cli-revoked-at",
        "cli-reason-code",
        "cli-invalidity-date",
    ]);
    let lines = value
        .added
        .iter()
        .map(|entry| ("+", entry))
        .chain(value.removed.iter().map(|entry| ("-", entry)))
        .chain(
            value
                .changed
                .iter()
                .flat_map(|change| [("<", &change.from), (">", &change.to)]),
        );
    for (sign, entry) in lines {
        listing.row(entry, || {
            let mut line = vec![sign.to_owned()];
            line.extend(cells(entry));
            line
        })?;
    }
    listing.finish().map(drop)
}
