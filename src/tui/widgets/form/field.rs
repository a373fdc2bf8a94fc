//! One field of a form: what it takes, its label, whether it must be filled.

use crate::tui::draw;
use crate::tui::widgets::text_field::TextField;

/// What a field takes.
pub enum Input {
    Text(TextField),
    /// A text shown over several rows.
    LongText {
        field: TextField,
        rows: u16,
    },
    /// One of several; the options are labels already in words.
    Choice {
        options: Vec<String>,
        chosen: usize,
    },
    /// Several of several.
    Checks {
        options: Vec<String>,
        ticked: Vec<bool>,
        at: usize,
    },
}

/// A field with the message id of its label.
pub struct Field {
    pub label: &'static str,
    pub input: Input,
    pub required: bool,
    /// A word on what is wrong with it, shown behind the label until the field is changed.
    pub problem: Option<String>,
}

impl Field {
    pub fn new(label: &'static str, input: Input) -> Self {
        Self {
            label,
            input,
            required: true,
            problem: None,
        }
    }

    pub fn text(label: &'static str, limit: usize) -> Self {
        Self::new(label, Input::Text(TextField::new(limit)))
    }

    pub fn secret(label: &'static str, limit: usize) -> Self {
        Self::new(label, Input::Text(TextField::secret(limit)))
    }

    pub fn long(label: &'static str, limit: usize, rows: u16) -> Self {
        let field = TextField::new(limit);
        Self::new(label, Input::LongText { field, rows })
    }

    pub fn choice(label: &'static str, options: Vec<String>, chosen: usize) -> Self {
        Self::new(label, Input::Choice { options, chosen })
    }

    pub fn checks(label: &'static str, options: Vec<String>) -> Self {
        let ticked = vec![false; options.len()];
        Self::new(
            label,
            Input::Checks {
                options,
                ticked,
                at: 0,
            },
        )
    }

    #[must_use]
    pub fn optional(mut self) -> Self {
        self.required = false;
        self
    }

    #[must_use]
    pub fn with_text(mut self, text: &str) -> Self {
        if let Some(field) = self.text_mut() {
            field.set(text);
        }
        self
    }

    pub(super) fn text_ref(&self) -> Option<&TextField> {
        match &self.input {
            Input::Text(field) | Input::LongText { field, .. } => Some(field),
            _ => None,
        }
    }

    pub(super) fn text_mut(&mut self) -> Option<&mut TextField> {
        match &mut self.input {
            Input::Text(field) | Input::LongText { field, .. } => Some(field),
            _ => None,
        }
    }

    pub(super) fn is_filled(&self) -> bool {
        match &self.input {
            Input::Text(field) | Input::LongText { field, .. } => !field.is_empty(),
            Input::Choice { options, chosen } => *chosen < options.len(),
            Input::Checks { ticked, .. } => ticked.contains(&true),
        }
    }

    /// Rows it takes when values have `room` columns.
    pub(super) fn rows(&self, room: u16) -> u16 {
        match &self.input {
            Input::Text(_) | Input::Choice { .. } => 1,
            Input::LongText { rows, .. } => *rows,
            Input::Checks { options, .. } => {
                let columns = check_columns(options, room);
                u16::try_from(options.len().div_ceil(columns)).unwrap_or(u16::MAX)
            }
        }
    }
}

/// Columns of `[x] label` that fit side by side.
pub(super) fn check_columns(options: &[String], room: u16) -> usize {
    usize::from((room / check_width(options)).max(1))
}

pub(super) fn check_width(options: &[String]) -> u16 {
    options.iter().map(|o| draw::width(o)).max().unwrap_or(0) + 6
}
