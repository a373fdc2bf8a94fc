//! Filing: draft, form, letter, submission and submission again (SOP steps 1 to 4).

use super::needs::invalidity_fits;
use super::{Question, is_letter_field, line_fits};
use crate::domain::account::Role;
use crate::domain::command::Command;
use crate::domain::event::Event;
use crate::domain::identifiers::{AccountId, Nip, RequestId, RequestNumber};
use crate::domain::reason::{CombineError, Reason, ReasonCode, ReasonId};
use crate::domain::refusal::Refusal;
use crate::domain::request::{FieldChange, LetterVersion, Misuse, RequesterKind, State};
use crate::domain::workflow::Act;

pub(super) fn draft(
    question: &Question,
    id: RequestId,
    requester: RequesterKind,
    companion: Option<AccountId>,
) -> Result<Vec<Event>, Refusal> {
    let owner = question.case.owner().ok_or(Refusal::OwnerUnknown)?;
    let filer = question.actor.account().ok_or(Refusal::NotYours)?;
    Ok(vec![Event::Drafted {
        id,
        owner,
        agency: question.case.owner_agency.clone(),
        filer,
        requester,
        companion: beside(question).or(companion),
    }])
}

pub(super) fn edit(question: &Question, change: &FieldChange) -> Result<Vec<Event>, Refusal> {
    let mut events = accompanied(question)?;
    let change = match change {
        FieldChange::Reasons(ids) => {
            let mut once: Vec<ReasonId> = Vec::with_capacity(ids.len());
            for id in ids {
                if !once.contains(id) {
                    once.push(id.clone());
                }
            }
            FieldChange::Reasons(once)
        }
        other => other.clone(),
    };
    let repeated = events.contains(&Event::FieldSaved(change.clone()));
    if !repeated {
        events.push(Event::FieldSaved(change));
    }
    Ok(events)
}

/// Version, time and person of a letter are the desk's facts, whatever the command says. Who sent the bytes by a
/// one-time code becomes no party: the actor is the one whose draft it is.
pub(super) fn attach(question: &Question, letter: &LetterVersion) -> Result<Vec<Event>, Refusal> {
    let request = question.request()?;
    let mut events = accompanied(question)?;
    let letter = LetterVersion {
        version: u32::try_from(request.letters.len()).unwrap_or(u32::MAX - 1) + 1,
        attached_at: question.now,
        attached_by: question.actor.account().ok_or(Refusal::NotYours)?,
        ..letter.clone()
    };
    events.push(if question.act == Act::FollowLetter {
        Event::LetterFollowed(letter)
    } else {
        Event::LetterAttached(letter)
    });
    Ok(events)
}

pub(super) fn submit(question: &Question, number: RequestNumber) -> Result<Vec<Event>, Refusal> {
    let request = question.request()?;
    let mut events = accompanied(question)?;
    let proposed = proposed(question)?;
    let urgent = chosen(question).any(|r| r.urgent);
    events.push(match question.act {
        Act::Resubmit => Event::Resubmitted {
            proposed,
            urgent: urgent || request.urgent,
        },
        act => Event::Submitted {
            number,
            proposed,
            urgent,
            due: (act == Act::SubmitUrgent).then(|| question.policy.letter_due(question.now)),
        },
    });
    Ok(events)
}

/// The officer through whose unix user the owner logged in; he accompanies without being asked.
fn beside(question: &Question) -> Option<AccountId> {
    let person = question.person()?;
    let owner = question.case.owner()?;
    person
        .accompanied_by
        .filter(|officer| person.id == owner && *officer != owner)
}

/// Records the officer beside the applicant where the form is still his to change.
fn accompanied(question: &Question) -> Result<Vec<Event>, Refusal> {
    let request = question.request()?;
    let in_form = matches!(request.state, State::Draf | State::Dikembalikan);
    Ok(beside(question)
        .filter(|officer| in_form && request.companion != Some(*officer))
        .map(|officer| Event::FieldSaved(FieldChange::Companion(Some(officer))))
        .into_iter()
        .collect())
}

/// The reasons on the form that the catalogue knows.
fn chosen<'a>(question: &Question<'a>) -> impl Iterator<Item = &'a Reason> {
    let catalogue = &question.policy.reasons;
    let ids = question.case.request.as_ref().map(|r| r.reasons.as_slice());
    ids.unwrap_or_default()
        .iter()
        .filter_map(|id| catalogue.get(id))
}

/// The code that the form's reasons make.
pub(super) fn proposed(question: &Question) -> Result<ReasonCode, Refusal> {
    let request = question.request()?;
    question
        .policy
        .reasons
        .combine(&request.reasons, request.misuse == Misuse::RuledOut)
        .map_err(|error| match error {
            CombineError::None => Refusal::NoReason,
            CombineError::Unknown(id) => Refusal::UnknownReason(id),
            CombineError::HoldWithOthers => Refusal::HoldWithOthers,
        })
}

pub(super) fn certificate_owned(question: &Question) -> Result<(), Refusal> {
    question
        .case
        .certificate
        .owner
        .map(|_| ())
        .ok_or(Refusal::OwnerUnknown)
}

/// Who may speak for whom (RFC 3647 §4.9.2): the owner for himself; a field officer for the owner, his agency or a
/// third party; only an OP for the CA.
pub(super) fn requester_fits(question: &Question) -> Result<(), Refusal> {
    let (Some(Command::Draft { requester, .. }), Some(person)) =
        (question.command, question.person())
    else {
        return Ok(());
    };
    let own = question.case.certificate.owner == Some(person.id);
    let fits = match requester {
        RequesterKind::Subscriber => true,
        RequesterKind::Agency | RequesterKind::ThirdParty => !own,
        RequesterKind::Ca => !own && person.has(Role::Op),
    };
    if fits {
        Ok(())
    } else {
        Err(Refusal::RequesterNotAllowed(*requester))
    }
}

/// The companion is somebody else than the owner; the officer who carried the login stays the companion.
pub(super) fn companion_fits(question: &Question) -> Result<(), Refusal> {
    let named = match question.command {
        Some(Command::Draft {
            companion: Some(companion),
            ..
        }) => Some(*companion),
        Some(Command::Edit(FieldChange::Companion(companion))) => *companion,
        _ => return Ok(()),
    };
    let beside = beside(question);
    let is_owner = named.is_some() && named == question.case.owner();
    if is_owner || (beside.is_some() && named != beside) {
        Err(Refusal::CompanionUnfit)
    } else {
        Ok(())
    }
}

/// A field is kept as soon as it is well-formed; whether the form is complete is asked at submission.
pub(super) fn field_fits(question: &Question) -> Result<(), Refusal> {
    let Some(Command::Edit(change)) = question.command else {
        return Ok(());
    };
    match change {
        FieldChange::Reasons(ids) => ids.iter().try_for_each(|id| {
            let reason = question
                .policy
                .reasons
                .get(id)
                .ok_or_else(|| Refusal::UnknownReason(id.clone()))?;
            reason_fits(question, reason, ids.len())
        }),
        FieldChange::InvalidityDate(date) => invalidity_fits(question, *date),
        FieldChange::LetterNumber(text)
        | FieldChange::SuperiorName(text)
        | FieldChange::SuperiorNip(text) => line_fits(text),
        FieldChange::Misuse(_)
        | FieldChange::LetterDate(_)
        | FieldChange::SuperiorApproved(_)
        | FieldChange::LetterFollows(_)
        | FieldChange::Companion(_) => Ok(()),
    }
}

fn reason_fits(question: &Question, reason: &Reason, among: usize) -> Result<(), Refusal> {
    if reason.officer_only && question.person().is_none_or(|p| !p.has(Role::Op)) {
        return Err(Refusal::ReasonForOfficers(reason.id.clone()));
    }
    match reason.code {
        ReasonCode::CaCompromise => Err(Refusal::ReasonCodeNotAllowed),
        ReasonCode::CertificateHold if !question.policy.allow_hold => Err(Refusal::HoldNotAllowed),
        ReasonCode::CertificateHold if among > 1 => Err(Refusal::HoldWithOthers),
        _ => Ok(()),
    }
}

pub(super) fn reasons(question: &Question) -> Result<(), Refusal> {
    proposed(question).map(|_| ())
}

pub(super) fn misuse_answered(question: &Question) -> Result<(), Refusal> {
    let unanswered = question.request()?.misuse == Misuse::Unanswered;
    if unanswered && chosen(question).any(|r| r.asks_misuse) {
        Err(Refusal::MisuseUnanswered)
    } else {
        Ok(())
    }
}

pub(super) fn letter(question: &Question) -> Result<(), Refusal> {
    if question.request()?.letters.is_empty() {
        Err(Refusal::LetterMissing)
    } else {
        Ok(())
    }
}

/// Number, date, superior and his approval as read off the letter. A NIP that looks odd is right as long as it has its
/// 18 digits: those of PPPK differ.
pub(super) fn letter_data(question: &Question) -> Result<(), Refusal> {
    if let Some(field) = question.request()?.letter_data.missing() {
        return Err(Refusal::LetterDataMissing(field));
    }
    Nip::parse(&question.request()?.letter_data.superior_nip)
        .map(|_| ())
        .map_err(|_| Refusal::NipForm)
}

pub(super) fn urgent_reason(question: &Question) -> Result<(), Refusal> {
    if chosen(question).any(|r| r.urgent) {
        Ok(())
    } else {
        Err(Refusal::LetterMayNotFollow)
    }
}

pub(super) fn new_letter(question: &Question) -> Result<(), Refusal> {
    let request = question.request()?;
    if request.letters.len() as u64 > u64::from(request.letters_when_returned) {
        Ok(())
    } else {
        Err(Refusal::NewLetterNeeded)
    }
}

pub(super) fn letter_fits(question: &Question) -> Result<(), Refusal> {
    let limit = question.policy.letter_limit;
    match question.command {
        Some(Command::AttachLetter(letter)) if letter.bytes == 0 || letter.bytes > limit => {
            Err(Refusal::LetterSize { limit })
        }
        _ => Ok(()),
    }
}

pub(super) fn letter_awaited(question: &Question) -> Result<(), Refusal> {
    if question.request()?.letter_due.is_some() {
        Ok(())
    } else {
        Err(Refusal::NoLetterAwaited)
    }
}

/// After submission only the data of a letter that was to follow may still be written, until letter and data are there.
pub(super) fn letter_data_open(question: &Question) -> Result<(), Refusal> {
    let request = question.request()?;
    let open = request.letter_due.is_some()
        || (request.letter_follows && request.letter_data.missing().is_some());
    if !open {
        return Err(Refusal::NoLetterAwaited);
    }
    match question.command {
        Some(Command::Edit(change)) if !is_letter_field(change) => Err(Refusal::WrongState {
            state: request.state,
            allowed: vec![State::Draf, State::Dikembalikan],
        }),
        _ => Ok(()),
    }
}
