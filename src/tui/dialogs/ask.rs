//! A dialog that changes something: facts to read, fields to fill, and what Ctrl-X then does. What the desk refuses is
//! said in the dialog, which stays open with everything but secrets.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::desk::RequestDetail;
use crate::desk::{Aside, Desk, DeskError, Identity, Intent};
use crate::domain::{Refusal, RequestId};
use crate::term::Key;
use crate::tui::action::{self, ActionId, Facts};
use crate::tui::component::{Component, Cx, Outcome, Saved, SavedKind};
use crate::tui::draw;
use crate::tui::errors;
use crate::tui::i18n::Value;
use crate::tui::look::Look;
use crate::tui::place::Place;
use crate::tui::theme::Tone;
use crate::tui::widgets::fields::Fields;
use crate::tui::widgets::form::{Form, SavedField};
use crate::tui::widgets::scroll::{Line, Scroll};

use super::Answer;

/// Why it was not done.
pub enum Stop {
    /// A field does not fit; the message says how.
    Field(usize, &'static str),
    /// The desk would not, for what stands in one field: a word there, the sentence below.
    Refused {
        field: usize,
        word: &'static str,
        error: DeskError,
    },
    /// The desk would not; the dialog says why.
    Desk(DeskError),
    /// What the dialog was opened on is no longer so: it closes, and the one below reads anew.
    Overtaken(DeskError, Answer),
}

impl From<DeskError> for Stop {
    fn from(error: DeskError) -> Self {
        Self::Desk(error)
    }
}

type Here = Box<dyn FnMut(&mut Form, &mut Cx) -> Result<Outcome, Stop> + Send>;
/// Takes from the form what the work needs.
type Begin = Box<dyn FnMut(&mut Form) -> Work + Send>;
/// What goes on beside the screen.
pub type Work = Box<dyn FnOnce(&Desk) -> Result<Told, DeskError> + Send>;
/// What is then said.
pub type Told = Box<dyn FnOnce(&mut Cx) + Send>;

enum Perform {
    Here(Here),
    Aside(Begin),
}

/// The dialog.
pub struct Ask {
    /// The action that it carries out: gives title and result.
    action: ActionId,
    place: Place,
    shown: Vec<(&'static str, String)>,
    /// What follows from it, in a sentence.
    consequence: Option<String>,
    form: Form,
    perform: Perform,
    /// While it goes on: the dialog may be closed and changes nothing.
    working: Option<Aside<Result<Told, DeskError>>>,
    /// The request that it is about: with it the half-filled form is resumed.
    request: Option<RequestId>,
    error: Option<String>,
}

impl Ask {
    pub fn new(
        action: ActionId,
        form: Form,
        perform: impl FnMut(&mut Form, &mut Cx) -> Result<Outcome, Stop> + Send + 'static,
    ) -> Self {
        Self::by(action, form, Perform::Here(Box::new(perform)))
    }

    /// A dialog whose work may take longer than a key: `begin` takes from the form what it needs, and the screen goes
    /// on. Who closes the dialog before the end hears no more of it than everybody does.
    pub fn aside(
        action: ActionId,
        form: Form,
        begin: impl FnMut(&mut Form) -> Work + Send + 'static,
    ) -> Self {
        Self::by(action, form, Perform::Aside(Box::new(begin)))
    }

    const fn by(action: ActionId, form: Form, perform: Perform) -> Self {
        Self {
            action,
            place: Place::Form,
            shown: Vec::new(),
            consequence: None,
            form,
            perform,
            working: None,
            request: None,
            error: None,
        }
    }

    /// A dialog over one request: `intent` makes of the fields what the desk is asked, or names the field that is wrong
    /// and the message that says so. The desk is told which version was looked at.
    pub fn over(
        action: ActionId,
        who: Identity,
        detail: &RequestDetail,
        form: Form,
        intent: impl Fn(&mut Form) -> Result<Intent, (usize, &'static str)> + Send + 'static,
    ) -> Self {
        let (request, seen) = (detail.request.id, detail.version);
        let mut ask = Self::new(action, form, move |form, cx| {
            let intent = intent(form).map_err(|(field, why)| Stop::Field(field, why))?;
            match cx.desk.act(&who, request, Some(seen), intent) {
                Ok(_) => Ok(Outcome::Answer(Answer::Changed(request))),
                Err(error @ DeskError::Refused(Refusal::Stale { .. })) => {
                    Err(Stop::Overtaken(error, Answer::Changed(request)))
                }
                Err(error) => Err(error.into()),
            }
        });
        ask.request = Some(request);
        ask
    }

    /// Cannot be undone: no repeat confirms it, and no session resumes it.
    #[must_use]
    pub fn danger(mut self) -> Self {
        self.place = Place::Danger;
        self
    }

    /// A fact under the label with this message id. What is about to be changed is never cut off.
    #[must_use]
    pub fn show(mut self, label: &'static str, value: String) -> Self {
        self.shown.push((label, value));
        self
    }

    #[must_use]
    pub fn consequence(mut self, text: String) -> Self {
        self.consequence = Some(text);
        self
    }

    fn send(&mut self, cx: &mut Cx) -> Outcome {
        if self.working.is_some() {
            return Outcome::Done;
        }
        self.error = None;
        let result = match &mut self.perform {
            Perform::Here(perform) => perform(&mut self.form, cx),
            Perform::Aside(begin) => match cx.desk.aside(begin(&mut self.form)) {
                Ok(working) => {
                    self.working = Some(working);
                    return Outcome::Done;
                }
                Err(error) => Err(error.into()),
            },
        };
        self.finish(result, cx)
    }

    fn finish(&mut self, result: Result<Outcome, Stop>, cx: &mut Cx) -> Outcome {
        match result {
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
            Err(Stop::Refused { field, word, error }) => {
                let text = cx.texts().get(word);
                self.form.complain(field, text);
                self.say_below(&error, cx)
            }
            Err(Stop::Desk(error)) => self.say_below(&error, cx),
            Err(Stop::Overtaken(error, answer)) => {
                cx.fail(&error);
                Outcome::Answer(answer)
            }
        }
    }

    fn say_below(&mut self, error: &DeskError, cx: &Cx) -> Outcome {
        let (text, hint) = errors::say(cx.look.format(), &errors::names(cx.desk), error);
        self.error = Some(match hint {
            Some(hint) => format!("{text} {hint}"),
            None => text,
        });
        Outcome::Done
    }

    /// Facts and consequence.
    fn above(&self, look: &Look, columns: u16) -> Vec<Line> {
        let mut out = Fields::new(look, columns);
        for (label, value) in &self.shown {
            out.plain(label, value);
        }
        if let Some(consequence) = &self.consequence {
            out.text(consequence, Tone::Warning);
        }
        out.lines
    }

    /// What went wrong, or that it goes on; a blank line is kept for it from the beginning.
    fn below(&self, look: &Look, columns: u16) -> Vec<Line> {
        let mut out = Fields::new(look, columns);
        match &self.error {
            Some(error) => out.text(error, Tone::Bad),
            None if self.working.is_some() => {
                out.text(&look.texts.get("dialog-working"), Tone::Muted);
            }
            None => out.blank(),
        }
        out.lines
    }
}

/// Rows that lines take.
fn height(lines: &[Line]) -> u16 {
    u16::try_from(lines.len()).unwrap_or(u16::MAX)
}

impl Component for Ask {
    fn place(&self) -> Place {
        self.place
    }

    fn typing(&self) -> bool {
        self.working.is_none() && self.form.typing()
    }

    fn facts(&self, facts: &mut Facts) {
        facts.complete = self.working.is_none() && self.form.complete();
        facts.ticking = self.form.takes_ticks();
    }

    fn key(&mut self, key: Key, _cx: &mut Cx) -> Outcome {
        if self.working.is_none() && self.form.key(key) {
            // What was refused is being mended.
            self.error = None;
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

    fn ended(&mut self, cx: &mut Cx) -> Outcome {
        let Some(result) = self.working.as_ref().and_then(Aside::result) else {
            return Outcome::Ignored;
        };
        self.working = None;
        let result = result.and_then(|done| done).map(|told| {
            told(cx);
            Outcome::Answer(Answer::Done)
        });
        self.finish(result.map_err(Stop::Desk), cx)
    }

    fn settle(&mut self, _cx: &mut Cx, area: Rect) {
        self.form.settle(area.width);
    }

    fn rows(&self, look: &Look, columns: u16) -> Option<u16> {
        let text = height(&self.above(look, columns)) + height(&self.below(look, columns));
        Some(1 + text + self.form.rows(columns))
    }

    fn view(&self, look: &Look, buffer: &mut Buffer, area: Rect) -> Option<(u16, u16)> {
        let title = action::action(self.action).title(look.texts);
        let keys = look
            .texts
            .with("dialog-keys", &[("action", Value::from(title))]);
        draw::bar(look, buffer, area, area.y, &format!(" {keys}"));
        let (above, below) = (self.above(look, area.width), self.below(look, area.width));
        let body = Rect::new(
            area.x,
            area.y + 1,
            area.width,
            area.height.saturating_sub(1),
        );
        Scroll::default().view(look, buffer, body, &above);
        let last = area.bottom().saturating_sub(height(&below));
        let top = body.y.saturating_add(height(&above));
        let form = Rect::new(area.x, top, area.width, last.saturating_sub(top));
        let cursor = self.form.view(look, buffer, form.intersection(area));
        let rest = Rect::new(area.x, last, area.width, height(&below));
        Scroll::default().view(look, buffer, rest.intersection(area), &below);
        cursor
    }

    fn save(&self) -> Option<Saved> {
        if self.place == Place::Danger {
            return None;
        }
        Some(Saved {
            what: SavedKind::Form(action::action(self.action).name.to_owned(), self.request?),
            state: postcard::to_stdvec(&self.form.save()).ok()?,
        })
    }

    fn restore(&mut self, state: &[u8], _cx: &mut Cx) {
        if let Ok(fields) = postcard::from_bytes::<Vec<SavedField>>(state) {
            self.form.restore(&fields);
        }
    }
}
