//! The look from outside: whether what was published is seen where relying parties fetch it ("terlihat di titik
//! publikasi"). Off unless `crl.outside_look` is on. Begins when a CRL is out, tries again with growing delay, and
//! alarms after half an hour; never delays or blocks a publication, and decides nothing.

mod look;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use self::look::Look;
use super::issuers::IssuerState;
use super::transaction::Signer;
use super::view::{Alarm, Change, NotSeen};
use super::{Desk, DeskError, Inner};
use crate::domain::distinguished_name::printable;
use crate::domain::instant::{HOUR, MINUTE, SECOND};
use crate::domain::{CrlNumber, IssuerId, Timestamp};
use crate::store::{CrlKind, CrlRecord};

/// The second look after one that saw nothing; doubles up to [`LONGEST_DELAY`].
const FIRST_DELAY: i64 = 10 * SECOND;
const LONGEST_DELAY: i64 = 10 * MINUTE;
/// A CRL that was seen is looked for again, since a server can be lost later.
const AGAIN: i64 = HOUR;
/// Not seen for so long is an alarm.
const PATIENCE: i64 = 30 * MINUTE;
/// What an answer may be longer than the list that was published there.
const SLACK: u64 = 1 << 20;

/// The delta, on whichever base.
const ANY_DELTA: CrlKind = CrlKind::Delta {
    base: CrlNumber::ZERO,
};

/// What the looks found out since this process began.
#[derive(Default)]
pub(super) struct Lookout {
    points: Mutex<BTreeMap<(IssuerId, CrlKind), Watch>>,
    /// Looks that are over and not yet noted.
    over: Mutex<Vec<(Look, Result<CrlNumber, NotSeen>)>>,
}

/// One publication point.
struct Watch {
    /// The CRL that is looked for.
    number: CrlNumber,
    /// From when on it is missed: its publication, the last sight of it.
    since: Timestamp,
    next: Timestamp,
    failures: u32,
    problem: Option<NotSeen>,
    looking: bool,
}

impl Watch {
    /// Of the time in which nobody looked, half an hour counts at most.
    fn new(record: &CrlRecord, now: Timestamp) -> Self {
        Self {
            number: record.number,
            since: record.published_at.max(now.plus(-PATIENCE)),
            next: now,
            failures: 0,
            problem: None,
            looking: false,
        }
    }

    fn saw(&mut self, now: Timestamp) {
        self.since = now;
        self.next = now.plus(AGAIN);
        self.failures = 0;
        self.problem = None;
    }

    fn missed(&mut self, problem: NotSeen, now: Timestamp) {
        let delay = (FIRST_DELAY << self.failures.min(16)).min(LONGEST_DELAY);
        self.next = now.plus(delay);
        self.failures += 1;
        self.problem = Some(problem);
    }

    fn alarms(&self, now: Timestamp) -> Option<NotSeen> {
        let problem = self.problem.as_ref()?;
        (now.since(self.since) >= PATIENCE).then(|| problem.clone())
    }
}

impl Lookout {
    fn points(&self) -> std::sync::MutexGuard<'_, BTreeMap<(IssuerId, CrlKind), Watch>> {
        self.points.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn over(&self) -> std::sync::MutexGuard<'_, Vec<(Look, Result<CrlNumber, NotSeen>)>> {
        self.over.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Desk {
    /// Looks at every publication point that is due, one after the other, and notes what was seen.
    pub fn look_outside(&self) -> Result<(), DeskError> {
        for look in self.due_looks()? {
            let seen = look.make();
            self.note_look(&look, seen)?;
        }
        Ok(())
    }

    /// A round of the worker: notes what is over, begins what is due, each in a thread that keeps no hold of the desk,
    /// so that a server which never answers keeps nobody from stopping. Returns when the next look is due.
    pub(super) fn watch_outside(&self) -> Result<Option<Timestamp>, DeskError> {
        let over = std::mem::take(&mut *self.inner.lookout.over());
        for (look, seen) in over {
            self.note_look(&look, seen)?;
        }
        for look in self.due_looks()? {
            let desk = Arc::downgrade(&self.inner);
            std::thread::Builder::new()
                .name("desk-look".to_owned())
                .spawn(move || {
                    let seen = look.make();
                    hand_over(&desk, look, seen);
                })
                .map_err(|e| DeskError::io("look thread", e))?;
        }
        let points = self.inner.lookout.points();
        let waiting = points.values().filter(|watch| !watch.looking);
        Ok(waiting.map(|watch| watch.next).min())
    }

    /// The looks to make now; each counts as begun.
    fn due_looks(&self) -> Result<Vec<Look>, DeskError> {
        if !self.settings().crl.outside_look {
            self.inner.lookout.points().clear();
            self.stand(|alarm| matches!(alarm, Alarm::CrlNotSeen { .. }), None);
            return Ok(Vec::new());
        }
        let now = self.now();
        let reader = self.inner.store.read()?;
        let mut looks = Vec::new();
        let points = self.issuer_states().into_iter().flat_map(|state| {
            self.points(&state)
                .map(move |point| (Arc::clone(&state), point))
        });
        for (state, (kind, url)) in points {
            let Some(record) = reader.last_crl(state.record.id, &kind)? else {
                continue;
            };
            let mut watches = self.inner.lookout.points();
            let watch = watches
                .entry((state.record.id, kind.clone()))
                .or_insert_with(|| Watch::new(&record, now));
            if watch.number != record.number {
                let looking = watch.looking;
                *watch = Watch {
                    looking,
                    ..Watch::new(&record, now)
                };
            }
            if watch.looking || watch.next > now {
                continue;
            }
            watch.looking = true;
            looks.push(Look {
                issuer: state.record.id,
                kind,
                url,
                writer: state.writer.clone(),
                most: record.bytes.saturating_mul(2).saturating_add(SLACK),
            });
        }
        Ok(looks)
    }

    fn note_look(&self, look: &Look, seen: Result<CrlNumber, NotSeen>) -> Result<(), DeskError> {
        let Some(state) = self.issuer_state(look.issuer) else {
            return Ok(());
        };
        let last = self
            .inner
            .store
            .read()?
            .last_crl(look.issuer, &look.kind)?
            .map(|record| record.number);
        let now = self.now();
        if let (Ok(number), Some(last)) = (&seen, last) {
            // One beyond the last of ours is not ours, and shows that ours was there.
            let number = *number.min(&last);
            self.transact(Signer::SYSTEM, |tx| {
                let (issuer, kind) = (look.issuer, &look.kind);
                tx.writer.put_crl_seen(issuer, kind, number, now)?;
                tx.changed(Change::Crl(issuer));
                Ok(())
            })?;
        }
        let alarm = {
            let mut points = self.inner.lookout.points();
            let Some(watch) = points.get_mut(&(look.issuer, look.kind.clone())) else {
                return Ok(());
            };
            watch.looking = false;
            match seen {
                Ok(number) if number >= watch.number => watch.saw(now),
                Ok(number) => watch.missed(NotSeen::Older { number }, now),
                Err(problem) => watch.missed(problem, now),
            }
            if let Some(problem) = &watch.problem {
                tracing::info!(url = %look.url, %problem, "CRL not seen at its publication point");
            }
            watch.alarms(now).map(|problem| Alarm::CrlNotSeen {
                issuer: state.record.label.clone(),
                number: watch.number,
                url: printable(&look.url),
                problem,
            })
        };
        let (label, place) = (&state.record.label, printable(&look.url));
        self.stand(
            |alarm| {
                matches!(alarm, Alarm::CrlNotSeen { issuer, url, .. } if issuer == label && *url == place)
            },
            alarm,
        );
        Ok(())
    }

    /// Where relying parties fetch an issuer's CRLs over HTTP: the complete one at its own URL, else under the desk's;
    /// the delta where freshestCRL says, a partition where its certificates say.
    fn points(&self, state: &IssuerState) -> impl Iterator<Item = (CrlKind, String)> + use<> {
        let own = &state.record.settings;
        let base = self.settings().crl.url.clone();
        let under_base = || (!base.is_empty()).then(|| format!("{base}/{}", own.file_name));
        let complete = own.crl_url.clone().or_else(under_base);
        let delta = own.delta.as_ref().map(|delta| delta.url.clone());
        let partitions = own.partitions.iter().map(|partition| {
            let uri = partition.uri.clone();
            (CrlKind::Partition { uri: uri.clone() }, uri)
        });
        let points: Vec<_> = complete
            .map(|url| (CrlKind::Complete, url))
            .into_iter()
            .chain(delta.map(|url| (ANY_DELTA, url)))
            .chain(partitions)
            .filter(|(_, url)| url.starts_with("http://") || url.starts_with("https://"))
            .collect();
        points.into_iter()
    }

    /// Since when a CRL, or a newer one in its place, has been seen at its publication point.
    pub(super) fn seen_at(
        &self,
        issuer: IssuerId,
        kind: &CrlKind,
        number: CrlNumber,
    ) -> Option<Timestamp> {
        let reader = self.inner.store.read().ok()?;
        reader.crl_seen(issuer, kind, number).ok().flatten()
    }
}

/// Gives the result of a look to the worker, if the desk is still there.
fn hand_over(desk: &Weak<Inner>, look: Look, seen: Result<CrlNumber, NotSeen>) {
    if let Some(inner) = desk.upgrade() {
        inner.lookout.over().push((look, seen));
        inner.wake.lookout();
    }
}
