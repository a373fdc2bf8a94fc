//! The line on a terminal that says how far a long import is: count, rate and the time that is left. Written on standard
//! error and nowhere else, at most twice a second, so that a slow link carries it.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use unicode_width::UnicodeWidthStr;

use super::output::Output;
use crate::session::caller::Stream;

/// Between two looks at the line.
const PAUSE: Duration = Duration::from_millis(500);
/// An import that is over sooner needs no line.
const SILENCE: Duration = Duration::from_secs(1);

/// How far an import of several files is.
pub struct Progress {
    out: Option<Output>,
    /// Octets of everything that is to be read; `None` where a part of it is a pipe.
    total: Option<u64>,
    octets: Arc<AtomicU64>,
    begun: Instant,
    told: Option<Instant>,
    width: usize,
}

impl Progress {
    pub fn new(out: &Output, total: Option<u64>) -> Self {
        let live = out.caller.is_terminal(Stream::Error);
        Self {
            out: live.then(|| out.clone()),
            total,
            octets: Arc::default(),
            begun: Instant::now(),
            told: None,
            width: 0,
        }
    }

    /// Counts what is read through it.
    pub fn counted<R: Read>(&self, input: R) -> Counted<R> {
        Counted {
            input,
            octets: Arc::clone(&self.octets),
        }
    }

    /// So many certificates were read and so many of them were new.
    pub fn tell(&mut self, read: u64, added: u64) {
        let now = Instant::now();
        let elapsed = now - self.begun;
        let due = self.told.map_or(self.begun + SILENCE, |told| told + PAUSE);
        if now < due {
            return;
        }
        self.told = Some(now);
        let Some(out) = &self.out else {
            return;
        };
        let rate = (read as f64 / elapsed.as_secs_f64()) as u64;
        let facts = [
            ("read", out.format.count(read)),
            ("added", out.format.count(added)),
            ("rate", out.format.count(rate)),
            (
                "left",
                self.left(elapsed).map_or_else(|| "?".to_owned(), clock),
            ),
        ];
        let text = out.message("cli-import-progress", &facts);
        let width = text.width();
        let gap = " ".repeat(self.width.saturating_sub(width));
        self.width = width;
        let _ = out
            .caller
            .say(Stream::Error, format!("\r{text}{gap}").as_bytes());
    }

    /// Ends the line, so that what follows stands below it.
    pub fn end(&self) {
        if self.width > 0
            && let Some(out) = &self.out
        {
            let _ = out.caller.say(Stream::Error, b"\n");
        }
    }

    fn left(&self, elapsed: Duration) -> Option<Duration> {
        remaining(self.octets.load(Ordering::Relaxed), self.total?, elapsed)
    }
}

/// How long the rest takes at the speed so far.
fn remaining(done: u64, total: u64, elapsed: Duration) -> Option<Duration> {
    if done == 0 {
        return None;
    }
    let rest = total.saturating_sub(done) as f64 / done as f64;
    Duration::try_from_secs_f64(elapsed.as_secs_f64() * rest).ok()
}

/// "0:07", "12:30", "3:05:00": hours only where there are some.
fn clock(time: Duration) -> String {
    let seconds = time.as_secs();
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes}:{seconds:02}")
    }
}

/// A reader whose octets count.
pub struct Counted<R> {
    input: R,
    octets: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(buffer)?;
        self.octets.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_follows_from_the_octets_read_so_far() {
        let second = Duration::from_secs(1);
        assert_eq!(remaining(100, 400, 10 * second), Some(30 * second));
        assert_eq!(remaining(400, 400, 10 * second), Some(Duration::ZERO));
        // A file that grew while it was read.
        assert_eq!(remaining(500, 400, 10 * second), Some(Duration::ZERO));
        assert_eq!(remaining(0, 400, 10 * second), None);
        assert_eq!(clock(Duration::from_secs(7)), "0:07");
        assert_eq!(clock(Duration::from_secs(750)), "12:30");
        assert_eq!(clock(Duration::from_secs(3 * 3600 + 300)), "3:05:00");
    }
}
