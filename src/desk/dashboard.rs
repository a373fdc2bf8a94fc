//! Today at a glance: counts, the SOP's times, revocations of thirty days, CRL and outbox health, alarms.

use crate::domain::instant::{DAY, SECOND};
use crate::domain::permission::Permission;
use crate::domain::sop::SOP;
use crate::domain::{CertificateStatus, State, Timestamp};
use crate::store::{MailStatus, Reader, RequestList, Window};

use super::detail::is_work;
use super::view::{Dashboard, StepStatistic};
use super::{Desk, DeskError, Identity};

/// Days that the chart of revocations shows.
const DAYS: usize = 30;
/// Finished requests that the SOP's times are taken from, the newest.
const SAMPLE: usize = 2000;

impl Desk {
    pub fn dashboard(&self, who: &Identity) -> Result<Dashboard, DeskError> {
        self.permit(who, Permission::ReadReports)?;
        let now = self.now();
        let policy = self.policy();
        let reader = self.inner.store.read()?;
        let counts = reader.request_counts()?;
        let me = who.username();
        let (mut late, mut mine) = (0, 0);
        let ids = self.queue(who, &super::view::QueueQuery::default()).ids;
        for row in self.queue_rows(&ids) {
            let over = row
                .first_submitted_at
                .is_some_and(|t| now.since(t) > policy.decide_within);
            late += u64::from(row.state.is_open() && row.state != State::Draf && over);
            mine += u64::from(row.claimed_by.as_deref() == Some(me) && row.state.is_open());
        }
        let certificates = reader.certificate_counts(now)?;
        let alarms = self.alarms()?;
        Ok(Dashboard {
            urgent: counts
                .iter()
                .filter(|c| is_work(c.state))
                .map(|c| c.urgent)
                .sum(),
            counts: counts.iter().map(|c| (c.state, c.all)).collect(),
            late,
            mine,
            letters_overdue: alarms
                .iter()
                .filter(|a| matches!(a, super::Alarm::LetterOverdue { .. }))
                .count() as u64,
            steps: step_statistics(&reader, now)?,
            revocations: revocations(&reader, now, policy.zone)?,
            issuers: self.issuers()?,
            mail_waiting: reader.mail_count(MailStatus::Waiting)?,
            mail_failed: reader.mail_count(MailStatus::Failed)?,
            certificates: CertificateStatus::ALL
                .into_iter()
                .map(|s| (s, certificates.of(s)))
                .collect(),
            alarms,
            log: self.log_health(&reader)?,
        })
    }
}

/// Requests that were decided, the newest first, at most [`SAMPLE`] of each state.
fn decided(reader: &Reader) -> Result<Vec<crate::domain::Request>, DeskError> {
    let mut requests = Vec::new();
    for state in [State::Dicabut, State::Diberitahukan, State::Selesai] {
        requests.extend(
            reader
                .requests(&RequestList::State(state), &Window::last(SAMPLE))?
                .rows,
        );
    }
    Ok(requests)
}

fn revocations(
    reader: &Reader,
    now: Timestamp,
    zone: crate::domain::Zone,
) -> Result<Vec<u32>, DeskError> {
    let mut days = vec![0; DAYS];
    let today = now.local(zone).date();
    for request in decided(reader)? {
        let Some(decision) = &request.decision else {
            continue;
        };
        let day = decision.at.local(zone).date();
        let ago = (today - day).whole_days();
        if let Ok(ago) = usize::try_from(ago)
            && ago < DAYS
        {
            days[DAYS - 1 - ago] += 1;
        }
    }
    Ok(days)
}

fn step_statistics(reader: &Reader, now: Timestamp) -> Result<Vec<StepStatistic>, DeskError> {
    let recent: Vec<_> = decided(reader)?
        .into_iter()
        .filter(|r| now.since(r.changed_at) <= DAYS as i64 * DAY)
        .collect();
    Ok(SOP
        .iter()
        .map(|step| {
            let mut seconds: Vec<u32> = recent
                .iter()
                .map(|r| r.stopwatch.step(step.step))
                .filter(|clock| clock.finished && clock.measured)
                .map(|clock| u32::try_from(clock.spent / SECOND).unwrap_or(u32::MAX))
                .collect();
            seconds.sort_unstable();
            StepStatistic {
                number: step.number,
                standard_seconds: step.standard_seconds,
                measured: seconds.len() as u32,
                median_seconds: seconds.get(seconds.len() / 2).copied().unwrap_or(0),
                late: seconds
                    .iter()
                    .filter(|s| **s > step.standard_seconds)
                    .count() as u32,
            }
        })
        .collect())
}
