//! When a mail is tried again: 30 s, doubling to 30 min, for five days. Pure: times come in as arguments.

use crate::domain::Timestamp;
use crate::domain::instant::{DAY, MINUTE, SECOND};

/// Milliseconds after the first failure.
pub const FIRST_DELAY: i64 = 30 * SECOND;
/// The longest wait between two attempts, in milliseconds.
pub const LONGEST_DELAY: i64 = 30 * MINUTE;
/// How long a mail is tried, in milliseconds.
pub const GIVE_UP_AFTER: i64 = 5 * DAY;

/// The wait after the `attempts`-th failure, in milliseconds.
pub fn delay(attempts: u32) -> i64 {
    let doublings = attempts.saturating_sub(1).min(16);
    (FIRST_DELAY << doublings).min(LONGEST_DELAY)
}

/// When to try again after the `attempts`-th failure at `now`; `None` when that lies beyond the five days.
pub fn next_attempt(attempts: u32, trying_since: Timestamp, now: Timestamp) -> Option<Timestamp> {
    let next = now.plus(delay(attempts));
    (next.since(trying_since) <= GIVE_UP_AFTER).then_some(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_from_half_a_minute_to_half_an_hour() {
        let waits: Vec<_> = (1..=9).map(|n| delay(n) / SECOND).collect();
        assert_eq!(waits, [30, 60, 120, 240, 480, 960, 1800, 1800, 1800]);
        assert_eq!(delay(u32::MAX), LONGEST_DELAY);
        assert_eq!(delay(0), FIRST_DELAY);
    }

    #[test]
    fn a_mail_is_tried_for_five_days_and_then_given_up() {
        let start = Timestamp(1_795_338_300_000);
        let (mut now, mut attempts) = (start, 1);
        while let Some(next) = next_attempt(attempts, start, now) {
            assert!(next > now);
            now = next;
            attempts += 1;
        }
        let tried_for = now.since(start);
        assert!(tried_for <= GIVE_UP_AFTER && tried_for > GIVE_UP_AFTER - LONGEST_DELAY);
        assert_eq!(attempts, 245);
    }
}
