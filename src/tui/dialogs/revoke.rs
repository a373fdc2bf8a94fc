//! The revocation dialog (step 7): subject, serial, reason and consequence to read; the serial's last four digits and
//! the password to type. Nothing but Ctrl-X after both confirms it, and Esc, the default, leaves everything as it is.

use crate::desk::view::RequestDetail;
use crate::desk::{Identity, Intent};
use crate::tui::action::ActionId;
use crate::tui::component::Cx;
use crate::tui::screens::detail::reasons;
use crate::tui::widgets::form::{Field, Form};

use super::ask::Ask;

/// Opens it for a request.
pub fn revoke(who: Identity, detail: &RequestDetail, cx: &Cx) -> Ask {
    let texts = cx.texts();
    let form = Form::new(vec![
        Field::text("field-last-four", 8),
        Field::secret("field-password", 160),
    ]);
    let hold = detail.request.reason_code() == Some(crate::domain::ReasonCode::CertificateHold);
    let consequence = texts.get(if hold {
        "hold-consequence"
    } else {
        "revoke-consequence"
    });
    Ask::over(ActionId::Revoke, who, detail, form, |form| {
        let last_four = form.text(0).trim().to_owned();
        if last_four.len() != 4 || !last_four.chars().all(|c| c.is_ascii_hexdigit()) {
            return Err((0, "last-four-form"));
        }
        let Some(password) = form.field_mut(1) else {
            return Err((1, "why-incomplete"));
        };
        Ok(Intent::Revoke {
            last_four,
            password: password.take_secret(),
            effective: None,
        })
    })
    .danger()
    .show("field-subject", detail.certificate.subject.clone())
    .show(
        "field-serial",
        detail.request.certificate.serial.to_string(),
    )
    .show("detail-reason", reasons(detail))
    .consequence(consequence)
}
