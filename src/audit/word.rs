//! Words that may stand in a log entry: names that the program itself fixed, of a narrow alphabet.
//! Made from `&'static str` only, so no text that a person typed can become one; decoding checks the alphabet.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Why a text is not a word of the log.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{kind}: expected 1 to {longest} characters of {alphabet}")]
pub struct InvalidWord {
    pub kind: &'static str,
    pub alphabet: &'static str,
    pub longest: usize,
}

/// The longest word of any kind, in octets.
pub const LONGEST: usize = 48;

macro_rules! word {
    ($(#[$doc:meta])* $name:ident, $alphabet:literal, $letters:pat) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Cow<'static, str>);

        impl $name {
            /// A word that stands in the program. Refuses one outside the alphabet.
            pub fn from_static(word: &'static str) -> Result<Self, InvalidWord> {
                if Self::fits(word) {
                    Ok(Self(Cow::Borrowed(word)))
                } else {
                    Err(Self::invalid())
                }
            }

            /// A word that stands in the program, for `const` items: one outside the alphabet does not compile.
            pub const fn constant(word: &'static str) -> Self {
                assert!(Self::fits(word), "outside the alphabet of the log");
                Self(Cow::Borrowed(word))
            }

            /// A word as it was read from an encoded entry.
            pub(in crate::audit) fn decode(word: &str) -> Result<Self, InvalidWord> {
                if Self::fits(word) {
                    Ok(Self(Cow::Owned(word.to_owned())))
                } else {
                    Err(Self::invalid())
                }
            }

            const fn fits(word: &str) -> bool {
                let octets = word.as_bytes();
                let mut at = 0;
                while at < octets.len() {
                    if !matches!(octets[at], $letters) {
                        return false;
                    }
                    at += 1;
                }
                at > 0 && at <= LONGEST
            }

            const fn invalid() -> InvalidWord {
                InvalidWord {
                    kind: stringify!($name),
                    alphabet: $alphabet,
                    longest: LONGEST,
                }
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let word = String::deserialize(deserializer)?;
                Self::decode(&word).map_err(serde::de::Error::custom)
            }
        }
    };
}

word!(
    /// What was done, e.g. `DICABUT`: the stable names of the log, listed in `action.rs`.
    Action,
    "A-Z 0-9 _",
    b'A'..=b'Z' | b'0'..=b'9' | b'_'
);
word!(
    /// The rule that refused, e.g. `own_certificate`.
    RuleId,
    "a-z 0-9 _ - .",
    b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' | b'.'
);
word!(
    /// The key of a setting, e.g. `smtp.host`; never its value.
    SettingKey,
    "a-z 0-9 _ - .",
    b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' | b'.'
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_outside_its_alphabet_is_refused() {
        assert!(Action::from_static("DN_COCOK").is_ok());
        assert!(Action::from_static("dn").is_err());
        assert!(RuleId::from_static("").is_err());
        assert!(RuleId::decode("a\u{1b}[2J").is_err());
        assert!(RuleId::decode("nama orang").is_err());
        assert!(SettingKey::decode(&"a".repeat(LONGEST + 1)).is_err());
    }
}
