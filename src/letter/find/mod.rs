//! Where a letter's text says what the request says: name, NIP, reason, number, date, superior. Tolerant of case,
//! blanks, punctuation, accents, line ends and academic titles. A help for the eye; it decides nothing.

mod wording;
mod words;

use std::ops::Range;

use self::wording::{bare_name, name_parts, wordings, written_dates};
use self::words::{Run, Words, fold};
use super::facts::PageText;
use crate::domain::{Day, ReasonId};
use serde::{Deserialize, Serialize};

/// What is looked for.
#[derive(Clone, Copy, Debug)]
pub enum Wanted<'a> {
    /// The applicant's name, with or without titles.
    Name(&'a str),
    Nip(&'a str),
    /// A reason of the desk's list by its id, under these labels (of all languages).
    Reason {
        id: &'a ReasonId,
        labels: &'a [&'a str],
    },
    LetterNumber(&'a str),
    LetterDate(Day),
    Superior(&'a str),
    SuperiorNip(&'a str),
}

/// What a mark is about.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Subject {
    Name,
    Nip,
    Reason,
    LetterNumber,
    LetterDate,
    Superior,
    SuperiorNip,
}

/// How the text agrees.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Finding {
    Found,
    /// Nearly so: a slip of the pen, initials for a name, or another wording of a reason.
    Near,
    Absent,
}

/// The answer to one [`Wanted`], with every place of it in reading order.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Mark {
    pub subject: Subject,
    pub finding: Finding,
    /// One entry a line: what is written over two lines has two.
    pub places: Vec<Place>,
}

/// A stretch of one line.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Place {
    /// Counted from 1, as [`PageText::page`].
    pub page: u32,
    /// Index into [`PageText::lines`].
    pub line: usize,
    /// Characters (not bytes) of that line.
    pub chars: Range<usize>,
}

/// Looks for each of `wanted` in the text; the answers come in the same order.
pub fn mark(text: &[PageText], wanted: &[Wanted<'_>]) -> Vec<Mark> {
    let pages: Vec<Words> = text.iter().map(Words::of).collect();
    wanted.iter().map(|w| answer(&pages, *w)).collect()
}

fn answer(pages: &[Words], wanted: Wanted<'_>) -> Mark {
    let (subject, exact, near): (Subject, Vec<String>, Near) = match wanted {
        Wanted::Name(name) => (Subject::Name, vec![fold(bare_name(name))], Near::Name(name)),
        Wanted::Superior(name) => (
            Subject::Superior,
            vec![fold(bare_name(name))],
            Near::Name(name),
        ),
        Wanted::Nip(nip) => (Subject::Nip, vec![fold(nip)], Near::Slip),
        Wanted::SuperiorNip(nip) => (Subject::SuperiorNip, vec![fold(nip)], Near::Slip),
        Wanted::LetterNumber(number) => (Subject::LetterNumber, vec![fold(number)], Near::Slip),
        Wanted::LetterDate(day) => (Subject::LetterDate, written_dates(day), Near::None),
        Wanted::Reason { id, labels } => (
            Subject::Reason,
            labels.iter().map(|l| fold(l)).collect(),
            Near::Wording(id),
        ),
    };
    let found = places(pages, |words, start| {
        exact.iter().find_map(|e| words.exact(start, e))
    });
    if !found.is_empty() {
        return Mark {
            subject,
            finding: Finding::Found,
            places: found,
        };
    }
    let near = match near {
        Near::None => Vec::new(),
        Near::Slip => places(pages, |words, start| {
            exact.iter().find_map(|e| words.slip(start, e))
        }),
        Near::Name(name) => {
            let parts: Vec<String> = name_parts(name);
            places(pages, |words, start| {
                words
                    .initials(start, &parts)
                    .or_else(|| exact.iter().find_map(|e| words.slip(start, e)))
            })
        }
        Near::Wording(id) => {
            let other = wordings(id);
            places(pages, |words, start| {
                other.iter().find_map(|w| words.exact(start, &fold(w)))
            })
        }
    };
    Mark {
        subject,
        finding: if near.is_empty() {
            Finding::Absent
        } else {
            Finding::Near
        },
        places: near,
    }
}

/// What passes for nearly the same.
enum Near<'a> {
    None,
    /// One or two wrong, missing or swapped characters.
    Slip,
    /// A slip, or initials.
    Name(&'a str),
    /// Other words for the same reason.
    Wording(&'a ReasonId),
}

/// All places where `search` succeeds, without overlap.
fn places(pages: &[Words], search: impl Fn(&Words, usize) -> Option<Run>) -> Vec<Place> {
    let mut all = Vec::new();
    for words in pages {
        let mut start = 0;
        while start < words.len() {
            match search(words, start) {
                Some(run) => {
                    start = run.end;
                    let mut own = Vec::new();
                    words.places(run, &mut own);
                    all.extend(own);
                }
                None => start += 1,
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(lines: &[&str]) -> Vec<PageText> {
        vec![PageText {
            page: 1,
            lines: lines.iter().map(|l| (*l).to_owned()).collect(),
        }]
    }

    fn one(lines: &[&str], wanted: Wanted<'_>) -> Mark {
        mark(&page(lines), &[wanted]).remove(0)
    }

    fn finding(lines: &[&str], wanted: Wanted<'_>) -> Finding {
        one(lines, wanted).finding
    }

    #[test]
    fn a_name_is_found_with_or_without_titles_in_any_case_and_over_lines() {
        let wanted = Wanted::Name("Dr. Hj. Rahmi Wahyuni, S.Kom., M.M.");
        for lines in [
            &["Nama : Rahmi Wahyuni, S.Kom."][..],
            &["RAHMI WAHYUNI"],
            &["bernama Rahmi", "Wahyuni dan"],
            &["Rah-", "mi  Wahyuni"],
        ] {
            assert_eq!(finding(lines, wanted), Finding::Found, "{lines:?}");
        }
        assert_eq!(finding(&["Rahmi Wahyudi"], wanted), Finding::Near);
        assert_eq!(finding(&["R. Wahyuni"], wanted), Finding::Near);
        assert_eq!(
            finding(&["Rahma Yuni", "Wahyuningsih"], wanted),
            Finding::Absent
        );
        assert_eq!(
            finding(&["Nur’aini"], Wanted::Name("Nuraini")),
            Finding::Found
        );
    }

    #[test]
    fn a_place_names_line_and_characters() {
        let mark = one(
            &["—", "Nama : Rahmi Wahyuni, S.Kom.   Rahmi Wahyuni"],
            Wanted::Name("Rahmi Wahyuni"),
        );
        let ranges: Vec<_> = mark
            .places
            .iter()
            .map(|p| (p.line, p.chars.clone()))
            .collect();
        assert_eq!(ranges, [(1, 7..20), (1, 31..44)]);
        let over_lines = one(&["ia Rahmi", "Wahyuni"], Wanted::Name("Rahmi Wahyuni"));
        let ranges: Vec<_> = over_lines
            .places
            .iter()
            .map(|p| (p.line, p.chars.clone()))
            .collect();
        assert_eq!(ranges, [(0, 3..8), (1, 0..7)]);
    }

    #[test]
    fn a_nip_is_found_with_blanks_and_nearly_with_a_slip() {
        let wanted = Wanted::Nip("198704122010012003");
        assert_eq!(
            finding(&["NIP. 19870412 201001 2 003"], wanted),
            Finding::Found
        );
        assert_eq!(finding(&["NIP 198704122010012030"], wanted), Finding::Near);
        assert_eq!(finding(&["NIP 19870412201001200"], wanted), Finding::Near);
        assert_eq!(finding(&["NIP 1987041220100120031"], wanted), Finding::Near);
        assert_eq!(
            finding(&["NIP 196903151994031005"], wanted),
            Finding::Absent
        );
    }

    #[test]
    fn a_reason_is_found_by_label_and_nearly_by_other_words() {
        let id = ReasonId("lupa-passphrase".to_owned());
        let wanted = Wanted::Reason {
            id: &id,
            labels: &["Lupa passphrase", "Forgotten passphrase"],
        };
        assert_eq!(
            finding(&["dengan alasan: lupa", "passphrase."], wanted),
            Finding::Found
        );
        assert_eq!(finding(&["karena lupa kata sandi"], wanted), Finding::Near);
        assert_eq!(finding(&["karena pindah tugas"], wanted), Finding::Absent);
    }

    #[test]
    fn number_and_date_are_found_as_letters_write_them() {
        let number = Wanted::LetterNumber("800/017/Diskominfo/2026");
        assert_eq!(
            finding(&["Nomor: 800 / 017 / DISKOMINFO / 2026"], number),
            Finding::Found
        );
        assert_eq!(
            finding(&["Nomor: 800/071/Diskominfo/2026"], number),
            Finding::Near
        );
        let date = Wanted::LetterDate(Day {
            year: 2026,
            month: 11,
            day: 5,
        });
        for written in [
            "Padang, 5 November 2026",
            "05-11-2026",
            "05 Nopember 2026",
            "2026-11-05",
        ] {
            assert_eq!(finding(&[written], date), Finding::Found, "{written}");
        }
        assert_eq!(finding(&["25 November 2026"], date), Finding::Absent);
    }

    #[test]
    fn empty_text_and_empty_wishes_find_nothing() {
        assert_eq!(finding(&[], Wanted::Name("Rahmi")), Finding::Absent);
        assert_eq!(finding(&["a b c"], Wanted::Name("")), Finding::Absent);
        assert_eq!(
            finding(&["a b c"], Wanted::LetterNumber("///")),
            Finding::Absent
        );
    }
}
