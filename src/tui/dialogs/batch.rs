//! One act over all marked requests: first a table of what would happen to each (nothing is done for it), then, after
//! Ctrl-X, the act on each by itself; what the desk refuses is told and the rest goes on.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::desk::{Identity, Intent};
use crate::domain::RequestId;
use crate::tui::action::{self, ActionId, Facts};
use crate::tui::component::{Component, Cx, Outcome};
use crate::tui::draw;
use crate::tui::errors;
use crate::tui::i18n::Value;
use crate::tui::look::Look;
use crate::tui::place::Place;
use crate::tui::theme::Tone;
use crate::tui::widgets::scroll::{Line, Scroll};

use super::Answer;

struct Row {
    id: RequestId,
    version: u64,
    number: String,
    applicant: String,
    /// Why it would be refused.
    refused: Option<String>,
}

/// The dry run of an act over marked requests.
pub struct Batch {
    action: ActionId,
    who: Identity,
    rows: Vec<Row>,
    scroll: Scroll,
}

impl Batch {
    /// Asks the desk about each request; changes nothing.
    pub fn new(
        action: ActionId,
        who: Identity,
        requests: impl Iterator<Item = RequestId>,
        cx: &Cx,
    ) -> Self {
        let row = action::action(action);
        let rows = requests
            .filter_map(|id| {
                let detail = cx.desk.request(&who, id).ok()?;
                let facts = Facts {
                    roles: who.roles().clone(),
                    selected: true,
                    acts: Some(detail.acts.clone()),
                    ..Facts::default()
                };
                let refused = row
                    .check(&facts)
                    .err()
                    .map(|why| why.say(cx.look.format(), &errors::names(cx.desk)).0);
                Some(Row {
                    id,
                    version: detail.version,
                    number: detail
                        .request
                        .number
                        .as_ref()
                        .map(ToString::to_string)
                        .unwrap_or_default(),
                    applicant: detail.owner.account.name.clone(),
                    refused,
                })
            })
            .collect();
        Self {
            action,
            who,
            rows,
            scroll: Scroll::default(),
        }
    }

    fn possible(&self) -> usize {
        self.rows.iter().filter(|r| r.refused.is_none()).count()
    }

    fn send(&mut self, cx: &mut Cx) -> Outcome {
        let (mut done, mut failed) = (0_u32, 0_u32);
        let mut last = None;
        for row in self.rows.iter().filter(|r| r.refused.is_none()) {
            let intent = match self.action {
                ActionId::Claim => Intent::Claim,
                ActionId::Release => Intent::Release,
                _ => return Outcome::Close,
            };
            match cx.desk.act(&self.who, row.id, Some(row.version), intent) {
                Ok(_) => done += 1,
                Err(error) => {
                    failed += 1;
                    cx.fail(&error);
                }
            }
            last = Some(row.id);
        }
        let text = cx.texts().with(
            "batch-done",
            &[("done", Value::from(done)), ("failed", Value::from(failed))],
        );
        cx.say(
            if failed == 0 {
                Tone::Good
            } else {
                Tone::Warning
            },
            text,
        );
        last.map_or(Outcome::Close, |id| Outcome::Answer(Answer::Changed(id)))
    }

    fn lines(&self, look: &Look) -> Vec<Line> {
        self.rows
            .iter()
            .map(|row| {
                let (text, tone) = match &row.refused {
                    None => (look.texts.get("batch-possible"), Tone::Good),
                    Some(why) => (why.clone(), Tone::Warning),
                };
                vec![
                    (
                        format!(" {}  {:<24}  ", row.number, draw::fit(&row.applicant, 24)),
                        Tone::Plain,
                    ),
                    (text, tone),
                ]
            })
            .collect()
    }
}

impl Component for Batch {
    fn place(&self) -> Place {
        Place::Form
    }

    fn facts(&self, facts: &mut Facts) {
        facts.complete = self.possible() > 0;
    }

    fn act(&mut self, action: ActionId, cx: &mut Cx) -> Outcome {
        match action {
            ActionId::Back => Outcome::Close,
            ActionId::Submit => self.send(cx),
            action => {
                self.scroll.act(action);
                Outcome::Done
            }
        }
    }

    fn settle(&mut self, _cx: &mut Cx, area: Rect) {
        self.scroll
            .fit(self.rows.len(), usize::from(area.height.saturating_sub(1)));
    }

    fn rows(&self, _look: &Look, _columns: u16) -> Option<u16> {
        let rows = u16::try_from(self.rows.len()).unwrap_or(u16::MAX);
        Some(rows.saturating_add(1).clamp(3, 14))
    }

    fn view(&self, look: &Look, buffer: &mut Buffer, area: Rect) -> Option<(u16, u16)> {
        let title = look.texts.with(
            "batch-title",
            &[
                (
                    "action",
                    Value::from(action::action(self.action).title(look.texts)),
                ),
                ("possible", Value::from(self.possible() as u64)),
                ("all", Value::from(self.rows.len() as u64)),
            ],
        );
        draw::bar(look, buffer, area, area.y, &format!(" {title}"));
        let body = Rect::new(
            area.x,
            area.y + 1,
            area.width,
            area.height.saturating_sub(1),
        );
        self.scroll.view(look, buffer, body, &self.lines(look));
        None
    }
}
