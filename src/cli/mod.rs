//! The commands: one file a group. What is typed becomes a call of the desk; what comes back becomes a table, a field
//! list or JSON, and an exit status (0 done, 1 refused or found wrong, 2 usage, 3 could not). Decides nothing itself.

mod account;
mod adopted;
mod args;
mod batch;
mod ca;
mod ca_settings;
mod cert;
mod check;
mod config;
mod context;
mod crl;
mod crl_file;
mod demo;
mod deploy;
mod doctor;
mod failure;
mod files;
mod filing;
mod forced;
mod import;
mod import_report;
mod init;
mod letter;
mod log;
mod mail;
mod open;
mod output;
mod place;
mod progress;
mod report;
mod request;
mod restore;
mod route;
mod serve;
mod session;
mod takeover;
mod watch;

use std::panic::AssertUnwindSafe;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;

use crate::desk::{Desk, DeskError};
use crate::session::caller::{Caller, Stream, this_process};

use args::{Cli, Command, Global};
use context::{Context, Need};
use failure::{COULD_NOT, DONE, Failure, USAGE};
use route::{Asks, Route};

/// The whole program, from its arguments to its exit status.
pub fn main() -> ExitCode {
    // Files that this process makes are nobody else's unless their place says otherwise.
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    trace();
    if let Err(error) = crate::session::report::install() {
        // Without it a panic is told in the standard form.
        tracing::warn!(%error, "reports of panics keep their standard form");
    }
    let (cli, arguments) = match command_line() {
        Ok(line) => line,
        Err(ended) => return ExitCode::from(ended),
    };
    let global = cli.global.clone();
    let status = std::panic::catch_unwind(AssertUnwindSafe(|| run(&cli, &arguments)));
    ExitCode::from(match status {
        Ok(Ok(status)) => status,
        Ok(Err(failure)) => {
            tell(&global, &failure);
            failure.exit()
        }
        Err(_) => {
            context::bare_output(&global, this_process()).remark("cli-panic", &[]);
            COULD_NOT
        }
    })
}

fn tell(global: &Global, failure: &Failure) {
    let out = context::bare_output(global, this_process());
    context::print_failure(&out, failure, &|id| id.to_string());
}

/// What was typed here, or at the other end of an SSH connection; else the exit status.
fn command_line() -> Result<(Cli, Vec<String>), u8> {
    let usage = |error: clap::Error| {
        // Nobody is left to tell when the stream is gone.
        let _ = error.print();
        if error.use_stderr() { USAGE } else { DONE }
    };
    let cli = Cli::try_parse().map_err(usage)?;
    let Some(original) = forced::original() else {
        let arguments = std::env::args_os()
            .skip(1)
            .map(|word| word.to_string_lossy().into_owned())
            .collect();
        return Ok((cli, arguments));
    };
    match forced::parse(&original, &cli.global) {
        Ok(forced) => Ok((forced.cli, forced.arguments)),
        Err(forced::ForcedError::Usage(error)) => Err(usage(error)),
        Err(forced::ForcedError::Refused(failure)) => {
            tell(&cli.global, &failure);
            Err(failure.exit())
        }
    }
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

fn run(cli: &Cli, arguments: &[String]) -> Result<u8, Failure> {
    if cli.named().standard_input_uses() > 1 {
        return Err(Failure::usage("cli-two-dashes"));
    }
    let global = &cli.global;
    let out = context::bare_output(global, this_process());
    let done = |()| DONE;
    match &cli.command {
        None => open::run(global),
        Some(Command::Init(command)) => init::run(global, command).map(done),
        Some(Command::Serve(command)) => serve::run(global, command),
        Some(Command::Restore {
            src,
            last_crl_number,
            crls,
        }) => restore::run(global, src, last_crl_number.as_deref(), crls).map(done),
        Some(Command::Demo(command)) => demo::run(global, command),
        Some(Command::Deploy(command)) => deploy::run(&out, command).map(done),
        Some(Command::Doctor { .. }) => doctor::run(&out, global).map(done),
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
        Some(command) => match route::find(global, Asks::Command)? {
            Route::Running(desk) => route::command(desk, cli, arguments, &*out.caller),
            // A code is known to the desk that showed it, and to no other.
            Route::Here(_) if letter_code(command).is_some() => Err(DeskError::LetterCode.into()),
            Route::Here(opened) => {
                let context = Context::own(opened, global, need(command))?;
                Ok(on_desk(context, command))
            }
        },
    }
}

/// A command line that came over the socket, with its caller.
fn on_running_desk(desk: &Desk, caller: Arc<dyn Caller>, arguments: &[String]) -> u8 {
    let line = std::iter::once("ams").chain(arguments.iter().map(String::as_str));
    let cli = match Cli::try_parse_from(line) {
        Ok(cli) => cli,
        Err(error) => {
            // A caller that is gone needs no words.
            let _ = caller.say(Stream::Error, error.render().to_string().as_bytes());
            return USAGE;
        }
    };
    if let Some(Command::Doctor { at_desk: true }) = cli.command {
        let out = context::bare_output(&cli.global, caller);
        return doctor::answer(desk, &out).map_or_else(|failure| failure.exit(), |()| DONE);
    }
    let Some(command) = cli.command.as_ref().filter(|c| is_for_a_desk(c)) else {
        context::bare_output(&cli.global, caller).remark("cli-not-for-a-desk", &[]);
        return USAGE;
    };
    if let Some(code) = letter_code(command) {
        let out = context::bare_output(&cli.global, caller);
        let Err(failure) = letter::put_by_code(desk, &out, &code) else {
            return DONE;
        };
        context::print_failure(&out, &failure, &crate::tui::errors::names(desk));
        return failure.exit();
    }
    match Context::attached(desk, &caller, &cli.global, need(command)) {
        Ok(context) => on_desk(context, command),
        Err(failure) => {
            let out = context::bare_output(&cli.global, caller);
            context::print_failure(&out, &failure, &crate::tui::errors::names(desk));
            failure.exit()
        }
    }
}

/// Whether a command is carried out by a desk, rather than by the caller's own process.
const fn is_for_a_desk(command: &Command) -> bool {
    !matches!(
        command,
        Command::Init(_)
            | Command::Demo(_)
            | Command::Serve(_)
            | Command::Restore { .. }
            | Command::Deploy(_)
            | Command::Doctor { .. }
            | Command::Letter(args::Letter::Inspect { .. })
            | Command::Crl(args::Crl::Diff { .. })
            | Command::Log(args::Log::Verify {
                export: Some(_),
                ..
            })
    )
}

fn letter_code(command: &Command) -> Option<String> {
    match command {
        Command::Letter(command) => letter::code(command),
        _ => None,
    }
}

const fn need(command: &Command) -> Need {
    match command {
        Command::Config(command) => config::need(command),
        Command::Ca(command) => ca::need(command),
        Command::Cert(command) => cert::need(command),
        Command::Account(command) => account::need(command),
        Command::Request(command) => request::need(command),
        Command::Letter(command) => letter::need(command),
        Command::Crl(command) => crl::need(command),
        Command::Mail(command) => mail::need(command),
        Command::Log(command) => log::need(command),
        Command::Session(command) => session::need(command),
        Command::Backup { .. } => Need::Change,
        _ => Need::Read,
    }
}

/// A command on a desk.
fn on_desk(context: Context, command: &Command) -> u8 {
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
        Command::Session(command) => session::run(&context, command),
        Command::Report(command) => report::run(&context, command),
        Command::Check => check::run(&context),
        Command::Backup { dest } => check::backup(&context, dest),
        Command::Init(_)
        | Command::Demo(_)
        | Command::Serve(_)
        | Command::Restore { .. }
        | Command::Deploy(_)
        | Command::Doctor { .. } => Ok(()),
    };
    context.finish(result)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Language;
    use crate::tui::i18n::Texts;

    /// Every message id that stands in this room's sources.
    fn asked_for() -> Vec<String> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/cli");
        let mut ids = Vec::new();
        let caller = this_process();
        for file in caller.files_under(folder).unwrap().unwrap() {
            let source = std::fs::read_to_string(file).unwrap();
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
