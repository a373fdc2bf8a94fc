//! Who the actor is to the case: role, scope, relation. Nobody decides on a certificate of his own.

use super::Question;
use crate::domain::account::{Actor, Person, Role};
use crate::domain::instant::Timestamp;
use crate::domain::policy::Policy;
use crate::domain::refusal::Refusal;
use crate::domain::request::{Request, RequesterKind};
use crate::domain::workflow::Who;

/// Whether the actor is `who` to the case.
pub(super) fn admits(who: Who, question: &Question) -> Result<(), Refusal> {
    let person = match (who, question.actor) {
        (Who::System, Actor::System) => return Ok(()),
        (Who::System, Actor::Person(_)) => return Err(Refusal::SystemOnly),
        (_, Actor::System) => return Err(Refusal::RoleNeeded(who.roles().to_vec())),
        (_, Actor::Person(person)) => person,
    };
    if !who.roles().iter().any(|role| person.has(*role)) {
        return Err(Refusal::RoleNeeded(who.roles().to_vec()));
    }
    let request = question.case.request.as_ref();
    let owner = question.case.owner() == Some(person.id);
    let yours = |is: bool| if is { Ok(()) } else { Err(Refusal::NotYours) };
    match who {
        // An owner on whose certificate agency, CA or a third party filed has no say in that request.
        Who::Applicant => {
            yours(owner && request.is_none_or(|r| r.requester == RequesterKind::Subscriber))
        }
        Who::Owner => yours(owner),
        Who::OnBehalf => in_filing_scope(person, question),
        Who::Filer => yours(request.is_some_and(|r| r.filer == person.id)),
        Who::Companion => yours(request.is_some_and(|r| r.companion == Some(person.id))),
        Who::Officer => officer(person, question),
        Who::Recorder => not_owner_in_scope(person, question),
        Who::SecondOfficer => second_officer(person, question),
        Who::Admin | Who::System => Ok(()),
    }
}

/// A field officer may accompany anybody; somebody who is only OP files within his scope.
fn in_filing_scope(person: &Person, question: &Question) -> Result<(), Refusal> {
    if person.has(Role::Pendamping) {
        Ok(())
    } else {
        in_scope(person, question)
    }
}

fn in_scope(person: &Person, question: &Question) -> Result<(), Refusal> {
    let agency = question.case.agency();
    if person.scope.covers(agency) {
        Ok(())
    } else {
        Err(Refusal::OutsideScope {
            agency: agency.to_owned(),
        })
    }
}

fn not_owner_in_scope(person: &Person, question: &Question) -> Result<(), Refusal> {
    if question.case.owner() == Some(person.id)
        || question.case.certificate.owner == Some(person.id)
    {
        return Err(Refusal::OwnCertificate);
    }
    in_scope(person, question)
}

fn officer(person: &Person, question: &Question) -> Result<(), Refusal> {
    not_owner_in_scope(person, question)?;
    match &question.case.request {
        Some(request)
            // Suspension and release concern the certificate; whichever request stands beside it is not judged.
            if !question.act.is_of_certificate()
                && request.is_party(person.id)
                && !question.policy.companion_may_decide
                && !glass_may_break_for_party(request, question.policy, question.now) =>
        {
            Err(Refusal::OwnFiling)
        }
        _ => Ok(()),
    }
}

fn second_officer(person: &Person, question: &Question) -> Result<(), Refusal> {
    not_owner_in_scope(person, question)?;
    let dependent = question.case.request.as_ref().is_some_and(|r| {
        r.is_party(person.id)
            || r.certificate_check
                .as_ref()
                .is_some_and(|c| c.by == person.id)
    });
    if dependent {
        Err(Refusal::NotIndependent)
    } else {
        Ok(())
    }
}

/// Break-glass for a filer or companion: the request is urgent and no other officer brought it to a decision within
/// the policy's time. That time starts at its last submission, since from then on every officer sees it waiting; one who
/// works on it holds the claim, and nobody decides past a live claim.
pub(super) fn glass_may_break_for_party(
    request: &Request,
    policy: &Policy,
    now: Timestamp,
) -> bool {
    request.urgent
        && request
            .submitted_at
            .is_some_and(|at| now.since(at) >= policy.break_glass_after)
}

/// Of several refusals the one that helps most: a broken rule before a missing relation before a missing role; the
/// roles of several are put together.
pub(super) fn most_telling(refusals: Vec<Refusal>) -> Refusal {
    let mut roles = Vec::new();
    let mut not_yours = false;
    for refusal in refusals {
        match refusal {
            Refusal::RoleNeeded(more) => {
                roles.extend(more);
            }
            Refusal::NotYours => not_yours = true,
            Refusal::SystemOnly => {}
            rule => return rule,
        }
    }
    roles.sort_unstable();
    roles.dedup();
    if not_yours {
        Refusal::NotYours
    } else if roles.is_empty() {
        Refusal::SystemOnly
    } else {
        Refusal::RoleNeeded(roles)
    }
}
