//! What became true by a publication, noted in one transaction: the CRLs, their entries, and the requests that waited
//! for them (laws 1 and 2).

use crate::audit::{Action, Hash, ObjectRef, ObjectState};
use crate::domain::{
    Actor, CertificateKey, Command, CrlNumber, IssuerId, Standing, State, Timestamp,
};
use crate::store::{
    CrlKind, CrlRecord, LeftBecause, LeftEntry, ListChange, RequestList, RevokedEntry,
    RevokedFacts, Window,
};

use crate::desk::transaction::{Signer, Transaction};
use crate::desk::view::Change;
use crate::desk::{Desk, DeskError, cases};

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

/// Everything one round of publication settles.
pub(in crate::desk) struct Outcome {
    pub issuer: IssuerId,
    /// What was published and read back.
    pub records: Vec<CrlRecord>,
    /// The complete CRL among them.
    pub complete: Option<CrlNumber>,
    /// Entries that waited when the list was read and are now wherever they belong, as they are written there.
    pub carried: Vec<Carried>,
    pub left: Vec<LeftEntry>,
    /// Changes are written down for delta CRLs.
    pub delta: bool,
    /// The base of delta CRLs from now on.
    pub base: Option<CrlNumber>,
    /// Certificates that ended before this regular round's thisUpdate need not be carried any more.
    pub drop_ended_before: Option<Timestamp>,
}

impl Desk {
    /// Notes in one transaction what is now true.
    pub(in crate::desk) fn settle(&self, outcome: &Outcome) -> Result<(), DeskError> {
        let issuer = outcome.issuer;
        self.transact(Signer::SYSTEM, |tx| {
            for record in &outcome.records {
                tx.note_published(record)?;
            }
            if let Some(number) = outcome.complete {
                tx.note_list(outcome, number)?;
            }
            if outcome.delta && tx.writer.crl_numbers(issuer)?.base != outcome.base {
                tx.writer.set_delta_base(issuer, outcome.base)?;
                if let Some(base) = outcome.base {
                    tx.writer.forget_changes(issuer, base)?;
                }
            }
            if let Some(end) = outcome.drop_ended_before {
                tx.drop_expired(issuer, end)?;
            }
            tx.changed(Change::Crl(issuer));
            tx.wake_mailer();
            Ok(())
        })
    }
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

    /// The complete CRL `number` shows what waited and no longer shows what left.
    fn note_list(&mut self, outcome: &Outcome, number: CrlNumber) -> Result<(), DeskError> {
        // What was decided anew since the list was read waits for the next one: this one tells of it as it was.
        let mut carried = Vec::with_capacity(outcome.carried.len());
        for entry in &outcome.carried {
            let now = self.writer.revoked(&entry.key)?.map(|now| now.facts);
            if now.as_ref() == Some(&entry.facts) {
                carried.push(entry.key.clone());
            }
        }
        self.writer.set_on_crl(&carried, number)?;
        let left: Vec<_> = outcome.left.iter().map(|e| e.key.clone()).collect();
        self.writer.forget_left(&left)?;
        if outcome.delta {
            for entry in &outcome.carried {
                self.writer
                    .put_change(&entry.key, ListChange { number, left: None })?;
            }
            for entry in &outcome.left {
                let left = Some((entry.because, entry.at));
                self.writer
                    .put_change(&entry.key, ListChange { number, left })?;
            }
        }
        for entry in &outcome.left {
            if entry.because == LeftBecause::Released {
                self.mail_reinstated(&entry.key, entry.at, number)?;
            }
        }
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

    /// Lets go of entries whose certificates had ended before this regular CRL: the next one need not carry them
    /// (RFC 5280 §5: not before one regularly scheduled CRL beyond the certificate's validity).
    fn drop_expired(&mut self, issuer: IssuerId, this_update: Timestamp) -> Result<(), DeskError> {
        const AT_ONCE: usize = 4096;
        loop {
            let ended = self.writer.revoked_ended(issuer, this_update, AT_ONCE)?;
            if ended.is_empty() {
                return Ok(());
            }
            self.writer.note_dropped(issuer, this_update)?;
            for key in ended {
                self.writer
                    .remove_revoked(&key, LeftBecause::Expired, this_update)?;
            }
        }
    }
}
