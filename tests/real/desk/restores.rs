//! A backup brought back in the middle of a random history: what was out since is on the lists still, what was decided
//! since and not yet out comes on them, and no number is given twice.

use std::collections::BTreeSet;
use std::fs;

use ams::desk::{Restoring, restore};
use ams::domain::instant::{DAY, HOUR};

use super::history::{History, List, POINTS, Step};

/// certificateHold.
const HOLD: u8 = 6;

impl History {
    pub(super) fn back_up(&mut self) {
        let mut backup = Vec::new();
        let desk = &self.office.desk;
        desk.backup(self.office.admin(), |copy| {
            copy.read_to_end(&mut backup).map(drop)
        })
        .unwrap();
        self.backup = Some(backup);
    }

    /// Brings the last backup back, where there is one.
    pub(super) fn restore(&mut self) {
        let Some(backup) = self.backup.clone() else {
            return;
        };
        let mut revoked = self.complete().0.entries;
        let mut released = BTreeSet::new();
        for (key, _) in &self.certificates {
            let serial = key.serial.magnitude().to_vec();
            match self.stored(key) {
                Some(Some(mut said)) => {
                    // What is on no list yet is not dated behind a clock that went back.
                    if revoked.get(&serial) != Some(&said) {
                        let now = self.office.desk.now().millis() / 1000;
                        said.date = said.date.min(now);
                        said.invalidity = said.invalidity.filter(|at| *at <= said.date);
                    }
                    revoked.insert(serial, said);
                }
                Some(None) => drop(released.insert(serial)),
                None => {}
            }
        }
        self.office.reopen(|path, environment| {
            let mut restoring = Restoring {
                backup: &mut backup.as_slice(),
                last_number: None,
                crls: Vec::new(),
                uid: 0,
            };
            restore(path, environment, &mut restoring).unwrap();
        });
        for (key, _) in &self.certificates {
            let serial = key.serial.magnitude().to_vec();
            let Some(before) = revoked.get(&serial) else {
                continue;
            };
            match self.stored(key) {
                Some(None) if released.contains(&serial) => {}
                Some(now) => {
                    let now = now.unwrap_or_else(|| panic!("{key:?} is un-revoked"));
                    assert!(before.reason == HOLD || now.reason == before.reason);
                }
                None => drop(self.adopted.insert(serial, before.clone())),
            }
        }
    }

    /// The number of the complete CRL rises, and no two are given one.
    pub(super) fn rises(&mut self, complete: &List) {
        let octets = fs::read(self.complete_path()).unwrap();
        if let Some((last, _)) = self.out.last_key_value() {
            assert!(complete.number >= *last, "{} after {last}", complete.number);
        }
        let same = self
            .out
            .entry(complete.number)
            .or_insert_with(|| octets.clone());
        assert!(*same == octets, "{} was given twice", complete.number);
    }
}

/// A history in which one thing happened after the backup, published, and the backup then came back.
fn restored_after(what: impl FnOnce(&mut History)) -> History {
    let mut history = History::begin(true);
    let key = history.certificate(Some(POINTS[0]), 300 * DAY);
    history.decide(&key, "penangguhan");
    // Until the base of the deltas has the suspension.
    for _ in 0..3 {
        history.office.clock.advance(25 * HOUR);
        history.publish();
        history.agree();
    }
    history.back_up();
    what(&mut history);
    history.publish();
    history.agree();
    history.restore();
    for point in [None, Some(POINTS[1]), Some(POINTS[0])] {
        history.publish();
        history.agree();
        let key = history.certificate(point, 300 * DAY);
        history.decide(&key, "berhenti");
    }
    history.publish();
    history.agree();
    history.office.checks_out();
    history
}

#[test]
fn what_came_on_a_partition_after_the_backup_stays_on_it_though_nobody_knows_its_certificate() {
    restored_after(|history| {
        let key = history.certificate(Some(POINTS[1]), 300 * DAY);
        history.decide(&key, "berhenti");
    });
}

#[test]
fn a_suspension_that_ended_after_the_backup_stands_again_and_the_deltas_say_so() {
    restored_after(|history| history.act(&Step::Release(0)));
}

#[test]
fn what_a_partition_told_before_the_clock_went_back_keeps_its_date_when_a_doubted_clock_is_trusted_again()
 {
    let mut history = History::begin(true);
    history.back_up();
    // The backup is old enough for the restored desk to doubt its clock.
    history.office.days_pass(2);
    let key = history.certificate(Some(POINTS[0]), 300 * DAY);
    history.decide(&key, "lupa-passphrase");
    history.publish();
    history.agree();
    history.office.clock.advance(-HOUR);
    history.restore();
    assert!(history.alarms("ClockJumped"));
    history.publish();
    history.agree();
}
