//! A page of anything that is listed by cursor.

/// A page of anything that is listed by cursor.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Page<T> {
    pub rows: Vec<T>,
    /// Hand this back to get the next page.
    pub next: Option<String>,
    /// How many there are in all, where that is known without counting.
    pub total: Option<u64>,
}

impl<T> Page<T> {
    /// Everything there is, on one page.
    pub const fn whole(rows: Vec<T>) -> Self {
        Self {
            rows,
            next: None,
            total: None,
        }
    }
}

impl<T> Default for Page<T> {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            next: None,
            total: None,
        }
    }
}
