//! The pens of one search by number, and what it costs to change from one to another, worked out once.

use super::pen::Pen;
use std::collections::HashMap;

pub(super) type PenId = u32;

/// Pens met so far and what it costs to change between them.
#[derive(Default)]
pub(super) struct Pens {
    pens: Vec<Pen>,
    ids: HashMap<Pen, PenId>,
    /// By pair of the first pens; `UNKNOWN` until asked.
    costs: Vec<u8>,
}

impl Pens {
    const TABLED: PenId = 48;
    const UNKNOWN: u8 = u8::MAX;

    pub(super) fn id(&mut self, pen: Pen) -> PenId {
        let Self { pens, ids, .. } = self;
        *ids.entry(pen).or_insert_with(|| {
            pens.push(pen);
            PenId::try_from(pens.len() - 1).unwrap_or(PenId::MAX)
        })
    }

    pub(super) fn pen(&self, id: PenId) -> Pen {
        self.pens.get(id as usize).copied().unwrap_or_default()
    }

    pub(super) fn cost(&mut self, from: PenId, to: PenId) -> u32 {
        if from == to {
            return 0;
        }
        let change = |pens: &Self| pens.pen(from).change_to(pens.pen(to)).len();
        if from >= Self::TABLED || to >= Self::TABLED {
            return u32::try_from(change(self)).unwrap_or(u32::MAX);
        }
        let side = Self::TABLED as usize;
        if self.costs.is_empty() {
            self.costs = vec![Self::UNKNOWN; side * side];
        }
        let place = from as usize * side + to as usize;
        if self.costs[place] == Self::UNKNOWN {
            self.costs[place] = u8::try_from(change(self)).unwrap_or(Self::UNKNOWN);
        }
        u32::from(self.costs[place])
    }
}
