//! The rows of the action table.
//!
//! Habits of the keys: nothing needs Alt, an F-key or Shift-Tab; what changes anything never hangs on a bare
//! `A B C D H F P Q R S ~` or a digit (a split escape sequence ends in those); what cannot be undone asks in a dialog
//! that only Ctrl-X confirms.

use crate::domain::permission::Permission;
use crate::domain::workflow::Act;
use crate::domain::{Refusal, Role};
use crate::term::{Key, KeyCode};
use crate::tui::place::Place::{
    self, Adopted, Choice, Danger as DangerPlace, Filing, Form, Login, Prompt, Report, Request,
    Review, Screen,
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
    Settings,
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
    ConsentToWithdraw,
    Recall,
    SharedKey,
    RevealNik,
    FillForm,
    Receipt,
    Hold,
    ReleaseHold,
    ApproveSuspension,
    FileRequest,
    OtherApplicant,
    NextStep,
    PreviousStep,
    WriteForm,
    IssueCrl,
    CheckCrl,
    UnlockKey,
    ConfirmClock,
    RetryMail,
    VerifyLog,
    StatusFilter,
    CreateAccount,
    ChangeRoles,
    ResetPassword,
    ResetTotp,
    BindUid,
    EnableAccount,
    DisableAccount,
    ApproveGrants,
    CancelGrants,
    Adopted,
    ConfirmAdopted,
    ConfirmAllAdopted,
    IssuerSettings,
    EndSession,
    Report,
    ExportReport,
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

/// The applicant's form can be opened: to fill it, or to hand in the letter that was to follow.
fn form_open(facts: &Facts) -> Result<(), Why> {
    facts
        .may(Act::Edit)
        .or_else(|why| facts.may(Act::FollowLetter).map_err(|_| why))
}

fn decides(facts: &Facts) -> Result<(), Why> {
    selected(facts)?;
    facts.has_any(&[Role::Op])
}

/// A second officer's word on what he could do himself where one is enough.
fn approves_suspension(facts: &Facts) -> Result<(), Why> {
    decides(facts)?;
    // That a second officer is wanted is why he is asked.
    let wanted = |act| match facts.may(act) {
        Err(Why::Refused(Refusal::ApprovalNeeded | Refusal::SecondNeeded)) => Ok(()),
        answer => answer,
    };
    wanted(Act::ReleaseHold).or_else(|_| wanted(Act::Hold))
}

fn manages_accounts(facts: &Facts) -> Result<(), Why> {
    selected(facts)?;
    facts.permitted(Permission::ManageAccounts)
}

fn adopts(facts: &Facts) -> Result<(), Why> {
    selected(facts)?;
    facts.permitted(Permission::AdoptRevoked)
}

fn files_requests(facts: &Facts) -> Result<(), Why> {
    selected(facts)?;
    facts.has_any(&[Role::Pemohon, Role::Pendamping, Role::Op])
}

const fn c(c: char) -> Key {
    Key::char(c)
}

const fn k(code: KeyCode) -> Key {
    Key::plain(code)
}

const QUEUE: Place = Screen(ScreenId::Queue);
/// Where one request fills the screen.
const ONE_REQUEST: &[Place] = &[Request, Review, Screen(ScreenId::MyRequests)];
/// Where Esc leads somewhere.
const LEAVABLE: &[Place] = &[
    Request,
    Review,
    Filing,
    Report,
    Adopted,
    Form,
    DangerPlace,
    Choice,
    Prompt,
];
/// Where one request is under the cursor and officers act on it.
const DESK: Places = Places::These(&[QUEUE, Request, Review]);
/// Where an applicant's request is under the cursor too.
const REQUESTS: Places = Places::These(&[QUEUE, Request, Review, Screen(ScreenId::MyRequests)]);
/// Where a filter is typed.
const LISTS: Places = Places::These(&[QUEUE, CERTIFICATES, Screen(ScreenId::Accounts)]);
const CERTIFICATES: Place = Screen(ScreenId::Certificates);
/// Where rows can be marked.
const MARKABLE: Places = Places::These(&[QUEUE, Adopted]);
const CRLS: Places = Places::These(&[Screen(ScreenId::Crl)]);
const ACCOUNTS: Places = Places::These(&[Screen(ScreenId::Accounts)]);
const MY_REQUESTS: Place = Screen(ScreenId::MyRequests);
const FORMS: Places = Places::These(&[Form, DangerPlace, Login, Filing]);

/// THE table.
#[rustfmt::skip] // One row a line: the table reads as a table.
pub static ACTIONS: &[Action] = &[
    row(ActionId::Enter, "enter", &[k(KeyCode::Enter)], Places::Everywhere).moves(),
    row(ActionId::Back, "back", &[k(KeyCode::Esc)], Places::Everywhere).moves().footer_at(90, LEAVABLE),
    row(ActionId::Up, "up", &[k(KeyCode::Up), c('k')], Places::Everywhere).moves(),
    row(ActionId::Down, "down", &[k(KeyCode::Down), c('j')], Places::Everywhere).moves(),
    row(ActionId::Left, "left", &[k(KeyCode::Left), c('h')], Places::Everywhere).moves(),
    row(ActionId::Right, "right", &[k(KeyCode::Right), c('l')], Places::Everywhere).moves(),
    row(ActionId::PageUp, "page-up", &[k(KeyCode::PageUp), Key::ctrl('b')], Places::Everywhere).moves(),
    row(ActionId::PageDown, "page-down", &[k(KeyCode::PageDown), Key::ctrl('f')], Places::Everywhere).moves(),
    row(ActionId::First, "first", &[k(KeyCode::Home), c('g')], Places::Everywhere).moves(),
    row(ActionId::Last, "last", &[k(KeyCode::End), c('G')], Places::Everywhere).moves(),
    row(ActionId::NextField, "next-field", &[k(KeyCode::Tab)], FORMS).moves().footer_at(3, &[Login]),
    row(ActionId::PreviousField, "previous-field", &[k(KeyCode::BackTab)], FORMS).moves(),
    row(ActionId::NextScreen, "next-screen", &[k(KeyCode::Tab)], SCREENS_BUT_FILING).moves(),
    row(ActionId::PreviousScreen, "previous-screen", &[k(KeyCode::BackTab)], SCREENS_BUT_FILING).moves(),
    row(ActionId::Submit, "submit", &[Key::ctrl('x')], Places::These(&[Form, DangerPlace, Filing])).when(complete).moves().footer(1),
    // Acts on a request, in the order of the procedure; in the footer what the next step needs comes first.
    row(ActionId::Review, "review", &[c('p')], Places::These(&[QUEUE, Request])).when(officer).footer(1),
    row(ActionId::Claim, "claim", &[c('a')], DESK).asks(Act::Claim).batch().footer(3),
    row(ActionId::Release, "release", &[c('u')], DESK).asks(Act::Release).batch().footer_at(11, ONE_REQUEST),
    row(ActionId::Tick, "tick", &[c(' ')], Places::These(&[Review, Form, Filing])).when(ticking).footer(2),
    row(ActionId::Verify, "verify", &[c('v')], Places::These(&[Review])).asks(Act::Verify).when(checked).footer(1),
    row(ActionId::Match, "match", &[c('m')], Places::These(&[Review])).asks(Act::Match).footer(1),
    row(ActionId::Approve, "approve", &[c('o')], DESK).asks(Act::Approve).batch().danger(Danger::Confirm).footer_at(2, ONE_REQUEST),
    row(ActionId::Revoke, "revoke", &[c('c')], DESK).asks(Act::Revoke).batch().danger(Danger::TypeSerial).footer_at(1, ONE_REQUEST),
    row(ActionId::Return, "return", &[c('r')], DESK).asks(Act::Return).danger(Danger::Confirm).footer_at(6, ONE_REQUEST),
    row(ActionId::Reject, "reject", &[c('t')], DESK).asks(Act::Reject).danger(Danger::Confirm).footer_at(7, ONE_REQUEST),
    row(ActionId::ChangeReason, "change-reason", &[c('e')], DESK).asks(Act::ChangeReason).danger(Danger::Confirm).footer_at(9, ONE_REQUEST),
    row(ActionId::RecordNotice, "record-notice", &[c('b')], DESK).asks(Act::RecordNotice).danger(Danger::Confirm).footer_at(12, ONE_REQUEST),
    row(ActionId::Acknowledge, "acknowledge", &[c('d')], REQUESTS).asks(Act::Acknowledge).danger(Danger::Confirm).footer_at(13, ONE_REQUEST),
    row(ActionId::Withdraw, "withdraw", &[c('w')], REQUESTS).asks(Act::Withdraw).danger(Danger::Confirm).footer_at(14, ONE_REQUEST),
    row(ActionId::ConsentToWithdraw, "consent-to-withdraw", &[c('W')], DESK).asks(Act::ConsentToWithdraw).danger(Danger::Confirm).footer_at(15, ONE_REQUEST),
    row(ActionId::Recall, "recall", &[c('K')], DESK).asks(Act::Recall).footer_at(10, ONE_REQUEST),
    row(ActionId::SharedKey, "shared-key", &[c('T')], REQUESTS).danger(Danger::Confirm).when(files_requests).footer_at(8, ONE_REQUEST),
    row(ActionId::RevealNik, "reveal-nik", &[c('N')], Places::These(&[QUEUE, Request, Review, Screen(ScreenId::Accounts)])).when(|f| selected(f).and_then(|()| f.permitted(Permission::ReadNik))).footer_at(12, &[Screen(ScreenId::Accounts)]),
    row(ActionId::Hold, "hold", &[c('t')], Places::These(&[CERTIFICATES])).asks(Act::Hold).danger(Danger::TypeSerial).when(decides).footer(2),
    row(ActionId::ReleaseHold, "release-hold", &[c('u')], Places::These(&[CERTIFICATES])).asks(Act::ReleaseHold).danger(Danger::TypeSerial).when(decides).footer(2),
    row(ActionId::ApproveSuspension, "approve-suspension", &[c('o')], Places::These(&[CERTIFICATES])).danger(Danger::TypeSerial).when(approves_suspension).footer(3),
    // The applicant's side.
    row(ActionId::FileRequest, "file-request", &[c('a')], Places::These(&[Screen(ScreenId::MyCertificates), CERTIFICATES])).when(files_requests).footer(1),
    row(ActionId::OtherApplicant, "other-applicant", &[c('p')], Places::These(&[Screen(ScreenId::MyCertificates)])).when(|f| f.permitted(Permission::FindApplicant)).footer(2),
    row(ActionId::FillForm, "fill-form", &[c('f')], Places::These(&[MY_REQUESTS, Request])).when(form_open).footer(1),
    row(ActionId::Receipt, "receipt", &[c('m')], Places::These(&[MY_REQUESTS])).when(selected).footer(15),
    row(ActionId::NextStep, "next-step", &[Key::ctrl('n')], Places::These(&[Filing])).footer(2),
    row(ActionId::PreviousStep, "previous-step", &[Key::ctrl('p')], Places::These(&[Filing])).footer(3),
    row(ActionId::WriteForm, "write-form", &[Key::ctrl('t')], Places::These(&[Filing])).footer(4),
    // CRL, outbox, log.
    row(ActionId::IssueCrl, "issue-crl", &[c('t')], CRLS).danger(Danger::Confirm).when(|f| f.permitted(Permission::IssueCrl)).footer(1),
    row(ActionId::CheckCrl, "check-crl", &[c('v')], CRLS).footer(2),
    row(ActionId::UnlockKey, "unlock-key", &[c('b')], CRLS).danger(Danger::Confirm).when(|f| f.permitted(Permission::UnlockKeys)).footer(3),
    row(ActionId::ConfirmClock, "confirm-clock", &[c('w')], CRLS).danger(Danger::Confirm).when(|f| f.permitted(Permission::IssueCrl)).footer(4),
    row(ActionId::Adopted, "adopted", &[c('a')], CRLS).when(selected).footer(5),
    row(ActionId::IssuerSettings, "issuer-settings", &[c('e')], CRLS).danger(Danger::Confirm).when(|f| f.permitted(Permission::ManageIssuers)).footer(4),
    row(ActionId::ConfirmAdopted, "confirm-adopted", &[c('o')], Places::These(&[Adopted])).danger(Danger::Confirm).when(adopts).footer(1),
    row(ActionId::ConfirmAllAdopted, "confirm-all-adopted", &[c('T')], Places::These(&[Adopted])).danger(Danger::Confirm).when(adopts).footer(3),
    row(ActionId::RetryMail, "retry-mail", &[c('r')], Places::These(&[Screen(ScreenId::Mails)])).when(|f| selected(f).and_then(|()| f.permitted(Permission::RetryMails))).footer(1),
    row(ActionId::VerifyLog, "verify-log", &[c('v')], Places::These(&[Screen(ScreenId::Log)])).footer(1),
    row(ActionId::StatusFilter, "status-filter", &[c('f')], Places::These(&[CERTIFICATES])).footer(21),
    // Accounts.
    row(ActionId::CreateAccount, "create-account", &[c('b')], ACCOUNTS).danger(Danger::Confirm).when(|f| f.permitted(Permission::ManageAccounts)).footer(1),
    row(ActionId::ChangeRoles, "change-roles", &[c('e')], ACCOUNTS).danger(Danger::Confirm).when(manages_accounts).footer(2),
    row(ActionId::ApproveGrants, "approve-grants", &[c('o')], ACCOUNTS).danger(Danger::Confirm).when(manages_accounts).footer(3),
    row(ActionId::CancelGrants, "cancel-grants", &[c('w')], Places::These(&[Screen(ScreenId::Accounts), Screen(ScreenId::MyCertificates)])).danger(Danger::Confirm).footer_at(3, &[Screen(ScreenId::Accounts)]),
    row(ActionId::ResetPassword, "reset-password", &[c('r')], ACCOUNTS).danger(Danger::Confirm).when(manages_accounts).footer(4),
    row(ActionId::ResetTotp, "reset-totp", &[c('t')], ACCOUNTS).danger(Danger::Confirm).when(manages_accounts).footer(5),
    row(ActionId::BindUid, "bind-uid", &[c('u')], ACCOUNTS).danger(Danger::Confirm).when(manages_accounts).footer(6),
    row(ActionId::EnableAccount, "enable-account", &[c('a')], ACCOUNTS).danger(Danger::Confirm).when(manages_accounts).footer(7),
    row(ActionId::DisableAccount, "disable-account", &[c('d')], ACCOUNTS).danger(Danger::Confirm).when(manages_accounts).footer(8),
    // Sessions.
    row(ActionId::EndSession, "end-session", &[c('a')], Places::These(&[Screen(ScreenId::Sessions)])).danger(Danger::Confirm).when(|f| selected(f).and_then(|()| f.permitted(Permission::EndSessions))).footer(1),
    // The report.
    row(ActionId::Report, "report", &[c('r')], Places::These(&[Screen(ScreenId::Dashboard)])).footer(1),
    row(ActionId::ExportReport, "export-report", &[c('s')], Places::These(&[Report])).footer(1),
    // Finding.
    row(ActionId::Filter, "filter", &[c('/')], LISTS).footer(20),
    row(ActionId::ClearFilter, "clear-filter", &[c('x')], LISTS).when(filtered),
    row(ActionId::Sort, "sort", &[c('s')], Places::These(&[QUEUE])).footer(21),
    row(ActionId::SortReverse, "sort-reverse", &[c('i')], Places::These(&[QUEUE])),
    row(ActionId::Jump, "jump", &[c('n')], Places::These(&[QUEUE, Screen(ScreenId::Log)])).footer(22),
    row(ActionId::Mark, "mark", &[c(' ')], MARKABLE).when(selected).footer_at(2, &[Adopted]),
    row(ActionId::MarkAll, "mark-all", &[c('*')], MARKABLE),
    row(ActionId::Unmark, "unmark", &[c('U')], MARKABLE).when(marked),
    row(ActionId::Split, "split", &[c('|')], Places::These(&[QUEUE])).when(wide),
    row(ActionId::CopyNumber, "copy-number", &[c('y')], REQUESTS).when(selected),
    row(ActionId::CopySerial, "copy-serial", &[c('Y')], Places::These(&[QUEUE, Request, Review, MY_REQUESTS, CERTIFICATES, Screen(ScreenId::MyCertificates), Adopted])).when(selected),
    row(ActionId::CopyLetter, "copy-letter", &[c('z')], REQUESTS).when(letter),
    // The house.
    row(ActionId::Help, "help", &[c('?')], Places::Everywhere).footer(91),
    row(ActionId::Palette, "palette", &[c(':')], Places::Screens).footer(92),
    row(ActionId::Messages, "messages", &[c('M')], Places::Screens),
    row(ActionId::Language, "language", &[c('L')], Places::Everywhere),
    row(ActionId::Settings, "settings", &[c(',')], Places::Screens),
    row(ActionId::Redraw, "redraw", &[Key::ctrl('l')], Places::Everywhere),
    row(ActionId::Detach, "detach", &[Key::ctrl('z')], Places::Everywhere),
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
    go(ScreenId::Sessions, &[c('0')]),
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
    Screen(ScreenId::Sessions),
    Request,
    Review,
    Report,
    Adopted,
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
        ScreenId::Sessions => |f| f.permitted(Permission::ReadSessions),
    };
    action
}
