//! What happens because time passed: regular CRLs, lapsed claims, deferred revocations, requests nobody acknowledged or
//! whose certificate ended, grants whose delay is over, failed logins of a minute that is over.

use crate::domain::instant::{HOUR, MINUTE};
use crate::domain::request::Closing;
use crate::domain::{
    Actor, Command, Request, RequestId, RequestNumber, Standing, State, Timestamp,
};
use crate::notify::address::EmailAddress;
use crate::store::{Reader, RequestList, Window};

use super::mails::{Occasion, was_reminded};
use super::transaction::{Signer, found};
use super::view::Change;
use super::{Desk, DeskError, cases};

/// Cases looked at in one round of one kind.
const ROUND: usize = 500;

impl Desk {
    /// One round; returns when the next is due at the latest.
    pub(super) fn run_schedule(&self) -> Result<Option<Timestamp>, DeskError> {
        self.watch_clock()?;
        let now = self.now();
        if self.clock_doubted()?.is_some() {
            // By a clock that may be wrong nothing happens by itself: no deferred revocation, no closing, no lapse.
            return Ok(Some(now.plus(MINUTE)));
        }
        let mut next = vec![now.plus(HOUR)];
        next.extend(self.renew_crls(now)?);
        next.extend(self.release_lapsed(now)?);
        next.extend(self.carry_out_deferred(now)?);
        next.extend(self.remind_of_letters(now)?);
        self.acknowledge_silently(now)?;
        self.close_ended(now)?;
        next.extend(self.settle_grants()?);
        next.extend(self.log_failures(false)?);
        next.extend(self.log_refused_reads(false)?);
        Ok(next.into_iter().min())
    }

    /// Claims whose lease is over go back.
    fn release_lapsed(&self, now: Timestamp) -> Result<Option<Timestamp>, DeskError> {
        let lease = self.policy().claim_lease;
        let claimed = self
            .inner
            .store
            .read()?
            .requests(&RequestList::Claimed, &Window::first(ROUND))?;
        let mut next: Option<Timestamp> = None;
        for request in claimed.rows {
            let Some(claim) = &request.claim else {
                continue;
            };
            let over = claim.last_activity.plus(lease + 1);
            if over <= now {
                self.by_itself(request.id, &Command::Release)?;
            } else {
                next = next.into_iter().chain([over]).min();
            }
        }
        Ok(next)
    }

    /// Deferred revocations whose time has come.
    fn carry_out_deferred(&self, now: Timestamp) -> Result<Option<Timestamp>, DeskError> {
        let scheduled = self
            .inner
            .store
            .read()?
            .requests(&RequestList::Scheduled, &Window::first(ROUND))?;
        for request in scheduled.rows {
            let Some(schedule) = &request.schedule else {
                continue;
            };
            if schedule.effective > now {
                return Ok(Some(schedule.effective));
            }
            self.by_itself(request.id, &Command::RevokeScheduled)?;
        }
        Ok(None)
    }

    /// Letters that were to follow and did not: their owners are told, once. Returns when the next is due.
    fn remind_of_letters(&self, now: Timestamp) -> Result<Option<Timestamp>, DeskError> {
        let mut window = Window::first(ROUND);
        loop {
            let reader = self.inner.store.read()?;
            let page = reader.requests(&RequestList::LetterDue, &window)?;
            drop(reader);
            for request in page.rows {
                let Some(due) = request.letter_due else {
                    continue;
                };
                if due >= now {
                    return Ok(Some(due.plus(1)));
                }
                // Nothing hangs on the letter of a request that came to nothing.
                let ended = [State::Ditolak, State::Ditarik, State::Ditutup];
                if !ended.contains(&request.state) {
                    self.remind_of_letter(request.id)?;
                }
            }
            match page.next {
                Some(next) => window = Window::first(ROUND).after(next),
                None => return Ok(None),
            }
        }
    }

    fn remind_of_letter(&self, id: RequestId) -> Result<(), DeskError> {
        let reader = self.inner.store.read()?;
        if was_reminded(&reader, id)? {
            return Ok(());
        }
        let owner = found(reader.request(id))?.owner;
        // Without an address there is the alarm alone.
        if reader
            .account(owner)?
            .is_none_or(|a| EmailAddress::parse(&a.email).is_err())
        {
            return Ok(());
        }
        drop(reader);
        self.transact(Signer::SYSTEM, |tx| {
            let case = cases::of_request(tx.writer, id)?;
            tx.mail(&case, Occasion::LetterOverdue)
        })
    }

    /// Requests told about and not acknowledged in time: "selesai, tanpa konfirmasi".
    fn acknowledge_silently(&self, now: Timestamp) -> Result<(), DeskError> {
        let within = self.policy().acknowledge_within;
        let told = self
            .inner
            .store
            .read()?
            .requests(&RequestList::Unacknowledged, &Window::first(ROUND))?;
        for request in told.rows {
            let silent = request
                .notice
                .as_ref()
                .is_some_and(|notice| now.since(notice.at) >= within);
            let not_asked = request.requester != crate::domain::request::RequesterKind::Subscriber;
            if silent || not_asked {
                self.by_itself(request.id, &Command::Acknowledge)?;
            }
        }
        Ok(())
    }

    /// Open requests that were overtaken: their certificate is revoked otherwise, or ended.
    fn close_ended(&self, now: Timestamp) -> Result<(), DeskError> {
        let mut overtaken = Vec::new();
        {
            let reader = self.inner.store.read()?;
            for state in State::ALL.into_iter().filter(|s| s.is_open()) {
                let list =
                    reader.requests(&RequestList::State(state), &Window::first(10 * ROUND))?;
                for request in list.rows {
                    let Some(certificate) = reader.certificate(&request.certificate)? else {
                        continue;
                    };
                    if matches!(certificate.standing, Standing::Revoked(_)) {
                        let closing = Closing::AlreadyRevoked(revoking(&reader, &request)?);
                        overtaken.push((request.id, closing));
                    } else if now > certificate.not_after {
                        overtaken.push((request.id, Closing::Expired));
                    }
                }
            }
        }
        for (id, closing) in overtaken {
            // A request that may still change the reason to keyCompromise is refused to be closed, and stays.
            self.by_itself(id, &Command::Close(closing))?;
        }
        Ok(())
    }

    /// A command of the desk itself. One that `decide` refuses by now has been overtaken, which is no fault.
    fn by_itself(&self, id: RequestId, command: &Command) -> Result<(), DeskError> {
        let done = self.transact(Signer::SYSTEM, |tx| {
            let mut case = cases::of_request(tx.writer, id)?;
            tx.perform(&mut case, command, &Actor::System)?;
            tx.changed(Change::Request(id));
            Ok(())
        });
        match done {
            Err(DeskError::Refused(refusal)) => {
                tracing::debug!(request = %id, %refusal, "overtaken");
                Ok(())
            }
            other => other,
        }
    }
}

/// The request that revoked the certificate of `overtaken`, where there is one.
fn revoking(reader: &Reader, overtaken: &Request) -> Result<Option<RequestNumber>, DeskError> {
    let list = RequestList::Certificate(overtaken.certificate.clone());
    let requests = reader.requests(&list, &Window::last(100))?;
    Ok(requests
        .rows
        .into_iter()
        .filter(|r| r.id != overtaken.id && r.decision.is_some())
        .find_map(|r| r.number))
}
