//! From a key to an action: a pure look into the action table for the place where the person is.

use crate::term::{Key, KeyCode};

use super::action::{self, ActionId};
use super::place::Place;

/// The action of a key in a place. `typing`: a text field has the focus, so a character is text and nothing else.
pub fn resolve(key: Key, place: Place, typing: bool) -> Option<ActionId> {
    if typing && is_text(key) {
        return None;
    }
    action::of(place)
        .find(|a| a.keys.contains(&key))
        .map(|a| a.id)
}

/// Whether a text field would take the key as a character.
pub fn is_text(key: Key) -> bool {
    matches!(key.code, KeyCode::Char(_)) && !key.ctrl && !key.alt
}

/// Reads keys as tests and the README write them: `jj<Enter>budi<C-x><Space>`.
pub fn parse_keys(text: &str) -> Vec<Key> {
    let mut keys = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let named = rest
            .strip_prefix('<')
            .and_then(|r| r.split_once('>'))
            .and_then(|(name, after)| Some((named_key(name)?, after)));
        if let Some((key, after)) = named {
            keys.push(key);
            rest = after;
        } else {
            keys.push(Key::char(c));
            rest = &rest[c.len_utf8()..];
        }
    }
    keys
}

fn named_key(name: &str) -> Option<Key> {
    if let Some(c) = name.strip_prefix("C-").and_then(|n| n.chars().next()) {
        return Some(Key::ctrl(c));
    }
    Some(Key::plain(match name {
        "Enter" => KeyCode::Enter,
        "Esc" => KeyCode::Esc,
        "Tab" => KeyCode::Tab,
        "BackTab" => KeyCode::BackTab,
        "BS" => KeyCode::Backspace,
        "Del" => KeyCode::Delete,
        "Up" => KeyCode::Up,
        "Down" => KeyCode::Down,
        "Left" => KeyCode::Left,
        "Right" => KeyCode::Right,
        "Home" => KeyCode::Home,
        "End" => KeyCode::End,
        "PgUp" => KeyCode::PageUp,
        "PgDn" => KeyCode::PageDown,
        "Space" => KeyCode::Char(' '),
        _ => return None,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::place::ScreenId;

    #[test]
    fn arrows_and_vim_keys_move_alike() {
        let queue = Place::Screen(ScreenId::Queue);
        for (a, b) in [
            ("j", "<Down>"),
            ("k", "<Up>"),
            ("h", "<Left>"),
            ("l", "<Right>"),
            ("g", "<Home>"),
            ("G", "<End>"),
        ] {
            let of = |keys: &str| resolve(parse_keys(keys)[0], queue, false);
            assert!(of(a).is_some());
            assert_eq!(of(a), of(b));
        }
    }

    #[test]
    fn a_letter_typed_into_a_field_is_no_action() {
        for place in Place::all() {
            for c in ('!'..='~').chain([' ']) {
                assert_eq!(resolve(Key::char(c), place, true), None);
            }
        }
        assert_eq!(
            resolve(Key::plain(KeyCode::Esc), Place::Form, true),
            Some(ActionId::Back)
        );
    }
}
