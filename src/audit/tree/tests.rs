//! The tree against RFC 6962 recomputed word for word; also the hashes in memory that the room's other tests use.

use super::*;
use proptest::prelude::*;

/// Hashes in memory, as the desk keeps them in its database.
#[derive(Clone, Default)]
pub(in crate::audit) struct MemoryHashes(pub Vec<Hash>);

impl HashReader for MemoryHashes {
    fn read(&self, indexes: &[u64]) -> Result<Vec<Hash>, StoreFault> {
        indexes
            .iter()
            .map(|i| {
                let found = usize::try_from(*i).ok().and_then(|i| self.0.get(i));
                found
                    .copied()
                    .ok_or_else(|| format!("no hash at {i}").into())
            })
            .collect()
    }
}

impl HashStore for MemoryHashes {
    fn append(&mut self, first: u64, hashes: &[Hash]) -> Result<(), StoreFault> {
        assert_eq!(first, self.0.len() as u64);
        self.0.extend_from_slice(hashes);
        Ok(())
    }
}

fn leaves(count: u64) -> Vec<Vec<u8>> {
    (0..count).map(|i| i.to_be_bytes().to_vec()).collect()
}

fn grown(entries: &[Vec<u8>]) -> MemoryHashes {
    let mut store = MemoryHashes::default();
    for (i, entry) in entries.iter().enumerate() {
        append(&mut store, i as u64, entry).unwrap();
    }
    store
}

fn sha256(parts: &[&[u8]]) -> Hash {
    let digest = ring::digest::digest(&ring::digest::SHA256, &parts.concat());
    Hash(digest.as_ref().try_into().unwrap())
}

/// MTH of RFC 6962 §2.1, word for word.
fn naive_root(entries: &[Vec<u8>]) -> Hash {
    match entries {
        [] => sha256(&[]),
        [only] => sha256(&[&[0], only]),
        _ => {
            let k = entries.len().next_power_of_two() / 2;
            let (left, right) = entries.split_at(k);
            sha256(&[&[1], &naive_root(left).0, &naive_root(right).0])
        }
    }
}

/// PATH of RFC 6962 §2.1.1, word for word.
fn naive_path(index: usize, entries: &[Vec<u8>]) -> Proof {
    if entries.len() < 2 {
        return Vec::new();
    }
    let k = entries.len().next_power_of_two() / 2;
    let (left, right) = entries.split_at(k);
    let (mut path, sibling) = if index < k {
        (naive_path(index, left), naive_root(right))
    } else {
        (naive_path(index - k, right), naive_root(left))
    };
    path.push(sibling);
    path
}

/// SUBPROOF of RFC 6962 §2.1.2, word for word.
fn naive_subproof(old: usize, entries: &[Vec<u8>], whole: bool) -> Proof {
    if old == entries.len() {
        return if whole {
            Vec::new()
        } else {
            vec![naive_root(entries)]
        };
    }
    let k = entries.len().next_power_of_two() / 2;
    let (left, right) = entries.split_at(k);
    let (mut proof, sibling) = if old <= k {
        (naive_subproof(old, left, whole), naive_root(right))
    } else {
        (naive_subproof(old - k, right, false), naive_root(left))
    };
    proof.push(sibling);
    proof
}

#[test]
fn every_small_tree_agrees_with_the_rfc_recomputed() {
    let entries = leaves(40);
    let store = grown(&entries);
    let mut frontier = Frontier::default();
    for size in 0..=entries.len() {
        let n = size as u64;
        let expected = naive_root(&entries[..size]);
        assert_eq!(root(&store, n).unwrap(), expected);
        assert_eq!(frontier.root(), expected);
        for index in 0..size {
            let path = prove_inclusion(&store, n, index as u64).unwrap();
            assert_eq!(path, naive_path(index, &entries[..size]));
            check_inclusion(&path, n, expected, index as u64, &entries[index]).unwrap();
        }
        for old in 1..=size {
            let proof = prove_consistency(&store, old as u64, n).unwrap();
            assert_eq!(proof, naive_subproof(old, &entries[..size], true));
            let old_root = naive_root(&entries[..old]);
            check_consistency(&proof, old as u64, old_root, n, expected).unwrap();
        }
        if let Some(entry) = entries.get(size) {
            frontier.push(Hash::of_leaf(entry));
        }
    }
}

#[test]
fn what_lies_outside_the_tree_has_no_proof() {
    let store = grown(&leaves(5));
    assert!(matches!(
        prove_inclusion(&store, 5, 5),
        Err(TreeError::OutOfTree { index: 5, size: 5 })
    ));
    assert!(matches!(
        prove_consistency(&store, 6, 5),
        Err(TreeError::NotAPrefix { old: 6, size: 5 })
    ));
    assert!(check_inclusion(&[], 0, Hash::EMPTY_TREE, 0, b"").is_err());
    let endless = vec![Hash::EMPTY_TREE; 200];
    assert!(check_inclusion(&endless, u64::MAX, Hash::EMPTY_TREE, 1, b"").is_err());
    assert!(
        check_inclusion(
            &endless[..60],
            u64::MAX,
            Hash::EMPTY_TREE,
            u64::MAX - 1,
            b""
        )
        .is_err()
    );
}

#[test]
fn a_missing_hash_is_the_stores_error_and_no_panic() {
    let mut store = grown(&leaves(7));
    store.0.truncate(3);
    assert!(matches!(root(&store, 7), Err(TreeError::Store(_))));
    assert!(matches!(
        append(&mut store, 7, b"x"),
        Err(TreeError::Store(_))
    ));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_proof_fails_for_any_other_entry_place_root_or_size(
        size in 2u64..300, index: u64, old: u64, flip in 0usize..32, other: u64,
    ) {
        let entries = leaves(size);
        let store = grown(&entries);
        let (index, old) = (index % size, 1 + old % (size - 1));
        let (head, old_head) = (root(&store, size).unwrap(), root(&store, old).unwrap());
        let entry = &entries[usize::try_from(index).unwrap()];
        let path = prove_inclusion(&store, size, index).unwrap();
        let proof = prove_consistency(&store, old, size).unwrap();
        check_inclusion(&path, size, head, index, entry).unwrap();
        check_consistency(&proof, old, old_head, size, head).unwrap();

        let mut wrong = head;
        wrong.0[flip] ^= 1;
        prop_assert!(check_inclusion(&path, size, wrong, index, entry).is_err());
        prop_assert!(check_consistency(&proof, old, old_head, size, wrong).is_err());
        prop_assert!(check_inclusion(&path, size, head, index, b"another").is_err());
        let elsewhere = other % size;
        prop_assert!(elsewhere == index || check_inclusion(&path, size, head, elsewhere, entry).is_err());
        for at in 0..path.len() {
            let mut broken = path.clone();
            broken[at].0[flip] ^= 0x80;
            prop_assert!(check_inclusion(&broken, size, head, index, entry).is_err());
            broken.remove(at);
            prop_assert!(check_inclusion(&broken, size, head, index, entry).is_err());
        }
        for at in 0..proof.len() {
            let mut broken = proof.clone();
            broken[at].0[flip] ^= 0x80;
            prop_assert!(check_consistency(&broken, old, old_head, size, head).is_err());
        }
    }

    #[test]
    fn a_rewritten_past_has_no_consistency_proof(size in 2u64..120, old: u64, victim: u64) {
        let old = 1 + old % (size - 1);
        let honest = leaves(size);
        let mut rewritten = honest.clone();
        rewritten[usize::try_from(victim % old).unwrap()] = b"rewritten".to_vec();
        let (honest, rewritten) = (grown(&honest), grown(&rewritten));
        let proof = prove_consistency(&rewritten, old, size).unwrap();
        prop_assert!(check_consistency(
            &proof, old, root(&honest, old).unwrap(), size, root(&rewritten, size).unwrap()
        ).is_err());
    }
}
