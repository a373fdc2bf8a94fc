//! What an action of the table does to one request: at once where it can be undone or only goes a step on, else by a
//! dialog. Shared by every screen that has a request under its cursor.

use crate::desk::RequestDetail;
use crate::desk::{DeskError, Identity, Intent};
use crate::domain::{Language, ReasonCode, RequestId};
use crate::tui::action::{self, ActionId, Facts, Why};
use crate::tui::component::{Component, Cx, Effect, FilePurpose, Outcome};
use crate::tui::dialogs;
use crate::tui::i18n::Value;
use crate::tui::theme::Tone;

use super::apply::Filing;

/// Reads a request; its reasons are named in the language that is shown now, which may have been turned since the login.
pub fn read_request(who: &Identity, id: RequestId, cx: &Cx) -> Result<RequestDetail, DeskError> {
    let mut detail = cx.desk.request(who, id)?;
    let english = cx.texts().language == Language::En;
    let settings = cx.desk.settings();
    detail.reason_labels = detail
        .request
        .reasons
        .iter()
        .map(|id| match settings.policy.reasons.get(id) {
            Some(reason) if english => reason.label_en.clone(),
            Some(reason) => reason.label_id.clone(),
            None => id.to_string(),
        })
        .collect();
    Ok(detail)
}

/// What the action table may know of a request that this person looks at.
pub fn facts_of(who: &Identity, detail: &RequestDetail, facts: &mut Facts) {
    facts.acts = Some(detail.acts.clone());
    facts.letter = !detail.letters.is_empty();
    if let Some(why) = nothing_to_share(detail) {
        let why = Why::Because(why);
        facts.barred.push((ActionId::SharedKey, why));
    }
    let claim = detail.request.claim.as_ref();
    // A claim that lapsed has no name any more: it may be taken anew.
    if detail.claimed_by.is_some() && claim.is_some_and(|c| c.officer == who.account_id()) {
        let own = Why::Because("claim-is-yours");
        facts.barred.push((ActionId::Claim, own));
    }
}

/// Why no request is to be filed for other certificates over the key of this one.
fn nothing_to_share(detail: &RequestDetail) -> Option<&'static str> {
    if detail.request.reason_code() != Some(ReasonCode::KeyCompromise) {
        return Some("shared-key-sound");
    }
    let nothing = detail.shares_key.unasked().next().is_none();
    nothing.then_some("shared-key-none")
}

/// Carries out `id` on the request, or opens its dialog. `None`: not an action on a request, or it needs more than the
/// request (the checklist of step 5).
pub fn act_on(
    id: ActionId,
    who: &Identity,
    detail: &RequestDetail,
    cx: &mut Cx,
) -> Option<Outcome> {
    let intent = match id {
        ActionId::Claim => Intent::Claim,
        ActionId::Release => Intent::Release,
        ActionId::Match => Intent::Match,
        ActionId::Recall => Intent::Recall,
        ActionId::CopyNumber => {
            let number = detail.request.number.as_ref().map(ToString::to_string);
            return Some(copy(number.unwrap_or_default(), cx));
        }
        ActionId::CopySerial => {
            return Some(copy(detail.request.certificate.serial.to_string(), cx));
        }
        ActionId::CopyLetter => {
            let number = detail.request.number.as_ref()?;
            let command = cx.texts().with(
                "letter-command",
                &[("number", Value::from(number.to_string()))],
            );
            return Some(copy(command, cx));
        }
        ActionId::RevealNik => {
            let owner = &detail.owner.account;
            return Some(dialogs::nik::reveal(who, owner.id, &owner.name, cx));
        }
        ActionId::FillForm => return Some(Filing::open(who.clone(), detail.request.id, cx)),
        ActionId::Receipt => return Some(receipt(who, detail, cx)),
        id => {
            let dialog: Box<dyn Component> = dialogs::over_request(id, who.clone(), detail, cx)?;
            return Some(Outcome::Open(dialog));
        }
    };
    perform(id, who, detail, intent, cx);
    Some(Outcome::Done)
}

/// Does it and says so, or says why not. `true`: it was done.
pub fn perform(
    id: ActionId,
    who: &Identity,
    detail: &RequestDetail,
    intent: Intent,
    cx: &mut Cx,
) -> bool {
    match cx
        .desk
        .act(who, detail.request.id, Some(detail.version), intent)
    {
        Ok(_) => {
            let name = action::action(id).name;
            let done = cx.texts().attribute(&format!("action-{name}"), "done", &[]);
            cx.say(Tone::Good, done.unwrap_or_default());
            true
        }
        Err(error) => {
            cx.fail(&error);
            false
        }
    }
}

/// Puts a text on the terminal's clipboard and says so.
pub fn copy(text: String, cx: &mut Cx) -> Outcome {
    if text.is_empty() {
        let text = cx.texts().get("why-nothing");
        cx.say(Tone::Warning, text);
        return Outcome::Done;
    }
    let said = cx
        .texts()
        .with("copied-text", &[("text", Value::from(text.as_str()))]);
    cx.say(Tone::Good, said);
    cx.effects.push(Effect::Copy(text));
    Outcome::Done
}

/// The request's entries of the log with their proofs, as a file on the person's machine.
fn receipt(who: &Identity, detail: &RequestDetail, cx: &mut Cx) -> Outcome {
    let id = detail.request.id;
    match cx.desk.prove(who, id) {
        Ok(text) => {
            let number = detail
                .request
                .number
                .map_or_else(|| id.to_string(), |n| n.to_string());
            cx.effects.push(Effect::WriteFile {
                name: format!("tanda-bukti-{number}.txt"),
                content: text.into_bytes(),
                purpose: FilePurpose::Receipt(id),
            });
        }
        Err(error) => cx.fail(&error),
    }
    Outcome::Done
}
