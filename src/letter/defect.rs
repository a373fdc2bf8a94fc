//! Why a file cannot serve as a statement letter. Each defect has a stable id and a sentence that says what is wrong
//! and what would help; the edge translates by id, with the fields as its arguments.

use serde::{Deserialize, Serialize};

use super::format::LetterKind;

/// What a file that is no letter looks like, by its content.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Lookalike {
    Word,
    Spreadsheet,
    Presentation,
    OpenDocument,
    OldOffice,
    RichText,
    Zip,
    OtherArchive,
    Html,
    Svg,
    Xml,
    Heic,
    Avif,
    Tiff,
    Gif,
    Bmp,
    WebP,
    Pdf,
    Jpeg,
    Png,
    PostScript,
    Video,
    Certificate,
    Mail,
    WindowsProgram,
    UnixProgram,
    Script,
    Text,
    Unrecognized,
}

impl Lookalike {
    pub const ALL: [Self; 29] = [
        Self::Word,
        Self::Spreadsheet,
        Self::Presentation,
        Self::OpenDocument,
        Self::OldOffice,
        Self::RichText,
        Self::Zip,
        Self::OtherArchive,
        Self::Html,
        Self::Svg,
        Self::Xml,
        Self::Heic,
        Self::Avif,
        Self::Tiff,
        Self::Gif,
        Self::Bmp,
        Self::WebP,
        Self::Pdf,
        Self::Jpeg,
        Self::Png,
        Self::PostScript,
        Self::Video,
        Self::Certificate,
        Self::Mail,
        Self::WindowsProgram,
        Self::UnixProgram,
        Self::Script,
        Self::Text,
        Self::Unrecognized,
    ];

    /// Stable id, for messages and JSON.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Word => "word",
            Self::Spreadsheet => "spreadsheet",
            Self::Presentation => "presentation",
            Self::OpenDocument => "open-document",
            Self::OldOffice => "old-office",
            Self::RichText => "rich-text",
            Self::Zip => "zip",
            Self::OtherArchive => "archive",
            Self::Html => "html",
            Self::Svg => "svg",
            Self::Xml => "xml",
            Self::Heic => "heic",
            Self::Avif => "avif",
            Self::Tiff => "tiff",
            Self::Gif => "gif",
            Self::Bmp => "bmp",
            Self::WebP => "webp",
            Self::Pdf => "pdf",
            Self::Jpeg => "jpeg",
            Self::Png => "png",
            Self::PostScript => "postscript",
            Self::Video => "video",
            Self::Certificate => "certificate",
            Self::Mail => "mail",
            Self::WindowsProgram => "windows-program",
            Self::UnixProgram => "unix-program",
            Self::Script => "script",
            Self::Text => "text",
            Self::Unrecognized => "unrecognized",
        }
    }

    /// Its name in plain English, with the article.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Word => "a Word document",
            Self::Spreadsheet => "an Excel workbook",
            Self::Presentation => "a PowerPoint presentation",
            Self::OpenDocument => "an OpenDocument file",
            Self::OldOffice => "an old Microsoft Office file",
            Self::RichText => "a rich-text document",
            Self::Zip => "a ZIP archive",
            Self::OtherArchive => "a compressed archive",
            Self::Html => "a web page",
            Self::Svg => "an SVG drawing",
            Self::Xml => "an XML file",
            Self::Heic => "an iPhone picture (HEIC)",
            Self::Avif => "an AVIF picture",
            Self::Tiff => "a TIFF picture",
            Self::Gif => "a GIF picture",
            Self::Bmp => "a BMP picture",
            Self::WebP => "a WebP picture",
            Self::Pdf => "a PDF",
            Self::Jpeg => "a JPEG picture",
            Self::Png => "a PNG picture",
            Self::PostScript => "a PostScript file",
            Self::Video => "a video",
            Self::Certificate => "a certificate or key file",
            Self::Mail => "an e-mail",
            Self::WindowsProgram => "a Windows program",
            Self::UnixProgram => "a program",
            Self::Script => "a script",
            Self::Text => "plain text",
            Self::Unrecognized => "no known kind of document",
        }
    }

    /// What makes a letter of it, as a sentence.
    const fn advice(self) -> &'static str {
        match self {
            Self::Word
            | Self::Spreadsheet
            | Self::Presentation
            | Self::OpenDocument
            | Self::OldOffice
            | Self::RichText
            | Self::Text
            | Self::Html
            | Self::PostScript => {
                "Print it, have it signed and attach the scan, or export the signed letter as PDF."
            }
            Self::Heic | Self::Avif | Self::Tiff | Self::Gif | Self::Bmp | Self::WebP => {
                "Save the picture as JPEG or PNG, or scan the letter to PDF."
            }
            Self::Zip | Self::OtherArchive | Self::Mail => {
                "Take the letter out of it and attach the PDF, JPEG or PNG itself."
            }
            _ => "Attach the signed letter as PDF, JPEG or PNG.",
        }
    }
}

impl std::fmt::Display for Lookalike {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// Why a file is refused as a statement letter.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, thiserror::Error)]
pub enum LetterDefect {
    #[error(
        "The file is empty. Attach the signed letter again; the copy may have been interrupted."
    )]
    Empty,
    /// `limit` in bytes; `bytes` is the size as far as it was read.
    #[error(
        "The letter has {bytes} bytes; at most {limit} are accepted. Scan it in grey at 150 dpi, or attach only its signed pages."
    )]
    TooLarge { bytes: u64, limit: u64 },
    #[error("The file is {looks_like}, not a PDF, JPEG or PNG. {}", looks_like.advice())]
    UnknownType { looks_like: Lookalike },
    #[error("The file passes for {} but also carries {hides}. Export or scan the letter anew and attach only that.", claims.name())]
    Disguised {
        claims: LetterKind,
        hides: Lookalike,
    },
    #[error(
        "The PDF is locked with a password. Save it without password protection and attach it again."
    )]
    EncryptedPdf,
    #[error("The PDF is cut off: its end is missing. Copy or send it again in full.")]
    CutPdf,
    #[error("The {} is cut off: its end is missing. Copy or send it again in full.", kind.short_name())]
    CutImage { kind: LetterKind },
    #[error("The PDF has no pages. Export or scan the letter again.")]
    NoPages,
    #[error(
        "The PDF has {pages} pages; at most {limit} are accepted. Attach only the statement letter."
    )]
    TooManyPages { pages: u32, limit: u32 },
    /// `limit` in pixels (width × height).
    #[error(
        "A picture of {width}×{height} pixels is too large to open safely; at most {limit} pixels are accepted. Scan it at 150 to 300 dpi."
    )]
    ImageBomb { width: u32, height: u32, limit: u64 },
    #[error("The {} is damaged and cannot be read. Export or scan the letter again.", kind.short_name())]
    Malformed { kind: LetterKind },
    #[error(
        "Reading the letter took longer than {seconds} s and was stopped. Print it to a new PDF or scan it, and attach that."
    )]
    Timeout { seconds: u64 },
    #[error(
        "Reading the letter needed more than {mebibytes} MiB and was stopped. Print it to a new PDF or scan it, and attach that."
    )]
    Memory { mebibytes: u64 },
    #[error(
        "Reading the letter tried to act like a program and was stopped. Do not open this file; report it, and attach a fresh scan."
    )]
    Hostile,
    /// Not the letter's fault: the child could not be started or gave no answer.
    #[error(
        "The letter could not be examined on this desk ({why}). Try again; if it stays, tell the administrator."
    )]
    NotExamined { why: String },
}

impl LetterDefect {
    /// Stable id, for messages, JSON and tests.
    pub const fn id(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLarge { .. } => "too-large",
            Self::UnknownType { .. } => "unknown-type",
            Self::Disguised { .. } => "disguised",
            Self::EncryptedPdf => "encrypted-pdf",
            Self::CutPdf => "cut-pdf",
            Self::CutImage { .. } => "cut-image",
            Self::NoPages => "no-pages",
            Self::TooManyPages { .. } => "too-many-pages",
            Self::ImageBomb { .. } => "image-bomb",
            Self::Malformed { .. } => "malformed",
            Self::Timeout { .. } => "timeout",
            Self::Memory { .. } => "memory",
            Self::Hostile => "hostile",
            Self::NotExamined { .. } => "not-examined",
        }
    }

    /// Whether the letter itself is at fault; if not, the same file may pass on another try.
    pub const fn is_of_the_letter(&self) -> bool {
        !matches!(self, Self::NotExamined { .. })
    }
}
