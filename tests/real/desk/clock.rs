//! Lists by a clock that jumps ahead or goes back (DOMAIN.md "Clock"): nothing is signed by a time that nobody vouches
//! for, and nothing that was decided is lost.

use ams::desk::Intent;
use ams::domain::Standing;
use ams::domain::instant::{DAY, HOUR};
use ams::domain::workflow::Act;

use super::fixture::password_of;
use super::history::{History, OWNER, desk};
use super::office::verify;

#[test]
fn a_clock_that_jumped_signs_nothing_until_somebody_says_that_it_is_right() {
    let mut history = desk();
    let key = history.certificate(None, 300 * DAY);
    let before = history.complete().0;
    history.office.clock.advance(30 * HOUR);
    history.decide(&key, "lupa-passphrase");
    history.office.drain();
    assert_eq!(history.complete().0.number, before.number);
    assert!(history.alarms("ClockJumped"));
    // What is logged meanwhile does not make the clock good.
    history.office.clock.advance(HOUR);
    history.office.drain();
    assert_eq!(history.complete().0.number, before.number);
    history
        .office
        .desk
        .confirm_clock(history.office.who("satu"))
        .unwrap();
    history.office.drain();
    assert!(!history.alarms("ClockJumped"));
    assert!(
        history
            .complete()
            .0
            .entries
            .contains_key(key.serial.magnitude())
    );
    history.agree();
}

#[test]
fn a_clock_that_went_back_publishes_revocations_a_second_after_the_last_and_drops_nothing() {
    let mut history = History::begin(false);
    let ended = history.certificate(None, DAY);
    history.decide(&ended, "berhenti");
    history.office.drain();
    history.office.days_pass(2);
    history.office.clock.advance(-12 * HOUR);
    // A regular round by a clock that is ahead of itself again.
    let key = history.certificate(None, 300 * DAY);
    let before = history.complete().0;
    history.office.clock.advance(-40 * HOUR);
    history.decide(&key, "lupa-passphrase");
    history.office.drain();
    let after = history.complete().0;
    assert_eq!(after.this_update, before.this_update + 1);
    assert!(after.number > before.number);
    assert!(after.entries.contains_key(key.serial.magnitude()));
    assert!(after.entries.contains_key(ended.serial.magnitude()));
    assert!(history.alarms("ClockBehind"));
}
#[test]
fn by_a_clock_in_doubt_nothing_happens_by_itself_and_what_was_decided_is_dated_anew() {
    let mut history = desk();
    let (deferred, urgent) = (
        history.certificate(None, 300 * DAY),
        history.certificate(None, 300 * DAY),
    );
    let office = &history.office;
    let id = office.submitted(OWNER, &deferred, &["berhenti"]);
    office.act("satu", id, Act::Claim, Intent::Claim);
    office.act("satu", id, Act::Verify, verify());
    office.act("satu", id, Act::Match, Intent::Match);
    let intent = Intent::Revoke {
        last_four: deferred.serial.last_four(),
        password: password_of("satu"),
        effective: Some(office.desk.now().plus(10 * DAY)),
    };
    office.act("satu", id, Act::Schedule, intent);
    office.drain();
    let before = history.complete().0;
    // A year ahead, and back again.
    history.office.clock.advance(100 * DAY);
    history.office.drain();
    history.decide(&urgent, "lupa-passphrase");
    history.office.drain();
    let standing = |key| history.office.case_of_certificate(key).certificate.standing;
    assert!(matches!(standing(&deferred), Standing::Active));
    history.office.clock.advance(-100 * DAY);
    history
        .office
        .desk
        .confirm_clock(history.office.admin())
        .unwrap();
    history.office.drain();
    let after = history.complete().0;
    assert!(after.number > before.number);
    assert!(after.this_update <= history.office.desk.now().millis() / 1000);
    let listed = &after.entries[urgent.serial.magnitude()];
    assert!(listed.date <= after.this_update);
    assert!(matches!(standing(&deferred), Standing::Active));
    history.agree();
}
