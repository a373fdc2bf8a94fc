//! Certificates in: PEM, DER, PKCS#7, one or a million; each judged by itself, linked to its owner, and counted.
//! Flat memory: read as a stream, stored batch by batch. A desk that others use takes a transaction for each batch, so that
//! nobody waits long; a command that has the database for itself takes many into one, which is three times cheaper.

use std::io::Read;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::domain::Role;
use crate::domain::distinguished_name::printable;
use crate::domain::permission::Permission;
use crate::pki::bundle::Position;
use crate::pki::defect::Defect;
use crate::store::{Added, NewCertificate, Reader};

use super::import_reading::{Batch, Reading};
use super::transaction::Signer;
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

/// How long an import beside others leaves the way free between two transactions.
const BREATH: Duration = Duration::from_millis(5);

/// How many certificates are read at a time, and how many such batches go into one transaction.
#[derive(Clone, Copy)]
struct Pace {
    batch: usize,
    batches: usize,
}

impl Pace {
    /// Beside others: read before the transaction begins, and so few that nobody waits for long, though in a large index
    /// each of them then has a leaf to itself.
    const SHARED: Self = Self {
        batch: 512,
        batches: 1,
    };
    /// For a command that has the database for itself: read while the transaction is open. What is not committed when it
    /// is killed comes in with the next run. Their index entries take some 50 MB.
    const ALONE: Self = Self {
        batch: 1000,
        batches: 200,
    };
}

impl Desk {
    /// Imports every certificate of `input`. `source` names it in refusals; `progress` is told after every
    /// batch, of what is still to be committed too.
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
        let pace = if self.is_shared() {
            Pace::SHARED
        } else {
            Pace::ALONE
        };
        let mut intake = Intake {
            pace,
            reading: Reading::new(self, input, options),
            source,
            report,
        };
        while let Some(batch) = intake.next()? {
            let before = intake.report.clone();
            let taken = if options.dry_run {
                let outcome = dry_run(&self.inner.store.read()?, &batch.new)?;
                intake.count(&batch, &outcome);
                Ok(())
            } else {
                self.transact(signer, |tx| {
                    tx.add_certificates(|additions| {
                        let mut left = pace.batches;
                        let mut next = Some(batch);
                        while let Some(mut batch) = next.take() {
                            let outcome = additions.add(&mut batch.new)?;
                            intake.count(&batch, &outcome);
                            left -= 1;
                            // With one batch a transaction, nothing waits for the input or for who is told.
                            if left > 0 {
                                progress(intake.so_far());
                                next = intake.next()?;
                            }
                        }
                        Ok(())
                    })
                })
            };
            // What was not committed is not told of.
            taken.inspect_err(|_| *intake.report = before)?;
            progress(intake.so_far());
            if pace.batches == 1 {
                // Who waited for the end of the transaction would otherwise often find the next one begun.
                self.inner.wake.rest(BREATH);
            }
        }
        progress(intake.so_far());
        intake.reading.end(source, intake.report)
    }
}

/// An import under way.
struct Intake<'a, 'd, R> {
    pace: Pace,
    reading: Reading<'d, R>,
    source: &'a str,
    report: &'a mut ImportReport,
}

impl<R: Read> Intake<'_, '_, R> {
    fn next(&mut self) -> Result<Option<Batch>, DeskError> {
        self.reading.next(self.source, self.pace.batch, self.report)
    }

    /// Counts what became of a batch.
    fn count(&mut self, batch: &Batch, outcome: &[Added]) {
        for ((added, new), position) in outcome.iter().zip(&batch.new).zip(&batch.positions) {
            match added {
                Added::New => {
                    self.report.added += 1;
                    self.report.without_owner += u64::from(new.certificate.owner.is_none());
                }
                Added::Known => self.report.known += 1,
                Added::Conflict => {
                    let serial = new.certificate.key.serial.clone();
                    let defect = Defect::SerialTaken { serial };
                    self.report.refuse(self.source, *position, defect);
                }
            }
        }
    }

    const fn so_far(&self) -> ImportProgress {
        ImportProgress {
            read: self.report.read,
            added: self.report.added,
        }
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
