//! The bar above a detail: a title, then tabs of which one is open.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::tui::draw;
use crate::tui::look::Look;
use crate::tui::theme::Tone;

/// Draws the bar. Tabs stand two blanks apart, in a narrow window one; where not even so every tab fits, only those
/// from the open one on show.
pub fn view(
    look: &Look,
    buffer: &mut Buffer,
    area: Rect,
    title: &str,
    tabs: &[String],
    open: usize,
) {
    let mut x = draw::bar(look, buffer, area, area.y, title);
    if !title.is_empty() {
        x += 1;
    }
    let room = area.right().saturating_sub(x);
    let words: u16 = tabs.iter().map(|t| draw::width(t)).sum();
    let count = u16::try_from(tabs.len()).unwrap_or(u16::MAX);
    // Where room is short, neighbours share the blank between them.
    let shared = u16::from(words + 2 * count > room);
    let first = if words + count + 1 > room {
        open.min(tabs.len().saturating_sub(1))
    } else {
        0
    };
    for (index, tab) in tabs.iter().enumerate().skip(first) {
        let tone = if index == open {
            Tone::BarActive
        } else {
            Tone::Bar
        };
        let room = area.right().saturating_sub(x);
        if room < draw::width(tab) + 2 {
            break;
        }
        x = draw::text(
            buffer,
            x,
            area.y,
            room,
            &format!(" {tab} "),
            look.style(tone),
        ) - shared;
    }
}
