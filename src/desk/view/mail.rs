//! The outbox.

use crate::domain::{MailId, RequestNumber, Timestamp};

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MailRow {
    pub id: MailId,
    pub to: String,
    pub kind: String,
    /// `waiting`, `sent`, `failed`, `given_up`, `cancelled`.
    pub status: &'static str,
    pub subject: String,
    pub request: Option<RequestNumber>,
    pub queued_at: Timestamp,
    pub attempts: u32,
    pub next_attempt: Option<Timestamp>,
    /// The server's last answer, printable and bounded.
    pub answer: Option<String>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MailDetail {
    pub row: MailRow,
    pub message_id: String,
    pub body: String,
}
