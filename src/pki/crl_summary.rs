//! What a person is shown of a CRL and of its entries (`crl show`, `crl diff`, the CRL screen). Any CRL of anyone: what
//! is missing or malformed is simply not there; what is wrong with it is said by `check`.

use super::crl_extension::Known;
use super::crl_read::{CrlHead, CrlReader, CrlSource, CrlTail, EncodedTime, ReadError};
use super::der_scan::{Reader, single, tag};
use super::entry::{RawEntry, serial_text};
use super::name::parse_name;
use super::oid;
use crate::domain::{CrlNumber, DistinguishedName, Timestamp};

/// Which CRL it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ShownKind {
    Complete,
    /// The base's number where it is readable.
    Delta {
        base: Option<CrlNumber>,
    },
    /// The URIs of its issuingDistributionPoint; none where that only limits the kind of certificates.
    Partition {
        uris: Vec<String>,
    },
}

/// A CRL without its entries.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CrlSummary {
    /// `None` where the name is malformed or holds what must not be shown.
    pub issuer: Option<DistinguishedName>,
    pub kind: ShownKind,
    pub number: Option<CrlNumber>,
    pub this_update: Option<Timestamp>,
    pub next_update: Option<Timestamp>,
    pub entries: u64,
    pub authority_key_id: Option<Vec<u8>>,
    /// Dotted OID of the signature algorithm.
    pub algorithm: String,
    pub freshest_crl: Vec<String>,
    pub expired_certs_on_crl: Option<Timestamp>,
}

impl CrlSummary {
    /// From what a reader gave at its beginning and its end.
    pub fn new(head: &CrlHead, tail: &CrlTail) -> Self {
        let all = &tail.extensions;
        let idp = all.issuing_distribution_point.as_ref();
        let kind = match (&all.delta_base, idp) {
            (Some(base), _) => ShownKind::Delta {
                base: base.get().and_then(|b| CrlNumber::from_der_content(b)),
            },
            (None, Some(idp)) => ShownKind::Partition {
                uris: idp.get().map(|idp| idp.uris.clone()).unwrap_or_default(),
            },
            (None, None) => ShownKind::Complete,
        };
        let aki = all.authority_key_identifier.as_ref().and_then(Known::get);
        Self {
            issuer: single(&head.issuer, tag::SEQUENCE)
                .ok()
                .and_then(|name| parse_name(name).ok()),
            kind,
            number: tail.crl_number(),
            this_update: head.this_update.get(),
            next_update: head.next_update.as_ref().and_then(EncodedTime::get),
            entries: tail.entries,
            authority_key_id: aki.and_then(|aki| aki.key_id.clone()),
            algorithm: head.algorithm.oid.clone(),
            freshest_crl: all
                .freshest_crl
                .as_ref()
                .and_then(Known::get)
                .cloned()
                .unwrap_or_default(),
            expired_certs_on_crl: all
                .expired_certs_on_crl
                .as_ref()
                .and_then(Known::get)
                .copied(),
        }
    }

    /// Reads a whole CRL in constant memory and shows each entry to `each` on the way.
    pub fn read(
        source: &(impl CrlSource + ?Sized),
        mut each: impl FnMut(ShownEntry),
    ) -> Result<Self, ReadError> {
        let mut reader = CrlReader::open(source)?;
        while let Some(entry) = reader.next_entry()? {
            each(ShownEntry::of(&entry));
        }
        let head = reader.head().clone();
        Ok(Self::new(&head, &reader.finish()?))
    }
}

/// One entry as a person is shown it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ShownEntry {
    /// Hex digits as the desk prints serials.
    pub serial: String,
    pub revocation_date: Option<Timestamp>,
    /// The number of reasonCode, defined or not; `None` where it is absent or malformed.
    pub reason: Option<u32>,
    pub invalidity_date: Option<Timestamp>,
}

impl ShownEntry {
    pub fn of(entry: &RawEntry<'_>) -> Self {
        let mut shown = Self {
            serial: serial_text(entry.serial),
            revocation_date: entry.revocation_date.time().ok(),
            reason: None,
            invalidity_date: None,
        };
        for extension in entry.extensions().map_while(Result::ok) {
            match extension.oid {
                oid::REASON_CODE => shown.reason = extension.reason_code().ok(),
                oid::INVALIDITY_DATE => shown.invalidity_date = extension.generalized_time().ok(),
                _ => {}
            }
        }
        shown
    }

    /// From an encoded entry; `None` where it is not one.
    pub fn of_der(der: &[u8]) -> Option<Self> {
        let entry = Reader::new(der).expect(tag::SEQUENCE).ok()?;
        Some(Self::of(&RawEntry::split(entry).ok()?))
    }
}
