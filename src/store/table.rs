//! The one kind of table: octets to octets, read through a read transaction or a write transaction alike.

use std::ops::Bound;

use redb::{
    AccessGuard, CursorMut, ReadOnlyTable, ReadableTable, ReadableTableMetadata, TableDefinition,
};

use super::database::{Reader, Tx, Writer};
use super::error::StoreError;
use super::key::Span;
use super::page::{Cursor, Direction, Page, Window};
use super::value::Record;

pub(crate) type Bytes = &'static [u8];
pub(crate) type Table = TableDefinition<'static, Bytes, Bytes>;

pub(crate) const fn table(name: &'static str) -> Table {
    TableDefinition::new(name)
}

/// A table opened for reading.
pub(crate) enum Opened<'t> {
    Read(ReadOnlyTable<Bytes, Bytes>),
    Write(redb::Table<'t, Bytes, Bytes>),
}

impl Opened<'_> {
    pub fn get(&self, key: &[u8]) -> Result<Option<AccessGuard<'_, Bytes>>, StoreError> {
        Ok(match self {
            Self::Read(table) => ReadableTable::get(table, key)?,
            Self::Write(table) => table.get(key)?,
        })
    }

    pub fn range(&self, span: &Span) -> Result<redb::Range<'_, Bytes, Bytes>, StoreError> {
        let bounds: (Bound<&[u8]>, Bound<&[u8]>) = (
            span.low.as_ref().map(Vec::as_slice),
            span.high.as_ref().map(Vec::as_slice),
        );
        Ok(match self {
            Self::Read(table) => ReadableTable::range::<&[u8]>(table, bounds)?,
            Self::Write(table) => table.range::<&[u8]>(bounds)?,
        })
    }

    pub fn len(&self) -> Result<u64, StoreError> {
        Ok(match self {
            Self::Read(table) => table.len()?,
            Self::Write(table) => table.len()?,
        })
    }
}

/// One key of an index and the primary key it leads to.
pub(crate) struct Hit {
    pub key: Vec<u8>,
    pub value: Vec<u8>,
}

impl Reader {
    /// Opens a table. In a write transaction a table can be open only once at a time.
    pub(crate) fn open(&self, table: Table) -> Result<Opened<'_>, StoreError> {
        Ok(match &self.tx {
            Tx::Read(tx) => Opened::Read(tx.open_table(table)?),
            Tx::Write(tx) => Opened::Write(tx.open_table(table)?),
        })
    }

    pub(crate) fn get<T: Record>(&self, table: Table, key: &[u8]) -> Result<Option<T>, StoreError> {
        match self.open(table)?.get(key)? {
            Some(guard) => T::decode(guard.value()).map(Some),
            None => Ok(None),
        }
    }

    pub(crate) fn get_bytes(
        &self,
        table: Table,
        key: &[u8],
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let opened = self.open(table)?;
        let found = opened.get(key)?.map(|guard| guard.value().to_vec());
        Ok(found)
    }

    /// Visits every row of a span in key order.
    pub(crate) fn each(
        &self,
        table: Table,
        span: &Span,
        mut visit: impl FnMut(&[u8], &[u8]) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        for row in self.open(table)?.range(span)? {
            let (key, value) = row?;
            visit(key.value(), value.value())?;
        }
        Ok(())
    }

    /// The key and value octets of one window of a list: `spans`, which ascend and do not overlap, one after another.
    pub(crate) fn window(
        &self,
        table: Table,
        spans: &[Span],
        window: &Window,
    ) -> Result<Page<Hit>, StoreError> {
        let backward = window.direction == Direction::Backward;
        let opened = self.open(table)?;
        let mut rows: Vec<Hit> = Vec::new();
        let mut more = false;
        let mut order: Vec<&Span> = spans.iter().collect();
        if backward {
            order.reverse();
        }
        'spans: for span in order {
            let Some(span) = span.beyond(window) else {
                continue;
            };
            let mut range = opened.range(&span)?;
            while let Some(row) = if backward {
                range.next_back()
            } else {
                range.next()
            } {
                if rows.len() == window.limit {
                    more = true;
                    break 'spans;
                }
                let (key, value) = row?;
                rows.push(Hit {
                    key: key.value().to_vec(),
                    value: value.value().to_vec(),
                });
            }
        }
        let cursor = |hit: &Hit| Cursor(hit.key.clone());
        Ok(Page {
            start: rows.first().map(cursor),
            next: rows.last().filter(|_| more).map(cursor),
            rows,
        })
    }

    /// One window of a table whose values are records.
    pub(crate) fn records<T: Record>(
        &self,
        table: Table,
        span: &Span,
        window: &Window,
    ) -> Result<Page<T>, StoreError> {
        let hits = self.window(table, std::slice::from_ref(span), window)?;
        let rows = hits
            .rows
            .iter()
            .map(|hit| T::decode(&hit.value))
            .collect::<Result<_, _>>()?;
        Ok(Page {
            rows,
            start: hits.start,
            next: hits.next,
        })
    }

    /// The cursor just before the `n`-th row (from 0) of a list: a window after it begins with that row. Walks index
    /// keys only. `None` for the beginning, and for an `n` behind the last row.
    pub(crate) fn nth(
        &self,
        table: Table,
        spans: &[Span],
        n: u64,
    ) -> Result<Option<Cursor>, StoreError> {
        let mut left = n;
        let opened = self.open(table)?;
        for span in spans {
            for row in opened.range(span)? {
                if left == 0 {
                    return Ok(None);
                }
                let row = row?;
                left -= 1;
                if left == 0 {
                    return Ok(Some(Cursor(row.0.value().to_vec())));
                }
            }
        }
        Ok(None)
    }
}

impl Writer {
    /// Opens a table for changes.
    pub(crate) fn edit(&self, table: Table) -> Result<redb::Table<'_, Bytes, Bytes>, StoreError> {
        match &self.reader.tx {
            Tx::Write(tx) => Ok(tx.open_table(table)?),
            Tx::Read(_) => Err(redb::Error::Corrupted("not a write transaction".into()).into()),
        }
    }

    pub(crate) fn put<T: Record>(
        &self,
        table: Table,
        key: &[u8],
        value: &T,
    ) -> Result<(), StoreError> {
        self.put_bytes(table, key, &value.encode()?)
    }

    pub(crate) fn put_bytes(
        &self,
        table: Table,
        key: &[u8],
        value: &[u8],
    ) -> Result<(), StoreError> {
        self.edit(table)?.insert(key, value)?;
        Ok(())
    }

    /// Whether there was such a row.
    pub(crate) fn delete(&self, table: Table, key: &[u8]) -> Result<bool, StoreError> {
        let found = self.edit(table)?.remove(key)?.is_some();
        Ok(found)
    }
}

/// Adds rows behind a table's last one, in ascending order: a third of the cost of inserting them.
pub(crate) struct Appender<'t>(CursorMut<'t, Bytes, Bytes>);

impl<'t> Appender<'t> {
    pub fn new(table: &'t mut redb::Table<'_, Bytes, Bytes>) -> Result<Self, StoreError> {
        Ok(Self(table.upper_bound_mut(Bound::<&[u8]>::Unbounded)?))
    }

    /// A key that is not above every other is an error.
    pub fn push(&mut self, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        self.0.insert_before(key, value).map_err(|e| match e {
            redb::CursorError::Storage(e) => e.into(),
            e => StoreError::corrupt("the end of a table", e.to_string()),
        })
    }

    /// Writes what is still held back; without this the transaction fails.
    pub fn close(self) -> Result<(), StoreError> {
        Ok(self.0.close()?)
    }
}
