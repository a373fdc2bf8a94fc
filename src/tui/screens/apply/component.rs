//! The form as a component: what keys and actions do with it, what comes back from the person's machine, how it looks
//! and what of it survives a lost link.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::desk::{Aside, Change};
use crate::domain::{CertificateKey, RequestId, Timestamp};
use crate::term::Key;
use crate::tui::action::{ActionId, Facts, Why};
use crate::tui::component::{Component, Cx, FileProblem, FilePurpose, Outcome, Saved, SavedKind};
use crate::tui::look::Look;
use crate::tui::place::Place;
use crate::tui::widgets::form::SavedField;
use crate::tui::widgets::scroll::Scroll;
use crate::tui::widgets::tabs;

use super::Filing;
use super::steps::{self, Step};

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
        if self
            .id()
            .is_none_or(|id| purpose != FilePurpose::Letter(id))
        {
            return Outcome::Ignored;
        }
        self.attach(content, cx);
        Outcome::Done
    }

    fn ended(&mut self, cx: &mut Cx) -> Outcome {
        let Some(result) = self.attaching.as_ref().and_then(Aside::result) else {
            return Outcome::Ignored;
        };
        self.attaching = None;
        self.attached(result.and_then(|attached| attached), cx);
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
        match change {
            Change::Request(id) if Some(*id) == self.id() => {
                self.arriving = None;
                self.due.get_or_insert(cx.lazy);
            }
            Change::Letter(id, arrival) if Some(*id) == self.id() => {
                self.arriving = Some(arrival.clone());
            }
            _ => {}
        }
    }

    fn reload(&mut self, cx: &mut Cx) {
        let (saved, focus) = (self.form.save(), self.form.focus);
        self.reread(cx);
        self.build(cx);
        self.form.restore(&saved);
        // Whoever is typing goes on in the same field.
        self.form.focus_on(focus);
    }

    fn deadline(&self) -> Option<Timestamp> {
        self.due
    }

    fn due(&mut self, cx: &mut Cx) {
        if self.due.take().is_some() {
            self.reread(cx);
            // The code that brought a letter is spent.
            self.renew_code(cx);
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
            Scroll::default().view(look, buffer, rest, &lines);
        }
        cursor
    }

    fn save(&self) -> Option<Saved> {
        let key = self.certificates.get(self.chosen);
        let key = key.map(|c| c.certificate.key.clone());
        Some(Saved {
            what: SavedKind::Filing,
            state: postcard::to_stdvec(&(
                self.id(),
                key,
                self.step,
                self.form.save(),
                self.form.focus,
            ))
            .ok()?,
        })
    }

    fn restore(&mut self, state: &[u8], cx: &mut Cx) {
        type Left = (
            Option<RequestId>,
            Option<CertificateKey>,
            Step,
            Vec<SavedField>,
            usize,
        );
        let Ok((id, key, step, fields, focus)) = postcard::from_bytes::<Left>(state) else {
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
        self.form.focus_on(focus);
    }
}
