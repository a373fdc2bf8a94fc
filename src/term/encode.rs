//! The byte-frugal encoder: remembers what the terminal shows and turns the next buffer into the shortest frame found.
//! Several plans (change what differs, scroll first, clear first) are searched with exact byte counts; the shortest wins.
//! Never assumes what terminals disagree about; a frame for an unchanged screen is empty.

use super::capabilities::Capabilities;
use super::cell::Grid;
use super::floor::Floor;
use super::motion::{Cursor, Region, motion};
use super::path::{NodeId, Search, Stand};
use super::pen::{Paint, Pen};
use super::scroll::{bands, ways};
use ratatui::buffer::Buffer;

/// Shorter frames fit one segment (Ethernet less TCP and SSH) and arrive in one piece anyway; the brackets of synchronized
/// output would only cost.
pub(super) const SYNCHRONIZE_FROM: usize = 1200;

/// Of all plans so many, the most promising ones, are searched exactly.
const PLANS_SEARCHED: usize = 4;

/// What one terminal shows, and the way from there to what it should show.
///
/// A new one assumes the state that [`super::enter`] leaves: blank, cursor home and hidden, default pen, no scroll region.
#[derive(Debug, Clone)]
pub struct Screen {
    capabilities: Capabilities,
    shown: Grid,
    stand: Stand,
    region: Region,
    cursor_visible: bool,
    /// The link is fast enough for the brackets of synchronized output.
    fast: bool,
    /// False when the terminal may show anything: the next frame begins with a reset.
    known: bool,
}

/// Beginnings of a frame that leave the same cells and the same scroll region.
pub(super) struct Plan {
    pub starts: Vec<(Vec<u8>, Stand)>,
    pub region: Region,
    pub shown: Grid,
}

impl Plan {
    pub(super) fn changed(&self, target: &Grid) -> impl Iterator<Item = u16> {
        (0..target.rows).filter(|&y| self.shown.row(y) != target.row(y))
    }
}

/// A finished frame and the state it leaves.
struct Frame {
    bytes: Vec<u8>,
    stand: Stand,
    region: Region,
}

impl Screen {
    pub fn new(columns: u16, rows: u16, capabilities: Capabilities) -> Self {
        Self {
            capabilities,
            shown: Grid::blank(columns, rows),
            stand: Stand {
                cursor: Cursor::At { x: 0, y: 0 },
                pen: Pen::default(),
            },
            region: whole(rows),
            cursor_visible: false,
            fast: false,
            known: true,
        }
    }

    /// Says whether the link is fast (see [`super::Pacer::is_fast`]): on a slow one a picture that builds up is better
    /// than one that waits, and costs less.
    pub fn set_fast(&mut self, fast: bool) {
        self.fast = fast;
    }

    pub fn size(&self) -> (u16, u16) {
        (self.shown.columns, self.shown.rows)
    }

    pub fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    /// What the terminal answered later changes how the next frame is written, never what it shows; only fewer or more
    /// colours draw everything anew.
    pub fn set_capabilities(&mut self, capabilities: Capabilities) {
        if self.region != whole(self.shown.rows) && !capabilities.scroll_region {
            self.known = false;
        }
        self.capabilities = capabilities;
    }

    /// Forgets what is shown: the next frame clears and draws everything (Ctrl-L, a message from `wall`).
    pub fn invalidate(&mut self) {
        self.known = false;
    }

    /// The window has changed: the next frame, whose buffer must have this size, draws everything.
    pub fn resize(&mut self, columns: u16, rows: u16) {
        self.shown = Grid::blank(columns, rows);
        self.known = false;
    }

    /// The bytes that turn what is shown into `next`, with the cursor at column and row or hidden. Empty when nothing
    /// changes. The caller must send exactly these bytes, or [`Self::invalidate`].
    pub fn frame(&mut self, next: &Buffer, cursor: Option<(u16, u16)>) -> Vec<u8> {
        let target = Grid::of(next, &self.capabilities);
        if (target.columns, target.rows) != self.size() {
            self.resize(target.columns, target.rows);
        }
        if target.columns == 0 || target.rows == 0 {
            return Vec::new();
        }
        let cursor = cursor.map(|(x, y)| (x.min(target.columns - 1), y.min(target.rows - 1)));
        let Some(mut frame) = self.shortest(&target, cursor) else {
            return Vec::new();
        };
        match (self.cursor_visible, cursor.is_some()) {
            (false, true) => frame.bytes.extend_from_slice(b"\x1b[?25h"),
            (true, false) => frame.bytes.extend_from_slice(b"\x1b[?25l"),
            _ => {}
        }
        let synchronize = self.fast && self.capabilities.synchronized_output;
        if synchronize && frame.bytes.len() >= SYNCHRONIZE_FROM {
            frame.bytes.splice(..0, *b"\x1b[?2026h");
            frame.bytes.extend_from_slice(b"\x1b[?2026l");
        }
        self.shown = target;
        self.stand = frame.stand;
        self.region = frame.region;
        self.cursor_visible = cursor.is_some();
        self.known = true;
        frame.bytes
    }

    fn shortest(&self, target: &Grid, cursor: Option<(u16, u16)>) -> Option<Frame> {
        let floor = Floor::new(target, &self.capabilities);
        let mut plans: Vec<(u32, Plan)> = self
            .plans(target)
            .into_iter()
            .map(|plan| (floor.guess(&plan, target), plan))
            .collect();
        plans.sort_by_key(|(guess, _)| *guess);
        plans.truncate(PLANS_SEARCHED);
        let mut best: Option<(Frame, Plan)> = None;
        for (_, plan) in plans {
            let bound = best
                .as_ref()
                .map_or(usize::MAX, |(frame, _)| frame.bytes.len());
            let down: Vec<u16> = plan.changed(target).collect();
            if let Some(frame) = self.solve(&plan, target, cursor, &down, bound, &floor) {
                best = Some((frame, plan));
            }
        }
        let (mut best, plan) = best?;
        for order in orders(&plan, target) {
            let better = self.solve(&plan, target, cursor, &order, best.bytes.len(), &floor);
            best = better.unwrap_or(best);
        }
        Some(best)
    }

    /// The shortest frame of a plan that draws its rows in this order; `None` when it is not shorter than `bound`.
    fn solve(
        &self,
        plan: &Plan,
        target: &Grid,
        cursor: Option<(u16, u16)>,
        order: &[u16],
        bound: usize,
        floor: &Floor,
    ) -> Option<Frame> {
        let mut search = Search::new(&self.capabilities, target, plan.region);
        let mut states: Vec<NodeId> = plan
            .starts
            .iter()
            .map(|(prefix, stand)| search.begin(prefix.clone(), *stand))
            .collect();
        let mut remaining = floor.of(plan, target, order.iter().copied());
        for &y in order {
            let (_, cost) = search.cheapest(&states)?;
            if (cost + remaining) as usize >= bound {
                return None;
            }
            remaining -= floor.of(plan, target, [y]);
            states = search.row(y, plan.shown.row(y), &states);
        }
        let end = search.finish(&states, cursor)?;
        let (bytes, stand) = search.bytes(end);
        (bytes.len() < bound).then_some(Frame {
            bytes,
            stand,
            region: plan.region,
        })
    }

    fn plans(&self, target: &Grid) -> Vec<Plan> {
        if !self.known {
            return vec![self.everything()];
        }
        let changed: Vec<u16> = (0..target.rows)
            .filter(|&y| self.shown.row(y) != target.row(y))
            .collect();
        let mut plans = vec![Plan {
            starts: vec![(Vec::new(), self.stand)],
            region: self.region,
            shown: self.shown.clone(),
        }];
        if let [first, _, _, ..] = changed[..] {
            plans.push(self.cleared(first));
            for band in bands(&self.shown, target) {
                let mut shown = self.shown.clone();
                shown.scroll(band.top, band.bottom, band.shift);
                for way in ways(
                    &self.capabilities,
                    target.rows,
                    self.region,
                    self.stand,
                    band,
                ) {
                    let start = (way.bytes, way.stand);
                    let same = plans
                        .iter_mut()
                        .find(|plan| plan.region == way.region && plan.shown == shown);
                    match same {
                        Some(plan) => plan.starts.push(start),
                        None => plans.push(Plan {
                            starts: vec![start],
                            region: way.region,
                            shown: shown.clone(),
                        }),
                    }
                }
            }
        }
        plans
    }

    /// Everything unknown: set pen, region and cells.
    fn everything(&self) -> Plan {
        let reset: &[u8] = if self.capabilities.scroll_region {
            b"\x1b[m\x1b[r\x1b[2J"
        } else {
            b"\x1b[m\x1b[H\x1b[2J"
        };
        let stand = Stand {
            cursor: Cursor::At { x: 0, y: 0 },
            pen: Pen::default(),
        };
        Plan {
            starts: vec![(reset.to_vec(), stand)],
            region: whole(self.shown.rows),
            shown: Grid::blank(self.shown.columns, self.shown.rows),
        }
    }

    /// Clears from the first changed row on, or everything where nothing stands above it.
    fn cleared(&self, first: u16) -> Plan {
        let pen = self.stand.pen.for_blank(Paint::Default);
        let change = self.stand.pen.change_to(pen);
        let mut shown = self.shown.clone();
        shown.clear_from(first);
        let start = |sequences: [&[u8]; 2], cursor| {
            let bytes = [change.as_bytes(), sequences[0], sequences[1]].concat();
            (bytes, Stand { cursor, pen })
        };
        let path = motion(&self.capabilities, self.region, self.stand.cursor, 0, first);
        let below = Cursor::At { x: 0, y: first };
        let mut starts = vec![start([path.as_bytes(), b"\x1b[J"], below)];
        // ANSI.SYS and its kin send the cursor home on ED 2; they are those that wrap at once.
        if self.capabilities.deferred_wrap && shown == Grid::blank(shown.columns, shown.rows) {
            starts.push(start([b"\x1b[2J", b""], self.stand.cursor));
        }
        Plan {
            starts,
            region: self.region,
            shown,
        }
    }
}

/// Other orders of the changed rows: upwards, and from where the cursor stands.
fn orders(plan: &Plan, target: &Grid) -> Vec<Vec<u16>> {
    let changed: Vec<u16> = plan.changed(target).collect();
    if changed.len() < 2 {
        return Vec::new();
    }
    let mut orders = vec![changed.iter().rev().copied().collect()];
    let at = match plan.starts.first().map(|(_, stand)| stand.cursor) {
        Some(Cursor::At { y, .. } | Cursor::Wrapped { y }) => y,
        _ => 0,
    };
    let split = changed.partition_point(|&y| y < at);
    if split > 0 && split < changed.len() {
        let mut rotated = changed[split..].to_vec();
        rotated.extend_from_slice(&changed[..split]);
        orders.push(rotated);
    }
    orders
}

fn whole(rows: u16) -> Region {
    Region {
        top: 0,
        bottom: rows.saturating_sub(1),
    }
}
