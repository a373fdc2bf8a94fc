//! Something that is shown for as long as this panel is open and then forgotten: a one-time password, an unmasked NIK.
//! Never saved with the session, wiped when closed.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use secrecy::{ExposeSecret, SecretString};

use crate::tui::action::ActionId;
use crate::tui::component::{Component, Cx, Outcome};
use crate::tui::draw;
use crate::tui::look::Look;
use crate::tui::place::Place;
use crate::tui::theme::Tone;

use super::Answer;

/// The panel.
pub struct ShownOnce {
    title: String,
    label: String,
    secret: SecretString,
    note: String,
}

impl ShownOnce {
    /// `label` stands before the secret, `note` below it.
    pub fn new(title: String, label: String, secret: SecretString, note: String) -> Self {
        Self {
            title,
            label,
            secret,
            note,
        }
    }

    fn note(&self, columns: u16) -> Vec<String> {
        draw::wrap(&self.note, columns.saturating_sub(2))
    }
}

impl Component for ShownOnce {
    fn place(&self) -> Place {
        Place::Choice
    }

    fn act(&mut self, action: ActionId, _cx: &mut Cx) -> Outcome {
        match action {
            ActionId::Back | ActionId::Enter => Outcome::Answer(Answer::Done),
            _ => Outcome::Ignored,
        }
    }

    fn rows(&self, _look: &Look, columns: u16) -> Option<u16> {
        Some(u16::try_from(self.note(columns).len()).unwrap_or(1) + 2)
    }

    fn view(&self, look: &Look, buffer: &mut Buffer, area: Rect) -> Option<(u16, u16)> {
        draw::bar(look, buffer, area, area.y, &format!(" {} ", self.title));
        let inner = Rect::new(
            area.x + 1,
            area.y,
            area.width.saturating_sub(1),
            area.height,
        );
        let runs = [
            (self.label.as_str(), Tone::Muted),
            ("  ", Tone::Plain),
            (self.secret.expose_secret(), Tone::Heading),
        ];
        draw::runs(look, buffer, inner, area.y + 1, &runs);
        for (text, row) in self.note(area.width).iter().zip(inner.rows().skip(2)) {
            draw::text(
                buffer,
                inner.x,
                row.y,
                inner.width,
                text,
                look.style(Tone::Plain),
            );
        }
        None
    }
}
