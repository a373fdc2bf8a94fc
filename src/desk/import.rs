//! Certificates in: PEM, DER, PKCS#7, one or a million; each judged by itself, linked to its owner, and counted.
//! Flat memory: read as a stream, stored in chunks.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io::Read;

use serde::{Deserialize, Serialize};

use crate::audit::{Action, Hash, ObjectRef};
use crate::domain::certificate::Standing;
use crate::domain::distinguished_name::printable;
use crate::domain::permission::Permission;
use crate::domain::{AccountId, Certificate, CertificateKey, IssuerId, Nip, Role, Username};
use crate::pki::bundle::{Bundle, Position};
use crate::pki::certificate::CertificateFacts;
use crate::pki::defect::Defect;
use crate::pki::issuer::{Issuer, check_import};
use crate::store::{Added, NewCertificate, Reader};

use super::foreign::standing;
use super::import_keys::Keys;
use super::named_points::NamedPoints;
use super::transaction::{Signer, Transaction};
use super::{Desk, DeskError, Identity};

/// How a certificate's owner is found.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub enum OwnerBy {
    /// An rfc822Name of the subjectAltName is the account's e-mail address.
    #[default]
    Email,
    /// UID or serialNumber of the subject is the account's username or NIP.
    Uid,
    /// The common name is the account's username.
    CommonName,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct ImportOptions {
    pub owner_by: OwnerBy,
    /// Judge and count, but keep nothing.
    pub dry_run: bool,
    /// Verify each signature; otherwise that is done when a request is submitted and at step 6.
    pub verify: bool,
}

/// One certificate that was not taken in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refused {
    pub source: String,
    pub position: Position,
    pub defect: Defect,
}

/// What an import took and refused.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ImportReport {
    pub read: u64,
    pub added: u64,
    /// The very same certificate was there already; no refusal.
    pub known: u64,
    /// Taken in, but nobody's: no account fits.
    pub without_owner: u64,
    /// Revocations that the desk lacked, from an index or a CRL of another program.
    pub revoked: u64,
    /// Revocations that the desk knew.
    pub revoked_known: u64,
    /// Private keys that lay beside certificates: passed over, which is no refusal.
    pub keys: u64,
    /// The first files in which they lay.
    pub with_keys: Vec<String>,
    /// Counted by the defect's id.
    pub refused: std::collections::BTreeMap<&'static str, u64>,
    /// The first refusals, one by one.
    pub examples: Vec<Refused>,
}

impl ImportReport {
    pub fn refusals(&self) -> u64 {
        self.refused.values().sum()
    }

    /// Refuses a whole file that could not be opened; it counts as one thing read.
    pub fn refuse_file(&mut self, source: &str, error: &std::io::Error) {
        let why = error.to_string();
        let whole = Position {
            index: 0,
            offset: 0,
            line: None,
        };
        self.read += 1;
        self.refuse(source, whole, Defect::Unreadable { why });
    }

    pub(super) fn refuse(&mut self, source: &str, position: Position, defect: Defect) {
        *self.refused.entry(defect.id()).or_default() += 1;
        if self.examples.len() < EXAMPLES {
            self.examples.push(Refused {
                source: printable(source),
                position,
                defect,
            });
        }
    }
}

/// How far an import is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ImportProgress {
    pub read: u64,
    pub added: u64,
}

/// Refusals that are told one by one.
pub(super) const EXAMPLES: usize = 1000;
/// Certificates stored in one transaction.
/// The larger, the more of them share a page of each index, which is written anew by every transaction; so many take
/// some 50 MB while they wait.
const CHUNK: usize = 16_384;

impl Desk {
    /// Imports every certificate of `input`. `source` names it in refusals; `progress` is told after every chunk.
    pub fn import_certificates(
        &self,
        who: &Identity,
        source: &str,
        input: impl Read,
        options: ImportOptions,
        report: &mut ImportReport,
        progress: impl FnMut(ImportProgress),
    ) -> Result<(), DeskError> {
        self.permit(who, Permission::ImportCertificates)?;
        let signer = Signer::person(who.person(), &[Role::Admin]);
        self.import_as(signer, source, input, options, report, progress)
    }

    pub(super) fn import_as(
        &self,
        signer: Signer,
        source: &str,
        input: impl Read,
        options: ImportOptions,
        report: &mut ImportReport,
        mut progress: impl FnMut(ImportProgress),
    ) -> Result<(), DeskError> {
        let issuers: Vec<Issuer> = self
            .issuer_states()
            .iter()
            .map(|s| s.issuer.clone())
            .collect();
        let mut chunk = Chunk::default();
        let mut keys = Keys::default();
        let before = report.read;
        for item in Bundle::new(input) {
            let item = item.map_err(|e| DeskError::io(printable(source), e))?;
            report.read += 1;
            let judged = item
                .certificate
                .and_then(CertificateFacts::from_der)
                .and_then(|facts| {
                    // The folder of a CA holds the CA's own certificate too, which the desk has.
                    let own = |issuer: &Issuer| issuer.certificate().der() == facts.der();
                    if issuers.iter().any(own) {
                        return Ok(None);
                    }
                    let issuer = check_import(&facts, &issuers, self.now(), options.verify)?;
                    Ok(Some((issuer.id(), facts)))
                });
            match judged {
                Ok(None) => report.known += 1,
                Ok(Some((issuer, facts))) => chunk.push(item.position, issuer, facts, options),
                Err(defect) => {
                    if let Err(defect) = keys.take(item.position, defect) {
                        report.refuse(source, item.position, defect);
                    }
                }
            }
            if chunk.new.len() == CHUNK {
                self.take_chunk(signer, source, &mut chunk, options, report)?;
                progress(ImportProgress {
                    read: report.read,
                    added: report.added,
                });
            }
        }
        self.take_chunk(signer, source, &mut chunk, options, report)?;
        keys.settle(source, report.read - before, report);
        progress(ImportProgress {
            read: report.read,
            added: report.added,
        });
        Ok(())
    }

    fn take_chunk(
        &self,
        signer: Signer,
        source: &str,
        chunk: &mut Chunk,
        options: ImportOptions,
        report: &mut ImportReport,
    ) -> Result<(), DeskError> {
        let Chunk {
            mut new,
            positions,
            clues,
        } = std::mem::take(chunk);
        if new.is_empty() {
            return Ok(());
        }
        let reader = self.inner.store.read()?;
        let emails = reader.accounts_by_email()?;
        for (new, clue) in new.iter_mut().zip(&clues) {
            let certificate = &mut new.certificate;
            certificate.owner = match options.owner_by {
                OwnerBy::Email => emails.first_of(&certificate.emails)?,
                OwnerBy::Uid | OwnerBy::CommonName => owner_by_names(&reader, clue)?,
            };
        }
        drop(emails);
        let outcome = if options.dry_run {
            dry_run(&reader, &new)?
        } else {
            drop(reader);
            self.transact(signer, |tx| tx.add(&mut new))?
        };
        for ((added, new), position) in outcome.into_iter().zip(&new).zip(positions) {
            match added {
                Added::New => {
                    report.added += 1;
                    report.without_owner += u64::from(new.certificate.owner.is_none());
                }
                Added::Known => report.known += 1,
                Added::Conflict => report.refuse(
                    source,
                    position,
                    Defect::SerialTaken {
                        serial: new.certificate.key.serial.clone(),
                    },
                ),
            }
        }
        Ok(())
    }
}

impl Transaction<'_> {
    /// Adds a chunk with one log entry: how many, and the digest of their digests.
    pub fn add(&mut self, batch: &mut [NewCertificate]) -> Result<Vec<Added>, DeskError> {
        let recognised = self.stand_by_entries(batch)?;
        let outcome = self.writer.add_certificates(batch)?;
        let mut context = ring::digest::Context::new(&ring::digest::SHA256);
        let mut count = 0;
        let mut points = NamedPoints::default();
        for (added, new) in outcome.iter().zip(&*batch) {
            if *added == Added::New {
                points.note(self, &new.certificate)?;
                context.update(&new.certificate.der_sha256);
                count += 1;
            }
        }
        if count > 0 {
            let mut digest = [0; 32];
            digest.copy_from_slice(context.finish().as_ref());
            self.log(Action::SERTIFIKAT_DIIMPOR, ObjectRef::Desk, |entry| {
                entry.count = Some(count);
                entry.digest = Some(Hash(digest));
            })?;
        }
        for place in recognised {
            if outcome[place] == Added::New {
                self.recognise(&batch[place].certificate)?;
            }
        }
        Ok(outcome)
    }

    /// Certificates whose entries were adopted before they were known come in revoked, never active. Which they are.
    fn stand_by_entries(&self, batch: &mut [NewCertificate]) -> Result<Vec<usize>, DeskError> {
        let mut has_entries = HashMap::new();
        let mut recognised = Vec::new();
        for (place, new) in batch.iter_mut().enumerate() {
            let key = &new.certificate.key;
            let any = match has_entries.entry(key.issuer) {
                Entry::Occupied(known) => *known.get(),
                Entry::Vacant(free) => {
                    *free.insert(self.writer.revoked_totals(key.issuer)?.entries > 0)
                }
            };
            if any && let Some(entry) = self.writer.revoked(key)? {
                new.certificate.standing = standing(&entry.facts);
                recognised.push(place);
            }
        }
        Ok(recognised)
    }
}

fn dry_run(reader: &Reader, batch: &[NewCertificate]) -> Result<Vec<Added>, DeskError> {
    batch
        .iter()
        .map(|new| {
            Ok(match reader.certificate(&new.certificate.key)? {
                None => Added::New,
                Some(known) if known.der_sha256 == new.certificate.der_sha256 => Added::Known,
                Some(_) => Added::Conflict,
            })
        })
        .collect()
}

/// Certificates on their way into the database.
#[derive(Default)]
struct Chunk {
    new: Vec<NewCertificate>,
    positions: Vec<Position>,
    /// What in each names its owner, where that is not its address.
    clues: Vec<Vec<String>>,
}

impl Chunk {
    fn push(
        &mut self,
        position: Position,
        issuer: IssuerId,
        facts: CertificateFacts,
        options: ImportOptions,
    ) {
        self.positions.push(position);
        self.clues.push(clues(&facts, options.owner_by));
        self.new.push(new_certificate(issuer, facts, None));
    }
}

/// The texts of a subject that may be a username or NIP, in the order they are tried.
fn clues(facts: &CertificateFacts, by: OwnerBy) -> Vec<String> {
    let texts = match by {
        OwnerBy::Email => [None, None],
        OwnerBy::Uid => [facts.uid(), facts.serial_number_attribute()],
        OwnerBy::CommonName => [facts.common_name(), None],
    };
    texts.into_iter().flatten().map(str::to_owned).collect()
}

pub(super) fn new_certificate(
    issuer: IssuerId,
    facts: CertificateFacts,
    owner: Option<AccountId>,
) -> NewCertificate {
    let (public_key_sha256, der_sha256) = (facts.spki_sha256(), facts.sha256());
    let parts = facts.into_parts();
    NewCertificate {
        certificate: Certificate {
            key: CertificateKey {
                issuer,
                serial: parts.serial,
            },
            subject: parts.subject,
            issuer_name: parts.issuer,
            owner,
            not_before: parts.not_before,
            not_after: parts.not_after,
            emails: parts.emails,
            public_key_sha256,
            der_sha256,
            distribution_points: parts.crl_distribution_points,
            standing: Standing::Active,
            version: 1,
        },
        der: parts.der,
    }
}

/// The account that one of these texts names, as username or NIP.
fn owner_by_names(reader: &Reader, texts: &[String]) -> Result<Option<AccountId>, DeskError> {
    for text in texts {
        let by_username = match Username::parse(text) {
            Ok(name) => reader.account_by_username(&name)?,
            Err(_) => None,
        };
        let account = match (by_username, Nip::parse(text)) {
            (None, Ok(nip)) => reader.account_by_nip(&nip)?,
            (found, _) => found,
        };
        if let Some(account) = account {
            return Ok(Some(account.id));
        }
    }
    Ok(None)
}
