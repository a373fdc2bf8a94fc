//! One's own password and second factor.

use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;

use crate::cli::context::{Context, ask_line};
use crate::cli::failure::{Failure, Said};
use crate::cli::files;
use crate::tui::widgets::qr::Qr;

use super::{AT_ONCE, told};

pub fn change_password(context: &Context, file: Option<&str>) -> Result<(), Failure> {
    let new = match file {
        Some(name) => files::secret(&*context.out.caller, name)?,
        None => ask_twice(context)?,
    };
    context
        .desk
        .change_password(&context.who, &context.password()?, &new)?;
    if context.out.json {
        return told(&context.out, context.who.username(), &AT_ONCE);
    }
    context.out.sentence("cli-password-changed", &[])
}

fn ask_twice(context: &Context) -> Result<SecretString, Failure> {
    let first = context.secret("field-new-password")?;
    let second = context.secret("field-repeat-password")?;
    if first.expose_secret() == second.expose_secret() {
        Ok(first)
    } else {
        Err(Failure::Refused(Said::plain("login-passwords-differ")))
    }
}

#[derive(Serialize)]
struct EnrolmentJson {
    uri: String,
    secret: String,
}

/// Enrols one's own second factor: shows the code to scan, then takes a code of it, at once or in a second command.
pub fn enrol(context: &Context, code: Option<&str>) -> Result<(), Failure> {
    let (desk, out) = (&context.desk, &context.out);
    if let Some(code) = code {
        desk.finish_totp(&context.who, code)?;
        return enrolled(context);
    }
    let enrolment = desk.begin_totp(&context.who)?;
    if out.json {
        return out.object(&EnrolmentJson {
            uri: enrolment.uri,
            secret: enrolment.secret,
        });
    }
    if let Some(qr) = Qr::new(&enrolment.uri) {
        out.raw(&qr.to_text())?;
    }
    out.sentence("login-secret", &[("secret", enrolment.secret)])?;
    let typed = ask_line(out, "field-code")?.filter(|code| !code.is_empty());
    match typed {
        Some(code) => {
            desk.finish_totp(&context.who, &code)?;
            enrolled(context)
        }
        None => out.sentence("cli-totp-finish", &[]),
    }
}

fn enrolled(context: &Context) -> Result<(), Failure> {
    if context.out.json {
        return told(&context.out, context.who.username(), &AT_ONCE);
    }
    context.out.sentence("cli-totp-enrolled", &[])
}
