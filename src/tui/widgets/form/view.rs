//! A form as it is drawn: the fields from the first that lets the one in focus fit.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use unicode_segmentation::UnicodeSegmentation;

use crate::tui::draw;
use crate::tui::look::Look;
use crate::tui::theme::Tone;
use crate::tui::widgets::text_field::TextField;

use super::field::{check_columns, check_width};
use super::{Form, Input};

impl Form {
    /// The first field to draw so that the one in focus fits into `height` rows.
    pub(super) fn first_shown(&self, room: u16, height: u16) -> usize {
        let rows = |from: usize| -> u16 {
            let shown = self.fields.get(from..=self.focus).unwrap_or_default();
            shown.iter().map(|f| f.rows(room)).sum()
        };
        (0..self.focus)
            .find(|from| rows(*from) <= height)
            .unwrap_or(self.focus)
    }

    /// Draws the fields; says where the cursor of the focused text field stands.
    pub fn view(&self, look: &Look, buffer: &mut Buffer, area: Rect) -> Option<(u16, u16)> {
        let mut y = area.y;
        let mut cursor = None;
        let room = area.width.saturating_sub(self.label_room);
        let first = self.first_shown(room, area.height);
        for (index, field) in self.fields.iter().enumerate().skip(first) {
            if y >= area.bottom() {
                break;
            }
            let focused = index == self.focus;
            if focused {
                draw::text(buffer, area.x, y, 1, ">", look.style(Tone::Heading));
            }
            let label = look.texts.get(field.label);
            draw::text(
                buffer,
                area.x + 1,
                y,
                self.label_room - 2,
                &label,
                look.style(Tone::Plain),
            );
            let x = area.x + self.label_room;
            let room = area.right().saturating_sub(x);
            let rows = field.rows(room).min(area.bottom() - y);
            let value = Rect::new(x, y, room, rows);
            let at = view_input(look, buffer, value, &field.input, focused);
            if focused {
                cursor = at;
            }
            if let Some(problem) = &field.problem {
                let used = field
                    .text_ref()
                    .map_or(0, |t| draw::width(&t.shown(room).0));
                let x = x + used + 2;
                let room = area.right().saturating_sub(x);
                draw::text(buffer, x, y, room, problem, look.style(Tone::Bad));
            }
            y += rows;
        }
        cursor
    }
}

fn view_input(
    look: &Look,
    buffer: &mut Buffer,
    area: Rect,
    input: &Input,
    focused: bool,
) -> Option<(u16, u16)> {
    match input {
        Input::Text(field) => {
            let (shown, column) = field.shown(area.width);
            draw::text(
                buffer,
                area.x,
                area.y,
                area.width,
                &shown,
                look.style(Tone::Heading),
            );
            Some((area.x + column, area.y))
        }
        Input::LongText { field, .. } => Some(view_long(look, buffer, area, field)),
        Input::Choice { options, chosen } => {
            let label = options.get(*chosen).map_or("", String::as_str);
            let shown = if focused {
                format!("< {label} >")
            } else {
                format!("  {label}")
            };
            draw::text(
                buffer,
                area.x,
                area.y,
                area.width,
                &shown,
                look.style(Tone::Heading),
            );
            None
        }
        Input::Checks {
            options,
            ticked,
            at,
        } => {
            let columns = check_columns(options, area.width);
            let width = check_width(options);
            // Where not all rows fit, those around the cursor show.
            let skip = (at / columns + 1).saturating_sub(usize::from(area.height.max(1)));
            for (index, option) in options.iter().enumerate().skip(skip * columns) {
                let (row, column) = (index / columns - skip, index % columns);
                let y = area.y + u16::try_from(row).unwrap_or(u16::MAX);
                let x = area.x + width * u16::try_from(column).unwrap_or(0);
                if y >= area.bottom() {
                    break;
                }
                let sign = if ticked.get(index) == Some(&true) {
                    "[x] "
                } else {
                    "[ ] "
                };
                let tone = if focused && index == *at {
                    Tone::Selected
                } else {
                    Tone::Plain
                };
                let after = draw::text(buffer, x, y, width, sign, look.style(Tone::Plain));
                draw::text(buffer, after, y, width - 5, option, look.style(tone));
            }
            None
        }
    }
}

/// A long text broken at the edge; the last rows show when there are more than fit.
fn view_long(look: &Look, buffer: &mut Buffer, area: Rect, field: &TextField) -> (u16, u16) {
    let room = area.width.max(2) - 1;
    let mut lines = vec![String::new()];
    for grapheme in field.text().graphemes(true) {
        match lines.last_mut() {
            Some(line) if draw::width(line) + draw::width(grapheme) <= room => {
                line.push_str(grapheme)
            }
            _ => lines.push(grapheme.to_owned()),
        }
    }
    // The cursor's place: how much of the text stands before it, broken in the same way.
    let before = field.before_cursor();
    let (mut row, mut column) = (0_usize, 0_u16);
    for grapheme in before.graphemes(true) {
        let columns = draw::width(grapheme);
        if column + columns > room {
            row += 1;
            column = 0;
        }
        column += columns;
    }
    let rows = usize::from(area.height.max(1));
    let skip = (row + 1).saturating_sub(rows);
    for (nth, line) in lines.iter().skip(skip).take(rows).enumerate() {
        let y = area.y + u16::try_from(nth).unwrap_or(0);
        draw::text(
            buffer,
            area.x,
            y,
            area.width,
            line,
            look.style(Tone::Heading),
        );
    }
    (
        area.x + column,
        area.y + u16::try_from(row - skip).unwrap_or(0),
    )
}
