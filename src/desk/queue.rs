//! The queue in memory: one small row a request, kept current by every commit, so that filtering a hundred thousand
//! of them while a person types costs milliseconds and no database read.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::domain::{RequestId, Timestamp};

use super::filter::{Filter, haystack};
use super::view::{QueueList, QueueQuery, QueueRow, QueueSort};

/// All rows with the text that free words are looked for in.
#[derive(Default)]
pub struct QueueIndex {
    rows: Vec<(QueueRow, Box<str>)>,
    places: HashMap<RequestId, usize>,
    /// The orders asked for since the last change, as places in `rows`: a key press filters, it does not sort.
    orders: Mutex<Vec<(QueueSort, Arc<Vec<u32>>)>>,
}

impl QueueIndex {
    pub fn put(&mut self, row: QueueRow) {
        let text = haystack(&row).into_boxed_str();
        match self.places.get(&row.id) {
            Some(place) => self.rows[*place] = (row, text),
            None => {
                self.places.insert(row.id, self.rows.len());
                self.rows.push((row, text));
            }
        }
        self.orders
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }

    pub fn get(&self, id: RequestId) -> Option<&QueueRow> {
        self.places.get(&id).map(|place| &self.rows[*place].0)
    }

    pub fn rows(&self) -> impl Iterator<Item = &QueueRow> {
        self.rows.iter().map(|(row, _)| row)
    }

    fn order(&self, by: QueueSort) -> Arc<Vec<u32>> {
        let mut orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, order)) = orders.iter().find(|(known, _)| *known == by) {
            return Arc::clone(order);
        }
        let mut rows: Vec<&QueueRow> = self.rows().collect();
        sort(&mut rows, by);
        let order = rows
            .into_iter()
            .filter_map(|row| u32::try_from(*self.places.get(&row.id)?).ok())
            .collect();
        let order = Arc::new(order);
        orders.push((by, Arc::clone(&order)));
        order
    }

    /// The ids that `visible` lets through and the filter matches, in order. A filter that is not understood matches
    /// everything, and the problem is told.
    pub fn list(
        &self,
        query: &QueueQuery,
        now: Timestamp,
        visible: impl Fn(&QueueRow) -> bool,
    ) -> QueueList {
        let (filter, problem) = match Filter::parse(&query.filter) {
            Ok(filter) => (filter, None),
            Err(error) => (Filter::default(), Some(error)),
        };
        let mut all = 0;
        let mut ids = Vec::new();
        for place in self.order(query.sort).iter() {
            let (row, text) = &self.rows[*place as usize];
            if !visible(row) {
                continue;
            }
            all += 1;
            if filter.matches(row, text, now) {
                ids.push(row.id);
            }
        }
        if query.descending {
            ids.reverse();
        }
        QueueList {
            ids: Arc::new(ids),
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
