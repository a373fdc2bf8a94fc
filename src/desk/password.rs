//! Passwords: the rules of a new one (NIST SP 800-63B §3.1.1), argon2id hashes, at most two computed at once.

use std::sync::{Condvar, Mutex, PoisonError};

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use secrecy::{ExposeSecret, SecretString};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// Why a new password was not taken.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum PasswordError {
    #[error("at least {min} characters are needed")]
    TooShort { min: usize },
    #[error("at most {max} bytes are possible")]
    TooLong { max: usize },
    #[error("this password stands on every list of stolen ones")]
    Blocked,
    #[error("a password must not contain the user name")]
    ContainsName,
    #[error("the old password is wrong")]
    WrongOld,
    #[error("the new password must differ from the old one")]
    Unchanged,
    #[error("the password could not be hashed")]
    Hash,
    #[error("{0}")]
    Desk(String),
}

pub const MAX_BYTES: usize = 128;
const MIN_ALONE: usize = 15;
const MIN_WITH_TOTP: usize = 8;

/// Words and runs that make a long password easy all the same. Compared after folding case and dropping blanks.
const BLOCKED: [&str; 22] = [
    "password",
    "passphrase",
    "katasandi",
    "rahasia",
    "sandi",
    "indonesia",
    "merdeka",
    "qwerty",
    "asdfgh",
    "zxcvbn",
    "abcdef",
    "iloveyou",
    "sayang",
    "bismillah",
    "admin",
    "administrator",
    "letmein",
    "selamat",
    "pencabutan",
    "sertifikat",
    "pemohon",
    "diskominfo",
];

/// The password as it is hashed: NFKC, so that every keyboard gives the same octets.
fn normalized(password: &SecretString) -> Zeroizing<String> {
    Zeroizing::new(password.expose_secret().nfkc().collect())
}

/// Checks a new password against the rules: length (15 characters, 8 where TOTP is demanded), 128 bytes at most,
/// blocklist, user name. No composition rules and no expiry.
pub fn check_new(
    password: &SecretString,
    username: &str,
    with_totp: bool,
) -> Result<(), PasswordError> {
    let text = normalized(password);
    if text.len() > MAX_BYTES {
        return Err(PasswordError::TooLong { max: MAX_BYTES });
    }
    let min = if with_totp { MIN_WITH_TOTP } else { MIN_ALONE };
    if text.chars().count() < min {
        return Err(PasswordError::TooShort { min });
    }
    let folded = Zeroizing::new(
        text.to_lowercase()
            .chars()
            .filter(|c| !c.is_whitespace())
            .collect::<String>(),
    );
    // What is left when blocked words, digits and repeats are taken out must still be something.
    let mut rest = Zeroizing::new(folded.to_string());
    for word in BLOCKED {
        rest = Zeroizing::new(rest.replace(word, ""));
    }
    let mut letters: Vec<char> = rest.chars().collect();
    letters.sort_unstable();
    letters.dedup();
    let digits_run = folded.bytes().all(|b| b.is_ascii_digit())
        && folded
            .as_bytes()
            .windows(2)
            .all(|w| w[1].wrapping_sub(w[0]) <= 1 || (w[0] == b'9' && w[1] == b'0'));
    if letters.len() < 4 || digits_run {
        return Err(PasswordError::Blocked);
    }
    if username.len() > 3 && folded.contains(&username.to_lowercase()) {
        return Err(PasswordError::ContainsName);
    }
    Ok(())
}

/// Computes argon2id, 19 MiB, t = 2, p = 1; lets at most two computations run at once.
pub struct Hasher {
    argon2: Argon2<'static>,
    running: Mutex<u8>,
    free: Condvar,
    /// A hash of nothing that anybody knows: an unknown user costs the same time.
    decoy: String,
}

const AT_ONCE: u8 = 2;

impl Hasher {
    /// `salt` makes the decoy hash; any 16 random octets.
    pub fn new(salt: [u8; 16]) -> Result<Self, PasswordError> {
        let params = Params::new(19 * 1024, 2, 1, None).map_err(|_| PasswordError::Hash)?;
        let mut hasher = Self {
            argon2: Argon2::new(Algorithm::Argon2id, Version::V0x13, params),
            running: Mutex::new(0),
            free: Condvar::new(),
            decoy: String::new(),
        };
        hasher.decoy = hasher.hash(&SecretString::from(hex::encode(salt)), salt)?;
        Ok(hasher)
    }

    fn limited<T>(&self, compute: impl FnOnce() -> T) -> T {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        while *running >= AT_ONCE {
            running = self
                .free
                .wait(running)
                .unwrap_or_else(PoisonError::into_inner);
        }
        *running += 1;
        drop(running);
        let result = compute();
        *self.running.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        self.free.notify_one();
        result
    }

    /// The PHC string of a password under a random salt.
    pub fn hash(&self, password: &SecretString, salt: [u8; 16]) -> Result<String, PasswordError> {
        let text = normalized(password);
        let salt = SaltString::encode_b64(&salt).map_err(|_| PasswordError::Hash)?;
        self.limited(|| {
            self.argon2
                .hash_password(text.as_bytes(), &salt)
                .map(|h| h.to_string())
                .map_err(|_| PasswordError::Hash)
        })
    }

    /// Whether the password is that of `stored`; with no stored hash the time is spent all the same and the answer
    /// is no. Passwords over 128 bytes are wrong without being hashed.
    pub fn verify(&self, password: &SecretString, stored: Option<&str>) -> bool {
        let text = normalized(password);
        if text.len() > MAX_BYTES {
            return false;
        }
        let phc = stored.unwrap_or(&self.decoy);
        let right = self.limited(|| {
            PasswordHash::new(phc)
                .is_ok_and(|hash| self.argon2.verify_password(text.as_bytes(), &hash).is_ok())
        });
        right && stored.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> Result<(), PasswordError> {
        check_new(&SecretString::from(text), "rina", false)
    }

    #[test]
    fn long_passphrases_pass_and_known_ones_do_not() {
        assert_eq!(check("kuda baterai jepit benar"), Ok(()));
        assert_eq!(
            check("pendek saja"),
            Err(PasswordError::TooShort { min: 15 })
        );
        assert_eq!(
            check(&"x1".repeat(65)),
            Err(PasswordError::TooLong { max: 128 })
        );
        assert_eq!(check("password password 111"), Err(PasswordError::Blocked));
        assert_eq!(check("123456789012345678"), Err(PasswordError::Blocked));
        assert_eq!(check("aaaaaaaaaaaaaaaaaaaa"), Err(PasswordError::Blocked));
        assert_eq!(
            check("milik rina seorang diri"),
            Err(PasswordError::ContainsName)
        );
    }

    #[test]
    fn a_hash_verifies_whatever_keyboard_composed_the_letters() {
        let hasher = Hasher::new([7; 16]).unwrap();
        let phc = hasher
            .hash(&SecretString::from("caf\u{e9} di tepi laut"), [9; 16])
            .unwrap();
        assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(hasher.verify(&SecretString::from("cafe\u{301} di tepi laut"), Some(&phc)));
        assert!(!hasher.verify(&SecretString::from("cafe di tepi laut"), Some(&phc)));
        assert!(!hasher.verify(&SecretString::from("apa saja"), None));
    }
}
