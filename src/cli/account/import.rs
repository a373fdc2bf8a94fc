//! `ams account import`: what became of each line of the CSV.

use secrecy::ExposeSecret;
use serde::Serialize;

use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::files;
use crate::desk::DeskError;
use crate::tui::errors;

#[derive(Serialize)]
struct ImportedJson {
    line: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
}

pub fn run(context: &Context, csv: &str) -> Result<(), Failure> {
    let results = context
        .desk
        .import_accounts(&context.who, files::input(&*context.out.caller, csv)?)?;
    let mut listing = context.out.list(&[
        "cli-csv-line",
        "field-username",
        "cli-one-time",
        "cli-problem",
    ]);
    let mut wrong = false;
    for (line, result) in results {
        let value = match result {
            Ok((username, password)) => ImportedJson {
                line,
                username: Some(username),
                password: Some(password.expose_secret().to_owned()),
                problem: None,
            },
            Err(problem) => {
                wrong = true;
                ImportedJson {
                    line,
                    username: None,
                    password: None,
                    problem: Some(in_words(context, problem)),
                }
            }
        };
        listing.row(&value, || {
            vec![
                line.to_string(),
                value.username.clone().unwrap_or_default(),
                value.password.clone().unwrap_or_default(),
                value.problem.clone().unwrap_or_default(),
            ]
        })?;
    }
    listing.finish()?;
    if wrong {
        return Err(Failure::FoundWrong);
    }
    Ok(())
}

/// Why no account was made, with what would help.
fn in_words(context: &Context, problem: DeskError) -> String {
    let names = errors::names(&context.desk);
    let said = Failure::from(problem).say(context.out.format, &names);
    match said {
        Some((what, Some(hint))) => format!("{what} {hint}"),
        Some((what, None)) => what,
        None => String::new(),
    }
}
