//! The tabs of one request as lines of text, shared by the queue's lower half and the screen of one request.

mod papers;
mod people;

use ratatui::layout::Rect;

use crate::desk::{LetterLine, RequestDetail, SignatureState};
use crate::domain::request::{Channel, Misuse};
use crate::domain::{CertificateStatus, State};
use crate::tui::glyphs::DASH;
use crate::tui::i18n::Value;
use crate::tui::look::Look;
use crate::tui::refusals;
use crate::tui::theme::{Tone, state_tone};
use crate::tui::widgets::fields::Fields;
use crate::tui::widgets::scroll::Line;

use super::timeline;

/// The tabs of a request.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, serde::Serialize, serde::Deserialize)]
pub enum Tab {
    #[default]
    Summary,
    Applicant,
    Letter,
    Certificate,
    Timeline,
    Notes,
}

impl Tab {
    pub const ALL: [Self; 6] = [
        Self::Summary,
        Self::Applicant,
        Self::Letter,
        Self::Certificate,
        Self::Timeline,
        Self::Notes,
    ];

    const fn message(self) -> &'static str {
        match self {
            Self::Summary => "tab-summary",
            Self::Applicant => "tab-applicant",
            Self::Letter => "tab-letter",
            Self::Certificate => "tab-certificate",
            Self::Timeline => "tab-timeline",
            Self::Notes => "tab-notes",
        }
    }

    pub fn titles(look: &Look) -> Vec<String> {
        Self::ALL
            .iter()
            .map(|t| look.texts.get(t.message()))
            .collect()
    }

    pub const fn index(self) -> usize {
        self as usize
    }

    /// The tab `step` further, at the ends the same.
    pub fn beside(self, step: isize) -> Self {
        let at = self
            .index()
            .saturating_add_signed(step)
            .min(Self::ALL.len() - 1);
        Self::ALL[at]
    }
}

/// The lines of a tab.
pub fn lines(tab: Tab, detail: &RequestDetail, look: &Look, columns: u16) -> Vec<Line> {
    let mut lines = Fields::new(look, columns);
    match tab {
        Tab::Summary => summary(&mut lines, detail),
        Tab::Applicant => people::applicant(&mut lines, detail),
        Tab::Letter => papers::letter(&mut lines, detail),
        Tab::Certificate => papers::certificate(&mut lines, detail),
        Tab::Timeline => lines.lines = timeline::lines(detail, look, columns),
        Tab::Notes => people::notes(&mut lines, detail),
    }
    lines.lines
}

/// The reasons in words, with the code that they make.
pub fn reasons(detail: &RequestDetail) -> String {
    let labels = detail.reason_labels.join(", ");
    match detail.request.reason_code() {
        Some(code) => format!("{labels} ({})", code.name()),
        None => labels,
    }
}

/// A certificate's status as a word.
pub const fn status_message(status: CertificateStatus) -> &'static str {
    match status {
        CertificateStatus::Active => "certificate-active",
        CertificateStatus::Held => "certificate-held",
        CertificateStatus::Revoked => "certificate-revoked",
        CertificateStatus::Expired => "certificate-expired",
    }
}

/// As [`lines`], but the summary is the one for below a list: at every row it is sent anew, so its lines stand still and
/// say only what tells this request from the next.
pub fn lines_below(tab: Tab, detail: &RequestDetail, look: &Look, area: Rect) -> Vec<Line> {
    let columns = area.width;
    if tab != Tab::Summary {
        return lines(tab, detail, look, columns);
    }
    let mut out = Fields::new(look, columns);
    out.one_line("column-agency", &detail.owner.account.agency, Tone::Plain);
    out.one_line(
        "detail-reason",
        &detail.reason_labels.join(", "),
        Tone::Plain,
    );
    out.one_line("detail-letter", &letter_in_short(look, detail), Tone::Plain);
    let (text, tone) = decide_by(look, detail);
    out.one_line("detail-decide-by", &text, tone);
    let claimed = detail.claimed_by.as_deref().unwrap_or(DASH);
    out.one_line("detail-claimed-by", claimed, Tone::Plain);
    if area.height >= 12 {
        let certificate = &detail.certificate.certificate;
        out.one_line(
            "field-serial",
            &certificate.key.serial.to_string(),
            Tone::Plain,
        );
        let until = look.format().date(certificate.not_after);
        out.one_line("detail-valid-until", &until, Tone::Plain);
    }
    out.lines
}

/// The end of the 24-hour clock and, in words, whether it is over and whether the request is urgent.
fn decide_by(look: &Look, detail: &RequestDetail) -> (String, Tone) {
    let texts = look.texts;
    let open = detail.request.state.is_open();
    let mut words = Vec::new();
    let mut tone = Tone::Plain;
    match detail.decide_by.filter(|_| open) {
        Some(by) => {
            words.push(look.format().short(by));
            if look.now > by {
                words.push(texts.get("word-late"));
                tone = Tone::Bad;
            }
        }
        None => words.push(DASH.to_owned()),
    }
    if open && detail.request.urgent {
        words.push(texts.get("word-urgent"));
        tone = Tone::Bad;
    }
    (words.join(" "), tone)
}

fn summary(out: &mut Fields, detail: &RequestDetail) {
    let look = out.look;
    let (texts, format) = (look.texts, look.format());
    let request = &detail.request;
    out.plain("detail-reason", &reasons(detail));
    out.plain("column-agency", &detail.owner.account.agency);
    let certificate = &detail.certificate.certificate;
    let serial = format!(
        "{} ({})",
        request.certificate.serial,
        texts.get(status_message(detail.certificate.status))
    );
    out.plain("field-serial", &serial);
    out.plain("detail-valid-until", &format.date(certificate.not_after));
    out.plain("detail-letter", &letter_in_short(look, detail));
    let (text, tone) = decide_by(look, detail);
    out.field("detail-decide-by", &text, tone);
    out.plain(
        "detail-claimed-by",
        detail.claimed_by.as_deref().unwrap_or(DASH),
    );
    out.plain("detail-next", &next_step(look, detail));
    if detail.may_apply_anew {
        out.text(&texts.get("may-apply-anew"), Tone::Good);
    }
}

/// The newest letter in one line, or when it is due.
pub fn letter_in_short(look: &Look, detail: &RequestDetail) -> String {
    let (texts, format) = (look.texts, look.format());
    match detail.letters.last() {
        Some(letter) => texts.with(
            "letter-short",
            &[
                ("version", Value::from(letter.version)),
                ("kind", Value::from(letter.kind.to_uppercase())),
                ("pages", Value::from(letter.pages)),
                ("size", Value::from(format.size(letter.bytes))),
            ],
        ),
        None => match detail.request.letter_due {
            Some(due) => texts.with("letter-due", &[("date", Value::from(format.short(due)))]),
            None => texts.get("letter-none"),
        },
    }
}

/// What happens next, and whose turn it is.
pub fn next_step(look: &Look, detail: &RequestDetail) -> String {
    let id = match detail.request.state {
        State::Draf => "next-draf",
        State::Diajukan => "next-diajukan",
        State::Diperiksa => "next-diperiksa",
        State::Dikembalikan => "next-dikembalikan",
        State::DataSesuai => "next-data_sesuai",
        State::DnCocok => "next-dn_cocok",
        State::Terjadwal => "next-terjadwal",
        State::Dicabut => "next-dicabut",
        State::Diberitahukan => "next-diberitahukan",
        State::Selesai => "next-selesai",
        State::Ditolak => "next-ditolak",
        State::Ditarik => "next-ditarik",
        State::Ditutup => "next-ditutup",
    };
    look.texts.get(id)
}

/// The word for a signature's state.
pub const fn signature(state: SignatureState) -> (&'static str, Tone) {
    match state {
        SignatureState::Verified => ("signature-verified", Tone::Good),
        SignatureState::Broken => ("signature-broken", Tone::Bad),
        SignatureState::IssuerUnknown => ("signature-issuer-unknown", Tone::Warning),
    }
}

/// The word for where a mail stands.
pub fn mail_status(status: &str) -> &'static str {
    match status {
        "sent" => "mail-sent",
        "failed" => "mail-failed",
        "given_up" => "mail-given-up",
        "cancelled" => "mail-cancelled",
        _ => "mail-waiting",
    }
}

/// `PC-2026-000123  Diajukan  Budi Santoso UJI`: the heading of one request.
pub fn heading(detail: &RequestDetail, look: &Look) -> Vec<(String, Tone)> {
    let request = &detail.request;
    let number = request
        .number
        .as_ref()
        .map_or_else(|| look.texts.get("state-draf"), ToString::to_string);
    let mut runs = vec![
        (number, Tone::Heading),
        ("  ".to_owned(), Tone::Plain),
        (
            look.texts.get(&format!("state-{}", request.state.name())),
            state_tone(request.state),
        ),
    ];
    if request.urgent {
        runs.push((format!("  {}", look.texts.get("word-urgent")), Tone::Bad));
    }
    runs.push((format!("  {}", detail.owner.account.name), Tone::Plain));
    if let Some(officer) = &detail.claimed_by {
        let text = look.texts.with(
            "heading-claimed",
            &[("officer", Value::from(officer.as_str()))],
        );
        runs.push((format!("  {text}"), Tone::Muted));
    }
    runs
}
