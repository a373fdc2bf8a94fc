//! Pacing: a frame goes out only when the terminal has answered the status request behind the last one, so that no link
//! and no buffer ever holds more than the newest picture. A pure state machine; time comes in as ms.
//!
//! Queue lengths tell nothing (TIOCOUTQ is 0 on a pty and sshd swallows 64 KiB); only an answer proves that bytes were read.

use super::capabilities::Capabilities;
use super::encode::SYNCHRONIZE_FROM;
use std::collections::VecDeque;

/// No answer for so long means the terminal does not answer.
const SILENCE_MS: i64 = 3000;
/// Then at most one frame in this time.
const SILENT_INTERVAL_MS: i64 = 1000;
/// From this round trip on two frames may be under way.
const LONG_ROUND_TRIP_MS: i64 = 300;
/// Answers remembered for the estimate of the link.
const SAMPLES: usize = 16;
/// Unanswered requests remembered; older ones will not be answered.
const MAX_OWED: usize = 64;

/// A frame so short may go without a request when nothing else is under way: on the slowest link it takes 50 ms.
const SHORT_FRAME: usize = 64;
/// DA1: what the terminal is. Its answer stands in for the first status report.
const WHAT: &[u8] = b"\x1b[c";
/// DSR 5. Its answer is [`super::Event::StatusReport`].
const STATUS: &[u8] = b"\x1b[5n";
/// DECRQM 2026 and XTVERSION, and the request that every frame ends in.
const MORE: &[u8] = b"\x1b[?2026$p\x1b[>q\x1b[5n";

/// Decides when the next frame may go out, and knows how the link behaves.
#[derive(Debug, Clone, Default)]
pub struct Pacer {
    /// Requests without an answer: when sent and with how many bytes.
    owed: VecDeque<(i64, usize)>,
    /// The last frame went without a request.
    unasked: bool,
    /// More was asked than what every frame asks.
    asked_more: bool,
    last_sent: Option<i64>,
    last_answer: Option<i64>,
    silent: bool,
    /// Round trips and bytes of the last answered frames.
    samples: VecDeque<(i64, usize)>,
}

impl Pacer {
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether a frame may be sent now.
    pub fn may_send(&self, now_ms: i64) -> bool {
        self.wait_until().is_none_or(|until| now_ms >= until)
    }

    /// When a frame that may not be sent yet could be, if no answer comes before; `None` when one may go at once.
    pub fn next_deadline(&self, now_ms: i64) -> Option<i64> {
        self.wait_until().filter(|&until| until > now_ms)
    }

    fn wait_until(&self) -> Option<i64> {
        let &(oldest, _) = self.owed.front()?;
        if self.silent {
            return self.last_sent.map(|sent| sent + SILENT_INTERVAL_MS);
        }
        if self.owed.len() < self.window() {
            // A second frame right behind a large one would only queue, and be old when it is its turn.
            let &(sent, bytes) = self.owed.back()?;
            let rate = i64::try_from(self.bytes_per_second()?.max(1)).ok()?;
            let busy = i64::try_from(bytes).ok()? * 1000 / rate;
            return Some(sent + busy.min(SILENCE_MS));
        }
        // While answers trickle in, the silence is counted from the last one.
        let since = self.last_answer.map_or(oldest, |last| last.max(oldest));
        Some(since + SILENCE_MS)
    }

    /// A frame of `bytes` goes out now; returns what to write behind it. Mostly a status request; behind the first frame
    /// DA1; nothing behind a short frame when nothing else is under way, so that a key costs one answer, not two; and
    /// once, before synchronized output would first be of use, the questions about it and the terminal's name.
    pub fn send(
        &mut self,
        now_ms: i64,
        bytes: usize,
        capabilities: &Capabilities,
    ) -> &'static [u8] {
        let answers = !self.silent && !self.samples.is_empty();
        let question = if self.last_sent.is_none() {
            WHAT
        } else if answers && self.owed.is_empty() && !self.unasked && bytes <= SHORT_FRAME {
            self.unasked = true;
            self.last_sent = Some(now_ms);
            return b"";
        } else if bytes >= SYNCHRONIZE_FROM
            && !self.asked_more
            && self.is_fast()
            && capabilities.answers_modern_questions()
        {
            self.asked_more = true;
            MORE
        } else {
            STATUS
        };
        self.sent(now_ms, bytes + question.len());
        question
    }

    /// A frame with a request behind it has been written: `bytes` in all.
    pub(super) fn sent(&mut self, now_ms: i64, bytes: usize) {
        self.unasked = false;
        if self.owed.len() >= self.window() {
            let answering = |last| !self.silent && now_ms - last < 2 * SILENCE_MS;
            if self.last_answer.is_some_and(answering) {
                // The terminal does answer, so what is still owed was lost on the way.
                self.owed.clear();
            } else {
                self.silent = true;
            }
        }
        if self.owed.len() >= MAX_OWED {
            self.owed.pop_front();
        }
        self.owed.push_back((now_ms, bytes));
        self.last_sent = Some(now_ms);
    }

    /// A status report (or the answer to DA1 that stood in for it) has come. One that was not asked for is ignored.
    pub fn answered(&mut self, now_ms: i64) {
        let Some((sent, bytes)) = self.owed.pop_front() else {
            return;
        };
        self.silent = false;
        self.last_answer = Some(now_ms);
        if self.samples.len() >= SAMPLES {
            self.samples.pop_front();
        }
        self.samples.push_back(((now_ms - sent).max(0), bytes));
    }

    /// The round trip of an empty frame, in ms: the shortest of the last answers. `None` before the first answer.
    pub fn round_trip_ms(&self) -> Option<i64> {
        self.samples.iter().map(|&(ms, _)| ms).min()
    }

    /// Whether a question is still to be answered.
    pub fn owes(&self) -> bool {
        !self.owed.is_empty()
    }

    /// Whether the terminal has stopped answering.
    pub fn is_silent(&self) -> bool {
        self.silent
    }

    /// Bytes per second, estimated from the large frame that came through best (others waited behind one before them);
    /// `None` when the link is too fast to tell.
    pub fn bytes_per_second(&self) -> Option<u64> {
        let base = self.round_trip_ms()?;
        self.samples
            .iter()
            .filter(|&&(ms, bytes)| bytes >= 128 && ms - base >= 20)
            .filter_map(|&(ms, bytes)| {
                let ms = u64::try_from(ms - base).ok()?;
                Some(bytes as u64 * 1000 / ms)
            })
            .max()
    }

    /// Whether a large frame is there within the blink of an eye: a round trip below 100 ms, at least 50 kB/s.
    pub fn is_fast(&self) -> bool {
        self.round_trip_ms().is_some_and(|ms| ms < 100)
            && self.bytes_per_second().is_none_or(|rate| rate >= 50_000)
    }

    /// How long a lone ESC should wait for its tail: 100 ms, longer on a long link, never more than 400.
    pub fn esc_hold_ms(&self) -> i64 {
        let round_trip = self.round_trip_ms().unwrap_or(0);
        (100 + round_trip / 4).min(400)
    }

    /// How long after the last key a detail may be drawn: 150 ms, longer on a long link, never more than 400.
    pub fn lazy_delay_ms(&self) -> i64 {
        let round_trip = self.round_trip_ms().unwrap_or(0);
        (150 + round_trip / 4).min(400)
    }

    fn window(&self) -> usize {
        match self.round_trip_ms() {
            Some(round_trip) if round_trip >= LONG_ROUND_TRIP_MS => 2,
            _ => 1,
        }
    }
}
