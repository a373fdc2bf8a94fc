//! Suspension of a certificate and its end: subject and serial to read, the serial's last four digits and the password to
//! type. It is the only change of a decided status that can be taken back, and is confirmed like the decision.

use secrecy::SecretString;

use crate::desk::CertificateView;
use crate::desk::{Desk, DeskError, Identity, Suspension};
use crate::domain::CertificateKey;
use crate::tui::action::ActionId;
use crate::tui::component::{Cx, Outcome};
use crate::tui::widgets::form::{Field, Form};

use super::Answer;
use super::ask::{Ask, Stop};
use super::revoke::last_four;

/// Opens it for a certificate that is active.
pub fn hold(who: Identity, view: &CertificateView, cx: &Cx) -> Ask {
    let consequence = cx.texts().get("hold-consequence");
    dialog(ActionId::Hold, Desk::hold, who, view, consequence)
}

/// Opens it for a certificate that is held.
pub fn release_hold(who: Identity, view: &CertificateView, cx: &Cx) -> Ask {
    let consequence = cx.texts().get("release-consequence");
    dialog(
        ActionId::ReleaseHold,
        Desk::release_hold,
        who,
        view,
        consequence,
    )
}

/// The same for the second officer, whose yes either of them waits for where policy asks for four eyes.
pub fn approve(who: Identity, view: &CertificateView, cx: &Cx) -> Ask {
    let what = Suspension::of(&view.certificate.standing);
    let consequence = cx.texts().get(match what {
        Suspension::Begin => "approve-hold-consequence",
        Suspension::End => "approve-release-consequence",
    });
    let act = move |desk: &Desk, who: &Identity, key: &CertificateKey, digits: &str, word: &_| {
        desk.approve_suspension(what, who, key, digits, word)
    };
    dialog(ActionId::ApproveSuspension, act, who, view, consequence)
}

fn dialog(
    action: ActionId,
    act: impl Fn(&Desk, &Identity, &CertificateKey, &str, &SecretString) -> Result<(), DeskError>
    + Send
    + 'static,
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
