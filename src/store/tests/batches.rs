//! Certificates added in batches of any size, the indexes written either way: the tables are the same to the octet.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::samples::*;
use crate::store::certificates::{DER, Numbered};
use crate::store::index_run::Way;
use crate::store::indexed::{COUNTERS, Indexed};
use crate::store::key::Span;
use crate::store::settings::SEQUENCES;
use crate::store::table::Table;
use crate::store::*;

/// The octets of every table that adding certificates writes to.
fn contents(store: &Store) -> Vec<(Vec<u8>, Vec<u8>)> {
    let r = store.read().unwrap();
    let indexes = Numbered::INDEXES.iter().map(|index| index.table);
    let tables: Vec<Table> = indexes
        .chain([Numbered::ROWS, DER, COUNTERS, SEQUENCES])
        .collect();
    let mut all = Vec::new();
    for table in tables {
        all.push((b"table".to_vec(), Vec::new()));
        r.each(table, &Span::all(), |key, value| {
            all.push((key.to_vec(), value.to_vec()));
            Ok(())
        })
        .unwrap();
    }
    all
}

/// A certificate of a small world, so that serials and whole certificates come twice.
fn sample() -> impl Strategy<Value = NewCertificate> {
    (1u16..60, 0u8..3, proptest::option::of(0u32..3), 0u8..2).prop_map(
        |(serial, common, owner, form)| {
            let text = format!("{:x}", u64::from(serial) * 0x0102_0304);
            let mut new = certificate(
                u32::from(serial % 2),
                &text,
                &format!("Orang {common} {serial}"),
            );
            new.certificate.owner = owner.map(account_id);
            new.certificate.not_after = NOW.plus(i64::from(common) * 40_000_000);
            // Another one under the same serial.
            new.der.push(form);
            new
        },
    )
}

/// One by one, in the order given, each in a transaction of its own.
fn one_by_one(store: &Store, all: &[&NewCertificate]) -> Vec<Added> {
    all.iter()
        .flat_map(|new| write(store, |w| w.add_certificates(&[(*new).clone()])))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn batches_written_either_way_leave_the_same_tables_as_one_by_one(
        transactions in proptest::collection::vec(
            proptest::collection::vec(proptest::collection::vec(sample(), 0..20), 1..4),
            1..5,
        ),
        ways in proptest::collection::vec(any::<bool>(), 24),
    ) {
        let (store, reference) = (Store::in_memory().unwrap(), Store::in_memory().unwrap());
        let mut ways = ways.iter().cycle();
        for batches in &transactions {
            let ways = std::cell::RefCell::new(&mut ways);
            let way = |_, _| match ways.borrow_mut().next() {
                Some(true) => Way::Merged,
                _ => Way::Inserted,
            };
            let outcome = store.write(|w| {
                w.add_in_batches_by::<_, StoreError>(way, |adding| {
                    let mut outcome = Vec::new();
                    for batch in batches {
                        outcome.extend(adding.add(batch)?);
                    }
                    Ok(outcome)
                })
            }).unwrap();
            let all: Vec<&NewCertificate> = batches.iter().flatten().collect();
            prop_assert_eq!(outcome, one_by_one(&reference, &all));
            prop_assert!(contents(&store) == contents(&reference));
        }
        prop_assert_eq!(&store.read().unwrap().check().unwrap().problems, &[]);
        let names: BTreeSet<_> = store.read().unwrap().table_names().unwrap().into_iter().collect();
        let wanted: BTreeSet<_> = reference.read().unwrap().table_names().unwrap().into_iter().collect();
        prop_assert_eq!(names, wanted);
    }
}

/// A certificate whose name and end follow from a number that scatters.
fn scattered(n: u32) -> NewCertificate {
    let scatter = n.wrapping_mul(0x9e37_79b9);
    let mut new = certificate(1, &format!("{:x}", u64::from(scatter) + 1), "Orang");
    new.certificate.subject = name(&format!("Orang {scatter:08x}"));
    new.certificate.not_after = NOW.plus(i64::from(scatter));
    new
}

#[test]
fn a_table_that_is_made_anew_at_its_real_size_agrees_with_its_rows_and_with_inserting() {
    let batches: Vec<Vec<NewCertificate>> = [0..1500, 1500..3500, 3400..5200]
        .into_iter()
        .map(|numbers: std::ops::Range<u32>| numbers.map(scattered).collect())
        .collect();
    let (merged, inserted) = (Store::in_memory().unwrap(), Store::in_memory().unwrap());
    for batch in &batches {
        let lengths = std::cell::RefCell::new(Vec::new());
        let outcome = write(&merged, |w| {
            w.add_in_batches_by(
                |run, table| {
                    lengths.borrow_mut().push((run, table));
                    Way::cheaper(run, table)
                },
                |adding| adding.add(batch),
            )
        });
        let new = outcome.iter().filter(|added| **added == Added::New).count() as u64;
        assert!(lengths.borrow().iter().all(|(run, _)| *run == new));
        let other = write(&inserted, |w| {
            w.add_in_batches_by(|_, _| Way::Inserted, |adding| adding.add(batch))
        });
        assert_eq!(outcome, other);
    }
    assert!(contents(&merged) == contents(&inserted));
    let report = merged.read().unwrap().check().unwrap();
    assert_eq!(report.problems, []);
    assert_eq!(report.rows["certificates"], 5200);
}

#[test]
fn a_run_makes_its_table_anew_where_it_is_large_beside_it_and_never_for_a_few() {
    assert_eq!(Way::cheaper(200_000, 0), Way::Merged);
    assert_eq!(Way::cheaper(200_000, 1_600_000), Way::Merged);
    assert_eq!(Way::cheaper(200_000, 1_600_001), Way::Inserted);
    assert_eq!(Way::cheaper(1, 0), Way::Inserted);
    assert_eq!(Way::cheaper(1023, 100), Way::Inserted);
}

#[test]
fn a_transaction_that_fails_between_two_batches_leaves_nothing() {
    let store = Store::in_memory().unwrap();
    write(&store, |w| w.add_certificates(&[scattered(1)]));
    let before = contents(&store);
    let failed = store.write(|w| {
        w.add_in_batches(|adding| {
            adding.add(&[scattered(2), scattered(3)])?;
            Err::<(), _>(StoreError::Erased)
        })
    });
    assert!(matches!(failed, Err(StoreError::Erased)));
    assert!(contents(&store) == before);
}

#[test]
fn a_certificate_of_an_earlier_batch_of_the_transaction_is_known_to_a_later_one() {
    let store = Store::in_memory().unwrap();
    let mut other = scattered(1);
    other.der.push(0);
    let outcome = write(&store, |w| {
        w.add_in_batches(|adding| {
            let first = adding.add(&[scattered(1)])?;
            assert!(!adding.reader().has_certificate(&other.certificate.key)?);
            let second = adding.add(&[scattered(2), scattered(1), other.clone()])?;
            Ok([first, second].concat())
        })
    });
    assert_eq!(
        outcome,
        [Added::New, Added::New, Added::Known, Added::Conflict]
    );
}
