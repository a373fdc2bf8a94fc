//! The inside of a bracketed paste: collects bytes up to the closing bracket, bounded, and cleans the text.
//! Anything in it is data; no byte of it is ever read as a key.

const END: &[u8] = b"\x1b[201~";
const STATUS_ANSWER: &[u8] = b"\x1b[0n";

/// A paste being received.
#[derive(Debug, Default)]
pub(super) struct Paste {
    kept: Vec<u8>,
    /// Bytes since the last ESC that may still become the closing bracket.
    held: Vec<u8>,
}

/// What a byte of a paste led to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    More,
    /// A status answer that the terminal sent in the middle of the paste.
    StatusReport,
    End,
}

impl Paste {
    /// Takes one byte; keeps at most `limit` bytes in all.
    pub(super) fn byte(&mut self, byte: u8, limit: usize) -> Step {
        if byte == 0x1B {
            self.release(limit);
        } else if self.held.is_empty() {
            self.keep(byte, limit);
            return Step::More;
        }
        self.held.push(byte);
        if self.held == END {
            self.held.clear();
            return Step::End;
        }
        if self.held == STATUS_ANSWER {
            self.held.clear();
            return Step::StatusReport;
        }
        if !END.starts_with(&self.held) && !STATUS_ANSWER.starts_with(&self.held) {
            self.release(limit);
        }
        Step::More
    }

    /// The text, with `\n` line ends and no control characters but `\n` and tab.
    pub(super) fn take(&mut self) -> String {
        self.held.clear();
        let raw = std::mem::take(&mut self.kept);
        String::from_utf8_lossy(&raw)
            .replace("\r\n", "\n")
            .chars()
            .map(|c| if c == '\r' { '\n' } else { c })
            .filter(|&c| !c.is_control() || c == '\n' || c == '\t')
            .collect()
    }

    fn release(&mut self, limit: usize) {
        for byte in std::mem::take(&mut self.held) {
            self.keep(byte, limit);
        }
    }

    fn keep(&mut self, byte: u8, limit: usize) {
        if self.kept.len() < limit {
            self.kept.push(byte);
        }
    }
}
