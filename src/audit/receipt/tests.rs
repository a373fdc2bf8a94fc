//! A receipt holds with the public key alone, and no longer once anything in it was altered.

use super::*;
use crate::audit::action::Action;
use crate::audit::checkpoint::LogKey;
use crate::audit::object::{ActorRef, ObjectRef};
use crate::audit::origin::Origin;
use crate::audit::tree::append;
use crate::audit::tree::tests::MemoryHashes;
use crate::domain::{AccountId, CertificateStatus, IssuerId, Serial, Timestamp};

const MINE: RequestId = RequestId([2; 16]);

fn key() -> LogKey {
    LogKey::from_seed(&Origin::new("uji.example/ams").unwrap(), &[7; 32]).unwrap()
}

/// A log of two requests, drawn through each other: even entries are mine.
fn log() -> (MemoryHashes, Vec<Entry>) {
    let states = [
        State::Draf,
        State::Diajukan,
        State::Diperiksa,
        State::DataSesuai,
        State::DnCocok,
        State::Dicabut,
    ];
    let mut entries = Vec::new();
    let mut from = None;
    for to in states {
        for request in [MINE, RequestId([3; 16])] {
            let seq = entries.len() as u64;
            let actor = ActorRef::Account(AccountId([1; 16]));
            let object = ObjectRef::Request(request);
            entries.push(Entry {
                from,
                to: Some(to.into()),
                ..Entry::new(seq, Timestamp(5), actor, Action::DIAMBIL, object)
            });
        }
        from = Some(to.into());
    }
    let certificate = ObjectRef::Certificate {
        issuer: IssuerId([4; 16]),
        serial: Serial::parse("c301").unwrap(),
    };
    entries.push(Entry {
        related: Some(ObjectRef::Request(MINE)),
        from: Some(CertificateStatus::Active.into()),
        to: Some(CertificateStatus::Revoked.into()),
        ..Entry::new(
            12,
            Timestamp(5),
            ActorRef::System,
            Action::SERTIFIKAT_DICABUT,
            certificate,
        )
    });
    let mut hashes = MemoryHashes::default();
    for entry in &entries {
        append(&mut hashes, entry.seq, &entry.to_bytes()).unwrap();
    }
    (hashes, entries)
}

fn receipt() -> Receipt {
    let (hashes, entries) = log();
    let head = key()
        .sign_head(key().public().origin(), 13, &hashes, None)
        .unwrap();
    let mine = entries.into_iter().filter(|e| e.concerns(MINE)).collect();
    Receipt::prove(MINE, mine, head, &hashes).unwrap()
}

#[test]
fn a_receipt_proves_every_entry_of_its_request() {
    let text = receipt().to_text(&["Tanda terima PC-2026-000123", "ganti\nbaris"]);
    assert!(text.starts_with(
        "ams log receipt 1\n# Tanda terima PC-2026-000123\n# ganti baris\nrequest 0202"
    ));
    let read = Receipt::verify(&text, &key().public()).unwrap();
    assert_eq!(read, receipt());
    assert_eq!(read.entries().count(), 7);
    assert_eq!(read.state(), Some(State::Dicabut));
}

#[test]
fn a_receipt_altered_anywhere_no_longer_holds() {
    let text = receipt().to_text(&[]);
    let public = key().public();
    let lines: Vec<&str> = text.lines().collect();
    for (number, line) in lines.iter().enumerate() {
        let mut without = lines.clone();
        without.remove(number);
        let without = without.join("\n") + "\n";
        assert!(
            Receipt::verify(&without, &public).is_err(),
            "line {number} left out: {line}"
        );
        for (from, to) in [("1", "2"), ("A", "B"), ("a", "b"), ("8", "9")] {
            let changed = line.replacen(from, to, 1);
            if changed != *line {
                let mut altered = lines.clone();
                altered[number] = &changed;
                let altered = altered.join("\n") + "\n";
                assert!(
                    Receipt::verify(&altered, &public).is_err(),
                    "{line} as {changed}"
                );
            }
        }
    }
    let other = LogKey::from_seed(public.origin(), &[8; 32]).unwrap();
    assert!(matches!(
        Receipt::verify(&text, &other.public()),
        Err(ReceiptError::Checkpoint(CheckpointError::NotSigned { .. }))
    ));
}

#[test]
fn an_entry_left_out_of_the_middle_shows_as_a_gap() {
    let text = receipt().to_text(&[]);
    let parts: Vec<&str> = text.split("\nentry\n").collect();
    let without_fourth = [&parts[..4], &parts[5..]].concat().join("\nentry\n");
    assert!(matches!(
        Receipt::verify(&without_fourth, &key().public()),
        Err(ReceiptError::Gap(_))
    ));
}

#[test]
fn entries_of_another_request_and_entries_after_the_head_are_refused() {
    let (hashes, entries) = log();
    let head = |size| {
        key()
            .sign_head(key().public().origin(), size, &hashes, None)
            .unwrap()
    };
    let foreign = vec![entries[1].clone()];
    assert!(matches!(
        Receipt::prove(MINE, foreign, head(13), &hashes),
        Err(ReceiptError::Foreign { seq: 1 })
    ));
    let late = vec![entries[12].clone()];
    assert!(matches!(
        Receipt::prove(MINE, late, head(12), &hashes),
        Err(ReceiptError::NotCovered { seq: 12, size: 12 })
    ));
    assert!(matches!(
        Receipt::prove(MINE, Vec::new(), head(13), &hashes),
        Err(ReceiptError::Empty)
    ));
}
