//! The cheapest way to move the cursor, and the small byte strings the encoder is made of.
//! Knows scroll regions: a line feed that would scroll is never taken for a movement.

use super::capabilities::Capabilities;

/// Columns between tab stops.
const TAB: u16 = 8;

/// Bytes of one control sequence, kept inline.
#[derive(Clone, Copy)]
pub(super) struct Sequence {
    bytes: [u8; Self::CAPACITY],
    length: u8,
}

impl Default for Sequence {
    fn default() -> Self {
        Self {
            bytes: [0; Self::CAPACITY],
            length: 0,
        }
    }
}

impl Sequence {
    /// The longest SGR difference (every attribute ended and set, two 24-bit colours) takes 69 bytes.
    const CAPACITY: usize = 80;

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.len()]
    }

    pub(super) fn len(&self) -> usize {
        usize::from(self.length)
    }

    pub(super) fn push(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            if let Some(place) = self.bytes.get_mut(usize::from(self.length)) {
                *place = byte;
                self.length += 1;
            }
        }
    }

    pub(super) fn number(&mut self, n: u16) {
        let mut started = false;
        for unit in [10_000, 1000, 100, 10, 1] {
            let digit = n / unit % 10;
            started |= digit != 0 || unit == 1;
            if started {
                self.push(&[b'0' + digit.to_le_bytes()[0]]);
            }
        }
    }

    /// CSI with one count, left out when it is 1.
    pub(super) fn counted(n: u16, last: u8) -> Self {
        let mut sequence = Self::default();
        sequence.push(b"\x1b[");
        if n != 1 {
            sequence.number(n);
        }
        sequence.push(&[last]);
        sequence
    }

    fn repeated(bytes: &[u8], times: u16) -> Self {
        let mut sequence = Self::default();
        for _ in 0..times {
            sequence.push(bytes);
        }
        sequence
    }

    fn then(mut self, next: &Self) -> Self {
        self.push(next.as_bytes());
        self
    }

    fn keep_shorter(&mut self, other: Self) {
        if other.length < self.length {
            *self = other;
        }
    }
}

/// Where the cursor is, as far as all terminals agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cursor {
    At {
        x: u16,
        y: u16,
    },
    /// Something was written in the last column of `y`: the column is not to be relied on until it is set.
    Wrapped {
        y: u16,
    },
    Unknown,
}

/// The rows that scroll, first and last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Region {
    pub top: u16,
    pub bottom: u16,
}

/// The shortest sequence that brings the cursor to column `x` of row `y`.
pub(super) fn motion(
    capabilities: &Capabilities,
    region: Region,
    from: Cursor,
    x: u16,
    y: u16,
) -> Sequence {
    let mut best = absolute(x, y);
    match from {
        Cursor::Unknown => {}
        Cursor::At {
            x: from_x,
            y: from_y,
        } => {
            if let Some(vertical) = vertical(capabilities, region, from_y, y) {
                best.keep_shorter(vertical.then(&horizontal(capabilities, from_x, x)));
            }
        }
        Cursor::Wrapped { y: from_y } => {
            if let Some(vertical) = vertical(capabilities, region, from_y, y) {
                let column_zero = Sequence::repeated(b"\r", 1).then(&vertical);
                best.keep_shorter(column_zero.then(&horizontal(capabilities, 0, x)));
            }
            if from_y == y && capabilities.absolute_axis {
                best.keep_shorter(Sequence::counted(x + 1, b'G'));
            }
        }
    }
    best
}

/// CUP with every parameter that is 1 left out.
fn absolute(x: u16, y: u16) -> Sequence {
    let mut sequence = Sequence::default();
    sequence.push(b"\x1b[");
    if y > 0 {
        sequence.number(y + 1);
    }
    if x > 0 {
        sequence.push(b";");
        sequence.number(x + 1);
    }
    sequence.push(b"H");
    sequence
}

/// Up or down in the same column; `None` when a margin is in the way and nothing absolute is there.
fn vertical(capabilities: &Capabilities, region: Region, from: u16, to: u16) -> Option<Sequence> {
    if from == to {
        return Some(Sequence::default());
    }
    let mut best = capabilities
        .absolute_axis
        .then(|| Sequence::counted(to + 1, b'd'));
    let mut offer = |sequence: Sequence| match &mut best {
        Some(best) => best.keep_shorter(sequence),
        None => best = Some(sequence),
    };
    if to > from && (from > region.bottom || to <= region.bottom) {
        offer(Sequence::counted(to - from, b'B'));
        if to - from <= 4 {
            offer(Sequence::repeated(b"\n", to - from));
        }
    }
    if to < from && (from < region.top || to >= region.top) {
        offer(Sequence::counted(from - to, b'A'));
        if from - to <= 2 {
            offer(Sequence::repeated(b"\x1bM", from - to));
        }
    }
    best
}

/// Along a row.
fn horizontal(capabilities: &Capabilities, from: u16, to: u16) -> Sequence {
    if from == to {
        return Sequence::default();
    }
    let mut best = Sequence::repeated(b"\r", 1).then(&rightwards(capabilities, 0, to));
    if capabilities.absolute_axis {
        best.keep_shorter(Sequence::counted(to + 1, b'G'));
    }
    if to > from {
        best.keep_shorter(rightwards(capabilities, from, to));
    } else {
        best.keep_shorter(Sequence::counted(from - to, b'D'));
        if from - to <= 4 {
            best.keep_shorter(Sequence::repeated(b"\x08", from - to));
        }
    }
    best
}

/// CUF, or tabs and what remains behind the last of them.
fn rightwards(capabilities: &Capabilities, from: u16, to: u16) -> Sequence {
    let forward = |n| match n {
        0 => Sequence::default(),
        _ => Sequence::counted(n, b'C'),
    };
    let mut best = forward(to - from);
    let stops = to / TAB - from / TAB;
    if capabilities.tabs && stops > 0 {
        best.keep_shorter(Sequence::repeated(b"\t", stops).then(&forward(to % TAB)));
    }
    best
}
