//! What belongs to a person is sealed where it lies, and gone with its key.

use super::samples::*;
use crate::domain::account::PersonalFields;
use crate::domain::request::LetterKind;
use crate::domain::{LetterId, Nik};
use crate::store::*;

const NIK: &str = "1371015204870003";
const TEXT: &[u8] = b"Dengan ini saya memohon pencabutan sertifikat elektronik UJI";
const KEY: [u8; 32] = *b"the octets of a person's own key";

fn contains(octets: &[u8], part: &[u8]) -> bool {
    octets.windows(part.len()).any(|window| window == part)
}

fn letter(n: u32) -> LetterRecord {
    LetterRecord {
        id: LetterId(id(0xe0, n)),
        owner: account_id(1),
        request: request_id(1),
        attached_at: NOW,
        details: LetterDetails {
            salt: [5; 32],
            sha256: [6; 32],
            kind: LetterKind::Pdf,
            bytes: TEXT.len() as u64,
            facts: TEXT.to_vec(),
        },
    }
}

fn filled(path: &std::path::Path) -> (Store, LetterFiles) {
    let store = Store::create(path.join("ams.redb")).unwrap();
    let files = LetterFiles::open(path).unwrap();
    let fields = PersonalFields {
        nik: Some(Nik::parse(NIK).unwrap()),
    };
    store
        .write(|w| {
            w.put_account(&account(1))?;
            let key = w.make_subject_key(account_id(1), &KEY)?;
            w.put_personal(account_id(1), &fields, [1; 12])?;
            let letter = letter(1);
            let sealed = seal_letter(&key, letter.id, [2; 12], TEXT)?;
            files.write(letter.id, &sealed)?;
            w.put_letter(&letter, [3; 12])
        })
        .unwrap();
    (store, files)
}

#[test]
fn neither_nik_nor_letter_lies_in_the_clear_in_any_file() {
    let folder = tempfile::tempdir().unwrap();
    let (store, files) = filled(folder.path());
    let r = store.read().unwrap();
    let fields = r.personal(account_id(1)).unwrap().unwrap();
    assert_eq!(fields.nik.unwrap().reveal(), NIK);
    assert_eq!(r.letter(letter(1).id).unwrap(), Some(letter(1)));
    let key = r.subject_key(account_id(1)).unwrap().unwrap();
    let sealed = files.read(letter(1).id).unwrap().unwrap();
    assert_eq!(
        open_letter(&key, letter(1).id, &sealed).unwrap().as_slice(),
        TEXT
    );
    assert!(open_letter(&key, letter(2).id, &sealed).is_err());
    drop((r, store));
    let database = std::fs::read(folder.path().join("ams.redb")).unwrap();
    assert!(
        contains(&database, b"orang001"),
        "the search itself must work"
    );
    for octets in [database, sealed] {
        assert!(!contains(&octets, NIK.as_bytes()) && !contains(&octets, TEXT));
        assert!(!contains(&octets, &NIK.as_bytes()[..8]) && !contains(&octets, &TEXT[..16]));
    }
}

#[test]
fn an_erased_person_is_gone_and_the_key_leaves_the_file_with_a_rewrite() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ams.redb");
    let (store, files) = filled(folder.path());
    let gone = store.write(|w| w.erase_person(account_id(1))).unwrap();
    assert_eq!(gone, [letter(1).id]);
    for id in gone {
        files.remove(id).unwrap();
        files.remove(id).unwrap();
        assert_eq!(files.read(id).unwrap(), None);
    }
    let r = store.read().unwrap();
    assert_eq!(r.personal(account_id(1)).unwrap(), None);
    assert_eq!(r.letter(letter(1).id).unwrap(), None);
    assert!(matches!(
        r.subject_key(account_id(1)),
        Err(StoreError::Erased)
    ));
    let renewed: Result<_, StoreError> =
        store.write(|w| w.make_subject_key(account_id(1), &[9; 32]));
    assert!(matches!(renewed, Err(StoreError::Erased)));
    assert_eq!(r.check().unwrap().problems, []);
    drop((r, store));
    rewrite(&path, Options::default()).unwrap();
    assert!(!contains(&std::fs::read(&path).unwrap(), &KEY));
    assert!(
        Store::open(&path)
            .unwrap()
            .read()
            .unwrap()
            .account(account_id(1))
            .unwrap()
            .is_some()
    );
}

#[test]
fn a_person_keeps_the_first_key_and_nothing_is_sealed_without_one() {
    let store = Store::in_memory().unwrap();
    let who = account_id(1);
    let none: Result<_, StoreError> =
        store.write(|w| w.put_personal(who, &PersonalFields::default(), [1; 12]));
    assert!(matches!(none, Err(StoreError::Erased)));
    let first = store.write(|w| w.make_subject_key(who, &KEY)).unwrap();
    let second = store.write(|w| w.make_subject_key(who, &[1; 32])).unwrap();
    let sealed = first.seal("x", b"", [0; 12], b"plain").unwrap();
    assert_eq!(second.open("x", b"", &sealed).unwrap().as_slice(), b"plain");
    assert!(!format!("{first:?}").contains("32"));
}

#[test]
fn a_sweep_takes_what_a_crash_left_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let (store, files) = filled(folder.path());
    let orphan = letter(2).id;
    files.write(orphan, b"sealed").unwrap();
    let letters = folder.path().join("letters");
    std::fs::write(letters.join(format!("{}.tmp", letter(3).id)), b"half").unwrap();
    std::fs::write(letters.join("catatan.txt"), b"not ours").unwrap();
    assert!(files.write(orphan, b"other").is_ok());
    assert_eq!(files.sweep(&store.read().unwrap()).unwrap(), 2);
    assert_eq!(files.read(orphan).unwrap(), None);
    assert!(files.read(letter(1).id).unwrap().is_some());
    assert_eq!(std::fs::read_dir(&letters).unwrap().count(), 2);
    assert_eq!(files.sweep(&store.read().unwrap()).unwrap(), 0);
}
