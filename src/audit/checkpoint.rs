//! Heads of the log as C2SP checkpoints: signed notes of origin, size and root, by the log's Ed25519 key.
//! Relies on `signed_note` for the format and `ring` for signing. Never signs a head that takes back an earlier one.

use std::fmt;

use ring::signature::{Ed25519KeyPair, KeyPair};
use signed_note::{Note, NoteError, Signature, StandardVerifier, VerifierList, key_id};
use zeroize::Zeroizing;

use super::origin::Origin;
use super::tree::{self, Hash, HashReader, TreeError};

/// Ed25519 in C2SP's signed-note.
const ED25519: u8 = 1;

/// Checkpoints are three short lines and a signature.
const LONGEST_NOTE: usize = 4096;

/// A head: the first `size` entries have this root.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Checkpoint {
    pub origin: Origin,
    pub size: u64,
    pub root: Hash,
}

/// A checkpoint whose signature was made or checked here, with the note's text as it is stored and published.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SignedCheckpoint {
    checkpoint: Checkpoint,
    note: String,
}

/// Why a head is not signed or not believed.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    #[error("not a checkpoint: expected origin, size, root, a blank line and a signature line")]
    Malformed,
    #[error("the checkpoint is not signed by the key {key}")]
    NotSigned { key: String },
    #[error(
        "the signature of the key {key} does not fit the checkpoint: it was changed after signing"
    )]
    BadSignature { key: String },
    #[error("the origin {origin} is not that of the key {key}")]
    ForeignOrigin { origin: String, key: String },
    #[error("not a public key of a log: expected name+hash+base64")]
    BadKey,
    #[error("the key could not be used: {0}")]
    Unusable(String),
    #[error(
        "a head of {last} entries was already signed under {origin}; one of {size} would cut the log. After a restore, open the next origin"
    )]
    Smaller {
        origin: Origin,
        last: u64,
        size: u64,
    },
    #[error(
        "the head of {last} entries that was signed under {origin} is no beginning of this log: its past was changed"
    )]
    Inconsistent { origin: Origin, last: u64 },
    #[error("the origin {origin} is closed; {last} follows it")]
    Closed { origin: Origin, last: Origin },
    #[error(transparent)]
    Tree(#[from] TreeError),
}

/// The log's signing key. Its seed is wiped when dropped and never printed.
pub struct LogKey {
    origin: Origin,
    seed: Zeroizing<[u8; 32]>,
    public: [u8; 32],
}

/// The log's public key: what an outsider needs besides the export. `Display` and [`PublicKey::parse`] are C2SP's
/// verifier key, `name+hash+base64`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PublicKey {
    origin: Origin,
    key: [u8; 32],
}

impl Checkpoint {
    /// The note's text: origin, size, root in base64, each on a line (C2SP tlog-checkpoint).
    fn text(&self) -> String {
        format!(
            "{}\n{}\n{}\n",
            self.origin,
            self.size,
            self.root.to_base64()
        )
    }

    fn parse_text(text: &[u8]) -> Option<Self> {
        let parsed = tlog_tiles::Checkpoint::from_bytes(text).ok()?;
        let checkpoint = Self {
            origin: Origin::parse(parsed.origin()).ok()?,
            size: parsed.size(),
            root: Hash(parsed.hash().0),
        };
        // Extension lines and other spellings are not what this log writes.
        (checkpoint.text().as_bytes() == text).then_some(checkpoint)
    }

    /// Whether a log whose last signed head is `self` may sign the head (`origin`, `size`) of `store`.
    fn admits<R: HashReader + ?Sized>(
        &self,
        origin: &Origin,
        size: u64,
        root: Hash,
        store: &R,
    ) -> Result<(), CheckpointError> {
        if self.origin.base() != origin.base() {
            return Err(CheckpointError::ForeignOrigin {
                origin: origin.to_string(),
                key: self.origin.base().to_owned(),
            });
        }
        if self.origin.generation() > origin.generation() {
            return Err(CheckpointError::Closed {
                origin: origin.clone(),
                last: self.origin.clone(),
            });
        }
        if self.origin != *origin {
            return Ok(());
        }
        if size < self.size {
            return Err(CheckpointError::Smaller {
                origin: origin.clone(),
                last: self.size,
                size,
            });
        }
        let proof = if self.size == 0 {
            Vec::new()
        } else {
            tree::prove_consistency(store, self.size, size)?
        };
        tree::check_consistency(&proof, self.size, self.root, size, root).map_err(|_| {
            CheckpointError::Inconsistent {
                origin: origin.clone(),
                last: self.size,
            }
        })
    }
}

impl LogKey {
    /// The key of 32 random octets. Its name is the origin's base, so that one public key serves every generation.
    pub fn from_seed(origin: &Origin, seed: &[u8; 32]) -> Result<Self, CheckpointError> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed)
            .map_err(|e| CheckpointError::Unusable(e.to_string()))?;
        let mut public = [0; 32];
        public.copy_from_slice(pair.public_key().as_ref());
        Ok(Self {
            origin: origin.first(),
            seed: Zeroizing::new(*seed),
            public,
        })
    }

    pub fn public(&self) -> PublicKey {
        PublicKey {
            origin: self.origin.clone(),
            key: self.public,
        }
    }

    /// Signs the head of the first `size` entries under `origin`. `last` is the newest head ever signed, wherever it
    /// is kept; a head that is smaller than it, inconsistent with it, or under an origin already closed is refused.
    /// Call it after the entries' transaction was committed.
    pub fn sign_head<R: HashReader + ?Sized>(
        &self,
        origin: &Origin,
        size: u64,
        store: &R,
        last: Option<&Checkpoint>,
    ) -> Result<SignedCheckpoint, CheckpointError> {
        if origin.base() != self.origin.base() {
            return Err(CheckpointError::ForeignOrigin {
                origin: origin.to_string(),
                key: self.public().to_string(),
            });
        }
        let root = tree::root(store, size)?;
        if let Some(last) = last {
            last.admits(origin, size, root, store)?;
        }
        self.sign(Checkpoint {
            origin: origin.clone(),
            size,
            root,
        })
    }

    fn sign(&self, checkpoint: Checkpoint) -> Result<SignedCheckpoint, CheckpointError> {
        let unusable = |e: &dyn fmt::Display| CheckpointError::Unusable(e.to_string());
        let pair =
            Ed25519KeyPair::from_seed_unchecked(self.seed.as_slice()).map_err(|e| unusable(&e))?;
        let text = checkpoint.text();
        let signature = pair.sign(text.as_bytes()).as_ref().to_vec();
        let signature =
            Signature::new(self.origin.base().to_owned(), self.public().id(), signature)
                .map_err(|e| unusable(&e))?;
        let note = Note::new(text.as_bytes(), &[signature]).map_err(|e| unusable(&e))?;
        let note = String::from_utf8(note.to_bytes()).map_err(|e| unusable(&e))?;
        Ok(SignedCheckpoint { checkpoint, note })
    }
}

impl fmt::Debug for LogKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LogKey({})", self.public())
    }
}

impl PublicKey {
    /// The first origin this key signs for; the later ones are its next generations.
    pub const fn origin(&self) -> &Origin {
        &self.origin
    }

    fn encoded(&self) -> [u8; 33] {
        let mut encoded = [ED25519; 33];
        encoded[1..].copy_from_slice(&self.key);
        encoded
    }

    fn id(&self) -> u32 {
        key_id(self.origin.base(), &self.encoded())
    }

    /// Reads `name+hash+base64`, blanks around it allowed.
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        use base64::Engine;
        let text = text.trim();
        StandardVerifier::new(text).map_err(|_| CheckpointError::BadKey)?;
        let mut parts = text.splitn(3, '+');
        let (name, key) = (parts.next(), parts.nth(1));
        let origin = name
            .and_then(|n| Origin::new(n).ok())
            .ok_or(CheckpointError::BadKey)?;
        let key = base64::prelude::BASE64_STANDARD
            .decode(key.unwrap_or_default())
            .map_err(|_| CheckpointError::BadKey)?;
        let key: [u8; 33] = key.try_into().map_err(|_| CheckpointError::BadKey)?;
        let mut public = [0; 32];
        public.copy_from_slice(&key[1..]);
        Ok(Self {
            origin,
            key: public,
        })
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use base64::Engine;
        let key = base64::prelude::BASE64_STANDARD.encode(self.encoded());
        write!(f, "{}+{:08x}+{key}", self.origin.base(), self.id())
    }
}

impl SignedCheckpoint {
    /// Reads a note and checks its signature. Other keys' signatures (witnesses) may stand beside ours.
    pub fn parse(note: &str, key: &PublicKey) -> Result<Self, CheckpointError> {
        if note.len() > LONGEST_NOTE {
            return Err(CheckpointError::Malformed);
        }
        let parsed = Note::from_bytes(note.as_bytes()).map_err(|_| CheckpointError::Malformed)?;
        let checkpoint = Checkpoint::parse_text(parsed.text()).ok_or(CheckpointError::Malformed)?;
        if checkpoint.origin.base() != key.origin.base() {
            return Err(CheckpointError::ForeignOrigin {
                origin: checkpoint.origin.to_string(),
                key: key.to_string(),
            });
        }
        let verifier =
            StandardVerifier::new(&key.to_string()).map_err(|_| CheckpointError::BadKey)?;
        match parsed.verify(&VerifierList::new(vec![Box::new(verifier)])) {
            Ok(_) => Ok(Self {
                checkpoint,
                note: note.to_owned(),
            }),
            Err(NoteError::InvalidSignature { .. }) => Err(CheckpointError::BadSignature {
                key: key.to_string(),
            }),
            Err(_) => Err(CheckpointError::NotSigned {
                key: key.to_string(),
            }),
        }
    }

    pub const fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The signed note, ending in a newline: what lies beside each CRL.
    pub fn note(&self) -> &str {
        &self.note
    }
}

#[cfg(test)]
mod tests;
