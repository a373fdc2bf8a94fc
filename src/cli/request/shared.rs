//! `ams request shared`, and what `request new` says of it: the other certificates over a compromised key, and a request
//! for each of them.

use serde::Serialize;

use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::desk::{CertificateView, SharedFiling, SharedKey};
use crate::domain::{CertificateStatus, ReasonCode, Request, RequestId};
use crate::tui::errors;

/// Another certificate over the same key.
#[derive(Serialize)]
pub struct SharedJson {
    pub serial: String,
    pub issuer_id: String,
    pub subject: String,
    pub status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The request on it: the open one, or the one that was filed now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
    /// Filed now.
    pub filed: bool,
    /// Why none was filed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

impl SharedJson {
    /// Whether it can still become keyCompromise, as far as its status says.
    pub fn endangered(&self) -> bool {
        self.status != CertificateStatus::Expired.name()
    }
}

pub fn json(view: &CertificateView) -> SharedJson {
    let certificate = &view.certificate;
    SharedJson {
        serial: certificate.key.serial.to_string(),
        issuer_id: certificate.key.issuer.to_string(),
        subject: view.subject.clone(),
        status: view.status.name(),
        owner: view.owner.clone(),
        request: view
            .open_request
            .as_ref()
            .map(|(id, number)| number.map_or_else(|| id.to_string(), |n| n.to_string())),
        filed: false,
        problem: None,
    }
}

pub fn run(context: &Context, number: &str, file: bool) -> Result<(), Failure> {
    let detail = super::detail(context, number)?;
    let filings = if file {
        context.desk.file_shared(&context.who, detail.request.id)?
    } else {
        Vec::new()
    };
    let rows = together(context, &detail.shares_key, filings);
    let wrong = rows.iter().any(|row| row.problem.is_some());
    list(context, &rows)?;
    hidden(context, &detail.shares_key);
    if wrong {
        return Err(Failure::FoundWrong);
    }
    Ok(())
}

/// After `request new`: says which certificates share the key of what was filed, and files for them where asked.
pub fn after_filing(
    context: &Context,
    request: &Request,
    file: bool,
) -> Result<Vec<SharedJson>, Failure> {
    if request.reason_code() != Some(ReasonCode::KeyCompromise) {
        return Ok(Vec::new());
    }
    let shared = context
        .desk
        .sharing_key(&context.who, &request.certificate)?;
    let filings = if file {
        file_for(context, request.id)?
    } else {
        Vec::new()
    };
    let rows = together(context, &shared, filings);
    hidden(context, &shared);
    Ok(rows)
}

fn file_for(context: &Context, origin: RequestId) -> Result<Vec<SharedFiling>, Failure> {
    Ok(context.desk.file_shared(&context.who, origin)?)
}

/// Every certificate over the key with what became of its filing.
fn together(context: &Context, shared: &SharedKey, filings: Vec<SharedFiling>) -> Vec<SharedJson> {
    let mut rows: Vec<SharedJson> = shared.certificates.iter().map(json).collect();
    for filing in filings {
        let serial = filing.certificate.serial.to_string();
        let issuer = filing.certificate.issuer.to_string();
        let row = rows
            .iter_mut()
            .find(|row| row.serial == serial && row.issuer_id == issuer);
        let Some(row) = row else { continue };
        match filing.outcome {
            Ok(request) => {
                row.request = Some(super::name_of(&request));
                row.filed = true;
            }
            Err(error) => {
                let names = errors::names(&context.desk);
                let (what, hint) = errors::say(context.out.format, &names, &error);
                row.problem = Some(match hint {
                    Some(hint) => format!("{what} {hint}"),
                    None => what,
                });
            }
        }
    }
    rows
}

pub fn list(context: &Context, rows: &[SharedJson]) -> Result<(), Failure> {
    let mut listing = context.out.list(&[
        "cli-serial",
        "cli-status",
        "cli-owner",
        "cli-number",
        "cli-subject",
        "cli-problem",
    ]);
    for row in rows {
        listing.row(row, || {
            let status = format!("cli-certificate-{}", row.status);
            vec![
                row.serial.clone(),
                context.out.texts().get(&status),
                row.owner.clone().unwrap_or_default(),
                row.request.clone().unwrap_or_default(),
                row.subject.clone(),
                row.problem.clone().unwrap_or_default(),
            ]
        })?;
    }
    listing.finish().map(drop)
}

/// That there are more than this person may see.
fn hidden(context: &Context, shared: &SharedKey) {
    if shared.hidden > 0 {
        let count = shared.hidden.to_string();
        context
            .out
            .remark("cli-shares-key-hidden", &[("count", count)]);
    }
}
