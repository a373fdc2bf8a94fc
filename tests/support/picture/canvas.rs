//! Pixels and their way into a PNG. Uses a palette where 256 colours are enough, which they are for a terminal.

use std::collections::HashMap;

use super::palette::{EDGE, FULL, GROUND, Rgb, mix};

/// An area in pixels.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rect {
    pub x: usize,
    pub y: usize,
    pub width: usize,
    pub height: usize,
}

/// Red, green, blue, alpha.
type Rgba = [u8; 4];

/// The radius of the picture's corners in pixels.
const RADIUS: f32 = 12.0;

pub struct Canvas {
    width: usize,
    height: usize,
    pixels: Vec<Rgba>,
}

impl Canvas {
    pub fn new(width: usize, height: usize, ground: Rgb) -> Self {
        Self {
            width,
            height,
            pixels: vec![opaque(ground); width * height],
        }
    }

    pub fn fill(&mut self, area: Rect, colour: Rgb) {
        for y in area.y..area.y + area.height {
            for x in area.x..area.x + area.width {
                self.cover(x, y, colour, FULL);
            }
        }
    }

    /// Lays a colour on one pixel with a strength of 0 to `FULL`; outside the canvas nothing happens.
    pub fn cover(&mut self, x: usize, y: usize, colour: Rgb, strength: u8) {
        if x < self.width && y < self.height {
            let pixel = &mut self.pixels[y * self.width + x];
            let [red, green, blue, _] = *pixel;
            *pixel = opaque(mix([red, green, blue], colour, strength));
        }
    }

    #[cfg(test)]
    pub fn pixel(&self, x: usize, y: usize) -> Rgba {
        self.pixels[y * self.width + x]
    }

    /// Makes the picture's corners round and draws a thin line around it.
    pub fn round_corners(&mut self) {
        for y in 0..self.height {
            for x in 0..self.width {
                let inside =
                    RADIUS - distance_beyond(x, self.width).hypot(distance_beyond(y, self.height));
                let at_rim = x == 0 || y == 0 || x + 1 == self.width || y + 1 == self.height;
                let pixel = &mut self.pixels[y * self.width + x];
                if inside < 0.0 {
                    // Beyond the rim: clear, with half a pixel of transition.
                    let strength = steps(inside + 1.0);
                    let [red, green, blue] = EDGE;
                    *pixel = [red, green, blue, strength * (u8::MAX / FULL)];
                } else if at_rim || inside < 1.0 {
                    *pixel = opaque(mix(EDGE, GROUND, if at_rim { 0 } else { steps(inside) }));
                }
            }
        }
    }

    /// The PNG's bytes.
    pub fn png(&self) -> Result<Vec<u8>, png::EncodingError> {
        let mut bytes = Vec::new();
        let (width, height) = (to_u32(self.width), to_u32(self.height));
        let mut encoder = png::Encoder::new(&mut bytes, width, height);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_compression(png::Compression::High);
        let data = if let Some((palette, indexes)) = self.indexed() {
            encoder.set_color(png::ColorType::Indexed);
            encoder.set_palette(
                palette
                    .iter()
                    .flat_map(|c| [c[0], c[1], c[2]])
                    .collect::<Vec<u8>>(),
            );
            encoder.set_trns(palette.iter().map(|c| c[3]).collect::<Vec<u8>>());
            // Filters mix neighbouring indexes, which mean nothing as numbers.
            encoder.set_filter(png::Filter::NoFilter);
            indexes
        } else {
            encoder.set_color(png::ColorType::Rgba);
            self.pixels.concat()
        };
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&data)?;
        writer.finish()?;
        Ok(bytes)
    }

    /// The palette in the order of appearance and an index for each pixel; `None` beyond 256 colours.
    fn indexed(&self) -> Option<(Vec<Rgba>, Vec<u8>)> {
        let (mut palette, mut known) = (Vec::new(), HashMap::new());
        let mut indexes = Vec::with_capacity(self.pixels.len());
        for &pixel in &self.pixels {
            let index = *known.entry(pixel).or_insert_with(|| {
                palette.push(pixel);
                palette.len() - 1
            });
            indexes.push(u8::try_from(index).ok()?);
        }
        Some((palette, indexes))
    }
}

fn opaque([red, green, blue]: Rgb) -> Rgba {
    [red, green, blue, u8::MAX]
}

/// How far a pixel's centre lies beyond the straight part of a side, into a corner's square.
fn distance_beyond(at: usize, length: usize) -> f32 {
    let (centre, length) = (to_f32(at) + 0.5, to_f32(length));
    (RADIUS - centre).max(centre - (length - RADIUS)).max(0.0)
}

/// 0.0 to 1.0 in steps of a mix's strength.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // clamped before
pub fn steps(share: f32) -> u8 {
    (share.clamp(0.0, 1.0) * f32::from(FULL)).round() as u8
}

/// A number of pixels, which is small, for geometry.
pub fn to_f32(pixels: usize) -> f32 {
    f32::from(u16::try_from(pixels).unwrap_or(u16::MAX))
}

fn to_u32(pixels: usize) -> u32 {
    u32::try_from(pixels).unwrap_or(u32::MAX)
}
