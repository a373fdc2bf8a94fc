//! What the guard signs and what it does not, over lists that the writer made and lists that nobody should make.

use std::collections::BTreeMap;

use proptest::prelude::*;
use zeroize::Zeroizing;

use super::super::error::{Forbidden, StateFault};
use super::super::ledger::{Issued, ListKind};
use super::*;
use crate::domain::{CrlNumber, Serial, Timestamp};
use crate::pki::certificate::CertificateFacts;
use crate::pki::crl_fixture::{entries, now};
use crate::pki::crl_issuer::CrlIssuer;
use crate::pki::demo_ca::{DemoCa, DemoSubject};
use crate::pki::plan::{CrlKind, CrlPeriod, CrlPlan, CrlTerms, DistributionPointUri};
use crate::pki::write::assemble;

const SECOND: i64 = 1000;

struct Bench {
    ca: DemoCa,
    issuer: Issuer,
    key: Zeroizing<Vec<u8>>,
}

impl Bench {
    fn named(name: &str) -> Self {
        let subject = DemoSubject {
            common_name: name.to_owned(),
            ..DemoSubject::default()
        };
        let serial = Serial::parse("01").unwrap();
        let begin = now().plus(-86_400 * SECOND);
        let (ca, key) = DemoCa::create(&subject, &serial, begin).unwrap();
        let issuer = Issuer::from_certificate(ca.certificate_der()).unwrap();
        Self { ca, issuer, key }
    }

    fn guard<M: Medium>(&self, medium: M) -> Guard<M> {
        let key = PrivateKey::read(&self.key, None).unwrap();
        Guard::new(Box::new(key), &self.issuer, medium).unwrap()
    }

    fn tbs(&self, kind: CrlKind, number: u64, this_update: Timestamp) -> Vec<u8> {
        let terms = CrlTerms {
            number: CrlNumber::from(number),
            this_update,
            kind,
            freshest_crl: None,
            expired_certs_on_crl: None,
        };
        let writer = CrlIssuer::from(&self.issuer);
        let plan = CrlPlan::new(&writer, CrlPeriod::default(), terms).unwrap();
        let key = PrivateKey::read(&self.key, None).unwrap();
        let algorithm = key.algorithm_identifier().unwrap();
        let tbs = assemble(&plan, algorithm, entries(&[3, 9]), 0).unwrap();
        tbs.as_bytes().to_vec()
    }

    fn complete(&self, number: u64) -> Vec<u8> {
        self.tbs(CrlKind::Complete, number, now())
    }
}

fn delta(base: u64) -> CrlKind {
    CrlKind::Delta {
        base: CrlNumber::from(base),
    }
}

fn partition(name: &str) -> CrlKind {
    let uri = format!("http://crl.uji.example/{name}.crl");
    CrlKind::Partition {
        uri: DistributionPointUri::parse(&uri).unwrap(),
    }
}

fn forbidden(result: Result<Vec<u8>, SignerError>) -> Forbidden {
    match result {
        Err(SignerError::Forbidden(rule)) => rule,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_list_of_the_issuer_is_signed_and_its_number_is_kept_before_the_signature_is_given() {
    let bench = Bench::named("CA UJI Penjaga");
    let mut guard = bench.guard(Vec::new());
    let tbs = bench.complete(5);
    let signature = guard.sign(&tbs).unwrap();
    let algorithm = guard.algorithm().identifier_der();
    let algorithm = crate::pki::der_scan::Reader::new(algorithm).read().unwrap();
    assert_eq!(bench.issuer.verify(&tbs, algorithm, &signature), Ok(()));
    let numbers = guard.numbers(&Scope::Complete);
    assert_eq!(numbers.highest(), Some(CrlNumber::from(5)));
    assert_eq!(numbers.latest(), Some(now()));
}

#[test]
fn nothing_but_a_version_2_list_of_the_own_issuer_is_signed() {
    let (bench, other) = (Bench::named("CA UJI Satu"), Bench::named("CA UJI Dua"));
    let mut guard = bench.guard(Vec::new());
    assert_eq!(
        forbidden(guard.sign(&other.complete(1))),
        Forbidden::OtherIssuer
    );

    // A certificate of the issuer's, a log head, nothing at all, a list with something behind it, half a list.
    let certificate = CertificateFacts::from_der(bench.ca.certificate_der().to_vec()).unwrap();
    let list = bench.complete(1);
    let mut trailing = list.clone();
    trailing.push(0);
    let cut = &list[..list.len() - 1];
    for wrong in [
        certificate.tbs_der(),
        b"ams.uji/log\n7\n",
        b"",
        &trailing,
        cut,
    ] {
        let rule = forbidden(guard.sign(wrong));
        assert!(matches!(rule, Forbidden::NotACrl { .. }), "{rule:?}");
    }

    // The version, the algorithm and each octet of the issuer's name count.
    let version = list.windows(3).position(|w| w == [2, 1, 1]).unwrap();
    let mut wrong = list.clone();
    wrong[version + 2] = 0;
    assert_eq!(forbidden(guard.sign(&wrong)), Forbidden::NotVersion2);
    let mut wrong = list.clone();
    wrong[version + 3 + 11] = 3;
    let rule = forbidden(guard.sign(&wrong));
    assert!(
        matches!(&rule, Forbidden::OtherAlgorithm { found, .. } if found == "1.2.840.10045.4.3.3"),
        "{rule:?}"
    );
    let mut wrong = list.clone();
    let name = wrong.windows(4).position(|w| w == b"Satu").unwrap();
    wrong[name] = b's';
    assert_eq!(forbidden(guard.sign(&wrong)), Forbidden::OtherIssuer);

    // Nothing of all that was noted.
    assert_eq!(guard.numbers(&Scope::Complete), ScopeNumbers::default());
    assert!(guard.sign(&list).is_ok());
}

#[test]
fn a_list_whose_scope_or_kind_could_be_read_in_two_ways_is_not_signed() {
    let bench = Bench::named("CA UJI Cakupan");
    let mut guard = bench.guard(Vec::new());
    // critical TRUE of the indicator or the distribution point, turned into another extension's OID or made FALSE.
    for kind in [delta(1), partition("a")] {
        let list = bench.tbs(kind, 2, now());
        let critical = list.windows(3).rposition(|w| w == [1, 1, 0xff]).unwrap();
        let mut wrong = list.clone();
        wrong[critical + 2] = 0;
        let rule = forbidden(guard.sign(&wrong));
        assert!(matches!(rule, Forbidden::UnclearScope { .. }), "{rule:?}");
    }
    // The number's extension turned into one that nobody knows.
    let list = bench.complete(1);
    let number = list.windows(3).rposition(|w| w == [0x55, 29, 20]).unwrap();
    let mut wrong = list.clone();
    wrong[number + 2] = 99;
    assert_eq!(forbidden(guard.sign(&wrong)), Forbidden::NoNumber);
    // Two of a kind.
    wrong[number + 2] = 35;
    assert!(matches!(
        forbidden(guard.sign(&wrong)),
        Forbidden::NotACrl { .. }
    ));
}

#[test]
fn a_delta_shares_the_number_of_the_complete_list_issued_with_it_and_no_other() {
    let bench = Bench::named("CA UJI Delta");
    let mut guard = bench.guard(Vec::new());
    let at = |seconds: i64| now().plus(seconds * SECOND);
    guard.sign(&bench.tbs(CrlKind::Complete, 5, at(0))).unwrap();
    // The same number at another time is another list.
    for wrong in [(5, at(1)), (4, at(1))] {
        let rule = forbidden(guard.sign(&bench.tbs(delta(1), wrong.0, wrong.1)));
        assert!(
            matches!(rule, Forbidden::NumberNotAbove { kind: ListKind::Delta, last, .. }
                if last == CrlNumber::from(5)),
            "{rule:?}"
        );
    }
    guard.sign(&bench.tbs(delta(1), 5, at(0))).unwrap();
    assert!(guard.sign(&bench.tbs(delta(1), 5, at(0))).is_err());
    guard.sign(&bench.tbs(delta(5), 6, at(2))).unwrap();
    // Signed the other way round, the complete one may join its delta.
    guard.sign(&bench.tbs(CrlKind::Complete, 6, at(2))).unwrap();
    assert!(guard.sign(&bench.tbs(CrlKind::Complete, 6, at(2))).is_err());
    // A partition has numbers of its own.
    guard.sign(&bench.tbs(partition("a"), 1, at(0))).unwrap();
    assert!(guard.sign(&bench.tbs(partition("a"), 1, at(1))).is_err());
    guard.sign(&bench.tbs(partition("b"), 1, at(0))).unwrap();
}

#[test]
fn time_never_goes_back_within_a_scope() {
    let bench = Bench::named("CA UJI Waktu");
    let mut guard = bench.guard(Vec::new());
    guard.sign(&bench.complete(1)).unwrap();
    let before = now().plus(-SECOND);
    let rule = forbidden(guard.sign(&bench.tbs(CrlKind::Complete, 2, before)));
    let last = Issued {
        number: CrlNumber::from(1),
        this_update: now(),
    };
    let scope = Scope::Complete;
    assert_eq!(
        rule,
        Forbidden::TimeBefore {
            scope,
            this_update: before,
            last
        }
    );
    guard.sign(&bench.complete(2)).unwrap();
}

#[test]
fn without_a_kept_number_there_is_no_signature() {
    struct Full;
    impl Medium for Full {
        fn read_at(&self, _: &mut [u8], _: u64) -> std::io::Result<usize> {
            Ok(0)
        }
        fn write_at(&mut self, _: &[u8], _: u64) -> std::io::Result<()> {
            Ok(())
        }
        fn sync(&mut self) -> std::io::Result<()> {
            Err(std::io::ErrorKind::StorageFull.into())
        }
    }
    let bench = Bench::named("CA UJI Penuh");
    let mut guard = bench.guard(Full);
    for _ in 0..2 {
        let refused = guard.sign(&bench.complete(1));
        assert!(matches!(
            refused,
            Err(SignerError::State(StateFault::Io { .. }))
        ));
    }
}

/// One thing that happens to a signer.
#[derive(Clone, Debug)]
enum Happening {
    Ask {
        kind: u8,
        number: u64,
        seconds: i64,
    },
    /// kill -9 and a new process on the same file.
    Kill,
    /// kill -9 after the number was kept and before the signature was given.
    KillBeforeAnswer {
        number: u64,
        seconds: i64,
    },
}

fn happenings() -> impl Strategy<Value = Vec<Happening>> {
    let ask = (0u8..4, 1u64..12, 0i64..6).prop_map(|(kind, number, seconds)| Happening::Ask {
        kind,
        number,
        seconds,
    });
    let lost = (1u64..12, 0i64..6)
        .prop_map(|(number, seconds)| Happening::KillBeforeAnswer { number, seconds });
    prop::collection::vec(
        prop_oneof![8 => ask, 1 => Just(Happening::Kill), 1 => lost],
        1..40,
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_sequence_of_requests_and_kills_ever_gets_falling_or_equal_numbers(story in happenings()) {
        let bench = Bench::named("CA UJI Riwayat");
        let mut guard = bench.guard(Vec::new());
        // By scope: every list that got a signature.
        let mut given: BTreeMap<u8, Vec<(u8, u64, i64)>> = BTreeMap::new();
        for happening in story {
            match happening {
                Happening::Ask { kind, number, seconds } => {
                    let at = now().plus(seconds * SECOND);
                    let list = match kind {
                        0 => CrlKind::Complete,
                        1 => delta(0),
                        2 => partition("a"),
                        _ => partition("b"),
                    };
                    if guard.sign(&bench.tbs(list, number, at)).is_ok() {
                        // Complete and delta are one scope, each partition is one.
                        given.entry(kind.max(1)).or_default().push((kind, number, seconds));
                    }
                }
                Happening::Kill => guard = bench.guard(guard.state.into_medium()),
                Happening::KillBeforeAnswer { number, seconds } => {
                    let at = now().plus(seconds * SECOND);
                    let _never_left = guard.sign(&bench.tbs(CrlKind::Complete, number, at));
                    guard = bench.guard(guard.state.into_medium());
                }
            }
        }
        for lists in given.values() {
            for (place, later) in lists.iter().enumerate() {
                for earlier in &lists[..place] {
                    let rises = later.1 > earlier.1;
                    let together = later.0 != earlier.0 && (later.1, later.2) == (earlier.1, earlier.2);
                    prop_assert!(rises || together, "{:?} after {:?}", later, earlier);
                    prop_assert!(later.2 >= earlier.2, "{:?} after {:?}", later, earlier);
                }
            }
        }
    }
}
