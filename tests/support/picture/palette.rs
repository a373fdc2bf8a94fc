//! The colours of the pictures: a dark ground, a soft ink and sixteen colours that go with them; the rest as xterm's.

pub type Rgb = [u8; 3];

pub const GROUND: Rgb = [0x1a, 0x1d, 0x24];
pub const INK: Rgb = [0xd6, 0xda, 0xe2];
/// The line around the picture.
pub const EDGE: Rgb = [0x3a, 0x40, 0x4d];

/// Black, red, green, yellow, blue, magenta, cyan, white; then their bright forms.
const SIXTEEN: [Rgb; 16] = [
    [0x11, 0x13, 0x18],
    [0xe8, 0x6d, 0x72],
    [0x93, 0xc5, 0x7a],
    [0xe5, 0xc0, 0x72],
    [0x3f, 0x70, 0xc4],
    [0xbf, 0x8c, 0xdb],
    [0x6c, 0xbf, 0xcc],
    [0xe4, 0xe7, 0xed],
    [0x7d, 0x86, 0x97],
    [0xf2, 0x8b, 0x8f],
    [0xaf, 0xd8, 0x9a],
    [0xf0, 0xd4, 0x94],
    [0x7f, 0xa7, 0xe8],
    [0xd3, 0xaa, 0xea],
    [0x8f, 0xd6, 0xe1],
    [0xff, 0xff, 0xff],
];

/// The strongest [`mix`]. Few steps keep a screen within one palette of 256 colours.
pub const FULL: u8 = 15;

/// A cell's colour; `default` where the program asked for none.
pub fn rgb(colour: vt100::Color, default: Rgb) -> Rgb {
    match colour {
        vt100::Color::Default => default,
        vt100::Color::Rgb(red, green, blue) => [red, green, blue],
        vt100::Color::Idx(index) => indexed(index),
    }
}

/// xterm's 256 colours: sixteen of ours, a cube of 6×6×6, 24 greys.
fn indexed(index: u8) -> Rgb {
    let step = |level: u8| if level == 0 { 0 } else { 55 + 40 * level };
    match index {
        0..16 => SIXTEEN[usize::from(index)],
        16..232 => {
            let cube = index - 16;
            [step(cube / 36), step(cube / 6 % 6), step(cube % 6)]
        }
        232.. => [8 + 10 * (index - 232); 3],
    }
}

/// `over` laid on `under` with a strength of 0 to [`FULL`].
pub fn mix(under: Rgb, over: Rgb, strength: u8) -> Rgb {
    let (full, strength) = (u16::from(FULL), u16::from(strength.min(FULL)));
    std::array::from_fn(|i| {
        let sum = u16::from(under[i]) * (full - strength) + u16::from(over[i]) * strength;
        u8::try_from((sum + full / 2) / full).unwrap_or(u8::MAX)
    })
}
