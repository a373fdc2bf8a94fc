//! Mails, from the transaction that causes one to its last try. Their contents are the notify room's octets.

use serde::{Deserialize, Serialize};

use super::database::{Reader, Writer};
use super::error::StoreError;
use super::indexed::{Entries, Index, Indexed, record_bytes};
use super::key::{Key, Span};
use super::page::{Page, Window};
use super::table::{Table, table};
use super::value::record;
use crate::domain::{MailId, RequestId, Timestamp};

static STATUS: Index = Index::ordered("outbox.status");
static REQUEST: Index = Index::ordered("outbox.request");
static TIME: Index = Index::ordered("outbox.time");
const COUNT: &[u8] = b"outbox/";

/// How far a mail is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum MailStatus {
    /// To be sent at its next attempt.
    Waiting,
    /// The server took it.
    Sent,
    /// Given up; may be sent again by hand.
    Failed,
    /// What caused it was undone before it went.
    Cancelled,
}

impl MailStatus {
    pub const ALL: [Self; 4] = [Self::Waiting, Self::Sent, Self::Failed, Self::Cancelled];
}

/// A mail in the outbox.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct MailRecord {
    pub id: MailId,
    pub status: MailStatus,
    pub request: Option<RequestId>,
    pub created_at: Timestamp,
    /// When it is to be tried next; for a mail that is done, when that was.
    pub next_attempt: Timestamp,
    pub attempts: u32,
    /// Recipient, template, data and answers, in the notify room's own versioned form.
    pub body: Vec<u8>,
}

record!(MailRecord, "outbox");

impl Indexed for MailRecord {
    const ROWS: Table = table("outbox");
    const NAME: &'static str = "outbox";
    const INDEXES: &'static [&'static Index] = &[&STATUS, &REQUEST, &TIME];

    fn primary(&self) -> Vec<u8> {
        self.id.0.into()
    }

    fn entries(&self) -> Entries {
        let id = &self.id.0;
        let mut entries = Entries::default();
        let key = Key::new().byte(self.status as u8).time(self.next_attempt);
        entries.key(&STATUS, key.id(id).done());
        if let Some(request) = self.request {
            let key = Key::new().id(&request.0).time(self.created_at);
            entries.key(&REQUEST, key.id(id).done());
        }
        entries.key(&TIME, Key::new().time(self.created_at).id(id).done());
        entries.count(counter(self.status), 1);
        entries
    }

    record_bytes!();
}

fn counter(status: MailStatus) -> Vec<u8> {
    Key::new().raw(COUNT).byte(status as u8).done()
}

impl Reader {
    pub fn mail(&self, id: MailId) -> Result<Option<MailRecord>, StoreError> {
        self.row(&id.0)
    }

    /// Mails by when they were queued.
    pub fn mails(&self, window: &Window) -> Result<Page<MailRecord>, StoreError> {
        self.page_by(&TIME, &[Span::all()], window)
    }

    /// Mails of one status by their next attempt.
    pub fn mails_with(
        &self,
        status: MailStatus,
        window: &Window,
    ) -> Result<Page<MailRecord>, StoreError> {
        self.page_by(&STATUS, &[Span::prefix(&[status as u8])], window)
    }

    /// A request's mails by when they were queued.
    pub fn mails_of(
        &self,
        request: RequestId,
        window: &Window,
    ) -> Result<Page<MailRecord>, StoreError> {
        self.page_by(&REQUEST, &[Span::prefix(&request.0)], window)
    }

    /// Up to `limit` waiting mails whose attempt is due at `now`, the longest due first.
    pub fn due_mails(&self, now: Timestamp, limit: usize) -> Result<Vec<MailRecord>, StoreError> {
        let waiting = || Key::new().byte(MailStatus::Waiting as u8);
        let span = Span::between(waiting(), waiting().time(now.plus(1)));
        Ok(self.page_by(&STATUS, &[span], &Window::first(limit))?.rows)
    }

    /// When the next waiting mail is due.
    pub fn next_mail_due(&self) -> Result<Option<Timestamp>, StoreError> {
        let first = self.mails_with(MailStatus::Waiting, &Window::first(1))?;
        Ok(first.rows.first().map(|mail| mail.next_attempt))
    }

    /// How many mails have a status, from a counter.
    pub fn mail_count(&self, status: MailStatus) -> Result<u64, StoreError> {
        self.count(&counter(status))
    }
}

impl Writer {
    /// Queues a mail or notes what became of it.
    pub fn put_mail(&mut self, mail: &MailRecord) -> Result<(), StoreError> {
        self.put_row(mail).map(drop)
    }
}
