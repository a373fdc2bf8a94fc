//! The file of numbers under kills and damage.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::domain::{CrlNumber, IssuerId, Timestamp};
use crate::pki::signer::ledger::{Issued, ListKind, Scope};
use crate::pki::signer::tbs::ListFacts;

const ISSUER: IssuerId = IssuerId([7; 16]);

fn list(number: u64) -> ListFacts {
    ListFacts {
        scope: Scope::Complete,
        kind: ListKind::Complete,
        issued: Issued {
            number: CrlNumber::from(number),
            this_update: Timestamp(number as i64 * 1000),
        },
    }
}

fn open<M: Medium>(medium: M) -> Result<State<M>, StateFault> {
    State::open(medium, Ledger::new(ISSUER))
}

fn number<M: Medium>(state: &State<M>) -> Option<CrlNumber> {
    state.ledger().numbers(&Scope::Complete).highest()
}

/// A disk that loses power in the middle of a write: some of its octets arrived, in any order of blocks.
#[derive(Clone, Default)]
struct Dying {
    octets: Vec<u8>,
    /// Octets of the next write that arrive before the power goes; `None` is a sound disk.
    arrive: Option<BTreeSet<usize>>,
}

impl Medium for Dying {
    fn read_at(&self, octets: &mut [u8], offset: u64) -> io::Result<usize> {
        Medium::read_at(&self.octets, octets, offset)
    }

    fn write_at(&mut self, octets: &[u8], offset: u64) -> io::Result<()> {
        let Some(arrive) = &self.arrive else {
            return self.octets.write_at(octets, offset);
        };
        for (place, octet) in octets.iter().enumerate() {
            if arrive.contains(&(place / 8)) {
                self.octets.write_at(&[*octet], offset + place as u64)?;
            }
        }
        Err(io::Error::other("the power went"))
    }

    fn sync(&mut self) -> io::Result<()> {
        Ok(())
    }
}

proptest! {
    #[test]
    fn a_write_torn_anywhere_leaves_the_number_that_left_last(
        kept in 0u64..6, arrive in prop::collection::btree_set(0usize..20, 0..20)
    ) {
        let mut state = open(Dying::default()).unwrap();
        for n in 1..=kept {
            let next = state.ledger().with(&list(n)).unwrap();
            state.keep(next).unwrap();
        }
        state.medium.arrive = Some(arrive);
        let next = state.ledger().with(&list(kept + 1)).unwrap();
        prop_assert!(state.keep(next).is_err());
        prop_assert_eq!(number(&state), (kept > 0).then(|| CrlNumber::from(kept)));

        let mut disk = state.medium;
        disk.arrive = None;
        let mut again = open(disk).unwrap();
        let there = number(&again);
        // All of it may have arrived; never less than what was kept.
        prop_assert!(there >= (kept > 0).then(|| CrlNumber::from(kept)));
        prop_assert!(there <= Some(CrlNumber::from(kept + 1)));
        // And it goes on from there.
        let next = again.ledger().with(&list(kept + 2)).unwrap();
        again.keep(next).unwrap();
        prop_assert_eq!(number(&open(again.medium).unwrap()), Some(CrlNumber::from(kept + 2)));
    }
}

#[test]
fn a_file_with_both_slots_damaged_is_refused_and_never_taken_for_a_new_one() {
    let mut state = open(Vec::new()).unwrap();
    for n in 1..=3 {
        let next = state.ledger().with(&list(n)).unwrap();
        state.keep(next).unwrap();
    }
    let mut octets = state.medium;
    for slot in [0, SLOT as usize] {
        octets[slot + HEADER + 3] ^= 1;
    }
    assert_eq!(open(octets).err(), Some(StateFault::Damaged));
}

#[test]
fn the_numbers_of_another_key_are_refused() {
    let mut state = open(Vec::new()).unwrap();
    let next = state.ledger().with(&list(1)).unwrap();
    state.keep(next).unwrap();
    let other = State::open(state.medium, Ledger::new(IssuerId([8; 16])));
    assert_eq!(other.err(), Some(StateFault::OtherKey));
}

#[test]
fn a_restore_reads_the_last_number_from_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("numbers");
    let file = File::options()
        .read(true)
        .write(true)
        .create_new(true)
        .open(&path)
        .unwrap();
    let mut state = open(file).unwrap();
    assert_eq!(numbers_of(&path), Ok(None));
    for n in [1, 5] {
        let next = state.ledger().with(&list(n)).unwrap();
        state.keep(next).unwrap();
    }
    let kept = numbers_of(&path).unwrap().unwrap();
    assert_eq!(
        kept.numbers(&Scope::Complete).highest(),
        Some(CrlNumber::from(5))
    );
}
