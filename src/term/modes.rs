//! The byte strings around a session: entering and leaving the screen, asking, and mending what a killed relay left.
//! Each is complete by itself and safe to repeat.

use super::capabilities::Capabilities;
use super::event::Event;

/// Takes the screen: alternate screen, bracketed paste, hidden cursor, default pen, no scroll region, blank.
/// [`super::Screen::new`] starts from here.
pub fn enter(capabilities: &Capabilities) -> Vec<u8> {
    let mut bytes = Vec::new();
    match (capabilities.alternate_screen, capabilities.bracketed_paste) {
        (true, true) => bytes.extend_from_slice(b"\x1b[?1049;2004h"),
        (true, false) => bytes.extend_from_slice(b"\x1b[?1049h"),
        (false, true) => bytes.extend_from_slice(b"\x1b[?2004h"),
        (false, false) => {}
    }
    bytes.extend_from_slice(b"\x1b[?25l\x1b[m");
    // DECSTBM homes the cursor too.
    bytes.extend_from_slice(if capabilities.scroll_region {
        b"\x1b[r"
    } else {
        b"\x1b[H"
    });
    bytes.extend_from_slice(b"\x1b[J");
    bytes
}

/// Gives the screen back: everything [`enter`] and a session may have set, the mouse and synchronized output included.
pub fn leave(capabilities: &Capabilities) -> Vec<u8> {
    let mut bytes = Vec::new();
    if capabilities.scroll_region {
        bytes.extend_from_slice(b"\x1b[r");
    }
    bytes.extend_from_slice(b"\x1b[?25h");
    if capabilities.bracketed_paste {
        bytes.extend_from_slice(b"\x1b[?1000;1006;2004;2026l");
    }
    // The pen last: 1049 brings back the one that was saved, which may be that of a session that was killed.
    bytes.extend_from_slice(if capabilities.alternate_screen {
        b"\x1b[?1049l\x1b[m"
    } else {
        b"\x1b[m\x1b[H\x1b[2J"
    });
    bytes
}

/// What a killed relay may have left and [`enter`] does not set by itself: DEC Special Graphics, where it was cut off in
/// the middle of a frame. Reports that nobody wants are switched off when the first one comes, see [`unwanted`].
pub const fn reset_modes() -> &'static [u8] {
    b"\x1b(B"
}

/// What stops the reports to which this event belongs, where they were left on by a program that was killed: the mouse,
/// the focus. Ours asks for neither unless [`set_mouse`] was sent.
pub const fn unwanted(event: &Event) -> Option<&'static [u8]> {
    match event {
        Event::Mouse(_) => Some(b"\x1b[?1000;1002;1003;1006l"),
        Event::FocusIn | Event::FocusOut => Some(b"\x1b[?1004l"),
        _ => None,
    }
}

/// Turns button events with SGR coordinates on or off; never motion events.
pub const fn set_mouse(on: bool) -> &'static [u8] {
    if on {
        b"\x1b[?1000;1006h"
    } else {
        b"\x1b[?1000;1006l"
    }
}
