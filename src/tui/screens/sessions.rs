//! Sesi: who is at the desk, from which unix user, on which screen and since when without a key; an admin may end one.
//! It follows sessions that begin, lock and leave; the hours of the last keys are read anew once a minute.

use crate::desk::{Change, Page};
use crate::desk::{DeskError, Identity, SessionId, SessionRow, SessionState};
use crate::domain::Refusal;
use crate::tui::action::ActionId;
use crate::tui::component::{Cx, Outcome};
use crate::tui::dialogs::Answer;
use crate::tui::dialogs::ask::{Ask, Stop};
use crate::tui::look::Look;
use crate::tui::place::{Place, ScreenId};
use crate::tui::theme::Tone;
use crate::tui::widgets::fields::Fields;
use crate::tui::widgets::form::Form;
use crate::tui::widgets::list::{Cell, Column, column};
use crate::tui::widgets::scroll::Line;

use super::listing::{List, Listed};

/// The sessions.
pub struct Sessions {
    who: Identity,
}

impl Sessions {
    pub const fn new(who: Identity) -> Self {
        Self { who }
    }

    /// Asks before a session is ended; what its person was typing is forgotten with it.
    fn end(&self, row: &SessionRow, look: &Look) -> Ask {
        let (who, id) = (self.who.clone(), row.id.to_string());
        let form = Form::new(Vec::new());
        let ask = Ask::new(ActionId::EndSession, form, move |_, cx| {
            match cx.desk.end_session(&who, &id) {
                Ok(()) => Ok(Outcome::Answer(Answer::Done)),
                // It left by itself meanwhile.
                Err(error @ DeskError::Refused(Refusal::NotFound)) => {
                    Err(Stop::Overtaken(error, Answer::Done))
                }
                Err(error) => Err(error.into()),
            }
        });
        let state = look.texts.get(state(row.state).0);
        ask.show("field-username", username(row, look))
            .show("item-name", name(row))
            .show("field-status", state)
            .show("session-begun", look.format().full(row.begun))
            .consequence(look.texts.get("end-session-consequence"))
    }
}

impl Listed for Sessions {
    const PLACE: Place = Place::Screen(ScreenId::Sessions);
    const COLUMNS: &'static [Column] = &[
        column("field-username", 14, 0),
        column("cli-uid", 8, 72),
        column("field-status", 8, 0),
        column("session-screen", 15, 0),
        column("session-begun", 12, 72),
        column("session-last-input", 12, 0),
    ];
    const EMPTY: &'static str = "sessions-none";
    const MINUTELY: bool = true;

    type Row = SessionRow;
    type Key = SessionId;
    type Detail = SessionRow;

    fn key(row: &SessionRow) -> SessionId {
        row.id.clone()
    }

    fn page(
        &self,
        cx: &Cx,
        _from: Option<&str>,
        _limit: usize,
    ) -> Result<Page<SessionRow>, DeskError> {
        Ok(Page::whole(cx.desk.sessions(&self.who)?))
    }

    fn detail(&self, row: &SessionRow, _cx: &Cx) -> Result<SessionRow, DeskError> {
        Ok(row.clone())
    }

    fn cells(row: &SessionRow, look: &Look) -> Vec<Cell> {
        let (word, tone) = state(row.state);
        vec![
            Cell::plain(username(row, look)),
            Cell::plain(row.peer_uid.map(|uid| uid.to_string()).unwrap_or_default()),
            Cell::toned(look.texts.get(word), tone),
            Cell::plain(screen(row, look)),
            Cell::plain(look.format().short(row.begun)),
            Cell::plain(look.format().short(row.last_input)),
        ]
    }

    fn title(&self, look: &Look) -> String {
        look.texts.get("session-title")
    }

    fn lines(&self, row: &SessionRow, look: &Look, columns: u16) -> Vec<Line> {
        let mut out = Fields::new(look, columns);
        let (word, tone) = state(row.state);
        let uid = row.peer_uid.map(|uid| uid.to_string());
        out.plain("field-username", &username(row, look));
        out.some("item-name", Some(&name(row)));
        out.some("cli-uid", uid.as_deref());
        out.field("field-status", &look.texts.get(word), tone);
        out.some("session-screen", Some(&screen(row, look)));
        out.plain("session-begun", &look.format().full(row.begun));
        out.plain("session-last-input", &look.format().full(row.last_input));
        out.plain("cli-id", &row.id.to_string());
        let note = match row.state {
            SessionState::Open => return out.lines,
            SessionState::Locked => "session-locked-note",
            SessionState::Left => "session-left-note",
        };
        out.text(&look.texts.get(note), Tone::Muted);
        out.lines
    }

    fn concerns(change: &Change) -> bool {
        matches!(change, Change::Sessions)
    }

    fn act(&mut self, action: ActionId, list: &mut List<Self>, cx: &mut Cx) -> Outcome {
        match (action, list.row()) {
            (ActionId::EndSession, Some(row)) => Outcome::Open(Box::new(self.end(row, &cx.look))),
            _ => Outcome::Ignored,
        }
    }
}

/// Nobody has logged in yet where there is no person.
fn username(row: &SessionRow, look: &Look) -> String {
    match &row.person {
        Some(person) => person.username.to_string(),
        None => look.texts.get("session-nobody"),
    }
}

fn name(row: &SessionRow) -> String {
    let person = row.person.as_ref();
    person.map(|p| p.name.to_string()).unwrap_or_default()
}

fn screen(row: &SessionRow, look: &Look) -> String {
    row.screen
        .map(|name| look.texts.get(&format!("screen-{name}")))
        .unwrap_or_default()
}

const fn state(state: SessionState) -> (&'static str, Tone) {
    match state {
        SessionState::Open => ("session-open", Tone::Good),
        SessionState::Locked => ("session-locked", Tone::Warning),
        SessionState::Left => ("session-left", Tone::Muted),
    }
}
