//! Screens and sub-screens, one a file.

pub mod login;

use crate::desk::Identity;

use super::component::{Component, Cx, SavedKind};
use super::place::ScreenId;

/// A screen as it is when first opened.
pub fn open(_screen: ScreenId, _who: Identity, _cx: &mut Cx) -> Box<dyn Component> {
    Box::new(login::LogIn::new(None, None))
}

/// The sub-screen of a resumed session; `None` where it cannot be opened any more.
pub fn reopen(_kind: &SavedKind, _who: Identity, _cx: &mut Cx) -> Option<Box<dyn Component>> {
    None
}
