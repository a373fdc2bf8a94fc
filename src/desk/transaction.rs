//! The one write transaction of an act: state, index, log and task together, or nothing (law 1).
//! After the commit: memory follows, subscribers hear of it, workers wake.

use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use crate::audit::{self, Action, ActorRef, Entry, Hash, HashReader, HashStore, ObjectRef, RuleId};
use crate::domain::{Account, AccountId, Person, Refusal, RequestId, Role, State, Timestamp};
use crate::store::{ClockDoubt, Reader, StoreError, Writer};

use super::environment::{self, NoRandomness};
use super::view::Change;
use super::{Desk, DeskError};

/// Who acts, as the log will say.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Signer {
    pub actor: ActorRef,
    pub role: Option<Role>,
    pub peer_uid: Option<u32>,
}

impl Signer {
    pub const SYSTEM: Self = Self {
        actor: ActorRef::System,
        role: None,
        peer_uid: None,
    };

    /// A person acting in the first of `roles` that he has.
    pub fn person(person: &Person, roles: &[Role]) -> Self {
        Self {
            actor: ActorRef::Account(person.id),
            role: roles
                .iter()
                .copied()
                .find(|r| person.has(*r))
                .or_else(|| person.roles.first().copied()),
            peer_uid: person.peer_uid,
        }
    }
}

/// An open write transaction with what it will have changed.
pub(super) struct Transaction<'a> {
    pub desk: &'a Desk,
    pub writer: &'a mut Writer,
    pub now: Timestamp,
    pub signer: Signer,
    changes: Vec<Change>,
    touched_requests: Vec<RequestId>,
    touched_accounts: Vec<AccountId>,
    settings_changed: bool,
    publish: bool,
    mail: bool,
}

impl Transaction<'_> {
    /// Appends a log entry; `fill` adds its facts.
    pub fn log(
        &mut self,
        action: Action,
        object: ObjectRef,
        fill: impl FnOnce(&mut Entry),
    ) -> Result<u64, DeskError> {
        let seq = self.writer.log_len()?;
        let mut entry = Entry::new(seq, self.now, self.signer.actor, action, object);
        entry.role = self.signer.role;
        entry.peer_uid = self.signer.peer_uid;
        fill(&mut entry);
        let octets = entry.to_bytes();
        let mut objects = vec![entry.object.to_string()];
        objects.extend(entry.related.as_ref().map(ToString::to_string));
        let objects: Vec<&[u8]> = objects.iter().map(String::as_bytes).collect();
        self.writer.append_log(&octets, &objects)?;
        audit::tree::append(&mut Hashes(self.writer), seq, &octets)
            .map_err(|e| DeskError::Log(e.to_string()))?;
        if !self.changes.contains(&Change::Log) {
            self.changes.push(Change::Log);
        }
        Ok(seq)
    }

    /// Writes down that the clock jumped, before anything is logged by it.
    fn doubt_clock(&mut self, doubt: ClockDoubt) -> Result<(), DeskError> {
        if self.writer.clock_doubt()?.is_none() {
            self.writer.put_clock_doubt(doubt)?;
            self.log(Action::JAM_DIRAGUKAN, ObjectRef::Desk, |_| {})?;
            self.changed(Change::Alarms);
        }
        Ok(())
    }

    pub fn random<const N: usize>(&self) -> Result<[u8; N], NoRandomness> {
        environment::octets(&*self.desk.inner.random)
    }

    pub fn changed(&mut self, change: Change) {
        match &change {
            Change::Request(id) => self.touched_requests.push(*id),
            Change::Account(id) => self.touched_accounts.push(*id),
            Change::Settings => self.settings_changed = true,
            _ => {}
        }
        self.changes.push(change);
    }

    /// There is something to publish once this is committed.
    pub const fn wake_publisher(&mut self) {
        self.publish = true;
    }

    /// There is mail once this is committed.
    pub const fn wake_mailer(&mut self) {
        self.mail = true;
    }

    /// The account as it is now; a disabled or vanished one can do nothing.
    pub fn current(&self, id: AccountId) -> Result<Account, DeskError> {
        active(self.writer, id)
    }
}

/// The account, if it may act.
pub(super) fn active(reader: &Reader, id: AccountId) -> Result<Account, DeskError> {
    reader
        .account(id)?
        .filter(|a| a.status == crate::domain::account::AccountStatus::Active)
        .ok_or(DeskError::Refused(Refusal::NotFound))
}

/// The tree's hashes where the store keeps them.
pub(super) struct Hashes<'a>(pub &'a mut Writer);

impl HashReader for Hashes<'_> {
    fn read(&self, indexes: &[u64]) -> Result<Vec<Hash>, audit::tree::StoreFault> {
        read_hashes(self.0, indexes)
    }
}

impl HashStore for Hashes<'_> {
    fn append(&mut self, first: u64, hashes: &[Hash]) -> Result<(), audit::tree::StoreFault> {
        let octets: Vec<[u8; 32]> = hashes.iter().map(|h| h.0).collect();
        Ok(self.0.put_log_hashes(first, &octets)?)
    }
}

/// The same through a snapshot.
pub(super) struct Snapshot<'a>(pub &'a Reader);

impl HashReader for Snapshot<'_> {
    fn read(&self, indexes: &[u64]) -> Result<Vec<Hash>, audit::tree::StoreFault> {
        read_hashes(self.0, indexes)
    }
}

fn read_hashes(reader: &Reader, indexes: &[u64]) -> Result<Vec<Hash>, audit::tree::StoreFault> {
    Ok(reader.log_hashes(indexes)?.into_iter().map(Hash).collect())
}

impl Desk {
    /// Runs `change` in one transaction signed by `signer`. Everything or nothing; memory and subscribers follow.
    pub(super) fn transact<T>(
        &self,
        signer: Signer,
        change: impl FnOnce(&mut Transaction<'_>) -> Result<T, DeskError>,
    ) -> Result<T, DeskError> {
        self.transact_at(signer, self.now(), change)
    }

    /// The same at a given time: demo folders are made so.
    pub(super) fn transact_at<T>(
        &self,
        signer: Signer,
        now: Timestamp,
        change: impl FnOnce(&mut Transaction<'_>) -> Result<T, DeskError>,
    ) -> Result<T, DeskError> {
        let jump = self.clock_jump(now);
        let (value, changes, after) = self.inner.store.write::<_, DeskError>(|writer| {
            let mut tx = Transaction {
                desk: self,
                writer,
                now,
                signer,
                changes: Vec::new(),
                touched_requests: Vec::new(),
                touched_accounts: Vec::new(),
                settings_changed: false,
                publish: false,
                mail: false,
            };
            if let Some(doubt) = jump {
                tx.doubt_clock(doubt)?;
            }
            let value = change(&mut tx)?;
            let after = After {
                requests: tx.touched_requests,
                accounts: tx.touched_accounts,
                settings: tx.settings_changed,
                publish: tx.publish,
                mail: tx.mail,
            };
            Ok((value, tx.changes, after))
        })?;
        self.inner
            .last_logged
            .fetch_max(now.millis(), Ordering::Relaxed);
        self.follow(after)?;
        self.announce(&changes);
        Ok(value)
    }

    /// Brings memory up to what was committed, and wakes who has work.
    fn follow(&self, mut after: After) -> Result<(), DeskError> {
        self.note_grants(&after.accounts)?;
        let reader = self.inner.store.read()?;
        for id in after.accounts {
            if let Some(account) = reader.account(id)? {
                self.remember_person(&account);
            }
        }
        after.requests.sort_unstable();
        after.requests.dedup();
        for id in after.requests {
            if let Some(request) = reader.request(id)? {
                if !matches!(request.state, State::Diajukan | State::Diperiksa) {
                    self.forget_ticks(id);
                }
                let row = self.queue_row(&request);
                self.inner
                    .queue
                    .write()
                    .unwrap_or_else(PoisonError::into_inner)
                    .put(row);
            }
        }
        drop(reader);
        if after.settings {
            self.load_settings()?;
        }
        if after.publish {
            self.inner.wake.publisher();
        }
        if after.mail {
            self.inner.wake.mailer();
        }
        Ok(())
    }

    /// Logs a refusal in a transaction of its own (nothing else changed) and hands the error on.
    pub(super) fn refused(&self, signer: Signer, object: ObjectRef, error: DeskError) -> DeskError {
        let DeskError::Refused(refusal) = &error else {
            return error;
        };
        let rule = RuleId::from_static(refusal.rule()).ok();
        let logged = self.transact(signer, |tx| {
            tx.log(Action::DITOLAK_ATURAN, object, |entry| entry.refusal = rule)
        });
        match logged {
            Ok(_) => error,
            // No log, no service: that is the graver news.
            Err(fault) => fault,
        }
    }
}

struct After {
    requests: Vec<RequestId>,
    accounts: Vec<AccountId>,
    settings: bool,
    publish: bool,
    mail: bool,
}

/// Looks something up and refuses with `NotFound` where it is not there.
pub(super) fn found<T>(value: Result<Option<T>, StoreError>) -> Result<T, DeskError> {
    value?.ok_or(DeskError::Refused(Refusal::NotFound))
}
