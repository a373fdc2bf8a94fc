//! From a need of the table to the function that checks it; and the checks that several subjects share.

use super::{Question, closing, decision, filing, review};
use crate::domain::certificate::CertificateStatus;
use crate::domain::command::Command;
use crate::domain::instant::Timestamp;
use crate::domain::reason::ReasonCode;
use crate::domain::refusal::Refusal;
use crate::domain::workflow::{Act, Need};

pub(super) fn check(need: Need, question: &Question) -> Result<(), Refusal> {
    match need {
        Need::CertificateOwned => filing::certificate_owned(question),
        Need::NoOtherRequest => no_other_request(question),
        Need::Revocable => revocable(question),
        Need::RequesterFits => filing::requester_fits(question),
        Need::CompanionFits => filing::companion_fits(question),
        Need::FieldFits => filing::field_fits(question),
        Need::LetterDataOpen => filing::letter_data_open(question),
        Need::LetterFits => filing::letter_fits(question),
        Need::LetterAwaited => filing::letter_awaited(question),
        Need::Reasons => filing::reasons(question),
        Need::MisuseAnswered => filing::misuse_answered(question),
        Need::Letter => filing::letter(question),
        Need::LetterData => filing::letter_data(question),
        Need::UrgentReason => filing::urgent_reason(question),
        Need::Signature => signature(question),
        Need::NewLetter => filing::new_letter(question),
        Need::ConsentWanted => review::consent_wanted(question),
        Need::Consent => review::consent_given(question),
        Need::ClaimFree => review::claim_free(question),
        Need::Claimed => review::claimed(question),
        Need::ClaimOwn => review::claim_own(question),
        Need::ClaimThere => review::claim_there(question),
        Need::LeaseOver => review::lease_over(question),
        Need::Items => review::items(question),
        Need::Note => review::note(question),
        Need::OwnReturn => review::own_return(question),
        Need::MailWaiting => review::mail_waiting(question),
        Need::Checklist => review::checklist(question),
        Need::ReasonFits => review::reason_fits(question),
        Need::SameCertificate => review::same_certificate(question),
        Need::NamesAgree => review::names_agree(question),
        Need::ApprovalWanted => decision::approval_wanted(question),
        Need::Password => decision::password(question),
        Need::LastFour => decision::last_four(question),
        Need::Approval => decision::approval(question),
        Need::Deferrable => decision::deferrable(question),
        Need::Due => decision::due(question),
        Need::OnCrl => closing::entry_on_crl(question),
        Need::Channel => closing::channel(question),
        Need::WaitOver => closing::wait_over(question),
        Need::RevokedOtherwise => closing::revoked_otherwise(question),
        Need::Expired => closing::expired(question),
        Need::Holdable => decision::holdable(question),
        Need::Held => closing::held(question),
        Need::HoldApproval => decision::hold_approval(question),
    }
}

fn no_other_request(question: &Question) -> Result<(), Refusal> {
    let case = question.case;
    // A hold is not lifted while somebody asks for the revocation of the same certificate.
    let own = case
        .request
        .as_ref()
        .filter(|r| question.act == Act::ReleaseHold && r.state.is_open())
        .map(|r| r.number);
    match case.open_request.as_ref().map(|(_, n)| *n).or(own) {
        Some(number) => Err(Refusal::OpenRequestExists { number }),
        None => Ok(()),
    }
}

/// The certificate's side: expired ones need no revocation; a revoked one may only have its reason changed to
/// keyCompromise; a held one cannot be held again.
fn revocable(question: &Question) -> Result<(), Refusal> {
    let code = match (question.act, &question.case.request) {
        (Act::Draft, _) | (_, None) => None,
        (Act::Submit | Act::SubmitUrgent | Act::Resubmit, Some(_)) => {
            Some(filing::proposed(question)?)
        }
        (_, Some(request)) => request.reason_code(),
    };
    code_fits(question, code)?;
    let decides = matches!(
        question.act,
        Act::Approve | Act::Revoke | Act::Schedule | Act::RevokeScheduled
    );
    match &question.case.request {
        Some(request) if decides => invalidity_fits(question, request.invalidity_date),
        _ => Ok(()),
    }
}

/// Whether `code` may still be written for this certificate, under today's policy. Without a code: whether any may.
pub(super) fn code_fits(question: &Question, code: Option<ReasonCode>) -> Result<(), Refusal> {
    let certificate = &question.case.certificate;
    let not_after = certificate.not_after;
    let recorded = certificate.revocation().map(|r| r.reason);
    match certificate.status(question.now) {
        CertificateStatus::Expired => return Err(Refusal::CertificateExpired { not_after }),
        CertificateStatus::Revoked => {
            if recorded == Some(ReasonCode::KeyCompromise) {
                return Err(Refusal::CertificateRevoked);
            }
            if question.now > not_after && !question.policy.keep_expired {
                return Err(Refusal::CertificateExpired { not_after });
            }
            if code.is_some_and(|c| c != ReasonCode::KeyCompromise) {
                return Err(Refusal::OnlyKeyCompromise);
            }
        }
        CertificateStatus::Held if code == Some(ReasonCode::CertificateHold) => {
            return Err(Refusal::CertificateHeld);
        }
        CertificateStatus::Held | CertificateStatus::Active => {}
    }
    match code {
        // RFC 5280 §5.3.1: for CA certificates only, and people have none here.
        Some(ReasonCode::CaCompromise) => Err(Refusal::ReasonCodeNotAllowed),
        Some(ReasonCode::CertificateHold) if !question.policy.allow_hold => {
            Err(Refusal::HoldNotAllowed)
        }
        _ => Ok(()),
    }
}

/// notBefore ≤ invalidityDate ≤ revocationDate (RFC 5280 §5.3.2 and DOMAIN), to the second as X.509 writes them.
pub(super) fn invalidity_fits(question: &Question, date: Option<Timestamp>) -> Result<(), Refusal> {
    let earliest = question.case.certificate.not_before.seconds();
    let latest = question.case.latest_invalidity(question.now).seconds();
    match date {
        Some(date) if !(earliest..=latest).contains(&date.seconds()) => {
            Err(Refusal::InvalidityDateWrong)
        }
        _ => Ok(()),
    }
}

/// The certificate's signature verifies against its issuer; the caller has tried (`pki` reads keys, not this room).
fn signature(question: &Question) -> Result<(), Refusal> {
    let verified = match question.command {
        Some(
            Command::Submit {
                signature_verified, ..
            }
            | Command::Match {
                signature_verified, ..
            },
        ) => *signature_verified,
        _ => return Ok(()),
    };
    match verified {
        Some(true) => Ok(()),
        Some(false) => Err(Refusal::SignatureInvalid),
        None => Err(Refusal::IssuerUnknown),
    }
}
