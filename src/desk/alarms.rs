//! What every officer must see until it is over. Some stand because something happened (a publication failed), the
//! rest is worked out from the database when asked.

use std::collections::BTreeSet;
use std::sync::PoisonError;

use crate::domain::instant::HOUR;
use crate::domain::{CertificateStatus, State, Timestamp};
use crate::store::{CertificateList, CrlRecord, MailStatus, Reader, RequestList, Window};

use super::view::{Alarm, Change, KeyState};
use super::{Desk, DeskError, publisher};

/// Alarms that stand until they are taken back.
#[derive(Default)]
pub(super) struct Standing(BTreeSet<Alarm>);

/// A CRL that ends within this time alarms (DOMAIN: under 12 h).
const CRL_NEAR_END: i64 = 12 * HOUR;

/// Whether a CRL ends soon: within [`CRL_NEAR_END`], or, where it holds for less than twice that, when a quarter of its
/// time is left; it should have been renewed long before.
fn is_near_end(last: &CrlRecord, now: Timestamp) -> bool {
    let quarter = last.next_update.since(last.this_update) / 4;
    last.next_update.since(now) < CRL_NEAR_END.min(quarter)
}

/// More of one kind than this tell nothing new.
const MANY: usize = 20;

impl Desk {
    /// Replaces the standing alarms that `matches` by `alarm`.
    pub(super) fn stand(&self, matches: impl Fn(&Alarm) -> bool, alarm: Option<Alarm>) {
        let mut standing = self
            .inner
            .alarms
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let before = standing.0.len();
        let had = standing.0.iter().any(&matches);
        standing.0.retain(|a| !matches(a));
        standing.0.extend(alarm);
        let changed = had || standing.0.len() != before;
        drop(standing);
        if changed {
            self.announce(&[Change::Alarms]);
        }
    }

    /// Everything that needs somebody's eye now.
    pub fn alarms(&self) -> Result<Vec<Alarm>, DeskError> {
        let now = self.now();
        let reader = self.inner.store.read()?;
        let mut alarms: BTreeSet<Alarm> = self
            .inner
            .alarms
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .0
            .clone();
        self.issuer_alarms(&reader, now, &mut alarms)?;
        alarms.extend(self.clock_alarms()?);
        let failed = reader.mail_count(MailStatus::Failed)?;
        if failed > 0 {
            alarms.insert(Alarm::MailFailing { count: failed });
        }
        let due = reader.requests(&RequestList::LetterDue, &Window::first(MANY))?;
        for request in due.rows {
            if let (Some(number), Some(due)) = (request.number, request.letter_due)
                && due < now
            {
                alarms.insert(Alarm::LetterOverdue { number });
            }
        }
        for account in self.accounts_with_grants(&reader)?.iter().take(MANY) {
            if let Some(effective_at) = account.pending.iter().map(|p| p.effective_at).min() {
                alarms.insert(Alarm::GrantPending {
                    username: account.username.to_string(),
                    effective_at,
                });
            }
        }
        self.hold_alarms(&reader, now, &mut alarms)?;
        self.review_alarms(&reader, &mut alarms)?;
        Ok(alarms.into_iter().collect())
    }

    fn issuer_alarms(
        &self,
        reader: &Reader,
        now: Timestamp,
        alarms: &mut BTreeSet<Alarm>,
    ) -> Result<(), DeskError> {
        for view in self.issuers()? {
            let issuer = view.label.clone();
            match view.key {
                // Taken in for its history; that it signs no more is no news.
                KeyState::Expired if view.history_only => continue,
                KeyState::Expired => {
                    alarms.insert(Alarm::CaExpired { issuer });
                    continue;
                }
                KeyState::Locked => {
                    alarms.insert(Alarm::KeyLocked {
                        issuer: issuer.clone(),
                    });
                }
                KeyState::Open | KeyState::Missing => {}
            }
            let kinds = self
                .issuer_state(view.id)
                .map(|state| publisher::kinds(&state.record.settings));
            let mut ends = Vec::new();
            for kind in kinds.into_iter().flatten() {
                ends.extend(
                    reader
                        .last_crl(view.id, &kind)?
                        .filter(|last| is_near_end(last, now))
                        .map(|last| last.next_update),
                );
            }
            if let Some(next_update) = ends.into_iter().min() {
                alarms.insert(Alarm::CrlExpiring {
                    issuer: issuer.clone(),
                    next_update,
                });
            }
            let count = reader.revoked_adopted_count(view.id)?;
            if count > 0 {
                alarms.insert(Alarm::UnknownRevoked { issuer, count });
            }
        }
        Ok(())
    }

    fn hold_alarms(
        &self,
        reader: &Reader,
        now: Timestamp,
        alarms: &mut BTreeSet<Alarm>,
    ) -> Result<(), DeskError> {
        let limit = self.policy().hold_limit;
        let list = CertificateList::Status(CertificateStatus::Held, now);
        // They come by the end of validity: the oldest suspension may be the last of them.
        let mut window = Window::first(500);
        let mut found = 0;
        loop {
            let held = reader.certificates(&list, &window)?;
            for certificate in held.rows {
                let over = certificate
                    .revocation()
                    .is_some_and(|r| now.since(r.date) > limit);
                if over && found < MANY {
                    found += 1;
                    alarms.insert(Alarm::HoldUndecided {
                        serial: certificate.key.serial.clone(),
                    });
                }
            }
            match held.next {
                Some(next) if found < MANY => window = Window::first(500).after(next),
                _ => return Ok(()),
            }
        }
    }

    /// Decisions by one officer where two were asked for: reviewed the next working day, until the request is over.
    fn review_alarms(
        &self,
        reader: &Reader,
        alarms: &mut BTreeSet<Alarm>,
    ) -> Result<(), DeskError> {
        for state in [State::Dicabut, State::Diberitahukan] {
            let list = reader.requests(&RequestList::State(state), &Window::first(1000))?;
            for request in list.rows {
                if let (Some(number), Some(decision)) = (request.number, &request.decision)
                    && decision.break_glass
                {
                    alarms.insert(Alarm::BreakGlass { number });
                }
            }
        }
        Ok(())
    }
}
