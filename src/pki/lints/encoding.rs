//! Rules of form: DER, lengths, nothing cut off and nothing left over (X.690 §8, §10, §11). A CRL that cannot be read
//! breaks exactly one of them.

use super::{Answer, UNREAD, by_tail, no_entry, unless};
use crate::pki::check::Rule;
use crate::pki::crl_read::ReadError;
use crate::pki::der_scan::DerError;
use crate::pki::examine::{EntryFlaw, Facts};

pub(in crate::pki) const RULES: &[Rule] = &[
    Rule {
        id: "form",
        says: "The input is a CRL in DER, or a PEM block labelled X509 CRL",
        clause: "RFC 7468 §5",
        judge: |facts| stopped_by(facts, |e| matches!(e, ReadError::Form(_))),
    },
    Rule {
        id: "complete",
        says: "Nothing is cut off at the end",
        clause: "X.690 §8.1.1",
        judge: |facts| stopped_by_der(facts, |e| matches!(e, DerError::Truncated { .. })),
    },
    Rule {
        id: "definite-length",
        says: "Every length is definite",
        clause: "X.690 §10.1",
        judge: |facts| stopped_by_der(facts, |e| matches!(e, DerError::IndefiniteLength { .. })),
    },
    Rule {
        id: "shortest-length",
        says: "Every length is in its shortest form",
        clause: "X.690 §10.1",
        judge: |facts| stopped_by_der(facts, |e| matches!(e, DerError::NonMinimalLength { .. })),
    },
    Rule {
        id: "nested-length",
        says: "No element is longer than the one around it",
        clause: "X.690 §8.1.3",
        judge: |facts| stopped_by_der(facts, |e| matches!(e, DerError::OverrunsParent { .. })),
    },
    Rule {
        id: "structure",
        says: "Every field is of the type and at the place that the ASN.1 gives it",
        clause: "RFC 5280 §5.1",
        judge: |facts| {
            stopped_by_der(facts, |e| {
                matches!(e, DerError::WrongTag { .. } | DerError::Missing { .. })
            })
        },
    },
    Rule {
        id: "no-extra-fields",
        says: "No element holds more than the ASN.1 gives it",
        clause: "RFC 5280 §5.1",
        judge: |facts| stopped_by_der(facts, |e| matches!(e, DerError::TrailingBytes { .. })),
    },
    Rule {
        id: "values",
        says: "Booleans, numbers and object identifiers are in the form DER demands",
        clause: "X.690 §8, §11",
        judge: |facts| stopped_by_der(facts, |e| matches!(e, DerError::BadValue { .. })),
    },
    Rule {
        id: "element-size",
        says: "No single element is beyond any sane size (1 MiB)",
        clause: "RFC 5280 §5.1",
        judge: |facts| stopped_by(facts, |e| matches!(e, ReadError::TooLarge { .. })),
    },
    Rule {
        id: "no-trailing-octets",
        says: "Nothing follows the CertificateList",
        clause: "RFC 5280 §5.1",
        judge: |facts| {
            by_tail(facts, |tail| {
                unless(tail.trailing == 0, || {
                    format!("{} octets follow", tail.trailing)
                })
            })
        },
    },
    Rule {
        id: "default-not-written",
        says: "A FALSE that is the default is left out",
        clause: "X.690 §11.5",
        judge: |facts| {
            let idp = |facts: &Facts<'_>| {
                let extensions = &facts.tail.as_ref()?.extensions;
                let idp = extensions.issuing_distribution_point.as_ref()?.get()?;
                idp.false_written
                    .then(|| "issuingDistributionPoint".to_owned())
            };
            let extension = |facts: &Facts<'_>| {
                let extensions = &facts.tail.as_ref()?.extensions;
                extensions.false_written.first().cloned()
            };
            match extension(facts).or_else(|| idp(facts)) {
                Some(first) => Answer::Broken(format!("in extension {first}")),
                None => no_entry(facts, EntryFlaw::FalseWritten),
            }
        },
    },
];

/// Broken where reading ended with such an error; holds where reading ended well.
fn stopped_by(facts: &Facts<'_>, kind: impl FnOnce(&ReadError) -> bool) -> Answer {
    match &facts.stopped {
        Some(error) if kind(error) => Answer::Broken(error.to_string()),
        Some(_) => UNREAD,
        None => Answer::Holds,
    }
}

fn stopped_by_der(facts: &Facts<'_>, kind: impl FnOnce(&DerError) -> bool) -> Answer {
    stopped_by(
        facts,
        |error| matches!(error, ReadError::Der { fault, .. } if kind(fault)),
    )
}
