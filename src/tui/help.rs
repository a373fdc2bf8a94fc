//! Help behind `?`: every key of the place one came from, searchable, with the reason where an action is greyed.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::term::Key;

use super::action::{ActionId, Facts};
use super::component::{Component, Cx, Outcome};
use super::draw;
use super::look::Look;
use super::palette::{Entry, entries, matching, view_entry};
use super::place::Place;
use super::refusals::Names;
use super::theme::Tone;
use super::widgets::list::ListState;
use super::widgets::text_field::TextField;

/// The list of keys, over the whole body.
pub struct Help {
    place: Place,
    entries: Vec<Entry>,
    hits: Vec<usize>,
    list: ListState,
    typed: TextField,
}

impl Help {
    pub fn new(place: Place, look: &Look, facts: &Facts, names: Names) -> Self {
        let mut help = Self {
            place,
            entries: entries(place, look, facts, names, true),
            hits: Vec::new(),
            list: ListState::default(),
            typed: TextField::new(80),
        };
        help.find();
        help
    }

    fn find(&mut self) {
        self.hits = matching(&self.entries, self.typed.text());
        self.list.set_len(self.hits.len());
        self.list.act(ActionId::First, 1);
    }
}

impl Component for Help {
    fn place(&self) -> Place {
        Place::Choice
    }

    fn typing(&self) -> bool {
        true
    }

    fn key(&mut self, key: Key, _cx: &mut Cx) -> Outcome {
        if self.typed.key(key) {
            self.find();
            Outcome::Done
        } else {
            Outcome::Ignored
        }
    }

    fn paste(&mut self, text: &str, _cx: &mut Cx) {
        self.typed.insert(text);
        self.find();
    }

    fn act(&mut self, action: ActionId, cx: &mut Cx) -> Outcome {
        match action {
            ActionId::Back | ActionId::Enter => Outcome::Close,
            action => {
                self.list.act(action, cx.edge_step);
                Outcome::Done
            }
        }
    }

    fn settle(&mut self, _cx: &mut Cx, area: Rect) {
        self.list
            .set_height(usize::from(area.height.saturating_sub(2)));
    }

    fn rows(&self, _look: &Look, _columns: u16) -> Option<u16> {
        Some(u16::MAX)
    }

    fn view(&self, look: &Look, buffer: &mut Buffer, area: Rect) -> Option<(u16, u16)> {
        let place = look.texts.get(&self.place.message());
        let title = look.texts.with("help-title", &[("place", place.into())]);
        draw::bar(look, buffer, area, area.y, &title);
        draw::text(buffer, area.x, area.y + 1, 1, "/", look.style(Tone::Key));
        let (shown, column) = self.typed.shown(area.width.saturating_sub(2));
        draw::text(
            buffer,
            area.x + 1,
            area.y + 1,
            area.width - 1,
            &shown,
            look.style(Tone::Heading),
        );
        for (nth, row) in self.list.window().enumerate() {
            let Some(entry) = self.hits.get(row).map(|hit| &self.entries[*hit]) else {
                continue;
            };
            let y = area.y + 2 + u16::try_from(nth).unwrap_or(0);
            if y >= area.bottom() {
                break;
            }
            view_entry(
                look,
                buffer,
                Rect::new(area.x, y, area.width, 1),
                entry,
                row == self.list.selected,
                12,
            );
        }
        Some((area.x + 1 + column, area.y + 1))
    }
}
