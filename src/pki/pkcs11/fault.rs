//! What can go wrong with a token, told apart by what an operator does about it.

use serde::{Deserialize, Serialize};

/// Why a token did not sign.
#[derive(
    Clone, PartialEq, Eq, PartialOrd, Ord, Debug, thiserror::Error, Serialize, Deserialize,
)]
pub enum TokenFault {
    #[error("the PKCS#11 URI: {what}")]
    Uri { what: String },
    #[error("no PKCS#11 module is named: module-path in the URI, or the setting pkcs11.module")]
    NoModule,
    #[error("the PKCS#11 module {module} cannot be used: {why}")]
    Module { module: String, why: String },
    #[error("the token {token} is not there")]
    TokenAbsent { token: String },
    #[error("{count} tokens fit the URI; name one by serial or slot-id")]
    SeveralTokens { count: u64 },
    #[error("the token's PIN is needed")]
    PinNeeded,
    #[error("the file of the PIN, {path}: {why}")]
    PinFile { path: String, why: String },
    #[error("the PIN is wrong")]
    WrongPin,
    #[error("the PIN was refused before and is not tried again by itself")]
    PinRefusedBefore,
    #[error("one try of the PIN is left: it is not made unless asked for")]
    LastTry,
    #[error("the PIN is locked")]
    PinLocked,
    #[error("the token has no private key {object}")]
    KeyAbsent { object: String },
    #[error("{count} private keys fit the URI; name one by id")]
    SeveralKeys { count: u64 },
    #[error("the key on the token is not the certificate's")]
    OtherKey,
    #[error("the token does not sign by {mechanism}")]
    NoMechanism { mechanism: String },
    #[error("the token failed at {function}: {code}")]
    Failed { function: String, code: String },
}

impl TokenFault {
    pub const IDS: &[&str] = &[
        "token-uri",
        "token-no-module",
        "token-module",
        "token-absent",
        "token-several",
        "token-pin-needed",
        "token-pin-file",
        "token-wrong-pin",
        "token-pin-refused-before",
        "token-last-try",
        "token-pin-locked",
        "token-key-absent",
        "token-several-keys",
        "token-other-key",
        "token-no-mechanism",
        "token-failed",
    ];

    /// The stable name, kebab-case.
    pub const fn id(&self) -> &'static str {
        match self {
            Self::Uri { .. } => "token-uri",
            Self::NoModule => "token-no-module",
            Self::Module { .. } => "token-module",
            Self::TokenAbsent { .. } => "token-absent",
            Self::SeveralTokens { .. } => "token-several",
            Self::PinNeeded => "token-pin-needed",
            Self::PinFile { .. } => "token-pin-file",
            Self::WrongPin => "token-wrong-pin",
            Self::PinRefusedBefore => "token-pin-refused-before",
            Self::LastTry => "token-last-try",
            Self::PinLocked => "token-pin-locked",
            Self::KeyAbsent { .. } => "token-key-absent",
            Self::SeveralKeys { .. } => "token-several-keys",
            Self::OtherKey => "token-other-key",
            Self::NoMechanism { .. } => "token-no-mechanism",
            Self::Failed { .. } => "token-failed",
        }
    }

    /// Whether what was given is wrong, rather than what it is asked of away.
    pub const fn is_refusal(&self) -> bool {
        !matches!(
            self,
            Self::TokenAbsent { .. }
                | Self::Failed { .. }
                | Self::PinNeeded
                | Self::PinFile { .. }
                | Self::LastTry
        )
    }

    /// Whether only a person with the PIN helps: the desk's key is locked.
    pub const fn needs_person(&self) -> bool {
        matches!(
            self,
            Self::PinNeeded
                | Self::WrongPin
                | Self::PinRefusedBefore
                | Self::LastTry
                | Self::PinLocked
        )
    }
}
