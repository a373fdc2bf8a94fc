//! The messages of this session, newest first, with their hints.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::tui::action::ActionId;
use crate::tui::component::{Component, Cx, Outcome};
use crate::tui::draw;
use crate::tui::look::Look;
use crate::tui::messages::{Message, Messages};
use crate::tui::place::Place;
use crate::tui::theme::Tone;
use crate::tui::widgets::scroll::{Line, Scroll};

/// The list as it was when opened.
pub struct MessageList {
    messages: Vec<Message>,
    scroll: Scroll,
}

impl MessageList {
    pub fn new(messages: &Messages) -> Self {
        Self {
            messages: messages.iter().cloned().collect(),
            scroll: Scroll::default(),
        }
    }

    fn lines(&self, look: &Look, columns: u16) -> Vec<Line> {
        if self.messages.is_empty() {
            return vec![vec![(look.texts.get("messages-none"), Tone::Muted)]];
        }
        let mut lines = Vec::new();
        for message in &self.messages {
            let time = look.format().time(message.at);
            let mut text = message.text.clone();
            if let Some(hint) = &message.hint {
                text.push(' ');
                text.push_str(hint);
            }
            for (nth, part) in draw::wrap(&text, columns.saturating_sub(7))
                .into_iter()
                .enumerate()
            {
                let head = if nth == 0 {
                    format!(" {time} ")
                } else {
                    "       ".to_owned()
                };
                lines.push(vec![(head, Tone::Muted), (part, message.tone)]);
            }
        }
        lines
    }
}

impl Component for MessageList {
    fn place(&self) -> Place {
        Place::Choice
    }

    fn act(&mut self, action: ActionId, _cx: &mut Cx) -> Outcome {
        match action {
            ActionId::Back | ActionId::Enter => Outcome::Close,
            action => {
                self.scroll.act(action);
                Outcome::Done
            }
        }
    }

    fn settle(&mut self, cx: &mut Cx, area: Rect) {
        let lines = self.lines(&cx.look, area.width).len();
        self.scroll
            .fit(lines, usize::from(area.height.saturating_sub(1)));
    }

    fn rows(&self, look: &Look, columns: u16) -> Option<u16> {
        let lines = u16::try_from(self.lines(look, columns).len()).unwrap_or(u16::MAX);
        Some(lines.saturating_add(1).clamp(4, 16))
    }

    fn view(&self, look: &Look, buffer: &mut Buffer, area: Rect) -> Option<(u16, u16)> {
        draw::bar(
            look,
            buffer,
            area,
            area.y,
            &look.texts.get("messages-title"),
        );
        let body = Rect::new(
            area.x,
            area.y + 1,
            area.width,
            area.height.saturating_sub(1),
        );
        self.scroll
            .view(look, buffer, body, &self.lines(look, body.width));
        None
    }
}
