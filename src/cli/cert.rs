//! `ams cert`: list, show, suspend and release. Importing is `import.rs`.

use serde::Serialize;

use crate::desk::{CertificateQuery, CertificateView, SerialDigits, Suspension};
use crate::domain::{AccountId, CertificateStatus, ReasonCode, Standing};
use crate::pki::demo_ca::certificate_pem;

use super::adopted;
use super::args;
use super::context::{Context, Need, PAGE};
use super::failure::Failure;
use super::output::{Field, JsonNumber, Output, rfc3339};
use super::watch;

/// A certificate as JSON shows it.
#[derive(Serialize)]
pub struct CertificateJson {
    pub serial: String,
    pub subject: String,
    pub issuer: String,
    pub issuer_id: String,
    /// User name; absent while the certificate is nobody's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    pub status: &'static str,
    pub not_before: String,
    pub not_after: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub emails: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open_request: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revocation: Option<RevocationJson>,
    pub sha256: String,
}

/// What `cert show` adds: the certificate itself, for OpenSSL and the like.
#[derive(Serialize)]
struct ShownJson {
    #[serde(flatten)]
    certificate: CertificateJson,
    pem: String,
}

#[derive(Serialize)]
pub struct RevocationJson {
    date: String,
    reason: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    invalidity_date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    crl_number: Option<JsonNumber>,
}

pub const fn need(command: &args::Cert) -> Need {
    match command {
        args::Cert::List { .. } | args::Cert::Show { .. } | args::Cert::Adopted { .. } => {
            Need::Read
        }
        _ => Need::Change,
    }
}

pub fn run(context: &Context, command: &args::Cert) -> Result<(), Failure> {
    use args::Cert as Command;
    match command {
        Command::Import {
            files,
            owner_by,
            dry_run,
            verify,
            issuer,
            watch,
        } => {
            if let Some(dir) = watch {
                return watch::add(context, dir, owner_by, issuer.as_deref());
            }
            let asked = super::import::Asked {
                owner_by,
                dry_run: *dry_run,
                verify: *verify,
                issuer: issuer.as_deref(),
            };
            super::import::run(context, files, &asked)
        }
        Command::List {
            owner,
            status,
            filter,
        } => {
            let filter = filter.as_deref().unwrap_or_default();
            list(context, owner.as_deref(), status.as_deref(), filter)
        }
        Command::Show { serial, issuer } => {
            let view = find(context, serial, issuer.as_deref())?;
            show(context, &view)
        }
        Command::Watched => watch::list(context),
        Command::Unwatch { dir } => watch::remove(context, dir),
        Command::Adopted { issuer } => adopted::list(context, issuer.as_deref()),
        Command::Confirm {
            serials,
            all,
            issuer,
        } => adopted::confirm(context, serials, *all, issuer.as_deref()),
        Command::Hold {
            serial,
            issuer,
            confirm,
            approve,
        } => suspension(
            context,
            Suspension::Begin,
            serial,
            issuer.as_deref(),
            confirm,
            *approve,
        ),
        Command::Release {
            serial,
            issuer,
            confirm,
            approve,
        } => suspension(
            context,
            Suspension::End,
            serial,
            issuer.as_deref(),
            confirm,
            *approve,
        ),
    }
}

/// The word for a status in the reader's language.
pub fn status_word(out: &Output, status: CertificateStatus) -> String {
    out.texts()
        .get(&format!("cli-certificate-{}", status.name()))
}

fn find(context: &Context, serial: &str, issuer: Option<&str>) -> Result<CertificateView, Failure> {
    named(context, serial, issuer, None)
}

/// The certificate whose serial these digits are, or begin or end.
pub fn named(
    context: &Context,
    serial: &str,
    issuer: Option<&str>,
    owner: Option<AccountId>,
) -> Result<CertificateView, Failure> {
    let digits = SerialDigits::parse(serial).map_err(|e| Failure::bad_value(serial, e.expected))?;
    Ok(context
        .desk
        .find_certificate(&context.who, &digits, issuer, owner)?)
}

pub fn json(view: &CertificateView) -> CertificateJson {
    let certificate = &view.certificate;
    CertificateJson {
        serial: certificate.key.serial.to_string(),
        subject: view.subject.clone(),
        issuer: view.issuer.clone(),
        issuer_id: certificate.key.issuer.to_string(),
        owner: view.owner.clone(),
        status: view.status.name(),
        not_before: rfc3339(certificate.not_before),
        not_after: rfc3339(certificate.not_after),
        emails: certificate.emails.clone(),
        open_request: open_request(view),
        revocation: certificate.revocation().map(|r| RevocationJson {
            date: rfc3339(r.date),
            reason: r.reason.name(),
            invalidity_date: r.invalidity_date.map(rfc3339),
            crl_number: r.on_crl.map(JsonNumber),
        }),
        sha256: hex::encode(certificate.der_sha256),
    }
}

fn open_request(view: &CertificateView) -> Option<String> {
    view.open_request
        .as_ref()
        .map(|(id, number)| number.map_or_else(|| id.to_string(), |n| n.to_string()))
}

fn list(
    context: &Context,
    owner: Option<&str>,
    status: Option<&str>,
    filter: &str,
) -> Result<(), Failure> {
    let (desk, who, out) = (&context.desk, &context.who, &context.out);
    let query = CertificateQuery {
        text: filter.to_owned(),
        owner: match owner {
            Some(name) => Some(desk.find_applicant(who, name)?.id),
            None => None,
        },
        status: status.and_then(CertificateStatus::parse),
    };
    let mut listing = out.list(&[
        "cli-serial",
        "cli-owner",
        "cli-status",
        "cli-not-after",
        "cli-subject",
        "cli-issuer",
    ]);
    Context::pages(
        |from| desk.certificates(who, &query, from, PAGE),
        |view| {
            listing.row(&json(&view), || {
                let issuer = &view.certificate.issuer_name;
                vec![
                    view.certificate.key.serial.to_string(),
                    view.owner.clone().unwrap_or_default(),
                    status_word(out, view.status),
                    out.format.short_date(view.certificate.not_after),
                    view.subject.clone(),
                    issuer
                        .common_name()
                        .map_or_else(|| view.issuer.clone(), str::to_owned),
                ]
            })
        },
    )?;
    listing.finish().map(drop)
}

fn show(context: &Context, view: &CertificateView) -> Result<(), Failure> {
    let (out, certificate) = (&context.out, &view.certificate);
    let der = context
        .desk
        .certificate_der(&context.who, &certificate.key)?;
    let revocation = certificate.revocation();
    let held = matches!(certificate.standing, Standing::Held(_));
    let fields: Vec<Field> = vec![
        ("cli-serial", certificate.key.serial.to_string()),
        ("cli-subject", view.subject.clone()),
        ("cli-issuer", view.issuer.clone()),
        ("cli-owner", view.owner.clone().unwrap_or_default()),
        ("cli-status", status_word(out, view.status)),
        ("cli-not-before", out.time(Some(certificate.not_before))),
        ("cli-not-after", out.time(Some(certificate.not_after))),
        ("cli-emails", certificate.emails.join(", ")),
        ("cli-open-request", open_request(view).unwrap_or_default()),
        (
            if held {
                "cli-held-at"
            } else {
                "cli-revoked-at"
            },
            out.time(revocation.map(|r| r.date)),
        ),
        (
            "cli-reason-code",
            revocation
                .map_or("", |r| ReasonCode::name(r.reason))
                .to_owned(),
        ),
        (
            "cli-crl-number",
            revocation
                .and_then(|r| r.on_crl)
                .map(|n| n.to_string())
                .unwrap_or_default(),
        ),
        (
            "cli-distribution-points",
            certificate.distribution_points.join(", "),
        ),
        ("cli-sha256", hex::encode(certificate.der_sha256)),
    ];
    let shown = ShownJson {
        certificate: json(view),
        pem: certificate_pem(&der),
    };
    out.thing(&shown, &fields)
}

fn suspension(
    context: &Context,
    what: Suspension,
    serial: &str,
    issuer: Option<&str>,
    confirm: &str,
    approve: bool,
) -> Result<(), Failure> {
    let view = find(context, serial, issuer)?;
    let key = &view.certificate.key;
    let password = context.password()?;
    let (desk, who) = (&context.desk, &context.who);
    let done = match (what, approve) {
        (_, true) => {
            desk.approve_suspension(what, who, key, confirm, &password)?;
            match what {
                Suspension::Begin => "cli-hold-approved",
                Suspension::End => "cli-release-approved",
            }
        }
        (Suspension::Begin, false) => {
            desk.hold(who, key, confirm, &password)?;
            "cli-held"
        }
        (Suspension::End, false) => {
            desk.release_hold(who, key, confirm, &password)?;
            "cli-released"
        }
    };
    let now = context.desk.certificate(&context.who, key)?;
    if context.out.json {
        return context.out.object(&json(&now));
    }
    let serial = key.serial.to_string();
    context.out.sentence(done, &[("serial", serial)])
}
