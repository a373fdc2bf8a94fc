//! What a person proves himself with, and how often somebody failed to. Hashes and sealed seeds only; whether a
//! password must be changed or a second factor is enrolled stands on the account.

use serde::{Deserialize, Serialize};

use super::database::{Reader, Writer};
use super::error::StoreError;
use super::key::{Key, Span};
use super::table::{Table, table};
use super::value::{Record, record};
use crate::domain::{AccountId, Timestamp};

pub(crate) const CREDENTIALS: Table = table("credentials");
pub(crate) const THROTTLES: Table = table("throttles");

/// One account's means of login.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Credentials {
    /// argon2id in PHC form; absent before the first password.
    pub password: Option<String>,
    pub password_changed_at: Timestamp,
    /// A reset that waits for its grant (PHC form).
    pub pending_password: Option<String>,
    /// The TOTP seed as the desk's key sealed it.
    pub totp_seed: Option<Vec<u8>>,
    /// A seed shown for enrolment and not confirmed yet, sealed likewise.
    pub pending_totp_seed: Option<Vec<u8>>,
    /// The last accepted step (RFC 6238 §5.2: a code is accepted once).
    pub last_totp_step: Option<u64>,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Credentials(…)")
    }
}

record!(Credentials, "credentials");

/// At whose door somebody failed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ThrottleSubject {
    Account(AccountId),
    /// A username that nobody has, by a bucket of its hash: the name itself is kept nowhere.
    Unknown(u16),
}

/// Failed logins from one peer at one door.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Throttle {
    pub failures: u32,
    pub last_failure: Timestamp,
    /// No try is looked at before this.
    pub blocked_until: Timestamp,
}

record!(Throttle, "throttles");

/// `peer`: the unix uid at the other end; absent for none.
fn throttle_key(subject: ThrottleSubject, peer: Option<u32>) -> Vec<u8> {
    let key = match subject {
        ThrottleSubject::Account(id) => Key::new().byte(0).id(&id.0),
        ThrottleSubject::Unknown(bucket) => Key::new().byte(1).raw(&bucket.to_be_bytes()),
    };
    match peer {
        Some(uid) => key.byte(1).u32(uid).done(),
        None => key.byte(0).done(),
    }
}

impl Reader {
    pub fn credentials(&self, id: AccountId) -> Result<Option<Credentials>, StoreError> {
        self.get(CREDENTIALS, &id.0)
    }

    /// All zero if nothing failed.
    pub fn throttle(
        &self,
        subject: ThrottleSubject,
        peer: Option<u32>,
    ) -> Result<Throttle, StoreError> {
        let found = self.get(THROTTLES, &throttle_key(subject, peer))?;
        Ok(found.unwrap_or_default())
    }
}

impl Writer {
    pub fn put_credentials(
        &mut self,
        id: AccountId,
        credentials: &Credentials,
    ) -> Result<(), StoreError> {
        self.put(CREDENTIALS, &id.0, credentials)
    }

    /// Takes a TOTP step if it is later than the last one taken. Whether it was.
    pub fn take_totp_step(&mut self, id: AccountId, step: u64) -> Result<bool, StoreError> {
        let Some(mut credentials) = self.credentials(id)? else {
            return Ok(false);
        };
        if credentials.last_totp_step.is_some_and(|last| step <= last) {
            return Ok(false);
        }
        credentials.last_totp_step = Some(step);
        self.put_credentials(id, &credentials)?;
        Ok(true)
    }

    pub fn put_throttle(
        &mut self,
        subject: ThrottleSubject,
        peer: Option<u32>,
        throttle: &Throttle,
    ) -> Result<(), StoreError> {
        self.put(THROTTLES, &throttle_key(subject, peer), throttle)
    }

    /// Forgets the failures from one peer, as after a good login.
    pub fn clear_throttle(
        &mut self,
        subject: ThrottleSubject,
        peer: Option<u32>,
    ) -> Result<(), StoreError> {
        self.delete(THROTTLES, &throttle_key(subject, peer))
            .map(drop)
    }

    /// Forgets failures whose last one was before `before`. Returns how many rows went.
    pub fn forget_throttles(&mut self, before: Timestamp) -> Result<usize, StoreError> {
        let mut old = Vec::new();
        self.each(THROTTLES, &Span::all(), |key, value| {
            if Throttle::decode(value)?.last_failure < before {
                old.push(key.to_vec());
            }
            Ok(())
        })?;
        for key in &old {
            self.delete(THROTTLES, key)?;
        }
        Ok(old.len())
    }
}
