//! Copying by OSC 52: the terminal of the officer, not the server, holds the clipboard.
//! Only bounded text without control characters goes out; nothing is ever read back.

use super::capabilities::Capabilities;
use thiserror::Error;

/// Bytes that may be copied at once: PuTTY and screen cut longer sequences.
const MAX_BYTES: usize = 4096;
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Why nothing was copied.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum ClipboardError {
    #[error("this terminal has no clipboard")]
    Unsupported,
    #[error("{length} bytes are too many to copy (at most {limit})")]
    TooLong { length: usize, limit: usize },
    #[error("nothing to copy")]
    Empty,
}

/// The sequence that copies `text`. Control characters are left out, line feed and tab excepted.
pub fn copy_to_clipboard(
    text: &str,
    capabilities: &Capabilities,
) -> Result<Vec<u8>, ClipboardError> {
    if !capabilities.clipboard {
        return Err(ClipboardError::Unsupported);
    }
    let clean: String = text
        .chars()
        .filter(|&c| !c.is_control() || c == '\n' || c == '\t')
        .collect();
    match clean.len() {
        0 => Err(ClipboardError::Empty),
        length if length > MAX_BYTES => Err(ClipboardError::TooLong {
            length,
            limit: MAX_BYTES,
        }),
        _ => {
            let mut bytes = b"\x1b]52;c;".to_vec();
            base64(clean.as_bytes(), &mut bytes);
            bytes.push(0x07);
            Ok(bytes)
        }
    }
}

/// RFC 4648 §4; this room depends on no codec.
fn base64(data: &[u8], out: &mut Vec<u8>) {
    for group in data.chunks(3) {
        let byte = |i: usize| u32::from(group.get(i).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4 {
            out.push(if place > group.len() {
                b'='
            } else {
                ALPHABET[(bits >> (18 - 6 * place) & 63) as usize]
            });
        }
    }
}
