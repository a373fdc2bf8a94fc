//! The byte strings around a session: entering and leaving the screen, asking, and mending what a killed relay left.
//! Each is complete by itself and safe to repeat.

use super::capabilities::Capabilities;

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
    bytes.extend_from_slice(if capabilities.scroll_region {
        b"\x1b[r"
    } else {
        b"\x1b[H"
    });
    bytes.extend_from_slice(b"\x1b[2J");
    bytes
}

/// Gives the screen back: everything [`enter`] and a session may have set, the mouse and synchronized output included.
pub fn leave(capabilities: &Capabilities) -> Vec<u8> {
    let mut bytes = b"\x1b[m".to_vec();
    if capabilities.scroll_region {
        bytes.extend_from_slice(b"\x1b[r");
    }
    bytes.extend_from_slice(b"\x1b[?25h");
    if capabilities.bracketed_paste {
        bytes.extend_from_slice(b"\x1b[?1000;1006;2004;2026l");
    }
    if capabilities.alternate_screen {
        bytes.extend_from_slice(b"\x1b[?1049l");
    } else {
        bytes.extend_from_slice(b"\x1b[H\x1b[2J");
    }
    bytes
}

/// Undoes what a killed relay may have left, on a terminal of which nothing is known, without moving the cursor of a
/// terminal that is in order: 1047 (not 1049) leaves the alternate screen, and the region is reset between DECSC and DECRC.
pub const fn reset_modes() -> &'static [u8] {
    b"\x1b[?1;1000;1002;1003;1004;1006;1047;2004;2026l\x1b7\x1b[r\x1b8\x1b[m\x1b>\x1b[?7;25h"
}

/// Questions whose answers [`Capabilities::learn`] understands: whether synchronized output exists, and DA1. Behind the
/// first frame they take the place of the status request: the answer to DA1 comes last and stands in for its report.
/// Nothing may depend on an answer; rules and repeats get cheaper from the frame on that follows it.
pub const fn probe() -> &'static [u8] {
    b"\x1b[?2026$p\x1b[c"
}

/// Turns button events with SGR coordinates on or off; never motion events.
pub const fn set_mouse(on: bool) -> &'static [u8] {
    if on {
        b"\x1b[?1000;1006h"
    } else {
        b"\x1b[?1000;1006l"
    }
}
