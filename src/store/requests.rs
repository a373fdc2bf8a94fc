//! Revocation requests by id, with unique number, one open request a certificate, and the orders of queue and lists.

use serde::{Deserialize, Serialize};

use super::database::{Reader, Writer};
use super::error::StoreError;
use super::indexed::{Entries, Index, Indexed, record_bytes};
use super::key::{Key, Span};
use super::page::{Cursor, Page, Window};
use super::table::{Table, table};
use super::value::{Record, record};
use crate::domain::certificate::CertificateKey;
use crate::domain::{
    AccountId, ReasonCode, ReasonId, Request, RequestId, RequestNumber, State, Timestamp,
};

record!(Request, "requests");

static NUMBER: Index = Index::unique("requests.number");
static OPEN: Index = Index::unique("requests.open_certificate");
static QUEUE: Index = Index::ordered("requests.queue");
static STATE: Index = Index::ordered("requests.state");
static OWNER: Index = Index::ordered("requests.owner");
static PARTY: Index = Index::ordered("requests.party");
static AGENCY: Index = Index::ordered("requests.agency");
static CERTIFICATE: Index = Index::ordered("requests.certificate");
static CLAIM: Index = Index::ordered("requests.claim");
static DUE: Index = Index::ordered("requests.due");

const STATES: &[u8] = b"requests/";
const SEQUENCE: &str = "requests";

const LETTER_DUE: u8 = 0;
const EFFECTIVE: u8 = 1;
const NOTIFIED: u8 = 2;

/// Which requests, in which order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RequestList {
    /// What officers have before them (DIAJUKAN to TERJADWAL, returned ones apart): urgent first, then the longest waiting.
    Queue,
    /// By number; drafts have none and are absent.
    Number,
    /// Those in this state, urgent first, then the longest waiting (drafts: the oldest).
    State(State),
    /// Those about a person's certificates, by age.
    Owner(AccountId),
    /// Those a person filed or accompanied without being the owner, by age.
    FiledOrAccompanied(AccountId),
    /// Those of an agency, compared without regard to case, by age.
    Agency(String),
    /// Those on one certificate, by age.
    Certificate(CertificateKey),
    /// Those an officer holds (lapsed leases included), by when they were claimed.
    ClaimedBy(AccountId),
    /// Every claim there is, by officer: to find lapsed leases.
    Claimed,
    /// Those whose letter is still to come, the earliest due first.
    LetterDue,
    /// Deferred ones, the earliest effective date first.
    Scheduled,
    /// Those told but not acknowledged, the earliest told first.
    Unacknowledged,
}

impl Indexed for Request {
    const ROWS: Table = table("requests");
    const NAME: &'static str = "requests";
    const INDEXES: &'static [&'static Index] = &[
        &NUMBER,
        &OPEN,
        &QUEUE,
        &STATE,
        &OWNER,
        &PARTY,
        &AGENCY,
        &CERTIFICATE,
        &CLAIM,
        &DUE,
    ];

    fn primary(&self) -> Vec<u8> {
        self.id.0.into()
    }

    fn entries(&self) -> Entries {
        let id = &self.id.0;
        let since = self.first_submitted_at.unwrap_or(self.created_at);
        let aged = |key: Key| key.time(since).id(id).done();
        let mut entries = Entries::default();
        if let Some(number) = self.number {
            entries.key(&NUMBER, number_key(number));
        }
        if self.state.is_open() {
            entries.key(&OPEN, Key::new().certificate(&self.certificate).done());
        }
        let calm = u8::from(!self.urgent);
        if in_queue(self.state) {
            entries.key(&QUEUE, aged(Key::new().byte(calm)));
        }
        let state = state_byte(self.state);
        entries.key(&STATE, aged(Key::new().byte(state).byte(calm)));
        entries.key(&OWNER, aged(Key::new().id(&self.owner.0)));
        let mut parties = self.companions.clone();
        parties.insert(self.filer);
        parties.extend(self.companion);
        parties.remove(&self.owner);
        for party in parties {
            entries.key(&PARTY, aged(Key::new().id(&party.0)));
        }
        entries.key(&AGENCY, aged(Key::new().same_text(&self.agency)));
        entries.key(
            &CERTIFICATE,
            aged(Key::new().certificate(&self.certificate)),
        );
        if let Some(claim) = &self.claim {
            let key = Key::new().id(&claim.officer.0).time(claim.since).id(id);
            entries.key(&CLAIM, key.done());
        }
        let mut due = |kind: u8, at: Timestamp| {
            entries.key(&DUE, Key::new().byte(kind).time(at).id(id).done());
        };
        if let Some(at) = self.letter_due {
            due(LETTER_DUE, at);
        }
        if let (State::Terjadwal, Some(schedule)) = (self.state, &self.schedule) {
            due(EFFECTIVE, schedule.effective);
        }
        if let (State::Diberitahukan, Some(notice)) = (self.state, &self.notice) {
            due(NOTIFIED, notice.at);
        }
        let counter = Key::new().raw(STATES).byte(state).byte(calm);
        entries.count(counter.done(), 1);
        entries
    }

    record_bytes!();
}

const fn in_queue(state: State) -> bool {
    matches!(
        state,
        State::Diajukan | State::Diperiksa | State::DataSesuai | State::DnCocok | State::Terjadwal
    )
}

fn state_byte(state: State) -> u8 {
    State::ALL.iter().position(|s| *s == state).unwrap_or(0) as u8
}

fn number_key(number: RequestNumber) -> Vec<u8> {
    Key::new()
        .raw(&number.year.to_be_bytes())
        .u32(number.sequence)
        .done()
}

/// What a list or a live filter needs of a request: small enough to keep a hundred thousand of them in memory.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RequestRow {
    pub id: RequestId,
    pub number: Option<RequestNumber>,
    pub state: State,
    pub urgent: bool,
    pub owner: AccountId,
    pub filer: AccountId,
    pub companion: Option<AccountId>,
    pub agency: String,
    pub certificate: CertificateKey,
    pub reasons: Vec<ReasonId>,
    pub reason_code: Option<ReasonCode>,
    pub created_at: Timestamp,
    /// Starts the 24-hour clock.
    pub first_submitted_at: Option<Timestamp>,
    pub submitted_at: Option<Timestamp>,
    pub changed_at: Timestamp,
    pub claimed_by: Option<AccountId>,
    /// When the claimant was last at work.
    pub claim_activity: Option<Timestamp>,
    pub letter_due: Option<Timestamp>,
    pub effective: Option<Timestamp>,
    pub letters: u32,
    pub round: u32,
    pub version: u64,
}

impl From<&Request> for RequestRow {
    fn from(r: &Request) -> Self {
        Self {
            id: r.id,
            number: r.number,
            state: r.state,
            urgent: r.urgent,
            owner: r.owner,
            filer: r.filer,
            companion: r.companion,
            agency: r.agency.clone(),
            certificate: r.certificate.clone(),
            reasons: r.reasons.clone(),
            reason_code: r.reason_code(),
            created_at: r.created_at,
            first_submitted_at: r.first_submitted_at,
            submitted_at: r.submitted_at,
            changed_at: r.changed_at,
            claimed_by: r.claim.as_ref().map(|c| c.officer),
            claim_activity: r.claim.as_ref().map(|c| c.last_activity),
            letter_due: r.letter_due,
            effective: r.schedule.as_ref().map(|s| s.effective),
            letters: r.letters.len() as u32,
            round: r.round,
            version: r.version,
        }
    }
}

/// How many requests are in one state, and how many of them are urgent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct StateCount {
    pub state: State,
    pub all: u64,
    pub urgent: u64,
}

impl Reader {
    pub fn request(&self, id: RequestId) -> Result<Option<Request>, StoreError> {
        self.row(&id.0)
    }

    pub fn request_by_number(&self, number: RequestNumber) -> Result<Option<Request>, StoreError> {
        self.row_by(&NUMBER, &number_key(number))
    }

    /// The request on this certificate whose outcome is still open.
    pub fn open_request(
        &self,
        certificate: &CertificateKey,
    ) -> Result<Option<Request>, StoreError> {
        self.row_by(&OPEN, Key::new().certificate(certificate).bytes())
    }

    /// One page of a list of requests.
    pub fn requests(
        &self,
        list: &RequestList,
        window: &Window,
    ) -> Result<Page<Request>, StoreError> {
        let (index, span) = plan(list);
        self.page_by(index, &[span], window)
    }

    /// The cursor before the `n`-th row of a list, for a jump; `None` for its beginning.
    pub fn requests_from(&self, list: &RequestList, n: u64) -> Result<Option<Cursor>, StoreError> {
        let (index, span) = plan(list);
        self.nth(index.table, &[span], n)
    }

    /// How many requests a list has. Walks its index keys; for single states use [`Reader::request_counts`].
    pub fn request_list_len(&self, list: &RequestList) -> Result<u64, StoreError> {
        let (index, span) = plan(list);
        let opened = self.open(index.table)?;
        let n = opened.range(&span)?.count() as u64;
        Ok(n)
    }

    /// How many requests are in each state, from counters; every state is there, in the order of [`State::ALL`].
    pub fn request_counts(&self) -> Result<Vec<StateCount>, StoreError> {
        State::ALL
            .into_iter()
            .map(|state| {
                let count = |calm: u8| {
                    let key = Key::new().raw(STATES).byte(state_byte(state)).byte(calm);
                    self.count(key.bytes())
                };
                let urgent = count(0)?;
                Ok(StateCount {
                    state,
                    all: urgent + count(1)?,
                    urgent,
                })
            })
            .collect()
    }

    /// Every request's row, in no order of meaning: for a projection that the caller keeps in memory and refreshes row
    /// by row with what he writes.
    pub fn for_each_request_row(
        &self,
        mut visit: impl FnMut(RequestRow),
    ) -> Result<(), StoreError> {
        self.each(Request::ROWS, &Span::all(), |_, value| {
            visit(RequestRow::from(&Request::decode(value)?));
            Ok(())
        })
    }
}

impl Writer {
    /// Adds or replaces a request. [`StoreError::Duplicate`] names `requests.number` or, for a second open request on
    /// one certificate, `requests.open_certificate`.
    pub fn put_request(&mut self, request: &Request) -> Result<(), StoreError> {
        self.put_row(request).map(drop)
    }

    /// Deletes a request, as for a draft that nobody wants. Whether there was one.
    pub fn delete_request(&mut self, id: RequestId) -> Result<bool, StoreError> {
        Ok(self.delete_row::<Request>(&id.0)?.is_some())
    }

    /// The next free number of a year, from 1. Taken when this transaction commits.
    pub fn next_request_number(&mut self, year: u16) -> Result<RequestNumber, StoreError> {
        let name = format!("{SEQUENCE}/{year}");
        let sequence = self
            .sequence(&name)?
            .checked_add(1)
            .ok_or(StoreError::Exhausted {
                what: "request numbers",
            })?;
        self.set_sequence(&name, sequence)?;
        Ok(RequestNumber { year, sequence })
    }
}

fn plan(list: &RequestList) -> (&'static Index, Span) {
    let run = |key: Key| Span::prefix(key.bytes());
    let key = Key::new();
    match list {
        RequestList::Queue => (&QUEUE, Span::all()),
        RequestList::Number => (&NUMBER, Span::all()),
        RequestList::State(state) => (&STATE, run(key.byte(state_byte(*state)))),
        RequestList::Owner(id) => (&OWNER, run(key.id(&id.0))),
        RequestList::FiledOrAccompanied(id) => (&PARTY, run(key.id(&id.0))),
        RequestList::Agency(name) => (&AGENCY, run(key.same_text(name))),
        RequestList::Certificate(c) => (&CERTIFICATE, run(key.certificate(c))),
        RequestList::ClaimedBy(id) => (&CLAIM, run(key.id(&id.0))),
        RequestList::Claimed => (&CLAIM, Span::all()),
        RequestList::LetterDue => (&DUE, run(key.byte(LETTER_DUE))),
        RequestList::Scheduled => (&DUE, run(key.byte(EFFECTIVE))),
        RequestList::Unacknowledged => (&DUE, run(key.byte(NOTIFIED))),
    }
}
