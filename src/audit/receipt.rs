//! An applicant's receipt: the entries about one request, each with its inclusion proof, under one signed head.
//! A text that anyone can check with the log's public key alone; it holds ids, hashes and times, no personal data.

use std::fmt::Write;

use super::checkpoint::{CheckpointError, PublicKey, SignedCheckpoint};
use super::entry::{Entry, EntryError};
use super::replay::{Discrepancy, Replay};
use super::tree::{self, Hash, HashReader, Proof, TreeError};
use crate::domain::distinguished_name::is_unprintable;
use crate::domain::{RequestId, State};

/// The first line of every receipt.
const TITLE: &str = "ams log receipt 1";

/// A receipt is read whole; a request has some tens of entries.
const LONGEST: usize = 1 << 20;

/// A request's entries with their proofs. Once parsed, every signature and proof in it has been checked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Receipt {
    request: RequestId,
    entries: Vec<(Entry, Proof)>,
    head: SignedCheckpoint,
}

/// Why a receipt could not be made, or does not hold.
#[derive(Debug, thiserror::Error)]
pub enum ReceiptError {
    #[error("no entry of the log is about this request")]
    Empty,
    #[error("entry {seq} came after the signed head of {size} entries: sign a new head first")]
    NotCovered { seq: u64, size: u64 },
    #[error("line {line}: {expected} expected")]
    Malformed { line: usize, expected: &'static str },
    #[error("line {line}: {error}")]
    Entry {
        line: usize,
        #[source]
        error: EntryError,
    },
    #[error("entry {seq} is about something else than the request")]
    Foreign { seq: u64 },
    #[error("entry {seq} is out of order")]
    OutOfOrder { seq: u64 },
    #[error("entry {seq} is not under the signed head: it or its proof was changed")]
    NotProven { seq: u64 },
    #[error("an entry is missing: {0}")]
    Gap(Discrepancy),
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    #[error(transparent)]
    Tree(#[from] TreeError),
}

impl Receipt {
    /// Makes the receipt of `request` from its entries, by rising sequence, under a head already signed.
    pub fn prove<R: HashReader + ?Sized>(
        request: RequestId,
        entries: Vec<Entry>,
        head: SignedCheckpoint,
        store: &R,
    ) -> Result<Self, ReceiptError> {
        let size = head.checkpoint().size;
        let entries = entries
            .into_iter()
            .map(|entry| {
                let seq = entry.seq;
                if seq >= size {
                    return Err(ReceiptError::NotCovered { seq, size });
                }
                let proof = tree::prove_inclusion(store, size, seq)?;
                Ok((entry, proof))
            })
            .collect::<Result<_, _>>()?;
        let receipt = Self {
            request,
            entries,
            head,
        };
        receipt.check()?;
        Ok(receipt)
    }

    /// Reads and checks a receipt. Lines that begin with `#` are remarks and prove nothing.
    pub fn verify(text: &str, key: &PublicKey) -> Result<Self, ReceiptError> {
        let mut lines = Lines::new(text)?;
        lines.exactly(TITLE, "the title `ams log receipt 1`")?;
        let id = lines.after("request ", "`request` and 32 hex digits")?;
        let request = RequestId::parse(id).map_err(|_| lines.malformed("32 hex digits"))?;
        let mut entries = Vec::new();
        loop {
            lines.exactly("", "a blank line")?;
            let part = lines.next("`entry` or `checkpoint`")?;
            if part == "checkpoint" {
                break;
            }
            if part != "entry" {
                return Err(lines.malformed("`entry` or `checkpoint`"));
            }
            let leaf = lines.next("an entry of the log")?;
            let line = lines.number;
            let entry = Entry::from_bytes(leaf.as_bytes())
                .map_err(|error| ReceiptError::Entry { line, error })?;
            let mut proof = Proof::new();
            while let Some(hash) = lines.not_blank() {
                let hash = Hash::parse_base64(hash);
                proof.push(hash.ok_or_else(|| lines.malformed("a hash in base64"))?);
            }
            entries.push((entry, proof));
        }
        let head = SignedCheckpoint::parse(lines.rest, key)?;
        let receipt = Self {
            request,
            entries,
            head,
        };
        receipt.check()?;
        Ok(receipt)
    }

    /// The text of the receipt. `remarks` are lines for the reader, in his language.
    pub fn to_text(&self, remarks: &[&str]) -> String {
        let mut text = format!("{TITLE}\n");
        for remark in remarks {
            let remark: String = remark
                .chars()
                .map(|c| if is_unprintable(c) { ' ' } else { c })
                .collect();
            // Writing to a String cannot fail.
            let _ = writeln!(text, "# {remark}");
        }
        let _ = writeln!(text, "request {}", self.request);
        for (entry, proof) in &self.entries {
            text.push_str("\nentry\n");
            text.push_str(&String::from_utf8_lossy(&entry.to_bytes()));
            text.push('\n');
            for hash in proof {
                let _ = writeln!(text, "{}", hash.to_base64());
            }
        }
        text.push_str("\ncheckpoint\n");
        text.push_str(self.head.note());
        text
    }

    pub const fn request(&self) -> RequestId {
        self.request
    }

    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().map(|(entry, _)| entry)
    }

    pub const fn head(&self) -> &SignedCheckpoint {
        &self.head
    }

    /// The state of the request at the head, as its entries tell.
    pub fn state(&self) -> Option<State> {
        self.replayed().ok()?.requests.get(&self.request).copied()
    }

    fn check(&self) -> Result<(), ReceiptError> {
        if self.entries.is_empty() {
            return Err(ReceiptError::Empty);
        }
        let head = self.head.checkpoint();
        let mut last = None;
        for (entry, proof) in &self.entries {
            let seq = entry.seq;
            if last.is_some_and(|last| seq <= last) {
                return Err(ReceiptError::OutOfOrder { seq });
            }
            last = Some(seq);
            if !entry.concerns(self.request) {
                return Err(ReceiptError::Foreign { seq });
            }
            tree::check_inclusion(proof, head.size, head.root, seq, &entry.to_bytes())
                .map_err(|_| ReceiptError::NotProven { seq })?;
        }
        self.replayed().map(|_| ()).map_err(ReceiptError::Gap)
    }

    /// The request's states as its own entries tell them; a state that none of them led to shows that one was left
    /// out. What was left out at the end cannot show: the head's size only bounds it.
    fn replayed(&self) -> Result<Replay, Discrepancy> {
        let mut replay = Replay::default();
        for entry in self.entries() {
            if entry.object == super::object::ObjectRef::Request(self.request) {
                replay.take(entry)?;
            }
        }
        Ok(replay)
    }
}

/// The receipt's lines with their numbers, remarks skipped.
struct Lines<'a> {
    rest: &'a str,
    number: usize,
}

impl<'a> Lines<'a> {
    const fn new(text: &'a str) -> Result<Self, ReceiptError> {
        if text.len() > LONGEST {
            return Err(ReceiptError::Malformed {
                line: 1,
                expected: "at most 1 MiB",
            });
        }
        Ok(Self {
            rest: text,
            number: 0,
        })
    }

    const fn malformed(&self, expected: &'static str) -> ReceiptError {
        let line = self.number;
        ReceiptError::Malformed { line, expected }
    }

    fn next(&mut self, expected: &'static str) -> Result<&'a str, ReceiptError> {
        loop {
            self.number += 1;
            let (line, rest) = self
                .rest
                .split_once('\n')
                .ok_or_else(|| self.malformed(expected))?;
            self.rest = rest;
            if !line.starts_with('#') {
                return Ok(line);
            }
        }
    }

    fn exactly(&mut self, line: &str, expected: &'static str) -> Result<(), ReceiptError> {
        if self.next(expected)? == line {
            Ok(())
        } else {
            Err(self.malformed(expected))
        }
    }

    fn after(&mut self, prefix: &str, expected: &'static str) -> Result<&'a str, ReceiptError> {
        let line = self.next(expected)?;
        line.strip_prefix(prefix)
            .ok_or_else(|| self.malformed(expected))
    }

    /// The next line unless it is blank or there is none.
    fn not_blank(&mut self) -> Option<&'a str> {
        if self.rest.is_empty() || self.rest.starts_with('\n') {
            return None;
        }
        self.next("a hash in base64").ok()
    }
}

#[cfg(test)]
mod tests;
