//! The release of a certificate from hold: subject and serial to read, the serial's last four digits and the password to
//! type. It is the only change of a decided status that can be taken back, and is confirmed like the decision.

use secrecy::SecretString;

use crate::desk::view::CertificateView;
use crate::desk::{Desk, DeskError, Identity};
use crate::domain::CertificateKey;
use crate::tui::action::ActionId;
use crate::tui::component::{Cx, Outcome};
use crate::tui::widgets::form::{Field, Form};

use super::Answer;
use super::ask::{Ask, Stop};
use super::revoke::last_four;

/// Opens it for a certificate that is held.
pub fn release_hold(who: Identity, view: &CertificateView, cx: &Cx) -> Ask {
    dialog(
        ActionId::ReleaseHold,
        Desk::release_hold,
        who,
        view,
        cx.texts().get("release-consequence"),
    )
}

/// The same for the second officer, whose yes the release waits for where policy asks for four eyes.
pub fn approve_release(who: Identity, view: &CertificateView, cx: &Cx) -> Ask {
    dialog(
        ActionId::ApproveRelease,
        Desk::approve_release,
        who,
        view,
        cx.texts().get("approve-release-consequence"),
    )
}

type Act = fn(&Desk, &Identity, &CertificateKey, &str, &SecretString) -> Result<(), DeskError>;

fn dialog(
    action: ActionId,
    act: Act,
    who: Identity,
    view: &CertificateView,
    consequence: String,
) -> Ask {
    let form = Form::new(vec![
        Field::text("field-last-four", 8),
        Field::secret("field-password", 160),
    ]);
    let key = view.certificate.key.clone();
    Ask::new(action, form, move |form, cx| {
        let digits = last_four(form).map_err(|(field, why)| Stop::Field(field, why))?;
        let Some(password) = form.field_mut(1).map(|f| f.take_secret()) else {
            return Err(Stop::Field(1, "why-incomplete"));
        };
        act(cx.desk, &who, &key, &digits, &password)?;
        Ok(Outcome::Answer(Answer::Done))
    })
    .danger()
    .show("field-subject", view.subject.clone())
    .show("field-serial", view.certificate.key.serial.to_string())
    .consequence(consequence)
}
