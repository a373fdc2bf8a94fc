//! Revoked entries, CRL numbers and CRL history.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::samples::*;
use crate::domain::instant::{DAY, HOUR};
use crate::domain::{CrlNumber, Timestamp};
use crate::store::*;

#[test]
fn revoked_entries_are_visited_in_the_order_of_a_crl() {
    let store = Store::in_memory().unwrap();
    for (n, serial) in [
        (1, "ff"),
        (1, "0100"),
        (1, "7f"),
        (2, "01"),
        (1, "0102030405"),
    ] {
        write(&store, |w| w.put_revoked(&revoked(n, serial)));
    }
    let r = store.read().unwrap();
    let wanted = ["7f", "ff", "0100", "0102030405"].map(|serial| entry(serial, 0));
    assert_eq!(listed(&r, 1), wanted.concat());
    assert_eq!(listed(&r, 2), entry("01", 0));
    let totals = r.revoked_totals(issuer(1)).unwrap();
    let octets = wanted.concat().len() as u64;
    assert_eq!((totals.entries, totals.bytes), (4, octets));
}

/// All of an issuer's runs, one behind the other.
fn listed(r: &Reader, n: u32) -> Vec<u8> {
    let runs = r.revoked_runs().unwrap();
    let all = runs.of(issuer(n)).unwrap();
    all.flat_map(|run| run.unwrap().as_ref().to_vec()).collect()
}

/// Which order serials come and go in, and whether an entry may be as long as a run.
fn comings_and_goings() -> impl Strategy<Value = Vec<(u16, Option<usize>)>> {
    let some = (0u16..40, proptest::option::weighted(0.7, 0usize..12_000));
    proptest::collection::vec(some, 1..120)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn runs_hold_exactly_what_came_and_did_not_leave(steps in comings_and_goings()) {
        let store = Store::in_memory().unwrap();
        let mut model: BTreeMap<(usize, String), Vec<u8>> = BTreeMap::new();
        for (n, come) in &steps {
            let serial = format!("{:02x}", u32::from(*n) * 0x333 + 1);
            let key = certificate_key(1, &serial);
            let place = (key.serial.magnitude().len(), key.serial.to_string());
            match come {
                Some(more) => {
                    let mut row = revoked(1, &serial);
                    row.der = entry(&serial, *more);
                    write(&store, |w| w.put_revoked(&row));
                    model.insert(place, row.der);
                }
                None => {
                    let gone = write(&store, |w| w.remove_revoked(&key, LeftBecause::Expired, NOW));
                    prop_assert_eq!(gone, model.remove(&place).is_some());
                }
            }
        }
        let r = store.read().unwrap();
        prop_assert_eq!(r.check().unwrap().problems, []);
        prop_assert_eq!(listed(&r, 1), model.values().cloned().collect::<Vec<_>>().concat());
        let page = r.revoked_page(issuer(1), &Window::first(99)).unwrap();
        let ders: Vec<_> = page.rows.iter().map(|row| row.der.clone()).collect();
        prop_assert_eq!(ders, model.values().cloned().collect::<Vec<_>>());
        for row in &page.rows {
            let found = r.revoked(&row.key).unwrap().unwrap();
            prop_assert_eq!(&found, row);
        }
    }
}

#[test]
fn a_list_that_grows_at_its_end_fills_its_runs() {
    let store = Store::in_memory().unwrap();
    write(&store, |w| {
        (0..4000).try_for_each(|n| {
            let mut row = revoked(1, &format!("{:08x}", 0x1000_0000 + n));
            row.der = entry(&format!("{:08x}", 0x1000_0000 + n), 30);
            w.put_revoked(&row)
        })
    });
    let r = store.read().unwrap();
    let runs = r.revoked_runs().unwrap();
    let lengths: Vec<usize> = runs
        .of(issuer(1))
        .unwrap()
        .map(|run| run.unwrap().as_ref().len())
        .collect();
    assert!(lengths.len() > 5, "{lengths:?}");
    let full = &lengths[..lengths.len() - 1];
    assert!(full.iter().all(|length| *length > 16_000), "{lengths:?}");
}

#[test]
fn an_entry_of_another_serial_or_that_is_none_is_not_stored() {
    let store = Store::in_memory().unwrap();
    for der in [
        entry("0b", 0),
        b"entry".to_vec(),
        vec![],
        [entry("0a", 0), vec![0]].concat(),
    ] {
        let mut row = revoked(1, "0a");
        row.der = der;
        let refused = store.write(|w| w.put_revoked(&row));
        assert!(matches!(refused, Err(StoreError::Corrupt { .. })));
    }
    let r = store.read().unwrap();
    assert_eq!(r.revoked_totals(issuer(1)).unwrap().entries, 0);
    assert!(listed(&r, 1).is_empty());
}

#[test]
fn a_check_names_der_without_a_row_and_rows_without_der() {
    let store = Store::in_memory().unwrap();
    write(&store, |w| {
        w.put_revoked(&revoked(1, "0a"))?;
        w.put_revoked(&revoked(1, "0b"))?;
        w.put_der(&certificate_key(1, "0c"), &entry("0c", 0))
    });
    let problems = store.read().unwrap().check().unwrap().problems;
    assert_eq!(problems.len(), 2, "{problems:?}");
    write(&store, |w| {
        w.remove_der(&certificate_key(1, "0a"))?;
        w.remove_der(&certificate_key(1, "0c"))
    });
    let problems = store.read().unwrap().check().unwrap().problems;
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert_eq!(problems[0].table, "revoked.der");
}

#[test]
fn ended_entries_are_found_by_the_end_of_their_certificates() {
    let store = Store::in_memory().unwrap();
    for (serial, days) in [
        ("01", Some(3)),
        ("02", Some(1)),
        ("03", None),
        ("04", Some(2)),
        ("05", Some(1)),
    ] {
        let mut row = revoked(1, serial);
        // The last one waits for its first CRL still.
        row.facts.on_crl = (serial != "05").then_some(CrlNumber::from(4));
        row.facts.not_after = days.map(|days| NOW.plus(days * DAY));
        write(&store, |w| w.put_revoked(&row));
    }
    let ended = |limit| {
        let r = store.read().unwrap();
        let keys = r
            .revoked_ended(issuer(1), NOW.plus(3 * DAY), &Window::first(limit))
            .unwrap();
        keys.rows
            .into_iter()
            .map(|key| key.serial.to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(ended(9), ["02", "04"]);
    assert_eq!(ended(1), ["02"]);
}

#[test]
fn an_entry_waits_until_a_crl_carries_it_and_is_remembered_when_it_leaves() {
    let store = Store::in_memory().unwrap();
    let mut held = revoked(1, "0a");
    held.facts.kind = RevokedKind::Held;
    let mut adopted = revoked(1, "0b");
    adopted.facts.adopted = true;
    write(&store, |w| {
        w.put_revoked(&held)?;
        w.put_revoked(&adopted)
    });
    let keys =
        |page: Page<RevokedEntry>| -> Vec<_> { page.rows.into_iter().map(|e| e.key).collect() };
    let pending = store
        .read()
        .unwrap()
        .revoked_pending(issuer(1), &Window::first(9))
        .unwrap();
    let pending = keys(pending);
    assert_eq!(pending, [held.key.clone(), adopted.key.clone()]);
    write(&store, |w| w.set_on_crl(&pending, CrlNumber::from(4)));
    write(&store, |w| w.set_on_crl(&pending, CrlNumber::from(5)));
    let r = store.read().unwrap();
    assert_eq!(
        r.revoked(&held.key).unwrap().unwrap().facts.on_crl,
        Some(CrlNumber::from(4))
    );
    assert_eq!(
        keys(r.revoked_pending(issuer(1), &Window::first(9)).unwrap()),
        []
    );
    assert_eq!(
        keys(r.revoked_adopted(issuer(1), &Window::first(9)).unwrap()),
        [adopted.key]
    );

    assert!(write(&store, |w| w.remove_revoked(
        &held.key,
        LeftBecause::Released,
        NOW
    )));
    assert!(!write(&store, |w| w.remove_revoked(
        &held.key,
        LeftBecause::Released,
        NOW
    )));
    let left = left_of(&store);
    assert_eq!(
        left.iter().map(|l| (&l.key, l.because)).collect::<Vec<_>>(),
        [(&held.key, LeftBecause::Released)]
    );
    write(&store, |w| w.put_revoked(&held));
    assert_eq!(left_of(&store), []);
}

fn left_of(store: &Store) -> Vec<LeftEntry> {
    let reader = store.read().unwrap();
    let all = Window::first(9);
    reader.revoked_left(issuer(1), &all).unwrap().rows
}

#[test]
fn a_reserved_crl_number_is_never_given_again() {
    let store = Store::in_memory().unwrap();
    let reserve = |floor: u64| {
        write(&store, |w| {
            w.reserve_crl_number(issuer(1), CrlNumber::from(floor))
        })
    };
    assert_eq!(reserve(0), CrlNumber::from(1));
    assert_eq!(reserve(0), CrlNumber::from(2));
    assert_eq!(reserve(40), CrlNumber::from(41));
    write(&store, |w| {
        w.raise_crl_number(issuer(1), CrlNumber::from(7))
    });
    assert_eq!(reserve(0), CrlNumber::from(42));
    write(&store, |w| w.put_crl(&crl(90, NOW)));
    assert_eq!(reserve(0), CrlNumber::from(91));
    let top = CrlNumber::parse("730750818665451459101842416358141509827966271487").unwrap();
    let refused = store.write(|w| w.reserve_crl_number(issuer(1), top));
    assert!(matches!(refused, Err(StoreError::Exhausted { .. })));
}

fn crl(number: u64, at: Timestamp) -> CrlRecord {
    CrlRecord {
        issuer: issuer(1),
        kind: CrlKind::Complete,
        number: CrlNumber::from(number),
        this_update: at,
        next_update: at.plus(48 * HOUR),
        entries: 3,
        bytes: 500,
        sha256: [1; 32],
        file: None,
        published_at: at,
        regular: true,
    }
}

#[test]
fn crl_history_tells_scopes_apart_and_knows_the_last() {
    let store = Store::in_memory().unwrap();
    let mut delta = crl(300, NOW.plus(2));
    delta.kind = CrlKind::Delta {
        base: CrlNumber::from(255),
    };
    for record in [crl(255, NOW), crl(256, NOW.plus(1)), delta.clone()] {
        write(&store, |w| w.put_crl(&record));
    }
    let r = store.read().unwrap();
    let last = r.last_crl(issuer(1), &CrlKind::Complete).unwrap().unwrap();
    assert_eq!(last.number, CrlNumber::from(256));
    let any_base = CrlKind::Delta {
        base: CrlNumber::ZERO,
    };
    assert_eq!(
        r.last_crl(issuer(1), &any_base).unwrap(),
        Some(delta.clone())
    );
    assert_eq!(r.last_crl(issuer(2), &CrlKind::Complete).unwrap(), None);
    assert_eq!(r.crls(&Window::last(1)).unwrap().rows, [delta]);
    let numbers = r.crl_numbers(issuer(1)).unwrap();
    assert_eq!(
        (numbers.reserved, numbers.published),
        (CrlNumber::from(300), Some(CrlNumber::from(256)))
    );
}
