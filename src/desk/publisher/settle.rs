//! What became true by a publication, noted: the CRLs, their entries, and the requests that waited for them (laws 1
//! and 2). The CRLs come first, with as much as one transaction takes without holding up the desk, the rest chunk by
//! chunk: what a kill in between leaves is still waiting, on a list that is out, and is noted when the desk starts again
//! or by the next round.

use crate::audit::{Action, Hash, ObjectRef, ObjectState};
use crate::domain::{
    Actor, CertificateKey, Command, CrlNumber, IssuerId, Standing, State, Timestamp,
};
use crate::store::{
    CrlKind, CrlRecord, LeftBecause, LeftEntry, ListChange, Pages, Reader, RequestList,
    RevokedEntry, RevokedFacts, StoreError, Window,
};

use crate::desk::transaction::{Signer, Transaction};
use crate::desk::view::Change;
use crate::desk::{Desk, DeskError, cases};

/// Entries noted by one transaction.
const CHUNK: usize = 2048;
/// Rows read at once.
const PAGE: usize = 4096;

/// An entry as it was when the list was read: its facts are all that its encoding says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::desk) struct Carried {
    pub key: CertificateKey,
    pub facts: RevokedFacts,
}

impl From<RevokedEntry> for Carried {
    fn from(entry: RevokedEntry) -> Self {
        Self {
            key: entry.key,
            facts: entry.facts,
        }
    }
}

/// What a complete CRL shows that no CRL before it showed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::desk) enum News {
    /// An entry that waited for it and is now wherever it belongs, as it is written there.
    Came(Carried),
    Left(LeftEntry),
}

impl News {
    pub const fn key(&self) -> &CertificateKey {
        match self {
            Self::Came(entry) => &entry.key,
            Self::Left(entry) => &entry.key,
        }
    }
}

/// What waits for an issuer's next complete CRL: entries that come, then those that left, each in the order of serials.
pub(in crate::desk) fn news(
    reader: &Reader,
    issuer: IssuerId,
) -> impl Iterator<Item = Result<News, StoreError>> + '_ {
    let came = waiting(reader, issuer).map(|row| Ok(News::Came(row?.into())));
    came.chain(gone(reader, issuer).map(|row| row.map(News::Left)))
}

/// Entries that no published CRL carries, in the order of serials.
pub(in crate::desk) fn waiting(
    reader: &Reader,
    issuer: IssuerId,
) -> impl Iterator<Item = Result<RevokedEntry, StoreError>> + '_ {
    Pages::new(PAGE, move |window: &Window| {
        reader.revoked_pending(issuer, window)
    })
}

/// Entries that left and that the published CRL shows still, in the order of serials.
pub(in crate::desk) fn gone(
    reader: &Reader,
    issuer: IssuerId,
) -> impl Iterator<Item = Result<LeftEntry, StoreError>> + '_ {
    Pages::new(PAGE, move |window: &Window| {
        reader.revoked_left(issuer, window)
    })
}

/// The CRLs of one round of publication.
pub(in crate::desk) struct Outcome {
    pub issuer: IssuerId,
    /// What was published and read back.
    pub records: Vec<CrlRecord>,
    /// The complete CRL among them, or the one before whose news were not all noted.
    pub complete: Option<CrlNumber>,
    /// Changes are written down for delta CRLs.
    pub delta: bool,
    /// The base of delta CRLs from now on.
    pub base: Option<CrlNumber>,
    /// Certificates that ended before this regular round's thisUpdate need not be carried any more.
    pub drop_ended_before: Option<Timestamp>,
}

impl Desk {
    /// Notes what is now true: the CRLs, and the news of the complete one. To be called with the publishing lock held.
    pub(in crate::desk) fn settle(
        &self,
        outcome: &Outcome,
        news: impl Iterator<Item = Result<News, DeskError>>,
    ) -> Result<(), DeskError> {
        let issuer = outcome.issuer;
        let all = outcome.complete.map_or(0, |_| usize::MAX);
        let mut news = news.take(all);
        let mut chunk = next_chunk(&mut news)?;
        let mut first = !outcome.records.is_empty();
        let mut moved = false;
        while first || !chunk.is_empty() {
            self.transact(Signer::SYSTEM, |tx| {
                if first {
                    for record in &outcome.records {
                        tx.note_published(record)?;
                    }
                    moved = outcome.delta && tx.writer.crl_numbers(issuer)?.base != outcome.base;
                    if moved {
                        tx.writer.set_delta_base(issuer, outcome.base)?;
                    }
                }
                if let Some(number) = outcome.complete {
                    tx.note_news(&chunk, number, outcome.delta)?;
                }
                tx.changed(Change::Crl(issuer));
                tx.wake_mailer();
                Ok(())
            })?;
            first = false;
            chunk = next_chunk(&mut news)?;
        }
        if let (true, Some(base)) = (moved, outcome.base) {
            self.forget_changes(issuer, base)?;
        }
        match outcome.drop_ended_before {
            Some(end) => self.drop_expired(issuer, end),
            None => Ok(()),
        }
    }

    /// Forgets what the base of the deltas and every list after it show.
    fn forget_changes(&self, issuer: IssuerId, base: CrlNumber) -> Result<(), DeskError> {
        let reader = self.inner.store.read()?;
        let changes = Pages::new(PAGE, |window: &Window| reader.list_changes(issuer, window));
        let mut shown = changes
            .filter(|row| !matches!(row, Ok((_, change)) if change.number > base))
            .map(|row| row.map(|(key, _)| key).map_err(DeskError::from));
        loop {
            let chunk = next_chunk(&mut shown)?;
            if chunk.is_empty() {
                return Ok(());
            }
            self.transact(Signer::SYSTEM, |tx| {
                Ok(tx.writer.forget_changes(&chunk, base)?)
            })?;
        }
    }

    /// Lets go of entries whose certificates had ended before this regular CRL, which carries them: the next one need
    /// not (RFC 5280 §5: not before one regularly scheduled CRL beyond the certificate's validity).
    fn drop_expired(&self, issuer: IssuerId, this_update: Timestamp) -> Result<(), DeskError> {
        let reader = self.inner.store.read()?;
        let ended = Pages::new(PAGE, |window: &Window| {
            reader.revoked_ended(issuer, this_update, window)
        });
        let mut ended = ended.map(|row| row.map_err(DeskError::from));
        loop {
            let chunk = next_chunk(&mut ended)?;
            if chunk.is_empty() {
                return Ok(());
            }
            self.transact(Signer::SYSTEM, |tx| {
                tx.writer.note_dropped(issuer, this_update)?;
                for key in &chunk {
                    // Decided anew meanwhile it waits for a list.
                    let now = tx.writer.revoked_facts(key)?;
                    if now.is_some_and(|facts| facts.on_crl.is_some()) {
                        tx.writer
                            .remove_revoked(key, LeftBecause::Expired, this_update)?;
                    }
                }
                tx.changed(Change::Crl(issuer));
                Ok(())
            })?;
        }
    }
}

fn next_chunk<T>(
    all: &mut impl Iterator<Item = Result<T, DeskError>>,
) -> Result<Vec<T>, DeskError> {
    all.take(CHUNK).collect()
}

impl Transaction<'_> {
    fn note_published(&mut self, record: &CrlRecord) -> Result<(), DeskError> {
        let (issuer, number) = (record.issuer, record.number);
        let action = match record.kind {
            CrlKind::Complete => Action::CRL_TERBIT,
            CrlKind::Delta { .. } => Action::CRL_DELTA_TERBIT,
            CrlKind::Partition { .. } => Action::CRL_PARTISI_TERBIT,
        };
        self.writer.put_crl(record)?;
        self.log(action, ObjectRef::Crl { issuer, number }, |entry| {
            entry.from = Some(ObjectState::CrlReserved);
            entry.to = Some(ObjectState::CrlPublished);
            entry.crl_number = Some(number);
            entry.digest = Some(Hash(record.sha256));
            entry.count = Some(record.entries);
        })?;
        Ok(())
    }

    /// The complete CRL `number` shows this, and the database still says so. What was decided anew since the list was
    /// read waits for the next one: this one tells of it as it was.
    fn note_news(
        &mut self,
        news: &[News],
        number: CrlNumber,
        delta: bool,
    ) -> Result<(), DeskError> {
        let mut carried = Vec::with_capacity(news.len());
        let mut gone = Vec::new();
        for one in news {
            let mut left = None;
            match one {
                News::Came(entry) => {
                    let now = self.writer.revoked_facts(&entry.key)?;
                    if now.as_ref() == Some(&entry.facts) {
                        carried.push(entry.key.clone());
                    }
                }
                News::Left(entry) => {
                    left = Some((entry.because, entry.at));
                    if self.writer.left_entry(&entry.key)?.as_ref() == Some(entry) {
                        gone.push(entry.key.clone());
                        if entry.because == LeftBecause::Released {
                            self.mail_reinstated(&entry.key, entry.at, number)?;
                        }
                    }
                }
            }
            if delta {
                self.writer
                    .put_change(one.key(), ListChange { number, left })?;
            }
        }
        self.writer.set_on_crl(&carried, number)?;
        self.writer.forget_left(&gone)?;
        for key in &carried {
            self.note_on_crl(key, number)?;
        }
        Ok(())
    }

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
}
