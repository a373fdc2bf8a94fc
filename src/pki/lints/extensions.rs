//! Rules of crlExtensions (RFC 5280 §5.2; expiredCertsOnCRL: X.509 §9.5.2.7).

use super::{Answer, NO_ISSUER, by_extensions, if_there, unless};
use crate::domain::CrlNumber;
use crate::pki::check::{Rule, Unchecked};
use crate::pki::crl_extension::{CrlExtensions, Known};
use crate::pki::entry::compare_serials;

const EMPTY: Answer = Answer::NotChecked(Unchecked::EmptyExtensions);

pub(in crate::pki) const RULES: &[Rule] = &[
    Rule {
        id: "extensions-not-empty",
        says: "crlExtensions is absent rather than empty",
        clause: "RFC 5280 §5.1.2.7",
        judge: |facts| {
            by_extensions(facts, |all| {
                unless(!all.present || all.count > 0, || {
                    "the list is empty".to_owned()
                })
            })
        },
    },
    Rule {
        id: "extension-once",
        says: "No extension stands twice",
        clause: "RFC 5280 §4.2",
        judge: |facts| {
            by_extensions(facts, |all| {
                unless(all.duplicates.is_empty(), || all.duplicates.join(", "))
            })
        },
    },
    Rule {
        id: "extension-known",
        says: "No critical extension is unknown",
        clause: "RFC 5280 §5.2",
        judge: |facts| {
            by_extensions(facts, |all| {
                let unknown = all.others.iter().find(|(_, critical)| *critical);
                unless(unknown.is_none(), || {
                    unknown.map(|(oid, _)| oid.clone()).unwrap_or_default()
                })
            })
        },
    },
    Rule {
        id: "authority-key-present",
        says: "authorityKeyIdentifier is there, by key identifier",
        clause: "RFC 5280 §5.2.1",
        judge: |facts| {
            by_extensions(facts, |all| match &all.authority_key_identifier {
                None if all.present && all.count == 0 => EMPTY,
                None => Answer::Broken("it is absent".to_owned()),
                Some(Known {
                    value: Err(fault), ..
                }) => Answer::Broken(fault.to_string()),
                Some(Known { value: Ok(aki), .. }) => match &aki.key_id {
                    None => Answer::Broken("it has no keyIdentifier".to_owned()),
                    Some(id) => Answer::HoldsWith(hex::encode(id)),
                },
            })
        },
    },
    Rule {
        id: "authority-key-not-critical",
        says: "authorityKeyIdentifier is not critical",
        clause: "RFC 5280 §4.2.1.1, §5.2.1",
        judge: |facts| {
            by_extensions(facts, |all| {
                not_critical(all.authority_key_identifier.as_ref())
            })
        },
    },
    Rule {
        id: "authority-key-matches",
        says: "authorityKeyIdentifier is the CA certificate's subjectKeyIdentifier",
        clause: "RFC 5280 §5.2.1, §4.2.1.1",
        judge: |facts| {
            let Some(issuer) = facts.issuer else {
                return NO_ISSUER;
            };
            by_extensions(facts, |all| {
                let found = all.authority_key_identifier.as_ref().and_then(Known::get);
                let Some(found) = found.and_then(|aki| aki.key_id.as_ref()) else {
                    return Answer::NotChecked(Unchecked::NoKeyIdentifier);
                };
                let Some(expected) = &issuer.subject_key_id else {
                    return Answer::NotChecked(Unchecked::NoSubjectKeyIdentifier);
                };
                unless(found == expected, || {
                    format!(
                        "{} instead of {}",
                        hex::encode(found),
                        hex::encode(expected)
                    )
                })
            })
        },
    },
    Rule {
        id: "crl-number-present",
        says: "cRLNumber is there",
        clause: "RFC 5280 §5.2.3",
        judge: |facts| {
            by_extensions(facts, |all| {
                if all.present && all.count == 0 {
                    return EMPTY;
                }
                unless(all.crl_number.is_some(), || "it is absent".to_owned())
            })
        },
    },
    Rule {
        id: "crl-number-form",
        says: "cRLNumber is one INTEGER in its shortest form",
        clause: "RFC 5280 §5.2.3, X.690 §8.3.2",
        judge: |facts| by_extensions(facts, |all| well_formed(all.crl_number.as_ref())),
    },
    Rule {
        id: "crl-number-range",
        says: "cRLNumber is not negative and has at most 20 octets",
        clause: "RFC 5280 §5.2.3",
        judge: |facts| by_extensions(facts, |all| in_range(all.crl_number.as_ref())),
    },
    Rule {
        id: "crl-number-not-critical",
        says: "cRLNumber is not critical",
        clause: "RFC 5280 §5.2.3",
        judge: |facts| by_extensions(facts, |all| not_critical(all.crl_number.as_ref())),
    },
    Rule {
        id: "delta-critical",
        says: "deltaCRLIndicator is critical",
        clause: "RFC 5280 §5.2.4",
        judge: |facts| by_extensions(facts, |all| critical(all.delta_base.as_ref())),
    },
    Rule {
        id: "delta-base-form",
        says: "deltaCRLIndicator holds one number in its range",
        clause: "RFC 5280 §5.2.4",
        judge: |facts| {
            by_extensions(facts, |all| match well_formed(all.delta_base.as_ref()) {
                Answer::Holds => in_range(all.delta_base.as_ref()),
                broken => broken,
            })
        },
    },
    Rule {
        id: "delta-base-below-number",
        says: "A delta's base has a lower number than the delta",
        clause: "RFC 5280 §5.2.4",
        judge: |facts| by_extensions(facts, base_below_number),
    },
    Rule {
        id: "distribution-point-critical",
        says: "issuingDistributionPoint is critical",
        clause: "RFC 5280 §5.2.5",
        judge: |facts| {
            by_extensions(facts, |all| {
                critical(all.issuing_distribution_point.as_ref())
            })
        },
    },
    Rule {
        id: "distribution-point-form",
        says: "issuingDistributionPoint is well-formed and says something",
        clause: "RFC 5280 §5.2.5",
        judge: |facts| {
            by_extensions(facts, |all| {
                if_there(
                    all.issuing_distribution_point.as_ref(),
                    |known| match &known.value {
                        Err(fault) => Answer::Broken(fault.to_string()),
                        Ok(idp) => {
                            let says = idp.has_distribution_point
                                || idp.only_user_certs
                                || idp.only_ca_certs
                                || idp.only_attribute_certs
                                || idp.only_some_reasons
                                || idp.indirect;
                            unless(says, || "the sequence is empty".to_owned())
                        }
                    },
                )
            })
        },
    },
    Rule {
        id: "distribution-point-one-kind",
        says: "At most one of onlyContainsUserCerts, CACerts and AttributeCerts is set",
        clause: "RFC 5280 §5.2.5",
        judge: |facts| {
            by_extensions(facts, |all| {
                let idp = all.issuing_distribution_point.as_ref().and_then(Known::get);
                let set = idp.map_or(0, |idp| {
                    u8::from(idp.only_user_certs)
                        + u8::from(idp.only_ca_certs)
                        + u8::from(idp.only_attribute_certs)
                });
                unless(set <= 1, || format!("{set} are set"))
            })
        },
    },
    Rule {
        id: "freshest-not-critical",
        says: "freshestCRL is not critical",
        clause: "RFC 5280 §5.2.6",
        judge: |facts| by_extensions(facts, |all| not_critical(all.freshest_crl.as_ref())),
    },
    Rule {
        id: "freshest-form",
        says: "freshestCRL is a list of distribution points",
        clause: "RFC 5280 §5.2.6",
        judge: |facts| by_extensions(facts, |all| well_formed(all.freshest_crl.as_ref())),
    },
    Rule {
        id: "freshest-not-on-delta",
        says: "A delta CRL has no freshestCRL",
        clause: "RFC 5280 §5.2.6",
        judge: |facts| {
            by_extensions(facts, |all| {
                unless(
                    all.delta_base.is_none() || all.freshest_crl.is_none(),
                    || "both extensions are there".to_owned(),
                )
            })
        },
    },
    Rule {
        id: "expired-certs-form",
        says: "expiredCertsOnCRL is one GeneralizedTime, to the second, in UTC",
        clause: "X.509 §9.5.2.7",
        judge: |facts| by_extensions(facts, |all| well_formed(all.expired_certs_on_crl.as_ref())),
    },
    Rule {
        id: "expired-certs-not-critical",
        says: "expiredCertsOnCRL is not critical",
        clause: "X.509 §9.5.2.7",
        judge: |facts| by_extensions(facts, |all| not_critical(all.expired_certs_on_crl.as_ref())),
    },
    Rule {
        id: "issuer-alt-name-not-critical",
        says: "issuerAltName is not critical",
        clause: "RFC 5280 §5.2.2",
        judge: |facts| {
            by_extensions(facts, |all| {
                unless(all.issuer_alt_name_critical != Some(true), || {
                    "it is critical".to_owned()
                })
            })
        },
    },
    Rule {
        id: "authority-info-not-critical",
        says: "authorityInfoAccess is not critical",
        clause: "RFC 5280 §5.2.7",
        judge: |facts| {
            by_extensions(facts, |all| {
                unless(all.authority_info_access_critical != Some(true), || {
                    "it is critical".to_owned()
                })
            })
        },
    },
];

fn critical<T>(extension: Option<&Known<T>>) -> Answer {
    if_there(extension, |known| {
        unless(known.critical, || "it is not critical".to_owned())
    })
}

fn not_critical<T>(extension: Option<&Known<T>>) -> Answer {
    if_there(extension, |known| {
        unless(!known.critical, || "it is critical".to_owned())
    })
}

fn well_formed<T>(extension: Option<&Known<T>>) -> Answer {
    if_there(extension, |known| match &known.value {
        Ok(_) => Answer::Holds,
        Err(fault) => Answer::Broken(fault.to_string()),
    })
}

/// A number of 0 to 2^159 - 1. A malformed one breaks the rule of form and not this one.
fn in_range(number: Option<&Known<Vec<u8>>>) -> Answer {
    let Some(content) = number.and_then(Known::get) else {
        return Answer::Holds;
    };
    match CrlNumber::from_der_content(content) {
        Some(number) => Answer::HoldsWith(number.to_string()),
        None => Answer::Broken(format!("content octets {}", hex::encode(content))),
    }
}

fn base_below_number(all: &CrlExtensions) -> Answer {
    let base = all.delta_base.as_ref().and_then(Known::get);
    let number = all.crl_number.as_ref().and_then(Known::get);
    match (base, number) {
        (Some(base), Some(number)) => unless(compare_serials(base, number).is_lt(), || {
            let text = |content: &[u8]| {
                CrlNumber::from_der_content(content)
                    .map_or_else(|| hex::encode(content), |number| number.to_string())
            };
            format!("base {}, number {}", text(base), text(number))
        }),
        (Some(_), None) => Answer::NotChecked(Unchecked::NoNumber),
        (None, _) => Answer::Holds,
    }
}
