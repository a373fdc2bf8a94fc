//! What a published complete CRL shows and nobody noted, because the desk was killed after the file got its name:
//! noted by the file itself, read along with what waits. Flat memory, whatever the size of either.

use std::fs::File;
use std::io::Read;

use crate::domain::Serial;
use crate::pki::crl_read::CrlReader;
use crate::pki::entry::RawEntry;
use crate::store::{CrlRecord, LeftEntry, RevokedEntry};

use super::{failed, sha256_of, unreadable};
use crate::desk::issuers::IssuerState;
use crate::desk::publisher::{News, Outcome, PUBLISH, ask_issuer, gone, waiting};
use crate::desk::transaction::Signer;
use crate::desk::{Desk, DeskError};

impl Desk {
    /// Asks for the CRL that entries wait for and nobody asked for: whoever took them in was killed before he could.
    pub(super) fn ask_for_waiting(&self, state: &IssuerState) -> Result<(), DeskError> {
        let issuer = state.record.id;
        let reader = self.inner.store.read()?;
        let asked = reader.task(PUBLISH, &issuer.0)?.is_some();
        if asked || waiting(&reader, issuer).next().is_none() {
            return Ok(());
        }
        self.transact(Signer::SYSTEM, |tx| ask_issuer(tx, issuer))
    }

    /// The published CRL is the one the database knows. What it tells and nobody noted, because the desk was killed in
    /// the middle of that, is noted now.
    pub(super) fn note_rest(
        &self,
        state: &IssuerState,
        file: &File,
        last: &CrlRecord,
    ) -> Result<(), DeskError> {
        let issuer = state.record.id;
        let reader = self.inner.store.read()?;
        let nothing =
            waiting(&reader, issuer).next().is_none() && gone(&reader, issuer).next().is_none();
        if nothing || !alone(state) {
            return Ok(());
        }
        let base = reader.crl_numbers(issuer)?.base;
        drop(reader);
        let copy = self.private_copy(&mut { file })?;
        if sha256_of(&copy).map_err(unreadable)? != last.sha256 {
            return Err(failed("the published CRL was changed while it was read"));
        }
        let outcome = Outcome {
            issuer,
            records: Vec::new(),
            complete: Some(last.number),
            delta: state.record.settings.delta.is_some(),
            base,
            drop_ended_before: None,
        };
        self.settle_by_file(state, &outcome, &copy)
    }

    /// Settles what a published complete CRL itself says of what waits. What was to be told elsewhere too waits for the
    /// next round: whether it came to that nobody knows.
    pub(super) fn settle_by_file(
        &self,
        state: &IssuerState,
        outcome: &Outcome,
        copy: &File,
    ) -> Result<(), DeskError> {
        if !alone(state) || !is_sorted(copy)? {
            return self.settle(outcome, std::iter::empty());
        }
        let issuer = outcome.issuer;
        let reader = self.inner.store.read()?;
        let (mut came, mut left) = (Alongside::open(copy)?, Alongside::open(copy)?);
        let came = waiting(&reader, issuer).filter_map(|row| {
            let listed = |row: RevokedEntry| {
                let stands = came.has(&row.key.serial, |der| der == row.der)?;
                Ok(stands.then(|| News::Came(row.into())))
            };
            row.map_err(DeskError::from).and_then(listed).transpose()
        });
        let left = gone(&reader, issuer).filter_map(|row| {
            let absent = |row: LeftEntry| {
                let stands = left.has(&row.key.serial, |_| true)?;
                Ok((!stands).then_some(News::Left(row)))
            };
            row.map_err(DeskError::from).and_then(absent).transpose()
        });
        self.settle(outcome, came.chain(left))
    }
}

/// Whether the issuer publishes its complete CRL and nothing else.
fn alone(state: &IssuerState) -> bool {
    let settings = &state.record.settings;
    settings.delta.is_none() && settings.partitions.is_empty()
}

/// A list read along with rows that are in the order of serials too.
struct Alongside<'a> {
    list: CrlReader<Box<dyn Read + 'a>>,
    /// The entry that was read last and is not yet passed.
    ahead: Option<(Serial, Vec<u8>)>,
}

impl<'a> Alongside<'a> {
    fn open(file: &'a File) -> Result<Self, DeskError> {
        let list = CrlReader::open(file).map_err(failed)?;
        Ok(Self { list, ahead: None })
    }

    /// Whether the list has this serial, with an entry that `fits`. To be asked in ascending order.
    fn has(
        &mut self,
        serial: &Serial,
        fits: impl FnOnce(&[u8]) -> bool,
    ) -> Result<bool, DeskError> {
        while self.ahead.as_ref().is_none_or(|(at, _)| at < serial) {
            let Some(entry) = self.list.next_entry().map_err(failed)? else {
                return Ok(false);
            };
            self.ahead = serial_of(&entry).map(|at| (at, entry.der.to_vec()));
        }
        let there = self.ahead.as_ref().filter(|(at, _)| at == serial);
        Ok(there.is_some_and(|(_, der)| fits(der)))
    }
}

/// Whether a list has its entries in ascending order of serials, as ours do.
fn is_sorted(file: &File) -> Result<bool, DeskError> {
    let mut list = CrlReader::open(file).map_err(failed)?;
    let mut last: Option<Serial> = None;
    while let Some(entry) = list.next_entry().map_err(failed)? {
        let Some(serial) = serial_of(&entry) else {
            return Ok(false);
        };
        if last.is_some_and(|last| last >= serial) {
            return Ok(false);
        }
        last = Some(serial);
    }
    Ok(true)
}

/// Absent where it is none that the desk would give or take in.
fn serial_of(entry: &RawEntry<'_>) -> Option<Serial> {
    entry.known_serial().ok()
}
