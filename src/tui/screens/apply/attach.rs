//! A letter from the person's own machine: its file is read there, examined and kept by the desk while the screen goes
//! on, and what came of it is said at the field that named it.

use crate::desk::{DeskError, Intent};
use crate::domain::Request;
use crate::tui::component::{Cx, Effect, FileProblem, FilePurpose};
use crate::tui::errors;
use crate::tui::i18n::Value;
use crate::tui::theme::Tone;

use super::Filing;
use super::steps::Slot;

impl Filing {
    /// Asks for the file whose name is typed, if one is and none is on its way.
    pub(super) fn ask_for_file(&mut self, cx: &mut Cx) {
        let Some(index) = self.path_field() else {
            return;
        };
        let path = self.form.text(index).trim().to_owned();
        if let (false, None, Some(id)) = (path.is_empty(), &self.attaching, self.id()) {
            cx.effects.push(Effect::ReadFile {
                path,
                limit: cx.desk.policy().letter_limit,
                purpose: FilePurpose::Letter(id),
            });
        }
    }

    /// Hands the desk what was read.
    pub(super) fn attach(&mut self, content: &Result<Vec<u8>, FileProblem>, cx: &mut Cx) {
        let Some(id) = self.id() else { return };
        let bytes = match content {
            Ok(bytes) => bytes.clone(),
            Err(problem) => {
                let text = errors::file(cx.look.format(), problem);
                if let Some(index) = self.path_field() {
                    self.form.complain(index, text.clone());
                }
                cx.say(Tone::Bad, text);
                return;
            }
        };
        let who = self.who.clone();
        let work = cx
            .desk
            .aside(move |desk| desk.act(&who, id, None, Intent::AttachLetter { bytes }));
        match work {
            Ok(attaching) => self.attaching = Some(attaching),
            Err(error) => cx.fail(&error),
        }
    }

    pub(super) fn attached(&mut self, result: Result<Request, DeskError>, cx: &mut Cx) {
        match (result, self.path_field()) {
            (Ok(request), field) => {
                if let Some(field) = field.and_then(|index| self.form.field_mut(index)) {
                    field.clear();
                }
                let version = request.letters.last().map_or(0, |l| l.version);
                let version = [("version", Value::from(version))];
                let text = cx.texts().with("apply-letter-attached", &version);
                cx.say(Tone::Good, text);
            }
            (Err(error), Some(index)) => self.complain(index, &error, cx),
            (Err(error), None) => cx.fail(&error),
        }
        self.reread(cx);
    }

    /// The field for the letter's path, where the step has one.
    fn path_field(&self) -> Option<usize> {
        self.slots.iter().position(|slot| *slot == Slot::Path)
    }
}
