//! The desk's own key, and what lies sealed under it: log key, TOTP seeds, SMTP password, unencrypted CA keys.
//! It comes from a service credential where there is one, else from a 0600 file in the data folder.

use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use zeroize::Zeroizing;

/// Seals and opens small secrets (AES-256-GCM); the purpose is bound to each so that none can stand in for another.
pub struct Vault {
    key: LessSafeKey,
}

/// A secret that does not open: altered, of another purpose or of another desk.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("a sealed secret does not open with this desk's key")]
pub struct Unsealable;

const CREDENTIAL: &str = "ams-desk-key";
/// The key's file in the data folder.
pub(super) const FILE: &str = "desk.key";

impl Vault {
    pub fn new(key: &[u8; 32]) -> Result<Self, Unsealable> {
        let key = UnboundKey::new(&AES_256_GCM, key).map_err(|_| Unsealable)?;
        Ok(Self {
            key: LessSafeKey::new(key),
        })
    }

    /// Opens the vault of a data folder; a new one is made when `create` gives 32 random octets.
    pub fn open(
        folder: &Path,
        credentials: Option<&Path>,
        create: Option<[u8; 32]>,
    ) -> io::Result<Self> {
        let bad = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
        let path = folder.join(FILE);
        let from = credentials
            .map(|dir| dir.join(CREDENTIAL))
            .filter(|p| p.exists())
            .unwrap_or_else(|| path.clone());
        if let (Some(octets), false) = (create, from.exists()) {
            let mut file = std::fs::OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(&path)?;
            file.write_all(&octets)?;
            file.sync_all()?;
        }
        let mut file = std::fs::File::open(&from)?;
        if from == path && file.metadata()?.mode() & 0o077 != 0 {
            return Err(bad(
                "desk.key can be read by others: chmod 600 it and change what it protects",
            ));
        }
        let mut octets = Zeroizing::new(Vec::new());
        file.read_to_end(&mut octets)?;
        let key: Zeroizing<[u8; 32]> = Zeroizing::new(
            octets
                .as_slice()
                .try_into()
                .map_err(|_| bad("desk.key must be 32 octets long"))?,
        );
        Self::new(&key).map_err(|_| bad("desk.key is no key"))
    }

    /// `nonce` ‖ ciphertext ‖ tag. `nonce` must be random and fresh.
    pub fn seal(
        &self,
        purpose: &str,
        nonce: [u8; NONCE_LEN],
        secret: &[u8],
    ) -> Result<Vec<u8>, Unsealable> {
        let mut sealed = Zeroizing::new(secret.to_vec());
        let tag = self
            .key
            .seal_in_place_separate_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(purpose),
                &mut sealed,
            )
            .map_err(|_| Unsealable)?;
        Ok([nonce.as_slice(), &sealed, tag.as_ref()].concat())
    }

    pub fn open_secret(
        &self,
        purpose: &str,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, Unsealable> {
        let (nonce, rest) = sealed.split_at_checked(NONCE_LEN).ok_or(Unsealable)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| Unsealable)?;
        let mut secret = Zeroizing::new(rest.to_vec());
        let length = self
            .key
            .open_in_place(nonce, Aad::from(purpose), &mut secret)
            .map_err(|_| Unsealable)?
            .len();
        secret.truncate(length);
        Ok(secret)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_opens_only_for_its_purpose() {
        let vault = Vault::new(&[1; 32]).unwrap();
        let sealed = vault.seal("totp", [2; 12], b"seed").unwrap();
        assert_eq!(
            vault.open_secret("totp", &sealed).unwrap().as_slice(),
            b"seed"
        );
        assert!(vault.open_secret("smtp", &sealed).is_err());
        let mut cut = sealed.clone();
        cut.pop();
        assert!(
            vault.open_secret("totp", &cut).is_err() && vault.open_secret("totp", &[]).is_err()
        );
        assert!(
            Vault::new(&[3; 32])
                .unwrap()
                .open_secret("totp", &sealed)
                .is_err()
        );
    }

    #[test]
    fn a_key_file_that_others_can_read_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        Vault::open(dir.path(), None, Some([5; 32])).unwrap();
        assert!(Vault::open(dir.path(), None, None).is_ok());
        std::fs::set_permissions(
            dir.path().join(FILE),
            std::fs::Permissions::from_mode(0o640),
        )
        .unwrap();
        assert!(Vault::open(dir.path(), None, None).is_err());
    }
}
