//! Steps 6 to 8 of the review as lines: the certificate against the account, what would be revoked and who said yes,
//! and how far the applicant has been told.

use crate::domain::{CertificateStatus, State};
use crate::tui::dialogs::shared_key;
use crate::tui::draw;
use crate::tui::glyphs::DASH;
use crate::tui::i18n::Value;
use crate::tui::look::Look;
use crate::tui::screens::detail::{mail_status, reasons, signature, status_message};
use crate::tui::screens::timeline;
use crate::tui::theme::Tone;
use crate::tui::widgets::fields::Fields;
use crate::tui::widgets::scroll::Line;

use super::{Review, Stage};

/// The lines of steps 6, 7 and 8; of step 5 none, since it is a table.
pub(super) fn lines(review: &Review, look: &Look, columns: u16) -> Vec<Line> {
    let mut out = Fields::new(look, columns);
    match review.stage {
        Stage::Data => {}
        Stage::Certificate => certificate(&mut out, review),
        Stage::Revoke => revoke(&mut out, review),
        Stage::Notify => notify(&mut out, review),
    }
    out.lines
}

/// Step 6: username, every RDN, issuer, serial, signature, status.
fn certificate(out: &mut Fields, review: &Review) {
    let (look, detail) = (out.look, &review.detail);
    let texts = look.texts;
    out.plain("field-username", detail.owner.account.username.as_str());
    for rdn in &detail.subject_comparison {
        let (word, tone) = match (rdn.same, &rdn.left, &rdn.right) {
            (true, ..) => ("agree-same", Tone::Good),
            (false, Some(_), Some(_)) => ("agree-differs", Tone::Bad),
            (false, ..) => ("agree-empty", Tone::Warning),
        };
        let room = out.columns.saturating_sub(29) / 2;
        let cell = |value: &Option<String>| {
            let text = draw::fit(value.as_deref().unwrap_or(DASH), room);
            let pad = usize::from(room.saturating_sub(draw::width(&text)));
            format!("{text}{} ", " ".repeat(pad))
        };
        let sides = format!("{}{}", cell(&rdn.left), cell(&rdn.right));
        out.lines.push(vec![
            (format!(" {:<16}", draw::fit(&rdn.label, 15)), Tone::Muted),
            (sides, Tone::Plain),
            (texts.get(word), tone),
        ]);
    }
    out.plain("field-issuer", &detail.certificate.issuer);
    out.plain(
        "field-serial",
        &detail.request.certificate.serial.to_string(),
    );
    let (word, tone) = signature(detail.signature);
    out.field("field-signature", &texts.get(word), tone);
    let status = detail.certificate.status;
    let tone = if status == CertificateStatus::Active {
        Tone::Good
    } else {
        Tone::Bad
    };
    out.field("field-status", &texts.get(status_message(status)), tone);
    let (verdict, tone) = if detail.names_agree {
        ("names-agree", Tone::Good)
    } else {
        ("names-differ", Tone::Bad)
    };
    out.text(&texts.get(verdict), tone);
    for line in shared_key::lines(detail, look) {
        out.field("field-shared-key", &line, Tone::Warning);
    }
    for other in &detail.other_certificates {
        let serial = other.certificate.key.serial.last_eight();
        let until = look.format().short_date(other.certificate.not_after);
        let facts = [
            ("serial", Value::from(serial)),
            ("until", Value::from(until)),
        ];
        out.text(&texts.with("other-certificate", &facts), Tone::Warning);
    }
}

/// Step 7: what would be revoked, why, and who has said yes.
fn revoke(out: &mut Fields, review: &Review) {
    let detail = &review.detail;
    let request = &detail.request;
    let (texts, format) = (out.look.texts, out.look.format());
    out.plain("field-subject", &detail.certificate.subject);
    out.plain("field-serial", &request.certificate.serial.to_string());
    out.plain("detail-reason", &reasons(detail));
    if let (Some(proposed), Some((code, note))) = (request.proposed, &request.changed_reason) {
        let text = format!("{} > {}: {note}", proposed.name(), code.name());
        out.plain("detail-changed-reason", &text);
    }
    if let Some(date) = request.invalidity_date {
        out.plain("field-invalidity-date", &format.full(date));
    }
    let approval = request.approval.as_ref().filter(|_| request.is_approved());
    let checks = [
        ("review-data", request.data_check.as_ref().map(|c| c.at)),
        (
            "review-certificate",
            request.certificate_check.as_ref().map(|c| c.at),
        ),
        ("review-approval", approval.map(|c| c.at)),
    ];
    for (label, at) in checks {
        let value = at.map_or_else(|| DASH.to_owned(), |at| format.full(at));
        out.plain(label, &value);
    }
    if let Some(schedule) = &request.schedule {
        let effective = format.full(schedule.effective);
        out.field("field-effective", &effective, Tone::Warning);
    }
    match &request.decision {
        Some(decision) => out.field("field-revoked", &format.full(decision.at), Tone::Good),
        None => out.text(&texts.get("revoke-consequence"), Tone::Warning),
    }
}

/// Step 8: decided, on CRL N, mail; never one for the other.
fn notify(out: &mut Fields, review: &Review) {
    let detail = &review.detail;
    let request = &detail.request;
    let (texts, format) = (out.look.texts, out.look.format());
    let decided = request.decision.as_ref().map(|d| format.full(d.at));
    out.plain("truth-decided", decided.as_deref().unwrap_or(DASH));
    let on_crl = match &request.crl_number {
        Some(number) => {
            let number = [("number", Value::from(number.to_string()))];
            texts.with("truth-on-crl", &number)
        }
        None if request.state == State::Dicabut => texts.get("truth-waiting"),
        None => DASH.to_owned(),
    };
    out.plain("field-crl", &on_crl);
    if let Some(at) = detail.seen_at {
        let at = [("at", Value::from(format.full(at)))];
        out.field("field-seen", &texts.with("truth-seen", &at), Tone::Good);
    }
    for mail in &detail.mails {
        let text = format!(
            "{} {}: {} {}",
            format.short(mail.queued_at),
            texts.get(mail_status(mail.status)),
            mail.subject,
            mail.answer.as_deref().unwrap_or_default()
        );
        out.plain("detail-mail", text.trim_end());
    }
    if let Some(notice) = &request.notice {
        out.field("detail-notice", &format.full(notice.at), Tone::Good);
    }
    let steps = timeline::steps(request, out.look, out.columns);
    out.lines.extend(steps);
    if detail.may_apply_anew {
        out.text(&texts.get("may-apply-anew"), Tone::Good);
    }
}
