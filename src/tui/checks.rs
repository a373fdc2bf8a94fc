//! The rules of a CRL and the faults of a log, in the reader's language, by their stable ids. What a rule found stays as
//! it was found: serials, dates and names of fields.

use crate::desk::{CrlFinding, LogFault, LogProblem};
use crate::domain::distinguished_name::printable;

use super::i18n::{Texts, Value};

/// What a rule of `crl check` asks for, and what was found where that says more.
pub fn rule(texts: Texts, finding: &CrlFinding) -> String {
    let says = texts.get(&format!("crl-rule-{}", finding.rule));
    let found = match finding.unchecked {
        Some(why) => texts.get(&format!("crl-unchecked-{}", why.id())),
        None => finding.detail.clone(),
    };
    if found.is_empty() {
        says
    } else {
        format!("{says}: {found}")
    }
}

/// Where a log is wrong and how, and what would help.
pub fn problem(texts: Texts, problem: &LogProblem) -> (String, String) {
    let line = ("line", Value::from(problem.line.to_string()));
    let place = match problem.seq {
        Some(seq) => {
            let seq = ("seq", Value::from(seq.to_string()));
            texts.with("log-place-entry", &[line, seq])
        }
        None => texts.with("log-place", &[line]),
    };
    let id = format!("log-fault-{}", problem.fault.id());
    let facts = facts(&problem.fault);
    (
        format!("{place}: {}", texts.with(&id, &facts)),
        texts.with(&format!("{id}-hint"), &facts),
    )
}

fn facts(fault: &LogFault) -> Vec<(&'static str, Value<'static>)> {
    let number = |name: &'static str, value: &u64| (name, Value::from(value.to_string()));
    let text = |name: &'static str, value: &dyn std::fmt::Display| {
        (name, Value::from(printable(&value.to_string())))
    };
    use LogFault as F;
    match fault {
        F::NotAnExport | F::OtherKey | F::LineTooLong | F::UnknownLine | F::LeafDiffers => {
            Vec::new()
        }
        F::Version(version) => vec![number("version", version)],
        F::Entry(error) => vec![text("detail", error)],
        F::Checkpoint(error) => vec![text("detail", error)],
        F::OutOfOrder { expected, found } => {
            vec![number("expected", expected), number("found", found)]
        }
        F::CheckpointOutOfPlace { signed, entries } => {
            vec![number("signed", signed), number("entries", entries)]
        }
        F::OriginOutOfPlace { found, expected } => {
            vec![text("found", found), text("expected", expected)]
        }
        F::RootDiffers { agreed, size } => vec![number("agreed", agreed), number("size", size)],
        F::Uncovered(count) | F::DiffersFromKnown(count) => vec![number("count", count)],
        F::Count { announced, entries } => {
            vec![number("announced", announced), number("entries", entries)]
        }
        F::ShorterThanKnown { known, entries } => {
            vec![number("known", known), number("entries", entries)]
        }
        F::LostInRestore { known, restored } => {
            vec![number("known", known), number("restored", restored)]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::{Unchecked, crl_rules};
    use crate::domain::Language;

    #[test]
    fn every_rule_every_reason_not_to_check_and_every_fault_of_a_log_has_words_in_both_languages() {
        for language in [Language::Id, Language::En] {
            let texts = Texts::new(language);
            let mut rules = 0;
            for (id, says) in crl_rules() {
                rules += 1;
                let words = texts.get(&format!("crl-rule-{id}"));
                assert_eq!(words == says, language == Language::En, "{id}: {words}");
            }
            assert!(rules > 60, "{rules}");
            for why in Unchecked::ALL {
                assert!(texts.has(&format!("crl-unchecked-{}", why.id())), "{why:?}");
            }
            for id in LogFault::IDS {
                assert!(texts.has(&format!("log-fault-{id}")), "{id}");
                assert!(texts.has(&format!("log-fault-{id}-hint")), "{id}");
            }
            let found = LogProblem {
                line: 7,
                seq: Some(6),
                fault: LogFault::OutOfOrder {
                    expected: 5,
                    found: 6,
                },
            };
            let (said, hint) = problem(texts, &found);
            assert!(said.contains('7') && said.contains('5'), "{said}");
            assert!(!said.contains(['{', '$']) && !hint.contains(['{', '$']));
        }
    }
}
