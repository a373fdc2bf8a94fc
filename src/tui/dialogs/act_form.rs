//! A dialog over one request: what it is about, the fields to fill, and the intent that they make. Ctrl-X alone sends
//! it; what the desk refuses is said in the dialog, which stays open with everything but the password.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::desk::view::RequestDetail;
use crate::desk::{DeskError, Identity, Intent};
use crate::domain::{Refusal, RequestId};
use crate::term::Key;
use crate::tui::action::{self, ActionId, Facts};
use crate::tui::component::{Component, Cx, Outcome, Saved, SavedKind};
use crate::tui::draw;
use crate::tui::errors;
use crate::tui::i18n::Value;
use crate::tui::look::Look;
use crate::tui::place::Place;
use crate::tui::screens::detail::field;
use crate::tui::theme::Tone;
use crate::tui::widgets::form::{Form, SavedField};
use crate::tui::widgets::scroll::Line;

use super::Answer;

/// A fact that the dialog shows: label and value.
pub struct Shown {
    pub label: &'static str,
    pub value: String,
    pub tone: Tone,
}

/// Why the fields make no intent: which one, and the message that says so.
pub type Wrong = (usize, &'static str);

/// Makes the intent of what was filled in.
type Maker = Box<dyn Fn(&mut Form) -> Result<Intent, Wrong> + Send>;

/// The dialog.
pub struct ActForm {
    /// The action that it carries out: gives title and result.
    action: ActionId,
    place: Place,
    shown: Vec<Shown>,
    /// What follows from it, in a sentence.
    consequence: Option<String>,
    form: Form,
    who: Identity,
    request: RequestId,
    seen: u64,
    intent: Maker,
    error: Option<String>,
}

impl ActForm {
    pub fn new(
        action: ActionId,
        who: Identity,
        detail: &RequestDetail,
        form: Form,
        intent: impl Fn(&mut Form) -> Result<Intent, Wrong> + Send + 'static,
    ) -> Self {
        Self {
            action,
            place: Place::Form,
            shown: Vec::new(),
            consequence: None,
            form,
            who,
            request: detail.request.id,
            seen: detail.version,
            intent: Box::new(intent),
            error: None,
        }
    }

    /// Cannot be undone: no repeat confirms it, and no session resumes it.
    #[must_use]
    pub fn danger(mut self) -> Self {
        self.place = Place::Danger;
        self
    }

    #[must_use]
    pub fn show(mut self, label: &'static str, value: String, tone: Tone) -> Self {
        self.shown.push(Shown { label, value, tone });
        self
    }

    #[must_use]
    pub fn consequence(mut self, text: String) -> Self {
        self.consequence = Some(text);
        self
    }

    fn send(&mut self, cx: &mut Cx) -> Outcome {
        self.error = None;
        let intent = match (self.intent)(&mut self.form) {
            Ok(intent) => intent,
            Err((field, message)) => {
                self.form.complain(field, cx.texts().get(message));
                return Outcome::Done;
            }
        };
        match cx
            .desk
            .act(&self.who, self.request, Some(self.seen), intent)
        {
            Ok(_) => {
                let name = action::action(self.action).name;
                let done = cx.texts().attribute(&format!("action-{name}"), "done", &[]);
                cx.say(Tone::Good, done.unwrap_or_default());
                Outcome::Answer(Answer::Changed(self.request))
            }
            Err(DeskError::Refused(refusal @ Refusal::Stale { .. })) => {
                // What was read is no longer so: back to the request, which is read again.
                cx.fail(&DeskError::Refused(refusal));
                Outcome::Answer(Answer::Changed(self.request))
            }
            Err(error) => {
                let (text, hint) = errors::say(cx.look.format(), &errors::names(cx.desk), &error);
                self.error = Some(match hint {
                    Some(hint) => format!("{text} {hint}"),
                    None => text,
                });
                Outcome::Done
            }
        }
    }

    /// The facts in full: what is about to be changed is never cut off.
    fn shown_lines(&self, look: &Look, columns: u16) -> Vec<Line> {
        self.shown
            .iter()
            .flat_map(|s| field(look, columns, s.label, &s.value, s.tone))
            .collect()
    }

    fn consequence_lines(&self, columns: u16) -> Vec<String> {
        self.consequence
            .as_ref()
            .map(|text| draw::wrap(text, columns.saturating_sub(2)))
            .unwrap_or_default()
    }
}

impl Component for ActForm {
    fn place(&self) -> Place {
        self.place
    }

    fn typing(&self) -> bool {
        self.form.typing()
    }

    fn facts(&self, facts: &mut Facts) {
        facts.complete = self.form.complete();
        facts.ticking = self.form.takes_ticks();
    }

    fn key(&mut self, key: Key, _cx: &mut Cx) -> Outcome {
        if self.form.key(key) {
            Outcome::Done
        } else {
            Outcome::Ignored
        }
    }

    fn paste(&mut self, text: &str, _cx: &mut Cx) {
        self.form.paste(text);
    }

    fn act(&mut self, action: ActionId, cx: &mut Cx) -> Outcome {
        match action {
            ActionId::Back => Outcome::Close,
            ActionId::Submit => self.send(cx),
            action => {
                self.form.act(action);
                Outcome::Done
            }
        }
    }

    fn settle(&mut self, _cx: &mut Cx, area: Rect) {
        self.form.settle(area.width);
    }

    fn rows(&self, look: &Look, columns: u16) -> Option<u16> {
        let consequence = u16::try_from(self.consequence_lines(columns).len()).unwrap_or(0);
        let shown = u16::try_from(self.shown_lines(look, columns).len()).unwrap_or(0);
        // Bar, facts, consequence, fields, one line for what went wrong.
        Some(1 + shown + consequence + self.form.rows(columns) + 1)
    }

    fn view(&self, look: &Look, buffer: &mut Buffer, area: Rect) -> Option<(u16, u16)> {
        let title = action::action(self.action).title(look.texts);
        let keys = look
            .texts
            .with("dialog-keys", &[("action", Value::from(title))]);
        draw::bar(look, buffer, area, area.y, &format!(" {keys}"));
        let mut y = area.y + 1;
        for line in self.shown_lines(look, area.width) {
            let runs: Vec<(&str, Tone)> =
                line.iter().map(|(t, tone)| (t.as_str(), *tone)).collect();
            draw::runs(look, buffer, area, y, &runs);
            y += 1;
        }
        for line in self.consequence_lines(area.width) {
            draw::text(
                buffer,
                area.x + 1,
                y,
                area.width.saturating_sub(1),
                &line,
                look.style(Tone::Warning),
            );
            y += 1;
        }
        let form = Rect::new(area.x, y, area.width, area.bottom().saturating_sub(y + 1));
        let cursor = self.form.view(look, buffer, form);
        if let Some(error) = &self.error {
            let y = area.bottom().saturating_sub(1);
            draw::text(
                buffer,
                area.x + 1,
                y,
                area.width.saturating_sub(1),
                error,
                look.style(Tone::Bad),
            );
        }
        cursor
    }

    fn save(&self) -> Option<Saved> {
        if self.place == Place::Danger {
            return None;
        }
        Some(Saved {
            what: SavedKind::Form(action::action(self.action).name.to_owned(), self.request),
            state: postcard::to_stdvec(&self.form.save()).ok()?,
        })
    }

    fn restore(&mut self, state: &[u8], _cx: &mut Cx) {
        if let Ok(fields) = postcard::from_bytes::<Vec<SavedField>>(state) {
            self.form.restore(&fields);
        }
    }
}
