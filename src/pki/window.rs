//! A sliding view over a stream: as much of it in memory as one look needs, whatever its length.

use std::io::{self, ErrorKind, Read};

/// Octets read from the source at a time.
const CHUNK: usize = 64 * 1024;

/// What was read from `source` and not yet consumed.
pub struct Window<R> {
    source: R,
    buffer: Vec<u8>,
    start: usize,
    offset: u64,
    ended: bool,
    limit: Option<u64>,
}

impl<R: Read> Window<R> {
    pub const fn new(source: R) -> Self {
        Self {
            source,
            buffer: Vec::new(),
            start: 0,
            offset: 0,
            ended: false,
            limit: None,
        }
    }

    /// Octets consumed so far: where the view begins in the stream.
    pub const fn offset(&self) -> u64 {
        self.offset
    }

    /// Lets the stream seem to end after `octets` more, until called with `None`.
    pub const fn set_limit(&mut self, octets: Option<u64>) {
        self.limit = octets;
    }

    /// What is in memory.
    pub fn view(&self) -> &[u8] {
        let all = &self.buffer[self.start..];
        match self.limit {
            Some(limit) if (all.len() as u64) > limit => &all[..limit as usize],
            _ => all,
        }
    }

    /// At least `wanted` octets from here on, fewer only where the stream ends.
    pub fn fill(&mut self, wanted: usize) -> io::Result<&[u8]> {
        while self.buffer.len() - self.start < wanted && !self.ended && self.limit_beyond_buffer() {
            self.read_chunk()?;
        }
        Ok(self.view())
    }

    fn limit_beyond_buffer(&self) -> bool {
        let held = (self.buffer.len() - self.start) as u64;
        self.limit.is_none_or(|limit| held < limit)
    }

    fn read_chunk(&mut self) -> io::Result<()> {
        if self.start > 0 {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
        let held = self.buffer.len();
        self.buffer.resize(held + CHUNK, 0);
        let read = loop {
            match self.source.read(&mut self.buffer[held..]) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                other => break other,
            }
        };
        self.buffer.truncate(held + *read.as_ref().unwrap_or(&0));
        self.ended = read? == 0;
        Ok(())
    }

    /// Moves on by `octets`, which are in memory.
    pub fn consume(&mut self, octets: usize) {
        let octets = octets.min(self.view().len());
        self.start += octets;
        self.offset += octets as u64;
        if let Some(limit) = &mut self.limit {
            *limit -= octets as u64;
        }
    }

    /// Moves on by `octets` or to the end of the stream.
    pub fn skip(&mut self, mut octets: u64) -> io::Result<()> {
        while octets > 0 && !self.fill(1)?.is_empty() {
            let step = octets.min(self.view().len() as u64);
            self.consume(step as usize);
            octets -= step;
        }
        Ok(())
    }

    /// The length of the next line with its line feed; a line beyond `longest` is given in pieces. `None` at the end.
    pub fn line(&mut self, longest: usize) -> io::Result<Option<usize>> {
        let mut searched = 0;
        loop {
            let held = self.view();
            if let Some(at) = memchr::memchr(b'\n', &held[searched..]) {
                return Ok(Some(searched + at + 1));
            }
            searched = held.len();
            if searched >= longest {
                return Ok(Some(searched));
            }
            if self.fill(searched + 1)?.len() == searched {
                return Ok((searched > 0).then_some(searched));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_limits_cross_the_chunks_of_a_slow_source() {
        /// Gives one octet at a time.
        struct Drip<'a>(&'a [u8]);
        impl Read for Drip<'_> {
            fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
                let Some((first, rest)) = self.0.split_first() else {
                    return Ok(0);
                };
                out[0] = *first;
                self.0 = rest;
                Ok(1)
            }
        }
        let mut window = Window::new(Drip(b"one\ntwo\r\nlast"));
        assert_eq!(window.line(100).unwrap(), Some(4));
        window.consume(4);
        assert_eq!(window.fill(3).unwrap(), b"two");
        window.set_limit(Some(2));
        assert_eq!(window.view(), b"tw");
        window.skip(99).unwrap();
        assert_eq!(window.fill(5).unwrap(), b"");
        window.set_limit(None);
        assert_eq!((window.offset(), window.line(100).unwrap()), (6, Some(3)));
        window.consume(3);
        assert_eq!(window.line(2).unwrap(), Some(2));
        assert_eq!(window.line(100).unwrap(), Some(4));
        window.consume(4);
        assert_eq!(window.line(100).unwrap(), None);
    }
}
