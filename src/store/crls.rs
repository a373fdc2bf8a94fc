//! The CRLs that were published, and the numbers reserved for them. A reserved number is never given again (law 3).

use serde::{Deserialize, Serialize};

use super::database::{Reader, Writer};
use super::error::StoreError;
use super::indexed::{Entries, Index, Indexed, record_bytes};
use super::key::{Key, Span};
use super::page::{Page, Window};
use super::table::{Table, table};
use super::value::{Record, plain, record};
use crate::domain::{CrlNumber, IssuerId, Timestamp};

static TIME: Index = Index::ordered("crls.time");
pub(crate) const STATES: Table = table("crls.state");

/// What a CRL covers.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum CrlKind {
    /// All of an issuer's entries.
    Complete,
    /// What changed since the complete CRL with the base number (RFC 5280 §5.2.4).
    Delta { base: CrlNumber },
    /// The certificates that name this distribution point (RFC 5280 §5.2.5).
    Partition { uri: String },
}

/// A CRL that was published and read back.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CrlRecord {
    pub issuer: IssuerId,
    pub kind: CrlKind,
    pub number: CrlNumber,
    pub this_update: Timestamp,
    pub next_update: Timestamp,
    pub entries: u64,
    /// Octets of the file.
    pub bytes: u64,
    pub sha256: [u8; 32],
    /// Name of the copy in the history folder; absent once history was trimmed.
    pub file: Option<String>,
    pub published_at: Timestamp,
    /// Signed by schedule rather than for an event: only those let expired entries leave.
    pub regular: bool,
}

record!(CrlRecord, "crls");

/// Where an issuer's CRL numbers stand.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct CrlNumbers {
    /// The highest number ever reserved; zero before the first.
    pub reserved: CrlNumber,
    /// The number of the last complete CRL that was published.
    pub published: Option<CrlNumber>,
    /// The last complete CRL that was made by schedule; before that, the first of all.
    pub regular: Option<CrlNumber>,
    /// The complete CRL that delta CRLs refer to now; its file is kept (RFC 5280 §5.2.4).
    pub base: Option<CrlNumber>,
    /// Certificates that ended before this were let go of: no list knows of them any more.
    pub dropped_before: Option<Timestamp>,
}

impl Record for CrlNumbers {
    const NAME: &'static str = "crls.state";
    const VERSION: u8 = 2;

    /// Version 1 knew no bases.
    fn upgrade(version: u8, body: &[u8]) -> Option<Result<Self, StoreError>> {
        let read = |(reserved, published)| Self {
            reserved,
            published,
            ..Self::default()
        };
        (version == 1).then(|| plain(Self::NAME, body).map(read))
    }
}

impl Indexed for CrlRecord {
    const ROWS: Table = table("crls");
    const NAME: &'static str = "crls";
    const INDEXES: &'static [&'static Index] = &[&TIME];

    /// Complete and delta of one scope may share a number.
    fn primary(&self) -> Vec<u8> {
        crl_key(self.issuer, &self.kind, self.number)
    }

    fn entries(&self) -> Entries {
        let mut entries = Entries::default();
        let key = Key::new().time(self.published_at).raw(&self.primary());
        entries.key(&TIME, key.done());
        entries
    }

    record_bytes!();
}

pub(super) fn scope(issuer: IssuerId, kind: &CrlKind) -> Key {
    let key = Key::new().id(&issuer.0);
    match kind {
        CrlKind::Complete => key.byte(0).digest(b""),
        CrlKind::Delta { .. } => key.byte(1).digest(b""),
        CrlKind::Partition { uri } => key.byte(2).digest(uri.as_bytes()),
    }
}

pub(super) fn crl_key(issuer: IssuerId, kind: &CrlKind, number: CrlNumber) -> Vec<u8> {
    scope(issuer, kind).crl_number(number).done()
}

impl Reader {
    pub fn crl_numbers(&self, issuer: IssuerId) -> Result<CrlNumbers, StoreError> {
        Ok(self.get(STATES, &issuer.0)?.unwrap_or_default())
    }

    /// The last published CRL of this issuer and scope (for a delta any base, for a partition its URI).
    pub fn last_crl(
        &self,
        issuer: IssuerId,
        kind: &CrlKind,
    ) -> Result<Option<CrlRecord>, StoreError> {
        Ok(self.crls_of(issuer, kind, &Window::last(1))?.rows.pop())
    }

    pub fn crl(
        &self,
        issuer: IssuerId,
        kind: &CrlKind,
        number: CrlNumber,
    ) -> Result<Option<CrlRecord>, StoreError> {
        self.row(&crl_key(issuer, kind, number))
    }

    /// The history of one issuer and scope by number.
    pub fn crls_of(
        &self,
        issuer: IssuerId,
        kind: &CrlKind,
        window: &Window,
    ) -> Result<Page<CrlRecord>, StoreError> {
        self.records(
            CrlRecord::ROWS,
            &Span::prefix(scope(issuer, kind).bytes()),
            window,
        )
    }

    /// The history of all issuers by the time of publication.
    pub fn crls(&self, window: &Window) -> Result<Page<CrlRecord>, StoreError> {
        self.page_by(&TIME, &[Span::all()], window)
    }
}

impl Writer {
    /// Reserves the next number: one above the highest reserved and above `floor`. Commit before signing; a number
    /// that is then not used stays a gap. Fails at 2^159.
    pub fn reserve_crl_number(
        &mut self,
        issuer: IssuerId,
        floor: CrlNumber,
    ) -> Result<CrlNumber, StoreError> {
        let mut numbers = self.crl_numbers(issuer)?;
        let next = numbers
            .reserved
            .max(floor)
            .plus(1)
            .ok_or(StoreError::Exhausted {
                what: "CRL numbers",
            })?;
        numbers.reserved = next;
        self.put(STATES, &issuer.0, &numbers)?;
        Ok(next)
    }

    /// Puts the reserved number up to `floor`, as after a restore. It never goes down.
    pub fn raise_crl_number(
        &mut self,
        issuer: IssuerId,
        floor: CrlNumber,
    ) -> Result<(), StoreError> {
        let mut numbers = self.crl_numbers(issuer)?;
        if floor > numbers.reserved {
            numbers.reserved = floor;
            self.put(STATES, &issuer.0, &numbers)?;
        }
        Ok(())
    }

    /// The complete CRL that delta CRLs refer to from now on.
    pub fn set_delta_base(
        &mut self,
        issuer: IssuerId,
        base: Option<CrlNumber>,
    ) -> Result<(), StoreError> {
        let mut numbers = self.crl_numbers(issuer)?;
        numbers.base = base;
        self.put(STATES, &issuer.0, &numbers)
    }

    /// Notes that entries of certificates that ended before `time` left the list.
    pub fn note_dropped(&mut self, issuer: IssuerId, time: Timestamp) -> Result<(), StoreError> {
        let mut numbers = self.crl_numbers(issuer)?;
        numbers.dropped_before = numbers.dropped_before.max(Some(time));
        self.put(STATES, &issuer.0, &numbers)
    }

    /// Notes a CRL that was published and read back; its number counts as reserved from now on, so that one adopted
    /// from a published file is never given again.
    pub fn put_crl(&mut self, crl: &CrlRecord) -> Result<(), StoreError> {
        let mut numbers = self.crl_numbers(crl.issuer)?;
        numbers.reserved = numbers.reserved.max(crl.number);
        if crl.kind == CrlKind::Complete {
            numbers.published = numbers.published.max(Some(crl.number));
            // The very first one begins the count.
            if crl.regular || numbers.regular.is_none() {
                numbers.regular = numbers.regular.max(Some(crl.number));
            }
        }
        self.put(STATES, &crl.issuer.0, &numbers)?;
        self.put_row(crl).map(drop)
    }
}
