//! What happened lately: one message is shown above the footer, all are kept for the list behind `M`.
//! No timer takes a message away; the first key after a while does, so that idling costs nothing.

use std::collections::VecDeque;

use crate::domain::Timestamp;
use crate::domain::instant::SECOND;

use super::theme::Tone;

/// Messages kept.
const KEPT: usize = 100;
/// A message stays at least this long against keys.
const STAYS: i64 = 3 * SECOND;

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Message {
    pub at: Timestamp,
    pub tone: Tone,
    pub text: String,
    /// What would help.
    pub hint: Option<String>,
}

/// The message shown and those before it.
#[derive(Clone, Default, Debug)]
pub struct Messages {
    list: VecDeque<Message>,
    shown: bool,
}

impl Messages {
    pub fn push(&mut self, at: Timestamp, tone: Tone, text: String, hint: Option<String>) {
        if self.list.len() == KEPT {
            self.list.pop_front();
        }
        self.list.push_back(Message {
            at,
            tone,
            text,
            hint,
        });
        self.shown = true;
    }

    /// The message above the footer.
    pub fn shown(&self) -> Option<&Message> {
        if self.shown { self.list.back() } else { None }
    }

    /// A key came: what stood long enough goes.
    pub fn key(&mut self, now: Timestamp) {
        if self.list.back().is_some_and(|m| now.since(m.at) >= STAYS) {
            self.shown = false;
        }
    }

    /// What a closed dialog or screen was told says nothing of the next one; what was said with this key stays.
    pub fn turn(&mut self, now: Timestamp) {
        let stale = |m: &Message| m.tone == Tone::Warning && m.at < now;
        if self.list.back().is_some_and(stale) {
            self.shown = false;
        }
    }

    /// Newest first.
    pub fn iter(&self) -> impl Iterator<Item = &Message> {
        self.list.iter().rev()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_goes_with_the_first_key_after_a_while_and_stays_in_the_list() {
        let mut messages = Messages::default();
        messages.push(Timestamp(0), Tone::Good, "a".into(), None);
        messages.key(Timestamp(SECOND));
        assert!(messages.shown().is_some());
        messages.key(Timestamp(4 * SECOND));
        assert!(messages.shown().is_none());
        assert_eq!(messages.iter().count(), 1);
    }
}
