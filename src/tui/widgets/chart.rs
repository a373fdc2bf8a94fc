//! Bars of text: one value against another as a horizontal bar, and a row of columns for a series of days.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::tui::draw;
use crate::tui::look::Look;
use crate::tui::theme::Tone;

/// A horizontal bar of `room` columns for `value` of `most`. One value above zero always shows.
pub fn bar(value: u64, most: u64, room: u16) -> String {
    if value == 0 || most == 0 {
        return String::new();
    }
    let columns = (u128::from(value) * u128::from(room)).div_ceil(u128::from(most));
    "█".repeat(usize::try_from(columns).unwrap_or(0).min(usize::from(room)))
}

const EIGHTHS: [&str; 9] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

/// Columns side by side, the highest as high as the area; the newest values where not all fit.
pub fn columns(look: &Look, buffer: &mut Buffer, area: Rect, values: &[u32], tone: Tone) {
    let room = usize::from(area.width);
    let values = &values[values.len().saturating_sub(room)..];
    let most = u64::from(values.iter().copied().max().unwrap_or(0).max(1));
    let levels = u64::from(area.height) * 8;
    for (nth, value) in values.iter().enumerate() {
        let mut filled = (u64::from(*value) * levels).div_ceil(most);
        let x = area.x + u16::try_from(nth).unwrap_or(u16::MAX);
        for y in area.rows().rev().map(|r| r.y) {
            let part = filled.min(8);
            filled -= part;
            if part > 0 {
                let sign = EIGHTHS[usize::try_from(part).unwrap_or(8)];
                draw::text(buffer, x, y, 1, sign, look.style(tone));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_long_as_its_share_and_never_vanishes() {
        assert_eq!(bar(5, 10, 10).chars().count(), 5);
        assert_eq!(bar(1, 1000, 10).chars().count(), 1);
        assert_eq!(bar(0, 1000, 10), "");
        assert_eq!(bar(u64::MAX, u64::MAX, 10).chars().count(), 10);
    }
}
