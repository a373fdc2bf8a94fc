//! Antrean: the list above, the detail of the row under the cursor below (or beside it). The cursor moves at once; what
//! the detail shows is read and drawn when the keys rest, so that a held key costs a few bytes a row.

mod rows;

use std::collections::BTreeSet;
use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::desk::Identity;
use crate::desk::view::{Change, QueueList, QueueQuery, QueueRow, QueueSort, RequestDetail};
use crate::domain::{RequestId, Timestamp};
use crate::term::Key;
use crate::tui::action::{ActionId, Facts};
use crate::tui::component::{Component, Cx, Outcome, Prompt, Saved, SavedKind};
use crate::tui::dialogs::{Answer, batch::Batch};
use crate::tui::draw;
use crate::tui::i18n::Value;
use crate::tui::look::Look;
use crate::tui::place::{Place, ScreenId};
use crate::tui::theme::Tone;
use crate::tui::widgets::list::{self, Cell, Column, ListState, column};
use crate::tui::widgets::scroll::Scroll;
use crate::tui::widgets::tabs;
use crate::tui::widgets::text_field::TextField;

use super::acting::{act_on, read_request};
use super::detail::{self, Tab};
use super::request::RequestScreen;
use super::review::Review;
use rows::{COLUMNS, Left, SORTS, areas, sort_index, sort_message};

pub use rows::cells;

/// What is being typed on the line above the footer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Typing {
    /// With the request that Esc goes back to.
    Filter(Option<RequestId>),
    Number,
}

/// The queue.
pub struct Queue {
    who: Identity,
    query: QueueQuery,
    list: QueueList,
    state: ListState,
    /// The rows of the window, and which window that is.
    rows: Vec<QueueRow>,
    window: std::ops::Range<usize>,
    marked: BTreeSet<RequestId>,
    detail: Option<Box<RequestDetail>>,
    tab: Tab,
    scroll: Scroll,
    detail_columns: u16,
    typing: Option<(Typing, TextField)>,
    /// When what waits for the keys to rest is due.
    due: Option<Timestamp>,
    /// The list is to be read anew.
    stale: bool,
}

impl Queue {
    pub fn new(who: Identity, cx: &mut Cx) -> Self {
        let query = QueueQuery::default();
        let list = cx.desk.queue(&who, &query);
        let mut state = ListState::default();
        state.set_len(list.ids.len());
        Self {
            who,
            query,
            list,
            state,
            rows: Vec::new(),
            window: 0..0,
            marked: BTreeSet::new(),
            detail: None,
            tab: Tab::default(),
            scroll: Scroll::default(),
            detail_columns: 0,
            typing: None,
            due: Some(cx.now),
            stale: false,
        }
    }

    fn selected(&self) -> Option<RequestId> {
        self.list.ids.get(self.state.selected).copied()
    }

    /// Reads the list anew. With `keep`, the request under the cursor stays there even where the filter would no longer
    /// let it through: a row that slips away under the cursor would have the next key hit its neighbour.
    fn read_list(&mut self, keep: bool, cx: &Cx) {
        let selected = self.selected();
        self.list = cx.desk.queue(&self.who, &self.query);
        let at = selected.and_then(|id| self.list.ids.iter().position(|i| *i == id));
        if let (None, true, Some(id)) = (at, keep, selected)
            && !cx.desk.queue_rows(&[id]).is_empty()
        {
            let place = self.state.selected.min(self.list.ids.len());
            Arc::make_mut(&mut self.list.ids).insert(place, id);
        }
        self.state.set_len(self.list.ids.len());
        if let Some(at) = at {
            self.state.select(at);
        }
        self.window = 0..0;
        self.stale = false;
        if !self.marked.is_empty() {
            let ids: BTreeSet<RequestId> = self.list.ids.iter().copied().collect();
            self.marked.retain(|id| ids.contains(id));
        }
    }

    fn read_detail(&mut self, cx: &mut Cx) {
        let Some(id) = self.selected() else {
            self.detail = None;
            return;
        };
        if self.detail.as_ref().is_some_and(|d| d.request.id != id) {
            self.scroll = Scroll::default();
        }
        match read_request(&self.who, id, cx) {
            Ok(detail) => self.detail = Some(Box::new(detail)),
            Err(error) => {
                self.detail = None;
                cx.fail(&error);
            }
        }
    }

    /// The detail, if it is of the row under the cursor.
    fn current(&self) -> Option<&RequestDetail> {
        self.detail
            .as_deref()
            .filter(|d| Some(d.request.id) == self.selected())
    }

    fn moved(&mut self, cx: &Cx) {
        if self.current().is_none() {
            self.due = Some(cx.lazy);
        }
    }

    fn sort_next(&mut self, cx: &mut Cx) {
        self.query.sort = match self.query.sort {
            QueueSort::Work => QueueSort::Number,
            QueueSort::Number => QueueSort::Age,
            QueueSort::Age => QueueSort::Owner,
            QueueSort::Owner => QueueSort::Agency,
            QueueSort::Agency => QueueSort::State,
            QueueSort::State => QueueSort::Work,
        };
        self.query.descending = false;
        self.resort(cx);
    }

    fn resort(&mut self, cx: &mut Cx) {
        self.read_list(false, cx);
        self.moved(cx);
        let sorted = cx.texts().with(
            if self.query.descending {
                "sorted-descending"
            } else {
                "sorted-by"
            },
            &[(
                "column",
                Value::from(cx.texts().get(sort_message(self.query.sort))),
            )],
        );
        cx.say(Tone::Plain, sorted);
    }

    /// Enter in the line that is being typed.
    fn typed(&mut self, cx: &mut Cx) -> Outcome {
        let Some((what, field)) = self.typing.take() else {
            return Outcome::Done;
        };
        match what {
            Typing::Filter(_) => {
                self.filter_now(cx);
                Outcome::Done
            }
            Typing::Number => self.jump(field.text().trim(), cx),
        }
    }

    fn filter_now(&mut self, cx: &mut Cx) {
        self.read_list(false, cx);
        self.read_detail(cx);
        self.due = None;
    }

    /// After an act of one's own: everything is read, the cursor stays.
    fn read_again(&mut self, cx: &mut Cx) {
        self.read_list(true, cx);
        self.read_detail(cx);
        self.due = None;
    }

    fn jump(&mut self, typed: &str, cx: &mut Cx) -> Outcome {
        if typed.is_empty() {
            return Outcome::Done;
        }
        // A bare sequence is one of this year's.
        let number = if typed.chars().all(|c| c.is_ascii_digit()) {
            let year = cx.now.local(cx.look.zone).year();
            format!("PC-{year:04}-{typed:0>6}")
        } else {
            typed.to_owned()
        };
        match cx.desk.find_request(&self.who, &number) {
            Ok(id) => match self.list.ids.iter().position(|i| *i == id) {
                Some(at) => {
                    self.state.select(at);
                    self.moved(cx);
                    Outcome::Done
                }
                // The filter hides it: it opens by itself.
                None => RequestScreen::open(self.who.clone(), id, self.tab, cx),
            },
            Err(error) => {
                cx.fail(&error);
                Outcome::Done
            }
        }
    }

    fn mark(&mut self, cx: &Cx) {
        if let Some(id) = self.selected() {
            if !self.marked.remove(&id) {
                self.marked.insert(id);
            }
            self.state.act(ActionId::Down, cx.edge_step);
            self.moved(cx);
        }
    }
}

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
            facts.acts = Some(detail.acts.clone());
            facts.letter = !detail.letters.is_empty();
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
                let marked = self
                    .list
                    .ids
                    .iter()
                    .copied()
                    .filter(|id| self.marked.contains(id));
                return Outcome::Open(Box::new(Batch::new(action, self.who.clone(), marked, cx)));
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
        let (list, _, rest) = areas(&cx.look, area);
        self.state
            .set_height(usize::from(list.height.saturating_sub(1)));
        let window = self.state.window();
        if window != self.window {
            self.rows = cx.desk.queue_rows(&self.list.ids[window.clone()]);
            self.window = window;
        }
        self.detail_columns = rest.width;
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
        let (list, bar, rest) = areas(look, area);
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
            list,
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
            let x = draw::text(
                buffer,
                line.x,
                line.y,
                line.width,
                &sign,
                look.style(Tone::Key),
            );
            let count = self.count(look);
            let room = line.right().saturating_sub(x + draw::width(&count) + 2);
            let (shown, column) = field.shown(room);
            draw::text(buffer, x, line.y, room, &shown, look.style(Tone::Heading));
            if matches!(what, Typing::Filter(_)) && !self.stale {
                let at = line.right().saturating_sub(draw::width(&count));
                draw::text(buffer, at, line.y, line.right() - at, &count, style);
            }
            return Some(Prompt::Typing((x + column, line.y)));
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
