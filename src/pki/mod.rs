//! Certificates in, CRLs out: reading, issuers and keys, and the CRL engine. Knows no requests and no people.

// Reading half.
pub mod algorithm;
pub mod certificate;
pub mod defect;
pub mod der_scan;
pub mod extension;
pub mod issuer;
pub mod name;
mod recognize;

// CRL half.
