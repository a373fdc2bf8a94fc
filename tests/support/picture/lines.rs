//! Box drawing (U+2500–257F), block elements (U+2580–259F) and braille (U+2800–28FF), drawn to the cell's edges.
//! Double lines and diagonals are left to the font.

use super::canvas::{Canvas, Rect, steps, to_f32};
use super::palette::{FULL, Rgb};

/// Light and heavy lines as the weights of their arms: left, up, right, down; 1 light, 2 heavy.
const ARMS: &str = "
    ─1010 ━2020 │0101 ┃0202 ┌0011 ┍0021 ┎0012 ┏0022 ┐1001 ┑2001 ┒1002 ┓2002 └0110 ┕0120 ┖0210 ┗0220
    ┘1100 ┙2100 ┚1200 ┛2200 ├0111 ┝0121 ┞0211 ┟0112 ┠0212 ┡0221 ┢0122 ┣0222 ┤1101 ┥2101 ┦1201 ┧1102
    ┨1202 ┩2201 ┪2102 ┫2202 ┬1011 ┭2011 ┮1021 ┯2021 ┰1012 ┱2012 ┲1022 ┳2022 ┴1110 ┵2110 ┶1120 ┷2120
    ┸1210 ┹2210 ┺1220 ┻2220 ┼1111 ┽2111 ┾1121 ┿2121 ╀1211 ╁1112 ╂1212 ╃2211 ╄1221 ╅2112 ╆1122 ╇2221
    ╈2122 ╉2212 ╊1222 ╋2222 ╴1000 ╵0100 ╶0010 ╷0001 ╸2000 ╹0200 ╺0020 ╻0002 ╼1020 ╽0102 ╾2010 ╿0201";

/// Dashed lines: how many dashes, whether upright, and the weight.
const DASHES: [(char, usize, bool, usize); 12] = [
    ('╌', 2, false, 1),
    ('╍', 2, false, 2),
    ('╎', 2, true, 1),
    ('╏', 2, true, 2),
    ('┄', 3, false, 1),
    ('┅', 3, false, 2),
    ('┆', 3, true, 1),
    ('┇', 3, true, 2),
    ('┈', 4, false, 1),
    ('┉', 4, false, 2),
    ('┊', 4, true, 1),
    ('┋', 4, true, 2),
];

/// U+2596 to U+259F: which quadrants are full, from bit 0: upper left, upper right, lower left, lower right.
const QUADRANTS: [u8; 10] = [
    0b0100, 0b1000, 0b0001, 0b1101, 0b1001, 0b0111, 0b1011, 0b0010, 0b0110, 0b1110,
];

/// Draws the character if it is one of these; `false` leaves it to the font.
pub fn draw(canvas: &mut Canvas, area: Rect, character: char, ink: Rgb) -> bool {
    let code = u32::from(character);
    match character {
        '╭' | '╮' | '╯' | '╰' => arc(canvas, area, character, ink),
        '\u{2500}'..='\u{257f}' => {
            if let Some(&(_, count, upright, weight)) = DASHES.iter().find(|d| d.0 == character) {
                dashes(canvas, area, (count, upright, weight), ink);
            } else if let Some(weights) = arms(character) {
                cross(canvas, area, weights, ink);
            } else {
                return false;
            }
        }
        '\u{2580}'..='\u{259f}' => block(canvas, area, code, ink),
        '\u{2800}'..='\u{28ff}' => braille(canvas, area, code & 0xFF, ink),
        _ => return false,
    }
    true
}

fn arms(character: char) -> Option<[usize; 4]> {
    let entry = ARMS
        .split_whitespace()
        .find(|entry| entry.starts_with(character))?;
    let mut weights = entry
        .chars()
        .skip(1)
        .map(|c| usize::from(c == '1') + 2 * usize::from(c == '2'));
    Some(std::array::from_fn(|_| weights.next().unwrap_or(0)))
}

/// Pixels of a line's thickness.
const fn thickness(weight: usize) -> usize {
    match weight {
        0 => 0,
        1 => 2,
        _ => 4,
    }
}

/// Where a line of that thickness begins across a cell's side, so that light and heavy lines share an axis.
const fn begin(side: usize, thickness: usize) -> usize {
    (side - thickness) / 2
}

fn cross(canvas: &mut Canvas, area: Rect, [left, up, right, down]: [usize; 4], ink: Rgb) {
    let (across, along) = (thickness(left.max(right)), thickness(up.max(down)));
    // The middle belongs to the arms that meet there; an end without a partner stops at the far side of the axis.
    let (middle_x, middle_y) = (
        begin(area.width, along.max(2)),
        begin(area.height, across.max(2)),
    );
    let (end_x, end_y) = (middle_x + along.max(2), middle_y + across.max(2));
    let mut bar = |x: usize, y: usize, width: usize, height: usize| {
        let part = Rect {
            x: area.x + x,
            y: area.y + y,
            width,
            height,
        };
        canvas.fill(part, ink);
    };
    for (weight, from, to) in [(left, 0, end_x), (right, middle_x, area.width)] {
        let line = thickness(weight);
        if line > 0 {
            bar(from, begin(area.height, line), to - from, line);
        }
    }
    for (weight, from, to) in [(up, 0, end_y), (down, middle_y, area.height)] {
        let line = thickness(weight);
        if line > 0 {
            bar(begin(area.width, line), from, line, to - from);
        }
    }
}

fn dashes(
    canvas: &mut Canvas,
    area: Rect,
    (count, upright, weight): (usize, bool, usize),
    ink: Rgb,
) {
    let line = thickness(weight);
    let side = if upright { area.height } else { area.width };
    for dash in 0..count {
        let (from, to) = (side * dash / count, side * (dash + 1) / count);
        let gap = ((to - from) / 3).max(1);
        let (start, length) = (from + gap / 2, to - from - gap);
        let part = if upright {
            let x = area.x + begin(area.width, line);
            Rect {
                x,
                y: area.y + start,
                width: line,
                height: length,
            }
        } else {
            let y = area.y + begin(area.height, line);
            Rect {
                x: area.x + start,
                y,
                width: length,
                height: line,
            }
        };
        canvas.fill(part, ink);
    }
}

/// A quarter circle between two edges' middles, with straight ends where the cell is longer than wide.
fn arc(canvas: &mut Canvas, area: Rect, character: char, ink: Rgb) {
    let to_right = matches!(character, '╭' | '╰');
    let to_bottom = matches!(character, '╭' | '╮');
    let (centre_x, centre_y) = (to_f32(area.width) / 2.0, to_f32(area.height) / 2.0);
    let radius = centre_x;
    for y in 0..area.height {
        for x in 0..area.width {
            // Mirrored so that the arc always leads from the right edge to the bottom edge, about its own centre.
            let along = if to_right {
                to_f32(x) + 0.5 - centre_x
            } else {
                centre_x - to_f32(x) - 0.5
            };
            let down = if to_bottom {
                to_f32(y) + 0.5 - centre_y
            } else {
                centre_y - to_f32(y) - 0.5
            };
            let distance = match (along < radius, down < radius) {
                (true, true) => ((radius - along).hypot(radius - down) - radius).abs(),
                (false, _) => down.abs(),
                (_, false) => along.abs(),
            };
            let strength = steps(to_f32(thickness(1)) / 2.0 + 0.5 - distance);
            canvas.cover(area.x + x, area.y + y, ink, strength);
        }
    }
}

fn block(canvas: &mut Canvas, area: Rect, code: u32, ink: Rgb) {
    let part = |x: usize, y: usize, width: usize, height: usize| Rect {
        x: area.x + x,
        y: area.y + y,
        width,
        height,
    };
    let (width, height) = (area.width, area.height);
    let eighths = |side: usize, count: u32| (side * count as usize + 4) / 8;
    let (half_width, half_height) = (width / 2, height / 2);
    match code {
        0x2580 => canvas.fill(part(0, 0, width, half_height), ink),
        0x2581..=0x2588 => {
            let high = eighths(height, code - 0x2580);
            canvas.fill(part(0, height - high, width, high), ink);
        }
        0x2589..=0x258F => canvas.fill(part(0, 0, eighths(width, 0x2590 - code), height), ink),
        0x2590 => canvas.fill(part(half_width, 0, width - half_width, height), ink),
        0x2591..=0x2593 => {
            let strength = FULL * u8::try_from(code - 0x2590).unwrap_or(2) / 4;
            for y in 0..height {
                for x in 0..width {
                    canvas.cover(area.x + x, area.y + y, ink, strength);
                }
            }
        }
        0x2594 => canvas.fill(part(0, 0, width, eighths(height, 1)), ink),
        0x2595 => {
            let wide = eighths(width, 1);
            canvas.fill(part(width - wide, 0, wide, height), ink);
        }
        _ => {
            let full = QUADRANTS[(code - 0x2596) as usize];
            for (bit, x, y) in [
                (0, 0, 0),
                (1, half_width, 0),
                (2, 0, half_height),
                (3, half_width, half_height),
            ] {
                if full >> bit & 1 == 1 {
                    canvas.fill(part(x, y, width - half_width, height - half_height), ink);
                }
            }
        }
    }
}

/// Dots 1-3 and 7 stand in the left column, 4-6 and 8 in the right (ISO/TR 11548-1).
fn braille(canvas: &mut Canvas, area: Rect, dots: u32, ink: Rgb) {
    const PLACES: [(usize, usize); 8] = [
        (0, 0),
        (0, 1),
        (0, 2),
        (1, 0),
        (1, 1),
        (1, 2),
        (0, 3),
        (1, 3),
    ];
    let dot = (area.width / 4).min(area.height / 8);
    for (bit, (column, row)) in PLACES.iter().enumerate() {
        if dots >> bit & 1 == 1 {
            let x = area.x + area.width * (2 * column + 1) / 4 - dot / 2;
            let y = area.y + area.height * (2 * row + 1) / 8 - dot / 2;
            canvas.fill(
                Rect {
                    x,
                    y,
                    width: dot,
                    height: dot,
                },
                ink,
            );
        }
    }
}
