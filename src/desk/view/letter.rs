//! Statement letters: what is known of one, its text with what was found in it, and one that is just coming in.

use std::ops::Range;

use crate::domain::{LetterId, Timestamp};
use crate::letter::LetterDefect;

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LetterView {
    pub id: LetterId,
    pub version: u32,
    pub kind: &'static str,
    pub bytes: u64,
    pub pages: u32,
    pub sha256: String,
    pub attached_at: Timestamp,
    pub attached_by: String,
    pub signed: bool,
    /// Without readable text.
    pub scan: bool,
    /// Lines of the extracted text; empty for a scan.
    pub lines: Vec<LetterLine>,
    /// Ids of what an officer should know before opening the file: `java-script`, `embedded-file` …
    pub warnings: Vec<String>,
}

/// A line of a letter with the ranges (byte offsets) where something expected was found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LetterLine {
    pub page: u32,
    pub text: String,
    pub marks: Vec<(Range<usize>, LetterMark)>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LetterMark {
    Name,
    Nip,
    Reason,
    /// Letter number or date.
    Number,
    /// The superior's name or NIP.
    Superior,
}

/// How a letter that comes from another computer fares.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Arrival {
    /// So many octets have come.
    Received(u64),
    Refused(LetterDefect),
    /// It could not be taken; whoever sent it is told why.
    BrokenOff,
}
