//! Certificates in, CRLs out: reading, issuers and keys, and the CRL engine. Knows no requests and no people.

// Reading half.
pub mod der_scan;

// CRL half.
