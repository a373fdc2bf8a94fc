//! How a list and the detail of its row share a screen: detail below the list, or beside it in a wide window.

use ratatui::layout::Rect;

use crate::tui::look::Look;

/// The parts of a screen.
#[derive(Clone, Copy, Debug)]
pub struct Halves {
    /// Heading and rows.
    pub list: Rect,
    /// The line above the detail.
    pub bar: Rect,
    pub detail: Rect,
}

impl Halves {
    /// Twelve rows of nineteen for the list, so that the scroll region of the terminal stays the same everywhere.
    pub fn of(look: &Look, area: Rect) -> Self {
        Self::with_rows(look, area, area.height.saturating_sub(2) * 12 / 19)
    }

    /// The same at the design size; of a higher window the detail gets most, so that a page stays cheap.
    pub fn for_detail(look: &Look, area: Rect) -> Self {
        let free = area.height.saturating_sub(2);
        let rows = free.min(19) * 12 / 19 + free.saturating_sub(19) / 4;
        Self::with_rows(look, area, rows)
    }

    /// So many rows for the list where the detail is below it.
    pub fn with_rows(look: &Look, area: Rect, rows: u16) -> Self {
        if look.split && area.width >= 100 {
            let list = Rect::new(area.x, area.y, area.width * 6 / 10, area.height);
            let x = list.right() + 1;
            let width = area.right().saturating_sub(x);
            return Self {
                list,
                bar: Rect::new(x, area.y, width, 1),
                detail: Rect::new(x, area.y + 1, width, area.height.saturating_sub(1)),
            };
        }
        let list = Rect::new(area.x, area.y, area.width, rows + 1);
        let bar = Rect::new(area.x, list.bottom(), area.width, 1);
        let rest = area.bottom().saturating_sub(bar.bottom());
        Self {
            list,
            bar,
            detail: Rect::new(area.x, bar.bottom(), area.width, rest),
        }
    }

    /// Rows of the list without its heading.
    pub fn rows(&self) -> usize {
        usize::from(self.list.height.saturating_sub(1))
    }
}
