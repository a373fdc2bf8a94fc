//! Detached sessions, so that a person who logs in again finds screen, filter and half-typed form. What the octets say
//! is the tui's; no password, code or unmasked NIK is ever among them.

use serde::{Deserialize, Serialize};

use super::database::{Reader, Writer};
use super::error::StoreError;
use super::key::Span;
use super::table::{Table, table};
use super::value::{Record, record};
use crate::domain::{AccountId, Timestamp};

pub(crate) const SESSIONS: Table = table("sessions");

/// A session as it was left; one an account.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SavedSession {
    pub saved_at: Timestamp,
    /// The unix uid it ran under: another one starts afresh.
    pub peer_uid: Option<u32>,
    pub bytes: Vec<u8>,
}

record!(SavedSession, "sessions");

impl Reader {
    pub fn session(&self, id: AccountId) -> Result<Option<SavedSession>, StoreError> {
        self.get(SESSIONS, &id.0)
    }

    /// Every session that was left: at most one an account.
    pub fn sessions(&self) -> Result<Vec<(AccountId, SavedSession)>, StoreError> {
        let mut found = Vec::new();
        self.each(SESSIONS, &Span::all(), |key, value| {
            if let Ok(id) = key.try_into() {
                found.push((AccountId(id), SavedSession::decode(value)?));
            }
            Ok(())
        })?;
        Ok(found)
    }
}

impl Writer {
    pub fn put_session(&mut self, id: AccountId, session: &SavedSession) -> Result<(), StoreError> {
        self.put(SESSIONS, &id.0, session)
    }

    /// Whether there was one.
    pub fn delete_session(&mut self, id: AccountId) -> Result<bool, StoreError> {
        self.delete(SESSIONS, &id.0)
    }

    /// Forgets sessions saved before `before`. Returns how many went.
    pub fn forget_sessions(&mut self, before: Timestamp) -> Result<usize, StoreError> {
        let mut old = Vec::new();
        self.each(SESSIONS, &Span::all(), |key, value| {
            if SavedSession::decode(value)?.saved_at < before {
                old.push(key.to_vec());
            }
            Ok(())
        })?;
        for key in &old {
            self.delete(SESSIONS, key)?;
        }
        Ok(old.len())
    }
}
