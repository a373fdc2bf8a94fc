//! The action table: every row reachable, no key twice in a place, nothing dangerous on a key that a torn escape
//! sequence could fake.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::Language;
use crate::term::{Key, KeyCode};
use crate::tui::action::{ACTIONS, ActionId, Danger, key_name, of};
use crate::tui::i18n::Texts;
use crate::tui::place::Place;

#[test]
fn every_action_has_a_key_somewhere_and_what_is_no_mere_move_is_in_a_palette() {
    for action in ACTIONS {
        assert!(!action.keys.is_empty(), "{} has no key", action.name);
        let places: Vec<Place> = Place::all()
            .into_iter()
            .filter(|p| action.places.contain(*p))
            .collect();
        assert!(!places.is_empty(), "{} lives nowhere", action.name);
        if action.act.is_some() || action.danger != Danger::None {
            assert!(action.palette, "{} is not in the palette", action.name);
        }
    }
    let ids: BTreeSet<ActionId> = ACTIONS.iter().map(|a| a.id).collect();
    assert_eq!(ids.len(), ACTIONS.len(), "an action has two rows");
}

#[test]
fn no_key_does_two_things_in_one_place() {
    for place in Place::all() {
        let mut taken: BTreeMap<Key, &str> = BTreeMap::new();
        for action in of(place) {
            for key in action.keys {
                if let Some(other) = taken.insert(*key, action.name) {
                    panic!(
                        "{} does {other} and {} in {place:?}",
                        key_name(*key),
                        action.name
                    );
                }
            }
        }
    }
}

#[test]
fn a_torn_escape_sequence_changes_nothing() {
    for action in ACTIONS {
        let changes =
            action.act.is_some() || action.danger != Danger::None || action.id == ActionId::Submit;
        for key in action.keys {
            if let KeyCode::Char(c) = key.code
                && !key.ctrl
            {
                let faked = "ABCDHFPQRS~[O".contains(c) || c.is_ascii_digit();
                assert!(
                    !(changes && faked),
                    "{} changes something on a bare {c}",
                    action.name
                );
            }
        }
    }
}

#[test]
fn no_action_needs_alt_a_function_key_or_shift_tab() {
    for action in ACTIONS {
        let plain = |k: &&Key| !k.alt && !matches!(k.code, KeyCode::F(_) | KeyCode::BackTab);
        let has_other_way = matches!(
            action.id,
            ActionId::PreviousField | ActionId::PreviousScreen
        );
        assert!(
            action.keys.iter().any(|k| plain(&k)) || has_other_way,
            "{}",
            action.name
        );
    }
}

#[test]
fn what_cannot_be_undone_asks_in_a_dialog() {
    use crate::domain::workflow::Act;
    for action in ACTIONS {
        let final_act = matches!(
            action.act,
            Some(
                Act::Revoke
                    | Act::Reject
                    | Act::Return
                    | Act::Withdraw
                    | Act::Approve
                    | Act::Acknowledge
            )
        );
        assert!(
            !final_act || action.danger != Danger::None,
            "{} asks nothing",
            action.name
        );
    }
}

#[test]
fn every_action_has_a_title_and_help_in_both_languages() {
    for language in [Language::Id, Language::En] {
        let texts = Texts::new(language);
        for action in ACTIONS {
            assert!(
                !action.title(texts).starts_with("action-"),
                "{}",
                action.name
            );
            assert!(
                !action.help(texts).is_empty(),
                "{} has no help in {language:?}",
                action.name
            );
        }
    }
}

/// The README's key table stands between its markers. `UPDATE_README=1 cargo test readme` writes it anew.
#[test]
fn the_readme_has_the_key_table_of_the_action_table() {
    const MARKERS: [&str; 2] = ["<!-- keys:begin -->\n", "<!-- keys:end -->"];
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = std::fs::read_to_string(&path).unwrap();
    let table = crate::tui::action::markdown(Texts::new(Language::En));
    let (head, rest) = readme
        .split_once(MARKERS[0])
        .expect("the README has no marker for keys");
    let (now, tail) = rest
        .split_once(MARKERS[1])
        .expect("the README's keys have no end");
    if std::env::var_os("UPDATE_README").is_some() {
        let [begin, end] = MARKERS;
        std::fs::write(&path, format!("{head}{begin}{table}{end}{tail}")).unwrap();
        return;
    }
    assert_eq!(now, table, "run: UPDATE_README=1 cargo test readme");
}
