//! CRL files of anyone: what stands on one, the difference of two, and the check against the table of rules.
//! Needs no desk. A CRL is read as a stream and printed as it goes by, more than once where that spares keeping it.

use std::fs::File;
use std::io::{Read, Seek, Write};

use serde::Serialize;

use crate::desk::check_foreign_crl;
use crate::domain::{CrlNumber, ReasonCode, Timestamp};
use crate::pki::check::{Report, Verdict};
use crate::pki::crl_read::{CrlHead, CrlReader, CrlTail, ReadError};
use crate::pki::crl_summary::ShownEntry;
use crate::pki::diff::{DiffError, DiffSummary, Difference};
use crate::pki::entry::{REMOVE_FROM_CRL, RawEntry};
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

impl From<ShownEntry> for EntryJson {
    fn from(entry: ShownEntry) -> Self {
        // The name of a reason that RFC 5280 defines; somebody else's number as it is.
        let reason = entry.reason.map(|code| match u8::try_from(code) {
            Ok(REMOVE_FROM_CRL) => "removeFromCRL".to_owned(),
            Ok(code) => ReasonCode::from_code(code)
                .map_or_else(|| code.to_string(), |reason| reason.name().to_owned()),
            Err(_) => code.to_string(),
        });
        Self {
            serial: entry.serial,
            revocation_date: entry.revocation_date.map(rfc3339),
            reason,
            invalidity_date: entry.invalidity_date.map(rfc3339),
        }
    }
}

/// Reads a CRL to its end, each entry handed to `each`.
fn read(
    path: &str,
    file: &File,
    mut each: impl FnMut(&RawEntry<'_>) -> Result<(), Failure>,
) -> Result<(CrlHead, CrlTail), Failure> {
    let mut reader = CrlReader::open(file).map_err(|e| unreadable(path, &e))?;
    let head = reader.head().clone();
    while let Some(entry) = reader.next_entry().map_err(|e| unreadable(path, &e))? {
        each(&entry)?;
    }
    let tail = reader.finish().map_err(|e| unreadable(path, &e))?;
    Ok((head, tail))
}

/// What stands on a CRL.
pub fn show(out: &Output, path: &str, file: &File) -> Result<(), Failure> {
    // Once to the end, so that nothing is printed of a damaged list; then again for its entries.
    let (head, tail) = read(path, file, |_| Ok(()))?;
    let json_of = |entry: &RawEntry<'_>| EntryJson::from(ShownEntry::of(entry));
    let number: Option<CrlNumber> = tail.crl_number();
    let time = |at: Option<Timestamp>| out.time(at);
    let this_update = head.this_update.get();
    let next_update = head.next_update.as_ref().and_then(|t| t.get());
    if out.json {
        let mut object = out.object_with_arrays(&ShownJson {
            issuer: issuer_text(&head),
            kind: kind_of(&tail),
            crl_number: number.map(JsonNumber),
            entries: tail.entries,
            this_update: this_update.map(rfc3339),
            next_update: next_update.map(rfc3339),
            path: path.to_owned(),
        })?;
        object.array("revoked")?;
        read(path, file, |entry| object.item(&json_of(entry)))?;
        return object.finish();
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
    if tail.entries == 0 {
        return Ok(());
    }
    out.raw("\n")?;
    let mut listing = out.list(&[
        "cli-serial",
        "cli-revoked-at",
        "cli-reason-code",
        "cli-invalidity-date",
    ]);
    read(path, file, |entry| {
        let entry = json_of(entry);
        listing.row(&entry, || cells(&entry))
    })?;
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

/// What the second CRL has more, less and otherwise than the first, in the order of serials.
pub fn diff(out: &Output, a: &str, b: &str) -> Result<(), Failure> {
    let (from, to) = (open(a)?, open(b)?);
    if out.json {
        return diff_json(out, (a, &from), (b, &to));
    }
    let mut listing = out.list(&[
        "cli-difference",
        "cli-serial",
        "cli-revoked-at",
        "cli-reason-code",
        "cli-invalidity-date",
    ]);
    let mut line = |sign: &str, entry: ShownEntry| {
        let entry = EntryJson::from(entry);
        listing.row(&entry, || {
            let mut line = vec![sign.to_owned()];
            line.extend(cells(&entry));
            line
        })
    };
    let summary = compare((a, &from), (b, &to), |difference| match difference {
        Difference::Added(entry) => line("+", entry),
        Difference::Removed(entry) => line("-", entry),
        Difference::Changed { before, after } => line("<", before).and_then(|()| line(">", after)),
    })?;
    listing.finish()?;
    if summary.before.issuer != summary.after.issuer {
        out.remark("cli-other-issuer", &[]);
    }
    Ok(())
}

/// The same as one object: the lists are read again for each of its arrays, which may not fit in memory.
fn diff_json(out: &Output, from: (&str, &File), to: (&str, &File)) -> Result<(), Failure> {
    let side = |(path, file): (&str, &File)| {
        let (head, tail) = read(path, file, |_| Ok(()))?;
        Ok::<_, Failure>(SideJson {
            path: path.to_owned(),
            issuer: issuer_text(&head),
            crl_number: tail.crl_number().map(JsonNumber),
            entries: tail.entries,
        })
    };
    let mut object = out.object_with_arrays(&DiffJson {
        from: side(from)?,
        to: side(to)?,
    })?;
    object.array("added")?;
    compare(from, to, |difference| match difference {
        Difference::Added(entry) => object.item(&EntryJson::from(entry)),
        _ => Ok(()),
    })?;
    object.array("removed")?;
    compare(from, to, |difference| match difference {
        Difference::Removed(entry) => object.item(&EntryJson::from(entry)),
        _ => Ok(()),
    })?;
    object.array("changed")?;
    compare(from, to, |difference| match difference {
        Difference::Changed { before, after } => object.item(&ChangedJson {
            serial: before.serial.clone(),
            from: before.into(),
            to: after.into(),
        }),
        _ => Ok(()),
    })?;
    object.finish()
}

/// Hands every difference to `each` until it fails.
fn compare(
    from: (&str, &File),
    to: (&str, &File),
    mut each: impl FnMut(Difference) -> Result<(), Failure>,
) -> Result<DiffSummary, Failure> {
    let mut failed = None;
    let summary = crate::pki::diff::diff(from.1, to.1, |difference| {
        if failed.is_none() {
            failed = each(difference).err();
        }
    });
    let summary = summary.map_err(|error| match error {
        DiffError::Before(error) => unreadable(from.0, &error),
        DiffError::After(error) => unreadable(to.0, &error),
    })?;
    match failed {
        Some(failure) => Err(failure),
        None => Ok(summary),
    }
}
