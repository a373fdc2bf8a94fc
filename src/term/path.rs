//! The search for the fewest bytes: a shortest path over cursor columns and pens, row by row, where every edge is something
//! a terminal can be told (write, repeat, move, erase). Costs are lengths of the very sequences that are sent in the end.
//! Assumes nothing about a cell that a half-overwritten wide character leaves behind: both its columns are written anew.

use super::capabilities::Capabilities;
use super::cell::{Cell, Grid};
use super::motion::{Cursor, Region, Sequence, motion};
use super::pen::Pen;
use super::pens::{PenId, Pens};
use super::row::Row;

/// Clean cells are written over rather than jumped when the jump is not shorter; no jump takes more than this.
const LONGEST_JUMP: u16 = 6;
/// End states of a row that are followed up in the next.
const MAX_ENDS: usize = 6;
/// An end state that costs so much more than the best cannot win it back.
const END_SLACK: u32 = 12;

pub(super) type NodeId = u32;

#[derive(Clone, Copy)]
enum Step {
    /// Bytes made elsewhere (scrolling, clearing), by index.
    Prefix(usize),
    Move,
    /// Nothing but a change of pen.
    Stay,
    /// All cells from the state before up to here.
    Write,
    /// The cell, repeated so many times in all.
    Repeat(u16),
    EraseCells(u16),
    EraseLine,
}

/// A state of the terminal on the way, and how it was reached.
#[derive(Clone, Copy)]
struct Node {
    previous: Option<NodeId>,
    step: Step,
    cost: u32,
    pen: PenId,
    x: u16,
    y: u16,
}

/// Column of a node whose place nobody knows.
const LOST: u16 = u16::MAX;

/// Where the terminal stands before a frame, or after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stand {
    pub cursor: Cursor,
    pub pen: Pen,
}

/// A search over one candidate frame.
pub(super) struct Search<'a> {
    capabilities: &'a Capabilities,
    target: &'a Grid,
    region: Region,
    pens: Pens,
    nodes: Vec<Node>,
    prefixes: Vec<Vec<u8>>,
}

impl<'a> Search<'a> {
    pub(super) fn new(capabilities: &'a Capabilities, target: &'a Grid, region: Region) -> Self {
        Self {
            capabilities,
            target,
            region,
            pens: Pens::default(),
            nodes: Vec::new(),
            prefixes: Vec::new(),
        }
    }

    /// Adds a beginning: bytes already decided on and where the terminal stands after them.
    pub(super) fn begin(&mut self, prefix: Vec<u8>, stand: Stand) -> NodeId {
        let pen = self.pens.id(stand.pen);
        let cost = u32::try_from(prefix.len()).unwrap_or(u32::MAX);
        self.prefixes.push(prefix);
        let (x, y) = match stand.cursor {
            Cursor::At { x, y } => (x, y),
            Cursor::Wrapped { y } => (self.target.columns, y),
            Cursor::Unknown => (LOST, 0),
        };
        self.add(Node {
            previous: None,
            step: Step::Prefix(self.prefixes.len() - 1),
            cost,
            pen,
            x,
            y,
        })
    }

    /// The cheapest cost among these.
    pub(super) fn cheapest(&self, nodes: &[NodeId]) -> Option<(NodeId, u32)> {
        nodes
            .iter()
            .map(|&id| (id, self.node(id).cost))
            .min_by_key(|&(_, cost)| cost)
    }

    /// Follows all `starts` through one row that shows `shown` and returns the states in which the row is right.
    pub(super) fn row(&mut self, y: u16, shown: &[Cell], starts: &[NodeId]) -> Vec<NodeId> {
        let target = self.target;
        let mut row = Row::new(target.row(y), shown, y, self.capabilities);
        let width = target.columns;
        let first = row.layers[0].next_dirty[0];
        if first == width {
            return starts.to_vec();
        }
        for &start in starts {
            let column = self.node(start).x;
            for x in [first, 0, column] {
                if x <= first && !row.cells[usize::from(x)].is_continuation() {
                    let node = self.moved(start, x, y);
                    self.reach(&mut row, 0, node);
                }
            }
        }
        let mut ends = Vec::new();
        for x in 0..=width {
            for layer in 0..row.layers.len() {
                let reached = std::mem::take(&mut row.layers[layer].reached[usize::from(x)]);
                for id in self.undominated(&reached) {
                    if row.layers[layer].next_dirty[usize::from(x)] == width {
                        ends.push(id);
                    } else {
                        self.expand(&mut row, layer, id, &mut ends);
                    }
                }
            }
        }
        self.best_ends(ends)
    }

    /// Brings each state to the final cursor and returns the cheapest.
    pub(super) fn finish(&mut self, ends: &[NodeId], place: Option<(u16, u16)>) -> Option<NodeId> {
        let mut finished = Vec::new();
        for &end in ends {
            let node = self.node(end);
            let mut pen = self.pens.pen(node.pen);
            let mut id = end;
            if pen.line_drawing {
                // Whoever writes after us (a wall message, a shell after a kill) must not find letters turned to lines.
                pen.line_drawing = false;
                let pen = self.pens.id(pen);
                id = self.stepped(end, Step::Stay, pen, 0, node.x);
            }
            if let Some((x, y)) = place {
                id = self.moved(id, x, y);
            }
            finished.push(id);
        }
        self.cheapest(&finished).map(|(id, _)| id)
    }

    /// The bytes of the way to a node, and where they leave the terminal.
    pub(super) fn bytes(&self, end: NodeId) -> (Vec<u8>, Stand) {
        let mut way = Vec::new();
        let mut at = Some(end);
        while let Some(id) = at {
            way.push(id);
            at = self.node(id).previous;
        }
        let mut bytes = Vec::new();
        for &id in way.iter().rev() {
            self.write_step(self.node(id), &mut bytes);
        }
        let last = self.node(end);
        let stand = Stand {
            cursor: self.cursor(last),
            pen: self.pens.pen(last.pen),
        };
        (bytes, stand)
    }

    fn write_step(&self, node: Node, bytes: &mut Vec<u8>) {
        let Some(before) = node.previous.map(|id| self.node(id)) else {
            if let Step::Prefix(index) = node.step {
                bytes.extend_from_slice(&self.prefixes[index]);
            }
            return;
        };
        let pen = self.pens.pen(before.pen);
        bytes.extend_from_slice(pen.change_to(self.pens.pen(node.pen)).as_bytes());
        let row = self.target.row(node.y);
        let drawing = self.pens.pen(node.pen).line_drawing;
        let from = usize::from(before.x);
        match node.step {
            Step::Prefix(_) | Step::Stay => {}
            Step::Move => {
                let from = self.cursor(before);
                let path = motion(self.capabilities, self.region, from, node.x, node.y);
                bytes.extend_from_slice(path.as_bytes());
            }
            Step::Write => {
                for cell in &row[from..usize::from(node.x)] {
                    bytes.extend_from_slice(cell.glyph.drawn(drawing).unwrap_or_default());
                }
            }
            Step::Repeat(times) => {
                bytes.extend_from_slice(row[from].glyph.drawn(drawing).unwrap_or_default());
                bytes.extend_from_slice(Sequence::counted(times - 1, b'b').as_bytes());
            }
            Step::EraseCells(n) => bytes.extend_from_slice(Sequence::counted(n, b'X').as_bytes()),
            Step::EraseLine => bytes.extend_from_slice(b"\x1b[K"),
        }
    }

    /// Everything that can be done from one state inside a row.
    fn expand(&mut self, row: &mut Row, layer: usize, id: NodeId, ends: &mut Vec<NodeId>) {
        let node = self.node(id);
        let x = node.x;
        let cell = row.cells[usize::from(x)];
        let next = row.layers[layer].next_dirty[usize::from(x)];
        let clean = next > x;
        let blank = cell.is_plain_blank();
        let pens = self.pens_for(row, x, node.pen);
        if clean {
            let node = self.moved(id, next, row.y);
            self.reach(row, layer, node);
        }
        if layer == 0 && blank && (!clean || x == 0) {
            for other in 1..row.layers.len() {
                if row.layers[other].background == Some(cell.pen.background) {
                    let erased = self.stepped(id, Step::EraseLine, pens[0], 3, x);
                    self.reach(row, other, erased);
                }
            }
        }
        if clean && next - x > LONGEST_JUMP {
            return;
        }
        let (run, all) = row.runs(layer, x);
        for &pen in &pens {
            self.write(row, layer, id, pen, [run, all]);
        }
        if blank && run > 4 && row.erases_cells(cell.pen.background) {
            let cost = self::length(&Sequence::counted(run, b'X'));
            let erased = self.stepped(id, Step::EraseCells(run), pens[0], cost, x);
            let next = row.layers[layer].next_dirty[usize::from(x + run)];
            if next == self.target.columns {
                ends.push(erased);
            } else {
                let moved = self.moved(erased, next, row.y);
                self.reach(row, layer, moved);
            }
        }
    }

    /// Writes the cell at a state, and with it all that can only follow in the same pen; or repeats it.
    fn write(&mut self, row: &mut Row, layer: usize, id: NodeId, pen: PenId, runs: [u16; 2]) {
        let x = self.node(id).x;
        let held = self.pens.pen(pen);
        let Some(bytes) = row.cells[usize::from(x)].glyph.drawn(held.line_drawing) else {
            return;
        };
        let repeats = self.capabilities.repeat && bytes.len() == 1;
        // A run may also be finished over cells that are right already, to be there for what follows.
        let useful = runs
            .iter()
            .enumerate()
            .filter(|&(i, &run)| run > 2 && (i == 0 || run > runs[0]));
        for (_, &run) in useful.filter(|_| repeats) {
            let cost = 1 + length(&Sequence::counted(run - 1, b'b'));
            let repeated = self.stepped(id, Step::Repeat(run), pen, cost, x + run);
            self.reach(row, layer, repeated);
        }
        let (end, cost) = row.word(layer, x, held);
        let written = self.stepped(id, Step::Write, pen, cost, end);
        self.reach(row, layer, written);
    }

    /// The pens worth drawing a cell with: its own, for lines also with letters; for a blank the present one changed as
    /// little as possible, or already the one that the next visible cell wants.
    fn pens_for(&mut self, row: &Row, x: u16, present: PenId) -> Vec<PenId> {
        let cell = row.cells[usize::from(x)];
        if !cell.is_plain_blank() {
            let own = cell.pen;
            let lettered = Pen {
                line_drawing: true,
                ..own
            };
            return match (cell.glyph.is_line(), self.capabilities.utf8) {
                (false, _) => vec![self.pens.id(own)],
                (true, true) => vec![self.pens.id(own), self.pens.id(lettered)],
                (true, false) => vec![self.pens.id(lettered)],
            };
        }
        let background = cell.pen.background;
        let lazy = self.pens.id(self.pens.pen(present).for_blank(background));
        let mut pens = vec![lazy];
        if let Some(ahead) = row.ahead[usize::from(x)]
            && lazy != present
            && ahead == ahead.for_blank(background)
        {
            pens.push(self.pens.id(ahead));
        }
        pens
    }

    /// Notes a state, unless one with the same pen has come to its column as cheaply.
    fn reach(&self, row: &mut Row, layer: usize, id: NodeId) {
        let node = self.node(id);
        let place = &mut row.layers[layer].reached[usize::from(node.x)];
        match place
            .iter_mut()
            .find(|other| self.node(**other).pen == node.pen)
        {
            Some(other) if self.node(*other).cost <= node.cost => {}
            Some(other) => *other = id,
            None => place.push(id),
        }
    }

    fn moved(&mut self, from: NodeId, x: u16, y: u16) -> NodeId {
        let node = self.node(from);
        let path = motion(self.capabilities, self.region, self.cursor(node), x, y);
        if path.len() == 0 {
            return from;
        }
        self.add(Node {
            previous: Some(from),
            step: Step::Move,
            cost: node.cost + length(&path),
            pen: node.pen,
            x,
            y,
        })
    }

    fn stepped(&mut self, from: NodeId, step: Step, pen: PenId, cost: u32, x: u16) -> NodeId {
        let node = self.node(from);
        let change = self.pens.cost(node.pen, pen);
        self.add(Node {
            previous: Some(from),
            step,
            cost: node.cost + change + cost,
            pen,
            x,
            y: node.y,
        })
    }

    fn add(&mut self, node: Node) -> NodeId {
        self.nodes.push(node);
        NodeId::try_from(self.nodes.len() - 1).unwrap_or(NodeId::MAX)
    }

    fn node(&self, id: NodeId) -> Node {
        self.nodes[id as usize]
    }

    fn cursor(&self, node: Node) -> Cursor {
        if node.x < self.target.columns {
            Cursor::At {
                x: node.x,
                y: node.y,
            }
        } else if node.x == LOST || !self.capabilities.deferred_wrap {
            Cursor::Unknown
        } else {
            Cursor::Wrapped { y: node.y }
        }
    }

    /// States at one column that are not beaten by the cheapest one changing its pen.
    fn undominated(&mut self, reached: &[NodeId]) -> Vec<NodeId> {
        let Some((best, least)) = self.cheapest(reached) else {
            return Vec::new();
        };
        let from = self.node(best).pen;
        let mut kept = vec![best];
        for &id in reached {
            let node = self.node(id);
            if id != best && node.cost < least + self.pens.cost(from, node.pen) {
                kept.push(id);
            }
        }
        kept
    }

    fn best_ends(&self, mut ends: Vec<NodeId>) -> Vec<NodeId> {
        ends.sort_by_key(|&id| self.node(id).cost);
        let mut seen = Vec::new();
        let least = ends.first().map_or(0, |&id| self.node(id).cost);
        ends.retain(|&id| {
            let node = self.node(id);
            let new = !seen.contains(&(node.x, node.pen));
            seen.push((node.x, node.pen));
            new && node.cost <= least + END_SLACK
        });
        ends.truncate(MAX_ENDS);
        ends
    }
}

fn length(sequence: &Sequence) -> u32 {
    u32::try_from(sequence.len()).unwrap_or(u32::MAX)
}
