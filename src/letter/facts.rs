//! What the desk knows about a letter after its examination: facts first, then its text.
//! Everything in here came from outside and was made printable; none of it is verified.

use serde::{Deserialize, Serialize};

use super::confine::Confinement;
use super::format::LetterKind;
use crate::domain::distinguished_name::printable;

/// The facts of one letter.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct LetterFacts {
    pub kind: LetterKind,
    /// Size of the file.
    pub bytes: u64,
    /// Of the whole file, 64 lower-case hex digits.
    pub sha256: String,
    /// Pages of a PDF; 1 for a picture.
    pub pages: u32,
    /// Size of a picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pixels: Option<PixelSize>,
    /// Size of the first page of a PDF.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paper: Option<PaperSize>,
    /// The PDF carries a digital signature. It was **not** verified.
    pub signed_pdf: bool,
    /// The document's own title, if it gives one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Whether readable text was found. A scan or a photo has none.
    pub has_text: bool,
    /// The text ended at the limit; there is more in the letter.
    pub text_cut: bool,
    /// The text by page, top to bottom; pages without text are left out.
    pub text: Vec<PageText>,
    pub warnings: Vec<LetterWarning>,
    /// What held the child while it read this letter.
    pub confinement: Confinement,
}

/// Width and height in pixels.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PixelSize {
    pub width: u32,
    pub height: u32,
}

/// Width and height in millimetres, rounded.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PaperSize {
    pub width_mm: u32,
    pub height_mm: u32,
}

/// The text of one page. An empty line stands for a larger gap.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PageText {
    /// Counted from 1.
    pub page: u32,
    pub lines: Vec<String>,
}

/// What an officer should know before opening the real file, though it does not refuse the letter.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LetterWarning {
    /// Runs scripts in some viewers.
    JavaScript,
    /// Carries another file inside.
    EmbeddedFile,
    /// Would start a program in some viewers.
    LaunchAction,
    /// Carries a form whose fields may show other text than the page (XFA).
    DynamicForm,
    /// Text that the page does not show (typically of a scanner's text recognition).
    HiddenText,
    /// A good part of the characters has no known meaning; searching it proves nothing.
    UnreadableText,
    /// Bytes were added after the last signature.
    ChangedAfterSigning,
    /// Bytes of no meaning behind the end of the document.
    TrailingData,
}

impl LetterWarning {
    pub const ALL: [Self; 8] = [
        Self::JavaScript,
        Self::EmbeddedFile,
        Self::LaunchAction,
        Self::DynamicForm,
        Self::HiddenText,
        Self::UnreadableText,
        Self::ChangedAfterSigning,
        Self::TrailingData,
    ];

    /// Stable id, for messages and JSON.
    pub const fn id(self) -> &'static str {
        match self {
            Self::JavaScript => "java-script",
            Self::EmbeddedFile => "embedded-file",
            Self::LaunchAction => "launch-action",
            Self::DynamicForm => "dynamic-form",
            Self::HiddenText => "hidden-text",
            Self::UnreadableText => "unreadable-text",
            Self::ChangedAfterSigning => "changed-after-signing",
            Self::TrailingData => "trailing-data",
        }
    }
}

impl std::fmt::Display for LetterWarning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::JavaScript => "contains JavaScript: do not allow it when opening the file",
            Self::EmbeddedFile => "carries another file inside",
            Self::LaunchAction => "asks the viewer to start a program: do not allow it",
            Self::DynamicForm => "is a dynamic form: what is shown may differ between viewers",
            Self::HiddenText => "has text that the page does not show",
            Self::UnreadableText => {
                "much of its text cannot be read by a program: read the page itself"
            }
            Self::ChangedAfterSigning => "was changed after it was signed",
            Self::TrailingData => "has extra data behind its end",
        })
    }
}

impl LetterFacts {
    /// A page or picture without text: only eyes can read it.
    pub fn is_scan(&self) -> bool {
        !self.has_text
    }

    /// All lines with their page number, in reading order.
    pub fn lines(&self) -> impl Iterator<Item = (u32, &str)> {
        self.text
            .iter()
            .flat_map(|p| p.lines.iter().map(move |l| (p.page, l.as_str())))
    }

    /// Replaces what a terminal, log or header must not see. The child did so already; the desk does not rely on it.
    #[must_use]
    pub(super) fn made_printable(mut self) -> Self {
        self.title = self.title.map(|t| printable(&t));
        for line in self.text.iter_mut().flat_map(|p| &mut p.lines) {
            *line = printable(line);
        }
        self
    }
}
