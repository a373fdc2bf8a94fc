//! The SOP report: for every request decided in a month, the time each step took.

use crate::domain::instant::SECOND;
use crate::domain::permission::Permission;
use crate::domain::sop::SOP;
use crate::domain::{RequestNumber, State, Timestamp};
use crate::store::{RequestList, Window};

use super::{Desk, DeskError, Identity};

/// One request's times.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SopLine {
    pub number: RequestNumber,
    pub state: State,
    pub submitted_at: Option<Timestamp>,
    pub decided_at: Option<Timestamp>,
    /// Seconds per step; `None` where the program did not see both ends.
    pub seconds: Vec<Option<i64>>,
}

impl SopLine {
    /// Which steps took longer than their standard time.
    pub fn late(&self) -> Vec<bool> {
        self.seconds
            .iter()
            .zip(&SOP)
            .map(|(spent, step)| spent.is_some_and(|s| s > i64::from(step.standard_seconds)))
            .collect()
    }
}

impl Desk {
    /// The requests decided in a month of the desk's zone, by number.
    pub fn sop_report(
        &self,
        who: &Identity,
        year: i32,
        month: u8,
    ) -> Result<Vec<SopLine>, DeskError> {
        self.permit(who, Permission::ReadReports)?;
        let zone = self.policy().zone;
        let reader = self.inner.store.read()?;
        let mut lines = Vec::new();
        for state in [State::Dicabut, State::Diberitahukan, State::Selesai] {
            let mut window = Window::first(1000);
            loop {
                let page = reader.requests(&RequestList::State(state), &window)?;
                for request in &page.rows {
                    let Some(decision) = &request.decision else {
                        continue;
                    };
                    let day = decision.at.local(zone).date();
                    let Some(number) = request.number else {
                        continue;
                    };
                    if day.year() != year || u8::from(day.month()) != month {
                        continue;
                    }
                    lines.push(SopLine {
                        number,
                        state,
                        submitted_at: request.first_submitted_at,
                        decided_at: Some(decision.at),
                        seconds: request
                            .stopwatch
                            .0
                            .iter()
                            .map(|clock| {
                                (clock.finished && clock.measured).then_some(clock.spent / SECOND)
                            })
                            .collect(),
                    });
                }
                match page.next {
                    Some(next) => window = Window::first(1000).after(next),
                    None => break,
                }
            }
        }
        lines.sort_by_key(|line| line.number);
        Ok(lines)
    }
}
