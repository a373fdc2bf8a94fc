//! Work that a committed change asks for: publish, mail, close, tidy. One task a kind and key; repeated after a crash.

use serde::{Deserialize, Serialize};

use super::database::{Reader, Writer};
use super::error::StoreError;
use super::indexed::{Entries, Index, Indexed, record_bytes};
use super::key::{Key, Span};
use super::page::{Page, Window};
use super::table::{Table, table};
use super::value::record;
use crate::domain::Timestamp;

static DUE: Index = Index::ordered("tasks.due");

/// A piece of work that waits.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Task {
    /// What is to be done, e.g. `publish`.
    pub kind: String,
    /// To what: an issuer, a request. Kind and key together name the task.
    pub key: Vec<u8>,
    pub due: Timestamp,
    /// Failed tries since it was asked for.
    pub attempts: u32,
    pub asked_at: Timestamp,
    /// Counts how often it was asked for: work asked for again while it was being done is not finished by that run.
    pub generation: u64,
}

record!(Task, "tasks");

impl Indexed for Task {
    const ROWS: Table = table("tasks");
    const NAME: &'static str = "tasks";
    const INDEXES: &'static [&'static Index] = &[&DUE];

    fn primary(&self) -> Vec<u8> {
        task_key(&self.kind, &self.key)
    }

    fn entries(&self) -> Entries {
        let mut entries = Entries::default();
        let key = Key::new().time(self.due).raw(&self.primary());
        entries.key(&DUE, key.done());
        entries
    }

    record_bytes!();
}

fn task_key(kind: &str, key: &[u8]) -> Vec<u8> {
    Key::new()
        .u32(kind.len() as u32)
        .raw(kind.as_bytes())
        .raw(key)
        .done()
}

impl Reader {
    pub fn task(&self, kind: &str, key: &[u8]) -> Result<Option<Task>, StoreError> {
        self.row(&task_key(kind, key))
    }

    /// Tasks by when they are due.
    pub fn tasks(&self, window: &Window) -> Result<Page<Task>, StoreError> {
        self.page_by(&DUE, &[Span::all()], window)
    }

    /// Up to `limit` tasks that are due at `now`, the longest due first.
    pub fn due_tasks(&self, now: Timestamp, limit: usize) -> Result<Vec<Task>, StoreError> {
        let span = Span::between(Key::new(), Key::new().time(now.plus(1)));
        Ok(self.page_by(&DUE, &[span], &Window::first(limit))?.rows)
    }

    /// When the next task is due.
    pub fn next_task_due(&self) -> Result<Option<Timestamp>, StoreError> {
        let first = self.tasks(&Window::first(1))?.rows.pop();
        Ok(first.map(|task| task.due))
    }
}

impl Writer {
    /// Asks for work. Asked for already: stays one task, due at the earlier time, its failed tries forgotten.
    pub fn ask_task(
        &mut self,
        kind: &str,
        key: &[u8],
        due: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let task = match self.task(kind, key)? {
            Some(known) => Task {
                due: known.due.min(due),
                attempts: 0,
                generation: known.generation + 1,
                ..known
            },
            None => Task {
                kind: kind.to_owned(),
                key: key.to_vec(),
                due,
                attempts: 0,
                asked_at: now,
                generation: 0,
            },
        };
        self.put_row(&task).map(drop)
    }

    /// The work is done, as asked for when `task` was read. Asked for again meanwhile: it stays. Whether it is gone.
    pub fn finish_task(&mut self, task: &Task) -> Result<bool, StoreError> {
        match self.task(&task.kind, &task.key)? {
            Some(now) if now.generation != task.generation => Ok(false),
            _ => {
                self.delete_row::<Task>(&task.primary())?;
                Ok(true)
            }
        }
    }

    /// The work failed and is due again later, unless it was asked for anew meanwhile.
    pub fn postpone_task(&mut self, task: &Task, due: Timestamp) -> Result<(), StoreError> {
        match self.task(&task.kind, &task.key)? {
            Some(now) if now.generation == task.generation => {
                let again = Task {
                    due,
                    attempts: now.attempts.saturating_add(1),
                    ..now
                };
                self.put_row(&again).map(drop)
            }
            _ => Ok(()),
        }
    }
}
