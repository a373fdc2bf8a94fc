//! The rules of `crl check`, one row each: id, what must be so, the clause, and the function that judges it.
//! A rule reads the gathered `Facts` and nothing else.

mod dates;
mod encoding;
mod entries;
mod extensions;
mod header;
mod signature;

use super::check::{Answer, Rule, Unchecked};
use super::crl_extension::{CrlExtensions, Known};
use super::crl_read::{CrlHead, CrlTail};
use super::examine::{EntryFlaw, Facts};

/// Every rule, in the order of a CRL's fields.
pub(super) const TABLES: &[&[Rule]] = &[
    encoding::RULES,
    header::RULES,
    dates::RULES,
    entries::RULES,
    extensions::RULES,
    signature::RULES,
];

const UNREAD: Answer = Answer::NotChecked(Unchecked::StoppedEarlier);
const NO_ISSUER: Answer = Answer::NotChecked(Unchecked::IssuerNotGiven);

/// Judges by the head, where it was read.
fn by_head(facts: &Facts<'_>, judge: impl FnOnce(&CrlHead) -> Answer) -> Answer {
    facts.head.as_ref().map_or(UNREAD, judge)
}

/// Judges by the tail, where it was read.
fn by_tail(facts: &Facts<'_>, judge: impl FnOnce(&CrlTail) -> Answer) -> Answer {
    facts.tail.as_ref().map_or(UNREAD, judge)
}

/// Judges by the extensions, where they were read.
fn by_extensions(facts: &Facts<'_>, judge: impl FnOnce(&CrlExtensions) -> Answer) -> Answer {
    by_tail(facts, |tail| judge(&tail.extensions))
}

/// Judges by one extension; holds where it is absent.
fn if_there<T>(extension: Option<&Known<T>>, judge: impl FnOnce(&Known<T>) -> Answer) -> Answer {
    extension.map_or(Answer::Holds, judge)
}

/// No entry may have this flaw.
fn no_entry(facts: &Facts<'_>, flaw: EntryFlaw) -> Answer {
    match facts.entries.seen(flaw) {
        Some(seen) if seen.count == 1 => Answer::Broken(format!("serial {}", seen.first)),
        Some(seen) => Answer::Broken(format!("{} entries, first {}", seen.count, seen.first)),
        None if facts.tail.is_none() => UNREAD,
        None => Answer::Holds,
    }
}

/// Broken with `detail` unless `right`.
fn unless(right: bool, detail: impl FnOnce() -> String) -> Answer {
    if right {
        Answer::Holds
    } else {
        Answer::Broken(detail())
    }
}
