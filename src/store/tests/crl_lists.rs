//! Revoked entries, CRL numbers and CRL history.

use super::samples::*;
use crate::domain::instant::HOUR;
use crate::domain::{CrlNumber, ReasonCode, Timestamp};
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
    let mut seen = Vec::new();
    let r = store.read().unwrap();
    r.for_each_revoked(issuer(1), |e| {
        seen.push((
            hex::encode(e.serial),
            String::from_utf8_lossy(e.der).into_owned(),
        ));
        assert_eq!(e.facts()?.reason, ReasonCode::Superseded);
        Ok::<_, StoreError>(())
    })
    .unwrap();
    let order = ["7f", "ff", "0100", "0102030405"];
    assert_eq!(seen, order.map(|s| (s.to_owned(), format!("entry {s}"))));
    let totals = r.revoked_totals(issuer(1)).unwrap();
    assert_eq!(
        (totals.entries, totals.bytes),
        (4, seen.iter().map(|(_, d)| d.len() as u64).sum())
    );
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
    let left = store.read().unwrap().revoked_left(issuer(1)).unwrap();
    assert_eq!(
        left.iter().map(|l| (&l.key, l.because)).collect::<Vec<_>>(),
        [(&held.key, LeftBecause::Released)]
    );
    write(&store, |w| w.put_revoked(&held));
    assert_eq!(store.read().unwrap().revoked_left(issuer(1)).unwrap(), []);
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
