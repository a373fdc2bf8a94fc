//! Antrean: the list above, the detail of the row under the cursor below (or beside it). The cursor moves at once; what
//! the detail shows is read and drawn when the keys rest, so that a held key costs a few bytes a row.

mod component;
mod rows;

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::desk::{Identity, QueueList, QueueQuery, QueueRow, RequestDetail};
use crate::domain::{RequestId, Timestamp};
use crate::tui::action::ActionId;
use crate::tui::component::{Cx, Outcome};
use crate::tui::dialogs::batch_decision::BatchDecision;
use crate::tui::i18n::Value;
use crate::tui::theme::Tone;
use crate::tui::widgets::list::ListState;
use crate::tui::widgets::scroll::Scroll;
use crate::tui::widgets::text_field::TextField;

use super::acting::read_request;
use super::detail::Tab;
use super::request::RequestScreen;
pub use rows::cells;
use rows::{SORTS, sort_index, sort_message};

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
        let next = usize::from(sort_index(self.query.sort)) + 1;
        self.query.sort = SORTS[next % SORTS.len()];
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

    /// The marked requests in the order of the list.
    fn in_order(&self) -> Vec<RequestId> {
        let ids = self.list.ids.iter().copied();
        ids.filter(|id| self.marked.contains(id)).collect()
    }

    /// Opens the decision over all marked requests.
    fn decide_marked(&self, action: ActionId, cx: &mut Cx) -> Outcome {
        let rows = cx.desk.queue_rows(&self.in_order());
        match BatchDecision::new(action, self.who.clone(), &rows, cx) {
            Ok(Some(dialog)) => Outcome::Open(Box::new(dialog)),
            Ok(None) => Outcome::Ignored,
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
