//! The PEM blocks of a stream (RFC 7468), one after another, whatever stands between them.
//! A damaged block is named and never swallows the next: a BEGIN line always begins anew.

use std::io::{self, Read};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::certificate::MAX_CERTIFICATE;
use super::defect::Defect;
use super::window::Window;
use crate::domain::distinguished_name::printable;

/// The largest PKCS#7 block in octets; beyond that it has to come as DER, which is streamed.
pub const MAX_PKCS7_BLOCK: usize = 32 << 20;
/// Lines are 64 characters by the standard; some writers put a whole block on one.
const LONGEST_LINE: usize = 64 * 1024;

/// One block, or what is wrong with it.
pub struct Block {
    /// The octet and the line, from 1, at which it begins.
    pub offset: u64,
    pub line: u64,
    pub label: String,
    pub content: Result<Vec<u8>, Defect>,
}

/// Whether a label announces PKCS#7 or CMS.
pub fn is_pkcs7(label: &str) -> bool {
    matches!(label, "PKCS7" | "CMS" | "PKCS #7 SIGNED DATA")
}

/// A block whose END has not come yet.
struct Open {
    offset: u64,
    line: u64,
    label: String,
    base64: Vec<u8>,
    /// Where each line begins in `base64`.
    lines: Vec<usize>,
    too_large: bool,
}

impl Open {
    fn limit(&self) -> usize {
        if is_pkcs7(&self.label) {
            MAX_PKCS7_BLOCK
        } else {
            MAX_CERTIFICATE
        }
    }

    fn add(&mut self, line: &[u8]) {
        if (self.base64.len() + line.len()) / 4 * 3 > self.limit() + 3 {
            self.too_large = true;
            self.base64 = Vec::new();
        }
        if !self.too_large {
            self.lines.push(self.base64.len());
            self.base64.extend_from_slice(line);
        }
    }

    /// The line of the block in which the first character stands that is none of base64's; the block's own where all
    /// are, and only their number or the padding is wrong.
    fn damaged_line(&self) -> u64 {
        let clean = |o: &u8| o.is_ascii_alphanumeric() || matches!(o, b'+' | b'/' | b'=');
        self.base64
            .iter()
            .position(|o| !clean(o))
            .map_or(self.line, |at| {
                self.line + self.lines.partition_point(|begin| *begin <= at) as u64
            })
    }

    fn close(self, end: Option<&str>) -> Block {
        let content = match end {
            None => Err(Defect::PemNotEnded),
            Some(end) if end != self.label => Err(Defect::PemLabelsDiffer {
                begin: printable(&self.label),
                end: printable(end),
            }),
            Some(_) if self.too_large => Err(Defect::TooLarge {
                limit: self.limit(),
            }),
            Some(_) => match STANDARD.decode(&self.base64) {
                Ok(octets) if octets.is_empty() => Err(Defect::PemEmpty),
                Ok(octets) => Ok(octets),
                Err(_) => Err(Defect::PemDamaged {
                    line: self.damaged_line(),
                }),
            },
        };
        Block {
            offset: self.offset,
            line: self.line,
            label: self.label,
            content,
        }
    }
}

/// Reads blocks from a window.
#[derive(Default)]
pub struct PemBlocks {
    line: u64,
    open: Option<Open>,
}

impl PemBlocks {
    /// The next block; `None` at the end of the stream.
    pub fn next<R: Read>(&mut self, window: &mut Window<R>) -> io::Result<Option<Block>> {
        while let Some(length) = window.line(LONGEST_LINE)? {
            self.line += 1;
            let offset = window.offset();
            let line = window.view()[..length].trim_ascii();
            // A byte order mark, as Windows editors leave one.
            let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
            let mut done = None;
            if let Some(label) = marker(line, b"-----BEGIN ") {
                let next = Open {
                    offset,
                    line: self.line,
                    label,
                    base64: Vec::with_capacity(2048),
                    lines: Vec::with_capacity(32),
                    too_large: false,
                };
                done = self.open.replace(next).map(|open| open.close(None));
            } else if let Some(label) = marker(line, b"-----END ") {
                done = Some(self.open.take().map_or_else(
                    || Block {
                        offset,
                        line: self.line,
                        label: label.clone(),
                        content: Err(Defect::PemNotBegun),
                    },
                    |open| open.close(Some(&label)),
                ));
            } else if let Some(open) = &mut self.open {
                open.add(line);
            }
            window.consume(length);
            if done.is_some() {
                return Ok(done);
            }
        }
        Ok(self.open.take().map(|open| open.close(None)))
    }
}

/// The label of a line `-----BEGIN label-----`.
fn marker(line: &[u8], prefix: &[u8]) -> Option<String> {
    let label = line.strip_prefix(prefix)?.strip_suffix(b"-----")?;
    (label.len() <= 64).then(|| String::from_utf8_lossy(label).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn defect(body: &str) -> Option<Defect> {
        let text = format!("# first\n-----BEGIN X-----\n{body}\n-----END X-----\n");
        let mut window = Window::new(text.as_bytes());
        let block = PemBlocks::default().next(&mut window).unwrap().unwrap();
        block.content.err()
    }

    #[test]
    fn a_damaged_block_is_named_by_the_line_that_is_none_of_base64() {
        assert_eq!(defect("AAAA\nAAAA"), None);
        for (body, line) in [
            ("A!AA\nAAAA", 3),
            ("AAAA\n\nAA\u{1}A\n!AAA", 5),
            ("AAAA\nAAA\u{e9}", 4),
            // Wrong as a whole only.
            ("AAAA\nAAA", 2),
            ("AA==\nAAAA", 2),
        ] {
            assert_eq!(defect(body), Some(Defect::PemDamaged { line }), "{body}");
        }
    }
}
