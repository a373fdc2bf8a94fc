//! The frame around every screen: the bar of screens at the top, the line of messages, the footer of what is possible.
//! Dialogs are panels over the lower part: no boxes, so that opening one rewrites few cells.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::term::{ColourDepth, Key};
use crate::tui::action::{self, Action};
use crate::tui::component::Prompt;
use crate::tui::draw;
use crate::tui::glyphs;
use crate::tui::keymap;
use crate::tui::look::Look;
use crate::tui::place::{Place, ScreenId};
use crate::tui::theme::Tone;

use super::App;

/// Rows and columns below which nothing sensible fits.
const LEAST: (u16, u16) = (40, 10);

/// The parts of the window.
struct Parts {
    bar: Option<Rect>,
    body: Rect,
    message: Rect,
    footer: Rect,
}

fn parts(app: &App, area: Rect) -> Parts {
    let line = |y: u16| Rect::new(area.x, y, area.width, 1).intersection(area);
    let top = u16::from(app.identity.is_some());
    let body_height = area.height.saturating_sub(2 + top);
    Parts {
        bar: (top == 1).then(|| line(area.y)),
        body: Rect::new(area.x, area.y + top, area.width, body_height).intersection(area),
        message: line(area.y + top + body_height),
        footer: line(area.y + top + body_height + 1),
    }
}

/// Which components show, from below to above, and where.
pub(super) fn areas(app: &App, area: Rect) -> Vec<(usize, Rect)> {
    let body = parts(app, area).body;
    let look = app.look();
    let Some(top) = app.stack.len().checked_sub(1) else {
        return Vec::new();
    };
    let base = (0..=top)
        .rev()
        .find(|i| app.stack[*i].rows(&look, body.width).is_none())
        .unwrap_or(0);
    let mut shown = vec![(base, body)];
    if base < top {
        let rows = app.stack[top]
            .rows(&look, body.width)
            .unwrap_or(body.height);
        let rows = rows.min(body.height);
        shown.push((
            top,
            Rect::new(body.x, body.bottom() - rows, body.width, rows),
        ));
    }
    shown
}

pub(super) fn view(app: &App, buffer: &mut Buffer, area: Rect) -> Option<(u16, u16)> {
    let area = area.intersection(buffer.area);
    let look = app.look();
    let cursor = if area.width < LEAST.0 || area.height < LEAST.1 {
        let text = look.texts.get("window-too-small");
        for (i, line) in draw::wrap(&text, area.width).iter().enumerate() {
            let y = area.y.saturating_add(u16::try_from(i).unwrap_or(u16::MAX));
            draw::text(buffer, area.x, y, area.width, line, look.style(Tone::Plain));
        }
        None
    } else {
        everything(app, &look, buffer, area)
    };
    if !app.settings.utf8 {
        glyphs::fold_to_ascii(buffer);
    }
    if look.theme.depth == ColourDepth::Mono {
        debug_assert!(
            buffer
                .content
                .iter()
                .all(|c| c.fg == ratatui::style::Color::Reset)
        );
    }
    cursor
}

fn everything(app: &App, look: &Look, buffer: &mut Buffer, area: Rect) -> Option<(u16, u16)> {
    let parts = parts(app, area);
    if let Some(bar) = parts.bar {
        screens_bar(app, look, buffer, bar);
    }
    let mut cursor = None;
    let shown = areas(app, area);
    for (nth, (index, place)) in shown.iter().enumerate() {
        if nth > 0 {
            draw::clear(buffer, *place);
        }
        cursor = app.stack[*index].view(look, buffer, *place);
    }
    match app
        .top()
        .and_then(|top| top.prompt(look, buffer, parts.message))
    {
        Some(Prompt::Typing(at)) => cursor = Some(at),
        Some(Prompt::Status) | None => message(app, look, buffer, parts.message),
    }
    footer(app, look, buffer, parts.footer);
    cursor
}

/// `AMS  1 Dasbor  2 Antrean …        op`, the open screen marked.
fn screens_bar(app: &App, look: &Look, buffer: &mut Buffer, area: Rect) {
    let screens = ScreenId::of(&app.facts().roles);
    let names: Vec<String> = screens
        .iter()
        .map(|s| look.texts.get(&format!("screen-{}", s.name())))
        .collect();
    let who = app.identity.as_ref().map_or("", |i| i.username());
    let wanted = |each: u16| {
        let words: u16 = names.iter().map(|n| draw::width(n) + each).sum();
        words + draw::width(who) + 1
    };
    // Where not all names fit, the last ones are left out, never that of the open screen.
    let mut missing = wanted(3).saturating_sub(area.width);
    let mut short = vec![false; names.len()];
    for (nth, name) in names.iter().enumerate().rev() {
        if missing > 0 && app.screen != Some(screens[nth]) {
            short[nth] = true;
            missing = missing.saturating_sub(draw::width(name) + 1);
        }
    }
    // Where room is short, neighbours share the blank between them.
    let shared = u16::from(wanted(4) > area.width);
    draw::bar(look, buffer, area, area.y, "");
    if !look.theme.fills_bars() {
        draw::clear(buffer, area);
    }
    let mut x = area.x;
    for ((screen, name), short) in screens.iter().zip(&names).zip(short) {
        let open = app.screen == Some(*screen);
        let label = if short {
            format!(" {} ", screen.digit())
        } else {
            format!(" {} {name} ", screen.digit())
        };
        let tone = if open { Tone::BarActive } else { Tone::Bar };
        x = draw::text(
            buffer,
            x,
            area.y,
            area.right() - x,
            &label,
            look.style(tone),
        )
        .saturating_sub(shared);
    }
    let link = app
        .round_trip
        .filter(|ms| *ms >= 300)
        .map(|ms| {
            let seconds = format!("{},{}", ms / 1000, ms % 1000 / 100);
            look.texts.with("bar-link", &[("seconds", seconds.into())])
        })
        .unwrap_or_default();
    let right = [link.as_str(), who]
        .into_iter()
        .filter(|t| !t.is_empty())
        .collect::<Vec<_>>()
        .join("  ");
    let room = draw::width(&right);
    if x + room < area.right() {
        draw::text(
            buffer,
            area.right() - room,
            area.y,
            room,
            &right,
            look.style(Tone::Bar),
        );
    }
}

fn message(app: &App, look: &Look, buffer: &mut Buffer, area: Rect) {
    let Some(message) = app.messages.shown() else {
        return;
    };
    draw::clear(buffer, area);
    let x = draw::text(
        buffer,
        area.x,
        area.y,
        area.width,
        &message.text,
        look.style(message.tone),
    );
    if let Some(hint) = &message.hint {
        let room = area.right().saturating_sub(x + 1);
        if room >= 12 {
            draw::text(buffer, x + 1, area.y, room, hint, look.style(Tone::Plain));
        }
    }
}

/// What is possible now, by the order of the table, as far as it fits; help and the way out always fit.
fn footer(app: &App, look: &Look, buffer: &mut Buffer, area: Rect) {
    let Some(top) = app.top() else { return };
    let place = top.place();
    // Over the queue the footer stands still while the cursor moves: what the desk says about the row under it is told
    // when the key is pressed; what none of the person's roles may do to any request is not named. Where one request fills the screen, only what is possible is named.
    let over_list = place == Place::Screen(ScreenId::Queue);
    let mut rows: Vec<&Action> = action::of(place)
        .filter(|a| a.footer_in(place))
        // While a text is typed a letter is text, not an action.
        .filter(|a| !top.typing() || a.keys.iter().any(|k| !keymap::is_text(*k)))
        .filter(|a| {
            if over_list {
                (a.enabled)(&app.footer).is_ok() && a.is_for(&app.footer.roles)
            } else {
                a.check(&app.footer).is_ok()
            }
        })
        .collect();
    rows.sort_by_key(|a| a.footer);
    let label = |a: &Action| {
        let works = |k: &&Key| !top.typing() || !keymap::is_text(**k);
        let key = a.keys.iter().find(works).unwrap_or(&a.keys[0]);
        (action::key_name(*key), a.title(look.texts))
    };
    let columns = |a: &Action| {
        let (key, title) = label(a);
        draw::width(&key) + draw::width(&title) + 3
    };
    let always: u16 = rows
        .iter()
        .filter(|a| a.footer >= 90)
        .map(|a| columns(a))
        .sum();
    let mut room = (area.width + 2).saturating_sub(always);
    let mut x = area.x;
    for row in rows {
        if row.footer < 90 {
            let Some(left) = room.checked_sub(columns(row)) else {
                continue;
            };
            room = left;
        }
        let (key, title) = label(row);
        x = draw::text(
            buffer,
            x,
            area.y,
            area.right().saturating_sub(x),
            &key,
            look.style(Tone::Key),
        );
        x = draw::text(
            buffer,
            x + 1,
            area.y,
            area.right().saturating_sub(x + 1),
            &title,
            look.style(Tone::Plain),
        ) + 2;
        if x >= area.right() {
            break;
        }
    }
}
