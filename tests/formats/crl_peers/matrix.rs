//! Which readers of CRLs can be given what: one verdict for each reader and kind of list, the same for every issuer. A
//! reader that learns something, or forgets it, fails the test, and its line here is set right.

use super::readers::{CRYPTOGRAPHY, GNUTLS, JAVA, NSS, OPENSSL, PKILINT, Question, Reader, Seen};
use super::scene::{Decision, FORGED, Kind, Scene};
use super::{ISSUERS, each_issuer};
use crate::peer::openssl_is_here;

/// What a reader does with a kind of list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Verdict {
    /// Every certificate gets the right answer, and a list with a wrong signature is not believed.
    VerifiesAndDecides,
    /// It reads the list right and leaves the answer to whoever asked.
    ParsesOnly,
    /// It says that it does not take such a list.
    Refuses,
    /// It takes the list for another kind, or passes over it, and gives a wrong answer: whoever uses this reader must
    /// be served by the complete list.
    NotSupported,
}

use Verdict::{NotSupported, ParsesOnly, Refuses, VerifiesAndDecides};

/// The matrix: complete, delta with its base, partition.
const MATRIX: [(&Reader, [Verdict; 3]); 6] = [
    (
        &OPENSSL,
        [VerifiesAndDecides, VerifiesAndDecides, VerifiesAndDecides],
    ),
    // Takes the newest list of an issuer for the complete one, critical extensions or not.
    (&GNUTLS, [VerifiesAndDecides, NotSupported, NotSupported]),
    (&CRYPTOGRAPHY, [VerifiesAndDecides, ParsesOnly, ParsesOnly]),
    (&PKILINT, [ParsesOnly, ParsesOnly, ParsesOnly]),
    // Reads a delta and answers from the complete list alone.
    (
        &JAVA,
        [VerifiesAndDecides, NotSupported, VerifiesAndDecides],
    ),
    // SEC_ERROR_CRL_UNKNOWN_CRITICAL_EXTENSION.
    (&NSS, [VerifiesAndDecides, Refuses, Refuses]),
];

/// Issuers that a reader knows nothing of, whatever the list: NSS has no Ed25519 certificates, cryptography reads
/// TeletexString as UTF-8.
const FOREIGN: [(&str, &str); 2] = [("NSS", "ed25519"), ("cryptography", "teletex")];

fn expected(reader: &Reader, issuer: &str, kind: usize) -> Verdict {
    if FOREIGN.contains(&(reader.name, issuer)) {
        return Refuses;
    }
    MATRIX
        .iter()
        .find(|line| line.0.name == reader.name)
        .unwrap()
        .1[kind]
}

fn verdict(kind: Kind, seen: &Seen) -> Verdict {
    let right = kind.questions().iter().map(|question| question.1);
    match seen {
        Seen { read: false, .. } => Refuses,
        _ if !decides(seen) => ParsesOnly,
        _ if right.eq(seen.decisions.iter().copied()) => VerifiesAndDecides,
        _ => NotSupported,
    }
}

fn decides(seen: &Seen) -> bool {
    let unknown = |decision: &Decision| *decision == Decision::Unknown;
    !seen.decisions.iter().all(unknown)
}

/// Asks the readers about every kind of list of every issuer.
fn ask(readers: &[&Reader]) {
    let home = tempfile::tempdir().unwrap();
    let mut scenes = Vec::new();
    each_issuer(home.path(), |_, folder, ca| {
        scenes.push(Scene::make(folder, ca))
    });
    let mut wrong = Vec::new();
    for reader in readers.iter().filter(|reader| (reader.is_here)()) {
        for (place, kind) in Kind::ALL.into_iter().enumerate() {
            let seen = (reader.see)(&scenes, &question(kind, kind.lists()));
            assert_eq!(seen.len(), ISSUERS.len());
            for (issuer, seen) in ISSUERS.iter().zip(&seen) {
                let (found, wanted) = (verdict(kind, seen), expected(reader, issuer.0, place));
                if found != wanted {
                    wrong.push(format!(
                        "{} on the {kind:?} list of {}: {found:?}, not {wanted:?}: {seen:?}",
                        reader.name, issuer.0
                    ));
                }
            }
        }
        // What decides must verify first.
        let forged = (reader.see)(&scenes, &question(Kind::Complete, &[FORGED]));
        for (issuer, seen) in ISSUERS.iter().zip(&forged) {
            if seen.read && decides(seen) {
                wrong.push(format!(
                    "{} believes a forged list of {}: {seen:?}",
                    reader.name, issuer.0
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn question(kind: Kind, lists: &[&'static str]) -> Question {
    Question {
        kind,
        lists: lists.to_vec(),
        certificates: kind.questions().iter().map(|question| question.0).collect(),
    }
}

#[test]
fn every_reader_gives_its_fixed_verdict_on_every_kind_of_list_and_issuer() {
    if openssl_is_here() {
        ask(&[&OPENSSL, &GNUTLS, &CRYPTOGRAPHY, &PKILINT]);
    }
}

#[test]
#[ignore = "needs a JDK and NSS's tools, too large for every change: cargo test --test formats java_and_nss -- --ignored"]
fn java_and_nss_give_their_fixed_verdicts() {
    ask(&[&JAVA, &NSS]);
}
