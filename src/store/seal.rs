//! Sealing what belongs to a person: AES-256-GCM under a key of the person's own (ring). What is sealed is bound to its
//! purpose and row, so that nothing sealed can stand in another's place. Draws no randomness.

use std::fmt;

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use zeroize::Zeroizing;

use super::error::StoreError;

/// The octets of a nonce; random and fresh each time (a person has few sealed things, far below GCM's limit).
pub type SealNonce = [u8; NONCE_LEN];

const VERSION: u8 = 1;

/// A person's key. Deleting it is erasing whatever was sealed with it.
#[derive(Clone)]
pub struct SubjectKey(Zeroizing<[u8; 32]>);

impl fmt::Debug for SubjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SubjectKey(…)")
    }
}

impl SubjectKey {
    pub(crate) fn new(octets: &[u8; 32]) -> Self {
        Self(Zeroizing::new(*octets))
    }

    pub(crate) fn octets(&self) -> &[u8; 32] {
        &self.0
    }

    /// Version octet, nonce, ciphertext and tag. `purpose` and `row` must be the same when it is opened.
    pub fn seal(
        &self,
        purpose: &'static str,
        row: &[u8],
        nonce: SealNonce,
        plain: &[u8],
    ) -> Result<Vec<u8>, StoreError> {
        let mut sealed = Vec::with_capacity(1 + NONCE_LEN + plain.len() + AES_256_GCM.tag_len());
        sealed.push(VERSION);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(plain);
        let body = &mut sealed[1 + NONCE_LEN..];
        let tag = self
            .cipher()?
            .seal_in_place_separate_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(binding(purpose, row)),
                body,
            )
            .map_err(|_| StoreError::Sealed { what: purpose })?;
        sealed.extend_from_slice(tag.as_ref());
        Ok(sealed)
    }

    /// What was sealed, wiped when dropped. Altered octets, another key, purpose or row are a [`StoreError::Sealed`].
    pub fn open(
        &self,
        purpose: &'static str,
        row: &[u8],
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        let bad = || StoreError::Sealed { what: purpose };
        let (version, rest) = sealed.split_first().ok_or_else(bad)?;
        let (nonce, body) = rest.split_first_chunk::<NONCE_LEN>().ok_or_else(bad)?;
        if *version != VERSION {
            return Err(bad());
        }
        let mut plain = Zeroizing::new(body.to_vec());
        let length = self
            .cipher()?
            .open_in_place(
                Nonce::assume_unique_for_key(*nonce),
                Aad::from(binding(purpose, row)),
                &mut plain,
            )
            .map_err(|_| bad())?
            .len();
        plain.truncate(length);
        Ok(plain)
    }

    fn cipher(&self) -> Result<LessSafeKey, StoreError> {
        UnboundKey::new(&AES_256_GCM, self.0.as_slice())
            .map(LessSafeKey::new)
            .map_err(|_| StoreError::Sealed { what: "key" })
    }
}

fn binding(purpose: &str, row: &[u8]) -> Vec<u8> {
    [purpose.as_bytes(), &[0], row].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sealed_octets_open_only_with_their_key_purpose_and_row_unaltered() {
        let key = SubjectKey::new(&[1; 32]);
        let sealed = key.seal("letter", b"a", [2; 12], b"surat").unwrap();
        assert_eq!(
            key.open("letter", b"a", &sealed).unwrap().as_slice(),
            b"surat"
        );
        let mut altered = sealed.clone();
        altered[15] ^= 1;
        for (key, purpose, row, octets) in [
            (
                SubjectKey::new(&[3; 32]),
                "letter",
                &b"a"[..],
                sealed.as_slice(),
            ),
            (key.clone(), "personal", b"a", &sealed),
            (key.clone(), "letter", b"b", &sealed),
            (key.clone(), "letter", b"a", &altered),
            (key.clone(), "letter", b"a", &sealed[..12]),
            (key, "letter", b"a", &[]),
        ] {
            let opened = key.open(purpose, row, octets);
            assert!(matches!(opened, Err(StoreError::Sealed { .. })));
        }
    }
}
