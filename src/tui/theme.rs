//! How things look: what a run of text means (its tone) becomes a ratatui style for the colours the terminal has.
//! A state is always a word; a tone only underlines it, so that mono loses nothing.

use ratatui::style::{Color, Modifier, Style};

use crate::domain::State;
use crate::term::ColourDepth;

/// What a run of text means.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Tone {
    #[default]
    Plain,
    /// Labels and whatever is read second.
    Muted,
    Heading,
    /// The line at the top and the line above a detail or a dialog.
    Bar,
    /// The screen or tab that is open.
    BarActive,
    /// The id cell of the row the cursor is on, the field or button in focus.
    Selected,
    /// A key in the footer.
    Key,
    /// An action that is not possible now.
    Disabled,
    Good,
    Warning,
    Bad,
    /// The blanks that a bar of a chart is made of: a background costs less than signs, an erase draws it.
    GoodBar,
    WarningBar,
    /// Something found and marked in a letter's text.
    Found,
}

/// What a person asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, serde::Serialize, serde::Deserialize)]
pub enum ThemeChoice {
    /// The colours that the terminal has.
    #[default]
    Plain,
    HighContrast,
    Mono,
}

impl ThemeChoice {
    pub const ALL: [Self; 3] = [Self::Plain, Self::HighContrast, Self::Mono];

    /// The message that names it.
    pub const fn message(self) -> &'static str {
        match self {
            Self::Plain => "theme-plain",
            Self::HighContrast => "theme-high-contrast",
            Self::Mono => "theme-mono",
        }
    }

    /// The theme on a terminal with these colours.
    pub fn on(self, depth: ColourDepth) -> Theme {
        Theme {
            depth: if self == Self::Mono {
                ColourDepth::Mono
            } else {
                depth
            },
            high_contrast: self == Self::HighContrast,
        }
    }
}

/// A theme: the colours there are, and whether contrast goes first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Theme {
    pub depth: ColourDepth,
    pub high_contrast: bool,
}

impl Theme {
    pub const fn new(depth: ColourDepth) -> Self {
        Self {
            depth,
            high_contrast: false,
        }
    }

    /// The style of a tone.
    pub fn style(self, tone: Tone) -> Style {
        let plain = Style::new();
        if self.depth == ColourDepth::Mono {
            return mono(tone);
        }
        let muted = if self.high_contrast {
            plain
        } else {
            plain.fg(Color::DarkGray)
        };
        let bar = if self.high_contrast {
            plain.bg(Color::White).fg(Color::Black)
        } else {
            plain.bg(Color::Blue).fg(Color::White)
        };
        match tone {
            Tone::Plain => plain,
            Tone::Muted | Tone::Disabled => muted,
            Tone::Heading => plain.add_modifier(Modifier::BOLD),
            Tone::Bar => bar,
            Tone::BarActive => bar.add_modifier(Modifier::REVERSED),
            Tone::Selected => plain.add_modifier(Modifier::REVERSED),
            Tone::Key => plain.fg(Color::Cyan),
            Tone::Good => plain.fg(Color::Green),
            Tone::Warning => plain.fg(Color::Yellow),
            Tone::Bad => plain.fg(Color::Red).add_modifier(Modifier::BOLD),
            Tone::GoodBar => plain.bg(Color::Green),
            Tone::WarningBar => plain.bg(Color::Yellow),
            Tone::Found => plain.fg(Color::Green).add_modifier(Modifier::UNDERLINED),
        }
    }

    /// Whether a bar is a coloured line that costs an erase, rather than text on a bare line.
    pub fn fills_bars(self) -> bool {
        self.depth != ColourDepth::Mono
    }
}

fn mono(tone: Tone) -> Style {
    let plain = Style::new();
    match tone {
        Tone::Plain | Tone::Muted | Tone::Good | Tone::Warning | Tone::Bar | Tone::Key => plain,
        Tone::Heading | Tone::Bad => plain.add_modifier(Modifier::BOLD),
        Tone::BarActive | Tone::Selected | Tone::GoodBar | Tone::WarningBar => {
            plain.add_modifier(Modifier::REVERSED)
        }
        Tone::Disabled => plain.add_modifier(Modifier::DIM),
        Tone::Found => plain.add_modifier(Modifier::UNDERLINED),
    }
}

/// The tone beneath a state's word.
pub const fn state_tone(state: State) -> Tone {
    match state {
        State::Dicabut | State::Diberitahukan | State::Selesai => Tone::Good,
        State::Dikembalikan | State::Terjadwal => Tone::Warning,
        State::Ditolak => Tone::Bad,
        State::Draf | State::Ditarik | State::Ditutup => Tone::Muted,
        State::Diajukan | State::Diperiksa | State::DataSesuai | State::DnCocok => Tone::Plain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mono_uses_no_colour_at_all() {
        for tone in [
            Tone::Plain,
            Tone::Muted,
            Tone::Heading,
            Tone::Bar,
            Tone::BarActive,
            Tone::Selected,
            Tone::Key,
            Tone::Disabled,
            Tone::Good,
            Tone::Warning,
            Tone::Bad,
            Tone::GoodBar,
            Tone::WarningBar,
            Tone::Found,
        ] {
            let style = Theme::new(ColourDepth::Mono).style(tone);
            assert_eq!((style.fg, style.bg), (None, None), "{tone:?}");
        }
    }
}
