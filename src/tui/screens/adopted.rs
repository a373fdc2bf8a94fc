//! Diadopsi: revocations of one issuer that were decided elsewhere and taken over, until somebody has looked at them.
//! Confirming says that they are right and changes nothing on a CRL; it goes over the marked rows, or the one under the
//! cursor, or all that wait.

use crate::desk::{AdoptedView, DeskError, Identity};
use crate::desk::{Change, Page};
use crate::domain::{CertificateKey, CertificateStatus, IssuerId, Refusal, Serial};
use crate::tui::action::{ActionId, Facts};
use crate::tui::component::{Cx, Outcome, SavedKind};
use crate::tui::dialogs::Answer;
use crate::tui::dialogs::ask::Ask;
use crate::tui::dialogs::reading::Reading;
use crate::tui::i18n::Value;
use crate::tui::look::Look;
use crate::tui::place::Place;
use crate::tui::theme::Tone;
use crate::tui::widgets::fields::Fields;
use crate::tui::widgets::form::Form;
use crate::tui::widgets::list::{Cell, Column, column};
use crate::tui::widgets::scroll::Line;

use super::acting::copy;
use super::certificate::status_tone;
use super::detail::status_message;
use super::listing::{List, ListScreen, Listed};

/// Serials that a confirmation names; of more it says how many.
const NAMED: usize = 3;

/// The adopted entries of one issuer.
pub struct Adopted {
    who: Identity,
    issuer: IssuerId,
    /// What the issuer is called.
    label: String,
}

impl Adopted {
    /// Opens the list; `None` where the desk does not know the issuer (any more).
    pub fn open(who: Identity, issuer: IssuerId, cx: &mut Cx) -> Option<ListScreen<Self>> {
        let label = match cx.desk.issuers() {
            Ok(issuers) => issuers.into_iter().find(|i| i.id == issuer)?.label,
            Err(error) => {
                cx.fail(&error);
                return None;
            }
        };
        let source = Self { who, issuer, label };
        Some(ListScreen::new(source, cx))
    }

    /// Asks before the entries with these serials are confirmed.
    fn confirm(&self, serials: Vec<Serial>, cx: &Cx) -> Ask {
        let texts = cx.texts();
        let count = serials.len();
        let mut named: Vec<String> = serials.iter().take(NAMED).map(Serial::to_string).collect();
        if count > NAMED {
            let rest = cx.look.format().count((count - NAMED) as u64);
            named.push(texts.with("adopted-and-more", &[("count", Value::from(rest))]));
        }
        self.ask(ActionId::ConfirmAdopted, Some(serials))
            .show("field-serial", named.join(", "))
            .show("adopted-count", cx.look.format().count(count as u64))
            .consequence(texts.get("adopted-consequence"))
    }

    /// Asks before everything that waits is confirmed.
    fn confirm_all(&self, total: u64, cx: &Cx) -> Ask {
        self.ask(ActionId::ConfirmAllAdopted, None)
            .show("adopted-count", cx.look.format().count(total))
            .consequence(cx.texts().get("adopted-all-consequence"))
    }

    fn ask(&self, action: ActionId, serials: Option<Vec<Serial>>) -> Ask {
        let (who, issuer) = (self.who.clone(), self.issuer);
        Ask::new(action, Form::new(Vec::new()), move |_, cx| {
            match cx.desk.confirm_adopted(&who, issuer, serials.as_deref()) {
                Ok(count) => {
                    let count = Value::from(cx.look.format().count(count));
                    let text = cx.texts().with("adopted-confirmed", &[("count", count)]);
                    cx.say(Tone::Good, text);
                    Ok(Outcome::Answer(Answer::Done))
                }
                // Somebody else confirmed one of them meanwhile.
                Err(DeskError::Refused(Refusal::NotFound)) => {
                    let text = cx.texts().get("adopted-overtaken");
                    cx.say(Tone::Warning, text);
                    Ok(Outcome::Answer(Answer::Done))
                }
                Err(error) => Err(error.into()),
            }
        })
        .show("field-issuer", self.label.clone())
    }
}

impl Listed for Adopted {
    const PLACE: Place = Place::Adopted;
    const COLUMNS: &'static [Column] = &[
        column("field-serial", 18, 0),
        column("field-status", 12, 0),
        column("field-revoked", 12, 0),
        column("column-reason-code", 20, 72),
        column("field-subject", 24, 84),
    ];
    const EMPTY: &'static str = "adopted-none";
    const MARKS: bool = true;

    type Row = AdoptedView;
    type Key = CertificateKey;
    type Detail = AdoptedView;

    fn key(row: &AdoptedView) -> CertificateKey {
        row.key.clone()
    }

    fn page(
        &self,
        cx: &Cx,
        from: Option<&str>,
        limit: usize,
    ) -> Result<Page<AdoptedView>, DeskError> {
        cx.desk.adopted(&self.who, self.issuer, from, limit)
    }

    /// A row holds everything that is shown of it.
    fn detail(&self, row: &AdoptedView, _cx: &Cx) -> Result<AdoptedView, DeskError> {
        Ok(row.clone())
    }

    fn cells(row: &AdoptedView, look: &Look) -> Vec<Cell> {
        let status = status(row);
        vec![
            Cell::plain(short(&row.key.serial)),
            Cell::toned(look.texts.get(status_message(status)), status_tone(status)),
            Cell::plain(look.format().short_date(row.date)),
            Cell::plain(row.reason.name()),
            Cell::plain(row.subject.as_deref().unwrap_or_default()),
        ]
    }

    fn title(&self, look: &Look) -> String {
        let issuer = Value::from(self.label.as_str());
        look.texts.with("adopted-title", &[("issuer", issuer)])
    }

    fn lines(&self, row: &AdoptedView, look: &Look, columns: u16) -> Vec<Line> {
        lines(row, look, columns)
    }

    fn concerns(change: &Change) -> bool {
        matches!(change, Change::Alarms | Change::Crl(_))
    }

    fn facts(&self, list: &List<Self>, facts: &mut Facts) {
        facts.marked = list.marked().len();
    }

    fn act(&mut self, action: ActionId, list: &mut List<Self>, cx: &mut Cx) -> Outcome {
        match (action, list.row()) {
            (ActionId::Back, _) => Outcome::Close,
            (ActionId::ConfirmAdopted, Some(row)) => {
                let marked = list.marked();
                let serials = if marked.is_empty() {
                    vec![row.key.serial.clone()]
                } else {
                    marked.iter().map(|key| key.serial.clone()).collect()
                };
                Outcome::Open(Box::new(self.confirm(serials, cx)))
            }
            (ActionId::ConfirmAllAdopted, Some(_)) => {
                let total = list.total().unwrap_or(list.rows().len() as u64);
                Outcome::Open(Box::new(self.confirm_all(total, cx)))
            }
            (ActionId::Enter, Some(row)) => {
                let text = |line: Line| {
                    let text: String = line.into_iter().map(|(text, _)| text).collect();
                    (text.trim_start().to_owned(), Tone::Plain)
                };
                let lines = lines(row, &cx.look, cx.size.0.saturating_sub(2));
                let lines = lines.into_iter().map(text).collect();
                Outcome::Open(Box::new(Reading::new(self.title(&cx.look), lines)))
            }
            (ActionId::CopySerial, Some(row)) => copy(row.key.serial.to_string(), cx),
            _ => Outcome::Ignored,
        }
    }

    fn kept_as(&self) -> Option<SavedKind> {
        Some(SavedKind::Adopted(self.issuer))
    }
}

const fn status(row: &AdoptedView) -> CertificateStatus {
    if row.held {
        CertificateStatus::Held
    } else {
        CertificateStatus::Revoked
    }
}

/// A serial as far as a column shows it: its end tells serials of one CA apart.
fn short(serial: &Serial) -> String {
    let text = serial.to_string();
    match text.len().checked_sub(16) {
        Some(cut @ 1..) => format!("…{}", &text[cut..]),
        _ => text,
    }
}

fn lines(row: &AdoptedView, look: &Look, columns: u16) -> Vec<Line> {
    let (texts, format) = (look.texts, look.format());
    let mut out = Fields::new(look, columns);
    let status = status(row);
    out.plain("field-serial", &row.key.serial.to_string());
    match &row.subject {
        Some(subject) => out.plain("field-subject", subject),
        None => out.field(
            "field-subject",
            &texts.get("cli-certificate-unknown"),
            Tone::Warning,
        ),
    }
    out.plain("field-issuer", &row.issuer);
    let status_word = texts.get(status_message(status));
    out.field("field-status", &status_word, status_tone(status));
    let revoked = format!("{} ({})", format.full(row.date), row.reason.name());
    out.plain("field-revoked", &revoked);
    let invalid = row.invalidity_date.map(|at| format.full(at));
    out.some("field-invalidity-date", invalid.as_deref());
    let found = match row.crl_number {
        Some(number) => {
            let number = Value::from(number.to_string());
            texts.with("adopted-found-on", &[("number", number)])
        }
        None => texts.get("adopted-found-elsewhere"),
    };
    out.plain("adopted-found", &found);
    if row.held {
        out.text(&texts.get("adopted-held-note"), Tone::Warning);
    }
    out.lines
}
