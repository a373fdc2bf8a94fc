//! What can be wrong with a certificate that comes in, each with a stable id and an English sentence.
//! An id never changes its meaning: reports, tests and the screens' translations hang on it.
//! Sentences may quote text from outside; it is made printable when the defect is built.

use super::der_scan::DerError;
use super::likeness::Likeness;
use crate::domain::Timestamp;

/// Why a certificate is refused. Facts are fields; `id()` is for machines, `Display` for people.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Defect {
    // The container.
    #[error("it cannot be read: {why}")]
    Unreadable { why: String },
    #[error("there is nothing in the input")]
    EmptyInput,
    #[error("this is {what}, not a certificate")]
    NotACertificate { what: Likeness },
    #[error("the PEM block has no END line")]
    PemNotEnded,
    #[error("a PEM END line has no BEGIN line")]
    PemNotBegun,
    #[error("the PEM block begins as {begin} and ends as {end}")]
    PemLabelsDiffer { begin: String, end: String },
    #[error("the PEM block is not clean base64 in line {line}")]
    PemDamaged { line: u64 },
    #[error("the PEM block is empty")]
    PemEmpty,
    #[error("it is larger than {limit} octets, which no certificate needs")]
    TooLarge { limit: usize },
    #[error("the file is larger than {limit} octets")]
    FileTooLarge { limit: u64 },
    #[error("the PKCS#7 file holds no certificates")]
    Pkcs7WithoutCertificates,

    // The encoding (X.690).
    #[error("the data end at octet {offset}, in the middle of an element")]
    Truncated { offset: usize },
    #[error("the element at octet {offset} is longer than the one around it")]
    OverrunsParent { offset: usize },
    #[error("the element at octet {offset} has an indefinite length, which DER forbids")]
    IndefiniteLength { offset: usize },
    #[error("the length at octet {offset} is not in its shortest form, which DER demands")]
    NonMinimalLength { offset: usize },
    #[error("{count} octets follow at octet {offset} where the element should end")]
    TrailingBytes { offset: usize, count: usize },
    #[error("the element at octet {offset} has tag {found:#04x} where {expected:#04x} belongs")]
    UnexpectedElement {
        offset: usize,
        expected: u8,
        found: u8,
    },
    #[error("an element of tag {expected:#04x} is missing at octet {offset}")]
    MissingElement { offset: usize, expected: u8 },
    #[error("the value at octet {offset} is not {what}")]
    Malformed { offset: usize, what: &'static str },

    // The fields (RFC 5280 §4.1).
    #[error("its version is {found}; only version 3 is read (RFC 5280 §4.1.2.1)")]
    WrongVersion { found: String },
    #[error("its serial number is negative (RFC 5280 §4.1.2.2)")]
    NegativeSerial,
    #[error("its serial number is zero (RFC 5280 §4.1.2.2)")]
    ZeroSerial,
    #[error("its serial number has {octets} octets; at most 20 are allowed (RFC 5280 §4.1.2.2)")]
    SerialTooLong { octets: usize },
    #[error("its serial number is padded with a needless octet (X.690 §8.3.2)")]
    PaddedSerial,
    #[error(
        "it names {inner} inside and {outer} outside as signature algorithm (RFC 5280 §4.1.1.2)"
    )]
    InnerOuterAlgorithmDiffer { inner: String, outer: String },
    #[error("the parameters of its signature algorithm {algorithm} are wrong")]
    WrongAlgorithmParameters { algorithm: String },
    #[error("its issuer is empty (RFC 5280 §4.1.2.4)")]
    EmptyIssuer,
    #[error(
        "its subject is empty and no critical subjectAltName stands in for it (RFC 5280 §4.1.2.6)"
    )]
    EmptySubject,
    #[error("its name has an RDN without an attribute")]
    EmptyRdn,
    #[error("its {field} is not valid UTF-8")]
    BadUtf8 { field: String },
    #[error("its {field} is not a valid BMPString")]
    BadBmpString { field: String },
    #[error("its {field} is not a valid UniversalString")]
    BadUniversalString { field: String },
    #[error("its {field} has a character beyond ASCII in an ASCII string type")]
    BadAsciiString { field: String },
    #[error("its {field} contains a control or invisible character")]
    ControlInName { field: String },
    #[error("its {field} is not a time as RFC 5280 §4.1.2.5 wants it")]
    BadTime { field: &'static str },
    #[error("it ends ({not_after}) before it begins ({not_before})")]
    ValidityReversed {
        not_before: Timestamp,
        not_after: Timestamp,
    },
    #[error("its public key is not a SubjectPublicKeyInfo (RFC 5280 §4.1.2.7)")]
    BadPublicKey,
    #[error("its signature is not a BIT STRING of whole octets")]
    BadSignatureField,

    // The extensions (RFC 5280 §4.2).
    #[error("the list of its extensions is empty")]
    EmptyExtensions,
    #[error("the extension {extension} occurs twice (RFC 5280 §4.2)")]
    DuplicateExtension { extension: String },
    #[error("the critical extension {oid} is unknown here (RFC 5280 §4.2)")]
    UnknownCriticalExtension { oid: String },
    #[error("the content of its extension {extension} is damaged")]
    BadExtension { extension: &'static str },
    #[error("its critical flag FALSE is written out, which DER forbids (X.690 §11.5)")]
    DefaultWrittenOut { offset: usize },

    // What it is to the desk.
    #[error("it is a certificate of an authority, not of a person")]
    IsACa,
    #[error("it is not a certificate of an authority (basicConstraints, RFC 5280 §4.2.1.9)")]
    NotACa,
    #[error("its keyUsage does not allow signing CRLs (RFC 5280 §4.2.1.3)")]
    MayNotSignCrls,
    #[error("no authority of this desk is named {issuer}")]
    WrongIssuer { issuer: String },
    #[error("the authority {issuer} is here, but with another key than the certificate names")]
    AuthorityKeyDiffers { issuer: String },
    #[error("it is valid only from {not_before}")]
    NotYetValid { not_before: Timestamp },
    #[error("it expired at {not_after}")]
    Expired { not_after: Timestamp },
    #[error("its signature algorithm {algorithm} is not supported")]
    UnsupportedAlgorithm { algorithm: String },
    #[error("its signature does not verify with its issuer's key")]
    BadSignature,
    /// RFC 5280 §4.1.2.2: a serial is unique for each certificate of a CA.
    #[error("another certificate of this issuer has the serial {serial} already")]
    SerialTaken { serial: crate::domain::Serial },
    #[error("line {line} is none of an index of openssl ca")]
    IndexLine { line: u64 },
    #[error(
        "line {line} says another end for {serial} than that certificate has: it is the index of another authority"
    )]
    ForeignIndex {
        line: u64,
        serial: crate::domain::Serial,
    },
    #[error(
        "no line of the index is of a certificate that is known here: take in the certificates first, or name the issuer"
    )]
    UnconfirmedIndex,
}

macro_rules! ids {
    ($($pattern:pat => $name:literal,)+) => {
        impl Defect {
            /// The name of every kind, in the order of the variants.
            pub const IDS: &[&str] = &[$($name),+];

            /// The stable name of the kind of defect, kebab-case.
            pub const fn id(&self) -> &'static str {
                match self {
                    $($pattern => $name,)+
                }
            }
        }
    };
}

ids! {
    Self::Unreadable { .. } => "unreadable",
    Self::EmptyInput => "empty-input",
    Self::NotACertificate { .. } => "not-a-certificate",
    Self::PemNotEnded => "pem-not-ended",
    Self::PemNotBegun => "pem-not-begun",
    Self::PemLabelsDiffer { .. } => "pem-labels-differ",
    Self::PemDamaged { .. } => "pem-damaged",
    Self::PemEmpty => "pem-empty",
    Self::TooLarge { .. } => "too-large",
    Self::FileTooLarge { .. } => "file-too-large",
    Self::Pkcs7WithoutCertificates => "pkcs7-without-certificates",
    Self::Truncated { .. } => "truncated",
    Self::OverrunsParent { .. } => "overruns-parent",
    Self::IndefiniteLength { .. } => "indefinite-length",
    Self::NonMinimalLength { .. } => "non-minimal-length",
    Self::TrailingBytes { .. } => "trailing-bytes",
    Self::UnexpectedElement { .. } => "unexpected-element",
    Self::MissingElement { .. } => "missing-element",
    Self::Malformed { .. } => "malformed",
    Self::WrongVersion { .. } => "wrong-version",
    Self::NegativeSerial => "negative-serial",
    Self::ZeroSerial => "zero-serial",
    Self::SerialTooLong { .. } => "serial-too-long",
    Self::PaddedSerial => "padded-serial",
    Self::InnerOuterAlgorithmDiffer { .. } => "inner-outer-algorithm-differ",
    Self::WrongAlgorithmParameters { .. } => "wrong-algorithm-parameters",
    Self::EmptyIssuer => "empty-issuer",
    Self::EmptySubject => "empty-subject",
    Self::EmptyRdn => "empty-rdn",
    Self::BadUtf8 { .. } => "bad-utf8",
    Self::BadBmpString { .. } => "bad-bmp-string",
    Self::BadUniversalString { .. } => "bad-universal-string",
    Self::BadAsciiString { .. } => "bad-ascii-string",
    Self::ControlInName { .. } => "control-in-name",
    Self::BadTime { .. } => "bad-time",
    Self::ValidityReversed { .. } => "validity-reversed",
    Self::BadPublicKey => "bad-public-key",
    Self::BadSignatureField => "bad-signature-field",
    Self::EmptyExtensions => "empty-extensions",
    Self::DuplicateExtension { .. } => "duplicate-extension",
    Self::UnknownCriticalExtension { .. } => "unknown-critical-extension",
    Self::BadExtension { .. } => "bad-extension",
    Self::DefaultWrittenOut { .. } => "default-written-out",
    Self::IsACa => "is-a-ca",
    Self::NotACa => "not-a-ca",
    Self::MayNotSignCrls => "may-not-sign-crls",
    Self::WrongIssuer { .. } => "wrong-issuer",
    Self::AuthorityKeyDiffers { .. } => "authority-key-differs",
    Self::NotYetValid { .. } => "not-yet-valid",
    Self::Expired { .. } => "expired",
    Self::UnsupportedAlgorithm { .. } => "unsupported-algorithm",
    Self::BadSignature => "bad-signature",
    Self::SerialTaken { .. } => "serial-taken",
    Self::IndexLine { .. } => "index-line",
    Self::ForeignIndex { .. } => "foreign-index",
    Self::UnconfirmedIndex => "unconfirmed-index",
}

impl From<DerError> for Defect {
    fn from(error: DerError) -> Self {
        match error {
            DerError::Truncated { offset } => Self::Truncated { offset },
            DerError::OverrunsParent { offset } => Self::OverrunsParent { offset },
            DerError::IndefiniteLength { offset } => Self::IndefiniteLength { offset },
            DerError::NonMinimalLength { offset } => Self::NonMinimalLength { offset },
            DerError::WrongTag {
                offset,
                expected,
                found,
            } => Self::UnexpectedElement {
                offset,
                expected,
                found,
            },
            DerError::Missing { offset, expected } => Self::MissingElement { offset, expected },
            DerError::TrailingBytes { offset, count } => Self::TrailingBytes { offset, count },
            DerError::BadValue { offset, what } => Self::Malformed { offset, what },
        }
    }
}
