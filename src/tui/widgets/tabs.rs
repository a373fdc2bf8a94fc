//! The bar above a detail: a title, then tabs of which one is open.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::tui::draw;
use crate::tui::look::Look;
use crate::tui::theme::Tone;

/// Draws the bar. Where not every tab fits, only those from the open one on do.
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
    let wanted: u16 = tabs.iter().map(|t| draw::width(t) + 1).sum::<u16>() + 1;
    let first = if x + wanted > area.right() {
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
        ) - 1;
    }
}
