//! What screens with a long list share: the line above the footer that says how long it is, and plain lines drawn below.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::tui::component::Prompt;
use crate::tui::draw;
use crate::tui::i18n::Value;
use crate::tui::look::Look;
use crate::tui::theme::Tone;
use crate::tui::widgets::paged::Paged;
use crate::tui::widgets::scroll::Line;
use crate::tui::widgets::text_field::TextField;

/// How long the list is; it does not change when the cursor moves.
pub fn count<T>(look: &Look, buffer: &mut Buffer, at: Rect, rows: &Paged<T>) -> Prompt {
    let shown = rows.rows.len() as u64;
    let all = rows.total.or_else(|| rows.is_whole().then_some(shown));
    let format = look.format();
    let text = if rows.is_cut() {
        let shown = Value::from(format.count(shown));
        look.texts.with("list-cut", &[("shown", shown)])
    } else {
        match all {
            Some(all) => {
                let count = Value::from(format.count(all));
                look.texts.with("list-total", &[("count", count)])
            }
            None => String::new(),
        }
    };
    draw::text(buffer, at.x, at.y, at.width, &text, look.style(Tone::Muted));
    Prompt::Status
}

/// A line that is being typed behind a sign.
pub fn typed(look: &Look, buffer: &mut Buffer, at: Rect, sign: &str, field: &TextField) -> Prompt {
    draw::clear(buffer, at);
    let x = draw::text(buffer, at.x, at.y, at.width, sign, look.style(Tone::Key));
    let room = at.right().saturating_sub(x);
    let (shown, column) = field.shown(room);
    draw::text(buffer, x, at.y, room, &shown, look.style(Tone::Heading));
    Prompt::Typing((x + column, at.y))
}

/// The lines that fit, from the first.
pub fn lines(look: &Look, buffer: &mut Buffer, area: Rect, lines: &[Line]) {
    for (line, row) in lines.iter().zip(area.rows()) {
        let runs: Vec<(&str, Tone)> = line.iter().map(|(t, tone)| (t.as_str(), *tone)).collect();
        draw::runs(look, buffer, area, row.y, &runs);
    }
}
