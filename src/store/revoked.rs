//! What stands, or will stand, on the CRLs: a row of facts for each entry, its DER in [`runs`]. And what left them since
//! the last one, so that the publishing gate can tell a release from a loss.

mod runs;

use serde::{Deserialize, Serialize};

pub(crate) use self::runs::{Finder, RUNS};
pub use self::runs::{RevokedRuns, StoredRun};

use super::database::{Reader, Writer};
use super::error::StoreError;
use super::indexed::{Entries, Index, Indexed};
use super::key::{Key, Span, certificate_key};
use super::page::{Page, Window};
use super::table::{Table, table};
use super::value::{plain, record};
use crate::domain::certificate::CertificateKey;
use crate::domain::{CrlNumber, IssuerId, ReasonCode, Timestamp};

static PENDING: Index = Index::ordered("revoked.pending");
static ADOPTED: Index = Index::ordered("revoked.adopted");
/// By the end of the certificate's validity.
static ENDS: Index = Index::ordered("revoked.ends");
pub(crate) const LEFT: Table = table("revoked.left");
/// Version 1 had the DER between its length and the facts.
const VERSION: u8 = 2;
const ENTRIES: &[u8] = b"revoked/";
const OCTETS: &[u8] = b"octets/";
const FOREIGN: &[u8] = b"adopted/";

/// Whether an entry can still be released.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum RevokedKind {
    Held,
    Revoked,
}

/// What is known of an entry besides its DER.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RevokedFacts {
    pub kind: RevokedKind,
    pub date: Timestamp,
    pub reason: ReasonCode,
    pub invalidity_date: Option<Timestamp>,
    /// The certificate's end; absent for one we don't have.
    pub not_after: Option<Timestamp>,
    /// The first CRL that carries the entry as it is now, published and read back; absent while it waits for one.
    pub on_crl: Option<CrlNumber>,
    /// Found on a published CRL and taken over without our having decided it.
    pub adopted: bool,
}

/// An entry of the revoked list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RevokedEntry {
    pub key: CertificateKey,
    /// One element of revokedCertificates (RFC 5280 §5.1), encoded.
    pub der: Vec<u8>,
    pub facts: RevokedFacts,
}

/// What lies in the table of entries: all but the DER, of which it has the length.
pub(super) struct RevokedRow {
    pub key: CertificateKey,
    pub octets: u16,
    pub facts: RevokedFacts,
}

/// How many entries an issuer has, and how many octets their DER takes together.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct RevokedTotals {
    pub entries: u64,
    pub bytes: u64,
}

/// Why an entry left the list.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum LeftBecause {
    /// Released from hold.
    Released,
    /// Dropped by the expiry rule.
    Expired,
}

/// An entry that left since the last published CRL.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct LeftEntry {
    pub key: CertificateKey,
    pub because: LeftBecause,
    pub at: Timestamp,
}

record!(LeftEntry, "revoked.left");

impl Indexed for RevokedRow {
    const ROWS: Table = table("revoked");
    const NAME: &'static str = "revoked";
    const INDEXES: &'static [&'static Index] = &[&PENDING, &ADOPTED, &ENDS];

    fn primary(&self) -> Vec<u8> {
        Key::new().certificate(&self.key).done()
    }

    fn entries(&self) -> Entries {
        let mut entries = Entries::default();
        let issuer = &self.key.issuer.0;
        if self.facts.on_crl.is_none() {
            entries.key(&PENDING, self.primary());
        }
        if self.facts.adopted {
            entries.key(&ADOPTED, self.primary());
            entries.count(Key::new().raw(FOREIGN).id(issuer).done(), 1);
        }
        if let Some(end) = self.facts.not_after {
            let key = Key::new().id(issuer).time(end).serial(&self.key.serial);
            entries.key(&ENDS, key.done());
        }
        entries.count(Key::new().raw(ENTRIES).id(issuer).done(), 1);
        let octets = u64::from(self.octets);
        entries.count(Key::new().raw(OCTETS).id(issuer).done(), octets);
        entries
    }

    fn to_bytes(&self) -> Result<Vec<u8>, StoreError> {
        let mut bytes = Vec::with_capacity(48);
        bytes.push(VERSION);
        bytes.extend_from_slice(&self.octets.to_be_bytes());
        postcard::to_extend(&self.facts, bytes)
            .map_err(|e| StoreError::corrupt("revoked", e.to_string()))
    }

    fn from_bytes(primary: &[u8], bytes: &[u8]) -> Result<Self, StoreError> {
        let (octets, facts) = match bytes {
            [VERSION, high, low, facts @ ..] => (u16::from_be_bytes([*high, *low]), facts),
            [version, ..] if *version > VERSION => {
                return Err(StoreError::NewerValue {
                    table: "revoked",
                    found: *version,
                    known: VERSION,
                });
            }
            _ => {
                let (der, facts) = first_version(bytes)
                    .ok_or_else(|| StoreError::corrupt("revoked", "a short value"))?;
                (der.len() as u16, facts)
            }
        };
        Ok(Self {
            key: key_of(primary)?,
            octets,
            facts: plain("revoked", facts)?,
        })
    }
}

/// DER and facts of a value of version 1.
fn first_version(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    match bytes {
        [1, high, low, rest @ ..] => {
            rest.split_at_checked(usize::from(u16::from_be_bytes([*high, *low])))
        }
        _ => None,
    }
}

/// Takes the DER out of the rows, where format 2 had it, and makes the index that it lacked.
pub(crate) fn move_der(w: &mut Writer) -> Result<(), StoreError> {
    let mut window = Window::first(4096);
    loop {
        let page = w.window(RevokedRow::ROWS, &[Span::all()], &window)?;
        for hit in &page.rows {
            let Some((der, _)) = first_version(&hit.value) else {
                continue;
            };
            let row = RevokedRow::from_bytes(&hit.key, &hit.value)?;
            w.put_der(&row.key, der)?;
            w.put_bytes(RevokedRow::ROWS, &hit.key, &row.to_bytes()?)?;
            for (index, key) in row.entries().keys {
                w.put_bytes(index.table, &key, &hit.key)?;
            }
        }
        match page.next {
            Some(next) => window = window.after(next),
            None => return Ok(()),
        }
    }
}

fn key_of(primary: &[u8]) -> Result<CertificateKey, StoreError> {
    certificate_key(primary).ok_or_else(|| StoreError::corrupt("revoked", "a key that is none"))
}

impl Reader {
    pub fn revoked(&self, key: &CertificateKey) -> Result<Option<RevokedEntry>, StoreError> {
        let row = self.row(Key::new().certificate(key).bytes())?;
        row.map(|row| self.der_finder()?.complete(row)).transpose()
    }

    /// An entry without its DER.
    pub fn revoked_facts(&self, key: &CertificateKey) -> Result<Option<RevokedFacts>, StoreError> {
        let row = self.row::<RevokedRow>(Key::new().certificate(key).bytes())?;
        Ok(row.map(|row| row.facts))
    }

    pub fn revoked_totals(&self, issuer: IssuerId) -> Result<RevokedTotals, StoreError> {
        Ok(RevokedTotals {
            entries: self.count(Key::new().raw(ENTRIES).id(&issuer.0).bytes())?,
            bytes: self.count(Key::new().raw(OCTETS).id(&issuer.0).bytes())?,
        })
    }

    /// An issuer's entries by serial, paged.
    pub fn revoked_page(
        &self,
        issuer: IssuerId,
        window: &Window,
    ) -> Result<Page<RevokedEntry>, StoreError> {
        let hits = self.window(RevokedRow::ROWS, &[Span::prefix(&issuer.0)], window)?;
        let rows = hits
            .rows
            .iter()
            .map(|hit| RevokedRow::from_bytes(&hit.key, &hit.value))
            .collect::<Result<_, _>>()?;
        self.with_der(Page {
            rows,
            start: hits.start,
            next: hits.next,
        })
    }

    /// Entries that no published CRL carries yet.
    pub fn revoked_pending(
        &self,
        issuer: IssuerId,
        window: &Window,
    ) -> Result<Page<RevokedEntry>, StoreError> {
        self.with_der(self.page_by(&PENDING, &[Span::prefix(&issuer.0)], window)?)
    }

    /// Entries taken over from a published CRL, to be confirmed.
    pub fn revoked_adopted(
        &self,
        issuer: IssuerId,
        window: &Window,
    ) -> Result<Page<RevokedEntry>, StoreError> {
        self.with_der(self.page_by(&ADOPTED, &[Span::prefix(&issuer.0)], window)?)
    }

    /// How many entries wait to be confirmed.
    pub fn revoked_adopted_count(&self, issuer: IssuerId) -> Result<u64, StoreError> {
        self.count(Key::new().raw(FOREIGN).id(&issuer.0).bytes())
    }

    /// What left the list since [`Writer::forget_left`], in the order of serials.
    pub fn revoked_left(
        &self,
        issuer: IssuerId,
        window: &Window,
    ) -> Result<Page<LeftEntry>, StoreError> {
        self.records(LEFT, &Span::prefix(&issuer.0), window)
    }

    /// Why and when this certificate left the list, if it did since [`Writer::forget_left`].
    pub fn left_entry(&self, key: &CertificateKey) -> Result<Option<LeftEntry>, StoreError> {
        self.get(LEFT, Key::new().certificate(key).bytes())
    }

    /// The issuer's entries whose certificates ended before this time and that a published CRL carries, those that
    /// ended first at the front. A page may have fewer rows than its window.
    pub fn revoked_ended(
        &self,
        issuer: IssuerId,
        before: Timestamp,
        window: &Window,
    ) -> Result<Page<CertificateKey>, StoreError> {
        let ended = Span::between(
            Key::new().id(&issuer.0),
            Key::new().id(&issuer.0).time(before),
        );
        let page = self.page_by::<RevokedRow>(&ENDS, &[ended], window)?;
        let carried = page
            .rows
            .into_iter()
            .filter(|row| row.facts.on_crl.is_some());
        Ok(Page {
            rows: carried.map(|row| row.key).collect(),
            start: page.start,
            next: page.next,
        })
    }

    fn with_der(&self, page: Page<RevokedRow>) -> Result<Page<RevokedEntry>, StoreError> {
        let mut finder = self.der_finder()?;
        let rows = page.rows.into_iter().map(|row| finder.complete(row));
        Ok(Page {
            rows: rows.collect::<Result<_, _>>()?,
            start: page.start,
            next: page.next,
        })
    }
}

impl Finder<'_> {
    fn complete(&mut self, row: RevokedRow) -> Result<RevokedEntry, StoreError> {
        let missing = || StoreError::corrupt("revoked", "a row without its entry");
        Ok(RevokedEntry {
            der: self.find(&row.key)?.ok_or_else(missing)?,
            key: row.key,
            facts: row.facts,
        })
    }
}

impl Writer {
    /// Adds or replaces an entry. One that came back after it left is no longer remembered as gone.
    pub fn put_revoked(&mut self, entry: &RevokedEntry) -> Result<(), StoreError> {
        let row = RevokedRow {
            key: entry.key.clone(),
            octets: u16::try_from(entry.der.len()).map_err(|_| {
                StoreError::corrupt("revoked", "an entry of more than 65535 octets")
            })?,
            facts: entry.facts.clone(),
        };
        self.delete(LEFT, &row.primary())?;
        self.put_der(&entry.key, &entry.der)?;
        self.put_row(&row).map(drop)
    }

    /// Takes an entry off the list and remembers why, until a CRL without it is out. Whether there was one.
    pub fn remove_revoked(
        &mut self,
        key: &CertificateKey,
        because: LeftBecause,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let primary = Key::new().certificate(key).done();
        if self.delete_row::<RevokedRow>(&primary)?.is_none() {
            return Ok(false);
        }
        self.remove_der(key)?;
        let left = LeftEntry {
            key: key.clone(),
            because,
            at,
        };
        self.put(LEFT, &primary, &left)?;
        Ok(true)
    }

    /// Notes that these entries are on a CRL that was published and read back. Entries that have such a number keep it.
    pub fn set_on_crl(
        &mut self,
        keys: &[CertificateKey],
        number: CrlNumber,
    ) -> Result<(), StoreError> {
        for key in keys {
            let row = self.row::<RevokedRow>(Key::new().certificate(key).bytes())?;
            if let Some(mut row) = row
                && row.facts.on_crl.is_none()
            {
                row.facts.on_crl = Some(number);
                self.put_row(&row)?;
            }
        }
        Ok(())
    }

    /// Forgets these departures: a CRL without them was published and read back.
    pub fn forget_left(&mut self, keys: &[CertificateKey]) -> Result<(), StoreError> {
        for key in keys {
            self.delete(LEFT, Key::new().certificate(key).bytes())?;
        }
        Ok(())
    }
}
