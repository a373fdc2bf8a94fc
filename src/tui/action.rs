//! What can be done with a key: one row each, from which dispatch, footer, `?`, `:`, the README and the coverage test are
//! made. The rows are in `action/table.rs`. Authority stays in `domain::decide`; the table only greys out, and says why.

mod table;

use std::collections::BTreeSet;

use crate::domain::permission::Permission;
use crate::domain::workflow::{self, Act};
use crate::domain::{Item, Refusal, Role};
use crate::term::{Key, KeyCode};

use super::format::Format;
use super::i18n::{Texts, Value};
use super::place::{Place, Places, ScreenId};
use super::refusals::{self, Names};

pub use table::{ACTIONS, ActionId};

/// What stands between the key and the act.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Danger {
    /// Changes nothing, or can be undone with a key, or is the last step of a form.
    None,
    /// A dialog that an explicit key confirms.
    Confirm,
    /// A dialog that asks for the password and the last four digits of the serial; over marked rows for their count.
    TypeSerial,
}

/// One row: everything about a thing that a key can do. Its words are the message `action-<name>`: title, `.help`
/// and, where it changes something, `.done`.
#[derive(Clone, Copy, Debug)]
pub struct Action {
    pub id: ActionId,
    pub name: &'static str,
    pub keys: &'static [Key],
    pub places: Places,
    /// What it asks of the desk; absent for moving about.
    pub act: Option<Act>,
    pub danger: Danger,
    /// Also over all marked rows at once.
    pub batch: bool,
    /// Order in the footer; 0 is not shown there.
    pub footer: u8,
    /// Where it stands in the footer, if not wherever it lives.
    pub footer_only: Option<&'static [Place]>,
    /// Listed in the palette. Moving a cursor is not.
    pub palette: bool,
    pub enabled: fn(&Facts) -> Result<(), Why>,
}

impl Action {
    pub fn title(&self, texts: Texts) -> String {
        match self.id {
            ActionId::Go(screen) => texts.get(&format!("screen-{}", screen.name())),
            _ => texts.get(&format!("action-{}", self.name)),
        }
    }

    pub fn help(&self, texts: Texts) -> String {
        match self.id {
            ActionId::Go(screen) => {
                let screen = texts.get(&format!("screen-{}", screen.name()));
                texts.with("action-go", &[("screen", Value::from(screen))])
            }
            _ => texts
                .attribute(&format!("action-{}", self.name), "help", &[])
                .unwrap_or_default(),
        }
    }

    /// [`Action::help`] as it reads in one place: on a screen of its own words the message has `.help-<screen>`.
    pub fn help_in(&self, place: Place, texts: Texts) -> String {
        let own = match place {
            Place::Screen(screen) => {
                let attribute = format!("help-{}", screen.name());
                texts.attribute(&format!("action-{}", self.name), &attribute, &[])
            }
            _ => None,
        };
        own.unwrap_or_else(|| self.help(texts))
    }

    /// Whether the footer of a place names it, when it is possible.
    pub fn footer_in(&self, place: Place) -> bool {
        self.footer > 0
            && self
                .footer_only
                .is_none_or(|places| places.contains(&place))
    }

    /// Whether it changes anything beyond what this screen shows. Text that came at once, pasted where brackets are
    /// missing, never does such a thing.
    pub fn changes(&self) -> bool {
        self.act.is_some()
            || self.danger != Danger::None
            || matches!(
                self.id,
                ActionId::Submit
                    | ActionId::Tick
                    | ActionId::RevealNik
                    | ActionId::RetryMail
                    | ActionId::ExportReport
                    | ActionId::WriteForm
                    | ActionId::Quit
            )
    }

    /// Whether somebody with these roles may do it to any request at all.
    pub fn is_for(&self, roles: &BTreeSet<Role>) -> bool {
        let takes = |row: &workflow::Row| {
            let mut who = row.who.iter().flat_map(|who| who.roles());
            who.any(|role| roles.contains(role))
        };
        self.act.is_none_or(|act| workflow::rows_of(act).any(takes))
    }

    /// Whether it can be done now: what the row asks, then what the desk said about its act.
    pub fn check(&self, facts: &Facts) -> Result<(), Why> {
        (self.enabled)(facts)?;
        if let Some((_, why)) = facts.barred.iter().find(|(id, _)| *id == self.id) {
            return Err(why.clone());
        }
        if self.batch && facts.marked > 0 {
            // Each marked row is asked for itself; the dialog shows which would be refused.
            return Ok(());
        }
        match self.act {
            Some(act) => facts.may(act),
            None => Ok(()),
        }
    }
}

/// Why an action is greyed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Why {
    /// No row is under the cursor.
    NothingSelected,
    /// The detail has not been read yet.
    NotRead,
    /// The desk would refuse.
    Refused(Refusal),
    /// The act is not one for this person on this request.
    NotOffered,
    RoleNeeded(&'static [Role]),
    /// Fields are empty or do not fit.
    Incomplete,
    /// Nothing to undo, to clear, to copy.
    Nothing,
    /// The window is too narrow for it.
    TooNarrow,
    /// What the component says: the id of a message.
    Because(&'static str),
}

impl Why {
    /// A sentence, and what would help where there is something.
    pub fn say(&self, format: Format, names: Names) -> (String, Option<String>) {
        let texts = format.texts;
        let plain = |id: &str| (texts.get(id), None);
        match self {
            Self::NothingSelected => plain("why-nothing-selected"),
            Self::NotRead => plain("why-not-read"),
            Self::NotOffered => plain("why-not-offered"),
            Self::Incomplete => plain("why-incomplete"),
            Self::Nothing => plain("why-nothing"),
            Self::TooNarrow => plain("why-too-narrow"),
            Self::Because(id) => plain(id),
            Self::RoleNeeded(roles) => {
                let roles: Vec<String> = roles
                    .iter()
                    .map(|r| texts.get(&format!("role-{}", r.name())))
                    .collect();
                let text = texts.with("why-role", &[("roles", Value::from(texts.either(&roles)))]);
                (text, None)
            }
            Self::Refused(refusal) => {
                let (what, hint) = refusals::refused(format, names, refusal);
                (what, Some(hint))
            }
        }
    }
}

/// What the table may look at: a snapshot of where the person is and what is under the cursor.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    pub roles: BTreeSet<Role>,
    /// A row is under the cursor.
    pub selected: bool,
    /// What the desk says about acts on what is under the cursor; `None` until it was asked.
    pub acts: Option<Vec<(Act, Result<(), Refusal>)>>,
    pub marked: usize,
    pub filtered: bool,
    /// All required fields of the form are filled, all items of the list ticked.
    pub complete: bool,
    /// Columns of the window.
    pub columns: u16,
    /// The certificate or request under the cursor has a letter.
    pub letter: bool,
    /// Items of the checklist that are not ticked.
    pub unchecked: Vec<Item>,
    /// There is a checklist to tick, or a field that takes a tick.
    pub ticking: bool,
    /// Actions that the component cannot do with what is under the cursor, and why.
    pub barred: Vec<(ActionId, Why)>,
}

impl Facts {
    /// Whether one of the person's roles has a permission.
    pub fn permitted(&self, permission: Permission) -> Result<(), Why> {
        self.has_any(permission.roles())
    }

    /// Whether the desk would let this person do it.
    pub fn may(&self, act: Act) -> Result<(), Why> {
        let Some(acts) = &self.acts else {
            return Err(if self.selected {
                Why::NotRead
            } else {
                Why::NothingSelected
            });
        };
        match acts.iter().find(|(a, _)| *a == act) {
            Some((_, Ok(()))) => Ok(()),
            Some((_, Err(refusal))) => Err(Why::Refused(refusal.clone())),
            None => Err(Why::NotOffered),
        }
    }

    pub fn has_any(&self, roles: &'static [Role]) -> Result<(), Why> {
        if roles.iter().any(|r| self.roles.contains(r)) {
            Ok(())
        } else {
            Err(Why::RoleNeeded(roles))
        }
    }
}

/// The row of an action.
pub fn action(id: ActionId) -> &'static Action {
    ACTIONS
        .iter()
        .find(|a| a.id == id)
        // The coverage test walks every id; a missing row would show there.
        .unwrap_or(&ACTIONS[0])
}

/// The actions of a place, in the table's order.
pub fn of(place: Place) -> impl Iterator<Item = &'static Action> {
    ACTIONS.iter().filter(move |a| a.places.contain(place))
}

/// How a key is written in footer, help and README.
pub fn key_name(key: Key) -> String {
    match key.code {
        KeyCode::Char(' ') => "Space".to_owned(),
        KeyCode::Char(c) if key.ctrl => format!("^{}", c.to_ascii_uppercase()),
        KeyCode::Char(c) => c.to_string(),
        KeyCode::Up => "↑".to_owned(),
        KeyCode::Down => "↓".to_owned(),
        KeyCode::Left => "←".to_owned(),
        KeyCode::Right => "→".to_owned(),
        KeyCode::PageUp => "PgUp".to_owned(),
        KeyCode::PageDown => "PgDn".to_owned(),
        KeyCode::BackTab => "Shift-Tab".to_owned(),
        KeyCode::Delete => "Del".to_owned(),
        KeyCode::Insert => "Ins".to_owned(),
        KeyCode::F(n) => format!("F{n}"),
        KeyCode::Enter => "Enter".to_owned(),
        KeyCode::Esc => "Esc".to_owned(),
        KeyCode::Tab => "Tab".to_owned(),
        KeyCode::Backspace => "Backspace".to_owned(),
        KeyCode::Home => "Home".to_owned(),
        KeyCode::End => "End".to_owned(),
    }
}

/// All keys of an action: `a`, `↓ j`.
pub fn key_names(action: &Action) -> String {
    action
        .keys
        .iter()
        .map(|k| key_name(*k))
        .collect::<Vec<_>>()
        .join(" ")
}

/// The key table of the README, as Markdown, in one language.
pub fn markdown(texts: Texts) -> String {
    use std::fmt::Write;
    let mut out = String::new();
    let _ = writeln!(
        out,
        "| {} | {} | {} |\n|---|---|---|",
        texts.get("keys-key"),
        texts.get("keys-action"),
        texts.get("keys-help")
    );
    for action in ACTIONS {
        let keys: Vec<String> = action
            .keys
            .iter()
            .map(|k| format!("`{}`", key_name(*k).replace('|', "\\|")))
            .collect();
        let _ = writeln!(
            out,
            "| {} | {} | {} |",
            keys.join(" "),
            action.title(texts),
            action.help(texts)
        );
        for screen in ScreenId::ALL {
            let help = action.help_in(Place::Screen(screen), texts);
            if action.places.contain(Place::Screen(screen)) && help != action.help(texts) {
                let name = texts.get(&format!("screen-{}", screen.name()));
                let title = action.title(texts);
                let _ = writeln!(out, "| {} | {title} ({name}) | {help} |", keys.join(" "));
            }
        }
    }
    out
}
