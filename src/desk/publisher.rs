//! The publisher: from entries decided to a CRL that was published and read back, and to everything that waits for
//! that. Reserve the number (committed) → write → sign → gate → publish → read back → settle in one transaction.
//! Each arrow can be killed and is repeated; nothing is repeated twice in effect (laws 2 and 3).

use std::fs::File;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError};

use crate::audit::{Action, Hash, ObjectRef, ObjectState};
use crate::domain::instant::{MINUTE, SECOND};
use crate::domain::permission::Permission;
use crate::domain::{
    Actor, CertificateKey, Command, CrlNumber, IssuerId, Refusal, Role, Serial, Standing, State,
    Timestamp,
};
use crate::pki::crl_read::{CrlReader, CrlSource};
use crate::pki::gate::{Gate, Predecessor};
use crate::pki::plan::{self, CrlPeriod, CrlPlan, CrlTerms};
use crate::pki::publish::{CrlFileName, History, HistoryBound, PublishingFolder};
use crate::pki::write::{TbsWriter, algorithm_of};
use crate::store::{
    CrlKind, CrlRecord, LeftBecause, LeftEntry, Page, Reader, RequestList, StoreError, Task, Window,
};

use super::issuers::IssuerState;
use super::transaction::{Signer, Transaction};
use super::view::{Alarm, Change, CrlRow, NotPublished};
use super::{Desk, DeskError, Identity, cases};

/// The task of publishing an issuer's CRL; its key is the issuer's id.
const PUBLISH: &str = "publish";

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

/// Everything one publication settles.
struct Outcome {
    record: CrlRecord,
    /// Entries that were waiting when the list was read.
    carried: Vec<CertificateKey>,
    left: Vec<LeftEntry>,
}

impl Desk {
    /// Publishes what is due. Returns when the next task is due, if any.
    pub(super) fn publish_due(&self) -> Result<Option<Timestamp>, DeskError> {
        let now = self.now();
        let tasks = self.inner.store.read()?.due_tasks(now, 100)?;
        for task in tasks.into_iter().filter(|t| t.kind == PUBLISH) {
            self.run_publication(&task, now)?;
        }
        Ok(self.inner.store.read()?.next_task_due()?)
    }

    fn run_publication(&self, task: &Task, now: Timestamp) -> Result<(), DeskError> {
        let state = issuer_of(task).and_then(|id| self.issuer_state(id));
        let Some(state) = state else {
            return self.finish(task);
        };
        match self.publish(&state, false) {
            Ok(_) => self.finish(task),
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
            None => self.issuer_states(),
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
                self.publish(state, false)
            })
            .collect()
    }

    /// Makes and publishes an issuer's next complete CRL. `regular`: made by schedule, not for an event.
    pub(super) fn publish(&self, state: &IssuerState, regular: bool) -> Result<CrlRow, DeskError> {
        let _one_at_a_time = self
            .inner
            .publishing
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let key = {
            let holder = state.key.lock().unwrap_or_else(PoisonError::into_inner);
            let locked = || DeskError::KeyLocked {
                issuer: state.record.label.clone(),
            };
            let holder = holder
                .as_ref()
                .map_err(|why| DeskError::Publish(format!("{}: {why}", state.record.label)))?;
            Arc::clone(holder.signer().map_err(|_| locked())?)
        };
        let folder = PublishingFolder::open(&self.crl_folder()).map_err(failed)?;
        let name = file_name(state)?;
        let published = folder.published(&name).map_err(failed)?;
        let before = published.as_ref().map(Head::read).transpose()?;

        let number = self.reserve(state, before.as_ref())?;
        let reader = self.inner.store.read()?;
        let this_update = before
            .as_ref()
            .map_or(self.now(), |b| self.now().max(b.this_update.plus(SECOND)))
            .whole_second();
        let plan = self.plan(state, number, this_update)?;
        let mut writer = TbsWriter::begin(
            &plan,
            algorithm_of(&*key).map_err(failed)?,
            usize::try_from(reader.revoked_totals(state.record.id)?.bytes).unwrap_or(usize::MAX),
        )
        .map_err(failed)?;
        reader.for_each_revoked::<DeskError>(state.record.id, |entry| {
            writer.push(entry.der).map_err(failed)
        })?;
        let signed = writer
            .finish()
            .and_then(|tbs| tbs.sign(&*key))
            .map_err(failed)?;

        let left = reader.revoked_left(state.record.id)?;
        let passed = Gate {
            issuer: &state.writer,
            now: self.now(),
            predecessor: match (&published, &before) {
                (Some(file), _) => Predecessor::Published(file),
                (None, _) => match Self::last_published(&reader, state.record.id)? {
                    Some(last_number) => Predecessor::Lost { last_number },
                    None => Predecessor::None,
                },
            },
            may_leave: |serial: &Serial| may_leave(&left, serial),
        }
        .examine(&signed, EntriesOf::new(&reader, state.record.id))
        .map_err(|refusal| DeskError::Publish(refusal.to_string()))?;

        let file = folder.publish(&name, signed.as_bytes()).map_err(failed)?;
        // A full history disk must not stop a publication: what is published counts, the copy is kept if it can be.
        let copy = self.keep_copy(&name, passed.number, signed.as_bytes());
        let outcome = Outcome {
            record: CrlRecord {
                issuer: state.record.id,
                kind: CrlKind::Complete,
                number: passed.number,
                this_update: passed.this_update,
                next_update: passed.next_update,
                entries: passed.entries,
                bytes: signed.as_bytes().len() as u64,
                sha256: file.sha256,
                file: copy,
                published_at: self.now(),
                regular,
            },
            carried: pending(&reader, state.record.id)?,
            left,
        };
        drop(reader);
        self.settle(&outcome)?;
        self.note_publication_problem(state, None);
        self.checkpoint()?;
        Ok(self.crl_row(&outcome.record, state))
    }

    /// Keeps a copy in the history and trims it; the copy's file name. What fails here is an alarm, no more.
    fn keep_copy(&self, name: &CrlFileName, number: CrlNumber, der: &[u8]) -> Option<String> {
        let bound = HistoryBound {
            count: self.settings().crl.history as usize,
            age: None,
        };
        let kept = History::open(&self.inner.folder.crl_history()).and_then(|history| {
            let path = history.keep(name, number, der)?;
            history.trim(name, bound, self.now())?;
            Ok(path)
        });
        let problem = kept.as_ref().err().map(ToString::to_string);
        self.stand(
            |alarm| matches!(alarm, Alarm::HistoryNotKept { .. }),
            problem.map(|problem| Alarm::HistoryNotKept {
                problem: crate::domain::distinguished_name::printable(&problem),
            }),
        );
        let path = kept.ok()?;
        Some(path.file_name()?.to_string_lossy().into_owned())
    }

    /// Reserves the next number, above everything known of, in a committed transaction of its own (law 3).
    fn reserve(
        &self,
        state: &IssuerState,
        published: Option<&Head>,
    ) -> Result<CrlNumber, DeskError> {
        let floor = published.map_or(CrlNumber::ZERO, |head| head.number);
        let issuer = state.record.id;
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

    fn plan(
        &self,
        state: &IssuerState,
        number: CrlNumber,
        this_update: Timestamp,
    ) -> Result<CrlPlan, DeskError> {
        let settings = self.settings();
        let period = CrlPeriod::new(
            settings.crl.interval,
            settings.crl.validity,
            CrlPeriod::LONGEST,
        )
        .map_err(failed)?;
        let terms = CrlTerms {
            number,
            this_update,
            kind: plan::CrlKind::Complete,
            freshest_crl: None,
            // Nothing was ever dropped, so the list reaches back to the CA's own beginning.
            expired_certs_on_crl: settings
                .policy
                .keep_expired
                .then(|| state.issuer.not_before()),
        };
        CrlPlan::new(&state.writer, period, terms).map_err(failed)
    }

    fn last_published(reader: &Reader, issuer: IssuerId) -> Result<Option<CrlNumber>, DeskError> {
        Ok(reader.crl_numbers(issuer)?.published)
    }

    /// Notes in one transaction what is now true: the CRL, its entries, and the requests that waited for it.
    fn settle(&self, outcome: &Outcome) -> Result<(), DeskError> {
        let record = &outcome.record;
        let (issuer, number) = (record.issuer, record.number);
        self.transact(Signer::SYSTEM, |tx| {
            tx.writer.put_crl(record)?;
            tx.log(
                Action::CRL_TERBIT,
                ObjectRef::Crl { issuer, number },
                |entry| {
                    entry.from = Some(ObjectState::CrlReserved);
                    entry.to = Some(ObjectState::CrlPublished);
                    entry.crl_number = Some(number);
                    entry.digest = Some(Hash(record.sha256));
                    entry.count = Some(record.entries);
                },
            )?;
            tx.writer.set_on_crl(&outcome.carried, number)?;
            let left: Vec<_> = outcome.left.iter().map(|e| e.key.clone()).collect();
            tx.writer.forget_left(&left)?;
            for entry in &outcome.left {
                if entry.because == LeftBecause::Released {
                    tx.mail_reinstated(&entry.key, entry.at, number)?;
                }
            }
            for key in &outcome.carried {
                tx.note_on_crl(key, number)?;
            }
            if record.regular && !tx.desk.policy().keep_expired {
                tx.drop_expired(issuer, record.this_update)?;
            }
            tx.changed(Change::Crl(issuer));
            tx.wake_mailer();
            Ok(())
        })
    }

    /// Where CRLs are published.
    pub(super) fn crl_folder(&self) -> PathBuf {
        self.settings()
            .crl
            .folder
            .clone()
            .unwrap_or_else(|| self.inner.folder.crl())
    }

    pub(super) fn published_path(&self, state: &IssuerState) -> PathBuf {
        self.crl_folder().join(&state.record.settings.file_name)
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
        }
    }

    fn note_publication_problem(&self, state: &IssuerState, error: Option<&DeskError>) {
        let issuer = state.record.label.clone();
        let problem = error.map(|error| match error {
            DeskError::KeyLocked { .. } => NotPublished::KeyLocked,
            other => NotPublished::Other(crate::domain::distinguished_name::printable(
                &other.to_string(),
            )),
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

impl Transaction<'_> {
    /// A certificate's entry is on this CRL: the certificate and the request that waits for it learn of it.
    fn note_on_crl(&mut self, key: &CertificateKey, number: CrlNumber) -> Result<(), DeskError> {
        let requests = self
            .writer
            .requests(&RequestList::Certificate(key.clone()), &Window::first(100))?;
        let waiting = requests
            .rows
            .into_iter()
            .filter(|r| r.state == State::Dicabut && r.crl_number.is_none());
        let mut noted = false;
        for request in waiting {
            let mut case = cases::of_request(self.writer, request.id)?;
            self.perform(&mut case, &Command::Published { number }, &Actor::System)?;
            noted = true;
        }
        if !noted && let Some(mut certificate) = self.writer.certificate(key)? {
            if let Standing::Held(revocation) | Standing::Revoked(revocation) =
                &mut certificate.standing
            {
                revocation.on_crl.get_or_insert(number);
            }
            self.writer.update_certificate(&certificate)?;
            self.tell_of_suspension(&certificate, number)?;
        }
        Ok(())
    }

    /// Lets go of entries whose certificates had ended before this regular CRL: the next one need not carry them
    /// (RFC 5280 §5: not before one regularly scheduled CRL beyond the certificate's validity).
    fn drop_expired(&mut self, issuer: IssuerId, this_update: Timestamp) -> Result<(), DeskError> {
        let mut ended = Vec::new();
        self.writer.for_each_revoked::<DeskError>(issuer, |entry| {
            if entry
                .facts()?
                .not_after
                .is_some_and(|end| end < this_update)
                && let Ok(serial) = Serial::from_magnitude(entry.serial)
            {
                ended.push(CertificateKey { issuer, serial });
            }
            Ok(())
        })?;
        for key in ended {
            self.writer
                .remove_revoked(&key, LeftBecause::Expired, this_update)?;
        }
        Ok(())
    }
}

/// Number and thisUpdate of a CRL that stands published.
struct Head {
    number: CrlNumber,
    this_update: Timestamp,
}

impl Head {
    fn read(file: &File) -> Result<Self, DeskError> {
        let source: &dyn CrlSource = file;
        let mut reader = CrlReader::open(source).map_err(failed)?;
        let this_update = reader.head().this_update.get().unwrap_or_default();
        while reader.next_entry().map_err(failed)?.is_some() {}
        let tail = reader.finish().map_err(failed)?;
        Ok(Self {
            number: tail.crl_number().unwrap_or_default(),
            this_update,
        })
    }
}

/// An issuer's entries in the order of a CRL, read page by page.
struct EntriesOf<'a> {
    reader: &'a Reader,
    issuer: IssuerId,
    page: std::vec::IntoIter<crate::store::RevokedEntry>,
    next: Option<Window>,
}

const PAGE: usize = 4096;

impl<'a> EntriesOf<'a> {
    fn new(reader: &'a Reader, issuer: IssuerId) -> Self {
        Self {
            reader,
            issuer,
            page: Vec::new().into_iter(),
            next: Some(Window::first(PAGE)),
        }
    }
}

impl Iterator for EntriesOf<'_> {
    type Item = Result<Vec<u8>, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(entry) = self.page.next() {
                return Some(Ok(entry.der));
            }
            let window = self.next.take()?;
            match self.reader.revoked_page(self.issuer, &window) {
                Ok(Page { rows, next, .. }) => {
                    self.page = rows.into_iter();
                    self.next = next.map(|cursor| Window::first(PAGE).after(cursor));
                }
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

fn pending(reader: &Reader, issuer: IssuerId) -> Result<Vec<CertificateKey>, DeskError> {
    let page = reader.revoked_pending(issuer, &Window::first(usize::MAX))?;
    Ok(page.rows.into_iter().map(|entry| entry.key).collect())
}

fn may_leave(left: &[LeftEntry], serial: &Serial) -> bool {
    left.iter().any(|entry| entry.key.serial == *serial)
}

fn file_name(state: &IssuerState) -> Result<CrlFileName, DeskError> {
    CrlFileName::parse(&state.record.settings.file_name).ok_or_else(|| {
        DeskError::bad_value(
            "CRL file name",
            "letters, digits and hyphens ending in .crl",
        )
    })
}

fn issuer_of(task: &Task) -> Option<IssuerId> {
    task.key.as_slice().try_into().ok().map(IssuerId)
}

fn failed(error: impl std::fmt::Display) -> DeskError {
    DeskError::Publish(error.to_string())
}
