//! Permohonan saya: the applicant's requests above, the nine steps of the one under the cursor below, with whose turn it
//! is; step 9 is acknowledged here, a returned one is taken up again.

use std::collections::BTreeSet;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::desk::Identity;
use crate::desk::view::{Change, QueueRow, RequestDetail};
use crate::domain::{RequestId, Timestamp};
use crate::tui::action::{ActionId, Facts};
use crate::tui::component::{Component, Cx, Outcome, Saved, SavedKind};
use crate::tui::dialogs::Answer;
use crate::tui::draw;
use crate::tui::i18n::Value;
use crate::tui::look::Look;
use crate::tui::place::{Place, ScreenId};
use crate::tui::theme::{Tone, state_tone};
use crate::tui::widgets::fields::Fields;
use crate::tui::widgets::halves::Halves;
use crate::tui::widgets::list::{self, Cell, Column, ListState, column};
use crate::tui::widgets::scroll::{Line, Scroll};

use super::acting::act_on;
use super::detail::Tab;
use super::request::RequestScreen;
use super::{detail, timeline};

const COLUMNS: [Column; 5] = [
    column("column-number", 14, 0),
    column("column-state", 14, 0),
    column("column-age", 6, 0),
    column("column-serial", 8, 72),
    column("column-reason", 24, 0),
];

/// The list with its timeline.
pub struct MyRequests {
    who: Identity,
    rows: Vec<QueueRow>,
    state: ListState,
    detail: Option<Box<RequestDetail>>,
    scroll: Scroll,
    stale: bool,
    due: Option<Timestamp>,
}

impl MyRequests {
    pub fn new(who: Identity, cx: &mut Cx) -> Self {
        let mut screen = Self {
            who,
            rows: Vec::new(),
            state: ListState::default(),
            detail: None,
            scroll: Scroll::default(),
            stale: false,
            due: None,
        };
        screen.read(cx);
        screen
    }

    fn selected(&self) -> Option<RequestId> {
        self.rows.get(self.state.selected).map(|r| r.id)
    }

    /// Reads list and detail anew; the cursor stays on its request.
    fn read(&mut self, cx: &mut Cx) {
        let selected = self.selected();
        self.rows = cx.desk.my_requests(&self.who);
        self.stale = false;
        self.state.set_len(self.rows.len());
        if let Some(at) = self.rows.iter().position(|r| Some(r.id) == selected) {
            self.state.select(at);
        }
        self.read_detail(cx);
    }

    fn read_detail(&mut self, cx: &mut Cx) {
        self.due = None;
        self.scroll = Scroll::default();
        self.detail = self.selected().and_then(|id| {
            cx.desk
                .request(&self.who, id)
                .map(Box::new)
                .map_err(|error| cx.fail(&error))
                .ok()
        });
    }

    fn current(&self) -> Option<&RequestDetail> {
        let id = self.selected()?;
        self.detail.as_deref().filter(|d| d.request.id == id)
    }

    fn lines(&self, look: &Look, columns: u16) -> Vec<Line> {
        let mut out = Fields::new(look, columns);
        let Some(detail) = &self.detail else {
            if self.rows.is_empty() {
                out.text(&look.texts.get("my-requests-none"), Tone::Muted);
            }
            return out.lines;
        };
        let request = &detail.request;
        out.field(
            "detail-next",
            &detail::next_step(look, detail),
            Tone::Heading,
        );
        // What was returned names its items and the officer's note: that is what has to be mended.
        let returned = request.returns.last().filter(|_| request.state.is_open());
        if let Some(back) = returned {
            let items: Vec<String> = back
                .items
                .iter()
                .map(|i| look.texts.get(&format!("item-{}", i.name())))
                .collect();
            let text = format!("{}: {}", items.join(", "), back.note);
            out.field("detail-returned", &text, Tone::Warning);
        }
        if let Some(rejection) = &request.rejection {
            out.field("detail-rejected", &rejection.note, Tone::Bad);
        }
        if let Some(number) = request.crl_number {
            let number = [("number", Value::from(number.to_string()))];
            out.plain("field-truth", &look.texts.with("truth-on-crl", &number));
        } else if request.decision.is_some() {
            out.plain("field-truth", &look.texts.get("truth-waiting"));
        }
        if detail.may_apply_anew {
            out.text(&look.texts.get("may-apply-anew"), Tone::Good);
        }
        let mut lines = out.lines;
        lines.extend(timeline::steps(request, look, columns));
        lines
    }

    fn halves(&self, look: &Look, area: Rect) -> Halves {
        let mut halves = Halves::of(look, area);
        if look.split && area.width >= 100 {
            return halves;
        }
        // Few rows, nine steps: the timeline gets the larger part.
        let rows = u16::try_from(self.rows.len()).unwrap_or(u16::MAX);
        let rows = rows.clamp(2, (area.height / 3).max(2));
        halves.list.height = rows + 1;
        halves.bar.y = halves.list.bottom();
        halves.detail.y = halves.bar.y + 1;
        halves.detail.height = area.bottom().saturating_sub(halves.detail.y);
        halves
    }
}

impl Component for MyRequests {
    fn place(&self) -> Place {
        Place::Screen(ScreenId::MyRequests)
    }

    fn facts(&self, facts: &mut Facts) {
        facts.selected = self.selected().is_some();
        if let Some(detail) = self.current() {
            facts.acts = Some(detail.acts.clone());
            facts.letter = !detail.letters.is_empty();
        }
    }

    fn act(&mut self, action: ActionId, cx: &mut Cx) -> Outcome {
        if self.state.act(action, cx.edge_step) {
            self.due = Some(cx.lazy);
            return Outcome::Done;
        }
        match action {
            // The timeline may be longer than its half: left and right turn its pages.
            ActionId::Left => {
                self.scroll.act(ActionId::PageUp);
            }
            ActionId::Right => {
                self.scroll.act(ActionId::PageDown);
            }
            ActionId::Enter => {
                if let Some(id) = self.selected() {
                    return RequestScreen::open(self.who.clone(), id, Tab::Timeline, cx);
                }
            }
            action => {
                let Some(detail) = self.detail.take() else {
                    return Outcome::Ignored;
                };
                let outcome = act_on(action, &self.who, &detail, cx);
                self.detail = Some(detail);
                return outcome.unwrap_or(Outcome::Ignored);
            }
        }
        Outcome::Done
    }

    fn answered(&mut self, _answer: Answer, cx: &mut Cx) -> Outcome {
        self.read(cx);
        Outcome::Done
    }

    fn settle(&mut self, cx: &mut Cx, area: Rect) {
        let halves = self.halves(&cx.look, area);
        self.state.set_height(halves.rows());
        let lines = self.lines(&cx.look, halves.detail.width).len();
        self.scroll.fit(lines, usize::from(halves.detail.height));
    }

    fn changed(&mut self, change: &Change, cx: &mut Cx) {
        if matches!(change, Change::Request(_)) {
            self.stale = true;
            self.due.get_or_insert(cx.lazy);
        }
    }

    fn reload(&mut self, cx: &mut Cx) {
        self.read(cx);
    }

    fn deadline(&self) -> Option<Timestamp> {
        self.due
    }

    fn due(&mut self, cx: &mut Cx) {
        if self.due.take().is_none() {
            return;
        }
        if self.stale {
            self.read(cx);
        } else {
            self.read_detail(cx);
        }
    }

    fn view(&self, look: &Look, buffer: &mut Buffer, area: Rect) -> Option<(u16, u16)> {
        let halves = self.halves(look, area);
        let none = BTreeSet::new();
        list::view(
            look,
            buffer,
            halves.list,
            &COLUMNS,
            &self.state,
            &none,
            |index| {
                let row = self.rows.get(index)?;
                let state = look.texts.get(&format!("state-{}", row.state.name()));
                let since = row.first_submitted_at.unwrap_or(row.changed_at);
                let draft = || look.texts.get("state-draf");
                Some(vec![
                    Cell::plain(row.number.as_ref().map_or_else(draft, ToString::to_string)),
                    Cell::toned(state, state_tone(row.state)),
                    Cell::plain(look.format().age(since, look.now)),
                    Cell::plain(row.serial.last_eight()),
                    Cell::plain(row.reasons.join(", ")),
                ])
            },
        );
        let title = look.texts.get("my-requests-steps");
        draw::bar(
            look,
            buffer,
            halves.bar,
            halves.bar.y,
            &format!(" {title} "),
        );
        let lines = self.lines(look, halves.detail.width);
        self.scroll.view(look, buffer, halves.detail, &lines);
        None
    }

    fn save(&self) -> Option<Saved> {
        Some(Saved {
            what: SavedKind::Screen(ScreenId::MyRequests),
            state: Vec::new(),
        })
    }
}
