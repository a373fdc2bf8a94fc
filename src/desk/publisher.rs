//! The publisher: from entries decided to a CRL that was published and read back, and to everything that waits for
//! that. Reserve the number (committed) → write → sign → gate → publish → read back → settle.
//! Each arrow can be killed and is repeated; nothing is repeated twice in effect (laws 2 and 3).

use std::sync::{Arc, PoisonError};

use crate::audit::{Action, ObjectRef, ObjectState};
use crate::domain::distinguished_name::printable;
use crate::domain::instant::{MINUTE, SECOND};
use crate::domain::permission::Permission;
use crate::domain::{CertificateKey, CrlNumber, IssuerId, Refusal, Role, Timestamp};
use crate::store::{CrlKind, CrlRecord, Task, Window};

use super::issuers::IssuerState;
use super::transaction::{Signer, Transaction};
use super::view::{Alarm, Change, CrlRow, NotPublished};
use super::workers::Worked;
use super::{Desk, DeskError, Identity};

mod clock;
mod entries;
mod highest;
mod renewal;
mod round;
mod settle;
mod target;
mod terms;

pub(super) use self::round::Occasion;
use self::round::Round;
pub(super) use self::settle::{News, Outcome, gone, waiting};
pub(super) use self::target::{Target, kinds};
pub(super) use self::terms::{delta_period, period};

/// The task of publishing an issuer's CRL; its key is the issuer's id.
pub(super) const PUBLISH: &str = "publish";

/// Asks for a CRL that tells of this certificate.
pub(super) fn ask(tx: &mut Transaction<'_>, key: &CertificateKey) -> Result<(), DeskError> {
    ask_issuer(tx, key.issuer)
}

/// Asks for an issuer's next CRL.
pub(super) fn ask_issuer(tx: &mut Transaction<'_>, issuer: IssuerId) -> Result<(), DeskError> {
    tx.writer.ask_task(PUBLISH, &issuer.0, tx.now, tx.now)?;
    Ok(())
}

/// First retry after a failed publication; doubles up to [`LONGEST_RETRY`].
const FIRST_RETRY: i64 = 5 * SECOND;
const LONGEST_RETRY: i64 = 10 * MINUTE;

impl Desk {
    /// Publishes what is due. Returns when the next task is due, if any, and whether there was something to publish.
    pub(super) fn publish_due(&self) -> Result<(Option<Timestamp>, Worked), DeskError> {
        let now = self.now();
        let tasks = self.inner.store.read()?.tasks(&Window::first(100))?.rows;
        // No task is put off for longer: one that seems to be was asked for before the clock went back.
        let due = |task: &Task| task.due <= now || task.due.since(now) > LONGEST_RETRY;
        let mut worked = Worked::Nothing;
        for task in tasks.into_iter().filter(|t| t.kind == PUBLISH && due(t)) {
            self.run_publication(&task, now)?;
            worked = Worked::Something;
        }
        Ok((self.inner.store.read()?.next_task_due()?, worked))
    }

    fn run_publication(&self, task: &Task, now: Timestamp) -> Result<(), DeskError> {
        let state = issuer_of(task).and_then(|id| self.issuer_state(id));
        let Some(state) = state else {
            return self.finish(task);
        };
        match self.publish(&state, Occasion::Event) {
            // An expired issuer's alarm stands by itself; asking again changes nothing.
            Ok(_) | Err(DeskError::CaExpired { .. }) => self.finish(task),
            Err(error) => {
                let delay = (FIRST_RETRY << task.attempts.min(16)).min(LONGEST_RETRY);
                self.transact(Signer::SYSTEM, |tx| {
                    tx.writer.postpone_task(task, now.plus(delay))?;
                    if task.attempts == 0 {
                        tx.log(
                            Action::CRL_DITAHAN,
                            ObjectRef::Issuer(state.record.id),
                            |_| {},
                        )?;
                    }
                    tx.changed(Change::Alarms);
                    Ok(())
                })?;
                self.note_publication_problem(&state, Some(&error));
                tracing::warn!(issuer = %state.record.label, %error, "CRL not published");
                Ok(())
            }
        }
    }

    fn finish(&self, task: &Task) -> Result<(), DeskError> {
        self.transact(Signer::SYSTEM, |tx| {
            Ok(tx.writer.finish_task(task).map(drop)?)
        })
    }

    /// Makes and publishes a CRL now: of one issuer, or of all that have a key.
    pub fn issue_crl(
        &self,
        who: &Identity,
        issuer: Option<IssuerId>,
    ) -> Result<Vec<CrlRow>, DeskError> {
        self.permit(who, Permission::IssueCrl)?;
        let signer = Signer::person(who.person(), &[Role::Op, Role::Admin]);
        let states: Vec<Arc<IssuerState>> = match issuer {
            Some(id) => self.issuer_state(id).into_iter().collect(),
            None => self.signing_issuers(),
        };
        if states.is_empty() {
            let unknown = DeskError::Refused(Refusal::IssuerUnknown);
            return Err(self.refused(signer, ObjectRef::Desk, unknown));
        }
        states
            .iter()
            .map(|state| {
                self.transact(signer, |tx| {
                    tx.log(
                        Action::CRL_DIMINTA,
                        ObjectRef::Issuer(state.record.id),
                        |_| {},
                    )
                })?;
                self.publish(state, Occasion::Event)
            })
            .collect::<Result<Vec<_>, _>>()
            .map(|rounds| rounds.into_iter().flatten().collect())
    }

    /// Makes and publishes an issuer's next CRLs. What stands published is looked at first, so that nothing on it can
    /// get lost; what was published is noted even where something beside it failed.
    pub(super) fn publish(
        &self,
        state: &IssuerState,
        occasion: Occasion,
    ) -> Result<Vec<CrlRow>, DeskError> {
        let _one_at_a_time = self
            .inner
            .publishing
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        self.refuse_doubted_clock()?;
        let signer = state.signer()?;
        self.reconcile_published(state)?;
        let made = Round::begin(self, state, signer, occasion)?.run()?;
        self.settle(&made.outcome, made.news())?;
        self.note_reconciled(state);
        self.checkpoint()?;
        self.note_publication_problem(state, made.problem.as_ref());
        match made.problem {
            Some(problem) => Err(problem),
            None => Ok(made
                .outcome
                .records
                .iter()
                .map(|record| self.crl_row(record, state))
                .collect()),
        }
    }

    /// Reserves the next number, above everything known of, in a committed transaction of its own (law 3).
    fn reserve(&self, issuer: IssuerId, floor: CrlNumber) -> Result<CrlNumber, DeskError> {
        self.transact(Signer::SYSTEM, |tx| {
            let number = tx.writer.reserve_crl_number(issuer, floor)?;
            tx.log(
                Action::CRL_DIPESAN,
                ObjectRef::Crl { issuer, number },
                |entry| {
                    entry.to = Some(ObjectState::CrlReserved);
                    entry.crl_number = Some(number);
                },
            )?;
            Ok(number)
        })
    }

    /// Lets no CRL be published while the guard lives.
    #[cfg(test)]
    pub fn hold_publications(&self) -> std::sync::MutexGuard<'_, ()> {
        self.inner
            .publishing
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn crl_row(&self, record: &CrlRecord, state: &IssuerState) -> CrlRow {
        CrlRow {
            issuer: record.issuer,
            issuer_name: state.name(),
            kind: match record.kind {
                CrlKind::Complete => "complete",
                CrlKind::Delta { .. } => "delta",
                CrlKind::Partition { .. } => "partition",
            },
            number: record.number,
            entries: record.entries,
            this_update: record.this_update,
            next_update: record.next_update,
            path: match &record.file {
                Some(name) => self
                    .inner
                    .folder
                    .crl_history()
                    .join(name)
                    .display()
                    .to_string(),
                None => self.published_path(state).display().to_string(),
            },
            published_at: record.published_at,
            seen_at: self.seen_at(record.issuer, &record.kind, record.number),
        }
    }

    pub(super) fn note_publication_problem(&self, state: &IssuerState, error: Option<&DeskError>) {
        let issuer = state.record.label.clone();
        let problem = error.map(|error| match error {
            DeskError::KeyLocked { .. } => NotPublished::KeyLocked,
            DeskError::ClockInDoubt { .. } => NotPublished::ClockInDoubt,
            DeskError::Signer(error) => NotPublished::Signer(error.clone()),
            other => NotPublished::Other(printable(&other.to_string())),
        });
        self.stand(
            |alarm| matches!(alarm, Alarm::CrlNotPublished { issuer: i, .. } if *i == issuer),
            problem.map(|problem| Alarm::CrlNotPublished {
                issuer: issuer.clone(),
                problem,
            }),
        );
    }
}

fn issuer_of(task: &Task) -> Option<IssuerId> {
    task.key.as_slice().try_into().ok().map(IssuerId)
}

fn failed(error: impl std::fmt::Display) -> DeskError {
    DeskError::Publish(error.to_string())
}
