//! The clear NIK, shown while the panel is open. The desk logs the asking before anything is shown (UU PDP 27/2022).

use secrecy::SecretString;

use crate::desk::Identity;
use crate::domain::AccountId;
use crate::tui::component::{Cx, Outcome};
use crate::tui::theme::Tone;

use super::shown_once::ShownOnce;

/// Asks the desk for the NIK of `account` and shows it, or says why not.
pub fn reveal(who: &Identity, account: AccountId, name: &str, cx: &mut Cx) -> Outcome {
    let texts = cx.texts();
    match cx.desk.reveal_nik(who, account) {
        Ok(Some(nik)) => Outcome::Open(Box::new(ShownOnce::new(
            name.to_owned(),
            texts.get("field-nik"),
            SecretString::from(nik.reveal()),
            texts.get("nik-logged"),
        ))),
        Ok(None) => {
            cx.say(Tone::Warning, texts.get("nik-none"));
            Outcome::Done
        }
        Err(error) => {
            cx.fail(&error);
            Outcome::Done
        }
    }
}
