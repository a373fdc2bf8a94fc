//! What comes into an import: items of a bundle, each judged by itself and linked to its owner, in batches.
//! Reads snapshots only and writes nothing.

use std::io::{self, Read};

use crate::domain::certificate::Standing;
use crate::domain::distinguished_name::printable;
use crate::domain::{AccountId, Certificate, CertificateKey, IssuerId, Nip, Username};
use crate::pki::bundle::{Bundle, Item, Position};
use crate::pki::certificate::CertificateFacts;
use crate::pki::defect::Defect;
use crate::pki::issuer::{Issuer, check_import};
use crate::store::{NewCertificate, Reader};

use super::import::{ImportOptions, ImportReport, OwnerBy};
use super::import_keys::Keys;
use super::{Desk, DeskError};

/// Certificates on their way into the database.
#[derive(Default)]
pub(super) struct Batch {
    pub new: Vec<NewCertificate>,
    /// Where each stood in the input.
    pub positions: Vec<Position>,
    /// What in each names its owner, where that is not its address.
    clues: Vec<Vec<String>>,
}

/// An input that is being read.
pub(super) struct Reading<'d, R> {
    desk: &'d Desk,
    issuers: Vec<Issuer>,
    options: ImportOptions,
    bundle: Bundle<R>,
    /// Items read.
    read: u64,
    keys: Keys,
    /// Why it could not be read to its end.
    fault: Option<io::Error>,
}

impl<'d, R: Read> Reading<'d, R> {
    pub fn new(desk: &'d Desk, input: R, options: ImportOptions) -> Self {
        Self {
            desk,
            issuers: desk
                .issuer_states()
                .iter()
                .map(|state| state.issuer.clone())
                .collect(),
            options,
            bundle: Bundle::new(input),
            read: 0,
            keys: Keys::default(),
            fault: None,
        }
    }

    /// The next certificates that may be added, at most `size`; `None` when there are no more. What is wrong, and what
    /// the desk has as an issuer, is counted in `report`.
    pub fn next(
        &mut self,
        source: &str,
        size: usize,
        report: &mut ImportReport,
    ) -> Result<Option<Batch>, DeskError> {
        let mut batch = Batch::default();
        while batch.new.len() < size && self.fault.is_none() {
            let Some(item) = self.bundle.next() else {
                break;
            };
            let item = match item {
                Ok(item) => item,
                // What was read before is taken in all the same.
                Err(error) => {
                    self.fault = Some(error);
                    break;
                }
            };
            report.read += 1;
            self.read += 1;
            let position = item.position;
            match self.judge(item) {
                Ok(None) => report.known += 1,
                Ok(Some((issuer, facts))) => {
                    batch.positions.push(position);
                    batch.clues.push(clues(&facts, self.options.owner_by));
                    batch.new.push(new_certificate(issuer, facts, None));
                }
                Err(defect) => {
                    if let Err(defect) = self.keys.take(position, defect) {
                        report.refuse(source, position, defect);
                    }
                }
            }
        }
        self.find_owners(&mut batch)?;
        Ok((!batch.new.is_empty()).then_some(batch))
    }

    /// Says what became of keys, and whether the input could be read to its end.
    pub fn end(self, source: &str, report: &mut ImportReport) -> Result<(), DeskError> {
        self.keys.settle(source, self.read, report);
        self.fault
            .map_or(Ok(()), |e| Err(DeskError::io(printable(source), e)))
    }

    /// A certificate that may be added, and whose it is. `None` for one of the desk's own issuers: the folder of a CA
    /// holds the CA's own certificate too.
    fn judge(&self, item: Item) -> Result<Option<(IssuerId, CertificateFacts)>, Defect> {
        let facts = CertificateFacts::from_der(item.certificate?)?;
        let own = |issuer: &Issuer| issuer.certificate().der() == facts.der();
        if self.issuers.iter().any(own) {
            return Ok(None);
        }
        let now = self.desk.now();
        let issuer = check_import(&facts, &self.issuers, now, self.options.verify)?;
        Ok(Some((issuer.id(), facts)))
    }

    fn find_owners(&self, batch: &mut Batch) -> Result<(), DeskError> {
        let reader = self.desk.inner.store.read()?;
        let emails = reader.accounts_by_email()?;
        for (new, clue) in batch.new.iter_mut().zip(&batch.clues) {
            let certificate = &mut new.certificate;
            certificate.owner = match self.options.owner_by {
                OwnerBy::Email => emails.first_of(&certificate.emails)?,
                OwnerBy::Uid | OwnerBy::CommonName => owner_by_names(&reader, clue)?,
            };
        }
        Ok(())
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
