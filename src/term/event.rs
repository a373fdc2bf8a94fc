//! What a terminal can tell a session: keys, pastes, reports. Plain values, small enough to match on in a keymap;
//! they never say how the terminal spelt them.

/// One thing the terminal (or the relay, for [`Event::Resize`]) said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A key. `burst` is set when it came in one read (or within a few ms) with at least two other typed keys: a paste
    /// where bracketed paste is missing, or repeats that a stalled link delivered at once. A danger dialog ignores such keys.
    Key {
        key: Key,
        burst: bool,
    },
    /// A bracketed paste: line ends are `\n`, other control characters except tab are gone, at most [`crate::term::Decoder::MAX_PASTE`] bytes.
    Paste(String),
    /// The window has a new size in cells. Comes from the relay, never from terminal bytes.
    Resize {
        cols: u16,
        rows: u16,
    },
    /// The answer to a status request (DSR `ESC[5n`): the terminal has read everything sent before it.
    StatusReport,
    /// The answer to DA1 (`ESC[c`): its parameters, e.g. `[62, 22]`.
    DeviceAttributes(Vec<u16>),
    /// The answer to DECRQM: a private mode and its setting (0 unknown, 1 set, 2 reset, 3 always set, 4 always reset).
    ModeReport {
        mode: u16,
        setting: u8,
    },
    /// The answer to XTVERSION, printable characters only.
    Version(String),
    /// The answer to OSC 11: the background colour.
    Background {
        red: u8,
        green: u8,
        blue: u8,
    },
    /// A mouse action; only while the mouse is on.
    Mouse(Mouse),
    FocusIn,
    FocusOut,
}

/// A key with its modifiers. Shift shows in the character itself or as [`KeyCode::BackTab`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    pub code: KeyCode,
    pub ctrl: bool,
    pub alt: bool,
}

impl Key {
    /// The key without modifiers.
    pub const fn plain(code: KeyCode) -> Self {
        Self {
            code,
            ctrl: false,
            alt: false,
        }
    }

    /// The character typed without a modifier.
    pub const fn char(c: char) -> Self {
        Self::plain(KeyCode::Char(c))
    }

    /// Control and a character (lower case for letters).
    pub const fn ctrl(c: char) -> Self {
        Self {
            code: KeyCode::Char(c),
            ctrl: true,
            alt: false,
        }
    }
}

/// Which key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum KeyCode {
    /// A printable character, never a control character.
    Char(char),
    Enter,
    Esc,
    Tab,
    BackTab,
    Backspace,
    Delete,
    Insert,
    Up,
    Down,
    Left,
    Right,
    Home,
    End,
    PageUp,
    PageDown,
    F(u8),
}

/// A mouse action at a cell, both coordinates from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mouse {
    pub kind: MouseKind,
    pub col: u16,
    pub row: u16,
}

/// What the mouse did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MouseKind {
    /// A button went down: 0 left, 1 middle, 2 right.
    Press(u8),
    /// A button came up.
    Release(u8),
    WheelUp,
    WheelDown,
}
