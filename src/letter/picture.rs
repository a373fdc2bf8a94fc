//! Size and soundness of a scanned or photographed letter. The picture is decoded once, under limits, to know that
//! an officer's viewer will show all of it; its pixels are thrown away.

use std::io::Cursor;

use image::{ImageDecoder, ImageError, ImageFormat, ImageReader, error::LimitErrorKind};

use super::defect::LetterDefect;
use super::facts::{LetterFacts, LetterWarning, PixelSize};
use super::format::{LetterKind, Limits};
use super::magic::{jpeg_end, png_end};

pub(super) fn read(
    kind: LetterKind,
    bytes: &[u8],
    limits: &Limits,
    facts: &mut LetterFacts,
) -> Result<(), LetterDefect> {
    let (image_format, end) = match kind {
        LetterKind::Png => (ImageFormat::Png, png_end(bytes)),
        _ => (ImageFormat::Jpeg, jpeg_end(bytes)),
    };
    let malformed = LetterDefect::Malformed { kind };
    let cut = LetterDefect::CutImage { kind };
    let mut reader = ImageReader::with_format(Cursor::new(bytes), image_format);
    let mut decoding = image::Limits::no_limits();
    decoding.max_alloc = Some(limits.memory_mebibytes << 19);
    reader.limits(decoding);

    let decoder = match reader.into_decoder() {
        Ok(decoder) => decoder,
        Err(_) if end.is_none() => return Err(cut),
        Err(_) => return Err(malformed),
    };
    let (width, height) = decoder.dimensions();
    let bomb = LetterDefect::ImageBomb {
        width,
        height,
        limit: limits.pixels,
    };
    if u64::from(width) * u64::from(height) > limits.pixels {
        return Err(bomb);
    }
    let Some(end) = end else { return Err(cut) };
    let size = usize::try_from(decoder.total_bytes()).map_err(|_| bomb.clone())?;
    let mut pixels = vec![0; size];
    decoder.read_image(&mut pixels).map_err(|e| match e {
        ImageError::Limits(e) if e.kind() == LimitErrorKind::InsufficientMemory => bomb,
        _ => malformed,
    })?;
    facts.pixels = Some(PixelSize { width, height });
    if bytes[end..]
        .iter()
        .any(|b| !matches!(b, 0 | b'\n' | b'\r' | b' '))
    {
        facts.warnings.push(LetterWarning::TrailingData);
    }
    Ok(())
}
