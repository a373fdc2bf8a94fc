//! Object identifiers of the CRL half of this room, as the content octets that stand in the encoding.

pub const AUTHORITY_KEY_IDENTIFIER: &[u8] = &[0x55, 0x1d, 0x23];
pub const SUBJECT_KEY_IDENTIFIER: &[u8] = &[0x55, 0x1d, 0x0e];
pub const KEY_USAGE: &[u8] = &[0x55, 0x1d, 0x0f];
pub const ISSUER_ALT_NAME: &[u8] = &[0x55, 0x1d, 0x12];
pub const CRL_NUMBER: &[u8] = &[0x55, 0x1d, 0x14];
pub const REASON_CODE: &[u8] = &[0x55, 0x1d, 0x15];
pub const INVALIDITY_DATE: &[u8] = &[0x55, 0x1d, 0x18];
pub const DELTA_CRL_INDICATOR: &[u8] = &[0x55, 0x1d, 0x1b];
pub const ISSUING_DISTRIBUTION_POINT: &[u8] = &[0x55, 0x1d, 0x1c];
pub const CERTIFICATE_ISSUER: &[u8] = &[0x55, 0x1d, 0x1d];
pub const FRESHEST_CRL: &[u8] = &[0x55, 0x1d, 0x2e];
pub const EXPIRED_CERTS_ON_CRL: &[u8] = &[0x55, 0x1d, 0x3c];
/// 1.3.6.1.5.5.7.1.1
pub const AUTHORITY_INFO_ACCESS: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x01, 0x01];
