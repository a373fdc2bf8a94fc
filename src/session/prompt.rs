//! Questions at the terminal itself, past redirected standard streams: a line, or a secret without echo.
//! The terminal's mode is put back on every way out, an interrupt included.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use zeroize::Zeroizing;

/// The longest answer, in octets; what is typed beyond it is dropped.
const LONGEST: usize = 1024;

/// Puts the terminal's mode back.
struct Restore<'a> {
    terminal: &'a File,
    mode: Termios,
}

impl Drop for Restore<'_> {
    fn drop(&mut self) {
        // Nothing better can be done about a terminal that does not take its own mode back.
        let _ = tcsetattr(self.terminal, OptionalActions::Flush, &self.mode);
    }
}

fn open() -> Option<File> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .open("/dev/tty")
        .ok()
}

/// Asks for a line, which is shown with `echo` only. `None` where there is no terminal or the question was broken off.
pub fn ask(question: &str, echo: bool) -> io::Result<Option<Zeroizing<String>>> {
    let Some(mut terminal) = open() else {
        return Ok(None);
    };
    let reading = terminal.try_clone()?;
    let mode = tcgetattr(&reading)?;
    let mut quiet = mode.clone();
    // Without ISIG an interrupt comes as a byte, so that the mode is put back before we leave.
    quiet
        .local_modes
        .remove(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG);
    tcsetattr(&reading, OptionalActions::Flush, &quiet)?;
    let restore = Restore {
        terminal: &reading,
        mode,
    };
    // Asked only now: whoever answers at once is not shown.
    let answer =
        write!(terminal, "{question}: ").and_then(|()| read_line(&reading, &mut terminal, echo));
    drop(restore);
    writeln!(terminal)?;
    answer
}

/// Reads up to Enter; backspace, Ctrl-U, Ctrl-C and Ctrl-D mean what they do at any prompt.
fn read_line(
    mut input: impl Read,
    output: &mut impl Write,
    echo: bool,
) -> io::Result<Option<Zeroizing<String>>> {
    let mut line = Zeroizing::new(Vec::with_capacity(LONGEST));
    let mut octet = [0];
    loop {
        if input.read(&mut octet)? == 0 {
            return Ok(None);
        }
        match octet[0] {
            b'\r' | b'\n' => break,
            3 | 28 => return Ok(None),
            4 if line.is_empty() => return Ok(None),
            4 => {}
            8 | 127 => {
                let last = std::str::from_utf8(&line)
                    .ok()
                    .and_then(|text| text.char_indices().next_back())
                    .map(|(at, _)| at);
                if let Some(at) = last.or_else(|| line.len().checked_sub(1)) {
                    line.truncate(at);
                    if echo {
                        output.write_all(b"\x08 \x08")?;
                    }
                }
            }
            21 => {
                if echo {
                    let shown = String::from_utf8_lossy(&line).chars().count();
                    output.write_all("\u{8} \u{8}".repeat(shown).as_bytes())?;
                }
                line.clear();
            }
            _ if line.len() == LONGEST => {}
            octet => {
                line.push(octet);
                if echo && octet >= 32 {
                    output.write_all(&[octet])?;
                }
            }
        }
        output.flush()?;
    }
    Ok(Some(Zeroizing::new(
        String::from_utf8_lossy(&line).into_owned(),
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(keys: &[u8], echo: bool) -> (Option<String>, String) {
        let mut shown = Vec::new();
        let line = read_line(keys, &mut shown, echo).unwrap();
        (
            line.map(|l| l.to_string()),
            String::from_utf8_lossy(&shown).into_owned(),
        )
    }

    #[test]
    fn a_secret_shows_nothing_and_takes_corrections() {
        assert_eq!(
            typed("rahé\u{7f}asia\n".as_bytes(), false),
            (Some("rahasia".into()), String::new())
        );
        assert_eq!(typed(b"salah\x15benar\r", false).0.unwrap(), "benar");
    }

    #[test]
    fn an_interrupt_or_the_end_breaks_the_question_off() {
        assert_eq!(typed(b"abc\x03", false).0, None);
        assert_eq!(typed(b"", true).0, None);
        assert_eq!(typed(b"\x04", true).0, None);
    }
}
