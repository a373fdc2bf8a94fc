//! What kind of file a letter is, told by its content alone: magic bytes at the front, and nothing else hidden before
//! or behind the document. The name of the file is never looked at.

use serde::{Deserialize, Serialize};

use super::defect::{LetterDefect, Lookalike};
use super::magic::{find, jpeg_end, look, png_end, rfind};

pub use crate::domain::request::LetterKind;

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

#[cfg(test)]
mod tests {
    use super::*;

    const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\nendobj\nstartxref\n0\n%%EOF\n";
    /// Signature, an IHDR-shaped chunk and IEND; enough for telling kinds apart.
    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\x02IHDRab\0\0\0\0\0\0\0\0IENDcrcs";
    /// Start, a segment that holds an end marker of its own (a thumbnail's), scan data, end.
    const JPEG: &[u8] =
        b"\xff\xd8\xff\xe1\0\x06\xff\xd8\xff\xd9\xff\xda\0\x02data\xff\x00\xff\xd0data\xff\xd9";

    fn told(bytes: &[u8]) -> Result<LetterKind, LetterDefect> {
        recognize(bytes, &Limits::default())
    }

    fn with(parts: &[&[u8]]) -> Vec<u8> {
        parts.concat()
    }

    #[test]
    fn kinds_are_told_by_content() {
        assert_eq!(told(PDF), Ok(LetterKind::Pdf));
        assert_eq!(
            told(&with(&[b"\xef\xbb\xbf\r\n ", PDF])),
            Ok(LetterKind::Pdf)
        );
        assert_eq!(told(PNG), Ok(LetterKind::Png));
        assert_eq!(told(JPEG), Ok(LetterKind::Jpeg));
    }

    #[test]
    fn nothing_and_too_much_are_refused() {
        assert_eq!(told(b""), Err(LetterDefect::Empty));
        let limit = Limits::default().bytes;
        let mut exact = PDF.to_vec();
        exact.resize(limit as usize, b'\n');
        assert_eq!(told(&exact), Ok(LetterKind::Pdf));
        exact.push(b'\n');
        let bytes = limit + 1;
        assert_eq!(told(&exact), Err(LetterDefect::TooLarge { bytes, limit }));
    }

    #[test]
    fn other_files_are_named_for_what_they_look_like() {
        let zip = |inner: &[u8]| with(&[b"PK\x03\x04", &[0; 26], inner]);
        let files: [(Vec<u8>, Lookalike); 29] = [
            (zip(b"word/document.xml"), Lookalike::Word),
            (zip(b"xl/workbook.xml"), Lookalike::Spreadsheet),
            (zip(b"ppt/presentation.xml"), Lookalike::Presentation),
            (
                zip(b"mimetypeapplication/vnd.oasis.opendocument.text"),
                Lookalike::OpenDocument,
            ),
            (zip(b"surat.pdf"), Lookalike::Zip),
            (
                b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec(),
                Lookalike::OldOffice,
            ),
            (b"{\\rtf1 surat}".to_vec(), Lookalike::RichText),
            (b"<!DOCTYPE html><p>surat".to_vec(), Lookalike::Html),
            (b"  \n<HTML>".to_vec(), Lookalike::Html),
            (
                b"<?xml version='1.0'?><svg xmlns=''/>".to_vec(),
                Lookalike::Svg,
            ),
            (b"<?xml version='1.0'?><surat/>".to_vec(), Lookalike::Xml),
            (b"\0\0\0\x18ftypheic".to_vec(), Lookalike::Heic),
            (b"\0\0\0\x18ftypmif1".to_vec(), Lookalike::Heic),
            (b"\0\0\0\x18ftypavif".to_vec(), Lookalike::Avif),
            (b"\0\0\0\x18ftypmp42".to_vec(), Lookalike::Video),
            (b"II*\0".to_vec(), Lookalike::Tiff),
            (b"MM\0*".to_vec(), Lookalike::Tiff),
            (b"GIF89a".to_vec(), Lookalike::Gif),
            (b"BM6".to_vec(), Lookalike::Bmp),
            (b"RIFF\0\0\0\0WEBPVP8 ".to_vec(), Lookalike::WebP),
            (b"%!PS-Adobe-3.0".to_vec(), Lookalike::PostScript),
            (
                b"-----BEGIN CERTIFICATE-----".to_vec(),
                Lookalike::Certificate,
            ),
            (b"Received: from mail".to_vec(), Lookalike::Mail),
            (b"MZ\x90\0".to_vec(), Lookalike::WindowsProgram),
            (b"\x7fELF\x02".to_vec(), Lookalike::UnixProgram),
            (b"#!/bin/sh\n".to_vec(), Lookalike::Script),
            (b"\x1f\x8b\x08".to_vec(), Lookalike::OtherArchive),
            ("Surat keterangan — lupa".into(), Lookalike::Text),
            (b"\x00\x01\x02\x03".to_vec(), Lookalike::Unrecognized),
        ];
        for (bytes, looks_like) in files {
            let defect = told(&bytes).unwrap_err();
            assert_eq!(defect, LetterDefect::UnknownType { looks_like });
            assert!(defect.to_string().contains(looks_like.name()), "{defect}");
        }
    }

    #[test]
    fn a_second_file_before_or_behind_the_letter_is_a_disguise() {
        let zip_end = b"PK\x03\x04rest of an archive PK\x05\x06\0\0";
        for (bytes, claims, hides) in [
            (
                with(&[b"<html><script>", PDF]),
                LetterKind::Pdf,
                Lookalike::Html,
            ),
            (
                with(&[b"MZ\x90\0", PDF]),
                LetterKind::Pdf,
                Lookalike::WindowsProgram,
            ),
            (with(&[b"GIF89a", PDF]), LetterKind::Pdf, Lookalike::Gif),
            (with(&[PDF, zip_end]), LetterKind::Pdf, Lookalike::Zip),
            (
                with(&[PDF, b"\n<html><body>"]),
                LetterKind::Pdf,
                Lookalike::Html,
            ),
            (with(&[PNG, zip_end]), LetterKind::Png, Lookalike::Zip),
            (
                with(&[PNG, b"stray", zip_end]),
                LetterKind::Png,
                Lookalike::Zip,
            ),
            (
                with(&[JPEG, b"MZ\x90"]),
                LetterKind::Jpeg,
                Lookalike::WindowsProgram,
            ),
            (with(&[JPEG, PDF]), LetterKind::Jpeg, Lookalike::Pdf),
            (
                with(&[JPEG, b"<?php system();"]),
                LetterKind::Jpeg,
                Lookalike::Script,
            ),
        ] {
            assert_eq!(told(&bytes), Err(LetterDefect::Disguised { claims, hides }));
        }
    }

    #[test]
    fn ends_of_pictures_are_found_behind_thumbnails_and_scan_data() {
        assert_eq!(jpeg_end(JPEG), Some(JPEG.len()));
        assert_eq!(png_end(PNG), Some(PNG.len()));
        for cut in 0..JPEG.len() {
            assert_eq!(jpeg_end(&JPEG[..cut]), None, "JPEG cut at {cut}");
        }
        for cut in 0..PNG.len() {
            assert_eq!(png_end(&PNG[..cut]), None, "PNG cut at {cut}");
        }
    }

    #[test]
    fn every_lookalike_has_an_id_of_its_own() {
        let ids: std::collections::BTreeSet<_> = Lookalike::ALL.iter().map(|l| l.id()).collect();
        assert_eq!(ids.len(), Lookalike::ALL.len());
    }
}
