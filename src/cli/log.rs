//! `ams log`: list, show, verify (the desk's own, or an export or receipt with nothing but the public key), export,
//! prove.

use std::io::{BufRead, BufReader, Read, Write};

use serde::Serialize;

use crate::audit::{Expected, Problem, PublicKey, Receipt, Verdict, verify_export};
use crate::desk::{LogHealth, LogRow};
use crate::tui::checks;

use super::args;
use super::context::{Context, Need, PAGE};
use super::failure::{Failure, Said, of_output};
use super::files;
use super::output::{Field, Output, rfc3339};

#[derive(Serialize)]
struct EntryJson {
    seq: u64,
    at: String,
    actor: String,
    action: String,
    object: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refusal: Option<String>,
}

#[derive(Serialize)]
struct WholeEntryJson {
    #[serde(flatten)]
    row: EntryJson,
    /// The canonical entry, whose octets are the leaf of the tree.
    entry: String,
}

#[derive(Serialize)]
struct HealthJson {
    sound: bool,
    entries: u64,
    checkpoint: u64,
    root: String,
    public_key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
}

#[derive(Serialize)]
struct VerdictJson {
    sound: bool,
    entries: u64,
    heads: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    root: Option<String>,
    clock_set_back: u64,
    problems: Vec<ProblemJson>,
    unlisted: u64,
}

#[derive(Serialize)]
struct ProblemJson {
    line: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    seq: Option<u64>,
    id: &'static str,
    says: String,
    hint: &'static str,
}

#[derive(Serialize)]
struct ReceiptJson {
    request: String,
    entries: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<&'static str>,
    size: u64,
    root: String,
}

#[derive(Serialize)]
struct ProofJson {
    request: String,
    public_key: String,
    receipt: String,
}

pub const fn need(_: &args::Log) -> Need {
    Need::Read
}

pub fn run(context: &Context, command: &args::Log) -> Result<(), Failure> {
    use args::Log as Command;
    let (desk, who, out) = (&context.desk, &context.who, &context.out);
    match command {
        Command::List { limit } => list(context, *limit),
        Command::Show { seq } => show(context, *seq),
        Command::Verify { .. } => {
            let health = desk.verify_log(who)?;
            tell_health(context, &health)
        }
        Command::Export => {
            let mut stdout = Watched::new(out.stream());
            let written = desk.export_log(who, &mut stdout);
            let flushed = stdout.flush();
            if stdout.reader_gone {
                return Err(Failure::BrokenPipe);
            }
            written?;
            flushed.map_err(of_output)
        }
        Command::Prove { number } => {
            let id = desk.find_request(who, number)?;
            let receipt = desk.prove(who, id)?;
            if out.json {
                return out.object(&ProofJson {
                    request: number.clone(),
                    public_key: desk.log_public_key().to_string(),
                    receipt,
                });
            }
            out.raw(&receipt)
        }
    }
}

/// A stream that remembers that its reader has gone: no fault of the log.
struct Watched<W> {
    stream: W,
    reader_gone: bool,
}

impl<W> Watched<W> {
    const fn new(stream: W) -> Self {
        Self {
            stream,
            reader_gone: false,
        }
    }

    fn watch<T>(&mut self, result: std::io::Result<T>) -> std::io::Result<T> {
        if let Err(error) = &result {
            self.reader_gone |= error.kind() == std::io::ErrorKind::BrokenPipe;
        }
        result
    }
}

impl<W: Write> Write for Watched<W> {
    fn write(&mut self, octets: &[u8]) -> std::io::Result<usize> {
        let result = self.stream.write(octets);
        self.watch(result)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        let result = self.stream.flush();
        self.watch(result)
    }
}

fn row_json(row: &LogRow) -> EntryJson {
    EntryJson {
        seq: row.seq,
        at: rfc3339(row.at),
        actor: row.actor.clone(),
        action: row.action.clone(),
        object: row.object.clone(),
        from: row.from.clone(),
        to: row.to.clone(),
        refusal: row.refusal.clone(),
    }
}

fn list(context: &Context, limit: usize) -> Result<(), Failure> {
    let out = &context.out;
    let mut listing = out.list(&[
        "cli-seq",
        "cli-at",
        "cli-actor",
        "cli-action",
        "cli-object",
        "cli-from",
        "cli-to",
        "cli-refusal",
    ]);
    let mut left = limit;
    let mut from: Option<String> = None;
    while left > 0 {
        let page = context
            .desk
            .log(&context.who, from.as_deref(), left.min(PAGE))?;
        left = left.saturating_sub(page.rows.len());
        for row in &page.rows {
            listing.row(&row_json(row), || {
                vec![
                    row.seq.to_string(),
                    out.format.short(row.at),
                    row.actor.clone(),
                    row.action.clone(),
                    row.object.clone(),
                    row.from.clone().unwrap_or_default(),
                    row.to.clone().unwrap_or_default(),
                    row.refusal.clone().unwrap_or_default(),
                ]
            })?;
        }
        from = page.next;
        if from.is_none() {
            break;
        }
    }
    listing.finish().map(drop)
}

fn show(context: &Context, seq: u64) -> Result<(), Failure> {
    let (row, entry) = context.desk.log_entry(&context.who, seq)?;
    let out = &context.out;
    let value = WholeEntryJson {
        row: row_json(&row),
        entry: entry.clone(),
    };
    let fields: Vec<Field> = vec![
        ("cli-seq", row.seq.to_string()),
        ("cli-at", out.time(Some(row.at))),
        ("cli-actor", row.actor.clone()),
        ("cli-action", row.action.clone()),
        ("cli-object", row.object.clone()),
        ("cli-from", row.from.clone().unwrap_or_default()),
        ("cli-to", row.to.clone().unwrap_or_default()),
        ("cli-refusal", row.refusal.clone().unwrap_or_default()),
        ("cli-entry", entry),
    ];
    out.thing(&value, &fields)
}

fn tell_health(context: &Context, health: &LogHealth) -> Result<(), Failure> {
    let out = &context.out;
    let public_key = context.desk.log_public_key().to_string();
    let value = HealthJson {
        sound: health.problem.is_none(),
        entries: health.size,
        checkpoint: health.checkpoint,
        root: health.root.clone(),
        public_key: public_key.clone(),
        problem: health.problem.as_ref().map(ToString::to_string),
    };
    let sound = health.problem.is_none();
    let fields: Vec<Field> = vec![
        ("cli-log-is", sound_word(out, sound)),
        ("cli-entries", health.size.to_string()),
        ("cli-checkpoint", health.checkpoint.to_string()),
        ("cli-root", health.root.clone()),
        ("cli-public-key", public_key),
        (
            "cli-problem",
            health
                .problem
                .as_ref()
                .map(|problem| checks::problem(out.texts(), problem).0)
                .unwrap_or_default(),
        ),
    ];
    out.thing(&value, &fields)?;
    if sound {
        Ok(())
    } else {
        Err(Failure::FoundWrong)
    }
}

fn sound_word(out: &Output, sound: bool) -> String {
    out.texts().get(if sound {
        "cli-log-sound"
    } else {
        "cli-log-wrong"
    })
}

/// Verifies an export or a receipt with the public key alone; no desk is involved.
pub fn verify_file(out: &Output, public_key: Option<&str>, name: &str) -> Result<(), Failure> {
    let Some(public_key) = public_key else {
        return Err(Failure::usage("cli-no-public-key"));
    };
    let key = read_key(out, public_key)?;
    let mut input = BufReader::new(files::input(&*out.caller, name)?);
    let begin = input.fill_buf().map_err(|e| Failure::file(name, e))?;
    if begin.starts_with(b"ams log receipt") {
        return verify_receipt(out, input, name, &key);
    }
    let expected = Expected {
        key: &key,
        known: &[],
        leaf: None,
    };
    let verdict = verify_export(input, &expected).map_err(|e| Failure::file(name, e))?;
    tell_verdict(out, &verdict)
}

/// The key itself, or a file whose first line it is.
fn read_key(out: &Output, text: &str) -> Result<PublicKey, Failure> {
    use secrecy::ExposeSecret;
    if let Ok(key) = PublicKey::parse(text) {
        return Ok(key);
    }
    let line = files::secret(&*out.caller, text)?;
    PublicKey::parse(line.expose_secret())
        .map_err(|_| Failure::bad_value("--public-key", "name+hash+base64"))
}

/// The longest receipt that is read.
const LONGEST_RECEIPT: u64 = 64 << 20;

fn verify_receipt(
    out: &Output,
    input: impl Read,
    name: &str,
    key: &PublicKey,
) -> Result<(), Failure> {
    let mut text = String::new();
    input
        .take(LONGEST_RECEIPT)
        .read_to_string(&mut text)
        .map_err(|e| Failure::file(name, e))?;
    let receipt = Receipt::verify(&text, key).map_err(|error| {
        Failure::Refused(
            Said::plain("cli-receipt-wrong")
                .with("path", name)
                .with("detail", error),
        )
    })?;
    let head = receipt.head().checkpoint();
    let value = ReceiptJson {
        request: receipt.request().to_string(),
        entries: receipt.entries().count(),
        state: receipt.state().map(crate::domain::State::name),
        size: head.size,
        root: head.root.to_base64(),
    };
    let state = value
        .state
        .map(|name| out.texts().get(&format!("state-{name}")))
        .unwrap_or_default();
    let fields: Vec<Field> = vec![
        ("cli-log-is", sound_word(out, true)),
        ("cli-id", value.request.clone()),
        ("cli-state", state),
        ("cli-entries", value.entries.to_string()),
        ("cli-checkpoint", value.size.to_string()),
        ("cli-root", value.root.clone()),
    ];
    out.thing(&value, &fields)
}

fn tell_verdict(out: &Output, verdict: &Verdict) -> Result<(), Failure> {
    let root = verdict.head.as_ref().map(|head| head.root.to_base64());
    let value = VerdictJson {
        sound: verdict.is_sound(),
        entries: verdict.entries,
        heads: verdict.heads,
        root: root.clone(),
        clock_set_back: verdict.clock_set_back,
        problems: verdict.problems.iter().map(problem_json).collect(),
        unlisted: verdict.unlisted,
    };
    let fields: Vec<Field> = vec![
        ("cli-log-is", sound_word(out, verdict.is_sound())),
        ("cli-entries", verdict.entries.to_string()),
        ("cli-checkpoints", verdict.heads.to_string()),
        ("cli-root", root.unwrap_or_default()),
    ];
    out.thing(&value, &fields)?;
    if verdict.is_sound() {
        return Ok(());
    }
    if !out.json {
        out.raw("\n")?;
        for problem in &verdict.problems {
            let (says, hint) = checks::problem(out.texts(), problem);
            out.raw(&format!("{says}\n  {hint}\n"))?;
        }
        if verdict.unlisted > 0 {
            let count = verdict.unlisted.to_string();
            out.sentence("cli-more", &[("count", count)])?;
        }
    }
    Err(Failure::FoundWrong)
}

fn problem_json(problem: &Problem) -> ProblemJson {
    ProblemJson {
        line: problem.line,
        seq: problem.seq,
        id: problem.fault.id(),
        says: problem.to_string(),
        hint: problem.fault.hint(),
    }
}
