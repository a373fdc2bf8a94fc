//! After the decision: the CRL, the notification (step 8), the acknowledgement (step 9); and what ends otherwise:
//! requests overtaken by events, and holds released.

use super::{Question, filing, line_fits};
use crate::domain::certificate::{CertificateStatus, Standing};
use crate::domain::command::Command;
use crate::domain::event::Event;
use crate::domain::identifiers::CrlNumber;
use crate::domain::reason::ReasonCode;
use crate::domain::refusal::Refusal;
use crate::domain::request::{Acknowledgement, Channel, RequesterKind};
use crate::domain::workflow::Who;

/// Only the first CRL is recorded; telling it twice changes nothing.
pub(super) fn on_crl(question: &Question, number: CrlNumber) -> Result<Vec<Event>, Refusal> {
    Ok(match question.request()?.crl_number {
        None => vec![Event::OnCrl(number)],
        Some(_) => Vec::new(),
    })
}

/// Nobody is told before it is true.
pub(super) fn entry_on_crl(question: &Question) -> Result<(), Refusal> {
    match question.request()?.crl_number {
        Some(_) => Ok(()),
        None => Err(Refusal::NotPublished),
    }
}

pub(super) fn told_by_mail(question: &Question) -> Result<Vec<Event>, Refusal> {
    told(question, Channel::Mail)
}

pub(super) fn told_otherwise(question: &Question, channel: &str) -> Result<Vec<Event>, Refusal> {
    told(question, Channel::Other(channel.trim().to_owned()))
}

/// Where agency, CA or a third party filed, the owner is told but not asked to confirm: the request ends here.
fn told(question: &Question, channel: Channel) -> Result<Vec<Event>, Refusal> {
    let mut events = vec![Event::Notified(channel)];
    if question.request()?.requester != RequesterKind::Subscriber {
        events.push(Event::Acknowledged(Acknowledgement::NotAsked));
    }
    Ok(events)
}

pub(super) fn channel(question: &Question) -> Result<(), Refusal> {
    match question.command {
        Some(Command::RecordNotice { channel }) if channel.trim().is_empty() => {
            Err(Refusal::NoteMissing)
        }
        Some(Command::RecordNotice { channel }) => line_fits(channel),
        _ => Ok(()),
    }
}

pub(super) fn acknowledge(question: &Question, who: Who) -> Result<Vec<Event>, Refusal> {
    Ok(vec![Event::Acknowledged(
        match (who, question.actor.account()) {
            (Who::Owner, _) => Acknowledgement::ByApplicant,
            (_, Some(officer)) => Acknowledgement::RecordedBy(officer),
            (_, None) => Acknowledgement::WithoutConfirmation,
        },
    )])
}

pub(super) fn wait_over(question: &Question) -> Result<(), Refusal> {
    let within = question.policy.acknowledge_within;
    match &question.request()?.notice {
        Some(notice) if question.now.since(notice.at) >= within => Ok(()),
        _ => Err(Refusal::WaitNotOver),
    }
}

/// The certificate was revoked by other means and this request has nothing left to change. A request for keyCompromise
/// on a certificate revoked for a lesser reason has: it changes the reason. A draft without reasons that was begun
/// after the revocation can still become one.
pub(super) fn revoked_otherwise(question: &Question) -> Result<(), Refusal> {
    let request = question.request()?;
    let Standing::Revoked(revocation) = &question.case.certificate.standing else {
        return Err(Refusal::NothingToClose);
    };
    let intended = request
        .reason_code()
        .or_else(|| filing::proposed(question).ok());
    let useful = revocation.reason != ReasonCode::KeyCompromise
        && match intended {
            Some(code) => code == ReasonCode::KeyCompromise,
            None => request.created_at >= revocation.date,
        };
    if useful {
        Err(Refusal::NothingToClose)
    } else {
        Ok(())
    }
}

/// Past notAfter an entry would not stay on the CRL; where expired entries are kept, the reason of a revoked one can
/// still change.
pub(super) fn expired(question: &Question) -> Result<(), Refusal> {
    let certificate = &question.case.certificate;
    let over = match certificate.status(question.now) {
        CertificateStatus::Expired => true,
        CertificateStatus::Revoked => {
            question.now > certificate.not_after && !question.policy.keep_expired
        }
        CertificateStatus::Active | CertificateStatus::Held => false,
    };
    if over {
        Ok(())
    } else {
        Err(Refusal::NothingToClose)
    }
}

/// Held, not expired, and seen on a published CRL: before that its request could never be told as done.
pub(super) fn held(question: &Question) -> Result<(), Refusal> {
    let certificate = &question.case.certificate;
    let Standing::Held(revocation) = &certificate.standing else {
        return Err(Refusal::CertificateNotHeld);
    };
    if certificate.status(question.now) == CertificateStatus::Expired {
        return Err(Refusal::CertificateExpired {
            not_after: certificate.not_after,
        });
    }
    match revocation.on_crl {
        Some(_) => Ok(()),
        None => Err(Refusal::NotPublished),
    }
}
