//! `ams request show`: a request with what stands around it.

use serde::Serialize;

use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::output::{Field, rfc3339};
use crate::desk::{DeskError, RequestDetail};
use crate::domain::{ReasonCode, State};

use super::json::{RequestJson, json};
use super::shared::{self, SharedJson};
use super::{name_of, state_word};

/// A request with what stands around it.
#[derive(Serialize)]
struct DetailJson {
    #[serde(flatten)]
    request: RequestJson,
    subject: String,
    issuer: String,
    certificate_status: &'static str,
    signature: crate::desk::SignatureState,
    names_agree: bool,
    may_apply_anew: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    decide_by: Option<String>,
    comparison: Vec<ComparisonJson>,
    /// The other certificates over the same public key.
    shares_key: Vec<SharedJson>,
    /// How many more there are that the asking person may not see.
    shares_key_hidden: u64,
    mails: Vec<crate::cli::mail::MailJson>,
    timeline: Vec<TimelineJson>,
    /// Names of what the asking person may do now.
    acts: Vec<&'static str>,
}

#[derive(Serialize)]
struct ComparisonJson {
    item: &'static str,
    account: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    letter: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    certificate: Option<String>,
    agreement: crate::desk::Agreement,
}

#[derive(Serialize)]
struct TimelineJson {
    seq: u64,
    at: String,
    actor: String,
    action: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refusal: Option<String>,
}

/// The whole of a request by its number.
pub fn detail(context: &Context, number: &str) -> Result<RequestDetail, DeskError> {
    let id = context.desk.find_request(&context.who, number)?;
    context.desk.request(&context.who, id)
}

pub fn show(context: &Context, number: &str) -> Result<(), Failure> {
    let detail = detail(context, number)?;
    if context.out.json {
        return context.out.object(&detail_json(context, &detail));
    }
    show_facts(context, &detail)?;
    show_comparison(context, &detail)?;
    show_timeline(context, &detail)
}

fn detail_json(context: &Context, detail: &RequestDetail) -> DetailJson {
    let mut request = json(context, &detail.request);
    for letter in &mut request.letters {
        letter.sha256 = detail
            .letters
            .iter()
            .find(|view| view.version == letter.version && !view.sha256.is_empty())
            .map(|view| view.sha256.clone());
    }
    DetailJson {
        request,
        subject: detail.certificate.subject.clone(),
        issuer: detail.certificate.issuer.clone(),
        certificate_status: detail.certificate.status.name(),
        signature: detail.signature,
        names_agree: detail.names_agree,
        may_apply_anew: detail.may_apply_anew,
        decide_by: detail.decide_by.map(rfc3339),
        comparison: detail
            .comparison
            .iter()
            .map(|line| ComparisonJson {
                item: line.item.name(),
                account: line.account.clone(),
                letter: line.letter.clone(),
                certificate: line.certificate.clone(),
                agreement: line.agreement,
            })
            .collect(),
        shares_key: detail
            .shares_key
            .certificates
            .iter()
            .map(shared::json)
            .collect(),
        shares_key_hidden: detail.shares_key.hidden,
        mails: detail.mails.iter().map(crate::cli::mail::json).collect(),
        timeline: detail
            .timeline
            .iter()
            .map(|entry| TimelineJson {
                seq: entry.seq,
                at: rfc3339(entry.at),
                actor: entry.actor.clone(),
                action: entry.action.clone(),
                from: entry.from.map(State::name),
                to: entry.to.map(State::name),
                refusal: entry.refusal.clone(),
            })
            .collect(),
        acts: detail
            .acts
            .iter()
            .filter(|(_, allowed)| allowed.is_ok())
            .map(|(act, _)| act.name())
            .collect(),
    }
}

fn show_facts(context: &Context, detail: &RequestDetail) -> Result<(), Failure> {
    let (out, request) = (&context.out, &detail.request);
    let word = |flag: bool| {
        if flag {
            out.yes_no(true)
        } else {
            String::new()
        }
    };
    let letters: Vec<String> = detail
        .letters
        .iter()
        .map(|l| {
            let size = out.format.size(l.bytes);
            format!("v{} {} {size}", l.version, l.kind)
        })
        .collect();
    let shares_key: Vec<String> = detail
        .shares_key
        .certificates
        .iter()
        .map(|view| view.certificate.key.serial.to_string())
        .collect();
    let shares_key = shares_key.join(", ");
    let fields: Vec<Field> = vec![
        ("cli-number", name_of(request)),
        ("cli-state", state_word(context, request.state)),
        ("cli-urgent", word(request.urgent)),
        ("cli-owner", detail.owner.account.name.clone()),
        ("field-username", detail.owner.account.username.to_string()),
        ("cli-agency", request.agency.clone()),
        ("cli-serial", request.certificate.serial.to_string()),
        ("cli-subject", detail.certificate.subject.clone()),
        ("cli-issuer", detail.certificate.issuer.clone()),
        (
            "cli-status",
            crate::cli::cert::status_word(out, detail.certificate.status),
        ),
        ("cli-shares-key-field", shares_key),
        ("cli-reasons", detail.reason_labels.join(", ")),
        (
            "cli-reason-code",
            request
                .reason_code()
                .map_or("", ReasonCode::name)
                .to_owned(),
        ),
        ("cli-letters", letters.join(", ")),
        ("cli-letter-due", out.time(request.letter_due)),
        (
            "cli-companion",
            detail.companion.clone().unwrap_or_default(),
        ),
        ("cli-submitted", out.time(request.submitted_at)),
        ("cli-decide-by", out.time(detail.decide_by)),
        (
            "cli-claimed-by",
            detail.claimed_by.clone().unwrap_or_default(),
        ),
        (
            "cli-effective",
            out.time(request.schedule.as_ref().map(|s| s.effective)),
        ),
        (
            "cli-decided",
            out.time(request.decision.as_ref().map(|d| d.at)),
        ),
        (
            "cli-crl-number",
            request
                .crl_number
                .map(|n| n.to_string())
                .unwrap_or_default(),
        ),
        ("cli-apply-anew", word(detail.may_apply_anew)),
    ];
    out.fields(&fields)
}

fn show_comparison(context: &Context, detail: &RequestDetail) -> Result<(), Failure> {
    if detail.comparison.is_empty() {
        return Ok(());
    }
    let out = &context.out;
    out.heading("cli-comparison")?;
    let mut listing = out.list(&[
        "cli-item",
        "cli-in-account",
        "cli-in-letter",
        "cli-in-certificate",
        "cli-agreement",
    ]);
    for line in &detail.comparison {
        listing.row(&(), || {
            let agreement = match line.agreement {
                crate::desk::Agreement::Same => "cli-same",
                crate::desk::Agreement::Differs => "cli-differs",
                crate::desk::Agreement::Empty => "cli-not-compared",
            };
            vec![
                out.texts().get(&format!("item-{}", line.item.name())),
                line.account.clone(),
                line.letter.clone().unwrap_or_default(),
                line.certificate.clone().unwrap_or_default(),
                out.texts().get(agreement),
            ]
        })?;
    }
    listing.finish().map(drop)
}

fn show_timeline(context: &Context, detail: &RequestDetail) -> Result<(), Failure> {
    let out = &context.out;
    out.heading("cli-timeline")?;
    let mut listing = out.list(&["cli-at", "cli-actor", "cli-action", "cli-to", "cli-refusal"]);
    for entry in &detail.timeline {
        listing.row(&(), || {
            vec![
                out.format.short(entry.at),
                entry.actor.clone(),
                entry.action.clone(),
                entry.to.map(|s| state_word(context, s)).unwrap_or_default(),
                entry.refusal.clone().unwrap_or_default(),
            ]
        })?;
    }
    listing.finish().map(drop)
}
