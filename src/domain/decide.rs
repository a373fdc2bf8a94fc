//! The only authority: may this actor do this to this case now, and what happens if so. Pure; nothing is changed.
//! It walks the table of [`workflow`](super::workflow): the rows of the act, the people, the states, the needs, in
//! that order, so that a stranger learns nothing of a request's state. The subjects lie in the files below.

mod closing;
mod decision;
mod filing;
mod needs;
mod people;
mod review;
#[cfg(test)]
mod tests;

use super::account::{Actor, Person};
use super::case::Case;
use super::command::Command;
use super::event::Event;
use super::instant::Timestamp;
use super::policy::Policy;
use super::refusal::Refusal;
use super::request::{Closing, FieldChange, Item, Request, State};
use super::workflow::{Act, Origin, Row, Who, rows_of};

/// Longest note, in characters.
pub const NOTE_LIMIT: u32 = 2000;
/// Longest one-line text (names, numbers, channels), in characters.
pub const LINE_LIMIT: u32 = 200;

/// The row that permits an act, and as whom the actor takes it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Permit {
    pub row: &'static Row,
    pub who: Who,
}

/// What is asked. `command` is absent when only the act is (for greying keys): needs about its content then hold.
#[derive(Clone, Copy)]
struct Question<'a> {
    case: &'a Case,
    act: Act,
    command: Option<&'a Command>,
    actor: &'a Actor,
    policy: &'a Policy,
    now: Timestamp,
}

impl<'a> Question<'a> {
    fn request(&self) -> Result<&'a Request, Refusal> {
        self.case.request.as_ref().ok_or(Refusal::NotFound)
    }

    fn person(&self) -> Option<&'a Person> {
        match self.actor {
            Actor::Person(person) => Some(person),
            Actor::System => None,
        }
    }
}

/// Decides. No event at all means that it was so already.
///
/// # Errors
/// The refusal says which rule of DOMAIN stands against it.
pub fn decide(
    case: &Case,
    command: &Command,
    actor: &Actor,
    policy: &Policy,
    now: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let question = Question {
        case,
        act: act_of(case, command),
        command: Some(command),
        actor,
        policy,
        now,
    };
    let permit = judge(&question)?;
    outcome(&question, command, permit)
}

/// The row by which `command` is permitted: the desk logs the role the actor acted in.
pub fn permit(
    case: &Case,
    command: &Command,
    actor: &Actor,
    policy: &Policy,
    now: Timestamp,
) -> Result<Permit, Refusal> {
    judge(&Question {
        case,
        act: act_of(case, command),
        command: Some(command),
        actor,
        policy,
        now,
    })
}

/// Whether the act is open to the actor, whatever the command will bring.
pub fn may(
    case: &Case,
    act: Act,
    actor: &Actor,
    policy: &Policy,
    now: Timestamp,
) -> Result<Permit, Refusal> {
    judge(&Question {
        case,
        act,
        command: None,
        actor,
        policy,
        now,
    })
}

/// Which act a command is, as the request stands.
pub fn act_of(case: &Case, command: &Command) -> Act {
    let request = case.request.as_ref();
    let state = case.state();
    match command {
        Command::Draft { .. } => Act::Draft,
        Command::Edit(_) => Act::Edit,
        Command::AttachLetter(_) => match (state, request.and_then(|r| r.letter_due)) {
            (None | Some(State::Draf), _) | (Some(State::Dikembalikan), None) => Act::AttachLetter,
            _ => Act::FollowLetter,
        },
        Command::Submit { .. } => {
            let before_letter = request.is_some_and(|r| r.letter_follows && r.letters.is_empty());
            match state {
                Some(State::Dikembalikan) => Act::Resubmit,
                _ if before_letter => Act::SubmitUrgent,
                _ => Act::Submit,
            }
        }
        Command::Withdraw => Act::Withdraw,
        Command::ConsentToWithdraw => Act::ConsentToWithdraw,
        Command::Claim => Act::Claim,
        Command::Release => Act::Release,
        Command::Touch => Act::Touch,
        Command::Return { items, .. } if items.contains(&Item::Dn) => Act::ReturnMismatch,
        Command::Return { .. } => Act::Return,
        Command::Reject { .. } => Act::Reject,
        Command::Recall { .. } => Act::Recall,
        Command::Verify { .. } => Act::Verify,
        Command::ChangeReason { .. } => Act::ChangeReason,
        Command::Match { .. } => Act::Match,
        Command::Approve { .. } => Act::Approve,
        Command::Revoke {
            effective: Some(_), ..
        } => Act::Schedule,
        Command::Revoke { .. } => Act::Revoke,
        Command::RevokeScheduled => Act::RevokeScheduled,
        Command::Published { .. } => Act::Publish,
        Command::MailAccepted => Act::Notify,
        Command::RecordNotice { .. } => Act::RecordNotice,
        Command::Acknowledge => Act::Acknowledge,
        Command::Close(Closing::AlreadyRevoked(_)) => Act::CloseRevoked,
        Command::Close(Closing::Expired) => Act::CloseExpired,
        Command::Hold { .. } => Act::Hold,
        Command::ReleaseHold { .. } => Act::ReleaseHold,
    }
}

/// Walks the table: people first, then the version seen, then the state, then the needs.
fn judge(question: &Question) -> Result<Permit, Refusal> {
    let needs_request = rows_of(question.act).all(|row| matches!(row.from, Origin::In(_)));
    if needs_request && question.case.request.is_none() {
        return Err(Refusal::NotFound);
    }
    let admitted = admitted_rows(question)?;
    fresh(question)?;

    let state = question.case.state();
    let mut first = None;
    for permit in admitted.iter().filter(|p| p.row.from.holds(state)) {
        match permit
            .row
            .needs
            .iter()
            .try_for_each(|need| needs::check(*need, question))
        {
            Ok(()) => return Ok(*permit),
            Err(refusal) => first = first.or(Some(refusal)),
        }
    }
    Err(first.unwrap_or_else(|| wrong_state(question, &admitted)))
}

/// The rows of the act that are open to this actor in some state.
fn admitted_rows(question: &Question) -> Result<Vec<Permit>, Refusal> {
    let mut admitted = Vec::new();
    let mut refusals = Vec::new();
    for row in rows_of(question.act) {
        for who in row.who {
            match people::admits(*who, question) {
                Ok(()) => {
                    admitted.push(Permit { row, who: *who });
                    break;
                }
                Err(refusal) => refusals.push(refusal),
            }
        }
    }
    if admitted.is_empty() {
        Err(people::most_telling(refusals))
    } else {
        Ok(admitted)
    }
}

/// Refuses a person who looked at an older version. A heartbeat of the claim (Touch) is no decision on what was seen.
fn fresh(question: &Question) -> Result<(), Refusal> {
    let case = question.case;
    let (version, changed_by) = match &case.request {
        Some(request) if !question.act.is_of_certificate() => (request.version, request.changed_by),
        _ => (case.certificate.version, None),
    };
    match case.seen_version {
        Some(seen)
            if seen != version && question.act != Act::Touch && question.person().is_some() =>
        {
            Err(Refusal::Stale { changed_by })
        }
        _ => Ok(()),
    }
}

/// Why the state does not allow what this actor could do elsewhere.
fn wrong_state(question: &Question, admitted: &[Permit]) -> Refusal {
    use State as S;
    let Some(request) = &question.case.request else {
        return Refusal::NotFound;
    };
    let state = request.state;
    let mut allowed: Vec<State> = admitted
        .iter()
        .flat_map(|p| p.row.from.states().iter().copied())
        .collect();
    allowed.sort_unstable();
    allowed.dedup();
    match question.act {
        Act::Draft if state.is_open() => Refusal::OpenRequestExists {
            number: request.number,
        },
        Act::Approve | Act::Revoke | Act::Schedule
            if matches!(
                state,
                S::Draf | S::Diajukan | S::Diperiksa | S::Dikembalikan | S::DataSesuai
            ) =>
        {
            Refusal::StepSkipped { state }
        }
        _ if matches!(state, S::Dicabut | S::Diberitahukan | S::Selesai)
            && allowed.iter().all(|s| s.is_open() || s.is_final()) =>
        {
            Refusal::AlreadyDecided { state }
        }
        _ => Refusal::WrongState { state, allowed },
    }
}

/// What happens, once it is permitted.
fn outcome(question: &Question, command: &Command, permit: Permit) -> Result<Vec<Event>, Refusal> {
    match command {
        Command::Draft {
            id,
            requester,
            companion,
        } => filing::draft(question, *id, *requester, *companion),
        Command::Edit(change) => filing::edit(question, change),
        Command::AttachLetter(letter) => filing::attach(question, letter),
        Command::Submit { number, .. } => filing::submit(question, *number),
        Command::Withdraw => Ok(vec![Event::Withdrawn]),
        Command::ConsentToWithdraw => review::consent(question),
        Command::Claim => review::claim(question),
        Command::Release => review::release(question),
        Command::Touch => Ok(vec![Event::Touched]),
        Command::Return { items, note } => review::give_back(question, items, note),
        Command::Reject { note } => review::reject(question, note),
        Command::Recall { .. } => review::recall(question),
        Command::Verify { .. } => review::verify(question),
        Command::ChangeReason {
            code,
            note,
            invalidity_date,
        } => Ok(vec![Event::ReasonChanged {
            code: *code,
            note: note.clone(),
            invalidity_date: *invalidity_date,
        }]),
        Command::Match { der_sha256, .. } => review::match_certificate(question, *der_sha256),
        Command::Approve { .. } => decision::approve(question),
        Command::Revoke { effective, .. } => decision::revoke(question, *effective),
        Command::RevokeScheduled => decision::revoke_scheduled(question),
        Command::Published { number } => closing::on_crl(question, *number),
        Command::MailAccepted => closing::told_by_mail(question),
        Command::RecordNotice { channel } => closing::told_otherwise(question, channel),
        Command::Acknowledge => closing::acknowledge(question, permit.who),
        Command::Close(closing) => Ok(vec![Event::Closed(closing.clone())]),
        Command::Hold { approved_by, .. } => Ok(decision::hold(question, *approved_by)),
        Command::ReleaseHold { approved_by, .. } => Ok(vec![Event::HoldReleased {
            approved_by: *approved_by,
        }]),
    }
}

/// One line of text: at most [`LINE_LIMIT`] characters, none of them unprintable.
fn line_fits(text: &str) -> Result<(), Refusal> {
    text_fits(text, LINE_LIMIT, false)
}

fn text_fits(text: &str, limit: u32, newlines: bool) -> Result<(), Refusal> {
    let printable =
        |c: char| !super::distinguished_name::is_unprintable(c) || (newlines && c == '\n');
    if text.chars().count() <= limit as usize && text.chars().all(printable) {
        Ok(())
    } else {
        Err(Refusal::BadText { limit })
    }
}

/// Whether a field belongs to the letter's data, which may come with a letter that follows.
const fn is_letter_field(change: &FieldChange) -> bool {
    matches!(
        change,
        FieldChange::LetterNumber(_)
            | FieldChange::LetterDate(_)
            | FieldChange::SuperiorName(_)
            | FieldChange::SuperiorNip(_)
            | FieldChange::SuperiorApproved(_)
    )
}
