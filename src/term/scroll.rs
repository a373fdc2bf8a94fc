//! Finds bands of rows that have moved up or down, and writes the ways to make a terminal move them.
//! Only whole rows move; what they leave behind is blank in the default background, whatever the terminal erases with.

use super::capabilities::Capabilities;
use super::cell::{Cell, Grid};
use super::motion::{Cursor, Region, Sequence, motion};
use super::path::Stand;
use super::pen::Paint;
use std::hash::{Hash, Hasher};

/// Bands kept for closer inspection.
const MAX_BANDS: usize = 3;
/// A band that saves fewer cells than this never pays for the sequences.
const LEAST_GAIN: i32 = 8;
/// Line feeds in place of a counted scroll.
const MAX_FEEDS: u16 = 6;

/// Rows `top..=bottom` moved by `shift`: up when positive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Band {
    pub shift: i32,
    pub top: u16,
    pub bottom: u16,
}

/// A way to scroll: the bytes, where they leave the terminal, and the region that stays set.
pub(super) struct Way {
    pub bytes: Vec<u8>,
    pub stand: Stand,
    pub region: Region,
}

/// The bands worth trying, the most promising first, also stretched to the edges of the screen.
pub(super) fn bands(shown: &Grid, target: &Grid) -> Vec<Band> {
    let rows = i32::from(target.rows);
    let (before, after) = (digests(shown), digests(target));
    let base: Vec<i32> = before
        .iter()
        .zip(&after)
        .map(|(a, b)| differences(a, b))
        .collect();
    let mut found = Vec::new();
    for shift in (2 - rows..=rows - 2).filter(|&shift| shift != 0) {
        if let Some((gain, first, last)) = best_stretch(&before, &after, &base, shift) {
            let (top, bottom) = if shift > 0 {
                (first, last + shift)
            } else {
                (first + shift, last)
            };
            let band = Band {
                shift,
                top: index(top.max(0)),
                bottom: index(bottom.min(rows - 1)),
            };
            found.push((gain, band));
        }
    }
    found.sort_by_key(|&(gain, _)| -gain);
    let last = target.rows - 1;
    let mut bands = Vec::new();
    for (_, band) in found.into_iter().take(MAX_BANDS) {
        for (top, bottom) in [
            (band.top, band.bottom),
            (0, band.bottom),
            (band.top, last),
            (0, last),
        ] {
            let stretched = Band {
                top,
                bottom,
                ..band
            };
            if !bands.contains(&stretched) {
                bands.push(stretched);
            }
        }
    }
    bands
}

/// A number for every cell; two that differ by chance look alike, which only makes a band look better than it is.
fn digests(grid: &Grid) -> Vec<Vec<u32>> {
    let digest = |cell: &Cell| {
        let mut hasher = Fnv(0xCBF2_9CE4_8422_2325);
        cell.hash(&mut hasher);
        let wide = hasher.finish();
        (wide ^ (wide >> 32)) as u32
    };
    (0..grid.rows)
        .map(|y| grid.row(y).iter().map(digest).collect())
        .collect()
}

/// FNV-1a: short keys, no adversary.
struct Fnv(u64);

impl Hasher for Fnv {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3);
        }
    }
}

/// The run of target rows that gains most from this shift: cells saved, first and last row.
fn best_stretch(
    before: &[Vec<u32>],
    after: &[Vec<u32>],
    base: &[i32],
    shift: i32,
) -> Option<(i32, i32, i32)> {
    let rows = base.len() as i32;
    let mut best = (LEAST_GAIN, 0, 0);
    let mut current = (0, 0);
    for y in 0..rows {
        if current.0 <= 0 {
            current = (0, y);
        }
        let from = y + shift;
        if (0..rows).contains(&from) {
            let missed = differences(&before[from as usize], &after[y as usize]);
            current.0 += base[y as usize] - missed;
        } else {
            current.0 = 0;
        }
        if current.0 > best.0 {
            best = (current.0, current.1, y);
        }
    }
    (best.0 > LEAST_GAIN).then_some(best)
}

fn differences(a: &[u32], b: &[u32]) -> i32 {
    a.iter().zip(b).map(|(a, b)| i32::from(a != b)).sum()
}

fn index(y: i32) -> u16 {
    u16::try_from(y).unwrap_or(0)
}

/// All the ways this terminal has to move a band, from where it stands.
pub(super) fn ways(
    capabilities: &Capabilities,
    rows: u16,
    region: Region,
    stand: Stand,
    band: Band,
) -> Vec<Way> {
    let pen = stand.pen.for_blank(Paint::Default);
    let start = Way {
        bytes: stand.pen.change_to(pen).as_bytes().to_vec(),
        stand: Stand { pen, ..stand },
        region,
    };
    let mut ways = Vec::new();
    if capabilities.scroll_region || (band.top == 0 && band.bottom + 1 == rows) {
        by_region(capabilities, rows, &start, band, &mut ways);
    }
    if capabilities.insert_lines && region.top <= band.top && band.bottom <= region.bottom {
        ways.push(by_lines(capabilities, &start, band));
    }
    ways
}

/// DECSTBM where needed, then SU/SD or line feeds at the margin. The region stays set: the next scroll is free of it.
fn by_region(capabilities: &Capabilities, rows: u16, start: &Way, band: Band, ways: &mut Vec<Way>) {
    let region = Region {
        top: band.top,
        bottom: band.bottom,
    };
    let count = band.shift.unsigned_abs() as u16;
    let mut set = Way {
        bytes: start.bytes.clone(),
        ..*start
    };
    if region != start.region {
        set.bytes.extend_from_slice(&set_region(region, rows));
        set.region = region;
        // Home for most, the top of the region for some.
        set.stand.cursor = Cursor::Unknown;
    }
    if capabilities.scroll_lines {
        let last = if band.shift > 0 { b'S' } else { b'T' };
        let mut bytes = set.bytes.clone();
        bytes.extend_from_slice(Sequence::counted(count, last).as_bytes());
        ways.push(Way { bytes, ..set });
    }
    if count <= MAX_FEEDS || !capabilities.scroll_lines {
        let (edge, feed): (u16, &[u8]) = if band.shift > 0 {
            (band.bottom, b"\n")
        } else {
            (band.top, b"\x1bM")
        };
        let mut columns = vec![0];
        if let Cursor::At { x: x @ 1.., .. } = set.stand.cursor {
            columns.push(x);
        }
        for x in columns {
            let mut bytes = set.bytes.clone();
            let path = motion(capabilities, set.region, set.stand.cursor, x, edge);
            bytes.extend_from_slice(path.as_bytes());
            for _ in 0..count {
                bytes.extend_from_slice(feed);
            }
            ways.push(Way {
                bytes,
                stand: Stand {
                    cursor: Cursor::At { x, y: edge },
                    ..set.stand
                },
                ..set
            });
        }
    }
}

/// DL and IL inside the region that is set: one of them alone when the band ends where the region ends.
fn by_lines(capabilities: &Capabilities, start: &Way, band: Band) -> Way {
    let count = band.shift.unsigned_abs() as u16;
    let tail = band.bottom + 1 - count;
    let whole = band.bottom == start.region.bottom;
    let steps = match (band.shift > 0, whole) {
        (true, true) => vec![(band.top, b'M')],
        (true, false) => vec![(band.top, b'M'), (tail, b'L')],
        (false, true) => vec![(band.top, b'L')],
        (false, false) => vec![(tail, b'M'), (band.top, b'L')],
    };
    let mut way = Way {
        bytes: start.bytes.clone(),
        ..*start
    };
    for (y, last) in steps {
        let path = motion(capabilities, way.region, way.stand.cursor, 0, y);
        way.bytes.extend_from_slice(path.as_bytes());
        way.bytes
            .extend_from_slice(Sequence::counted(count, last).as_bytes());
        way.stand.cursor = Cursor::At { x: 0, y };
    }
    way
}

/// DECSTBM with defaults left out.
fn set_region(region: Region, rows: u16) -> Vec<u8> {
    let mut sequence = Sequence::default();
    sequence.push(b"\x1b[");
    if region.top > 0 {
        sequence.number(region.top + 1);
    }
    if region.bottom + 1 < rows {
        sequence.push(b";");
        sequence.number(region.bottom + 1);
    }
    sequence.push(b"r");
    sequence.as_bytes().to_vec()
}
