//! Keys on PKCS#11 tokens: the URI that names one (RFC 7512), what can go wrong with it, and signing with it.
//! The module is a vendor's library; it is loaded in the signing process only, so that its crash is not the desk's.

mod fault;
mod how;
mod module;
mod token;
pub mod uri;

pub use fault::TokenFault;
pub use token::TokenKey;
pub use uri::TokenUri;
