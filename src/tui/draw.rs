//! Putting text into cells: cut to a width, wrapped, never with a character that a terminal would obey.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::domain::distinguished_name::is_unprintable;

use super::glyphs::ELLIPSIS;
use super::look::Look;
use super::theme::Tone;

/// Columns that a text takes.
pub fn width(text: &str) -> u16 {
    u16::try_from(text.width()).unwrap_or(u16::MAX)
}

/// Puts `text` at `x, y`, at most `room` columns, cut with an ellipsis. Returns the column after it.
pub fn text(buffer: &mut Buffer, x: u16, y: u16, room: u16, text: &str, style: Style) -> u16 {
    let area = buffer.area;
    if y < area.top() || y >= area.bottom() || x >= area.right() {
        return x;
    }
    let room = room.min(area.right() - x);
    let cut = fit(text, room);
    // A blank style leaves what a bar or a panel has put there; ratatui's set_string only patches.
    buffer.set_stringn(x, y, &cut, usize::from(room), style).0
}

/// The text in at most `room` columns, printable, with an ellipsis where something was left out.
pub fn fit(text: &str, room: u16) -> String {
    let clean: String = text
        .chars()
        .map(|c| match c {
            '\n' | '\t' => ' ',
            c if is_unprintable(c) => '·',
            c => c,
        })
        .collect();
    if width(&clean) <= room {
        return clean;
    }
    let mut kept = String::new();
    let mut used = 0;
    for grapheme in clean.graphemes(true) {
        let columns = width(grapheme);
        if used + columns + 1 > room {
            break;
        }
        used += columns;
        kept.push_str(grapheme);
    }
    if room > 0 {
        kept.truncate(kept.trim_end().len());
        kept.push(ELLIPSIS);
    }
    kept
}

/// The last columns of a text that is too wide: for what is told apart by its end.
pub fn fit_end(text: &str, room: u16) -> String {
    if width(text) <= room {
        return fit(text, room);
    }
    let mut kept: Vec<&str> = Vec::new();
    let mut used = 1;
    for grapheme in text.graphemes(true).rev() {
        used += width(grapheme);
        if used > room {
            break;
        }
        kept.push(grapheme);
    }
    kept.reverse();
    fit(&format!("{ELLIPSIS}{}", kept.concat()), room)
}

/// Breaks a text into lines of at most `room` columns at blanks; a longer word is broken where it must be.
pub fn wrap(text: &str, room: u16) -> Vec<String> {
    let room = room.max(1);
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            let gap = u16::from(!line.is_empty());
            if width(&line) + gap + width(word) <= room {
                if gap == 1 {
                    line.push(' ');
                }
                line.push_str(word);
                continue;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            for grapheme in word.graphemes(true) {
                if width(&line) + width(grapheme) > room {
                    lines.push(std::mem::take(&mut line));
                }
                line.push_str(grapheme);
            }
        }
        lines.push(line);
    }
    lines
}

/// Puts runs of text one after another on one line. Returns the column after the last.
pub fn runs(look: &Look, buffer: &mut Buffer, area: Rect, y: u16, runs: &[(&str, Tone)]) -> u16 {
    let mut x = area.x;
    for (run, tone) in runs {
        x = text(
            buffer,
            x,
            y,
            area.right().saturating_sub(x),
            run,
            look.style(*tone),
        );
    }
    x
}

/// A label in the first `label_room` columns and its value in the rest.
pub fn labelled(
    look: &Look,
    buffer: &mut Buffer,
    area: Rect,
    y: u16,
    label_room: u16,
    label: &str,
    value: (&str, Tone),
) {
    text(
        buffer,
        area.x,
        y,
        label_room.saturating_sub(1),
        label,
        look.style(Tone::Muted),
    );
    let x = area.x + label_room;
    text(
        buffer,
        x,
        y,
        area.right().saturating_sub(x),
        value.0,
        look.style(value.1),
    );
}

/// Blanks an area: what is drawn over something else begins with this.
pub fn clear(buffer: &mut Buffer, area: Rect) {
    let area = area.intersection(buffer.area);
    for y in area.rows() {
        for position in y.positions() {
            if let Some(cell) = buffer.cell_mut(position) {
                cell.reset();
            }
        }
    }
}

/// A bar over the whole width with a title at its left: the line that parts one thing from the next.
pub fn bar(look: &Look, buffer: &mut Buffer, area: Rect, y: u16, title: &str) -> u16 {
    let line = Rect::new(area.x, y, area.width, 1).intersection(buffer.area);
    clear(buffer, line);
    if look.theme.fills_bars() {
        buffer.set_style(line, look.style(Tone::Bar));
        text(buffer, area.x, y, area.width, title, look.style(Tone::Bar))
    } else {
        let start = text(buffer, area.x, y, area.width, "--", Style::new());
        text(
            buffer,
            start + 1,
            y,
            area.width.saturating_sub(3),
            title,
            look.style(Tone::Heading),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_characters_reach_no_cell() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 20, 1));
        text(
            &mut buffer,
            0,
            0,
            20,
            "a\u{1b}[2Jb\u{202e}c\u{9b}d",
            Style::new(),
        );
        assert!(
            buffer
                .content
                .iter()
                .all(|c| !c.symbol().chars().any(is_unprintable))
        );
    }

    #[test]
    fn a_long_text_is_cut_with_an_ellipsis_at_a_grapheme() {
        assert_eq!(fit("Dinas Kesehatan", 8), "Dinas K…");
        assert_eq!(fit("Dinas", 5), "Dinas");
        assert_eq!(fit("漢漢漢", 4), "漢…");
        assert_eq!(fit_end("0123456789", 5), "…6789");
    }

    #[test]
    fn text_wraps_at_blanks_and_breaks_only_words_that_are_too_long() {
        assert_eq!(wrap("satu dua tiga", 8), ["satu dua", "tiga"]);
        assert_eq!(wrap("abcdefghij", 4), ["abcd", "efgh", "ij"]);
        assert_eq!(wrap("", 4), [""]);
    }
}
