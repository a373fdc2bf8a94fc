//! Periksa: the guided review of steps 5 to 8. Account, letter and certificate stand side by side with sama/beda/kosong
//! in words; the officer ticks what he has compared; the stopwatch shows whole minutes and blocks nobody.

mod compare;
mod steps;

use std::collections::BTreeSet;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::desk::{Agreement, Change, RequestDetail};
use crate::desk::{HalfChecked, Identity, Intent};
use crate::domain::instant::MINUTE;
use crate::domain::{Item, RequestId, State, Timestamp};
use crate::tui::action::{ActionId, Facts};
use crate::tui::component::{Component, Cx, Outcome, Saved, SavedKind};
use crate::tui::dialogs::Answer;
use crate::tui::dialogs::send_back::send_back;
use crate::tui::draw;
use crate::tui::look::Look;
use crate::tui::place::Place;
use crate::tui::theme::Tone;
use crate::tui::widgets::scroll::Scroll;
use crate::tui::widgets::tabs;

use super::acting::{act_on, facts_of, perform, read_request};
use super::{detail, timeline};

/// The claim is renewed by work at most this often; the lease itself is policy (15 min).
const RENEW: i64 = 3 * MINUTE;

/// The steps that the review leads through.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
enum Stage {
    Data,
    Certificate,
    Revoke,
    Notify,
}

impl Stage {
    const ALL: [Self; 4] = [Self::Data, Self::Certificate, Self::Revoke, Self::Notify];

    const fn message(self) -> &'static str {
        match self {
            Self::Data => "review-data",
            Self::Certificate => "review-certificate",
            Self::Revoke => "review-revoke",
            Self::Notify => "review-notify",
        }
    }

    /// The SOP step, counted from 0.
    const fn step(self) -> usize {
        self as usize + 4
    }

    /// Where a request in this state is worked on.
    const fn of(state: State) -> Self {
        match state {
            State::DataSesuai => Self::Certificate,
            State::DnCocok | State::Terjadwal => Self::Revoke,
            State::Dicabut | State::Diberitahukan | State::Selesai => Self::Notify,
            _ => Self::Data,
        }
    }
}

/// The review of one request.
pub struct Review {
    who: Identity,
    detail: Box<RequestDetail>,
    stage: Stage,
    /// The line of the checklist that the cursor is on.
    at: usize,
    ticked: BTreeSet<Item>,
    /// What the ticks were made on: submission round and number of letters.
    ticked_on: (u32, usize),
    scroll: Scroll,
    due: Option<Timestamp>,
    /// When the stopwatch shows another minute.
    minute: Option<Timestamp>,
    /// When the letter is drawn below the table, where there is room: after what is asked first, when the keys rest.
    letter: Option<Timestamp>,
    renewed_at: Timestamp,
}

impl Review {
    /// Reads the request and opens its review, or says why that cannot be.
    pub fn open(who: Identity, id: RequestId, cx: &mut Cx) -> Outcome {
        match Self::new(who, id, cx) {
            Some(review) => Outcome::Open(Box::new(review)),
            None => Outcome::Done,
        }
    }

    pub fn new(who: Identity, id: RequestId, cx: &mut Cx) -> Option<Self> {
        let detail = match read_request(&who, id, cx) {
            Ok(detail) => detail,
            Err(error) => {
                cx.fail(&error);
                return None;
            }
        };
        let compared = (detail.request.round, detail.letters.len());
        let ticks = cx.desk.ticks(&who, id).unwrap_or(HalfChecked {
            items: BTreeSet::new(),
            compared,
        });
        let mut review = Self {
            who,
            stage: Stage::of(detail.request.state),
            at: 0,
            ticked: ticks.items,
            ticked_on: ticks.compared,
            scroll: Scroll::default(),
            due: None,
            minute: None,
            letter: Some(cx.lazy),
            renewed_at: cx.now,
            detail: Box::new(detail),
        };
        review.follow_state();
        review.set_minute(cx);
        Some(review)
    }

    fn read(&mut self, cx: &mut Cx) {
        let before = self.detail.request.state;
        match read_request(&self.who, self.detail.request.id, cx) {
            Ok(detail) => *self.detail = detail,
            Err(error) => {
                cx.fail(&error);
                return;
            }
        }
        if self.detail.request.state != before {
            self.stage = Stage::of(self.detail.request.state);
            self.scroll = Scroll::default();
        }
        self.follow_state();
        self.set_minute(cx);
    }

    /// Ticks belong to what they were made on: another letter or round, and the check begins anew.
    fn follow_state(&mut self) {
        let now = (self.detail.request.round, self.detail.letters.len());
        if self.ticked_on != now {
            self.ticked.clear();
            self.ticked_on = now;
        }
        if self.detail.request.data_check.is_some() {
            self.ticked = Item::CHECKLIST.into_iter().collect();
        }
    }

    fn set_minute(&mut self, cx: &Cx) {
        self.minute = timeline::next_minute(&self.detail.request, self.stage.step(), cx.now);
    }

    fn claimed_by_me(&self) -> bool {
        let claim = self.detail.request.claim.as_ref();
        claim.is_some_and(|c| c.officer == self.who.account_id())
    }

    /// Keys are work: they keep the claim alive.
    fn renew(&mut self, cx: &mut Cx) {
        if self.claimed_by_me() && cx.now.since(self.renewed_at) >= RENEW {
            self.renewed_at = cx.now;
            // A lapsed claim is told by the next act; renewing it is no act of the officer's.
            let _ = cx
                .desk
                .act(&self.who, self.detail.request.id, None, Intent::Touch);
        }
    }

    fn tick(&mut self, cx: &Cx) {
        if self.stage != Stage::Data || self.detail.request.data_check.is_some() {
            return;
        }
        let item = Item::CHECKLIST[self.at.min(Item::CHECKLIST.len() - 1)];
        if !self.ticked.remove(&item) {
            self.ticked.insert(item);
        }
        let ticks = HalfChecked {
            items: self.ticked.clone(),
            compared: self.ticked_on,
        };
        cx.desk.keep_ticks(&self.who, self.detail.request.id, ticks);
        self.at = (self.at + 1).min(Item::CHECKLIST.len() - 1);
    }

    fn unchecked(&self) -> Vec<Item> {
        Item::CHECKLIST
            .into_iter()
            .filter(|i| !self.ticked.contains(i))
            .collect()
    }

    fn verify(&mut self, cx: &mut Cx) -> Outcome {
        let intent = Intent::Verify {
            checked: self.ticked.clone(),
            accept_missing_letter: self.detail.letters.is_empty()
                && self.ticked.contains(&Item::Letter),
        };
        let who = self.who.clone();
        perform(ActionId::Verify, &who, &self.detail, intent, cx);
        self.read(cx);
        Outcome::Done
    }

    /// What differs and is not ticked is proposed for the return.
    fn failed_items(&self) -> BTreeSet<Item> {
        let mut items: BTreeSet<Item> = self
            .detail
            .comparison
            .iter()
            .filter(|c| c.agreement == Agreement::Differs && !self.ticked.contains(&c.item))
            .map(|c| c.item)
            .collect();
        if self.stage == Stage::Certificate && !self.detail.names_agree {
            items.insert(Item::Dn);
        }
        items
    }

    fn walk(&mut self, action: ActionId) -> bool {
        if self.stage != Stage::Data {
            return self.scroll.act(action);
        }
        let last = Item::CHECKLIST.len() - 1;
        self.at = match action {
            ActionId::Up => self.at.saturating_sub(1),
            ActionId::Down | ActionId::Enter => (self.at + 1).min(last),
            ActionId::First | ActionId::PageUp => 0,
            ActionId::Last | ActionId::PageDown => last,
            _ => return false,
        };
        true
    }

    fn beside(&mut self, step: isize) {
        let at = (self.stage as usize)
            .saturating_add_signed(step)
            .min(Stage::ALL.len() - 1);
        self.stage = Stage::ALL[at];
        self.scroll = Scroll::default();
    }
}

impl Component for Review {
    fn place(&self) -> Place {
        Place::Review
    }

    fn facts(&self, facts: &mut Facts) {
        facts.selected = true;
        facts_of(&self.who, &self.detail, facts);
        facts.unchecked = self.unchecked();
        facts.ticking = self.stage == Stage::Data && self.detail.request.data_check.is_none();
    }

    fn act(&mut self, action: ActionId, cx: &mut Cx) -> Outcome {
        self.renew(cx);
        if self.walk(action) {
            return Outcome::Done;
        }
        match action {
            ActionId::Back => return Outcome::Close,
            ActionId::Left => self.beside(-1),
            ActionId::Right => self.beside(1),
            ActionId::Tick => self.tick(cx),
            ActionId::Verify => return self.verify(cx),
            ActionId::Return => {
                let form = send_back(self.who.clone(), &self.detail, &self.failed_items(), cx);
                return Outcome::Open(Box::new(form));
            }
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
        self.set_minute(cx);
        Outcome::Done
    }

    fn answered(&mut self, _answer: Answer, cx: &mut Cx) -> Outcome {
        self.read(cx);
        Outcome::Done
    }

    fn settle(&mut self, cx: &mut Cx, area: Rect) {
        let lines = steps::lines(self, &cx.look, area.width).len();
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
            .into_iter()
            .chain(self.minute)
            .chain(self.letter)
            .min()
    }

    fn due(&mut self, cx: &mut Cx) {
        if self.due.take_if(|t| *t <= cx.now).is_some() {
            self.read(cx);
        }
        self.letter.take_if(|t| *t <= cx.now);
        if self.minute.is_some_and(|t| t <= cx.now) {
            self.set_minute(cx);
        }
    }

    fn view(&self, look: &Look, buffer: &mut Buffer, area: Rect) -> Option<(u16, u16)> {
        let (mut watch, over) = timeline::stopwatch(look, &self.detail.request, self.stage.step());
        if over {
            watch = format!("{watch} {}", look.texts.get("word-late"));
        }
        let room = area.width.saturating_sub(draw::width(&watch) + 3);
        let inner = Rect::new(area.x + 1, area.y, room, area.height);
        let heading = detail::heading(&self.detail, look);
        let runs: Vec<(&str, Tone)> = heading
            .iter()
            .map(|(t, tone)| (t.as_str(), *tone))
            .collect();
        draw::runs(look, buffer, inner, area.y, &runs);
        let bar = Rect::new(area.x, area.y + 1, area.width, 1);
        let titles: Vec<String> = Stage::ALL
            .iter()
            .map(|s| look.texts.get(s.message()))
            .collect();
        tabs::view(look, buffer, bar, "", &titles, self.stage as usize);
        let x = area.right().saturating_sub(draw::width(&watch) + 1);
        draw::text(
            buffer,
            x,
            area.y,
            draw::width(&watch),
            &watch,
            look.style(if over { Tone::Bad } else { Tone::Heading }),
        );
        let body = Rect::new(
            area.x,
            area.y + 2,
            area.width,
            area.height.saturating_sub(2),
        );
        if self.stage == Stage::Data {
            compare::view_data(self, look, buffer, body);
        } else {
            self.scroll
                .view(look, buffer, body, &steps::lines(self, look, body.width));
        }
        None
    }

    fn save(&self) -> Option<Saved> {
        let left = (self.stage, self.at, self.ticked.clone(), self.ticked_on);
        Some(Saved {
            what: SavedKind::Review(self.detail.request.id),
            state: postcard::to_stdvec(&left).ok()?,
        })
    }

    fn restore(&mut self, state: &[u8], cx: &mut Cx) {
        type Left = (Stage, usize, BTreeSet<Item>, (u32, usize));
        let Ok((_, at, ticked, ticked_on)) = postcard::from_bytes::<Left>(state) else {
            return;
        };
        self.at = at.min(Item::CHECKLIST.len() - 1);
        self.ticked = ticked;
        self.ticked_on = ticked_on;
        self.follow_state();
        self.set_minute(cx);
    }
}
