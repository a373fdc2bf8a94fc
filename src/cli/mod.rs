//! The commands: one file a group. What is typed becomes a call of the desk; what comes back becomes a table, a field
//! list or JSON, and an exit status (0 done, 1 refused or found wrong, 2 usage, 3 could not). Decides nothing itself.

mod account;
mod args;
mod ca;
mod cert;
mod check;
mod config;
mod context;
mod crl;
mod crl_file;
mod demo;
mod failure;
mod files;
mod filing;
mod import;
mod init;
mod letter;
mod log;
mod mail;
mod open;
mod output;
mod report;
mod request;
mod terminal;

use std::panic::AssertUnwindSafe;
use std::process::ExitCode;

use clap::Parser;

use args::{Cli, Command, Global};
use context::{Context, Need};
use failure::{COULD_NOT, DONE, Failure, USAGE};

/// The whole program, from its arguments to its exit status.
pub fn main() -> ExitCode {
    // Files that this process makes are nobody else's unless their place says otherwise.
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    trace();
    if let Err(error) = crate::session::report::install() {
        // Without it a panic is told in the standard form.
        tracing::warn!(%error, "reports of panics keep their standard form");
    }
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Nobody is left to tell when the stream is gone.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { USAGE } else { DONE });
        }
    };
    let global = cli.global.clone();
    let status = std::panic::catch_unwind(AssertUnwindSafe(|| run(&cli)));
    ExitCode::from(match status {
        Ok(Ok(status)) => status,
        Ok(Err(failure)) => {
            let out = context::bare_output(&global);
            context::print_failure(out.format, &failure, &|id| id.to_string());
            failure.exit()
        }
        Err(_) => {
            context::bare_output(&global).remark("cli-panic", &[]);
            COULD_NOT
        }
    })
}

/// What the desk tells its operator, where `AMS_LOG` asks for it: `AMS_LOG=ams=debug`.
fn trace() {
    if let Ok(filter) = tracing_subscriber::EnvFilter::try_from_env("AMS_LOG") {
        // A second subscriber is impossible here; nothing is lost without one.
        let _ = tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_writer(std::io::stderr)
            .try_init();
    }
}

fn run(cli: &Cli) -> Result<u8, Failure> {
    if cli.standard_input_uses() > 1 {
        return Err(Failure::usage("cli-two-dashes"));
    }
    let global = &cli.global;
    let out = context::bare_output(global);
    let done = |()| DONE;
    match &cli.command {
        None => open::run(global),
        Some(Command::Init(command)) => init::run(global, command).map(done),
        Some(Command::Demo(command)) => demo::run(global, command),
        Some(Command::Letter(args::Letter::Inspect { file })) => {
            letter::inspect(&out, file).map(done)
        }
        Some(Command::Crl(command)) if crl::is_about_files(command) => {
            crl::run_on_files(&out, command).map(done)
        }
        Some(Command::Log(args::Log::Verify {
            public_key,
            export: Some(export),
        })) => log::verify_file(&out, public_key.as_deref(), export).map(done),
        Some(command) => on_desk(global, command),
    }
}

/// A command on the desk of the data folder.
fn on_desk(global: &Global, command: &Command) -> Result<u8, Failure> {
    let need = match command {
        Command::Config(command) => config::need(command),
        Command::Ca(command) => ca::need(command),
        Command::Cert(command) => cert::need(command),
        Command::Account(command) => account::need(command),
        Command::Request(command) => request::need(command),
        Command::Letter(command) => letter::need(command),
        Command::Crl(command) => crl::need(command),
        Command::Mail(command) => mail::need(command),
        Command::Log(command) => log::need(command),
        Command::Backup { .. } => Need::Change,
        Command::Report(_) | Command::Check | Command::Init(_) | Command::Demo(_) => Need::Read,
    };
    let context = Context::open(global, need)?;
    let result = match command {
        Command::Config(command) => config::run(&context, command),
        Command::Ca(command) => ca::run(&context, command),
        Command::Cert(command) => cert::run(&context, command),
        Command::Account(command) => account::run(&context, command),
        Command::Request(command) => request::run(&context, command),
        Command::Letter(command) => letter::run(&context, command),
        Command::Crl(command) => crl::run(&context, command),
        Command::Mail(command) => mail::run(&context, command),
        Command::Log(command) => log::run(&context, command),
        Command::Report(command) => report::run(&context, command),
        Command::Check => check::run(&context),
        Command::Backup { dest } => check::backup(&context, dest),
        Command::Init(_) | Command::Demo(_) => Ok(()),
    };
    Ok(context.finish(result))
}

#[cfg(test)]
mod tests {
    use crate::domain::Language;
    use crate::tui::i18n::Texts;

    /// Every message id that stands in this room's sources.
    fn asked_for() -> Vec<String> {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/cli");
        let mut ids = Vec::new();
        for entry in std::fs::read_dir(folder).unwrap() {
            let source = std::fs::read_to_string(entry.unwrap().path()).unwrap();
            for part in source.split('"') {
                let is_id = part.starts_with("cli-")
                    && part
                        .bytes()
                        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
                if is_id && part.len() > 4 {
                    ids.push(part.to_owned());
                }
            }
        }
        ids
    }

    #[test]
    fn every_message_of_a_command_exists_in_both_languages() {
        let ids = asked_for();
        assert!(ids.len() > 100, "only {} found", ids.len());
        for language in [Language::Id, Language::En] {
            for id in &ids {
                assert!(Texts::new(language).has(id), "{id} in {language:?}");
            }
        }
    }
}
