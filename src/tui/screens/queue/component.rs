//! The queue as a component: keys, acts, changes, drawing.

use std::collections::BTreeSet;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::desk::Change;
use crate::domain::Timestamp;
use crate::term::Key;
use crate::tui::action::{ActionId, Facts};
use crate::tui::component::{Component, Cx, Outcome, Prompt, Saved, SavedKind};
use crate::tui::dialogs::Answer;
use crate::tui::dialogs::batch::Batch;
use crate::tui::draw;
use crate::tui::i18n::Value;
use crate::tui::look::Look;
use crate::tui::place::{Place, ScreenId};
use crate::tui::screens::acting::{act_on, facts_of};
use crate::tui::screens::detail::{self, Tab};
use crate::tui::screens::request::RequestScreen;
use crate::tui::screens::review::Review;
use crate::tui::theme::Tone;
use crate::tui::widgets::halves::Halves;
use crate::tui::widgets::list;
use crate::tui::widgets::tabs;
use crate::tui::widgets::text_field::TextField;

use super::rows::{COLUMNS, Left, SORTS, cells, sort_index};
use super::{Queue, Typing};

impl Component for Queue {
    fn place(&self) -> Place {
        if self.typing.is_some() {
            Place::Prompt
        } else {
            Place::Screen(ScreenId::Queue)
        }
    }

    fn typing(&self) -> bool {
        self.typing.is_some()
    }

    fn facts(&self, facts: &mut Facts) {
        facts.selected = self.selected().is_some();
        facts.marked = self.marked.len();
        facts.filtered = !self.query.filter.is_empty();
        if let Some(detail) = self.current() {
            facts_of(&self.who, detail, facts);
        }
    }

    fn key(&mut self, key: Key, cx: &mut Cx) -> Outcome {
        let Some((what, field)) = &mut self.typing else {
            return Outcome::Ignored;
        };
        let before = field.text().len();
        if !field.key(key) {
            return Outcome::Ignored;
        }
        if matches!(what, Typing::Filter(_))
            && (before != field.text().len() || self.query.filter != field.text())
        {
            // The key shows at once, its results when the keys rest.
            self.query.filter = field.text().to_owned();
            self.stale = true;
            self.due = Some(cx.lazy);
        }
        Outcome::Done
    }

    fn paste(&mut self, text: &str, cx: &mut Cx) {
        if let Some((what, field)) = &mut self.typing {
            field.insert(text);
            if matches!(what, Typing::Filter(_)) {
                self.query.filter = field.text().to_owned();
                self.stale = true;
                self.due = Some(cx.lazy);
            }
        }
    }

    fn act(&mut self, action: ActionId, cx: &mut Cx) -> Outcome {
        if self.typing.is_some() {
            match action {
                ActionId::Enter => return self.typed(cx),
                ActionId::Back => {
                    if let Some((Typing::Filter(from), _)) = self.typing.take() {
                        self.query.filter.clear();
                        self.read_list(false, cx);
                        if let Some(at) =
                            from.and_then(|id| self.list.ids.iter().position(|i| *i == id))
                        {
                            self.state.select(at);
                        }
                        self.read_detail(cx);
                        self.due = None;
                    }
                    return Outcome::Done;
                }
                _ => {}
            }
        }
        if self.state.act(action, cx.edge_step) {
            self.moved(cx);
            return Outcome::Done;
        }
        match action {
            ActionId::Left => self.tab = self.tab.beside(-1),
            ActionId::Right => self.tab = self.tab.beside(1),
            ActionId::Filter => {
                let field = TextField::new(200).with_text(&self.query.filter);
                self.typing = Some((Typing::Filter(self.selected()), field));
            }
            ActionId::Jump => self.typing = Some((Typing::Number, TextField::new(20))),
            ActionId::ClearFilter => {
                self.query.filter.clear();
                self.filter_now(cx);
            }
            ActionId::Sort => self.sort_next(cx),
            ActionId::SortReverse => {
                self.query.descending = !self.query.descending;
                self.resort(cx);
            }
            ActionId::Mark => self.mark(cx),
            ActionId::MarkAll => self.marked = self.list.ids.iter().copied().collect(),
            ActionId::Unmark => self.marked.clear(),
            ActionId::Back => self.marked.clear(),
            ActionId::Enter => {
                if let Some(id) = self.selected() {
                    return RequestScreen::open(self.who.clone(), id, self.tab, cx);
                }
            }
            ActionId::Review => {
                if let Some(id) = self.selected() {
                    return Review::open(self.who.clone(), id, cx);
                }
            }
            ActionId::Claim | ActionId::Release if !self.marked.is_empty() => {
                let marked = self.in_order().into_iter();
                return Outcome::Open(Box::new(Batch::new(action, self.who.clone(), marked, cx)));
            }
            ActionId::Approve | ActionId::Revoke if !self.marked.is_empty() => {
                return self.decide_marked(action, cx);
            }
            action => {
                let Some(detail) = self.detail.take() else {
                    return Outcome::Ignored;
                };
                let outcome = act_on(action, &self.who, &detail, cx);
                self.detail = Some(detail);
                let Some(outcome) = outcome else {
                    return Outcome::Ignored;
                };
                if matches!(outcome, Outcome::Done) {
                    self.read_again(cx);
                }
                return outcome;
            }
        }
        Outcome::Done
    }

    fn answered(&mut self, answer: Answer, cx: &mut Cx) -> Outcome {
        if let Answer::Changed(_) = answer {
            self.marked.clear();
            self.read_again(cx);
        }
        Outcome::Done
    }

    fn settle(&mut self, cx: &mut Cx, area: Rect) {
        let halves = Halves::for_detail(&cx.look, area);
        self.state.set_height(halves.rows());
        let rest = halves.detail;
        let window = self.state.window();
        if window != self.window {
            self.rows = cx.desk.queue_rows(&self.list.ids[window.clone()]);
            self.window = window;
        }
        if let Some(detail) = &self.detail {
            let lines = detail::lines_below(self.tab, detail, &cx.look, rest).len();
            self.scroll.fit(lines, usize::from(rest.height));
        }
    }

    fn changed(&mut self, change: &Change, cx: &mut Cx) {
        if matches!(change, Change::Request(_)) {
            self.stale = true;
            // Changes that come together are shown together.
            self.due = Some(self.due.unwrap_or(cx.lazy));
        }
    }

    fn reload(&mut self, cx: &mut Cx) {
        self.filter_now(cx);
    }

    fn deadline(&self) -> Option<Timestamp> {
        self.due
    }

    fn due(&mut self, cx: &mut Cx) {
        if self.due.take().is_none() {
            return;
        }
        if self.stale {
            // While a filter is typed the rows go with it; at any other time the cursor stays on its request.
            self.read_list(self.typing.is_none(), cx);
        }
        self.read_detail(cx);
    }

    fn view(&self, look: &Look, buffer: &mut Buffer, area: Rect) -> Option<(u16, u16)> {
        let Halves {
            list: rows,
            bar,
            detail: rest,
        } = Halves::for_detail(look, area);
        let marked: BTreeSet<usize> = self
            .rows
            .iter()
            .enumerate()
            .filter(|(_, row)| self.marked.contains(&row.id))
            .map(|(nth, _)| self.window.start + nth)
            .collect();
        list::view(
            look,
            buffer,
            rows,
            &COLUMNS,
            &self.state,
            &marked,
            |index| {
                let row = self.rows.get(index.checked_sub(self.window.start)?)?;
                Some(cells(row, look))
            },
        );
        tabs::view(look, buffer, bar, "", &Tab::titles(look), self.tab.index());
        match &self.detail {
            Some(detail) => {
                let lines = detail::lines_below(self.tab, detail, look, rest);
                self.scroll.view(look, buffer, rest, &lines);
            }
            None if self.list.ids.is_empty() => {
                let text = look.texts.get(if self.query.filter.is_empty() {
                    "queue-empty"
                } else {
                    "queue-no-hit"
                });
                draw::text(
                    buffer,
                    rest.x + 1,
                    rest.y,
                    rest.width.saturating_sub(1),
                    &text,
                    look.style(Tone::Muted),
                );
            }
            None => {}
        }
        None
    }

    fn prompt(&self, look: &Look, buffer: &mut Buffer, line: Rect) -> Option<Prompt> {
        let style = look.style(Tone::Plain);
        if let Some((what, field)) = &self.typing {
            let sign = match what {
                Typing::Filter(_) => "/".to_owned(),
                Typing::Number => look.texts.get("prompt-number"),
            };
            let count = self.count(look);
            let at = line.right().saturating_sub(draw::width(&count));
            let room = at.saturating_sub(line.x + 2);
            let typed = Rect::new(line.x, line.y, room, 1);
            let cursor = field.view_behind(look, buffer, typed, &sign);
            if matches!(what, Typing::Filter(_)) && !self.stale {
                draw::text(buffer, at, line.y, line.right() - at, &count, style);
            }
            return Some(Prompt::Typing(cursor));
        }
        if self.query.filter.is_empty() && self.marked.is_empty() {
            return None;
        }
        let mut text = format!("/{}  {}", self.query.filter, self.count(look));
        if !self.marked.is_empty() {
            text = look.texts.with(
                "marked-count",
                &[("count", Value::from(self.marked.len() as u64))],
            );
        }
        draw::text(buffer, line.x, line.y, line.width, &text, style);
        Some(Prompt::Status)
    }

    fn save(&self) -> Option<Saved> {
        let left = Left {
            filter: self.query.filter.clone(),
            sort: sort_index(self.query.sort),
            descending: self.query.descending,
            selected: self.selected(),
            tab: self.tab,
            marked: self.marked.clone(),
        };
        Some(Saved {
            what: SavedKind::Screen(ScreenId::Queue),
            state: postcard::to_stdvec(&left).ok()?,
        })
    }

    fn restore(&mut self, state: &[u8], cx: &mut Cx) {
        let Ok(left) = postcard::from_bytes::<Left>(state) else {
            return;
        };
        self.query.filter = left.filter;
        self.query.sort = SORTS
            .get(usize::from(left.sort))
            .copied()
            .unwrap_or_default();
        self.query.descending = left.descending;
        self.tab = left.tab;
        self.marked = left.marked;
        self.read_list(false, cx);
        if let Some(at) = left
            .selected
            .and_then(|id| self.list.ids.iter().position(|i| *i == id))
        {
            self.state.select(at);
        }
        self.read_detail(cx);
    }
}
