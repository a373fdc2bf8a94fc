//! A key under its rules: reads each list, asks the ledger, signs, and keeps the number before it gives the signature
//! away. The signing process is this and a socket; a test or a demo under construction has it in its own process.

use std::sync::{Mutex, PoisonError};

use super::error::SignerError;
use super::ledger::{Ledger, Scope, ScopeNumbers};
use super::state::{Medium, State};
use super::{CrlSigner, LONGEST_TBS, tbs};
use crate::pki::algorithm::SignatureAlgorithm;
use crate::pki::issuer::Issuer;
use crate::pki::key::{KeyError, PrivateKey};

/// What signs octets and asks nothing.
pub trait RawKey: Send {
    fn algorithm(&self) -> SignatureAlgorithm;
    fn sign(&mut self, message: &[u8]) -> Result<Vec<u8>, SignerError>;

    /// Whether it could sign now.
    fn probe(&mut self) -> Result<(), SignerError> {
        Ok(())
    }
}

impl RawKey for PrivateKey {
    fn algorithm(&self) -> SignatureAlgorithm {
        self.signature_algorithm()
    }

    fn sign(&mut self, message: &[u8]) -> Result<Vec<u8>, SignerError> {
        Ok(Self::sign(self, message)?)
    }
}

/// A key, whose it is, and how far its numbers have come.
pub struct Guard<M> {
    key: Box<dyn RawKey>,
    subject: Vec<u8>,
    state: State<M>,
}

impl<M: Medium> Guard<M> {
    /// Reads the numbers kept. The key must have been found to be the issuer's.
    pub fn new(key: Box<dyn RawKey>, issuer: &Issuer, medium: M) -> Result<Self, SignerError> {
        Ok(Self {
            key,
            subject: issuer.subject_der().to_vec(),
            state: State::open(medium, Ledger::new(issuer.id()))?,
        })
    }

    pub fn algorithm(&self) -> SignatureAlgorithm {
        self.key.algorithm()
    }

    /// Signs a tBSCertList, or says which rule it breaks.
    pub fn sign(&mut self, tbs: &[u8]) -> Result<Vec<u8>, SignerError> {
        let octets = tbs.len() as u64;
        if octets > LONGEST_TBS {
            return Err(SignerError::TooLarge {
                octets,
                limit: LONGEST_TBS,
            });
        }
        let list = tbs::read(tbs, &self.subject, self.key.algorithm())?;
        let next = self.state.ledger().with(&list)?;
        let signature = self.key.sign(tbs)?;
        // On the disk before anybody has the signature: a kill from here on costs a number and no more.
        self.state.keep(next)?;
        Ok(signature)
    }

    pub fn numbers(&self, scope: &Scope) -> ScopeNumbers {
        self.state.ledger().numbers(scope)
    }

    pub fn probe(&mut self) -> Result<(), SignerError> {
        self.key.probe()
    }
}

/// A guarded key in this process, for where no other can be started.
pub struct Local<M>(Mutex<Guard<M>>);

impl<M: Medium> Local<M> {
    /// Opens a key file, which must be the issuer's.
    pub fn open(
        file: &[u8],
        passphrase: Option<&[u8]>,
        issuer: &Issuer,
        medium: M,
    ) -> Result<Self, SignerError> {
        let key = PrivateKey::read(file, passphrase)?;
        if !key.matches(issuer) {
            return Err(KeyError::OtherKey.into());
        }
        Ok(Self(Mutex::new(Guard::new(Box::new(key), issuer, medium)?)))
    }
}

impl<M: Medium + Send> CrlSigner for Local<M> {
    fn algorithm(&self) -> SignatureAlgorithm {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .algorithm()
    }

    fn sign_crl(&self, tbs: &[u8]) -> Result<Vec<u8>, SignerError> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .sign(tbs)
    }

    fn last_numbers(&self, scope: &Scope) -> Result<ScopeNumbers, SignerError> {
        let guard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(guard.numbers(scope))
    }
}

#[cfg(test)]
#[path = "guard_tests.rs"]
mod tests;
