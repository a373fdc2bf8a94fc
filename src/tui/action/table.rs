//! The rows of the action table.
//!
//! Habits of the keys: nothing needs Alt, an F-key or Shift-Tab; what changes anything never hangs on a bare
//! `A B C D H F P Q R S ~` or a digit (a split escape sequence ends in those); what cannot be undone asks in a dialog
//! that only Ctrl-X confirms.

use crate::domain::workflow::Act;
use crate::domain::{Refusal, Role};
use crate::term::{Key, KeyCode};
use crate::tui::place::Place::{
    self, Danger as DangerPlace, Filing, Form, Login, Request, Review, Screen,
};
use crate::tui::place::{Places, ScreenId};

use super::{Action, Danger, Facts, Why};

/// Everything that a key can do, by name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ActionId {
    Up,
    Down,
    Left,
    Right,
    PageUp,
    PageDown,
    First,
    Last,
    Enter,
    Back,
    NextField,
    PreviousField,
    NextScreen,
    PreviousScreen,
    Go(ScreenId),
    Submit,
    Help,
    Palette,
    Messages,
    Language,
    Redraw,
    Detach,
    Quit,
    Split,
    Filter,
    ClearFilter,
    Sort,
    SortReverse,
    Jump,
    Mark,
    MarkAll,
    Unmark,
    CopyNumber,
    CopySerial,
    CopyLetter,
    Review,
    Claim,
    Release,
    Tick,
    Verify,
    Match,
    Approve,
    Revoke,
    Return,
    Reject,
    ChangeReason,
    RecordNotice,
    Acknowledge,
    Withdraw,
}

const fn row(id: ActionId, name: &'static str, keys: &'static [Key], places: Places) -> Action {
    Action {
        id,
        name,
        keys,
        places,
        act: None,
        danger: Danger::None,
        batch: false,
        footer: 0,
        footer_only: None,
        palette: true,
        enabled: always,
    }
}

impl Action {
    const fn asks(mut self, act: Act) -> Self {
        self.act = Some(act);
        self
    }
    const fn danger(mut self, danger: Danger) -> Self {
        self.danger = danger;
        self
    }
    const fn batch(mut self) -> Self {
        self.batch = true;
        self
    }
    const fn footer(mut self, order: u8) -> Self {
        self.footer = order;
        self
    }
    /// Order in the footer of some of its places only.
    const fn footer_at(mut self, order: u8, places: &'static [Place]) -> Self {
        self.footer = order;
        self.footer_only = Some(places);
        self
    }
    const fn moves(mut self) -> Self {
        self.palette = false;
        self
    }
    const fn when(mut self, enabled: fn(&Facts) -> Result<(), Why>) -> Self {
        self.enabled = enabled;
        self
    }
}

const fn always(_: &Facts) -> Result<(), Why> {
    Ok(())
}

fn selected(facts: &Facts) -> Result<(), Why> {
    if facts.selected {
        Ok(())
    } else {
        Err(Why::NothingSelected)
    }
}

fn complete(facts: &Facts) -> Result<(), Why> {
    if facts.complete {
        Ok(())
    } else {
        Err(Why::Incomplete)
    }
}

fn checked(facts: &Facts) -> Result<(), Why> {
    if facts.unchecked.is_empty() {
        Ok(())
    } else {
        Err(Why::Refused(Refusal::ChecklistIncomplete(
            facts.unchecked.clone(),
        )))
    }
}

fn ticking(facts: &Facts) -> Result<(), Why> {
    if facts.ticking {
        Ok(())
    } else {
        Err(Why::Nothing)
    }
}

fn filtered(facts: &Facts) -> Result<(), Why> {
    if facts.filtered {
        Ok(())
    } else {
        Err(Why::Nothing)
    }
}

fn marked(facts: &Facts) -> Result<(), Why> {
    if facts.marked > 0 {
        Ok(())
    } else {
        Err(Why::Nothing)
    }
}

fn wide(facts: &Facts) -> Result<(), Why> {
    if facts.columns >= 100 {
        Ok(())
    } else {
        Err(Why::TooNarrow)
    }
}

fn letter(facts: &Facts) -> Result<(), Why> {
    if facts.letter {
        Ok(())
    } else {
        Err(Why::Nothing)
    }
}

fn officer(facts: &Facts) -> Result<(), Why> {
    selected(facts)?;
    facts.has_any(&[Role::Op, Role::Auditor])
}

const fn c(c: char) -> Key {
    Key::char(c)
}

const fn k(code: KeyCode) -> Key {
    Key::plain(code)
}

const QUEUE: Place = Screen(ScreenId::Queue);
/// Where one request is under the cursor and officers act on it.
const DESK: Places = Places::These(&[QUEUE, Request, Review]);
/// Where an applicant's request is under the cursor too.
const REQUESTS: Places = Places::These(&[QUEUE, Request, Review, Screen(ScreenId::MyRequests)]);
const LISTS: Places = Places::These(&[
    QUEUE,
    Screen(ScreenId::Certificates),
    Screen(ScreenId::Mails),
    Screen(ScreenId::Log),
    Screen(ScreenId::Accounts),
]);
const FORMS: Places = Places::These(&[Form, DangerPlace, Login, Filing]);

/// THE table.
pub static ACTIONS: &[Action] = &[
    row(
        ActionId::Enter,
        "enter",
        &[k(KeyCode::Enter)],
        Places::Everywhere,
    )
    .moves(),
    row(
        ActionId::Back,
        "back",
        &[k(KeyCode::Esc)],
        Places::Everywhere,
    )
    .moves()
    .footer(90),
    row(
        ActionId::Up,
        "up",
        &[k(KeyCode::Up), c('k')],
        Places::Everywhere,
    )
    .moves(),
    row(
        ActionId::Down,
        "down",
        &[k(KeyCode::Down), c('j')],
        Places::Everywhere,
    )
    .moves(),
    row(
        ActionId::Left,
        "left",
        &[k(KeyCode::Left), c('h')],
        Places::Everywhere,
    )
    .moves(),
    row(
        ActionId::Right,
        "right",
        &[k(KeyCode::Right), c('l')],
        Places::Everywhere,
    )
    .moves(),
    row(
        ActionId::PageUp,
        "page-up",
        &[k(KeyCode::PageUp), Key::ctrl('b')],
        Places::Everywhere,
    )
    .moves(),
    row(
        ActionId::PageDown,
        "page-down",
        &[k(KeyCode::PageDown), Key::ctrl('f')],
        Places::Everywhere,
    )
    .moves(),
    row(
        ActionId::First,
        "first",
        &[k(KeyCode::Home), c('g')],
        Places::Everywhere,
    )
    .moves(),
    row(
        ActionId::Last,
        "last",
        &[k(KeyCode::End), c('G')],
        Places::Everywhere,
    )
    .moves(),
    row(ActionId::NextField, "next-field", &[k(KeyCode::Tab)], FORMS).moves(),
    row(
        ActionId::PreviousField,
        "previous-field",
        &[k(KeyCode::BackTab)],
        FORMS,
    )
    .moves(),
    row(
        ActionId::NextScreen,
        "next-screen",
        &[k(KeyCode::Tab)],
        SCREENS_BUT_FILING,
    )
    .moves(),
    row(
        ActionId::PreviousScreen,
        "previous-screen",
        &[k(KeyCode::BackTab)],
        SCREENS_BUT_FILING,
    )
    .moves(),
    row(
        ActionId::Submit,
        "submit",
        &[Key::ctrl('x')],
        Places::These(&[Form, DangerPlace, Filing]),
    )
    .when(complete)
    .moves()
    .footer(1),
    // Acts on a request, in the order of the procedure.
    row(
        ActionId::Review,
        "review",
        &[c('p')],
        Places::These(&[QUEUE, Request]),
    )
    .when(officer)
    .footer(1),
    row(ActionId::Claim, "claim", &[c('a')], DESK)
        .asks(Act::Claim)
        .batch()
        .footer(2),
    row(ActionId::Release, "release", &[c('u')], DESK)
        .asks(Act::Release)
        .batch()
        .footer(11),
    row(
        ActionId::Tick,
        "tick",
        &[c(' ')],
        Places::These(&[Review, Form, Filing]),
    )
    .when(ticking)
    .footer(1),
    row(
        ActionId::Verify,
        "verify",
        &[c('v')],
        Places::These(&[Review]),
    )
    .asks(Act::Verify)
    .when(checked)
    .footer(3),
    row(
        ActionId::Match,
        "match",
        &[c('m')],
        Places::These(&[Review]),
    )
    .asks(Act::Match)
    .footer(4),
    row(ActionId::Approve, "approve", &[c('o')], DESK)
        .asks(Act::Approve)
        .danger(Danger::Confirm)
        .footer(8),
    row(ActionId::Revoke, "revoke", &[c('c')], DESK)
        .asks(Act::Revoke)
        .danger(Danger::TypeSerial)
        .footer(5),
    row(ActionId::Return, "return", &[c('r')], DESK)
        .asks(Act::Return)
        .danger(Danger::Confirm)
        .footer(6),
    row(ActionId::Reject, "reject", &[c('t')], DESK)
        .asks(Act::Reject)
        .danger(Danger::Confirm)
        .footer(7),
    row(ActionId::ChangeReason, "change-reason", &[c('e')], DESK)
        .asks(Act::ChangeReason)
        .danger(Danger::Confirm)
        .footer(9),
    row(ActionId::RecordNotice, "record-notice", &[c('b')], DESK)
        .asks(Act::RecordNotice)
        .danger(Danger::Confirm)
        .footer(12),
    row(ActionId::Acknowledge, "acknowledge", &[c('d')], REQUESTS)
        .asks(Act::Acknowledge)
        .danger(Danger::Confirm)
        .footer(13),
    row(ActionId::Withdraw, "withdraw", &[c('w')], REQUESTS)
        .asks(Act::Withdraw)
        .danger(Danger::Confirm)
        .footer(14),
    // Finding.
    row(ActionId::Filter, "filter", &[c('/')], LISTS).footer(20),
    row(ActionId::ClearFilter, "clear-filter", &[c('x')], LISTS).when(filtered),
    row(ActionId::Sort, "sort", &[c('s')], LISTS).footer(21),
    row(ActionId::SortReverse, "sort-reverse", &[c('i')], LISTS),
    row(ActionId::Jump, "jump", &[c('n')], Places::These(&[QUEUE])).footer(22),
    row(ActionId::Mark, "mark", &[c(' ')], Places::These(&[QUEUE])).when(selected),
    row(
        ActionId::MarkAll,
        "mark-all",
        &[c('*')],
        Places::These(&[QUEUE]),
    ),
    row(
        ActionId::Unmark,
        "unmark",
        &[c('U')],
        Places::These(&[QUEUE]),
    )
    .when(marked),
    row(ActionId::Split, "split", &[c('|')], Places::These(&[QUEUE])).when(wide),
    row(ActionId::CopyNumber, "copy-number", &[c('y')], REQUESTS).when(selected),
    row(ActionId::CopySerial, "copy-serial", &[c('Y')], REQUESTS).when(selected),
    row(ActionId::CopyLetter, "copy-letter", &[c('z')], REQUESTS).when(letter),
    // The house.
    row(ActionId::Help, "help", &[c('?')], Places::Everywhere).footer(91),
    row(ActionId::Palette, "palette", &[c(':')], Places::Screens).footer(92),
    row(ActionId::Messages, "messages", &[c('M')], Places::Screens),
    row(
        ActionId::Language,
        "language",
        &[c('L')],
        Places::Everywhere,
    ),
    row(
        ActionId::Redraw,
        "redraw",
        &[Key::ctrl('l')],
        Places::Everywhere,
    ),
    row(
        ActionId::Detach,
        "detach",
        &[Key::ctrl('z')],
        Places::Everywhere,
    ),
    row(ActionId::Quit, "quit", &[c('q')], Places::Screens).footer(93),
    go(ScreenId::Dashboard, &[c('1')]),
    go(ScreenId::Queue, &[c('2')]),
    go(ScreenId::Certificates, &[c('3')]),
    go(ScreenId::Crl, &[c('4')]),
    go(ScreenId::Mails, &[c('5')]),
    go(ScreenId::Log, &[c('6')]),
    go(ScreenId::Accounts, &[c('7')]),
    go(ScreenId::MyCertificates, &[c('8')]),
    go(ScreenId::MyRequests, &[c('9')]),
];

/// Tab goes between screens wherever it does not go between fields.
const SCREENS_BUT_FILING: Places = Places::These(&[
    Screen(ScreenId::Dashboard),
    QUEUE,
    Screen(ScreenId::Certificates),
    Screen(ScreenId::Crl),
    Screen(ScreenId::Mails),
    Screen(ScreenId::Log),
    Screen(ScreenId::Accounts),
    Screen(ScreenId::MyCertificates),
    Screen(ScreenId::MyRequests),
    Request,
    Review,
]);

const fn go(screen: ScreenId, keys: &'static [Key]) -> Action {
    let mut action = row(ActionId::Go(screen), screen.name(), keys, Places::Screens);
    action.enabled = match screen {
        ScreenId::Dashboard => |f| f.has_any(ScreenId::Dashboard.roles()),
        ScreenId::Queue => |f| f.has_any(ScreenId::Queue.roles()),
        ScreenId::Certificates => |f| f.has_any(ScreenId::Certificates.roles()),
        ScreenId::Crl => |f| f.has_any(ScreenId::Crl.roles()),
        ScreenId::Mails => |f| f.has_any(ScreenId::Mails.roles()),
        ScreenId::Log => |f| f.has_any(ScreenId::Log.roles()),
        ScreenId::Accounts => |f| f.has_any(ScreenId::Accounts.roles()),
        ScreenId::MyCertificates => |f| f.has_any(ScreenId::MyCertificates.roles()),
        ScreenId::MyRequests => |f| f.has_any(ScreenId::MyRequests.roles()),
    };
    action
}
