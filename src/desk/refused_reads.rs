//! Refused reads drawn together: a screen that asks for what its person may not see asks again and again. The first
//! refusal of a person, permission and rule is logged at once, those of the minute after it as one entry with their count.

use std::collections::BTreeMap;
use std::sync::PoisonError;

use crate::audit::{Action, ObjectRef, RuleId};
use crate::domain::instant::MINUTE;
use crate::domain::permission::Permission;
use crate::domain::{AccountId, Timestamp};

use super::transaction::Signer;
use super::{Desk, DeskError};

type Key = (AccountId, Permission, &'static str);

/// Refusals of the last minute.
#[derive(Default)]
pub(super) struct RefusedReads(BTreeMap<Key, Counted>);

struct Counted {
    signer: Signer,
    since: Timestamp,
    /// Refused again since then, not logged yet.
    again: u64,
}

impl RefusedReads {
    /// Counts a refusal. Whether it is the first of its minute and to be logged at once.
    pub fn count(&mut self, key: Key, signer: Signer, now: Timestamp) -> bool {
        if let Some(counted) = self.0.get_mut(&key) {
            counted.again += 1;
            return false;
        }
        let counted = Counted {
            signer,
            since: now,
            again: 0,
        };
        self.0.insert(key, counted);
        true
    }

    /// Takes out the minutes that are over, or all of them.
    fn take(&mut self, now: Timestamp, all: bool) -> Vec<(Key, Counted)> {
        let over = |counted: &mut Counted| all || now.since(counted.since) >= MINUTE;
        self.0
            .extract_if(.., |_, counted| over(counted))
            .filter(|(_, counted)| counted.again > 0)
            .collect()
    }

    fn next_due(&self) -> Option<Timestamp> {
        self.0.values().map(|c| c.since.plus(MINUTE)).min()
    }
}

impl Desk {
    /// Logs what was refused again in minutes that are over; `all` at the desk's end.
    pub(super) fn log_refused_reads(&self, all: bool) -> Result<Option<Timestamp>, DeskError> {
        let now = self.now();
        let book = || {
            self.inner
                .refusals
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
        };
        let over = book().take(now, all);
        for ((_, _, rule), counted) in over {
            let rule = RuleId::from_static(rule).ok();
            self.transact(counted.signer, |tx| {
                tx.log(Action::DITOLAK_ATURAN, ObjectRef::Desk, |entry| {
                    entry.refusal = rule;
                    entry.count = Some(counted.again);
                })
            })?;
        }
        Ok(book().next_due())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_of_the_same_refusal_is_one_entry_at_once_and_one_with_the_count() {
        let mut reads = RefusedReads::default();
        let key = |permission| (AccountId([1; 16]), permission, "role_needed");
        let mut count =
            |permission, at| reads.count(key(permission), Signer::SYSTEM, Timestamp(at));
        assert!(count(Permission::ReadLog, 0));
        for at in 1..50 {
            assert!(!count(Permission::ReadLog, at));
        }
        assert!(count(Permission::ReadMails, 50));
        assert_eq!(reads.next_due(), Some(Timestamp(MINUTE)));
        assert!(reads.take(Timestamp(MINUTE - 1), false).is_empty());
        let over = reads.take(Timestamp(2 * MINUTE), false);
        assert_eq!(over.len(), 1);
        assert_eq!((over[0].0.1, over[0].1.again), (Permission::ReadLog, 49));
        assert!(reads.count(
            key(Permission::ReadLog),
            Signer::SYSTEM,
            Timestamp(2 * MINUTE)
        ));
    }
}
