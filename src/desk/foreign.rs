//! Revocations that were decided elsewhere: on a published CRL that the database lacks, or by the program that ran the
//! CA before us. Each is taken in so that nothing is ever un-revoked, and marked until somebody confirms it.

use ring::digest::{Context, SHA256};

use crate::audit::{Action, Hash, ObjectRef};
use crate::domain::certificate::Revocation;
use crate::domain::{
    Certificate, CertificateKey, CertificateStatus, CrlNumber, IssuerId, ReasonCode, Standing,
    Timestamp,
};
use crate::pki::entry::{EntryReason, RevokedEntry};
use crate::store::{self, LeftBecause, LeftEntry, ListChange, RevokedFacts, RevokedKind};

use super::DeskError;
use super::transaction::Transaction;
use super::view::Change;

/// One revocation decided elsewhere.
#[derive(Clone, Debug)]
pub(super) struct Foreign {
    pub entry: RevokedEntry,
    /// The certificate's end, where whoever tells of it knows it.
    pub not_after: Option<Timestamp>,
}

impl Foreign {
    /// Whether the database's entry says as much: then there is nothing to do.
    pub fn is_told_by(&self, known: &store::RevokedEntry) -> bool {
        self.weight() <= weight_of(&known.facts)
    }

    /// The same, with no date behind `now`: a clock elsewhere may be ahead of ours, and no list of ours may carry a
    /// date after its own.
    fn no_later_than(&self, now: Timestamp) -> Self {
        let mut entry = self.entry.clone();
        entry.revocation_date = entry.revocation_date.min(now.whole_second());
        let date = entry.revocation_date;
        entry.invalidity_date = entry.invalidity_date.filter(|at| *at <= date);
        Self {
            entry,
            not_after: self.not_after,
        }
    }

    const fn weight(&self) -> u8 {
        weight(reason(self), self.entry.invalidity_date)
    }
}

const fn weight_of(facts: &RevokedFacts) -> u8 {
    weight(facts.reason, facts.invalidity_date)
}

/// Where a batch of them was found.
#[derive(Clone, Copy, Debug)]
pub(super) struct FoundOn {
    pub issuer: IssuerId,
    /// The published CRL that carries them, as they stand; `None` where they still wait for one.
    pub crl: Option<CrlNumber>,
}

/// What became of a batch.
#[derive(Default, Debug)]
pub(super) struct TakenIn {
    /// The database lacked them, or knew less of them.
    pub adopted: u64,
    pub known: u64,
}

impl Transaction<'_> {
    /// Takes in what the database lacks; not what left our list since the last CRL that we know of.
    pub fn take_in(
        &mut self,
        found: FoundOn,
        batch: &[Foreign],
        taken: &mut TakenIn,
    ) -> Result<(), DeskError> {
        let mut digest = Context::new(&SHA256);
        let before = taken.adopted;
        let state = self.desk.issuer_state(found.issuer);
        let partitioned = state.is_some_and(|state| !state.record.settings.partitions.is_empty());
        for foreign in batch {
            let capped = found.crl.is_none().then(|| foreign.no_later_than(self.now));
            let foreign = capped.as_ref().unwrap_or(foreign);
            let key = CertificateKey {
                issuer: found.issuer,
                serial: foreign.entry.serial.clone(),
            };
            let known = self.writer.revoked(&key)?;
            let told = match &known {
                Some(known) => foreign.is_told_by(known),
                None => self
                    .writer
                    .left_entry(&key)?
                    .is_some_and(|gone| left_rightly(&gone, foreign)),
            };
            if told {
                taken.known += 1;
                continue;
            }
            let der = foreign
                .entry
                .encode()
                .map_err(|e| DeskError::bad_value("CRL entry", e.to_string()))?;
            digest.update(&der);
            taken.adopted += 1;
            // A request may wait for that list of ours which tells of its entry: it goes on waiting. And whether a
            // partition tells of it nobody knows.
            let waits = known.is_some_and(|known| known.facts.on_crl.is_none()) || partitioned;
            let on_crl = found.crl.filter(|_| !waits);
            self.adopt(on_crl, key, der, foreign)?;
        }
        let count = taken.adopted - before;
        if count > 0 {
            let mut octets = [0; 32];
            octets.copy_from_slice(digest.finish().as_ref());
            let object = match found.crl {
                Some(number) => ObjectRef::Crl {
                    issuer: found.issuer,
                    number,
                },
                None => ObjectRef::Issuer(found.issuer),
            };
            self.log(Action::SERTIFIKAT_DIADOPSI, object, |entry| {
                entry.count = Some(count);
                entry.digest = Some(Hash(octets));
                entry.crl_number = found.crl;
            })?;
            self.changed(Change::Crl(found.issuer));
            self.changed(Change::Alarms);
        }
        Ok(())
    }

    fn adopt(
        &mut self,
        on_crl: Option<CrlNumber>,
        key: CertificateKey,
        der: Vec<u8>,
        foreign: &Foreign,
    ) -> Result<(), DeskError> {
        let certificate = self.writer.certificate(&key)?;
        let reason = reason(foreign);
        let facts = RevokedFacts {
            kind: kind(reason),
            date: foreign.entry.revocation_date,
            reason,
            invalidity_date: foreign.entry.invalidity_date,
            not_after: certificate
                .as_ref()
                .map(|c| c.not_after)
                .or(foreign.not_after),
            on_crl,
            adopted: true,
        };
        if let Some(certificate) = certificate {
            self.writer
                .note_member(&key, &certificate.distribution_points)?;
            self.stand_revoked(certificate, &facts)?;
        }
        if let Some(number) = on_crl
            && self
                .desk
                .issuer_state(key.issuer)
                .is_some_and(|state| state.record.settings.delta.is_some())
        {
            self.writer
                .put_change(&key, ListChange { number, left: None })?;
        }
        self.writer
            .put_revoked(&store::RevokedEntry { key, der, facts })?;
        Ok(())
    }

    /// Brings a certificate's standing in step with its entry, and logs that for the replay (law 8).
    fn stand_revoked(
        &mut self,
        mut certificate: Certificate,
        facts: &RevokedFacts,
    ) -> Result<(), DeskError> {
        let from = lasting_status(&certificate.standing);
        certificate.standing = standing(facts);
        certificate.version += 1;
        self.writer.update_certificate(&certificate)?;
        self.log_standing(&certificate, from, facts)
    }

    /// The entry of the log for a certificate that is revoked by a decision made elsewhere.
    fn log_standing(
        &mut self,
        certificate: &Certificate,
        from: CertificateStatus,
        facts: &RevokedFacts,
    ) -> Result<(), DeskError> {
        let object = ObjectRef::Certificate {
            issuer: certificate.key.issuer,
            serial: certificate.key.serial.clone(),
        };
        let to = lasting_status(&certificate.standing);
        self.log(Action::SERTIFIKAT_DIADOPSI, object, |entry| {
            entry.from = Some(from.into());
            entry.to = Some(to.into());
            entry.reason_code = Some(facts.reason);
            entry.crl_number = facts.on_crl;
        })?;
        self.changed(Change::Certificate(certificate.key.clone()));
        Ok(())
    }

    /// A certificate that has just come in and whose entry was adopted before it was known: the entry learns when the
    /// certificate ends, and the log that the certificate is revoked.
    pub fn recognise(&mut self, certificate: &Certificate) -> Result<(), DeskError> {
        let Some(mut entry) = self.writer.revoked(&certificate.key)? else {
            return Ok(());
        };
        entry.facts.not_after = Some(certificate.not_after);
        self.writer.put_revoked(&entry)?;
        self.writer
            .note_member(&certificate.key, &certificate.distribution_points)?;
        self.log_standing(certificate, CertificateStatus::Active, &entry.facts)
    }
}

/// How a certificate stands by its entry on the list.
pub(super) fn standing(facts: &RevokedFacts) -> Standing {
    let revocation = Revocation {
        date: facts.date,
        reason: facts.reason,
        invalidity_date: facts.invalidity_date,
        on_crl: facts.on_crl,
    };
    match facts.kind {
        RevokedKind::Held => Standing::Held(revocation),
        RevokedKind::Revoked => Standing::Revoked(revocation),
    }
}

/// The status as the log knows it, which no clock changes.
const fn lasting_status(standing: &Standing) -> CertificateStatus {
    match standing {
        Standing::Active => CertificateStatus::Active,
        Standing::Held(_) => CertificateStatus::Held,
        Standing::Revoked(_) => CertificateStatus::Revoked,
    }
}

const fn kind(reason: ReasonCode) -> RevokedKind {
    match reason {
        ReasonCode::CertificateHold => RevokedKind::Held,
        _ => RevokedKind::Revoked,
    }
}

const fn reason(foreign: &Foreign) -> ReasonCode {
    match foreign.entry.reason {
        EntryReason::Revoked(reason) => reason,
        EntryReason::RemoveFromCrl => ReasonCode::CertificateHold,
    }
}

/// The only ways in which a reason changes lead upwards here: hold → revoked, and revoked → keyCompromise, to which a
/// date may be added. So of two words on one certificate the weightier is the later.
const fn weight(reason: ReasonCode, invalidity_date: Option<Timestamp>) -> u8 {
    match (reason, invalidity_date) {
        (ReasonCode::CertificateHold, _) => 0,
        (ReasonCode::KeyCompromise, None) => 2,
        (ReasonCode::KeyCompromise, Some(_)) => 3,
        _ => 1,
    }
}

/// Whether our own list let go of this entry and not of a later one of the same certificate: only a suspension is
/// released, and one that began after the release is another.
fn left_rightly(gone: &LeftEntry, foreign: &Foreign) -> bool {
    match gone.because {
        LeftBecause::Released => {
            reason(foreign) == ReasonCode::CertificateHold
                && foreign.entry.revocation_date <= gone.at
        }
        LeftBecause::Expired => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_two_words_on_one_certificate_the_graver_is_the_later() {
        use ReasonCode::{CertificateHold, KeyCompromise, PrivilegeWithdrawn, Unspecified};
        let when = Some(Timestamp(0));
        assert!(weight(CertificateHold, when) < weight(Unspecified, None));
        assert_eq!(weight(Unspecified, None), weight(PrivilegeWithdrawn, when));
        assert!(weight(PrivilegeWithdrawn, None) < weight(KeyCompromise, None));
        assert!(weight(KeyCompromise, None) < weight(KeyCompromise, when));
    }
}
