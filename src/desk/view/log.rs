//! The log, and how it fares.

use std::sync::Arc;

use crate::desk::LogProblem;
use crate::domain::Timestamp;

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LogRow {
    pub seq: u64,
    pub at: Timestamp,
    pub actor: String,
    pub action: String,
    pub object: String,
    pub from: Option<String>,
    pub to: Option<String>,
    pub refusal: Option<String>,
}

/// The state of the log's last verification.
#[derive(Clone, Debug)]
pub struct LogHealth {
    pub size: u64,
    /// Size covered by the last signed checkpoint.
    pub checkpoint: u64,
    pub root: String,
    /// The first of what is wrong, if anything.
    pub problem: Option<Arc<LogProblem>>,
}
