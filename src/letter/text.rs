//! Text of a typeset PDF: glyphs with their places become lines in reading order, top-down and left-right, with
//! blanks where the page has gaps. Draws nothing and decodes no picture.

use hayro_interpret::font::GlyphRun;
use hayro_interpret::hayro_cmap::BfString;
use hayro_interpret::kurbo::{Affine, BezPath, Point, Rect, Vec2};
use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps,
    InterpreterCache, InterpreterSettings, SoftMask, interpret_page,
};
use hayro_syntax::Pdf;
use unicode_normalization::UnicodeNormalization;

use super::facts::{LetterFacts, LetterWarning, PageText};
use super::format::Limits;

/// Glyphs looked at in one letter; a page of dense print has about 4 000.
const GLYPHS: usize = 400_000;

/// Fills in the text of all pages, and what is to be said about it.
pub(super) fn read(pdf: &Pdf, limits: &Limits, facts: &mut LetterFacts) {
    let cache = InterpreterCache::new();
    let settings = InterpreterSettings::default();
    let mut left = limits.text_chars;
    let (mut readable, mut unreadable, mut hidden) = (0usize, 0usize, 0usize);
    let mut budget = GLYPHS;
    for (index, page) in pdf.pages().iter().enumerate() {
        let (width, height) = page.render_dimensions();
        let upright = Affine::new(page.initial_transform(true).as_coeffs());
        let area = Rect::new(0.0, 0.0, f64::from(width), f64::from(height));
        let mut context = Context::new(upright, area, &cache, pdf.xref(), settings.clone());
        let mut collector = Collector {
            glyphs: Vec::new(),
            budget,
        };
        interpret_page(page, &mut context, &mut collector);
        budget = collector.budget;
        for glyph in &collector.glyphs {
            hidden += usize::from(glyph.hidden);
            match glyph.text.as_str() {
                "\u{fffd}" => unreadable += 1,
                text => readable += usize::from(text.chars().any(char::is_alphanumeric)),
            }
        }
        let mut lines = lines(collector.glyphs);
        for line in &mut lines {
            let length = line.chars().count();
            if length > left {
                *line = line.chars().take(left).collect();
                facts.text_cut = true;
            }
            left -= length.min(left);
        }
        while lines.last().is_some_and(String::is_empty) {
            lines.pop();
        }
        if !lines.is_empty() {
            facts.text.push(PageText {
                page: index as u32 + 1,
                lines,
            });
        }
    }
    facts.text_cut |= budget == 0;
    facts.has_text = readable > 0;
    if hidden > 0 {
        facts.warnings.push(LetterWarning::HiddenText);
    }
    if unreadable * 5 > readable {
        facts.warnings.push(LetterWarning::UnreadableText);
    }
}

/// One glyph on the upright page; lengths in points, y downwards.
struct PlacedGlyph {
    text: String,
    /// Start of the glyph along its own baseline.
    along: f64,
    /// Its end: start plus advance.
    end: f64,
    /// Distance of the baseline from the origin, across it.
    across: f64,
    size: f64,
    /// Direction of the baseline in whole degrees; 0 is ordinary text.
    angle: i32,
    hidden: bool,
}

/// Collects the glyphs of a page and ignores all else that is drawn.
struct Collector {
    glyphs: Vec<PlacedGlyph>,
    budget: usize,
}

impl Device<'_> for Collector {
    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, '_>, props: DrawProps<'_>, mode: &DrawMode) {
        for glyph in run.glyphs() {
            if self.budget == 0 {
                return;
            }
            self.budget -= 1;
            let text = match glyph.as_unicode() {
                Some(BfString::Char(c)) => c.to_string(),
                Some(BfString::String(s)) => s,
                None => char::REPLACEMENT_CHARACTER.to_string(),
            };
            let advance = match &**glyph {
                hayro_interpret::font::Glyph::Outline(g) => g.advance_width(),
                hayro_interpret::font::Glyph::Type3(g) => g.advance_width(),
            };
            // Glyph space has 1000 units to the em, whatever the font.
            let transform = props.transform * glyph.transform();
            let origin = transform * Point::ZERO;
            let unit = transform * Point::new(1000.0, 0.0) - origin;
            let size = (transform * Point::new(0.0, 1000.0) - origin).hypot();
            if !(origin.x.is_finite() && origin.y.is_finite() && size > 0.0 && size < 1e6) {
                continue;
            }
            let angle = unit.atan2().to_degrees().round() as i32;
            let direction = Vec2::from_angle(f64::from(angle).to_radians());
            let along = origin.to_vec2().dot(direction);
            self.glyphs.push(PlacedGlyph {
                text: unfold(&text),
                along,
                end: along + unit.hypot() * f64::from(advance.unwrap_or(500.0)) / 1000.0,
                across: direction.cross(origin.to_vec2()),
                size,
                angle,
                hidden: matches!(mode, DrawMode::Invisible),
            });
        }
    }

    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'_>, _: &DrawMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'_>>, _: BlendMode) {}
    fn draw_image(&mut self, _: Image<'_, '_>, _: ImageDrawProps<'_>) {}
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}

/// Opens ligatures (U+FB00 to U+FB06), and makes every blank a plain one and every soft hyphen a plain hyphen.
fn unfold(text: &str) -> String {
    text.chars()
        .flat_map(|c| {
            let ligature = matches!(c, '\u{fb00}'..='\u{fb06}');
            let c = match c {
                c if c.is_whitespace() => ' ',
                '\u{ad}' => '-',
                c => c,
            };
            let opened: Vec<char> = if ligature {
                std::iter::once(c).nfkc().collect()
            } else {
                vec![c]
            };
            opened
        })
        .collect()
}

/// Orders glyphs into lines: ordinary text first, then turned text by its angle.
fn lines(mut glyphs: Vec<PlacedGlyph>) -> Vec<String> {
    glyphs.sort_by(|a, b| {
        (a.angle.rem_euclid(360).cmp(&b.angle.rem_euclid(360))).then(a.across.total_cmp(&b.across))
    });
    let mut lines = Vec::new();
    let mut row: Vec<PlacedGlyph> = Vec::new();
    let mut above: Option<(f64, f64)> = None;
    for glyph in glyphs {
        // The line's baseline is that of its first glyph, so that drift over a page cannot chain lines together.
        let same = row.first().is_some_and(|first| {
            first.angle == glyph.angle
                && glyph.across - first.across < 0.4 * first.size.min(glyph.size)
        });
        if !same && !row.is_empty() {
            finish_row(&mut row, &mut above, &mut lines);
        }
        row.push(glyph);
    }
    if !row.is_empty() {
        finish_row(&mut row, &mut above, &mut lines);
    }
    lines
}

/// Ends a line: writes it down, after an empty one where the gap above is larger than between lines of a paragraph.
fn finish_row(row: &mut Vec<PlacedGlyph>, above: &mut Option<(f64, f64)>, lines: &mut Vec<String>) {
    let size = row.iter().map(|g| g.size).fold(0.0, f64::max);
    let baseline = row[0].across;
    let line = spell(row);
    row.clear();
    if line.is_empty() {
        return;
    }
    if above.is_some_and(|(at, its_size)| (baseline - at).abs() > 2.0 * size.max(its_size)) {
        lines.push(String::new());
    }
    *above = Some((baseline, size));
    lines.push(line);
}

/// Writes the glyphs of one line left to right. A gap over 0.17 em is a blank; one over 1.5 em, as between columns,
/// is three.
fn spell(row: &mut [PlacedGlyph]) -> String {
    row.sort_by(|a, b| a.along.total_cmp(&b.along));
    let mut line = String::new();
    let mut last: Option<&PlacedGlyph> = None;
    for glyph in row.iter() {
        if let Some(last) = last {
            // Bold made by printing twice.
            let twice = glyph.text == last.text
                && glyph.text != "\u{fffd}"
                && glyph.along - last.along < 0.15 * last.size;
            if twice {
                continue;
            }
            let gap = (glyph.along - last.end) / last.size.max(glyph.size);
            if gap > 1.5 {
                line.truncate(line.trim_end().len());
                line.push_str("   ");
            } else if gap > 0.17 && !line.ends_with(' ') && glyph.text != " " {
                line.push(' ');
            }
        }
        let column = line.ends_with("   ");
        if !(glyph.text == " " && (line.is_empty() || column)) {
            line.push_str(&glyph.text);
        }
        last = Some(glyph);
    }
    line.trim().nfc().collect()
}
