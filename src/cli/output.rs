//! What a command prints: aligned tables and fields for people, JSON for programs. Everything from outside is made
//! printable; in JSON characters that a terminal might obey are written as escapes.

use std::io::{self, BufWriter, Write};
use std::sync::Arc;

use serde::{Serialize, Serializer};
use unicode_width::UnicodeWidthStr;

use crate::domain::distinguished_name::{is_unprintable, printable};
use crate::domain::{CrlNumber, Timestamp};
use crate::tui::format::Format;
use crate::tui::i18n::{Texts, Value};

use super::failure::{Failure, of_output};
use crate::session::caller::{Caller, Outlet, Stream};

/// How and to whom this command prints.
#[derive(Clone)]
pub struct Output {
    pub caller: Arc<dyn Caller>,
    pub json: bool,
    pub format: Format,
}

/// One field of a thing: the message that labels it, and its value. An empty value is left out.
pub type Field = (&'static str, String);

impl Output {
    pub const fn texts(&self) -> Texts {
        self.format.texts
    }

    /// Prints a thing: one JSON object, or its fields one a line.
    pub fn thing<T: Serialize>(&self, value: &T, fields: &[Field]) -> Result<(), Failure> {
        if self.json {
            return self.object(value);
        }
        self.fields(fields)
    }

    /// One JSON object.
    pub fn object<T: Serialize>(&self, value: &T) -> Result<(), Failure> {
        self.raw(&format!("{}\n", json(value)?))
    }

    /// Fields, labels padded to one width.
    pub fn fields(&self, fields: &[Field]) -> Result<(), Failure> {
        let labelled: Vec<(String, &str)> = fields
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(label, value)| (self.texts().get(label), value.as_str()))
            .collect();
        let width = labelled.iter().map(|(l, _)| l.width()).max().unwrap_or(0);
        let mut text = String::new();
        for (label, value) in labelled {
            text.push_str(&padded(&label, width));
            text.push_str("  ");
            text.push_str(&printable(value));
            text.push('\n');
        }
        self.raw(&text)
    }

    /// A heading over what follows.
    pub fn heading(&self, id: &str) -> Result<(), Failure> {
        self.raw(&format!("\n{}\n", self.texts().get(id)))
    }

    /// A sentence for people; programs get none.
    pub fn sentence(&self, id: &str, facts: &[(&str, String)]) -> Result<(), Failure> {
        if self.json {
            return Ok(());
        }
        self.raw(&format!("{}\n", self.message(id, facts)))
    }

    /// A message with printable facts.
    pub fn message(&self, id: &str, facts: &[(&str, String)]) -> String {
        let facts: Vec<(&str, Value<'_>)> = facts
            .iter()
            .map(|(name, value)| (*name, Value::from(printable(value))))
            .collect();
        self.texts().with(id, &facts)
    }

    /// A remark beside the result, on standard error. A reader who has gone is no fault.
    pub fn remark(&self, id: &str, facts: &[(&str, String)]) {
        let text = format!("{}\n", self.message(id, facts));
        let _ = self.caller.say(Stream::Error, text.as_bytes());
    }

    /// Text that is the result itself, made fit by the caller.
    pub fn raw(&self, text: &str) -> Result<(), Failure> {
        self.octets(text.as_bytes())
    }

    /// Octets that are the result itself: a letter, a form.
    pub fn octets(&self, octets: &[u8]) -> Result<(), Failure> {
        self.caller.say(Stream::Output, octets).map_err(of_output)
    }

    /// Standard output as a stream, for results that do not fit in memory.
    pub fn stream(&self) -> BufWriter<Outlet> {
        BufWriter::with_capacity(STREAMED, Outlet::output(&self.caller))
    }

    /// Begins a list with these column labels.
    pub fn list(&self, columns: &'static [&'static str]) -> Listing {
        Listing {
            output: self.clone(),
            columns,
            waiting: Vec::new(),
            widths: None,
            written: 0,
            out: self.stream(),
        }
    }

    /// Begins an object whose last members are arrays of any length; `members` are those before them.
    pub fn object_with_arrays<T: Serialize>(&self, members: &T) -> Result<Arrays, Failure> {
        let text = json(members)?;
        let open = text.trim_end().strip_suffix('}').unwrap_or(&text);
        let mut out = self.stream();
        out.write_all(open.trim_end().as_bytes())
            .map_err(of_output)?;
        Ok(Arrays {
            out,
            items: 0,
            open: false,
        })
    }

    /// "yes" and "no" in the reader's language.
    pub fn yes_no(&self, value: bool) -> String {
        self.texts().get(if value { "cli-yes" } else { "cli-no" })
    }

    /// A time as people write it; nothing for none.
    pub fn time(&self, at: Option<Timestamp>) -> String {
        at.map(|t| self.format.full(t)).unwrap_or_default()
    }
}

/// Octets gathered before they are sent on.
const STREAMED: usize = 64 << 10;

/// Rows that determine the columns' widths; later rows keep them.
const MEASURED: usize = 1000;

/// A list being printed, a JSON array or a table, with flat memory however long it is.
pub struct Listing {
    output: Output,
    columns: &'static [&'static str],
    waiting: Vec<Vec<String>>,
    widths: Option<Vec<usize>>,
    written: u64,
    out: BufWriter<Outlet>,
}

impl Listing {
    /// One more row; `cells` are for people, one a column.
    pub fn row<T: Serialize>(
        &mut self,
        value: &T,
        cells: impl FnOnce() -> Vec<String>,
    ) -> Result<(), Failure> {
        if self.output.json {
            let lead = if self.written == 0 { "[\n" } else { ",\n" };
            let text = json(value)?;
            write!(self.out, "{lead}{text}").map_err(of_output)?;
        } else {
            let cells: Vec<String> = cells().iter().map(|c| printable(c)).collect();
            match &self.widths {
                Some(widths) => line(&mut self.out, widths, &cells)?,
                None => {
                    self.waiting.push(cells);
                    if self.waiting.len() == MEASURED {
                        self.begin_table()?;
                    }
                }
            }
        }
        self.written += 1;
        Ok(())
    }

    fn begin_table(&mut self) -> Result<(), Failure> {
        let texts = self.output.texts();
        let heads: Vec<String> = self.columns.iter().map(|id| texts.get(id)).collect();
        let mut widths: Vec<usize> = heads.iter().map(|h| h.width()).collect();
        for row in &self.waiting {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.width());
            }
        }
        line(&mut self.out, &widths, &heads)?;
        for row in std::mem::take(&mut self.waiting) {
            line(&mut self.out, &widths, &row)?;
        }
        self.widths = Some(widths);
        Ok(())
    }

    /// Ends the list. Returns how many rows it had.
    pub fn finish(mut self) -> Result<u64, Failure> {
        if self.output.json {
            let end = if self.written == 0 { "[]\n" } else { "\n]\n" };
            self.out.write_all(end.as_bytes()).map_err(of_output)?;
        } else if self.written == 0 {
            let nothing = self.output.texts().get("cli-nothing");
            writeln!(self.out, "{nothing}").map_err(of_output)?;
        } else if self.widths.is_none() {
            self.begin_table()?;
        }
        self.out.flush().map_err(of_output)?;
        Ok(self.written)
    }
}

/// A JSON object being printed, array by array, with flat memory however long they are.
pub struct Arrays {
    out: BufWriter<Outlet>,
    /// In the array that is open.
    items: u64,
    open: bool,
}

impl Arrays {
    /// Ends the array before, if there is one, and begins another.
    pub fn array(&mut self, name: &'static str) -> Result<(), Failure> {
        self.end_array()?;
        (self.items, self.open) = (0, true);
        write!(self.out, ",\n  \"{name}\": [").map_err(of_output)
    }

    /// One more item of the open array.
    pub fn item<T: Serialize>(&mut self, value: &T) -> Result<(), Failure> {
        let lead = if self.items == 0 { "\n" } else { ",\n" };
        self.items += 1;
        let text = json(value)?;
        write!(self.out, "{lead}{text}").map_err(of_output)
    }

    fn end_array(&mut self) -> Result<(), Failure> {
        if self.open {
            self.out.write_all(b"]").map_err(of_output)?;
        }
        Ok(())
    }

    /// Ends the object.
    pub fn finish(mut self) -> Result<(), Failure> {
        self.end_array()?;
        self.out.write_all(b"\n}\n").map_err(of_output)?;
        self.out.flush().map_err(of_output)
    }
}

fn line(out: &mut impl Write, widths: &[usize], cells: &[String]) -> Result<(), Failure> {
    let mut text = String::new();
    for (i, (cell, width)) in cells.iter().zip(widths).enumerate() {
        if i > 0 {
            text.push_str("  ");
        }
        text.push_str(&padded(cell, *width));
    }
    writeln!(out, "{}", text.trim_end()).map_err(of_output)
}

fn padded(text: &str, width: usize) -> String {
    let blanks = width.saturating_sub(text.width());
    format!("{text}{}", " ".repeat(blanks))
}

/// JSON in which every character that a terminal might obey is an escape.
pub fn json<T: Serialize>(value: &T) -> Result<String, Failure> {
    let text = serde_json::to_string_pretty(value)
        .map_err(|e| Failure::file("JSON", io::Error::other(e)))?;
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        if c != '\n' && is_unprintable(c) {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                safe.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            safe.push(c);
        }
    }
    Ok(safe)
}

/// A CRL number as a JSON integer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct JsonNumber(pub CrlNumber);

impl Serialize for JsonNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.as_u128() {
            Some(number) => serializer.serialize_u128(number),
            // 2^128 and more is beyond what JSON libraries read as an integer.
            None => serializer.serialize_str(&self.0.to_string()),
        }
    }
}

/// A time as JSON shows it: RFC 3339 in UTC.
pub fn rfc3339(at: Timestamp) -> String {
    at.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_escapes_what_a_terminal_might_obey() {
        let text = json(&["a\u{1b}[2J\u{9b}31m\u{202e}é"]).unwrap();
        assert_eq!(text, "[\n  \"a\\u001b[2J\\u009b31m\\u202eé\"\n]");
        let back: Vec<String> = serde_json::from_str(&text).unwrap();
        assert_eq!(back[0], "a\u{1b}[2J\u{9b}31m\u{202e}é");
    }

    #[test]
    fn a_crl_number_is_an_integer() {
        assert_eq!(
            json(&JsonNumber(CrlNumber::from(1_000_003))).unwrap(),
            "1000003"
        );
        let big = CrlNumber::parse("340282366920938463463374607431768211455").unwrap();
        assert_eq!(
            json(&JsonNumber(big)).unwrap(),
            "340282366920938463463374607431768211455"
        );
    }

    #[test]
    fn columns_count_cells_not_bytes() {
        let mut out = Vec::new();
        line(&mut out, &[6, 3], &["é日".to_owned(), "x".to_owned()]).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "é日     x\n");
    }
}
