//! `crl diff`: what one CRL has and another has not, in one merge of both in serial order. Lists that ascend stream in
//! constant memory; one out of order is loaded and sorted first.

use std::cmp::Ordering;

use super::crl_read::{CrlReader, CrlSource, ReadError};
use super::crl_summary::{CrlSummary, ShownEntry};
use super::entry::{EntryRun, compare_serials};
use super::ordered::{OrderError, OrderedEntries, OrderedEntry};

/// One difference.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Difference {
    Added(ShownEntry),
    Removed(ShownEntry),
    /// The same serial with another date, reason or extension.
    Changed {
        before: ShownEntry,
        after: ShownEntry,
    },
}

/// The two lists and how many of each kind of difference there are.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DiffSummary {
    pub before: CrlSummary,
    pub after: CrlSummary,
    pub added: u64,
    pub removed: u64,
    pub changed: u64,
    pub same: u64,
}

/// Why two CRLs were not compared.
#[derive(Debug, thiserror::Error)]
pub enum DiffError {
    #[error("the first CRL: {0}")]
    Before(ReadError),
    #[error("the second CRL: {0}")]
    After(ReadError),
}

/// Compares two CRLs of any size; `each` is given every difference in serial order. Both are read to their end before
/// the first difference is given, so that a damaged list gives an error and no half result.
pub fn diff(
    before: &(impl CrlSource + ?Sized),
    after: &(impl CrlSource + ?Sized),
    mut each: impl FnMut(Difference),
) -> Result<DiffSummary, DiffError> {
    let mut old = in_order(before).map_err(DiffError::Before)?;
    let mut new = in_order(after).map_err(DiffError::After)?;
    let (mut added, mut removed, mut changed, mut same) = (0, 0, 0, 0);
    while let Some(left) = next(&mut old).map_err(DiffError::Before)? {
        if new
            .pass_same(&EntryRun::one(left.der, left.serial))
            .map_err(changed_meanwhile)
            .map_err(DiffError::After)?
        {
            same += 1;
            old.advance();
            continue;
        }
        let Some(right) = next(&mut new).map_err(DiffError::After)? else {
            break;
        };
        let order = compare_serials(left.serial, right.serial);
        let (left, right) = (left.der, right.der);
        match order {
            Ordering::Less => {
                removed += 1;
                each_shown(left, |shown| each(Difference::Removed(shown)));
            }
            Ordering::Greater => {
                added += 1;
                each_shown(right, |shown| each(Difference::Added(shown)));
            }
            Ordering::Equal => {
                changed += 1;
                if let (Some(before), Some(after)) =
                    (ShownEntry::of_der(left), ShownEntry::of_der(right))
                {
                    each(Difference::Changed { before, after });
                }
            }
        }
        if order != Ordering::Greater {
            old.advance();
        }
        if order != Ordering::Less {
            new.advance();
        }
    }
    while let Some(left) = next(&mut old).map_err(DiffError::Before)? {
        removed += 1;
        each_shown(left.der, |shown| each(Difference::Removed(shown)));
        old.advance();
    }
    while let Some(right) = next(&mut new).map_err(DiffError::After)? {
        added += 1;
        each_shown(right.der, |shown| each(Difference::Added(shown)));
        new.advance();
    }
    Ok(DiffSummary {
        before: summary(old).map_err(DiffError::Before)?,
        after: summary(new).map_err(DiffError::After)?,
        added,
        removed,
        changed,
        same,
    })
}

/// An entry that came out of a reader is well-formed, so this always shows it.
fn each_shown(der: &[u8], mut each: impl FnMut(ShownEntry)) {
    if let Some(shown) = ShownEntry::of_der(der) {
        each(shown);
    }
}

/// Reads a list once to see that it is whole and whether it ascends, then opens it for the merge.
fn in_order(source: &(impl CrlSource + ?Sized)) -> Result<OrderedEntries<'_>, ReadError> {
    let mut reader = CrlReader::open(source)?;
    let mut previous: Vec<u8> = Vec::new();
    let (mut ascends, mut first) = (true, true);
    while let Some(entry) = reader.next_entry()? {
        ascends &= first || compare_serials(&previous, entry.serial) != Ordering::Greater;
        first = false;
        previous.clear();
        previous.extend_from_slice(entry.serial);
    }
    reader.finish()?;
    let opened = if ascends {
        OrderedEntries::stream(source)
    } else {
        OrderedEntries::sorted(source)
    };
    opened.map_err(changed_meanwhile)
}

fn next<'a>(entries: &'a mut OrderedEntries<'_>) -> Result<Option<OrderedEntry<'a>>, ReadError> {
    entries.entry().map_err(changed_meanwhile)
}

fn summary(entries: OrderedEntries<'_>) -> Result<CrlSummary, ReadError> {
    let (head, tail) = entries.finish().map_err(changed_meanwhile)?;
    Ok(CrlSummary::new(&head, &tail))
}

/// A list that ascended a moment ago and does not now was replaced under our hands.
fn changed_meanwhile(error: OrderError) -> ReadError {
    match error {
        OrderError::Read(error) => error,
        OrderError::NotAscending => {
            ReadError::Io(std::io::Error::other("the file changed while it was read"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::crl_fixture::{TestCa, entries, entry};
    use super::super::entry::EntryReason;
    use super::*;
    use crate::domain::ReasonCode;

    fn differences(before: &[u8], after: &[u8]) -> (Vec<String>, DiffSummary) {
        let mut found = Vec::new();
        let summary = diff(before, after, |difference| {
            found.push(match difference {
                Difference::Added(entry) => format!("+{}", entry.serial),
                Difference::Removed(entry) => format!("-{}", entry.serial),
                Difference::Changed { before, after } => {
                    format!("{} {:?}->{:?}", before.serial, before.reason, after.reason)
                }
            });
        })
        .unwrap();
        (found, summary)
    }

    #[test]
    fn added_removed_and_changed_entries_are_found_in_serial_order() {
        let ca = TestCa::new();
        let old = ca.crl(7, &entries(&[1, 2, 3, 300]));
        let mut list = entries(&[1, 2, 3, 299]);
        list[0] = entry(1, EntryReason::Revoked(ReasonCode::Superseded), None);
        list.push(entry(
            0x1_0000,
            EntryReason::Revoked(ReasonCode::Unspecified),
            None,
        ));
        let new = ca.crl(8, &list);
        let (found, summary) = differences(old.as_bytes(), new.as_bytes());
        assert_eq!(found, ["01 Some(1)->Some(4)", "+012b", "-012c", "+010000"]);
        assert_eq!(
            (
                summary.added,
                summary.removed,
                summary.changed,
                summary.same
            ),
            (2, 1, 1, 2)
        );
        assert_eq!(summary.before.number, Some(7.into()));
        assert_eq!(summary.after.entries, 5);
        let (found, _) = differences(new.as_bytes(), new.as_bytes());
        assert!(found.is_empty());
    }

    #[test]
    fn a_damaged_list_gives_an_error_and_no_half_result() {
        let ca = TestCa::new();
        let whole = ca.crl(1, &entries(&[1, 2]));
        let cut = &whole.as_bytes()[..whole.as_bytes().len() - 1];
        let mut given = 0;
        let error = diff(cut, whole.as_bytes(), |_| given += 1).unwrap_err();
        assert!(matches!(error, DiffError::Before(_)));
        let error = diff(whole.as_bytes(), cut, |_| given += 1).unwrap_err();
        assert!(matches!(error, DiffError::After(_)));
        assert_eq!(given, 0);
    }
}
