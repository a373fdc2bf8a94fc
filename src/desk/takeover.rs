//! Taking over a CA that another program ran: what its CRL, its index and its number say is in the database before the
//! desk publishes a list of its own, so that nothing is un-revoked and the number goes on rising. Each part may be taken
//! in again, after a kill or when it has grown.

mod index;

use std::fs::File;
use std::io::Read;

use crate::audit::{Action, ObjectRef, ObjectState};
use crate::domain::permission::Permission;
use crate::domain::{CertificateKey, CrlNumber, IssuerId, Refusal, Role, Serial};
use crate::pki::bundle::Position;
use crate::pki::crl_issuer::CrlIssuer;
use crate::pki::crl_read::CrlReader;
use crate::pki::defect::Defect;
use crate::pki::demo_ca;
use crate::pki::issuer::Issuer;
use crate::pki::likeness::Likeness;
use crate::store::Window;

use super::adoption::{Verified, verify};
use super::handed_in::Handed;
use super::import::ImportReport;
use super::issuers::certificate_der;
use super::transaction::{Signer, Transaction};
use super::{Desk, DeskError, Identity};

/// A CA whose past is being taken in; it need not be at the desk yet.
pub struct TakeOver<'a> {
    desk: &'a Desk,
    signer: Signer,
    issuer: IssuerId,
    crl_issuer: CrlIssuer,
}

impl Desk {
    /// Begins with a CA by its certificate (PEM or DER), before it is added.
    pub fn take_over(&self, who: &Identity, certificate: &[u8]) -> Result<TakeOver<'_>, DeskError> {
        self.permit(who, Permission::ManageIssuers)?;
        let issuer = Issuer::from_certificate(certificate_der(certificate)?)?;
        let subject = issuer.certificate().subject.to_string();
        if self.inner.folder.is_demo() && !subject.contains(demo_ca::MARK) {
            let mark = demo_ca::MARK;
            return Err(DeskError::NotADemoCa { subject, mark });
        }
        Ok(TakeOver {
            desk: self,
            signer: Signer::person(who.person(), &[Role::Admin]),
            issuer: issuer.id(),
            crl_issuer: CrlIssuer::from(&issuer),
        })
    }

    /// Goes on with a CA that is at the desk.
    pub fn take_over_of(
        &self,
        who: &Identity,
        issuer: IssuerId,
    ) -> Result<TakeOver<'_>, DeskError> {
        self.permit(who, Permission::ImportCertificates)?;
        self.take_over_as(Signer::person(who.person(), &[Role::Admin]), issuer)
    }

    pub(super) fn take_over_as(
        &self,
        signer: Signer,
        issuer: IssuerId,
    ) -> Result<TakeOver<'_>, DeskError> {
        let state = self
            .issuer_state(issuer)
            .ok_or(DeskError::Refused(Refusal::IssuerUnknown))?;
        Ok(TakeOver {
            desk: self,
            signer,
            issuer,
            crl_issuer: state.writer.clone(),
        })
    }

    /// Takes in a CRL of one of the desk's issuers, whichever signed it. One of nobody here is refused in the report.
    pub fn import_crl(
        &self,
        who: &Identity,
        source: &str,
        input: &mut dyn Read,
        dry_run: bool,
        report: &mut ImportReport,
    ) -> Result<(), DeskError> {
        self.permit(who, Permission::ImportCertificates)?;
        let signer = Signer::person(who.person(), &[Role::Admin]);
        self.import_crl_as(signer, source, input, dry_run, report)
    }

    pub(super) fn import_crl_as(
        &self,
        signer: Signer,
        source: &str,
        input: &mut dyn Read,
        dry_run: bool,
        report: &mut ImportReport,
    ) -> Result<(), DeskError> {
        let Some(copy) = self.copy_or_refuse(source, Handed::CRL, input, report)? else {
            return Ok(());
        };
        let name = CrlReader::open(&copy)
            .ok()
            .map(|reader| reader.head().issuer.clone());
        let states = self.issuer_states();
        let signed = states.iter().find(|state| {
            Some(&state.writer.subject) == name.as_ref() && verify(&copy, &state.writer).is_ok()
        });
        let Some(state) = signed else {
            let what = Likeness::Crl;
            report.read += 1;
            report.refuse(source, WHOLE, Defect::NotACertificate { what });
            return Ok(());
        };
        let take_over = self.take_over_as(signer, state.record.id)?;
        take_over.copied_crl(&copy, dry_run, report)?;
        if dry_run {
            return Ok(());
        }
        // What that CRL carries ours does not carry yet.
        take_over.publish()
    }
}

/// Of a refusal that is of no one line.
pub(super) const WHOLE: Position = Position {
    index: 0,
    offset: 0,
    line: None,
};

impl TakeOver<'_> {
    /// Takes in the entries of a CRL that this CA signed, and its number. Nothing is believed before the signature
    /// was verified.
    pub fn crl(&self, input: &mut dyn Read, report: &mut ImportReport) -> Result<(), DeskError> {
        let copy = self.desk.private_copy(input)?;
        self.copied_crl(&copy, false, report)
    }

    fn copied_crl(
        &self,
        copy: &File,
        dry_run: bool,
        report: &mut ImportReport,
    ) -> Result<(), DeskError> {
        let found = verify(copy, &self.crl_issuer)
            .map_err(|e| DeskError::bad_value("CRL", e.to_string()))?;
        if dry_run {
            let mut reader =
                CrlReader::open(copy).map_err(|e| DeskError::bad_value("CRL", e.to_string()))?;
            let mut serials = Vec::new();
            while let Ok(Some(entry)) = reader.next_entry() {
                serials.extend(entry.adopt(found.this_update).map(|entry| entry.serial));
            }
            return self.count(&serials, report);
        }
        // It was not published here: its entries wait for a CRL of ours, and so do their partitions and requests.
        let elsewhere = Verified {
            number: None,
            ..found.clone()
        };
        let taken = self
            .desk
            .take_in_crl(self.signer, self.issuer, copy, &elsewhere)?;
        report.revoked += taken.adopted;
        report.revoked_known += taken.known;
        found.number.map_or(Ok(()), |number| self.number(number))
    }

    /// What taking these in would come to.
    fn count(&self, serials: &[Serial], report: &mut ImportReport) -> Result<(), DeskError> {
        let reader = self.desk.inner.store.read()?;
        for serial in serials {
            let key = CertificateKey {
                issuer: self.issuer,
                serial: serial.clone(),
            };
            match reader.revoked(&key)? {
                Some(_) => report.revoked_known += 1,
                None => report.revoked += 1,
            }
        }
        Ok(())
    }

    /// Goes on from the last number that the other program gave to a CRL.
    pub fn number(&self, last: CrlNumber) -> Result<(), DeskError> {
        self.desk
            .transact(self.signer, |tx| tx.raise_number(self.issuer, last))
    }

    /// Asks for a CRL where the CA is at the desk and one of its entries waits for it.
    pub fn publish(&self) -> Result<(), DeskError> {
        let reader = self.desk.inner.store.read()?;
        let waiting = reader.revoked_pending(self.issuer, &Window::first(1))?.rows;
        drop(reader);
        if waiting.is_empty() || self.desk.issuer_state(self.issuer).is_none() {
            return Ok(());
        }
        self.ask()
    }

    fn ask(&self) -> Result<(), DeskError> {
        self.desk.transact(self.signer, |tx| {
            super::publisher::ask_issuer(tx, self.issuer)?;
            tx.wake_publisher();
            Ok(())
        })
    }
}

impl Transaction<'_> {
    /// Lets the numbers of an issuer's CRLs go on above `floor`; never down. Logged, so that the log rebuilds it.
    pub fn raise_number(&mut self, issuer: IssuerId, floor: CrlNumber) -> Result<(), DeskError> {
        if floor <= self.writer.crl_numbers(issuer)?.reserved {
            return Ok(());
        }
        self.writer.raise_crl_number(issuer, floor)?;
        let object = ObjectRef::Crl {
            issuer,
            number: floor,
        };
        self.log(Action::CRL_DIPESAN, object, |entry| {
            entry.to = Some(ObjectState::CrlReserved);
            entry.crl_number = Some(floor);
        })?;
        Ok(())
    }
}
