//! Who signs CRLs: a key behind rules of its own. A [`CrlSigner`] takes the signed part of a CRL, reads it itself,
//! signs only lists of its issuer with rising numbers, and remembers the last ones where a kill cannot reach.
//! The key lies in a child process (`client`, `child`); the same guard runs in this process where a test asks for it.
//! Never signs anything but a CRL, and never gives a key away.

pub mod child;
pub mod client;
pub mod confine;
pub mod error;
pub mod guard;
pub mod ledger;
pub mod material;
mod state;
mod tbs;
mod wire;

use super::algorithm::SignatureAlgorithm;
use super::der_scan::DerError;
use super::key::PrivateKey;
use super::stream_signature::AlgorithmIdentifier;

pub use error::{Forbidden, SignerError, StateFault};
pub use ledger::{Issued, ListKind, Scope, ScopeNumbers};
pub use state::{Unsynced, numbers_of};

/// The longest tBSCertList that is signed, in octets: a list of some twenty million entries.
pub const LONGEST_TBS: u64 = 1 << 30;

/// Something that signs CRLs of one issuer.
pub trait CrlSigner: Send + Sync {
    /// What it signs with: inside and outside a CRL (RFC 5280 §5.1.1.2).
    fn algorithm(&self) -> SignatureAlgorithm;

    /// The signature over a tBSCertList, as it goes into the BIT STRING. Refused unless the list is one of this
    /// issuer's whose number and thisUpdate rise within its scope; what is refused was not signed.
    fn sign_crl(&self, tbs: &[u8]) -> Result<Vec<u8>, SignerError>;

    /// The last numbers signed in a scope, as far as this signer keeps them.
    fn last_numbers(&self, scope: &Scope) -> Result<ScopeNumbers, SignerError>;

    /// The AlgorithmIdentifier for a CRL about to be written.
    fn algorithm_identifier(&self) -> Result<AlgorithmIdentifier, DerError> {
        AlgorithmIdentifier::read(self.algorithm().identifier_der())
    }
}

/// A bare key keeps no numbers and asks no questions: for tests and for the guard that does.
impl CrlSigner for PrivateKey {
    fn algorithm(&self) -> SignatureAlgorithm {
        self.signature_algorithm()
    }

    fn sign_crl(&self, tbs: &[u8]) -> Result<Vec<u8>, SignerError> {
        Ok(self.sign(tbs)?)
    }

    fn last_numbers(&self, _: &Scope) -> Result<ScopeNumbers, SignerError> {
        Ok(ScopeNumbers::default())
    }
}
