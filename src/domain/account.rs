//! People: accounts, roles, scopes, and the actor who asks for something.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::identifiers::{AccountId, Nik, Nip, Username};
use super::instant::Timestamp;

/// What a person may be. One person may hold several roles.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Applicant; owns certificates.
    Pemohon,
    /// Field officer who accompanies steps 2-4 and may file on the applicant's behalf.
    Pendamping,
    /// Verifier: checks, approves, returns, rejects, revokes.
    Op,
    /// Reads everything, changes nothing.
    Auditor,
    /// Accounts, CAs, settings; no right to revoke by that role alone.
    Admin,
}

impl Role {
    pub const ALL: [Self; 5] = [
        Self::Pemohon,
        Self::Pendamping,
        Self::Op,
        Self::Auditor,
        Self::Admin,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Pemohon => "pemohon",
            Self::Pendamping => "pendamping",
            Self::Op => "op",
            Self::Auditor => "auditor",
            Self::Admin => "admin",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|r| r.name().eq_ignore_ascii_case(text.trim()))
    }
}

/// Whose requests an OP may decide.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub enum Scope {
    #[default]
    All,
    /// Only owners of these agencies (instansi), compared without regard to case.
    Agencies(BTreeSet<String>),
}

impl Scope {
    pub fn covers(&self, agency: &str) -> bool {
        match self {
            Self::All => true,
            Self::Agencies(set) => set.iter().any(|a| a.eq_ignore_ascii_case(agency.trim())),
        }
    }

    /// Whether everything that `other` covers is covered too.
    pub fn includes(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::All, _) => true,
            (Self::Agencies(_), Self::All) => false,
            (Self::Agencies(_), Self::Agencies(set)) => set.iter().all(|a| self.covers(a)),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AccountStatus {
    Active,
    Disabled,
}

/// The language of a person's screen and mail.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    #[default]
    Id,
    En,
}

impl Language {
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::En => "en",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        match text.trim().to_ascii_lowercase().as_str() {
            "id" => Some(Self::Id),
            "en" => Some(Self::En),
            _ => None,
        }
    }
}

/// A change to an account that waits for a second admin's word or for its delay to pass.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PendingGrant {
    pub change: GrantChange,
    pub asked_by: AccountId,
    pub asked_at: Timestamp,
    /// When it takes effect without a second word: 24 h after it was asked, by policy.
    pub effective_at: Timestamp,
}

/// The changes of [`PendingGrant`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum GrantChange {
    /// The roles and scope that will hold, among them op or admin which the account lacked.
    Roles { roles: BTreeSet<Role>, scope: Scope },
    /// A new one-time password was set for an op; the hash waits in the credential store.
    ResetPassword,
    /// The second factor will be taken away, to be enrolled anew.
    ResetTotp,
    /// This unix user's login will stand for the account.
    BindUid(u32),
}

/// An account. Passwords, TOTP seeds and the clear NIK live elsewhere.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Account {
    pub id: AccountId,
    pub username: Username,
    /// Full name with titles, as on letters.
    pub name: String,
    pub nip: Option<Nip>,
    /// Instansi.
    pub agency: String,
    /// Unit kerja.
    pub unit: String,
    /// Jabatan.
    pub position: String,
    /// Email dinas.
    pub email: String,
    pub roles: BTreeSet<Role>,
    pub scope: Scope,
    pub status: AccountStatus,
    pub language: Language,
    /// The unix user bound to this account; one uid, one account.
    pub uid: Option<u32>,
    pub created_at: Timestamp,
    /// The password was given by somebody else and must be changed at the next login.
    pub must_change_password: bool,
    pub totp_enrolled: bool,
    pub pending: Vec<PendingGrant>,
    /// Counts every change; a change made against an older version is refused.
    pub version: u64,
}

impl Account {
    pub fn has(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }
}

/// A person's fields that are encrypted under a key of their own, so that they can be erased.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct PersonalFields {
    pub nik: Option<Nik>,
}

/// Who asks. `decide` trusts what stands here: the desk fills it after login and peer check.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Actor {
    /// The desk itself: publisher, mailer, scheduler.
    System,
    Person(Person),
}

/// A logged-in person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Person {
    pub id: AccountId,
    pub roles: BTreeSet<Role>,
    pub scope: Scope,
    /// The unix uid at the other end of the socket.
    pub peer_uid: Option<u32>,
    /// The officer whose unix user carried this login, who thereby accompanies whatever the person files.
    pub accompanied_by: Option<AccountId>,
}

impl Person {
    pub fn has(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }
}

impl Actor {
    pub fn account(&self) -> Option<AccountId> {
        match self {
            Self::System => None,
            Self::Person(p) => Some(p.id),
        }
    }
}
