//! One entry of revokedCertificates (RFC 5280 §5.1.2.6, §5.3): written once when a certificate is revoked, and read back.
//! `RawEntry` is what any CRL holds, cut into parts; `RevokedEntry` is an entry as this desk may write it.

#[cfg(test)]
mod tests;

use std::cmp::Ordering;

use super::crl_extension::{Extension, oid_text};
use super::der_scan::{DerError, Reader, Tlv, tag};
use super::der_write::{TimeOutOfRange, push_generalized_time, push_time, push_tlv};
use super::oid;
use crate::domain::{ReasonCode, Serial, Timestamp};

/// removeFromCRL (RFC 5280 §5.3.1), legal on delta CRLs only.
pub const REMOVE_FROM_CRL: u8 = 8;

/// Why a certificate stands on the list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EntryReason {
    Revoked(ReasonCode),
    /// The certificate was on the base (or a later delta) and is no longer revoked, or has expired.
    RemoveFromCrl,
}

impl EntryReason {
    /// The ENUMERATED value; `None` for unspecified, whose extension is absent.
    pub const fn code(self) -> Option<u8> {
        match self {
            Self::Revoked(reason) => reason.code(),
            Self::RemoveFromCrl => Some(REMOVE_FROM_CRL),
        }
    }
}

/// One revoked certificate as this desk writes it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RevokedEntry {
    pub serial: Serial,
    pub revocation_date: Timestamp,
    pub reason: EntryReason,
    pub invalidity_date: Option<Timestamp>,
}

/// Why an entry cannot be written.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum EntryError {
    #[error("entry {serial}: {source}")]
    Time {
        serial: Serial,
        source: TimeOutOfRange,
    },
    #[error(
        "entry {serial}: the invalidity date {invalidity_date} is later than the revocation date {revocation_date}"
    )]
    InvalidityAfterRevocation {
        serial: Serial,
        invalidity_date: Timestamp,
        revocation_date: Timestamp,
    },
}

/// Why an entry found somewhere is not one that this desk could have written.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ForeignEntry {
    #[error(transparent)]
    Der(#[from] DerError),
    #[error("the serial {0} is not a positive number of at most 20 octets")]
    Serial(String),
    #[error("reason code {0} is none that RFC 5280 defines for certificates")]
    Reason(u32),
    #[error("the entry has an extension that this program does not know: {0}")]
    Extension(String),
}

impl RevokedEntry {
    /// The entry's DER, at most 82 octets. Extensions are not critical (RFC 5280 §5.3); reasonCode is absent for
    /// unspecified (§5.3.1); invalidityDate is GeneralizedTime and not after the revocation.
    pub fn encode(&self) -> Result<Vec<u8>, EntryError> {
        let time = |source| EntryError::Time {
            serial: self.serial.clone(),
            source,
        };
        let late = self
            .invalidity_date
            .filter(|date| date.seconds() > self.revocation_date.seconds());
        if let Some(invalidity_date) = late {
            return Err(EntryError::InvalidityAfterRevocation {
                serial: self.serial.clone(),
                invalidity_date,
                revocation_date: self.revocation_date,
            });
        }

        let mut extensions = Vec::with_capacity(40);
        if let Some(code) = self.reason.code() {
            push_extension(&mut extensions, oid::REASON_CODE, |value| {
                push_tlv(value, tag::ENUMERATED, &[code]);
                Ok(())
            })
            .map_err(time)?;
        }
        if let Some(date) = self.invalidity_date {
            push_extension(&mut extensions, oid::INVALIDITY_DATE, |value| {
                push_generalized_time(value, date)
            })
            .map_err(time)?;
        }

        let mut body = Vec::with_capacity(84);
        push_tlv(&mut body, tag::INTEGER, &self.serial.der_content());
        push_time(&mut body, self.revocation_date).map_err(time)?;
        // crlEntryExtensions is OPTIONAL and SIZE (1..MAX): absent when there is none.
        if !extensions.is_empty() {
            push_tlv(&mut body, tag::SEQUENCE, &extensions);
        }
        Ok(super::der_write::tlv(tag::SEQUENCE, &body))
    }

    /// Reads an entry that this desk could have written, from the whole of `der`.
    pub fn decode(der: &[u8]) -> Result<Self, ForeignEntry> {
        RawEntry::split(super::der_scan::single(der, tag::SEQUENCE)?)?.decode()
    }
}

fn push_extension(
    out: &mut Vec<u8>,
    oid: &[u8],
    write: impl FnOnce(&mut Vec<u8>) -> Result<(), TimeOutOfRange>,
) -> Result<(), TimeOutOfRange> {
    let mut value = Vec::with_capacity(20);
    write(&mut value)?;
    let mut body = Vec::with_capacity(32);
    push_tlv(&mut body, tag::OID, oid);
    push_tlv(&mut body, tag::OCTET_STRING, &value);
    push_tlv(out, tag::SEQUENCE, &body);
    Ok(())
}

/// An entry of any CRL cut into its parts; their values may still be wrong.
#[derive(Clone, Copy, Debug)]
pub struct RawEntry<'a> {
    /// The whole entry.
    pub der: &'a [u8],
    /// Content octets of userCertificate.
    pub serial: &'a [u8],
    pub revocation_date: Tlv<'a>,
    pub extensions: Option<Tlv<'a>>,
}

/// The serial of the entry that `octets` begin with, as its INTEGER's content octets, and how long the entry is;
/// nothing else of it is looked at.
pub(super) fn serial_and_length(octets: &[u8]) -> Result<(&[u8], usize), DerError> {
    // Nearly every entry is short, and so is its serial.
    if let [
        tag::SEQUENCE,
        length @ 0..=0x7f,
        tag::INTEGER,
        serial @ 0..=0x7f,
        rest @ ..,
    ] = octets
        && usize::from(*length) >= 2 + usize::from(*serial)
        && rest.len() + 2 >= usize::from(*length)
    {
        return Ok((&rest[..usize::from(*serial)], 2 + usize::from(*length)));
    }
    let entry = Reader::new(octets).expect(tag::SEQUENCE)?;
    let serial = entry.reader().expect(tag::INTEGER)?.value;
    Ok((serial, entry.whole.len()))
}

/// One or more whole entries that lie one behind the other.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct EntryRun<'a> {
    pub der: &'a [u8],
    /// Content octets of the first entry's serial, and of the last one's.
    pub first: &'a [u8],
    pub last: &'a [u8],
    pub entries: u64,
}

impl<'a> From<&RawEntry<'a>> for EntryRun<'a> {
    fn from(entry: &RawEntry<'a>) -> Self {
        Self::one(entry.der, entry.serial)
    }
}

impl<'a> EntryRun<'a> {
    /// A single entry with its serial.
    pub const fn one(der: &'a [u8], serial: &'a [u8]) -> Self {
        Self {
            der,
            first: serial,
            last: serial,
            entries: 1,
        }
    }

    /// The whole entries that `der` consists of; no more of each is looked at than that it begins with its serial.
    pub fn of(der: &'a [u8]) -> Result<Self, DerError> {
        let (mut first, mut last, mut entries) = (None, &[][..], 0);
        let mut rest = der;
        while entries == 0 || !rest.is_empty() {
            let (serial, octets) = serial_and_length(rest)?;
            first = first.or(Some(serial));
            (last, rest) = (serial, rest.get(octets..).unwrap_or_default());
            entries += 1;
        }
        Ok(Self {
            der,
            first: first.unwrap_or_default(),
            last,
            entries,
        })
    }
}

impl<'a> RawEntry<'a> {
    /// Cuts a SEQUENCE { INTEGER, Time, Extensions OPTIONAL } into its parts.
    pub fn split(entry: Tlv<'a>) -> Result<Self, DerError> {
        let mut reader = entry.reader();
        let serial = reader.expect(tag::INTEGER)?.value;
        let revocation_date = match reader.peek_tag() {
            Some(tag::GENERALIZED_TIME) => reader.read()?,
            _ => reader.expect(tag::UTC_TIME)?,
        };
        let extensions = reader.optional(tag::SEQUENCE)?;
        reader.end()?;
        Ok(Self {
            der: entry.whole,
            serial,
            revocation_date,
            extensions,
        })
    }

    /// The entry that `octets` begin with.
    pub fn first(octets: &'a [u8]) -> Result<Self, DerError> {
        match Self::split_usual(octets, 0) {
            Some(usual) => Ok(usual),
            None => Self::split(Reader::new(octets).expect(tag::SEQUENCE)?),
        }
    }

    /// Cuts the entry at the start of `octets` where it has the usual shape: all lengths short, the time of its usual
    /// length. `None` for every other shape, right or wrong: [`RawEntry::split`] tells. `offset` is that of `octets`.
    pub fn split_usual(octets: &'a [u8], offset: usize) -> Option<Self> {
        let short = |at: usize, expected: u8, room: &'a [u8]| -> Option<Tlv<'a>> {
            let [tag, length, rest @ ..] = room.get(at..)? else {
                return None;
            };
            let value = rest.get(..usize::from(*length))?;
            let fits = *tag == expected && *length < 0x80;
            fits.then(|| Tlv {
                tag: expected,
                header_len: 2,
                value,
                whole: &room[at..at + 2 + value.len()],
                offset: offset + at,
            })
        };
        let der = short(0, tag::SEQUENCE, octets)?.whole;
        let serial = short(2, tag::INTEGER, der)?;
        let date_at = 2 + serial.whole.len();
        let revocation_date = match der.get(date_at)? {
            &tag::UTC_TIME => short(date_at, tag::UTC_TIME, der)?,
            _ => short(date_at, tag::GENERALIZED_TIME, der)?,
        };
        let extensions_at = date_at + revocation_date.whole.len();
        let extensions = if extensions_at == der.len() {
            None
        } else {
            let list = short(extensions_at, tag::SEQUENCE, der)?;
            (extensions_at + list.whole.len() == der.len()).then_some(())?;
            Some(list)
        };
        Some(Self {
            der,
            serial: serial.value,
            revocation_date,
            extensions,
        })
    }

    /// The reason where a well-formed, not critical reasonCode is the entry's only extension.
    pub fn sole_reason_code(&self) -> Option<u8> {
        const BEFORE: [u8; 11] = [
            0x30, 0x0a, 0x06, 0x03, 0x55, 0x1d, 0x15, 0x04, 0x03, 0x0a, 0x01,
        ];
        match self.extensions?.value {
            [before @ .., code] if before == BEFORE && code & 0x80 == 0 => Some(*code),
            _ => None,
        }
    }

    /// The entry's extensions one by one.
    pub fn extensions(&self) -> impl Iterator<Item = Result<Extension<'a>, DerError>> {
        Extension::each(self.extensions.as_ref().map(Tlv::reader))
    }

    /// The entry as this desk would have written it; the reason 0 written out counts as unspecified.
    pub fn decode(&self) -> Result<RevokedEntry, ForeignEntry> {
        let mut reason = EntryReason::Revoked(ReasonCode::Unspecified);
        let mut invalidity_date = None;
        for extension in self.extensions() {
            let extension = extension?;
            match extension.oid {
                oid::REASON_CODE => reason = known_reason(extension.reason_code()?)?,
                oid::INVALIDITY_DATE => {
                    invalidity_date = Some(extension.generalized_time()?);
                }
                other => return Err(ForeignEntry::Extension(oid_text(other))),
            }
        }
        Ok(RevokedEntry {
            serial: self.known_serial()?,
            revocation_date: self.revocation_date.time()?,
            reason,
            invalidity_date,
        })
    }

    /// The serial as the domain knows it. A 21st octet is allowed if it only carries the sign: such certificates exist.
    pub fn known_serial(&self) -> Result<Serial, ForeignEntry> {
        let positive = self.serial.first().is_some_and(|octet| octet & 0x80 == 0);
        Serial::from_magnitude(self.serial)
            .ok()
            .filter(|_| positive)
            .ok_or_else(|| ForeignEntry::Serial(serial_text(self.serial)))
    }
}

fn known_reason(code: u32) -> Result<EntryReason, ForeignEntry> {
    if code == u32::from(REMOVE_FROM_CRL) {
        return Ok(EntryReason::RemoveFromCrl);
    }
    u8::try_from(code)
        .ok()
        .and_then(ReasonCode::from_code)
        .map(EntryReason::Revoked)
        .ok_or(ForeignEntry::Reason(code))
}

/// Orders the content octets of two serial INTEGERs numerically; negative ones, which exist, come first.
pub fn compare_serials(left: &[u8], right: &[u8]) -> Ordering {
    // Of equal length and without sign or padding, as nearly all are: in the order of their octets.
    if let (Some(1..0x80), Some(1..0x80)) = (left.first(), right.first())
        && left.len() == right.len()
    {
        return left.cmp(right);
    }
    let negative = |octets: &[u8]| octets.first().is_some_and(|o| o & 0x80 != 0);
    match (negative(left), negative(right)) {
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
        (false, false) => {
            let (left, right) = (magnitude(left), magnitude(right));
            left.len().cmp(&right.len()).then_with(|| left.cmp(right))
        }
        // The shorter negative number is the higher one; of equal length, two's complement orders like its octets.
        (true, true) => right.len().cmp(&left.len()).then_with(|| left.cmp(right)),
    }
}

fn magnitude(content: &[u8]) -> &[u8] {
    let zeros = content.iter().take_while(|octet| **octet == 0).count();
    &content[zeros..]
}

/// The serial as the desk prints it: hex digits of the magnitude, whatever the number is.
pub fn serial_text(content: &[u8]) -> String {
    match content.first() {
        None => "(empty)".to_owned(),
        Some(first) if first & 0x80 != 0 => format!("(negative) {}", hex::encode(content)),
        Some(_) if magnitude(content).is_empty() => "00".to_owned(),
        Some(_) => hex::encode(magnitude(content)),
    }
}
