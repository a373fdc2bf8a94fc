//! Rules of thisUpdate and nextUpdate (RFC 5280 §5.1.2.4, §5.1.2.5).

use super::{Answer, NO_ISSUER, UNREAD, by_head, unless};
use crate::domain::Timestamp;
use crate::pki::check::{Rule, Unchecked};
use crate::pki::crl_read::EncodedTime;
use crate::pki::examine::{Facts, right_form};

const MALFORMED: Answer = Answer::NotChecked(Unchecked::MalformedDate);

pub(in crate::pki) const RULES: &[Rule] = &[
    Rule {
        id: "this-update-form",
        says: "thisUpdate is UTCTime through 2049, GeneralizedTime from 2050, to the second, in UTC",
        clause: "RFC 5280 §5.1.2.4",
        judge: |facts| by_head(facts, |head| form(&head.this_update)),
    },
    Rule {
        id: "this-update-not-future",
        says: "thisUpdate is not in the future",
        clause: "RFC 5280 §5.1.2.4",
        judge: |facts| {
            by_head(facts, |head| match head.this_update.get() {
                Some(this) => unless(this <= facts.now, || format!("{this}, now {}", facts.now)),
                None => MALFORMED,
            })
        },
    },
    Rule {
        id: "next-update-present",
        says: "nextUpdate is there",
        clause: "RFC 5280 §5.1.2.5",
        judge: |facts| {
            by_head(facts, |head| {
                unless(head.next_update.is_some(), || "it is absent".to_owned())
            })
        },
    },
    Rule {
        id: "next-update-form",
        says: "nextUpdate is UTCTime through 2049, GeneralizedTime from 2050, to the second, in UTC",
        clause: "RFC 5280 §5.1.2.5",
        judge: |facts| {
            by_head(facts, |head| {
                head.next_update.as_ref().map_or(MALFORMED, form)
            })
        },
    },
    Rule {
        id: "next-update-after-this",
        says: "nextUpdate is after thisUpdate",
        clause: "RFC 5280 §5.1.2.5",
        judge: |facts| {
            with_next(facts, |this, next| {
                unless(this < next, || format!("{next} after {this}"))
            })
        },
    },
    Rule {
        id: "next-update-not-past",
        says: "nextUpdate is not past: the CRL is current",
        clause: "RFC 5280 §5.1.2.5, §6.3.3",
        judge: |facts| {
            with_next(facts, |this, next| {
                if next <= this {
                    return Answer::NotChecked(Unchecked::DatesReversed);
                }
                unless(facts.now < next, || format!("{next}, now {}", facts.now))
            })
        },
    },
    Rule {
        id: "next-update-within-issuer",
        says: "nextUpdate is not after the end of the CA certificate",
        clause: "RFC 5280 §5.1.2.5, §6.3.3",
        judge: |facts| {
            let Some(issuer) = facts.issuer else {
                return NO_ISSUER;
            };
            with_next(facts, |_, next| {
                unless(next <= issuer.not_after, || {
                    format!("{next}, the certificate ends {}", issuer.not_after)
                })
            })
        },
    },
];

fn form(time: &EncodedTime) -> Answer {
    match &time.value {
        Err(fault) => Answer::Broken(fault.to_string()),
        Ok(instant) => unless(right_form(time.tag, *instant), || {
            format!("{instant} in the other of the two forms")
        }),
    }
}

fn with_next(facts: &Facts<'_>, judge: impl FnOnce(Timestamp, Timestamp) -> Answer) -> Answer {
    let Some(head) = &facts.head else {
        return UNREAD;
    };
    let next = head.next_update.as_ref().and_then(EncodedTime::get);
    match (head.this_update.get(), next) {
        (Some(this), Some(next)) => judge(this, next),
        _ => MALFORMED,
    }
}
