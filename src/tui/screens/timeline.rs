//! The nine steps of the SOP with who, when, how long against the standard time; then what the log says, newest last.

use crate::desk::{RequestDetail, TimelineEntry};
use crate::domain::instant::MINUTE;
use crate::domain::sop::SOP;
use crate::domain::{Language, Request, State};
use crate::tui::draw;
use crate::tui::glyphs::DASH;
use crate::tui::i18n::Value;
use crate::tui::look::Look;
use crate::tui::theme::Tone;
use crate::tui::widgets::scroll::Line;

/// `3 / 5 menit`, with LEWAT in words when over; `–` where the program did not see both ends.
pub fn stopwatch(look: &Look, request: &Request, step: usize) -> (String, bool) {
    let (clock, row) = (&request.stopwatch.0[step], &SOP[step]);
    let format = look.format();
    let standard = format.standard(row.standard_seconds);
    if !was_seen(request, step) {
        return (format!("{DASH} / {standard}"), false);
    }
    let elapsed = clock.elapsed(look.now);
    let over = elapsed > i64::from(row.standard_seconds) * 1000;
    let spent = if clock.running_since.is_some() {
        format.minutes(elapsed)
    } else {
        // Tenths, rounded up: what is over the standard never looks like it.
        let seconds = u32::try_from(elapsed / 1000).unwrap_or(u32::MAX / 2);
        format.standard(seconds.div_ceil(6) * 6)
    };
    let text = look.texts.with(
        "stopwatch-minutes",
        &[
            ("spent", Value::from(spent)),
            ("standard", Value::from(standard)),
        ],
    );
    (text, over)
}

/// Whether the program saw the step begin, or begin and end.
fn was_seen(request: &Request, step: usize) -> bool {
    let clock = &request.stopwatch.0[step];
    clock.running_since.is_some() || clock.spent > 0 || (clock.finished && clock.measured)
}

/// When the number that [`stopwatch`] shows for a running step changes next.
pub fn next_minute(
    request: &Request,
    step: usize,
    now: crate::domain::Timestamp,
) -> Option<crate::domain::Timestamp> {
    let clock = &request.stopwatch.0[step];
    clock.running_since?;
    let rest = MINUTE - clock.elapsed(now).rem_euclid(MINUTE);
    Some(now.plus(rest.max(1)))
}

/// The officer's step that a request has reached, counted from 0; `None` while it is filed and after the end.
const fn reached(state: State) -> Option<usize> {
    match state {
        State::Diajukan | State::Diperiksa => Some(4),
        State::DataSesuai => Some(5),
        State::DnCocok | State::Terjadwal => Some(6),
        State::Dicabut => Some(7),
        State::Diberitahukan => Some(8),
        _ => None,
    }
}

const DONE: (&str, Tone) = ("step-done", Tone::Good);
const NOW: (&str, Tone) = ("step-now", Tone::Heading);
const OPEN: (&str, Tone) = ("step-open", Tone::Muted);
const NONE: (&str, Tone) = ("step-none", Tone::Muted);

fn word(request: &Request, step: usize) -> (&'static str, Tone) {
    // The letter of this round: a return leads back to it (SOP step 5), and it may follow what was filed.
    let letter = request.letters.len() as u64 > u64::from(request.letters_when_returned);
    match (request.state, step) {
        (State::Selesai, _) => DONE,
        (State::Ditolak | State::Ditarik | State::Ditutup, _) => {
            let done = request.stopwatch.0[step].finished;
            if done { DONE } else { NONE }
        }
        (_, 0 | 3) if letter => DONE,
        (State::Dikembalikan, 0) => NOW,
        (_, 0 | 3) => OPEN,
        (State::Draf, 2) => NOW,
        (_, 1 | 2) => DONE,
        (state, _) => match reached(state) {
            Some(at) if step < at => DONE,
            // Nobody has begun before an officer took it.
            Some(at) if step == at && state != State::Diajukan => NOW,
            _ => OPEN,
        },
    }
}

/// One line a step.
pub fn steps(request: &Request, look: &Look, columns: u16) -> Vec<Line> {
    let language = usize::from(look.texts.language == Language::En);
    SOP.iter()
        .enumerate()
        .map(|(index, row)| {
            let (state, tone) = word(request, index);
            let (mut time, over) = stopwatch(look, request, index);
            if over {
                time = format!("{time} {}", look.texts.get("word-late"));
            }
            let room = columns.saturating_sub(39).max(12);
            let title = draw::fit(row.title[language], room);
            let pad = usize::from(room.saturating_sub(draw::width(&title)));
            let state = look.texts.get(state);
            let state_pad = 8_usize.saturating_sub(state.chars().count());
            vec![
                (
                    format!(" {} {title}{}  ", row.number, " ".repeat(pad)),
                    Tone::Plain,
                ),
                (state, tone),
                (" ".repeat(state_pad + 1), Tone::Plain),
                (time, if over { Tone::Warning } else { Tone::Muted }),
            ]
        })
        .collect()
}

/// Columns of a step's short title and of its state.
const SHORT: [usize; 2] = [17, 9];

/// The steps by their short titles, with the times that were measured. Each line has one tone: what is done, what is being
/// worked on and what is to come are three blocks, which also costs least to draw.
pub fn steps_in_short(request: &Request, look: &Look) -> Vec<Line> {
    let [title_room, state_room] = SHORT;
    (0..SOP.len())
        .map(|step| {
            let (state, tone) = word(request, step);
            let title = look.texts.get(&format!("sop-{}", step + 1));
            let state = look.texts.get(state);
            let (time, over) = if was_seen(request, step) {
                stopwatch(look, request, step)
            } else {
                (String::new(), false)
            };
            let text = format!(
                " {} {title:<title_room$} {state:<state_room$}{time}",
                step + 1
            );
            let mut line = vec![(text.trim_end().to_owned(), tone)];
            if over {
                let late = format!(" {}", look.texts.get("word-late"));
                line.push((late, Tone::Warning));
            }
            line
        })
        .collect()
}

/// The steps, then the entries of the log.
pub fn lines(detail: &RequestDetail, look: &Look, columns: u16) -> Vec<Line> {
    let mut lines = steps(&detail.request, look, columns);
    for (entry, times) in runs(&detail.timeline) {
        let state = |s: State| look.texts.get(&format!("state-{}", s.name()));
        let change = match (entry.from, entry.to) {
            (from, Some(to)) if from != Some(to) => format!("  {}", state(to)),
            _ => String::new(),
        };
        let refusal = entry
            .refusal
            .as_ref()
            .map(|r| {
                format!(
                    "  {}",
                    look.texts
                        .with("log-refused", &[("rule", Value::from(r.as_str()))])
                )
            })
            .unwrap_or_default();
        let again = if times > 1 {
            format!(" ({times}x)")
        } else {
            String::new()
        };
        let tone = if entry.refusal.is_some() {
            Tone::Warning
        } else {
            Tone::Plain
        };
        lines.push(vec![
            (format!(" {}  ", look.format().short(entry.at)), Tone::Muted),
            (
                format!("{}{again}  {}{change}{refusal}", entry.action, entry.actor),
                tone,
            ),
        ]);
    }
    lines
}

/// Entries that say the same one after another (the form is saved field by field) as one, with how often.
fn runs(timeline: &[TimelineEntry]) -> Vec<(&TimelineEntry, usize)> {
    let mut runs: Vec<(&TimelineEntry, usize)> = Vec::new();
    for entry in timeline {
        match runs.last_mut() {
            Some((last, times))
                if last.action == entry.action
                    && last.actor == entry.actor
                    && last.to == entry.to
                    && entry.refusal.is_none() =>
            {
                *last = entry;
                *times += 1;
            }
            _ => runs.push((entry, 1)),
        }
    }
    runs
}
