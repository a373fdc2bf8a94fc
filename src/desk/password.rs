//! Passwords: the rules of a new one (NIST SP 800-63B §3.1.1). Hashing is `hasher`.

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
pub(super) fn normalized(password: &SecretString) -> Zeroizing<String> {
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
}
