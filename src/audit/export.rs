//! The log as a stream of lines for an outsider: a header, every entry in its canonical bytes, the signed heads where
//! they were signed, the last one at the end. Writes what the store holds, sound or not: judging is `verify`'s part.

use std::io::{self, Write};

use serde::{Deserialize, Serialize};

use super::checkpoint::{PublicKey, SignedCheckpoint};
use super::entry;
use super::origin::Origin;
use super::tree::StoreFault;

/// The version of the form of exports.
pub const VERSION: u64 = 1;

/// The first line: `{"ams_log":1,"origin":…,"size":…,"public_key":…}`. The key is there to be compared with the one
/// the reader has from elsewhere; by itself it proves nothing.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    pub ams_log: u64,
    pub origin: String,
    /// Entries that follow.
    pub size: u64,
    pub public_key: String,
}

/// A line that carries a signed head: `{"checkpoint":"…"}`, the note as it is.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::audit) struct CheckpointLine {
    pub checkpoint: String,
}

/// Why an export was not finished.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error("the export could not be written: {0}")]
    Write(#[from] io::Error),
    #[error("the log could not be read: {0}")]
    Read(#[source] StoreFault),
    #[error("entry {0} as stored is no single line of at most {max} octets", max = entry::LONGEST)]
    NotALine(u64),
    #[error("the checkpoint of {signed} entries stands after {written}")]
    CheckpointOutOfPlace { signed: u64, written: u64 },
    #[error("{announced} entries were announced and {written} written")]
    Count { announced: u64, written: u64 },
    #[error("the last {0} entries are under no checkpoint: sign a head first")]
    Unsigned(u64),
}

/// An export being written.
pub struct Export<W> {
    out: W,
    announced: u64,
    written: u64,
    signed: Option<u64>,
}

impl<W: Write> Export<W> {
    /// Begins an export of `size` entries.
    pub fn begin(
        mut out: W,
        origin: &Origin,
        size: u64,
        key: &PublicKey,
    ) -> Result<Self, ExportError> {
        let header = Header {
            ams_log: VERSION,
            origin: origin.to_string(),
            size,
            public_key: key.to_string(),
        };
        line(&mut out, &header)?;
        Ok(Self {
            out,
            announced: size,
            written: 0,
            signed: None,
        })
    }

    /// Writes the next entry's stored bytes.
    pub fn entry(&mut self, bytes: &[u8]) -> Result<(), ExportError> {
        if bytes.len() > entry::LONGEST || bytes.contains(&b'\n') {
            return Err(ExportError::NotALine(self.written));
        }
        self.out.write_all(bytes)?;
        self.out.write_all(b"\n")?;
        self.written += 1;
        Ok(())
    }

    /// Writes a head signed over the entries written so far.
    pub fn checkpoint(&mut self, signed: &SignedCheckpoint) -> Result<(), ExportError> {
        let size = signed.checkpoint().size;
        if size != self.written {
            return Err(ExportError::CheckpointOutOfPlace {
                signed: size,
                written: self.written,
            });
        }
        let checkpoint = signed.note().to_owned();
        line(&mut self.out, &CheckpointLine { checkpoint })?;
        self.signed = Some(size);
        Ok(())
    }

    /// Ends the export: every announced entry must be there and lie under the last head.
    pub fn finish(mut self) -> Result<W, ExportError> {
        if self.written != self.announced {
            return Err(ExportError::Count {
                announced: self.announced,
                written: self.written,
            });
        }
        if self.signed != Some(self.written) {
            return Err(ExportError::Unsigned(
                self.written - self.signed.unwrap_or(0),
            ));
        }
        self.out.flush()?;
        Ok(self.out)
    }
}

/// Exports the entries under the last of `heads`. `heads` are the signed heads to show, by rising size; more of them
/// let a verifier say more closely where a change lies. `entries` yields stored bytes from entry 0 on.
pub fn write<W: Write>(
    out: W,
    key: &PublicKey,
    heads: &[SignedCheckpoint],
    entries: impl IntoIterator<Item = Result<Vec<u8>, StoreFault>>,
) -> Result<W, ExportError> {
    let last = heads.last().ok_or(ExportError::Unsigned(0))?.checkpoint();
    let mut export = Export::begin(out, &last.origin, last.size, key)?;
    let mut heads = heads.iter().peekable();
    let mut entries = entries.into_iter();
    loop {
        while let Some(head) = heads.next_if(|h| h.checkpoint().size <= export.written) {
            export.checkpoint(head)?;
        }
        if export.written == last.size {
            return export.finish();
        }
        match entries.next() {
            Some(bytes) => export.entry(&bytes.map_err(ExportError::Read)?)?,
            None => return export.finish(),
        }
    }
}

fn line<W: Write>(out: &mut W, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    out.write_all(b"\n")
}
