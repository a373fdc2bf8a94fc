//! Whether the database agrees with itself: every row decodes, every index entry and counter is the one its rows make,
//! nothing more. Reads one snapshot in constant memory; changes nothing.

use std::collections::BTreeMap;

use super::certificates::{self, Numbered};
use super::database::Reader;
use super::error::StoreError;
use super::indexed::{COUNTERS, Indexed, Tally, number};
use super::key::Span;
use super::log;
use super::revoked::RevokedRow;
use super::schema::every_indexed;

/// What [`Reader::check`] found.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CheckReport {
    /// Rows looked at, by table.
    pub rows: BTreeMap<&'static str, u64>,
    pub problems: Vec<Problem>,
}

/// One disagreement. `detail` names keys in hex, never values.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    pub table: &'static str,
    pub detail: String,
}

/// Beyond this many problems a report only costs memory.
const MOST_PROBLEMS: usize = 1000;

impl CheckReport {
    fn problem(&mut self, table: &'static str, detail: impl Into<String>) {
        if self.problems.len() < MOST_PROBLEMS {
            self.problems.push(Problem {
                table,
                detail: detail.into(),
            });
        }
    }
}

impl Reader {
    /// Compares all indexes and counters with what the rows make of them, and the log with its own sequence.
    /// Only on a snapshot of [`Store::read`](super::Store::read).
    pub fn check(&self) -> Result<CheckReport, StoreError> {
        let mut report = CheckReport::default();
        let mut tally = Tally::default();
        every_indexed!(check_indexed(self, &mut report, &mut tally));
        self.check_counters(tally, &mut report)?;
        self.check_certificate_files(&mut report)?;
        self.check_revoked_der(&mut report)?;
        self.check_log(&mut report)?;
        Ok(report)
    }

    fn check_counters(&self, tally: Tally, report: &mut CheckReport) -> Result<(), StoreError> {
        let mut wanted = tally.0;
        self.each(COUNTERS, &Span::all(), |key, value| {
            let found = i128::from(number(value)?);
            match wanted.remove(key) {
                Some(n) if n == found => {}
                n => report.problem(
                    "counters",
                    format!(
                        "{}: {found}, the rows make {}",
                        hex::encode(key),
                        n.unwrap_or(0)
                    ),
                ),
            }
            Ok(())
        })?;
        for (key, n) in wanted.into_iter().filter(|(_, n)| *n != 0) {
            report.problem(
                "counters",
                format!("{}: missing, the rows make {n}", hex::encode(key)),
            );
        }
        Ok(())
    }

    /// Every certificate has its DER, and no DER is without one.
    fn check_certificate_files(&self, report: &mut CheckReport) -> Result<(), StoreError> {
        let rows = self.open(Numbered::ROWS)?;
        let ders = self.open(certificates::DER)?;
        for row in rows.range(&Span::all())? {
            let (key, _) = row?;
            if ders.get(key.value())?.is_none() {
                report.problem(
                    "certificates.der",
                    format!("none for {}", hex::encode(key.value())),
                );
            }
        }
        if rows.len()? != ders.len()? {
            report.problem("certificates.der", "more than there are certificates");
        }
        Ok(())
    }

    /// Every row of a revoked entry has its DER, of the length it says, and no DER is without a row.
    fn check_revoked_der(&self, report: &mut CheckReport) -> Result<(), StoreError> {
        const NAME: &str = "revoked.der";
        let rows = self.open(RevokedRow::ROWS)?;
        let mut found = 0;
        let mut last = Vec::new();
        let walked = self.each_listed(|primary, der| {
            found += 1;
            let row = match rows.get(&primary)? {
                Some(row) => RevokedRow::from_bytes(&primary, row.value()).ok(),
                None => None,
            };
            if row.is_none_or(|row| usize::from(row.octets) != der.len()) {
                let key = hex::encode(&primary);
                report.problem(NAME, format!("{key} has no row, or one of another length"));
            }
            if primary <= last {
                report.problem(NAME, format!("{} is out of order", hex::encode(&primary)));
            }
            last = primary;
            Ok(())
        });
        match walked {
            Ok(()) if found == rows.len()? => {}
            Ok(()) => report.problem(
                NAME,
                format!("{found} entries, there are {} rows", rows.len()?),
            ),
            Err(StoreError::Corrupt { detail, .. }) => {
                report.problem(NAME, format!("cannot be walked through: {detail}"));
            }
            Err(error) => return Err(error),
        }
        report.rows.insert(NAME, found);
        Ok(())
    }

    fn check_log(&self, report: &mut CheckReport) -> Result<(), StoreError> {
        let mut next = 0;
        self.for_each_log_entry(0, |seq, _| {
            if seq != next {
                report.problem("log", format!("entry {seq} where {next} should be"));
            }
            next = seq + 1;
            Ok::<_, StoreError>(())
        })?;
        report.rows.insert("log", next);
        let mut hashes = 0;
        self.each(log::HASHES, &Span::all(), |key, value| {
            if number(key)? != hashes || value.len() != 32 {
                report.problem("log.hashes", format!("a gap or another length at {hashes}"));
            }
            hashes += 1;
            Ok(())
        })?;
        self.each(log::OBJECTS, &Span::all(), |key, _| {
            let known = key
                .last_chunk::<8>()
                .is_some_and(|seq| u64::from_be_bytes(*seq) < next);
            if !known {
                report.problem("log.objects", format!("{} leads nowhere", hex::encode(key)));
            }
            Ok(())
        })
    }
}

/// Every entry that a row makes is there and leads to it; the index has as many entries as the rows make. Together:
/// the index is exactly that.
fn check_indexed<T: Indexed>(
    reader: &Reader,
    report: &mut CheckReport,
    tally: &mut Tally,
) -> Result<(), StoreError> {
    let mut indexes = BTreeMap::new();
    for index in T::INDEXES {
        indexes.insert(index.name, (reader.open(index.table)?, 0u64));
    }
    let mut rows = 0;
    reader.each(T::ROWS, &Span::all(), |primary, value| {
        rows += 1;
        let row = match T::from_bytes(primary, value) {
            Ok(row) => row,
            Err(e) => {
                report.problem(T::NAME, format!("{}: {e}", hex::encode(primary)));
                return Ok(());
            }
        };
        if row.primary() != primary {
            report.problem(
                T::NAME,
                format!("{} lies under another key", hex::encode(primary)),
            );
        }
        let entries = row.entries();
        tally.add(&entries);
        for (index, key) in entries.keys {
            let Some((table, made)) = indexes.get_mut(index.name) else {
                report.problem(index.name, "an index that is not declared");
                continue;
            };
            *made += 1;
            let leads_here = table
                .get(&key)?
                .is_some_and(|guard| guard.value() == primary);
            if !leads_here {
                report.problem(
                    index.name,
                    format!("{} does not lead to its row", hex::encode(&key)),
                );
            }
        }
        Ok(())
    })?;
    for (name, (table, made)) in indexes {
        let found = table.len()?;
        if found != made {
            report.problem(name, format!("{found} entries, the rows make {made}"));
        }
    }
    report.rows.insert(T::NAME, rows);
    Ok(())
}
