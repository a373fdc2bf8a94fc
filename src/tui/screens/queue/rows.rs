//! The queue's columns and cells, its orders, and what a session keeps of it.

use std::collections::BTreeSet;

use crate::desk::{QueueRow, QueueSort};
use crate::domain::RequestId;
use crate::tui::errors::filter_error;
use crate::tui::i18n::Value;
use crate::tui::look::Look;
use crate::tui::screens::detail::Tab;
use crate::tui::theme::Tone;
use crate::tui::widgets::list::{Cell, Column, column};

use super::Queue;

/// Few and short: at every page each of these cells is sent anew (TERMINAL.md's budget is 700 bytes at 80x24).
pub(super) const COLUMNS: [Column; 6] = [
    column("column-number", 14, 0),
    column("column-state", 13, 0),
    column("column-age", 6, 0),
    column("column-applicant", 24, 0),
    column("column-agency", 28, 110),
    column("column-officer", 16, 76),
];

/// The message that names an order.
pub(super) const fn sort_message(sort: QueueSort) -> &'static str {
    match sort {
        QueueSort::Work => "sort-work",
        QueueSort::Number => "column-number",
        QueueSort::Age => "column-age",
        QueueSort::Owner => "column-applicant",
        QueueSort::Agency => "column-agency",
        QueueSort::State => "column-state",
    }
}

/// The cells of a row; the first is what the cursor marks.
pub fn cells(row: &QueueRow, look: &Look) -> Vec<Cell> {
    let draft = || look.texts.get("state-draf");
    let number = row.number.as_ref().map_or_else(draft, ToString::to_string);
    let state = look.texts.get(&format!("state-{}", row.state.name()));
    let state = if row.urgent && row.state.is_open() {
        Cell::toned(format!("! {state}"), Tone::Bad)
    } else {
        Cell::plain(state)
    };
    let since = row.first_submitted_at.unwrap_or(row.changed_at);
    vec![
        Cell::plain(number),
        state,
        Cell::plain(look.format().age(since, look.now)),
        Cell::plain(row.owner_name.as_ref()),
        Cell::plain(row.agency.as_ref()),
        Cell::plain(row.claimed_by.as_deref().unwrap_or_default()),
    ]
}

impl Queue {
    /// "12 dari 60", or what in the filter was not understood.
    pub(super) fn count(&self, look: &Look) -> String {
        match &self.list.problem {
            Some(problem) => filter_error(look.texts, problem),
            None => look.texts.with(
                "count-of",
                &[
                    (
                        "shown",
                        Value::from(look.format().count(self.list.ids.len() as u64)),
                    ),
                    (
                        "all",
                        Value::from(look.format().count(self.list.all as u64)),
                    ),
                ],
            ),
        }
    }
}

/// The queue as a session left it.
#[derive(serde::Serialize, serde::Deserialize)]
pub(super) struct Left {
    pub filter: String,
    pub sort: u8,
    pub descending: bool,
    pub selected: Option<RequestId>,
    pub tab: Tab,
    pub marked: BTreeSet<RequestId>,
}

pub(super) const SORTS: [QueueSort; 6] = [
    QueueSort::Work,
    QueueSort::Number,
    QueueSort::Age,
    QueueSort::Owner,
    QueueSort::Agency,
    QueueSort::State,
];

pub(super) fn sort_index(sort: QueueSort) -> u8 {
    SORTS
        .iter()
        .position(|s| *s == sort)
        .and_then(|i| u8::try_from(i).ok())
        .unwrap_or(0)
}
