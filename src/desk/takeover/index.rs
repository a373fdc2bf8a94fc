//! The `index.txt` of `openssl ca` and EasyRSA, taken in. The file names no issuer, and serials alone say nothing: so it
//! is first held against the certificates that are known, and nothing is taken of one that they belie.

use std::fs::File;
use std::io::{Read, Seek};

use crate::desk::foreign::{Foreign, FoundOn, TakenIn};
use crate::desk::handed_in::Handed;
use crate::desk::import::ImportReport;
use crate::desk::transaction::Signer;
use crate::desk::{Desk, DeskError, Identity};
use crate::domain::distinguished_name::printable;
use crate::domain::permission::Permission;
use crate::domain::{CertificateKey, IssuerId, Refusal, Role, Serial};
use crate::pki::bundle::Position;
use crate::pki::defect::Defect;
use crate::pki::index_txt::Index;

use super::{TakeOver, WHOLE};

/// Lines taken in by one transaction.
const CHUNK: usize = 4096;

impl Desk {
    /// Takes in an index of the issuer that is named, else of the one whose certificates it tells of. One of nobody
    /// here is refused in the report.
    pub fn import_index(
        &self,
        who: &Identity,
        source: &str,
        input: &mut dyn Read,
        named: Option<IssuerId>,
        dry_run: bool,
        report: &mut ImportReport,
    ) -> Result<(), DeskError> {
        self.permit(who, Permission::ImportCertificates)?;
        let signer = Signer::person(who.person(), &[Role::Admin]);
        self.import_index_as(signer, source, input, named, dry_run, report)
    }

    pub(in crate::desk) fn import_index_as(
        &self,
        signer: Signer,
        source: &str,
        input: &mut dyn Read,
        named: Option<IssuerId>,
        dry_run: bool,
        report: &mut ImportReport,
    ) -> Result<(), DeskError> {
        let Some(copy) = self.copy_or_refuse(source, Handed::INDEX, input, report)? else {
            return Ok(());
        };
        let issuer = match named {
            Some(issuer) => Some(issuer),
            None => self.issuer_of_index(source, &copy, report)?,
        };
        let Some(issuer) = issuer else {
            return Ok(());
        };
        let take_over = self.take_over_as(signer, issuer)?;
        take_over.copied_index(source, &copy, dry_run, report)?;
        if dry_run {
            return Ok(());
        }
        take_over.publish()
    }

    /// Whose index this is: of the issuer of which a line has a certificate and no line says otherwise. Serials alone
    /// say nothing: many a CA counts them from the same number. `None` where it was refused, or revokes nothing.
    fn issuer_of_index(
        &self,
        source: &str,
        copy: &File,
        report: &mut ImportReport,
    ) -> Result<Option<IssuerId>, DeskError> {
        let states = self.issuer_states();
        let mut fitting = Vec::new();
        let mut refused = None;
        let mut tells = false;
        for state in &states {
            let compared = self.compare_index(state.record.id, copy)?;
            tells |= compared.tells;
            match compared.contradiction {
                Some(found) => refused = Some(found),
                None if compared.confirmed => fitting.push(state.record.id),
                None => {}
            }
        }
        match fitting.as_slice() {
            [only] => Ok(Some(*only)),
            [] if states.is_empty() => Err(DeskError::Refused(Refusal::IssuerUnknown)),
            [] if !tells => Ok(None),
            [] => {
                let (position, defect) = refused.unwrap_or((WHOLE, Defect::UnconfirmedIndex));
                report.read += 1;
                report.refuse(source, position, defect);
                Ok(None)
            }
            _ => Err(DeskError::Ambiguous {
                what: "index.txt".to_owned(),
                hint: "--issuer".to_owned(),
            }),
        }
    }

    /// Compares every line with this issuer's certificate of that serial, if it is known.
    fn compare_index(&self, issuer: IssuerId, mut copy: &File) -> Result<Compared, DeskError> {
        let reader = self.inner.store.read()?;
        let unreadable = |e| DeskError::io("index.txt", e);
        copy.rewind().map_err(unreadable)?;
        let mut compared = Compared::default();
        for (index, line) in (0..).zip(Index::new(copy)) {
            let line = line.map_err(unreadable)?;
            let Ok(entry) = line.entry else {
                // It may be a revocation.
                compared.tells = true;
                continue;
            };
            compared.tells |= entry.revoked.is_some();
            let Some(end) = entry.not_after else {
                continue;
            };
            let serial = entry.serial;
            let key = CertificateKey { issuer, serial };
            let Some(certificate) = reader.certificate(&key)? else {
                continue;
            };
            if certificate.not_after.seconds() == end.seconds() {
                compared.confirmed = true;
                continue;
            }
            let position = Position {
                index,
                offset: line.offset,
                line: Some(line.line),
            };
            let (line, serial) = (line.line, key.serial);
            compared.contradiction = Some((position, Defect::ForeignIndex { line, serial }));
            break;
        }
        Ok(compared)
    }
}

/// What an index says to the certificates of an issuer.
#[derive(Default)]
struct Compared {
    /// A line gives a certificate the end that it has.
    confirmed: bool,
    /// The first line that gives one another end.
    contradiction: Option<(Position, Defect)>,
    /// Something in it revokes, or cannot be read.
    tells: bool,
}

impl TakeOver<'_> {
    /// Takes in the revoked lines of an index that is said to be this CA's; of one that a known certificate belies,
    /// nothing. `source` names it in refusals.
    pub fn index(
        &self,
        source: &str,
        mut input: impl Read,
        dry_run: bool,
        report: &mut ImportReport,
    ) -> Result<(), DeskError> {
        let copy = self.desk.private_copy_of_index(&mut input)?;
        self.copied_index(source, &copy, dry_run, report)
    }

    fn copied_index(
        &self,
        source: &str,
        mut copy: &File,
        dry_run: bool,
        report: &mut ImportReport,
    ) -> Result<(), DeskError> {
        let compared = self.desk.compare_index(self.issuer, copy)?;
        if let Some((position, defect)) = compared.contradiction {
            report.read += 1;
            report.refuse(source, position, defect);
            return Ok(());
        }
        copy.rewind()
            .map_err(|e| DeskError::io(printable(source), e))?;
        let now = self.desk.now();
        let mut chunk = Vec::with_capacity(CHUNK);
        for (index, line) in (0..).zip(Index::new(copy)) {
            let line = line.map_err(|e| DeskError::io(printable(source), e))?;
            let entry = match line.entry {
                Ok(entry) => entry,
                Err(defect) => {
                    let position = Position {
                        index,
                        offset: line.offset,
                        line: Some(line.line),
                    };
                    report.refuse(source, position, defect);
                    continue;
                }
            };
            chunk.extend(entry.revoked.as_ref().map(|revoked| Foreign {
                entry: revoked.entry(&entry.serial, now),
                not_after: entry.not_after,
            }));
            if chunk.len() == CHUNK {
                self.take_lines(&mut chunk, dry_run, report)?;
            }
        }
        self.take_lines(&mut chunk, dry_run, report)
    }

    fn take_lines(
        &self,
        chunk: &mut Vec<Foreign>,
        dry_run: bool,
        report: &mut ImportReport,
    ) -> Result<(), DeskError> {
        if dry_run {
            let serials: Vec<Serial> = chunk.drain(..).map(|f| f.entry.serial).collect();
            return self.count(&serials, report);
        }
        let on = FoundOn {
            issuer: self.issuer,
            crl: None,
        };
        let mut taken = TakenIn::default();
        self.desk
            .take_in_chunk(self.signer, on, chunk, &mut taken)?;
        report.revoked += taken.adopted;
        report.revoked_known += taken.known;
        chunk.clear();
        Ok(())
    }
}
