//! The RFC 6962 Merkle tree over the log's entries: append, roots, inclusion and consistency proofs.
//! Relies on `tlog_tiles` for the arithmetic and on a [`HashStore`] of the desk for the hashes. `audit` keeps nothing.

use std::cell::RefCell;
use std::error::Error;
use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use tlog_tiles::tlog;

/// SHA-256 of a leaf, a node or a whole tree; also of letters, certificates and backups. `Display` is lower-case hex.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// The root of the empty tree: SHA-256 of nothing (RFC 6962 §2.1).
    pub const EMPTY_TREE: Self = Self(tlog::EMPTY_HASH.0);

    /// The hash of a leaf, SHA-256(00 ‖ entry) (RFC 6962 §2.1).
    pub fn of_leaf(entry: &[u8]) -> Self {
        Self(tlog::record_hash(entry).0)
    }

    fn of_node(left: Self, right: Self) -> Self {
        Self(tlog::node_hash(tlog::Hash(left.0), tlog::Hash(right.0)).0)
    }

    /// Reads 64 hex digits.
    pub fn parse_hex(text: &str) -> Option<Self> {
        let mut hash = [0; 32];
        hex::decode_to_slice(text, &mut hash).ok()?;
        Some(Self(hash))
    }

    /// Reads the padded base64 of checkpoints and receipts.
    pub fn parse_base64(text: &str) -> Option<Self> {
        BASE64_STANDARD.decode(text).ok()?.try_into().ok().map(Self)
    }

    pub fn to_base64(self) -> String {
        BASE64_STANDARD.encode(self.0)
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self})")
    }
}

/// What kept the hashes from being read or written: the store's own error.
pub type StoreFault = Box<dyn Error + Send + Sync>;

/// Where the tree's hashes lie: by dense index from 0, each written once and never changed.
pub trait HashReader {
    /// The hashes at these indexes, in the same order. A missing one is an error.
    fn read(&self, indexes: &[u64]) -> Result<Vec<Hash>, StoreFault>;
}

/// A hash store inside the transaction that also writes the entry.
pub trait HashStore: HashReader {
    /// Writes `hashes` at `first`, `first + 1`, …; `first` is always the number of hashes stored so far.
    fn append(&mut self, first: u64, hashes: &[Hash]) -> Result<(), StoreFault>;
}

/// Why the tree could not be read or grown.
#[derive(Debug, thiserror::Error)]
pub enum TreeError {
    #[error("the log's hashes could not be read or written: {0}")]
    Store(#[source] StoreFault),
    #[error("the store returned {found} hashes where {asked} were asked for")]
    Count { asked: usize, found: usize },
    #[error("entry {index} is not in a tree of {size} entries")]
    OutOfTree { index: u64, size: u64 },
    #[error("a tree of {old} entries is no part of one of {size}")]
    NotAPrefix { old: u64, size: u64 },
    #[error("Merkle arithmetic: {0}")]
    Arithmetic(String),
}

/// A proof does not show what it claims to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the proof does not lead to the signed root")]
pub struct InvalidProof;

/// The hashes that lead from one entry (or an older root) to the root: never more than 2·log₂ of the size.
pub type Proof = Vec<Hash>;

/// More hashes than any proof in a tree of 2^64 entries needs.
const LONGEST_PROOF: usize = 128;

/// Shows our store to `tlog_tiles`, whose error type cannot carry ours: the real one waits in `fault`.
struct Shown<'a, R: ?Sized> {
    store: &'a R,
    fault: RefCell<Option<TreeError>>,
}

impl<'a, R: HashReader + ?Sized> Shown<'a, R> {
    const fn new(store: &'a R) -> Self {
        let fault = RefCell::new(None);
        Self { store, fault }
    }

    fn error(self, error: &tlog::Error) -> TreeError {
        self.fault
            .into_inner()
            .unwrap_or_else(|| TreeError::Arithmetic(error.to_string()))
    }
}

impl<R: HashReader + ?Sized> tlog::HashReader for Shown<'_, R> {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog::Hash>, tlog::Error> {
        let fault = match self.store.read(indexes) {
            Ok(hashes) if hashes.len() == indexes.len() => {
                return Ok(hashes.into_iter().map(|h| tlog::Hash(h.0)).collect());
            }
            Ok(hashes) => TreeError::Count {
                asked: indexes.len(),
                found: hashes.len(),
            },
            Err(fault) => TreeError::Store(fault),
        };
        *self.fault.borrow_mut() = Some(fault);
        Err(tlog::Error::IndexesNotInTree)
    }
}

fn theirs(proof: &[Hash]) -> Vec<tlog::Hash> {
    proof.iter().map(|h| tlog::Hash(h.0)).collect()
}

fn ours(hashes: &[tlog::Hash]) -> Vec<Hash> {
    hashes.iter().map(|h| Hash(h.0)).collect()
}

/// Where the leaf hash of entry `index` lies in the store.
pub fn leaf_position(index: u64) -> u64 {
    tlog::stored_hash_index(0, index)
}

/// How many hashes the store holds for a tree of `size` entries.
pub fn stored_hashes(size: u64) -> u64 {
    tlog::stored_hash_count(size)
}

/// Appends the canonical bytes of entry `size` (the tree's size before it) and returns the leaf's hash. Writes one
/// to 1 + log₂(size) hashes, two on average.
pub fn append<S: HashStore + ?Sized>(
    store: &mut S,
    size: u64,
    entry: &[u8],
) -> Result<Hash, TreeError> {
    let leaf = Hash::of_leaf(entry);
    let shown = Shown::new(&*store);
    let hashes = match tlog::stored_hashes_for_record_hash(size, tlog::Hash(leaf.0), &shown) {
        Ok(hashes) => ours(&hashes),
        Err(error) => return Err(shown.error(&error)),
    };
    store
        .append(leaf_position(size), &hashes)
        .map_err(TreeError::Store)?;
    Ok(leaf)
}

/// The root of the first `size` entries.
pub fn root<R: HashReader + ?Sized>(store: &R, size: u64) -> Result<Hash, TreeError> {
    let shown = Shown::new(store);
    match tlog::tree_hash(size, &shown) {
        Ok(root) => Ok(Hash(root.0)),
        Err(error) => Err(shown.error(&error)),
    }
}

/// Proves that entry `index` is in the tree of `size` entries (RFC 6962 §2.1.1).
pub fn prove_inclusion<R: HashReader + ?Sized>(
    store: &R,
    size: u64,
    index: u64,
) -> Result<Proof, TreeError> {
    if index >= size {
        return Err(TreeError::OutOfTree { index, size });
    }
    let shown = Shown::new(store);
    match tlog::prove_record(size, index, &shown) {
        Ok(proof) => Ok(ours(&proof)),
        Err(error) => Err(shown.error(&error)),
    }
}

/// Proves that the tree of `old` entries is the beginning of the one of `size` (RFC 6962 §2.1.2). 1 ≤ old ≤ size.
pub fn prove_consistency<R: HashReader + ?Sized>(
    store: &R,
    old: u64,
    size: u64,
) -> Result<Proof, TreeError> {
    if old == 0 || old > size {
        return Err(TreeError::NotAPrefix { old, size });
    }
    let shown = Shown::new(store);
    match tlog::prove_tree(size, old, &shown) {
        Ok(proof) => Ok(ours(&proof)),
        Err(error) => Err(shown.error(&error)),
    }
}

/// Checks that `entry` is number `index` of the tree of `size` entries with this root.
pub fn check_inclusion(
    proof: &[Hash],
    size: u64,
    root: Hash,
    index: u64,
    entry: &[u8],
) -> Result<(), InvalidProof> {
    if index >= size || proof.len() > LONGEST_PROOF {
        return Err(InvalidProof);
    }
    let leaf = tlog::record_hash(entry);
    tlog::check_record(&theirs(proof), size, tlog::Hash(root.0), index, leaf)
        .map_err(|_| InvalidProof)
}

/// Checks that the tree (`old`, `old_root`) is the beginning of (`size`, `root`). The empty tree begins every tree.
pub fn check_consistency(
    proof: &[Hash],
    old: u64,
    old_root: Hash,
    size: u64,
    root: Hash,
) -> Result<(), InvalidProof> {
    if old == 0 {
        return if proof.is_empty() && old_root == Hash::EMPTY_TREE {
            Ok(())
        } else {
            Err(InvalidProof)
        };
    }
    if old > size || proof.len() > LONGEST_PROOF {
        return Err(InvalidProof);
    }
    let (root, old_root) = (tlog::Hash(root.0), tlog::Hash(old_root.0));
    tlog::check_tree(&theirs(proof), size, root, old, old_root).map_err(|_| InvalidProof)
}

/// The right edge of a growing tree: enough to know its root after every entry, in log₂(size) hashes of memory.
/// What a verifier carries through an export.
#[derive(Clone, Default, Debug)]
pub struct Frontier {
    size: u64,
    /// Roots of the complete subtrees, the largest first.
    peaks: Vec<Hash>,
}

impl Frontier {
    pub const fn size(&self) -> u64 {
        self.size
    }

    pub fn push(&mut self, leaf: Hash) {
        let mut hash = leaf;
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                hash = Hash::of_node(left, hash);
            }
        }
        self.peaks.push(hash);
        self.size += 1;
    }

    pub fn root(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev().copied();
        let Some(last) = peaks.next() else {
            return Hash::EMPTY_TREE;
        };
        peaks.fold(last, |right, left| Hash::of_node(left, right))
    }
}

#[cfg(test)]
pub(in crate::audit) mod tests;
