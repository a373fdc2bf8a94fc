//! The short confirmations over one request: second approval (with the password), withdrawal, acknowledgement, and
//! recording that the applicant was told another way.

use crate::desk::RequestDetail;
use crate::desk::{Identity, Intent};
use crate::domain::CertificateStatus;
use crate::tui::action::ActionId;
use crate::tui::component::Cx;
use crate::tui::screens::detail::reasons;
use crate::tui::widgets::form::{Field, Form};

use super::ask::Ask;

/// Four-eyes: a second officer approves with his password.
pub fn approve(who: Identity, detail: &RequestDetail, cx: &Cx) -> Ask {
    let form = Form::new(vec![Field::secret("field-password", 160)]);
    Ask::over(ActionId::Approve, who, detail, form, |form| {
        match form.field_mut(0) {
            Some(password) => Ok(Intent::Approve {
                password: password.take_secret(),
            }),
            None => Err((0, "why-incomplete")),
        }
    })
    .danger()
    .show("field-subject", detail.certificate.subject.clone())
    .show(
        "field-serial",
        detail.request.certificate.serial.to_string(),
    )
    .show("detail-reason", reasons(detail))
    .consequence(cx.texts().get("approve-consequence"))
}

pub fn withdraw(who: Identity, detail: &RequestDetail, cx: &Cx) -> Ask {
    let what_stays = match detail.certificate.status {
        CertificateStatus::Active => "withdraw-stays-active",
        CertificateStatus::Held => "withdraw-stays-held",
        CertificateStatus::Revoked => "withdraw-stays-revoked",
        CertificateStatus::Expired => "withdraw-stays-expired",
    };
    confirm(ActionId::Withdraw, who, detail, || Intent::Withdraw)
        .consequence(cx.texts().get(what_stays))
}

/// An officer lets an applicant withdraw after loss or compromise was claimed.
pub fn consent(who: Identity, detail: &RequestDetail, cx: &Cx) -> Ask {
    confirm(ActionId::ConsentToWithdraw, who, detail, || {
        Intent::ConsentToWithdraw
    })
    .consequence(cx.texts().get("consent-consequence"))
}

pub fn acknowledge(who: Identity, detail: &RequestDetail, cx: &Cx) -> Ask {
    confirm(ActionId::Acknowledge, who, detail, || Intent::Acknowledge)
        .consequence(cx.texts().get("acknowledge-consequence"))
}

pub fn record_notice(who: Identity, detail: &RequestDetail, cx: &Cx) -> Ask {
    let form = Form::new(vec![Field::text("field-channel", 200)]);
    Ask::over(ActionId::RecordNotice, who, detail, form, |form| {
        Ok(Intent::RecordNotice {
            channel: form.text(0).trim().to_owned(),
        })
    })
    .show("detail-applicant", detail.owner.account.name.clone())
    .consequence(cx.texts().get("record-notice-consequence"))
}

/// A confirmation without fields.
fn confirm(action: ActionId, who: Identity, detail: &RequestDetail, intent: fn() -> Intent) -> Ask {
    Ask::over(action, who, detail, Form::new(Vec::new()), move |_| {
        Ok(intent())
    })
    .show("detail-applicant", detail.owner.account.name.clone())
    .show("field-subject", detail.certificate.subject.clone())
    .show("detail-reason", reasons(detail))
}
