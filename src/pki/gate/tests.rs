//! What the gate lets pass and what it keeps back, one test a reason.

use super::*;
use crate::pki::crl_fixture::{TestCa, entries, now};
use crate::pki::entry::{EntryReason, RevokedEntry};
use crate::pki::plan::CrlKind;
use std::convert::Infallible;

struct Case<'a> {
    ca: &'a TestCa,
    old: Predecessor<'a>,
    leaving: &'a [u64],
    now: Timestamp,
    follows: Option<Timestamp>,
}

impl<'a> Case<'a> {
    fn new(ca: &'a TestCa, old: Predecessor<'a>) -> Self {
        Self {
            ca,
            old,
            leaving: &[],
            now: now(),
            follows: None,
        }
    }

    fn pass(
        self,
        candidate: &(impl CrlSource + ?Sized),
        database: &[Vec<u8>],
    ) -> Result<Passed, Refusal<Infallible>> {
        let leaving: Vec<Serial> = self
            .leaving
            .iter()
            .map(|n| Serial::from_magnitude(&n.to_be_bytes()).unwrap())
            .collect();
        Gate {
            issuer: &self.ca.issuer,
            now: self.now,
            predecessor: self.old,
            follows: self.follows,
            may_leave: |serial: &Serial| leaving.contains(serial),
        }
        .examine(candidate, database.iter().map(Ok::<_, Infallible>))
    }
}

#[test]
fn a_right_crl_passes_with_and_without_a_predecessor() {
    let ca = TestCa::new();
    let (old, new) = (entries(&[1, 300]), entries(&[1, 7, 300, 0xffff_ffff]));
    let first = ca.crl(4, &old);
    let second = ca.crl(5, &new);
    let passed = Case::new(&ca, Predecessor::None)
        .pass(&first, &old)
        .unwrap();
    assert_eq!((passed.entries, passed.number), (2, CrlNumber::from(4)));
    let passed = Case::new(&ca, Predecessor::Published(&first))
        .pass(&second, &new)
        .unwrap();
    assert_eq!(passed.entries, 4);
    let nothing = ca.crl(6, &[]);
    assert!(
        Case::new(&ca, Predecessor::None)
            .pass(&nothing, &[])
            .is_ok()
    );
}

#[test]
fn a_number_that_does_not_rise_is_refused() {
    let ca = TestCa::new();
    let list = entries(&[1]);
    let published = ca.crl(9, &list);
    for number in [8, 9] {
        let refused =
            Case::new(&ca, Predecessor::Published(&published)).pass(&ca.crl(number, &list), &list);
        assert!(matches!(refused, Err(Refusal::NumberNotHigher { .. })));
    }
    let lost = Predecessor::Lost {
        last_number: CrlNumber::from(9),
    };
    let refused = Case::new(&ca, lost).pass(&ca.crl(9, &list), &list);
    assert!(matches!(refused, Err(Refusal::NumberNotHigher { .. })));
}

#[test]
fn a_revoked_serial_never_leaves_unless_it_may() {
    let ca = TestCa::new();
    let published = ca.crl(1, &entries(&[5, 6, 7]));
    for (rest, gone) in [(vec![6, 7], "05"), (vec![5, 7], "06"), (vec![5, 6], "07")] {
        let rest = entries(&rest);
        let next = ca.crl(2, &rest);
        let refused = Case::new(&ca, Predecessor::Published(&published)).pass(&next, &rest);
        assert!(
            matches!(refused, Err(Refusal::WouldUnrevoke { ref serial }) if serial == gone),
            "{refused:?}"
        );
        let mut allowed = Case::new(&ca, Predecessor::Published(&published));
        allowed.leaving = &[5, 6, 7];
        assert!(allowed.pass(&next, &rest).is_ok());
    }
}

#[test]
fn a_predecessor_out_of_order_is_compared_all_the_same() {
    let ca = TestCa::new();
    let list = entries(&[5, 6, 7]);
    let ascending = ca.crl(1, &list);
    let shuffled = reorder(&ca, ascending.as_bytes(), &list);
    let passed = Case::new(&ca, Predecessor::Published(&shuffled)).pass(&ca.crl(2, &list), &list);
    assert!(passed.is_ok(), "{passed:?}");
    let less = entries(&[6, 7]);
    let refused = Case::new(&ca, Predecessor::Published(&shuffled)).pass(&ca.crl(2, &less), &less);
    assert!(
        matches!(refused, Err(Refusal::WouldUnrevoke { ref serial }) if serial == "05"),
        "{refused:?}"
    );
}

#[test]
fn what_stands_twice_on_the_predecessor_counts_once() {
    let ca = TestCa::new();
    let three = entries(&[5, 6, 7]);
    for twice in [[5, 5, 7], [5, 7, 7]] {
        let ascending = ca.crl(1, &three);
        let published = replace(&ca, ascending.as_bytes(), &three, &entries(&twice));
        for (listed, passes) in [(&[5, 7][..], true), (&[5, 6, 7], true), (&[6, 7], false)] {
            let list = entries(listed);
            let judged =
                Case::new(&ca, Predecessor::Published(&published)).pass(&ca.crl(2, &list), &list);
            assert_eq!(judged.is_ok(), passes, "{twice:?} {listed:?} {judged:?}");
        }
        // One that may leave may leave both times.
        let list = entries(&[5]);
        let mut case = Case::new(&ca, Predecessor::Published(&published));
        case.leaving = &[7];
        assert!(case.pass(&ca.crl(2, &list), &list).is_ok(), "{twice:?}");
    }
}

/// The same CRL with its entries in the other direction, signed anew.
fn reorder(ca: &TestCa, der: &[u8], list: &[Vec<u8>]) -> Vec<u8> {
    let back: Vec<Vec<u8>> = list.iter().rev().cloned().collect();
    replace(ca, der, list, &back)
}

/// The same CRL with `others` for its entries, which take as many octets, signed anew.
fn replace(ca: &TestCa, der: &[u8], list: &[Vec<u8>], others: &[Vec<u8>]) -> Vec<u8> {
    use rcgen::SigningKey;
    let (forth, back) = (list.concat(), others.concat());
    assert_eq!(forth.len(), back.len());
    let place = der.windows(forth.len()).position(|w| w == forth).unwrap();
    let mut der = der.to_vec();
    der[place..place + back.len()].copy_from_slice(&back);
    let tail = CrlReader::open(&der).unwrap().finish().unwrap();
    let tbs = tail.signed_part.start as usize..tail.signed_part.end as usize;
    let mut body = der[tbs].to_vec();
    let signature = ca.key.sign(&body).unwrap();
    body.extend_from_slice(&tail.algorithm.der);
    let mut bits = vec![0];
    bits.extend_from_slice(&signature);
    crate::pki::der_write::push_tlv(&mut body, 0x03, &bits);
    crate::pki::der_write::tlv(0x30, &body)
}

#[test]
fn the_crl_and_the_database_must_say_the_same() {
    let ca = TestCa::new();
    let on_crl = entries(&[5, 7]);
    let crl = ca.crl(1, &on_crl);
    let pass = |database: &[Vec<u8>]| Case::new(&ca, Predecessor::None).pass(&crl, database);
    assert!(matches!(
        pass(&entries(&[5, 6, 7])),
        Err(Refusal::Missing { serial }) if serial == "06"
    ));
    assert!(matches!(
        pass(&entries(&[5, 7, 8])),
        Err(Refusal::Missing { serial }) if serial == "08"
    ));
    assert!(matches!(
        pass(&entries(&[7])),
        Err(Refusal::NotRevoked { serial }) if serial == "05"
    ));
    assert!(matches!(
        pass(&entries(&[5])),
        Err(Refusal::NotRevoked { serial }) if serial == "07"
    ));
    let mut other = on_crl.clone();
    *other[1].last_mut().unwrap() = 4;
    assert!(matches!(
        pass(&other),
        Err(Refusal::OtherEntry { serial }) if serial == "07"
    ));
    assert!(matches!(
        pass(&[on_crl[0].clone(), vec![0x30, 0x00]]),
        Err(Refusal::StoredEntry(_))
    ));
}

#[test]
fn a_key_that_is_not_the_issuers_is_found_out() {
    let (ca, other) = (TestCa::new(), TestCa::new());
    let plan = ca.plan(1, CrlKind::Complete);
    let list = entries(&[1]);
    let wrong = other.sign(&plan, &list);
    assert!(matches!(
        Case::new(&ca, Predecessor::None).pass(&wrong, &list),
        Err(Refusal::Signature(SignatureFault::Mismatch))
    ));
    let good = ca.crl(2, &list);
    assert!(matches!(
        Case::new(&ca, Predecessor::Published(&wrong)).pass(&good, &list),
        Err(Refusal::PredecessorNotOurs(SignatureFault::Mismatch))
    ));
}

#[test]
fn a_crl_whose_time_is_over_is_refused() {
    let ca = TestCa::new();
    let crl = ca.crl(1, &[]);
    let mut late = Case::new(&ca, Predecessor::None);
    late.now = now().plus(48 * crate::domain::instant::HOUR);
    assert!(matches!(
        late.pass(&crl, &[]),
        Err(Refusal::AlreadyEnded { .. })
    ));
    let mut early = Case::new(&ca, Predecessor::None);
    early.now = now().plus(-1000);
    assert!(matches!(
        early.pass(&crl, &[]),
        Err(Refusal::Rule { rule, .. }) if rule == "this-update-not-future"
    ));
}

#[test]
fn after_the_clock_went_back_revocations_are_still_published() {
    let ca = TestCa::new();
    let list = entries(&[1]);
    let (published, next) = (ca.crl(1, &[]), ca.crl_at(2, &list, now().plus(1000)));
    let later = ca.crl_at(2, &list, now().plus(2000));
    let last = Some(now());
    for (candidate, follows, passes) in [
        (&next, last, true),
        (&later, last, false),
        (&next, None, false),
        (&next, Some(now().plus(-1000)), false),
    ] {
        let mut case = Case::new(&ca, Predecessor::Published(&published));
        case.now = now().plus(-3_600_000);
        case.follows = follows;
        let result = case.pass(candidate, &list);
        assert_eq!(result.is_ok(), passes, "{result:?}");
    }
}

#[test]
fn a_serial_of_160_random_bits_is_remarked_on_and_published() {
    let ca = TestCa::new();
    let wide = RevokedEntry {
        serial: Serial::from_magnitude(&[0xff; 20]).unwrap(),
        revocation_date: now(),
        reason: EntryReason::RemoveFromCrl,
        invalidity_date: None,
    };
    let removal = [wide.encode().unwrap()];
    let revoked = RevokedEntry {
        reason: EntryReason::Revoked(crate::domain::ReasonCode::KeyCompromise),
        ..wide
    };
    let list = [revoked.encode().unwrap()];
    let passed = Case::new(&ca, Predecessor::None).pass(&ca.crl(1, &list), &list);
    assert_eq!(passed.unwrap().remarks[0].0, "serial-length");
    // A removal on a complete list stays a refusal.
    assert!(matches!(
        Case::new(&ca, Predecessor::None).pass(&ca.crl(1, &removal), &removal),
        Err(Refusal::Rule {
            rule: "reason-remove-on-delta",
            ..
        })
    ));
}

#[test]
fn a_delta_does_not_replace_a_complete_crl() {
    let ca = TestCa::new();
    let list = entries(&[1]);
    let complete = ca.crl(3, &list);
    let base = CrlNumber::from(3);
    let delta = ca.sign(&ca.plan(4, CrlKind::Delta { base }), &list);
    assert!(matches!(
        Case::new(&ca, Predecessor::Published(&complete)).pass(&delta, &list),
        Err(Refusal::OtherScope)
    ));
    let next = ca.sign(&ca.plan(5, CrlKind::Delta { base }), &list);
    let passed = Case::new(&ca, Predecessor::Published(&delta)).pass(&next, &list);
    assert!(passed.is_ok(), "{passed:?}");
}

#[test]
fn an_unreadable_predecessor_stops_publication_until_it_is_said_so() {
    let ca = TestCa::new();
    let torn = ca.crl(1, &entries(&[1])).as_bytes()[..100].to_vec();
    assert!(matches!(
        Case::new(&ca, Predecessor::Published(&torn)).pass(&ca.crl(2, &[]), &[]),
        Err(Refusal::PredecessorUnreadable(_))
    ));
}
