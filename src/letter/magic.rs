//! Magic bytes: what a file looks like at its front, and where a picture ends.

use super::defect::Lookalike;

/// Names a file by its first bytes (and, for ZIP containers, the names inside).
pub(super) fn look(bytes: &[u8]) -> Lookalike {
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
