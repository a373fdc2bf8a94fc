//! Certificates in, CRLs out: reading, issuers and keys, and the CRL engine. Knows no requests and no people.

// Reading half.
pub mod algorithm;
pub mod bundle;
pub mod ca_folder;
pub mod certificate;
pub mod defect;
pub mod demo_ca;
pub mod der_scan;
pub mod der_value;
pub mod extension;
pub mod index_txt;
pub mod issuer;
pub mod key;
pub mod key_file;
mod large_buffer;
pub mod likeness;
pub mod name;
mod pem_blocks;
pub mod pkcs11;
mod recognize;
pub mod second_opinion;
pub mod signer;
mod window;

// CRL half.
pub mod adopt;
pub mod check;
pub mod crl_extension;
#[cfg(test)]
mod crl_fixture;
pub mod crl_issuer;
pub mod crl_read;
pub mod crl_summary;
pub mod der_write;
pub mod diff;
pub mod entry;
pub mod examine;
pub mod gate;
mod lints;
pub mod oid;
pub mod ordered;
pub mod pem_stream;
pub mod plan;
pub mod publish;
pub mod stream_signature;
pub mod write;
