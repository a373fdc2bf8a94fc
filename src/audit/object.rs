//! Who acted, what was acted on and the states it had, as random ids, hashes, numbers and enums: never a name.
//! Their text forms, `kind:value`, are those of the canonical entry.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::tree::Hash;
use super::word::SettingKey;
use crate::domain::{
    AccountId, CertificateStatus, CrlNumber, IssuerId, MailId, RequestId, Serial, State,
};

/// Who acted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ActorRef {
    Account(AccountId),
    /// The desk itself: scheduler, publisher, mail worker.
    System,
    /// Nobody the desk knows, e.g. a login with an unknown username, whose text is not kept.
    Unknown,
}

/// What an entry is about.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum ObjectRef {
    Request(RequestId),
    Account(AccountId),
    Certificate {
        issuer: IssuerId,
        serial: Serial,
    },
    Issuer(IssuerId),
    Crl {
        issuer: IssuerId,
        number: CrlNumber,
    },
    /// SHA-256(salt ‖ letter); the salt lies in the erasable record, see [`letter_hash`].
    Letter(Hash),
    Mail(MailId),
    Setting(SettingKey),
    /// SHA-256 of the backup.
    Backup(Hash),
    /// A generation of the log's origin; 1 is the first.
    Log(u32),
    /// The desk as a whole.
    Desk,
}

/// A state that the log knows, and the replay rebuilds.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ObjectState {
    Request(State),
    Certificate(CertificateStatus),
    /// The number is taken; the CRL may never come to be.
    CrlReserved,
    /// Published and read back.
    CrlPublished,
}

impl ObjectState {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Request(state) => state.name(),
            Self::Certificate(status) => status.name(),
            Self::CrlReserved => "crl_reserved",
            Self::CrlPublished => "crl_published",
        }
    }
}

impl From<State> for ObjectState {
    fn from(state: State) -> Self {
        Self::Request(state)
    }
}

impl From<CertificateStatus> for ObjectState {
    fn from(status: CertificateStatus) -> Self {
        Self::Certificate(status)
    }
}

impl fmt::Display for ObjectState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for ObjectState {
    type Err = InvalidReference;

    fn from_str(text: &str) -> Result<Self, InvalidReference> {
        let request = State::ALL.into_iter().map(Self::Request);
        let certificate = CertificateStatus::ALL.into_iter().map(Self::Certificate);
        request
            .chain(certificate)
            .chain([Self::CrlReserved, Self::CrlPublished])
            .find(|state| state.name() == text)
            .ok_or(InvalidReference)
    }
}

/// SHA-256(salt ‖ letter): what the log keeps of a letter. Once the salt is erased the letter cannot be guessed
/// from it.
pub fn letter_hash(salt: &[u8], letter: &[u8]) -> Hash {
    let mut context = ring::digest::Context::new(&ring::digest::SHA256);
    context.update(salt);
    context.update(letter);
    let mut hash = [0; 32];
    hash.copy_from_slice(context.finish().as_ref());
    Hash(hash)
}

/// Why a text is not a reference of the log.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("not a reference of the log; expected kind:value, e.g. request:<32 hex digits>")]
pub struct InvalidReference;

impl fmt::Display for ActorRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account(id) => write!(f, "account:{id}"),
            Self::System => f.write_str("system"),
            Self::Unknown => f.write_str("unknown"),
        }
    }
}

impl FromStr for ActorRef {
    type Err = InvalidReference;

    fn from_str(text: &str) -> Result<Self, InvalidReference> {
        match text {
            "system" => Ok(Self::System),
            "unknown" => Ok(Self::Unknown),
            _ => text
                .strip_prefix("account:")
                .and_then(|id| AccountId::parse(id).ok())
                .map(Self::Account)
                .ok_or(InvalidReference),
        }
    }
}

impl fmt::Display for ObjectRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Request(id) => write!(f, "request:{id}"),
            Self::Account(id) => write!(f, "account:{id}"),
            Self::Certificate { issuer, serial } => write!(f, "certificate:{issuer}/{serial}"),
            Self::Issuer(id) => write!(f, "issuer:{id}"),
            Self::Crl { issuer, number } => write!(f, "crl:{issuer}/{number}"),
            Self::Letter(hash) => write!(f, "letter:{hash}"),
            Self::Mail(id) => write!(f, "mail:{id}"),
            Self::Setting(key) => write!(f, "setting:{key}"),
            Self::Backup(hash) => write!(f, "backup:{hash}"),
            Self::Log(generation) => write!(f, "log:{generation}"),
            Self::Desk => f.write_str("desk"),
        }
    }
}

impl FromStr for ObjectRef {
    type Err = InvalidReference;

    fn from_str(text: &str) -> Result<Self, InvalidReference> {
        if text == "desk" {
            return Ok(Self::Desk);
        }
        let (kind, value) = text.split_once(':').ok_or(InvalidReference)?;
        let of_issuer = || {
            let (issuer, rest) = value.split_once('/')?;
            Some((IssuerId::parse(issuer).ok()?, rest))
        };
        let object = match kind {
            "request" => RequestId::parse(value).ok().map(Self::Request),
            "account" => AccountId::parse(value).ok().map(Self::Account),
            "issuer" => IssuerId::parse(value).ok().map(Self::Issuer),
            "mail" => MailId::parse(value).ok().map(Self::Mail),
            "letter" => Hash::parse_hex(value).map(Self::Letter),
            "backup" => Hash::parse_hex(value).map(Self::Backup),
            "setting" => SettingKey::decode(value).ok().map(Self::Setting),
            "log" => value.parse().ok().map(Self::Log),
            "certificate" => of_issuer().and_then(|(issuer, serial)| {
                let serial = Serial::parse(serial).ok()?;
                Some(Self::Certificate { issuer, serial })
            }),
            "crl" => of_issuer().and_then(|(issuer, number)| {
                let number = CrlNumber::parse(number)?;
                Some(Self::Crl { issuer, number })
            }),
            _ => None,
        };
        object.ok_or(InvalidReference)
    }
}

macro_rules! serde_as_text {
    ($name:ident) => {
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?
                    .parse()
                    .map_err(serde::de::Error::custom)
            }
        }
    };
}

serde_as_text!(ActorRef);
serde_as_text!(ObjectRef);
serde_as_text!(ObjectState);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_has_a_name_of_its_own() {
        let mut seen = std::collections::BTreeSet::new();
        let states = State::ALL.map(ObjectState::Request);
        let statuses = CertificateStatus::ALL.map(ObjectState::Certificate);
        for state in states.into_iter().chain(statuses) {
            assert!(seen.insert(state.name()));
            assert_eq!(state.name().parse(), Ok(state));
        }
    }
}
