//! Where a person can be: the screens that the bar at the top names, and the places (screens, forms, dialogs) that the
//! action table's rows are tied to.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::domain::Role;
use crate::domain::permission::Permission;

/// A screen that a digit opens.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum ScreenId {
    Dashboard,
    Queue,
    Certificates,
    Crl,
    Mails,
    Log,
    Accounts,
    MyCertificates,
    MyRequests,
    Sessions,
}

impl ScreenId {
    pub const ALL: [Self; 10] = [
        Self::Dashboard,
        Self::Queue,
        Self::Certificates,
        Self::Crl,
        Self::Mails,
        Self::Log,
        Self::Accounts,
        Self::MyCertificates,
        Self::MyRequests,
        Self::Sessions,
    ];

    /// The stable name: `--screen queue`, and the message `screen-queue`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Dashboard => "dashboard",
            Self::Queue => "queue",
            Self::Certificates => "certificates",
            Self::Crl => "crl",
            Self::Mails => "mails",
            Self::Log => "log",
            Self::Accounts => "accounts",
            Self::MyCertificates => "my-certificates",
            Self::MyRequests => "my-requests",
            Self::Sessions => "sessions",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|s| s.name().eq_ignore_ascii_case(text.trim()))
    }

    /// The digit that opens it: always the same one, whoever looks.
    pub const fn digit(self) -> char {
        match self {
            Self::Dashboard => '1',
            Self::Queue => '2',
            Self::Certificates => '3',
            Self::Crl => '4',
            Self::Mails => '5',
            Self::Log => '6',
            Self::Accounts => '7',
            Self::MyCertificates => '8',
            Self::MyRequests => '9',
            Self::Sessions => '0',
        }
    }

    /// Whose screen it is; anyone with one of these roles has it.
    pub const fn roles(self) -> &'static [Role] {
        match self {
            Self::Dashboard | Self::Queue | Self::Certificates | Self::Crl => {
                &[Role::Op, Role::Auditor, Role::Admin]
            }
            Self::Mails | Self::Log => &[Role::Op, Role::Auditor, Role::Admin],
            Self::Accounts => &[Role::Op, Role::Auditor, Role::Admin],
            Self::MyCertificates | Self::MyRequests => &[Role::Pemohon, Role::Pendamping],
            Self::Sessions => Permission::ReadSessions.roles(),
        }
    }

    /// The screens of someone with these roles, in the order of their digits.
    pub fn of(roles: &BTreeSet<Role>) -> Vec<Self> {
        Self::ALL
            .into_iter()
            .filter(|s| s.roles().iter().any(|r| roles.contains(r)))
            .collect()
    }

    /// Where someone with these roles begins.
    pub fn first(roles: &BTreeSet<Role>) -> Self {
        let screens = Self::of(roles);
        if screens.contains(&Self::Queue) {
            Self::Queue
        } else {
            screens.first().copied().unwrap_or(Self::MyRequests)
        }
    }
}

/// A place that has its own actions.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Place {
    /// Login, forced password change, TOTP enrolment.
    Login,
    Screen(ScreenId),
    /// One request with its tabs, over the whole screen.
    Request,
    /// The guided review of steps 5 to 8.
    Review,
    /// The SOP report of a month.
    Report,
    /// The adopted entries of an issuer.
    Adopted,
    /// The applicant's form in four steps.
    Filing,
    /// A dialog with fields that changes something.
    Form,
    /// A dialog whose act cannot be undone.
    Danger,
    /// Something to choose from or to read: palette, help, messages, sorting.
    Choice,
    /// The line in which a filter or a number is typed.
    Prompt,
}

impl Place {
    /// Every place, for help, README and tests.
    pub fn all() -> Vec<Self> {
        let mut all: Vec<Self> = ScreenId::ALL.into_iter().map(Self::Screen).collect();
        all.extend([
            Self::Login,
            Self::Request,
            Self::Review,
            Self::Report,
            Self::Adopted,
            Self::Filing,
            Self::Form,
            Self::Danger,
            Self::Choice,
            Self::Prompt,
        ]);
        all
    }

    /// The message that names it is `place-<name>`, a screen's `screen-<name>`.
    pub fn message(self) -> String {
        match self {
            Self::Screen(screen) => format!("screen-{}", screen.name()),
            Self::Login => "place-login".to_owned(),
            Self::Request => "place-request".to_owned(),
            Self::Review => "place-review".to_owned(),
            Self::Report => "place-report".to_owned(),
            Self::Adopted => "place-adopted".to_owned(),
            Self::Filing => "place-filing".to_owned(),
            Self::Form => "place-form".to_owned(),
            Self::Danger => "place-danger".to_owned(),
            Self::Choice => "place-choice".to_owned(),
            Self::Prompt => "place-prompt".to_owned(),
        }
    }
}

/// A set of places, as rows of the action table name it.
#[derive(Clone, Copy, Debug)]
pub enum Places {
    /// Wherever a person can be.
    Everywhere,
    /// Wherever no dialog is open and somebody is logged in.
    Screens,
    /// In dialogs, forms and the login.
    Dialogs,
    These(&'static [Place]),
}

impl Places {
    pub fn contain(self, place: Place) -> bool {
        let screen = matches!(
            place,
            Place::Screen(_)
                | Place::Request
                | Place::Review
                | Place::Report
                | Place::Adopted
                | Place::Filing
        );
        match self {
            Self::Everywhere => true,
            Self::Screens => screen,
            Self::Dialogs => !screen,
            Self::These(places) => places.contains(&place),
        }
    }
}
