//! `ams ca`: issuers with their keys.

use secrecy::SecretString;
use serde::Serialize;

use crate::desk::{DeskError, IssuerView, KeyState, NewIssuer};
use crate::domain::{IssuerId, Refusal};
use crate::pki::key::{KeyError, PrivateKey};
use crate::pki::pkcs11::TokenUri;

use super::args;
use super::ca_settings;
use super::context::{Context, Need, ask_secret};
use super::failure::{Failure, Said};
use super::files;
use super::output::{JsonNumber, Output, rfc3339};
use super::takeover;
use crate::session::caller::Caller;

#[derive(Serialize)]
pub struct IssuerJson {
    id: String,
    label: String,
    name: String,
    key: KeyState,
    not_after: String,
    entries: u64,
    waiting: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    crl_number: Option<JsonNumber>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_update: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
}

/// More octets than any certificate or key file has.
const LONGEST: u64 = 1 << 20;

pub const fn need(command: &args::Ca) -> Need {
    match command {
        args::Ca::List | args::Ca::Show { .. } => Need::Read,
        _ => Need::Change,
    }
}

pub fn run(context: &Context, command: &args::Ca) -> Result<(), Failure> {
    use args::Ca as Command;
    let caller = &*context.out.caller;
    match command {
        Command::Add {
            cert,
            key,
            pkcs11,
            passphrase_file,
            passphrase_fd,
            label,
            crl,
            crl_number,
            index,
        } => {
            let certificate = files::octets(caller, cert, LONGEST)?;
            let key = key
                .as_deref()
                .map(|name| files::octets(caller, name, LONGEST))
                .transpose()?
                .map(zeroize::Zeroizing::new);
            let passphrase = passphrase(caller, passphrase_file.as_deref(), *passphrase_fd)?;
            let new = NewIssuer {
                certificate: &certificate,
                key: key.as_ref().map(|k| k.as_slice()),
                token: pkcs11.as_deref(),
                passphrase,
                label: label.clone(),
            };
            // Before the desk publishes a list of its own.
            let past = takeover::Past {
                crl: crl.as_deref(),
                crl_number: crl_number.as_deref(),
                index: index.as_deref(),
            };
            takeover::take_in(context, &certificate, past)?;
            add(context, new)
        }
        Command::List => list(context),
        Command::Show { issuer } => ca_settings::show(context, issuer.as_deref()),
        Command::Set { issuer, key, value } => ca_settings::set(context, issuer, key, value),
        Command::Demo => {
            let view = context.desk.add_demo_issuer(&context.who)?;
            shown(context, view.id, "cli-ca-added")
        }
        Command::Unlock {
            issuer,
            passphrase_file,
            passphrase_fd,
            last_try,
        } => {
            let issuer = named(context, issuer.as_deref())?;
            let passphrase = match passphrase(caller, passphrase_file.as_deref(), *passphrase_fd)? {
                Some(passphrase) => passphrase,
                None if issuer.on_token => context.secret("cli-pin")?,
                None => context.secret("cli-passphrase")?,
            };
            context
                .desk
                .unlock(&context.who, issuer.id, &passphrase, *last_try)?;
            shown(context, issuer.id, "cli-unlocked")
        }
    }
}

/// A key's passphrase from the file or descriptor named.
fn passphrase(
    caller: &dyn Caller,
    file: Option<&str>,
    descriptor: Option<i32>,
) -> Result<Option<SecretString>, Failure> {
    match (file, descriptor) {
        (Some(name), _) => files::secret(caller, name).map(Some),
        (None, Some(number)) => files::secret_of_descriptor(caller, number).map(Some),
        (None, None) => Ok(None),
    }
}

fn add(context: &Context, mut new: NewIssuer<'_>) -> Result<(), Failure> {
    let encrypted = new
        .key
        .is_some_and(|key| matches!(PrivateKey::read(key, None), Err(KeyError::NeedsPassphrase)));
    if let Some(uri) = new.token {
        files_on_host(context, uri)?;
    }
    if new.passphrase.is_none() {
        // Without a terminal it goes in locked; `ca unlock` opens it.
        if encrypted {
            new.passphrase = ask_secret(&context.out, "cli-passphrase")?;
        } else if new.token.is_some() {
            new.passphrase = ask_secret(&context.out, "cli-pin")?;
        }
    }
    let view = context.desk.add_issuer(&context.who, &new)?;
    if view.key == KeyState::Expired {
        let at = context.out.format.full(view.not_after);
        let facts = [("label", view.label.clone()), ("at", at)];
        context.out.remark("cli-ca-expired", &facts);
    }
    shown(context, view.id, "cli-ca-added")
}

/// Files of the desk's host are named by whoever may open them there: the desk's own unix user and root.
fn files_on_host(context: &Context, uri: &str) -> Result<(), Failure> {
    let uri = TokenUri::parse(uri).map_err(DeskError::from)?;
    let own = rustix::process::geteuid().as_raw();
    if uri.names_files() && ![own, 0].contains(&context.out.caller.uid()) {
        return Err(Failure::Refused(Said::plain("cli-pkcs11-files")));
    }
    Ok(())
}

fn shown(context: &Context, id: IssuerId, sentence: &'static str) -> Result<(), Failure> {
    let views = context.desk.issuers()?;
    let Some(view) = views.iter().find(|view| view.id == id) else {
        return Ok(());
    };
    if context.out.json {
        return context.out.object(&json(view));
    }
    let key = key_word(&context.out, view.key);
    context
        .out
        .sentence(sentence, &[("label", view.label.clone()), ("key", key)])
}

fn key_word(out: &Output, key: KeyState) -> String {
    out.texts().get(match key {
        KeyState::Open => "cli-key-open",
        KeyState::Locked => "cli-key-locked",
        KeyState::Missing => "cli-key-missing",
        KeyState::Expired => "cli-key-expired",
    })
}

pub fn json(view: &IssuerView) -> IssuerJson {
    IssuerJson {
        id: view.id.to_string(),
        label: view.label.clone(),
        name: view.name.clone(),
        key: view.key,
        not_after: rfc3339(view.not_after),
        entries: view.entries,
        waiting: view.waiting,
        crl_number: view.last_number.map(JsonNumber),
        next_update: view.next_update.map(rfc3339),
        path: view.published_path.clone(),
    }
}

fn list(context: &Context) -> Result<(), Failure> {
    let out = &context.out;
    let mut listing = out.list(&[
        "cli-label",
        "cli-key-state",
        "cli-crl-number",
        "cli-entries",
        "cli-waiting",
        "cli-next-update",
        "cli-not-after",
        "cli-subject",
        "cli-id",
    ]);
    for view in context.desk.issuers()? {
        listing.row(&json(&view), || {
            vec![
                view.label.clone(),
                key_word(out, view.key),
                view.last_number.map(|n| n.to_string()).unwrap_or_default(),
                view.entries.to_string(),
                view.waiting.to_string(),
                out.time(view.next_update),
                out.format.short_date(view.not_after),
                view.name.clone(),
                view.id.to_string(),
            ]
        })?;
    }
    listing.finish().map(drop)
}

/// The issuer that the argument ISSUER names: the beginning of its id, or part of its label or name. The only one
/// without a word.
pub fn named(context: &Context, word: Option<&str>) -> Result<IssuerView, Failure> {
    the_one(context, word, "ISSUER (ams ca list)")
}

/// The same of the option `--issuer`.
pub fn chosen(context: &Context, word: Option<&str>) -> Result<IssuerView, Failure> {
    the_one(context, word, "--issuer (ams ca list)")
}

fn the_one(context: &Context, word: Option<&str>, how: &str) -> Result<IssuerView, Failure> {
    let views = context.desk.issuers()?;
    let word_lower = word.map(str::to_lowercase);
    let mut fitting = views.into_iter().filter(|view| {
        word_lower.as_ref().is_none_or(|word| {
            view.id.to_string().starts_with(word)
                || view.label.to_lowercase().contains(word)
                || view.name.to_lowercase().contains(word)
        })
    });
    match (fitting.next(), fitting.next()) {
        (None, _) => Err(Refusal::NotFound.into()),
        (Some(only), None) => Ok(only),
        (Some(_), Some(_)) => Err(DeskError::Ambiguous {
            what: word.unwrap_or("ca").to_owned(),
            hint: how.to_owned(),
        }
        .into()),
    }
}
