//! A CRL of any size, read as a stream in constant memory: header, entries one by one, extensions, signature, and the
//! digest that verifies it (RFC 5280 §5.1). Strict DER. Never holds more than one element, never panics on any input.

#[cfg(test)]
mod tests;
mod window;

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt;

use self::window::Window;
use super::crl_extension::CrlExtensions;
use super::crl_issuer::CrlIssuer;
use super::der_scan::{DerError, Tlv, tag};
use super::entry::{EntryRun, RawEntry};
use super::pem_stream::{DerStream, FormFault, fault_of};
use super::stream_signature::{AlgorithmIdentifier, SignatureFault, SignatureScheme};
use crate::domain::{CrlNumber, Timestamp};

/// Octets that one element may have: an entry, the issuer's name, the extensions, the signature.
pub const MAX_ELEMENT: usize = 1 << 20;

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
        self.entries += 1;
        let offset = self.window.offset();
        let wrong = |fault| ReadError::Der { what: WHAT, fault };
        // Nearly every entry is shorter than 128 octets and of the usual shape; it is cut without ceremony.
        if let Some(octets) = self.window.pass_short_sequence(self.entries_end)? {
            let whole = self.window.passed(octets);
            if let Some(entry) = RawEntry::split_usual(whole, offset) {
                return Ok(Some(entry));
            }
            let element = Tlv {
                tag: tag::SEQUENCE,
                header_len: 2,
                value: &whole[2..],
                whole,
                offset,
            };
            return RawEntry::split(element).map(Some).map_err(wrong);
        }
        self.window.require(WHAT, tag::SEQUENCE, self.entries_end)?;
        let element = self.window.element(WHAT, self.entries_end)?;
        RawEntry::split(element).map(Some).map_err(wrong)
    }

    /// Steps over the next entries if they are these, octet for octet. Whether they were: an element of DER is never the
    /// beginning of another.
    pub fn pass_same(&mut self, run: &EntryRun<'_>) -> Result<bool, ReadError> {
        let same = self.window.pass_same(run.der, self.entries_end)?;
        if same {
            self.entries += run.entries;
        }
        Ok(same)
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
