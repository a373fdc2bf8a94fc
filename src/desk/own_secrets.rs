//! One's own password, second factor and language; and the passwords that the desk gives out once.

use secrecy::{ExposeSecret, SecretString};
use totp_rs::{Algorithm, TOTP};

use crate::audit::{Action, ObjectRef};
use crate::domain::{AccountId, Language, Role, Timestamp};
use crate::store::Credentials as StoredCredentials;

use super::password::{self, PasswordError};
use super::transaction::Signer;
use super::view::Change;
use super::{Desk, DeskError, Identity, environment};

const TOTP_PURPOSE: &str = "totp seed";
const TOTP_STEP: u64 = 30;

/// What an authenticator needs to enrol.
#[derive(Clone, Debug)]
pub struct TotpEnrolment {
    /// `otpauth://totp/…`, for the QR code.
    pub uri: String,
    /// The seed in base32, to type by hand.
    pub secret: String,
}

impl Desk {
    /// Changes one's own password.
    pub fn change_password(
        &self,
        who: &Identity,
        old: &SecretString,
        new: &SecretString,
    ) -> Result<(), PasswordError> {
        let desk = |e: DeskError| PasswordError::Desk(e.to_string());
        match self.confirm_password(who, old) {
            Ok(()) => {}
            Err(DeskError::WrongPassword { .. }) => return Err(PasswordError::WrongOld),
            Err(error) => return Err(desk(error)),
        }
        if old.expose_secret() == new.expose_secret() {
            return Err(PasswordError::Unchanged);
        }
        let demanded = self.policy().require_totp && (who.has(Role::Op) || who.has(Role::Admin));
        password::check_new(new, who.username(), demanded)?;
        let salt = environment::octets(&*self.inner.random).map_err(|e| desk(e.into()))?;
        let hash = self.inner.hasher.hash(new, salt)?;
        let id = who.account_id();
        self.transact(Signer::person(who.person(), &Role::ALL), |tx| {
            let mut credentials = tx.writer.credentials(id)?.unwrap_or_default();
            credentials.password = Some(hash);
            credentials.password_changed_at = tx.now;
            tx.writer.put_credentials(id, &credentials)?;
            let mut account = tx.current(id)?;
            account.must_change_password = false;
            account.version += 1;
            tx.writer.put_account(&account)?;
            tx.log(Action::KATA_SANDI_DIUBAH, ObjectRef::Account(id), |_| {})?;
            tx.changed(Change::Account(id));
            Ok(())
        })
        .map_err(desk)
    }

    /// Begins to enrol a second factor: a new seed, kept aside until a code of it was typed.
    pub fn begin_totp(&self, who: &Identity) -> Result<TotpEnrolment, DeskError> {
        let seed: [u8; 20] = environment::octets(&*self.inner.random)?;
        let totp = authenticator(seed.to_vec(), &self.settings().desk_name, who.username())?;
        let enrolment = TotpEnrolment {
            uri: brief(&totp.get_url()),
            secret: totp.get_secret_base32(),
        };
        let sealed = self.inner.vault.seal(
            TOTP_PURPOSE,
            environment::octets(&*self.inner.random)?,
            &seed,
        )?;
        let id = who.account_id();
        self.inner.store.write::<_, DeskError>(|w| {
            let mut credentials = w.credentials(id)?.unwrap_or_default();
            credentials.pending_totp_seed = Some(sealed);
            w.put_credentials(id, &credentials)?;
            Ok(())
        })?;
        Ok(enrolment)
    }

    /// Ends the enrolment with a code of the new seed.
    pub fn finish_totp(&self, who: &Identity, code: &str) -> Result<(), DeskError> {
        let id = who.account_id();
        let wrong =
            || DeskError::bad_value("TOTP", "the six digits that the authenticator shows now");
        let stored = self
            .inner
            .store
            .read()?
            .credentials(id)?
            .unwrap_or_default();
        let pending = stored.pending_totp_seed.clone().ok_or_else(wrong)?;
        let step = self
            .totp_step(&pending, code, self.now())?
            .ok_or_else(wrong)?;
        self.transact(Signer::person(who.person(), &Role::ALL), |tx| {
            let mut credentials = stored;
            credentials.totp_seed = Some(pending);
            credentials.pending_totp_seed = None;
            credentials.last_totp_step = Some(step);
            tx.writer.put_credentials(id, &credentials)?;
            let mut account = tx.current(id)?;
            account.totp_enrolled = true;
            account.version += 1;
            tx.writer.put_account(&account)?;
            tx.log(Action::TOTP_DIDAFTARKAN, ObjectRef::Account(id), |_| {})?;
            tx.changed(Change::Account(id));
            Ok(())
        })
    }

    /// The RFC 6238 step that `code` belongs to: the present one, the one before or the one after.
    pub(super) fn totp_step(
        &self,
        sealed: &[u8],
        code: &str,
        now: Timestamp,
    ) -> Result<Option<u64>, DeskError> {
        let seed = self.inner.vault.open_secret(TOTP_PURPOSE, sealed)?;
        let totp = authenticator(seed.to_vec(), "AMS", "ams")?;
        let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        let seconds = u64::try_from(now.seconds()).unwrap_or(0);
        let present = seconds / TOTP_STEP;
        Ok((present.saturating_sub(1)..=present + 1).find(|step| {
            constant_time_equal(totp.generate(step * TOTP_STEP).as_bytes(), code.as_bytes())
        }))
    }

    pub(super) fn take_step(&self, id: AccountId, step: u64) -> Result<bool, DeskError> {
        self.inner
            .store
            .write::<_, DeskError>(|w| Ok(w.take_totp_step(id, step)?))
    }

    /// The language of a person's screen and mail.
    pub fn set_language(&self, who: &Identity, language: Language) -> Result<(), DeskError> {
        let id = who.account_id();
        self.transact(Signer::person(who.person(), &Role::ALL), |tx| {
            let mut account = tx.current(id)?;
            if account.language == language {
                return Ok(());
            }
            account.language = language;
            account.version += 1;
            tx.writer.put_account(&account)?;
            tx.log(Action::AKUN_DIUBAH, ObjectRef::Account(id), |_| {})?;
            tx.changed(Change::Account(id));
            Ok(())
        })
    }

    /// The credentials of a new or reset account: a one-time password that must be changed.
    pub(super) fn one_time(&self) -> Result<(SecretString, String), DeskError> {
        let octets: [u8; 12] = environment::octets(&*self.inner.random)?;
        // 20 letters and digits that are hard to confuse, in groups of five: 95 bits.
        const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
        let mut bits = octets.iter().fold(0u128, |n, b| (n << 8) | u128::from(*b));
        let mut text = String::new();
        for place in 0..19 {
            if place > 0 && place % 5 == 0 {
                text.push('-');
            }
            text.push(char::from(ALPHABET[(bits & 31) as usize]));
            bits >>= 5;
        }
        let password = SecretString::from(text);
        let hash = self
            .inner
            .hasher
            .hash(&password, environment::octets(&*self.inner.random)?)?;
        Ok((password, hash))
    }

    pub(super) fn new_credentials(hash: Option<String>, now: Timestamp) -> StoredCredentials {
        StoredCredentials {
            password: hash,
            password_changed_at: now,
            ..StoredCredentials::default()
        }
    }
}

fn authenticator(seed: Vec<u8>, issuer: &str, username: &str) -> Result<TOTP, DeskError> {
    // A colon separates issuer and account in the URI.
    let issuer: String = issuer.chars().filter(|c| *c != ':').collect();
    TOTP::new(
        Algorithm::SHA1,
        6,
        0,
        TOTP_STEP,
        seed,
        Some(issuer),
        username.to_owned(),
    )
    .map_err(|e| DeskError::bad_value("TOTP", e.to_string()))
}

/// The link without its `issuer` parameter: the label names the issuer already, and a code that says it twice is too
/// large for a terminal of 80x24.
fn brief(uri: &str) -> String {
    let Some((head, query)) = uri.split_once('?') else {
        return uri.to_owned();
    };
    let kept: Vec<&str> = query
        .split('&')
        .filter(|p| !p.starts_with("issuer="))
        .collect();
    format!("{head}?{}", kept.join("&"))
}

fn constant_time_equal(left: &[u8], right: &[u8]) -> bool {
    left.len() == right.len() && left.iter().zip(right).fold(0, |d, (a, b)| d | (a ^ b)) == 0
}
