//! A dialog that is not about a request: facts to read, fields to fill, and what Ctrl-X then does. What the desk refuses
//! is said in the dialog, which stays open with everything but secrets.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::desk::DeskError;
use crate::term::Key;
use crate::tui::action::{self, ActionId, Facts};
use crate::tui::component::{Component, Cx, Outcome};
use crate::tui::draw;
use crate::tui::errors;
use crate::tui::look::Look;
use crate::tui::place::Place;
use crate::tui::theme::Tone;
use crate::tui::widgets::form::Form;

/// Why it was not done.
pub enum Stop {
    /// A field does not fit; the message says how.
    Field(usize, &'static str),
    Desk(DeskError),
}

impl From<DeskError> for Stop {
    fn from(error: DeskError) -> Self {
        Self::Desk(error)
    }
}

type Perform = Box<dyn FnMut(&mut Form, &mut Cx) -> Result<Outcome, Stop> + Send>;

/// The dialog.
pub struct Ask {
    /// The action that it carries out: gives title and result.
    action: ActionId,
    shown: Vec<(&'static str, String)>,
    consequence: Option<String>,
    form: Form,
    perform: Perform,
    error: Option<String>,
}

impl Ask {
    pub fn new(
        action: ActionId,
        form: Form,
        perform: impl FnMut(&mut Form, &mut Cx) -> Result<Outcome, Stop> + Send + 'static,
    ) -> Self {
        Self {
            action,
            shown: Vec::new(),
            consequence: None,
            form,
            perform: Box::new(perform),
            error: None,
        }
    }

    /// A fact under the label with this message id.
    #[must_use]
    pub fn show(mut self, label: &'static str, value: String) -> Self {
        self.shown.push((label, value));
        self
    }

    /// What follows, in a sentence.
    #[must_use]
    pub fn consequence(mut self, text: String) -> Self {
        self.consequence = Some(text);
        self
    }

    fn send(&mut self, cx: &mut Cx) -> Outcome {
        self.error = None;
        match (self.perform)(&mut self.form, cx) {
            Ok(outcome) => {
                let id = format!("action-{}", action::action(self.action).name);
                if let Some(done) = cx.texts().attribute(&id, "done", &[]) {
                    cx.say(Tone::Good, done);
                }
                outcome
            }
            Err(Stop::Field(field, message)) => {
                let text = cx.texts().get(message);
                self.form.complain(field, text);
                Outcome::Done
            }
            Err(Stop::Desk(error)) => {
                let (text, hint) = errors::say(cx.look.format(), &errors::names(cx.desk), &error);
                self.error = Some(match hint {
                    Some(hint) => format!("{text} {hint}"),
                    None => text,
                });
                Outcome::Done
            }
        }
    }

    fn consequence_lines(&self, columns: u16) -> Vec<String> {
        self.consequence
            .as_ref()
            .map(|text| draw::wrap(text, columns.saturating_sub(2)))
            .unwrap_or_default()
    }
}

impl Component for Ask {
    fn place(&self) -> Place {
        Place::Form
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

    fn rows(&self, _look: &Look, columns: u16) -> Option<u16> {
        let above = self.shown.len() + self.consequence_lines(columns).len();
        // Bar, facts, consequence, fields, one line for what went wrong.
        Some(u16::try_from(above).unwrap_or(0) + self.form.rows(columns) + 2)
    }

    fn view(&self, look: &Look, buffer: &mut Buffer, area: Rect) -> Option<(u16, u16)> {
        let title = action::action(self.action).title(look.texts);
        draw::bar(look, buffer, area, area.y, &format!(" {title} "));
        let inner = Rect::new(
            area.x + 1,
            area.y,
            area.width.saturating_sub(1),
            area.height,
        );
        let mut y = area.y + 1;
        let room = if area.width < 70 { 14 } else { 19 };
        for (label, value) in &self.shown {
            let label = look.texts.get(label);
            draw::labelled(look, buffer, inner, y, room, &label, (value, Tone::Heading));
            y += 1;
        }
        for line in self.consequence_lines(area.width) {
            draw::text(
                buffer,
                inner.x,
                y,
                inner.width,
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
                inner.x,
                y,
                inner.width,
                error,
                look.style(Tone::Bad),
            );
        }
        cursor
    }
}
