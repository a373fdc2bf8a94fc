//! Today at a glance.

use crate::domain::{CertificateStatus, State};

use super::{Alarm, IssuerView, LogHealth};

/// Today at a glance.
#[derive(Clone, Debug)]
pub struct Dashboard {
    pub counts: Vec<(State, u64)>,
    pub urgent: u64,
    /// Past the 24-hour clock.
    pub late: u64,
    pub mine: u64,
    pub letters_overdue: u64,
    pub steps: Vec<StepStatistic>,
    /// Revocations per day, oldest first, today last: 30 values.
    pub revocations: Vec<u32>,
    pub issuers: Vec<IssuerView>,
    pub mail_waiting: u64,
    pub mail_failed: u64,
    pub certificates: Vec<(CertificateStatus, u64)>,
    pub alarms: Vec<Alarm>,
    pub log: LogHealth,
}

/// One SOP step's time over the last 30 days.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StepStatistic {
    pub number: u8,
    pub standard_seconds: u32,
    /// Requests that saw both ends.
    pub measured: u32,
    pub median_seconds: u32,
    pub late: u32,
}
