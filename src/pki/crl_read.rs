//! A CRL of any size, read as a stream in constant memory: header, entries one by one, extensions, signature, and the
//! digest that verifies it (RFC 5280 §5.1). Strict DER. Never holds more than one element, never panics on any input.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt;

use super::crl_extension::CrlExtensions;
use super::crl_issuer::CrlIssuer;
use super::der_scan::{DerError, Header, Tlv, read_header, tag};
use super::entry::RawEntry;
use super::pem_stream::{DerStream, FormFault, fault_of};
use super::stream_signature::{AlgorithmIdentifier, SignatureFault, SignatureScheme};
use crate::domain::{CrlNumber, Timestamp};

/// Octets that one element may have: an entry, the issuer's name, the extensions, the signature.
pub const MAX_ELEMENT: usize = 1 << 20;
const WINDOW: usize = 64 * 1024;

/// Something that a CRL can be read from, more than once.
pub trait CrlSource {
    /// A new reader from the first octet on; several may be open at the same time.
    fn open(&self) -> io::Result<Box<dyn Read + '_>>;
}

impl CrlSource for [u8] {
    fn open(&self) -> io::Result<Box<dyn Read + '_>> {
        Ok(Box::new(self))
    }
}

impl CrlSource for Vec<u8> {
    fn open(&self) -> io::Result<Box<dyn Read + '_>> {
        Ok(Box::new(self.as_slice()))
    }
}

/// A regular file, read by position: neither its cursor nor its path is used.
impl CrlSource for File {
    fn open(&self) -> io::Result<Box<dyn Read + '_>> {
        Ok(Box::new(FileCursor {
            file: self,
            offset: 0,
        }))
    }
}

struct FileCursor<'a> {
    file: &'a File,
    offset: u64,
}

impl Read for FileCursor<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read_at(out, self.offset)?;
        self.offset += count as u64;
        Ok(count)
    }
}

/// Why reading ended. Offsets count octets of the DER.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error("the CRL could not be read: {0}")]
    Io(io::Error),
    #[error(transparent)]
    Form(FormFault),
    #[error("{what}: {fault}")]
    Der { what: &'static str, fault: DerError },
    #[error("{what} at octet {offset} has {octets} octets; {MAX_ELEMENT} are the most")]
    TooLarge {
        what: &'static str,
        offset: usize,
        octets: usize,
    },
}

impl From<io::Error> for ReadError {
    fn from(error: io::Error) -> Self {
        match fault_of(&error) {
            Some(fault) => Self::Form(fault.clone()),
            None => Self::Io(error),
        }
    }
}

/// What stands before the entries.
#[derive(Clone, Debug)]
pub struct CrlHead {
    /// Content octets of version; `None` where the field is absent, which means v1.
    pub version: Option<Vec<u8>>,
    /// The signature field inside the signed part.
    pub algorithm: AlgorithmIdentifier,
    /// The issuer's name, as it is encoded.
    pub issuer: Vec<u8>,
    pub this_update: EncodedTime,
    pub next_update: Option<EncodedTime>,
    /// revokedCertificates is there, empty or not.
    pub has_entries: bool,
}

/// A Time as it is encoded.
#[derive(Clone, Debug)]
pub struct EncodedTime {
    /// UTCTime or GeneralizedTime.
    pub tag: u8,
    pub value: Result<Timestamp, DerError>,
}

impl EncodedTime {
    fn read(time: Tlv<'_>) -> Self {
        Self {
            tag: time.tag,
            value: time.time(),
        }
    }

    pub fn get(&self) -> Option<Timestamp> {
        self.value.as_ref().ok().copied()
    }
}

/// What stands behind the entries.
#[derive(Clone, Debug)]
pub struct CrlTail {
    pub entries: u64,
    pub extensions: CrlExtensions,
    /// signatureAlgorithm outside the signed part.
    pub algorithm: AlgorithmIdentifier,
    /// Octets of signatureValue; `None` where it is no BIT STRING of whole octets.
    pub signature: Option<Vec<u8>>,
    /// Digest of the signed part by the inner algorithm's hash; `None` for Ed25519 and unknown algorithms.
    pub digest: Option<Vec<u8>>,
    /// Where the signed part lies in the DER.
    pub signed_part: std::ops::Range<u64>,
    /// Octets behind the CertificateList.
    pub trailing: u64,
}

impl CrlTail {
    /// cRLNumber, where it is there and in its range.
    pub fn crl_number(&self) -> Option<CrlNumber> {
        CrlNumber::from_der_content(self.extensions.crl_number.as_ref()?.get()?)
    }

    /// Verifies the signature with the issuer's key. Ed25519 reads `source` once more; the rest needs the digest only.
    pub fn verify(
        &self,
        source: &(impl CrlSource + ?Sized),
        issuer: &CrlIssuer,
    ) -> Result<Result<(), SignatureFault>, ReadError> {
        let key = match issuer.verifying_key() {
            Ok(key) => key,
            Err(fault) => return Ok(Err(fault)),
        };
        let Some(signature) = &self.signature else {
            return Ok(Err(SignatureFault::Mismatch));
        };
        if self.algorithm.scheme == Some(SignatureScheme::Ed25519) {
            let mut stream = DerStream::new(source.open()?)?;
            let before = self.signed_part.start;
            io::copy(&mut (&mut stream).take(before), &mut io::sink())?;
            let message = stream.take(self.signed_part.end - before);
            return Ok(key.verify_ed25519(message, signature)?);
        }
        let Some(digest) = &self.digest else {
            return Ok(Err(SignatureFault::UnknownAlgorithm {
                oid: self.algorithm.oid.clone(),
            }));
        };
        Ok(key.verify_digest(&self.algorithm, digest, signature))
    }
}

/// A CRL being read: made with its head, then asked for entries until there are none, then finished.
pub struct CrlReader<R> {
    window: Window<R>,
    head: CrlHead,
    tbs_start: usize,
    tbs_end: usize,
    list_end: usize,
    entries_end: usize,
    entries: u64,
}

impl<'s> CrlReader<Box<dyn Read + 's>> {
    /// Opens `source` and reads the head.
    pub fn open(source: &'s (impl CrlSource + ?Sized)) -> Result<Self, ReadError> {
        Self::new(source.open()?)
    }
}

impl<R: Read> CrlReader<R> {
    /// Reads the head from DER or PEM.
    pub fn new(input: R) -> Result<Self, ReadError> {
        let mut window = Window::new(DerStream::new(input)?);
        let list = window.enter("CertificateList", tag::SEQUENCE, usize::MAX)?;
        let tbs_start = window.offset();
        window.keep_for_hash();
        let tbs_end = window.enter("tBSCertList", tag::SEQUENCE, list)?;

        let version = window
            .optional("version", &[tag::INTEGER], tbs_end)?
            .then(|| window.element("version", tbs_end).map(|v| v.value.to_vec()))
            .transpose()?;
        let algorithm = window.algorithm("signature", tbs_end)?;
        // From here on the window may be moved: what passes is hashed.
        let hasher = algorithm.hash().map(super::stream_signature::Hash::context);
        window.hash_with(hasher);
        window.require("issuer", tag::SEQUENCE, tbs_end)?;
        let issuer = window.element("issuer", tbs_end)?.whole.to_vec();
        const TIMES: [u8; 2] = [tag::UTC_TIME, tag::GENERALIZED_TIME];
        if !window.optional("thisUpdate", &TIMES, tbs_end)? {
            window.require("thisUpdate", tag::UTC_TIME, tbs_end)?;
        }
        let this_update = EncodedTime::read(window.element("thisUpdate", tbs_end)?);
        let next_update = window
            .optional("nextUpdate", &TIMES, tbs_end)?
            .then(|| window.element("nextUpdate", tbs_end).map(EncodedTime::read))
            .transpose()?;
        let has_entries = window.optional("revokedCertificates", &[tag::SEQUENCE], tbs_end)?;
        let entries_end = if has_entries {
            window.enter("revokedCertificates", tag::SEQUENCE, tbs_end)?
        } else {
            window.offset()
        };
        Ok(Self {
            window,
            head: CrlHead {
                version,
                algorithm,
                issuer,
                this_update,
                next_update,
                has_entries,
            },
            tbs_start,
            tbs_end,
            list_end: list,
            entries_end,
            entries: 0,
        })
    }

    pub const fn head(&self) -> &CrlHead {
        &self.head
    }

    /// Whether the input is PEM.
    pub fn is_pem(&self) -> bool {
        self.window.input.is_pem()
    }

    /// The next entry; it is gone with the next call. `None` behind the last one.
    pub fn next_entry(&mut self) -> Result<Option<RawEntry<'_>>, ReadError> {
        const WHAT: &str = "an entry of revokedCertificates";
        if self.window.offset() >= self.entries_end {
            return Ok(None);
        }
        self.window.require(WHAT, tag::SEQUENCE, self.entries_end)?;
        let element = self.window.element(WHAT, self.entries_end)?;
        self.entries += 1;
        RawEntry::split(element)
            .map(Some)
            .map_err(|fault| ReadError::Der { what: WHAT, fault })
    }

    /// Reads on to the end: the remaining entries, extensions, signature and whatever follows.
    pub fn finish(mut self) -> Result<CrlTail, ReadError> {
        while self.next_entry()?.is_some() {}
        let window = &mut self.window;
        let field = tag::context_constructed(0);
        let mut extensions = CrlExtensions::default();
        if window.optional("crlExtensions", &[field], self.tbs_end)? {
            let element = window.element("crlExtensions", self.tbs_end)?;
            extensions = CrlExtensions::read(element).map_err(|fault| ReadError::Der {
                what: "crlExtensions",
                fault,
            })?;
        }
        window.end("tBSCertList", self.tbs_end)?;
        let digest = window
            .take_hasher()
            .map(|hasher| hasher.finish().as_ref().to_vec());

        let algorithm = window.algorithm("signatureAlgorithm", self.list_end)?;
        window.require("signatureValue", tag::BIT_STRING, self.list_end)?;
        let signature = window
            .element("signatureValue", self.list_end)?
            .bit_octets()
            .ok()
            .map(<[u8]>::to_vec);
        window.end("CertificateList", self.list_end)?;
        Ok(CrlTail {
            entries: self.entries,
            extensions,
            algorithm,
            signature,
            digest,
            signed_part: self.tbs_start as u64..self.tbs_end as u64,
            trailing: window.count_rest()?,
        })
    }
}

/// A piece of the stream that moves on, with the digest of what left it.
struct Window<R> {
    input: DerStream<R>,
    buffer: Vec<u8>,
    /// Octets of `buffer` before this were read.
    start: usize,
    filled: usize,
    /// Offset of `buffer[0]` in the DER.
    base: usize,
    hashing: Hashing,
}

enum Hashing {
    No,
    /// The signed part began at this place of `buffer`; its algorithm is not yet known, so nothing may leave.
    Kept(usize),
    /// What lies before this place of `buffer` was hashed.
    Running(Box<ring::digest::Context>, usize),
}

impl<R: Read> Window<R> {
    fn new(input: DerStream<R>) -> Self {
        Self {
            input,
            buffer: vec![0; WINDOW],
            start: 0,
            filled: 0,
            base: 0,
            hashing: Hashing::No,
        }
    }

    /// Offset of the next octet in the DER.
    const fn offset(&self) -> usize {
        self.base + self.start
    }

    fn keep_for_hash(&mut self) {
        self.hashing = Hashing::Kept(self.start);
    }

    fn hash_with(&mut self, hasher: Option<ring::digest::Context>) {
        self.hashing = match (&self.hashing, hasher) {
            (Hashing::Kept(from), Some(hasher)) => Hashing::Running(Box::new(hasher), *from),
            _ => Hashing::No,
        };
    }

    fn take_hasher(&mut self) -> Option<ring::digest::Context> {
        match std::mem::replace(&mut self.hashing, Hashing::No) {
            Hashing::Running(mut hasher, from) => {
                hasher.update(&self.buffer[from..self.start]);
                Some(*hasher)
            }
            _ => None,
        }
    }

    /// Makes `want` octets stand in the buffer from `start` on; fewer at the end of the input.
    fn fill(&mut self, want: usize) -> Result<&[u8], ReadError> {
        if self.filled - self.start < want {
            self.slide();
            if self.buffer.len() < self.start + want {
                self.buffer.resize(self.start + want, 0);
            }
            while self.filled - self.start < want {
                match self.input.read(&mut self.buffer[self.filled..]) {
                    Ok(0) => break,
                    Ok(count) => self.filled += count,
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => return Err(error.into()),
                }
            }
        }
        Ok(&self.buffer[self.start..self.filled])
    }

    /// Gives the room of what was read to what comes, hashing it on the way out.
    fn slide(&mut self) {
        let leaving = match &mut self.hashing {
            Hashing::No => self.start,
            Hashing::Kept(from) => std::mem::take(from),
            Hashing::Running(hasher, from) => {
                hasher.update(&self.buffer[*from..self.start]);
                *from = 0;
                self.start
            }
        };
        self.buffer.copy_within(leaving..self.filled, 0);
        self.base += leaving;
        self.start -= leaving;
        self.filled -= leaving;
    }

    /// The next element's header, which must lie before `end`.
    fn header(&mut self, what: &'static str, end: usize) -> Result<Header, ReadError> {
        let offset = self.offset();
        let room = end - offset;
        let der = |fault| ReadError::Der { what, fault };
        let octets = self.fill(Header::MAX_LEN.min(room))?;
        let at_end = octets.len() < room;
        let octets = &octets[..octets.len().min(room)];
        let header = match read_header(octets, offset) {
            Err(DerError::Truncated { .. }) if !at_end => {
                return Err(der(DerError::OverrunsParent { offset }));
            }
            other => other.map_err(der)?,
        };
        if header.whole_len() > room {
            return Err(der(DerError::OverrunsParent { offset }));
        }
        Ok(header)
    }

    /// Whether the next element, if there is one before `end`, has one of `tags`.
    fn optional(&mut self, what: &'static str, tags: &[u8], end: usize) -> Result<bool, ReadError> {
        let offset = self.offset();
        if offset >= end {
            return Ok(false);
        }
        match self.fill(1)?.first() {
            Some(tag) => Ok(tags.contains(tag)),
            None => Err(ReadError::Der {
                what,
                fault: DerError::Truncated { offset },
            }),
        }
    }

    /// The next element must be there, before `end`, with this tag.
    fn require(&mut self, what: &'static str, expected: u8, end: usize) -> Result<(), ReadError> {
        let offset = self.offset();
        let fault = if offset >= end {
            DerError::Missing { offset, expected }
        } else {
            match self.fill(1)?.first() {
                Some(found) if *found == expected => return Ok(()),
                Some(found) => DerError::WrongTag {
                    offset,
                    expected,
                    found: *found,
                },
                None => DerError::Truncated { offset },
            }
        };
        Err(ReadError::Der { what, fault })
    }

    /// Steps into a constructed element and returns where it ends.
    fn enter(&mut self, what: &'static str, tag: u8, end: usize) -> Result<usize, ReadError> {
        self.require(what, tag, end)?;
        let header = self.header(what, end)?;
        self.start += header.header_len;
        Ok(self.offset() + header.value_len)
    }

    /// The next element, whole, in the buffer.
    fn element(&mut self, what: &'static str, end: usize) -> Result<Tlv<'_>, ReadError> {
        let header = self.header(what, end)?;
        let offset = self.offset();
        let octets = header.whole_len();
        if octets > MAX_ELEMENT {
            return Err(ReadError::TooLarge {
                what,
                offset,
                octets,
            });
        }
        let there = self.fill(octets)?.len();
        if there < octets {
            return Err(ReadError::Der {
                what,
                fault: DerError::Truncated {
                    offset: offset + there,
                },
            });
        }
        let from = self.start;
        self.start += octets;
        let whole = &self.buffer[from..self.start];
        Ok(Tlv {
            tag: header.tag,
            header_len: header.header_len,
            value: &whole[header.header_len..],
            whole,
            offset,
        })
    }

    fn algorithm(
        &mut self,
        what: &'static str,
        end: usize,
    ) -> Result<AlgorithmIdentifier, ReadError> {
        self.require(what, tag::SEQUENCE, end)?;
        let element = self.element(what, end)?;
        AlgorithmIdentifier::read(element.whole).map_err(|fault| ReadError::Der { what, fault })
    }

    /// Nothing may stand between here and `end`.
    fn end(&self, what: &'static str, end: usize) -> Result<(), ReadError> {
        let offset = self.offset();
        if offset == end {
            return Ok(());
        }
        Err(ReadError::Der {
            what,
            fault: DerError::TrailingBytes {
                offset,
                count: end - offset,
            },
        })
    }

    fn count_rest(&mut self) -> Result<u64, ReadError> {
        let mut count = 0;
        loop {
            let there = self.fill(1)?.len();
            if there == 0 {
                return Ok(count);
            }
            count += there as u64;
            self.start = self.filled;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::crl_fixture::{TestCa, entries};
    use super::super::stream_signature::SignatureFault;
    use super::*;

    /// Gives one octet at a time, and an interruption between each two.
    struct Dripping<'a>(&'a [u8], bool);

    impl Read for Dripping<'_> {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            self.1 = !self.1;
            if self.1 {
                return Err(io::ErrorKind::Interrupted.into());
            }
            let count = self.0.len().min(out.len()).min(1);
            out[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    fn pem(der: &[u8]) -> String {
        pem::encode(&pem::Pem::new("X509 CRL", der))
    }

    #[test]
    fn a_crl_that_drips_in_is_read_like_one_that_is_there() {
        let ca = TestCa::new();
        let crl = ca.crl(3, &entries(&(1..2000).collect::<Vec<_>>()));
        let whole = CrlReader::open(crl.as_bytes()).unwrap().finish().unwrap();
        let tail = CrlReader::new(Dripping(crl.as_bytes(), false))
            .unwrap()
            .finish()
            .unwrap();
        assert_eq!(tail.digest, whole.digest);
        assert_eq!(tail.entries, 1999);
        assert_eq!(tail.verify(crl.as_bytes(), &ca.issuer).unwrap(), Ok(()));
    }

    #[test]
    fn a_long_list_needs_no_more_memory_than_a_short_one() {
        let ca = TestCa::new();
        let crl = ca.crl(3, &entries(&(1..50_000).collect::<Vec<_>>()));
        assert!(crl.as_bytes().len() > 20 * WINDOW);
        let mut reader = CrlReader::open(crl.as_bytes()).unwrap();
        while reader.next_entry().unwrap().is_some() {
            assert_eq!(reader.window.buffer.capacity(), WINDOW);
        }
    }

    #[test]
    fn every_beginning_of_a_crl_is_called_truncated() {
        let ca = TestCa::new();
        let crl = ca.crl(3, &entries(&[1, 2, 3]));
        let der = crl.as_bytes();
        for length in 1..der.len() {
            let error = CrlReader::open(&der[..length])
                .and_then(CrlReader::finish)
                .unwrap_err();
            let truncated = matches!(
                error,
                ReadError::Der {
                    fault: DerError::Truncated { .. },
                    ..
                }
            );
            assert!(truncated, "{length} octets: {error:?}");
        }
    }

    #[test]
    fn pem_gives_the_same_crl_and_its_signature_verifies() {
        for algorithm in [&rcgen::PKCS_ECDSA_P256_SHA256, &rcgen::PKCS_ED25519] {
            let ca = TestCa::with(rcgen::KeyPair::generate_for(algorithm).unwrap());
            let crl = ca.crl(3, &entries(&[1, 2, 3]));
            let text = pem(crl.as_bytes()).into_bytes();
            let reader = CrlReader::open(&text).unwrap();
            assert!(reader.is_pem());
            let tail = reader.finish().unwrap();
            assert_eq!(tail.verify(&text, &ca.issuer).unwrap(), Ok(()));
            // The same tail against other octets: only Ed25519 reads them again.
            let other = ca.crl(4, &entries(&[1, 2, 3]));
            let again = tail.verify(&pem(other.as_bytes()).into_bytes(), &ca.issuer);
            let reads_again = algorithm == &rcgen::PKCS_ED25519;
            assert_eq!(again.unwrap() == Err(SignatureFault::Mismatch), reads_again);
        }
    }

    #[test]
    fn a_file_is_read_by_position_and_may_be_read_twice_at_once() {
        let ca = TestCa::new();
        let crl = ca.crl(3, &entries(&[1, 2, 3]));
        let mut file = tempfile::tempfile().unwrap();
        std::io::Write::write_all(&mut file, crl.as_bytes()).unwrap();
        let mut first = CrlReader::open(&file).unwrap();
        assert!(first.next_entry().unwrap().is_some());
        let second = CrlReader::open(&file).unwrap().finish().unwrap();
        assert_eq!(first.finish().unwrap().digest, second.digest);
    }

    #[test]
    fn an_element_of_unreasonable_size_is_refused_before_it_is_held() {
        let huge = [0x30, 0x84, 0x7f, 0xff, 0xff, 0xff];
        let mut der = huge.to_vec();
        der.extend_from_slice(&[0x30, 0x84, 0x7f, 0xff, 0xff, 0x00]);
        der.extend_from_slice(&[0x30, 0x84, 0x40, 0x00, 0x00, 0x00]);
        assert!(matches!(
            CrlReader::open(&der).map(|_| ()),
            Err(ReadError::TooLarge {
                what: "signature",
                ..
            })
        ));
    }

    #[test]
    fn any_flipped_bit_is_noticed() {
        let ca = TestCa::new();
        let crl = ca.crl(3, &entries(&[1, 2]));
        let good = crl.as_bytes();
        for bit in 0..good.len() * 8 {
            let mut flipped = good.to_vec();
            flipped[bit / 8] ^= 1 << (bit % 8);
            let report = super::super::check::check(
                &flipped,
                Some(&ca.issuer),
                super::super::crl_fixture::now(),
            )
            .unwrap();
            assert!(!report.passed(), "bit {bit}");
        }
    }
}
