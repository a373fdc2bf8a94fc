//! Notifikasi: the outbox, newest first, with what the server said of each mail; a failed one is sent again.

use crate::desk::{Change, MailDetail, MailRow, Page};
use crate::desk::{DeskError, Identity};
use crate::domain::MailId;
use crate::tui::action::{ActionId, Facts, Why};
use crate::tui::component::{Cx, Outcome};
use crate::tui::dialogs::reading::Reading;
use crate::tui::look::Look;
use crate::tui::place::{Place, ScreenId};
use crate::tui::theme::Tone;
use crate::tui::widgets::fields::Fields;
use crate::tui::widgets::list::{Cell, Column, column};
use crate::tui::widgets::scroll::Line;

use super::detail::mail_status;
use super::listing::{List, Listed};

/// The outbox.
pub struct Mails {
    who: Identity,
}

impl Mails {
    pub const fn new(who: Identity) -> Self {
        Self { who }
    }

    fn retry(&self, list: &mut List<Self>, cx: &mut Cx) {
        let Some(id) = list.row().map(|r| r.id) else {
            return;
        };
        match cx.desk.retry_mail(&self.who, id) {
            Ok(()) => {
                let done = cx.texts().attribute("action-retry-mail", "done", &[]);
                cx.say(Tone::Good, done.unwrap_or_default());
            }
            Err(error) => cx.fail(&error),
        }
        list.read(self, cx);
    }

    fn open(&self, list: &mut List<Self>, cx: &mut Cx) -> Outcome {
        list.read_detail(self, cx);
        let Some(mail) = list.current() else {
            return Outcome::Done;
        };
        let lines = vec![
            (mail.row.subject.clone(), Tone::Heading),
            (mail.row.to.clone(), Tone::Plain),
            (mail.message_id.clone(), Tone::Muted),
            (String::new(), Tone::Plain),
            (mail.body.clone(), Tone::Plain),
        ];
        Outcome::Open(Box::new(Reading::new(cx.texts().get("mail-title"), lines)))
    }
}

impl Listed for Mails {
    const PLACE: Place = Place::Screen(ScreenId::Mails);
    const COLUMNS: &'static [Column] = &[
        column("column-time", 12, 0),
        column("column-mail-status", 12, 0),
        column("column-request", 14, 0),
        column("column-to", 30, 72),
        column("column-subject", 30, 0),
    ];
    const EMPTY: &'static str = "mails-none";

    type Row = MailRow;
    type Key = MailId;
    type Detail = MailDetail;

    fn key(row: &MailRow) -> MailId {
        row.id
    }

    fn page(&self, cx: &Cx, from: Option<&str>, limit: usize) -> Result<Page<MailRow>, DeskError> {
        cx.desk.mails(&self.who, from, limit)
    }

    fn detail(&self, row: &MailRow, cx: &Cx) -> Result<MailDetail, DeskError> {
        cx.desk.mail(&self.who, row.id)
    }

    fn cells(row: &MailRow, look: &Look) -> Vec<Cell> {
        let (status, tone) = status(row);
        let number = row.request.map(|n| n.to_string()).unwrap_or_default();
        vec![
            Cell::plain(look.format().short(row.queued_at)),
            Cell::toned(look.texts.get(status), tone),
            Cell::plain(number),
            Cell::plain(row.to.as_str()),
            Cell::plain(row.subject.as_str()),
        ]
    }

    fn title(&self, look: &Look) -> String {
        look.texts.get("mail-title")
    }

    fn lines(&self, detail: &MailDetail, look: &Look, columns: u16) -> Vec<Line> {
        let mut out = Fields::new(look, columns);
        let (row, format) = (&detail.row, look.format());
        out.plain("column-subject", &row.subject);
        out.plain("column-to", &row.to);
        let (status, tone) = status(row);
        out.field("column-mail-status", &look.texts.get(status), tone);
        out.plain("mail-queued", &format.full(row.queued_at));
        out.plain("mail-attempts", &row.attempts.to_string());
        if let Some(next) = row.next_attempt {
            out.plain("mail-next-attempt", &format.full(next));
        }
        out.some("mail-answer", row.answer.as_deref());
        out.lines
    }

    fn concerns(change: &Change) -> bool {
        matches!(change, Change::Mail(_))
    }

    fn facts(&self, list: &List<Self>, facts: &mut Facts) {
        let done = match list.row().map(|r| r.status) {
            Some("sent") => Some("mail-sent-already"),
            Some("cancelled") => Some("mail-was-cancelled"),
            _ => None,
        };
        if let Some(done) = done {
            facts.barred.push((ActionId::RetryMail, Why::Because(done)));
        }
    }

    fn act(&mut self, action: ActionId, list: &mut List<Self>, cx: &mut Cx) -> Outcome {
        match action {
            ActionId::Enter => return self.open(list, cx),
            ActionId::RetryMail => self.retry(list, cx),
            _ => return Outcome::Ignored,
        }
        Outcome::Done
    }
}

fn status(row: &MailRow) -> (&'static str, Tone) {
    let tone = match row.status {
        "sent" => Tone::Good,
        "failed" | "given_up" => Tone::Bad,
        "cancelled" => Tone::Muted,
        _ => Tone::Warning,
    };
    (mail_status(row.status), tone)
}
