//! The mail worker: tries what is due, stores every step, and moves the request on when the server took the mail of
//! its revocation (step 8). Mail being down never delays or undoes a revocation.

use secrecy::SecretString;

use crate::audit::{Action, ObjectRef};
use crate::domain::{Actor, Command, RequestId, State, Timestamp};
use crate::notify::deliver;
use crate::notify::facts::Kind;
use crate::notify::folder::MailFolder;
use crate::notify::message::{OutboxMail, Status};
use crate::notify::smtp::{Security, SmtpSettings, SmtpTransport};
use crate::notify::transport::Transport;

use super::settings::MailMode;
use super::transaction::Signer;
use super::view::{Alarm, Change};
use super::{Desk, DeskError, cases, mails};

/// Mails tried in one round.
const ROUND: usize = 200;
/// The purpose under which the SMTP password is sealed.
pub(super) const PASSWORD_PURPOSE: &str = "smtp password";

impl Desk {
    /// How mail leaves, as the settings say now.
    pub(super) fn transport(&self) -> Result<Box<dyn Transport>, DeskError> {
        if let Some(server) = self.mail_server()? {
            return Ok(Box::new(server));
        }
        let settings = self.settings();
        let folder = settings
            .mail
            .folder
            .clone()
            .unwrap_or_else(|| self.inner.folder.mail());
        self.inner
            .folder
            .make(&folder)
            .map_err(|e| DeskError::io(folder.display().to_string(), e))?;
        Ok(Box::new(MailFolder::new(
            &folder,
            mails::sender(&settings)?,
        )))
    }

    /// The mail server of the settings; `None` while mail goes to a folder. It is not contacted yet.
    pub(super) fn mail_server(&self) -> Result<Option<SmtpTransport>, DeskError> {
        let settings = self.settings();
        let mail = &settings.mail;
        let security = match mail.mode {
            MailMode::Folder => return Ok(None),
            MailMode::StartTls => Security::StartTls,
            MailMode::ImplicitTls => Security::ImplicitTls,
            MailMode::Plain => Security::Plain,
        };
        let login = if mail.user.is_empty() {
            None
        } else {
            Some((mail.user.clone(), self.smtp_password(&mail.password)?))
        };
        let extra_roots = match &mail.ca_file {
            Some(path) => Some(std::fs::read(path).map_err(|e| DeskError::io("mail.ca_file", e))?),
            None => None,
        };
        let transport = SmtpTransport::new(SmtpSettings {
            host: mail.host.clone(),
            port: Some(mail.port),
            security,
            login,
            extra_roots,
            timeout: crate::notify::smtp::TIMEOUT,
            sender: mails::sender(&settings)?,
        })
        .map_err(|e| DeskError::bad_value("mail", e.to_string()))?;
        Ok(Some(transport))
    }

    fn smtp_password(&self, sealed: &str) -> Result<SecretString, DeskError> {
        let sealed = hex::decode(sealed)
            .map_err(|_| DeskError::bad_value("mail.password", "set it again"))?;
        let clear = self.inner.vault.open_secret(PASSWORD_PURPOSE, &sealed)?;
        Ok(SecretString::from(
            String::from_utf8_lossy(&clear).into_owned(),
        ))
    }

    /// Tries every mail that is due. Returns when the next one is, if any.
    pub(super) fn deliver_due(&self) -> Result<Option<Timestamp>, DeskError> {
        let records = self.inner.store.read()?.due_mails(self.now(), ROUND)?;
        if !records.is_empty() {
            match self.transport() {
                Ok(transport) => self.deliver(&records, &*transport)?,
                Err(error) => {
                    tracing::warn!(%error, "mail cannot leave");
                    self.postpone(&records)?;
                }
            }
        }
        Ok(self.inner.store.read()?.next_mail_due()?)
    }

    fn deliver(
        &self,
        records: &[crate::store::MailRecord],
        transport: &dyn Transport,
    ) -> Result<(), DeskError> {
        let requests: std::collections::HashMap<_, _> =
            records.iter().map(|r| (r.id, r.request)).collect();
        let due = records
            .iter()
            .map(mails::decode)
            .collect::<Result<Vec<_>, _>>()?;
        let progress = deliver::work(
            due,
            transport,
            || self.now(),
            |mail| self.save_attempt(mail, requests.get(&mail.id).copied().flatten()),
        )?;
        if progress.failed > 0 {
            self.announce(&[Change::Alarms]);
        }
        self.stand(
            |alarm| matches!(alarm, Alarm::MailServiceDown { .. }),
            progress.no_service.map(|answer| Alarm::MailServiceDown {
                answer: answer.to_string(),
            }),
        );
        Ok(())
    }

    /// Settings that cannot work: everything due waits half a minute.
    fn postpone(&self, records: &[crate::store::MailRecord]) -> Result<(), DeskError> {
        self.transact(Signer::SYSTEM, |tx| {
            for record in records {
                let mut mail = mails::decode(record)?;
                mail.next_attempt = tx.now.plus(crate::notify::schedule::FIRST_DELAY);
                tx.put_mail(&mail, record.request)?;
            }
            Ok(())
        })
    }

    /// Stores a mail's row; with the row of a sent one the request moves on in the same transaction.
    fn save_attempt(&self, mail: &OutboxMail, request: Option<RequestId>) -> Result<(), DeskError> {
        self.transact(Signer::SYSTEM, |tx| {
            tx.put_mail(mail, request)?;
            tx.changed(Change::Mail(mail.id));
            match mail.status {
                Status::Failed { .. } | Status::GivenUp { .. } => {
                    tx.log(Action::NOTIF_GAGAL, ObjectRef::Mail(mail.id), |entry| {
                        entry.related = request.map(ObjectRef::Request);
                    })?;
                }
                Status::Sent { .. } if matches!(mail.kind, Kind::Revoked | Kind::Suspended) => {
                    if let Some(id) = request {
                        let mut case = cases::of_request(tx.writer, id)?;
                        // An officer may have recorded another channel first.
                        if case.state() == Some(State::Dicabut) {
                            tx.perform(&mut case, &Command::MailAccepted, &Actor::System)?;
                        }
                    }
                }
                _ => {}
            }
            Ok(())
        })
    }
}
