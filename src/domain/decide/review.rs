//! Checking: the claim, return and rejection, the checklist (step 5), the certificate (step 6), the reason, and an
//! officer's consent to a withdrawal.

use std::collections::BTreeSet;

use super::needs::{code_fits, invalidity_fits};
use super::{NOTE_LIMIT, Question, text_fits};
use crate::domain::command::Command;
use crate::domain::event::Event;
use crate::domain::identifiers::AccountId;
use crate::domain::policy::Policy;
use crate::domain::reason::ReasonCode;
use crate::domain::refusal::Refusal;
use crate::domain::request::{CertificateCheck, Claim, DataCheck, Item, Request, Return, State};

fn officer(question: &Question) -> Result<AccountId, Refusal> {
    question
        .actor
        .account()
        .ok_or_else(|| Refusal::RoleNeeded(vec![crate::domain::account::Role::Op]))
}

// Claim.

/// Taking over a claim whose lease is over gives it back first, so that the log shows both.
pub(super) fn claim(question: &Question) -> Result<Vec<Event>, Refusal> {
    let request = question.request()?;
    let lapsed = request.claim.is_some() && live_claim(question)?.is_none();
    let mut events = Vec::new();
    if lapsed {
        events.push(Event::Released { lapsed: true });
    }
    events.push(Event::Claimed {
        officer: officer(question)?,
    });
    Ok(events)
}

pub(super) fn release(question: &Question) -> Result<Vec<Event>, Refusal> {
    let lapsed = question.person().is_none();
    Ok(vec![Event::Released { lapsed }])
}

fn live_claim<'a>(question: &Question<'a>) -> Result<Option<&'a Claim>, Refusal> {
    let lease = question.policy.claim_lease;
    Ok(question.request()?.live_claim(question.now, lease))
}

pub(super) fn claim_free(question: &Question) -> Result<(), Refusal> {
    match live_claim(question)? {
        Some(claim) if Some(claim.officer) != question.actor.account() => {
            Err(Refusal::ClaimedByOther {
                officer: claim.officer,
                since: claim.since,
            })
        }
        _ => Ok(()),
    }
}

/// Acts need the claim, and a live one: after a pause longer than the lease somebody else may have begun to look.
pub(super) fn claimed(question: &Question) -> Result<(), Refusal> {
    claim_free(question)?;
    match live_claim(question)? {
        Some(_) => Ok(()),
        None => Err(Refusal::NotClaimed),
    }
}

/// A claim can be given back by whoever has it, lapsed or not.
pub(super) fn claim_own(question: &Question) -> Result<(), Refusal> {
    match &question.request()?.claim {
        Some(claim) if Some(claim.officer) == question.actor.account() => Ok(()),
        Some(claim) => Err(Refusal::ClaimedByOther {
            officer: claim.officer,
            since: claim.since,
        }),
        None => Err(Refusal::NotClaimed),
    }
}

pub(super) fn claim_there(question: &Question) -> Result<(), Refusal> {
    match question.request()?.claim {
        Some(_) => Ok(()),
        None => Err(Refusal::NotClaimed),
    }
}

pub(super) fn lease_over(question: &Question) -> Result<(), Refusal> {
    claim_there(question)?;
    match live_claim(question)? {
        Some(_) => Err(Refusal::WaitNotOver),
        None => Ok(()),
    }
}

// Return, rejection, and taking either back.

pub(super) fn give_back(
    question: &Question,
    items: &BTreeSet<Item>,
    note: &str,
) -> Result<Vec<Event>, Refusal> {
    Ok(vec![Event::Returned(Return {
        by: officer(question)?,
        at: question.now,
        items: items.clone(),
        note: note.to_owned(),
    })])
}

pub(super) fn reject(question: &Question, note: &str) -> Result<Vec<Event>, Refusal> {
    Ok(vec![Event::Rejected(Return {
        by: officer(question)?,
        at: question.now,
        items: BTreeSet::new(),
        note: note.to_owned(),
    })])
}

pub(super) fn recall(question: &Question) -> Result<Vec<Event>, Refusal> {
    Ok(vec![Event::Recalled {
        officer: officer(question)?,
    }])
}

pub(super) fn items(question: &Question) -> Result<(), Refusal> {
    match question.command {
        Some(Command::Return { items, .. }) if items.is_empty() => Err(Refusal::NoItem),
        _ => Ok(()),
    }
}

pub(super) fn note(question: &Question) -> Result<(), Refusal> {
    let note = match question.command {
        Some(
            Command::Return { note, .. }
            | Command::Reject { note }
            | Command::ChangeReason { note, .. },
        ) => note,
        _ => return Ok(()),
    };
    if note.trim().is_empty() {
        return Err(Refusal::NoteMissing);
    }
    text_fits(note, NOTE_LIMIT, true)
}

fn last_return(request: &Request) -> Option<&Return> {
    match request.state {
        State::Ditolak => request.rejection.as_ref(),
        _ => request.returns.last(),
    }
}

/// Only who returned or rejected takes it back.
pub(super) fn own_return(question: &Question) -> Result<(), Refusal> {
    let by = last_return(question.request()?).map(|r| r.by);
    if by.is_some() && by == question.actor.account() {
        Ok(())
    } else {
        Err(Refusal::NotYours)
    }
}

/// Within the send delay, while the mail waits, and before the applicant answered with a new letter.
pub(super) fn mail_waiting(question: &Question) -> Result<(), Refusal> {
    let request = question.request()?;
    let delay = question.policy.send_delay;
    let in_time = last_return(request).is_some_and(|r| question.now.since(r.at) <= delay);
    let unanswered = request.state == State::Ditolak
        || request.letters.len() as u64 == u64::from(request.letters_when_returned);
    let waits = !matches!(
        question.command,
        Some(Command::Recall {
            mail_waiting: false
        })
    );
    if in_time && unanswered && waits {
        Ok(())
    } else {
        Err(Refusal::TooLateToRecall)
    }
}

// Step 5.

pub(super) fn verify(question: &Question) -> Result<Vec<Event>, Refusal> {
    Ok(vec![Event::DataMatched(DataCheck {
        by: officer(question)?,
        at: question.now,
        without_letter: question.request()?.letters.is_empty(),
    })])
}

/// The whole checklist. Without a letter (menyusul) its two items, the letter and the superior's approval on it, are
/// covered by the deviation that the officer ticks, and by nothing else.
pub(super) fn checklist(question: &Question) -> Result<(), Refusal> {
    let Some(Command::Verify {
        checked,
        accept_missing_letter,
    }) = question.command
    else {
        return Ok(());
    };
    let no_letter = question.request()?.letters.is_empty();
    if no_letter && !accept_missing_letter {
        return Err(Refusal::LetterMissing);
    }
    let open: Vec<Item> = Item::CHECKLIST
        .into_iter()
        .filter(|item| !(no_letter && matches!(item, Item::Letter | Item::Approval)))
        .filter(|item| !checked.contains(item))
        .collect();
    if open.is_empty() {
        Ok(())
    } else {
        Err(Refusal::ChecklistIncomplete(open))
    }
}

pub(super) fn reason_fits(question: &Question) -> Result<(), Refusal> {
    let Some(Command::ChangeReason {
        code,
        invalidity_date,
        ..
    }) = question.command
    else {
        return Ok(());
    };
    code_fits(question, Some(*code))?;
    if *code == ReasonCode::CertificateHold && question.request()?.reasons.len() > 1 {
        return Err(Refusal::HoldWithOthers);
    }
    invalidity_fits(question, *invalidity_date)
}

// Step 6.

pub(super) fn match_certificate(
    question: &Question,
    der_sha256: [u8; 32],
) -> Result<Vec<Event>, Refusal> {
    Ok(vec![Event::CertificateMatched(CertificateCheck {
        by: officer(question)?,
        at: question.now,
        der_sha256,
    })])
}

/// Two certificates may carry one name: what was compared must be the very certificate of the request.
pub(super) fn same_certificate(question: &Question) -> Result<(), Refusal> {
    match question.command {
        Some(Command::Match { der_sha256, .. })
            if *der_sha256 != question.case.certificate.der_sha256 =>
        {
            Err(Refusal::CertificateChanged)
        }
        _ => Ok(()),
    }
}

pub(super) fn names_agree(question: &Question) -> Result<(), Refusal> {
    match question.command {
        Some(Command::Match {
            names_agree: false, ..
        }) => Err(Refusal::NamesDiffer),
        _ => Ok(()),
    }
}

// Withdrawal after loss or compromise.

/// Whether loss or compromise was claimed. `urgent` and `proposed` keep the claim of the last submission even when the
/// reasons on a returned form are edited meanwhile.
fn compromise_claimed(request: &Request, policy: &Policy) -> bool {
    request.urgent
        || request.proposed == Some(ReasonCode::KeyCompromise)
        || request
            .reasons
            .iter()
            .filter_map(|id| policy.reasons.get(id))
            .any(|r| r.code == ReasonCode::KeyCompromise)
}

pub(super) fn consent_wanted(question: &Question) -> Result<(), Refusal> {
    let request = question.request()?;
    if compromise_claimed(request, question.policy) && request.withdrawal_consent.is_none() {
        Ok(())
    } else {
        Err(Refusal::ConsentNotNeeded)
    }
}

pub(super) fn consent(question: &Question) -> Result<Vec<Event>, Refusal> {
    Ok(vec![Event::WithdrawalConsented {
        officer: officer(question)?,
    }])
}

pub(super) fn consent_given(question: &Question) -> Result<(), Refusal> {
    let request = question.request()?;
    if compromise_claimed(request, question.policy) && request.withdrawal_consent.is_none() {
        Err(Refusal::ConsentNeeded)
    } else {
        Ok(())
    }
}
