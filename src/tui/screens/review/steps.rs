//! What each step of the review shows: the three-column comparison with its ticks, then lines for steps 6 to 8.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::desk::view::{Agreement, FieldComparison};
use crate::domain::{CertificateStatus, Item, State};
use crate::tui::draw;
use crate::tui::glyphs::DASH;
use crate::tui::i18n::Value;
use crate::tui::look::Look;
use crate::tui::screens::detail::{
    field, letter_in_short, mail_status, reasons, signature, status_message,
};
use crate::tui::screens::timeline;
use crate::tui::theme::Tone;
use crate::tui::widgets::scroll::{Line, line};

use super::{Review, Stage};

/// How two or three sources agree, in words.
pub(super) const fn agreement(agreement: Agreement) -> (&'static str, Tone) {
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
    for (y, line) in rest
        .rows()
        .map(|r| r.y)
        .zip(selected_in_full(review, look, rest.width))
    {
        let runs: Vec<(&str, Tone)> = line.iter().map(|(t, tone)| (t.as_str(), *tone)).collect();
        draw::runs(look, buffer, rest, y, &runs);
    }
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
    let texts = look.texts;
    let item = Item::CHECKLIST[review.at.min(Item::CHECKLIST.len() - 1)];
    let mut lines = Vec::new();
    let mut pair = |label: &str, value: &str, tone: Tone| {
        let label = format!(" {}: ", texts.get(label));
        let room = columns.saturating_sub(draw::width(&label) + 1);
        for (nth, part) in draw::wrap(value, room).into_iter().enumerate() {
            let head = if nth == 0 {
                label.clone()
            } else {
                " ".repeat(usize::from(draw::width(&label)))
            };
            lines.push(vec![(head, Tone::Muted), (part, tone)]);
        }
    };
    if let Some(field) = review.detail.comparison.iter().find(|c| c.item == item) {
        pair(
            "compare-account",
            &account_side(review, look, field),
            Tone::Plain,
        );
        pair(
            "compare-letter",
            &said_by_letter(review, look, field),
            Tone::Plain,
        );
        if let Some(certificate) = &field.certificate {
            pair("compare-certificate", certificate, Tone::Plain);
        }
    }
    match item {
        Item::Letter => {
            pair(
                "detail-letter",
                &letter_in_short(look, &review.detail),
                Tone::Plain,
            );
            if review.detail.letters.is_empty() {
                pair(
                    "word-deviation",
                    &texts.get("letter-follows-deviation"),
                    Tone::Warning,
                );
            }
            for warning in review
                .detail
                .letters
                .last()
                .iter()
                .flat_map(|l| &l.warnings)
            {
                pair(
                    "detail-letter",
                    &texts.get(&format!("letter-warning-{warning}")),
                    Tone::Warning,
                );
            }
        }
        Item::Approval => {
            let approved = review.detail.request.letter_data.approved;
            let word = texts.get(if approved { "word-yes" } else { "word-no" });
            pair(
                "item-approval",
                &word,
                if approved { Tone::Plain } else { Tone::Warning },
            );
        }
        Item::Reason => pair("detail-reason", &reasons(&review.detail), Tone::Plain),
        _ => {}
    }
    lines
}

/// The lines of steps 6, 7 and 8; of step 5 none, since it is a table.
pub(super) fn lines(review: &Review, look: &Look, columns: u16) -> Vec<Line> {
    match review.stage {
        Stage::Data => Vec::new(),
        Stage::Certificate => certificate(review, look, columns),
        Stage::Revoke => revoke(review, look, columns),
        Stage::Notify => notify(review, look, columns),
    }
}

/// Step 6: username, every RDN, issuer, serial, signature, status.
fn certificate(review: &Review, look: &Look, columns: u16) -> Vec<Line> {
    let detail = &review.detail;
    let texts = look.texts;
    let mut lines = Vec::new();
    lines.extend(field(
        look,
        columns,
        "field-username",
        detail.owner.account.username.as_str(),
        Tone::Plain,
    ));
    for rdn in &detail.subject_comparison {
        let (word, tone) = match (rdn.same, &rdn.left, &rdn.right) {
            (true, ..) => ("agree-same", Tone::Good),
            (false, Some(_), Some(_)) => ("agree-differs", Tone::Bad),
            (false, ..) => ("agree-empty", Tone::Warning),
        };
        let room = columns.saturating_sub(29) / 2;
        let cell = |value: &Option<String>| {
            let text = draw::fit(value.as_deref().unwrap_or(DASH), room);
            let pad = usize::from(room.saturating_sub(draw::width(&text)));
            format!("{text}{} ", " ".repeat(pad))
        };
        lines.push(vec![
            (format!(" {:<16}", draw::fit(&rdn.label, 15)), Tone::Muted),
            (
                format!("{}{}", cell(&rdn.left), cell(&rdn.right)),
                Tone::Plain,
            ),
            (texts.get(word), tone),
        ]);
    }
    lines.extend(field(
        look,
        columns,
        "field-issuer",
        &detail.certificate.issuer,
        Tone::Plain,
    ));
    let serial = detail.request.certificate.serial.to_string();
    lines.extend(field(look, columns, "field-serial", &serial, Tone::Plain));
    let (word, tone) = signature(detail.signature);
    lines.extend(field(
        look,
        columns,
        "field-signature",
        &texts.get(word),
        tone,
    ));
    let status = detail.certificate.status;
    let tone = if status == CertificateStatus::Active {
        Tone::Good
    } else {
        Tone::Bad
    };
    lines.extend(field(
        look,
        columns,
        "field-status",
        &texts.get(status_message(status)),
        tone,
    ));
    let (verdict, tone) = if detail.names_agree {
        ("names-agree", Tone::Good)
    } else {
        ("names-differ", Tone::Bad)
    };
    lines.push(line(format!(" {}", texts.get(verdict)), tone));
    for other in &detail.other_certificates {
        let text = texts.with(
            "other-certificate",
            &[
                (
                    "serial",
                    Value::from(other.certificate.key.serial.last_eight()),
                ),
                (
                    "until",
                    Value::from(look.format().short_date(other.certificate.not_after)),
                ),
            ],
        );
        lines.extend(
            draw::wrap(&text, columns - 2)
                .into_iter()
                .map(|t| line(format!(" {t}"), Tone::Warning)),
        );
    }
    lines
}

/// Step 7: what would be revoked, why, and who has said yes.
fn revoke(review: &Review, look: &Look, columns: u16) -> Vec<Line> {
    let detail = &review.detail;
    let request = &detail.request;
    let (texts, format) = (look.texts, look.format());
    let mut lines = Vec::new();
    lines.extend(field(
        look,
        columns,
        "field-subject",
        &detail.certificate.subject,
        Tone::Plain,
    ));
    lines.extend(field(
        look,
        columns,
        "field-serial",
        &request.certificate.serial.to_string(),
        Tone::Plain,
    ));
    lines.extend(field(
        look,
        columns,
        "detail-reason",
        &reasons(detail),
        Tone::Plain,
    ));
    if let (Some(proposed), Some((code, note))) = (request.proposed, &request.changed_reason) {
        let text = format!("{} > {}: {note}", proposed.name(), code.name());
        lines.extend(field(
            look,
            columns,
            "detail-changed-reason",
            &text,
            Tone::Plain,
        ));
    }
    if let Some(date) = request.invalidity_date {
        lines.extend(field(
            look,
            columns,
            "field-invalidity-date",
            &format.full(date),
            Tone::Plain,
        ));
    }
    let checks = [
        ("review-data", request.data_check.as_ref().map(|c| c.at)),
        (
            "review-certificate",
            request.certificate_check.as_ref().map(|c| c.at),
        ),
        (
            "review-approval",
            request
                .approval
                .as_ref()
                .filter(|_| request.is_approved())
                .map(|c| c.at),
        ),
    ];
    for (label, at) in checks {
        let value = at.map_or_else(|| DASH.to_owned(), |at| format.full(at));
        lines.extend(field(look, columns, label, &value, Tone::Plain));
    }
    if let Some(schedule) = &request.schedule {
        lines.extend(field(
            look,
            columns,
            "field-effective",
            &format.full(schedule.effective),
            Tone::Warning,
        ));
    }
    if let Some(decision) = &request.decision {
        lines.extend(field(
            look,
            columns,
            "field-revoked",
            &format.full(decision.at),
            Tone::Good,
        ));
    } else {
        let text = texts.get("revoke-consequence");
        lines.extend(
            draw::wrap(&text, columns - 2)
                .into_iter()
                .map(|t| line(format!(" {t}"), Tone::Warning)),
        );
    }
    lines
}

/// Step 8: decided, on CRL N, mail; never one for the other.
fn notify(review: &Review, look: &Look, columns: u16) -> Vec<Line> {
    let detail = &review.detail;
    let request = &detail.request;
    let (texts, format) = (look.texts, look.format());
    let mut lines = Vec::new();
    let decided = request
        .decision
        .as_ref()
        .map_or_else(|| DASH.to_owned(), |d| format.full(d.at));
    lines.extend(field(look, columns, "truth-decided", &decided, Tone::Plain));
    let on_crl = match &request.crl_number {
        Some(number) => texts.with(
            "truth-on-crl",
            &[("number", Value::from(number.to_string()))],
        ),
        None if request.state == State::Dicabut => texts.get("truth-waiting"),
        None => DASH.to_owned(),
    };
    lines.extend(field(look, columns, "field-crl", &on_crl, Tone::Plain));
    for mail in &detail.mails {
        let text = format!(
            "{} {}: {} {}",
            format.short(mail.queued_at),
            texts.get(mail_status(mail.status)),
            mail.subject,
            mail.answer.as_deref().unwrap_or_default()
        );
        lines.extend(field(
            look,
            columns,
            "detail-mail",
            text.trim_end(),
            Tone::Plain,
        ));
    }
    if let Some(notice) = &request.notice {
        lines.extend(field(
            look,
            columns,
            "detail-notice",
            &format.full(notice.at),
            Tone::Good,
        ));
    }
    lines.extend(timeline::steps(request, look, columns));
    if detail.may_apply_anew {
        lines.push(line(
            format!(" {}", texts.get("may-apply-anew")),
            Tone::Good,
        ));
    }
    lines
}
