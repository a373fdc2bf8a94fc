//! Rows with indexes and counters that follow from the row alone. One `put` keeps all of them in step in the same
//! transaction; `check` and `rebuild` work from the same description, so that it cannot drift.

use std::collections::BTreeMap;

use redb::ReadableTable;

use super::database::{Reader, Writer};
use super::error::StoreError;
use super::key::Span;
use super::page::{Page, Window};
use super::table::{Table, table};

/// An index: key octets → primary key octets.
pub(crate) struct Index {
    pub name: &'static str,
    pub table: Table,
    /// One row a key. A key of another index ends with the primary key, which makes it one of a kind.
    pub unique: bool,
}

impl Index {
    pub const fn unique(name: &'static str) -> Self {
        Self {
            name,
            table: table(name),
            unique: true,
        }
    }

    pub const fn ordered(name: &'static str) -> Self {
        Self {
            name,
            table: table(name),
            unique: false,
        }
    }
}

impl Index {
    /// The error of a key that another row has.
    pub fn taken(&self) -> StoreError {
        if self.unique {
            StoreError::Duplicate { index: self.name }
        } else {
            StoreError::corrupt(self.name, "one key for two rows")
        }
    }
}

/// Where a row stands in its indexes, and what it adds to which counters.
#[derive(Default)]
pub(crate) struct Entries {
    pub keys: Vec<(&'static Index, Vec<u8>)>,
    pub counts: Vec<(Vec<u8>, u64)>,
}

impl Entries {
    pub fn key(&mut self, index: &'static Index, key: Vec<u8>) {
        self.keys.push((index, key));
    }

    pub fn count(&mut self, counter: Vec<u8>, amount: u64) {
        self.counts.push((counter, amount));
    }
}

/// A row that is kept with its indexes.
pub(crate) trait Indexed: Sized {
    const ROWS: Table;
    const NAME: &'static str;
    const INDEXES: &'static [&'static Index];

    fn primary(&self) -> Vec<u8>;
    fn entries(&self) -> Entries;
    fn to_bytes(&self) -> Result<Vec<u8>, StoreError>;
    fn from_bytes(primary: &[u8], bytes: &[u8]) -> Result<Self, StoreError>;
}

/// Counter → u64, kept in the transactions that change what is counted.
pub(crate) const COUNTERS: Table = table("counters");

impl Reader {
    pub(crate) fn row<T: Indexed>(&self, primary: &[u8]) -> Result<Option<T>, StoreError> {
        let opened = self.open(T::ROWS)?;
        let found = opened.get(primary)?;
        found
            .map(|guard| T::from_bytes(primary, guard.value()))
            .transpose()
    }

    /// The row that a key of a unique index leads to.
    pub(crate) fn row_by<T: Indexed>(
        &self,
        index: &Index,
        key: &[u8],
    ) -> Result<Option<T>, StoreError> {
        match self.get_bytes(index.table, key)? {
            None => Ok(None),
            Some(primary) => match self.row(&primary)? {
                Some(row) => Ok(Some(row)),
                None => Err(dangling(index)),
            },
        }
    }

    /// One window of the rows in the order of an index.
    pub(crate) fn page_by<T: Indexed>(
        &self,
        index: &Index,
        spans: &[Span],
        window: &Window,
    ) -> Result<Page<T>, StoreError> {
        let hits = self.window(index.table, spans, window)?;
        let opened = self.open(T::ROWS)?;
        let mut rows = Vec::with_capacity(hits.rows.len());
        for hit in &hits.rows {
            let guard = opened.get(&hit.value)?.ok_or_else(|| dangling(index))?;
            rows.push(T::from_bytes(&hit.value, guard.value())?);
        }
        Ok(Page {
            rows,
            start: hits.start,
            next: hits.next,
        })
    }

    /// [`Reader::page_by`] for an index whose keys say less than was asked: only rows that `keep` are counted. Meant
    /// for spans in which almost all rows are kept.
    pub(crate) fn page_where<T: Indexed>(
        &self,
        index: &Index,
        spans: &[Span],
        window: &Window,
        keep: impl Fn(&T) -> bool,
    ) -> Result<Page<T>, StoreError> {
        let mut wanted = window.clone();
        let mut all = Page {
            rows: Vec::new(),
            start: None,
            next: None,
        };
        loop {
            wanted.limit = window.limit - all.rows.len();
            let page = self.page_by::<T>(index, spans, &wanted)?;
            all.start = all.start.or(page.start);
            all.rows
                .extend(page.rows.into_iter().filter(|row| keep(row)));
            all.next = page.next;
            match &all.next {
                Some(next) if all.rows.len() < window.limit => wanted.after = Some(next.clone()),
                _ => return Ok(all),
            }
        }
    }

    /// Visits every row in the order of its primary key.
    pub(crate) fn each_row<T: Indexed>(
        &self,
        mut visit: impl FnMut(T) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.each(T::ROWS, &Span::all(), |key, value| {
            visit(T::from_bytes(key, value)?)
        })
    }

    pub(crate) fn count(&self, counter: &[u8]) -> Result<u64, StoreError> {
        let opened = self.open(COUNTERS)?;
        let found = opened.get(counter)?;
        found.map_or(Ok(0), |guard| number(guard.value()))
    }

    /// Every counter that begins with `prefix`, by the rest of its name.
    pub(crate) fn counts(&self, prefix: &[u8]) -> Result<Vec<(Vec<u8>, u64)>, StoreError> {
        let mut found = Vec::new();
        self.each(COUNTERS, &Span::prefix(prefix), |key, value| {
            found.push((key[prefix.len()..].to_vec(), number(value)?));
            Ok(())
        })?;
        Ok(found)
    }
}

impl Writer {
    /// Puts a row and brings indexes and counters in step. Returns what stood there before.
    pub(crate) fn put_row<T: Indexed>(&mut self, row: &T) -> Result<Option<T>, StoreError> {
        let primary = row.primary();
        let before = {
            let mut rows = self.edit(T::ROWS)?;
            let before = rows.insert(primary.as_slice(), row.to_bytes()?.as_slice())?;
            before
                .map(|guard| T::from_bytes(&primary, guard.value()))
                .transpose()?
        };
        let old = before.as_ref().map(T::entries).unwrap_or_default();
        self.exchange(&primary, old, row.entries())?;
        Ok(before)
    }

    /// Deletes a row with its indexes and counters. Returns what stood there.
    pub(crate) fn delete_row<T: Indexed>(
        &mut self,
        primary: &[u8],
    ) -> Result<Option<T>, StoreError> {
        let before = {
            let mut rows = self.edit(T::ROWS)?;
            let before = rows.remove(primary)?;
            before
                .map(|guard| T::from_bytes(primary, guard.value()))
                .transpose()?
        };
        if let Some(row) = &before {
            self.exchange(primary, row.entries(), Entries::default())?;
        }
        Ok(before)
    }

    fn exchange(&self, primary: &[u8], old: Entries, new: Entries) -> Result<(), StoreError> {
        let has = |entries: &Entries, index: &Index, key: &[u8]| {
            entries
                .keys
                .iter()
                .any(|(i, k)| i.name == index.name && k == key)
        };
        for (index, key) in &old.keys {
            if !has(&new, index, key) {
                self.edit(index.table)?.remove(key.as_slice())?;
            }
        }
        for (index, key) in &new.keys {
            if !has(&old, index, key) {
                let mut table = self.edit(index.table)?;
                let taken = table.insert(key.as_slice(), primary)?;
                if taken.is_some_and(|guard| guard.value() != primary) {
                    return Err(index.taken());
                }
            }
        }
        let mut change = Tally::default();
        change.add(&new);
        change.subtract(&old);
        self.tally(change)
    }

    /// Adds what rows came and went to the counters.
    pub(crate) fn tally(&self, change: Tally) -> Result<(), StoreError> {
        if change.0.values().all(|by| *by == 0) {
            return Ok(());
        }
        let mut counters = self.edit(COUNTERS)?;
        for (counter, by) in change.0 {
            if by == 0 {
                continue;
            }
            let was = match counters.get(counter.as_slice())? {
                Some(guard) => number(guard.value())?,
                None => 0,
            };
            let now = i128::from(was) + by;
            let now = u64::try_from(now)
                .map_err(|_| StoreError::corrupt("counters", "a count below nothing"))?;
            if now == 0 {
                counters.remove(counter.as_slice())?;
            } else {
                counters.insert(counter.as_slice(), now.to_be_bytes().as_slice())?;
            }
        }
        Ok(())
    }
}

/// Changes to counters, gathered before they are written.
#[derive(Default)]
pub(crate) struct Tally(pub BTreeMap<Vec<u8>, i128>);

impl Tally {
    pub fn add(&mut self, entries: &Entries) {
        for (counter, amount) in &entries.counts {
            self.change(counter, i128::from(*amount));
        }
    }

    pub fn subtract(&mut self, entries: &Entries) {
        for (counter, amount) in &entries.counts {
            self.change(counter, -i128::from(*amount));
        }
    }

    fn change(&mut self, counter: &[u8], by: i128) {
        if let Some(sum) = self.0.get_mut(counter) {
            *sum += by;
        } else {
            self.0.insert(counter.to_vec(), by);
        }
    }
}

fn dangling(index: &Index) -> StoreError {
    StoreError::corrupt(index.name, "an index entry without its row")
}

pub(crate) fn number(bytes: &[u8]) -> Result<u64, StoreError> {
    bytes
        .try_into()
        .map(u64::from_be_bytes)
        .map_err(|_| StoreError::corrupt("counters", "a number of another length"))
}

/// [`Indexed`]'s two value functions by way of [`Record`](super::value::Record).
macro_rules! record_bytes {
    () => {
        fn to_bytes(&self) -> Result<Vec<u8>, crate::store::StoreError> {
            crate::store::value::Record::encode(self)
        }

        fn from_bytes(_primary: &[u8], bytes: &[u8]) -> Result<Self, crate::store::StoreError> {
            crate::store::value::Record::decode(bytes)
        }
    };
}
pub(crate) use record_bytes;
