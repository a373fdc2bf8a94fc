//! Failed logins drawn together: one entry per peer uid, account and minute, so that a guesser cannot fill the log.
//! Holds counts only; an unknown username is counted as unknown and its text is never seen here.

use std::collections::BTreeMap;

use super::action::Action;
use super::entry::Entry;
use super::object::{ActorRef, ObjectRef};
use crate::domain::Timestamp;
use crate::domain::instant::MINUTE;

/// Failures not yet logged.
#[derive(Clone, Debug, Default)]
pub struct FailedLogins {
    counts: BTreeMap<(i64, u32, ActorRef), u64>,
}

impl FailedLogins {
    /// Counts one failure: at `now`, from the unix user `peer_uid`, for an account or [`ActorRef::Unknown`].
    pub fn count(&mut self, now: Timestamp, peer_uid: u32, actor: ActorRef) {
        let minute = now.millis().div_euclid(MINUTE);
        *self.counts.entry((minute, peer_uid, actor)).or_default() += 1;
    }

    /// When the oldest counted minute is over and [`FailedLogins::due`] has something to log.
    pub fn next_due(&self) -> Option<Timestamp> {
        let (minute, ..) = self.counts.keys().next()?;
        Some(Timestamp(minute.saturating_add(1).saturating_mul(MINUTE)))
    }

    /// Takes out the entries of minutes that are over at `now`, numbered from `next_seq` on. They are gone from here:
    /// log them in one transaction.
    pub fn due(&mut self, now: Timestamp, next_seq: u64) -> Vec<Entry> {
        let open = now.millis().div_euclid(MINUTE);
        let later = self.counts.split_off(&(
            open,
            0,
            ActorRef::Account(crate::domain::AccountId([0; 16])),
        ));
        let over = std::mem::replace(&mut self.counts, later);
        entries(over, now, next_seq)
    }

    /// Takes out everything counted, at the desk's end.
    pub fn drain(&mut self, now: Timestamp, next_seq: u64) -> Vec<Entry> {
        entries(std::mem::take(&mut self.counts), now, next_seq)
    }
}

fn entries(
    counts: BTreeMap<(i64, u32, ActorRef), u64>,
    now: Timestamp,
    next_seq: u64,
) -> Vec<Entry> {
    (next_seq..)
        .zip(counts)
        .map(|(seq, ((_, uid, actor), count))| {
            let object = match actor {
                ActorRef::Account(id) => ObjectRef::Account(id),
                ActorRef::System | ActorRef::Unknown => ObjectRef::Desk,
            };
            Entry {
                peer_uid: Some(uid),
                count: Some(count),
                ..Entry::new(seq, now, actor, Action::LOGIN_GAGAL, object)
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::AccountId;

    #[test]
    fn a_guessers_minute_is_one_entry_with_its_count() {
        let account = ActorRef::Account(AccountId([9; 16]));
        let mut tally = FailedLogins::default();
        for second in 0..50 {
            tally.count(Timestamp(second * 1000), 1000, ActorRef::Unknown);
        }
        tally.count(Timestamp(1), 1000, account);
        tally.count(Timestamp(2), 1001, ActorRef::Unknown);
        tally.count(Timestamp(MINUTE), 1000, account);
        assert!(tally.clone().due(Timestamp(MINUTE - 1), 0).is_empty());
        assert_eq!(tally.next_due(), Some(Timestamp(MINUTE)));

        let logged = tally.due(Timestamp(MINUTE), 7);
        let facts: Vec<_> = logged
            .iter()
            .map(|e| (e.seq, e.peer_uid, e.actor, e.count))
            .collect();
        assert_eq!(
            facts,
            [
                (7, Some(1000), account, Some(1)),
                (8, Some(1000), ActorRef::Unknown, Some(50)),
                (9, Some(1001), ActorRef::Unknown, Some(1)),
            ]
        );
        assert_eq!(tally.next_due(), Some(Timestamp(2 * MINUTE)));
        assert_eq!(tally.drain(Timestamp(MINUTE + 1), 10).len(), 1);
        assert_eq!(tally.next_due(), None);
    }
}
