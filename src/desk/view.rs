//! What screens and commands are shown: plain values made by queries. Text from outside is already printable here.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::Serialize;

use crate::domain::account::{AccountStatus, PendingGrant};
use crate::domain::distinguished_name::RdnComparison;
use crate::domain::request::Item;
use crate::domain::workflow::Answers;
use crate::domain::{
    Account, AccountId, Certificate, CertificateKey, CertificateStatus, CrlNumber, IssuerId,
    LetterId, MailId, Request, RequestId, RequestNumber, Role, Serial, State, Timestamp,
};

/// One line of the queue; small enough to keep a hundred thousand in memory.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct QueueRow {
    pub id: RequestId,
    pub number: Option<RequestNumber>,
    pub state: State,
    pub urgent: bool,
    pub owner: AccountId,
    pub owner_name: Arc<str>,
    pub agency: Arc<str>,
    pub serial: Serial,
    /// Reason ids, the first first.
    pub reasons: Arc<[Arc<str>]>,
    pub submitted_at: Option<Timestamp>,
    pub first_submitted_at: Option<Timestamp>,
    pub changed_at: Timestamp,
    pub claimed_by: Option<Arc<str>>,
    /// The letter that follows is due then.
    pub letter_due: Option<Timestamp>,
    pub filer: AccountId,
    pub companion: Option<AccountId>,
    pub version: u64,
}

/// Column by which the queue is sorted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum QueueSort {
    /// Urgent first, then oldest submission first: the order of work.
    #[default]
    Work,
    Number,
    Age,
    Owner,
    Agency,
    State,
}

/// A filter and an order, as typed: `instansi:dinkes status:diajukan alasan:lupa umur:>1d !budi`.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct QueueQuery {
    pub filter: String,
    pub sort: QueueSort,
    pub descending: bool,
}

/// A filter's whole result by id in order; rows are fetched for the window shown.
#[derive(Clone, Debug)]
pub struct QueueList {
    pub ids: Arc<Vec<RequestId>>,
    /// How many rows this person may see without the filter.
    pub all: usize,
    /// What in the filter was not understood, if anything.
    pub problem: Option<String>,
}

/// Everything about one request.
#[derive(Clone, Debug)]
pub struct RequestDetail {
    pub request: Request,
    /// The version a command on it must name.
    pub version: u64,
    pub owner: AccountView,
    pub filer: String,
    pub companion: Option<String>,
    pub claimed_by: Option<String>,
    pub certificate: CertificateView,
    /// Labels of the reasons in the reader's language.
    pub reason_labels: Vec<String>,
    pub letters: Vec<LetterView>,
    /// Field by field: account, letter and certificate (step 5 and 6).
    pub comparison: Vec<FieldComparison>,
    /// Account's expected subject against the certificate's subject, RDN by RDN.
    pub subject_comparison: Vec<RdnComparison>,
    /// Whether username and subject agree as step 6 asks.
    pub names_agree: bool,
    pub signature: SignatureState,
    pub timeline: Vec<TimelineEntry>,
    pub mails: Vec<MailRow>,
    /// The certificate's other active siblings of the same owner.
    pub other_certificates: Vec<CertificateView>,
    /// The other certificates over the same public key, whoever's they are.
    pub shares_key: super::SharedKey,
    /// What this person may do now; a refusal says why not.
    pub acts: Answers,
    /// Whether the owner may ask for a new certificate ("boleh mengajukan sertifikat baru").
    pub may_apply_anew: bool,
    /// Since when the CRL that tells of it has been seen at the publication point from outside.
    pub seen_at: Option<Timestamp>,
    /// When the 24-hour clock runs out.
    pub decide_by: Option<Timestamp>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SignatureState {
    Verified,
    Broken,
    IssuerUnknown,
}

/// How two or three sources agree on one field.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Agreement {
    Same,
    Differs,
    /// One side has nothing to compare.
    Empty,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FieldComparison {
    pub item: Item,
    pub account: String,
    /// What the letter says, where its text was read and the field found.
    pub letter: Option<String>,
    pub certificate: Option<String>,
    pub agreement: Agreement,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LetterView {
    pub id: LetterId,
    pub version: u32,
    pub kind: &'static str,
    pub bytes: u64,
    pub pages: u32,
    pub sha256: String,
    pub attached_at: Timestamp,
    pub attached_by: String,
    pub signed: bool,
    /// Without readable text.
    pub scan: bool,
    /// Lines of the extracted text; empty for a scan.
    pub lines: Vec<LetterLine>,
    /// Ids of what an officer should know before opening the file: `java-script`, `embedded-file` …
    pub warnings: Vec<String>,
}

/// A line of a letter with the ranges (byte offsets) where something expected was found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LetterLine {
    pub page: u32,
    pub text: String,
    pub marks: Vec<(std::ops::Range<usize>, LetterMark)>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LetterMark {
    Name,
    Nip,
    Reason,
    /// Letter number or date.
    Number,
    /// The superior's name or NIP.
    Superior,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CertificateView {
    pub certificate: Certificate,
    pub status: CertificateStatus,
    pub owner: Option<String>,
    pub subject: String,
    pub issuer: String,
    /// The open request on it, if any.
    pub open_request: Option<(RequestId, Option<RequestNumber>)>,
    /// The second officer who said yes to its suspension, or to the end of it, and when.
    pub suspension_approved: Option<(super::PersonName, Timestamp)>,
    /// What an officer may do to it outside any request, and if not, why; empty for anybody else.
    pub acts: Answers,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TimelineEntry {
    pub seq: u64,
    pub at: Timestamp,
    /// Name of the actor, or "sistem".
    pub actor: String,
    /// Log action name.
    pub action: String,
    pub from: Option<State>,
    pub to: Option<State>,
    pub refusal: Option<String>,
}

/// An account as others see it; the NIK is masked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AccountView {
    pub account: Account,
    pub nik_masked: Option<String>,
    pub active_certificates: usize,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AccountRow {
    pub id: AccountId,
    pub username: String,
    pub name: String,
    pub nip: Option<String>,
    pub agency: String,
    pub roles: BTreeSet<Role>,
    pub status: AccountStatus,
    pub pending: Vec<PendingGrant>,
}

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

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IssuerView {
    pub id: IssuerId,
    /// The subject of its certificate.
    pub name: String,
    pub label: String,
    pub not_after: Timestamp,
    /// Whether the key is there and open.
    pub key: KeyState,
    /// A PIN opens it, not a passphrase.
    pub on_token: bool,
    /// It expired and has no key here: it is kept for its history.
    pub history_only: bool,
    pub last_number: Option<CrlNumber>,
    pub this_update: Option<Timestamp>,
    pub next_update: Option<Timestamp>,
    pub entries: u64,
    pub published_path: Option<String>,
    /// Decided but not yet on a published CRL.
    pub waiting: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyState {
    Open,
    Locked,
    Missing,
    /// The CA certificate has expired: nothing is signed any more.
    Expired,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CrlRow {
    pub issuer: IssuerId,
    pub issuer_name: String,
    /// `complete`, `delta` or `partition`.
    pub kind: &'static str,
    pub number: CrlNumber,
    pub entries: u64,
    pub this_update: Timestamp,
    pub next_update: Timestamp,
    pub path: String,
    pub published_at: Timestamp,
    /// Since when it, or a newer one, has been seen at the publication point from outside.
    pub seen_at: Option<Timestamp>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LogRow {
    pub seq: u64,
    pub at: Timestamp,
    pub actor: String,
    pub action: String,
    pub object: String,
    pub from: Option<String>,
    pub to: Option<String>,
    pub refusal: Option<String>,
}

/// The state of the log's last verification.
#[derive(Clone, Debug)]
pub struct LogHealth {
    pub size: u64,
    /// Size covered by the last signed checkpoint.
    pub checkpoint: u64,
    pub root: String,
    /// The first of what is wrong, if anything.
    pub problem: Option<std::sync::Arc<super::LogProblem>>,
}

/// One SOP step's time over the last 30 days.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StepStatistic {
    pub number: u8,
    pub standard_seconds: u32,
    /// Requests that saw both ends.
    pub measured: u32,
    pub median_seconds: u32,
    pub late: u32,
}

/// Today at a glance.
#[derive(Clone, Debug)]
pub struct Dashboard {
    pub counts: Vec<(State, u64)>,
    pub urgent: u64,
    /// Past the 24-hour clock.
    pub late: u64,
    pub mine: u64,
    pub letters_overdue: u64,
    pub steps: Vec<StepStatistic>,
    /// Revocations per day, oldest first, today last: 30 values.
    pub revocations: Vec<u32>,
    pub issuers: Vec<IssuerView>,
    pub mail_waiting: u64,
    pub mail_failed: u64,
    pub certificates: Vec<(CertificateStatus, u64)>,
    pub alarms: Vec<Alarm>,
    pub log: LogHealth,
}

/// Why a CRL is not out.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum NotPublished {
    KeyLocked,
    ClockInDoubt,
    /// What the signing process or the token said.
    Signer(crate::pki::signer::SignerError),
    /// What the disk, the gate or the signer said.
    Other(String),
}

/// Why a CRL was not seen at its publication point.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, thiserror::Error)]
pub enum NotSeen {
    #[error("the server cannot be reached: {0}")]
    Unreachable(String),
    #[error("the server does not answer in time")]
    TimedOut,
    #[error("the server answers with status {0}")]
    Status(u16),
    #[error("it leads on too often, or to something that is no web address")]
    Redirects,
    #[error("the answer goes on beyond what a CRL of this issuer has")]
    TooLong,
    /// What the reader said of it.
    #[error("the answer is no CRL: {0}")]
    NoCrl(String),
    #[error("there is another issuer's CRL")]
    OtherIssuer,
    #[error("the signature of the CRL that is there is wrong")]
    Signature,
    #[error("there is a CRL of another kind")]
    OtherKind,
    #[error("CRL {number} is still there")]
    Older { number: CrlNumber },
}

/// Something every officer must see until it is over.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Alarm {
    KeyLocked {
        issuer: String,
    },
    CaExpired {
        issuer: String,
    },
    /// The process that signs ended by itself; it starts anew at the next signature unless the key is locked now.
    SignerEnded {
        issuer: String,
        locked: bool,
    },
    CrlExpiring {
        issuer: String,
        next_update: Timestamp,
    },
    CrlNotPublished {
        issuer: String,
        problem: NotPublished,
    },
    /// Published, and not seen at the publication point.
    CrlNotSeen {
        issuer: String,
        number: CrlNumber,
        url: String,
        problem: NotSeen,
    },
    /// The copy of a CRL that was published could not be kept.
    HistoryNotKept {
        problem: String,
    },
    UnknownRevoked {
        issuer: String,
        count: u64,
    },
    /// A folder in which another program issues certificates cannot be looked into.
    WatchedFolderGone {
        path: String,
    },
    MailFailing {
        count: u64,
    },
    /// No mail leaves at all.
    MailServiceDown {
        answer: String,
    },
    BreakGlass {
        number: RequestNumber,
    },
    HoldUndecided {
        serial: Serial,
    },
    LetterOverdue {
        number: RequestNumber,
    },
    GrantPending {
        username: String,
        effective_at: Timestamp,
    },
    /// The clock jumped forward from the last logged time: nothing is signed until somebody says that it is right.
    ClockJumped {
        last: Timestamp,
    },
    /// The clock is behind what was published.
    ClockBehind {
        issuer: String,
        published: Timestamp,
    },
}

/// A reason as the form offers it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReasonChoice {
    pub id: String,
    pub label: String,
    pub in_sop: bool,
    pub urgent: bool,
    pub asks_misuse: bool,
    pub offers_invalidity_date: bool,
}

/// Something changed that a screen may show.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Change {
    Request(RequestId),
    Certificate(CertificateKey),
    Account(AccountId),
    Mail(MailId),
    Crl(IssuerId),
    Log,
    Settings,
    Alarms,
    /// A letter comes in under a code.
    Letter(RequestId, Arrival),
    /// Work that somebody at this desk began aside has ended.
    Aside,
    /// A session began, was logged in to, locked or left.
    Sessions,
    /// An admin ended the session of this number.
    SessionEnded(u64),
    /// The desk is about to stop.
    Stopping,
}

/// How a letter that comes from another computer fares.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Arrival {
    /// So many octets have come.
    Received(u64),
    Refused(crate::letter::LetterDefect),
    /// It could not be taken; whoever sent it is told why.
    BrokenOff,
}

/// A page of anything that is listed by cursor.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Page<T> {
    pub rows: Vec<T>,
    /// Hand this back to get the next page.
    pub next: Option<String>,
    /// How many there are in all, where that is known without counting.
    pub total: Option<u64>,
}

impl<T> Page<T> {
    /// Everything there is, on one page.
    pub const fn whole(rows: Vec<T>) -> Self {
        Self {
            rows,
            next: None,
            total: None,
        }
    }
}

impl<T> Default for Page<T> {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            next: None,
            total: None,
        }
    }
}

/// A demo account that the login screen of a demo folder lists.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, serde::Deserialize)]
pub struct DemoAccount {
    pub username: String,
    pub password: String,
    pub roles: Vec<Role>,
}

/// What the next CRL will change.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CrlPreview {
    pub added: Vec<PreviewLine>,
    pub removed: Vec<Serial>,
}

/// An entry that waits for the next CRL.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PreviewLine {
    pub serial: Serial,
    pub reason: crate::domain::ReasonCode,
    pub date: Timestamp,
}
