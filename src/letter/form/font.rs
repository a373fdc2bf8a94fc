//! The two embedded fonts of the form, already cut down to Latin (see fonts/subset.py): glyphs and widths of a text.

use ttf_parser::GlyphId;
use unicode_normalization::UnicodeNormalization;

use super::FormError;
use crate::domain::distinguished_name::printable;

const REGULAR: &[u8] = include_bytes!("fonts/AMSSerif-Regular.ttf");
const BOLD: &[u8] = include_bytes!("fonts/AMSSerif-Bold.ttf");

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Weight {
    Regular,
    Bold,
}

/// A weight and a size in points.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Style {
    pub weight: Weight,
    pub size: f32,
}

pub(super) const fn regular(size: f32) -> Style {
    Style {
        weight: Weight::Regular,
        size,
    }
}

pub(super) const fn bold(size: f32) -> Style {
    Style {
        weight: Weight::Bold,
        size,
    }
}

/// One of the two fonts.
pub(super) struct Face {
    pub data: &'static [u8],
    pub parsed: ttf_parser::Face<'static>,
    pub post_script_name: &'static str,
}

impl Face {
    fn read(data: &'static [u8], post_script_name: &'static str) -> Result<Self, FormError> {
        let parsed = ttf_parser::Face::parse(data, 0).map_err(|e| FormError::Font {
            name: post_script_name,
            why: e.to_string(),
        })?;
        Ok(Self {
            data,
            parsed,
            post_script_name,
        })
    }

    /// Factor from font units to the thousandths of an em in which a PDF counts.
    pub fn per_mille(&self) -> f32 {
        1000.0 / f32::from(self.parsed.units_per_em())
    }

    /// The glyph of a character; one that the font lacks shows as U+FFFD, so that nobody overlooks it.
    pub fn glyph(&self, c: char) -> (GlyphId, char) {
        let missing = || {
            self.parsed
                .glyph_index(char::REPLACEMENT_CHARACTER)
                .map_or((GlyphId(0), c), |g| (g, char::REPLACEMENT_CHARACTER))
        };
        self.parsed.glyph_index(c).map_or_else(missing, |g| (g, c))
    }

    /// Advance of a glyph in thousandths of an em.
    pub fn advance(&self, glyph: GlyphId) -> f32 {
        f32::from(self.parsed.glyph_hor_advance(glyph).unwrap_or(0)) * self.per_mille()
    }
}

pub(super) struct Fonts {
    pub regular: Face,
    pub bold: Face,
}

impl Fonts {
    pub fn read() -> Result<Self, FormError> {
        Ok(Self {
            regular: Face::read(REGULAR, "AMSSerif-Regular")?,
            bold: Face::read(BOLD, "AMSSerif-Bold")?,
        })
    }

    pub const fn face(&self, weight: Weight) -> &Face {
        match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
        }
    }

    /// Width of a text in points.
    pub fn width(&self, text: &str, style: Style) -> f32 {
        let face = self.face(style.weight);
        text.chars()
            .map(|c| face.advance(face.glyph(c).0))
            .sum::<f32>()
            * style.size
            / 1000.0
    }

    /// Breaks a text into lines of at most `width` points: at blanks, else (in a word that is too long) anywhere.
    /// Always gives at least one line.
    pub fn wrap(&self, text: &str, style: Style, width: f32) -> Vec<String> {
        let mut lines = vec![String::new()];
        for word in text.split_whitespace() {
            let line = &lines[lines.len() - 1];
            let joined = if line.is_empty() {
                word.to_owned()
            } else {
                format!("{line} {word}")
            };
            if self.width(&joined, style) <= width {
                lines.pop();
                lines.push(joined);
                continue;
            }
            if !line.is_empty() {
                lines.push(String::new());
            }
            for c in word.chars() {
                let last = lines.len() - 1;
                lines[last].push(c);
                if self.width(&lines[last], style) > width && lines[last].chars().count() > 1 {
                    lines[last].pop();
                    lines.push(c.to_string());
                }
            }
        }
        lines
    }
}

/// A text as the form may print it: composed characters, no control characters, blanks single.
pub(super) fn clean(text: &str) -> String {
    let composed: String = printable(text).nfc().collect();
    composed.split_whitespace().collect::<Vec<_>>().join(" ")
}
