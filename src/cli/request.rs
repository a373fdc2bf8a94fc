//! `ams request`: list and show, and every act of the workflow on one request. What an act may do is decided by the
//! desk; this file only carries it there.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::desk::{DeskError, Intent, QueueQuery, QueueRow, RequestDetail};
use crate::domain::request::LetterVersion;
use crate::domain::{
    Day, Item, ReasonCode, Request, RequestId, RequestNumber, State, Timestamp, Zone,
};

use super::args;
use super::context::{Context, Need, PAGE};
use super::failure::Failure;
use super::output::{Field, JsonNumber, rfc3339};

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
    mails: Vec<super::mail::MailJson>,
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

/// What each subcommand needs of its caller.
pub const fn need(command: &args::Request) -> Need {
    match command {
        args::Request::List { .. } | args::Request::Show { .. } => Need::Read,
        _ => Need::Change,
    }
}

pub fn run(context: &Context, command: &args::Request) -> Result<(), Failure> {
    use args::Request as Command;
    match command {
        Command::New(new) => super::filing::file(context, new),
        Command::List { state, filter } => list(context, state.as_deref(), filter.as_deref()),
        Command::Show { number } => show(context, number),
        Command::Submit { number } => act(context, number, Intent::Submit),
        Command::Withdraw { number } => act(context, number, Intent::Withdraw),
        Command::Claim { number } => act(context, number, Intent::Claim),
        Command::Release { number } => act(context, number, Intent::Release),
        Command::Return {
            number,
            items,
            note,
        } => {
            let (items, note) = (items_of(items)?, note.clone());
            act(context, number, Intent::Return { items, note })
        }
        Command::Reject { number, note } => {
            let note = note.clone();
            act(context, number, Intent::Reject { note })
        }
        Command::Reason {
            number,
            code,
            note,
            invalidity_date,
        } => {
            let zone = context.out.format.zone;
            let intent = Intent::ChangeReason {
                code: ReasonCode::parse(code)
                    .ok_or_else(|| Failure::bad_value(code, &reason_names()))?,
                note: note.clone(),
                invalidity_date: date(invalidity_date.as_deref(), zone)?,
            };
            act(context, number, intent)
        }
        Command::Verify {
            number,
            all_checked,
            items,
            letter_follows,
        } => {
            let checked = if *all_checked {
                Item::CHECKLIST.into_iter().collect()
            } else {
                items_of(items)?
            };
            let accept_missing_letter = *letter_follows;
            act(
                context,
                number,
                Intent::Verify {
                    checked,
                    accept_missing_letter,
                },
            )
        }
        Command::Match { number } => act(context, number, Intent::Match),
        Command::Approve { number } => {
            let password = context.password()?;
            act(context, number, Intent::Approve { password })
        }
        Command::Revoke {
            number,
            confirm,
            effective,
        } => {
            let intent = Intent::Revoke {
                last_four: confirm.clone(),
                password: context.password()?,
                effective: date(effective.as_deref(), context.out.format.zone)?,
            };
            act(context, number, intent)
        }
        Command::Notified { number, channel } => {
            let channel = channel.clone();
            act(context, number, Intent::RecordNotice { channel })
        }
        Command::Acknowledge { number } => act(context, number, Intent::Acknowledge),
    }
}

fn act(context: &Context, number: &str, intent: Intent) -> Result<(), Failure> {
    let id = context.desk.find_request(&context.who, number)?;
    let request = context.desk.act(&context.who, id, None, intent)?;
    done(context, &request)
}

/// Tells where a request stands after an act.
pub fn done(context: &Context, request: &Request) -> Result<(), Failure> {
    if context.out.json {
        return context.out.object(&json(context, request));
    }
    let state = state_word(context, request.state);
    context.out.sentence(
        "cli-request-now",
        &[("number", name_of(request)), ("state", state)],
    )
}

/// A request's number, or a draft's id.
pub fn name_of(request: &Request) -> String {
    request
        .number
        .map_or_else(|| request.id.to_string(), |n| n.to_string())
}

fn state_word(context: &Context, state: State) -> String {
    context.out.texts().get(&format!("state-{}", state.name()))
}

/// Items by name; several may stand in one word, separated by commas.
fn items_of(names: &[String]) -> Result<BTreeSet<Item>, Failure> {
    names
        .iter()
        .flat_map(|word| word.split(','))
        .map(|name| {
            Item::parse(name).ok_or_else(|| {
                let all: Vec<&str> = Item::ALL.into_iter().map(Item::name).collect();
                Failure::bad_value(name, &all.join(" "))
            })
        })
        .collect()
}

fn reason_names() -> String {
    ReasonCode::ALL.map(ReasonCode::name).join(" ")
}

/// A day of the desk's zone or an RFC 3339 instant.
pub fn date(text: Option<&str>, zone: Zone) -> Result<Option<Timestamp>, Failure> {
    text.map(|text| {
        Timestamp::parse_rfc3339(text)
            .or_else(|| Day::parse(text).map(|day| day.start(zone)))
            .ok_or_else(|| Failure::bad_value(text, "YYYY-MM-DD, YYYY-MM-DDTHH:MM:SS+07:00"))
    })
    .transpose()
}

fn list(context: &Context, state: Option<&str>, filter: Option<&str>) -> Result<(), Failure> {
    let state = state
        .map(|name| {
            State::parse(name).ok_or_else(|| {
                let all: Vec<&str> = State::ALL.into_iter().map(State::name).collect();
                Failure::bad_value(name, &all.join(" "))
            })
        })
        .transpose()?;
    let query = QueueQuery {
        filter: filter.unwrap_or_default().to_owned(),
        ..QueueQuery::default()
    };
    let found = context.desk.queue(&context.who, &query);
    if let Some(problem) = found.problem {
        return Err(Failure::bad_value("--filter", &problem));
    }
    let mut listing = context.out.list(&[
        "cli-number",
        "cli-state",
        "cli-owner",
        "cli-agency",
        "cli-serial",
        "cli-reasons",
        "cli-submitted",
        "cli-claimed-by",
    ]);
    for ids in found.ids.chunks(PAGE) {
        let rows = context.desk.queue_rows(ids);
        let wanted: Vec<QueueRow> = rows
            .into_iter()
            .filter(|row| state.is_none_or(|s| row.state == s))
            .collect();
        let ids: Vec<RequestId> = wanted.iter().map(|row| row.id).collect();
        for request in context.desk.request_records(&context.who, &ids)? {
            let value = json(context, &request);
            let cells = || {
                let urgent = if request.urgent { " !" } else { "" };
                vec![
                    name_of(&request),
                    format!("{}{urgent}", state_word(context, request.state)),
                    value.owner.clone(),
                    value.agency.clone(),
                    value.serial.clone(),
                    value.reasons.join(", "),
                    request
                        .submitted_at
                        .map(|t| context.out.format.short(t))
                        .unwrap_or_default(),
                    value.claimed_by.clone().unwrap_or_default(),
                ]
            };
            listing.row(&value, cells)?;
        }
    }
    listing.finish().map(drop)
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
        kind: super::letter::kind_name(letter.kind),
        bytes: letter.bytes,
        pages: letter.pages,
        attached_at: rfc3339(letter.attached_at),
        attached_by,
        sha256: None,
    }
}

/// The whole of a request by its number.
pub fn detail(context: &Context, number: &str) -> Result<RequestDetail, DeskError> {
    let id = context.desk.find_request(&context.who, number)?;
    context.desk.request(&context.who, id)
}

fn show(context: &Context, number: &str) -> Result<(), Failure> {
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
        mails: detail.mails.iter().map(super::mail::json).collect(),
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
            super::cert::status_word(out, detail.certificate.status),
        ),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_may_be_listed_with_commas() {
        let items = items_of(&["name,nip".to_owned(), "letter".to_owned()]).unwrap();
        assert_eq!(items, [Item::Name, Item::Nip, Item::Letter].into());
        assert!(matches!(
            items_of(&["nama".to_owned()]),
            Err(Failure::Usage(_))
        ));
    }

    #[test]
    fn a_date_is_a_day_of_the_desks_zone_or_an_instant() {
        let day = date(Some("2026-11-20"), Zone::Wib).unwrap().unwrap();
        assert_eq!(day.to_string(), "2026-11-19T17:00:00Z");
        assert!(date(Some("20-11-2026"), Zone::Wib).is_err());
        assert_eq!(date(None, Zone::Wib).unwrap(), None);
    }
}
