//! Ajukan pencabutan: the applicant's form in four short steps (SOP steps 1 to 4): certificate, reasons, letter, review
//! and submit. Every field is saved in the desk as soon as it is finished; the letter comes from a file on the person's
//! own machine, which the session reads. Nothing here decides: the desk says what is missing.

mod attach;
mod component;
mod steps;
mod summary;

use ratatui::layout::Rect;

use crate::desk::{Arrival, CertificateView, ReasonChoice, RequestDetail};
use crate::desk::{
    Aside, CertificateQuery, DeskError, Identity, Intent, LetterCode, LetterCommand,
};
use crate::domain::workflow::Act;
use crate::domain::{
    CertificateStatus, Language, ReasonCode, Refusal, Request, RequestId, State, Timestamp,
};
use crate::tui::component::{Cx, Effect, FilePurpose, Outcome};
use crate::tui::dialogs::{Answer, shared_key};
use crate::tui::errors;
use crate::tui::i18n::Value;
use crate::tui::look::Look;
use crate::tui::theme::Tone;
use crate::tui::widgets::form::Form;
use crate::tui::widgets::scroll::{Line, Scroll};

use steps::{Slot, Step};

/// Certificates offered in the first step.
const OFFERED: usize = 100;

/// The form.
pub struct Filing {
    who: Identity,
    /// The reasons that this person is offered, labelled in the reader's language.
    reasons: Vec<ReasonChoice>,
    /// What the first step offers: the owner's certificates that may still be revoked.
    certificates: Vec<CertificateView>,
    chosen: usize,
    /// The draft or request, once the first step is done.
    request: Option<Box<RequestDetail>>,
    step: Step,
    slots: Vec<Slot>,
    form: Form,
    scroll: Scroll,
    due: Option<Timestamp>,
    /// Under which a letter comes in from another computer.
    code: Option<LetterCode>,
    command: Option<LetterCommand>,
    /// One that is coming.
    arriving: Option<Arrival>,
    /// One from the person's own machine, which the desk examines.
    attaching: Option<Aside<Result<Request, DeskError>>>,
}

impl Filing {
    /// Begins with a certificate, or goes on with the open request on it.
    pub fn on(who: Identity, view: &CertificateView, cx: &mut Cx) -> Outcome {
        if let Some((id, _)) = view.open_request {
            return Self::open(who, id, cx);
        }
        let query = CertificateQuery {
            owner: view.certificate.owner,
            ..CertificateQuery::default()
        };
        let mut certificates = match cx.desk.certificates(&who, &query, None, OFFERED) {
            Ok(page) => page.rows,
            Err(error) => {
                cx.fail(&error);
                return Outcome::Done;
            }
        };
        let key = &view.certificate.key;
        certificates.retain(|c| {
            let open = c.status == CertificateStatus::Active && c.open_request.is_none();
            open || c.certificate.key == *key
        });
        let chosen = certificates
            .iter()
            .position(|c| c.certificate.key == *key)
            .unwrap_or(0);
        let mut filing = Self::empty(who);
        filing.certificates = certificates;
        filing.chosen = chosen;
        filing.build(cx);
        Outcome::Open(Box::new(filing))
    }

    /// Goes on with a draft, a returned request, or the letter that was to follow.
    pub fn open(who: Identity, id: RequestId, cx: &mut Cx) -> Outcome {
        let mut filing = Self::empty(who);
        if filing.load(id, cx) {
            Outcome::Open(Box::new(filing))
        } else {
            Outcome::Done
        }
    }

    /// A form to be filled from a resumed session.
    pub fn empty(who: Identity) -> Self {
        Self {
            who,
            reasons: Vec::new(),
            certificates: Vec::new(),
            chosen: 0,
            request: None,
            step: Step::Certificate,
            slots: Vec::new(),
            form: Form::new(Vec::new()),
            scroll: Scroll::default(),
            due: None,
            code: None,
            command: None,
            arriving: None,
            attaching: None,
        }
    }

    fn load(&mut self, id: RequestId, cx: &mut Cx) -> bool {
        match cx.desk.request(&self.who, id) {
            Ok(detail) => {
                self.certificates = vec![detail.certificate.clone()];
                self.chosen = 0;
                let first = if detail.request.state == State::Draf {
                    Step::Reasons
                } else {
                    Step::Letter
                };
                self.request = Some(Box::new(detail));
                self.step = first;
                self.build(cx);
                true
            }
            Err(error) => {
                cx.fail(&error);
                false
            }
        }
    }

    fn id(&self) -> Option<RequestId> {
        self.request.as_ref().map(|d| d.request.id)
    }

    /// The steps that are open: a returned request keeps its certificate, an awaited letter is all that is left.
    fn steps(&self) -> &'static [Step] {
        match self.request.as_ref().map(|d| d.request.state) {
            None | Some(State::Draf) => &Step::ALL,
            Some(State::Dikembalikan) => &Step::ALL[1..],
            Some(_) => &Step::ALL[2..3],
        }
    }

    /// Builds the fields of the step from what the desk has saved.
    fn build(&mut self, cx: &Cx) {
        self.reasons = offered_reasons(&self.who, cx);
        let (slots, fields) = steps::fields(self, &cx.look);
        self.slots = slots;
        self.form = Form::new(fields);
        steps::fill(self, cx.look.zone);
        self.form.settle(cx.size.0);
        self.renew_code(cx);
    }

    /// Sees to it that the letter step has a code to show.
    fn renew_code(&mut self, cx: &Cx) {
        let Some(id) = self.id().filter(|_| self.step == Step::Letter) else {
            return;
        };
        // Without one a letter still comes in from the person's own machine.
        self.code = cx.desk.letter_code(&self.who, id).ok();
        self.command = Some(cx.desk.letter_command());
    }

    fn reread(&mut self, cx: &mut Cx) {
        let Some(id) = self.id() else { return };
        match cx.desk.request(&self.who, id) {
            Ok(detail) => self.request = Some(Box::new(detail)),
            Err(error) => cx.fail(&error),
        }
    }

    /// Saves the fields that differ from what the desk has. `false`: one does not fit and has the focus now.
    fn commit(&mut self, cx: &mut Cx) -> bool {
        let mut changed = false;
        for index in 0..self.slots.len() {
            let change = match steps::change(self, index, cx.look.zone) {
                Ok(None) => continue,
                Ok(Some(change)) => change,
                Err(message) => {
                    let text = cx.texts().get(message);
                    self.form.complain(index, text);
                    return false;
                }
            };
            let Some(id) = self.id() else { continue };
            match cx.desk.act(&self.who, id, None, Intent::Edit(change)) {
                Ok(_) => changed = true,
                Err(error) => {
                    self.complain(index, &error, cx);
                    return false;
                }
            }
            self.reread(cx);
        }
        if changed && self.step == Step::Reasons {
            // Which questions are asked hangs on the reasons.
            let (focus, at) = (self.form.focus, self.form.check_at(0));
            self.build(cx);
            self.form.focus = focus.min(self.slots.len().saturating_sub(1));
            self.form.go_to_check(0, at);
        }
        true
    }

    fn complain(&mut self, index: usize, error: &DeskError, cx: &mut Cx) {
        let (text, hint) = errors::say(cx.look.format(), &errors::names(cx.desk), error);
        self.form.complain(index, text.clone());
        cx.say_hint(Tone::Bad, text, hint);
    }

    /// Leaves the field in focus: a file is fetched, what changed is saved.
    fn leave_field(&mut self, before: usize, cx: &mut Cx) {
        if self.slots.get(before) == Some(&Slot::Path) {
            self.ask_for_file(cx);
        }
        self.commit(cx);
    }

    /// One step on: the first makes the draft.
    fn forward(&mut self, cx: &mut Cx) -> Outcome {
        if self.step == Step::Certificate && self.request.is_none() && !self.draft(cx) {
            return Outcome::Done;
        }
        if self.step == Step::Letter {
            self.ask_for_file(cx);
        }
        if !self.commit(cx) {
            return Outcome::Done;
        }
        let steps = self.steps();
        let at = steps.iter().position(|s| *s == self.step);
        match at.and_then(|at| steps.get(at + 1)) {
            Some(next) => self.go_to(*next, cx),
            None if self.step == Step::Review => {}
            // Nothing comes after the letter that was to follow.
            None => {
                let text = cx.texts().get("apply-saved");
                cx.say(Tone::Good, text);
            }
        }
        Outcome::Done
    }

    /// One step back, out of the form from the first.
    fn backward(&mut self, cx: &mut Cx) -> Outcome {
        if !self.commit(cx) {
            // What does not fit is not kept; Esc always leads back.
            let text = cx.texts().get("apply-not-saved");
            cx.say(Tone::Warning, text);
        }
        let steps = self.steps();
        let at = steps.iter().position(|s| *s == self.step).unwrap_or(0);
        match at.checked_sub(1).and_then(|at| steps.get(at)) {
            Some(previous) => {
                self.go_to(*previous, cx);
                Outcome::Done
            }
            None => self.leave(cx),
        }
    }

    fn leave(&self, cx: &mut Cx) -> Outcome {
        let Some(detail) = &self.request else {
            return Outcome::Close;
        };
        if detail.request.state == State::Draf {
            let text = cx.texts().get("apply-draft-kept");
            cx.say(Tone::Plain, text);
        }
        Outcome::Answer(Answer::Changed(detail.request.id))
    }

    fn go_to(&mut self, step: Step, cx: &Cx) {
        self.step = step;
        self.scroll = Scroll::default();
        self.build(cx);
    }

    fn draft(&mut self, cx: &mut Cx) -> bool {
        let Some(view) = self.certificates.get(self.chosen) else {
            return false;
        };
        let key = view.certificate.key.clone();
        let kind = steps::requester(self);
        match cx.desk.draft(&self.who, &key, kind, None) {
            Ok(id) => {
                let step = self.step;
                let loaded = self.load(id, cx);
                self.step = step;
                loaded
            }
            Err(error) => {
                cx.fail(&error);
                false
            }
        }
    }

    /// What the desk says about submitting now.
    fn submission(&self) -> Result<(), Refusal> {
        let Some(detail) = &self.request else {
            return Err(Refusal::LetterMissing);
        };
        let request = &detail.request;
        let act = match request.state {
            State::Dikembalikan => Act::Resubmit,
            _ if request.letter_follows && request.letters.is_empty() => Act::SubmitUrgent,
            _ => Act::Submit,
        };
        let found = detail.acts.iter().find(|(a, _)| *a == act);
        found.map_or(Err(Refusal::NotFound), |(_, answer)| answer.clone())
    }

    fn submit(&mut self, cx: &mut Cx) -> Outcome {
        let Some(detail) = &self.request else {
            return Outcome::Done;
        };
        let (id, seen) = (detail.request.id, Some(detail.version));
        match cx.desk.act(&self.who, id, seen, Intent::Submit) {
            Ok(request) => {
                let number = request.number.map(|n| n.to_string()).unwrap_or_default();
                let text = cx
                    .texts()
                    .with("apply-submitted", &[("number", Value::from(number))]);
                cx.say(Tone::Good, text);
                self.offer_shared(id, cx)
            }
            Err(error) => {
                cx.fail(&error);
                self.reread(cx);
                Outcome::Done
            }
        }
    }

    /// After a compromise: the other certificates over the key are offered at once.
    fn offer_shared(&self, id: RequestId, cx: &Cx) -> Outcome {
        let Ok(detail) = cx.desk.request(&self.who, id) else {
            return Outcome::Answer(Answer::Changed(id));
        };
        let compromised = detail.request.reason_code() == Some(ReasonCode::KeyCompromise);
        if compromised && detail.shares_key.unasked().next().is_some() {
            let dialog = shared_key::file_shared(self.who.clone(), &detail, cx);
            return Outcome::Replace(Box::new(dialog));
        }
        Outcome::Answer(Answer::Changed(id))
    }

    /// Writes the statement-letter form as a PDF on the person's machine.
    fn write_form(&mut self, cx: &mut Cx) {
        let Some(detail) = &self.request else { return };
        let id = detail.request.id;
        let serial = detail.request.certificate.serial.last_eight();
        match cx.desk.letter_form(&self.who, id) {
            Ok(content) => cx.effects.push(Effect::WriteFile {
                name: format!("surat-keterangan-{serial}.pdf"),
                content,
                purpose: FilePurpose::LetterForm(id),
            }),
            Err(error) => cx.fail(&error),
        }
    }

    /// The lines below the fields.
    fn lines(&self, look: &Look, columns: u16) -> Vec<Line> {
        match self.step {
            Step::Certificate => match self.certificates.get(self.chosen) {
                Some(view) => summary::certificate(view, look, columns),
                None => Vec::new(),
            },
            Step::Reasons => steps::guide(self, look, columns),
            Step::Letter => {
                let arrival = summary::Arrivals {
                    command: self.command.as_ref(),
                    code: self.code.as_ref(),
                    arriving: self.arriving.as_ref(),
                    examined: self.attaching.is_some(),
                };
                summary::letter(self.request.as_deref(), &arrival, look, columns)
            }
            Step::Review => {
                summary::review(self.request.as_deref(), &self.submission(), look, columns)
            }
        }
    }

    /// Fields above, lines below: the fields get what they need, two thirds at most.
    fn areas(&self, area: Rect) -> (Rect, Rect) {
        let body = Rect::new(
            area.x,
            area.y + 1,
            area.width,
            area.height.saturating_sub(1),
        );
        let wanted = self.form.rows(body.width);
        let most = match self.step {
            Step::Review => 0,
            // The guide is short; the reasons are many.
            _ => body.height.saturating_sub(3).max(body.height / 2),
        };
        let rows = wanted.min(most);
        let gap = u16::from(rows > 0 && rows + 4 < body.height);
        let form = Rect::new(body.x, body.y, body.width, rows);
        let y = body.y + rows + gap;
        let rest = body.bottom().saturating_sub(y);
        (form, Rect::new(body.x, y, body.width, rest))
    }
}

fn offered_reasons(who: &Identity, cx: &Cx) -> Vec<ReasonChoice> {
    let catalogue = cx.desk.policy().reasons;
    let mut choices = cx.desk.reason_choices(who);
    for choice in &mut choices {
        // The language may have been changed since the login.
        if let Some(reason) = catalogue.0.iter().find(|r| r.id.0 == choice.id) {
            choice.label = match cx.look.texts.language {
                Language::Id => reason.label_id.clone(),
                Language::En => reason.label_en.clone(),
            };
        }
    }
    choices
}
