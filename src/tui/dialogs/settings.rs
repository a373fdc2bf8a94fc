//! Pengaturan: language and theme of this person's screen, and how long the link takes. The language is the account's;
//! the theme holds for the session, since it belongs to the terminal that one sits at.

use crate::domain::Language;
use crate::term::ColourDepth;
use crate::tui::action::ActionId;
use crate::tui::component::Outcome;
use crate::tui::glyphs::DASH;
use crate::tui::i18n::Value;
use crate::tui::look::Look;
use crate::tui::theme::ThemeChoice;
use crate::tui::widgets::form::{Field, Form};

use super::ask::Ask;

/// What was chosen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Preferences {
    pub language: Language,
    pub theme: ThemeChoice,
}

const LANGUAGES: [Language; 2] = [Language::Id, Language::En];

/// Opens it with what holds now; `round_trip` in milliseconds as last measured.
pub fn settings(look: &Look, now: Preferences, round_trip: Option<u32>) -> Ask {
    let texts = look.texts;
    let languages = ["language-id", "language-en"].map(|id| texts.get(id));
    let themes = ThemeChoice::ALL.map(|theme| texts.get(theme.message()));
    let at = |found: Option<usize>| found.unwrap_or(0);
    let form = Form::new(vec![
        Field::choice(
            "field-language",
            languages.into(),
            at(LANGUAGES.iter().position(|l| *l == now.language)),
        ),
        Field::choice(
            "field-theme",
            themes.into(),
            at(ThemeChoice::ALL.iter().position(|t| *t == now.theme)),
        ),
    ]);
    let link = match round_trip {
        Some(millis) => texts.with("settings-round-trip", &[("millis", Value::from(millis))]),
        None => DASH.to_owned(),
    };
    let colours = texts.get(match look.theme.depth {
        ColourDepth::Mono => "settings-no-colours",
        _ => "settings-colours",
    });
    Ask::new(ActionId::Settings, form, |form, _| {
        let language = LANGUAGES.get(form.chosen(0)).copied().unwrap_or_default();
        let theme = ThemeChoice::ALL.get(form.chosen(1)).copied();
        Ok(Outcome::Prefer(Preferences {
            language,
            theme: theme.unwrap_or_default(),
        }))
    })
    .show("settings-link", link)
    .show("settings-terminal", colours)
}
