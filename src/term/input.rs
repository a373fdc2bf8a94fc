//! Bytes from a terminal → [`Event`]s, however the link has cut them. Cuts the stream into complete sequences by itself
//! (ECMA-48 shapes), so that memory stays bounded and a late byte never turns half an arrow into letters.
//! Never reads a clock: the caller passes ms and asks [`Decoder::deadline`] when to call [`Decoder::expire`].

use super::event::{Event, Key, KeyCode};
use super::paste::{Paste, Step};
use super::sequence::{control_key, event_of};

const ESC: u8 = 0x1B;
/// Longer control sequences than this no terminal sends; they are swallowed whole.
const MAX_SEQUENCE: usize = 64;
/// OSC and DCS answers may be longer.
const MAX_STRING: usize = 1024;
/// Keys of one read beyond this are a flood, not typing; reports still come through.
const MAX_KEYS: usize = 4096;
/// Keys closer together than this came as one: a paste at 1200 B/s has a byte every 8 ms, a key held down repeats no
/// faster than every 20.
const BURST_MS: i64 = 10;
/// So many typed keys at once are a burst.
const BURST_KEYS: usize = 3;
/// How long after an expired ESC its late tail (`[A`) is still recognised and dropped.
const ORPHAN_MS: i64 = 3000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Ground,
    /// Inside a UTF-8 character of that many bytes.
    Utf8(usize),
    /// ESC read, nothing after it: the Esc key or the start of anything.
    Escape,
    /// `ESC O`.
    SingleShift,
    /// `ESC [`.
    Control,
    /// Bytes still to take blindly: X10 mouse, `ESC [ [ A` of the Linux console.
    Fixed(usize),
    /// OSC, DCS, APC, PM or SOS up to BEL or ST.
    Text,
    Paste,
}

/// The input side of one terminal.
#[derive(Debug)]
pub struct Decoder {
    state: State,
    /// The sequence or character so far.
    pending: Vec<u8>,
    paste: Paste,
    last_byte_ms: i64,
    esc_hold_ms: i64,
    expired_esc_ms: Option<i64>,
    burst: (i64, usize),
    mouse: bool,
}

impl Default for Decoder {
    fn default() -> Self {
        Self {
            state: State::Ground,
            pending: Vec::new(),
            paste: Paste::default(),
            last_byte_ms: 0,
            esc_hold_ms: Self::ESC_HOLD_MS,
            expired_esc_ms: None,
            burst: (i64::MIN / 2, 0),
            mouse: false,
        }
    }
}

impl Decoder {
    /// How long a lone ESC waits for a tail when nothing is known of the link.
    pub const ESC_HOLD_MS: i64 = 100;
    /// Bytes of a paste that are kept; the rest of a longer one is read and dropped.
    pub const MAX_PASTE: usize = 64 * 1024;

    /// Sets how long a lone ESC waits for a tail, in ms (see [`super::Pacer::esc_hold_ms`]).
    pub fn set_esc_hold(&mut self, ms: i64) {
        self.esc_hold_ms = ms.clamp(20, 1000);
    }

    /// Says whether the mouse is on: only then `ESC [ M` takes three coordinate bytes with it.
    pub fn expect_mouse(&mut self, on: bool) {
        self.mouse = on;
    }

    /// Takes what was read at `now_ms` and returns all events it completed, in order.
    pub fn feed(&mut self, bytes: &[u8], now_ms: i64) -> Vec<Event> {
        let mut events = Vec::new();
        let rest = self.skip_orphan(bytes, now_ms, &mut events);
        for &byte in rest {
            self.byte(byte, &mut events);
        }
        if !bytes.is_empty() {
            self.last_byte_ms = now_ms;
        }
        self.mark_burst(&mut events, now_ms);
        events
    }

    /// When [`Self::expire`] wants to be called, in ms; `None` while nothing is held.
    pub fn deadline(&self) -> Option<i64> {
        let hold = match self.state {
            State::Ground => return None,
            State::Escape | State::Utf8(_) => self.esc_hold_ms,
            State::SingleShift | State::Control | State::Fixed(_) => 1000.max(self.esc_hold_ms * 4),
            State::Text => 3000,
            State::Paste => 10_000,
        };
        Some(self.last_byte_ms + hold)
    }

    /// Gives up waiting when the deadline has passed: a lone ESC becomes the Esc key, half a character U+FFFD, an
    /// unended paste ends; half a sequence is dropped.
    pub fn expire(&mut self, now_ms: i64) -> Vec<Event> {
        let mut events = Vec::new();
        if self.deadline().is_none_or(|deadline| now_ms < deadline) {
            return events;
        }
        match self.state {
            State::Escape => {
                self.expired_esc_ms = Some(now_ms);
                push_key(&mut events, Key::plain(KeyCode::Esc));
            }
            State::Utf8(_) => push_key(&mut events, Key::char(char::REPLACEMENT_CHARACTER)),
            State::Paste => events.push(Event::Paste(self.paste.take())),
            _ => {}
        }
        self.ground();
        events
    }

    fn byte(&mut self, byte: u8, events: &mut Vec<Event>) {
        match self.state {
            State::Ground => self.start(byte, events),
            State::Utf8(need) => self.continue_character(byte, need, events),
            State::Escape => self.after_escape(byte, events),
            State::SingleShift => match byte {
                b'0'..=b'9' | b';' if self.pending.len() < 8 => self.pending.push(byte),
                0x40..=0x7E => self.finish(byte, events),
                _ => self.restart(byte, events),
            },
            State::Control => self.control(byte, events),
            State::Fixed(1) => self.finish(byte, events),
            State::Fixed(left) => {
                self.pending.push(byte);
                self.state = State::Fixed(left - 1);
            }
            State::Text => self.text(byte, events),
            State::Paste => self.pasted(byte, events),
        }
    }

    fn start(&mut self, byte: u8, events: &mut Vec<Event>) {
        match byte {
            ESC => {
                self.pending.push(byte);
                self.state = State::Escape;
            }
            0x20..=0x7E => push_key(events, Key::char(char::from(byte))),
            0xC2..=0xDF => self.character(byte, 2),
            0xE0..=0xEF => self.character(byte, 3),
            0xF0..=0xF4 => self.character(byte, 4),
            0x80.. => push_key(events, Key::char(char::REPLACEMENT_CHARACTER)),
            _ => {
                if let Some(key) = control_key(byte) {
                    push_key(events, key);
                }
            }
        }
    }

    fn character(&mut self, byte: u8, need: usize) {
        self.pending.push(byte);
        self.state = State::Utf8(need);
    }

    /// `pending` may begin with ESC here: Alt and a character beyond ASCII.
    fn continue_character(&mut self, byte: u8, need: usize, events: &mut Vec<Event>) {
        let alt = self.pending.first() == Some(&ESC);
        self.pending.push(byte);
        let character = &self.pending[usize::from(alt)..];
        match std::str::from_utf8(character) {
            Ok(text) => {
                // C1 controls are as little a key as the bytes they stand for.
                if let Some(c) = text.chars().next().filter(|c| !c.is_control()) {
                    let key = Key::char(c);
                    push_key(events, Key { alt, ..key });
                }
                self.ground();
            }
            Err(error) if error.error_len().is_none() && character.len() < need => {}
            Err(_) => {
                push_key(events, Key::char(char::REPLACEMENT_CHARACTER));
                self.restart(byte, events);
            }
        }
    }

    fn after_escape(&mut self, byte: u8, events: &mut Vec<Event>) {
        match byte {
            // Two ESC are the key twice or the key and a sequence: nothing of ours needs Alt with an arrow.
            ESC => push_key(events, Key::plain(KeyCode::Esc)),
            b'[' => self.introduce(byte, State::Control),
            b'O' => self.introduce(byte, State::SingleShift),
            b']' | b'P' | b'_' | b'^' | b'X' => self.introduce(byte, State::Text),
            0xC2..=0xDF => self.character(byte, 2),
            0xE0..=0xEF => self.character(byte, 3),
            0xF0..=0xF4 => self.character(byte, 4),
            0x20..=0x7E => {
                let key = Key::char(char::from(byte));
                push_key(events, Key { alt: true, ..key });
                self.ground();
            }
            _ => {
                if let Some(key) = control_key(byte) {
                    push_key(events, Key { alt: true, ..key });
                }
                self.ground();
            }
        }
    }

    fn introduce(&mut self, byte: u8, state: State) {
        self.pending.push(byte);
        self.state = state;
    }

    fn control(&mut self, byte: u8, events: &mut Vec<Event>) {
        let first = self.pending.len() == 2;
        match byte {
            b'[' if first => self.introduce(byte, State::Fixed(1)),
            b'M' if first && self.mouse => self.introduce(byte, State::Fixed(3)),
            // rxvt ends Shift with a function key in `$`, elsewhere an intermediate byte.
            b'$' if self.pending[2..].iter().all(u8::is_ascii_digit) && !first => {
                self.finish(byte, events);
            }
            0x20..=0x3F => {
                // Beyond the bound the shape is followed and the bytes are dropped.
                if self.pending.len() < MAX_SEQUENCE {
                    self.pending.push(byte);
                }
            }
            0x40..=0x7E if self.pending.len() >= MAX_SEQUENCE => self.ground(),
            0x40..=0x7E => self.finish(byte, events),
            _ => self.restart(byte, events),
        }
    }

    fn text(&mut self, byte: u8, events: &mut Vec<Event>) {
        let after_escape = self.pending.last() == Some(&ESC);
        match byte {
            b'\\' if after_escape => self.finish(byte, events),
            _ if after_escape => {
                // The string was cut off and something new has begun.
                self.ground();
                self.byte(ESC, events);
                self.byte(byte, events);
            }
            0x07 => self.finish(byte, events),
            0x18 | 0x1A => self.ground(),
            ESC => self.pending.push(byte),
            _ if self.pending.len() < MAX_STRING => self.pending.push(byte),
            _ => {}
        }
    }

    fn pasted(&mut self, byte: u8, events: &mut Vec<Event>) {
        match self.paste.byte(byte, Self::MAX_PASTE) {
            Step::More => {}
            Step::StatusReport => events.push(Event::StatusReport),
            Step::End => {
                events.push(Event::Paste(self.paste.take()));
                self.ground();
            }
        }
    }

    fn finish(&mut self, byte: u8, events: &mut Vec<Event>) {
        self.pending.push(byte);
        let sequence = std::mem::take(&mut self.pending);
        let oversized = self.state == State::Text && sequence.len() > MAX_STRING;
        self.state = State::Ground;
        if oversized {
            return;
        }
        if sequence == b"\x1b[200~" {
            self.state = State::Paste;
        } else if let Some(event) = event_of(&sequence) {
            match event {
                Event::Key { key, .. } => push_key(events, key),
                report => events.push(report),
            }
        }
    }

    /// A byte that cannot belong to what was begun ends it and stands for itself.
    fn restart(&mut self, byte: u8, events: &mut Vec<Event>) {
        self.ground();
        // A stray continuation byte has been reported with the character it broke.
        if !(0x80..=0xBF).contains(&byte) {
            self.start(byte, events);
        }
    }

    fn ground(&mut self) {
        self.pending.clear();
        self.state = State::Ground;
    }

    /// Drops the tail of an arrow whose ESC came so much earlier that it already counted as the Esc key. A person's `[`
    /// and `A` arrive in two reads; the tail of a sequence arrives in one.
    fn skip_orphan<'a>(
        &mut self,
        bytes: &'a [u8],
        now_ms: i64,
        events: &mut Vec<Event>,
    ) -> &'a [u8] {
        if bytes.is_empty() {
            return bytes;
        }
        let Some(expired) = self.expired_esc_ms.take() else {
            return bytes;
        };
        let Some(length) = orphan_tail(bytes).filter(|_| now_ms - expired <= ORPHAN_MS) else {
            return bytes;
        };
        let mut sequence = vec![ESC];
        sequence.extend_from_slice(&bytes[..length]);
        match event_of(&sequence) {
            None | Some(Event::Key { .. } | Event::Mouse(_)) => {}
            Some(report) => events.push(report),
        }
        &bytes[length..]
    }

    /// Whoever answers to what he sees, however fast, has had a frame in between: its report ends the count, unless it
    /// came in the middle of a burst.
    fn mark_burst(&mut self, events: &mut [Event], now_ms: i64) {
        let (last_ms, mut before) = self.burst;
        let drawn = events.contains(&Event::StatusReport);
        if now_ms - last_ms > BURST_MS || drawn && before < BURST_KEYS {
            before = 0;
        }
        let typed = events.iter().filter(|event| is_typed(event)).count();
        let count = before + typed;
        self.burst = (if typed > 0 { now_ms } else { last_ms }, count);
        if typed > 0 && count >= BURST_KEYS {
            for event in events {
                if let Event::Key { burst, .. } = event {
                    *burst = true;
                }
            }
        }
    }
}

/// Keys that a paste without brackets is made of.
fn is_typed(event: &Event) -> bool {
    matches!(
        event,
        Event::Key {
            key: Key {
                code: KeyCode::Char(_) | KeyCode::Enter | KeyCode::Tab,
                ctrl: false,
                alt: false,
            },
            ..
        }
    )
}

fn orphan_tail(bytes: &[u8]) -> Option<usize> {
    match bytes {
        [b'O', b'A'..=b'D' | b'F' | b'H' | b'P'..=b'S', ..] => Some(2),
        [b'[', rest @ ..] => {
            let parameters = rest
                .iter()
                .take(16)
                .take_while(|b| (0x20..0x40).contains(*b))
                .count();
            let end = rest.get(parameters)?;
            b"ABCDFHPQRSZ~cny".contains(end).then_some(parameters + 2)
        }
        _ => None,
    }
}

fn push_key(events: &mut Vec<Event>, key: Key) {
    if events.len() < MAX_KEYS {
        events.push(Event::Key { key, burst: false });
    }
}
