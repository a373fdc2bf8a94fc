//! `ams letter`: the statement-letter form, a request's letters in and out, and what any file is, without a desk.

use serde::Serialize;

use crate::desk::{Desk, Intent, letter_code_of};
use crate::domain::request::LetterKind;
use crate::domain::{CertificateStatus, ReasonId, Refusal};
use crate::letter::{LetterFacts, LetterWarning, Limits, child};
use crate::tui::format::Format;
use crate::tui::i18n::Texts;

use super::args;
use super::context::{Context, Need};
use super::failure::Failure;
use super::output::{Field, Output, rfc3339};
use super::{cert, files, request};
use crate::session::caller::Stream;

/// The most that is read of a letter before its size is judged, in octets.
pub const LONGEST: u64 = 64 << 20;

pub const fn need(command: &args::Letter) -> Need {
    match command {
        args::Letter::Put { .. } => Need::Change,
        _ => Need::Read,
    }
}

pub fn run(context: &Context, command: &args::Letter) -> Result<(), Failure> {
    use args::Letter as Command;
    match command {
        Command::Form {
            owner,
            serial,
            issuer,
            reasons,
            output,
        } => form(
            context,
            owner.as_deref(),
            serial.as_deref(),
            issuer.as_deref(),
            reasons,
            output,
        ),
        Command::Get { number, version } => get(context, number, *version),
        Command::Put { number } => put(context, number),
        Command::Show { number } => show(context, number),
        Command::Inspect { file } => inspect(&context.out, file),
    }
}

pub const fn kind_name(kind: LetterKind) -> &'static str {
    match kind {
        LetterKind::Pdf => "pdf",
        LetterKind::Jpeg => "jpeg",
        LetterKind::Png => "png",
    }
}

/// The form (step 1), filled with the owner's data; with the certificate where it is named or there is only one.
fn form(
    context: &Context,
    owner: Option<&str>,
    serial: Option<&str>,
    issuer: Option<&str>,
    reasons: &[String],
    output: &str,
) -> Result<(), Failure> {
    let (desk, who) = (&context.desk, &context.who);
    let owner = desk.find_applicant(who, owner.unwrap_or(who.username()))?;
    let mut fitting = Vec::new();
    if let Some(serial) = serial {
        fitting.push(cert::named(context, serial, issuer, Some(owner.id))?.certificate);
    } else {
        let query = crate::desk::CertificateQuery {
            owner: Some(owner.id),
            ..Default::default()
        };
        Context::pages(
            |from| desk.certificates(who, &query, from, super::context::PAGE),
            |view| {
                if view.status == CertificateStatus::Active {
                    fitting.push(view.certificate);
                }
                Ok(())
            },
        )?;
    }
    let reasons: Vec<ReasonId> = reasons
        .iter()
        .flat_map(|word| word.split(','))
        .map(|id| ReasonId(id.trim().to_owned()))
        .collect();
    let policy = desk.policy();
    if let Some(unknown) = reasons.iter().find(|id| policy.reasons.get(id).is_none()) {
        return Err(Refusal::UnknownReason(unknown.clone()).into());
    }
    let certificate = match fitting.as_slice() {
        [only] => Some(only),
        _ => None,
    };
    let pdf = desk.blank_form(&owner, certificate, &reasons)?;
    files::write(&*context.out.caller, output, &pdf)
}

fn get(context: &Context, number: &str, version: Option<u32>) -> Result<(), Failure> {
    let detail = request::detail(context, number)?;
    let letters = &detail.request.letters;
    let wanted = match version {
        Some(version) => letters.iter().find(|l| l.version == version),
        None => letters.last(),
    };
    let Some(letter) = wanted else {
        return Err(Refusal::LetterMissing.into());
    };
    // Before the reading is logged.
    if context.out.caller.is_terminal(Stream::Output) {
        return Err(Failure::usage("cli-binary-to-terminal"));
    }
    let octets = context
        .desk
        .letter_bytes(&context.who, detail.request.id, letter.id)?;
    files::write(&*context.out.caller, files::STANDARD, &octets)
}

/// The code under which a letter comes in, where the command names one instead of a request.
pub fn code(command: &args::Letter) -> Option<String> {
    match command {
        args::Letter::Put { number } => letter_code_of(number),
        _ => None,
    }
}

/// Takes in the letter that comes under a code: whoever has it sends it as the one to whom a form showed it.
pub fn put_by_code(desk: &Desk, out: &Output, code: &str) -> Result<(), Failure> {
    let input = files::input(&*out.caller, files::STANDARD)?;
    let (who, stored) = desk.put_letter(code, Some(out.caller.uid()), input)?;
    let number = request::name_of(&stored);
    let bytes = stored.letters.last().map_or(0, |letter| letter.bytes);
    let out = Output {
        format: Format {
            texts: Texts::new(who.language()),
            zone: desk.policy().zone,
        },
        ..out.clone()
    };
    if out.json {
        return out.object(&PutJson { number, bytes });
    }
    let size = out.format.size(bytes);
    out.sentence("cli-letter-came", &[("size", size), ("number", number)])
}

#[derive(Serialize)]
struct PutJson {
    number: String,
    bytes: u64,
}

fn put(context: &Context, number: &str) -> Result<(), Failure> {
    let id = context.desk.find_request(&context.who, number)?;
    let bytes = files::octets(&*context.out.caller, files::STANDARD, LONGEST)?;
    let stored = context
        .desk
        .act(&context.who, id, None, Intent::AttachLetter { bytes })?;
    request::done(context, &stored)
}

#[derive(Serialize)]
struct ShownLetter {
    version: u32,
    kind: &'static str,
    bytes: u64,
    pages: u32,
    #[serde(skip_serializing_if = "String::is_empty")]
    sha256: String,
    attached_at: String,
    attached_by: String,
    signed: bool,
    scan: bool,
    warnings: Vec<String>,
    text: Vec<String>,
}

fn show(context: &Context, number: &str) -> Result<(), Failure> {
    let detail = request::detail(context, number)?;
    let out = &context.out;
    let mut listing = out.list(&[
        "cli-version",
        "cli-kind",
        "cli-size",
        "cli-pages",
        "cli-attached",
        "cli-by",
        "cli-warnings",
        "cli-sha256",
    ]);
    for letter in &detail.letters {
        let value = ShownLetter {
            version: letter.version,
            kind: letter.kind,
            bytes: letter.bytes,
            pages: letter.pages,
            sha256: letter.sha256.clone(),
            attached_at: rfc3339(letter.attached_at),
            attached_by: letter.attached_by.clone(),
            signed: letter.signed,
            scan: letter.scan,
            warnings: letter.warnings.clone(),
            text: letter.lines.iter().map(|l| l.text.clone()).collect(),
        };
        listing.row(&value, || {
            vec![
                letter.version.to_string(),
                letter.kind.to_owned(),
                out.format.size(letter.bytes),
                letter.pages.to_string(),
                out.format.short(letter.attached_at),
                letter.attached_by.clone(),
                letter.warnings.join(", "),
                letter.sha256.clone(),
            ]
        })?;
    }
    listing.finish()?;
    if out.json {
        return Ok(());
    }
    for line in detail.letters.last().iter().flat_map(|l| &l.lines) {
        let text = crate::domain::distinguished_name::printable(&line.text);
        out.raw(&format!("  {text}\n"))?;
    }
    Ok(())
}

#[derive(Serialize)]
struct Inspection {
    kind: &'static str,
    bytes: u64,
    sha256: String,
    pages: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    width: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    height: Option<u32>,
    signed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    scan: bool,
    warnings: Vec<&'static str>,
    text: Vec<String>,
}

/// What a file is: read by the confined child, no desk involved.
pub fn inspect(out: &Output, file: &str) -> Result<(), Failure> {
    let octets = files::octets(&*out.caller, file, LONGEST)?;
    let program = std::path::Path::new(child::THIS_PROGRAM);
    let facts = child::inspect(&octets, program, &Limits::default())?;
    let text: Vec<String> = facts.lines().map(|(_, line)| line.to_owned()).collect();
    let value = Inspection {
        kind: facts.kind.short_name(),
        bytes: facts.bytes,
        sha256: facts.sha256.clone(),
        pages: facts.pages,
        width: facts.pixels.map(|p| p.width),
        height: facts.pixels.map(|p| p.height),
        signed: facts.signed_pdf,
        title: facts.title.clone(),
        scan: facts.is_scan(),
        warnings: facts.warnings.iter().map(|w| w.id()).collect(),
        text,
    };
    if out.json {
        return out.object(&value);
    }
    out.fields(&inspection_fields(out, &facts))?;
    for line in &value.text {
        let line = crate::domain::distinguished_name::printable(line);
        out.raw(&format!("  {line}\n"))?;
    }
    Ok(())
}

fn inspection_fields(out: &Output, facts: &LetterFacts) -> Vec<Field> {
    let measure = match (facts.pixels, facts.paper) {
        (Some(p), _) => format!("{} x {} px", p.width, p.height),
        (None, Some(p)) => format!("{} x {} mm", p.width_mm, p.height_mm),
        (None, None) => String::new(),
    };
    let warnings: Vec<&str> = facts
        .warnings
        .iter()
        .map(|w| LetterWarning::id(*w))
        .collect();
    vec![
        ("cli-kind", facts.kind.short_name().to_owned()),
        ("cli-size", out.format.size(facts.bytes)),
        ("cli-pages", facts.pages.to_string()),
        ("cli-measure", measure),
        ("cli-title", facts.title.clone().unwrap_or_default()),
        ("cli-signed", out.yes_no(facts.signed_pdf)),
        ("cli-has-text", out.yes_no(facts.has_text)),
        ("cli-warnings", warnings.join(", ")),
        ("cli-sha256", facts.sha256.clone()),
    ]
}
