//! Pages of a list: where to go on, in which direction, how many rows.

use serde::{Deserialize, Serialize};

use super::error::StoreError;

/// A place in a list: the index key of a row. Opaque; good for the list it came from, also after that row is gone.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Cursor(pub(crate) Vec<u8>);

impl Cursor {
    /// A cursor that was handed out as octets before.
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Which way a list is walked.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Direction {
    /// In the order of the index.
    #[default]
    Forward,
    /// Against it: a page's rows come last first.
    Backward,
}

/// What part of a list is wanted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Window {
    /// Where to begin: at the row behind this one in the walking direction; `None` for the list's end in that direction.
    pub after: Option<Cursor>,
    pub direction: Direction,
    /// Rows at most.
    pub limit: usize,
}

impl Window {
    /// The first `limit` rows.
    pub fn first(limit: usize) -> Self {
        Self {
            after: None,
            direction: Direction::Forward,
            limit,
        }
    }

    /// The last `limit` rows, last first.
    pub fn last(limit: usize) -> Self {
        Self {
            direction: Direction::Backward,
            ..Self::first(limit)
        }
    }

    /// The same from `cursor` on, that row itself excluded.
    #[must_use]
    pub fn after(mut self, cursor: Cursor) -> Self {
        self.after = Some(cursor);
        self
    }
}

/// The rows of a list one after the other, read page by page: flat memory, however long the list.
pub struct Pages<F, T> {
    fetch: F,
    limit: usize,
    rows: std::vec::IntoIter<T>,
    next: Option<Window>,
}

impl<T, F: FnMut(&Window) -> Result<Page<T>, StoreError>> Pages<F, T> {
    /// `limit` rows are read at once, by `fetch`.
    pub fn new(limit: usize, fetch: F) -> Self {
        Self {
            fetch,
            limit,
            rows: Vec::new().into_iter(),
            next: Some(Window::first(limit)),
        }
    }
}

impl<T, F: FnMut(&Window) -> Result<Page<T>, StoreError>> Iterator for Pages<F, T> {
    type Item = Result<T, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(row) = self.rows.next() {
                return Some(Ok(row));
            }
            match (self.fetch)(&self.next.take()?) {
                Ok(page) => {
                    self.rows = page.rows.into_iter();
                    self.next = page.next.map(|at| Window::first(self.limit).after(at));
                }
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

/// Some rows of a list, in walking order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Page<T> {
    pub rows: Vec<T>,
    /// The place of the first row here: walk the other way from it for the page before.
    pub start: Option<Cursor>,
    /// Where the next page goes on; `None` when the list ends here.
    pub next: Option<Cursor>,
}

impl<T> Page<T> {
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        Page {
            rows: self.rows.into_iter().map(f).collect(),
            start: self.start,
            next: self.next,
        }
    }
}
