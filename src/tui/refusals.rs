//! Why a rule refused, in words: a refusal's stable name and facts become a sentence and a hint. Adds no rule of its own.

use crate::domain::refusal::Fact;
use crate::domain::request::RequesterKind;
use crate::domain::{AccountId, Refusal};

use super::format::Format;
use super::i18n::Value;

/// Who an account is, for messages that name a colleague.
pub type Names<'a> = &'a dyn Fn(AccountId) -> String;

/// Why a rule refused, and what would help.
pub fn refused(format: Format, names: Names, refusal: &Refusal) -> (String, String) {
    let facts = refusal.facts();
    let args: Vec<(&str, Value<'_>)> = facts
        .iter()
        .map(|(name, fact)| (*name, Value::from(word(format, names, fact))))
        .collect();
    let id = format!("refusal-{}", refusal.rule());
    let texts = format.texts;
    (
        texts.with(&id, &args),
        texts.with(&format!("{id}-hint"), &args),
    )
}

/// A fact of a refusal as it stands in a sentence.
fn word(format: Format, names: Names, fact: &Fact) -> String {
    let texts = format.texts;
    let list = |words: Vec<String>| words.join(", ");
    match fact {
        Fact::Text(text) => text.clone(),
        Fact::State(state) => texts.get(&format!("state-{}", state.name())),
        Fact::States(states) => list(
            states
                .iter()
                .map(|s| texts.get(&format!("state-{}", s.name())))
                .collect(),
        ),
        Fact::Roles(roles) => list(
            roles
                .iter()
                .map(|r| texts.get(&format!("role-{}", r.name())))
                .collect(),
        ),
        Fact::Items(items) => list(
            items
                .iter()
                .map(|i| texts.get(&format!("item-{}", i.name())))
                .collect(),
        ),
        Fact::Account(account) => account.map_or_else(|| texts.get("actor-system"), names),
        Fact::Request(number) => number
            .as_ref()
            .map_or_else(|| texts.get("state-draf"), ToString::to_string),
        Fact::Time(at) => format.full(*at),
        Fact::Reason(reason) => reason.to_string(),
        Fact::Field(field) => texts.get(&format!("letter-field-{}", field.name())),
        Fact::Limit(limit) => format.count(*limit),
        Fact::Requester(kind) => texts.get(requester(*kind)),
    }
}

/// The message that names in whose name a request is filed.
pub const fn requester(kind: RequesterKind) -> &'static str {
    match kind {
        RequesterKind::Subscriber => "requester-subscriber",
        RequesterKind::Agency => "requester-agency",
        RequesterKind::Ca => "requester-ca",
        RequesterKind::ThirdParty => "requester-third-party",
    }
}
