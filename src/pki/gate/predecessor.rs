//! The published CRL, read along with the one that is to replace it: nothing on it may get lost.

use std::cmp::Ordering;

use super::Refusal;
use crate::domain::{CrlNumber, Serial, Timestamp};
use crate::pki::crl_extension::CrlExtensions;
use crate::pki::crl_issuer::CrlIssuer;
use crate::pki::crl_read::{CrlReader, CrlSource};
use crate::pki::entry::{EntryRun, RawEntry, compare_serials, serial_text};
use crate::pki::ordered::{OrderError, OrderedEntries};

/// The predecessor, read along with the candidate.
pub(super) struct Old<'s> {
    source: &'s dyn CrlSource,
    /// `None` when the list turned out to be out of order and is compared afterwards.
    entries: Option<OrderedEntries<'s>>,
}

/// What the published CRL says of itself.
pub(super) struct Published {
    pub number: Option<CrlNumber>,
    pub this_update: Option<Timestamp>,
    pub scope: Option<Scope>,
}

/// What must be equal in two CRLs of which one replaces the other.
#[derive(PartialEq, Eq)]
pub(super) struct Scope {
    delta_base: Option<Vec<u8>>,
    uris: Option<Vec<String>>,
}

impl Scope {
    pub fn of(extensions: &CrlExtensions) -> Self {
        let idp = extensions.issuing_distribution_point.as_ref();
        Self {
            delta_base: extensions
                .delta_base
                .as_ref()
                .map(|known| known.get().cloned().unwrap_or_default()),
            uris: idp.map(|known| known.get().map(|idp| idp.uris.clone()).unwrap_or_default()),
        }
    }
}

impl<'s> Old<'s> {
    pub fn open<E: std::error::Error>(source: &'s dyn CrlSource) -> Result<Self, Refusal<E>> {
        let entries = match OrderedEntries::stream(source) {
            Ok(entries) => Some(entries),
            Err(OrderError::NotAscending) => None,
            Err(OrderError::Read(error)) => return Err(Refusal::PredecessorUnreadable(error)),
        };
        Ok(Self { source, entries })
    }

    /// The candidate has these entries next: everything before them and between them that the predecessor has is missing
    /// on the candidate.
    pub fn pass_run<E: std::error::Error>(
        &mut self,
        run: &EntryRun<'_>,
        may_leave: &mut impl FnMut(&Serial) -> bool,
    ) -> Result<(), Refusal<E>> {
        let Some(entries) = &mut self.entries else {
            return Ok(());
        };
        // Nearly always the predecessor has the same entries, and nothing needs to be taken apart.
        let same = entries.pass_same(run);
        let mut passed = same.map_err(Passing::Order);
        if let Ok(false) = passed {
            let mut rest = run.der;
            while !rest.is_empty() {
                let entry = RawEntry::first(rest).map_err(Refusal::StoredEntry)?;
                if let Err(passing) = pass(entries, Some(&entry), may_leave) {
                    passed = Err(passing);
                    break;
                }
                rest = &rest[entry.der.len()..];
            }
        }
        match passed {
            Err(Passing::Order(OrderError::NotAscending)) => {
                self.entries = None;
                Ok(())
            }
            other => other.map(drop).map_err(Passing::into),
        }
    }

    /// Both lists are at their end. Verifies the predecessor's signature; where it was out of order, compares it now.
    pub fn finish<E: std::error::Error>(
        mut self,
        candidate: &(impl CrlSource + ?Sized),
        issuer: &CrlIssuer,
        may_leave: &mut impl FnMut(&Serial) -> bool,
    ) -> Result<Published, Refusal<E>> {
        let unreadable = Refusal::PredecessorUnreadable;
        if let Some(entries) = &mut self.entries {
            match pass(entries, None, may_leave) {
                Err(Passing::Order(OrderError::NotAscending)) => self.entries = None,
                other => other.map_err(Passing::into)?,
            }
        }
        let entries = match self.entries {
            Some(entries) => entries,
            None => compare_sorted(self.source, candidate, may_leave).map_err(Passing::into)?,
        };
        let (head, tail) = entries
            .finish()
            .map_err(|error| Passing::Order(error).into())?;
        tail.verify(self.source, issuer)
            .map_err(unreadable)?
            .map_err(Refusal::PredecessorNotOurs)?;
        Ok(Published {
            number: tail.crl_number(),
            this_update: head.this_update.get(),
            scope: Some(Scope::of(&tail.extensions)),
        })
    }
}

/// Compares a predecessor whose entries are out of order, in a pass of its own.
fn compare_sorted<'s>(
    source: &'s dyn CrlSource,
    candidate: &(impl CrlSource + ?Sized),
    may_leave: &mut impl FnMut(&Serial) -> bool,
) -> Result<OrderedEntries<'s>, Passing> {
    let mut entries = OrderedEntries::sorted(source).map_err(Passing::Order)?;
    let order = |error| Passing::Order(OrderError::Read(error));
    let mut reader = CrlReader::open(candidate).map_err(order)?;
    while let Some(entry) = reader.next_entry().map_err(order)? {
        pass(&mut entries, Some(&entry), may_leave)?;
    }
    pass(&mut entries, None, may_leave)?;
    Ok(entries)
}

enum Passing {
    Order(OrderError),
    WouldUnrevoke(String),
}

impl Passing {
    fn into<E: std::error::Error>(self) -> Refusal<E> {
        match self {
            Self::Order(OrderError::Read(error)) => Refusal::PredecessorUnreadable(error),
            // Sorted lists ascend, and streams that do not are sorted before this is asked.
            Self::Order(OrderError::NotAscending) => Refusal::WouldUnrevoke {
                serial: String::new(),
            },
            Self::WouldUnrevoke(serial) => Refusal::WouldUnrevoke { serial },
        }
    }
}

/// Steps over what the predecessor has up to `reached` (to its end: `None`). What lies before `reached` may leave or
/// is un-revoked; what equals it is still there.
fn pass(
    old: &mut OrderedEntries<'_>,
    reached: Option<&RawEntry<'_>>,
    may_leave: &mut impl FnMut(&Serial) -> bool,
) -> Result<(), Passing> {
    if let Some(reached) = reached
        && old.pass_same(&reached.into()).map_err(Passing::Order)?
    {
        return Ok(());
    }
    while let Some(entry) = old.entry().map_err(Passing::Order)? {
        let serial = entry.serial;
        let order = reached.map_or(Ordering::Less, |reached| {
            compare_serials(serial, reached.serial)
        });
        match order {
            Ordering::Greater => return Ok(()),
            Ordering::Equal => {}
            // What stands there twice was judged the first time.
            Ordering::Less if entry.repeats => {}
            Ordering::Less => {
                let known = Serial::from_magnitude(serial).ok();
                if !known.is_some_and(|known| may_leave(&known)) {
                    return Err(Passing::WouldUnrevoke(serial_text(serial)));
                }
            }
        }
        old.advance();
    }
    Ok(())
}
