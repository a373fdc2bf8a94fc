//! argon2id hashes of passwords. At most two are computed at once, in memory that is taken once: twenty sessions that
//! each took their own would keep twenty times 19 MiB.

use std::sync::{Condvar, Mutex, PoisonError};

use argon2::password_hash::{Ident, Output, ParamsString, PasswordHash, SaltString};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use secrecy::SecretString;
use zeroize::{Zeroize, Zeroizing};

use super::password::{MAX_BYTES, PasswordError, normalized};

/// Computes argon2id, 19 MiB, t = 2, p = 1 (OWASP's second choice for servers with many logins).
pub struct Hasher {
    params: Params,
    /// The memory of computations that are not running now.
    free: Mutex<Vec<Vec<Block>>>,
    freed: Condvar,
    /// A hash of nothing that anybody knows: an unknown user costs the same time.
    decoy: String,
}

const AT_ONCE: usize = 2;
/// Octets of a salt and of a hash.
const SALT: usize = 64;
const HASH: usize = 32;

impl Hasher {
    /// `salt` makes the decoy hash; any 16 random octets.
    pub fn new(salt: [u8; 16]) -> Result<Self, PasswordError> {
        let params = Params::new(19 * 1024, 2, 1, Some(HASH)).map_err(|_| PasswordError::Hash)?;
        let mut hasher = Self {
            params,
            free: Mutex::new(vec![Vec::new(); AT_ONCE]),
            freed: Condvar::new(),
            decoy: String::new(),
        };
        hasher.decoy = hasher.hash(&SecretString::from(hex::encode(salt)), salt)?;
        Ok(hasher)
    }

    /// Waits for one of the memories, computes in it, wipes it and gives it back.
    fn compute(&self, params: &Params, password: &[u8], salt: &[u8]) -> Option<[u8; HASH]> {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let mut free = self
            .freed
            .wait_while(free, |free| free.is_empty())
            .unwrap_or_else(PoisonError::into_inner);
        let mut memory = free.pop().unwrap_or_default();
        drop(free);
        memory.resize(params.block_count(), Block::default());
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
        let mut hash = [0; HASH];
        let computed =
            argon2.hash_password_into_with_memory(password, salt, &mut hash, &mut memory);
        memory.iter_mut().for_each(Zeroize::zeroize);
        self.free
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(memory);
        self.freed.notify_one();
        computed.ok().map(|()| hash)
    }

    /// The PHC string of a password under a random salt.
    pub fn hash(&self, password: &SecretString, salt: [u8; 16]) -> Result<String, PasswordError> {
        let text = normalized(password);
        let failed = |_| PasswordError::Hash;
        let hash = self
            .compute(&self.params, text.as_bytes(), &salt)
            .ok_or(PasswordError::Hash)?;
        let salt = SaltString::encode_b64(&salt).map_err(failed)?;
        let phc = PasswordHash {
            algorithm: Algorithm::Argon2id.ident(),
            version: Some(Version::V0x13.into()),
            params: ParamsString::try_from(&self.params).map_err(failed)?,
            salt: Some(salt.as_salt()),
            hash: Some(Output::new(&hash).map_err(failed)?),
        };
        Ok(phc.to_string())
    }

    /// Whether the password is that of `stored`; with no stored hash the time is spent all the same and the answer
    /// is no. Passwords over 128 bytes are wrong without being hashed.
    pub fn verify(&self, password: &SecretString, stored: Option<&str>) -> bool {
        let text = normalized(password);
        if text.len() > MAX_BYTES {
            return false;
        }
        let right = self.is_of(&text, stored.unwrap_or(&self.decoy));
        right == Some(true) && stored.is_some()
    }

    /// `None`: not a hash that this program makes.
    fn is_of(&self, text: &Zeroizing<String>, phc: &str) -> Option<bool> {
        let phc = PasswordHash::new(phc).ok()?;
        let argon2id: Ident<'_> = Algorithm::Argon2id.ident();
        if phc.algorithm != argon2id || phc.version != Some(Version::V0x13.into()) {
            return None;
        }
        let params = Params::try_from(&phc).ok()?;
        let mut salt = [0; SALT];
        let salt = phc.salt?.decode_b64(&mut salt).ok()?;
        let hash = self.compute(&params, text.as_bytes(), salt)?;
        // Outputs are compared in constant time.
        Some(Output::new(&hash).ok()? == phc.hash?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_of_the_usual_library_is_verified() {
        use argon2::password_hash::PasswordHasher;
        let params = Params::new(64, 1, 1, None).unwrap();
        let theirs = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let salt = SaltString::encode_b64(&[3; 16]).unwrap();
        let phc = theirs
            .hash_password(b"kata sandi", &salt)
            .unwrap()
            .to_string();
        let hasher = Hasher::new([1; 16]).unwrap();
        assert!(hasher.verify(&SecretString::from("kata sandi"), Some(&phc)));
        assert!(!hasher.verify(&SecretString::from("kata sandj"), Some(&phc)));
    }

    #[test]
    fn a_hash_verifies_whatever_keyboard_composed_the_letters() {
        let hasher = Hasher::new([7; 16]).unwrap();
        let phc = hasher
            .hash(&SecretString::from("caf\u{e9} di tepi laut"), [9; 16])
            .unwrap();
        assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(hasher.verify(&SecretString::from("cafe\u{301} di tepi laut"), Some(&phc)));
        assert!(!hasher.verify(&SecretString::from("cafe di tepi laut"), Some(&phc)));
        assert!(!hasher.verify(&SecretString::from("apa saja"), None));
    }
}
