//! The tabs `surat` and `sertifikat`: what the letter says with what was found in it marked, and the certificate with
//! its subject compared RDN by RDN.

use crate::tui::dialogs::shared_key;
use crate::tui::draw;

use super::*;

pub(super) fn letter(out: &mut Fields, detail: &RequestDetail) {
    let look = out.look;
    let (texts, format) = (look.texts, look.format());
    let data = &detail.request.letter_data;
    let none = DASH.to_owned();
    let or_none = |text: &str| {
        if text.is_empty() {
            none.clone()
        } else {
            text.to_owned()
        }
    };
    out.plain("field-letter-number", &or_none(&data.number));
    out.plain(
        "field-letter-date",
        &data.date.map_or(none.clone(), |d| format.day(d)),
    );
    out.plain("field-superior", &or_none(&data.superior_name));
    out.plain("field-superior-nip", &or_none(&data.superior_nip));
    let approved = texts.get(if data.approved { "word-yes" } else { "word-no" });
    out.plain("item-approval", &approved);
    let Some(newest) = detail.letters.last() else {
        out.field(
            "detail-letter",
            &letter_in_short(look, detail),
            Tone::Warning,
        );
        return;
    };
    for letter in detail.letters.iter().rev() {
        let text = texts.with(
            "letter-facts",
            &[
                ("version", Value::from(letter.version)),
                ("kind", Value::from(letter.kind.to_uppercase())),
                ("pages", Value::from(letter.pages)),
                ("size", Value::from(format.size(letter.bytes))),
                ("at", Value::from(format.short(letter.attached_at))),
                ("by", Value::from(letter.attached_by.as_str())),
                (
                    "signed",
                    Value::from(texts.get(if letter.signed {
                        "letter-signed"
                    } else {
                        "letter-unsigned"
                    })),
                ),
            ],
        );
        out.plain("detail-letter", &text);
    }
    out.plain("detail-sha256", &newest.sha256);
    for warning in &newest.warnings {
        out.text(
            &texts.get(&format!("letter-warning-{warning}")),
            Tone::Warning,
        );
    }
    if newest.scan || newest.lines.is_empty() {
        out.text(&texts.get("letter-no-text"), Tone::Muted);
        return;
    }
    out.heading(&texts.get("letter-text"));
    for letter_line in &newest.lines {
        out.lines
            .extend(letter_lines(letter_line, out.columns.saturating_sub(2)));
    }
}

/// A line of the letter in runs, what was found in it marked and named.
fn letter_lines(letter: &LetterLine, room: u16) -> Vec<Line> {
    let mut runs: Line = vec![(" ".to_owned(), Tone::Plain)];
    let mut at = 0;
    for (range, _) in &letter.marks {
        let (Some(before), Some(found)) = (
            letter.text.get(at..range.start),
            letter.text.get(range.clone()),
        ) else {
            continue;
        };
        runs.push((before.to_owned(), Tone::Plain));
        runs.push((found.to_owned(), Tone::Found));
        at = range.end;
    }
    runs.push((
        letter.text.get(at..).unwrap_or_default().to_owned(),
        Tone::Plain,
    ));
    // Letters are set in lines of their own; only what is too wide is broken, and then without its marks' halves.
    let wide: u16 = runs.iter().map(|(t, _)| draw::width(t)).sum();
    if wide <= room + 1 {
        return vec![runs];
    }
    draw::wrap(&letter.text, room)
        .into_iter()
        .map(|part| {
            let marked = letter.marks.iter().any(|(range, _)| {
                letter
                    .text
                    .get(range.clone())
                    .is_some_and(|found| part.contains(found))
            });
            vec![
                (" ".to_owned(), Tone::Plain),
                (part, if marked { Tone::Found } else { Tone::Plain }),
            ]
        })
        .collect()
}

pub(super) fn certificate(out: &mut Fields, detail: &RequestDetail) {
    let look = out.look;
    let (texts, format) = (look.texts, look.format());
    let certificate = &detail.certificate.certificate;
    out.plain("field-serial", &certificate.key.serial.to_string());
    let status = detail.certificate.status;
    let tone = if status == CertificateStatus::Active {
        Tone::Good
    } else {
        Tone::Warning
    };
    out.field("field-status", &texts.get(status_message(status)), tone);
    out.plain("field-subject", &detail.certificate.subject);
    out.plain("field-issuer", &detail.certificate.issuer);
    let validity = format!(
        "{} {DASH} {}",
        format.date(certificate.not_before),
        format.date(certificate.not_after)
    );
    out.plain("field-validity", &validity);
    let (signature, tone) = signature(detail.signature);
    out.field("field-signature", &texts.get(signature), tone);
    if let Some(revocation) = certificate.revocation() {
        let text = format!(
            "{} ({})",
            format.full(revocation.date),
            revocation.reason.name()
        );
        out.plain("field-revoked", &text);
        let crl = match &revocation.on_crl {
            Some(number) => texts.with(
                "truth-on-crl",
                &[("number", Value::from(number.to_string()))],
            ),
            None => texts.get("truth-decided"),
        };
        out.plain("field-truth", &crl);
    }
    for email in &certificate.emails {
        out.plain("item-email", email);
    }
    out.heading(&texts.get("dn-comparison"));
    for rdn in &detail.subject_comparison {
        let none = DASH;
        let verdict = texts.get(match (rdn.same, &rdn.left, &rdn.right) {
            (true, ..) => "agree-same",
            (false, Some(_), Some(_)) => "agree-differs",
            (false, ..) => "agree-empty",
        });
        let text = format!(
            "{}: {} | {}",
            rdn.label,
            rdn.left.as_deref().unwrap_or(none),
            rdn.right.as_deref().unwrap_or(none)
        );
        let tone = if rdn.same { Tone::Plain } else { Tone::Warning };
        out.text(&format!("{text}  {verdict}"), tone);
    }
    for line in shared_key::lines(detail, look) {
        out.field("field-shared-key", &line, Tone::Warning);
    }
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
                    Value::from(format.short_date(other.certificate.not_after)),
                ),
            ],
        );
        out.text(&text, Tone::Warning);
    }
}
