//! What the form shows below its fields: the letters that are there, how else one comes in, and the whole before it is
//! submitted, with what is missing said in words.

use crate::desk::{Arrival, CertificateView, RequestDetail};
use crate::desk::{DeskError, LetterCode, LetterCommand};
use crate::domain::request::Misuse;
use crate::domain::{CertificateStatus, Nip, Refusal};
use crate::tui::dialogs::shared_key;
use crate::tui::errors;
use crate::tui::i18n::Value;
use crate::tui::look::Look;
use crate::tui::refusals;
use crate::tui::screens::certificate;
use crate::tui::theme::Tone;
use crate::tui::widgets::fields::Fields;
use crate::tui::widgets::scroll::Line;

/// The first step: the certificate, and what can be asked for when it is revoked already.
pub fn certificate(view: &CertificateView, look: &Look, columns: u16) -> Vec<Line> {
    let mut lines = certificate::lines(view, look, columns);
    if view.status == CertificateStatus::Revoked {
        let mut note = Fields::new(look, columns);
        note.text(&look.texts.get("apply-only-compromise"), Tone::Warning);
        lines.splice(0..0, note.lines);
    }
    lines
}

/// How a letter comes in from another computer.
pub struct Arrivals<'a> {
    pub command: Option<&'a LetterCommand>,
    pub code: Option<&'a LetterCode>,
    pub arriving: Option<&'a Arrival>,
    /// One from the person's own machine is being examined.
    pub examined: bool,
}

/// The letter step: versions, and the ways in.
pub fn letter(
    detail: Option<&RequestDetail>,
    arrivals: &Arrivals,
    look: &Look,
    columns: u16,
) -> Vec<Line> {
    let (texts, format) = (look.texts, look.format());
    let mut out = Fields::new(look, columns);
    let Some(detail) = detail else {
        return out.lines;
    };
    for letter in detail.letters.iter().rev() {
        let text = texts.with(
            "letter-short",
            &[
                ("version", Value::from(letter.version)),
                ("kind", Value::from(letter.kind)),
                ("pages", Value::from(letter.pages)),
                ("size", Value::from(format.size(letter.bytes))),
            ],
        );
        out.plain("detail-letter", &text);
    }
    if detail.letters.is_empty() {
        out.field("detail-letter", &texts.get("letter-none"), Tone::Warning);
    }
    let nip = Nip::parse(&detail.request.letter_data.superior_nip);
    if let Ok(nip) = nip {
        let form = if nip.looks_regular() {
            "nip-regular"
        } else {
            "nip-irregular"
        };
        out.plain("field-superior-nip", &texts.get(form));
    }
    out.blank();
    if let Some(code) = arrivals.code {
        let until = format.time(code.until);
        let facts = [("until", Value::from(until))];
        out.text(&texts.with("apply-letter-put", &facts), Tone::Muted);
        let code = ("code", Value::from(code.code.as_str()));
        match arrivals.command {
            Some(LetterCommand::Ssh { host }) => {
                let facts = [code, ("host", Value::from(host.as_str()))];
                out.text(&texts.with("apply-letter-command", &facts), Tone::Plain);
                out.text(&texts.with("apply-letter-windows", &facts), Tone::Muted);
            }
            Some(LetterCommand::Here { folder }) => {
                let facts = [code, ("folder", Value::from(folder.as_str()))];
                out.text(&texts.with("apply-letter-here", &facts), Tone::Plain);
            }
            None => {}
        }
    }
    if arrivals.examined {
        out.text(&texts.get("apply-letter-examined"), Tone::Good);
    }
    match arrivals.arriving {
        Some(Arrival::Received(octets)) => {
            let facts = [("size", Value::from(format.size(*octets)))];
            out.text(&texts.with("apply-letter-arriving", &facts), Tone::Good);
        }
        Some(Arrival::Refused(defect)) => {
            let error = DeskError::Letter(defect.clone());
            let (what, _) = errors::say(format, &|id| id.to_string(), &error);
            out.text(&what, Tone::Bad);
        }
        Some(Arrival::BrokenOff) => {
            out.text(&texts.get("apply-letter-broken-off"), Tone::Bad);
        }
        None => {}
    }
    out.text(&texts.get("apply-letter-date"), Tone::Muted);
    out.text(&texts.get("apply-letter-form"), Tone::Muted);
    out.lines
}

/// The last step: everything, and what is still missing.
pub fn review(
    detail: Option<&RequestDetail>,
    submission: &Result<(), Refusal>,
    look: &Look,
    columns: u16,
) -> Vec<Line> {
    let (texts, format) = (look.texts, look.format());
    let mut out = Fields::new(look, columns);
    let Some(detail) = detail else {
        return out.lines;
    };
    let (request, letter) = (&detail.request, &detail.request.letter_data);
    match submission {
        Ok(()) => out.text(&texts.get("apply-ready"), Tone::Good),
        Err(refusal) => {
            let (what, hint) = refusals::refused(format, &|_| String::new(), refusal);
            out.text(&format!("{what} {hint}"), Tone::Warning);
        }
    }
    out.blank();
    let missing = texts.get("apply-missing");
    let mut or_missing = |label: &'static str, value: String| {
        if value.is_empty() {
            out.field(label, &missing, Tone::Warning);
        } else {
            out.plain(label, &value);
        }
    };
    or_missing("field-subject", detail.certificate.subject.clone());
    or_missing("field-serial", request.certificate.serial.to_string());
    or_missing("detail-reason", detail.reason_labels.join(", "));
    let misuse = match request.misuse {
        Misuse::Unanswered => None,
        Misuse::Possible => Some("misuse-is-possible"),
        Misuse::RuledOut => Some("misuse-is-ruled-out"),
    };
    if let Some(misuse) = misuse {
        or_missing("detail-misuse", texts.get(misuse));
    }
    for line in shared_key::lines(detail, look) {
        or_missing("field-shared-key", line);
    }
    if let Some(date) = request.invalidity_date {
        or_missing("field-invalidity-date", format.date(date));
    }
    if request.letter_follows && request.letters.is_empty() {
        or_missing("detail-letter", texts.get("apply-letter-follows"));
    } else {
        let letters = detail.letters.last().map(|l| {
            let version = [("version", Value::from(l.version))];
            format!("{} {}", texts.with("apply-version", &version), l.kind)
        });
        or_missing("detail-letter", letters.unwrap_or_default());
        or_missing("field-letter-number", letter.number.clone());
        let date = letter.date.map(|d| format.day(d)).unwrap_or_default();
        or_missing("field-letter-date", date);
        or_missing("field-superior", letter.superior_name.clone());
        or_missing("field-superior-nip", letter.superior_nip.clone());
        let approved = if letter.approved {
            texts.get("approval-there")
        } else {
            String::new()
        };
        or_missing("item-approval", approved);
    }
    if let Some(companion) = detail.companion.clone() {
        or_missing("detail-companion", companion);
    }
    out.lines
}
