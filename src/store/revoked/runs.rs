//! The DER of revoked entries, many to a row and in the order of a CRL: a list of a million is read in a few thousand
//! rows, and a run of it goes onto a CRL as it lies. Of DER it knows the length of an element, and that an entry begins
//! with its serial (RFC 5280 §5.1); an entry's other facts are rows of `revoked`, changed in the same transaction.

use std::cmp::Ordering;
use std::ops::Range;

use redb::{AccessGuard, ReadableTable};

use super::super::database::{Reader, Writer};
use super::super::error::StoreError;
use super::super::key::{Key, Span};
use super::super::table::{Bytes, Opened, Table, table};
use crate::domain::IssuerId;
use crate::domain::certificate::CertificateKey;

/// Issuer and serial that nothing in the run is below → version octet and entries, one behind the other. Runs of an
/// issuer do not overlap.
pub(crate) const RUNS: Table = table("revoked.der");
const NAME: &str = "revoked.der";
const VERSION: u8 = 1;
/// Octets of a row beyond which it is cut in two: with its key it fills four pages of the database. Longer ones read
/// faster, and cost each revocation more.
const MOST: usize = 16 * 1024 - 256;
/// A row shorter than this is joined with the next one, if both are short.
const LEAST: usize = MOST / 4;

/// The opened table of runs.
pub struct RevokedRuns<'t>(Opened<'t>);

/// Whole entries in ascending order, still in the database's page.
pub struct StoredRun<'t>(AccessGuard<'t, Bytes>);

impl RevokedRuns<'_> {
    /// An issuer's entries in the order of their serials, as a CRL lists them, many at once; nothing is copied.
    pub fn of(
        &self,
        issuer: IssuerId,
    ) -> Result<impl Iterator<Item = Result<StoredRun<'_>, StoreError>>, StoreError> {
        let rows = self.0.range(&Span::prefix(&issuer.0))?;
        Ok(rows.map(|row| {
            let (_, value) = row?;
            entries(value.value())?;
            Ok(StoredRun(value))
        }))
    }
}

impl AsRef<[u8]> for StoredRun<'_> {
    fn as_ref(&self) -> &[u8] {
        // `entries` found the version octet there.
        self.0.value().get(1..).unwrap_or_default()
    }
}

/// The entries of a row.
fn entries(value: &[u8]) -> Result<&[u8], StoreError> {
    match value {
        [VERSION, entries @ ..] => Ok(entries),
        [version, ..] if *version > VERSION => Err(StoreError::NewerValue {
            table: NAME,
            found: *version,
            known: VERSION,
        }),
        _ => Err(StoreError::corrupt(NAME, "an empty value")),
    }
}

/// An entry inside its run.
#[derive(Clone, Copy)]
pub(crate) struct Listed<'a> {
    /// Big-endian magnitude of the serial.
    pub serial: &'a [u8],
    pub der: &'a [u8],
}

impl<'a> Listed<'a> {
    /// The entry that `octets` begin with.
    fn first(octets: &'a [u8]) -> Result<Self, StoreError> {
        let malformed = || StoreError::corrupt(NAME, "an entry that is no SEQUENCE with a serial");
        let (body, length) = element(octets, 0x30).ok_or_else(malformed)?;
        let (serial, _) = element(body, 0x02).ok_or_else(malformed)?;
        let zeros = serial.iter().take_while(|octet| **octet == 0).count();
        Ok(Self {
            serial: &serial[zeros..],
            der: &octets[..length],
        })
    }

    /// How this entry's serial stands to another, as numbers.
    fn order(&self, other: &[u8]) -> Ordering {
        let lengths = self.serial.len().cmp(&other.len());
        lengths.then_with(|| self.serial.cmp(other))
    }
}

/// The content of the DER element with this tag that `octets` begin with, and how long the whole element is.
fn element(octets: &[u8], tag: u8) -> Option<(&[u8], usize)> {
    let (found, length, header) = match octets {
        [found, length @ 0..=0x7f, ..] => (*found, usize::from(*length), 2),
        [found, 0x81, length, ..] => (*found, usize::from(*length), 3),
        [found, 0x82, high, low, ..] => (*found, usize::from(u16::from_be_bytes([*high, *low])), 4),
        _ => return None,
    };
    let whole = header + length;
    let content = octets.get(header..whole)?;
    (found == tag).then_some((content, whole))
}

/// Goes through `value`'s entries until one is not below `serial`: where that one lies, an empty range where another
/// serial is there or the end.
fn place(value: &[u8], serial: &[u8]) -> Result<Range<usize>, StoreError> {
    let all = entries(value)?;
    let mut at = 0;
    while at < all.len() {
        let entry = Listed::first(&all[at..])?;
        match entry.order(serial) {
            Ordering::Less => at += entry.der.len(),
            Ordering::Equal => return Ok(1 + at..1 + at + entry.der.len()),
            Ordering::Greater => break,
        }
    }
    Ok(1 + at..1 + at)
}

/// Finds entries' DER; those asked for in the order of their serials cost one look at each run.
pub(crate) struct Finder<'t> {
    table: Opened<'t>,
    issuer: Option<IssuerId>,
    run: Vec<u8>,
    /// Where the entry behind the last one found begins in `run`.
    at: usize,
}

impl Finder<'_> {
    pub fn find(&mut self, key: &CertificateKey) -> Result<Option<Vec<u8>>, StoreError> {
        let serial = key.serial.magnitude();
        if self.issuer == Some(key.issuer) {
            let ahead = self.ahead(serial)?;
            if ahead.is_some() {
                return Ok(ahead);
            }
        }
        let primary = Key::new().certificate(key).done();
        let span = Span {
            low: std::ops::Bound::Included(key.issuer.0.to_vec()),
            high: std::ops::Bound::Included(primary),
        };
        self.issuer = Some(key.issuer);
        self.run.clear();
        self.at = 1;
        if let Some(row) = self.table.range(&span)?.next_back() {
            self.run.extend_from_slice(row?.1.value());
            entries(&self.run)?;
        }
        self.ahead(serial)
    }

    fn ahead(&mut self, serial: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let mut at = self.at;
        while let Some(rest) = self.run.get(at..).filter(|rest| !rest.is_empty()) {
            let entry = Listed::first(rest)?;
            let behind = at + entry.der.len();
            match entry.order(serial) {
                Ordering::Less => at = behind,
                Ordering::Equal => {
                    let der = entry.der.to_vec();
                    self.at = behind;
                    return Ok(Some(der));
                }
                Ordering::Greater => break,
            }
        }
        Ok(None)
    }
}

impl Reader {
    /// The entries in their DER, to write a CRL from or to walk along with something else.
    pub fn revoked_runs(&self) -> Result<RevokedRuns<'_>, StoreError> {
        self.open(RUNS).map(RevokedRuns)
    }

    pub(crate) fn der_finder(&self) -> Result<Finder<'_>, StoreError> {
        Ok(Finder {
            table: self.open(RUNS)?,
            issuer: None,
            run: Vec::new(),
            at: 1,
        })
    }

    /// Visits every entry of every issuer: its primary key and its DER, as they lie. A run's first key is checked
    /// against the runs before.
    pub(crate) fn each_listed(
        &self,
        mut visit: impl FnMut(Vec<u8>, &[u8]) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.each(RUNS, &Span::all(), |key, value| {
            let issuer = key
                .get(..16)
                .ok_or_else(|| StoreError::corrupt(NAME, "a short key"))?;
            let mut rest = entries(value)?;
            while !rest.is_empty() {
                let entry = Listed::first(rest)?;
                let primary = primary(issuer, entry.serial);
                if primary.as_slice() < key {
                    return Err(StoreError::corrupt(NAME, "an entry below its run"));
                }
                visit(primary, entry.der)?;
                rest = &rest[entry.der.len()..];
            }
            Ok(())
        })
    }
}

fn primary(issuer: &[u8], serial: &[u8]) -> Vec<u8> {
    Key::new()
        .raw(issuer)
        .byte(serial.len() as u8)
        .raw(serial)
        .done()
}

impl Writer {
    /// Adds or replaces an entry's DER.
    pub(crate) fn put_der(&self, key: &CertificateKey, der: &[u8]) -> Result<(), StoreError> {
        let entry = Listed::first(der)?;
        if entry.serial != key.serial.magnitude() || entry.der.len() != der.len() {
            return Err(StoreError::corrupt(NAME, "an entry of another serial"));
        }
        let mut table = self.edit(RUNS)?;
        let primary = Key::new().certificate(key).done();
        let Some((at, mut run)) = run_for(&table, key.issuer, &primary)? else {
            let run = [&[VERSION], der].concat();
            table.insert(primary.as_slice(), run.as_slice())?;
            return Ok(());
        };
        let place = place(&run, entry.serial)?;
        let appended = place.end == run.len();
        let cut = place.start;
        run.splice(place, der.iter().copied());
        // An entry below every other of its issuer goes to the front of the first run.
        let below = primary < at;
        if below {
            table.remove(at.as_slice())?;
        }
        let at = if below { primary } else { at };
        // Whoever appends fills one run after the other; otherwise both halves get room.
        let cut = if appended { cut } else { middle(&run)? };
        if run.len() <= MOST || cut <= 1 || cut == run.len() {
            table.insert(at.as_slice(), run.as_slice())?;
            return Ok(());
        }
        let behind = [&[VERSION], &run[cut..]].concat();
        let first = Listed::first(&run[cut..])?.serial;
        let behind_at = self::primary(&key.issuer.0, first);
        table.insert(behind_at.as_slice(), behind.as_slice())?;
        table.insert(at.as_slice(), &run[..cut])?;
        Ok(())
    }

    /// Takes an entry's DER away.
    pub(crate) fn remove_der(&self, key: &CertificateKey) -> Result<(), StoreError> {
        let mut table = self.edit(RUNS)?;
        let primary = Key::new().certificate(key).done();
        let Some((at, mut run)) = run_for(&table, key.issuer, &primary)? else {
            return Ok(());
        };
        let place = place(&run, key.serial.magnitude())?;
        run.drain(place);
        if run.len() == 1 {
            table.remove(at.as_slice())?;
            return Ok(());
        }
        if run.len() < LEAST
            && let Some((next, more)) = run_behind(&table, key.issuer, &at)?
            && run.len() + more.len() <= MOST / 2
        {
            run.extend_from_slice(entries(&more)?);
            table.remove(next.as_slice())?;
        }
        table.insert(at.as_slice(), run.as_slice())?;
        Ok(())
    }
}

/// Where the entry lies that reaches over the middle of a run.
fn middle(run: &[u8]) -> Result<usize, StoreError> {
    let mut at = 1;
    while at < run.len() / 2 {
        at += Listed::first(&run[at..])?.der.len();
    }
    Ok(at)
}

type Row = Option<(Vec<u8>, Vec<u8>)>;

/// The run in which an entry lies or would: the last one that begins at or before it, or the issuer's first.
fn run_for(
    table: &redb::Table<'_, Bytes, Bytes>,
    issuer: IssuerId,
    primary: &[u8],
) -> Result<Row, StoreError> {
    let before = table
        .range::<&[u8]>(issuer.0.as_slice()..=primary)?
        .next_back();
    match before {
        Some(row) => owned(Some(row)),
        None => run_behind(table, issuer, primary),
    }
}

/// The issuer's first run that begins behind `key`.
fn run_behind(
    table: &redb::Table<'_, Bytes, Bytes>,
    issuer: IssuerId,
    key: &[u8],
) -> Result<Row, StoreError> {
    let mut span = Span::prefix(&issuer.0);
    span.low = std::ops::Bound::Excluded(key.to_vec());
    let bounds = (
        span.low.as_ref().map(Vec::as_slice),
        span.high.as_ref().map(Vec::as_slice),
    );
    owned(table.range::<&[u8]>(bounds)?.next())
}

type Guards<'t> = (AccessGuard<'t, Bytes>, AccessGuard<'t, Bytes>);

fn owned(row: Option<Result<Guards<'_>, redb::StorageError>>) -> Result<Row, StoreError> {
    let Some(row) = row else {
        return Ok(None);
    };
    let (key, value) = row?;
    entries(value.value())?;
    Ok(Some((key.value().to_vec(), value.value().to_vec())))
}
