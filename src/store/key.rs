//! Keys whose bytes sort as their meaning does, and spans of them. Nothing here touches the database.

use std::ops::Bound;

use ring::digest;

use super::page::{Cursor, Direction, Window};
use crate::domain::certificate::CertificateKey;
use crate::domain::{CrlNumber, IssuerId, Serial, Timestamp};

/// A key under construction; its parts compare in the order they were added.
#[derive(Clone, Default)]
pub(crate) struct Key(Vec<u8>);

impl Key {
    pub fn new() -> Self {
        Self(Vec::with_capacity(48))
    }

    pub fn byte(self, value: u8) -> Self {
        self.raw(&[value])
    }

    pub fn u32(self, value: u32) -> Self {
        self.raw(&value.to_be_bytes())
    }

    pub fn u64(self, value: u64) -> Self {
        self.raw(&value.to_be_bytes())
    }

    /// Instants before the epoch sort first: the sign bit is flipped.
    pub fn time(self, value: Timestamp) -> Self {
        self.u64((value.millis() as u64) ^ (1 << 63))
    }

    pub fn id(self, value: &[u8; 16]) -> Self {
        self.raw(value)
    }

    pub fn raw(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }

    /// Numeric order: length octet, then magnitude.
    pub fn serial(self, serial: &Serial) -> Self {
        let magnitude = serial.magnitude();
        self.byte(magnitude.len() as u8).raw(magnitude)
    }

    pub fn certificate(self, key: &CertificateKey) -> Self {
        self.id(&key.issuer.0).serial(&key.serial)
    }

    pub fn crl_number(self, number: CrlNumber) -> Self {
        let content = number.der_content();
        self.byte(content.len() as u8).raw(&content)
    }

    /// Eight octets that stand for a text compared without regard to case and blanks: for equality, not order.
    pub fn same_text(self, text: &str) -> Self {
        self.digest(fold(text).as_bytes())
    }

    /// Eight octets that stand for these bytes: for equality, not order.
    pub fn digest(self, bytes: &[u8]) -> Self {
        let hash = digest::digest(&digest::SHA256, bytes);
        self.raw(&hash.as_ref()[..8])
    }

    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    pub fn done(self) -> Vec<u8> {
        self.0
    }
}

/// Text as it is looked for: lower case, runs of blanks as one.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        if word.is_ascii() {
            folded.extend(word.bytes().map(|b| b.to_ascii_lowercase() as char));
        } else {
            folded.push_str(&word.to_lowercase());
        }
    }
    folded
}

/// The words of a text as they are looked for: lower case, at anything that is neither letter nor digit apart.
pub fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
}

/// [`fold`]ed text cut to at most `limit` octets at a character, with a 0 octet behind it so that a shorter text
/// sorts before a longer one.
pub(crate) fn folded_key(text: &str, limit: usize) -> Vec<u8> {
    let mut key = folded_prefix(text, limit);
    key.push(0);
    key
}

/// The part of [`folded_key`] that a beginning of the text shares with it.
pub(crate) fn folded_prefix(text: &str, limit: usize) -> Vec<u8> {
    let mut folded = fold(text);
    let mut end = folded.len().min(limit);
    while !folded.is_char_boundary(end) {
        end -= 1;
    }
    folded.truncate(end);
    let mut key = folded.into_bytes();
    // A 0 octet ends the key.
    key.iter_mut().filter(|b| **b == 0).for_each(|b| *b = b' ');
    key
}

/// Reads back the issuer and serial that [`Key::certificate`] wrote.
pub(crate) fn certificate_key(bytes: &[u8]) -> Option<CertificateKey> {
    let (issuer, rest) = bytes.split_first_chunk::<16>()?;
    let (length, rest) = rest.split_first()?;
    let magnitude = rest.get(..usize::from(*length))?;
    Some(CertificateKey {
        issuer: IssuerId(*issuer),
        serial: Serial::from_magnitude(magnitude).ok()?,
    })
}

/// A contiguous run of keys.
#[derive(Clone, Debug)]
pub(crate) struct Span {
    pub low: Bound<Vec<u8>>,
    pub high: Bound<Vec<u8>>,
}

impl Span {
    pub fn all() -> Self {
        Self {
            low: Bound::Unbounded,
            high: Bound::Unbounded,
        }
    }

    /// Every key that begins with `prefix`.
    pub fn prefix(prefix: &[u8]) -> Self {
        Self {
            low: Bound::Included(prefix.to_vec()),
            high: after_prefix(prefix).map_or(Bound::Unbounded, Bound::Excluded),
        }
    }

    /// From `low` on.
    pub fn from(low: &[u8]) -> Self {
        Self {
            low: Bound::Included(low.to_vec()),
            high: Bound::Unbounded,
        }
    }

    /// From `low` on, and before `high`.
    pub fn between(low: Key, high: Key) -> Self {
        Self {
            low: Bound::Included(low.done()),
            high: Bound::Excluded(high.done()),
        }
    }

    /// The part of this span that lies beyond the window's cursor in its direction; `None` if nothing can.
    pub fn beyond(&self, window: &Window) -> Option<Self> {
        let mut span = self.clone();
        if let Some(Cursor(key)) = &window.after {
            let cut = Bound::Excluded(key.clone());
            match window.direction {
                Direction::Forward if self.is_below(key) => return None,
                Direction::Backward if self.is_above(key) => return None,
                Direction::Forward if self.contains(key) => span.low = cut,
                Direction::Backward if self.contains(key) => span.high = cut,
                _ => {}
            }
        }
        // redb wants low ≤ high, and no empty span between two excluded ends.
        let ordered = match (&span.low, &span.high) {
            (Bound::Included(low), Bound::Included(high)) => low <= high,
            (Bound::Included(low) | Bound::Excluded(low), Bound::Excluded(high))
            | (Bound::Excluded(low), Bound::Included(high)) => low < high,
            _ => true,
        };
        ordered.then_some(span)
    }

    /// Whether all of this span lies below `key`.
    fn is_below(&self, key: &[u8]) -> bool {
        match &self.high {
            Bound::Included(high) => high.as_slice() < key,
            Bound::Excluded(high) => high.as_slice() <= key,
            Bound::Unbounded => false,
        }
    }

    /// Whether all of this span lies above `key`.
    fn is_above(&self, key: &[u8]) -> bool {
        match &self.low {
            Bound::Included(low) => low.as_slice() > key,
            Bound::Excluded(low) => low.as_slice() >= key,
            Bound::Unbounded => false,
        }
    }

    pub fn contains(&self, key: &[u8]) -> bool {
        let above = match &self.low {
            Bound::Included(low) => key >= low.as_slice(),
            Bound::Excluded(low) => key > low.as_slice(),
            Bound::Unbounded => true,
        };
        let below = match &self.high {
            Bound::Included(high) => key <= high.as_slice(),
            Bound::Excluded(high) => key < high.as_slice(),
            Bound::Unbounded => true,
        };
        above && below
    }
}

/// The smallest key above everything that begins with `prefix`; `None` if there is none.
fn after_prefix(prefix: &[u8]) -> Option<Vec<u8>> {
    let last = prefix.iter().rposition(|b| *b != 0xff)?;
    let mut next = prefix[..=last].to_vec();
    next[last] += 1;
    Some(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_sort_as_their_meaning_does() {
        let time = |t| Key::new().time(Timestamp(t)).done();
        assert!(time(-5) < time(0) && time(0) < time(7));
        let serial = |s| Key::new().serial(&Serial::parse(s).unwrap()).done();
        assert!(serial("ff") < serial("0100") && serial("0100") < serial("0101"));
        let number = |n: u64| Key::new().crl_number(CrlNumber::from(n)).done();
        assert!(number(127) < number(128) && number(255) < number(256));
        assert!(folded_key("Budi", 40) < folded_key("budi s", 40));
    }

    #[test]
    fn a_span_of_a_prefix_ends_where_the_prefix_does() {
        let span = Span::prefix(&[1, 0xff]);
        assert!(span.contains(&[1, 0xff]) && span.contains(&[1, 0xff, 0xff]));
        assert!(!span.contains(&[2]) && !span.contains(&[1, 0xfe]));
        assert!(Span::prefix(&[0xff]).contains(&[0xff, 0xff]));
    }

    #[test]
    fn folding_cuts_at_a_character() {
        assert_eq!(folded_prefix("  AÉ  b", 2), b"a");
        assert_eq!(fold(" Dinas\tKesehatan "), "dinas kesehatan");
    }
}
