//! A certificate as the desk knows it: whose it is and whether it is revoked. Reading DER is `pki`'s.

use serde::{Deserialize, Serialize};

use super::distinguished_name::DistinguishedName;
use super::identifiers::{AccountId, CrlNumber, IssuerId, Serial};
use super::instant::Timestamp;
use super::reason::ReasonCode;

/// What identifies a certificate: issuer and serial (RFC 5280 §4.1.2.2).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct CertificateKey {
    pub issuer: IssuerId,
    pub serial: Serial,
}

/// What stands on a CRL about a certificate, once decided.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Revocation {
    /// When it was decided; kept through a later change of reason and through hold → revoked.
    pub date: Timestamp,
    pub reason: ReasonCode,
    /// When the key is thought to have been lost (RFC 5280 §5.3.2); between notBefore and the revocation date.
    pub invalidity_date: Option<Timestamp>,
    /// The first CRL that carries it, published and read back.
    pub on_crl: Option<CrlNumber>,
}

/// Where a certificate stands. Expiry is a matter of the clock, not of a stored state.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Standing {
    Active,
    /// Suspended; may be released or revoked.
    Held(Revocation),
    Revoked(Revocation),
}

/// The word for a certificate's state that screens and commands show.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CertificateStatus {
    Active,
    Held,
    Revoked,
    Expired,
}

impl CertificateStatus {
    pub const ALL: [Self; 4] = [Self::Active, Self::Held, Self::Revoked, Self::Expired];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Held => "held",
            Self::Revoked => "revoked",
            Self::Expired => "expired",
        }
    }

    /// The word that Indonesian screens show.
    pub const fn indonesian(self) -> &'static str {
        match self {
            Self::Active => "aktif",
            Self::Held => "ditangguhkan",
            Self::Revoked => "dicabut",
            Self::Expired => "kedaluwarsa",
        }
    }

    /// Reads a name or its Indonesian word, in either case.
    pub fn parse(text: &str) -> Option<Self> {
        let fits = |word: &str| word.eq_ignore_ascii_case(text.trim());
        Self::ALL
            .into_iter()
            .find(|s| fits(s.name()) || fits(s.indonesian()))
    }
}

/// A certificate in the desk's database.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Certificate {
    pub key: CertificateKey,
    pub subject: DistinguishedName,
    pub issuer_name: DistinguishedName,
    pub owner: Option<AccountId>,
    pub not_before: Timestamp,
    pub not_after: Timestamp,
    /// E-mail addresses of the subjectAltName.
    pub emails: Vec<String>,
    /// SHA-256 of the SubjectPublicKeyInfo: certificates that share a key share this.
    pub public_key_sha256: [u8; 32],
    /// SHA-256 of the DER, logged at step 6.
    pub der_sha256: [u8; 32],
    /// cRLDistributionPoints URIs (RFC 5280 §4.2.1.13).
    pub distribution_points: Vec<String>,
    pub standing: Standing,
    pub version: u64,
}

impl Certificate {
    pub fn status(&self, now: Timestamp) -> CertificateStatus {
        match self.standing {
            Standing::Revoked(_) => CertificateStatus::Revoked,
            _ if now > self.not_after => CertificateStatus::Expired,
            Standing::Held(_) => CertificateStatus::Held,
            Standing::Active => CertificateStatus::Active,
        }
    }

    pub fn revocation(&self) -> Option<&Revocation> {
        match &self.standing {
            Standing::Active => None,
            Standing::Held(r) | Standing::Revoked(r) => Some(r),
        }
    }
}
