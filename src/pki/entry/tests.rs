//! Entries octet for octet, and back.

use super::*;
use proptest::prelude::*;

fn at(text: &str) -> Timestamp {
    Timestamp::parse_rfc3339(text).unwrap()
}

fn entry(serial: &str, reason: EntryReason, invalidity: Option<&str>) -> RevokedEntry {
    RevokedEntry {
        serial: Serial::parse(serial).unwrap(),
        revocation_date: at("2026-11-22T09:00:00Z"),
        reason,
        invalidity_date: invalidity.map(at),
    }
}

#[test]
fn an_unspecified_reason_leaves_no_extension() {
    let plain = entry("0a", EntryReason::Revoked(ReasonCode::Unspecified), None);
    let der = plain.encode().unwrap();
    assert_eq!(
        hex::encode(&der),
        "301202010a170d3236313132323039303030305a"
    );
    assert_eq!(RevokedEntry::decode(&der).unwrap(), plain);
}

#[test]
fn a_full_entry_is_written_octet_for_octet() {
    let lost = EntryReason::Revoked(ReasonCode::KeyCompromise);
    let der = entry("c301", lost, Some("2026-11-20T17:00:00.750Z"))
        .encode()
        .unwrap();
    // The serial's high bit gets its 00; the invalidity date loses its fraction.
    assert_eq!(
        hex::encode(&der),
        concat!(
            "303c020300c301170d3236313132323039303030305a3026",
            "300a0603551d1504030a0101",
            "30180603551d180411180f32303236313132303137303030305a",
        )
    );
}

#[test]
fn the_invalidity_date_is_generalized_time_even_before_2050() {
    let der = entry(
        "01",
        EntryReason::Revoked(ReasonCode::KeyCompromise),
        Some("2026-01-01T00:00:00Z"),
    )
    .encode()
    .unwrap();
    assert!(der.windows(17).any(|w| w == b"\x18\x0f20260101000000Z"));
}

#[test]
fn an_invalidity_date_after_the_revocation_is_refused() {
    let late = entry(
        "01",
        EntryReason::Revoked(ReasonCode::KeyCompromise),
        Some("2026-11-22T09:00:01Z"),
    );
    assert!(matches!(
        late.encode(),
        Err(EntryError::InvalidityAfterRevocation { .. })
    ));
}

#[test]
fn serials_order_as_numbers() {
    let ascending: [&[u8]; 7] = [
        &[0x80, 0],
        &[0xff],
        &[0],
        &[1],
        &[0, 0xff],
        &[1, 0],
        &[0, 0xff, 0],
    ];
    for pair in ascending.windows(2) {
        assert_eq!(compare_serials(pair[0], pair[1]), Ordering::Less);
        assert_eq!(compare_serials(pair[1], pair[0]), Ordering::Greater);
    }
    assert_eq!(compare_serials(&[0, 5], &[5]), Ordering::Equal);
}

#[test]
fn foreign_entries_are_told_apart_from_ours() {
    let ours = entry("05", EntryReason::RemoveFromCrl, None)
        .encode()
        .unwrap();
    for (code, expected) in [(7, 7), (10, 10), (11, 11)] {
        let mut der = ours.clone();
        let last = der.len() - 1;
        der[last] = code;
        assert_eq!(
            RevokedEntry::decode(&der),
            Err(ForeignEntry::Reason(expected))
        );
    }
}

fn any_entry() -> impl Strategy<Value = RevokedEntry> {
    (
        prop::collection::vec(any::<u8>(), 1..=20)
            .prop_filter_map("zero", |octets| Serial::from_magnitude(&octets).ok()),
        -631_152_000_i64..253_402_300_800,
        0..=ReasonCode::ALL.len(),
        prop::option::of(0..40_000_000_000_i64),
    )
        .prop_map(|(serial, seconds, reason, before)| RevokedEntry {
            serial,
            revocation_date: Timestamp::from_seconds(seconds),
            reason: ReasonCode::ALL
                .get(reason)
                .map_or(EntryReason::RemoveFromCrl, |r| EntryReason::Revoked(*r)),
            invalidity_date: before.map(|b| Timestamp::from_seconds(seconds - b)),
        })
}

proptest! {
    #[test]
    fn every_entry_reads_back_as_written(entry in any_entry()) {
        let der = entry.encode().unwrap();
        prop_assert!(der.len() <= 82);
        prop_assert_eq!(RevokedEntry::decode(&der).unwrap(), entry);
    }

    #[test]
    fn the_usual_shape_is_cut_like_any_other(entry in any_entry(), place in any::<usize>(), octet: u8) {
        let mut der = entry.encode().unwrap();
        let whole = RawEntry::split_usual(&der, 0).unwrap();
        prop_assert_eq!(whole.decode().unwrap(), entry.clone());
        let sole = entry.invalidity_date.is_none();
        prop_assert_eq!(whole.sole_reason_code(), entry.reason.code().filter(|_| sole));
        // Whatever it is changed into, both ways of cutting agree where the short one has an answer.
        let place = place % der.len();
        der[place] = octet;
        if let Some(usual) = RawEntry::split_usual(&der, 0) {
            let general = crate::pki::der_scan::Reader::new(&der)
                .read()
                .and_then(RawEntry::split)
                .unwrap();
            prop_assert_eq!(usual.der, general.der);
            prop_assert_eq!(usual.serial, general.serial);
            prop_assert_eq!(usual.revocation_date, general.revocation_date);
            prop_assert_eq!(usual.extensions, general.extensions);
        }
    }

    #[test]
    fn serial_contents_order_like_the_domain_orders_serials(
        a in prop::collection::vec(any::<u8>(), 1..=20),
        b in prop::collection::vec(any::<u8>(), 1..=20),
    ) {
        if let (Ok(a), Ok(b)) = (Serial::from_magnitude(&a), Serial::from_magnitude(&b)) {
            prop_assert_eq!(compare_serials(&a.der_content(), &b.der_content()), a.cmp(&b));
        }
    }
}
