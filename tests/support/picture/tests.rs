use super::canvas::{Canvas, Rect};
use super::palette::{GROUND, INK};
use super::{PictureError, cell, lines, png};

fn screen(text: &str) -> vt100::Screen {
    let mut parser = vt100::Parser::new(4, 12, 0);
    parser.process(text.as_bytes());
    parser.screen().clone()
}

/// Whether the middle of an edge of the cell is inked: left, up, right, down.
fn edges(character: char) -> [bool; 4] {
    let (width, height) = cell(80);
    let mut canvas = Canvas::new(width, height, GROUND);
    let area = Rect {
        x: 0,
        y: 0,
        width,
        height,
    };
    assert!(
        lines::draw(&mut canvas, area, character, INK),
        "{character}"
    );
    let (x, y) = (width / 2, height / 2);
    [(0, y), (x, 0), (width - 1, y), (x, height - 1)]
        .map(|(x, y)| canvas.pixel(x, y) != [GROUND[0], GROUND[1], GROUND[2], 255])
}

#[test]
fn lines_reach_the_edges_where_their_neighbours_begin_and_no_others() {
    assert_eq!(edges('─'), [true, false, true, false]);
    assert_eq!(edges('┃'), [false, true, false, true]);
    assert_eq!(edges('╭'), [false, false, true, true]);
    assert_eq!(edges('╯'), [true, true, false, false]);
    assert_eq!(edges('┤'), [true, true, false, true]);
    assert_eq!(edges('╀'), [true; 4]);
    assert_eq!(edges('█'), [true; 4]);
    assert_eq!(edges('▄'), [true, false, true, true]);
}

#[test]
fn every_line_block_and_braille_sign_is_drawn_or_in_the_font() {
    let drawn = ('\u{2500}'..='\u{259f}').chain('\u{2800}'..='\u{28ff}');
    let signs: String = drawn.chain("…–·›→↑↓✓×“”‘’«»≤≥éü●▲▼".chars()).collect();
    let mut parser = vt100::Parser::new(20, 50, 0);
    parser.process(signs.as_bytes());
    parser.process(format!("\x1b[1m{signs}").as_bytes());
    png(parser.screen()).unwrap();
}

#[test]
fn a_picture_is_small_and_always_the_same() {
    let screen = screen(
        "\x1b[44;37mAMS \x1b[7mUJI\x1b[m\r\n\x1b[31;1mLEWAT\x1b[m \x1b[2m3 / 5\x1b[m\r\n─┬─ ▁▂▃▄▅▆▇█",
    );
    let picture = png(&screen).unwrap();
    assert_eq!(picture, png(&screen).unwrap());
    assert!(picture.len() < 8_000, "{} bytes", picture.len());
}

#[test]
fn a_character_that_the_font_lacks_is_named() {
    let Err(error) = png(&screen("漢")) else {
        panic!("the subset has no Han characters")
    };
    assert!(matches!(error, PictureError::NoGlyph('漢')), "{error}");
    assert!(error.to_string().contains("U+6F22"), "{error}");
}
