//! Dialogs: panels over the lower part of a screen. One file each. What cannot be undone is confirmed by Ctrl-X alone,
//! never by Enter, a repeat or a paste.

pub mod messages;

use crate::desk::Identity;
use crate::domain::RequestId;

use super::component::{Component, Cx};

/// What a dialog was answered, for the component below.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Answer {
    /// The request was changed: read it again.
    Changed(RequestId),
    /// A row was chosen by its index.
    Chosen(usize),
    /// A line of text was typed.
    Text(String),
}

/// Builds the form of a resumed session by its stable name.
pub fn reopen(
    _name: &str,
    _who: Identity,
    _request: RequestId,
    _cx: &mut Cx,
) -> Option<Box<dyn Component>> {
    None
}
