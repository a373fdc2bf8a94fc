//! A good CRL in parts, any of which a case may replace before it is signed: the authority and keys of the certificates'
//! corpus, Ed25519 from fixed seeds, so that the same parts always make the same file.

use crate::der::{bits, integer, oid, sequence, tlv};
use crate::template::{CA_SEED, ED25519, aki, algorithm, ca_name, extension, key, utc};

pub const REASON: &str = "2.5.29.21";
pub const INVALIDITY: &str = "2.5.29.24";
pub const NUMBER: &str = "2.5.29.20";
pub const DELTA: &str = "2.5.29.27";
pub const IDP: &str = "2.5.29.28";
pub const FRESHEST: &str = "2.5.29.46";
pub const EXPIRED: &str = "2.5.29.60";

/// The encoded parts of a CRL; an empty part is absent.
#[derive(Clone)]
pub struct CrlTemplate {
    pub version: Vec<u8>,
    pub inner: Vec<u8>,
    pub issuer: Vec<u8>,
    pub this_update: Vec<u8>,
    pub next_update: Vec<u8>,
    pub entries: Option<Vec<Vec<u8>>>,
    pub extensions: Option<Vec<Vec<u8>>>,
    pub outer: Vec<u8>,
    /// Whose key signs.
    pub signer: u8,
    /// In place of the right BIT STRING.
    pub signature: Option<Vec<u8>>,
}

/// An entry from its encoded parts.
pub fn entry(parts: &[&[u8]]) -> Vec<u8> {
    sequence(parts)
}

pub fn serial(last: u8) -> Vec<u8> {
    integer(&[0x5a, 0x01, last])
}

pub const REVOKED: &str = "261120101112Z";

/// An entry with these extensions.
pub fn entry_with(last: u8, extensions: &[Vec<u8>]) -> Vec<u8> {
    entry(&[
        &serial(last),
        &utc(REVOKED),
        &tlv(0x30, &[&extensions.concat()]),
    ])
}

pub fn reason(code: u8) -> Vec<u8> {
    extension(REASON, false, &tlv(0x0a, &[&[code]]))
}

pub fn number(content: &[u8]) -> Vec<u8> {
    extension(NUMBER, false, &integer(content))
}

/// IssuingDistributionPoint or CRLDistributionPoints for one URI.
pub fn point_name(uri: &[u8]) -> Vec<u8> {
    tlv(0xa0, &[&tlv(0xa0, &[&tlv(0x86, &[uri])])])
}

pub fn freshest() -> Vec<u8> {
    extension(
        FRESHEST,
        false,
        &sequence(&[&sequence(&[&point_name(
            b"http://crl.uji.example/delta.crl",
        )])]),
    )
}

pub fn delta(base: u8) -> Vec<u8> {
    extension(DELTA, true, &integer(&[base]))
}

impl CrlTemplate {
    pub fn good() -> Self {
        Self {
            version: integer(&[1]),
            inner: algorithm(ED25519, &[]),
            issuer: ca_name(),
            this_update: utc("261122080000Z"),
            next_update: utc("261124080000Z"),
            entries: Some(vec![
                entry(&[&serial(1), &utc(REVOKED)]),
                entry_with(2, &[reason(1)]),
            ]),
            extensions: Some(vec![aki(CA_SEED), number(&[9])]),
            outer: algorithm(ED25519, &[]),
            signer: CA_SEED,
            signature: None,
        }
    }

    /// The good one with this entry behind the others.
    pub fn with_entry(entry: Vec<u8>) -> Self {
        let mut t = Self::good();
        t.entries.as_mut().unwrap().push(entry);
        t
    }

    /// The good one with these extensions behind its own.
    pub fn with_extensions(more: &[Vec<u8>]) -> Self {
        let mut t = Self::good();
        t.extensions.as_mut().unwrap().extend_from_slice(more);
        t
    }

    pub fn list(&self) -> Vec<u8> {
        self.entries
            .as_ref()
            .map_or_else(Vec::new, |entries| tlv(0x30, &[&entries.concat()]))
    }

    pub fn extension_field(&self) -> Vec<u8> {
        self.extensions
            .as_ref()
            .map_or_else(Vec::new, |list| tlv(0xa0, &[&tlv(0x30, &[&list.concat()])]))
    }

    /// The parts of the TBSCertList in their order.
    pub fn parts(&self) -> [Vec<u8>; 7] {
        [
            self.version.clone(),
            self.inner.clone(),
            self.issuer.clone(),
            self.this_update.clone(),
            self.next_update.clone(),
            self.list(),
            self.extension_field(),
        ]
    }

    pub fn tbs(&self) -> Vec<u8> {
        tlv(0x30, &[&self.parts().concat()])
    }

    pub fn der(&self) -> Vec<u8> {
        self.around(&self.tbs())
    }

    /// The CRL around another TBSCertList, signed as it is.
    pub fn around(&self, tbs: &[u8]) -> Vec<u8> {
        sequence(&[tbs, &self.outer, &self.signature(tbs)])
    }

    pub fn signature(&self, tbs: &[u8]) -> Vec<u8> {
        let signed = || bits(key(self.signer).sign(tbs).as_ref());
        self.signature.clone().unwrap_or_else(signed)
    }
}

/// An OBJECT IDENTIFIER that nothing knows.
pub fn unknown_oid() -> Vec<u8> {
    oid("1.3.6.1.4.1.99999.1")
}
