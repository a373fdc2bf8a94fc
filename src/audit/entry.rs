//! One entry of the log and its one encoding: those bytes are the leaf of the Merkle tree and the line of the export.
//! Relies on ids, enums and words of fixed alphabets, so personal data and control characters have no place to be.

use std::fmt::{Display, Write};

use serde::Deserialize;

use super::object::{ActorRef, ObjectRef, ObjectState};
use super::tree::Hash;
use super::word::{Action, RuleId};
use crate::domain::{CrlNumber, ReasonCode, RequestId, Role, Timestamp};

/// The version written into every entry.
pub const VERSION: u8 = 1;

/// The longest encoded entry that is read, in octets; a real one has about 300.
pub const LONGEST: usize = 4096;

/// What happened once. An entry changes the state of at most one thing, its `object`; an act that changes two
/// (request and certificate) leaves two entries in the same transaction, each naming the other as `related`.
///
/// Its encoding is one line of JSON: the keys in the order of the fields below after `"v":1`, absent fields left out
/// (never null), no blanks, ASCII only, ids and hashes in lower-case hex, `at` in milliseconds since 1970 UTC, the
/// CRL number as a decimal string. Only exactly that is read back.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// Position in the log, from 0: the index of the leaf.
    pub seq: u64,
    pub at: Timestamp,
    pub actor: ActorRef,
    /// The role the actor acted in.
    pub role: Option<Role>,
    /// The unix user at the other end of the socket.
    pub peer_uid: Option<u32>,
    pub action: Action,
    pub object: ObjectRef,
    /// The other thing that the act concerns: a request's certificate, a letter's request.
    pub related: Option<ObjectRef>,
    pub from: Option<ObjectState>,
    pub to: Option<ObjectState>,
    pub reason_code: Option<ReasonCode>,
    /// The CRL that carries it.
    pub crl_number: Option<CrlNumber>,
    /// Set when the act was refused: nothing changed.
    pub refusal: Option<RuleId>,
    /// A certificate's or CRL's SHA-256, an approval's binding, the old root of a restored log.
    pub digest: Option<Hash>,
    /// How many alike were drawn together (failed logins), or the old size of a restored log.
    pub count: Option<u64>,
}

/// Why bytes are not an entry.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum EntryError {
    #[error("longer than {LONGEST} octets")]
    TooLong,
    #[error("version {0}; this program reads version {VERSION}: use a newer one")]
    Version(u64),
    #[error("not an entry: {0}")]
    Malformed(String),
    #[error(
        "an entry, but not in its canonical form (key order, blanks, letter case or escapes differ)"
    )]
    NotCanonical,
}

impl Entry {
    /// An entry without its optional facts.
    pub fn new(
        seq: u64,
        at: Timestamp,
        actor: ActorRef,
        action: Action,
        object: ObjectRef,
    ) -> Self {
        Self {
            seq,
            at,
            actor,
            role: None,
            peer_uid: None,
            action,
            object,
            related: None,
            from: None,
            to: None,
            reason_code: None,
            crl_number: None,
            refusal: None,
            digest: None,
            count: None,
        }
    }

    /// Whether it is about this request, as object or as the related thing: what a receipt proves.
    pub fn concerns(&self, request: RequestId) -> bool {
        let this = ObjectRef::Request(request);
        self.object == this || self.related.as_ref() == Some(&this)
    }

    /// The canonical bytes: the leaf. One line without its newline.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut line = Keys(format!("{{\"v\":{VERSION}"));
        line.number("seq", Some(self.seq));
        line.number("at", Some(self.at.millis()));
        line.text("actor", Some(self.actor));
        line.text("role", self.role.map(Role::name));
        line.number("peer_uid", self.peer_uid);
        line.text("action", Some(&self.action));
        line.text("object", Some(&self.object));
        line.text("related", self.related.as_ref());
        line.text("from", self.from);
        line.text("to", self.to);
        line.text("reason_code", self.reason_code.map(ReasonCode::name));
        line.text("crl_number", self.crl_number);
        line.text("refusal", self.refusal.as_ref());
        line.text("digest", self.digest);
        line.number("count", self.count);
        line.0.push('}');
        line.0.into_bytes()
    }

    /// Reads exactly what [`Entry::to_bytes`] writes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, EntryError> {
        if bytes.len() > LONGEST {
            return Err(EntryError::TooLong);
        }
        let malformed = |e: serde_json::Error| EntryError::Malformed(e.to_string());
        let line: Line = match serde_json::from_slice(bytes) {
            Ok(line) => line,
            Err(error) => {
                let version: Option<Version> = serde_json::from_slice(bytes).ok();
                return Err(match version {
                    Some(Version { v }) if v != u64::from(VERSION) => EntryError::Version(v),
                    _ => malformed(error),
                });
            }
        };
        if line.v != VERSION {
            return Err(EntryError::Version(u64::from(line.v)));
        }
        let entry = Self::try_from(line)?;
        if entry.to_bytes() == bytes {
            Ok(entry)
        } else {
            Err(EntryError::NotCanonical)
        }
    }
}

#[derive(Deserialize)]
struct Version {
    v: u64,
}

/// The line being written. No value needs escaping: ids, words and digits are ASCII without quotes or backslashes.
struct Keys(String);

impl Keys {
    fn number(&mut self, key: &str, value: Option<impl Display>) {
        if let Some(value) = value {
            // Writing to a String cannot fail.
            let _ = write!(self.0, ",\"{key}\":{value}");
        }
    }

    fn text(&mut self, key: &str, value: Option<impl Display>) {
        if let Some(value) = value {
            let _ = write!(self.0, ",\"{key}\":\"{value}\"");
        }
    }
}

/// The entry as JSON reads it; the order of keys is checked by writing it again.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    v: u8,
    seq: u64,
    at: i64,
    actor: ActorRef,
    role: Option<String>,
    peer_uid: Option<u32>,
    action: Action,
    object: ObjectRef,
    related: Option<ObjectRef>,
    from: Option<ObjectState>,
    to: Option<ObjectState>,
    reason_code: Option<String>,
    crl_number: Option<String>,
    refusal: Option<RuleId>,
    digest: Option<String>,
    count: Option<u64>,
}

impl TryFrom<Line> for Entry {
    type Error = EntryError;

    fn try_from(line: Line) -> Result<Self, EntryError> {
        fn read<T>(
            value: Option<String>,
            parse: impl Fn(&str) -> Option<T>,
            what: &str,
        ) -> Result<Option<T>, EntryError> {
            value
                .map(|v| parse(&v).ok_or_else(|| EntryError::Malformed(what.to_owned())))
                .transpose()
        }
        Ok(Self {
            seq: line.seq,
            at: Timestamp(line.at),
            actor: line.actor,
            role: read(line.role, Role::parse, "role")?,
            peer_uid: line.peer_uid,
            action: line.action,
            object: line.object,
            related: line.related,
            from: line.from,
            to: line.to,
            reason_code: read(line.reason_code, ReasonCode::parse, "reason code")?,
            crl_number: read(line.crl_number, CrlNumber::parse, "CRL number")?,
            refusal: line.refusal,
            digest: read(line.digest, Hash::parse_hex, "digest")?,
            count: line.count,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::object::letter_hash;
    use crate::domain::{AccountId, IssuerId, Serial, State};
    use proptest::prelude::*;

    fn full() -> Entry {
        let issuer = IssuerId([0xab; 16]);
        Entry {
            role: Some(Role::Op),
            peer_uid: Some(1000),
            related: Some(ObjectRef::Certificate {
                issuer,
                serial: Serial::parse("00c301").unwrap(),
            }),
            from: Some(State::DnCocok.into()),
            to: Some(State::Dicabut.into()),
            reason_code: Some(ReasonCode::KeyCompromise),
            crl_number: Some(CrlNumber::from(7)),
            refusal: Some(RuleId::constant("own_certificate")),
            digest: Some(letter_hash(b"salt", b"letter")),
            count: Some(3),
            ..Entry::new(
                12,
                Timestamp(1_795_341_600_123),
                ActorRef::Account(AccountId([1; 16])),
                Action::DICABUT,
                ObjectRef::Request(RequestId([2; 16])),
            )
        }
    }

    /// The encoding is a promise to outsiders: changing it breaks every export ever given away.
    #[test]
    fn the_canonical_line_is_exactly_this() {
        assert_eq!(
            String::from_utf8(full().to_bytes()).unwrap(),
            "{\"v\":1,\"seq\":12,\"at\":1795341600123,\
             \"actor\":\"account:01010101010101010101010101010101\",\"role\":\"op\",\"peer_uid\":1000,\
             \"action\":\"DICABUT\",\"object\":\"request:02020202020202020202020202020202\",\
             \"related\":\"certificate:abababababababababababababababab/c301\",\
             \"from\":\"dn_cocok\",\"to\":\"dicabut\",\"reason_code\":\"keyCompromise\",\"crl_number\":\"7\",\
             \"refusal\":\"own_certificate\",\
             \"digest\":\"ca3a7713460cf3a55a348808e293f059d26c4c26ff9ea4818b8dfd58a13d34a2\",\"count\":3}"
        );
        assert_eq!(
            Entry::new(0, Timestamp(5), ActorRef::System, Action::DESK_DIMULAI, ObjectRef::Desk).to_bytes(),
            b"{\"v\":1,\"seq\":0,\"at\":5,\"actor\":\"system\",\"action\":\"DESK_DIMULAI\",\"object\":\"desk\"}"
        );
    }

    #[test]
    fn only_the_canonical_form_is_read() {
        let bytes = full().to_bytes();
        assert_eq!(Entry::from_bytes(&bytes), Ok(full()));
        let text = String::from_utf8(bytes).unwrap();
        for (from, to) in [
            (",\"seq\"", ", \"seq\""),
            ("\"v\":1,\"seq\":12", "\"seq\":12,\"v\":1"),
            ("/c301", "/C301"),
            ("/c301", "/00c301"),
            ("keyCompromise", "KEYCOMPROMISE"),
            ("\"7\"", "\"07\""),
            ("\"op\"", "\"\\u006fp\""),
            ("\"seq\":12", "\"seq\":1.2e1"),
            ("}", ",\"note\":\"x\"}"),
            ("\"count\":3", "\"count\":null"),
            ("\"count\":3", "\"count\":3,\"count\":3"),
            ("}", "}\n"),
        ] {
            let changed = text.replace(from, to);
            assert_ne!(changed, text);
            assert!(Entry::from_bytes(changed.as_bytes()).is_err(), "{changed}");
        }
        let newer = text.replace("{\"v\":1,", "{\"v\":2,\"new\":true,");
        assert_eq!(
            Entry::from_bytes(newer.as_bytes()),
            Err(EntryError::Version(2))
        );
    }

    #[test]
    fn text_that_a_person_could_have_typed_finds_no_place() {
        let text = String::from_utf8(full().to_bytes()).unwrap();
        for (from, to) in [
            ("own_certificate", "Budi Santoso"),
            ("DICABUT", "Dicabut Budi"),
            ("dn_cocok", "dn\\u001b[2J"),
            ("request:02", "request:budi"),
            ("\"op\"", "\"op\u{e9}\""),
        ] {
            let changed = text.replace(from, to);
            assert_ne!(changed, text);
            assert!(Entry::from_bytes(changed.as_bytes()).is_err(), "{changed}");
        }
    }

    proptest! {
        #[test]
        fn every_entry_reads_back_and_is_printable_ascii(
            seq: u64, at: i64, uid: Option<u32>, count: Option<u64>, actor in 0..3, object in 0..11,
            id: [u8; 16], hash: [u8; 32], number: u64, reason in 0usize..9, action in 0..Action::ALL.len(),
        ) {
            let issuer = IssuerId(id);
            let actor = match actor {
                0 => ActorRef::Account(AccountId(id)),
                1 => ActorRef::System,
                _ => ActorRef::Unknown,
            };
            let object = match object {
                0 => ObjectRef::Request(RequestId(id)),
                1 => ObjectRef::Account(AccountId(id)),
                2 => ObjectRef::Certificate { issuer, serial: Serial::from_magnitude(&[&[1], &id[..]].concat()).unwrap() },
                3 => ObjectRef::Issuer(issuer),
                4 => ObjectRef::Crl { issuer, number: number.into() },
                5 => ObjectRef::Letter(Hash(hash)),
                6 => ObjectRef::Mail(crate::domain::MailId(id)),
                7 => ObjectRef::Setting(crate::audit::SettingKey::constant("smtp.host")),
                8 => ObjectRef::Backup(Hash(hash)),
                9 => ObjectRef::Log(uid.unwrap_or(1)),
                _ => ObjectRef::Desk,
            };
            let entry = Entry {
                peer_uid: uid,
                count,
                related: uid.map(|_| object.clone()),
                reason_code: ReasonCode::ALL.get(reason).copied(),
                crl_number: count.map(CrlNumber::from),
                digest: uid.map(|_| Hash(hash)),
                ..Entry::new(seq, Timestamp(at), actor, Action::ALL[action].clone(), object)
            };
            let bytes = entry.to_bytes();
            prop_assert!(bytes.iter().all(|b| (b' '..=b'~').contains(b)));
            prop_assert!(bytes.len() <= LONGEST);
            prop_assert_eq!(Entry::from_bytes(&bytes), Ok(entry));
        }

        #[test]
        fn bytes_that_read_as_an_entry_are_its_only_form(at in 0usize..400, octet: u8) {
            let mut bytes = full().to_bytes();
            let at = at % bytes.len();
            bytes[at] = octet;
            if let Ok(entry) = Entry::from_bytes(&bytes) {
                prop_assert_eq!(entry.to_bytes(), bytes);
            }
        }
    }
}
