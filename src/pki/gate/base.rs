//! What a relying party makes of a base and its delta must be what the complete list says (RFC 5280 §5.2.4): the three
//! are read side by side, in constant memory. Looks at entries only; the signature and the rest are the gate's.

use std::cmp::Ordering;
use std::io::Read;

use crate::domain::CrlNumber;
use crate::pki::crl_read::{CrlReader, CrlSource, ReadError};
use crate::pki::der_scan::DerError;
use crate::pki::entry::{EntryRun, REMOVE_FROM_CRL, RawEntry, compare_serials, serial_text};
use crate::pki::oid;
use crate::pki::ordered::{OrderError, OrderedEntries};

/// Why base and delta do not add up to the complete list.
#[derive(Debug, thiserror::Error)]
pub enum Disagreement<E: std::error::Error + 'static> {
    #[error("the base CRL cannot be read: {0}")]
    Base(#[source] OrderError),
    #[error("the file of the base CRL has the number {found}, the delta refers to {expected}")]
    OtherBase {
        expected: CrlNumber,
        found: CrlNumber,
    },
    #[error("the delta CRL cannot be read: {0}")]
    Delta(#[source] ReadError),
    #[error(
        "certificate {serial} is revoked, and neither base nor delta say what the complete list says of it"
    )]
    NotTold { serial: String },
    #[error("certificate {serial} is not revoked any more, and the delta does not remove it")]
    NotRemoved { serial: String },
    #[error("the delta says of certificate {serial} what the complete list does not")]
    Contradicts { serial: String },
    #[error("an entry of the complete list is malformed: {0}")]
    StoredEntry(DerError),
    #[error("the complete list cannot be read: {0}")]
    Complete(#[source] E),
}

/// Reads `base`, `delta` and the complete list's entries (encoded, one or more at a time, in the order of their serials)
/// in one merge. Each entry of the complete list must be on the delta, or on the base and not on the delta; whatever else
/// is on the base must be removed by the delta, and whatever else is on the delta must be a removal.
pub fn agree<I, B, E>(
    base: &dyn CrlSource,
    number: CrlNumber,
    delta: &dyn CrlSource,
    complete: I,
) -> Result<(), Disagreement<E>>
where
    I: IntoIterator<Item = Result<B, E>>,
    B: AsRef<[u8]>,
    E: std::error::Error + 'static,
{
    let mut old = OrderedEntries::stream(base).map_err(Disagreement::Base)?;
    let mut told = Told::open(delta)?;
    for run in complete {
        let run = run.map_err(Disagreement::Complete)?;
        let run = EntryRun::of(run.as_ref()).map_err(Disagreement::StoredEntry)?;
        // Nearly always the base has the same entries, and the delta none of them.
        if told.begins_behind(run.last) && old.pass_same(&run).map_err(Disagreement::Base)? {
            continue;
        }
        let mut rest = run.der;
        while !rest.is_empty() {
            let entry = RawEntry::first(rest).map_err(Disagreement::StoredEntry)?;
            take(&mut old, &mut told, &entry)?;
            rest = &rest[entry.der.len()..];
        }
    }
    pass(&mut old, &mut told, None)?;
    let (_, tail) = old.finish().map_err(Disagreement::Base)?;
    let found = tail.crl_number().unwrap_or_default();
    if found != number {
        return Err(Disagreement::OtherBase {
            expected: number,
            found,
        });
    }
    Ok(())
}

/// The complete list has `entry`: base and delta must say the same.
fn take<E: std::error::Error>(
    old: &mut OrderedEntries<'_>,
    told: &mut Told<'_>,
    entry: &RawEntry<'_>,
) -> Result<(), Disagreement<E>> {
    let (serial, der) = (entry.serial, entry.der);
    if told.begins_behind(serial) && old.pass_same(&entry.into()).map_err(Disagreement::Base)? {
        return Ok(());
    }
    pass(old, told, Some(serial))?;
    let on_base = old.entry().map_err(Disagreement::Base)?;
    let on_base = on_base.filter(|e| e.serial == serial);
    let same_on_base = on_base.as_ref().is_some_and(|e| e.der == der);
    let was_on_base = on_base.is_some();
    match told.next.take_if(|told| told.serial == serial) {
        Some(told) if told.der != der => return Err(contradicts(serial)),
        None if !same_on_base => {
            return Err(Disagreement::NotTold {
                serial: serial_text(serial),
            });
        }
        Some(_) => told.advance()?,
        None => {}
    }
    if was_on_base {
        old.advance();
    }
    Ok(())
}

/// Everything before `serial`, which the complete list does not have: on the delta only as a removal, and on the base
/// only if the delta removes it.
fn pass<E: std::error::Error>(
    old: &mut OrderedEntries<'_>,
    told: &mut Told<'_>,
    serial: Option<&[u8]>,
) -> Result<(), Disagreement<E>> {
    let before = |here: &[u8]| serial.is_none_or(|s| compare_serials(here, s) == Ordering::Less);
    loop {
        let removed = told.next.take_if(|told| before(&told.serial));
        let removed = match removed {
            Some(entry) if !entry.removes => return Err(contradicts(&entry.serial)),
            other => other,
        };
        // What the base has before that removal is not removed.
        while let Some(entry) = old.entry().map_err(Disagreement::Base)? {
            if !before(entry.serial) {
                break;
            }
            let place = removed
                .as_ref()
                .map_or(Ordering::Less, |r| compare_serials(entry.serial, &r.serial));
            match place {
                Ordering::Less => {
                    return Err(Disagreement::NotRemoved {
                        serial: serial_text(entry.serial),
                    });
                }
                Ordering::Equal => old.advance(),
                Ordering::Greater => break,
            }
        }
        if removed.is_none() {
            return Ok(());
        }
        told.advance()?;
    }
}

fn contradicts<E: std::error::Error>(serial: &[u8]) -> Disagreement<E> {
    Disagreement::Contradicts {
        serial: serial_text(serial),
    }
}

/// The delta's entries with one of look-ahead.
struct Told<'s> {
    reader: CrlReader<Box<dyn Read + 's>>,
    next: Option<ToldEntry>,
}

struct ToldEntry {
    serial: Vec<u8>,
    der: Vec<u8>,
    removes: bool,
}

impl<'s> Told<'s> {
    fn open<E: std::error::Error>(delta: &'s dyn CrlSource) -> Result<Self, Disagreement<E>> {
        let reader = CrlReader::open(delta).map_err(Disagreement::Delta)?;
        let mut this = Self { reader, next: None };
        this.advance()?;
        Ok(this)
    }

    /// Whether all that the delta still says is of higher serials.
    fn begins_behind(&self, serial: &[u8]) -> bool {
        let next = self.next.as_ref();
        next.is_none_or(|told| compare_serials(&told.serial, serial) == Ordering::Greater)
    }

    fn advance<E: std::error::Error>(&mut self) -> Result<(), Disagreement<E>> {
        let entry = self.reader.next_entry().map_err(Disagreement::Delta)?;
        self.next = entry.map(|entry| ToldEntry {
            serial: entry.serial.to_vec(),
            der: entry.der.to_vec(),
            removes: removes(&entry),
        });
        Ok(())
    }
}

/// Whether the entry's reason is removeFromCRL (RFC 5280 §5.3.1).
fn removes(entry: &RawEntry<'_>) -> bool {
    entry
        .extensions()
        .map_while(Result::ok)
        .filter(|extension| extension.oid == oid::REASON_CODE)
        .any(|extension| extension.reason_code().ok() == Some(u32::from(REMOVE_FROM_CRL)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ReasonCode, Serial, Timestamp};
    use crate::pki::crl_fixture::{TestCa, now};
    use crate::pki::entry::{EntryReason, RevokedEntry};
    use crate::pki::plan::CrlKind;
    use crate::pki::write::{SignedCrl, algorithm_of, assemble};

    fn entry(serial: u8, reason: EntryReason) -> Vec<u8> {
        let entry = RevokedEntry {
            serial: Serial::from_magnitude(&[serial]).unwrap(),
            revocation_date: now(),
            reason,
            invalidity_date: None,
        };
        entry.encode().unwrap()
    }

    fn revoked(serial: u8) -> Vec<u8> {
        entry(serial, EntryReason::Revoked(ReasonCode::Superseded))
    }

    fn held(serial: u8) -> Vec<u8> {
        entry(serial, EntryReason::Revoked(ReasonCode::CertificateHold))
    }

    fn removed(serial: u8) -> Vec<u8> {
        entry(serial, EntryReason::RemoveFromCrl)
    }

    fn crl(number: u64, kind: CrlKind, entries: &[Vec<u8>]) -> SignedCrl {
        let ca = TestCa::new();
        let algorithm = algorithm_of(&ca.key).unwrap();
        assemble(&ca.plan(number, kind), algorithm, entries, 0)
            .unwrap()
            .sign(&ca.key)
            .unwrap()
    }

    /// What is said of base 4 with `base`, a delta with `delta`, and the list `complete`.
    fn judge(base: &[Vec<u8>], delta: &[Vec<u8>], complete: &[Vec<u8>]) -> String {
        let number = CrlNumber::from(4);
        let base = crl(4, CrlKind::Complete, base);
        let delta = crl(9, CrlKind::Delta { base: number }, delta);
        let complete = complete.iter().map(Ok::<_, std::fmt::Error>);
        match agree(&base, number, &delta, complete) {
            Ok(()) => "agree".to_owned(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn a_delta_that_adds_changes_and_removes_makes_the_complete_list_of_its_base() {
        assert_eq!(judge(&[], &[], &[]), "agree");
        let base = [revoked(1), held(3), held(5), revoked(7), held(9)];
        let delta = [revoked(2), revoked(3), removed(5), removed(6), removed(9)];
        let complete = [revoked(1), revoked(2), revoked(3), revoked(7)];
        assert_eq!(judge(&base, &delta, &complete), "agree");
        // The first and the last of each.
        assert_eq!(judge(&[held(1)], &[removed(1)], &[]), "agree");
        assert_eq!(judge(&[], &[revoked(9)], &[revoked(9)]), "agree");
        // Told again though the base says the same: no harm.
        assert_eq!(judge(&[held(1)], &[held(1)], &[held(1)]), "agree");
    }

    #[test]
    fn each_way_to_mislead_a_relying_party_is_refused() {
        for (base, delta, complete, expected) in [
            (
                vec![],
                vec![],
                vec![revoked(2)],
                "certificate 02 is revoked",
            ),
            (
                vec![held(2)],
                vec![],
                vec![revoked(2)],
                "certificate 02 is revoked",
            ),
            (
                vec![held(2)],
                vec![],
                vec![],
                "certificate 02 is not revoked any more",
            ),
            (
                vec![held(2), held(3)],
                vec![removed(3)],
                vec![],
                "certificate 02 is not revoked any more",
            ),
            (
                vec![held(2), held(3)],
                vec![removed(2)],
                vec![],
                "certificate 03 is not revoked any more",
            ),
            (
                vec![],
                vec![revoked(2)],
                vec![],
                "the delta says of certificate 02",
            ),
            (
                vec![held(2)],
                vec![revoked(2)],
                vec![],
                "the delta says of certificate 02",
            ),
            (
                vec![held(2)],
                vec![removed(2)],
                vec![held(2)],
                "the delta says of certificate 02",
            ),
            (
                vec![],
                vec![held(2)],
                vec![revoked(2)],
                "the delta says of certificate 02",
            ),
        ] {
            let said = judge(&base, &delta, &complete);
            assert!(said.starts_with(expected), "{said}, expected {expected}");
        }
    }

    #[test]
    fn another_complete_crl_is_no_base() {
        let base = crl(5, CrlKind::Complete, &[]);
        let number = CrlNumber::from(4);
        let delta = crl(9, CrlKind::Delta { base: number }, &[]);
        let complete = std::iter::empty::<Result<Vec<u8>, std::fmt::Error>>();
        assert!(matches!(
            agree(&base, number, &delta, complete),
            Err(Disagreement::OtherBase { .. })
        ));
    }

    #[test]
    fn the_time_of_an_entry_counts_as_its_reason_does() {
        let other = RevokedEntry {
            serial: Serial::from_magnitude(&[2]).unwrap(),
            revocation_date: Timestamp(now().millis() - 1000),
            reason: EntryReason::Revoked(ReasonCode::Superseded),
            invalidity_date: None,
        };
        let other = other.encode().unwrap();
        assert!(judge(&[other], &[], &[revoked(2)]).starts_with("certificate 02 is revoked"));
    }
}
