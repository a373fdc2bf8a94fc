//! Entries of one index that are gathered in memory and written in one pass, in the index's own order.
//! A run that is large beside its table makes the table anew: appending is several times cheaper than finding the place
//! of each, and every leaf is full afterwards. Either way the table holds the same entries.

use redb::ReadableTable;

use super::database::{Tx, Writer};
use super::error::StoreError;
use super::indexed::Index;
use super::table::{Appender, Table, table};

/// How a run is written into its table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Way {
    /// Each entry at its place.
    Inserted,
    /// Table and run are merged into a new table, which takes the old one's name.
    Merged,
}

impl Way {
    /// The cheaper one. Measured: a table eight times the run costs about the same either way.
    pub const fn cheaper(run: u64, table: u64) -> Self {
        const SMALL: u64 = 1024;
        if run >= SMALL && table <= run.saturating_mul(8) {
            Self::Merged
        } else {
            Self::Inserted
        }
    }
}

/// Entries of an index on their way into it, one behind another without a box of their own: two octets of lengths,
/// key, primary key.
#[derive(Default)]
pub(crate) struct Run {
    octets: Vec<u8>,
    count: usize,
}

impl Run {
    /// Neither part may be longer than 255 octets.
    pub fn push(&mut self, index: &Index, key: &[u8], primary: &[u8]) -> Result<(), StoreError> {
        let length = |part: &[u8]| {
            u8::try_from(part.len()).map_err(|_| StoreError::corrupt(index.name, "a long key"))
        };
        self.octets.extend([length(key)?, length(primary)?]);
        self.octets.extend_from_slice(key);
        self.octets.extend_from_slice(primary);
        self.count += 1;
        Ok(())
    }

    /// The entries in the order of their keys. Keys mostly begin alike; the eight octets behind that are compared as one
    /// number, which spares most looks at the keys themselves.
    fn sorted(&self) -> Vec<(u64, &[u8], &[u8])> {
        let mut entries = Vec::with_capacity(self.count);
        let mut rest = self.octets.as_slice();
        while let [key, primary, behind @ ..] = rest {
            let (entry, behind) = behind.split_at(usize::from(*key) + usize::from(*primary));
            let (key, primary) = entry.split_at(usize::from(*key));
            entries.push((0, key, primary));
            rest = behind;
        }
        let Some((_, first, _)) = entries.first().copied() else {
            return entries;
        };
        let alike = entries.iter().fold(first.len(), |alike, (_, key, _)| {
            let pairs = first.iter().zip(*key).take(alike);
            pairs.take_while(|(a, b)| a == b).count()
        });
        for (begins, key, _) in &mut entries {
            let mut octets = [0; 8];
            for (to, from) in octets.iter_mut().zip(&key[alike..]) {
                *to = *from;
            }
            *begins = u64::from_be_bytes(octets);
        }
        entries.sort_unstable();
        entries
    }
}

/// Where an index is made anew. No commit leaves it behind.
const ANEW: Table = table("index.anew");

impl Writer {
    /// Adds the entries of a run, whose keys are new to the index.
    pub(crate) fn write_run(
        &self,
        index: &Index,
        run: &Run,
        way: impl FnOnce(u64, u64) -> Way,
    ) -> Result<(), StoreError> {
        if run.count == 0 {
            return Ok(());
        }
        let entries = run.sorted();
        let there = self.open(index.table)?.len()?;
        match way(entries.len() as u64, there) {
            Way::Inserted => {
                let mut table = self.edit(index.table)?;
                for (_, key, primary) in entries {
                    if table.insert(key, primary)?.is_some() {
                        return Err(index.taken());
                    }
                }
                Ok(())
            }
            Way::Merged if there == 0 => {
                let mut table = self.edit(index.table)?;
                let mut table = Appender::new(&mut table)?;
                for (_, key, primary) in entries {
                    table.push(key, primary)?;
                }
                table.close()
            }
            Way::Merged => {
                self.merge(index, &entries)?;
                self.put_in_place(index.table)
            }
        }
    }

    /// Writes table and run into [`ANEW`].
    fn merge(&self, index: &Index, run: &[(u64, &[u8], &[u8])]) -> Result<(), StoreError> {
        let old = self.edit(index.table)?;
        let mut new = self.edit(ANEW)?;
        let mut new = Appender::new(&mut new)?;
        let mut run = run.iter().peekable();
        for entry in old.iter()? {
            let (key, primary) = entry?;
            while let Some((_, before, leads_to)) = run.next_if(|(_, next, _)| *next <= key.value())
            {
                if *before == key.value() {
                    return Err(index.taken());
                }
                new.push(before, leads_to)?;
            }
            new.push(key.value(), primary.value())?;
        }
        for (_, key, primary) in run {
            new.push(key, primary)?;
        }
        new.close()
    }

    fn put_in_place(&self, table: Table) -> Result<(), StoreError> {
        match &self.reader.tx {
            Tx::Write(tx) => {
                tx.delete_table(table)?;
                Ok(tx.rename_table(ANEW, table)?)
            }
            Tx::Read(_) => Err(redb::Error::Corrupted("not a write transaction".into()).into()),
        }
    }
}
