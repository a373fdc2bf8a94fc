//! Power cuts, failed and lying syncs: what is found afterwards is the state before a transaction or after it.

use super::disk::{Dice, Disk};
use super::work::{prepare, step, steps_done};
use crate::store::{Store, StoreError};

const STEPS: u32 = 4;

fn prepared() -> Disk {
    let disk = Disk::default();
    let store = Store::with_backend(disk.clone()).unwrap();
    prepare(&store).unwrap();
    drop(store);
    disk.copy()
}

/// Works until something fails; how many steps were acknowledged.
fn work(disk: &Disk) -> u32 {
    let Ok(store) = Store::with_backend(disk.clone()) else {
        return 0;
    };
    let done = (0..STEPS).take_while(|n| step(&store, *n).is_ok()).count() as u32;
    if done < STEPS {
        // Whatever was hit, nothing more is taken until the file is opened again.
        assert!(step(&store, done).is_err());
    }
    done
}

#[test]
fn a_power_cut_at_any_write_leaves_the_old_state_or_the_new_one() {
    let start = prepared();
    let rehearsal = start.copy();
    assert_eq!(work(&rehearsal), STEPS);
    let operations = rehearsal.operations();
    let mut seen_old = 0;
    let mut seen_new = 0;
    for cut in 0..operations {
        let disk = start.copy();
        disk.cut_power_at(cut);
        let acknowledged = work(&disk);
        for (seed, percent) in [(1, 0), (2, 50), (3, 95)] {
            let mut dice = Dice(cut * 10 + seed);
            let found = Store::with_backend(disk.after_power_cut(&mut dice, percent)).unwrap();
            assert!(!found.was_repaired(), "a repair walks the whole file");
            let done = steps_done(&found);
            assert!(
                done == acknowledged || done == acknowledged + 1,
                "cut at {cut}: {done} steps there, {acknowledged} acknowledged"
            );
            seen_old += u32::from(done == acknowledged);
            seen_new += u32::from(done > acknowledged);
            // And it goes on from there.
            step(&found, done).unwrap();
            assert_eq!(steps_done(&found), done + 1);
        }
    }
    assert!(
        seen_old > 20 && seen_new > 0,
        "{operations} cuts: {seen_old} old, {seen_new} new"
    );
}

#[test]
fn a_failed_sync_is_an_error_and_the_state_is_old_or_new() {
    let start = prepared();
    let rehearsal = start.copy();
    assert_eq!(work(&rehearsal), STEPS);
    for sync in 1..=rehearsal.syncs() {
        let disk = start.copy();
        disk.fail_sync(sync);
        let acknowledged = work(&disk);
        for percent in [0, 50, 100] {
            let mut dice = Dice(sync * 1000 + percent + 1);
            let found = Store::with_backend(disk.after_power_cut(&mut dice, percent)).unwrap();
            let done = steps_done(&found);
            assert!(done == acknowledged || done == acknowledged + 1);
        }
    }
}

#[test]
fn a_disk_that_forgets_what_it_claimed_to_sync_goes_back_to_a_whole_state() {
    let start = prepared();
    let rehearsal = start.copy();
    assert_eq!(work(&rehearsal), STEPS);
    let mut fewest = STEPS;
    for sync in 1..=rehearsal.syncs() {
        let disk = start.copy();
        disk.lie_from_sync(sync);
        assert_eq!(work(&disk), STEPS);
        let found = Store::with_backend(disk.after_power_cut(&mut Dice(sync), 0)).unwrap();
        fewest = fewest.min(steps_done(&found));
    }
    assert_eq!(fewest, 0);
}

#[test]
fn a_store_that_stopped_says_so() {
    let start = prepared();
    let store = Store::with_backend(start.clone()).unwrap();
    start.cut_power_at(start.operations() + 3);
    assert!(step(&store, 0).is_err());
    let after = step(&store, 0);
    assert!(
        matches!(after, Err(StoreError::Stopped | StoreError::Database(_))),
        "{after:?}"
    );
}
