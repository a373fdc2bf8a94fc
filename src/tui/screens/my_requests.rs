//! Permohonan saya: the applicant's requests above, the nine steps of the one under the cursor below, with whose turn it
//! is; step 9 is acknowledged here, a returned one is taken up again.

use ratatui::layout::Rect;

use crate::desk::{Change, Page, QueueRow, RequestDetail};
use crate::desk::{DeskError, Identity};
use crate::domain::RequestId;
use crate::tui::action::{ActionId, Facts};
use crate::tui::component::{Cx, Outcome};
use crate::tui::i18n::Value;
use crate::tui::look::Look;
use crate::tui::place::{Place, ScreenId};
use crate::tui::theme::{Tone, state_tone};
use crate::tui::widgets::fields::Fields;
use crate::tui::widgets::halves::Halves;
use crate::tui::widgets::list::{Cell, Column, column};
use crate::tui::widgets::scroll::Line;

use super::acting::{act_on, facts_of};
use super::detail::Tab;
use super::listing::{List, Listed};
use super::request::RequestScreen;
use super::{detail, timeline};

/// The list with its timeline.
pub struct MyRequests {
    who: Identity,
}

impl MyRequests {
    pub const fn new(who: Identity) -> Self {
        Self { who }
    }
}

impl Listed for MyRequests {
    const PLACE: Place = Place::Screen(ScreenId::MyRequests);
    const COLUMNS: &'static [Column] = &[
        column("column-number", 14, 0),
        column("column-state", 14, 0),
        column("column-age", 6, 0),
        column("column-serial", 8, 72),
        column("column-reason", 24, 0),
    ];
    const EMPTY: &'static str = "my-requests-none";

    type Row = QueueRow;
    type Key = RequestId;
    type Detail = RequestDetail;

    fn key(row: &QueueRow) -> RequestId {
        row.id
    }

    fn page(&self, cx: &Cx, _: Option<&str>, _: usize) -> Result<Page<QueueRow>, DeskError> {
        Ok(Page::whole(cx.desk.my_requests(&self.who)))
    }

    fn detail(&self, row: &QueueRow, cx: &Cx) -> Result<RequestDetail, DeskError> {
        cx.desk.request(&self.who, row.id)
    }

    fn cells(row: &QueueRow, look: &Look) -> Vec<Cell> {
        let state = look.texts.get(&format!("state-{}", row.state.name()));
        let since = row.first_submitted_at.unwrap_or(row.changed_at);
        let draft = || look.texts.get("state-draf");
        vec![
            Cell::plain(row.number.as_ref().map_or_else(draft, ToString::to_string)),
            Cell::toned(state, state_tone(row.state)),
            Cell::plain(look.format().age(since, look.now)),
            Cell::plain(row.serial.last_eight()),
            Cell::plain(row.reasons.join(", ")),
        ]
    }

    fn title(&self, look: &Look) -> String {
        look.texts.get("my-requests-steps")
    }

    fn lines(&self, detail: &RequestDetail, look: &Look, columns: u16) -> Vec<Line> {
        let mut out = Fields::new(look, columns);
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
            if let Some(at) = detail.seen_at {
                let at = [("at", Value::from(look.format().full(at)))];
                out.plain("field-seen", &look.texts.with("truth-seen", &at));
            }
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

    fn concerns(change: &Change) -> bool {
        matches!(change, Change::Request(_))
    }

    fn facts(&self, list: &List<Self>, facts: &mut Facts) {
        if let Some(detail) = list.current() {
            facts_of(&self.who, detail, facts);
        }
    }

    fn act(&mut self, action: ActionId, list: &mut List<Self>, cx: &mut Cx) -> Outcome {
        if action == ActionId::Enter {
            return match list.row().map(Self::key) {
                Some(id) => RequestScreen::open(self.who.clone(), id, Tab::Timeline, cx),
                None => Outcome::Done,
            };
        }
        list.shown()
            .and_then(|detail| act_on(action, &self.who, detail, cx))
            .unwrap_or(Outcome::Ignored)
    }

    /// Few rows, nine steps: the timeline gets the larger part.
    fn halves(rows: usize, look: &Look, area: Rect) -> Halves {
        let rows = u16::try_from(rows).unwrap_or(u16::MAX);
        let rows = rows.clamp(2, (area.height / 3).max(2));
        Halves::with_rows(look, area, rows)
    }
}
