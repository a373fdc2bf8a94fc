//! Writing a CRL: entries that were encoded when their certificates were revoked go into one buffer, which becomes the
//! signed file without a second copy (RFC 5280 §5.1). Relies on `CrlPlan` for what is right; never sorts, never
//! rewrites an entry. What it wrote is believed only after `gate` has read it.

use std::cmp::Ordering;
use std::ops::Range;

use super::der_scan::{DerError, tag};
use super::der_write::{
    TimeOutOfRange, header_len, push_generalized_time, push_header, push_time, push_tlv, tlv,
};
use super::entry::{compare_serials, serial_and_length, serial_text};
use super::large_buffer::LargeBuffer;
use super::oid;
use super::plan::{CrlKind, CrlPlan};
use super::stream_signature::AlgorithmIdentifier;

/// The longest header before the signed part, and before each part of it.
const LONGEST_HEADER: usize = 6;
/// Room for extensions, the outer algorithm and a signature of up to 8192 bits.
const TAIL_ROOM: usize = 8 * 1024;

/// Why a CRL was not written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    #[error(transparent)]
    Time(#[from] TimeOutOfRange),
    #[error("a stored entry is malformed: {0}")]
    Entry(#[from] DerError),
    #[error(
        "the entry of {serial} comes after the one of {previous}: entries must ascend and differ"
    )]
    NotAscending { previous: String, serial: String },
    #[error("a CRL of {octets} octets is beyond what this program writes")]
    TooLarge { octets: usize },
    #[error("this program signs no CRL with the algorithm {0}")]
    Algorithm(String),
    #[error("the key did not sign: {0}")]
    Key(rcgen::Error),
    #[error("there is no memory for the list: {0}")]
    Memory(#[from] std::io::Error),
}

/// A tBSCertList being written. Entries are appended in serial order; the fields before them are put in front at the
/// end, when all lengths are known, into room kept for them.
pub struct TbsWriter {
    /// version to nextUpdate.
    fields: Vec<u8>,
    /// crlExtensions, tag and all.
    extensions: Vec<u8>,
    buffer: LargeBuffer,
    /// Where the entries begin in `buffer`.
    front: usize,
    algorithm: AlgorithmIdentifier,
    /// Where the serial of the entry before lies in `buffer`.
    last_serial: Range<usize>,
    entries: u64,
}

impl TbsWriter {
    /// Prepares a buffer for entries of `entry_octets` octets together. A hint too low costs a copy, no more.
    pub fn begin(
        plan: &CrlPlan,
        algorithm: AlgorithmIdentifier,
        entry_octets: usize,
    ) -> Result<Self, WriteError> {
        let fields = write_fields(plan, &algorithm)?;
        let front = 3 * LONGEST_HEADER + fields.len();
        let mut buffer =
            LargeBuffer::with_capacity((front + TAIL_ROOM).saturating_add(entry_octets))?;
        buffer.extend_from_slice(&vec![0; front])?;
        Ok(Self {
            extensions: write_extensions(plan)?,
            fields,
            buffer,
            front,
            algorithm,
            last_serial: 0..0,
            entries: 0,
        })
    }

    /// Appends encoded entries, one or more whole ones. Each serial must be higher than the one before.
    pub fn push(&mut self, entries: &[u8]) -> Result<(), WriteError> {
        let mut previous = &self.buffer[self.last_serial.clone()];
        let (mut rest, mut count) = (entries, 0);
        while count == 0 || !rest.is_empty() {
            let (serial, octets) = serial_and_length(rest)?;
            if self.entries + count > 0 && compare_serials(previous, serial) != Ordering::Less {
                return Err(WriteError::NotAscending {
                    previous: serial_text(previous),
                    serial: serial_text(serial),
                });
            }
            previous = serial;
            count += 1;
            rest = rest.get(octets..).unwrap_or_default();
        }
        // `previous` lies in `entries`, which go to the end of the buffer.
        let at = self.buffer.len() + (previous.as_ptr().addr() - entries.as_ptr().addr());
        self.last_serial = at..at + previous.len();
        self.entries += count;
        self.buffer.extend_from_slice(entries)?;
        Ok(())
    }

    /// How many entries were appended.
    pub const fn entries(&self) -> u64 {
        self.entries
    }

    /// Closes the signed part.
    pub fn finish(mut self) -> Result<Tbs, WriteError> {
        let entries_len = self.buffer.len() - self.front;
        let mut head = self.fields;
        // RFC 5280 §5.1.2.6: when there are no revoked certificates, the revoked certificates list MUST be absent.
        if self.entries > 0 {
            push_header(&mut head, tag::SEQUENCE, entries_len);
        }
        self.buffer.extend_from_slice(&self.extensions)?;
        let tbs_len = head.len() + entries_len + self.extensions.len();
        if tbs_len > u32::MAX as usize - TAIL_ROOM {
            return Err(WriteError::TooLarge { octets: tbs_len });
        }
        let mut header = Vec::with_capacity(LONGEST_HEADER);
        push_header(&mut header, tag::SEQUENCE, tbs_len);
        let start = self.front - head.len() - header.len();
        self.buffer[start..start + header.len()].copy_from_slice(&header);
        self.buffer[start + header.len()..self.front].copy_from_slice(&head);
        Ok(Tbs {
            buffer: self.buffer,
            start,
            algorithm: self.algorithm,
        })
    }
}

/// Writes a whole tBSCertList from entries in serial order. `entry_octets`: what they take together, as a hint.
pub fn assemble<E: AsRef<[u8]>>(
    plan: &CrlPlan,
    algorithm: AlgorithmIdentifier,
    entries: impl IntoIterator<Item = E>,
    entry_octets: usize,
) -> Result<Tbs, WriteError> {
    let mut writer = TbsWriter::begin(plan, algorithm, entry_octets)?;
    for entry in entries {
        writer.push(entry.as_ref())?;
    }
    writer.finish()
}

/// The algorithm that `key` signs with.
pub fn algorithm_of(key: &dyn rcgen::SigningKey) -> Result<AlgorithmIdentifier, WriteError> {
    AlgorithmIdentifier::of_key(key.algorithm())
        .ok_or_else(|| WriteError::Algorithm(format!("{:?}", key.algorithm())))
}

/// A finished tBSCertList with room in front of it and behind.
pub struct Tbs {
    buffer: LargeBuffer,
    start: usize,
    algorithm: AlgorithmIdentifier,
}

impl Tbs {
    /// The octets that are signed.
    pub fn as_bytes(&self) -> &[u8] {
        &self.buffer[self.start..]
    }

    /// Signs and completes the CRL in the same buffer.
    pub fn sign(self, key: &dyn rcgen::SigningKey) -> Result<SignedCrl, WriteError> {
        let signature = key.sign(self.as_bytes()).map_err(WriteError::Key)?;
        self.complete(&signature)
    }

    /// Completes the CRL with a signature that was made elsewhere over [`Tbs::as_bytes`].
    pub fn complete(mut self, signature: &[u8]) -> Result<SignedCrl, WriteError> {
        // RFC 5280 §5.1.1.2: the same algorithm identifier as inside the signed part.
        let mut tail = self.algorithm.der.clone();
        // §5.1.1.3: a BIT STRING of whole octets, hence no unused bits.
        push_header(&mut tail, tag::BIT_STRING, signature.len() + 1);
        tail.push(0);
        tail.extend_from_slice(signature);
        self.buffer.extend_from_slice(&tail)?;
        let len = self.buffer.len() - self.start;
        let mut header = Vec::with_capacity(LONGEST_HEADER);
        push_header(&mut header, tag::SEQUENCE, len);
        let start = self.start - header_len(len);
        self.buffer[start..self.start].copy_from_slice(&header);
        Ok(SignedCrl {
            buffer: self.buffer,
            start,
        })
    }
}

/// A complete CRL in DER.
pub struct SignedCrl {
    buffer: LargeBuffer,
    start: usize,
}

impl SignedCrl {
    pub fn as_bytes(&self) -> &[u8] {
        &self.buffer[self.start..]
    }
}

impl super::crl_read::CrlSource for SignedCrl {
    fn open(&self) -> std::io::Result<Box<dyn std::io::Read + '_>> {
        Ok(Box::new(self.as_bytes()))
    }
}

fn write_fields(plan: &CrlPlan, algorithm: &AlgorithmIdentifier) -> Result<Vec<u8>, WriteError> {
    let mut out = Vec::with_capacity(256);
    // RFC 5280 §5.1.2.1: version 2 (the integer value is 1), since extensions are used.
    push_tlv(&mut out, tag::INTEGER, &[1]);
    // §5.1.2.2: the algorithm identifier of the signature, once inside the signed part.
    out.extend_from_slice(&algorithm.der);
    // §5.1.2.3: the CA's subject, byte for byte; rebuilding it would lose repeated and multi-valued attributes.
    out.extend_from_slice(&plan.issuer);
    // §5.1.2.4, §5.1.2.5: UTCTime through 2049, GeneralizedTime from 2050; nextUpdate is always there.
    push_time(&mut out, plan.this_update())?;
    push_time(&mut out, plan.next_update())?;
    Ok(out)
}

fn write_extensions(plan: &CrlPlan) -> Result<Vec<u8>, WriteError> {
    let mut list = Vec::with_capacity(256);
    // §5.2.1: authorityKeyIdentifier, MUST be in every CRL, by key identifier.
    let key_id = tlv(tag::context(0), &plan.key_id);
    push_extension(
        &mut list,
        oid::AUTHORITY_KEY_IDENTIFIER,
        false,
        &tlv(tag::SEQUENCE, &key_id),
    );
    // §5.2.3: cRLNumber, MUST be in every CRL, never critical, at most 20 octets.
    let number = tlv(tag::INTEGER, &plan.number().der_content());
    push_extension(&mut list, oid::CRL_NUMBER, false, &number);
    match plan.kind() {
        CrlKind::Complete => {}
        // §5.2.4: deltaCRLIndicator, critical, holding the number of the base.
        CrlKind::Delta { base } => {
            let base = tlv(tag::INTEGER, &base.der_content());
            push_extension(&mut list, oid::DELTA_CRL_INDICATOR, true, &base);
        }
        // §5.2.5: issuingDistributionPoint, critical; its name must be one that certificates name (§6.3.3 b 2 i).
        CrlKind::Partition { uri } => {
            let point = distribution_point_name(uri.as_str());
            let value = tlv(tag::SEQUENCE, &point);
            push_extension(&mut list, oid::ISSUING_DISTRIBUTION_POINT, true, &value);
        }
    }
    // §5.2.6: freshestCRL, never critical, never in a delta.
    if let Some(uri) = &plan.terms.freshest_crl {
        let point = tlv(tag::SEQUENCE, &distribution_point_name(uri.as_str()));
        let value = tlv(tag::SEQUENCE, &point);
        push_extension(&mut list, oid::FRESHEST_CRL, false, &value);
    }
    // X.509 (2019) §9.5.2.7, asked for by ETSI EN 319 411-2 §6.3.9: GeneralizedTime, not critical.
    if let Some(since) = plan.terms.expired_certs_on_crl {
        let mut value = Vec::with_capacity(17);
        push_generalized_time(&mut value, since)?;
        push_extension(&mut list, oid::EXPIRED_CERTS_ON_CRL, false, &value);
    }
    // §5.1.2.7: [0] EXPLICIT Extensions.
    Ok(tlv(tag::context_constructed(0), &tlv(tag::SEQUENCE, &list)))
}

/// DistributionPointName `[0]` with one URI as its fullName (RFC 5280 §4.2.1.13).
fn distribution_point_name(uri: &str) -> Vec<u8> {
    let uri = tlv(tag::context(6), uri.as_bytes());
    let full_name = tlv(tag::context_constructed(0), &uri);
    tlv(tag::context_constructed(0), &full_name)
}

fn push_extension(out: &mut Vec<u8>, oid: &[u8], critical: bool, value: &[u8]) {
    let mut body = tlv(tag::OID, oid);
    // critical is DEFAULT FALSE: written only when it is true.
    if critical {
        push_tlv(&mut body, tag::BOOLEAN, &[0xff]);
    }
    push_tlv(&mut body, tag::OCTET_STRING, value);
    push_tlv(out, tag::SEQUENCE, &body);
}

#[cfg(test)]
mod tests {
    use super::super::crl_fixture::{TestCa, entries};
    use super::super::crl_read::CrlReader;
    use super::*;

    #[test]
    fn entries_out_of_order_or_twice_are_refused_with_their_serials() {
        let ca = TestCa::new();
        let plan = ca.plan(1, CrlKind::Complete);
        for (serials, expected) in [(vec![2, 1], ("02", "01")), (vec![0xff, 0xff], ("ff", "ff"))] {
            let algorithm = algorithm_of(&ca.key).unwrap();
            match assemble(&plan, algorithm, entries(&serials), 0) {
                Err(WriteError::NotAscending { previous, serial }) => {
                    assert_eq!((previous.as_str(), serial.as_str()), expected);
                }
                other => panic!("{:?}", other.map(|_| ())),
            }
        }
    }

    #[test]
    fn a_stored_entry_that_is_no_entry_is_refused() {
        let ca = TestCa::new();
        let plan = ca.plan(1, CrlKind::Complete);
        for wrong in [
            &[][..],
            &[0x30, 0x00],
            &[0x30, 0x03, 0x04, 0x01, 0x01],
            &[0x30, 0x05, 0x02, 0x01, 0x01],
        ] {
            let algorithm = algorithm_of(&ca.key).unwrap();
            assert!(matches!(
                assemble(&plan, algorithm, [wrong], 0),
                Err(WriteError::Entry(_))
            ));
        }
    }

    #[test]
    fn every_length_of_list_is_written_and_read_back() {
        let ca = TestCa::new();
        // Lists whose lengths need one, two, three and four octets of length.
        for count in [0, 1, 2, 3, 4, 5, 6, 7, 8, 1500, 1530, 1560, 40_000] {
            let serials: Vec<u64> = (1..=count).collect();
            let list = entries(&serials);
            let hint = list.iter().map(Vec::len).sum();
            for hint in [0, hint] {
                let algorithm = algorithm_of(&ca.key).unwrap();
                let plan = ca.plan(count, CrlKind::Complete);
                let tbs = assemble(&plan, algorithm, &list, hint).unwrap();
                let capacity = tbs.buffer.capacity();
                let crl = tbs.sign(&ca.key).unwrap();
                assert!(hint == 0 || crl.buffer.capacity() == capacity, "copied");
                let mut reader = CrlReader::open(crl.as_bytes()).unwrap();
                let mut place = 0;
                while let Some(entry) = reader.next_entry().unwrap() {
                    assert_eq!(entry.der, list[place]);
                    place += 1;
                }
                assert_eq!(place, list.len());
                let tail = reader.finish().unwrap();
                assert_eq!(tail.trailing, 0);
                assert_eq!(tail.verify(crl.as_bytes(), &ca.issuer).unwrap(), Ok(()));
            }
        }
    }
}
