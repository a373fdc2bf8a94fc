//! `ams request new`: steps 3 and 4 of the SOP in one command. Each field is saved as it is set, as in the form; a draft
//! of one's own on the same certificate is continued. All of it is held against the rules first, so that a refusal leaves nothing.

use serde::Serialize;

use crate::desk::{CertificateView, DeskError, Filing, Intent, ReasonChoice};
use crate::domain::request::{FieldChange, Misuse, RequesterKind};
use crate::domain::{Day, ReasonId, Refusal, Request, RequestId, State};

use super::args::NewRequest;
use super::context::Context;
use super::failure::Failure;
use super::letter::LONGEST;
use super::request::shared::SharedJson;
use super::{cert, files, request};

/// The request that was filed, and the other certificates over its key after a compromise.
#[derive(Serialize)]
struct FiledJson<'a> {
    #[serde(flatten)]
    request: request::RequestJson,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    shares_key: &'a [SharedJson],
}

pub fn file(context: &Context, new: &NewRequest) -> Result<(), Failure> {
    let (desk, who) = (&context.desk, &context.who);
    // Everything that can be wrong with the command line itself comes before the first change.
    let changes = changes(context, new)?;
    let letter = match &new.letter {
        Some(name) => Some(files::octets(&*context.out.caller, name, LONGEST)?),
        None => None,
    };
    let owner = desk.find_applicant(who, &new.owner)?;
    let companion = match &new.companion {
        Some(name) => Some(desk.find_companion(who, name)?),
        None => None,
    };
    let certificate = certificate_of(context, new, owner.id)?;
    let draft = own_draft(context, &certificate)?;
    let filing = Filing {
        certificate: &certificate.certificate.key,
        draft,
        requester: requester(&new.requester),
        companion,
        changes: &changes,
        letter: letter.as_deref(),
        submit: !new.draft,
    };
    desk.rehearse_filing(who, &filing)?;
    let id = match draft {
        Some(id) => {
            if companion.is_some() {
                let change = FieldChange::Companion(companion);
                desk.act(who, id, None, Intent::Edit(change))?;
            }
            id
        }
        None => desk.draft(who, filing.certificate, filing.requester, companion)?,
    };
    complete(context, new, id, changes, letter).inspect_err(|_| {
        context
            .out
            .remark("cli-draft-kept", &[("id", id.to_string())]);
    })
}

fn complete(
    context: &Context,
    new: &NewRequest,
    id: RequestId,
    changes: Vec<FieldChange>,
    letter: Option<Vec<u8>>,
) -> Result<(), Failure> {
    let (desk, who) = (&context.desk, &context.who);
    let mut request = None;
    for change in changes {
        request = Some(desk.act(who, id, None, Intent::Edit(change))?);
    }
    if let Some(bytes) = letter {
        request = Some(desk.act(who, id, None, Intent::AttachLetter { bytes })?);
    }
    if !new.draft {
        request = Some(desk.act(who, id, None, Intent::Submit)?);
    }
    let Some(request) = request else {
        return Ok(());
    };
    let shared = match new.draft {
        true => Vec::new(),
        false => request::shared::after_filing(context, &request, new.also_shared)?,
    };
    filed(context, &request, &shared, new.also_shared)
}

/// Tells where the request stands, and which certificates are over the same compromised key.
fn filed(
    context: &Context,
    request: &Request,
    shared: &[SharedJson],
    also: bool,
) -> Result<(), Failure> {
    if context.out.json {
        let value = FiledJson {
            request: request::json(context, request),
            shares_key: shared,
        };
        context.out.object(&value)?;
    } else {
        request::done(context, request)?;
        if !shared.is_empty() {
            context.out.heading("cli-shares-key")?;
            request::shared::list(context, shared)?;
        }
    }
    let number = request::name_of(request);
    if shared.iter().any(|row| row.problem.is_some()) {
        return Err(Failure::FoundWrong);
    }
    if !also
        && shared
            .iter()
            .any(|row| row.request.is_none() && row.endangered())
    {
        context
            .out
            .remark("cli-shares-key-file", &[("number", number)]);
    }
    Ok(())
}

/// The fields named on the command line, the reasons first: others depend on them.
fn changes(context: &Context, new: &NewRequest) -> Result<Vec<FieldChange>, Failure> {
    let zone = context.out.format.zone;
    let offered = context.desk.reason_choices(&context.who);
    let reasons = new
        .reasons
        .iter()
        .flat_map(|word| word.split(','))
        .map(str::trim)
        .map(|id| match offered.iter().any(|choice| choice.id == id) {
            true => Ok(ReasonId(id.to_owned())),
            false => Err(not_offered(context, id, &offered)),
        })
        .collect::<Result<_, _>>()?;
    let mut changes = vec![FieldChange::Reasons(reasons)];
    match new.misuse.as_deref() {
        Some("possible") => changes.push(FieldChange::Misuse(Misuse::Possible)),
        Some(_) => changes.push(FieldChange::Misuse(Misuse::RuledOut)),
        None => {}
    }
    if let Some(text) = &new.invalidity_date {
        let date = request::date(Some(text), zone)?;
        changes.push(FieldChange::InvalidityDate(date));
    }
    if let Some(number) = &new.letter_number {
        changes.push(FieldChange::LetterNumber(number.clone()));
    }
    if let Some(text) = &new.letter_date {
        let day = Day::parse(text).ok_or_else(|| Failure::bad_value(text, "YYYY-MM-DD"))?;
        changes.push(FieldChange::LetterDate(Some(day)));
    }
    if let Some(name) = &new.superior {
        changes.push(FieldChange::SuperiorName(name.clone()));
        // Who names the superior on the letter says that he approved it; the officer looks in step 5.
        changes.push(FieldChange::SuperiorApproved(true));
    }
    if let Some(nip) = &new.superior_nip {
        changes.push(FieldChange::SuperiorNip(nip.clone()));
    }
    changes.push(FieldChange::LetterFollows(new.letter_follows));
    Ok(changes)
}

/// A reason that is not this person's to choose: one that the desk knows is the rules' to refuse, any other is no word.
fn not_offered(context: &Context, id: &str, offered: &[ReasonChoice]) -> Failure {
    let known = &context.desk.policy().reasons;
    match known.get(&ReasonId(id.to_owned())) {
        Some(reason) if reason.hold => Refusal::HoldNotAllowed.into(),
        Some(reason) => Refusal::ReasonForOfficers(reason.id.clone()).into(),
        None => {
            let words: Vec<&str> = offered.iter().map(|choice| choice.id.as_str()).collect();
            Failure::bad_value(id, &words.join(" "))
        }
    }
}

/// The owner's certificate with the serial named.
fn certificate_of(
    context: &Context,
    new: &NewRequest,
    owner: crate::domain::AccountId,
) -> Result<CertificateView, Failure> {
    let named = |owner| cert::named(context, &new.serial, new.issuer.as_deref(), owner);
    match named(Some(owner)) {
        // Somebody else's, or unknown: the desk says which, as far as the person may know.
        Err(Failure::Desk(DeskError::Refused(Refusal::NotFound))) => {
            let refusal = match named(None)?.certificate.owner {
                None => Refusal::OwnerUnknown,
                Some(_) => Refusal::NotYours,
            };
            Err(refusal.into())
        }
        found => found,
    }
}

/// The draft on this certificate that the same person began.
fn own_draft(
    context: &Context,
    certificate: &CertificateView,
) -> Result<Option<RequestId>, Failure> {
    let Some((id, _)) = certificate.open_request else {
        return Ok(None);
    };
    let records = context.desk.request_records(&context.who, &[id])?;
    Ok(records
        .first()
        .filter(|r| r.state == State::Draf && r.filer == context.who.account_id())
        .map(|r| r.id))
}

fn requester(name: &str) -> RequesterKind {
    RequesterKind::ALL
        .into_iter()
        .find(|kind| kind.name() == name)
        .unwrap_or_default()
}
