//! Splits whatever people hand over into certificates: PEM bundles, one DER or many in a row, PKCS#7 in either form.
//! Streams with flat memory. A broken item is named where it stands and never takes its neighbours along; the octets
//! of an item are judged by `CertificateFacts`, not here.

use std::io::{self, Cursor, Read};

use super::certificate::MAX_CERTIFICATE;
use super::defect::Defect;
use super::der_scan::{DerError, Header, Reader, read_header, tag};
use super::likeness::Likeness;
use super::pem_blocks::{PemBlocks, is_pkcs7};
use super::recognize::{
    self, SIGNED_DATA, SMALLEST, begins_certificate, looks_like_der, pkcs7_content_type,
    well_framed,
};
use super::window::Window;

/// How far a look reaches: one certificate and the beginning of the next.
const LOOK: usize = MAX_CERTIFICATE + 2 * Header::MAX_LEN + 8;

/// Where an item stands in its input.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Position {
    /// Counts all items, broken ones too, from 0.
    pub index: u64,
    /// The octet at which the item, or the PEM block around it, begins.
    pub offset: u64,
    /// The line of the PEM block, from 1.
    pub line: Option<u64>,
}

/// One thing that was meant as a certificate.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Item {
    pub position: Position,
    /// Its DER, not yet looked into, or why there is none.
    pub certificate: Result<Vec<u8>, Defect>,
}

enum Form {
    Unknown,
    Pem(PemBlocks),
    Der,
    /// Inside the certificates of a PKCS#7; `tail` octets follow them.
    Pkcs7 {
        tail: u64,
    },
    Finished,
}

/// A PKCS#7 that came as a PEM block, and where that block stands.
struct Inner {
    position: Position,
    bundle: Box<Bundle<Cursor<Vec<u8>>>>,
}

/// The items of an input, in their order. After an I/O error the iteration ends.
pub struct Bundle<R> {
    window: Window<R>,
    form: Form,
    index: u64,
    inner: Option<Inner>,
}

impl<R: Read> Bundle<R> {
    pub const fn new(source: R) -> Self {
        Self {
            window: Window::new(source),
            form: Form::Unknown,
            index: 0,
            inner: None,
        }
    }

    fn here(&self) -> Position {
        Position {
            index: self.index,
            offset: self.window.offset(),
            line: None,
        }
    }

    fn item(&self, certificate: Result<Vec<u8>, Defect>) -> Item {
        Item {
            position: self.here(),
            certificate,
        }
    }

    fn step(&mut self) -> io::Result<Option<Item>> {
        loop {
            if let Some(inner) = &mut self.inner {
                match inner.bundle.step()? {
                    Some(item) => {
                        let position = Position {
                            index: self.index,
                            ..inner.position
                        };
                        return Ok(Some(Item { position, ..item }));
                    }
                    None => self.inner = None,
                }
            }
            match &mut self.form {
                Form::Unknown => {
                    let start = self.window.fill(LOOK)?;
                    if start.is_empty() {
                        self.form = Form::Finished;
                        return Ok(Some(self.item(Err(Defect::EmptyInput))));
                    }
                    self.form = if looks_like_der(start) {
                        Form::Der
                    } else {
                        Form::Pem(PemBlocks::default())
                    };
                }
                Form::Pem(_) => {
                    if let Some(item) = self.next_pem()? {
                        return Ok(Some(item));
                    }
                }
                Form::Der => return self.next_der(),
                Form::Pkcs7 { tail } => {
                    let tail = *tail;
                    if let Some(item) = self.next_der()? {
                        return Ok(Some(item));
                    }
                    self.window.set_limit(None);
                    self.window.skip(tail)?;
                    self.form = Form::Der;
                }
                Form::Finished => return Ok(None),
            }
        }
    }

    /// The next PEM block as an item; `None` when another look at the form is needed.
    fn next_pem(&mut self) -> io::Result<Option<Item>> {
        let Form::Pem(blocks) = &mut self.form else {
            return Ok(None);
        };
        let first = self.window.offset() == 0;
        let text = first.then(|| self.window.view().trim_ascii().to_vec());
        let Some(block) = blocks.next(&mut self.window)? else {
            self.form = Form::Finished;
            // Nothing at all was found: say what the input is rather than nothing.
            return Ok(text.map(|text| Item {
                position: Position {
                    index: 0,
                    offset: 0,
                    line: None,
                },
                certificate: Err(recognize::without_blocks(&text)),
            }));
        };
        let position = Position {
            index: self.index,
            offset: block.offset,
            line: Some(block.line),
        };
        let certificate = match (block.label.as_str(), block.content) {
            (label, Ok(octets)) if is_pkcs7(label) => {
                let mut bundle = Box::new(Bundle::new(Cursor::new(octets)));
                bundle.form = Form::Der;
                self.inner = Some(Inner { position, bundle });
                return Ok(None);
            }
            ("CERTIFICATE" | "X509 CERTIFICATE", content) => content,
            // OpenSSL's form: the certificate, then its own trust settings.
            ("TRUSTED CERTIFICATE", content) => content.map(|octets| {
                let first = Reader::new(&octets).read().map(|tlv| tlv.whole.to_vec());
                first.unwrap_or(octets)
            }),
            // Keys in their old encryption carry lines that no certificate has: what they are is said all the same.
            (label, content) if recognize::by_label(label).is_of_a_key() => {
                drop(content);
                Err(Defect::NotACertificate {
                    what: recognize::by_label(label),
                })
            }
            (_, Err(defect)) => Err(defect),
            (label, Ok(_)) => Err(Defect::NotACertificate {
                what: recognize::by_label(label),
            }),
        };
        Ok(Some(Item {
            position,
            certificate,
        }))
    }

    /// The next item of a DER stream.
    fn next_der(&mut self) -> io::Result<Option<Item>> {
        let look = self.window.fill(LOOK)?;
        if look.is_empty() {
            if matches!(self.form, Form::Der) {
                self.form = Form::Finished;
            }
            return Ok(None);
        }
        // Not inside another one: RFC 5652 knows no such nesting.
        let outermost = matches!(self.form, Form::Der);
        if let Some(content_type) = pkcs7_content_type(look).filter(|_| outermost) {
            if content_type == SIGNED_DATA {
                return self.enter_pkcs7();
            }
            let what = Likeness::Pkcs7Other;
            return self.refuse(self.here(), Defect::NotACertificate { what });
        }
        let (length, certificate) = if let Some(whole) = well_framed(look) {
            (whole.len(), Ok(whole.to_vec()))
        } else {
            let ends_here = look.len() < LOOK;
            let next = (1..look.len()).find(|at| begins_certificate(&look[*at..]));
            match next.or(ends_here.then_some(look.len())) {
                Some(length) if length < SMALLEST && look[0] != tag::SEQUENCE => {
                    let remainder = DerError::TrailingBytes {
                        offset: self.window.offset() as usize,
                        count: length,
                    };
                    (length, Err(remainder.into()))
                }
                Some(length) => (length, Ok(look[..length].to_vec())),
                None => {
                    let limit = MAX_CERTIFICATE;
                    return self.refuse(self.here(), Defect::TooLarge { limit });
                }
            }
        };
        let item = self.item(certificate);
        self.window.consume(length);
        Ok(Some(item))
    }

    /// Names what stands here and moves on to where the next certificate seems to begin, or to the end.
    fn refuse(&mut self, position: Position, defect: Defect) -> io::Result<Option<Item>> {
        let mut from = usize::from(position.offset == self.window.offset());
        loop {
            let look = self.window.fill(LOOK)?;
            let ends_here = look.len() < LOOK;
            let next = (from..look.len()).find(|at| begins_certificate(&look[*at..]));
            let all_but_one_beginning = look.len().saturating_sub(3 * Header::MAX_LEN);
            let step = match next {
                Some(at) => at,
                None if ends_here => look.len(),
                None => all_but_one_beginning,
            };
            self.window.consume(step);
            if next.is_some() || ends_here {
                break;
            }
            from = 0;
        }
        Ok(Some(Item {
            position,
            certificate: Err(defect),
        }))
    }

    /// Steps into SignedData (RFC 2315 §9.1, RFC 5652 §5.1) and gives its first certificate.
    fn enter_pkcs7(&mut self) -> io::Result<Option<Item>> {
        let position = self.here();
        match self.find_certificates() {
            Ok((0, end)) => {
                let behind = end.saturating_sub(self.window.offset());
                self.window.skip(behind)?;
                Ok(Some(Item {
                    position,
                    certificate: Err(Defect::Pkcs7WithoutCertificates),
                }))
            }
            Ok((certificates, end)) => {
                let tail = end.saturating_sub(self.window.offset().saturating_add(certificates));
                self.window.set_limit(Some(certificates));
                self.form = Form::Pkcs7 { tail };
                self.step()
            }
            // Its frame is lost; what follows is found by its looks.
            Err(Stop::Broken(defect)) => self.refuse(position, defect),
            Err(Stop::Io(error)) => Err(error),
        }
    }

    /// Consumes up to the certificates; gives their length (0 if there are none) and where the PKCS#7 ends.
    fn find_certificates(&mut self) -> Result<(u64, u64), Stop> {
        let start = self.window.offset();
        let outer = self.header(tag::SEQUENCE)?;
        let end = start.saturating_add(outer.whole_len() as u64);
        let content_type = self.header(tag::OID)?;
        self.window.skip(content_type.value_len as u64)?;
        self.header(tag::context_constructed(0))?;
        self.header(tag::SEQUENCE)?;
        // version, digestAlgorithms, contentInfo: of no interest here.
        for skipped in [tag::INTEGER, tag::SET, tag::SEQUENCE] {
            let element = self.header(skipped)?;
            self.window.skip(element.value_len as u64)?;
        }
        if self.window.fill(1)?.first() != Some(&tag::context_constructed(0)) {
            return Ok((0, end));
        }
        let certificates = self.header(tag::context_constructed(0))?;
        Ok((certificates.value_len as u64, end))
    }

    /// Consumes the header of an element that must have this tag.
    fn header(&mut self, expected: u8) -> Result<Header, Stop> {
        let offset = self.window.offset() as usize;
        let header = read_header(self.window.fill(Header::MAX_LEN)?, offset)?;
        if header.tag != expected {
            let found = header.tag;
            return Err(Stop::from(DerError::WrongTag {
                offset,
                expected,
                found,
            }));
        }
        self.window.consume(header.header_len);
        Ok(header)
    }
}

/// Why the way into a PKCS#7 ended.
enum Stop {
    Io(io::Error),
    Broken(Defect),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<DerError> for Stop {
    fn from(error: DerError) -> Self {
        Self::Broken(error.into())
    }
}

impl<R: Read> Iterator for Bundle<R> {
    type Item = io::Result<Item>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.step() {
            Ok(Some(item)) => {
                self.index += 1;
                Some(Ok(item))
            }
            Ok(None) => None,
            Err(error) => {
                self.form = Form::Finished;
                self.inner = None;
                Some(Err(error))
            }
        }
    }
}
