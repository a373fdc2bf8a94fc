//! The entries that a list must have, read as they come: one at a time or many whole ones in a run.

/// A cursor over encoded entries that lie one behind the other in pieces.
pub(super) struct Wanted<I, B> {
    pieces: I,
    piece: Option<B>,
    /// Where the next entry begins in `piece`.
    at: usize,
}

impl<I, B, E> Wanted<I, B>
where
    I: Iterator<Item = Result<B, E>>,
    B: AsRef<[u8]>,
{
    pub const fn new(pieces: I) -> Self {
        Self {
            pieces,
            piece: None,
            at: 0,
        }
    }

    /// The octets from the next entry to the end of its piece; `None` behind the last entry.
    pub fn left(&mut self) -> Result<Option<&[u8]>, E> {
        while self.rest().is_empty() {
            match self.pieces.next() {
                Some(piece) => self.piece = Some(piece?),
                None => return Ok(None),
            }
            self.at = 0;
        }
        Ok(Some(self.rest()))
    }

    /// What [`Wanted::left`] said last; empty behind the last entry.
    pub fn rest(&self) -> &[u8] {
        let piece = self.piece.as_ref().map_or(&[][..], AsRef::as_ref);
        piece.get(self.at..).unwrap_or_default()
    }

    /// Steps over the next entry if it is `entry`, a whole one, octet for octet. Whether it was: an element of DER is
    /// never the beginning of another.
    pub fn pass(&mut self, entry: &[u8]) -> Result<bool, E> {
        let same = self.left()?.is_some_and(|rest| rest.starts_with(entry));
        if same {
            self.at += entry.len();
        }
        Ok(same)
    }

    /// Steps over `octets`, which hold whole entries of what is left of the piece.
    pub const fn step(&mut self, octets: usize) {
        self.at += octets;
    }
}
