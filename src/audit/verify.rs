//! Verification of an export from its lines and the log's public key alone: every leaf and root is computed again,
//! and each fault is named with its line, its entry and what would help. Relies on no store and no desk.

use std::io::{self, BufRead, Write};

use super::action::Action;
use super::checkpoint::{Checkpoint, CheckpointError, PublicKey, SignedCheckpoint};
use super::entry::Entry;
use super::export::{CheckpointLine, Header, VERSION};
use super::object::ObjectRef;
use super::origin::Origin;
use super::tree::{Frontier, Hash};

mod fault;
pub use fault::Fault;

/// Longest line that is read, in octets.
const LONGEST_LINE: usize = 16 * 1024;

/// Faults that are listed; further ones are counted.
const LISTED: usize = 50;

/// What the verifier has from elsewhere.
pub struct Expected<'a> {
    /// The log's public key, from a source other than the export.
    pub key: &'a PublicKey,
    /// Heads seen earlier, their signatures checked: beside a CRL, on a receipt, in an older export. They alone show
    /// that an old export was passed off as the present one.
    pub known: &'a [Checkpoint],
    /// The leaf hash of an entry, where the verifier has the log's own: then a changed entry is named exactly.
    pub leaf: Option<&'a dyn Fn(u64) -> Option<Hash>>,
}

/// What was found. Sound means: these are the entries under `head`, all of them, unchanged and in order.
#[derive(Debug, Default)]
pub struct Verdict {
    /// Entries read.
    pub entries: u64,
    /// Heads whose signature and root agree.
    pub heads: u64,
    /// The last of them.
    pub head: Option<Checkpoint>,
    /// Entries whose time lies before the one before them: a clock set back, no fault of the log.
    pub clock_set_back: u64,
    /// The first faults, in the order of lines.
    pub problems: Vec<Problem>,
    /// Faults beyond those listed.
    pub unlisted: u64,
}

impl Verdict {
    pub fn is_sound(&self) -> bool {
        self.problems.is_empty()
    }
}

/// One fault and where it is.
#[derive(Debug, thiserror::Error)]
#[error("line {line}{}: {fault}", .seq.map(|s| format!(", entry {s}")).unwrap_or_default())]
pub struct Problem {
    /// From 1; one past the last when something is missing at the end.
    pub line: u64,
    pub seq: Option<u64>,
    #[source]
    pub fault: Fault,
}

/// Verifies an export read from `lines`. The error is only that of reading; what is wrong stands in the verdict.
pub fn verify_export(mut lines: impl BufRead, expected: &Expected) -> io::Result<Verdict> {
    let mut run = Verification::new(expected);
    io::copy(&mut lines, &mut run)?;
    Ok(run.finish())
}

/// A verification under way: an export is written into it, as it is made or as it is read, in constant memory.
pub struct Verification<'a> {
    expected: &'a Expected<'a>,
    known: Vec<&'a Checkpoint>,
    /// The line so far, at most [`LONGEST_LINE`] octets of it.
    partial: Vec<u8>,
    too_long: bool,
    line: u64,
    header: Option<Header>,
    origin: Origin,
    tree: Frontier,
    /// The sequence number that belongs next.
    next: u64,
    /// Size of the last head whose root agreed.
    agreed: u64,
    /// Entries under the last head that was signed for this place, if there was one.
    covered: Option<u64>,
    /// A root differed: all later ones do, and only the first says where.
    diverged: bool,
    last_time: Option<i64>,
    verdict: Verdict,
}

impl Write for Verification<'_> {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        for piece in octets.split_inclusive(|b| *b == b'\n') {
            let (piece, ends) = match piece.strip_suffix(b"\n") {
                Some(piece) => (piece, true),
                None => (piece, false),
            };
            if self.partial.len() + piece.len() > LONGEST_LINE {
                self.too_long = true;
            } else {
                self.partial.extend_from_slice(piece);
            }
            if ends {
                self.end_line();
            }
        }
        Ok(octets.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> Verification<'a> {
    pub fn new(expected: &'a Expected<'a>) -> Self {
        Self {
            expected,
            known: expected.known.iter().collect(),
            partial: Vec::new(),
            too_long: false,
            line: 0,
            header: None,
            origin: expected.key.origin().clone(),
            tree: Frontier::default(),
            next: 0,
            agreed: 0,
            covered: None,
            diverged: false,
            last_time: None,
            verdict: Verdict::default(),
        }
    }

    fn fault(&mut self, seq: Option<u64>, fault: Fault) {
        if self.verdict.problems.len() < LISTED {
            let line = self.line;
            self.verdict.problems.push(Problem { line, seq, fault });
        } else {
            self.verdict.unlisted += 1;
        }
    }

    fn end_line(&mut self) {
        self.line += 1;
        let line = std::mem::take(&mut self.partial);
        if std::mem::take(&mut self.too_long) {
            self.fault(None, Fault::LineTooLong);
        } else {
            self.take(&line);
        }
        self.partial = line;
        self.partial.clear();
    }

    fn take(&mut self, bytes: &[u8]) {
        if self.line == 1 {
            self.take_header(bytes);
        } else if bytes.starts_with(b"{\"checkpoint\":") {
            match serde_json::from_slice(bytes) {
                Ok(CheckpointLine { checkpoint }) => self.take_checkpoint(&checkpoint),
                Err(_) => self.fault(None, Fault::Checkpoint(CheckpointError::Malformed)),
            }
        } else if bytes.first() == Some(&b'{') {
            self.take_entry(bytes);
        } else {
            self.fault(None, Fault::UnknownLine);
        }
    }

    fn take_header(&mut self, bytes: &[u8]) {
        let Ok(header) = serde_json::from_slice::<Header>(bytes) else {
            return self.fault(None, Fault::NotAnExport);
        };
        if header.ams_log != VERSION {
            return self.fault(None, Fault::Version(header.ams_log));
        }
        if header.public_key != self.expected.key.to_string() {
            self.fault(None, Fault::OtherKey);
        }
        self.header = Some(header);
    }

    fn take_entry(&mut self, bytes: &[u8]) {
        // Whatever the line is, it stands at this place of the tree.
        let place = self.tree.size();
        let leaf = Hash::of_leaf(bytes);
        self.tree.push(leaf);
        let entry = match Entry::from_bytes(bytes) {
            Ok(entry) => entry,
            Err(error) => {
                self.next += 1;
                return self.fault(Some(place), Fault::Entry(error));
            }
        };
        if entry.seq != self.next {
            let expected = self.next;
            let found = entry.seq;
            self.fault(Some(found), Fault::OutOfOrder { expected, found });
        } else if let Some(logged) = self.expected.leaf.and_then(|leaf| leaf(entry.seq))
            && logged != leaf
        {
            self.fault(Some(entry.seq), Fault::LeafDiffers);
        }
        self.next = entry.seq.saturating_add(1);
        let at = entry.at.millis();
        self.verdict.clock_set_back += u64::from(self.last_time.is_some_and(|last| at < last));
        self.last_time = Some(at);
        if entry.action == Action::LOG_ASAL_BARU && entry.refusal.is_none() {
            self.open_origin(&entry);
        }
        self.compare_known();
    }

    /// The entry that closes the open origin and opens the next one.
    fn open_origin(&mut self, entry: &Entry) {
        let next = self.origin.next();
        if entry.object != ObjectRef::Log(next.generation()) {
            let found = entry.object.to_string();
            let expected = next;
            return self.fault(Some(entry.seq), Fault::OriginOutOfPlace { found, expected });
        }
        let closed = std::mem::replace(&mut self.origin, next);
        // Heads of the closed origin that cover more than what was restored are gone; the entry names the last.
        let (restored, lost) = (entry.seq, (entry.count, entry.digest));
        let (gone, known) = std::mem::take(&mut self.known)
            .into_iter()
            .partition::<Vec<_>, _>(|k| k.origin == closed && k.size > restored);
        self.known = known;
        for head in gone {
            if lost != (Some(head.size), Some(head.root)) {
                let known = head.size;
                self.fault(Some(entry.seq), Fault::LostInRestore { known, restored });
            }
        }
    }

    fn compare_known(&mut self) {
        let size = self.tree.size();
        if self.known.iter().all(|k| k.size != size) {
            return;
        }
        let root = self.tree.root();
        let (now, later) = std::mem::take(&mut self.known)
            .into_iter()
            .partition::<Vec<_>, _>(|k| k.size == size);
        self.known = later;
        if now.iter().any(|k| k.root != root) {
            self.fault(None, Fault::DiffersFromKnown(size));
        }
    }

    fn take_checkpoint(&mut self, note: &str) {
        let entries = self.tree.size();
        let signed = match SignedCheckpoint::parse(note, self.expected.key) {
            Ok(signed) => signed.checkpoint().clone(),
            Err(error) => return self.fault(None, Fault::Checkpoint(error)),
        };
        if signed.origin != self.origin {
            let found = signed.origin.to_string();
            let expected = self.origin.clone();
            return self.fault(None, Fault::OriginOutOfPlace { found, expected });
        }
        if signed.size != entries {
            let signed = signed.size;
            return self.fault(None, Fault::CheckpointOutOfPlace { signed, entries });
        }
        self.covered = Some(entries);
        if signed.root == self.tree.root() {
            self.agreed = entries;
            self.verdict.heads += 1;
            self.verdict.head = Some(signed);
        } else if !self.diverged {
            self.diverged = true;
            let (agreed, size) = (self.agreed, entries);
            self.fault(None, Fault::RootDiffers { agreed, size });
        }
    }

    /// The export ends here; what is missing at its end is found now.
    pub fn finish(mut self) -> Verdict {
        if self.too_long || !self.partial.is_empty() {
            self.end_line();
        }
        self.line += 1;
        let entries = self.tree.size();
        self.verdict.entries = entries;
        match self.header.take() {
            None if self.line == 1 => self.fault(None, Fault::NotAnExport),
            None => {}
            Some(header) => {
                let announced = header.size;
                if announced != entries {
                    self.fault(None, Fault::Count { announced, entries });
                }
                if header.origin != self.origin.to_string() {
                    let found = header.origin;
                    let expected = self.origin.clone();
                    self.fault(None, Fault::OriginOutOfPlace { found, expected });
                }
            }
        }
        if self.covered != Some(entries) {
            self.fault(None, Fault::Uncovered(entries - self.covered.unwrap_or(0)));
        }
        for head in std::mem::take(&mut self.known) {
            let known = head.size;
            if known > entries {
                self.fault(None, Fault::ShorterThanKnown { known, entries });
            } else if known == 0 && head.root != Hash::EMPTY_TREE {
                self.fault(None, Fault::DiffersFromKnown(0));
            }
        }
        self.verdict
    }
}

#[cfg(test)]
mod tests;
