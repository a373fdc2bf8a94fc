//! The queue in memory: one small row a request, kept current by every commit, so that filtering a hundred thousand
//! of them while a person types costs milliseconds and no database read.

use std::collections::HashMap;
use std::sync::Arc;

use crate::domain::{RequestId, Timestamp};

use super::filter::{Filter, haystack};
use super::view::{QueueList, QueueQuery, QueueRow, QueueSort};

/// All rows with the text that free words are looked for in.
#[derive(Default)]
pub struct QueueIndex {
    rows: HashMap<RequestId, (QueueRow, Box<str>)>,
}

impl QueueIndex {
    pub fn put(&mut self, row: QueueRow) {
        let text = haystack(&row).into_boxed_str();
        self.rows.insert(row.id, (row, text));
    }

    pub fn get(&self, id: RequestId) -> Option<&QueueRow> {
        self.rows.get(&id).map(|(row, _)| row)
    }

    pub fn rows(&self) -> impl Iterator<Item = &QueueRow> {
        self.rows.values().map(|(row, _)| row)
    }

    /// The ids that `visible` lets through and the filter matches, in order. A filter that is not understood matches
    /// what its understood prefix would have: everything, and the problem is told.
    pub fn list(
        &self,
        query: &QueueQuery,
        now: Timestamp,
        visible: impl Fn(&QueueRow) -> bool,
    ) -> QueueList {
        let (filter, problem) = match Filter::parse(&query.filter) {
            Ok(filter) => (filter, None),
            Err(error) => (Filter::default(), Some(error.to_string())),
        };
        let mut all = 0;
        let mut hits: Vec<&QueueRow> = Vec::new();
        for (row, text) in self.rows.values() {
            if !visible(row) {
                continue;
            }
            all += 1;
            if filter.matches(row, text, now) {
                hits.push(row);
            }
        }
        sort(&mut hits, query.sort);
        if query.descending {
            hits.reverse();
        }
        QueueList {
            ids: Arc::new(hits.into_iter().map(|row| row.id).collect()),
            all,
            problem,
        }
    }
}

fn sort(rows: &mut [&QueueRow], by: QueueSort) {
    match by {
        QueueSort::Work => rows.sort_unstable_by_key(|r| {
            let rank = match (r.state.is_open(), r.urgent) {
                (true, true) => 0,
                (true, false) => 1,
                (false, _) => 2,
            };
            // What is over stands last, the newest first.
            let age = r.first_submitted_at.unwrap_or(r.changed_at).millis();
            (rank, if rank == 2 { -age } else { age }, r.number, r.id)
        }),
        QueueSort::Number => rows.sort_unstable_by_key(|r| (r.number, r.id)),
        QueueSort::Age => rows.sort_unstable_by_key(|r| {
            (r.first_submitted_at.unwrap_or(r.changed_at), r.number, r.id)
        }),
        QueueSort::Owner => rows.sort_unstable_by(|a, b| {
            (&a.owner_name, a.number, a.id).cmp(&(&b.owner_name, b.number, b.id))
        }),
        QueueSort::Agency => rows
            .sort_unstable_by(|a, b| (&a.agency, a.number, a.id).cmp(&(&b.agency, b.number, b.id))),
        QueueSort::State => rows.sort_unstable_by_key(|r| (r.state, r.number, r.id)),
    }
}
