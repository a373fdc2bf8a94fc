//! Fields one below the other: text, one of several, several of several. Tab, Enter and the arrows go between them; a
//! character typed into a text field is never an action. What is secret is neither shown nor saved.

mod field;
mod view;

use crate::term::Key;
use crate::tui::action::ActionId;

use super::text_field::TextField;

use field::check_columns;
pub use field::{Field, Input};

/// The fields and which has the focus.
pub struct Form {
    pub fields: Vec<Field>,
    pub focus: usize,
    /// Columns of the labels.
    label_room: u16,
    /// Columns of the values when last settled; the grid of checks is walked by it.
    room: u16,
}

impl Form {
    pub fn new(fields: Vec<Field>) -> Self {
        Self {
            fields,
            focus: 0,
            label_room: 20,
            room: 60,
        }
    }

    /// Tells the form how wide it is; call it when settling.
    pub fn settle(&mut self, columns: u16) {
        self.label_room = if columns < 70 { 16 } else { 20 };
        self.room = columns.saturating_sub(self.label_room + 1);
    }

    pub fn typing(&self) -> bool {
        self.fields
            .get(self.focus)
            .is_some_and(|f| f.text_ref().is_some())
    }

    /// The focused field is one of several to choose or tick.
    pub fn takes_ticks(&self) -> bool {
        !self.fields.is_empty() && !self.typing()
    }

    /// Every required field is filled.
    pub fn complete(&self) -> bool {
        self.fields.iter().all(|f| !f.required || f.is_filled())
    }

    pub fn text(&self, index: usize) -> &str {
        self.fields
            .get(index)
            .and_then(Field::text_ref)
            .map_or("", TextField::text)
    }

    pub fn field_mut(&mut self, index: usize) -> Option<&mut TextField> {
        self.fields.get_mut(index).and_then(Field::text_mut)
    }

    pub fn chosen(&self, index: usize) -> usize {
        match self.fields.get(index).map(|f| &f.input) {
            Some(Input::Choice { chosen, .. }) => *chosen,
            _ => 0,
        }
    }

    /// Indexes of what is ticked.
    pub fn ticked(&self, index: usize) -> Vec<usize> {
        match self.fields.get(index).map(|f| &f.input) {
            Some(Input::Checks { ticked, .. }) => {
                (0..ticked.len()).filter(|i| ticked[*i]).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The option of a field of checks that the cursor is on.
    pub fn check_at(&self, index: usize) -> usize {
        match self.fields.get(index).map(|f| &f.input) {
            Some(Input::Checks { at, .. }) => *at,
            _ => 0,
        }
    }

    pub fn go_to_check(&mut self, index: usize, option: usize) {
        if let Some(Input::Checks { options, at, .. }) =
            self.fields.get_mut(index).map(|f| &mut f.input)
        {
            *at = option.min(options.len().saturating_sub(1));
        }
    }

    pub fn tick(&mut self, index: usize, options: &[usize]) {
        if let Some(Input::Checks { ticked, .. }) = self.fields.get_mut(index).map(|f| &mut f.input)
        {
            for (i, tick) in ticked.iter_mut().enumerate() {
                *tick = options.contains(&i);
            }
        }
    }

    pub fn choose(&mut self, index: usize, option: usize) {
        if let Some(Input::Choice { options, chosen }) =
            self.fields.get_mut(index).map(|f| &mut f.input)
        {
            *chosen = option.min(options.len().saturating_sub(1));
        }
    }

    /// Says what is wrong with a field and goes there.
    pub fn complain(&mut self, index: usize, problem: String) {
        if let Some(field) = self.fields.get_mut(index) {
            field.problem = Some(problem);
            self.focus = index;
        }
    }

    /// Moves to that field, where there is one.
    pub fn focus_on(&mut self, field: usize) {
        if field < self.fields.len() {
            self.focus = field;
        }
    }

    /// An editing key or a character for the focused text field.
    pub fn key(&mut self, key: Key) -> bool {
        let Some(field) = self.fields.get_mut(self.focus) else {
            return false;
        };
        let taken = field.text_mut().is_some_and(|text| text.key(key));
        if taken {
            field.problem = None;
        }
        taken
    }

    pub fn paste(&mut self, text: &str) {
        if let Some(field) = self.fields.get_mut(self.focus)
            && let Some(input) = field.text_mut()
        {
            input.insert(text);
            field.problem = None;
        }
    }

    /// Moves between fields, options and checks. Enter never does more than go to the next field; `false` when it was
    /// pressed on the last one, or the action is not one for a form.
    pub fn act(&mut self, action: ActionId) -> bool {
        let room = self.room;
        let last = self.fields.len().saturating_sub(1);
        let Some(field) = self.fields.get_mut(self.focus) else {
            return false;
        };
        match (&mut field.input, action) {
            (Input::Choice { options, chosen }, ActionId::Left) => {
                *chosen = (*chosen + options.len().saturating_sub(1)) % options.len().max(1);
            }
            (Input::Choice { options, chosen }, ActionId::Right | ActionId::Tick) => {
                *chosen = (*chosen + 1) % options.len().max(1);
            }
            (Input::Checks { ticked, at, .. }, ActionId::Tick) => {
                if let Some(tick) = ticked.get_mut(*at) {
                    *tick = !*tick;
                }
                field.problem = None;
            }
            (Input::Checks { at, .. }, ActionId::Left) if *at > 0 => *at -= 1,
            (Input::Checks { at, options, .. }, ActionId::Right) if *at + 1 < options.len() => {
                *at += 1
            }
            (Input::Checks { at, options, .. }, ActionId::Up)
                if *at >= check_columns(options, room) =>
            {
                *at -= check_columns(options, room);
            }
            (Input::Checks { at, options, .. }, ActionId::Down)
                if *at + check_columns(options, room) < options.len() =>
            {
                *at += check_columns(options, room);
            }
            (_, ActionId::Down | ActionId::NextField | ActionId::Enter) if self.focus < last => {
                self.focus += 1;
            }
            (_, ActionId::NextField) => self.focus = 0,
            (_, ActionId::Up | ActionId::PreviousField) if self.focus > 0 => self.focus -= 1,
            (_, ActionId::PreviousField) => self.focus = last,
            (_, ActionId::First) => self.focus = 0,
            (_, ActionId::Last) => self.focus = last,
            _ => return false,
        }
        true
    }

    /// Rows that all fields take.
    pub fn rows(&self, columns: u16) -> u16 {
        let room = columns.saturating_sub(self.label_room + 1);
        self.fields.iter().map(|f| f.rows(room)).sum()
    }

    /// Texts, choices and ticks for a resumed session; secrets stay out.
    pub fn save(&self) -> Vec<SavedField> {
        self.fields
            .iter()
            .map(|field| match &field.input {
                Input::Text(t) | Input::LongText { field: t, .. } if t.is_secret() => {
                    SavedField::Secret
                }
                Input::Text(t) | Input::LongText { field: t, .. } => {
                    SavedField::Text(t.text().to_owned())
                }
                Input::Choice { chosen, .. } => SavedField::Choice(*chosen),
                Input::Checks { ticked, .. } => SavedField::Checks(ticked.clone()),
            })
            .collect()
    }

    pub fn restore(&mut self, saved: &[SavedField]) {
        for (field, saved) in self.fields.iter_mut().zip(saved) {
            match (&mut field.input, saved) {
                (Input::Text(t) | Input::LongText { field: t, .. }, SavedField::Text(text)) => {
                    t.set(text)
                }
                (Input::Choice { options, chosen }, SavedField::Choice(at))
                    if *at < options.len() =>
                {
                    *chosen = *at
                }
                (Input::Checks { ticked, .. }, SavedField::Checks(saved))
                    if ticked.len() == saved.len() =>
                {
                    ticked.clone_from(saved);
                }
                _ => {}
            }
        }
    }
}

/// A field of a half-typed form.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
pub enum SavedField {
    Text(String),
    /// There was a secret; it is typed again.
    Secret,
    Choice(usize),
    Checks(Vec<bool>),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::keymap::parse_keys;

    fn form() -> Form {
        Form::new(vec![
            Field::checks("item-name", vec!["a".into(), "b".into(), "c".into()]),
            Field::text("field-note", 20),
            Field::secret("field-password", 20),
        ])
    }

    #[test]
    fn enter_walks_through_the_fields_and_does_nothing_on_the_last() {
        let mut f = form();
        assert!(f.act(ActionId::Enter) && f.act(ActionId::Enter));
        assert_eq!(f.focus, 2);
        assert!(!f.act(ActionId::Enter));
    }

    #[test]
    fn a_form_is_complete_when_every_required_field_is_filled() {
        let mut f = form();
        assert!(!f.complete());
        f.act(ActionId::Right);
        f.act(ActionId::Tick);
        assert_eq!(f.ticked(0), [1]);
        f.act(ActionId::NextField);
        for key in parse_keys("catatan") {
            assert!(f.key(key));
        }
        f.act(ActionId::NextField);
        f.paste("rahasia");
        assert!(f.complete());
    }

    #[test]
    fn the_focused_field_shows_even_where_not_all_fit() {
        let options = (0..8)
            .map(|n| format!("pilihan yang panjang sekali {n}"))
            .collect();
        let mut f = Form::new(vec![
            Field::checks("item-name", options),
            Field::long("field-note", 100, 3),
        ]);
        f.settle(50);
        assert_eq!(f.first_shown(30, 8), 0);
        f.act(ActionId::NextField);
        assert_eq!(f.first_shown(30, 8), 1);
    }

    #[test]
    fn a_saved_form_holds_no_secret() {
        let mut f = form();
        f.fields[2].text_mut().unwrap().insert("rahasia-sekali");
        let blob = postcard::to_stdvec(&f.save()).unwrap();
        assert!(!String::from_utf8_lossy(&blob).contains("rahasia"));
        let mut again = form();
        again.restore(&f.save());
        assert_eq!(again.text(2), "");
    }
}
