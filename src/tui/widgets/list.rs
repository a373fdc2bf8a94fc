//! A list of any length of which only the visible rows are ever built: cursor, offset, marks, columns.
//! The cursor marks the id cell alone: moving it rewrites two cells' worth of text and nothing else.

use std::collections::BTreeSet;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::tui::action::ActionId;
use crate::tui::draw;
use crate::tui::look::Look;
use crate::tui::theme::Tone;

/// Where the cursor is and which rows show.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct ListState {
    pub len: usize,
    pub selected: usize,
    pub offset: usize,
    pub height: usize,
}

impl ListState {
    /// The rows that show.
    pub fn window(&self) -> std::ops::Range<usize> {
        self.offset.min(self.len)..(self.offset + self.height).min(self.len)
    }

    /// A new number of rows; the cursor stays inside.
    pub fn set_len(&mut self, len: usize) {
        self.len = len;
        self.selected = self.selected.min(len.saturating_sub(1));
        self.keep_visible(1);
    }

    pub fn set_height(&mut self, height: usize) {
        self.height = height;
        self.keep_visible(1);
    }

    pub fn select(&mut self, row: usize) {
        self.selected = row.min(self.len.saturating_sub(1));
        self.keep_visible(1);
    }

    /// Moves the cursor for a moving action; `edge_step` rows come into sight when it leaves the window.
    /// `false`: not a moving action, or nowhere to go.
    pub fn act(&mut self, action: ActionId, edge_step: usize) -> bool {
        let page = self.height.saturating_sub(1).max(1);
        let last = self.len.saturating_sub(1);
        let before = self.selected;
        self.selected = match action {
            ActionId::Up => before.saturating_sub(1),
            ActionId::Down => (before + 1).min(last),
            ActionId::PageUp => {
                self.offset = self.offset.saturating_sub(page);
                before.saturating_sub(page)
            }
            ActionId::PageDown => {
                let furthest = self.len.saturating_sub(self.height);
                self.offset = (self.offset + page).min(furthest);
                (before + page).min(last)
            }
            ActionId::First => 0,
            ActionId::Last => last,
            _ => return false,
        };
        self.keep_visible(edge_step);
        true
    }

    fn keep_visible(&mut self, edge_step: usize) {
        let step = edge_step.clamp(1, self.height.max(1));
        if self.selected < self.offset {
            // A jump from afar shows the row at the edge; a step scrolls by what the link bears.
            let by_step = self.offset.saturating_sub(step);
            self.offset = if by_step <= self.selected {
                by_step
            } else {
                self.selected
            };
        } else if self.height > 0 && self.selected >= self.offset + self.height {
            let least = self.selected + 1 - self.height;
            let by_step = self.offset + step;
            self.offset = if by_step >= least { by_step } else { least };
        }
        self.offset = self.offset.min(self.len.saturating_sub(self.height.max(1)));
    }
}

/// A column: its heading's message id and its width; the last visible one takes what is left.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    pub heading: &'static str,
    pub width: u16,
    /// Shown only in windows of at least so many columns.
    pub from: u16,
}

pub const fn column(heading: &'static str, width: u16, from: u16) -> Column {
    Column {
        heading,
        width,
        from,
    }
}

/// One cell of a row.
pub struct Cell {
    pub text: String,
    pub tone: Tone,
}

impl Cell {
    pub fn plain(text: impl Into<String>) -> Self {
        Self::toned(text, Tone::Plain)
    }

    pub fn toned(text: impl Into<String>, tone: Tone) -> Self {
        Self {
            text: text.into(),
            tone,
        }
    }
}

/// The columns that fit, with their places: (index, x, width). One blank between columns.
fn places(columns: &[Column], area: Rect) -> Vec<(usize, u16, u16)> {
    let mut x = area.x;
    let mut out = Vec::new();
    let shown: Vec<usize> = (0..columns.len())
        .filter(|i| columns[*i].from <= area.width)
        .collect();
    for (nth, index) in shown.iter().enumerate() {
        if x >= area.right() {
            break;
        }
        let left = area.right() - x;
        let width = if nth + 1 == shown.len() {
            left
        } else {
            columns[*index].width.min(left)
        };
        out.push((*index, x, width));
        x = x.saturating_add(width + 2);
    }
    out
}

/// Draws the heading line and the visible rows. `row` builds the cells of one row, asked for visible rows only; its
/// first cell is the id that the cursor marks. `marked` rows carry a `*` before it.
pub fn view(
    look: &Look,
    buffer: &mut Buffer,
    area: Rect,
    columns: &[Column],
    state: &ListState,
    marked: &BTreeSet<usize>,
    row: impl Fn(usize) -> Option<Vec<Cell>>,
) {
    let inner = Rect::new(
        area.x + 1,
        area.y,
        area.width.saturating_sub(1),
        area.height,
    );
    let places = places(columns, inner);
    for (index, x, width) in &places {
        let heading = look.texts.get(columns[*index].heading);
        draw::text(
            buffer,
            *x,
            area.y,
            *width,
            &heading,
            look.style(Tone::Muted),
        );
    }
    for (nth, index) in state.window().enumerate() {
        let y = area.y + 1 + u16::try_from(nth).unwrap_or(u16::MAX);
        if y >= area.bottom() {
            break;
        }
        let Some(cells) = row(index) else { continue };
        if marked.contains(&index) {
            draw::text(buffer, area.x, y, 1, "*", look.style(Tone::Heading));
        }
        for (column, x, width) in &places {
            let Some(cell) = cells.get(*column) else {
                continue;
            };
            let tone = if *column == 0 && index == state.selected {
                Tone::Selected
            } else {
                cell.tone
            };
            draw::text(buffer, *x, y, *width, &cell.text, look.style(tone));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(len: usize, height: usize) -> ListState {
        let mut s = ListState::default();
        s.set_height(height);
        s.set_len(len);
        s
    }

    #[test]
    fn at_the_edge_the_list_scrolls_by_one_line() {
        let mut s = state(100, 10);
        for _ in 0..10 {
            s.act(ActionId::Down, 1);
        }
        assert_eq!((s.selected, s.offset), (10, 1));
        for _ in 0..10 {
            s.act(ActionId::Up, 1);
        }
        assert_eq!((s.selected, s.offset), (0, 0));
    }

    #[test]
    fn on_a_slow_link_it_scrolls_by_part_of_a_page() {
        let mut s = state(100, 10);
        for _ in 0..10 {
            s.act(ActionId::Down, 4);
        }
        assert_eq!((s.selected, s.offset), (10, 4));
    }

    #[test]
    fn pages_ends_and_short_lists_never_leave_the_list() {
        let mut s = state(25, 10);
        s.act(ActionId::PageDown, 1);
        assert_eq!((s.selected, s.offset), (9, 9));
        s.act(ActionId::Last, 1);
        assert_eq!((s.selected, s.offset, s.window()), (24, 15, 15..25));
        s.act(ActionId::PageUp, 1);
        assert_eq!((s.selected, s.offset), (15, 6));
        s.set_len(3);
        assert_eq!((s.selected, s.window()), (2, 0..3));
        s.set_len(0);
        assert_eq!((s.selected, s.window()), (0, 0..0));
        assert!(s.act(ActionId::Down, 1));
        assert_eq!(s.selected, 0);
    }
}
