//! Whether the clock may be trusted to sign by (DOMAIN.md "Clock"). Far past the last logged time nothing is signed until
//! the system's clock is synchronised or somebody confirms the time; behind the published CRL revocations still go out.
//! In either case no entry leaves a list.

use std::sync::atomic::Ordering;

use crate::audit::{Action, Entry, ObjectRef};
use crate::domain::instant::HOUR;
use crate::domain::permission::Permission;
use crate::domain::{IssuerId, Standing, Timestamp};

use crate::desk::transaction::{Signer, Transaction};
use crate::desk::view::{Alarm, Change};
use crate::desk::{Desk, DeskError, Identity};
use crate::domain::Role;
use crate::pki::entry::{EntryReason, RevokedEntry};
use crate::store::{ClockDoubt, CrlKind, Window};

/// Entries dated anew by one transaction.
const CHUNK: usize = 2048;
/// Without a log entry for longer than this, the clock is doubted.
const LONGEST_SILENCE: i64 = 26 * HOUR;

impl Desk {
    /// The time of the last entry of the log, as the database has it.
    pub(in crate::desk) fn load_log_time(&self) -> Result<(), DeskError> {
        let reader = self.inner.store.read()?;
        let last = reader.log_len()?.checked_sub(1);
        let entry = last.map(|seq| reader.log_entry(seq)).transpose()?.flatten();
        if let Some(octets) = entry {
            let entry =
                Entry::from_bytes(&octets).map_err(|error| DeskError::Log(error.to_string()))?;
            self.inner
                .last_logged
                .store(entry.at.millis(), Ordering::Relaxed);
        }
        Ok(())
    }

    /// A jump forward that a transaction at `now` would write into the log. Demo folders have the time they are given.
    pub(in crate::desk) fn clock_jump(&self, now: Timestamp) -> Option<ClockDoubt> {
        let last = Timestamp(self.inner.last_logged.load(Ordering::Relaxed));
        let jumped = last.millis() > 0 && now.since(last) > LONGEST_SILENCE;
        (jumped && !self.inner.folder.is_demo()).then_some(ClockDoubt { last, seen: now })
    }

    /// Looks at the clock: a jump is written down, so that neither a restart nor what is logged next makes it good; a
    /// doubt ends when the system says that its clock is synchronised.
    pub(in crate::desk) fn watch_clock(&self) -> Result<(), DeskError> {
        let now = self.now();
        if self.clock_jump(now).is_some() {
            self.transact(Signer::SYSTEM, |_| Ok(()))?;
        } else {
            // A desk at which nothing happens sees its clock go on all the same.
            self.inner
                .last_logged
                .fetch_max(now.millis(), Ordering::Relaxed);
        }
        let doubted = self.inner.store.read()?.clock_doubt()?.is_some();
        if doubted && self.inner.clock.synchronised() == Some(true) {
            self.trust_clock(Signer::SYSTEM)?;
        }
        Ok(())
    }

    /// The last logged time before the clock jumped, while nobody has said that it is right.
    pub fn clock_doubted(&self) -> Result<Option<Timestamp>, DeskError> {
        Ok(self
            .inner
            .store
            .read()?
            .clock_doubt()?
            .map(|doubt| doubt.last))
    }

    /// An operator confirms that the desk's time is right.
    pub fn confirm_clock(&self, who: &Identity) -> Result<(), DeskError> {
        self.permit(who, Permission::IssueCrl)?;
        self.trust_clock(Signer::person(who.person(), &[Role::Op, Role::Admin]))
    }

    fn trust_clock(&self, signer: Signer) -> Result<(), DeskError> {
        // While the doubt stands nothing is published: no list is made between these transactions.
        if self.inner.store.read()?.clock_doubt()?.is_some() {
            for state in self.issuer_states() {
                let mut next = Some(Window::first(CHUNK));
                while let Some(window) = next {
                    next = self.transact(signer, |tx| tx.date_back(state.record.id, &window))?;
                }
            }
        }
        self.transact(signer, |tx| {
            if tx.writer.clock_doubt()?.is_some() {
                tx.writer.forget_clock_doubt()?;
                tx.log(Action::JAM_DIPASTIKAN, ObjectRef::Desk, |_| {})?;
                tx.changed(Change::Alarms);
                for state in self.issuer_states() {
                    super::ask_issuer(tx, state.record.id)?;
                }
                tx.wake_publisher();
            }
            Ok(())
        })?;
        self.inner.wake.scheduler();
        Ok(())
    }

    /// Why nothing is signed now.
    pub(super) fn refuse_doubted_clock(&self) -> Result<(), DeskError> {
        self.watch_clock()?;
        match self.inner.store.read()?.clock_doubt()? {
            Some(ClockDoubt { last, .. }) => Err(DeskError::ClockInDoubt {
                last,
                now: self.now(),
            }),
            None => Ok(()),
        }
    }

    /// The alarms of the clock.
    pub(in crate::desk) fn clock_alarms(&self) -> Result<Vec<Alarm>, DeskError> {
        let reader = self.inner.store.read()?;
        let now = self.now();
        let mut alarms = Vec::new();
        if let Some(doubt) = reader.clock_doubt()? {
            alarms.push(Alarm::ClockJumped { last: doubt.last });
        }
        for state in self.issuer_states() {
            if let Some(last) = reader.last_crl(state.record.id, &CrlKind::Complete)?
                && now < last.this_update
            {
                alarms.push(Alarm::ClockBehind {
                    issuer: state.record.label.clone(),
                    published: last.this_update,
                });
            }
        }
        Ok(alarms)
    }
}

impl Transaction<'_> {
    /// What was decided while the clock ran ahead and is on no list yet is dated by the clock as it is now: the next
    /// list would begin after it otherwise, in the future. What is no younger than the last list keeps its date: the
    /// next one begins after that list whatever the clock says, and a restore cannot tell what stood on it from what
    /// did not come so far. Where to go on; `None` behind the last of them.
    fn date_back(
        &mut self,
        issuer: IssuerId,
        window: &Window,
    ) -> Result<Option<Window>, DeskError> {
        let last = self.writer.last_crl(issuer, &CrlKind::Complete)?;
        let latest = last.map_or(self.now, |last| last.this_update.max(self.now));
        let waiting = self.writer.revoked_pending(issuer, window)?;
        let mut dated = 0;
        for mut entry in waiting.rows {
            if entry.facts.date <= latest {
                continue;
            }
            entry.facts.date = self.now;
            let invalid = entry.facts.invalidity_date.filter(|date| *date <= self.now);
            entry.facts.invalidity_date = invalid;
            let encoded = RevokedEntry {
                serial: entry.key.serial.clone(),
                revocation_date: self.now,
                reason: EntryReason::Revoked(entry.facts.reason),
                invalidity_date: invalid,
            };
            entry.der = encoded.encode().map_err(super::failed)?;
            if let Some(mut certificate) = self.writer.certificate(&entry.key)? {
                if let Standing::Held(revocation) | Standing::Revoked(revocation) =
                    &mut certificate.standing
                {
                    revocation.date = self.now;
                    revocation.invalidity_date = invalid;
                }
                self.writer.update_certificate(&certificate)?;
            }
            self.writer.put_revoked(&entry)?;
            dated += 1;
        }
        if dated > 0 {
            self.log(Action::JAM_DIPASTIKAN, ObjectRef::Issuer(issuer), |entry| {
                entry.count = Some(dated);
            })?;
        }
        Ok(waiting.next.map(|at| Window::first(CHUNK).after(at)))
    }
}
