//! Keys in words: `jj<Enter><C-s>text` as the bytes that a terminal sends for each keystroke.
//! Plain characters stand for themselves, `<lt>` for `<`; an unknown name is a fault of the test and panics.

/// One keystroke: the bytes an xterm sends.
pub type Keystroke = Vec<u8>;

/// A lone ESC, after which a program needs time to know that no sequence follows.
pub const ESCAPE: &[u8] = b"\x1b";

/// The keystrokes of a notation. `application_cursor` is DECCKM, as the program set it.
pub fn keystrokes(notation: &str, application_cursor: bool) -> Vec<Keystroke> {
    let mut strokes = Vec::new();
    let mut rest = notation;
    while let Some(first) = rest.chars().next() {
        if first == '<' {
            let (name, after) = rest[1..]
                .split_once('>')
                .unwrap_or_else(|| panic!("a key's name ends with > in {notation:?}"));
            strokes.push(named(name, application_cursor));
            rest = after;
        } else {
            strokes.push(first.to_string().into_bytes());
            rest = &rest[first.len_utf8()..];
        }
    }
    strokes
}

/// The bytes of `text` as a terminal with bracketed paste on sends them.
pub fn pasted(text: &str) -> Keystroke {
    [b"\x1b[200~", text.as_bytes(), b"\x1b[201~"].concat()
}

fn named(name: &str, application_cursor: bool) -> Keystroke {
    let cursor = |letter: u8| vec![0x1B, if application_cursor { b'O' } else { b'[' }, letter];
    match name {
        "Enter" => b"\r".to_vec(),
        "Esc" => ESCAPE.to_vec(),
        "Tab" => b"\t".to_vec(),
        "S-Tab" => b"\x1b[Z".to_vec(),
        "Space" => b" ".to_vec(),
        "BS" => b"\x7f".to_vec(),
        "Del" => b"\x1b[3~".to_vec(),
        "PgUp" => b"\x1b[5~".to_vec(),
        "PgDn" => b"\x1b[6~".to_vec(),
        "Up" => cursor(b'A'),
        "Down" => cursor(b'B'),
        "Right" => cursor(b'C'),
        "Left" => cursor(b'D'),
        "Home" => cursor(b'H'),
        "End" => cursor(b'F'),
        "lt" => b"<".to_vec(),
        _ => match name.as_bytes() {
            [b'C', b'-', key] if key.is_ascii_alphabetic() || b"@[\\]^_".contains(key) => {
                vec![key.to_ascii_uppercase() & 0x1F]
            }
            _ => panic!("no key is called <{name}>"),
        },
    }
}

#[test]
fn keys_in_words_become_the_bytes_of_an_xterm() {
    let bytes = |notation| keystrokes(notation, false).concat();
    assert_eq!(bytes("jj<Enter><C-s>é<lt>"), "jj\r\x13é<".as_bytes());
    assert_eq!(bytes("<Up><S-Tab><PgDn>"), b"\x1b[A\x1b[Z\x1b[6~");
    assert_eq!(keystrokes("<Down>", true), [b"\x1bOB".to_vec()]);
    assert_eq!(keystrokes("a<Esc>b", false).len(), 3);
}
