//! What every officer must see until it is over, and why it is so.

use crate::domain::{CrlNumber, RequestNumber, Serial, Timestamp};
use crate::pki::signer::SignerError;

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

/// Why a CRL is not out.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum NotPublished {
    KeyLocked,
    ClockInDoubt,
    /// What the signing process or the token said.
    Signer(SignerError),
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
