//! The issuers whose certificates are revoked here: their certificate, where their key lies, how their CRLs are made.
//! No key material.

use serde::{Deserialize, Serialize};

use super::database::{Reader, Writer};
use super::error::StoreError;
use super::key::Span;
use super::page::Window;
use super::table::{Table, table};
use super::value::record;
use crate::domain::instant::HOUR;
use crate::domain::{IssuerId, Timestamp};

pub(crate) const ISSUERS: Table = table("issuers");

/// Where the key that signs is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum KeyReference {
    /// A PKCS#8 file under this name in the data folder's key folder.
    File {
        name: String,
        encrypted: bool,
    },
    Pkcs11 {
        uri: String,
    },
    /// We have no key: certificates of this issuer can be shown, and no CRL signed.
    None,
}

/// How an issuer's CRLs are made and where they go. Durations in milliseconds.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct IssuerSettings {
    /// From thisUpdate to nextUpdate.
    pub validity: i64,
    /// A regular CRL comes this often, event or not.
    pub interval: i64,
    /// The URL under which the complete CRL is found.
    pub crl_url: Option<String>,
    /// The complete CRL's file name in the publishing folder.
    pub file_name: String,
    /// CRLs kept in the history folder.
    pub history: u32,
}

impl Default for IssuerSettings {
    fn default() -> Self {
        Self {
            validity: 48 * HOUR,
            interval: 24 * HOUR,
            crl_url: None,
            file_name: String::new(),
            history: 100,
        }
    }
}

/// An issuer.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct IssuerRecord {
    pub id: IssuerId,
    /// The CA certificate as it was handed in.
    pub certificate_der: Vec<u8>,
    /// What people call it; unique among issuers by the caller's care.
    pub label: String,
    pub key: KeyReference,
    pub settings: IssuerSettings,
    pub added_at: Timestamp,
}

record!(IssuerRecord, "issuers");

impl Reader {
    pub fn issuer(&self, id: IssuerId) -> Result<Option<IssuerRecord>, StoreError> {
        self.get(ISSUERS, &id.0)
    }

    /// All of them; there are few.
    pub fn issuers(&self) -> Result<Vec<IssuerRecord>, StoreError> {
        let all = Window::first(usize::MAX);
        Ok(self.records(ISSUERS, &Span::all(), &all)?.rows)
    }
}

impl Writer {
    pub fn put_issuer(&mut self, issuer: &IssuerRecord) -> Result<(), StoreError> {
        self.put(ISSUERS, &issuer.id.0, issuer)
    }
}
