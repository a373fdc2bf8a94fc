//! What a plan will cost, without searching: a floor that every way of drawing the rows takes, and a guess.
//! The floor serves to give a search up early, the guess to choose the plans that are searched at all.

use super::capabilities::Capabilities;
use super::cell::{Cell, Grid};
use super::encode::Plan;

/// The least bytes each target cell takes when it must be written.
pub(super) struct Floor {
    least: Vec<u8>,
}

impl Floor {
    pub(super) fn new(target: &Grid, capabilities: &Capabilities) -> Self {
        let mut least = Vec::new();
        for y in 0..target.rows {
            let row = target.row(y);
            for (x, cell) in row.iter().enumerate() {
                let repeats = capabilities.repeat && x > 0 && row[x - 1] == *cell;
                least.push(least_of(cell, repeats));
            }
        }
        Self { least }
    }

    /// The floor of drawing these rows over what the plan shows.
    pub(super) fn of(
        &self,
        plan: &Plan,
        target: &Grid,
        rows: impl IntoIterator<Item = u16>,
    ) -> u32 {
        let width = usize::from(target.columns);
        let mut sum = 0;
        for y in rows {
            let least = &self.least[usize::from(y) * width..][..width];
            for ((shown, cell), least) in plan.shown.row(y).iter().zip(target.row(y)).zip(least) {
                if shown != cell {
                    sum += u32::from(*least);
                }
            }
        }
        sum
    }

    /// A guess at the cost of a plan: the floor, and so much for every jump, change of pen and blank stretch.
    pub(super) fn guess(&self, plan: &Plan, target: &Grid) -> u32 {
        const JUMP: u32 = 3;
        const PEN: u32 = 4;
        const ROW: u32 = 2;
        let prefix = plan.starts.iter().map(|(bytes, _)| bytes.len()).min();
        let mut sum = prefix.map_or(0, |length| u32::try_from(length).unwrap_or(u32::MAX));
        for y in plan.changed(target) {
            let (shown, row) = (plan.shown.row(y), target.row(y));
            let mut dirty_before = false;
            let mut pen = None;
            sum += ROW;
            for (x, cell) in row.iter().enumerate() {
                let dirty = shown[x] != *cell;
                if dirty && !cell.is_plain_blank() {
                    sum += u32::from(self.least[usize::from(y) * row.len() + x]);
                    if pen.replace(cell.pen).is_some_and(|pen| pen != cell.pen) {
                        sum += PEN;
                    }
                }
                let starts = dirty && !dirty_before;
                let blanks =
                    dirty && cell.is_plain_blank() && x > 0 && !row[x - 1].is_plain_blank();
                sum += JUMP * u32::from(starts || blanks);
                dirty_before = dirty;
            }
        }
        sum
    }
}

fn least_of(cell: &Cell, repeats: bool) -> u8 {
    if cell.is_plain_blank() || cell.is_continuation() || repeats {
        0
    } else if cell.glyph.is_line() {
        1
    } else {
        cell.glyph.as_bytes().len().to_le_bytes()[0]
    }
}
