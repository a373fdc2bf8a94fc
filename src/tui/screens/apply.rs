//! Ajukan pencabutan: the applicant's form in four short steps (SOP steps 1 to 4): certificate, reasons, letter, review
//! and submit. Every field is saved in the desk as soon as it is finished; the letter comes from a file on the person's
//! own machine, which the session reads. Nothing here decides: the desk says what is missing.

mod steps;
mod summary;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::desk::view::{CertificateView, Change, ReasonChoice, RequestDetail};
use crate::desk::{CertificateQuery, DeskError, Identity, Intent};
use crate::domain::workflow::Act;
use crate::domain::{
    CertificateKey, CertificateStatus, Language, Refusal, RequestId, State, Timestamp,
};
use crate::term::Key;
use crate::tui::action::{ActionId, Facts, Why};
use crate::tui::component::{
    Component, Cx, Effect, FileProblem, FilePurpose, Outcome, Saved, SavedKind,
};
use crate::tui::dialogs::Answer;
use crate::tui::errors;
use crate::tui::i18n::Value;
use crate::tui::look::Look;
use crate::tui::place::Place;
use crate::tui::theme::Tone;
use crate::tui::widgets::form::{Form, SavedField};
use crate::tui::widgets::scroll::{Line, Scroll};
use crate::tui::widgets::tabs;

use super::certificate;
use super::paged_list;
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

    /// Asks for the file whose name is typed, if one is.
    fn ask_for_file(&mut self, cx: &mut Cx) {
        let Some(index) = self.slots.iter().position(|s| *s == Slot::Path) else {
            return;
        };
        let path = self.form.text(index).trim().to_owned();
        if let (false, Some(id)) = (path.is_empty(), self.id()) {
            cx.effects.push(Effect::ReadFile {
                path,
                limit: cx.desk.policy().letter_limit,
                purpose: FilePurpose::Letter(id),
            });
        }
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
                Outcome::Answer(Answer::Changed(id))
            }
            Err(error) => {
                cx.fail(&error);
                self.reread(cx);
                Outcome::Done
            }
        }
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
            Step::Certificate => self
                .certificates
                .get(self.chosen)
                .map(|view| certificate::lines(view, look, columns))
                .unwrap_or_default(),
            Step::Reasons => steps::guide(self, look, columns),
            Step::Letter => summary::letter(self.request.as_deref(), look, columns),
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

impl Component for Filing {
    fn place(&self) -> Place {
        Place::Filing
    }

    fn typing(&self) -> bool {
        self.form.typing()
    }

    fn facts(&self, facts: &mut Facts) {
        facts.selected = true;
        facts.complete = true;
        facts.ticking = self.form.takes_ticks();
        let mut bar = |action, why| facts.barred.push((action, why));
        if self.step == Step::Review {
            if let Err(refusal) = self.submission() {
                bar(ActionId::Submit, Why::Refused(refusal));
            }
            bar(ActionId::NextStep, Why::Because("apply-last-step"));
        } else {
            bar(ActionId::Submit, Why::Because("apply-submit-last"));
        }
        if self.request.is_none() {
            bar(ActionId::WriteForm, Why::Because("apply-certificate-first"));
        }
        if self.steps().first() == Some(&self.step) {
            bar(ActionId::PreviousStep, Why::Because("apply-first-step"));
        }
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
            ActionId::Back | ActionId::PreviousStep => return self.backward(cx),
            ActionId::NextStep | ActionId::PageDown if self.step != Step::Review => {
                return self.forward(cx);
            }
            ActionId::Submit => return self.submit(cx),
            ActionId::WriteForm => {
                self.commit(cx);
                self.write_form(cx);
            }
            action if self.step == Step::Review => {
                self.scroll.act(action);
            }
            action => {
                let before = self.form.focus;
                let moved = self.form.act(action);
                if !moved && action == ActionId::Enter {
                    return self.forward(cx);
                }
                if self.step == Step::Certificate && self.request.is_none() {
                    self.chosen = steps::chosen_certificate(self);
                } else if moved {
                    // A choice or a tick is finished as it is made, a text when it is left.
                    self.leave_field(before, cx);
                }
            }
        }
        Outcome::Done
    }

    fn file_read(
        &mut self,
        purpose: FilePurpose,
        content: &Result<Vec<u8>, FileProblem>,
        cx: &mut Cx,
    ) -> Outcome {
        let Some(id) = self.id().filter(|id| purpose == FilePurpose::Letter(*id)) else {
            return Outcome::Ignored;
        };
        let index = self.slots.iter().position(|s| *s == Slot::Path);
        let bytes = match content {
            Ok(bytes) => bytes.clone(),
            Err(problem) => {
                let text = errors::file(cx.look.format(), problem);
                if let Some(index) = index {
                    self.form.complain(index, text.clone());
                }
                cx.say(Tone::Bad, text);
                return Outcome::Done;
            }
        };
        match cx
            .desk
            .act(&self.who, id, None, Intent::AttachLetter { bytes })
        {
            Ok(request) => {
                if let Some(field) = index.and_then(|index| self.form.field_mut(index)) {
                    field.clear();
                }
                let version = request.letters.last().map_or(0, |l| l.version);
                let text = cx.texts().with(
                    "apply-letter-attached",
                    &[("version", Value::from(version))],
                );
                cx.say(Tone::Good, text);
            }
            Err(error) => match index {
                Some(index) => self.complain(index, &error, cx),
                None => cx.fail(&error),
            },
        }
        self.reread(cx);
        Outcome::Done
    }

    fn settle(&mut self, cx: &mut Cx, area: Rect) {
        self.form.settle(area.width);
        let (_, rest) = self.areas(area);
        let lines = self.lines(&cx.look, rest.width).len();
        self.scroll.fit(lines, usize::from(rest.height));
    }

    fn changed(&mut self, change: &Change, cx: &mut Cx) {
        // A letter may come in by a command meanwhile.
        if matches!(change, Change::Request(id) if Some(*id) == self.id()) {
            self.due.get_or_insert(cx.lazy);
        }
    }

    fn reload(&mut self, cx: &mut Cx) {
        let saved = self.form.save();
        self.reread(cx);
        self.build(cx);
        self.form.restore(&saved);
    }

    fn deadline(&self) -> Option<Timestamp> {
        self.due
    }

    fn due(&mut self, cx: &mut Cx) {
        if self.due.take().is_some() {
            self.reread(cx);
        }
    }

    fn view(&self, look: &Look, buffer: &mut Buffer, area: Rect) -> Option<(u16, u16)> {
        let bar = Rect::new(area.x, area.y, area.width, 1);
        let titles: Vec<String> = Step::ALL
            .iter()
            .map(|s| look.texts.get(s.message()))
            .collect();
        tabs::view(look, buffer, bar, "", &titles, self.step as usize);
        let (form, rest) = self.areas(area);
        let cursor = self.form.view(look, buffer, form);
        let lines = self.lines(look, rest.width);
        if self.step == Step::Review {
            self.scroll.view(look, buffer, rest, &lines);
        } else {
            paged_list::lines(look, buffer, rest, &lines);
        }
        cursor
    }

    fn save(&self) -> Option<Saved> {
        let key = self.certificates.get(self.chosen);
        let key = key.map(|c| c.certificate.key.clone());
        Some(Saved {
            what: SavedKind::Filing,
            state: postcard::to_stdvec(&(self.id(), key, self.step, self.form.save())).ok()?,
        })
    }

    fn restore(&mut self, state: &[u8], cx: &mut Cx) {
        type Left = (
            Option<RequestId>,
            Option<CertificateKey>,
            Step,
            Vec<SavedField>,
        );
        let Ok((id, key, step, fields)) = postcard::from_bytes::<Left>(state) else {
            return;
        };
        match (id, key) {
            (Some(id), _) => {
                if !self.load(id, cx) {
                    return;
                }
            }
            (None, Some(key)) => match cx.desk.certificate(&self.who, &key) {
                Ok(view) => self.certificates = vec![view],
                Err(error) => return cx.fail(&error),
            },
            (None, None) => return,
        }
        if self.steps().contains(&step) {
            self.step = step;
        }
        self.build(cx);
        self.form.restore(&fields);
    }
}
