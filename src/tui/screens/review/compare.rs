//! Step 5 of the review: account, letter and certificate side by side with a tick for each field, and the field under
//! the cursor in full beneath.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::desk::{Agreement, FieldComparison};
use crate::domain::Item;
use crate::tui::draw;
use crate::tui::glyphs::DASH;
use crate::tui::look::Look;
use crate::tui::screens::detail::{self, Tab, letter_in_short, reasons};
use crate::tui::theme::Tone;
use crate::tui::widgets::fields::Fields;
use crate::tui::widgets::scroll::{Line, Scroll};

use super::Review;

/// Rows below the table from which the letter is shown there.
const FOR_LETTER: u16 = 16;

/// How two or three sources agree, in words.
const fn agreement(agreement: Agreement) -> (&'static str, Tone) {
    match agreement {
        Agreement::Same => ("agree-same", Tone::Good),
        Agreement::Differs => ("agree-differs", Tone::Bad),
        Agreement::Empty => ("agree-empty", Tone::Muted),
    }
}

/// What a letter says of a field: not read, read without finding it, or the value.
fn said_by_letter(review: &Review, look: &Look, field: &FieldComparison) -> String {
    match field.letter.as_deref() {
        None => DASH.to_owned(),
        Some("") => look.texts.get("letter-not-found"),
        Some(_) if field.item == Item::Reason => review.detail.reason_labels.join(", "),
        Some(value) => value.to_owned(),
    }
}

/// Columns of the comparison: tick and item, account, letter, certificate, verdict.
fn columns(area: Rect) -> [(u16, u16); 5] {
    let item = if area.width < 72 { 15 } else { 22 };
    let verdict = 7;
    let each = area.width.saturating_sub(item + verdict + 4) / 3;
    let mut x = area.x + 1;
    [item, each, each, each, verdict].map(|width| {
        let place = (x, width);
        x += width + 1;
        place
    })
}

/// Step 5: the comparison with its ticks, and the selected field in full beneath.
pub(super) fn view_data(review: &Review, look: &Look, buffer: &mut Buffer, area: Rect) {
    let places = columns(area);
    let headings = [
        "compare-item",
        "compare-account",
        "compare-letter",
        "compare-certificate",
        "compare-verdict",
    ];
    for ((x, width), heading) in places.iter().zip(headings) {
        draw::text(
            buffer,
            *x,
            area.y,
            *width,
            &look.texts.get(heading),
            look.style(Tone::Muted),
        );
    }
    for (nth, item) in Item::CHECKLIST.iter().enumerate() {
        let y = area.y + 1 + u16::try_from(nth).unwrap_or(u16::MAX);
        if y >= area.bottom() {
            break;
        }
        let tick = if review.ticked.contains(item) {
            "[x]"
        } else {
            "[ ]"
        };
        let (x, width) = places[0];
        draw::text(buffer, x, y, 3, tick, look.style(Tone::Plain));
        let name = look.texts.get(&format!("item-{}", item.name()));
        let tone = if nth == review.at {
            Tone::Selected
        } else {
            Tone::Plain
        };
        draw::text(
            buffer,
            x + 4,
            y,
            width.saturating_sub(4),
            &name,
            look.style(tone),
        );
        let Some(field) = review.detail.comparison.iter().find(|c| c.item == *item) else {
            continue;
        };
        let values = [
            account_side(review, look, field),
            said_by_letter(review, look, field),
            field.certificate.clone().unwrap_or_else(|| DASH.to_owned()),
        ];
        for ((x, width), value) in places[1..4].iter().zip(&values) {
            draw::text(buffer, *x, y, *width, value, look.style(Tone::Plain));
        }
        let (word, tone) = agreement(field.agreement);
        let (x, width) = places[4];
        draw::text(buffer, x, y, width, &look.texts.get(word), look.style(tone));
    }
    let below = area.y + 2 + u16::try_from(Item::CHECKLIST.len()).unwrap_or(0);
    let rest = Rect::new(
        area.x,
        below.min(area.bottom()),
        area.width,
        area.bottom().saturating_sub(below),
    );
    let mut lines = selected_in_full(review, look, rest.width);
    if rest.height >= FOR_LETTER && review.letter.is_none() {
        // In a high window the letter itself stands below, with what was found in it marked.
        lines.push(Line::new());
        lines.extend(detail::lines(Tab::Letter, &review.detail, look, rest.width));
    }
    Scroll::default().view(look, buffer, rest, &lines);
}

/// The account's column; for the letter's rows what the form says.
fn account_side(review: &Review, look: &Look, field: &FieldComparison) -> String {
    match field.item {
        Item::Letter if field.account.is_empty() => letter_in_short(look, &review.detail),
        Item::Reason => review.detail.reason_labels.join(", "),
        _ => field.account.clone(),
    }
}

/// The field under the cursor with nothing cut off, and what else matters for it.
fn selected_in_full(review: &Review, look: &Look, columns: u16) -> Vec<Line> {
    let (texts, detail) = (look.texts, &review.detail);
    let item = Item::CHECKLIST[review.at.min(Item::CHECKLIST.len() - 1)];
    let mut out = Fields::new(look, columns);
    if let Some(field) = detail.comparison.iter().find(|c| c.item == item) {
        out.plain("compare-account", &account_side(review, look, field));
        out.plain("compare-letter", &said_by_letter(review, look, field));
        out.some("compare-certificate", field.certificate.as_deref());
    }
    match item {
        Item::Letter => {
            out.plain("detail-letter", &letter_in_short(look, detail));
            if detail.letters.is_empty() {
                let deviation = texts.get("letter-follows-deviation");
                out.field("word-deviation", &deviation, Tone::Warning);
            }
            for warning in detail.letters.last().iter().flat_map(|l| &l.warnings) {
                let text = texts.get(&format!("letter-warning-{warning}"));
                out.field("detail-letter", &text, Tone::Warning);
            }
        }
        Item::Approval => {
            let (word, tone) = if detail.request.letter_data.approved {
                ("word-yes", Tone::Plain)
            } else {
                ("word-no", Tone::Warning)
            };
            out.field("item-approval", &texts.get(word), tone);
        }
        Item::Reason => out.plain("detail-reason", &reasons(detail)),
        _ => {}
    }
    out.lines
}
