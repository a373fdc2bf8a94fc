//! The fields of each step: built from what the desk has saved, and turned back into what is to be saved.

use serde::{Deserialize, Serialize};

use crate::desk::ReasonChoice;
use crate::domain::instant::Day;
use crate::domain::reason::ReasonId;
use crate::domain::request::{FieldChange, Misuse, RequesterKind};
use crate::domain::{Nip, Role, State, Timestamp, Zone};
use crate::tui::look::Look;
use crate::tui::refusals;
use crate::tui::theme::Tone;
use crate::tui::widgets::fields::Fields;
use crate::tui::widgets::form::Field;
use crate::tui::widgets::scroll::Line;

use super::Filing;

/// The four steps of the form.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Step {
    Certificate,
    Reasons,
    Letter,
    Review,
}

impl Step {
    pub const ALL: [Self; 4] = [Self::Certificate, Self::Reasons, Self::Letter, Self::Review];

    pub const fn message(self) -> &'static str {
        match self {
            Self::Certificate => "apply-step-1",
            Self::Reasons => "apply-step-2",
            Self::Letter => "apply-step-3",
            Self::Review => "apply-step-4",
        }
    }
}

/// What a field of the form stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Slot {
    Certificate,
    Requester,
    Reasons,
    Misuse,
    InvalidityDate,
    /// The name of a file on the person's machine; not saved.
    Path,
    Follows,
    Number,
    Date,
    SuperiorName,
    SuperiorNip,
    Approved,
}

const LINE: usize = 200;
const MISUSE: [Misuse; 3] = [Misuse::Unanswered, Misuse::Possible, Misuse::RuledOut];

/// In whose name somebody may file for another.
fn requesters(filing: &Filing) -> &'static [RequesterKind] {
    const OFFICER: [RequesterKind; 4] = RequesterKind::ALL;
    const COMPANION: [RequesterKind; 3] = [
        RequesterKind::Subscriber,
        RequesterKind::Agency,
        RequesterKind::ThirdParty,
    ];
    let owner = filing
        .certificates
        .first()
        .and_then(|c| c.certificate.owner);
    if owner == Some(filing.who.account_id()) {
        &COMPANION[..1]
    } else if filing.who.has(Role::Op) {
        &OFFICER
    } else {
        &COMPANION
    }
}

/// The fields of the step that is open.
pub fn fields(filing: &Filing, look: &Look) -> (Vec<Slot>, Vec<Field>) {
    let (texts, choices) = (look.texts, &filing.reasons);
    let yes_no = || vec![texts.get("word-no"), texts.get("word-yes")];
    let mut fields: Vec<(Slot, Field)> = Vec::new();
    match filing.step {
        Step::Certificate => {
            let options = filing.certificates.iter().map(|view| {
                let certificate = &view.certificate;
                let until = look.format().short_date(certificate.not_after);
                let cn = certificate.subject.common_name().unwrap_or_default();
                format!("{}  {until}  {cn}", certificate.key.serial.last_eight())
            });
            let field = Field::choice("field-certificate", options.collect(), filing.chosen);
            fields.push((Slot::Certificate, field));
            let kinds = requesters(filing);
            if kinds.len() > 1 && filing.request.is_none() {
                let options = kinds.iter().map(|k| texts.get(refusals::requester(*k)));
                let field = Field::choice("detail-requester", options.collect(), 0);
                fields.push((Slot::Requester, field));
            }
        }
        Step::Reasons => {
            let labels = choices.iter().map(|c| c.label.clone()).collect();
            fields.push((Slot::Reasons, Field::checks("apply-reasons", labels)));
            if some_reason(filing, |c| c.asks_misuse) {
                let options = [
                    "misuse-unanswered",
                    "misuse-is-possible",
                    "misuse-is-ruled-out",
                ];
                let options = options.iter().map(|id| texts.get(id)).collect();
                fields.push((Slot::Misuse, Field::choice("apply-misuse", options, 0)));
            }
            if some_reason(filing, |c| c.offers_invalidity_date) {
                let field = Field::text("field-invalidity-date", 10).optional();
                fields.push((Slot::InvalidityDate, field));
            }
        }
        Step::Letter => {
            let approval = vec![texts.get("approval-missing"), texts.get("approval-there")];
            fields.push((Slot::Path, Field::text("apply-file", 1000).optional()));
            let request = filing.request.as_ref().map(|d| &d.request);
            let before = request.is_some_and(|r| r.state == State::Draf);
            if before && some_reason(filing, |c| c.urgent) {
                fields.push((Slot::Follows, Field::choice("apply-follows", yes_no(), 0)));
            }
            fields.extend([
                (Slot::Number, Field::text("field-letter-number", LINE)),
                (Slot::Date, Field::text("field-letter-date", 10)),
                (Slot::SuperiorName, Field::text("field-superior", LINE)),
                (Slot::SuperiorNip, Field::text("field-superior-nip", 18)),
                (Slot::Approved, Field::choice("item-approval", approval, 0)),
            ]);
        }
        Step::Review => {}
    }
    fields.into_iter().unzip()
}

/// Whether one of the chosen reasons is such.
fn some_reason(filing: &Filing, such: fn(&ReasonChoice) -> bool) -> bool {
    let Some(detail) = &filing.request else {
        return false;
    };
    let chosen = |c: &&ReasonChoice| detail.request.reasons.iter().any(|id| id.0 == c.id);
    filing.reasons.iter().filter(chosen).any(such)
}

/// Puts what the desk has saved into the fields.
pub fn fill(filing: &mut Filing, zone: Zone) {
    let Some(request) = filing.request.as_ref().map(|d| d.request.clone()) else {
        return;
    };
    let choices = filing.reasons.clone();
    for (index, slot) in filing.slots.clone().into_iter().enumerate() {
        let letter = &request.letter_data;
        let form = &mut filing.form;
        let mut set = |text: &str| {
            if let Some(field) = form.field_mut(index) {
                field.set(text);
            }
        };
        match slot {
            Slot::Number => set(&letter.number),
            Slot::Date => set(&letter.date.map(|d| d.to_string()).unwrap_or_default()),
            Slot::SuperiorName => set(&letter.superior_name),
            Slot::SuperiorNip => set(&letter.superior_nip),
            Slot::InvalidityDate => {
                let day = request.invalidity_date.map(|t| day(t, zone).to_string());
                set(&day.unwrap_or_default());
            }
            Slot::Approved => form.choose(index, usize::from(letter.approved)),
            Slot::Follows => form.choose(index, usize::from(request.letter_follows)),
            Slot::Misuse => {
                let at = MISUSE.iter().position(|m| *m == request.misuse);
                form.choose(index, at.unwrap_or(0));
            }
            Slot::Reasons => {
                let ticked: Vec<usize> = (0..choices.len())
                    .filter(|at| request.reasons.iter().any(|id| id.0 == choices[*at].id))
                    .collect();
                form.tick(index, &ticked);
            }
            Slot::Certificate | Slot::Requester | Slot::Path => {}
        }
    }
}

fn day(at: Timestamp, zone: Zone) -> Day {
    at.local(zone).date().into()
}

/// The certificate that the first step's choice names.
pub fn chosen_certificate(filing: &Filing) -> usize {
    match filing.slots.iter().position(|s| *s == Slot::Certificate) {
        Some(index) => filing.form.chosen(index),
        None => filing.chosen,
    }
}

/// In whose name the draft is begun.
pub fn requester(filing: &Filing) -> RequesterKind {
    let index = filing.slots.iter().position(|s| *s == Slot::Requester);
    let kinds = requesters(filing);
    index
        .and_then(|index| kinds.get(filing.form.chosen(index)).copied())
        .unwrap_or_default()
}

/// The change that a field makes to what is saved, if any; the message that says why it does not fit.
pub fn change(
    filing: &Filing,
    index: usize,
    zone: Zone,
) -> Result<Option<FieldChange>, &'static str> {
    let (Some(detail), Some(slot)) = (&filing.request, filing.slots.get(index)) else {
        return Ok(None);
    };
    let (request, letter, form) = (&detail.request, &detail.request.letter_data, &filing.form);
    let choices = &filing.reasons;
    let text = form.text(index).trim();
    let line = |saved: &str, change: fn(String) -> FieldChange| {
        (text != saved).then(|| change(text.to_owned()))
    };
    let typed_day = || match text {
        "" => Ok(None),
        text => Day::parse(text).map(Some).ok_or("day-form"),
    };
    Ok(match slot {
        Slot::Certificate | Slot::Requester | Slot::Path => None,
        Slot::Reasons => {
            // Those that this person is not offered stay as they are.
            let offered = |id: &ReasonId| choices.iter().any(|c| c.id == id.0);
            let kept = request.reasons.iter().filter(|id| !offered(id)).cloned();
            let ticked = form.ticked(index).into_iter();
            let ids = ticked
                .filter_map(|at| choices.get(at))
                .map(|c| ReasonId(c.id.clone()));
            let new: Vec<ReasonId> = ids.chain(kept).collect();
            let same = new.len() == request.reasons.len()
                && new.iter().all(|id| request.reasons.contains(id));
            (!same).then_some(FieldChange::Reasons(new))
        }
        Slot::Misuse => {
            let misuse = MISUSE.get(form.chosen(index)).copied().unwrap_or_default();
            (misuse != request.misuse).then_some(FieldChange::Misuse(misuse))
        }
        Slot::InvalidityDate => {
            let typed = typed_day()?;
            let saved = request.invalidity_date.map(|t| day(t, zone));
            let date = typed.map(|d| d.start(zone));
            (typed != saved).then_some(FieldChange::InvalidityDate(date))
        }
        Slot::Follows => {
            let follows = form.chosen(index) == 1;
            (follows != request.letter_follows).then_some(FieldChange::LetterFollows(follows))
        }
        Slot::Number => line(&letter.number, FieldChange::LetterNumber),
        Slot::Date => {
            let typed = typed_day()?;
            (typed != letter.date).then_some(FieldChange::LetterDate(typed))
        }
        Slot::SuperiorName => line(&letter.superior_name, FieldChange::SuperiorName),
        Slot::SuperiorNip => {
            if !text.is_empty() && Nip::parse(text).is_err() {
                return Err("nip-form");
            }
            line(&letter.superior_nip, FieldChange::SuperiorNip)
        }
        Slot::Approved => {
            let approved = form.chosen(index) == 1;
            (approved != letter.approved).then_some(FieldChange::SuperiorApproved(approved))
        }
    })
}

/// The technical guide (SOP step 3): what the reason under the cursor is for, then what holds for all.
pub fn guide(filing: &Filing, look: &Look, columns: u16) -> Vec<Line> {
    let texts = look.texts;
    let mut out = Fields::new(look, columns);
    match filing.slots.get(filing.form.focus) {
        Some(Slot::Misuse) => out.text(&texts.get("guide-misuse"), Tone::Plain),
        Some(Slot::InvalidityDate) => out.text(&texts.get("guide-invalidity"), Tone::Plain),
        _ => {
            let reason = filing.reasons.get(filing.form.check_at(0));
            let id = reason
                .map(|r| format!("guide-{}", r.id))
                .unwrap_or_default();
            if texts.has(&id) {
                out.text(&texts.get(&id), Tone::Plain);
            }
        }
    }
    out.blank();
    out.heading(&texts.get("guide-title"));
    for id in ["guide-1", "guide-2", "guide-3"] {
        out.text(&texts.get(id), Tone::Muted);
    }
    out.lines
}
