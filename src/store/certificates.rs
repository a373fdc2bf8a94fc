//! Certificates by issuer and serial, with every order that a screen lists them in, and their DER apart.
//! Rows and DER lie under a running number, so that an import appends to them; only the indexes are written at random.

use std::collections::BTreeMap;

use super::database::{Reader, Writer};
use super::error::StoreError;
use super::indexed::{Entries, Index, Indexed, Tally};
use super::key::{Key, folded_key};
use super::table::{Table, table};
use super::value::{Record, record};
use crate::domain::certificate::CertificateKey;
use crate::domain::{Certificate, IssuerId, Standing};

record!(Certificate, "certificates");

pub(super) static SERIAL: Index = Index::unique("certificates.serial");
pub(super) static SUFFIX: Index = Index::ordered("certificates.suffix");
pub(super) static OWNER: Index = Index::ordered("certificates.owner");
pub(super) static NAME: Index = Index::ordered("certificates.name");
pub(super) static EXPIRY: Index = Index::ordered("certificates.expiry");
pub(super) static PUBLIC_KEY: Index = Index::ordered("certificates.public_key");

pub(crate) const DER: Table = table("certificates.der");
const SEQUENCE: &str = "certificates";

/// Octets of a folded common name that its index holds.
pub(super) const NAME_LIMIT: usize = 40;
pub(super) const POINTS: &[u8] = b"points/";
pub(super) const DAYS: &[u8] = b"expiry/";

/// A certificate with the number it lies under.
pub(super) struct Numbered {
    pub ordinal: u32,
    pub certificate: Certificate,
}

impl Indexed for Numbered {
    const ROWS: Table = table("certificates");
    const NAME: &'static str = "certificates";
    const INDEXES: &'static [&'static Index] =
        &[&SERIAL, &SUFFIX, &OWNER, &NAME, &EXPIRY, &PUBLIC_KEY];

    fn primary(&self) -> Vec<u8> {
        self.ordinal.to_be_bytes().into()
    }

    fn entries(&self) -> Entries {
        let c = &self.certificate;
        let n = self.ordinal;
        let mut entries = Entries::default();
        entries.key(&SERIAL, Key::new().certificate(&c.key).done());
        let digits = c.key.serial.last_eight();
        entries.key(&SUFFIX, Key::new().raw(&backwards(&digits)).u32(n).done());
        if let Some(owner) = c.owner {
            let key = Key::new().id(&owner.0).time(c.not_after).u32(n);
            entries.key(&OWNER, key.done());
        }
        let name = folded_key(c.subject.common_name().unwrap_or(""), NAME_LIMIT);
        entries.key(&NAME, Key::new().raw(&name).u32(n).done());
        let standing = standing_byte(&c.standing);
        let key = Key::new().byte(standing).time(c.not_after).u32(n);
        entries.key(&EXPIRY, key.done());
        let key = Key::new().raw(&c.public_key_sha256[..8]).u32(n);
        entries.key(&PUBLIC_KEY, key.done());
        let day = (c.not_after.millis().div_euclid(crate::domain::instant::DAY)) as i32;
        entries.count(day_counter(standing, day), 1);
        for uri in &c.distribution_points {
            let counter = Key::new()
                .raw(POINTS)
                .id(&c.key.issuer.0)
                .raw(uri.as_bytes());
            entries.count(counter.done(), 1);
        }
        entries
    }

    fn to_bytes(&self) -> Result<Vec<u8>, StoreError> {
        self.certificate.encode()
    }

    fn from_bytes(primary: &[u8], bytes: &[u8]) -> Result<Self, StoreError> {
        Ok(Self {
            ordinal: ordinal(primary)?,
            certificate: Certificate::decode(bytes)?,
        })
    }
}

pub(super) const ACTIVE: u8 = 0;
pub(super) const HELD: u8 = 1;
pub(super) const REVOKED: u8 = 2;

const fn standing_byte(standing: &Standing) -> u8 {
    match standing {
        Standing::Active => ACTIVE,
        Standing::Held(_) => HELD,
        Standing::Revoked(_) => REVOKED,
    }
}

/// Counts certificates by standing and the UTC day they end on (days since 1970, sign bit flipped to sort).
pub(super) fn day_counter(standing: u8, day: i32) -> Vec<u8> {
    let day = (day as u32) ^ (1 << 31);
    Key::new().raw(DAYS).byte(standing).u32(day).done()
}

/// Hex digits from the last to the first, two in an octet, so that an ending becomes a beginning.
pub(super) fn backwards(digits: &str) -> Vec<u8> {
    let nibbles: Vec<u8> = digits
        .bytes()
        .rev()
        .map(|d| (d as char).to_digit(16).unwrap_or(0) as u8)
        .collect();
    nibbles
        .chunks(2)
        .map(|pair| pair[0] << 4 | pair.get(1).copied().unwrap_or(0))
        .collect()
}

fn ordinal(bytes: &[u8]) -> Result<u32, StoreError> {
    bytes
        .try_into()
        .map(u32::from_be_bytes)
        .map_err(|_| StoreError::corrupt(SERIAL.name, "a row number of another length"))
}

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
    /// The very same certificate was there already.
    Known,
    /// Another certificate with this issuer and serial is there (RFC 5280 §4.1.2.2 forbids it); nothing was changed.
    Conflict,
}

impl Reader {
    pub fn certificate(&self, key: &CertificateKey) -> Result<Option<Certificate>, StoreError> {
        let found = self.row_by::<Numbered>(&SERIAL, Key::new().certificate(key).bytes())?;
        Ok(found.map(|n| n.certificate))
    }

    pub fn has_certificate(&self, key: &CertificateKey) -> Result<bool, StoreError> {
        let opened = self.open(SERIAL.table)?;
        let found = opened.get(Key::new().certificate(key).bytes())?.is_some();
        Ok(found)
    }

    /// The octets the certificate was read from.
    pub fn certificate_der(&self, key: &CertificateKey) -> Result<Option<Vec<u8>>, StoreError> {
        let key = Key::new().certificate(key);
        match self.get_bytes(SERIAL.table, key.bytes())? {
            Some(ordinal) => self.get_bytes(DER, &ordinal),
            None => Ok(None),
        }
    }

    /// The distribution points (RFC 5280 §4.2.1.13) that this issuer's certificates name, and how many name each.
    pub fn distribution_points(&self, issuer: IssuerId) -> Result<Vec<(String, u64)>, StoreError> {
        let prefix = Key::new().raw(POINTS).id(&issuer.0);
        let found = self.counts(prefix.bytes())?;
        Ok(found
            .into_iter()
            .map(|(uri, n)| (String::from_utf8_lossy(&uri).into_owned(), n))
            .collect())
    }
}

impl Writer {
    /// Adds certificates that are not there yet, and says for each what became of it. One call is one pass over each
    /// index in its own order: some thousands a call are much cheaper each than one.
    pub fn add_certificates(&mut self, batch: &[NewCertificate]) -> Result<Vec<Added>, StoreError> {
        let mut outcome = Vec::with_capacity(batch.len());
        let mut rows = Vec::with_capacity(batch.len());
        let mut next = self.sequence(SEQUENCE)?;
        {
            let known = self.open(SERIAL.table)?;
            let mut seen: BTreeMap<&CertificateKey, &[u8; 32]> = BTreeMap::new();
            let mut conflicting = Vec::new();
            for new in batch {
                let key = &new.certificate.key;
                if let Some(hash) = seen.get(key) {
                    outcome.push(same_or_not(**hash == new.certificate.der_sha256));
                } else if let Some(at) = known.get(Key::new().certificate(key).bytes())? {
                    conflicting.push((outcome.len(), ordinal(at.value())?));
                    outcome.push(Added::Known);
                } else {
                    seen.insert(key, &new.certificate.der_sha256);
                    outcome.push(Added::New);
                }
            }
            let stored = self.open(Numbered::ROWS)?;
            for (place, at) in conflicting {
                let primary = at.to_be_bytes();
                let same = match stored.get(&primary)? {
                    Some(guard) => {
                        Certificate::decode(guard.value())?.der_sha256
                            == batch[place].certificate.der_sha256
                    }
                    None => false,
                };
                outcome[place] = same_or_not(same);
            }
        }
        for (new, _) in batch
            .iter()
            .zip(&outcome)
            .filter(|(_, o)| **o == Added::New)
        {
            rows.push((next, new));
            next = next.checked_add(1).ok_or(StoreError::Exhausted {
                what: "certificates",
            })?;
        }
        self.set_sequence(SEQUENCE, next)?;
        self.append(&rows)?;
        Ok(outcome)
    }

    fn append(&mut self, rows: &[(u32, &NewCertificate)]) -> Result<(), StoreError> {
        let mut tally = Tally::default();
        let mut keys: BTreeMap<&'static str, (Table, Vec<(Vec<u8>, [u8; 4])>)> = BTreeMap::new();
        {
            let mut table = self.edit(Numbered::ROWS)?;
            let mut ders = self.edit(DER)?;
            for (ordinal, new) in rows {
                let primary = ordinal.to_be_bytes();
                let row = Numbered {
                    ordinal: *ordinal,
                    certificate: new.certificate.clone(),
                };
                table.insert(primary.as_slice(), row.to_bytes()?.as_slice())?;
                ders.insert(primary.as_slice(), new.der.as_slice())?;
                let entries = row.entries();
                tally.add(&entries);
                for (index, key) in entries.keys {
                    let run = keys
                        .entry(index.name)
                        .or_insert_with(|| (index.table, Vec::with_capacity(rows.len())));
                    run.1.push((key, primary));
                }
            }
        }
        for (table, mut run) in keys.into_values() {
            run.sort_unstable();
            let mut index = self.edit(table)?;
            for (key, primary) in &run {
                index.insert(key.as_slice(), primary.as_slice())?;
            }
        }
        self.tally(tally)
    }

    /// Replaces a certificate that is there; its DER stays.
    pub fn update_certificate(&mut self, certificate: &Certificate) -> Result<(), StoreError> {
        let key = Key::new().certificate(&certificate.key);
        let at = self
            .get_bytes(SERIAL.table, key.bytes())?
            .ok_or(StoreError::NoSuchRow {
                table: "certificates",
            })?;
        let row = Numbered {
            ordinal: ordinal(&at)?,
            certificate: certificate.clone(),
        };
        self.put_row(&row).map(drop)
    }
}

const fn same_or_not(same: bool) -> Added {
    if same { Added::Known } else { Added::Conflict }
}
