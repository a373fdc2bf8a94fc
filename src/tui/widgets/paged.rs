//! Rows of a list that is read page by page as the cursor nears their end, so that a list of millions opens at once.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::desk::{DeskError, Page};
use crate::tui::draw;
use crate::tui::i18n::Value;
use crate::tui::look::Look;
use crate::tui::theme::Tone;

use super::list::ListState;

/// Rows fetched at a time.
const PAGE: usize = 100;
/// Rows kept at most: who wants to see more narrows the list.
const MOST: usize = 5_000;

/// The rows read so far.
#[derive(Clone, Debug)]
pub struct Paged<T> {
    pub rows: Vec<T>,
    next: Option<String>,
    /// The last page was not full though there is a next one: what was looked at mostly did not fit.
    sparse: bool,
    /// How many there are in all, where that is known.
    pub total: Option<u64>,
}

impl<T> Default for Paged<T> {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            next: None,
            sparse: false,
            total: None,
        }
    }
}

impl<T> Paged<T> {
    /// The first page, or as many rows as were there before.
    pub fn open(
        at_least: usize,
        fetch: impl FnMut(Option<&str>, usize) -> Result<Page<T>, DeskError>,
    ) -> Result<Self, DeskError> {
        let mut paged = Self::default();
        paged.fetch_page(at_least.clamp(PAGE, MOST), fetch)?;
        Ok(paged)
    }

    fn fetch_page(
        &mut self,
        limit: usize,
        mut fetch: impl FnMut(Option<&str>, usize) -> Result<Page<T>, DeskError>,
    ) -> Result<(), DeskError> {
        let page = fetch(self.next.as_deref(), limit)?;
        self.sparse = page.next.is_some() && page.rows.len() < limit;
        self.rows.extend(page.rows);
        self.next = page.next;
        if page.total.is_some() {
            self.total = page.total;
        }
        Ok(())
    }

    /// Reads on while the window of `list` reaches into the last rows; keeps its length. Of rows that are hard to find
    /// one page is read at a time: the keys never wait until all were looked at.
    pub fn follow(
        &mut self,
        list: &mut ListState,
        mut fetch: impl FnMut(Option<&str>, usize) -> Result<Page<T>, DeskError>,
    ) -> Result<(), DeskError> {
        while self.next.is_some()
            && self.rows.len() < MOST
            && list.selected.max(list.offset) + 2 * list.height.max(1) > self.rows.len()
        {
            self.fetch_page(PAGE, &mut fetch)?;
            if self.sparse {
                break;
            }
        }
        if list.len != self.rows.len() {
            list.set_len(self.rows.len());
        }
        Ok(())
    }

    /// There are more rows than this list keeps: narrow it.
    pub fn is_cut(&self) -> bool {
        self.next.is_some() && self.rows.len() >= MOST
    }

    /// Everything there is was read.
    pub const fn is_whole(&self) -> bool {
        self.next.is_none()
    }

    /// There may be more rows that were not looked for yet: another key looks on.
    pub const fn is_looking(&self) -> bool {
        self.sparse
    }

    /// Says how long the list is; it does not change when the cursor moves.
    pub fn view_count(&self, look: &Look, buffer: &mut Buffer, line: Rect) {
        let shown = self.rows.len() as u64;
        let count = |n| Value::from(look.format().count(n));
        let text = if self.is_cut() {
            look.texts.with("list-cut", &[("shown", count(shown))])
        } else if self.sparse {
            look.texts.with("list-looking", &[("shown", count(shown))])
        } else if let Some(all) = self.total.or_else(|| self.is_whole().then_some(shown)) {
            look.texts.with("list-total", &[("count", count(all))])
        } else {
            return;
        };
        let style = look.style(Tone::Muted);
        draw::text(buffer, line.x, line.y, line.width, &text, style);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::action::ActionId;

    #[test]
    fn where_hits_are_rare_a_key_looks_through_one_page_at_a_time() {
        let mut asked = 0;
        let mut fetch = |from: Option<&str>, _: usize| {
            asked += 1;
            let page: usize = from.map_or(0, |t| t.parse().unwrap());
            Ok(Page {
                rows: if page == 2 { vec!['x'] } else { vec![] },
                next: (page < 3).then(|| (page + 1).to_string()),
                total: None,
            })
        };
        let mut paged = Paged::open(0, &mut fetch).unwrap();
        let mut list = ListState::default();
        list.set_height(10);
        assert!(paged.is_looking() && paged.rows.is_empty());
        paged.follow(&mut list, &mut fetch).unwrap();
        paged.follow(&mut list, &mut fetch).unwrap();
        assert!(paged.is_looking() && paged.rows == ['x']);
        paged.follow(&mut list, &mut fetch).unwrap();
        assert!(paged.is_whole() && !paged.is_looking());
        paged.follow(&mut list, &mut fetch).unwrap();
        assert_eq!(asked, 4);
    }

    #[test]
    fn pages_are_read_as_the_cursor_nears_their_end() {
        let mut asked = 0;
        let mut fetch = |from: Option<&str>, limit: usize| {
            asked += 1;
            let start: usize = from.map_or(0, |t| t.parse().unwrap());
            let end = (start + limit).min(250);
            Ok(Page {
                rows: (start..end).collect(),
                next: (end < 250).then(|| end.to_string()),
                total: Some(250),
            })
        };
        let mut paged = Paged::open(0, &mut fetch).unwrap();
        let mut list = ListState::default();
        list.set_height(10);
        paged.follow(&mut list, &mut fetch).unwrap();
        assert_eq!((paged.rows.len(), list.len), (100, 100));
        list.act(ActionId::Last, 1);
        paged.follow(&mut list, &mut fetch).unwrap();
        assert_eq!((paged.rows.len(), list.selected), (200, 99));
        list.act(ActionId::Last, 1);
        paged.follow(&mut list, &mut fetch).unwrap();
        assert_eq!((paged.rows.len(), paged.is_whole()), (250, true));
        assert_eq!(asked, 3);
    }
}
