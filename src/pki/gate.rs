//! The publishing gate: the last reader of a new CRL before it replaces the published one (DOMAIN.md "CRL rules").
//! It believes nothing that the writer believed: it reads the candidate, what the database says and the published
//! predecessor in one merge, in constant memory, and verifies the signature with the CA's certificate. Publishes nothing.

pub mod base;
mod predecessor;
#[cfg(test)]
mod tests;

use std::cmp::Ordering;
use std::io::Read;

use self::predecessor::{Old, Published, Scope};
use super::check;
use super::crl_issuer::CrlIssuer;
use super::crl_read::{CrlReader, CrlSource, CrlTail, ReadError};
use super::der_scan::DerError;
use super::entry::{RawEntry, compare_serials, serial_text};
use super::examine::Facts;
use super::stream_signature::SignatureFault;
use crate::domain::instant::SECOND;
use crate::domain::{CrlNumber, Serial, Timestamp};

/// What the candidate replaces.
pub enum Predecessor<'a> {
    /// Nothing of this scope was ever published, nor numbered.
    None,
    /// The published CRL of the same kind and scope.
    Published(&'a dyn CrlSource),
    /// It cannot be read any more, or it is a delta on another base: the last number known is compared, entries are not.
    Lost { last_number: CrlNumber },
}

/// What the gate holds the candidate against.
pub struct Gate<'a, L> {
    pub issuer: &'a CrlIssuer,
    pub now: Timestamp,
    pub predecessor: Predecessor<'a>,
    /// The latest thisUpdate of all that was signed of this issuer, and of what was decided. Where the clock went back behind it, the
    /// candidate may begin a second after it, in the future.
    pub follows: Option<Timestamp>,
    /// Whether a certificate of the predecessor may be absent from the candidate: it expired and a regular CRL after
    /// that was published, or it was released from hold.
    pub may_leave: L,
}

/// A candidate that may be published.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Passed {
    pub number: CrlNumber,
    pub this_update: Timestamp,
    pub next_update: Timestamp,
    pub entries: u64,
    /// Rules that the list breaks and that do not keep it back, each with what was found.
    pub remarks: Vec<(&'static str, String)>,
}

/// Rules that a right list of ours may break, because they are broken by what was issued long ago: a certificate whose
/// serial has 21 octets in DER must be revocable.
const REMARKS: [&str; 1] = ["serial-length"];

/// Why a candidate is not published. Serials are printed as the desk prints them.
#[derive(Debug, thiserror::Error)]
pub enum Refusal<E: std::error::Error + 'static> {
    #[error("the new CRL cannot be read: {0}")]
    Unreadable(ReadError),
    #[error("the new CRL's signature does not verify with the CA's certificate: {0}")]
    Signature(SignatureFault),
    #[error("the new CRL has no number")]
    NoNumber,
    #[error(
        "the new CRL has the number {number}, the published one {published}: a number only rises"
    )]
    NumberNotHigher {
        number: CrlNumber,
        published: CrlNumber,
    },
    #[error("the new CRL begins at {this_update}, before the published one ({published})")]
    Older {
        this_update: Timestamp,
        published: Timestamp,
    },
    #[error("the new CRL ends at {next_update}, which is past")]
    AlreadyEnded { next_update: Timestamp },
    #[error("certificate {serial} is revoked in the database and missing on the new CRL")]
    Missing { serial: String },
    #[error("certificate {serial} is on the new CRL and not revoked in the database")]
    NotRevoked { serial: String },
    #[error("the entry of certificate {serial} is not the one in the database")]
    OtherEntry { serial: String },
    #[error("certificate {serial} is on the published CRL and would be un-revoked by the new one")]
    WouldUnrevoke { serial: String },
    #[error("the published CRL cannot be read: {0}")]
    PredecessorUnreadable(ReadError),
    #[error("the published CRL was not signed by this issuer: {0}")]
    PredecessorNotOurs(SignatureFault),
    #[error("the published CRL is of another kind, base or distribution point than the new one")]
    OtherScope,
    #[error("the new CRL breaks the rule {rule}: {detail}")]
    Rule { rule: &'static str, detail: String },
    #[error("an entry in the database is malformed: {0}")]
    StoredEntry(DerError),
    #[error("the database could not be read: {0}")]
    Database(#[source] E),
}

impl<L: FnMut(&Serial) -> bool> Gate<'_, L> {
    /// Reads `candidate` and lets it pass or says why not. `database`: the encoded entries that must be on it, one or
    /// more at a time, in ascending order of serials, nothing else.
    pub fn examine<C, I, B, E>(mut self, candidate: &C, database: I) -> Result<Passed, Refusal<E>>
    where
        C: CrlSource + ?Sized,
        I: IntoIterator<Item = Result<B, E>>,
        B: AsRef<[u8]>,
        E: std::error::Error + 'static,
    {
        let unreadable = Refusal::Unreadable;
        let mut reader = CrlReader::open(candidate).map_err(unreadable)?;
        let mut facts = Facts::empty(Some(self.issuer), self.now);
        facts.begin(&reader);
        let mut old = match &self.predecessor {
            Predecessor::Published(source) => Some(Old::open(*source)?),
            _ => None,
        };
        for run in database {
            let run = run.map_err(Refusal::Database)?;
            let taken = facts.entries.take_run(run.as_ref());
            let run = taken.map_err(Refusal::StoredEntry)?;
            // The same octets on the candidate: what was seen of them is true of it.
            if !reader.pass_same(&run).map_err(unreadable)? {
                return Err(first_difference(&mut reader, run.der));
            }
            if let Some(old) = &mut old {
                old.pass_run(&run, &mut self.may_leave)?;
            }
        }
        if let Some(entry) = reader.next_entry().map_err(unreadable)? {
            return Err(Refusal::NotRevoked {
                serial: serial_text(entry.serial),
            });
        }
        let tail = reader.finish().map_err(unreadable)?;
        facts.end(candidate, tail).map_err(unreadable)?;
        let published = match (old, &self.predecessor) {
            (Some(old), _) => Some(old.finish(candidate, self.issuer, &mut self.may_leave)?),
            (_, Predecessor::Lost { last_number }) => Some(Published {
                number: Some(*last_number),
                this_update: None,
                scope: None,
            }),
            _ => None,
        };
        self.conclude(&facts, published)
    }

    /// Judges what does not need the entries. The refusals that name a fact come first, the table of rules last.
    fn conclude<E: std::error::Error>(
        &self,
        facts: &Facts<'_>,
        published: Option<Published>,
    ) -> Result<Passed, Refusal<E>> {
        if let Some(Err(fault)) = &facts.signature {
            return Err(Refusal::Signature(fault.clone()));
        }
        let number = facts
            .tail
            .as_ref()
            .and_then(CrlTail::crl_number)
            .ok_or(Refusal::NoNumber)?;
        let head = facts.head.as_ref();
        let this_update = head.and_then(|head| head.this_update.get());
        let next_update = head.and_then(|head| head.next_update.as_ref()?.get());
        let follows_the_future = self
            .follows
            .is_some_and(|last| last > self.now && this_update == Some(last.plus(SECOND)));
        if let Some(published) = published {
            let scope = facts.tail.as_ref().map(|tail| Scope::of(&tail.extensions));
            if published.scope.is_some() && published.scope != scope {
                return Err(Refusal::OtherScope);
            }
            if let Some(published) = published.number.filter(|published| number <= *published) {
                return Err(Refusal::NumberNotHigher { number, published });
            }
            if let (Some(this_update), Some(published)) = (this_update, published.this_update)
                && this_update < published
            {
                return Err(Refusal::Older {
                    this_update,
                    published,
                });
            }
        }
        if let Some(next_update) = next_update.filter(|next| *next <= self.now) {
            return Err(Refusal::AlreadyEnded { next_update });
        }
        let mut remarks = Vec::new();
        for broken in check::report(facts).broken() {
            let (rule, detail) = (broken.rule, broken.detail.clone());
            let expected = follows_the_future && rule == "this-update-not-future";
            if !expected && !REMARKS.contains(&rule) {
                return Err(Refusal::Rule { rule, detail });
            }
            remarks.push((rule, detail));
        }
        match (this_update, next_update) {
            (Some(this_update), Some(next_update)) => Ok(Passed {
                number,
                this_update,
                next_update,
                entries: facts.entries.count,
                remarks,
            }),
            // The table has rules for both dates, so this is not reached.
            _ => Err(Refusal::Rule {
                rule: "next-update-present",
                detail: String::new(),
            }),
        }
    }
}

/// Says how the candidate's next entries and those of a run that the database has next differ.
fn first_difference<E: std::error::Error>(
    reader: &mut CrlReader<Box<dyn Read + '_>>,
    mut run: &[u8],
) -> Refusal<E> {
    loop {
        let wanted = match RawEntry::first(run) {
            Ok(wanted) => wanted,
            Err(fault) => return Refusal::StoredEntry(fault),
        };
        let missing = || Refusal::Missing {
            serial: serial_text(wanted.serial),
        };
        let entry = match reader.next_entry() {
            Ok(Some(entry)) => entry,
            Ok(None) => return missing(),
            Err(error) => return Refusal::Unreadable(error),
        };
        if entry.der != wanted.der {
            let serial = serial_text(entry.serial);
            return match compare_serials(entry.serial, wanted.serial) {
                Ordering::Equal => Refusal::OtherEntry { serial },
                Ordering::Less => Refusal::NotRevoked { serial },
                Ordering::Greater => missing(),
            };
        }
        run = &run[wanted.der.len()..];
    }
}
