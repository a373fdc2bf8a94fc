//! Login: password, second factor, throttle without lock-out. The same answer and the same time for an unknown user
//! and a wrong password; failures are logged by account or as unknown, never by the text that was typed.

use std::sync::PoisonError;

use secrecy::SecretString;

use crate::audit::{Action, ActorRef, FailedLogins, ObjectRef};
use crate::domain::account::AccountStatus;
use crate::domain::instant::{MINUTE, SECOND};
use crate::domain::{Account, AccountId, Refusal, Role, Timestamp, Username};
use crate::store::{Reader, Throttle, ThrottleSubject};

use super::transaction::{Signer, found};
use super::{Desk, DeskError, Identity};

/// Failed logins not yet logged.
pub(super) type Failures = FailedLogins;

/// What somebody types to log in.
#[derive(Clone, Debug)]
pub struct Credentials {
    pub username: String,
    pub password: SecretString,
    pub totp: Option<String>,
    /// The unix user at the other end.
    pub peer_uid: Option<u32>,
}

/// What came of a login whose password was right.
#[derive(Clone, Debug)]
pub enum Login {
    In(Identity),
    /// The account has a second factor: ask for its code.
    NeedsTotp,
    /// The password was given by somebody else; until it is changed nothing else is possible.
    MustChangePassword(Identity),
    /// Policy demands a second factor from this role and none is enrolled yet.
    MustEnrolTotp(Identity),
}

#[derive(Debug, thiserror::Error)]
pub enum LoginError {
    /// Unknown user, wrong password, wrong code or disabled account: nobody learns which.
    #[error("user name, password or code is wrong")]
    Wrong,
    #[error("too many failed logins; try again in {seconds} s")]
    Throttled { seconds: i64 },
    #[error(transparent)]
    Failed(#[from] DeskError),
}

/// Failures that cost nothing yet; each further one doubles the wait up to [`LONGEST_WAIT`].
const FREE_FAILURES: u32 = 3;
const LONGEST_WAIT: i64 = 15 * MINUTE;
/// Unknown names share this many throttles, so that a guesser cannot fill the database.
const BUCKETS: u16 = 64;

impl Desk {
    /// Checks what was typed.
    pub fn login(&self, given: &Credentials) -> Result<Login, LoginError> {
        let now = self.now();
        let reader = self.inner.store.read().map_err(DeskError::from)?;
        let account = Username::parse(&given.username)
            .ok()
            .and_then(|name| reader.account_by_username(&name).transpose())
            .transpose()
            .map_err(DeskError::from)?;
        let subject = account.as_ref().map_or_else(
            || unknown(&given.username),
            |a| ThrottleSubject::Account(a.id),
        );
        self.not_throttled(&reader, subject, given.peer_uid, now)?;
        let stored = match &account {
            Some(a) => reader.credentials(a.id).map_err(DeskError::from)?,
            None => None,
        };
        drop(reader);
        let hash = stored.as_ref().and_then(|c| c.password.as_deref());
        let right = self.inner.hasher.verify(&given.password, hash);
        let (Some(account), Some(stored), true) = (account, stored, right) else {
            return Err(self.failed(subject, given.peer_uid, now)?);
        };
        if account.status != AccountStatus::Active {
            return Err(self.failed(subject, given.peer_uid, now)?);
        }
        if let Some(seed) = &stored.totp_seed {
            let Some(code) = given.totp.as_deref().filter(|c| !c.trim().is_empty()) else {
                return Ok(Login::NeedsTotp);
            };
            let step = self.totp_step(seed, code, now)?;
            let taken = match step {
                Some(step) => self.take_step(account.id, step)?,
                None => false,
            };
            if !taken {
                return Err(self.failed(subject, given.peer_uid, now)?);
            }
        }
        Ok(self.admit(&account, stored.totp_seed.is_some(), given.peer_uid)?)
    }

    /// A login that succeeded: logged, its throttle forgotten, the companion found.
    fn admit(
        &self,
        account: &Account,
        has_totp: bool,
        peer_uid: Option<u32>,
    ) -> Result<Login, DeskError> {
        let companion = self.companion(account, peer_uid)?;
        let identity = Identity::new(account, peer_uid, companion);
        let signer = Signer::person(identity.person(), &Role::ALL);
        self.transact(signer, |tx| {
            tx.writer
                .clear_throttle(ThrottleSubject::Account(account.id), peer_uid)?;
            tx.log(Action::LOGIN, ObjectRef::Account(account.id), |_| {})
                .map(drop)
        })?;
        let demanded =
            self.policy().require_totp && (account.has(Role::Op) || account.has(Role::Admin));
        Ok(if account.must_change_password {
            Login::MustChangePassword(identity.restricted())
        } else if demanded && !has_totp {
            Login::MustEnrolTotp(identity.restricted())
        } else {
            Login::In(identity)
        })
    }

    /// The officer whose unix user carries an applicant's login.
    fn companion(
        &self,
        account: &Account,
        peer_uid: Option<u32>,
    ) -> Result<Option<AccountId>, DeskError> {
        let Some(uid) = peer_uid else { return Ok(None) };
        let bound = self.inner.store.read()?.account_by_uid(uid)?;
        Ok(bound
            .filter(|b| b.id != account.id && b.status == AccountStatus::Active)
            .filter(|b| b.has(Role::Op) || b.has(Role::Pendamping))
            .map(|b| b.id))
    }

    /// A demo account without its password: `ams demo --as`. Only a demo folder has such a door.
    pub fn demo_login(&self, username: &str, peer_uid: Option<u32>) -> Result<Identity, DeskError> {
        if !self.inner.folder.is_demo() {
            return Err(DeskError::Folder(
                "--as works in demo folders only".to_owned(),
            ));
        }
        let name =
            Username::parse(username).map_err(|e| DeskError::bad_value("--as", e.to_string()))?;
        let account = found(self.inner.store.read()?.account_by_username(&name))?;
        match self.admit(&account, true, peer_uid)? {
            Login::In(identity)
            | Login::MustChangePassword(identity)
            | Login::MustEnrolTotp(identity) => Ok(identity),
            Login::NeedsTotp => Err(DeskError::Refused(Refusal::NotFound)),
        }
    }

    /// The user name of the active account that is bound to this unix user.
    pub fn bound_username(&self, uid: u32) -> Result<Option<String>, DeskError> {
        Ok(self.bound(uid)?.map(|a| a.username.to_string()))
    }

    /// Admits the person whose account is bound to this unix user: enough for commands that only read. `None` where
    /// no active account is.
    pub fn bound_login(&self, uid: u32) -> Result<Option<Login>, DeskError> {
        self.bound(uid)?
            .map(|account| self.admit(&account, account.totp_enrolled, Some(uid)))
            .transpose()
    }

    fn bound(&self, uid: u32) -> Result<Option<Account>, DeskError> {
        let bound = self.inner.store.read()?.account_by_uid(uid)?;
        Ok(bound.filter(|a| a.status == AccountStatus::Active))
    }

    /// Logs what was only counted so far: failed logins and refused reads of this minute. The desk's last act.
    pub fn close(&self) -> Result<(), DeskError> {
        self.log_failures(true)?;
        self.log_refused_reads(true).map(drop)
    }

    pub fn logout(&self, who: &Identity) -> Result<(), DeskError> {
        let signer = Signer::person(who.person(), &Role::ALL);
        self.transact(signer, |tx| {
            tx.log(Action::LOGOUT, ObjectRef::Account(who.account_id()), |_| {})
                .map(drop)
        })
    }

    /// Asks for the password again before a grave act. Wrong ones count as failed logins.
    pub(super) fn confirm_password(
        &self,
        who: &Identity,
        password: &SecretString,
    ) -> Result<(), DeskError> {
        let now = self.now();
        let subject = ThrottleSubject::Account(who.account_id());
        let reader = self.inner.store.read()?;
        match self.not_throttled(&reader, subject, who.peer_uid(), now) {
            Ok(()) => {}
            Err(LoginError::Throttled { seconds }) => {
                return Err(DeskError::WrongPassword {
                    wait_seconds: Some(seconds),
                });
            }
            Err(LoginError::Failed(error)) => return Err(error),
            Err(LoginError::Wrong) => return Err(DeskError::WrongPassword { wait_seconds: None }),
        }
        let stored = reader.credentials(who.account_id())?;
        drop(reader);
        let hash = stored.as_ref().and_then(|c| c.password.as_deref());
        if self.inner.hasher.verify(password, hash) {
            return Ok(());
        }
        self.failed(subject, who.peer_uid(), now)?;
        Err(DeskError::WrongPassword { wait_seconds: None })
    }

    fn not_throttled(
        &self,
        reader: &Reader,
        subject: ThrottleSubject,
        peer: Option<u32>,
        now: Timestamp,
    ) -> Result<(), LoginError> {
        let throttle = reader.throttle(subject, peer).map_err(DeskError::from)?;
        let wait = throttle.blocked_until.since(now);
        if wait > 0 {
            return Err(LoginError::Throttled {
                seconds: wait.div_euclid(SECOND) + 1,
            });
        }
        Ok(())
    }

    /// Counts a failure at this door from this peer; other peers are not affected and nobody is locked out for good.
    fn failed(
        &self,
        subject: ThrottleSubject,
        peer: Option<u32>,
        now: Timestamp,
    ) -> Result<LoginError, DeskError> {
        let actor = match subject {
            ThrottleSubject::Account(id) => ActorRef::Account(id),
            ThrottleSubject::Unknown(_) => ActorRef::Unknown,
        };
        self.inner
            .logins
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .count(now, peer.unwrap_or(u32::MAX), actor);
        self.inner.store.write::<_, DeskError>(|w| {
            let before = w.throttle(subject, peer)?;
            let failures = before.failures.saturating_add(1);
            let doublings = failures.saturating_sub(FREE_FAILURES);
            let wait = if doublings == 0 {
                0
            } else {
                (SECOND << doublings.min(20)).min(LONGEST_WAIT)
            };
            w.put_throttle(
                subject,
                peer,
                &Throttle {
                    failures,
                    last_failure: now,
                    blocked_until: now.plus(wait),
                },
            )?;
            Ok(())
        })?;
        self.inner.wake.scheduler();
        Ok(LoginError::Wrong)
    }

    /// Logs the failures of minutes that are over; `all` at the desk's end.
    pub(super) fn log_failures(&self, all: bool) -> Result<Option<Timestamp>, DeskError> {
        let now = self.now();
        let entries = {
            let mut failures = self
                .inner
                .logins
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            if all {
                failures.drain(now, 0)
            } else {
                failures.due(now, 0)
            }
        };
        for entry in entries {
            let signer = Signer {
                actor: entry.actor,
                role: None,
                peer_uid: entry.peer_uid.filter(|uid| *uid != u32::MAX),
            };
            self.transact(signer, |tx| {
                tx.log(Action::LOGIN_GAGAL, entry.object.clone(), |e| {
                    e.count = entry.count
                })
            })?;
        }
        Ok(self
            .inner
            .logins
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .next_due())
    }
}

/// The throttle that a name nobody has shares with others: kept by a bucket of its hash, not by its text.
fn unknown(name: &str) -> ThrottleSubject {
    let hash = ring::digest::digest(&ring::digest::SHA256, name.trim().to_lowercase().as_bytes());
    ThrottleSubject::Unknown(u16::from(hash.as_ref()[0]) % BUCKETS)
}
