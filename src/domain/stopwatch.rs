//! The SOP's stopwatch: how long each step took on one request. It counts and never blocks anyone.

use serde::{Deserialize, Serialize};

use super::instant::Timestamp;
use super::sop::{SOP, Step};

/// The stopwatch of one SOP step. Time released or returned does not count.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct StepClock {
    pub running_since: Option<Timestamp>,
    /// Milliseconds spent before `running_since`.
    pub spent: i64,
    pub finished: bool,
    /// Whether the program saw both ends; a report shows '–' otherwise.
    pub measured: bool,
}

impl StepClock {
    /// Milliseconds spent up to `now`.
    pub fn elapsed(&self, now: Timestamp) -> i64 {
        self.spent + self.running_since.map_or(0, |s| now.since(s).max(0))
    }
}

/// One clock for each step of [`SOP`].
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Stopwatch(pub [StepClock; SOP.len()]);

impl Stopwatch {
    pub fn step(&self, step: Step) -> &StepClock {
        &self.0[step as usize]
    }

    pub fn start(&mut self, step: Step, now: Timestamp) {
        let clock = &mut self.0[step as usize];
        if clock.running_since.is_none() {
            clock.running_since = Some(now);
            clock.finished = false;
            clock.measured = true;
        }
    }

    /// Stops the clock and keeps what was spent.
    pub fn pause(&mut self, step: Step, now: Timestamp) {
        let clock = &mut self.0[step as usize];
        clock.spent = clock.elapsed(now);
        clock.running_since = None;
    }

    pub fn finish(&mut self, step: Step, now: Timestamp) {
        self.pause(step, now);
        self.0[step as usize].finished = true;
    }

    /// Forgets a step whose end nobody saw: a report shows '–'.
    pub fn discard(&mut self, step: Step) {
        self.0[step as usize] = StepClock::default();
    }

    /// Stops every clock that runs.
    pub fn stop(&mut self, now: Timestamp) {
        for row in &SOP {
            self.pause(row.step, now);
        }
    }
}
