//! Fields one below the other: text, one of several, several of several. Tab, Enter and the arrows go between them; a
//! character typed into a text field is never an action. What is secret is neither shown nor saved.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use unicode_segmentation::UnicodeSegmentation;

use crate::term::Key;
use crate::tui::action::ActionId;
use crate::tui::draw;
use crate::tui::look::Look;
use crate::tui::theme::Tone;

use super::text_field::TextField;

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

    fn text_ref(&self) -> Option<&TextField> {
        match &self.input {
            Input::Text(field) | Input::LongText { field, .. } => Some(field),
            _ => None,
        }
    }

    fn text_mut(&mut self) -> Option<&mut TextField> {
        match &mut self.input {
            Input::Text(field) | Input::LongText { field, .. } => Some(field),
            _ => None,
        }
    }

    fn is_filled(&self) -> bool {
        match &self.input {
            Input::Text(field) | Input::LongText { field, .. } => !field.is_empty(),
            Input::Choice { options, chosen } => *chosen < options.len(),
            Input::Checks { ticked, .. } => ticked.contains(&true),
        }
    }

    /// Rows it takes when values have `room` columns.
    fn rows(&self, room: u16) -> u16 {
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
fn check_columns(options: &[String], room: u16) -> usize {
    usize::from((room / check_width(options)).max(1))
}

fn check_width(options: &[String]) -> u16 {
    options.iter().map(|o| draw::width(o)).max().unwrap_or(0) + 6
}

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

    /// The first field to draw so that the one in focus fits into `height` rows.
    fn first_shown(&self, room: u16, height: u16) -> usize {
        let rows = |from: usize| -> u16 {
            let shown = self.fields.get(from..=self.focus).unwrap_or_default();
            shown.iter().map(|f| f.rows(room)).sum()
        };
        (0..self.focus)
            .find(|from| rows(*from) <= height)
            .unwrap_or(self.focus)
    }

    /// Draws the fields; says where the cursor of the focused text field stands.
    pub fn view(&self, look: &Look, buffer: &mut Buffer, area: Rect) -> Option<(u16, u16)> {
        let mut y = area.y;
        let mut cursor = None;
        let room = area.width.saturating_sub(self.label_room);
        let first = self.first_shown(room, area.height);
        for (index, field) in self.fields.iter().enumerate().skip(first) {
            if y >= area.bottom() {
                break;
            }
            let focused = index == self.focus;
            if focused {
                draw::text(buffer, area.x, y, 1, ">", look.style(Tone::Heading));
            }
            let label = look.texts.get(field.label);
            draw::text(
                buffer,
                area.x + 1,
                y,
                self.label_room - 2,
                &label,
                look.style(Tone::Plain),
            );
            let x = area.x + self.label_room;
            let room = area.right().saturating_sub(x);
            let rows = field.rows(room).min(area.bottom() - y);
            let value = Rect::new(x, y, room, rows);
            let at = view_input(look, buffer, value, &field.input, focused);
            if focused {
                cursor = at;
            }
            if let Some(problem) = &field.problem {
                let used = field
                    .text_ref()
                    .map_or(0, |t| draw::width(&t.shown(room).0));
                let x = x + used + 2;
                let room = area.right().saturating_sub(x);
                draw::text(buffer, x, y, room, problem, look.style(Tone::Bad));
            }
            y += rows;
        }
        cursor
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

fn view_input(
    look: &Look,
    buffer: &mut Buffer,
    area: Rect,
    input: &Input,
    focused: bool,
) -> Option<(u16, u16)> {
    match input {
        Input::Text(field) => {
            let (shown, column) = field.shown(area.width);
            draw::text(
                buffer,
                area.x,
                area.y,
                area.width,
                &shown,
                look.style(Tone::Heading),
            );
            Some((area.x + column, area.y))
        }
        Input::LongText { field, .. } => Some(view_long(look, buffer, area, field)),
        Input::Choice { options, chosen } => {
            let label = options.get(*chosen).map_or("", String::as_str);
            let shown = if focused {
                format!("< {label} >")
            } else {
                format!("  {label}")
            };
            draw::text(
                buffer,
                area.x,
                area.y,
                area.width,
                &shown,
                look.style(Tone::Heading),
            );
            None
        }
        Input::Checks {
            options,
            ticked,
            at,
        } => {
            let columns = check_columns(options, area.width);
            let width = check_width(options);
            // Where not all rows fit, those around the cursor show.
            let skip = (at / columns + 1).saturating_sub(usize::from(area.height.max(1)));
            for (index, option) in options.iter().enumerate().skip(skip * columns) {
                let (row, column) = (index / columns - skip, index % columns);
                let y = area.y + u16::try_from(row).unwrap_or(u16::MAX);
                let x = area.x + width * u16::try_from(column).unwrap_or(0);
                if y >= area.bottom() {
                    break;
                }
                let sign = if ticked.get(index) == Some(&true) {
                    "[x] "
                } else {
                    "[ ] "
                };
                let tone = if focused && index == *at {
                    Tone::Selected
                } else {
                    Tone::Plain
                };
                let after = draw::text(buffer, x, y, width, sign, look.style(Tone::Plain));
                draw::text(buffer, after, y, width - 5, option, look.style(tone));
            }
            None
        }
    }
}

/// A long text broken at the edge; the last rows show when there are more than fit.
fn view_long(look: &Look, buffer: &mut Buffer, area: Rect, field: &TextField) -> (u16, u16) {
    let room = area.width.max(2) - 1;
    let mut lines = vec![String::new()];
    for grapheme in field.text().graphemes(true) {
        match lines.last_mut() {
            Some(line) if draw::width(line) + draw::width(grapheme) <= room => {
                line.push_str(grapheme)
            }
            _ => lines.push(grapheme.to_owned()),
        }
    }
    // The cursor's place: how much of the text stands before it, broken in the same way.
    let before = field.before_cursor();
    let (mut row, mut column) = (0_usize, 0_u16);
    for grapheme in before.graphemes(true) {
        let columns = draw::width(grapheme);
        if column + columns > room {
            row += 1;
            column = 0;
        }
        column += columns;
    }
    let rows = usize::from(area.height.max(1));
    let skip = (row + 1).saturating_sub(rows);
    for (nth, line) in lines.iter().skip(skip).take(rows).enumerate() {
        let y = area.y + u16::try_from(nth).unwrap_or(0);
        draw::text(
            buffer,
            area.x,
            y,
            area.width,
            line,
            look.style(Tone::Heading),
        );
    }
    (
        area.x + column,
        area.y + u16::try_from(row - skip).unwrap_or(0),
    )
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
