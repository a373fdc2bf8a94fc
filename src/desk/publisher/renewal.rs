//! When an issuer's CRLs are made by schedule: at their interval, and in any case well before one of them ends, also
//! with nothing revoked and whatever else is broken.

use crate::domain::Timestamp;
use crate::domain::instant::{HOUR, MINUTE};
use crate::pki::plan::CrlPeriod;
use crate::store::{CrlKind, CrlRecord, Reader};

use super::{Occasion, delta_period, period};
use crate::desk::issuers::IssuerState;
use crate::desk::view::KeyState;
use crate::desk::{Desk, DeskError};
use crate::domain::CrlNumber;

/// A CRL is renewed this long before it ends, at the latest: a whole working day to mend what keeps it back.
const BEFORE_END: i64 = 12 * HOUR;

impl Desk {
    /// Makes what is due of every issuer; when the next is. An issuer that fails is tried again in a minute, and keeps
    /// no other from its own.
    pub(in crate::desk) fn renew_crls(
        &self,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, DeskError> {
        let mut next: Option<Timestamp> = None;
        let mut at = |time: Timestamp| next = Some(next.map_or(time, |next| next.min(time)));
        for state in self.issuer_states() {
            let (due, occasion) = match self.due(&state) {
                Ok(Some(due)) => due,
                Ok(None) => continue,
                Err(error) => {
                    // One issuer's settings keep no other from its list.
                    self.note_publication_problem(&state, Some(&error));
                    at(now.plus(MINUTE));
                    continue;
                }
            };
            if due > now {
                at(due);
            } else if state.key_state(now) == KeyState::Open {
                match self.publish(&state, occasion) {
                    Ok(_) => at(now.plus(MINUTE)),
                    Err(error) => {
                        tracing::warn!(issuer = %state.record.label, %error, "regular CRL not published");
                        self.note_publication_problem(&state, Some(&error));
                        at(now.plus(MINUTE));
                    }
                }
            }
        }
        Ok(next)
    }

    /// When the issuer's next regular round is due, and which. `None` before its first CRL, which is asked for as a
    /// task.
    fn due(&self, state: &IssuerState) -> Result<Option<(Timestamp, Occasion)>, DeskError> {
        let reader = self.inner.store.read()?;
        let issuer = state.record.id;
        let settings = &state.record.settings;
        let Some(complete) = reader.last_crl(issuer, &CrlKind::Complete)? else {
            return Ok(None);
        };
        let every = period(settings, &self.settings())?;
        let mut full = renewal(&complete, every);
        // However often something is revoked, a regular one comes at its time: only after it what ended may leave, and
        // the base of the deltas moves on.
        let regular = reader.crl_numbers(issuer)?.regular;
        let regular = regular.map(|number| reader.crl(issuer, &CrlKind::Complete, number));
        if let Some(regular) = regular.transpose()?.flatten() {
            full = full.min(regular.this_update.plus(every.every()));
        }
        for partition in &settings.partitions {
            let kind = CrlKind::Partition {
                uri: partition.uri.clone(),
            };
            full = match reader.last_crl(issuer, &kind)? {
                Some(last) => full.min(renewal(&last, every)),
                None => complete.this_update,
            };
        }
        let delta = match &settings.delta {
            Some(delta) => last_delta(&reader, state)?
                .map(|last| delta_period(delta).map(|every| renewal(&last, every)))
                .transpose()?,
            None => None,
        };
        Ok(Some(match delta {
            Some(delta) if delta < full => (delta, Occasion::DeltaOnly),
            _ => (full, Occasion::Regular),
        }))
    }
}

fn last_delta(reader: &Reader, state: &IssuerState) -> Result<Option<CrlRecord>, DeskError> {
    let any = CrlKind::Delta {
        base: CrlNumber::ZERO,
    };
    Ok(reader.last_crl(state.record.id, &any)?)
}

/// After its interval, and [`BEFORE_END`] of it; a short one is renewed when half of it is over.
fn renewal(last: &CrlRecord, every: CrlPeriod) -> Timestamp {
    let half = last.next_update.since(last.this_update) / 2;
    let before_end = last.next_update.plus(-BEFORE_END.min(half));
    last.this_update.plus(every.every()).min(before_end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::IssuerId;
    use crate::domain::instant::DAY;

    fn due(valid_for: i64, every: i64) -> i64 {
        let last = CrlRecord {
            issuer: IssuerId([1; 16]),
            kind: CrlKind::Complete,
            number: CrlNumber::from(1),
            this_update: Timestamp(0),
            next_update: Timestamp(valid_for),
            entries: 0,
            bytes: 0,
            sha256: [0; 32],
            file: None,
            published_at: Timestamp(0),
            regular: true,
        };
        let every = CrlPeriod::new(every, 2 * every, CrlPeriod::LONGEST).unwrap();
        renewal(&last, every).millis()
    }

    #[test]
    fn a_crl_is_renewed_at_its_interval_and_before_it_ends() {
        assert_eq!(due(2 * DAY, DAY), DAY);
        // Made under other settings, or cut by the end of the CA's certificate.
        assert_eq!(due(DAY, DAY), DAY - 12 * HOUR);
        assert_eq!(due(2 * HOUR, HOUR), HOUR);
        assert_eq!(due(HOUR, HOUR), HOUR / 2);
    }
}
