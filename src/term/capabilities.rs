//! What a terminal can do, first guessed from the environment the relay sent, later corrected by its own answers.
//! Conservative where a wrong guess would draw wrong; nothing ever waits for an answer.

use super::event::Event;

/// How many colours a terminal shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ColourDepth {
    /// None: bold, underline and reverse only.
    Mono,
    /// The eight ANSI colours and their bright forms.
    Ansi16,
    /// The xterm palette.
    Ansi256,
    /// 24-bit colours.
    True,
}

/// What one terminal can do. Fields are the terminfo capabilities the encoder asks about.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools)] // terminfo is a list of booleans
pub struct Capabilities {
    pub colour: ColourDepth,
    /// Text goes out as UTF-8; otherwise everything beyond ASCII is replaced.
    pub utf8: bool,
    /// `rep`: REP (`ESC[nb`) repeats an ASCII character. Only after the terminal has shown that it is what TERM says.
    pub repeat: bool,
    /// `smacs`: DEC Special Graphics in G0 draws lines with one byte each. PuTTY ignores it in UTF-8, so as with `repeat`.
    pub line_drawing: bool,
    /// `csr`: DECSTBM sets a scroll region.
    pub scroll_region: bool,
    /// `indn`, `rin`: SU and SD.
    pub scroll_lines: bool,
    /// `il`, `dl`.
    pub insert_lines: bool,
    /// `ich`, `dch`.
    pub insert_cells: bool,
    /// `ech`.
    pub erase_cells: bool,
    /// `bce`: erased cells take the background of the pen; otherwise erase only with the default background.
    pub background_erase: bool,
    /// `hpa`, `vpa`: CHA and VPA.
    pub absolute_axis: bool,
    /// `ht` with `it#8`: a tab goes to the next multiple of eight columns and draws nothing.
    pub tabs: bool,
    /// `xenl`: after the last column the cursor waits; otherwise the bottom-right cell is never written.
    pub deferred_wrap: bool,
    /// `smcup` is DECSET 1049.
    pub alternate_screen: bool,
    /// DECSET 2004.
    pub bracketed_paste: bool,
    /// DECSET 2026; only when answered.
    pub synchronized_output: bool,
    /// OSC 52 is at least swallowed.
    pub clipboard: bool,
    /// The cursor can be placed at all; false for `dumb`, where only a line-by-line mode makes sense.
    pub full_screen: bool,
    /// `repeat` and `line_drawing` may be switched on by an answer.
    claims: Claims,
}

impl Capabilities {
    /// The guess from TERM, COLORTERM, NO_COLOR and the locale (LC_ALL before LC_CTYPE before LANG).
    pub fn from_env(variable: &dyn Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let term = set("TERM").unwrap_or_default().to_ascii_lowercase();
        let mut guess = Self::of_term(&term);
        if set("COLORTERM").is_some_and(|value| matches!(value.as_str(), "truecolor" | "24bit"))
            && guess.colour > ColourDepth::Mono
        {
            guess.colour = ColourDepth::True;
        }
        if set("NO_COLOR").is_some() {
            guess.colour = ColourDepth::Mono;
        }
        let locale = set("LC_ALL")
            .or_else(|| set("LC_CTYPE"))
            .or_else(|| set("LANG"));
        if let Some(locale) = locale {
            let locale = locale.to_ascii_lowercase();
            guess.utf8 = locale.contains("utf-8") || locale.contains("utf8");
        }
        guess
    }

    /// What terminfo says of the family a TERM name belongs to.
    fn of_term(term: &str) -> Self {
        let family = term.split(['-', '.', '+']).next().unwrap_or_default();
        let modern = Self {
            colour: depth_of(term, family),
            utf8: true,
            repeat: false,
            line_drawing: false,
            scroll_region: true,
            scroll_lines: true,
            insert_lines: true,
            insert_cells: true,
            erase_cells: true,
            background_erase: true,
            absolute_axis: true,
            tabs: true,
            deferred_wrap: true,
            alternate_screen: true,
            bracketed_paste: true,
            synchronized_output: false,
            clipboard: true,
            full_screen: true,
            claims: Claims::Nothing,
        };
        match family {
            "xterm" | "foot" => Self {
                claims: Claims::Modern,
                ..modern
            },
            "putty" | "alacritty" => Self {
                claims: Claims::Repeat,
                ..modern
            },
            "screen" | "tmux" => Self {
                background_erase: false,
                erase_cells: family == "tmux",
                line_drawing: true,
                ..modern
            },
            "linux" => Self {
                scroll_lines: false,
                alternate_screen: false,
                bracketed_paste: false,
                clipboard: false,
                ..modern
            },
            "ansi" | "pcansi" | "cygwin" => Self {
                utf8: family == "cygwin",
                scroll_region: false,
                background_erase: false,
                deferred_wrap: false,
                alternate_screen: false,
                bracketed_paste: false,
                clipboard: false,
                ..modern
            },
            "vt100" | "vt102" => Self {
                insert_lines: false,
                insert_cells: false,
                erase_cells: false,
                ..Self::of_vt(modern)
            },
            "vt220" | "vt320" | "vt420" => Self::of_vt(modern),
            "dumb" | "unknown" | "" => Self {
                insert_lines: false,
                insert_cells: false,
                erase_cells: false,
                scroll_region: false,
                deferred_wrap: false,
                line_drawing: false,
                tabs: false,
                full_screen: false,
                ..Self::of_vt(modern)
            },
            _ => modern,
        }
    }

    fn of_vt(modern: Self) -> Self {
        Self {
            utf8: false,
            line_drawing: true,
            scroll_lines: false,
            background_erase: false,
            absolute_axis: false,
            alternate_screen: false,
            bracketed_paste: false,
            clipboard: false,
            ..modern
        }
    }

    /// Whether it is worth asking for more than DA1: the terminal has shown that it is what TERM says, and recent.
    pub(super) fn answers_modern_questions(&self) -> bool {
        self.claims == Claims::Modern && self.line_drawing
    }

    /// Takes in an answer of the terminal; true when it changed something.
    pub fn learn(&mut self, event: &Event) -> bool {
        let before = self.clone();
        match event {
            Event::DeviceAttributes(attributes) => {
                let modern = matches!(attributes[..], [41 | 61..=65, _, ..]);
                match self.claims {
                    Claims::Nothing => {}
                    Claims::Repeat => self.repeat = modern || attributes[..] == [6],
                    Claims::Modern => {
                        self.repeat = modern;
                        self.line_drawing = modern;
                        // A multiplexer behind a borrowed name erases as it likes.
                        self.background_erase = !matches!(attributes[..], [1, ..]);
                    }
                }
            }
            Event::ModeReport {
                mode: 2026,
                setting,
            } => self.synchronized_output = matches!(setting, 1..=3),
            Event::Version(name) => {
                let name = name.to_ascii_lowercase();
                if name.starts_with("tmux") || name.starts_with("screen") {
                    self.claims = Claims::Nothing;
                    self.repeat = false;
                    self.background_erase = false;
                } else if self.colour > ColourDepth::Mono
                    && TRUE_COLOUR.iter().any(|known| name.starts_with(known))
                {
                    self.colour = ColourDepth::True;
                }
            }
            _ => {}
        }
        *self != before
    }
}

/// What a TERM name promises that only an answer to DA1 makes believable. Many terminals call themselves xterm: tmux and
/// screen answer as a VT100 with AVO (`1;2`), old Windows consoles `1;0`, PuTTY `6`, mosh a bare `62`, and none of them
/// has it all; xterm, VTE, Konsole, Windows Terminal, Termux and the like answer as a VT220 or later with its extensions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Claims {
    Nothing,
    /// REP, also with the answer `6`.
    Repeat,
    /// REP and line drawing in UTF-8.
    Modern,
}

/// Terminals that have 24-bit colours, as they answer to XTVERSION; sshd does not forward COLORTERM.
const TRUE_COLOUR: [&str; 11] = [
    "xterm(",
    "vte(",
    "konsole",
    "kitty",
    "foot",
    "wezterm",
    "iterm2",
    "mintty",
    "ghostty",
    "contour",
    "alacritty",
];

fn depth_of(term: &str, family: &str) -> ColourDepth {
    if term.ends_with("-direct")
        || matches!(
            family,
            "alacritty" | "foot" | "wezterm" | "ghostty" | "kitty"
        )
        || matches!(term, "xterm-kitty" | "xterm-ghostty")
    {
        ColourDepth::True
    } else if term.ends_with("-m") || term.ends_with("-mono") {
        ColourDepth::Mono
    } else if term.contains("256color") {
        ColourDepth::Ansi256
    } else if matches!(family, "" | "dumb" | "unknown") || family.starts_with("vt") {
        ColourDepth::Mono
    } else {
        ColourDepth::Ansi16
    }
}
