//! The rows of a batch as people bring them: CSV with a header. A line that cannot be meant is kept with what is wrong
//! with it; none is passed over.

use std::collections::BTreeMap;

use crate::domain::instant::Day;
use crate::domain::{RequestId, RequestNumber, Serial, Timestamp, Zone};

/// Which request a row is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Named {
    Id(RequestId),
    Number(RequestNumber),
    /// The one on the certificate whose whole serial the row has.
    Certificate,
}

/// One row: a request, and what shows that its writer looked at the certificate.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BatchRow {
    pub line: u64,
    pub request: Named,
    /// The serial, hex digits: whole, or beside a number its last ones, four at least.
    pub serial: String,
    /// Of several issuers' certificates with one serial the one whose id or name contains this.
    pub issuer: Option<String>,
    /// Revoke then instead of now.
    pub effective: Option<Timestamp>,
    /// The version of the request that the person saw, if he looked at one.
    pub seen: Option<u64>,
}

impl BatchRow {
    /// Whether the row's digits are this serial's.
    pub(super) fn shows(&self, serial: &Serial) -> bool {
        let digits = self.serial.trim_start_matches('0');
        let whole = serial.to_string();
        let ending = self.serial.len() >= DIGITS && format!("{whole:0>4}").ends_with(&self.serial);
        digits == whole.trim_start_matches('0') || (ending && self.request != Named::Certificate)
    }
}

/// A row, or the line that cannot be meant and what is wrong with it.
pub type RowRead = Result<BatchRow, (u64, RowDefect)>;

/// What is wrong with a row itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RowDefect {
    /// No CSV: what its reader says.
    Unreadable(String),
    NumberForm,
    SerialMissing,
    SerialForm,
    EffectiveForm,
    /// The line that named the request before.
    Repeated {
        line: u64,
    },
    NoCertificate,
    SeveralIssuers,
    NoRequest,
}

impl RowDefect {
    /// The stable name, for messages and result files.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "unreadable",
            Self::NumberForm => "number_form",
            Self::SerialMissing => "serial_missing",
            Self::SerialForm => "serial_form",
            Self::EffectiveForm => "effective_form",
            Self::Repeated { .. } => "repeated",
            Self::NoCertificate => "no_certificate",
            Self::SeveralIssuers => "several_issuers",
            Self::NoRequest => "no_request",
        }
    }

    pub const NAMES: [&'static str; 9] = [
        "unreadable",
        "number_form",
        "serial_missing",
        "serial_form",
        "effective_form",
        "repeated",
        "no_certificate",
        "several_issuers",
        "no_request",
    ];
}

/// Digits of a serial that show at least that its writer looked.
const DIGITS: usize = 4;
/// More rows than any desk has requests to decide at once.
const LIMIT: usize = 100_000;
const COLUMNS: [&str; 4] = ["number", "serial", "issuer", "effective"];

/// Why a file is no batch at all.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BatchColumns {
    #[error("the first line must name the columns; a column serial is needed")]
    NoSerial,
    #[error("there is no column {0}")]
    Unknown(String),
    #[error("more than {0} rows")]
    TooMany(usize),
    #[error("{0}")]
    Unreadable(String),
}

/// Reads CSV whose first line names its columns in any order: `serial`, and if wanted `number`, `issuer`, `effective` (a
/// day of the desk's zone or RFC 3339). Commas or, as spreadsheets write them where the comma is a decimal sign,
/// semicolons; a byte order mark is passed over. Empty lines are no rows.
///
/// # Errors
/// The header, or a file that is no CSV. What is wrong with one row stands in its place.
pub fn read_rows(octets: &[u8], zone: Zone) -> Result<Vec<RowRead>, BatchColumns> {
    let octets = octets.strip_prefix(b"\xef\xbb\xbf").unwrap_or(octets);
    let head = octets.split(|b| *b == b'\n').next().unwrap_or_default();
    let delimiter = if head.contains(&b';') && !head.contains(&b',') {
        b';'
    } else {
        b','
    };
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .delimiter(delimiter)
        .from_reader(octets);
    let header = reader
        .headers()
        .map_err(|e| BatchColumns::Unreadable(e.to_string()))?
        .clone();
    let mut at = BTreeMap::new();
    for (index, name) in header.iter().enumerate() {
        let name = name.to_ascii_lowercase();
        let known = COLUMNS.iter().find(|c| **c == name);
        let known = known.ok_or_else(|| BatchColumns::Unknown(name.clone()))?;
        at.insert(*known, index);
    }
    if !at.contains_key("serial") {
        return Err(BatchColumns::NoSerial);
    }
    let mut lines = Lines::of(octets);
    let mut rows = Vec::new();
    let mut numbers = BTreeMap::new();
    for record in reader.records() {
        if rows.len() == LIMIT {
            return Err(BatchColumns::TooMany(LIMIT));
        }
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = lines.at(error.position());
                rows.push(Err((line, RowDefect::Unreadable(error.to_string()))));
                continue;
            }
        };
        let line = lines.at(record.position());
        let field = |name: &str| {
            let value = at.get(name).and_then(|i| record.get(*i));
            value.unwrap_or_default()
        };
        let row = row(line, field, zone).and_then(|row| {
            let key = match row.request {
                Named::Number(number) => number.to_string(),
                Named::Id(_) | Named::Certificate => {
                    format!("{}/{}", row.serial, row.issuer.as_deref().unwrap_or(""))
                }
            };
            match numbers.insert(key, line) {
                Some(line) => Err(RowDefect::Repeated { line }),
                None => Ok(row),
            }
        });
        rows.push(row.map_err(|defect| (line, defect)));
    }
    Ok(rows)
}

/// Counts the lines of a file. The CSV reader's own count is one behind where lines end in CR LF.
struct Lines<'a> {
    octets: &'a [u8],
    /// Where the last row began, and on which line.
    from: usize,
    line: u64,
}

impl<'a> Lines<'a> {
    const fn of(octets: &'a [u8]) -> Self {
        Self {
            octets,
            from: 0,
            line: 1,
        }
    }

    /// The line of a position; positions come in rising order. 0 where there is none.
    fn at(&mut self, position: Option<&csv::Position>) -> u64 {
        let Some(position) = position else { return 0 };
        let byte = usize::try_from(position.byte()).unwrap_or(usize::MAX);
        let rest = self.octets.get(byte..).unwrap_or_default();
        let blank = rest.iter().take_while(|b| b"\r\n".contains(b)).count();
        let passed = self.octets.get(self.from..byte + blank).unwrap_or_default();
        self.line += passed.iter().filter(|b| **b == b'\n').count() as u64;
        self.from = self.from.max(byte + blank);
        self.line
    }
}

fn row<'a>(line: u64, field: impl Fn(&str) -> &'a str, zone: Zone) -> Result<BatchRow, RowDefect> {
    let request = match field("number") {
        "" => Named::Certificate,
        text => Named::Number(RequestNumber::parse(text).map_err(|_| RowDefect::NumberForm)?),
    };
    let serial: String = field("serial")
        .chars()
        .filter(|c| *c != ':')
        .map(|c| c.to_ascii_lowercase())
        .collect();
    if serial.is_empty() {
        return Err(RowDefect::SerialMissing);
    }
    let hex = serial.len() <= 64 && serial.bytes().all(|b| b.is_ascii_hexdigit());
    if !hex || (serial.len() < DIGITS && request != Named::Certificate) {
        return Err(RowDefect::SerialForm);
    }
    let effective = match field("effective") {
        "" => None,
        text => Some(
            Timestamp::parse_rfc3339(text)
                .or_else(|| Day::parse(text).map(|day| day.start(zone)))
                .ok_or(RowDefect::EffectiveForm)?,
        ),
    };
    let issuer = field("issuer");
    Ok(BatchRow {
        line,
        request,
        serial,
        issuer: (!issuer.is_empty()).then(|| issuer.to_owned()),
        effective,
        seen: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<RowRead> {
        read_rows(text.as_bytes(), Zone::Wib).unwrap()
    }

    #[test]
    fn columns_stand_in_any_order_and_are_separated_as_spreadsheets_do() {
        for text in [
            "number,serial\nPC-2026-000007,A1:B2:C3:D4\n",
            "\u{feff}Serial;Number\r\na1b2c3d4;PC-2026-000007\r\n",
        ] {
            let rows = read(text);
            let row = rows[0].as_ref().unwrap();
            assert_eq!(row.line, 2, "{text:?}");
            assert_eq!(row.serial, "a1b2c3d4");
            assert!(matches!(row.request, Named::Number(n) if n.sequence == 7));
        }
    }

    #[test]
    fn a_line_that_cannot_be_meant_is_named_and_the_others_stand() {
        let rows = read(
            "number,serial,effective\n\
             PC-2026-000001,c3d4,\n\
             PC-1,c3d4,\n\
             PC-2026-000002,,\n\
             PC-2026-000003,zz11,\n\
             PC-2026-000003,d4,\n\
             PC-2026-000004,c3d4,besok\n\
             PC-2026-000001,c3d4,\n\
             PC-2026-000005\n\
             ,a1b2c3d4,2026-12-01\n",
        );
        let wrong: Vec<(u64, &str)> = rows
            .iter()
            .filter_map(|row| row.as_ref().err())
            .map(|(line, defect)| (*line, defect.name()))
            .collect();
        assert_eq!(
            wrong,
            [
                (3, "number_form"),
                (4, "serial_missing"),
                (5, "serial_form"),
                (6, "serial_form"),
                (7, "effective_form"),
                (8, "repeated"),
                (9, "unreadable"),
            ]
        );
        let last = rows.last().unwrap().as_ref().unwrap();
        assert_eq!(last.request, Named::Certificate);
        let day = last.effective.unwrap();
        assert_eq!(day.to_string(), "2026-11-30T17:00:00Z");
        assert_eq!(rows.len(), 9);
    }

    #[test]
    fn lines_are_counted_as_an_editor_does() {
        let rows = read("serial,issuer\r\n\r\n\"aa11\",\"a\r\nb\"\r\nzz,\r\nbb22,\r\n");
        let lines: Vec<u64> = rows
            .iter()
            .map(|row| row.as_ref().map_or_else(|(line, _)| *line, |row| row.line))
            .collect();
        assert_eq!(lines, [3, 5, 6]);
    }

    #[test]
    fn a_file_without_serials_or_with_other_columns_is_no_batch() {
        let read = |text: &str| read_rows(text.as_bytes(), Zone::Wib).unwrap_err();
        assert_eq!(read("number\nPC-2026-000001\n"), BatchColumns::NoSerial);
        assert_eq!(read(""), BatchColumns::NoSerial);
        assert_eq!(
            read("number,serial,nik\n"),
            BatchColumns::Unknown("nik".to_owned())
        );
    }

    #[test]
    fn digits_show_the_certificate_whole_or_beside_a_number_by_its_end() {
        let serial = Serial::parse("0a1b2c3d4").unwrap();
        let row = |request, serial: &str| BatchRow {
            line: 2,
            request,
            serial: serial.to_owned(),
            issuer: None,
            effective: None,
            seen: None,
        };
        let numbered = Named::Number(RequestNumber::parse("PC-2026-000001").unwrap());
        assert!(row(numbered, "c3d4").shows(&serial));
        assert!(row(numbered, "00a1b2c3d4").shows(&serial));
        assert!(row(Named::Certificate, "a1b2c3d4").shows(&serial));
        assert!(!row(Named::Certificate, "c3d4").shows(&serial));
        assert!(!row(numbered, "3d4").shows(&serial));
        assert!(!row(numbered, "1111").shows(&serial));
        let short = Serial::parse("0f").unwrap();
        assert!(row(numbered, "000f").shows(&short));
    }
}
