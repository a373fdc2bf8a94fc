//! A list above and the detail of the row under the cursor below it: what log, outbox, accounts and certificates share.
//! A screen says what its rows are ([`Listed`]); reading page by page, the cursor, the filter, the hour at which the
//! detail is read and the drawing are here, once.

mod component;

use std::collections::BTreeSet;

use ratatui::layout::Rect;

use crate::desk::{Change, DeskError, Page};
use crate::domain::Timestamp;
use crate::domain::instant::MINUTE;
use crate::tui::action::{ActionId, Facts};
use crate::tui::component::{Cx, Outcome, SavedKind};
use crate::tui::look::Look;
use crate::tui::place::Place;
use crate::tui::theme::Tone;
use crate::tui::widgets::fields::Fields;
use crate::tui::widgets::halves::Halves;
use crate::tui::widgets::list::{Cell, Column, ListState};
use crate::tui::widgets::paged::Paged;
use crate::tui::widgets::scroll::{Line, Scroll};
use crate::tui::widgets::text_field::TextField;

/// Octets of a filter.
const FILTER: usize = 200;

/// What a list screen shows, and what its own actions do.
pub trait Listed: Send + Sized + 'static {
    /// Whose rows of the action table are live; a screen, or what was opened over one.
    const PLACE: Place;
    const COLUMNS: &'static [Column];
    /// What is said where there is no row.
    const EMPTY: &'static str;
    /// A cursor on the first row stays there when newer rows come in above it.
    const NEWEST_FIRST: bool = false;
    /// Rows are read anew at each minute mark: they show hours that no change announces.
    const MINUTELY: bool = false;
    /// Rows can be marked, so that an action goes over several.
    const MARKS: bool = false;

    type Row: Send;
    /// What tells a row from every other.
    type Key: Clone + Ord + Send;
    /// What is read about one row when the keys rest.
    type Detail: Send;

    fn key(row: &Self::Row) -> Self::Key;

    /// At most `limit` rows after the token `from`.
    fn page(&self, cx: &Cx, from: Option<&str>, limit: usize)
    -> Result<Page<Self::Row>, DeskError>;

    fn detail(&self, row: &Self::Row, cx: &Cx) -> Result<Self::Detail, DeskError>;

    fn cells(row: &Self::Row, look: &Look) -> Vec<Cell>;

    /// The words on the bar above the detail.
    fn title(&self, look: &Look) -> String;

    fn lines(&self, detail: &Self::Detail, look: &Look, columns: u16) -> Vec<Line>;

    /// Whether rows or detail may read otherwise after a change.
    fn concerns(change: &Change) -> bool;

    fn facts(&self, _list: &List<Self>, _facts: &mut Facts) {}

    /// An action that is not one of every list.
    fn act(&mut self, action: ActionId, list: &mut List<Self>, cx: &mut Cx) -> Outcome;

    /// Work of the screen that went on aside may have ended.
    fn ended(&mut self, _cx: &mut Cx) -> Outcome {
        Outcome::Ignored
    }

    /// What narrows the list, where it can be narrowed by typing.
    fn filter(&self) -> Option<&str> {
        None
    }

    fn set_filter(&mut self, _text: &str) {}

    /// Takes back everything that narrows the list.
    fn clear_filter(&mut self) {
        self.set_filter("");
    }

    /// Enter behind a question that [`List::ask`] put.
    fn answer(&mut self, _typed: &str, _list: &mut List<Self>, _cx: &mut Cx) -> Outcome {
        Outcome::Done
    }

    fn halves(_rows: usize, look: &Look, area: Rect) -> Halves {
        Halves::of(look, area)
    }

    /// What a resumed session opens anew.
    fn kept_as(&self) -> Option<SavedKind> {
        match Self::PLACE {
            Place::Screen(screen) => Some(SavedKind::Screen(screen)),
            _ => None,
        }
    }

    /// What is worth keeping for a resumed session.
    fn save(&self) -> Vec<u8> {
        Vec::new()
    }

    /// `false`: nothing was taken back.
    fn restore(&mut self, _state: &[u8]) -> bool {
        false
    }
}

/// What is being typed on the line above the footer.
enum Typing {
    /// Rows follow as it is typed.
    Filter,
    /// A question behind the sign with this message id, answered by Enter.
    Question(&'static str),
}

/// The rows read so far, the one under the cursor and its detail.
pub struct List<S: Listed> {
    rows: Paged<S::Row>,
    marked: BTreeSet<S::Key>,
    state: ListState,
    detail: Option<(S::Key, S::Detail)>,
    scroll: Scroll,
    typing: Option<(Typing, TextField)>,
    /// The rows are to be read anew.
    stale: bool,
    /// When what waits for the keys to rest is due.
    due: Option<Timestamp>,
    /// The next minute mark, where rows follow it.
    minute: Option<Timestamp>,
}

impl<S: Listed> List<S> {
    fn new() -> Self {
        Self {
            rows: Paged::default(),
            marked: BTreeSet::new(),
            state: ListState::default(),
            detail: None,
            scroll: Scroll::default(),
            typing: None,
            stale: false,
            due: None,
            minute: None,
        }
    }

    /// The rows read so far.
    pub fn rows(&self) -> &[S::Row] {
        &self.rows.rows
    }

    /// How many rows there are in all, where that is known.
    pub const fn total(&self) -> Option<u64> {
        self.rows.total
    }

    /// The marked rows, by their keys.
    pub const fn marked(&self) -> &BTreeSet<S::Key> {
        &self.marked
    }

    /// Marks the row under the cursor, or takes its mark back, and goes on to the next.
    fn mark(&mut self, cx: &Cx) {
        let Some(key) = self.row().map(S::key) else {
            return;
        };
        if !self.marked.remove(&key) {
            self.marked.insert(key);
        }
        self.state.act(ActionId::Down, cx.edge_step);
        self.due = Some(cx.lazy);
    }

    /// Marks every row read so far.
    fn mark_all(&mut self) {
        self.marked = self.rows.rows.iter().map(S::key).collect();
    }

    /// The row under the cursor.
    pub fn row(&self) -> Option<&S::Row> {
        self.rows.rows.get(self.state.selected)
    }

    /// What was read when the keys last came to rest. It may be of a row that the cursor has left.
    pub fn shown(&self) -> Option<&S::Detail> {
        self.detail.as_ref().map(|(_, detail)| detail)
    }

    /// The detail, if it is of the row under the cursor.
    pub fn current(&self) -> Option<&S::Detail> {
        let key = self.row().map(S::key)?;
        self.detail
            .as_ref()
            .filter(|(of, _)| *of == key)
            .map(|(_, detail)| detail)
    }

    /// The detail of the row under the cursor, read now if the keys have not rested yet.
    pub fn current_now(&mut self, source: &S, cx: &mut Cx) -> Option<&S::Detail> {
        if self.current().is_none() {
            self.read_detail(source, cx);
        }
        self.current()
    }

    pub fn select(&mut self, row: usize, cx: &Cx) {
        self.state.select(row);
        self.due = Some(cx.lazy);
    }

    /// Asks for a line of text, at most `limit` octets; the answer comes to [`Listed::answer`].
    pub fn ask(&mut self, sign: &'static str, limit: usize) {
        self.typing = Some((Typing::Question(sign), TextField::new(limit)));
    }

    /// Reads rows and detail anew; the cursor stays on its row.
    pub fn read(&mut self, source: &S, cx: &mut Cx) {
        let before = self.row().map(S::key);
        let at_newest = S::NEWEST_FIRST && self.state.selected == 0;
        let had = self.rows.rows.len();
        match Paged::open(had, |from, limit| source.page(cx, from, limit)) {
            Ok(rows) => self.rows = rows,
            Err(error) => cx.fail(&error),
        }
        self.stale = false;
        self.minute = S::MINUTELY.then(|| cx.now.plus(MINUTE - cx.now.millis().rem_euclid(MINUTE)));
        self.state.set_len(self.rows.rows.len());
        if !self.marked.is_empty() {
            // What is there no longer, or was not read, is not acted on unseen.
            let keys: BTreeSet<S::Key> = self.rows.rows.iter().map(S::key).collect();
            self.marked.retain(|key| keys.contains(key));
        }
        let at = before.and_then(|key| self.rows.rows.iter().position(|r| S::key(r) == key));
        if let Some(at) = at.filter(|_| !at_newest) {
            self.state.select(at);
        }
        self.read_detail(source, cx);
    }

    /// Reads what other conditions let through, from its first row unless the cursor's row is among it.
    pub fn read_narrowed(&mut self, source: &S, cx: &mut Cx) {
        let before = self.row().map(S::key);
        self.rows = Paged::default();
        self.read(source, cx);
        let at = before.and_then(|key| self.rows.rows.iter().position(|r| S::key(r) == key));
        self.state.select(at.unwrap_or(0));
        self.read_detail(source, cx);
    }

    /// Reads the detail of the row under the cursor.
    pub fn read_detail(&mut self, source: &S, cx: &mut Cx) {
        self.due = None;
        let before = self.detail.take();
        let Some(row) = self.row() else { return };
        let key = S::key(row);
        if before.is_none_or(|(of, _)| of != key) {
            self.scroll = Scroll::default();
        }
        let Some(row) = self.row() else { return };
        match source.detail(row, cx) {
            Ok(detail) => self.detail = Some((key, detail)),
            Err(error) => cx.fail(&error),
        }
    }
}

/// The screen over a [`Listed`].
pub struct ListScreen<S: Listed> {
    source: S,
    list: List<S>,
}

impl<S: Listed> ListScreen<S> {
    pub fn new(source: S, cx: &mut Cx) -> Self {
        let mut screen = Self {
            source,
            list: List::new(),
        };
        screen.list.read(&screen.source, cx);
        screen
    }

    /// The filter follows what is typed; the rows follow when the keys rest.
    fn typed(&mut self, cx: &Cx) {
        if let Some((Typing::Filter, field)) = &self.list.typing
            && self.source.filter() != Some(field.text())
        {
            self.source.set_filter(field.text());
            self.list.stale = true;
            self.list.due = Some(cx.lazy);
        }
    }

    /// Enter and Esc in the line that is being typed.
    fn leave_typing(&mut self, action: ActionId, cx: &mut Cx) -> Outcome {
        let Some((what, field)) = self.list.typing.take() else {
            return Outcome::Ignored;
        };
        match (what, action) {
            (Typing::Filter, ActionId::Enter) => {
                self.source.set_filter(field.text());
                self.list.read_narrowed(&self.source, cx);
            }
            (Typing::Filter, ActionId::Back) => {
                self.source.set_filter("");
                self.list.read_narrowed(&self.source, cx);
            }
            (Typing::Question(_), ActionId::Enter) => {
                return self.source.answer(field.text(), &mut self.list, cx);
            }
            (Typing::Question(_), ActionId::Back) => {}
            (what, _) => {
                self.list.typing = Some((what, field));
                return Outcome::Ignored;
            }
        }
        Outcome::Done
    }

    fn lines(&self, look: &Look, columns: u16) -> Vec<Line> {
        match self.list.shown() {
            Some(detail) => self.source.lines(detail, look, columns),
            None if self.list.rows().is_empty() => {
                let mut out = Fields::new(look, columns);
                let message = match self.list.rows.is_looking() {
                    true => "list-looking-none",
                    false => S::EMPTY,
                };
                out.text(&look.texts.get(message), Tone::Muted);
                out.lines
            }
            None => Vec::new(),
        }
    }

    fn halves(&self, look: &Look, area: Rect) -> Halves {
        S::halves(self.list.rows().len(), look, area)
    }
}
