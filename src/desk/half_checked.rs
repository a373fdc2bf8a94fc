//! Step 5 half done: what an officer has ticked of a request's checklist and not confirmed yet. It is his own note and no
//! decision: kept in memory, so that looking something up elsewhere, or another session, does not cost it.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};

use crate::domain::{AccountId, Item, RequestId};

use super::{Desk, Identity};

/// Ticked items, and what they were compared with: submission round and number of letters.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HalfChecked {
    pub items: BTreeSet<Item>,
    pub compared: (u32, usize),
}

#[derive(Default)]
pub(super) struct HalfCheckedAll(Mutex<HashMap<(AccountId, RequestId), HalfChecked>>);

impl Desk {
    /// Keeps what this officer has ticked; nothing ticked is forgotten.
    pub fn keep_ticks(&self, who: &Identity, request: RequestId, ticks: HalfChecked) {
        let mut all = self
            .inner
            .half_checked
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let key = (who.account_id(), request);
        if ticks.items.is_empty() {
            all.remove(&key);
        } else {
            all.insert(key, ticks);
        }
    }

    /// What this officer has ticked of a request.
    pub fn ticks(&self, who: &Identity, request: RequestId) -> Option<HalfChecked> {
        let all = self
            .inner
            .half_checked
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        all.get(&(who.account_id(), request)).cloned()
    }

    /// Step 5 of this request is over, whoever had ticked what.
    pub(super) fn forget_ticks(&self, request: RequestId) {
        self.inner
            .half_checked
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|(_, of), _| *of != request);
    }
}
