//! Octets of a CRL being made, in huge pages where the system has them: the first touch of a usual page costs more than
//! what is written into it, and a list of a million entries touches thirteen thousand.

use std::io;
use std::ops::{Deref, DerefMut};

use memmap2::{Advice, MmapMut, MmapOptions};

/// A buffer that is sized ahead and grows when that was too little.
pub(super) struct LargeBuffer {
    pages: MmapMut,
    len: usize,
}

impl LargeBuffer {
    /// Room for so many octets. Nothing is touched before it is written; an error when there is no room.
    pub fn with_capacity(octets: usize) -> io::Result<Self> {
        let pages = MmapOptions::new().len(octets.max(1)).map_anon()?;
        // A system without them has the same octets in usual pages.
        let _ = pages.advise(Advice::HugePage);
        Ok(Self { pages, len: 0 })
    }

    #[cfg(test)]
    pub fn capacity(&self) -> usize {
        self.pages.len()
    }

    /// Appends `octets`; copies all that is there when it was sized too small.
    pub fn extend_from_slice(&mut self, octets: &[u8]) -> io::Result<()> {
        let end = self.len + octets.len();
        if end > self.pages.len() {
            let mut larger = Self::with_capacity(end.max(2 * self.pages.len()))?;
            larger.pages[..self.len].copy_from_slice(self);
            self.pages = larger.pages;
        }
        self.pages[self.len..end].copy_from_slice(octets);
        self.len = end;
        Ok(())
    }
}

impl Deref for LargeBuffer {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.pages[..self.len]
    }
}

impl DerefMut for LargeBuffer {
    fn deref_mut(&mut self) -> &mut [u8] {
        &mut self.pages[..self.len]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_holds_what_was_appended_whatever_it_was_sized_for() {
        for capacity in [0, 1, 5000, 1 << 22] {
            let mut buffer = LargeBuffer::with_capacity(capacity).unwrap();
            let mut wanted = Vec::new();
            for n in 0..300_u32 {
                let piece = vec![n as u8; n as usize * 7 % 61];
                buffer.extend_from_slice(&piece).unwrap();
                wanted.extend_from_slice(&piece);
            }
            buffer[3] = 9;
            wanted[3] = 9;
            assert_eq!(*buffer, *wanted);
        }
    }
}
