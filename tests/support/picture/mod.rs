//! A terminal's screen as a picture: cells to pixels to PNG, the same bytes for the same screen everywhere.
//! Letters come from an embedded font; lines, blocks and braille are drawn here, so that they join.

mod canvas;
mod letters;
mod lines;
mod palette;

use canvas::{Canvas, Rect};
use letters::Letters;
use palette::{GROUND, INK, Rgb};

/// Pixels of a cell; the font is scaled so that its advance is exactly this wide. One row of cells must stay under the
/// 32 KiB that deflate looks back, or no letter ever finds its like in the row above and the file grows threefold.
const fn cell(columns: u16) -> (usize, usize) {
    if columns <= 90 { (12, 26) } else { (10, 22) }
}

/// Pixels around the cells.
const MARGIN: usize = 18;

/// A screen that cannot be drawn.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    #[error("the embedded font has no {0:?} (U+{code:04X}); add it to fonts/subset.sh", code = u32::from(*.0))]
    NoGlyph(char),
    #[error("the embedded font cannot be read")]
    Font,
    #[error("the picture cannot be written: {0}")]
    Png(#[from] png::EncodingError),
}

/// Draws the screen, the cursor included where it is visible.
pub fn png(screen: &vt100::Screen) -> Result<Vec<u8>, PictureError> {
    let (rows, columns) = screen.size();
    let cell_size = cell(columns);
    let (width, height) = (
        usize::from(columns) * cell_size.0,
        usize::from(rows) * cell_size.1,
    );
    let mut canvas = Canvas::new(width + 2 * MARGIN, height + 2 * MARGIN, GROUND);
    let mut letters = Letters::new(cell_size)?;
    for row in 0..rows {
        for column in 0..columns {
            let Some(cell) = screen.cell(row, column) else {
                continue;
            };
            if cell.is_wide_continuation() {
                continue;
            }
            let area = Rect {
                x: MARGIN + usize::from(column) * cell_size.0,
                y: MARGIN + usize::from(row) * cell_size.1,
                width: if cell.is_wide() {
                    2 * cell_size.0
                } else {
                    cell_size.0
                },
                height: cell_size.1,
            };
            let under_cursor = !screen.hide_cursor() && screen.cursor_position() == (row, column);
            draw_cell(&mut canvas, &mut letters, cell, area, under_cursor)?;
        }
    }
    canvas.round_corners();
    Ok(canvas.png()?)
}

fn draw_cell(
    canvas: &mut Canvas,
    letters: &mut Letters,
    cell: &vt100::Cell,
    area: Rect,
    under_cursor: bool,
) -> Result<(), PictureError> {
    let (ink, ground) = colours(cell, under_cursor);
    canvas.fill(area, ground);
    for character in cell.contents().chars().filter(|c| !c.is_whitespace()) {
        if !lines::draw(canvas, area, character, ink) {
            letters.draw(canvas, area, character, cell.bold(), ink)?;
        }
    }
    if cell.underline() {
        let y = area.y + area.height - 4;
        canvas.fill(
            Rect {
                y,
                height: 1,
                ..area
            },
            ink,
        );
    }
    Ok(())
}

fn colours(cell: &vt100::Cell, under_cursor: bool) -> (Rgb, Rgb) {
    let mut ink = palette::rgb(cell.fgcolor(), INK);
    let mut ground = palette::rgb(cell.bgcolor(), GROUND);
    if cell.inverse() != under_cursor {
        std::mem::swap(&mut ink, &mut ground);
    }
    if cell.dim() {
        ink = palette::mix(ink, ground, palette::FULL * 2 / 5);
    }
    (ink, ground)
}

#[cfg(test)]
mod tests;
