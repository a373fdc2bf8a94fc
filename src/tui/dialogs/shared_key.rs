//! The other certificates over a compromised key, and a request for each of them with one Ctrl-X. Every one is then
//! checked and decided for itself.

use crate::desk::{Identity, RequestDetail};
use crate::tui::action::ActionId;
use crate::tui::component::{Cx, Outcome};
use crate::tui::errors;
use crate::tui::i18n::Value;
use crate::tui::look::Look;
use crate::tui::screens::detail::status_message;
use crate::tui::theme::Tone;
use crate::tui::widgets::form::Form;

use super::Answer;
use super::ask::Ask;

/// More lines than this do not fit beside the rest; the count says how many there are.
const SHOWN: usize = 8;

/// Opens it for a request that says keyCompromise.
pub fn file_shared(who: Identity, detail: &RequestDetail, cx: &Cx) -> Ask {
    let request = detail.request.id;
    let look = &cx.look;
    let count = detail.shares_key.unasked().count();
    let consequence = look.texts.with(
        "shared-key-consequence",
        &[("count", Value::from(count as u64))],
    );
    let mut ask = Ask::new(ActionId::SharedKey, Form::new(Vec::new()), move |_, cx| {
        let filings = cx.desk.file_shared(&who, request)?;
        let mut filed = 0_u64;
        for filing in filings {
            match filing.outcome {
                Ok(_) => filed += 1,
                Err(error) => {
                    let names = errors::names(cx.desk);
                    let (what, hint) = errors::say(cx.look.format(), &names, &error);
                    let serial = filing.certificate.serial.last_eight();
                    cx.say_hint(Tone::Warning, format!("{serial}: {what}"), hint);
                }
            }
        }
        let facts = [("count", Value::from(filed))];
        let text = cx.texts().with("shared-key-filed", &facts);
        cx.say(Tone::Good, text);
        Ok(Outcome::Answer(Answer::Changed(request)))
    })
    // The key that submitted the request may still be down: no repeat of it files more.
    .danger()
    .consequence(consequence);
    for line in lines(detail, look).into_iter().take(SHOWN) {
        ask = ask.show("field-serial", line);
    }
    ask
}

/// The other certificates over the key of a request, a line each: serial, status, whose, and the request on it.
pub fn lines(detail: &RequestDetail, look: &Look) -> Vec<String> {
    let mut lines: Vec<String> = detail
        .shares_key
        .certificates
        .iter()
        .map(|view| {
            let request = match &view.open_request {
                Some((_, Some(number))) => number.to_string(),
                Some((_, None)) => look.texts.get("state-draf"),
                None => String::new(),
            };
            let parts = [
                view.certificate.key.serial.last_eight(),
                look.texts.get(status_message(view.status)),
                view.owner.clone().unwrap_or_default(),
                request,
            ];
            let parts = parts.into_iter().filter(|part| !part.is_empty());
            parts.collect::<Vec<_>>().join(", ")
        })
        .collect();
    if detail.shares_key.hidden > 0 {
        let facts = [("count", Value::from(detail.shares_key.hidden))];
        lines.push(look.texts.with("shared-key-hidden", &facts));
    }
    lines
}
