//! Returning a request for correction (items and a note) and rejecting it (a note). Both mail the applicant.

use std::collections::BTreeSet;

use crate::desk::RequestDetail;
use crate::desk::{Identity, Intent};
use crate::domain::Item;
use crate::tui::action::ActionId;
use crate::tui::component::Cx;
use crate::tui::widgets::form::{Field, Form};

use super::ask::Ask;

/// Bytes of a note.
const NOTE: usize = 1000;

/// Opens the return; `items` are ticked beforehand.
pub fn send_back(who: Identity, detail: &RequestDetail, items: &BTreeSet<Item>, cx: &Cx) -> Ask {
    let texts = cx.texts();
    let labels = Item::ALL
        .iter()
        .map(|i| texts.get(&format!("item-{}", i.name())))
        .collect();
    let mut form = Form::new(vec![
        Field::checks("field-failed-items", labels),
        Field::long("field-note", NOTE, 3),
    ]);
    let ticked: Vec<usize> = (0..Item::ALL.len())
        .filter(|i| items.contains(&Item::ALL[*i]))
        .collect();
    form.tick(0, &ticked);
    Ask::over(ActionId::Return, who, detail, form, |form| {
        let items: BTreeSet<Item> = form
            .ticked(0)
            .into_iter()
            .filter_map(|i| Item::ALL.get(i).copied())
            .collect();
        if items.is_empty() {
            return Err((0, "choose-an-item"));
        }
        Ok(Intent::Return {
            items,
            note: form.text(1).trim().to_owned(),
        })
    })
    .show("detail-applicant", detail.owner.account.name.clone())
    .consequence(texts.get("return-consequence"))
}

/// Opens the rejection.
pub fn reject(who: Identity, detail: &RequestDetail, cx: &Cx) -> Ask {
    let form = Form::new(vec![Field::long("field-note", NOTE, 3)]);
    Ask::over(ActionId::Reject, who, detail, form, |form| {
        Ok(Intent::Reject {
            note: form.text(0).trim().to_owned(),
        })
    })
    .show("detail-applicant", detail.owner.account.name.clone())
    .consequence(cx.texts().get("reject-consequence"))
}
