//! Both languages say everything, nothing is asked for that does not exist, and nothing lies about unused.

use std::collections::BTreeSet;
use std::path::Path;

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use fluent_syntax::parser;

use crate::domain::request::Item;
use crate::domain::{Language, Refusal, Role, State};
use crate::tui::i18n::{FILES, Texts};
use crate::tui::place::Place;

/// Id (or id.attribute) and the variables it uses.
fn messages(source: &str, file: &str) -> Vec<(String, BTreeSet<String>)> {
    let resource = parser::parse(source).unwrap_or_else(|(_, errors)| panic!("{file}: {errors:?}"));
    let mut out = Vec::new();
    for entry in &resource.body {
        if let Entry::Message(message) = entry {
            let id = message.id.name.to_owned();
            if let Some(pattern) = &message.value {
                out.push((id.clone(), variables(pattern)));
            }
            for attribute in &message.attributes {
                out.push((
                    format!("{id}.{}", attribute.id.name),
                    variables(&attribute.value),
                ));
            }
        }
    }
    out
}

fn variables(pattern: &Pattern<&str>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            match expression {
                Expression::Inline(inline) => inline_variable(inline, &mut found),
                Expression::Select { selector, variants } => {
                    inline_variable(selector, &mut found);
                    for variant in variants {
                        found.extend(variables(&variant.value));
                    }
                }
            }
        }
    }
    found
}

fn inline_variable(inline: &InlineExpression<&str>, found: &mut BTreeSet<String>) {
    if let InlineExpression::VariableReference { id } = inline {
        found.insert(id.name.to_owned());
    }
}

#[test]
fn every_message_stands_once_in_both_languages_with_the_same_facts() {
    let mut seen = BTreeSet::new();
    for (name, id, en) in FILES {
        let (mut id, mut en) = (messages(id, name), messages(en, name));
        for (message, _) in &id {
            assert!(seen.insert(message.clone()), "{message} is defined twice");
        }
        id.sort();
        en.sort();
        // A language may leave a fact out of a sentence, but never use one that the other does not know.
        let ids: Vec<&String> = id.iter().map(|m| &m.0).collect();
        let ens: Vec<&String> = en.iter().map(|m| &m.0).collect();
        assert_eq!(ids, ens, "{name}.ftl differs between the languages");
        for (a, b) in id.iter().zip(&en) {
            assert_eq!(a.1, b.1, "{} uses other facts in English", a.0);
        }
    }
}

#[test]
fn every_refusal_has_words_and_a_hint_in_both_languages() {
    for language in [Language::Id, Language::En] {
        for rule in Refusal::RULES {
            for id in [format!("refusal-{rule}"), format!("refusal-{rule}-hint")] {
                assert!(
                    Texts::new(language).has(&id),
                    "{id} is missing in {language:?}"
                );
            }
        }
    }
}

#[test]
fn states_roles_items_and_places_have_their_words() {
    let texts = Texts::new(Language::Id);
    let mut ids: Vec<String> = State::ALL
        .iter()
        .map(|s| format!("state-{}", s.name()))
        .collect();
    ids.extend(Role::ALL.iter().map(|r| format!("role-{}", r.name())));
    ids.extend(Item::ALL.iter().map(|i| format!("item-{}", i.name())));
    ids.extend(Place::all().into_iter().map(Place::message));
    for id in ids {
        assert!(texts.has(&id), "{id} is missing");
    }
}

/// String literals that look like message ids in the sources of the rooms that speak.
fn literals() -> BTreeSet<String> {
    fn walk(folder: &Path, found: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let source = std::fs::read_to_string(&path).unwrap();
                for part in source.split('"').skip(1).step_by(1) {
                    let id = part.chars().all(|c| {
                        c.is_ascii_lowercase() || c.is_ascii_digit() || "-_{}".contains(c)
                    });
                    if id && part.contains('-') {
                        found.insert(part.to_owned());
                    }
                }
            }
        }
    }
    let mut found = BTreeSet::new();
    for room in ["tui", "cli", "session"] {
        walk(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(room),
            &mut found,
        );
    }
    found
}

/// The prefix before the first `{}` of a pattern such as `state-{}`.
fn prefixes(literals: &BTreeSet<String>) -> Vec<String> {
    let mut out: Vec<String> = literals
        .iter()
        .filter_map(|l| l.split_once('{').map(|(head, _)| head.to_owned()))
        .filter(|head| head.ends_with('-'))
        .collect();
    out.push("refusal-".to_owned());
    out
}

#[test]
fn no_message_lies_about_unused() {
    let literals = literals();
    let prefixes = prefixes(&literals);
    for (name, id, _) in FILES {
        for (message, _) in messages(id, name) {
            let id = message.split('.').next().unwrap_or_default();
            // A hint goes with its message: `<id>-hint` is asked for where `<id>` is.
            let id = id.strip_suffix("-hint").unwrap_or(id);
            let used = literals.contains(id) || prefixes.iter().any(|p| id.starts_with(p.as_str()));
            assert!(used, "{id} in {name}.ftl is used nowhere");
        }
    }
}

#[test]
fn every_message_that_is_asked_for_exists() {
    let texts = Texts::new(Language::Id);
    let mut asked = 0;
    for (path, source) in sources() {
        for call in [
            "texts.get(\"",
            "texts().get(\"",
            "texts.with(\"",
            "texts().with(\"",
            "label: \"",
            "Field::text(\"",
            "Field::secret(\"",
            "Field::long(\"",
            "Field::choice(\"",
            "Field::checks(\"",
            "column(\"",
        ] {
            for part in source.split(call).skip(1) {
                let id = part.split('"').next().unwrap_or_default();
                if path.ends_with("form.rs") && id.starts_with("item-") {
                    continue;
                }
                asked += 1;
                assert!(texts.has(id), "{id} is asked for in {path} and missing");
            }
        }
    }
    assert!(asked > 40, "the scan found only {asked} messages");
}

fn sources() -> Vec<(String, String)> {
    fn walk(folder: &Path, found: &mut Vec<(String, String)>) {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                if !path.ends_with("tests") {
                    walk(&path, found);
                }
            } else if path.extension().is_some_and(|e| e == "rs") {
                found.push((
                    path.display().to_string(),
                    std::fs::read_to_string(&path).unwrap(),
                ));
            }
        }
    }
    let mut found = Vec::new();
    for room in ["tui", "cli", "session"] {
        walk(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(room),
            &mut found,
        );
    }
    found
}
