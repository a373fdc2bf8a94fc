//! Another RFC 5280 reason code in the place of the proposed one, with a note; proposed and final are both logged.

use crate::desk::RequestDetail;
use crate::desk::{Identity, Intent};
use crate::domain::ReasonCode;
use crate::domain::instant::Day;
use crate::tui::action::ActionId;
use crate::tui::component::Cx;
use crate::tui::screens::detail::reasons;
use crate::tui::widgets::form::{Field, Form};

use super::ask::Ask;

/// The codes that an end-entity certificate can have; whether hold is allowed is the desk's to say.
const CODES: [ReasonCode; 7] = [
    ReasonCode::Superseded,
    ReasonCode::AffiliationChanged,
    ReasonCode::CessationOfOperation,
    ReasonCode::KeyCompromise,
    ReasonCode::PrivilegeWithdrawn,
    ReasonCode::CertificateHold,
    ReasonCode::Unspecified,
];

/// Opens it for a request.
pub fn change_reason(who: Identity, detail: &RequestDetail, cx: &Cx) -> Ask {
    let options = CODES
        .iter()
        .map(|code| match code.code() {
            Some(number) => format!("{} ({number})", code.name()),
            None => code.name().to_owned(),
        })
        .collect();
    let now = detail.request.reason_code();
    let chosen = CODES.iter().position(|c| Some(*c) == now).unwrap_or(0);
    let zone = cx.look.zone;
    let day = detail
        .request
        .invalidity_date
        .map(|t| Day::from(t.local(zone).date()).to_string())
        .unwrap_or_default();
    let form = Form::new(vec![
        Field::choice("field-code-of-reason", options, chosen),
        Field::text("field-invalidity-date", 10)
            .optional()
            .with_text(&day),
        Field::long("field-note", 1000, 2),
    ]);
    let kept = detail.request.invalidity_date;
    Ask::over(ActionId::ChangeReason, who, detail, form, move |form| {
        let typed = form.text(1).trim();
        let invalidity_date = if typed.is_empty() {
            None
        } else if typed == day {
            // Untouched: the hour that stands there is kept.
            kept
        } else {
            Some(Day::parse(typed).ok_or((1, "day-form"))?.start(zone))
        };
        Ok(Intent::ChangeReason {
            code: CODES[form.chosen(0).min(CODES.len() - 1)],
            note: form.text(2).trim().to_owned(),
            invalidity_date,
        })
    })
    .show("detail-reason", reasons(detail))
    .consequence(cx.texts().get("change-reason-consequence"))
}
