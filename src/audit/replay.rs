//! Law 8: the log rebuilds the truth. Folds entries into every request's state, every certificate's status and each
//! issuer's last CRL number, and says where the log contradicts itself. Pure; `ams check` compares with the store.

use std::collections::BTreeMap;
use std::collections::HashMap;

use super::entry::Entry;
use super::object::{ObjectRef, ObjectState};
use crate::domain::{CertificateStatus, CrlNumber, IssuerId, RequestId, Serial, State};

/// What the entries so far amount to. A certificate that no entry ever moved is not in it: it is as it was imported,
/// active or by now expired.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Replay {
    pub requests: HashMap<RequestId, State>,
    pub certificates: HashMap<(IssuerId, Serial), CertificateStatus>,
    pub crls: BTreeMap<IssuerId, CrlNumbers>,
}

/// The last CRL numbers of one issuer.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct CrlNumbers {
    /// The last number taken, published or not.
    pub reserved: Option<CrlNumber>,
    /// The last number published and read back.
    pub published: Option<CrlNumber>,
}

/// Where the log contradicts itself.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Discrepancy {
    #[error("entry {seq} takes {object} out of {}, but it was in {}", or_none(*.from), or_none(*.was))]
    FromState {
        seq: u64,
        object: ObjectRef,
        from: Option<ObjectState>,
        was: Option<ObjectState>,
    },
    #[error("entry {seq} puts {object} into {to}, no state of its kind")]
    WrongKind {
        seq: u64,
        object: ObjectRef,
        to: ObjectState,
    },
    #[error("entry {seq} was refused and still names the new state {to}")]
    RefusedButMoved { seq: u64, to: ObjectState },
    #[error("entry {seq} takes the CRL number {number} of {issuer} after {last}")]
    NumberNotRising {
        seq: u64,
        issuer: IssuerId,
        number: CrlNumber,
        last: CrlNumber,
    },
}

fn or_none(state: Option<ObjectState>) -> &'static str {
    state.map_or("no state", ObjectState::name)
}

impl Replay {
    /// Takes in the next entry. A contradiction is returned, and the entry taken in as it stands where that makes
    /// sense, so that one fault does not make a hundred.
    pub fn take(&mut self, entry: &Entry) -> Result<(), Discrepancy> {
        let Some(to) = entry.to else {
            return Ok(());
        };
        let seq = entry.seq;
        if entry.refusal.is_some() {
            return Err(Discrepancy::RefusedButMoved { seq, to });
        }
        let was = match (&entry.object, to) {
            (ObjectRef::Request(id), ObjectState::Request(state)) => {
                let was = self.requests.insert(*id, state);
                was.map(ObjectState::Request)
            }
            (ObjectRef::Certificate { issuer, serial }, ObjectState::Certificate(status)) => {
                let key = (*issuer, serial.clone());
                let was = self.certificates.insert(key, status);
                // An import is one entry for many certificates: what it brought in begins active without one.
                let imported =
                    Some(CertificateStatus::Active.into()).filter(|a| entry.from == Some(*a));
                was.map(ObjectState::Certificate).or(imported)
            }
            (ObjectRef::Crl { issuer, number }, ObjectState::CrlReserved) => {
                return self.reserve(seq, *issuer, *number);
            }
            (ObjectRef::Crl { issuer, number }, ObjectState::CrlPublished) => {
                return self.publish(seq, *issuer, *number);
            }
            (object, _) => {
                let object = object.clone();
                return Err(Discrepancy::WrongKind { seq, object, to });
            }
        };
        if was == entry.from {
            return Ok(());
        }
        Err(Discrepancy::FromState {
            seq,
            object: entry.object.clone(),
            from: entry.from,
            was,
        })
    }

    fn reserve(
        &mut self,
        seq: u64,
        issuer: IssuerId,
        number: CrlNumber,
    ) -> Result<(), Discrepancy> {
        let numbers = self.crls.entry(issuer).or_default();
        let last = numbers.reserved.replace(number);
        rising(seq, issuer, number, last, false)
    }

    /// A complete and a delta CRL may share a number, and a reserved number may be adopted after a kill, so equal
    /// is right here.
    fn publish(
        &mut self,
        seq: u64,
        issuer: IssuerId,
        number: CrlNumber,
    ) -> Result<(), Discrepancy> {
        let numbers = self.crls.entry(issuer).or_default();
        numbers.reserved = numbers.reserved.max(Some(number));
        let last = numbers.published.replace(number);
        rising(seq, issuer, number, last, true)
    }
}

fn rising(
    seq: u64,
    issuer: IssuerId,
    number: CrlNumber,
    last: Option<CrlNumber>,
    or_equal: bool,
) -> Result<(), Discrepancy> {
    match last {
        Some(last) if number < last || (number == last && !or_equal) => {
            Err(Discrepancy::NumberNotRising {
                seq,
                issuer,
                number,
                last,
            })
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
