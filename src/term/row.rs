//! One row under search: what of it must be written, as it is shown or after an erase, and what repeats in it.
//! Holds no costs and writes no bytes.

use super::capabilities::Capabilities;
use super::cell::Cell;
use super::path::NodeId;
use super::pen::{Paint, Pen};

/// One way of looking at a row: as it is shown, or erased with a background.
pub(super) struct Layer {
    pub background: Option<Paint>,
    /// For each column the next one, itself included, that must be written; the width when there is none.
    pub next_dirty: Vec<u16>,
    pub reached: Vec<Vec<NodeId>>,
}

/// One row being searched.
pub(super) struct Row<'a> {
    pub cells: &'a [Cell],
    pub y: u16,
    pub layers: Vec<Layer>,
    /// For each column the pen of the next cell that is not a plain blank.
    pub ahead: Vec<Option<Pen>>,
    /// Cells that begin or continue a run of three or more of the same.
    repeated: Vec<bool>,
    background_erase: bool,
    erase_cells: bool,
}

impl<'a> Row<'a> {
    pub(super) fn new(
        cells: &'a [Cell],
        shown: &'a [Cell],
        y: u16,
        capabilities: &Capabilities,
    ) -> Self {
        let mut ahead = vec![None; cells.len() + 1];
        for x in (0..cells.len()).rev() {
            let cell = cells[x];
            ahead[x] = if cell.is_plain_blank() || cell.is_continuation() {
                ahead[x + 1]
            } else {
                Some(cell.pen)
            };
        }
        let mut layers = vec![Layer::new(cells, None, |x| cells[x] != shown[x])];
        let mut backgrounds = vec![Paint::Default];
        if let Some(last) = cells.last()
            && last.is_plain_blank()
            && capabilities.background_erase
            && last.pen.background != Paint::Default
        {
            backgrounds.push(last.pen.background);
        }
        for background in backgrounds {
            let blank = Cell::blank(background);
            layers.push(Layer::new(cells, Some(background), |x| cells[x] != blank));
        }
        Self {
            cells,
            y,
            layers,
            ahead,
            repeated: repeated(cells),
            background_erase: capabilities.background_erase,
            erase_cells: capabilities.erase_cells,
        }
    }

    pub(super) fn erases_cells(&self, background: Paint) -> bool {
        self.erase_cells && (self.background_erase || background == Paint::Default)
    }

    /// The end of what is written in one go from `x` on in this pen, and its bytes: the cell itself and all after it that
    /// must be written, need the same pen and leave no other choice.
    pub(super) fn word(&self, layer: usize, x: u16, pen: Pen) -> (u16, u32) {
        let next_dirty = &self.layers[layer].next_dirty;
        let start = usize::from(x);
        let mut at = start;
        let mut bytes = 0;
        let mut end = (start, 0);
        while let Some(cell) = self.cells.get(at) {
            let blank = cell.is_plain_blank() && pen == pen.for_blank(cell.pen.background);
            let same = cell.pen == pen && !cell.is_plain_blank();
            let forced = usize::from(next_dirty[at]) == at && !self.repeated[at];
            if at > start && !((same && !cell.glyph.is_line() || blank) && forced) {
                break;
            }
            let Some(drawn) = cell.glyph.drawn(pen.line_drawing) else {
                break;
            };
            bytes += u32::try_from(drawn.len()).unwrap_or(u32::MAX);
            at += usize::from(cell.glyph.width());
            // A word ends in a visible cell: behind a blank there may be better things to do.
            if same || at - usize::from(cell.glyph.width()) == start {
                end = (at, bytes);
            }
        }
        (u16::try_from(end.0).unwrap_or(u16::MAX), end.1)
    }

    /// How many cells from `x` on are the same: up to the last of them that must be written, and in all.
    pub(super) fn runs(&self, layer: usize, x: u16) -> (u16, u16) {
        let start = usize::from(x);
        let next_dirty = &self.layers[layer].next_dirty;
        let same = self.cells[start..]
            .iter()
            .take_while(|&&cell| cell == self.cells[start])
            .count();
        let needed = (start..start + same)
            .rev()
            .find(|&at| usize::from(next_dirty[at]) == at)
            .map_or(0, |last| last - start + 1);
        let count = |n| u16::try_from(n).unwrap_or(0);
        (count(needed), count(same))
    }
}

impl Layer {
    fn new(cells: &[Cell], background: Option<Paint>, dirty: impl Fn(usize) -> bool) -> Self {
        let width = u16::try_from(cells.len()).unwrap_or(u16::MAX);
        let mut next_dirty = vec![width; cells.len() + 1];
        for x in (0..cells.len()).rev() {
            next_dirty[x] = if dirty(x) {
                u16::try_from(x).unwrap_or(u16::MAX)
            } else {
                next_dirty[x + 1]
            };
        }
        Self {
            background,
            next_dirty,
            reached: vec![Vec::new(); cells.len() + 1],
        }
    }
}

fn repeated(cells: &[Cell]) -> Vec<bool> {
    let mut repeated = vec![false; cells.len()];
    for x in 2..cells.len() {
        if cells[x] == cells[x - 1] && cells[x] == cells[x - 2] {
            repeated[x - 2..=x].fill(true);
        }
    }
    repeated
}
