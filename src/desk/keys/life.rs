//! The signing processes of one key, one after another: what the log says of those that ended by themselves. Each end
//! is one entry, and each start that follows one is one, in this order, whichever thread hears of it first.

use std::sync::{Mutex, PoisonError};

/// The processes of a key.
#[derive(Default)]
pub struct Life(Mutex<State>);

#[derive(Default)]
struct State {
    /// How many were started.
    started: u64,
    /// One ended by itself, the log says so, and none was started since.
    ended: bool,
    /// One was started since; the log does not say so yet.
    again: bool,
}

impl Life {
    fn with<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The number of the process that is about to be started.
    pub fn next(&self) -> u64 {
        self.with(|state| state.started + 1)
    }

    /// The process with the next number runs.
    pub fn started(&self) {
        self.with(|state| {
            state.started += 1;
            state.again |= std::mem::take(&mut state.ended);
        });
    }

    /// Whether none was started after this one.
    pub fn is_last(&self, number: u64) -> bool {
        self.with(|state| state.started <= number)
    }

    /// The log says that this one ended. `true`: another runs already, so the log is to say that too.
    pub fn ended(&self, number: u64) -> bool {
        self.with(|state| {
            let again = state.started > number;
            state.ended |= !again;
            again
        })
    }

    /// Whether the log is to say that one runs again; asked once for each.
    pub fn take_again(&self) -> bool {
        self.with(|state| std::mem::take(&mut state.again))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_after_an_end_is_told_of_once() {
        let life = Life::default();
        life.started();
        assert!(!life.take_again());
        assert!(life.is_last(1) && !life.ended(1));
        life.started();
        assert!(life.take_again() && !life.take_again());
        // One that was dismissed says nothing, and neither does the next.
        life.started();
        assert!(!life.take_again());
    }

    #[test]
    fn an_end_that_is_heard_of_after_the_next_start_tells_of_both() {
        let life = Life::default();
        let first = life.next();
        life.started();
        life.started();
        assert!(!life.take_again());
        assert!(!life.is_last(first) && life.ended(first));
        assert!(!life.take_again());
    }
}
