//! What a command does to the database: decided events applied, stored, logged, and their consequences queued in the
//! same transaction (law 1).

use crate::audit::{Action, Hash, ObjectRef, ObjectState};
use crate::domain::apply::apply;
use crate::domain::case::Case;
use crate::domain::decide::decide;
use crate::domain::{
    Actor, Certificate, CertificateStatus, Command, Event, ReasonCode, Request, RequestNumber,
    Standing,
};
use crate::pki::entry::{EntryReason, RevokedEntry};
use crate::store::{self, LeftBecause, RevokedFacts, RevokedKind};

use super::transaction::Transaction;
use super::view::Change;
use super::{DeskError, mails};

impl Transaction<'_> {
    /// Decides `command` on `case`, and stores, logs and queues what follows from it.
    pub fn perform(
        &mut self,
        case: &mut Case,
        command: &Command,
        actor: &Actor,
    ) -> Result<(), DeskError> {
        let policy = self.desk.policy();
        let events = decide(case, command, actor, &policy, self.now)?;
        let certificate_before = case.certificate.clone();
        for event in &events {
            let from = case.state();
            let standing = case.certificate.status(self.now);
            apply(case, event, actor, self.now);
            self.record(case, event, from.map(ObjectState::from), standing)?;
        }
        if let Some(request) = &case.request {
            self.writer.put_request(request)?;
            self.changed(Change::Request(request.id));
        }
        if case.certificate != certificate_before {
            self.writer.update_certificate(&case.certificate)?;
            self.changed(Change::Certificate(case.certificate.key.clone()));
        }
        for event in &events {
            self.consequences(case, event)?;
        }
        Ok(())
    }

    /// The next free request number of this year in the desk's zone.
    pub fn next_number(&mut self) -> Result<RequestNumber, DeskError> {
        let year = self.now.local(self.desk.policy().zone).year();
        Ok(self
            .writer
            .next_request_number(u16::try_from(year).unwrap_or(0))?)
    }

    /// One log entry for the request; another for the certificate where its status changed.
    fn record(
        &mut self,
        case: &Case,
        event: &Event,
        from: Option<ObjectState>,
        standing: CertificateStatus,
    ) -> Result<(), DeskError> {
        let certificate = ObjectRef::Certificate {
            issuer: case.certificate.key.issuer,
            serial: case.certificate.key.serial.clone(),
        };
        let now_standing = case.certificate.status(self.now);
        let reason = case.request.as_ref().and_then(Request::reason_code);
        if let (Some(request), Some(word)) = (&case.request, event.log_action()) {
            let action = Action::from_static(word).map_err(|e| DeskError::Log(e.to_string()))?;
            let to = Some(ObjectState::from(request.state));
            let number = request.crl_number;
            self.log(action, ObjectRef::Request(request.id), |entry| {
                entry.related = Some(certificate.clone());
                if from != to {
                    entry.from = from;
                    entry.to = to;
                }
                match event {
                    Event::Revoked { decision, .. } => entry.reason_code = Some(decision.reason),
                    Event::Submitted { .. }
                    | Event::Resubmitted { .. }
                    | Event::ReasonChanged { .. } => {
                        entry.reason_code = reason;
                    }
                    Event::CertificateMatched(check) => entry.digest = Some(Hash(check.der_sha256)),
                    Event::Approved(approval) => entry.digest = Some(Hash(approval.binding)),
                    Event::LetterAttached(letter) | Event::LetterFollowed(letter) => {
                        entry.digest = Some(Hash(letter.digest));
                    }
                    Event::OnCrl(_) => entry.crl_number = number,
                    _ => {}
                }
            })?;
            if let Event::Revoked { decision, .. } = event
                && decision.break_glass
            {
                self.log(
                    Action::KEADAAN_DARURAT,
                    ObjectRef::Request(request.id),
                    |_| {},
                )?;
            }
        }
        if standing != now_standing {
            let action = match now_standing {
                CertificateStatus::Revoked => Action::SERTIFIKAT_DICABUT,
                CertificateStatus::Held => Action::SERTIFIKAT_DITANGGUHKAN,
                _ => Action::SERTIFIKAT_DIPULIHKAN,
            };
            let request = case.request.as_ref().map(|r| ObjectRef::Request(r.id));
            let code = case.certificate.revocation().map(|r| r.reason);
            self.log(action, certificate, |entry| {
                entry.related = request;
                entry.from = Some(standing.into());
                entry.to = Some(now_standing.into());
                entry.reason_code = code;
            })?;
        }
        Ok(())
    }

    /// Entries, tasks and mails that an event brings with it.
    fn consequences(&mut self, case: &Case, event: &Event) -> Result<(), DeskError> {
        match event {
            Event::Revoked { .. } => {
                self.writer
                    .delete_suspension_approval(&case.certificate.key)?;
                self.writer
                    .delete_untold_suspension(&case.certificate.key)?;
                self.put_entry(&case.certificate)?;
                self.publish_soon(&case.certificate)?;
            }
            Event::Held { .. } => {
                self.writer
                    .delete_suspension_approval(&case.certificate.key)?;
                self.suspended(&case.certificate.key)?;
                self.put_entry(&case.certificate)?;
                self.publish_soon(&case.certificate)?;
            }
            Event::HoldReleased { .. } => {
                self.writer
                    .delete_suspension_approval(&case.certificate.key)?;
                self.writer.remove_revoked(
                    &case.certificate.key,
                    LeftBecause::Released,
                    self.now,
                )?;
                self.publish_soon(&case.certificate)?;
            }
            Event::Submitted { .. } | Event::Resubmitted { .. } => {
                self.mail(case, mails::Occasion::Submitted)?
            }
            Event::Returned(_) => self.mail(case, mails::Occasion::Returned)?,
            Event::Rejected(_) => self.mail(case, mails::Occasion::Rejected)?,
            Event::OnCrl(_) => self.mail(case, mails::Occasion::OnCrl)?,
            _ => {}
        }
        Ok(())
    }

    /// The certificate's entry, encoded once and for all as it will stand on every CRL.
    fn put_entry(&mut self, certificate: &Certificate) -> Result<(), DeskError> {
        let (Standing::Held(revocation) | Standing::Revoked(revocation)) = &certificate.standing
        else {
            return Ok(());
        };
        let entry = RevokedEntry {
            serial: certificate.key.serial.clone(),
            revocation_date: revocation.date,
            reason: EntryReason::Revoked(revocation.reason),
            invalidity_date: revocation.invalidity_date,
        };
        let der = entry
            .encode()
            .map_err(|e| DeskError::bad_value("CRL entry", e.to_string()))?;
        let held = revocation.reason == ReasonCode::CertificateHold;
        self.writer
            .note_member(&certificate.key, &certificate.distribution_points)?;
        self.writer.put_revoked(&store::RevokedEntry {
            key: certificate.key.clone(),
            der,
            facts: RevokedFacts {
                kind: if held {
                    RevokedKind::Held
                } else {
                    RevokedKind::Revoked
                },
                date: revocation.date,
                reason: revocation.reason,
                invalidity_date: revocation.invalidity_date,
                not_after: Some(certificate.not_after),
                on_crl: None,
                adopted: false,
            },
        })?;
        Ok(())
    }

    /// Asks for a CRL that tells of this certificate.
    fn publish_soon(&mut self, certificate: &Certificate) -> Result<(), DeskError> {
        super::publisher::ask(self, &certificate.key)?;
        self.wake_publisher();
        Ok(())
    }
}
