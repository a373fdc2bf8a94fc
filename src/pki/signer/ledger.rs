//! The numbers that a key has signed, scope by scope, and the rule for the next (RFC 5280 §5.2.3): complete and delta
//! lists of a scope share one rising sequence; issued together, they have the same number and thisUpdate. Pure.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::error::Forbidden;
use super::tbs::ListFacts;
use crate::domain::{CrlNumber, IssuerId, Timestamp};

/// The certificates that a list speaks for.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum Scope {
    /// All of the issuer's: no issuingDistributionPoint.
    Complete,
    /// Those that name this URI as their distribution point.
    Partition(String),
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Complete => f.write_str("the complete scope"),
            Self::Partition(uri) => write!(f, "the partition {uri}"),
        }
    }
}

/// Whether a list tells everything of its scope or what changed since its base.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum ListKind {
    Complete,
    Delta,
}

impl fmt::Display for ListKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Complete => "complete",
            Self::Delta => "delta",
        })
    }
}

/// Number and thisUpdate of a list that was signed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Issued {
    pub number: CrlNumber,
    pub this_update: Timestamp,
}

/// The last lists of a scope.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct ScopeNumbers {
    pub complete: Option<Issued>,
    pub delta: Option<Issued>,
}

impl ScopeNumbers {
    /// The highest number of either kind.
    pub fn highest(&self) -> Option<CrlNumber> {
        self.complete.max(self.delta).map(|last| last.number)
    }

    /// The latest thisUpdate of either kind.
    pub fn latest(&self) -> Option<Timestamp> {
        let times = [self.complete, self.delta].into_iter().flatten();
        times.map(|last| last.this_update).max()
    }

    const fn of(&mut self, kind: ListKind) -> &mut Option<Issued> {
        match kind {
            ListKind::Complete => &mut self.complete,
            ListKind::Delta => &mut self.delta,
        }
    }
}

/// Everything that one key has signed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Ledger {
    /// Whose key it is: a file of another key's numbers must not be taken for this one's.
    pub issuer: IssuerId,
    pub scopes: BTreeMap<Scope, ScopeNumbers>,
}

impl Ledger {
    pub const fn new(issuer: IssuerId) -> Self {
        Self {
            issuer,
            scopes: BTreeMap::new(),
        }
    }

    pub fn numbers(&self, scope: &Scope) -> ScopeNumbers {
        self.scopes.get(scope).copied().unwrap_or_default()
    }

    /// The ledger with this list noted, or the rule that it breaks.
    pub fn with(&self, list: &ListFacts) -> Result<Self, Forbidden> {
        let mut numbers = self.numbers(&list.scope);
        let (same, other) = match list.kind {
            ListKind::Complete => (numbers.complete, numbers.delta),
            ListKind::Delta => (numbers.delta, numbers.complete),
        };
        let not_above = |last: Issued| Forbidden::NumberNotAbove {
            scope: list.scope.clone(),
            kind: list.kind,
            number: list.issued.number,
            last: last.number,
        };
        if let Some(last) = same.filter(|last| list.issued.number <= last.number) {
            return Err(not_above(last));
        }
        // The other kind's number may be met, and only by the list that was issued together with it.
        if let Some(last) =
            other.filter(|last| list.issued.number <= last.number && list.issued != *last)
        {
            return Err(not_above(last));
        }
        for last in [same, other].into_iter().flatten() {
            if list.issued.this_update < last.this_update {
                return Err(Forbidden::TimeBefore {
                    scope: list.scope.clone(),
                    this_update: list.issued.this_update,
                    last,
                });
            }
        }
        *numbers.of(list.kind) = Some(list.issued);
        let mut next = self.clone();
        next.scopes.insert(list.scope.clone(), numbers);
        Ok(next)
    }
}
