//! Deciding (step 7): second approval, break-glass, revocation now or later, and what a hold's release needs of it.

use super::Question;
use super::needs::code_fits;
use super::people::glass_may_break_for_party;
use crate::domain::account::Role;
use crate::domain::certificate::Standing;
use crate::domain::command::Command;
use crate::domain::event::Event;
use crate::domain::identifiers::AccountId;
use crate::domain::instant::Timestamp;
use crate::domain::policy::{FourEyes, Policy};
use crate::domain::reason::ReasonCode;
use crate::domain::refusal::Refusal;
use crate::domain::request::{Approval, Decision, Request, Schedule};

pub(super) fn approve(question: &Question) -> Result<Vec<Event>, Refusal> {
    Ok(vec![Event::Approved(Approval {
        by: decider(question)?,
        at: question.now,
        binding: question.request()?.binding(),
    })])
}

pub(super) fn revoke(
    question: &Question,
    effective: Option<Timestamp>,
) -> Result<Vec<Event>, Refusal> {
    let request = question.request()?;
    let by = decider(question)?;
    let break_glass = breaks_glass(question, request);
    Ok(vec![match effective {
        Some(effective) => Event::Scheduled(Schedule {
            by,
            at: question.now,
            effective,
            break_glass,
        }),
        None => revoked(question, request, Some(by), break_glass)?,
    }])
}

/// The decision fell when it was scheduled, approval included: a letter that came since does not void it. The
/// revocation date is today's all the same, never back-dated.
pub(super) fn revoke_scheduled(question: &Question) -> Result<Vec<Event>, Refusal> {
    let request = question.request()?;
    let break_glass = request.schedule.as_ref().is_some_and(|s| s.break_glass);
    Ok(vec![revoked(question, request, None, break_glass)?])
}

/// A certificate that was held or revoked before keeps its revocationDate; otherwise it is now, to the second as X.509
/// has it.
fn revoked(
    question: &Question,
    request: &Request,
    by: Option<AccountId>,
    break_glass: bool,
) -> Result<Event, Refusal> {
    let earlier = question.case.certificate.revocation();
    Ok(Event::Revoked {
        decision: Decision {
            by,
            at: question.now,
            reason: request.reason_code().ok_or(Refusal::NoReason)?,
            invalidity_date: request.invalidity_date,
            break_glass,
        },
        revocation_date: earlier.map_or(question.now.whole_second(), |r| r.date),
    })
}

fn decider(question: &Question) -> Result<AccountId, Refusal> {
    question
        .actor
        .account()
        .ok_or_else(|| Refusal::RoleNeeded(vec![Role::Op]))
}

/// Whether four-eyes asks for a second officer on this request.
pub(super) fn second_wanted(request: &Request, policy: &Policy) -> bool {
    match policy.four_eyes {
        FourEyes::Off => false,
        FourEyes::Normal => !request.urgent,
        FourEyes::Always => true,
    }
}

/// Break-glass for a missing approval: an urgent request that found no second officer within the policy's time. That
/// time starts at step 6 (DN_COCOK), the moment from which a second officer could have approved.
fn glass_may_break_for_approval(request: &Request, policy: &Policy, now: Timestamp) -> bool {
    request.urgent
        && request
            .certificate_check
            .as_ref()
            .is_some_and(|c| now.since(c.at) >= policy.break_glass_after)
}

/// Whether this decision deviates: by one officer where two were wanted, or by filer or companion.
fn breaks_glass(question: &Question, request: &Request) -> bool {
    let alone = second_wanted(request, question.policy) && !request.is_approved();
    let party = !question.policy.companion_may_decide
        && question.person().is_some_and(|p| request.is_party(p.id))
        && glass_may_break_for_party(request, question.policy, question.now);
    alone || party
}

pub(super) fn approval_wanted(question: &Question) -> Result<(), Refusal> {
    let request = question.request()?;
    if second_wanted(request, question.policy) && !request.is_approved() {
        Ok(())
    } else {
        Err(Refusal::ApprovalNotNeeded)
    }
}

pub(super) fn approval(question: &Question) -> Result<(), Refusal> {
    let request = question.request()?;
    if !second_wanted(request, question.policy)
        || request.is_approved()
        || glass_may_break_for_approval(request, question.policy, question.now)
    {
        return Ok(());
    }
    Err(match request.approval {
        Some(_) => Refusal::ApprovalVoid,
        None => Refusal::ApprovalNeeded,
    })
}

pub(super) fn password(question: &Question) -> Result<(), Refusal> {
    let confirmed = match question.command {
        Some(
            Command::Approve { password_confirmed }
            | Command::Revoke {
                password_confirmed, ..
            }
            | Command::Hold {
                password_confirmed, ..
            }
            | Command::ReleaseHold {
                password_confirmed, ..
            },
        ) => *password_confirmed,
        _ => true,
    };
    if confirmed {
        Ok(())
    } else {
        Err(Refusal::PasswordNeeded)
    }
}

pub(super) fn last_four(question: &Question) -> Result<(), Refusal> {
    let typed = match question.command {
        Some(
            Command::Revoke { last_four, .. }
            | Command::Hold { last_four, .. }
            | Command::ReleaseHold { last_four, .. },
        ) => last_four,
        _ => return Ok(()),
    };
    let serial = question.case.certificate.key.serial.last_four();
    if typed.trim().eq_ignore_ascii_case(&serial) {
        Ok(())
    } else {
        Err(Refusal::LastFourWrong)
    }
}

/// Never for keyCompromise, nor for a certificate that is revoked already: its only change is to keyCompromise.
pub(super) fn deferrable(question: &Question) -> Result<(), Refusal> {
    if question.request()?.reason_code() == Some(ReasonCode::KeyCompromise) {
        return Err(Refusal::DeferralForbidden);
    }
    let Some(Command::Revoke {
        effective: Some(effective),
        ..
    }) = question.command
    else {
        return Ok(());
    };
    if *effective > question.now && *effective <= question.case.certificate.not_after {
        Ok(())
    } else {
        Err(Refusal::EffectiveDateWrong)
    }
}

pub(super) fn due(question: &Question) -> Result<(), Refusal> {
    match &question.request()?.schedule {
        Some(schedule) if question.now >= schedule.effective => Ok(()),
        Some(schedule) => Err(Refusal::NotYetDue {
            effective: schedule.effective,
        }),
        None => Err(Refusal::NotFound),
    }
}

/// Suspended without a request: as of now, to the second as X.509 has it.
pub(super) fn hold(question: &Question, approved_by: Option<AccountId>) -> Vec<Event> {
    vec![Event::Held {
        date: question.now.whole_second(),
        approved_by,
    }]
}

/// Active, where policy allows suspension at all. Unlike a request's, this one cannot change an entry that is there.
pub(super) fn holdable(question: &Question) -> Result<(), Refusal> {
    match question.case.certificate.standing {
        Standing::Revoked(_) => Err(Refusal::CertificateRevoked),
        _ => code_fits(question, Some(ReasonCode::CertificateHold)),
    }
}

/// A suspension begins and ends with the same four eyes as a revocation; a command that cannot wait for them is a
/// request with an urgent reason.
pub(super) fn hold_approval(question: &Question) -> Result<(), Refusal> {
    let (Some(Command::Hold { approved_by, .. }) | Some(Command::ReleaseHold { approved_by, .. })) =
        question.command
    else {
        return Ok(());
    };
    match approved_by {
        _ if question.policy.four_eyes == FourEyes::Off => Ok(()),
        None => Err(Refusal::ApprovalNeeded),
        Some(second)
            if Some(*second) == question.actor.account()
                || Some(*second) == question.case.certificate.owner =>
        {
            Err(Refusal::SecondNeeded)
        }
        Some(_) => Ok(()),
    }
}
