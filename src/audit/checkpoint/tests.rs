//! Heads: what is signed, what is refused, what an outsider believes.

use super::*;
use crate::audit::tree::tests::MemoryHashes;
use crate::audit::tree::{HashStore, append};

fn origin() -> Origin {
    Origin::new("uji.example/ams").unwrap()
}

fn key() -> LogKey {
    LogKey::from_seed(&origin(), &[7; 32]).unwrap()
}

fn log(entries: u64, mark: &str) -> MemoryHashes {
    let mut store = MemoryHashes::default();
    grow(&mut store, 0..entries, mark);
    store
}

fn grow(store: &mut impl HashStore, entries: std::ops::Range<u64>, mark: &str) {
    for i in entries {
        append(store, i, format!("{mark}{i}").as_bytes()).unwrap();
    }
}

/// Key id = SHA-256(name ‖ 0A ‖ 01 ‖ key)[..4] (C2SP signed-note).
#[test]
fn a_checkpoint_is_a_c2sp_signed_note() {
    let signed = key().sign_head(&origin(), 0, &log(0, ""), None).unwrap();
    let mut lines = signed.note().lines();
    assert_eq!(lines.next(), Some("uji.example/ams"));
    assert_eq!(lines.next(), Some("0"));
    assert_eq!(
        lines.next(),
        Some("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")
    );
    assert_eq!(lines.next(), Some(""));
    let (name, signature) = lines.next().unwrap().rsplit_once(' ').unwrap();
    assert_eq!(name, "— uji.example/ams");
    assert_eq!(signature.len(), 92);
    assert_eq!(lines.next(), None);
}

#[test]
fn the_public_key_reads_back_and_believes_only_its_own_signatures() {
    let public = PublicKey::parse(&format!(" {}\n", key().public())).unwrap();
    assert_eq!(public, key().public());
    let signed = key().sign_head(&origin(), 3, &log(3, "a"), None).unwrap();
    assert_eq!(
        SignedCheckpoint::parse(signed.note(), &public).unwrap(),
        signed
    );

    let other = LogKey::from_seed(&origin(), &[8; 32]).unwrap();
    assert!(matches!(
        SignedCheckpoint::parse(signed.note(), &other.public()),
        Err(CheckpointError::NotSigned { .. })
    ));
    let foreign = LogKey::from_seed(&Origin::new("lain.example").unwrap(), &[7; 32]).unwrap();
    assert!(matches!(
        SignedCheckpoint::parse(signed.note(), &foreign.public()),
        Err(CheckpointError::ForeignOrigin { .. })
    ));
    assert!(PublicKey::parse("uji.example/ams+00000000+AAAA").is_err());
}

#[test]
fn a_changed_size_root_or_origin_breaks_the_signature() {
    let signed = key().sign_head(&origin(), 3, &log(3, "a"), None).unwrap();
    let other = key().sign_head(&origin(), 3, &log(3, "b"), None).unwrap();
    let root = |s: &SignedCheckpoint| s.checkpoint().root.to_base64();
    for changed in [
        signed.note().replacen("\n3\n", "\n2\n", 1),
        signed.note().replace(&root(&signed), &root(&other)),
        signed.note().replacen("ams\n3", "ams/2\n3", 1),
    ] {
        assert_ne!(changed, signed.note());
        assert!(matches!(
            SignedCheckpoint::parse(&changed, &key().public()),
            Err(CheckpointError::BadSignature { .. })
        ));
    }
    for malformed in [
        "",
        "\n\n",
        &signed.note()[1..40],
        &signed.note().replacen("\n3\n", "\n03\n", 1),
        &signed.note().replace('\n', "\r\n"),
    ] {
        assert!(matches!(
            SignedCheckpoint::parse(malformed, &key().public()),
            Err(CheckpointError::Malformed)
        ));
    }
}

#[test]
fn a_head_never_takes_back_an_earlier_one() {
    let mut store = log(5, "a");
    let five = key().sign_head(&origin(), 5, &store, None).unwrap();
    let five = five.checkpoint();
    let again = key().sign_head(&origin(), 5, &store, Some(five)).unwrap();
    assert_eq!(again.checkpoint(), five);
    assert!(matches!(
        key().sign_head(&origin(), 4, &store, Some(five)),
        Err(CheckpointError::Smaller {
            last: 5,
            size: 4,
            ..
        })
    ));
    grow(&mut store, 5..9, "a");
    key().sign_head(&origin(), 9, &store, Some(five)).unwrap();
    assert!(matches!(
        key().sign_head(&origin(), 9, &log(9, "b"), Some(five)),
        Err(CheckpointError::Inconsistent { last: 5, .. })
    ));
    assert!(matches!(
        key().sign_head(&origin(), 5, &log(5, "b"), Some(five)),
        Err(CheckpointError::Inconsistent { last: 5, .. })
    ));
}

#[test]
fn a_restored_smaller_log_goes_on_under_the_next_origin_only() {
    let store = log(3, "a");
    let nine = key().sign_head(&origin(), 9, &log(9, "a"), None).unwrap();
    let second = origin().next();
    let reopened = key()
        .sign_head(&second, 3, &store, Some(nine.checkpoint()))
        .unwrap();
    assert!(reopened.note().starts_with("uji.example/ams/2\n3\n"));
    assert!(SignedCheckpoint::parse(reopened.note(), &key().public()).is_ok());
    assert!(matches!(
        key().sign_head(&origin(), 9, &log(9, "a"), Some(reopened.checkpoint())),
        Err(CheckpointError::Closed { .. })
    ));
}

#[test]
fn the_signing_key_does_not_print_its_seed() {
    let printed = format!("{:?}", key());
    assert!(!printed.contains("7, 7") && !printed.contains("0707"));
}
