//! A doubt about the clock, kept until it is settled: one row or none.

use serde::{Deserialize, Serialize};

use super::database::{Reader, Writer};
use super::error::StoreError;
use super::table::{Table, table};
use super::value::record;
use crate::domain::Timestamp;

pub(crate) const CLOCK: Table = table("clock");
const DOUBT: &[u8] = b"doubt";

/// The clock showed a time long after the last logged one.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ClockDoubt {
    /// The last logged time before.
    pub last: Timestamp,
    /// What the clock showed.
    pub seen: Timestamp,
}

record!(ClockDoubt, "clock");

impl Reader {
    pub fn clock_doubt(&self) -> Result<Option<ClockDoubt>, StoreError> {
        self.get(CLOCK, DOUBT)
    }
}

impl Writer {
    pub fn put_clock_doubt(&mut self, doubt: ClockDoubt) -> Result<(), StoreError> {
        self.put(CLOCK, DOUBT, &doubt)
    }

    pub fn forget_clock_doubt(&mut self) -> Result<bool, StoreError> {
        self.delete(CLOCK, DOUBT)
    }
}
