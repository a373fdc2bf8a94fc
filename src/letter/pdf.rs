//! Structure of an attached PDF: whole or cut, pages, title, signature, and what it would do in a careless viewer.
//! Streams of pictures, fonts and attachments are not decoded here.

use hayro_syntax::object::{Array, Dict, MaybeRef, Object};
use hayro_syntax::{LoadPdfError, Pdf};

use super::defect::LetterDefect;
use super::facts::{LetterFacts, LetterWarning, PaperSize};
use super::format::{LetterKind, Limits};
use super::magic::{find, rfind};
use super::text;

/// Where readers look for the end of a PDF (ISO 32000-1, annex H, implementation note 18).
const TAIL: usize = 1024;
/// Depth to which direct objects inside each other are looked at.
const NESTING: u32 = 32;
const POINTS_PER_MM: f32 = 72.0 / 25.4;

pub(super) fn read(
    bytes: Vec<u8>,
    limits: &Limits,
    facts: &mut LetterFacts,
) -> Result<(), LetterDefect> {
    if is_cut(&bytes) {
        return Err(LetterDefect::CutPdf);
    }
    let signature = Signature::of(&bytes);
    let pdf = Pdf::new(bytes).map_err(|e| match e {
        LoadPdfError::Decryption(_) => LetterDefect::EncryptedPdf,
        LoadPdfError::Invalid => LetterDefect::Malformed {
            kind: LetterKind::Pdf,
        },
    })?;
    let pages = u32::try_from(pdf.pages().len()).unwrap_or(u32::MAX);
    if pages == 0 {
        return Err(LetterDefect::NoPages);
    }
    if pages > limits.pages {
        return Err(LetterDefect::TooManyPages {
            pages,
            limit: limits.pages,
        });
    }
    for object in pdf.objects() {
        look_at(&object, NESTING, limits, &mut facts.warnings)?;
    }
    facts.pages = pages;
    facts.title = pdf
        .metadata()
        .title
        .as_deref()
        .map(text_string)
        .filter(|t| !matches!(t.trim(), "" | "untitled"));
    let (width, height) = pdf.pages()[0].render_dimensions();
    let millimetres = |points: f32| (points / POINTS_PER_MM).round() as u32;
    facts.paper = Some(PaperSize {
        width_mm: millimetres(width),
        height_mm: millimetres(height),
    });
    if let Some(signature) = signature {
        facts.signed_pdf = true;
        if !signature.covers_all {
            facts.warnings.push(LetterWarning::ChangedAfterSigning);
        }
    }
    text::read(&pdf, limits, facts);
    Ok(())
}

/// A PDF ends with `startxref`, an offset and `%%EOF`; a linearized one also says its own length.
fn is_cut(bytes: &[u8]) -> bool {
    let tail = &bytes[bytes.len().saturating_sub(TAIL)..];
    if find(tail, b"%%EOF").is_none() || rfind(bytes, b"startxref").is_none() {
        return true;
    }
    linearized_length(bytes).is_some_and(|length| length > bytes.len() as u64)
}

/// `/L` of the linearization dictionary, which stands in the first kilobyte (ISO 32000-1, annex F.3.3).
fn linearized_length(bytes: &[u8]) -> Option<u64> {
    let front = &bytes[..bytes.len().min(TAIL)];
    let dict = &front[find(front, b"/Linearized")?..];
    let dict = &dict[..find(dict, b">>")?];
    number(&dict[find(dict, b"/L ")? + 3..]).map(|(n, _)| n)
}

/// A digital signature (ISO 32000-1 §12.8). Only its extent is looked at; nothing is verified.
struct Signature {
    covers_all: bool,
}

impl Signature {
    /// Looks for the last `/ByteRange [a b c d]`. Signature dictionaries are never compressed, since the range
    /// counts bytes of the file.
    fn of(bytes: &[u8]) -> Option<Self> {
        let key = b"/ByteRange";
        let mut rest = &bytes[rfind(bytes, key)? + key.len()..];
        let open = rest.iter().position(|b| !b.is_ascii_whitespace())?;
        rest = rest[open..].strip_prefix(b"[")?;
        let mut range = [0; 4];
        for part in &mut range {
            let (value, used) = number(rest)?;
            *part = value;
            rest = &rest[used..];
        }
        let end = range[2].checked_add(range[3])?;
        let after = bytes.get(usize::try_from(end).ok()?..).unwrap_or_default();
        Some(Self {
            covers_all: after.trim_ascii().is_empty(),
        })
    }
}

/// An unsigned number after blanks, and the bytes used.
fn number(bytes: &[u8]) -> Option<(u64, usize)> {
    let start = bytes.iter().position(|b| !b.is_ascii_whitespace())?;
    let digits = bytes[start..].iter().take_while(|b| b.is_ascii_digit());
    let end = start + digits.count();
    let value = std::str::from_utf8(&bytes[start..end]).ok()?.parse().ok()?;
    Some((value, end))
}

/// Notes what an object of the file would do, and refuses pictures too large to open. Follows direct objects only:
/// indirect ones come by themselves.
fn look_at(
    object: &Object<'_>,
    depth: u32,
    limits: &Limits,
    warnings: &mut Vec<LetterWarning>,
) -> Result<(), LetterDefect> {
    if depth == 0 {
        return Ok(());
    }
    match object {
        Object::Dict(dict) => look_at_dict(dict, depth, limits, warnings),
        Object::Stream(stream) => {
            let dict = stream.dict();
            let is_image = dict.get::<hayro_syntax::object::Name<'_>>("Subtype");
            if is_image.is_some_and(|n| n.as_str() == "Image") {
                let width = dict.get::<u32>("Width").unwrap_or(0);
                let height = dict.get::<u32>("Height").unwrap_or(0);
                if u64::from(width) * u64::from(height) > limits.pixels {
                    return Err(LetterDefect::ImageBomb {
                        width,
                        height,
                        limit: limits.pixels,
                    });
                }
            }
            look_at_dict(dict, depth, limits, warnings)
        }
        Object::Array(array) => look_at_array(array, depth, limits, warnings),
        _ => Ok(()),
    }
}

fn look_at_dict(
    dict: &Dict<'_>,
    depth: u32,
    limits: &Limits,
    warnings: &mut Vec<LetterWarning>,
) -> Result<(), LetterDefect> {
    for (key, value) in dict.entries() {
        let warning = match key.as_str() {
            "JS" | "JavaScript" => Some(LetterWarning::JavaScript),
            "EmbeddedFiles" | "EF" => Some(LetterWarning::EmbeddedFile),
            "XFA" => Some(LetterWarning::DynamicForm),
            _ => None,
        };
        warnings.extend(warning.filter(|w| !warnings.contains(w)));
        if let MaybeRef::NotRef(value) = value {
            if key.as_str() == "S"
                && let Object::Name(action) = &value
                && action.as_str() == "Launch"
                && !warnings.contains(&LetterWarning::LaunchAction)
            {
                warnings.push(LetterWarning::LaunchAction);
            }
            look_at(&value, depth - 1, limits, warnings)?;
        }
    }
    Ok(())
}

fn look_at_array(
    array: &Array<'_>,
    depth: u32,
    limits: &Limits,
    warnings: &mut Vec<LetterWarning>,
) -> Result<(), LetterDefect> {
    for value in array.raw_iter() {
        if let MaybeRef::NotRef(value) = value {
            look_at(&value, depth - 1, limits, warnings)?;
        }
    }
    Ok(())
}

/// A PDF text string (ISO 32000-2 §7.9.2.2): UTF-16BE or UTF-8 with their marks, else one byte a character.
fn text_string(bytes: &[u8]) -> String {
    const LONGEST: usize = 200;
    let text: String = if let Some(utf16) = bytes.strip_prefix(b"\xfe\xff") {
        let units = utf16
            .chunks_exact(2)
            .map(|p| u16::from_be_bytes([p[0], p[1]]));
        char::decode_utf16(units)
            .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
            .take(LONGEST)
            .collect()
    } else if let Some(utf8) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        String::from_utf8_lossy(utf8)
            .chars()
            .take(LONGEST)
            .collect()
    } else {
        bytes.iter().take(LONGEST).map(|b| char::from(*b)).collect()
    };
    text.trim().to_owned()
}
