//! A ratatui `Backend` over [`Screen`], for code that draws with ratatui's own `Terminal`.
//! Gathers a frame's cells in a buffer, encodes once at the flush, writes to memory only.

use super::capabilities::Capabilities;
use super::encode::Screen;
use ratatui::backend::{Backend, ClearType, WindowSize};
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::{Position, Rect, Size};
use std::convert::Infallible;

/// Collects what ratatui draws; [`Self::take_frame`] hands over the bytes.
#[derive(Debug)]
pub struct FrugalBackend {
    screen: Screen,
    next: Buffer,
    cursor: Position,
    cursor_visible: bool,
    out: Vec<u8>,
}

impl FrugalBackend {
    /// A backend for a terminal in the state that [`super::enter`] leaves.
    pub fn new(size: Size, capabilities: Capabilities) -> Self {
        Self {
            screen: Screen::new(size.width, size.height, capabilities),
            next: Buffer::empty(Rect::new(0, 0, size.width, size.height)),
            cursor: Position::default(),
            cursor_visible: false,
            out: Vec::new(),
        }
    }

    /// The bytes of everything drawn since the last call; empty when nothing changed.
    pub fn take_frame(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.out)
    }

    pub fn screen_mut(&mut self) -> &mut Screen {
        &mut self.screen
    }

    /// The window has changed; the next draw fills it anew.
    pub fn resize(&mut self, size: Size) {
        self.next = Buffer::empty(Rect::new(0, 0, size.width, size.height));
        self.screen.resize(size.width, size.height);
    }
}

impl Backend for FrugalBackend {
    type Error = Infallible;

    fn draw<'a, I>(&mut self, content: I) -> Result<(), Infallible>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        for (x, y, cell) in content {
            if let Some(place) = self.next.cell_mut((x, y)) {
                *place = cell.clone();
            }
        }
        Ok(())
    }

    fn hide_cursor(&mut self) -> Result<(), Infallible> {
        self.cursor_visible = false;
        Ok(())
    }

    fn show_cursor(&mut self) -> Result<(), Infallible> {
        self.cursor_visible = true;
        Ok(())
    }

    fn get_cursor_position(&mut self) -> Result<Position, Infallible> {
        Ok(self.cursor)
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> Result<(), Infallible> {
        self.cursor = position.into();
        Ok(())
    }

    fn clear(&mut self) -> Result<(), Infallible> {
        self.next.reset();
        Ok(())
    }

    fn clear_region(&mut self, clear_type: ClearType) -> Result<(), Infallible> {
        let width = usize::from(self.next.area.width);
        let at = usize::from(self.cursor.y) * width + usize::from(self.cursor.x);
        let line = usize::from(self.cursor.y) * width;
        let end = self.next.content.len();
        let range = match clear_type {
            ClearType::All => 0..end,
            ClearType::AfterCursor => at..end,
            ClearType::BeforeCursor => 0..at,
            ClearType::CurrentLine => line..line + width,
            ClearType::UntilNewLine => at..line + width,
        };
        if let Some(cells) = self.next.content.get_mut(range) {
            cells.iter_mut().for_each(Cell::reset);
        }
        Ok(())
    }

    fn size(&self) -> Result<Size, Infallible> {
        Ok(self.next.area.as_size())
    }

    fn window_size(&mut self) -> Result<WindowSize, Infallible> {
        Ok(WindowSize {
            columns_rows: self.next.area.as_size(),
            pixels: Size::default(),
        })
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        let cursor = self
            .cursor_visible
            .then_some((self.cursor.x, self.cursor.y));
        let bytes = self.screen.frame(&self.next, cursor);
        self.out.extend_from_slice(&bytes);
        Ok(())
    }
}
