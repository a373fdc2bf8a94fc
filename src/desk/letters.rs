//! Letters: examined in the confined child, sealed under their subject's key, written before the transaction that
//! names them. Reading one is logged. And the statement-letter form, filled in.

use std::path::Path;

use crate::audit::object::letter_hash;
use crate::audit::{Action, Hash, ObjectRef};
use crate::domain::distinguished_name::printable;
use crate::domain::permission::{Filing, may_read_letters};
use crate::domain::request::LetterVersion;
use crate::domain::{
    Account, Certificate, Day, LetterId, ReasonId, Refusal, Request, RequestId, Role,
};
use crate::letter::form::{self, Applicant, CertificateLines, FormData, ReasonBox, Superior};
use crate::letter::{LetterFacts, Limits, child};
use crate::store::{
    LetterDetails, LetterFiles, LetterRecord, Reader, StoreError, open_letter, seal_letter,
};

use super::transaction::{Signer, Transaction, found};
use super::{Desk, DeskError, Identity, environment};

/// A letter whose sealed file lies in place, waiting for the record that names it.
pub(super) struct StoredLetter {
    record: LetterRecord,
    nonce: [u8; 12],
}

impl Desk {
    /// What a letter may be, as the settings say.
    pub(super) fn letter_limits(&self) -> Limits {
        Limits {
            bytes: self.policy().letter_limit,
            ..Limits::default()
        }
    }

    /// Removes letter files that a crash left without a record.
    pub(super) fn sweep_letters(&self) -> Result<(), DeskError> {
        let files = LetterFiles::open(self.inner.folder.path())?;
        files.sweep(&self.inner.store.read()?)?;
        Ok(())
    }

    /// Examines a letter and puts its sealed file in place.
    pub(super) fn store_letter(
        &self,
        who: &Identity,
        request: &Request,
        bytes: &[u8],
    ) -> Result<(LetterVersion, StoredLetter), DeskError> {
        let facts = self.examine_letter(bytes)?;
        self.seal(who.account_id(), request, bytes, &facts, LetterFiles::write)
    }

    /// What a letter is, found out in a process of its own; nothing is stored.
    pub(super) fn examine_letter(&self, bytes: &[u8]) -> Result<LetterFacts, DeskError> {
        let program = Path::new(&self.inner.program);
        Ok(child::inspect(bytes, program, &self.letter_limits())?)
    }

    /// Seals an examined letter and writes its file.
    pub(super) fn seal(
        &self,
        by: crate::domain::AccountId,
        request: &Request,
        bytes: &[u8],
        facts: &LetterFacts,
        write: impl FnOnce(&LetterFiles, LetterId, &[u8]) -> Result<(), StoreError>,
    ) -> Result<(LetterVersion, StoredLetter), DeskError> {
        let random = &*self.inner.random;
        let id = LetterId(environment::octets(random)?);
        let salt: [u8; 32] = environment::octets(random)?;
        let digest = letter_hash(&salt, bytes);
        let known = self.inner.store.read()?.subject_key(request.owner)?;
        let key = match known {
            Some(key) => key,
            None => {
                let octets: [u8; 32] = environment::octets(random)?;
                self.inner.store.write::<_, DeskError>(|w| {
                    w.make_subject_key(request.owner, &octets)?;
                    found(w.subject_key(request.owner))
                })?
            }
        };
        let sealed = seal_letter(&key, id, environment::octets(random)?, bytes)?;
        write(&LetterFiles::open(self.inner.folder.path())?, id, &sealed)?;
        let kind = facts.kind;
        let mut sha256 = [0; 32];
        sha256.copy_from_slice(ring::digest::digest(&ring::digest::SHA256, bytes).as_ref());
        let now = self.now();
        let version = LetterVersion {
            id,
            version: request.letters.iter().map(|l| l.version).max().unwrap_or(0) + 1,
            kind,
            bytes: bytes.len() as u64,
            pages: facts.pages,
            digest: digest.0,
            attached_at: now,
            attached_by: by,
        };
        let record = LetterRecord {
            id,
            owner: request.owner,
            request: request.id,
            attached_at: now,
            details: LetterDetails {
                salt,
                sha256,
                kind,
                bytes: bytes.len() as u64,
                facts: serde_json::to_vec(facts)
                    .map_err(|e| DeskError::bad_value("letter", e.to_string()))?,
            },
        };
        let nonce = environment::octets(random)?;
        Ok((version, StoredLetter { record, nonce }))
    }

    /// A letter's octets: the real file. Who may read it is decided; the reading is logged.
    pub fn letter_bytes(
        &self,
        who: &Identity,
        id: RequestId,
        letter: LetterId,
    ) -> Result<Vec<u8>, DeskError> {
        let reader = self.inner.store.read()?;
        let request = found(reader.request(id))?;
        let signer = Signer::person(
            who.person(),
            &[Role::Op, Role::Auditor, Role::Pemohon, Role::Pendamping],
        );
        super::act::present(&reader, who)
            .and_then(|actor| Ok(may_read_letters(&actor, &Filing::from(&request))?))
            .map_err(|e| self.refused(signer, ObjectRef::Request(id), e))?;
        let version = request
            .letters
            .iter()
            .find(|l| l.id == letter)
            .ok_or(DeskError::Refused(Refusal::NotFound))?;
        let key = found(reader.subject_key(request.owner))?;
        let sealed = found(LetterFiles::open(self.inner.folder.path())?.read(letter))?;
        let bytes = open_letter(&key, letter, &sealed)?;
        let digest = Hash(version.digest);
        drop(reader);
        self.transact(signer, |tx| {
            tx.log(Action::SURAT_DIBACA, ObjectRef::Letter(digest), |entry| {
                entry.related = Some(ObjectRef::Request(id));
            })
        })?;
        Ok(bytes.to_vec())
    }

    /// What was found in a letter when it came in.
    pub(super) fn letter_facts(
        reader: &Reader,
        id: LetterId,
    ) -> Result<Option<(LetterFacts, String)>, DeskError> {
        let Some(record) = reader.letter(id)? else {
            return Ok(None);
        };
        let facts = serde_json::from_slice(&record.details.facts)
            .map_err(|e| DeskError::bad_value("letter", e.to_string()))?;
        Ok(Some((facts, hex::encode(record.details.sha256))))
    }

    /// The statement-letter form (step 1) of a request, filled with what is known.
    pub fn letter_form(&self, who: &Identity, id: RequestId) -> Result<Vec<u8>, DeskError> {
        let detail = self.request(who, id)?;
        let request = &detail.request;
        self.form(
            &detail.owner.account,
            Some(&detail.certificate.certificate),
            &request.reasons,
            Some(request),
        )
    }

    /// The form for an account and one of its certificates, before there is a request.
    pub fn blank_form(
        &self,
        owner: &Account,
        certificate: Option<&Certificate>,
        reasons: &[ReasonId],
    ) -> Result<Vec<u8>, DeskError> {
        self.form(owner, certificate, reasons, None)
    }

    pub(in crate::desk) fn form(
        &self,
        owner: &Account,
        certificate: Option<&Certificate>,
        reasons: &[ReasonId],
        request: Option<&Request>,
    ) -> Result<Vec<u8>, DeskError> {
        let settings = self.settings();
        let zone = settings.policy.zone;
        let day = |t: crate::domain::Timestamp| Day::from(t.local(zone).date());
        let letter = request.map(|r| &r.letter_data);
        let data = FormData {
            letterhead: settings.letterhead.clone(),
            number: letter.map(|l| l.number.clone()).unwrap_or_default(),
            applicant: Applicant {
                name: owner.name.clone(),
                nip: owner
                    .nip
                    .as_ref()
                    .map(ToString::to_string)
                    .unwrap_or_default(),
                rank: None,
                position: owner.position.clone(),
                unit: owner.unit.clone(),
                agency: owner.agency.clone(),
                email: owner.email.clone(),
            },
            certificate: certificate.map(|c| CertificateLines {
                subject: printable(c.subject.common_name().unwrap_or_default()),
                serial: c.key.serial.clone(),
                issuer: printable(c.issuer_name.common_name().unwrap_or_default()),
                valid_from: day(c.not_before),
                valid_to: day(c.not_after),
            }),
            reasons: ReasonBox::of(
                &settings.policy.reasons,
                reasons,
                settings.policy.allow_hold,
            ),
            explanation: String::new(),
            place: settings.letter_place.clone(),
            date: letter.and_then(|l| l.date),
            superior: Superior {
                name: letter.map(|l| l.superior_name.clone()).unwrap_or_default(),
                nip: letter.map(|l| l.superior_nip.clone()).unwrap_or_default(),
                position: String::new(),
            },
            reference: request
                .and_then(|r| r.number)
                .map(|n| n.to_string())
                .unwrap_or_default(),
            created: self.now(),
        };
        form::render(&data).map_err(|e| DeskError::bad_value("letter form", e.to_string()))
    }
}

impl Transaction<'_> {
    /// Keeps the record of a letter whose file lies in place.
    pub fn keep_letter(
        &mut self,
        version: &LetterVersion,
        stored: &StoredLetter,
    ) -> Result<(), DeskError> {
        self.writer.put_letter(&stored.record, stored.nonce)?;
        self.log(
            Action::SURAT_DISIMPAN,
            ObjectRef::Letter(Hash(version.digest)),
            |entry| {
                entry.related = Some(ObjectRef::Request(stored.record.request));
            },
        )?;
        Ok(())
    }
}
