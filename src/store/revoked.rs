//! What stands, or will stand, on the CRLs: entries in their DER, in the order of a CRL. And what left them since the
//! last one, so that the publishing gate can tell a release from a loss.

use redb::AccessGuard;
use serde::{Deserialize, Serialize};

use super::database::{Reader, Writer};
use super::error::StoreError;
use super::indexed::{Entries, Index, Indexed};
use super::key::{Key, Span, certificate_key};
use super::page::{Page, Window};
use super::table::{Bytes, Opened, Table, table};
use super::value::{plain, record};
use crate::domain::certificate::CertificateKey;
use crate::domain::{CrlNumber, IssuerId, ReasonCode, Timestamp};

static PENDING: Index = Index::ordered("revoked.pending");
static ADOPTED: Index = Index::ordered("revoked.adopted");
pub(crate) const LEFT: Table = table("revoked.left");
const VERSION: u8 = 1;
/// Where the DER begins in a value: behind version and length.
const DER_AT: usize = 3;
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

/// An entry as it is visited, still in the database's page.
pub struct RevokedRef<'a> {
    /// Big-endian magnitude of the serial.
    pub serial: &'a [u8],
    pub der: &'a [u8],
    facts: &'a [u8],
}

/// The opened table of entries.
pub struct RevokedRows<'t>(Opened<'t>);

/// An entry's DER, still in the database's page.
pub struct StoredDer<'t> {
    value: AccessGuard<'t, Bytes>,
    octets: usize,
}

impl RevokedRows<'_> {
    /// An issuer's entries in the order of their serials, as a CRL lists them; nothing is copied.
    pub fn entries(
        &self,
        issuer: IssuerId,
    ) -> Result<impl Iterator<Item = Result<StoredDer<'_>, StoreError>>, StoreError> {
        let rows = self.0.range(&Span::prefix(&issuer.0))?;
        Ok(rows.map(|row| {
            let (_, value) = row?;
            let octets = split(value.value())?.0.len();
            Ok(StoredDer { value, octets })
        }))
    }
}

impl AsRef<[u8]> for StoredDer<'_> {
    fn as_ref(&self) -> &[u8] {
        // `split` found them there.
        self.value
            .value()
            .get(DER_AT..DER_AT + self.octets)
            .unwrap_or_default()
    }
}

impl RevokedRef<'_> {
    pub fn facts(&self) -> Result<RevokedFacts, StoreError> {
        plain("revoked", self.facts)
    }
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

/// The value lies as version, length of the DER (u16), DER, facts: a CRL is written from it without decoding.
fn split(bytes: &[u8]) -> Result<(&[u8], &[u8]), StoreError> {
    let damaged = || StoreError::corrupt("revoked", "a short value");
    match bytes {
        [VERSION, high, low, rest @ ..] => rest
            .split_at_checked(usize::from(u16::from_be_bytes([*high, *low])))
            .ok_or_else(damaged),
        [version, ..] if *version > VERSION => Err(StoreError::NewerValue {
            table: "revoked",
            found: *version,
            known: VERSION,
        }),
        _ => Err(damaged()),
    }
}

impl Indexed for RevokedEntry {
    const ROWS: Table = table("revoked");
    const NAME: &'static str = "revoked";
    const INDEXES: &'static [&'static Index] = &[&PENDING, &ADOPTED];

    fn primary(&self) -> Vec<u8> {
        Key::new().certificate(&self.key).done()
    }

    fn entries(&self) -> Entries {
        let mut entries = Entries::default();
        if self.facts.on_crl.is_none() {
            entries.key(&PENDING, self.primary());
        }
        if self.facts.adopted {
            entries.key(&ADOPTED, self.primary());
        }
        let issuer = &self.key.issuer.0;
        entries.count(Key::new().raw(ENTRIES).id(issuer).done(), 1);
        let octets = self.der.len() as u64;
        entries.count(Key::new().raw(OCTETS).id(issuer).done(), octets);
        if self.facts.adopted {
            entries.count(Key::new().raw(FOREIGN).id(issuer).done(), 1);
        }
        entries
    }

    fn to_bytes(&self) -> Result<Vec<u8>, StoreError> {
        let length = u16::try_from(self.der.len())
            .map_err(|_| StoreError::corrupt("revoked", "an entry of more than 65535 octets"))?;
        let mut bytes = Vec::with_capacity(self.der.len() + 48);
        bytes.push(VERSION);
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(&self.der);
        postcard::to_extend(&self.facts, bytes)
            .map_err(|e| StoreError::corrupt("revoked", e.to_string()))
    }

    fn from_bytes(primary: &[u8], bytes: &[u8]) -> Result<Self, StoreError> {
        let (der, facts) = split(bytes)?;
        Ok(Self {
            key: key_of(primary)?,
            der: der.to_vec(),
            facts: plain("revoked", facts)?,
        })
    }
}

fn key_of(primary: &[u8]) -> Result<CertificateKey, StoreError> {
    certificate_key(primary).ok_or_else(|| StoreError::corrupt("revoked", "a key that is none"))
}

impl Reader {
    pub fn revoked(&self, key: &CertificateKey) -> Result<Option<RevokedEntry>, StoreError> {
        self.row(Key::new().certificate(key).bytes())
    }

    /// Visits an issuer's entries in the order of their serials, as a CRL lists them.
    pub fn for_each_revoked<E: From<StoreError>>(
        &self,
        issuer: IssuerId,
        mut visit: impl FnMut(RevokedRef<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let opened = self.open(RevokedEntry::ROWS)?;
        for row in opened.range(&Span::prefix(&issuer.0))? {
            let (key, value) = row.map_err(StoreError::from)?;
            let (der, facts) = split(value.value())?;
            let serial = key
                .value()
                .get(17..)
                .ok_or_else(|| StoreError::corrupt("revoked", "a short key"))?;
            visit(RevokedRef { serial, der, facts })?;
        }
        Ok(())
    }

    /// The table of entries, to walk along with something else; see [`RevokedRows::entries`].
    pub fn revoked_rows(&self) -> Result<RevokedRows<'_>, StoreError> {
        self.open(RevokedEntry::ROWS).map(RevokedRows)
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
        self.revoked_from(RevokedEntry::ROWS, issuer, window)
    }

    /// Entries that no published CRL carries yet.
    pub fn revoked_pending(
        &self,
        issuer: IssuerId,
        window: &Window,
    ) -> Result<Page<RevokedEntry>, StoreError> {
        self.page_by(&PENDING, &[Span::prefix(&issuer.0)], window)
    }

    /// Entries taken over from a published CRL, to be confirmed.
    pub fn revoked_adopted(
        &self,
        issuer: IssuerId,
        window: &Window,
    ) -> Result<Page<RevokedEntry>, StoreError> {
        self.page_by(&ADOPTED, &[Span::prefix(&issuer.0)], window)
    }

    /// How many entries wait to be confirmed.
    pub fn revoked_adopted_count(&self, issuer: IssuerId) -> Result<u64, StoreError> {
        self.count(Key::new().raw(FOREIGN).id(&issuer.0).bytes())
    }

    /// What left the list since [`Writer::forget_left`].
    pub fn revoked_left(&self, issuer: IssuerId) -> Result<Vec<LeftEntry>, StoreError> {
        let all = Window::first(usize::MAX);
        Ok(self.records(LEFT, &Span::prefix(&issuer.0), &all)?.rows)
    }

    fn revoked_from(
        &self,
        rows: Table,
        issuer: IssuerId,
        window: &Window,
    ) -> Result<Page<RevokedEntry>, StoreError> {
        let hits = self.window(rows, &[Span::prefix(&issuer.0)], window)?;
        let rows = hits
            .rows
            .iter()
            .map(|hit| RevokedEntry::from_bytes(&hit.key, &hit.value))
            .collect::<Result<_, _>>()?;
        Ok(Page {
            rows,
            start: hits.start,
            next: hits.next,
        })
    }
}

impl Writer {
    /// Adds or replaces an entry. One that came back after it left is no longer remembered as gone.
    pub fn put_revoked(&mut self, entry: &RevokedEntry) -> Result<(), StoreError> {
        self.delete(LEFT, &entry.primary())?;
        self.put_row(entry).map(drop)
    }

    /// Takes an entry off the list and remembers why, until a CRL without it is out. Whether there was one.
    pub fn remove_revoked(
        &mut self,
        key: &CertificateKey,
        because: LeftBecause,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let primary = Key::new().certificate(key).done();
        if self.delete_row::<RevokedEntry>(&primary)?.is_none() {
            return Ok(false);
        }
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
            if let Some(mut entry) = self.revoked(key)?
                && entry.facts.on_crl.is_none()
            {
                entry.facts.on_crl = Some(number);
                self.put_row(&entry)?;
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
