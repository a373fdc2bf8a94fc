//! Dialogs: panels over the lower part of a screen. One file each. What cannot be undone is confirmed by Ctrl-X alone,
//! never by Enter, a repeat or a paste.

pub mod ask;
pub mod batch;
pub mod batch_decision;
pub mod messages;
pub mod nik;
pub mod reading;
pub mod reason;
pub mod revoke;
pub mod send_back;
pub mod settings;
pub mod shared_key;
pub mod shown_once;
pub mod small;
pub mod suspension;

use std::collections::BTreeSet;

use crate::desk::{Identity, RequestDetail};
use crate::domain::RequestId;

use super::action::{self, ActionId};
use super::component::{Component, Cx};
use super::screens::acting::read_request;

/// What a dialog was answered, for the component below.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Answer {
    /// The request was changed: read it again.
    Changed(RequestId),
    /// It was done: read anew what shows.
    Done,
    /// A row was chosen by its index.
    Chosen(usize),
    /// A line of text was typed.
    Text(String),
}

/// The dialog of an action over one request; `None` where the action has none.
pub fn over_request(
    id: ActionId,
    who: Identity,
    detail: &RequestDetail,
    cx: &Cx,
) -> Option<Box<dyn Component>> {
    Some(Box::new(match id {
        ActionId::Revoke => revoke::revoke(who, detail, cx),
        ActionId::Return => send_back::send_back(who, detail, &BTreeSet::new(), cx),
        ActionId::Reject => send_back::reject(who, detail, cx),
        ActionId::ChangeReason => reason::change_reason(who, detail, cx),
        ActionId::Approve => small::approve(who, detail, cx),
        ActionId::Withdraw => small::withdraw(who, detail, cx),
        ActionId::ConsentToWithdraw => small::consent(who, detail, cx),
        ActionId::Acknowledge => small::acknowledge(who, detail, cx),
        ActionId::RecordNotice => small::record_notice(who, detail, cx),
        ActionId::SharedKey => shared_key::file_shared(who, detail, cx),
        _ => return None,
    }))
}

/// Builds the form of a resumed session by its action's name. A danger dialog is never resumed.
pub fn reopen(
    name: &str,
    who: Identity,
    request: RequestId,
    cx: &mut Cx,
) -> Option<Box<dyn Component>> {
    let row = action::ACTIONS.iter().find(|a| a.name == name)?;
    let detail = read_request(&who, request, cx).ok()?;
    let resumable = matches!(
        row.id,
        ActionId::Return | ActionId::Reject | ActionId::ChangeReason | ActionId::RecordNotice
    );
    if resumable {
        over_request(row.id, who, &detail, cx)
    } else {
        None
    }
}
