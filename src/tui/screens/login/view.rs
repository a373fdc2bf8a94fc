//! The login as it is drawn: the fields, what is wrong, the accounts of a demo folder below them.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::tui::draw;
use crate::tui::look::Look;
use crate::tui::theme::Tone;

use super::{LogIn, Stage};

impl LogIn {
    /// Name and password, a code, or a new password, one below the other.
    pub(super) fn view_fields(
        &self,
        look: &Look,
        buffer: &mut Buffer,
        area: Rect,
    ) -> Option<(u16, u16)> {
        draw::bar(look, buffer, area, area.y, &look.texts.get("login-title"));
        let inner = Rect::new(
            area.x + 1,
            area.y + 2,
            area.width.saturating_sub(2),
            area.height.saturating_sub(2),
        );
        let mut y = inner.y;
        for line in self.intro(look, inner.width) {
            draw::text(
                buffer,
                inner.x,
                y,
                inner.width,
                &line,
                look.style(Tone::Plain),
            );
            y += 1;
        }
        let rows = self.form.rows(inner.width);
        let form = Rect::new(inner.x, y, inner.width, rows).intersection(inner);
        let cursor = self.form.view(look, buffer, form);
        y += rows;
        if let Some(problem) = &self.problem {
            for line in draw::wrap(problem, inner.width).iter().take(2) {
                draw::text(
                    buffer,
                    inner.x,
                    y,
                    inner.width,
                    line,
                    look.style(Tone::Warning),
                );
                y += 1;
            }
        }
        let rest = Rect::new(
            inner.x,
            y + 1,
            inner.width,
            inner.bottom().saturating_sub(y + 1),
        );
        if self.lists_demo() {
            self.view_demo(look, buffer, rest);
        }
        cursor
    }

    fn intro(&self, look: &Look, columns: u16) -> Vec<String> {
        let text = match &self.stage {
            Stage::Name | Stage::Enrol { .. } => return Vec::new(),
            Stage::Code => look.texts.get("login-code-intro"),
            Stage::NewPassword(_) => look.texts.get("login-new-password-intro"),
        };
        draw::wrap(&text, columns)
    }

    fn view_demo(&self, look: &Look, buffer: &mut Buffer, area: Rect) {
        if area.height < 2 {
            return;
        }
        draw::text(
            buffer,
            area.x,
            area.y,
            area.width,
            &look.texts.get("login-demo"),
            look.style(Tone::Muted),
        );
        for (nth, account) in self.demo.iter().enumerate() {
            let y = area.y + 1 + u16::try_from(nth).unwrap_or(u16::MAX);
            if y >= area.bottom() {
                break;
            }
            let tone = if self.picked == Some(nth) {
                Tone::Selected
            } else {
                Tone::Plain
            };
            draw::text(
                buffer,
                area.x + 1,
                y,
                14,
                &account.username,
                look.style(tone),
            );
            draw::text(
                buffer,
                area.x + 16,
                y,
                24,
                &account.password,
                look.style(Tone::Plain),
            );
            let roles: Vec<String> = account
                .roles
                .iter()
                .map(|r| look.texts.get(&format!("role-{}", r.name())))
                .collect();
            let x = area.x + 41;
            let room = area.right().saturating_sub(x);
            draw::text(
                buffer,
                x,
                y,
                room,
                &roles.join(", "),
                look.style(Tone::Muted),
            );
        }
    }
}
