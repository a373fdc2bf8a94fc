//! What a check needs to know of a CRL, gathered while it streams by: counts and the first example of each flaw, never
//! the entries themselves. Relies on `crl_read` for structure; judges nothing, that is `lints`.

mod usual;

use std::cmp::Ordering;
use std::collections::BTreeSet;

use self::usual::{Second, Usual};
use super::crl_issuer::CrlIssuer;
use super::crl_read::{CrlHead, CrlReader, CrlSource, CrlTail, ReadError};
use super::der_scan::{DerError, tag};
use super::entry::{EntryRun, REMOVE_FROM_CRL, RawEntry, compare_serials, serial_text};
use super::oid;
use super::stream_signature::SignatureFault;
use crate::domain::Timestamp;

/// What can be wrong with one entry; the order is that of the fields.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EntryFlaw {
    SerialNotPositive,
    SerialTooLong,
    SerialPadded,
    DateMalformed,
    DateOtherForm,
    DateAfterThisUpdate,
    ExtensionsEmpty,
    ExtensionsMalformed,
    ExtensionTwice,
    ExtensionCriticalUnknown,
    FalseWritten,
    ReasonMalformed,
    ReasonCritical,
    ReasonUnspecifiedWritten,
    ReasonUndefined,
    ReasonRemoveFromCrl,
    ReasonAaCompromise,
    InvalidityMalformed,
    InvalidityCritical,
    InvalidityAfterRevocation,
    CertificateIssuer,
    OutOfOrder,
}

impl EntryFlaw {
    const COUNT: usize = Self::OutOfOrder as usize + 1;
}

/// How often a flaw was met, and where first.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Seen {
    pub count: u64,
    /// Serial of the first entry that has it.
    pub first: String,
}

/// What the entries showed.
#[derive(Clone, Debug)]
pub struct EntryFacts {
    pub count: u64,
    seen: [Seen; EntryFlaw::COUNT],
    /// The serial before the one being looked at, as it is encoded.
    previous: Vec<u8>,
    /// The first serial that stands twice, as far as neighbours show it.
    pub twice: Option<String>,
    /// An entry that has extensions.
    pub any_extension: bool,
    this_update: Option<Timestamp>,
    /// The same, where UTCTime can express it.
    this_second: Option<Second>,
}

impl EntryFacts {
    /// For a CRL whose thisUpdate is this, where it is readable.
    pub fn new(this_update: Option<Timestamp>) -> Self {
        Self {
            count: 0,
            seen: std::array::from_fn(|_| Seen::default()),
            previous: Vec::new(),
            twice: None,
            any_extension: false,
            this_update,
            this_second: this_update.and_then(Second::of),
        }
    }

    /// The flaw's record, if it was met.
    pub fn seen(&self, flaw: EntryFlaw) -> Option<&Seen> {
        Some(&self.seen[flaw as usize]).filter(|seen| seen.count > 0)
    }

    /// Whether every serial is higher than the one before; then none stands twice.
    pub fn ascending(&self) -> bool {
        self.seen(EntryFlaw::OutOfOrder).is_none() && self.twice.is_none()
    }

    fn note(&mut self, flaw: EntryFlaw, entry: &RawEntry<'_>) {
        let seen = &mut self.seen[flaw as usize];
        if seen.count == 0 {
            seen.first = serial_text(entry.serial);
        }
        seen.count += 1;
    }

    /// Looks at one entry.
    pub fn take(&mut self, entry: &RawEntry<'_>) {
        let mut previous = std::mem::take(&mut self.previous);
        self.take_after(&previous, entry);
        previous.clear();
        previous.extend_from_slice(entry.serial);
        self.previous = previous;
    }

    /// Looks at one or more whole entries that lie one behind the other.
    pub fn take_run<'r>(&mut self, der: &'r [u8]) -> Result<EntryRun<'r>, DerError> {
        let entry = RawEntry::first(der)?;
        self.take(&entry);
        let mut run = EntryRun::from(&entry);
        while let Some(rest) = der.get(run.der.len()..).filter(|rest| !rest.is_empty()) {
            let (octets, serial) = match (Usual::first(rest), &self.this_second) {
                (Some(usual), Some(second)) if usual.follows(run.last, second) => {
                    self.count += 1;
                    self.any_extension |= usual.has_reason;
                    (usual.octets, usual.serial)
                }
                _ => {
                    let entry = RawEntry::first(rest)?;
                    self.take_after(run.last, &entry);
                    (entry.der.len(), entry.serial)
                }
            };
            run = EntryRun {
                der: &der[..run.der.len() + octets],
                last: serial,
                entries: run.entries + 1,
                ..run
            };
        }
        self.previous.clear();
        self.previous.extend_from_slice(run.last);
        Ok(run)
    }

    fn take_after(&mut self, previous: &[u8], entry: &RawEntry<'_>) {
        if self.count > 0 {
            match compare_serials(previous, entry.serial) {
                Ordering::Less => {}
                Ordering::Equal => {
                    self.twice.get_or_insert_with(|| serial_text(entry.serial));
                }
                Ordering::Greater => self.note(EntryFlaw::OutOfOrder, entry),
            }
        }
        self.count += 1;

        self.take_serial(entry);
        let revoked = entry.revocation_date.time().ok();
        match revoked {
            None => self.note(EntryFlaw::DateMalformed, entry),
            Some(date) => {
                if !right_form(entry.revocation_date.tag, date) {
                    self.note(EntryFlaw::DateOtherForm, entry);
                }
                if self.this_update.is_some_and(|this| date > this) {
                    self.note(EntryFlaw::DateAfterThisUpdate, entry);
                }
            }
        }
        if let Some(list) = &entry.extensions {
            self.any_extension = true;
            if list.value.is_empty() {
                self.note(EntryFlaw::ExtensionsEmpty, entry);
            }
            self.take_extensions(entry, revoked);
        }
    }

    fn take_serial(&mut self, entry: &RawEntry<'_>) {
        let content = entry.serial;
        let positive = content.first().is_some_and(|first| first & 0x80 == 0)
            && content.iter().any(|o| *o != 0);
        if !positive {
            self.note(EntryFlaw::SerialNotPositive, entry);
        }
        if content.len() > 20 {
            self.note(EntryFlaw::SerialTooLong, entry);
        }
        if matches!(content, [0, next, ..] if next & 0x80 == 0)
            || matches!(content, [0xff, next, ..] if next & 0x80 != 0)
        {
            self.note(EntryFlaw::SerialPadded, entry);
        }
    }

    fn take_extensions(&mut self, entry: &RawEntry<'_>, revoked: Option<Timestamp>) {
        // Nearly every entry of nearly every list has a right reasonCode and nothing else.
        if matches!(entry.sole_reason_code(), Some(1..=6 | 9)) {
            return;
        }
        let (mut reasons, mut dates, mut issuers, mut others_twice) = (0, 0, 0, false);
        let mut others: BTreeSet<&[u8]> = BTreeSet::new();
        for extension in entry.extensions() {
            let Ok(extension) = extension else {
                self.note(EntryFlaw::ExtensionsMalformed, entry);
                return;
            };
            if extension.false_written {
                self.note(EntryFlaw::FalseWritten, entry);
            }
            match extension.oid {
                oid::REASON_CODE => {
                    reasons += 1;
                    if extension.critical {
                        self.note(EntryFlaw::ReasonCritical, entry);
                    }
                    match extension.reason_code().ok() {
                        None => self.note(EntryFlaw::ReasonMalformed, entry),
                        Some(0) => self.note(EntryFlaw::ReasonUnspecifiedWritten, entry),
                        Some(1..=6 | 9) => {}
                        Some(code) if code == u32::from(REMOVE_FROM_CRL) => {
                            self.note(EntryFlaw::ReasonRemoveFromCrl, entry);
                        }
                        Some(10) => self.note(EntryFlaw::ReasonAaCompromise, entry),
                        Some(_) => self.note(EntryFlaw::ReasonUndefined, entry),
                    }
                }
                oid::INVALIDITY_DATE => {
                    dates += 1;
                    if extension.critical {
                        self.note(EntryFlaw::InvalidityCritical, entry);
                    }
                    match extension.generalized_time().ok() {
                        None => self.note(EntryFlaw::InvalidityMalformed, entry),
                        Some(date) if revoked.is_some_and(|revoked| date > revoked) => {
                            self.note(EntryFlaw::InvalidityAfterRevocation, entry);
                        }
                        Some(_) => {}
                    }
                }
                oid::CERTIFICATE_ISSUER => {
                    issuers += 1;
                    self.note(EntryFlaw::CertificateIssuer, entry);
                }
                other => {
                    if extension.critical {
                        self.note(EntryFlaw::ExtensionCriticalUnknown, entry);
                    }
                    others_twice |= !others.insert(other);
                }
            }
        }
        if reasons > 1 || dates > 1 || issuers > 1 || others_twice {
            self.note(EntryFlaw::ExtensionTwice, entry);
        }
    }
}

/// Whether a time with this tag should have it: UTCTime through 2049, GeneralizedTime from 2050 on (RFC 5280 §5.1.2.4
/// to §5.1.2.6).
pub fn right_form(time_tag: u8, instant: Timestamp) -> bool {
    /// 2050-01-01T00:00:00Z
    const BORDER: Timestamp = Timestamp::from_seconds(2_524_608_000);
    (time_tag == tag::UTC_TIME) == (instant < BORDER)
}

/// Everything known of one CRL.
#[derive(Debug)]
pub struct Facts<'a> {
    pub now: Timestamp,
    pub issuer: Option<&'a CrlIssuer>,
    /// Why reading ended early.
    pub stopped: Option<ReadError>,
    pub head: Option<CrlHead>,
    pub entries: EntryFacts,
    pub tail: Option<CrlTail>,
    /// `None` without an issuer's certificate, or when the end was not reached.
    pub signature: Option<Result<(), SignatureFault>>,
    pub is_pem: bool,
}

impl<'a> Facts<'a> {
    /// Reads `source` once (Ed25519 with an issuer: the signed part once more; entries out of order: once more, with
    /// 16 octets of memory an entry to find serials that stand twice). The error is the source's own.
    pub fn gather(
        source: &(impl CrlSource + ?Sized),
        issuer: Option<&'a CrlIssuer>,
        now: Timestamp,
    ) -> std::io::Result<Self> {
        let mut facts = Self::empty(issuer, now);
        let result = facts.read(source);
        facts.stop_at(result)?;
        Ok(facts)
    }

    /// Nothing known yet.
    pub fn empty(issuer: Option<&'a CrlIssuer>, now: Timestamp) -> Self {
        Self {
            now,
            issuer,
            stopped: None,
            head: None,
            entries: EntryFacts::new(None),
            tail: None,
            signature: None,
            is_pem: false,
        }
    }

    fn stop_at(&mut self, result: Result<(), ReadError>) -> std::io::Result<()> {
        match result {
            Ok(()) => Ok(()),
            Err(ReadError::Io(error)) => Err(error),
            Err(error) => {
                self.stopped = Some(error);
                Ok(())
            }
        }
    }

    fn read(&mut self, source: &(impl CrlSource + ?Sized)) -> Result<(), ReadError> {
        let mut reader = CrlReader::open(source)?;
        self.begin(&reader);
        while let Some(entry) = reader.next_entry()? {
            self.entries.take(&entry);
        }
        let tail = reader.finish()?;
        self.end(source, tail)?;
        if self.entries.twice.is_none() && !self.entries.ascending() {
            self.entries.twice = find_twice(source)?;
        }
        Ok(())
    }

    /// Takes the head of a CRL that is about to be read entry by entry.
    pub fn begin<R: std::io::Read>(&mut self, reader: &CrlReader<R>) {
        let head = reader.head().clone();
        self.is_pem = reader.is_pem();
        self.entries = EntryFacts::new(head.this_update.get());
        self.head = Some(head);
    }

    /// Takes the tail and verifies the signature.
    pub fn end(
        &mut self,
        source: &(impl CrlSource + ?Sized),
        tail: CrlTail,
    ) -> Result<(), ReadError> {
        if let Some(issuer) = self.issuer {
            self.signature = Some(tail.verify(source, issuer)?);
        }
        self.tail = Some(tail);
        Ok(())
    }
}

/// A serial that stands twice on a list out of order.
fn find_twice(source: &(impl CrlSource + ?Sized)) -> Result<Option<String>, ReadError> {
    let short = |serial: &[u8]| {
        let digest = ring::digest::digest(&ring::digest::SHA256, serial);
        let mut short = [0; 16];
        short.copy_from_slice(&digest.as_ref()[..16]);
        u128::from_be_bytes(short)
    };
    let mut all = Vec::new();
    let mut reader = CrlReader::open(source)?;
    while let Some(entry) = reader.next_entry()? {
        all.push(short(entry.serial));
    }
    all.sort_unstable();
    let Some(pair) = all.windows(2).find(|pair| pair[0] == pair[1]) else {
        return Ok(None);
    };
    let (wanted, mut reader) = (pair[0], CrlReader::open(source)?);
    while let Some(entry) = reader.next_entry()? {
        if short(entry.serial) == wanted {
            return Ok(Some(serial_text(entry.serial)));
        }
    }
    Ok(None)
}
