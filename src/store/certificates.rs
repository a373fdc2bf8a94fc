//! Certificates by issuer and serial, with every order that a screen lists them in, and their DER apart.
//! Rows and DER lie under a running number, so that an import appends to them; how it adds them is `certificate_batches`.

use super::database::{Reader, Writer};
use super::error::StoreError;
use super::indexed::{Entries, Index, Indexed};
use super::key::{Key, folded_key};
use super::table::{Table, table};
use super::value::{Record, record};
use crate::domain::certificate::CertificateKey;
use crate::domain::{Certificate, IssuerId, Serial, Standing};

record!(Certificate, "certificates");

pub(super) static SERIAL: Index = Index::unique("certificates.serial");
pub(super) static SUFFIX: Index = Index::ordered("certificates.suffix");
pub(super) static OWNER: Index = Index::ordered("certificates.owner");
pub(super) static NAME: Index = Index::ordered("certificates.name");
pub(super) static EXPIRY: Index = Index::ordered("certificates.expiry");
pub(super) static PUBLIC_KEY: Index = Index::ordered("certificates.public_key");

pub(crate) const DER: Table = table("certificates.der");
pub(super) const SEQUENCE: &str = "certificates";

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
        entries(&self.certificate, self.ordinal)
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

/// Where a certificate stands in its indexes, lying under the number `n`.
pub(super) fn entries(c: &Certificate, n: u32) -> Entries {
    let mut entries = Entries {
        keys: Vec::with_capacity(6),
        counts: Vec::with_capacity(2),
    };
    entries.key(&SERIAL, Key::new().certificate(&c.key).done());
    entries.key(
        &SUFFIX,
        Key::new().raw(&ending(&c.key.serial)).u32(n).done(),
    );
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

/// [`backwards`] of a serial's last eight digits, a shorter one left-padded with 0.
fn ending(serial: &Serial) -> [u8; 4] {
    let mut last = [0; 4];
    for (to, from) in last.iter_mut().zip(serial.magnitude().iter().rev()) {
        *to = from.rotate_left(4);
    }
    last
}

pub(super) fn ordinal(bytes: &[u8]) -> Result<u32, StoreError> {
    bytes
        .try_into()
        .map(u32::from_be_bytes)
        .map_err(|_| StoreError::corrupt(SERIAL.name, "a row number of another length"))
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
