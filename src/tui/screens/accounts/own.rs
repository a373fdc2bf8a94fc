//! What waits for one's own account: said at the login, and stopped from where one sees no other accounts.

use crate::desk::Identity;
use crate::domain::Role;
use crate::tui::action::{self, ActionId};
use crate::tui::component::{Cx, Outcome};
use crate::tui::i18n::Value;
use crate::tui::place::ScreenId;
use crate::tui::theme::Tone;

use super::{change, words};

/// Opens the dialog that stops it, or says that nothing waits.
pub fn cancel(who: &Identity, cx: &mut Cx) -> Outcome {
    match cx.desk.account(who, who.account_id()) {
        Ok(view) if view.account.pending.is_empty() => {
            let text = cx.texts().get("own-nothing-waits");
            cx.say(Tone::Warning, text);
            Outcome::Done
        }
        Ok(view) => change::dialog(ActionId::CancelGrants, who.clone(), &view, cx),
        Err(error) => {
            cx.fail(&error);
            Outcome::Done
        }
    }
}

/// Tells who logs in what waits for the account, since when nobody may have told him, and where it is stopped.
pub fn tell(who: &Identity, cx: &mut Cx) {
    let view = match cx.desk.account(who, who.account_id()) {
        Ok(view) => view,
        Err(error) => return cx.fail(&error),
    };
    let (texts, format) = (cx.texts(), cx.look.format());
    let sees_accounts = |role: &Role| ScreenId::Accounts.roles().contains(role);
    let screen = if who.roles().iter().any(sees_accounts) {
        ScreenId::Accounts
    } else {
        ScreenId::MyCertificates
    };
    let key = action::key_names(action::action(ActionId::CancelGrants));
    let screen = texts.get(&format!("screen-{}", screen.name()));
    let hint = texts.with(
        "own-waits-hint",
        &[("key", Value::from(key)), ("screen", Value::from(screen))],
    );
    for pending in &view.account.pending {
        let args = [
            ("change", Value::from(words::grant(texts, pending))),
            ("at", Value::from(format.full(pending.effective_at))),
        ];
        let text = texts.with("own-waits", &args);
        cx.say_hint(Tone::Warning, text, Some(hint.clone()));
    }
}
