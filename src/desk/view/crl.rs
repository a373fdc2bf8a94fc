//! Issuers with the state of their keys, the CRLs that were published, and what the next one will change.

use serde::Serialize;

use crate::domain::{CrlNumber, IssuerId, ReasonCode, Serial, Timestamp};

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IssuerView {
    pub id: IssuerId,
    /// The subject of its certificate.
    pub name: String,
    pub label: String,
    pub not_after: Timestamp,
    /// Whether the key is there and open.
    pub key: KeyState,
    /// A PIN opens it, not a passphrase.
    pub on_token: bool,
    /// It expired and has no key here: it is kept for its history.
    pub history_only: bool,
    pub last_number: Option<CrlNumber>,
    pub this_update: Option<Timestamp>,
    pub next_update: Option<Timestamp>,
    pub entries: u64,
    pub published_path: Option<String>,
    /// Decided but not yet on a published CRL.
    pub waiting: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyState {
    Open,
    Locked,
    Missing,
    /// The CA certificate has expired: nothing is signed any more.
    Expired,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CrlRow {
    pub issuer: IssuerId,
    pub issuer_name: String,
    /// `complete`, `delta` or `partition`.
    pub kind: &'static str,
    pub number: CrlNumber,
    pub entries: u64,
    pub this_update: Timestamp,
    pub next_update: Timestamp,
    pub path: String,
    pub published_at: Timestamp,
    /// Since when it, or a newer one, has been seen at the publication point from outside.
    pub seen_at: Option<Timestamp>,
}

/// What the next CRL will change.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CrlPreview {
    pub added: Vec<PreviewLine>,
    pub removed: Vec<Serial>,
}

/// An entry that waits for the next CRL.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PreviewLine {
    pub serial: Serial,
    pub reason: ReasonCode,
    pub date: Timestamp,
}
