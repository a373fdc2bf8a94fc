//! One request with its tabs over the whole screen: what Enter opens in the queue and in an applicant's list.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::desk::{Change, Identity, RequestDetail};
use crate::domain::{RequestId, Timestamp};
use crate::tui::action::{ActionId, Facts};
use crate::tui::component::{Component, Cx, Outcome, Saved, SavedKind};
use crate::tui::dialogs::Answer;
use crate::tui::draw;
use crate::tui::look::Look;
use crate::tui::place::Place;
use crate::tui::theme::Tone;
use crate::tui::widgets::scroll::{Line, Scroll, line};
use crate::tui::widgets::tabs;

use super::acting::{act_on, facts_of, read_request};
use super::detail::{self, Tab};
use super::review::Review;
use super::timeline;

/// Rows from which the summary has room for the nine steps below it.
const HIGH: u16 = 30;

/// The screen of one request.
pub struct RequestScreen {
    who: Identity,
    detail: Box<RequestDetail>,
    tab: Tab,
    scroll: Scroll,
    due: Option<Timestamp>,
}

impl RequestScreen {
    pub fn new(who: Identity, detail: RequestDetail, tab: Tab) -> Self {
        Self {
            who,
            detail: Box::new(detail),
            tab,
            scroll: Scroll::default(),
            due: None,
        }
    }

    /// Reads the request and opens it, or says why that cannot be.
    pub fn open(who: Identity, id: RequestId, tab: Tab, cx: &mut Cx) -> Outcome {
        match read_request(&who, id, cx) {
            Ok(detail) => Outcome::Open(Box::new(Self::new(who, detail, tab))),
            Err(error) => {
                cx.fail(&error);
                Outcome::Done
            }
        }
    }

    /// The lines of the tab; where the window is high, the nine steps stand below the summary.
    fn lines(&self, look: &Look, area: Rect) -> Vec<Line> {
        let mut lines = detail::lines(self.tab, &self.detail, look, area.width);
        if self.tab == Tab::Summary && area.height >= HIGH {
            let title = format!(" {}", Tab::titles(look)[Tab::Timeline.index()]);
            lines.push(Line::new());
            lines.push(line(title, Tone::Heading));
            lines.extend(timeline::steps_in_short(&self.detail.request, look));
        }
        lines
    }

    fn read(&mut self, cx: &mut Cx) {
        match read_request(&self.who, self.detail.request.id, cx) {
            Ok(detail) => *self.detail = detail,
            Err(error) => cx.fail(&error),
        }
    }
}

impl Component for RequestScreen {
    fn place(&self) -> Place {
        Place::Request
    }

    fn facts(&self, facts: &mut Facts) {
        facts.selected = true;
        facts_of(&self.who, &self.detail, facts);
    }

    fn act(&mut self, action: ActionId, cx: &mut Cx) -> Outcome {
        if self.scroll.act(action) {
            return Outcome::Done;
        }
        match action {
            ActionId::Back => return Outcome::Close,
            ActionId::Left | ActionId::Right => {
                self.tab = self
                    .tab
                    .beside(if action == ActionId::Left { -1 } else { 1 });
                self.scroll = Scroll::default();
            }
            ActionId::Review => return Review::open(self.who.clone(), self.detail.request.id, cx),
            action => {
                let who = self.who.clone();
                let Some(outcome) = act_on(action, &who, &self.detail, cx) else {
                    return Outcome::Ignored;
                };
                if matches!(outcome, Outcome::Done) {
                    self.read(cx);
                }
                return outcome;
            }
        }
        Outcome::Done
    }

    fn answered(&mut self, _answer: Answer, cx: &mut Cx) -> Outcome {
        self.read(cx);
        Outcome::Done
    }

    fn settle(&mut self, cx: &mut Cx, area: Rect) {
        let lines = self.lines(&cx.look, area).len();
        self.scroll
            .fit(lines, usize::from(area.height.saturating_sub(2)));
    }

    fn changed(&mut self, change: &Change, cx: &mut Cx) {
        let id = self.detail.request.id;
        if matches!(change, Change::Request(changed) if *changed == id) {
            self.due = Some(cx.lazy);
        }
    }

    fn reload(&mut self, cx: &mut Cx) {
        self.read(cx);
    }

    fn deadline(&self) -> Option<Timestamp> {
        self.due
    }

    fn due(&mut self, cx: &mut Cx) {
        if self.due.take().is_some() {
            self.read(cx);
        }
    }

    fn view(&self, look: &Look, buffer: &mut Buffer, area: Rect) -> Option<(u16, u16)> {
        let heading = detail::heading(&self.detail, look);
        let runs: Vec<(&str, Tone)> = heading
            .iter()
            .map(|(t, tone)| (t.as_str(), *tone))
            .collect();
        let inner = Rect::new(
            area.x + 1,
            area.y,
            area.width.saturating_sub(1),
            area.height,
        );
        draw::runs(look, buffer, inner, area.y, &runs);
        let bar = Rect::new(area.x, area.y + 1, area.width, 1);
        tabs::view(look, buffer, bar, "", &Tab::titles(look), self.tab.index());
        let body = Rect::new(
            area.x,
            area.y + 2,
            area.width,
            area.height.saturating_sub(2),
        );
        let lines = self.lines(look, area);
        self.scroll.view(look, buffer, body, &lines);
        None
    }

    fn save(&self) -> Option<Saved> {
        Some(Saved {
            what: SavedKind::Request(self.detail.request.id),
            state: postcard::to_stdvec(&self.tab).ok()?,
        })
    }

    fn restore(&mut self, state: &[u8], _cx: &mut Cx) {
        if let Ok(tab) = postcard::from_bytes(state) {
            self.tab = tab;
        }
    }
}
