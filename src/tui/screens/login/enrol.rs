//! The enrolment of an authenticator: the QR code over the whole height at the left, the words, the key for typing by
//! hand and the field of the code at its right. Where the code cannot be drawn the words say so and name the key alone.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::desk::TotpEnrolment;
use crate::tui::draw;
use crate::tui::i18n::Value;
use crate::tui::look::Look;
use crate::tui::theme::Tone;
use crate::tui::widgets::form::Form;
use crate::tui::widgets::qr::Qr;

/// Columns that the words beside the code want: four groups of the key and their label's indent.
const WORDS: u16 = 30;
/// Columns between code and words.
const GAP: u16 = 2;
/// Rows of the window that belong to the frame: messages and footer.
const FRAME: u16 = 2;

/// What is shown until a code of the new key was typed.
pub struct Enrolment {
    qr: Option<Qr>,
    /// Base32 in groups of four.
    groups: Vec<String>,
}

impl Enrolment {
    pub fn new(enrolment: &TotpEnrolment) -> Self {
        let letters: Vec<char> = enrolment.secret.chars().collect();
        Self {
            qr: Qr::new(&enrolment.uri),
            groups: letters.chunks(4).map(|c| c.iter().collect()).collect(),
        }
    }

    /// Columns of the code where it can be drawn.
    fn code_columns(&self, look: &Look, area: Rect) -> Option<u16> {
        let qr = self.qr.as_ref().filter(|_| look.utf8)?;
        let room = area.width.saturating_sub(GAP + WORDS);
        qr.fit(room, area.height).map(|size| size.0)
    }

    /// Columns of the words and the field.
    pub fn columns(&self, look: &Look, area: Rect) -> u16 {
        self.words(look, area).width
    }

    fn words(&self, look: &Look, area: Rect) -> Rect {
        let taken = self.code_columns(look, area).map_or(0, |c| c + 1);
        Rect::new(
            area.x + taken,
            area.y,
            area.width.saturating_sub(taken),
            area.height,
        )
    }

    /// Draws everything; says where the cursor of the code's field stands.
    pub fn view(
        &self,
        look: &Look,
        buffer: &mut Buffer,
        area: Rect,
        form: &Form,
        problem: Option<&str>,
    ) -> Option<(u16, u16)> {
        let words = self.words(look, area);
        let drawn = match (&self.qr, self.code_columns(look, area)) {
            (Some(qr), Some(columns)) => {
                let place = Rect::new(area.x, area.y, columns, area.height);
                qr.view(look, buffer, place)
            }
            _ => false,
        };
        let title = format!(" {}", look.texts.get("login-enrol-title"));
        draw::bar(look, buffer, words, words.y, &title);
        let inner = Rect::new(
            words.x + 1,
            words.y + 2,
            words.width.saturating_sub(2),
            words.height.saturating_sub(2),
        );
        let mut y = inner.y;
        let put = |buffer: &mut Buffer, y: &mut u16, text: &str, tone: Tone| {
            for line in draw::wrap(text, inner.width) {
                draw::text(buffer, inner.x, *y, inner.width, &line, look.style(tone));
                *y += 1;
            }
        };
        put(buffer, &mut y, &self.intro(look, drawn), Tone::Plain);
        y += 1;
        put(buffer, &mut y, &look.texts.get("login-secret"), Tone::Muted);
        for line in self.key_lines(inner.width) {
            put(buffer, &mut y, &line, Tone::Heading);
        }
        y += 1;
        let rows = form.rows(inner.width);
        let fields = Rect::new(inner.x, y, inner.width, rows).intersection(inner);
        let cursor = form.view(look, buffer, fields);
        if let Some(problem) = problem {
            y += rows + 1;
            put(buffer, &mut y, problem, Tone::Warning);
        }
        cursor
    }

    /// What to do, and why there is no code to scan where there is none.
    fn intro(&self, look: &Look, drawn: bool) -> String {
        match &self.qr {
            _ if drawn => look.texts.get("login-enrol-scan"),
            Some(qr) if look.utf8 => {
                let (columns, rows) = qr.least();
                look.texts.with(
                    "login-enrol-small",
                    &[
                        ("columns", Value::from(u64::from(columns + GAP + WORDS))),
                        ("rows", Value::from(u64::from(rows + FRAME))),
                    ],
                )
            }
            _ => look.texts.get("login-enrol-plain"),
        }
    }

    /// The key's groups on one line where they fit, else four a line.
    fn key_lines(&self, columns: u16) -> Vec<String> {
        let one = self.groups.join(" ");
        if draw::width(&one) <= columns {
            return vec![one];
        }
        self.groups.chunks(4).map(|line| line.join(" ")).collect()
    }
}
