//! `ams cert import`: files, folders and standard input, each certificate judged by itself; counts what was taken in
//! and names what was refused, and why. Also what another CA program keeps: its `index.txt` and its CRL, whose
//! revocations are adopted.

use std::io::{self, Cursor, Read};

use crate::desk::{ImportOptions, ImportReport, OwnerBy};
use crate::domain::IssuerId;
use crate::pki::ca_folder::{Content, LOOK, content, is_wanted};
use crate::pki::index_txt;

use super::ca;
use super::context::Context;
use super::failure::Failure;
use super::files;
use super::import_report::tell;
use super::progress::Progress;
use crate::session::caller::Source;

/// What is said on the command line about an import.
pub struct Asked<'a> {
    pub owner_by: &'a str,
    pub dry_run: bool,
    pub verify: bool,
    /// Whose index it is, where several issuers could be meant.
    pub issuer: Option<&'a str>,
}

struct Import<'a> {
    context: &'a Context,
    options: ImportOptions,
    issuer: Option<IssuerId>,
    report: ImportReport,
    progress: Progress,
}

pub fn run(context: &Context, names: &[String], asked: &Asked<'_>) -> Result<(), Failure> {
    let options = ImportOptions {
        owner_by: owner_by(asked.owner_by),
        dry_run: asked.dry_run,
        verify: asked.verify,
    };
    let issuer = match asked.issuer {
        Some(word) => Some(ca::chosen(context, Some(word))?.id),
        None => None,
    };
    let inputs = inputs(context, names)?;
    let mut import = Import {
        context,
        options,
        issuer,
        report: ImportReport::default(),
        progress: Progress::new(&context.out, total(context, &inputs)),
    };
    let done = import.all(&inputs);
    import.progress.end();
    done?;
    tell(&context.out, &import.report, asked.dry_run)?;
    if import.report.refusals() > 0 {
        return Err(Failure::FoundWrong);
    }
    Ok(())
}

/// How the owner is found, by the word of the command line.
pub fn owner_by(word: &str) -> OwnerBy {
    match word {
        "uid" => OwnerBy::Uid,
        "cn" => OwnerBy::CommonName,
        _ => OwnerBy::Email,
    }
}

/// One name of the command line, or one file of a folder.
struct Input {
    name: String,
    in_folder: bool,
}

fn inputs(context: &Context, names: &[String]) -> Result<Vec<Input>, Failure> {
    let caller = &*context.out.caller;
    let mut inputs = Vec::new();
    for name in names {
        let inside = match &**name {
            files::STANDARD => None,
            folder => caller
                .files_under(folder)
                .map_err(|e| Failure::file(folder, e))?,
        };
        let one = |name: &String, in_folder| Input {
            name: name.clone(),
            in_folder,
        };
        match inside {
            // Certificates first: then an index finds whose it is.
            Some(mut inside) => {
                inside.retain(|file| is_wanted(&file[name.len().min(file.len())..]));
                inside.sort_by_key(|file| file.ends_with(index_txt::NAME));
                inputs.extend(inside.iter().map(|file| one(file, true)));
            }
            None => inputs.push(one(name, false)),
        }
    }
    Ok(inputs)
}

/// Octets of all inputs, where each is a file.
fn total(context: &Context, inputs: &[Input]) -> Option<u64> {
    let caller = &*context.out.caller;
    let measure = |input: &Input| caller.measure(&Source::named(&input.name)).ok().flatten();
    inputs.iter().map(measure).sum()
}

impl Import<'_> {
    fn all(&mut self, inputs: &[Input]) -> Result<(), Failure> {
        for input in inputs {
            let caller = &*self.context.out.caller;
            let opened = match caller.open(&Source::named(&input.name)) {
                Ok(opened) => opened,
                Err(error) if input.in_folder && is_about_the_file(&error) => {
                    self.report.refuse_file(&input.name, &error);
                    continue;
                }
                Err(error) => return Err(Failure::file(&input.name, error)),
            };
            // A folder holds readme files too: what has no certificate at all is passed over there.
            let before = input.in_folder.then(|| self.report.clone());
            self.one(&input.name, opened)?;
            if let Some(before) = before.filter(|before| holds_none(before, &self.report)) {
                self.report = before;
            }
        }
        Ok(())
    }

    fn one(&mut self, name: &str, input: Box<dyn Read + Send>) -> Result<(), Failure> {
        let mut input = self.progress.counted(input);
        let mut start = Vec::new();
        input
            .by_ref()
            .take(LOOK as u64)
            .read_to_end(&mut start)
            .map_err(|e| Failure::file(name, e))?;
        let content = content(name, &start);
        let mut input = Cursor::new(start).chain(input);
        let (desk, who) = (&self.context.desk, &self.context.who);
        let (options, report) = (self.options, &mut self.report);
        match content {
            Content::Certificates => {
                let progress = &mut self.progress;
                let tell = |done: crate::desk::ImportProgress| progress.tell(done.read, done.added);
                desk.import_certificates(who, name, input, options, report, tell)?;
            }
            Content::Crl => desk.import_crl(who, name, &mut input, options.dry_run, report)?,
            Content::Index => {
                desk.import_index(who, name, &mut input, self.issuer, options.dry_run, report)?;
            }
        }
        Ok(())
    }
}

/// Whether an error of opening is that file's own, so that the others are still worth trying.
fn is_about_the_file(error: &io::Error) -> bool {
    use std::io::ErrorKind as Kind;
    matches!(
        error.kind(),
        Kind::NotFound | Kind::PermissionDenied | Kind::IsADirectory
    )
}

/// Whether a file of a folder had nothing in it that was meant as a certificate.
fn holds_none(before: &ImportReport, after: &ImportReport) -> bool {
    let meant = |report: &ImportReport| {
        let other: u64 = ["not-a-certificate", "empty-input"]
            .iter()
            .filter_map(|id| report.refused.get(id))
            .sum();
        (report.read - other, report.revoked + report.revoked_known)
    };
    meant(before) == meant(after)
}
