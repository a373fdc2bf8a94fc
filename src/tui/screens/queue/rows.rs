//! How the queue is laid out: its columns and cells, the areas of list and detail, and what a session keeps of it.

use super::*;

/// Few and short: at every page each of these cells is sent anew (TERMINAL.md's budget is 700 bytes at 80x24).
pub(super) const COLUMNS: [Column; 6] = [
    column("column-number", 14, 0),
    column("column-state", 13, 0),
    column("column-age", 6, 0),
    column("column-applicant", 24, 0),
    column("column-agency", 28, 110),
    column("column-officer", 16, 76),
];

/// Areas of list, bar and detail.
pub(super) fn areas(look: &Look, area: Rect) -> (Rect, Rect, Rect) {
    if look.split && area.width >= 100 {
        let list = Rect::new(area.x, area.y, area.width * 6 / 10, area.height);
        let x = list.right() + 1;
        let right = Rect::new(x, area.y, area.right() - x, area.height);
        let bar = Rect::new(right.x, right.y, right.width, 1);
        let rest = Rect::new(
            right.x,
            right.y + 1,
            right.width,
            right.height.saturating_sub(1),
        );
        return (list, bar, rest);
    }
    // Twelve rows of nineteen; of a higher window the detail gets most, so that a page stays cheap.
    let free = area.height.saturating_sub(2);
    let rows = free.min(19) * 12 / 19 + free.saturating_sub(19) / 4;
    let list = Rect::new(area.x, area.y, area.width, rows + 1);
    let bar = Rect::new(area.x, list.bottom(), area.width, 1);
    let rest = Rect::new(
        area.x,
        bar.bottom(),
        area.width,
        area.bottom().saturating_sub(bar.bottom()),
    );
    (list, bar, rest)
}

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
            Some(problem) => problem.clone(),
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
