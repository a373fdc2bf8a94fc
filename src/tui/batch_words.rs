//! What becomes of a row of a batch, in words.

use crate::desk::{BatchOutcome, RowDefect};
use crate::domain::distinguished_name::printable;

use super::format::Format;
use super::i18n::{Texts, Value};
use super::refusals::{Names, refused};

/// One sentence; a refusal with its hint.
pub fn outcome(format: Format, names: Names, outcome: &BatchOutcome) -> String {
    let texts = format.texts;
    let acts = |id: &str, acts: &[crate::domain::workflow::Act]| {
        let acts: Vec<String> = acts
            .iter()
            .map(|act| texts.get(&format!("batch-act-{}", act.name())))
            .collect();
        texts.with(id, &[("acts", Value::from(acts.join(", ")))])
    };
    match outcome {
        BatchOutcome::Possible(will) => acts("batch-would", will),
        BatchOutcome::Done(did) => acts("batch-did", did),
        BatchOutcome::Already => texts.get("batch-already"),
        BatchOutcome::Refused(refusal) => {
            let (what, hint) = refused(format, names, refusal);
            format!("{what} {hint}")
        }
        BatchOutcome::Broken(wrong) => defect(texts, wrong),
    }
}

/// What is wrong with a row itself.
pub fn defect(texts: Texts, defect: &RowDefect) -> String {
    let facts = match defect {
        RowDefect::Unreadable(why) => vec![("why", Value::from(printable(why)))],
        RowDefect::Repeated { line } => vec![("line", Value::from(line.to_string()))],
        _ => Vec::new(),
    };
    texts.with(&format!("batch-row-{}", defect.name()), &facts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Language;

    #[test]
    fn every_defect_of_a_row_has_its_words() {
        for language in [Language::Id, Language::En] {
            for name in RowDefect::NAMES {
                let id = format!("batch-row-{name}");
                assert!(Texts::new(language).has(&id), "{id} in {language:?}");
            }
        }
    }
}
