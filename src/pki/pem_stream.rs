//! A CRL's octets out of DER or PEM, while they stream by (RFC 7468 §5.1, label `X509 CRL`). Holds a few kilobytes,
//! whatever the input's size. Text before the PEM block, such as `openssl crl -text` writes, is passed over.

use std::io::{self, BufRead, BufReader, Chain, Cursor, Read};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"-----END ";
const DASHES: &[u8] = b"-----";
const LABEL: &[u8] = b"X509 CRL";
/// The longest line that is looked at as a whole; longer ones are passed over before the block and wrong inside it.
const LONGEST_LINE: u64 = 4096;

/// What is wrong with the outer form of a CRL. Travels inside an [`io::Error`] and is taken out by [`fault_of`].
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum FormFault {
    #[error("the input is empty")]
    Empty,
    #[error("the input is neither DER nor PEM")]
    NotACrl,
    #[error("the PEM block is labelled {found:?} instead of X509 CRL")]
    OtherLabel { found: String },
    #[error("line {line} of the PEM text is not base64")]
    NotBase64 { line: u64 },
    #[error("the PEM block has no END line")]
    NoEnd,
}

impl From<FormFault> for io::Error {
    fn from(fault: FormFault) -> Self {
        Self::new(io::ErrorKind::InvalidData, fault)
    }
}

/// The fault that an error from [`DerStream`] carries, if it is one of form and not of reading.
pub fn fault_of(error: &io::Error) -> Option<&FormFault> {
    error.get_ref()?.downcast_ref()
}

/// Octets of the DER, read from DER or PEM.
pub struct DerStream<R> {
    input: BufReader<Chain<Cursor<Vec<u8>>, R>>,
    form: Form,
    line: u64,
    /// Base64 characters not yet decoded, fewer than four between two lines.
    pending: Vec<u8>,
    decoded: Vec<u8>,
    given: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Der,
    PemBody,
    /// Padding was met: only the END line may follow.
    PemTail,
    Over,
}

impl<R: Read> DerStream<R> {
    /// Looks at the first octets to tell DER from PEM, and finds the block's beginning.
    pub fn new(mut input: R) -> io::Result<Self> {
        let mut start = Vec::with_capacity(2);
        (&mut input).take(2).read_to_end(&mut start)?;
        // A DER SEQUENCE begins with 30, the digit 0; its length octet is then no character of a text.
        let form = match start.as_slice() {
            [] => return Err(FormFault::Empty.into()),
            [0x30] => Form::Der,
            [0x30, length] if !matches!(length, b'\t' | b'\n' | b'\r' | 0x20..=0x7e) => Form::Der,
            _ => Form::PemBody,
        };
        let whole = Cursor::new(start).chain(input);
        let mut stream = Self {
            input: BufReader::with_capacity(32 * 1024, whole),
            form,
            line: 0,
            pending: Vec::new(),
            decoded: Vec::new(),
            given: 0,
        };
        if form == Form::PemBody {
            stream.find_block()?;
        }
        Ok(stream)
    }

    /// Whether the input is PEM.
    pub fn is_pem(&self) -> bool {
        self.form != Form::Der
    }

    /// Reads one line without its end; cut at [`LONGEST_LINE`]. `None` at the end of the input.
    fn next_line(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        let mut limited = (&mut self.input).take(LONGEST_LINE);
        if limited.read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        self.line += 1;
        let kept = line.trim_ascii_end().len();
        line.truncate(kept);
        Ok(Some(line))
    }

    fn find_block(&mut self) -> io::Result<()> {
        let mut other = None;
        while let Some(line) = self.next_line()? {
            let label = line
                .strip_prefix(BEGIN)
                .and_then(|rest| rest.strip_suffix(DASHES));
            match label {
                Some(LABEL) => return Ok(()),
                Some(label) => {
                    other.get_or_insert_with(|| String::from_utf8_lossy(label).into_owned());
                }
                None => {}
            }
        }
        Err(match other {
            Some(found) => FormFault::OtherLabel { found },
            None => FormFault::NotACrl,
        }
        .into())
    }

    /// Decodes lines until there is something to give or the block ends.
    fn decode_more(&mut self) -> io::Result<()> {
        self.decoded.clear();
        self.given = 0;
        while self.decoded.len() < 8 * 1024 && self.form != Form::Over {
            let Some(line) = self.next_line()? else {
                return Err(FormFault::NoEnd.into());
            };
            if line.starts_with(END) {
                if !self.pending.is_empty() {
                    return Err(FormFault::NotBase64 { line: self.line }.into());
                }
                self.form = Form::Over;
                break;
            }
            self.decode_line(&line)?;
        }
        Ok(())
    }

    fn decode_line(&mut self, line: &[u8]) -> io::Result<()> {
        let wrong = FormFault::NotBase64 { line: self.line };
        self.pending
            .extend(line.iter().filter(|c| !c.is_ascii_whitespace()));
        let whole = self.pending.len() / 4 * 4;
        if whole == 0 {
            return Ok(());
        }
        if self.form == Form::PemTail {
            return Err(wrong.into());
        }
        let old = self.decoded.len();
        self.decoded.resize(old + whole / 4 * 3, 0);
        let count = STANDARD
            .decode_slice(&self.pending[..whole], &mut self.decoded[old..])
            .map_err(|_| wrong)?;
        self.decoded.truncate(old + count);
        if self.pending[whole - 1] == b'=' {
            self.form = Form::PemTail;
        }
        self.pending.drain(..whole);
        Ok(())
    }
}

impl<R: Read> Read for DerStream<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.form == Form::Der {
            return self.input.read(out);
        }
        if self.given == self.decoded.len() && self.form != Form::Over {
            self.decode_more()?;
        }
        let rest = &self.decoded[self.given..];
        let count = rest.len().min(out.len());
        out[..count].copy_from_slice(&rest[..count]);
        self.given += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(input: &[u8]) -> Result<Vec<u8>, Option<FormFault>> {
        let fault = |e: io::Error| fault_of(&e).cloned();
        let mut out = Vec::new();
        DerStream::new(input)
            .map_err(fault)?
            .read_to_end(&mut out)
            .map_err(fault)?;
        Ok(out)
    }

    #[test]
    fn each_wrong_form_has_its_own_name() {
        assert_eq!(read(b""), Err(Some(FormFault::Empty)));
        assert_eq!(read(b"just text\n"), Err(Some(FormFault::NotACrl)));
        assert_eq!(
            read(b"0 is how this begins\n"),
            Err(Some(FormFault::NotACrl))
        );
        assert_eq!(
            read(b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
            Err(Some(FormFault::OtherLabel {
                found: "CERTIFICATE".to_owned()
            }))
        );
        assert_eq!(
            read(b"-----BEGIN X509 CRL-----\nAAAA\n"),
            Err(Some(FormFault::NoEnd))
        );
        for body in ["AAAA\nA!AA", "AAA", "AA==\nAAAA", "A===", "AAB=x"] {
            let text = format!("-----BEGIN X509 CRL-----\n{body}\n-----END X509 CRL-----\n");
            assert!(
                matches!(
                    read(text.as_bytes()),
                    Err(Some(FormFault::NotBase64 { .. }))
                ),
                "{body}"
            );
        }
    }

    proptest! {
        #[test]
        fn pem_of_any_line_length_gives_the_octets_back(
            octets in prop::collection::vec(any::<u8>(), 0..20_000),
            width in 1usize..200,
            crlf: bool,
        ) {
            let end = if crlf { "\r\n" } else { "\n" };
            let mut text = format!("Certificate Revocation List (CRL):{end}-----BEGIN X509 CRL-----{end}");
            for line in STANDARD.encode(&octets).as_bytes().chunks(width) {
                text.push_str(std::str::from_utf8(line).unwrap());
                text.push_str(end);
            }
            text.push_str("-----END X509 CRL-----");
            prop_assert_eq!(read(text.as_bytes()), Ok(octets));
        }
    }
}
