//! One certificate in a list: its cells, its detail, and what can be begun with it. Shared by the browser and the
//! applicant's own list.

use crate::desk::{CertificateView, Identity};
use crate::domain::{CertificateStatus, ReasonCode};
use crate::tui::action::{ActionId, Facts, Why};
use crate::tui::component::{Cx, Outcome};
use crate::tui::glyphs::DASH;
use crate::tui::i18n::Value;
use crate::tui::look::Look;
use crate::tui::theme::Tone;
use crate::tui::widgets::fields::Fields;
use crate::tui::widgets::list::Cell;
use crate::tui::widgets::scroll::Line;

use super::acting::copy;
use super::apply::Filing;
use super::detail::{self, status_message};
use super::request::RequestScreen;

/// The cells under the columns of the browser; the first is what the cursor marks.
pub fn cells(view: &CertificateView, look: &Look) -> Vec<Cell> {
    let certificate = &view.certificate;
    let cn = certificate.subject.common_name().unwrap_or_default();
    vec![
        Cell::plain(certificate.key.serial.last_eight()),
        Cell::toned(
            look.texts.get(status_message(view.status)),
            status_tone(view.status),
        ),
        Cell::plain(look.format().short_date(certificate.not_after)),
        Cell::plain(cn),
        Cell::plain(view.owner.as_deref().unwrap_or(DASH)),
    ]
}

pub const fn status_tone(status: CertificateStatus) -> Tone {
    match status {
        CertificateStatus::Active => Tone::Plain,
        CertificateStatus::Held => Tone::Warning,
        CertificateStatus::Revoked => Tone::Bad,
        CertificateStatus::Expired => Tone::Muted,
    }
}

/// The detail of one certificate.
pub fn lines(view: &CertificateView, look: &Look, columns: u16) -> Vec<Line> {
    let (texts, format) = (look.texts, look.format());
    let certificate = &view.certificate;
    let mut out = Fields::new(look, columns);
    out.plain("field-serial", &certificate.key.serial.to_string());
    out.plain("field-subject", &view.subject);
    out.plain("field-issuer", &view.issuer);
    let (from, until) = (certificate.not_before, certificate.not_after);
    let validity = format!("{} {DASH} {}", format.date(from), format.date(until));
    out.plain("field-validity", &validity);
    if let Some(revocation) = certificate.revocation() {
        let decided = format!(
            "{} ({})",
            format.full(revocation.date),
            revocation.reason.name()
        );
        out.plain("field-revoked", &decided);
        let truth = match revocation.on_crl {
            Some(number) => texts.with(
                "truth-on-crl",
                &[("number", Value::from(number.to_string()))],
            ),
            None => texts.get("truth-waiting"),
        };
        out.plain("field-truth", &truth);
        if view.status == CertificateStatus::Revoked && revocation.on_crl.is_some() {
            out.text(&texts.get("may-apply-anew"), Tone::Good);
        }
    }
    if let Some((second, at)) = &view.suspension_approved {
        let said = format!("{}, {}", second.name, format.full(*at));
        out.plain("field-suspension-approved", &said);
    }
    if let Some((_, number)) = &view.open_request {
        let number = number.map_or_else(|| texts.get("state-draf"), |n| n.to_string());
        out.plain("field-open-request", &number);
    }
    out.some("item-email", certificate.emails.first().map(String::as_str));
    out.some(
        "field-crl",
        certificate.distribution_points.first().map(String::as_str),
    );
    out.lines
}

/// Greys out filing where the certificate is not one to file for.
pub fn bar_filing(view: Option<&CertificateView>, facts: &mut Facts) {
    // A revoked one may still be reported as compromised.
    let compromised = |view: &CertificateView| {
        let revocation = view.certificate.revocation();
        revocation.is_some_and(|r| r.reason == ReasonCode::KeyCompromise)
    };
    let why = match view {
        None => None,
        Some(view) if view.status == CertificateStatus::Expired => Some("file-expired"),
        Some(view) if compromised(view) => Some("file-revoked"),
        Some(view) if view.certificate.owner.is_none() => Some("file-no-owner"),
        Some(_) => None,
    };
    if let Some(why) = why {
        facts
            .barred
            .push((ActionId::FileRequest, Why::Because(why)));
    }
}

/// What Enter, filing and copying do with the certificate under the cursor.
pub fn act_on(action: ActionId, who: &Identity, view: &CertificateView, cx: &mut Cx) -> Outcome {
    match action {
        ActionId::FileRequest => Filing::on(who.clone(), view, cx),
        ActionId::Enter => match view.open_request {
            Some((id, _)) => RequestScreen::open(who.clone(), id, detail::Tab::default(), cx),
            None => Outcome::Done,
        },
        ActionId::CopySerial => copy(view.certificate.key.serial.to_string(), cx),
        _ => Outcome::Ignored,
    }
}
