//! One line of text being typed, edited by graphemes. A secret field never shows what it holds and is wiped after use.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use secrecy::{ExposeSecret, SecretString};
use unicode_segmentation::UnicodeSegmentation;
use zeroize::Zeroize;

use crate::domain::distinguished_name::is_unprintable;
use crate::term::{Key, KeyCode};
use crate::tui::draw;
use crate::tui::look::Look;
use crate::tui::theme::Tone;

/// A text field. `Debug` shows no text, since it may be a secret.
pub struct TextField {
    text: String,
    /// Byte offset of the cursor, always at a grapheme's edge.
    cursor: usize,
    /// Bytes it takes at most.
    limit: usize,
    secret: bool,
}

impl TextField {
    pub fn new(limit: usize) -> Self {
        // Room for all of it at once: a secret that grows leaves no copies behind.
        Self {
            text: String::with_capacity(limit),
            cursor: 0,
            limit,
            secret: false,
        }
    }

    pub fn secret(limit: usize) -> Self {
        let mut field = Self::new(limit);
        field.secret = true;
        field
    }

    #[must_use]
    pub fn with_text(mut self, text: &str) -> Self {
        self.set(text);
        self
    }

    pub fn set(&mut self, text: &str) {
        self.clear();
        self.insert(text);
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text before the cursor.
    pub fn before_cursor(&self) -> &str {
        &self.text[..self.cursor]
    }

    pub fn is_secret(&self) -> bool {
        self.secret
    }

    pub fn is_empty(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// The text as a secret; the field is empty afterwards.
    pub fn take_secret(&mut self) -> SecretString {
        let secret = SecretString::from(self.text.as_str());
        debug_assert_eq!(secret.expose_secret().len(), self.text.len());
        self.clear();
        secret
    }

    pub fn clear(&mut self) {
        self.text.zeroize();
        self.cursor = 0;
    }

    /// Puts text in at the cursor: line ends become blanks, other control characters go, what is too long is left out.
    pub fn insert(&mut self, text: &str) {
        for grapheme in text.graphemes(true) {
            let grapheme = if matches!(grapheme, "\n" | "\r\n" | "\t") {
                " "
            } else {
                grapheme
            };
            if grapheme.chars().any(is_unprintable) || self.text.len() + grapheme.len() > self.limit
            {
                continue;
            }
            self.text.insert_str(self.cursor, grapheme);
            self.cursor += grapheme.len();
        }
    }

    /// Takes an editing key or a character. `false`: not a key for a text field.
    pub fn key(&mut self, key: Key) -> bool {
        match key.code {
            KeyCode::Char(c) if !key.ctrl && !key.alt => self.insert(c.encode_utf8(&mut [0; 4])),
            KeyCode::Char('u') if key.ctrl => {
                let rest = self.text[self.cursor..].to_owned();
                self.clear();
                self.text.push_str(&rest);
            }
            KeyCode::Char('w') if key.ctrl => {
                let start = self.word_start();
                self.text.replace_range(start..self.cursor, "");
                self.cursor = start;
            }
            KeyCode::Char('a') if key.ctrl => self.cursor = 0,
            KeyCode::Char('e') if key.ctrl => self.cursor = self.text.len(),
            KeyCode::Backspace => {
                let start = self.before();
                self.text.replace_range(start..self.cursor, "");
                self.cursor = start;
            }
            KeyCode::Delete => {
                let end = self.after();
                self.text.replace_range(self.cursor..end, "");
            }
            KeyCode::Left => self.cursor = self.before(),
            KeyCode::Right => self.cursor = self.after(),
            KeyCode::Home => self.cursor = 0,
            KeyCode::End => self.cursor = self.text.len(),
            _ => return false,
        }
        true
    }

    fn before(&self) -> usize {
        self.text[..self.cursor]
            .grapheme_indices(true)
            .next_back()
            .map_or(0, |(at, _)| at)
    }

    fn after(&self) -> usize {
        self.text[self.cursor..]
            .graphemes(true)
            .next()
            .map_or(self.text.len(), |g| self.cursor + g.len())
    }

    fn word_start(&self) -> usize {
        let head = self.text[..self.cursor].trim_end();
        head.rfind(' ').map_or(0, |at| at + 1)
    }

    /// What shows in `room` columns and the cursor's column in it. A secret shows one `*` a grapheme.
    pub fn shown(&self, room: u16) -> (String, u16) {
        let (mut text, mut before) = if self.secret {
            let stars = |s: &str| "*".repeat(s.graphemes(true).count());
            (stars(&self.text), stars(&self.text[..self.cursor]))
        } else {
            (self.text.clone(), self.text[..self.cursor].to_owned())
        };
        // One column is kept for the cursor behind the last character.
        let room = room.max(2);
        while draw::width(&before) >= room {
            // Scrolls by half the room, so that typing at the edge does not redraw the line at every key.
            let mut dropped = 0;
            let cut = before
                .grapheme_indices(true)
                .find(|(_, g)| {
                    let enough = dropped >= room / 2;
                    dropped += draw::width(g);
                    enough
                })
                .map_or(before.len(), |(at, _)| at);
            before.replace_range(..cut, "");
            text.replace_range(..cut, "");
        }
        let column = draw::width(&before);
        let mut shown = String::new();
        for grapheme in text.graphemes(true) {
            if draw::width(&shown) + draw::width(grapheme) > room {
                break;
            }
            shown.push_str(grapheme);
        }
        (shown, column)
    }

    /// Draws it behind a sign, over the whole line; says where the cursor stands.
    pub fn view_behind(
        &self,
        look: &Look,
        buffer: &mut Buffer,
        line: Rect,
        sign: &str,
    ) -> (u16, u16) {
        draw::clear(buffer, line);
        let x = draw::text(
            buffer,
            line.x,
            line.y,
            line.width,
            sign,
            look.style(Tone::Key),
        );
        let room = line.right().saturating_sub(x);
        let (shown, column) = self.shown(room);
        draw::text(buffer, x, line.y, room, &shown, look.style(Tone::Heading));
        (x + column, line.y)
    }
}

impl std::fmt::Debug for TextField {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TextField")
            .field("bytes", &self.text.len())
            .finish_non_exhaustive()
    }
}

impl Drop for TextField {
    fn drop(&mut self) {
        if self.secret {
            self.text.zeroize();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::keymap::parse_keys;

    fn typed(keys: &str) -> TextField {
        let mut field = TextField::new(64);
        for key in parse_keys(keys) {
            field.key(key);
        }
        field
    }

    #[test]
    fn editing_goes_by_graphemes() {
        let mut field = TextField::new(64);
        field.insert("e\u{301}a漢");
        for key in parse_keys("<BS><BS>") {
            field.key(key);
        }
        assert_eq!(field.text(), "e\u{301}");
    }

    #[test]
    fn keys_edit_where_the_cursor_stands() {
        assert_eq!(typed("budi<Home>x<Right>y").text(), "xbyudi");
        assert_eq!(typed("satu dua<C-w>tiga").text(), "satu tiga");
        assert_eq!(typed("abc<Left><C-u>").text(), "c");
        assert_eq!(typed("abc<Left><Left><Del>").text(), "ac");
    }

    #[test]
    fn control_characters_and_too_much_text_stay_out() {
        let mut field = TextField::new(6);
        field.insert("a\u{1b}[\n2é漢");
        assert_eq!(field.text(), "a[ 2é");
    }

    #[test]
    fn a_secret_shows_stars_only_and_is_gone_once_taken() {
        let mut field = TextField::secret(128);
        field.insert("rahasia");
        assert_eq!(field.shown(20), ("*******".to_owned(), 7));
        assert_eq!(field.take_secret().expose_secret(), "rahasia");
        assert_eq!((field.text(), field.shown(20).0.as_str()), ("", ""));
        assert!(!format!("{field:?}").contains("rahasia"));
    }

    #[test]
    fn the_cursor_stays_in_sight_in_a_narrow_field() {
        let field = typed("abcdefghijklmnop");
        let (shown, column) = field.shown(8);
        assert!(
            column < 8 && "abcdefghijklmnop".ends_with(&shown),
            "{shown} {column}"
        );
    }
}
