//! The moments at which an act is killed.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::process::Child;
use std::time::{Duration, Instant};

use crate::support::process::Seen;

/// How an act came to its end.
pub(super) enum Met {
    Killed,
    /// It was over by then, having taken so long at most.
    Over(Duration),
}

fn kills() -> u32 {
    let asked = std::env::var("AMS_KILLS").ok();
    asked.and_then(|n| n.parse().ok()).unwrap_or(3)
}

/// Has `act` (its number from 0 and its moment) killed at moments spread over `whole` but its first quarter, in which a
/// command logs in; each anywhere in its part. Where the machine was busier when `whole` was measured, acts are over
/// before their moment: then `whole` is what they took, and they go on until one was killed.
pub(super) fn kill_at_moments(mut whole: Duration, mut act: impl FnMut(u32, Duration) -> Met) {
    let mut killed = 0;
    for n in 0.. {
        if n >= kills() && killed > 0 {
            return;
        }
        assert!(n < 4 * kills(), "each was over before it was killed");
        let part = whole * 3 / 4 / kills();
        let anywhere = u32::try_from(RandomState::new().build_hasher().finish() % 1000).unwrap();
        let moment = whole / 4 + part * (n % kills()) + part * anywhere / 1000;
        match act(n, moment) {
            Met::Killed => killed += 1,
            Met::Over(took) => whole = took,
        }
    }
}

/// Kills a program after `span`, if it still runs then.
pub(super) fn kill_after(child: &mut Child, span: Duration) -> Met {
    let met = end_within(child, span);
    // It may have ended by now.
    child.kill().unwrap();
    child.wait().unwrap();
    met
}

/// Waits `span` for a program's end.
pub(super) fn end_within(child: &Child, span: Duration) -> Met {
    let begun = Instant::now();
    if Seen(i32::try_from(child.id()).unwrap()).ends_within(Some(span)) {
        Met::Over(begun.elapsed())
    } else {
        Met::Killed
    }
}

pub(super) fn took(act: impl FnOnce()) -> Duration {
    let begun = Instant::now();
    act();
    begun.elapsed()
}
