//! Examines one letter in this very process: what the confined child does. Called elsewhere only for letters that this
//! program wrote itself (demo, tests),
//! since a hostile file may exhaust or crash whoever reads it.

use super::confine::Confinement;
use super::defect::LetterDefect;
use super::facts::LetterFacts;
use super::format::{self, LetterKind, Limits};
use super::{pdf, picture};

/// Reads kind, facts and text of a letter.
pub fn inspect(
    bytes: Vec<u8>,
    limits: &Limits,
    confinement: Confinement,
) -> Result<LetterFacts, LetterDefect> {
    let kind = format::recognize(&bytes, limits)?;
    let mut facts = LetterFacts {
        kind,
        bytes: bytes.len() as u64,
        sha256: sha256(&bytes),
        pages: 1,
        pixels: None,
        paper: None,
        signed_pdf: false,
        title: None,
        has_text: false,
        text_cut: false,
        text: Vec::new(),
        warnings: Vec::new(),
        confinement,
    };
    match kind {
        LetterKind::Pdf => pdf::read(bytes, limits, &mut facts)?,
        LetterKind::Jpeg | LetterKind::Png => picture::read(kind, &bytes, limits, &mut facts)?,
    }
    facts.warnings.sort_unstable();
    facts.warnings.dedup();
    Ok(facts.made_printable())
}

/// SHA-256 of a letter as the record keeps it: 64 lower-case hex digits.
pub fn sha256(bytes: &[u8]) -> String {
    hex::encode(ring::digest::digest(&ring::digest::SHA256, bytes))
}
