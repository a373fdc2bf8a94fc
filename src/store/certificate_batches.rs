//! Adding certificates, few or millions. One transaction may take many batches: rows and DER go in with each, behind the
//! last one; what belongs into the indexes waits in memory, some 200 octets a certificate, and is written in one pass
//! over each index when the last batch is in.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::certificates::{DER, Numbered, SEQUENCE, SERIAL, entries, ordinal};
use super::database::{Reader, Writer};
use super::error::StoreError;
use super::index_run::{Run, Way};
use super::indexed::{Indexed, Tally};
use super::key::{Key, Span};
use super::table::Appender;
use super::value::Record;
use crate::domain::Certificate;
use crate::domain::certificate::CertificateKey;

/// A certificate to be added, with the octets it was read from.
#[derive(Clone, Debug)]
pub struct NewCertificate {
    pub certificate: Certificate,
    pub der: Vec<u8>,
}

/// What became of a certificate that was to be added.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Added {
    /// It is in.
    New,
    /// The very same certificate, octet for octet, was there already.
    Known,
    /// Another certificate with this issuer and serial is there (RFC 5280 §4.1.2.2 forbids it); nothing was changed.
    Conflict,
}

/// The batches that one transaction adds, see [`Writer::add_in_batches`].
pub struct Adding<'w> {
    writer: &'w mut Writer,
    /// The number that the next certificate will lie under.
    next: u32,
    /// Of those added in this transaction, which SERIAL does not name yet.
    unnamed: HashMap<[u8; 37], u32>,
    runs: Vec<Run>,
    tally: Tally,
}

impl Writer {
    /// Adds certificates that are not there yet, and says for each what became of it.
    pub fn add_certificates(&mut self, batch: &[NewCertificate]) -> Result<Vec<Added>, StoreError> {
        self.add_in_batches(|adding| adding.add(batch))
    }

    /// Lets `work` add certificates batch by batch; the more of them one call takes, the less each costs. Until it
    /// returns, the indexes do not know them. After an error nothing of the transaction may be committed.
    pub fn add_in_batches<T, E: From<StoreError>>(
        &mut self,
        work: impl FnOnce(&mut Adding<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.add_in_batches_by(Way::cheaper, work)
    }

    /// [`Writer::add_in_batches`], the indexes written the way that `way` says for the length of a run and of its table.
    pub(super) fn add_in_batches_by<T, E: From<StoreError>>(
        &mut self,
        way: impl Fn(u64, u64) -> Way,
        work: impl FnOnce(&mut Adding<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut adding = Adding {
            next: self.sequence(SEQUENCE)?,
            writer: self,
            unnamed: HashMap::new(),
            runs: Numbered::INDEXES.iter().map(|_| Run::default()).collect(),
            tally: Tally::default(),
        };
        let done = work(&mut adding)?;
        adding.close(way)?;
        Ok(done)
    }
}

impl Adding<'_> {
    /// What the transaction reads. The certificates that it adds are not in the indexes yet.
    pub fn reader(&self) -> &Reader {
        self.writer
    }

    /// Adds one batch, and says for each certificate what became of it.
    pub fn add(&mut self, batch: &[NewCertificate]) -> Result<Vec<Added>, StoreError> {
        let first = self.next;
        let mut there = self.named(batch)?;
        let mut fresh: Vec<&NewCertificate> = Vec::with_capacity(batch.len());
        for (new, there) in batch.iter().zip(&mut there) {
            if there.is_some() {
                continue;
            }
            match self.unnamed.entry(fixed(&new.certificate.key)) {
                Entry::Occupied(known) => *there = Some(*known.get()),
                Entry::Vacant(free) => {
                    free.insert(self.next);
                    fresh.push(new);
                    // The last number stays free: it is the sequence's next one.
                    self.next = self.next.checked_add(1).ok_or(StoreError::Exhausted {
                        what: "certificates",
                    })?;
                }
            }
        }
        let outcome = self.compare(batch, &there, first, &fresh)?;
        self.append(first, &fresh)?;
        Ok(outcome)
    }

    /// Under which number each is there, by the index; looked up in the index's order.
    fn named(&self, batch: &[NewCertificate]) -> Result<Vec<Option<u32>>, StoreError> {
        let mut there = vec![None; batch.len()];
        let serials = self.writer.open(SERIAL.table)?;
        if serials.len()? == 0 {
            return Ok(there);
        }
        let mut order: Vec<([u8; 37], usize)> = batch
            .iter()
            .enumerate()
            .map(|(place, new)| (fixed(&new.certificate.key), place))
            .collect();
        order.sort_unstable();
        for (_, place) in order {
            let key = Key::new().certificate(&batch[place].certificate.key);
            if let Some(found) = serials.get(key.bytes())? {
                there[place] = Some(ordinal(found.value())?);
            }
        }
        Ok(there)
    }

    /// Compares those that are there with what lies under their number, in the order in which that lies; `fresh` begin
    /// with the number `first` and are not stored yet.
    fn compare(
        &self,
        batch: &[NewCertificate],
        there: &[Option<u32>],
        first: u32,
        fresh: &[&NewCertificate],
    ) -> Result<Vec<Added>, StoreError> {
        let mut outcome = vec![Added::New; batch.len()];
        let mut known: Vec<(u32, usize)> = there
            .iter()
            .enumerate()
            .filter_map(|(place, number)| number.map(|number| (number, place)))
            .collect();
        known.sort_unstable();
        let ders = self.writer.open(DER)?;
        let mut walk = ders.range(&Span::all())?;
        let damaged = || StoreError::corrupt(SERIAL.name, "an index entry without its certificate");
        let (stored, twice) = known.split_at(known.partition_point(|(n, _)| *n < first));
        for (number, place) in stored {
            let key = number.to_be_bytes();
            // Certificates that come again mostly come in the order in which they lie.
            let mut found = walk.next().transpose()?;
            if found.as_ref().is_none_or(|(at, _)| at.value() != key) {
                walk = ders.range(&Span::from(&key))?;
                found = walk.next().transpose()?;
            }
            let (_, der) = found
                .filter(|(at, _)| at.value() == key)
                .ok_or_else(damaged)?;
            outcome[*place] = sameness(der.value(), &batch[*place].der);
        }
        for (number, place) in twice {
            let earlier = fresh.get((number - first) as usize).ok_or_else(damaged)?;
            outcome[*place] = sameness(&earlier.der, &batch[*place].der);
        }
        Ok(outcome)
    }

    /// Stores rows and DER, and gathers their index entries.
    fn append(&mut self, first: u32, fresh: &[&NewCertificate]) -> Result<(), StoreError> {
        let mut rows = self.writer.edit(Numbered::ROWS)?;
        let mut ders = self.writer.edit(DER)?;
        let mut rows = Appender::new(&mut rows)?;
        let mut ders = Appender::new(&mut ders)?;
        for (number, new) in (first..).zip(fresh) {
            let primary = number.to_be_bytes();
            rows.push(&primary, &new.certificate.encode()?)?;
            ders.push(&primary, &new.der)?;
            let entries = entries(&new.certificate, number);
            self.tally.add(&entries);
            for (index, key) in entries.keys {
                let place = Numbered::INDEXES
                    .iter()
                    .position(|i| std::ptr::eq(*i, index));
                if let Some(run) = place.and_then(|place| self.runs.get_mut(place)) {
                    run.push(index, &key, &primary)?;
                }
            }
        }
        rows.close()?;
        ders.close()
    }

    /// Brings indexes, counters and the sequence up to the rows.
    fn close(self, way: impl Fn(u64, u64) -> Way) -> Result<(), StoreError> {
        if self.unnamed.is_empty() {
            return Ok(());
        }
        drop(self.unnamed);
        self.writer.set_sequence(SEQUENCE, self.next)?;
        for (index, run) in Numbered::INDEXES.iter().zip(self.runs) {
            self.writer.write_run(index, &run, &way)?;
        }
        self.writer.tally(self.tally)
    }
}

/// Issuer and serial in a fixed number of octets, in their order.
fn fixed(key: &CertificateKey) -> [u8; 37] {
    let magnitude = key.serial.magnitude();
    let mut octets = [0; 37];
    octets[..16].copy_from_slice(&key.issuer.0);
    octets[16] = magnitude.len() as u8;
    // A serial has at most 20 octets.
    for (to, from) in octets[17..].iter_mut().zip(magnitude) {
        *to = *from;
    }
    octets
}

fn sameness(stored: &[u8], new: &[u8]) -> Added {
    if stored == new {
        Added::Known
    } else {
        Added::Conflict
    }
}
