//! One row of the outbox, and the RFC 5322 message made from it. The Message-ID is fixed when the mail is queued, so
//! that a repeat after a crash is the same mail. Nothing with a line break reaches a header.

use std::time::{Duration, UNIX_EPOCH};

use lettre::Message;
use lettre::message::Body;
use lettre::message::header::{
    ContentTransferEncoding, ContentType, Header, HeaderName, HeaderValue,
};
use serde::{Deserialize, Serialize};

use super::address::{EmailAddress, InvalidAddress, Sender};
use super::facts::Kind;
use super::template::Rendered;
use super::transport::Answer;
use crate::domain::distinguished_name::is_unprintable;
use crate::domain::{Language, MailId, RequestNumber, Timestamp};

/// Where a mail is on its way.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Status {
    /// Its turn comes at `next_attempt`.
    Waiting,
    /// Handed to the transport; after a crash it is sent again with the same Message-ID.
    Sending,
    /// The server took it.
    Sent { at: Timestamp },
    /// The server refused it for good (5xx): *gagal*, resendable.
    Failed { at: Timestamp },
    /// Nobody took it for five days: resendable.
    GivenUp { at: Timestamp },
    /// Taken back before it went.
    Cancelled { at: Timestamp },
}

impl Status {
    /// The stable name, for `--json`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sending => "sending",
            Self::Sent { .. } => "sent",
            Self::Failed { .. } => "failed",
            Self::GivenUp { .. } => "given_up",
            Self::Cancelled { .. } => "cancelled",
        }
    }
}

/// One mail to one person.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct OutboxMail {
    pub id: MailId,
    pub to: EmailAddress,
    pub kind: Kind,
    pub language: Language,
    pub request: Option<RequestNumber>,
    /// `<id@domain>`, kept on every attempt.
    pub message_id: String,
    pub queued_at: Timestamp,
    /// Not before this: the delay in which a return can be undone.
    pub not_before: Timestamp,
    /// Attempts since it was queued or resent.
    pub attempts: u32,
    /// The time from which the five days run: queued or resent.
    pub trying_since: Timestamp,
    pub next_attempt: Timestamp,
    pub status: Status,
    /// What the server last said.
    pub answer: Option<Answer>,
    pub subject: String,
    pub body: String,
}

/// The version octet before a stored mail.
const VERSION: u8 = 1;

/// Why octets are no stored mail.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum StoredMailError {
    #[error("a stored mail of version {0}; this program reads version {VERSION}")]
    Version(u8),
    #[error("not a stored mail: {0}")]
    Malformed(postcard::Error),
}

/// Why a mail cannot be built.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum MessageError {
    #[error("the {0} holds a control character or line break")]
    ControlCharacter(&'static str),
    #[error(transparent)]
    Address(#[from] InvalidAddress),
    #[error("the message could not be built: {0}")]
    Build(String),
}

/// The mail is not in a state in which this is possible.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NotPossible {
    #[error("the mail has left already")]
    AlreadySent,
    #[error("the mail is being sent")]
    BeingSent,
    #[error("the mail was taken back")]
    Cancelled,
}

impl OutboxMail {
    /// Queues a mail: it waits until `now` + `delay` milliseconds. The domain of the sender's address makes the
    /// Message-ID.
    pub fn queue(
        id: MailId,
        to: EmailAddress,
        mail: Rendered,
        sender: &Sender,
        now: Timestamp,
        delay: i64,
    ) -> Result<Self, MessageError> {
        let not_before = now.plus(delay.max(0));
        let mail = Self {
            id,
            to,
            kind: mail.kind,
            language: mail.language,
            request: mail.request,
            message_id: format!("<{id}@{}>", sender.address().domain()),
            queued_at: now,
            not_before,
            attempts: 0,
            trying_since: not_before,
            next_attempt: not_before,
            status: Status::Waiting,
            answer: None,
            subject: mail.subject,
            body: mail.body,
        };
        mail.check()?;
        Ok(mail)
    }

    /// The row as the store keeps it: a version octet and the fields in postcard.
    pub fn to_bytes(&self) -> Result<Vec<u8>, StoredMailError> {
        postcard::to_extend(self, vec![VERSION]).map_err(StoredMailError::Malformed)
    }

    /// Reads what [`OutboxMail::to_bytes`] wrote.
    pub fn from_bytes(octets: &[u8]) -> Result<Self, StoredMailError> {
        match octets.split_first() {
            Some((&VERSION, fields)) => {
                postcard::from_bytes(fields).map_err(StoredMailError::Malformed)
            }
            Some((version, _)) => Err(StoredMailError::Version(*version)),
            None => Err(StoredMailError::Malformed(
                postcard::Error::DeserializeUnexpectedEnd,
            )),
        }
    }

    /// The message as it goes over the wire: one recipient, the fixed Message-ID, exactly one
    /// `Auto-Submitted: auto-generated` (RFC 3834 §5), UTF-8 text, the date it was queued.
    pub fn message(&self, sender: &Sender) -> Result<Message, MessageError> {
        self.check()?;
        let build = |e: &dyn std::fmt::Display| MessageError::Build(e.to_string());
        let seconds = u64::try_from(self.queued_at.seconds()).unwrap_or(0);
        let body =
            Body::new_with_encoding(self.body.clone(), ContentTransferEncoding::QuotedPrintable)
                .map_err(|_| MessageError::Build("body".to_owned()))?;
        Message::builder()
            .from(sender.mailbox()?)
            .to(self.to.mailbox(None)?)
            .subject(self.subject.as_str())
            .date(UNIX_EPOCH + Duration::from_secs(seconds))
            .message_id(Some(self.message_id.clone()))
            .header(AutoSubmitted)
            .header(ContentType::TEXT_PLAIN)
            .body(body)
            .map_err(|e| build(&e))
    }

    /// Takes the mail back before it goes.
    pub fn cancel(&mut self, now: Timestamp) -> Result<(), NotPossible> {
        match self.status {
            Status::Sending => Err(NotPossible::BeingSent),
            Status::Sent { .. } => Err(NotPossible::AlreadySent),
            _ => {
                self.status = Status::Cancelled { at: now };
                Ok(())
            }
        }
    }

    /// Puts a mail that failed, was given up or waits for its next attempt at the front again, with the same
    /// Message-ID and five new days.
    pub fn resend(&mut self, now: Timestamp) -> Result<(), NotPossible> {
        match self.status {
            Status::Sending => return Err(NotPossible::BeingSent),
            Status::Sent { .. } => return Err(NotPossible::AlreadySent),
            Status::Cancelled { .. } => return Err(NotPossible::Cancelled),
            Status::Waiting | Status::Failed { .. } | Status::GivenUp { .. } => {}
        }
        self.status = Status::Waiting;
        self.attempts = 0;
        self.trying_since = now;
        self.next_attempt = now;
        Ok(())
    }

    /// What reaches a header must be one line, whatever a stored row holds.
    fn check(&self) -> Result<(), MessageError> {
        if self.subject.chars().any(is_unprintable) {
            return Err(MessageError::ControlCharacter("subject"));
        }
        let id = &self.message_id;
        if !id.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(MessageError::ControlCharacter("Message-ID"));
        }
        if self.body.chars().any(|c| c != '\n' && is_unprintable(c)) {
            return Err(MessageError::ControlCharacter("body"));
        }
        Ok(())
    }
}

/// `Auto-Submitted: auto-generated`: no holiday note or robot answers it.
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

#[cfg(test)]
pub(in crate::notify) mod tests;
