//! Letters of the embedded font, each outlined once and kept.

use std::collections::HashMap;

use ab_glyph::{Font, FontRef, PxScale, ScaleFont, point};

use super::PictureError;
use super::canvas::{Canvas, Rect, steps};
use super::palette::Rgb;

const REGULAR: &[u8] = include_bytes!("../fonts/JetBrainsMono-Regular.ttf");
const BOLD: &[u8] = include_bytes!("../fonts/JetBrainsMono-Bold.ttf");

/// Light letters on a dark ground look thinner than they are; coverage is raised by this power.
const THICKEN: f32 = 0.82;

pub struct Letters {
    regular: FontRef<'static>,
    bold: FontRef<'static>,
    scale: PxScale,
    baseline: f32,
    outlined: HashMap<(char, bool), Vec<Dot>>,
}

/// One pixel of a letter, counted from its cell's corner.
#[derive(Clone, Copy)]
struct Dot {
    x: i16,
    y: i16,
    strength: u8,
}

impl Letters {
    /// The font at the size whose advance is a cell's width, centred in a cell's height.
    pub fn new((width, height): (usize, usize)) -> Result<Self, PictureError> {
        let font = |bytes| FontRef::try_from_slice(bytes).map_err(|_| PictureError::Font);
        let (regular, bold) = (font(REGULAR)?, font(BOLD)?);
        let at_100 = regular.as_scaled(100.0);
        let advance = at_100.h_advance(regular.glyph_id('m'));
        let scale = 100.0 * super::canvas::to_f32(width) / advance;
        let scaled = regular.as_scaled(scale);
        let spare = super::canvas::to_f32(height) - (scaled.ascent() - scaled.descent());
        Ok(Self {
            baseline: (spare / 2.0 + scaled.ascent()).round(),
            scale: PxScale::from(scale),
            regular,
            bold,
            outlined: HashMap::new(),
        })
    }

    /// Draws a letter into its cell.
    pub fn draw(
        &mut self,
        canvas: &mut Canvas,
        area: Rect,
        letter: char,
        bold: bool,
        ink: Rgb,
    ) -> Result<(), PictureError> {
        if !self.outlined.contains_key(&(letter, bold)) {
            let dots = self.outline(letter, bold)?;
            self.outlined.insert((letter, bold), dots);
        }
        for dot in &self.outlined[&(letter, bold)] {
            let place = |from: usize, by: i16| from.checked_add_signed(isize::from(by));
            if let (Some(x), Some(y)) = (place(area.x, dot.x), place(area.y, dot.y)) {
                canvas.cover(x, y, ink, dot.strength);
            }
        }
        Ok(())
    }

    #[allow(clippy::cast_possible_truncation)] // a letter is a few pixels from its cell
    fn outline(&self, letter: char, bold: bool) -> Result<Vec<Dot>, PictureError> {
        let font = if bold { &self.bold } else { &self.regular };
        let id = font.glyph_id(letter);
        if id.0 == 0 {
            return Err(PictureError::NoGlyph(letter));
        }
        let glyph = id.with_scale_and_position(self.scale, point(0.0, self.baseline));
        let mut dots = Vec::new();
        if let Some(outline) = font.outline_glyph(glyph) {
            let corner = outline.px_bounds().min;
            outline.draw(|x, y, coverage| {
                let strength = steps(coverage.clamp(0.0, 1.0).powf(THICKEN));
                if strength > 0 {
                    let (x, y) = (corner.x as i16 + x as i16, corner.y as i16 + y as i16);
                    dots.push(Dot { x, y, strength });
                }
            });
        }
        Ok(dots)
    }
}
