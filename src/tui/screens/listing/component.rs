//! A list screen as a component: keys, changes, drawing, and what of it survives a lost link.

use std::collections::BTreeSet;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::desk::Change;
use crate::domain::Timestamp;
use crate::term::Key;
use crate::tui::action::{ActionId, Facts};
use crate::tui::component::{Component, Cx, Outcome, Prompt, Saved};
use crate::tui::dialogs::Answer;
use crate::tui::draw;
use crate::tui::i18n::Value;
use crate::tui::look::Look;
use crate::tui::place::Place;
use crate::tui::theme::Tone;
use crate::tui::widgets::list::{self};
use crate::tui::widgets::text_field::TextField;

use super::{FILTER, ListScreen, Listed, Typing};

impl<S: Listed> Component for ListScreen<S> {
    fn place(&self) -> Place {
        if self.typing() {
            Place::Prompt
        } else {
            S::PLACE
        }
    }

    fn typing(&self) -> bool {
        self.list.typing.is_some()
    }

    fn facts(&self, facts: &mut Facts) {
        facts.selected = self.list.row().is_some();
        facts.filtered = self.source.filter().is_some_and(|f| !f.is_empty());
        self.source.facts(&self.list, facts);
    }

    fn key(&mut self, key: Key, cx: &mut Cx) -> Outcome {
        let field = self.list.typing.as_mut().map(|(_, field)| field);
        if !field.is_some_and(|field| field.key(key)) {
            return Outcome::Ignored;
        }
        self.typed(cx);
        Outcome::Done
    }

    fn paste(&mut self, text: &str, cx: &mut Cx) {
        if let Some((_, field)) = &mut self.list.typing {
            field.insert(text);
            self.typed(cx);
        }
    }

    fn ended(&mut self, cx: &mut Cx) -> Outcome {
        self.source.ended(cx)
    }

    fn act(&mut self, action: ActionId, cx: &mut Cx) -> Outcome {
        if self.typing() {
            let outcome = self.leave_typing(action, cx);
            if !matches!(outcome, Outcome::Ignored) {
                return outcome;
            }
        }
        if self.list.state.act(action, cx.edge_step) {
            self.list.due = Some(cx.lazy);
            return Outcome::Done;
        }
        match (action, self.source.filter()) {
            // A detail may be longer than its half: left and right turn its pages.
            (ActionId::Left, _) => {
                self.list.scroll.act(ActionId::PageUp);
            }
            (ActionId::Right, _) => {
                self.list.scroll.act(ActionId::PageDown);
            }
            (ActionId::Filter, Some(text)) => {
                let field = TextField::new(FILTER).with_text(text);
                self.list.typing = Some((Typing::Filter, field));
            }
            (ActionId::ClearFilter, Some(_)) => {
                self.source.clear_filter();
                self.list.read_narrowed(&self.source, cx);
            }
            (ActionId::Mark, _) if S::MARKS => self.list.mark(cx),
            (ActionId::MarkAll, _) if S::MARKS => self.list.mark_all(),
            (ActionId::Unmark, _) if S::MARKS => self.list.marked.clear(),
            // Esc goes back one thing at a time.
            (ActionId::Back, _) if !self.list.marked.is_empty() => self.list.marked.clear(),
            (action, _) => return self.source.act(action, &mut self.list, cx),
        }
        Outcome::Done
    }

    fn answered(&mut self, _answer: Answer, cx: &mut Cx) -> Outcome {
        self.list.read(&self.source, cx);
        Outcome::Done
    }

    fn settle(&mut self, cx: &mut Cx, area: Rect) {
        let halves = self.halves(&cx.look, area);
        self.list.state.set_height(halves.rows());
        let read = |from: Option<&str>, limit| self.source.page(cx, from, limit);
        if let Err(error) = self.list.rows.follow(&mut self.list.state, read) {
            cx.fail(&error);
        }
        let lines = self.lines(&cx.look, halves.detail.width).len();
        self.list
            .scroll
            .fit(lines, usize::from(halves.detail.height));
    }

    fn changed(&mut self, change: &Change, cx: &mut Cx) {
        if S::concerns(change) {
            self.list.stale = true;
            // Changes that come together are shown together.
            self.list.due.get_or_insert(cx.lazy);
        }
    }

    fn reload(&mut self, cx: &mut Cx) {
        self.list.read(&self.source, cx);
    }

    fn deadline(&self) -> Option<Timestamp> {
        self.list.due.into_iter().chain(self.list.minute).min()
    }

    fn due(&mut self, cx: &mut Cx) {
        if self.list.minute.is_some_and(|mark| mark <= cx.now) {
            self.list.stale = true;
        } else if self.list.due.take().is_none() {
            return;
        }
        if !self.list.stale {
            self.list.read_detail(&self.source, cx);
        } else if matches!(self.list.typing, Some((Typing::Filter, _))) {
            self.list.read_narrowed(&self.source, cx);
        } else {
            self.list.read(&self.source, cx);
        }
    }

    fn view(&self, look: &Look, buffer: &mut Buffer, area: Rect) -> Option<(u16, u16)> {
        let halves = self.halves(look, area);
        let is_marked = |index: &usize| {
            let row = self.list.rows().get(*index);
            row.is_some_and(|row| self.list.marked.contains(&S::key(row)))
        };
        let marked: BTreeSet<usize> = match self.list.marked.is_empty() {
            true => BTreeSet::new(),
            false => self.list.state.window().filter(is_marked).collect(),
        };
        list::view(
            look,
            buffer,
            halves.list,
            S::COLUMNS,
            &self.list.state,
            &marked,
            |index| Some(S::cells(self.list.rows().get(index)?, look)),
        );
        let title = format!(" {} ", self.source.title(look));
        draw::bar(look, buffer, halves.bar, halves.bar.y, &title);
        let lines = self.lines(look, halves.detail.width);
        self.list.scroll.view(look, buffer, halves.detail, &lines);
        None
    }

    fn prompt(&self, look: &Look, buffer: &mut Buffer, line: Rect) -> Option<Prompt> {
        let Some((what, field)) = &self.list.typing else {
            if self.list.marked.is_empty() {
                self.list.rows.view_count(look, buffer, line);
            } else {
                let count = Value::from(look.format().count(self.list.marked.len() as u64));
                let text = look.texts.with("marked-count", &[("count", count)]);
                let style = look.style(Tone::Plain);
                draw::text(buffer, line.x, line.y, line.width, &text, style);
            }
            return Some(Prompt::Status);
        };
        let sign = match what {
            Typing::Filter => "/".to_owned(),
            Typing::Question(sign) => look.texts.get(sign),
        };
        let cursor = field.view_behind(look, buffer, line, &sign);
        Some(Prompt::Typing(cursor))
    }

    fn save(&self) -> Option<Saved> {
        Some(Saved {
            what: self.source.kept_as()?,
            state: self.source.save(),
        })
    }

    fn restore(&mut self, state: &[u8], cx: &mut Cx) {
        if self.source.restore(state) {
            self.list.read(&self.source, cx);
        }
    }
}
