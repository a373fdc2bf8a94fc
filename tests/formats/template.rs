//! A good certificate in parts, any of which a case may replace before it is signed. Keys are Ed25519 from fixed
//! seeds, so that the same parts always make the same file.

use ring::signature::{Ed25519KeyPair, KeyPair};

use crate::der::{bits, integer, octets, oid, sequence, set, tlv, utf8};

/// The moment at which the corpus is judged.
pub const NOW: &str = "2026-11-22T09:00:00Z";

pub const CN: &str = "2.5.4.3";
pub const ED25519: &str = "1.3.101.112";

pub fn key(seed: u8) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap()
}

pub const CA_SEED: u8 = 1;
pub const OTHER_CA_SEED: u8 = 2;

pub fn algorithm(dotted: &str, parameters: &[u8]) -> Vec<u8> {
    sequence(&[&oid(dotted), parameters])
}

pub fn spki(seed: u8) -> Vec<u8> {
    sequence(&[
        &algorithm(ED25519, &[]),
        &bits(key(seed).public_key().as_ref()),
    ])
}

/// An RDN of one attribute, its value already encoded.
pub fn rdn(attribute: &str, value: &[u8]) -> Vec<u8> {
    set(&[&sequence(&[&oid(attribute), value])])
}

pub fn ca_name() -> Vec<u8> {
    sequence(&[
        &rdn("2.5.4.6", &tlv(0x13, &[b"ID"])),
        &rdn("2.5.4.10", &utf8("Lembaga UJI")),
        &rdn(CN, &utf8("CA UJI Korpus")),
    ])
}

/// A person's name with this encoded value as its CN.
pub fn person(common_name: &[u8]) -> Vec<u8> {
    sequence(&[
        &rdn("2.5.4.6", &tlv(0x13, &[b"ID"])),
        &rdn("2.5.4.10", &utf8("Instansi UJI")),
        &rdn(CN, common_name),
    ])
}

pub fn utc(text: &str) -> Vec<u8> {
    tlv(0x17, &[text.as_bytes()])
}

pub fn generalized(text: &str) -> Vec<u8> {
    tlv(0x18, &[text.as_bytes()])
}

pub fn extension(dotted: &str, critical: bool, value: &[u8]) -> Vec<u8> {
    let flag: &[u8] = if critical { &[1, 1, 0xff] } else { &[] };
    sequence(&[&oid(dotted), flag, &octets(value)])
}

pub fn key_id(seed: u8) -> [u8; 20] {
    [seed; 20]
}

pub fn aki(seed: u8) -> Vec<u8> {
    let value = sequence(&[&tlv(0x80, &[&key_id(seed)])]);
    extension("2.5.29.35", false, &value)
}

pub fn email(address: &[u8]) -> Vec<u8> {
    let value = sequence(&[&tlv(0x81, &[address])]);
    extension("2.5.29.17", false, &value)
}

pub fn distribution_point(uri: &[u8]) -> Vec<u8> {
    let name = tlv(0xa0, &[&tlv(0xa0, &[&tlv(0x86, &[uri])])]);
    extension("2.5.29.31", false, &sequence(&[&sequence(&[&name])]))
}

pub fn basic_constraints(ca: bool) -> Vec<u8> {
    let flag: &[u8] = if ca { &[1, 1, 0xff] } else { &[] };
    extension("2.5.29.19", true, &sequence(&[flag]))
}

/// keyUsage from the octets of its BIT STRING, the count of unused bits first.
pub fn key_usage(bit_string: &[u8]) -> Vec<u8> {
    extension("2.5.29.15", true, &tlv(0x03, &[bit_string]))
}

pub fn extensions(list: &[Vec<u8>]) -> Vec<u8> {
    tlv(0xa3, &[&tlv(0x30, &[&list.concat()])])
}

/// The encoded parts of a certificate.
#[derive(Clone)]
pub struct Template {
    pub version: Vec<u8>,
    pub serial: Vec<u8>,
    pub inner: Vec<u8>,
    pub issuer: Vec<u8>,
    pub validity: Vec<u8>,
    pub subject: Vec<u8>,
    pub spki: Vec<u8>,
    pub extensions: Vec<u8>,
    pub outer: Vec<u8>,
    /// Whose key signs.
    pub signer: u8,
    /// In place of the right BIT STRING.
    pub signature: Option<Vec<u8>>,
}

impl Template {
    /// A person's certificate; `serial` is its last octet.
    pub fn person(serial: u8) -> Self {
        Self {
            version: tlv(0xa0, &[&integer(&[2])]),
            serial: integer(&[0x5a, 0x01, serial]),
            inner: algorithm(ED25519, &[]),
            issuer: ca_name(),
            validity: sequence(&[&utc("260101000000Z"), &utc("281231235959Z")]),
            subject: person(&utf8("Ratna Contoh")),
            spki: spki(0x40),
            extensions: extensions(&[
                aki(CA_SEED),
                key_usage(&[6, 0xc0]),
                email(b"ratna@uji.example"),
                distribution_point(b"http://crl.uji.example/ca.crl"),
            ]),
            outer: algorithm(ED25519, &[]),
            signer: CA_SEED,
            signature: None,
        }
    }

    /// The authority of the corpus, self-signed.
    pub fn authority() -> Self {
        Self {
            subject: ca_name(),
            spki: spki(CA_SEED),
            extensions: extensions(&[
                extension("2.5.29.14", false, &octets(&key_id(CA_SEED))),
                basic_constraints(true),
                key_usage(&[1, 0x06]),
            ]),
            ..Self::person(0)
        }
    }

    pub fn tbs(&self) -> Vec<u8> {
        sequence(&[
            &self.version,
            &self.serial,
            &self.inner,
            &self.issuer,
            &self.validity,
            &self.subject,
            &self.spki,
            &self.extensions,
        ])
    }

    pub fn der(&self) -> Vec<u8> {
        self.around(&self.tbs())
    }

    /// The certificate around another TBSCertificate, signed as it is.
    pub fn around(&self, tbs: &[u8]) -> Vec<u8> {
        let signed = || bits(key(self.signer).sign(tbs).as_ref());
        let signature = self.signature.clone().unwrap_or_else(signed);
        sequence(&[tbs, &self.outer, &signature])
    }
}

/// DER in a PEM block.
pub fn pem(label: &str, der: &[u8]) -> String {
    let block = pem::Pem::new(label, der);
    pem::encode_config(
        &block,
        pem::EncodeConfig::new().set_line_ending(pem::LineEnding::LF),
    )
}
