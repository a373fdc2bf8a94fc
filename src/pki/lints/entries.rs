//! Rules of the entries (RFC 5280 §5.1.2.6, §5.3).

use super::{Answer, UNREAD, by_head, by_tail, no_entry, unless};
use crate::pki::check::{Rule, Unchecked};
use crate::pki::examine::{EntryFlaw, Facts};

macro_rules! flaw {
    ($id:literal, $says:literal, $clause:literal, $flaw:ident) => {
        Rule {
            id: $id,
            says: $says,
            clause: $clause,
            judge: |facts| no_entry(facts, EntryFlaw::$flaw),
        }
    };
}

pub(in crate::pki) const RULES: &[Rule] = &[
    Rule {
        id: "empty-list-absent",
        says: "Without revoked certificates the list is absent",
        clause: "RFC 5280 §5.1.2.6",
        judge: |facts| {
            by_head(facts, |head| {
                by_tail(facts, |tail| {
                    unless(!head.has_entries || tail.entries > 0, || {
                        "the list is there and empty".to_owned()
                    })
                })
            })
        },
    },
    flaw!(
        "serial-positive",
        "Serial numbers are positive",
        "RFC 5280 §4.1.2.2",
        SerialNotPositive
    ),
    flaw!(
        "serial-length",
        "Serial numbers have at most 20 octets",
        "RFC 5280 §4.1.2.2",
        SerialTooLong
    ),
    flaw!(
        "serial-shortest",
        "Serial numbers are in their shortest form",
        "X.690 §8.3.2",
        SerialPadded
    ),
    Rule {
        id: "serial-unique",
        says: "No serial number stands twice",
        clause: "RFC 5280 §5.1.2.6",
        judge: |facts| match &facts.entries.twice {
            // With several issuers on one list the same serial may belong to different certificates.
            Some(_) if is_indirect(facts) => Answer::NotChecked(Unchecked::SeveralIssuers),
            Some(serial) => Answer::Broken(format!("serial {serial}")),
            None if facts.tail.is_none() => UNREAD,
            None => Answer::Holds,
        },
    },
    flaw!(
        "revocation-date-form",
        "revocationDate is a time to the second, in UTC",
        "RFC 5280 §5.1.2.6",
        DateMalformed
    ),
    flaw!(
        "revocation-date-type",
        "revocationDate is UTCTime through 2049, GeneralizedTime from 2050",
        "RFC 5280 §5.1.2.6",
        DateOtherForm
    ),
    flaw!(
        "revocation-date-not-later",
        "revocationDate is not after thisUpdate",
        "RFC 5280 §5.1.2.4, §5.1.2.6",
        DateAfterThisUpdate
    ),
    flaw!(
        "entry-extensions-not-empty",
        "An entry's extensions are absent rather than empty",
        "RFC 5280 §4.1 (SIZE 1..MAX)",
        ExtensionsEmpty
    ),
    flaw!(
        "entry-extensions-form",
        "An entry's extensions are well-formed",
        "RFC 5280 §5.3",
        ExtensionsMalformed
    ),
    flaw!(
        "entry-extension-once",
        "No extension stands twice in an entry",
        "RFC 5280 §4.2",
        ExtensionTwice
    ),
    flaw!(
        "entry-extension-known",
        "No entry has a critical extension that is unknown",
        "RFC 5280 §5.3",
        ExtensionCriticalUnknown
    ),
    flaw!(
        "reason-form",
        "reasonCode is one ENUMERATED",
        "RFC 5280 §5.3.1",
        ReasonMalformed
    ),
    flaw!(
        "reason-not-critical",
        "reasonCode is not critical",
        "RFC 5280 §5.3.1",
        ReasonCritical
    ),
    flaw!(
        "reason-unspecified-absent",
        "The reason unspecified (0) is left out",
        "RFC 5280 §5.3.1",
        ReasonUnspecifiedWritten
    ),
    flaw!(
        "reason-defined",
        "The reason is one that is defined: not 7, nor above 10",
        "RFC 5280 §5.3.1",
        ReasonUndefined
    ),
    Rule {
        id: "reason-remove-on-delta",
        says: "removeFromCRL (8) stands on delta CRLs only",
        clause: "RFC 5280 §5.3.1",
        judge: |facts| {
            by_tail(facts, |tail| {
                if tail.extensions.delta_base.is_some() {
                    return Answer::Holds;
                }
                no_entry(facts, EntryFlaw::ReasonRemoveFromCrl)
            })
        },
    },
    flaw!(
        "reason-not-attribute",
        "aACompromise (10) belongs to attribute certificates",
        "RFC 5755 §6.2, X.509 §9.5.3.1",
        ReasonAaCompromise
    ),
    flaw!(
        "invalidity-date-form",
        "invalidityDate is one GeneralizedTime, to the second, in UTC",
        "RFC 5280 §5.3.2",
        InvalidityMalformed
    ),
    flaw!(
        "invalidity-date-not-critical",
        "invalidityDate is not critical",
        "RFC 5280 §5.3.2",
        InvalidityCritical
    ),
    flaw!(
        "invalidity-date-not-later",
        "invalidityDate is not after revocationDate",
        "RFC 5280 §5.3.2",
        InvalidityAfterRevocation
    ),
    Rule {
        id: "certificate-issuer-indirect",
        says: "certificateIssuer stands on indirect CRLs only",
        clause: "RFC 5280 §5.3.3",
        judge: |facts| {
            by_tail(facts, |_| {
                if is_indirect(facts) {
                    return Answer::Holds;
                }
                no_entry(facts, EntryFlaw::CertificateIssuer)
            })
        },
    },
];

fn is_indirect(facts: &Facts<'_>) -> bool {
    facts
        .tail
        .as_ref()
        .and_then(|tail| tail.extensions.issuing_distribution_point.as_ref()?.get())
        .is_some_and(|idp| idp.indirect)
}
