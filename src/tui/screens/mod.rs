//! Screens and sub-screens, one a file.

pub mod acting;
pub mod detail;
pub mod login;
pub mod queue;
pub mod request;
pub mod review;
pub mod timeline;

use crate::desk::Identity;

use super::component::{Component, Cx, SavedKind};
use super::place::ScreenId;

/// A screen as it is when first opened.
pub fn open(screen: ScreenId, who: Identity, cx: &mut Cx) -> Box<dyn Component> {
    match screen {
        ScreenId::Queue => Box::new(queue::Queue::new(who, cx)),
        // The other screens are being added, one file each; until then their digit opens the queue.
        _ => Box::new(queue::Queue::new(who, cx)),
    }
}

/// The sub-screen of a resumed session; `None` where it cannot be opened any more.
pub fn reopen(kind: &SavedKind, who: Identity, cx: &mut Cx) -> Option<Box<dyn Component>> {
    match kind {
        SavedKind::Request(id) => {
            let detail = cx.desk.request(&who, *id).ok()?;
            Some(Box::new(request::RequestScreen::new(
                who,
                detail,
                detail::Tab::default(),
            )))
        }
        SavedKind::Review(id) => Some(Box::new(review::Review::new(who, *id, cx)?)),
        SavedKind::Screen(_) | SavedKind::Form(..) | SavedKind::Filing => None,
    }
}
