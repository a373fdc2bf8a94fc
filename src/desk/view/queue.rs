//! The queue: its lines, and how it is filtered and sorted.

use std::sync::Arc;

use crate::desk::FilterError;
use crate::domain::{AccountId, RequestId, RequestNumber, Serial, State, Timestamp};

/// One line of the queue; small enough to keep a hundred thousand in memory.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct QueueRow {
    pub id: RequestId,
    pub number: Option<RequestNumber>,
    pub state: State,
    pub urgent: bool,
    pub owner: AccountId,
    pub owner_name: Arc<str>,
    pub agency: Arc<str>,
    pub serial: Serial,
    /// Reason ids, the first first.
    pub reasons: Arc<[Arc<str>]>,
    pub submitted_at: Option<Timestamp>,
    pub first_submitted_at: Option<Timestamp>,
    pub changed_at: Timestamp,
    pub claimed_by: Option<Arc<str>>,
    /// The letter that follows is due then.
    pub letter_due: Option<Timestamp>,
    pub filer: AccountId,
    pub companion: Option<AccountId>,
    pub version: u64,
}

/// Column by which the queue is sorted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum QueueSort {
    /// Urgent first, then oldest submission first: the order of work.
    #[default]
    Work,
    Number,
    Age,
    Owner,
    Agency,
    State,
}

/// A filter and an order, as typed: `instansi:kesehatan status:diajukan alasan:lupa umur:>1d !budi`.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct QueueQuery {
    pub filter: String,
    pub sort: QueueSort,
    pub descending: bool,
}

/// A filter's whole result by id in order; rows are fetched for the window shown.
#[derive(Clone, Debug)]
pub struct QueueList {
    pub ids: Arc<Vec<RequestId>>,
    /// How many rows this person may see without the filter.
    pub all: usize,
    /// What in the filter was not understood, if anything.
    pub problem: Option<FilterError>,
}
