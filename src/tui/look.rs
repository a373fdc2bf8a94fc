//! What a view needs besides its own model: theme, messages, the hour and how to write it.

use ratatui::style::Style;

use crate::domain::{Timestamp, Zone};

use super::format::Format;
use super::i18n::Texts;
use super::theme::{Theme, Tone};

/// Everything a view may look at besides the model. Same model and same look, same cells.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    pub theme: Theme,
    pub texts: Texts,
    pub now: Timestamp,
    pub zone: Zone,
    /// Detail beside the list instead of below it.
    pub split: bool,
    /// The terminal shows more than ASCII.
    pub utf8: bool,
}

impl Look {
    pub fn style(&self, tone: Tone) -> Style {
        self.theme.style(tone)
    }

    /// Dates and amounts in the reader's language.
    pub const fn format(&self) -> Format {
        Format {
            texts: self.texts,
            zone: self.zone,
        }
    }
}
