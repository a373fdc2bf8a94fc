//! Who is at the desk: the screens that are open now, and those that were left and may be taken up again. Open screens
//! are known to this process only; an admin may end either.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::audit::{Action, ObjectRef};
use crate::domain::permission::Permission;
use crate::domain::{AccountId, Refusal, Role, Timestamp};

use super::transaction::Signer;
use super::view::Change;
use super::{Desk, DeskError, Identity, PersonName};

/// The number of a session, counted from the desk's start; one that was left has its account's id instead.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum SessionId {
    Open(u64),
    Left(AccountId),
}

impl std::fmt::Display for SessionId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Open(number) => number.fmt(f),
            Self::Left(account) => account.fmt(f),
        }
    }
}

/// One session as lists show it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SessionRow {
    pub id: SessionId,
    /// Nobody has logged in yet where there is none.
    pub person: Option<PersonName>,
    /// The unix user at the other end.
    pub peer_uid: Option<u32>,
    pub state: SessionState,
    /// The screen that is open.
    pub screen: Option<&'static str>,
    pub begun: Timestamp,
    /// When the person last did something, or left.
    pub last_input: Timestamp,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SessionState {
    Open,
    Locked,
    /// The link went; the same person may take it up again.
    Left,
}

impl SessionState {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Locked => "locked",
            Self::Left => "left",
        }
    }
}

/// What a session tells of itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Presence {
    pub account: Option<AccountId>,
    pub screen: Option<&'static str>,
    pub locked: bool,
    pub last_input: Timestamp,
}

/// The open sessions.
#[derive(Default)]
pub(super) struct Book(Mutex<Page>);

#[derive(Default)]
struct Page {
    last: u64,
    open: BTreeMap<u64, Entry>,
}

struct Entry {
    peer_uid: Option<u32>,
    begun: Timestamp,
    presence: Presence,
}

impl Book {
    fn page(&self) -> MutexGuard<'_, Page> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A session's line in the book; it goes when this is dropped.
pub struct Attendance {
    desk: Desk,
    number: u64,
}

impl Attendance {
    pub const fn number(&self) -> u64 {
        self.number
    }

    /// When this person last had a key at another open screen, if he has one.
    pub fn elsewhere(&self, account: AccountId) -> Option<Timestamp> {
        let page = self.desk.inner.attendance.page();
        let others = page.open.iter().filter(|(number, entry)| {
            let presence = &entry.presence;
            **number != self.number && presence.account == Some(account) && !presence.locked
        });
        others.map(|(_, entry)| entry.presence.last_input).max()
    }

    /// Writes down what is so now; who follows the list is told when somebody logged in or a screen was locked, not of
    /// every key.
    pub fn note(&self, presence: Presence) {
        let mut page = self.desk.inner.attendance.page();
        let Some(entry) = page.open.get_mut(&self.number) else {
            return;
        };
        let before = entry.presence;
        entry.presence = presence;
        if presence.locked {
            // A covered screen is still that of the person who left it.
            entry.presence.account = presence.account.or(before.account);
        }
        let now = entry.presence;
        drop(page);
        if (now.account, now.locked) != (before.account, before.locked) {
            self.desk.announce(&[Change::Sessions]);
        }
    }
}

impl Drop for Attendance {
    fn drop(&mut self) {
        self.desk.inner.attendance.page().open.remove(&self.number);
        self.desk.announce(&[Change::Sessions]);
    }
}

impl Desk {
    /// A session begins.
    pub fn attend(&self, peer_uid: Option<u32>) -> Attendance {
        let now = self.now();
        let mut page = self.inner.attendance.page();
        page.last += 1;
        let number = page.last;
        let presence = Presence {
            account: None,
            screen: None,
            locked: false,
            last_input: now,
        };
        let entry = Entry {
            peer_uid,
            begun: now,
            presence,
        };
        page.open.insert(number, entry);
        drop(page);
        self.announce(&[Change::Sessions]);
        Attendance {
            desk: self.clone(),
            number,
        }
    }

    /// How many screens are open, logged in or not.
    pub fn open_sessions(&self) -> usize {
        self.inner.attendance.page().open.len()
    }

    /// Every session, open ones first.
    pub fn sessions(&self, who: &Identity) -> Result<Vec<SessionRow>, DeskError> {
        self.permit(who, Permission::ReadSessions)?;
        let mut rows: Vec<SessionRow> = self
            .inner
            .attendance
            .page()
            .open
            .iter()
            .map(|(number, entry)| SessionRow {
                id: SessionId::Open(*number),
                person: entry.presence.account.map(|id| self.person(id)),
                peer_uid: entry.peer_uid,
                state: if entry.presence.locked {
                    SessionState::Locked
                } else {
                    SessionState::Open
                },
                screen: entry.presence.screen,
                begun: entry.begun,
                last_input: entry.presence.last_input,
            })
            .collect();
        let here: Vec<AccountId> = self
            .inner
            .attendance
            .page()
            .open
            .values()
            .filter_map(|entry| entry.presence.account)
            .collect();
        let since = self.now().plus(-self.settings().draft_resume);
        for (account, saved) in self.inner.store.read()?.sessions()? {
            if saved.saved_at >= since && !here.contains(&account) {
                rows.push(SessionRow {
                    id: SessionId::Left(account),
                    person: Some(self.person(account)),
                    peer_uid: saved.peer_uid,
                    state: SessionState::Left,
                    screen: None,
                    begun: saved.saved_at,
                    last_input: saved.saved_at,
                });
            }
        }
        Ok(rows)
    }

    /// Ends a session, open or left; logged.
    pub fn end_session(&self, who: &Identity, id: &str) -> Result<(), DeskError> {
        self.permit(who, Permission::EndSessions)?;
        let row = self
            .sessions(who)?
            .into_iter()
            .find(|row| row.id.to_string() == id)
            .ok_or(Refusal::NotFound)?;
        let account = match &row.id {
            SessionId::Left(account) => Some(*account),
            SessionId::Open(number) => self
                .inner
                .attendance
                .page()
                .open
                .get(number)
                .and_then(|entry| entry.presence.account),
        };
        let object = account.map_or(ObjectRef::Desk, ObjectRef::Account);
        self.transact(Signer::person(who.person(), &[Role::Admin]), |tx| {
            tx.log(Action::SESI_DIAKHIRI, object, |_| {})
        })?;
        // What a locked screen would take up goes too.
        if let Some(account) = account {
            self.inner.store.write::<_, DeskError>(|w| {
                w.delete_session(account)?;
                Ok(())
            })?;
        }
        if let SessionId::Open(number) = row.id {
            self.announce(&[Change::SessionEnded(number)]);
        }
        self.announce(&[Change::Sessions]);
        Ok(())
    }
}
