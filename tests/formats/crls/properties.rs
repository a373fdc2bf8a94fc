//! Any list that may be written reads back as it was, keeps every rule, passes the gate, and differs from any other by
//! exactly the entries that differ.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::LazyLock;

use ams::domain::{CrlNumber, ReasonCode, Serial, Timestamp};
use ams::pki::check::check;
use ams::pki::crl_issuer::CrlIssuer;
use ams::pki::crl_read::CrlReader;
use ams::pki::crl_summary::{CrlSummary, ShownKind};
use ams::pki::diff::{Difference, diff};
use ams::pki::entry::{EntryReason, RevokedEntry};
use ams::pki::gate::{Gate, Predecessor};
use ams::pki::plan::{CrlKind, CrlPeriod, CrlPlan, CrlTerms, DistributionPointUri};
use ams::pki::write::{SignedCrl, algorithm_of, assemble};
use proptest::prelude::*;

struct Ca {
    issuer: CrlIssuer,
    key: rcgen::KeyPair,
}

static CA: LazyLock<Ca> = LazyLock::new(|| {
    let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap();
    let mut params = rcgen::CertificateParams::default();
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    params.not_before = time::OffsetDateTime::from_unix_timestamp(BEGIN).unwrap();
    params.not_after = time::OffsetDateTime::from_unix_timestamp(END).unwrap();
    params
        .distinguished_name
        .push(rcgen::DnType::CommonName, "CA UJI");
    let certificate = params.self_signed(&key).unwrap();
    let issuer = CrlIssuer::from_certificate(certificate.der()).unwrap();
    Ca { issuer, key }
});

/// 2000-01-01 and 2090-01-01 in seconds.
const BEGIN: i64 = 946_684_800;
const END: i64 = 3_786_912_000;

type Entries = BTreeMap<Serial, RevokedEntry>;

/// Entries revoked before `this_update`, with serials of 1 to 20 octets in DER.
fn entries(this_update: i64, delta: bool) -> impl Strategy<Value = Entries> {
    let serial =
        prop::collection::vec(any::<u8>(), 1..=20).prop_filter_map("no serial", |octets| {
            Serial::from_magnitude(&octets)
                .ok()
                .filter(|serial| serial.der_content().len() <= 20)
        });
    let reasons = ReasonCode::ALL.len() + usize::from(delta);
    let one = (
        serial,
        0..1_000_000_000_i64,
        0..reasons,
        prop::option::of(0..900_000_000_i64),
    );
    prop::collection::vec(one, 0..60).prop_map(move |list| {
        list.into_iter()
            .map(|(serial, before, reason, invalid)| {
                let date = (this_update - before).max(0);
                let entry = RevokedEntry {
                    serial: serial.clone(),
                    revocation_date: Timestamp::from_seconds(date),
                    reason: ReasonCode::ALL
                        .get(reason)
                        .map_or(EntryReason::RemoveFromCrl, |r| EntryReason::Revoked(*r)),
                    invalidity_date: invalid.map(|i| Timestamp::from_seconds(date - i)),
                };
                (serial, entry)
            })
            .collect()
    })
}

fn number() -> impl Strategy<Value = CrlNumber> {
    prop::collection::vec(any::<u8>(), 1..=20)
        .prop_filter_map("not in range", |octets| {
            CrlNumber::from_der_content(&octets)
        })
        .prop_filter("no base below", |number| *number > CrlNumber::ZERO)
}

#[derive(Clone, Debug)]
struct List {
    terms: CrlTerms,
    entries: Entries,
}

fn list() -> impl Strategy<Value = List> {
    (
        BEGIN..END - 86_400,
        number(),
        0..3,
        any::<bool>(),
        any::<bool>(),
    )
        .prop_flat_map(|(this_update, number, kind, freshest, expired)| {
            let uri =
                |path: &str| DistributionPointUri::parse(&format!("http://crl.uji.example/{path}"));
            let (kind, delta) = match kind {
                0 => (CrlKind::Complete, false),
                1 => (
                    CrlKind::Delta {
                        base: CrlNumber::ZERO,
                    },
                    true,
                ),
                _ => (
                    CrlKind::Partition {
                        uri: uri("p1.crl").unwrap(),
                    },
                    false,
                ),
            };
            let terms = CrlTerms {
                number,
                this_update: Timestamp::from_seconds(this_update),
                freshest_crl: uri("delta.crl").filter(|_| freshest && !delta),
                expired_certs_on_crl: (expired && !delta).then(|| Timestamp::from_seconds(BEGIN)),
                kind,
            };
            entries(this_update, delta).prop_map(move |entries| List {
                terms: terms.clone(),
                entries,
            })
        })
}

impl List {
    fn encoded(&self) -> Vec<Vec<u8>> {
        self.entries.values().map(|e| e.encode().unwrap()).collect()
    }

    fn sign(&self) -> SignedCrl {
        let plan = CrlPlan::new(&CA.issuer, CrlPeriod::default(), self.terms.clone()).unwrap();
        assemble(&plan, algorithm_of(&CA.key).unwrap(), self.encoded(), 0)
            .unwrap()
            .sign(&CA.key)
            .unwrap()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn what_is_written_reads_back_keeps_every_rule_and_passes_the_gate(list in list()) {
        let crl = list.sign();
        let now = list.terms.this_update;
        let report = check(&crl, Some(&CA.issuer), now).unwrap();
        prop_assert!(report.passed(), "{:?}", report.broken().collect::<Vec<_>>());

        let mut reader = CrlReader::open(&crl).unwrap();
        let mut read = Vec::new();
        while let Some(entry) = reader.next_entry().unwrap() {
            read.push(entry.decode().unwrap());
        }
        prop_assert_eq!(read, list.entries.values().cloned().collect::<Vec<_>>());

        let shown = CrlSummary::read(&crl, |_| {}).unwrap();
        prop_assert_eq!(shown.number, Some(list.terms.number));
        prop_assert_eq!(shown.this_update, Some(now));
        prop_assert_eq!(shown.expired_certs_on_crl, list.terms.expired_certs_on_crl);
        let kind = match &list.terms.kind {
            CrlKind::Complete => ShownKind::Complete,
            CrlKind::Delta { base } => ShownKind::Delta { base: Some(*base) },
            CrlKind::Partition { uri } => ShownKind::Partition { uris: vec![uri.as_str().to_owned()] },
        };
        prop_assert_eq!(shown.kind, kind);

        let gate = Gate {
            issuer: &CA.issuer,
            now,
            predecessor: Predecessor::None,
            follows: None,
            may_leave: |_: &Serial| false,
        };
        let passed = gate.examine(&crl, list.encoded().into_iter().map(Ok::<_, Infallible>));
        prop_assert_eq!(passed.unwrap().entries, list.entries.len() as u64);
    }

    #[test]
    fn two_lists_differ_by_what_differs(one in list(), mut two in list(), shared in 0usize..40) {
        let common = one.entries.iter().take(shared);
        two.entries.extend(common.map(|(serial, entry)| (serial.clone(), entry.clone())));
        let removal = |entry: &RevokedEntry| entry.reason == EntryReason::RemoveFromCrl;
        two.entries.retain(|_, entry| !removal(entry));
        let (mut added, mut removed, mut changed) = (Vec::new(), Vec::new(), Vec::new());
        let summary = diff(&one.sign(), &two.sign(), |difference| match difference {
            Difference::Added(entry) => added.push(entry.serial),
            Difference::Removed(entry) => removed.push(entry.serial),
            Difference::Changed { after, .. } => changed.push(after.serial),
        })
        .unwrap();
        let only = |a: &Entries, b: &Entries| -> Vec<String> {
            a.keys().filter(|k| !b.contains_key(k)).map(ToString::to_string).collect()
        };
        prop_assert_eq!(added, only(&two.entries, &one.entries));
        prop_assert_eq!(removed, only(&one.entries, &two.entries));
        let differing: Vec<String> = one
            .entries
            .iter()
            .filter(|(k, v)| two.entries.get(k).is_some_and(|other| other != *v))
            .map(|(k, _)| k.to_string())
            .collect();
        prop_assert_eq!(summary.changed, differing.len() as u64);
        prop_assert_eq!(changed, differing);
    }
}
