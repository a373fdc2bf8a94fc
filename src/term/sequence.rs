//! One complete control sequence → at most one event. Keys go through termina's parser; answers of the terminal (status,
//! attributes, modes, version, colour) are read here because termina drops their contents. Never panics on any bytes.

use super::event::{Event, Key, KeyCode, Mouse, MouseKind};
use termina::event::{KeyEventKind, Modifiers, MouseButton, MouseEventKind};

/// The event a complete sequence stands for; `None` for one that means nothing here.
///
/// `sequence` starts with ESC and ends where the sequence ends; OSC and DCS end in BEL or ST.
pub(super) fn event_of(sequence: &[u8]) -> Option<Event> {
    match sequence.get(1)? {
        b'[' => control_sequence(sequence),
        b'O' => single_shift(sequence),
        b']' => background(text_of(sequence)?),
        b'P' => version(text_of(sequence)?),
        _ => None,
    }
}

/// The key of a C0 control byte or DEL, `None` for those without a key.
pub(super) fn control_key(byte: u8) -> Option<Key> {
    Some(match byte {
        0x00 => Key::ctrl(' '),
        0x08 | 0x7F => Key::plain(KeyCode::Backspace),
        b'\t' => Key::plain(KeyCode::Tab),
        b'\r' | b'\n' => Key::plain(KeyCode::Enter),
        0x01..=0x1A => Key::ctrl(char::from(byte - 1 + b'a')),
        0x1C => Key::ctrl('\\'),
        0x1D => Key::ctrl(']'),
        0x1E => Key::ctrl('^'),
        0x1F => Key::ctrl('_'),
        _ => return None,
    })
}

fn control_sequence(sequence: &[u8]) -> Option<Event> {
    let body = sequence.get(2..)?;
    let (&last, parameters) = body.split_last()?;
    match (parameters, last) {
        (b"0" | b"3", b'n') => return Some(Event::StatusReport),
        ([b'?', rest @ ..], b'c') => return Some(Event::DeviceAttributes(numbers(rest))),
        ([b'?', rest @ .., b'$'], b'y') => return mode_report(rest),
        ([b'?' | b'>' | b'=', ..], _) => return None,
        // rxvt: Control and Shift by the final byte.
        (_, b'a'..=b'd') if parameters.is_empty() => {
            return keyed(&[0x1B, b'[', last.to_ascii_uppercase()]);
        }
        ([b'0'..=b'9', ..], b'^' | b'@' | b'$') => {
            let mut plain = sequence.to_vec();
            *plain.last_mut()? = b'~';
            return keyed(&plain).map(|event| with_ctrl(event, last != b'$'));
        }
        // F3 with a modifier is spelt like a cursor position on the first row; we never ask for one.
        (_, b'R') => {
            let [1, modifier @ 2..=16] = numbers(parameters)[..] else {
                return None;
            };
            return Some(press(Key {
                code: KeyCode::F(3),
                ctrl: (modifier - 1) & 4 != 0,
                alt: (modifier - 1) & 2 != 0,
            }));
        }
        _ => {}
    }
    keyed(sequence)
}

/// `ESC O`: application cursor keys, PF1-PF4 and the application keypad (PuTTY).
fn single_shift(sequence: &[u8]) -> Option<Event> {
    let body = sequence.get(2..)?;
    let (&last, modifier) = body.split_last()?;
    let code = match last {
        b'M' => KeyCode::Enter,
        b'I' => KeyCode::Tab,
        b'X' => KeyCode::Char('='),
        b'j'..=b'y' => KeyCode::Char(char::from(last - b'j' + b'*')),
        b'a'..=b'd' => {
            return keyed(&[0x1B, b'O', last.to_ascii_uppercase()])
                .map(|event| with_ctrl(event, true));
        }
        _ if modifier.is_empty() => return keyed(sequence),
        _ => {
            // Old xterm: `ESC O 5 A` is what newer ones write `ESC [ 1 ; 5 A`.
            let mut modern = b"\x1b[1;".to_vec();
            modern.extend_from_slice(modifier);
            modern.push(last);
            return keyed(&modern);
        }
    };
    Some(press(Key::plain(code)))
}

fn keyed(sequence: &[u8]) -> Option<Event> {
    let mut parser = termina::Parser::default();
    parser.parse(sequence, false);
    match parser.pop()? {
        termina::Event::Key(key) if key.kind != KeyEventKind::Release => {
            let shift = key.modifiers.contains(Modifiers::SHIFT);
            Some(press(Key {
                code: code_of(key.code, shift)?,
                ctrl: key.modifiers.contains(Modifiers::CONTROL),
                alt: key.modifiers.contains(Modifiers::ALT),
            }))
        }
        termina::Event::Mouse(mouse) => {
            let button = |button| match button {
                MouseButton::Left => 0,
                MouseButton::Middle => 1,
                MouseButton::Right => 2,
            };
            let kind = match mouse.kind {
                MouseEventKind::Down(which) => MouseKind::Press(button(which)),
                MouseEventKind::Up(which) => MouseKind::Release(button(which)),
                MouseEventKind::ScrollUp => MouseKind::WheelUp,
                MouseEventKind::ScrollDown => MouseKind::WheelDown,
                _ => return None,
            };
            Some(Event::Mouse(Mouse {
                kind,
                col: mouse.column,
                row: mouse.row,
            }))
        }
        termina::Event::FocusIn => Some(Event::FocusIn),
        termina::Event::FocusOut => Some(Event::FocusOut),
        _ => None,
    }
}

fn code_of(code: termina::event::KeyCode, shift: bool) -> Option<KeyCode> {
    use termina::event::KeyCode as Theirs;
    Some(match code {
        Theirs::Char(c) if c.is_control() => return None,
        Theirs::Char(c) if shift => KeyCode::Char(c.to_ascii_uppercase()),
        Theirs::Char(c) => KeyCode::Char(c),
        Theirs::Enter => KeyCode::Enter,
        Theirs::Escape => KeyCode::Esc,
        Theirs::Tab if shift => KeyCode::BackTab,
        Theirs::Tab => KeyCode::Tab,
        Theirs::BackTab => KeyCode::BackTab,
        Theirs::Backspace => KeyCode::Backspace,
        Theirs::Delete => KeyCode::Delete,
        Theirs::Insert => KeyCode::Insert,
        Theirs::Up => KeyCode::Up,
        Theirs::Down => KeyCode::Down,
        Theirs::Left => KeyCode::Left,
        Theirs::Right => KeyCode::Right,
        Theirs::Home => KeyCode::Home,
        Theirs::End => KeyCode::End,
        Theirs::PageUp => KeyCode::PageUp,
        Theirs::PageDown => KeyCode::PageDown,
        Theirs::Function(n) => KeyCode::F(n),
        _ => return None,
    })
}

fn press(key: Key) -> Event {
    Event::Key { key, burst: false }
}

fn with_ctrl(event: Event, ctrl: bool) -> Event {
    match event {
        Event::Key { key, burst } => Event::Key {
            key: Key {
                ctrl: key.ctrl || ctrl,
                ..key
            },
            burst,
        },
        other => other,
    }
}

fn numbers(parameters: &[u8]) -> Vec<u16> {
    parameters
        .split(|&b| b == b';')
        .filter_map(|digits| std::str::from_utf8(digits).ok()?.parse().ok())
        .collect()
}

fn mode_report(parameters: &[u8]) -> Option<Event> {
    match numbers(parameters)[..] {
        [mode, setting @ 0..=4] => Some(Event::ModeReport {
            mode,
            setting: setting.to_le_bytes()[0],
        }),
        _ => None,
    }
}

/// What stands between the introducer and BEL or ST.
fn text_of(sequence: &[u8]) -> Option<&str> {
    let body = sequence.get(2..)?;
    let body = body
        .strip_suffix(b"\x1b\\")
        .or_else(|| body.strip_suffix(b"\x07"))?;
    std::str::from_utf8(body).ok()
}

/// OSC 11 answers with 1 to 4 hex digits a channel; the first two say enough.
fn background(text: &str) -> Option<Event> {
    let colours = text.strip_prefix("11;rgb:")?;
    let mut channels = colours.split('/').map(|digits| {
        let two = digits.get(..2).or(digits.get(..1))?;
        let value = u8::from_str_radix(two, 16).ok()?;
        Some(if two.len() == 1 { value * 17 } else { value })
    });
    let mut next = || channels.next().flatten();
    Some(Event::Background {
        red: next()?,
        green: next()?,
        blue: next()?,
    })
}

fn version(text: &str) -> Option<Event> {
    let name = text.strip_prefix(">|")?;
    let printable = name.chars().filter(|c| !c.is_control()).take(64).collect();
    Some(Event::Version(printable))
}
