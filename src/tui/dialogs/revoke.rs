//! The revocation dialog (step 7): subject, serial, reason and consequence to read; the serial's last four digits and
//! the password to type, and for a deferred revocation the day from which it counts. Nothing but Ctrl-X after both confirms it, and Esc, the default, leaves everything as it is.

use crate::desk::RequestDetail;
use crate::desk::{Identity, Intent};
use crate::domain::ReasonCode;
use crate::domain::instant::Day;
use crate::tui::action::ActionId;
use crate::tui::component::Cx;
use crate::tui::i18n::Value;
use crate::tui::screens::detail::reasons;
use crate::tui::widgets::form::{Field, Form};

use super::ask::Ask;

/// Where the day stands from which the revocation counts.
const EFFECTIVE: usize = 2;

/// The four digits typed in the first field.
pub fn last_four(form: &Form) -> Result<String, (usize, &'static str)> {
    let typed = form.text(0).trim().to_owned();
    if typed.len() == 4 && typed.chars().all(|c| c.is_ascii_hexdigit()) {
        Ok(typed)
    } else {
        Err((0, "last-four-form"))
    }
}

/// Opens it for a request.
pub fn revoke(who: Identity, detail: &RequestDetail, cx: &Cx) -> Ask {
    let texts = cx.texts();
    let mut fields = vec![
        Field::text("field-last-four", 8),
        Field::secret("field-password", 160),
    ];
    let reason = detail.request.reason_code();
    let hold = reason == Some(ReasonCode::CertificateHold);
    // A compromised key cannot wait, and a hold is undone rather than put off.
    if !hold && reason != Some(ReasonCode::KeyCompromise) {
        fields.push(Field::text("field-deferred-until", 10).optional());
    }
    let form = Form::new(fields);
    let zone = cx.look.zone;
    let consequence = texts.get(if hold {
        "hold-consequence"
    } else {
        "revoke-consequence"
    });
    let shared = detail.shares_key.endangered().count();
    let mut ask = Ask::over(ActionId::Revoke, who, detail, form, move |form| {
        let last_four = last_four(form)?;
        let effective = match form.text(EFFECTIVE).trim() {
            "" => None,
            typed => Some(
                Day::parse(typed)
                    .ok_or((EFFECTIVE, "day-form"))?
                    .start(zone),
            ),
        };
        let Some(password) = form.field_mut(1) else {
            return Err((1, "why-incomplete"));
        };
        Ok(Intent::Revoke {
            last_four,
            password: password.take_secret(),
            effective,
        })
    })
    .danger()
    .show("field-subject", detail.certificate.subject.clone())
    .show(
        "field-serial",
        detail.request.certificate.serial.to_string(),
    )
    .show("detail-reason", reasons(detail))
    .consequence(consequence);
    // A compromised key is compromised in every certificate over it.
    if shared > 0 && reason == Some(ReasonCode::KeyCompromise) {
        let facts = [("count", Value::from(shared as u64))];
        ask = ask.show("field-shared-key", texts.with("shared-key-remain", &facts));
    }
    ask
}
