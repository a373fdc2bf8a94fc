//! What a signing process is given to sign with: a key file with its passphrase, or a token with its PIN.

use serde::{Deserialize, Serialize};

/// A key as it goes over the socket, once. Borrowed, so that its octets lie in buffers that are wiped.
#[derive(Serialize, Deserialize)]
pub enum KeyMaterial<'a> {
    File {
        /// PKCS#8, SEC 1 or PKCS#1; PKCS#8 may be encrypted.
        file: &'a [u8],
        passphrase: Option<&'a [u8]>,
    },
    Token {
        /// The key's PKCS#11 URI (RFC 7512).
        uri: &'a str,
        /// Where the vendor's module lies.
        module: &'a str,
        pin: Option<&'a str>,
        by: PinBy,
    },
}

/// Where a PIN came from.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum PinBy {
    /// From a file, a credential, or because it was right before.
    Itself,
    /// A person gave it just now, so the token must be there. Whether the last try may be made is asked apart: a slip
    /// would lock the token.
    Hand { last_try: bool },
}

impl KeyMaterial<'_> {
    pub const fn custody(&self) -> Custody {
        match self {
            Self::File { .. } => Custody::File,
            Self::Token { .. } => Custody::Token,
        }
    }
}

/// How much a signing process can be locked in: one with a token must load a module, which opens files and sockets.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Custody {
    File,
    Token,
}

impl Custody {
    /// The word on the child's command line.
    pub const fn word(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Token => "token",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        [Self::File, Self::Token]
            .into_iter()
            .find(|custody| custody.word() == word)
    }
}
