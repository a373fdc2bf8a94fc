//! A request as programs read it.

use serde::Serialize;

use crate::cli::context::Context;
use crate::cli::output::{JsonNumber, rfc3339};
use crate::domain::request::LetterVersion;
use crate::domain::{ReasonCode, Request, RequestNumber};

/// A request as JSON shows it.
#[derive(Serialize)]
pub struct RequestJson {
    /// What a draft is called until it has a number.
    pub id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    pub state: &'static str,
    /// User name.
    pub owner: String,
    pub owner_name: String,
    pub agency: String,
    pub serial: String,
    pub issuer_id: String,
    pub reasons: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason_code: Option<&'static str>,
    pub urgent: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub submitted_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claimed_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub companion: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub letter_due: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effective: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub crl_number: Option<JsonNumber>,
    pub letters: Vec<LetterJson>,
    pub version: u64,
}

/// A letter version on a request.
#[derive(Serialize)]
pub struct LetterJson {
    pub version: u32,
    pub kind: &'static str,
    pub bytes: u64,
    pub pages: u32,
    pub attached_at: String,
    pub attached_by: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
}

/// The JSON of a request as it is stored.
pub fn json(context: &Context, request: &Request) -> RequestJson {
    let desk = &context.desk;
    let username = |id| desk.person(id).username.to_string();
    let owner = desk.person(request.owner);
    let lease = desk.policy().claim_lease;
    RequestJson {
        id: request.id.to_string(),
        number: request.number.as_ref().map(RequestNumber::to_string),
        state: request.state.name(),
        owner: owner.username.to_string(),
        owner_name: owner.name.to_string(),
        agency: request.agency.clone(),
        serial: request.certificate.serial.to_string(),
        issuer_id: request.certificate.issuer.to_string(),
        reasons: request.reasons.iter().map(ToString::to_string).collect(),
        reason_code: request.reason_code().map(ReasonCode::name),
        urgent: request.urgent,
        submitted_at: request.submitted_at.map(rfc3339),
        claimed_by: request
            .live_claim(desk.now(), lease)
            .map(|claim| username(claim.officer)),
        companion: request.companion.map(username),
        letter_due: request.letter_due.map(rfc3339),
        effective: request.schedule.as_ref().map(|s| rfc3339(s.effective)),
        decided_at: request.decision.as_ref().map(|d| rfc3339(d.at)),
        crl_number: request.crl_number.map(JsonNumber),
        letters: request
            .letters
            .iter()
            .map(|letter| letter_json(letter, username(letter.attached_by)))
            .collect(),
        version: request.version,
    }
}

fn letter_json(letter: &LetterVersion, attached_by: String) -> LetterJson {
    LetterJson {
        version: letter.version,
        kind: crate::cli::letter::kind_name(letter.kind),
        bytes: letter.bytes,
        pages: letter.pages,
        attached_at: rfc3339(letter.attached_at),
        attached_by,
        sha256: None,
    }
}
