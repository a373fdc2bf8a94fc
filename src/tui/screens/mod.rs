//! Screens and sub-screens, one a file.

pub mod accounts;
pub mod acting;
pub mod adopted;
pub mod alarms;
pub mod apply;
pub mod certificate;
pub mod certificates;
pub mod crl;
pub mod dashboard;
pub mod detail;
pub mod listing;
pub mod log;
pub mod login;
pub mod mails;
pub mod my_certificates;
pub mod my_requests;
pub mod queue;
pub mod report;
pub mod request;
pub mod review;
pub mod sessions;
pub mod timeline;

use crate::desk::Identity;

use acting::read_request;
use listing::ListScreen;

use super::component::{Component, Cx, SavedKind};
use super::place::ScreenId;

/// A screen as it is when first opened.
pub fn open(screen: ScreenId, who: Identity, cx: &mut Cx) -> Box<dyn Component> {
    match screen {
        ScreenId::Dashboard => Box::new(dashboard::Dashboard::new(who, cx)),
        ScreenId::Queue => Box::new(queue::Queue::new(who, cx)),
        ScreenId::Certificates => {
            Box::new(ListScreen::new(certificates::Certificates::new(who), cx))
        }
        ScreenId::Crl => Box::new(crl::Crl::new(who, cx)),
        ScreenId::Mails => Box::new(ListScreen::new(mails::Mails::new(who), cx)),
        ScreenId::Log => Box::new(ListScreen::new(log::Log::new(who), cx)),
        ScreenId::Accounts => Box::new(ListScreen::new(accounts::Accounts::new(who), cx)),
        ScreenId::MyCertificates => Box::new(ListScreen::new(
            my_certificates::MyCertificates::new(who),
            cx,
        )),
        ScreenId::MyRequests => Box::new(ListScreen::new(my_requests::MyRequests::new(who), cx)),
        ScreenId::Sessions => Box::new(ListScreen::new(sessions::Sessions::new(who), cx)),
    }
}

/// The sub-screen of a resumed session; `None` where it cannot be opened any more.
pub fn reopen(kind: &SavedKind, who: Identity, cx: &mut Cx) -> Option<Box<dyn Component>> {
    match kind {
        SavedKind::Request(id) => {
            let detail = read_request(&who, *id, cx).ok()?;
            Some(Box::new(request::RequestScreen::new(
                who,
                detail,
                detail::Tab::default(),
            )))
        }
        SavedKind::Review(id) => Some(Box::new(review::Review::new(who, *id, cx)?)),
        SavedKind::Adopted(issuer) => Some(Box::new(adopted::Adopted::open(who, *issuer, cx)?)),
        SavedKind::Filing => Some(Box::new(apply::Filing::empty(who))),
        SavedKind::Screen(_) | SavedKind::Form(..) => None,
    }
}
