//! The words of a page with their places, and the ways in which a run of them can be what was looked for.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::Place;
use crate::letter::facts::PageText;

/// The words of a page, folded, each with its place.
pub(super) struct Words {
    page: u32,
    words: Vec<(String, usize, Range<usize>)>,
}

/// A run of words: index of the first and of the one behind the last.
pub(super) type Run = Range<usize>;

impl Words {
    pub(super) fn len(&self) -> usize {
        self.words.len()
    }

    pub(super) fn of(page: &PageText) -> Self {
        let mut words = Vec::new();
        for (line, text) in page.lines.iter().enumerate() {
            let mut word = String::new();
            let mut start = 0;
            for (at, c) in text.chars().chain([' ']).enumerate() {
                let within_word = c.is_alphanumeric()
                    || is_combining_mark(c)
                    || (!word.is_empty() && matches!(c, '\'' | '’' | 'ʼ' | '`'));
                if within_word {
                    if word.is_empty() {
                        start = at;
                    }
                    word.push(c);
                } else if !word.is_empty() {
                    let quotes = word.chars().rev().take_while(|c| !c.is_alphanumeric());
                    let end = at - quotes.count();
                    words.push((fold(&word), line, start..end));
                    word.clear();
                }
            }
        }
        Self {
            page: page.page,
            words,
        }
    }

    /// The run from `start` whose words, joined, are `wanted`.
    pub(super) fn exact(&self, start: usize, wanted: &str) -> Option<Run> {
        let mut rest = wanted;
        for (index, (word, ..)) in self.words.iter().enumerate().skip(start) {
            rest = rest.strip_prefix(word.as_str())?;
            if rest.is_empty() {
                return Some(start..index + 1);
            }
        }
        None
    }

    /// The run from `start` whose words, joined, are within a slip of `wanted`: one character in eight, two at most.
    pub(super) fn slip(&self, start: usize, wanted: &str) -> Option<Run> {
        let length = wanted.chars().count();
        let allowed = (length / 8).min(2);
        if allowed == 0 {
            return None;
        }
        let target: Vec<char> = wanted.chars().collect();
        let mut joined: Vec<char> = Vec::with_capacity(length + 2);
        for (index, (word, ..)) in self.words.iter().enumerate().skip(start) {
            joined.extend(word.chars());
            if joined.len() > length + allowed {
                return None;
            }
            if joined.len() + allowed >= length && within(&joined, &target, allowed) {
                return Some(start..index + 1);
            }
        }
        None
    }

    /// The run from `start` that has each part of a name in full or by its initial, at least one in full.
    pub(super) fn initials(&self, start: usize, parts: &[String]) -> Option<Run> {
        let run = self.words.get(start..start.checked_add(parts.len())?)?;
        let mut full = 0;
        for ((word, ..), part) in run.iter().zip(parts) {
            if word == part {
                full += 1;
            } else if word.chars().count() != 1 || !part.starts_with(word.as_str()) {
                return None;
            }
        }
        (full > 0).then_some(start..start + parts.len())
    }

    /// The stretches of lines that a run covers.
    pub(super) fn places(&self, run: Run, into: &mut Vec<Place>) {
        for (_, line, chars) in &self.words[run] {
            match into.last_mut() {
                Some(last)
                    if last.page == self.page
                        && last.line == *line
                        && last.chars.end <= chars.start
                        && last.chars.end > 0 =>
                {
                    last.chars.end = chars.end;
                }
                _ => into.push(Place {
                    page: self.page,
                    line: *line,
                    chars: chars.clone(),
                }),
            }
        }
    }
}

/// Letters and digits only, small, without accents.
pub(super) fn fold(text: &str) -> String {
    text.nfkd()
        .filter(|c| c.is_alphanumeric() && !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .collect()
}

/// Whether two texts are at most `limit` edits apart: a character wrong, missing, too many, or swapped with its
/// neighbour (optimal string alignment distance).
fn within(a: &[char], b: &[char], limit: usize) -> bool {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let mut cost = (last[j] + usize::from(x != y))
                .min(last[j + 1] + 1)
                .min(row[j] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                cost = cost.min(before[j - 1] + 1);
            }
            row.push(cost);
        }
        if row.iter().all(|cost| *cost > limit) {
            return false;
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()] <= limit
}
