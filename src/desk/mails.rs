//! The outbox: mails queued in the transaction that causes them, and what people do with them afterwards.

use crate::audit::{Action, ObjectRef};
use crate::domain::permission::Permission;
use crate::domain::{
    Account, Case, Certificate, CertificateKey, CrlNumber, Language, MailId, ReasonCode, RequestId,
    Role, Standing, Timestamp,
};
use crate::notify::address::{EmailAddress, Sender};
use crate::notify::facts::{
    CertificateFacts, CrlFacts, CrlUrl, DeskFacts, Kind, MailFacts, Notice, RequestFacts,
};
use crate::notify::message::{OutboxMail, Status};
use crate::notify::{template, transport::SendError};
use crate::store::{MailRecord, MailStatus, Reader, Window};

use super::transaction::{Signer, Transaction, found};
use super::view::{Change, MailDetail, MailRow, Page};
use super::{Desk, DeskError, Identity, Settings, cursor};

/// What happened to a request that its owner is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Occasion {
    Submitted,
    Returned,
    Rejected,
    /// On a published CRL: revoked, or suspended where the reason is a hold.
    OnCrl,
    /// The letter that was to follow did not come in time.
    LetterOverdue,
}

impl Transaction<'_> {
    /// Queues the mail of an occasion to the owner of the request's certificate.
    pub fn mail(&mut self, case: &Case, occasion: Occasion) -> Result<(), DeskError> {
        let Some(request) = &case.request else {
            return Ok(());
        };
        let Some(number) = request.number else {
            return Ok(());
        };
        let Some(owner) = self.writer.account(request.owner)? else {
            return Ok(());
        };
        let policy = self.desk.policy();
        let facts = RequestFacts {
            number,
            certificate: certificate_facts(&case.certificate),
            reasons: request
                .reasons
                .iter()
                .filter_map(|id| policy.reasons.get(id).cloned())
                .collect(),
        };
        let (notice, delay) = match occasion {
            Occasion::Submitted => (
                Notice::Submitted {
                    request: facts,
                    at: self.now,
                    letter_due: request.letter_due,
                },
                0,
            ),
            Occasion::Returned => {
                let items = request
                    .returns
                    .last()
                    .map(|r| r.items.iter().copied().collect());
                (
                    Notice::Returned {
                        request: facts,
                        items: items.unwrap_or_default(),
                    },
                    policy.send_delay,
                )
            }
            Occasion::Rejected => (Notice::Rejected { request: facts }, policy.send_delay),
            Occasion::LetterOverdue => {
                let Some(due) = request.letter_due else {
                    return Ok(());
                };
                let notice = Notice::LetterOverdue {
                    request: facts,
                    due,
                };
                (notice, 0)
            }
            Occasion::OnCrl => {
                let decision = request.decision.as_ref();
                let at = decision.map_or(self.now, |d| d.at);
                let number = request.crl_number.unwrap_or_default();
                let crl = self.crl_facts(&case.certificate, number);
                let held = decision.is_some_and(|d| d.reason == ReasonCode::CertificateHold);
                let notice = if held {
                    Notice::Suspended {
                        certificate: facts.certificate.clone(),
                        request: Some(facts),
                        at,
                        crl,
                    }
                } else {
                    Notice::Revoked {
                        request: facts,
                        at,
                        crl,
                    }
                };
                (notice, 0)
            }
        };
        self.queue_mail(&owner, notice, Some(request.id), delay)
            .map(drop)
    }

    /// Queues the mail to the owner of a certificate that was suspended without a request: the CRL of this number names it.
    pub fn mail_suspended(
        &mut self,
        certificate: &Certificate,
        since: Timestamp,
        number: CrlNumber,
    ) -> Result<(), DeskError> {
        let owner = match certificate.owner {
            Some(id) => self.writer.account(id)?,
            None => None,
        };
        let (Standing::Held(_), Some(owner)) = (&certificate.standing, owner) else {
            return Ok(());
        };
        let notice = Notice::Suspended {
            certificate: certificate_facts(certificate),
            request: None,
            at: since,
            crl: self.crl_facts(certificate, number),
        };
        self.queue_mail(&owner, notice, None, 0).map(drop)
    }

    /// Queues the mail to the owner of a certificate whose suspension ended: the CRL of this number is out and no longer
    /// names it.
    pub fn mail_reinstated(
        &mut self,
        key: &CertificateKey,
        released_at: Timestamp,
        number: CrlNumber,
    ) -> Result<(), DeskError> {
        let Some(certificate) = self.writer.certificate(key)? else {
            return Ok(());
        };
        let owner = match certificate.owner {
            Some(id) => self.writer.account(id)?,
            None => None,
        };
        let (Standing::Active, Some(owner)) = (&certificate.standing, owner) else {
            return Ok(());
        };
        let notice = Notice::Reinstated {
            certificate: certificate_facts(&certificate),
            at: released_at,
            crl: self.crl_facts(&certificate, number),
        };
        self.queue_mail(&owner, notice, None, 0).map(drop)
    }

    /// Where relying parties find the CRL: where the certificate itself points, since they look nowhere else (RFC 5280
    /// §4.2.1.13), else below the desk's URL.
    fn crl_facts(&self, certificate: &Certificate, number: CrlNumber) -> CrlFacts {
        let file = self
            .desk
            .issuer_state(certificate.key.issuer)
            .map(|state| state.record.settings.file_name.clone())
            .unwrap_or_default();
        let base = self.desk.settings().crl.url.clone();
        let below = (!base.is_empty()).then(|| format!("{base}/{file}"));
        let named = certificate.distribution_points.iter().cloned();
        CrlFacts {
            number,
            url: named.chain(below).find_map(|uri| CrlUrl::parse(&uri).ok()),
        }
    }

    /// Queues one mail to one person in his language. Somebody without an address gets none, which the log says.
    pub fn queue_mail(
        &mut self,
        to: &Account,
        notice: Notice,
        request: Option<RequestId>,
        delay: i64,
    ) -> Result<Option<MailId>, DeskError> {
        let id = MailId(self.random()?);
        let Ok(address) = EmailAddress::parse(&to.email) else {
            self.log(Action::NOTIF_GAGAL, ObjectRef::Account(to.id), |_| {})?;
            return Ok(None);
        };
        let settings = self.desk.settings();
        let mail = compose(
            &settings,
            id,
            address,
            Some(to.name.clone()),
            to.language,
            notice,
            self.now,
            delay,
        )?;
        self.put_mail(&mail, request)?;
        self.changed(Change::Mail(id));
        self.wake_mailer();
        Ok(Some(id))
    }

    /// Stores a mail's row as it is now.
    pub fn put_mail(
        &mut self,
        mail: &OutboxMail,
        request: Option<RequestId>,
    ) -> Result<(), DeskError> {
        let body =
            postcard::to_stdvec(mail).map_err(|e| DeskError::bad_value("mail", e.to_string()))?;
        let status = match mail.status {
            Status::Waiting | Status::Sending => MailStatus::Waiting,
            Status::Sent { .. } => MailStatus::Sent,
            Status::Failed { .. } | Status::GivenUp { .. } => MailStatus::Failed,
            Status::Cancelled { .. } => MailStatus::Cancelled,
        };
        self.writer.put_mail(&MailRecord {
            id: mail.id,
            status,
            request,
            created_at: mail.queued_at,
            next_attempt: mail.next_attempt,
            attempts: mail.attempts,
            body,
        })?;
        Ok(())
    }

    /// Takes back the mail of a return or rejection that has not left, as when that is recalled. Whether there was one;
    /// an act that is then refused takes this back with everything else. Other mails of the request still go.
    pub fn cancel_mails(&mut self, request: RequestId) -> Result<bool, DeskError> {
        let mails = self.writer.mails_of(request, &Window::last(10))?;
        let mut cancelled = false;
        for record in mails
            .rows
            .into_iter()
            .filter(|m| m.status == MailStatus::Waiting)
        {
            let mut mail = decode(&record)?;
            let tells_of_it = matches!(mail.kind, Kind::Returned | Kind::Rejected);
            if tells_of_it && mail.cancel(self.now).is_ok() {
                self.put_mail(&mail, Some(request))?;
                self.changed(Change::Mail(mail.id));
                cancelled = true;
            }
        }
        Ok(cancelled)
    }
}

/// Whether the owner was reminded of this request's letter already.
pub(super) fn was_reminded(reader: &Reader, request: RequestId) -> Result<bool, DeskError> {
    let mails = reader.mails_of(request, &Window::last(100))?;
    for record in &mails.rows {
        if decode(record)?.kind == Kind::LetterOverdue {
            return Ok(true);
        }
    }
    Ok(false)
}

fn certificate_facts(certificate: &Certificate) -> CertificateFacts {
    let cn = certificate.subject.common_name().unwrap_or_default();
    CertificateFacts {
        subject_cn: cn.to_owned(),
        serial: certificate.key.serial.clone(),
    }
}

#[expect(
    clippy::too_many_arguments,
    reason = "a mail has that many parts, each of its own type"
)]
fn compose(
    settings: &Settings,
    id: MailId,
    to: EmailAddress,
    name: Option<String>,
    language: Language,
    notice: Notice,
    now: Timestamp,
    delay: i64,
) -> Result<OutboxMail, DeskError> {
    let facts = MailFacts {
        desk: DeskFacts {
            name: settings.desk_name.clone(),
            contact: settings.contact.clone(),
            zone: settings.policy.zone,
        },
        recipient: name,
        notice,
    };
    let rendered =
        template::render(&facts, language).map_err(|e| DeskError::Publish(e.to_string()))?;
    Ok(OutboxMail::queue(
        id,
        to,
        rendered,
        &sender(settings)?,
        now,
        delay,
    )?)
}

pub(super) fn sender(settings: &Settings) -> Result<Sender, DeskError> {
    let address = EmailAddress::parse(&settings.mail.from)
        .map_err(|_| DeskError::bad_value("mail.from", "an e-mail address"))?;
    Sender::new(&settings.desk_name, address)
        .map_err(|e| DeskError::bad_value("desk.name", e.to_string()))
}

pub(super) fn decode(record: &MailRecord) -> Result<OutboxMail, DeskError> {
    postcard::from_bytes(&record.body).map_err(|e| DeskError::bad_value("mail", e.to_string()))
}

impl Desk {
    fn mail_row(mail: &OutboxMail) -> MailRow {
        MailRow {
            id: mail.id,
            to: mail.to.as_str().to_owned(),
            kind: mail.kind.name().to_owned(),
            status: mail.status.name(),
            subject: mail.subject.clone(),
            request: mail.request,
            queued_at: mail.queued_at,
            attempts: mail.attempts,
            next_attempt: matches!(mail.status, Status::Waiting).then_some(mail.next_attempt),
            answer: mail.answer.as_ref().map(ToString::to_string),
        }
    }

    /// The outbox, newest first.
    pub fn mails(
        &self,
        who: &Identity,
        from: Option<&str>,
        limit: usize,
    ) -> Result<Page<MailRow>, DeskError> {
        self.permit(who, Permission::ReadMails)?;
        let reader = self.inner.store.read()?;
        let page = reader.mails(&cursor::window(from, limit, true)?)?;
        let mut total = 0;
        for status in MailStatus::ALL {
            total += reader.mail_count(status)?;
        }
        Ok(Page {
            rows: page
                .rows
                .iter()
                .map(|record| Ok(Self::mail_row(&decode(record)?)))
                .collect::<Result<_, DeskError>>()?,
            next: page.next.map(|c| cursor::text(&c)),
            total: Some(total),
        })
    }

    /// A request's mails, oldest first.
    pub(super) fn mails_of(reader: &Reader, request: RequestId) -> Result<Vec<MailRow>, DeskError> {
        let page = reader.mails_of(request, &Window::first(100))?;
        page.rows
            .iter()
            .map(|record| Ok(Self::mail_row(&decode(record)?)))
            .collect()
    }

    pub fn mail(&self, who: &Identity, id: MailId) -> Result<MailDetail, DeskError> {
        self.permit(who, Permission::ReadMails)?;
        let mail = decode(&found(self.inner.store.read()?.mail(id))?)?;
        Ok(MailDetail {
            row: Self::mail_row(&mail),
            message_id: mail.message_id,
            body: mail.body,
        })
    }

    /// Puts a mail that failed, was given up or waits at the front again, under its old Message-ID.
    pub fn retry_mail(&self, who: &Identity, id: MailId) -> Result<(), DeskError> {
        self.permit(who, Permission::RetryMails)?;
        let signer = Signer::person(who.person(), &[Role::Op, Role::Admin]);
        self.transact(signer, |tx| {
            let record = found(tx.writer.mail(id))?;
            let mut mail = decode(&record)?;
            mail.resend(tx.now)
                .map_err(|e| DeskError::bad_value("mail", e.to_string()))?;
            tx.put_mail(&mail, record.request)?;
            tx.log(Action::NOTIF_DIKIRIM_ULANG, ObjectRef::Mail(id), |_| {})?;
            tx.changed(Change::Mail(id));
            tx.wake_mailer();
            Ok(())
        })
    }

    /// Sends a test mail at once, past the outbox, and returns what the server said.
    pub fn test_mail(&self, who: &Identity, address: &str) -> Result<String, DeskError> {
        self.permit(who, Permission::TestMail)?;
        let settings = self.settings();
        let to = EmailAddress::parse(address)
            .map_err(|_| DeskError::bad_value(address.to_owned(), "an e-mail address"))?;
        let id = MailId(super::environment::octets(&*self.inner.random)?);
        let now = self.now();
        let mail = compose(
            &settings,
            id,
            to,
            None,
            who.language(),
            Notice::Test { at: now },
            now,
            0,
        )?;
        let answer = self
            .transport()?
            .send(&mail)
            .map_err(|e: SendError| DeskError::Publish(e.to_string()))?;
        Ok(answer.to_string())
    }
}
