//! `ams cert adopted` and `ams cert confirm`: revocations of others that the desk took over, until somebody has looked
//! at them.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::desk::{AdoptedView, DeskError};
use crate::domain::{IssuerId, Refusal, Serial};

use super::ca;
use super::context::{Context, PAGE};
use super::failure::Failure;
use super::output::{JsonNumber, rfc3339};

#[derive(Serialize)]
struct AdoptedJson {
    serial: String,
    issuer: String,
    issuer_id: String,
    status: &'static str,
    date: String,
    reason: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    invalidity_date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    crl_number: Option<JsonNumber>,
    /// Absent where the certificate is unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
}

fn json(view: &AdoptedView) -> AdoptedJson {
    AdoptedJson {
        serial: view.key.serial.to_string(),
        issuer: view.issuer.clone(),
        issuer_id: view.key.issuer.to_string(),
        status: if view.held { "held" } else { "revoked" },
        date: rfc3339(view.date),
        reason: view.reason.name(),
        invalidity_date: view.invalidity_date.map(rfc3339),
        crl_number: view.crl_number.map(JsonNumber),
        subject: view.subject.clone(),
    }
}

pub fn list(context: &Context, issuer: Option<&str>) -> Result<(), Failure> {
    let (desk, who, out) = (&context.desk, &context.who, &context.out);
    let issuers = match issuer {
        Some(word) => vec![ca::chosen(context, Some(word))?],
        None => desk.issuers()?,
    };
    let mut listing = out.list(&[
        "cli-serial",
        "cli-revoked-at",
        "cli-reason-code",
        "cli-crl-number",
        "cli-issuer",
        "cli-subject",
    ]);
    for issuer in issuers {
        Context::pages(
            |from| desk.adopted(who, issuer.id, from, PAGE),
            |view| {
                listing.row(&json(&view), || {
                    vec![
                        view.key.serial.to_string(),
                        out.time(Some(view.date)),
                        view.reason.name().to_owned(),
                        view.crl_number.map(|n| n.to_string()).unwrap_or_default(),
                        view.issuer.clone(),
                        view.subject
                            .clone()
                            .unwrap_or_else(|| out.texts().get("cli-certificate-unknown")),
                    ]
                })
            },
        )?;
    }
    listing.finish().map(drop)
}

pub fn confirm(
    context: &Context,
    serials: &[String],
    all: bool,
    issuer: Option<&str>,
) -> Result<(), Failure> {
    let serials = serials
        .iter()
        .map(|text| Serial::parse(text).map_err(|e| Failure::bad_value(text, e.expected)))
        .collect::<Result<Vec<_>, _>>()?;
    let (desk, who) = (&context.desk, &context.who);
    let mut labels = Vec::new();
    let mut count = 0;
    if all || issuer.is_some() {
        let issuer = ca::chosen(context, issuer)?;
        let which = (!all).then_some(serials.as_slice());
        count = desk.confirm_adopted(who, issuer.id, which)?;
        labels.push(issuer.label);
    } else {
        // Every serial has found its issuer before the first is confirmed.
        let of_issuers = by_issuer(context, serials)?;
        for issuer in desk.issuers()? {
            if let Some(serials) = of_issuers.get(&issuer.id) {
                count += desk.confirm_adopted(who, issuer.id, Some(serials))?;
                labels.push(issuer.label);
            }
        }
    }
    if context.out.json {
        return context
            .out
            .object(&serde_json::json!({ "confirmed": count }));
    }
    let facts = [("count", count.to_string()), ("issuer", labels.join(", "))];
    context.out.sentence("cli-confirmed", &facts)
}

/// The serials under the one issuer of whose adopted entries each is.
fn by_issuer(
    context: &Context,
    serials: Vec<Serial>,
) -> Result<BTreeMap<IssuerId, Vec<Serial>>, Failure> {
    let mut of_issuers: BTreeMap<IssuerId, Vec<Serial>> = BTreeMap::new();
    for serial in serials {
        let issuers = context.desk.adopted_by_serial(&context.who, &serial)?;
        match issuers.as_slice() {
            [only] => of_issuers.entry(*only).or_default().push(serial),
            [] => return Err(Refusal::NotFound.into()),
            _ => {
                return Err(DeskError::Ambiguous {
                    what: serial.to_string(),
                    hint: "--issuer".to_owned(),
                }
                .into());
            }
        }
    }
    Ok(of_issuers)
}
