//! The issuers whose certificates are revoked here: their certificate, where their key lies, how their CRLs are made.
//! No key material.

use serde::{Deserialize, Serialize};

use super::database::{Reader, Writer};
use super::error::StoreError;
use super::key::Span;
use super::page::Window;
use super::table::{Table, table};
use super::value::{Record, plain};
use crate::domain::{CrlNumber, IssuerId, Timestamp};

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
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct IssuerSettings {
    /// From thisUpdate to nextUpdate; the desk's where absent.
    pub validity: Option<i64>,
    /// A regular CRL comes this often, event or not; the desk's where absent.
    pub interval: Option<i64>,
    /// The URL under which the complete CRL is found; the desk's base URL and the file's name where absent.
    pub crl_url: Option<String>,
    /// The complete CRL's file name in the publishing folder.
    pub file_name: String,
    /// Delta CRLs beside the complete one (RFC 5280 §5.2.4).
    pub delta: Option<DeltaSettings>,
    /// Partitioned CRLs beside the complete one, one a distribution point (RFC 5280 §5.2.5).
    pub partitions: Vec<PartitionSettings>,
}

/// How an issuer's delta CRLs are made. Durations in milliseconds.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct DeltaSettings {
    /// What freshestCRL of the complete CRL names (RFC 5280 §5.2.6).
    pub url: String,
    pub file_name: String,
    /// A delta comes this often, event or not.
    pub interval: i64,
    pub validity: i64,
    /// The first complete CRL that may be a base: changes before it were not written down.
    pub since: CrlNumber,
}

/// A partitioned CRL: the certificates that name this distribution point.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PartitionSettings {
    pub uri: String,
    pub file_name: String,
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

impl Record for IssuerRecord {
    const NAME: &'static str = "issuers";
    const VERSION: u8 = 2;

    /// Version 1 had periods and a history of its own that nothing went by: the desk's were used, and are.
    fn upgrade(version: u8, body: &[u8]) -> Option<Result<Self, StoreError>> {
        (version == 1)
            .then(|| plain(Self::NAME, body).map(|old: version_1::IssuerRecord| old.into()))
    }
}

mod version_1 {
    use serde::Deserialize;

    use super::KeyReference;
    use crate::domain::{IssuerId, Timestamp};

    #[derive(Deserialize)]
    pub struct IssuerRecord {
        id: IssuerId,
        certificate_der: Vec<u8>,
        label: String,
        key: KeyReference,
        settings: IssuerSettings,
        added_at: Timestamp,
    }

    #[derive(Deserialize)]
    struct IssuerSettings {
        _validity: i64,
        _interval: i64,
        crl_url: Option<String>,
        file_name: String,
        _history: u32,
    }

    impl From<IssuerRecord> for super::IssuerRecord {
        fn from(old: IssuerRecord) -> Self {
            Self {
                id: old.id,
                certificate_der: old.certificate_der,
                label: old.label,
                key: old.key,
                settings: super::IssuerSettings {
                    crl_url: old.settings.crl_url,
                    file_name: old.settings.file_name,
                    ..super::IssuerSettings::default()
                },
                added_at: old.added_at,
            }
        }
    }
}

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
