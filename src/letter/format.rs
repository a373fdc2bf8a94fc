//! What kind of file a letter is, told by its content alone: magic bytes at the front, and nothing else hidden before
//! or behind the document. The name of the file is never looked at.

use serde::{Deserialize, Serialize};

use super::defect::{LetterDefect, Lookalike};

/// The kinds of file that a statement letter may be.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LetterKind {
    Pdf,
    Jpeg,
    Png,
}

impl LetterKind {
    /// With its article, for a sentence.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pdf => "a PDF",
            Self::Jpeg => "a JPEG picture",
            Self::Png => "a PNG picture",
        }
    }

    pub const fn short_name(self) -> &'static str {
        match self {
            Self::Pdf => "PDF",
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
        }
    }

    /// The ending under which a letter is handed out; never taken from its sender.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Jpeg => "jpg",
            Self::Png => "png",
        }
    }
}

/// What a letter may cost. The defaults are those of the desk; each is a setting.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Limits {
    /// Size of the file: 1 MiB = 1 048 576 bytes by default, a little more than the "1 MB" people are told.
    pub bytes: u64,
    pub pages: u32,
    /// Width × height of a picture.
    pub pixels: u64,
    /// Characters of text kept; the rest is cut and said to be.
    pub text_chars: usize,
    /// Wall clock and processor time of the child, in seconds.
    pub seconds: u64,
    /// Address space of the child, in MiB.
    pub memory_mebibytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 1 << 20,
            pages: 20,
            pixels: 40_000_000,
            text_chars: 100_000,
            seconds: 10,
            memory_mebibytes: 512,
        }
    }
}

/// Checks size and kind of a letter without parsing it: cheap and safe enough for the desk itself.
pub fn recognize(bytes: &[u8], limits: &Limits) -> Result<LetterKind, LetterDefect> {
    if bytes.is_empty() {
        return Err(LetterDefect::Empty);
    }
    let size = bytes.len() as u64;
    if size > limits.bytes {
        return Err(LetterDefect::TooLarge {
            bytes: size,
            limit: limits.bytes,
        });
    }
    let kind = match look(bytes) {
        Lookalike::Pdf => LetterKind::Pdf,
        Lookalike::Jpeg => LetterKind::Jpeg,
        Lookalike::Png => LetterKind::Png,
        looks_like => {
            // Readers search the first kilobyte for `%PDF-`, so another file put before it opens as both.
            let front = &bytes[..bytes.len().min(1024)];
            return Err(if find(front, b"%PDF-").is_some() {
                LetterDefect::Disguised {
                    claims: LetterKind::Pdf,
                    hides: looks_like,
                }
            } else {
                LetterDefect::UnknownType { looks_like }
            });
        }
    };
    match hidden_behind(kind, bytes) {
        Some(hides) => Err(LetterDefect::Disguised {
            claims: kind,
            hides,
        }),
        None => Ok(kind),
    }
}

/// Names a file by its first bytes (and, for ZIP containers, the names inside).
pub fn look(bytes: &[u8]) -> Lookalike {
    use Lookalike as L;
    let at =
        |offset: usize, magic: &[u8]| bytes.get(offset..).is_some_and(|b| b.starts_with(magic));
    let table: [(&[u8], Lookalike); 24] = [
        (b"\x89PNG\r\n\x1a\n", L::Png),
        (b"\xff\xd8\xff", L::Jpeg),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", L::OldOffice),
        (b"{\\rtf", L::RichText),
        (b"GIF8", L::Gif),
        (b"BM", L::Bmp),
        (b"II*\0", L::Tiff),
        (b"MM\0*", L::Tiff),
        (b"%!PS", L::PostScript),
        (b"MZ", L::WindowsProgram),
        (b"\x7fELF", L::UnixProgram),
        (b"\xfe\xed\xfa", L::UnixProgram),
        (b"\xcf\xfa\xed\xfe", L::UnixProgram),
        (b"\xca\xfe\xba\xbe", L::UnixProgram),
        (b"#!", L::Script),
        (b"\x1f\x8b", L::OtherArchive),
        (b"7z\xbc\xaf\x27\x1c", L::OtherArchive),
        (b"Rar!", L::OtherArchive),
        (b"\xfd7zXZ\0", L::OtherArchive),
        (b"BZh", L::OtherArchive),
        (b"\x28\xb5\x2f\xfd", L::OtherArchive),
        (b"\x1a\x45\xdf\xa3", L::Video),
        (b"-----BEGIN ", L::Certificate),
        (b"\x30\x82", L::Certificate),
    ];
    if let Some((_, kind)) = table.iter().find(|(magic, _)| at(0, magic)) {
        return *kind;
    }
    if at(0, b"PK\x03\x04") || at(0, b"PK\x05\x06") {
        return container(bytes);
    }
    if at(0, b"RIFF") && at(8, b"WEBP") {
        return L::WebP;
    }
    if at(4, b"ftyp") {
        return match bytes.get(8..12) {
            Some(b"heic" | b"heix" | b"hevc" | b"heim" | b"heis" | b"mif1" | b"msf1") => L::Heic,
            Some(b"avif" | b"avis") => L::Avif,
            _ => L::Video,
        };
    }
    let front = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let front = front.trim_ascii_start();
    if front.starts_with(b"%PDF-") {
        return L::Pdf;
    }
    words(&front[..front.len().min(4096)])
}

/// Names a ZIP container by the entries that office programs put in it.
fn container(bytes: &[u8]) -> Lookalike {
    let has = |name: &[u8]| find(bytes, name).is_some();
    if has(b"word/document") {
        Lookalike::Word
    } else if has(b"xl/workbook") {
        Lookalike::Spreadsheet
    } else if has(b"ppt/presentation") {
        Lookalike::Presentation
    } else if has(b"application/vnd.oasis.opendocument") {
        Lookalike::OpenDocument
    } else {
        Lookalike::Zip
    }
}

/// Tells text formats apart; `Unrecognized` for what is not text.
fn words(front: &[u8]) -> Lookalike {
    let readable = match std::str::from_utf8(front) {
        Ok(text) => text,
        // A cut multi-byte character at the end of the window is still text.
        Err(e) if e.valid_up_to() + 4 > front.len() && e.error_len().is_none() => {
            std::str::from_utf8(&front[..e.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return Lookalike::Unrecognized,
    };
    if readable.is_empty()
        || readable
            .chars()
            .any(|c| c.is_control() && !c.is_whitespace())
    {
        return Lookalike::Unrecognized;
    }
    let lower = readable.to_ascii_lowercase();
    if lower.starts_with("<!doctype html")
        || lower.starts_with("<html")
        || lower.contains("<script")
    {
        Lookalike::Html
    } else if lower.starts_with("<svg") || lower.contains("<svg ") {
        Lookalike::Svg
    } else if lower.starts_with("<?php") {
        Lookalike::Script
    } else if lower.starts_with("<?xml") {
        Lookalike::Xml
    } else if lower.starts_with('<') && (lower.contains("<body") || lower.contains("<head")) {
        Lookalike::Html
    } else if ["received: ", "return-path: ", "mime-version: ", "from: "]
        .iter()
        .any(|h| lower.starts_with(h))
    {
        Lookalike::Mail
    } else {
        Lookalike::Text
    }
}

/// What lies behind the end of the document, if it is a second document or a program.
fn hidden_behind(kind: LetterKind, bytes: &[u8]) -> Option<Lookalike> {
    let end = match kind {
        LetterKind::Pdf => rfind(bytes, b"%%EOF").map(|at| at + 5)?,
        LetterKind::Png => png_end(bytes)?,
        LetterKind::Jpeg => jpeg_end(bytes)?,
    };
    let rest = bytes.get(end..)?;
    let start = rest.trim_ascii_start();
    let named = look(start);
    match named {
        Lookalike::Zip
        | Lookalike::Word
        | Lookalike::Spreadsheet
        | Lookalike::Presentation
        | Lookalike::OpenDocument
        | Lookalike::OtherArchive
        | Lookalike::Html
        | Lookalike::Svg
        | Lookalike::Script
        | Lookalike::WindowsProgram
        | Lookalike::UnixProgram
        | Lookalike::Pdf => Some(named),
        // Archives are found from their end, wherever they begin.
        _ => find(rest, b"PK\x05\x06").map(|_| Lookalike::Zip),
    }
}

/// Offset behind the IEND chunk of a PNG; `None` when there is none.
pub(super) fn png_end(bytes: &[u8]) -> Option<usize> {
    let mut at = 8usize;
    loop {
        let head = bytes.get(at..at.checked_add(8)?)?;
        let length = u32::from_be_bytes(head[..4].try_into().ok()?) as usize;
        let end = at.checked_add(12)?.checked_add(length)?;
        if end > bytes.len() {
            return None;
        }
        if &head[4..] == b"IEND" {
            return Some(end);
        }
        at = end;
    }
}

/// Offset behind the EOI marker of a JPEG; `None` when there is none. Walks the segments, so that the thumbnail
/// inside an EXIF segment is not taken for the end.
pub(super) fn jpeg_end(bytes: &[u8]) -> Option<usize> {
    let mut at = 2usize;
    loop {
        // To the next marker: segments follow at once, scan data has FF00 and restart markers inside.
        while !matches!(bytes.get(at..at + 2)?, [0xff, m] if !matches!(m, 0x00 | 0xff | 0xd0..=0xd7))
        {
            at += 1;
        }
        let marker = bytes[at + 1];
        at += 2;
        match marker {
            0xd9 => return Some(at),
            0x01 | 0xd8 => {}
            _ => {
                let length = u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?);
                at += usize::from(length.max(2));
            }
        }
    }
}

pub(super) fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|w| w == needle)
}

pub(super) fn rfind(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).rposition(|w| w == needle)
}
