//! What fits into the frame: a screen, a sub-screen or a dialog is one [`Component`] in one file. It is told of keys,
//! actions and changes, answers with an [`Outcome`], and draws itself from its own fields alone. It never holds the
//! stack, reads no clock, and asks nothing but the desk.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::desk::Change;
use crate::desk::{Desk, DeskError, Identity};
use crate::domain::{RequestId, Timestamp};
use crate::term::Key;

use super::action::{ActionId, Facts};
use super::dialogs::Answer;
use super::dialogs::settings::Preferences;
use super::i18n::Texts;
use super::look::Look;
use super::messages::Messages;
use super::place::{Place, ScreenId};
use super::theme::Tone;

/// What the session does for the app, since the app touches nothing outside.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Effect {
    /// Log out and leave.
    Quit,
    /// Leave, keep everything for the next login.
    Detach,
    /// Put this on the terminal's clipboard (OSC 52).
    Copy(String),
    /// Draw every cell anew.
    Redraw,
    Bell,
    /// Somebody logged in: the session learns who, and restores what was left.
    LoggedIn,
    /// Read the file of this name on the person's own machine, at most `limit` octets, and hand it to
    /// `App::file_read`.
    ReadFile {
        path: String,
        limit: u64,
        purpose: FilePurpose,
    },
    /// Write a new file on the person's own machine (none is ever overwritten) and say how it went to
    /// `App::file_written`.
    WriteFile {
        name: String,
        content: Vec<u8>,
        purpose: FilePurpose,
    },
}

/// What a file is for; it finds its way back to whoever asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FilePurpose {
    /// The statement letter of this request.
    Letter(RequestId),
    /// The form of the statement letter, to be printed and signed.
    LetterForm(RequestId),
    /// A receipt from the log about this request.
    Receipt(RequestId),
    /// The SOP report of a month.
    Report,
}

/// Why a file on the person's machine could not be read or written.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
pub enum FileProblem {
    NotFound,
    Denied,
    /// A folder, a device or a link.
    NotAFile,
    TooLarge {
        limit: u64,
    },
    /// It is there already and is not overwritten.
    Exists,
    /// The link carries no files: a command does (`ams letter put`).
    NoFiles,
    Other(String),
}

/// What became of an input.
pub enum Outcome {
    /// Not mine: the next rule may have it.
    Ignored,
    Done,
    /// Take me off the stack.
    Close,
    /// Take me off and tell the one below what was chosen.
    Answer(Answer),
    /// Put this on top of me.
    Open(Box<dyn Component>),
    /// Put this in my place.
    Replace(Box<dyn Component>),
    /// Another screen, whatever is open now.
    Go(ScreenId),
    /// Take me off and do this where I was opened.
    Run(ActionId),
    /// Take me off; the screen is to look like this from now on.
    Prefer(Preferences),
    /// Somebody is in.
    LoggedIn(Box<Identity>),
}

/// Where a component may reach to while it answers an input.
pub struct Cx<'a> {
    pub desk: &'a Desk,
    pub look: Look,
    pub now: Timestamp,
    /// Columns and rows of the window.
    pub size: (u16, u16),
    /// When what may wait until the keys rest is due.
    pub lazy: Timestamp,
    /// Rows by which a list scrolls when the cursor leaves it: more than one on a slow link.
    pub edge_step: usize,
    pub messages: &'a mut Messages,
    pub effects: &'a mut Vec<Effect>,
}

impl Cx<'_> {
    pub const fn texts(&self) -> Texts {
        self.look.texts
    }

    /// A message by its id, kept in the list of messages.
    pub fn say(&mut self, tone: Tone, text: String) {
        self.messages.push(self.now, tone, text, None);
    }

    /// A message with what to do about it.
    pub fn say_hint(&mut self, tone: Tone, text: String, hint: Option<String>) {
        self.messages.push(self.now, tone, text, hint);
    }

    /// What the desk could not or would not do.
    pub fn fail(&mut self, error: &DeskError) {
        let (text, hint) =
            super::errors::say(self.look.format(), &super::errors::names(self.desk), error);
        self.messages.push(self.now, Tone::Bad, text, hint);
    }
}

/// Something on the stack.
pub trait Component: Send {
    /// Whose rows of the action table are live.
    fn place(&self) -> Place;

    /// Whether a text field has the focus: then keys come to [`Component::key`] before the action table sees them.
    fn typing(&self) -> bool {
        false
    }

    /// Fills in what the action table may look at.
    fn facts(&self, _facts: &mut Facts) {}

    /// A key: while typing before the action table, otherwise when no action has taken it.
    fn key(&mut self, _key: Key, _cx: &mut Cx) -> Outcome {
        Outcome::Ignored
    }

    /// A paste. It only ever goes into a text field.
    fn paste(&mut self, _text: &str, _cx: &mut Cx) {}

    /// An action of the table whose row said that it is possible.
    fn act(&mut self, _action: ActionId, _cx: &mut Cx) -> Outcome {
        Outcome::Ignored
    }

    /// What a dialog above was answered.
    fn answered(&mut self, _answer: Answer, _cx: &mut Cx) -> Outcome {
        Outcome::Done
    }

    /// Reads from the desk what the given area will show. Called after every input, before drawing.
    fn settle(&mut self, _cx: &mut Cx, _area: Rect) {}

    /// Something changed in the desk.
    fn changed(&mut self, _change: &Change, _cx: &mut Cx) {}

    /// Whoever is on top may say that work of his which went on aside has ended. Called before [`Component::settle`].
    fn ended(&mut self, _cx: &mut Cx) -> Outcome {
        Outcome::Ignored
    }

    /// Everything is to be read anew (another language, a resumed session).
    fn reload(&mut self, _cx: &mut Cx) {}

    /// When [`Component::due`] wants to be called.
    fn deadline(&self) -> Option<Timestamp> {
        None
    }

    /// The keys rest: read and show what waited for that.
    fn due(&mut self, _cx: &mut Cx) {}

    /// Rows that a dialog would like, its bar included. A screen takes what there is.
    fn rows(&self, _look: &Look, _columns: u16) -> Option<u16> {
        None
    }

    /// Draws into the area; says where the cursor of a text field stands.
    fn view(&self, look: &Look, buffer: &mut Buffer, area: Rect) -> Option<(u16, u16)>;

    /// Draws the line above the footer where a filter or number is being typed or a count stands; `None` leaves it
    /// to the messages.
    fn prompt(&self, _look: &Look, _buffer: &mut Buffer, _line: Rect) -> Option<Prompt> {
        None
    }

    /// What is worth resuming after a lost link: filter, cursor, half-typed fields. Never a secret, a danger dialog or
    /// an unmasked NIK.
    fn save(&self) -> Option<Saved> {
        None
    }

    /// A file that was asked for by [`Effect::ReadFile`]; `Ignored` where somebody else asked.
    fn file_read(
        &mut self,
        _purpose: FilePurpose,
        _content: &Result<Vec<u8>, FileProblem>,
        _cx: &mut Cx,
    ) -> Outcome {
        Outcome::Ignored
    }

    /// Takes back what [`Component::save`] gave.
    fn restore(&mut self, _state: &[u8], _cx: &mut Cx) {}
}

/// What a component drew on the line above the footer.
pub enum Prompt {
    /// A message, if there is one, goes over it.
    Status,
    /// It is being typed in; the cursor stands here.
    Typing((u16, u16)),
}

/// A component's state in a session that waits to be resumed.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
pub struct Saved {
    pub what: SavedKind,
    pub state: Vec<u8>,
}

/// Which component to build when resuming.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
pub enum SavedKind {
    Screen(ScreenId),
    Request(crate::domain::RequestId),
    Review(crate::domain::RequestId),
    /// A form over a request: which one by its stable name.
    Form(String, crate::domain::RequestId),
    /// The applicant's form.
    Filing,
    /// The adopted entries of an issuer.
    Adopted(crate::domain::IssuerId),
}
