//! Messages in Indonesian and English: Fluent files compiled in, one bundle a language, looked up by id.
//! Relies on fluent-bundle. Never decides anything; a message that is missing shows its id, and a test keeps that from happening.

use std::sync::OnceLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use unic_langid::LanguageIdentifier;

use crate::domain::Language;

pub use fluent_bundle::FluentValue as Value;

/// The files of each language, by name. A file stands in both.
pub(super) const FILES: &[(&str, &str, &str)] = &[
    file(
        "common",
        include_str!("i18n/id/common.ftl"),
        include_str!("i18n/en/common.ftl"),
    ),
    file(
        "actions",
        include_str!("i18n/id/actions.ftl"),
        include_str!("i18n/en/actions.ftl"),
    ),
    file(
        "refusals",
        include_str!("i18n/id/refusals.ftl"),
        include_str!("i18n/en/refusals.ftl"),
    ),
    file(
        "login",
        include_str!("i18n/id/login.ftl"),
        include_str!("i18n/en/login.ftl"),
    ),
    file(
        "requests",
        include_str!("i18n/id/requests.ftl"),
        include_str!("i18n/en/requests.ftl"),
    ),
    file(
        "letters",
        include_str!("i18n/id/letters.ftl"),
        include_str!("i18n/en/letters.ftl"),
    ),
    file(
        "commands",
        include_str!("i18n/id/commands.ftl"),
        include_str!("i18n/en/commands.ftl"),
    ),
    file(
        "dashboard",
        include_str!("i18n/id/dashboard.ftl"),
        include_str!("i18n/en/dashboard.ftl"),
    ),
    file(
        "certificates",
        include_str!("i18n/id/certificates.ftl"),
        include_str!("i18n/en/certificates.ftl"),
    ),
    file(
        "crl",
        include_str!("i18n/id/crl.ftl"),
        include_str!("i18n/en/crl.ftl"),
    ),
    file(
        "mails",
        include_str!("i18n/id/mails.ftl"),
        include_str!("i18n/en/mails.ftl"),
    ),
    file(
        "log",
        include_str!("i18n/id/log.ftl"),
        include_str!("i18n/en/log.ftl"),
    ),
    file(
        "files",
        include_str!("i18n/id/files.ftl"),
        include_str!("i18n/en/files.ftl"),
    ),
    file(
        "accounts",
        include_str!("i18n/id/accounts.ftl"),
        include_str!("i18n/en/accounts.ftl"),
    ),
    file(
        "checks",
        include_str!("i18n/id/checks.ftl"),
        include_str!("i18n/en/checks.ftl"),
    ),
    file(
        "system",
        include_str!("i18n/id/system.ftl"),
        include_str!("i18n/en/system.ftl"),
    ),
    file(
        "defects",
        include_str!("i18n/id/defects.ftl"),
        include_str!("i18n/en/defects.ftl"),
    ),
    file(
        "applicant",
        include_str!("i18n/id/applicant.ftl"),
        include_str!("i18n/en/applicant.ftl"),
    ),
    file(
        "sessions",
        include_str!("i18n/id/sessions.ftl"),
        include_str!("i18n/en/sessions.ftl"),
    ),
    file(
        "takeover",
        include_str!("i18n/id/takeover.ftl"),
        include_str!("i18n/en/takeover.ftl"),
    ),
    file(
        "batch",
        include_str!("i18n/id/batch.ftl"),
        include_str!("i18n/en/batch.ftl"),
    ),
];

const fn file(
    name: &'static str,
    id: &'static str,
    en: &'static str,
) -> (&'static str, &'static str, &'static str) {
    (name, id, en)
}

type Bundle = FluentBundle<FluentResource>;

fn bundle(language: Language) -> &'static Bundle {
    static BUNDLES: OnceLock<[Bundle; 2]> = OnceLock::new();
    let [id, en] = BUNDLES.get_or_init(|| [load(Language::Id), load(Language::En)]);
    match language {
        Language::Id => id,
        Language::En => en,
    }
}

/// Reads a language's files; what does not parse or is defined twice is left out here and found by the tests.
fn load(language: Language) -> Bundle {
    let tag: LanguageIdentifier = language.tag().parse().unwrap_or_default();
    let mut bundle = Bundle::new_concurrent(vec![tag]);
    // The isolating marks U+2068/2069 would reach the terminal.
    bundle.set_use_isolating(false);
    for (_, id, en) in FILES {
        let source = if language == Language::Id { id } else { en };
        let resource =
            FluentResource::try_new((*source).to_owned()).unwrap_or_else(|(partial, _)| partial);
        let _ = bundle.add_resource(resource);
    }
    bundle
}

/// The messages in one language. Copy it about freely.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Texts {
    pub language: Language,
}

impl Texts {
    pub const fn new(language: Language) -> Self {
        Self { language }
    }

    /// The message without arguments.
    pub fn get(self, id: &str) -> String {
        self.with(id, &[])
    }

    /// Words of which one is enough: "A, B or C".
    pub fn either(self, words: &[String]) -> String {
        match words {
            [before @ .., last] if !before.is_empty() => {
                format!("{} {} {last}", before.join(", "), self.get("word-or"))
            }
            words => words.concat(),
        }
    }

    /// The message with its arguments filled in.
    pub fn with(self, id: &str, args: &[(&str, Value<'_>)]) -> String {
        self.find(id, None, args).unwrap_or_else(|| id.to_owned())
    }

    /// An attribute of a message (`action-claim.help`), where it has one.
    pub fn attribute(
        self,
        id: &str,
        attribute: &str,
        args: &[(&str, Value<'_>)],
    ) -> Option<String> {
        self.find(id, Some(attribute), args)
    }

    /// Whether the message exists.
    pub fn has(self, id: &str) -> bool {
        bundle(self.language).has_message(id)
    }

    fn find(self, id: &str, attribute: Option<&str>, args: &[(&str, Value<'_>)]) -> Option<String> {
        let bundle = bundle(self.language);
        let message = bundle.get_message(id)?;
        let pattern = match attribute {
            None => message.value()?,
            Some(name) => message.get_attribute(name)?.value(),
        };
        let mut filled = FluentArgs::with_capacity(args.len());
        for (name, value) in args {
            filled.set(*name, value.clone());
        }
        let mut errors = Vec::new();
        Some(
            bundle
                .format_pattern(pattern, Some(&filled), &mut errors)
                .into_owned(),
        )
    }
}
