//! What a CRL shall say besides its entries, refused at construction where it would be unsafe or wrong (RFC 5280 §5.1,
//! §5.2; DOMAIN.md "CRL rules"). Knows no key and writes nothing.

use super::crl_issuer::CrlIssuer;
use super::der_scan::DerError;
use crate::domain::instant::{DAY, HOUR, MINUTE};
use crate::domain::{CrlNumber, Timestamp};

/// How often a CRL is renewed and how long each one holds, in milliseconds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CrlPeriod {
    every: i64,
    valid_for: i64,
}

/// Why a period is refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum UnsafePeriod {
    #[error("a CRL every {every} ms is too often; the shortest interval is {shortest} ms")]
    TooOften { every: i64, shortest: i64 },
    #[error(
        "a CRL every {every} ms that is valid for {valid_for} ms leaves no valid one when a single renewal fails; it must hold for two intervals"
    )]
    NoSlack { every: i64, valid_for: i64 },
    #[error("a CRL valid for {valid_for} ms is too old when it ends; the longest is {longest} ms")]
    TooLong { valid_for: i64, longest: i64 },
}

impl CrlPeriod {
    /// The longest time between thisUpdate and nextUpdate unless policy says otherwise.
    pub const LONGEST: i64 = 10 * DAY;
    const SHORTEST: i64 = MINUTE;

    /// A regular CRL every `every` ms, each with nextUpdate `valid_for` ms after its thisUpdate, at most `longest`.
    pub const fn new(every: i64, valid_for: i64, longest: i64) -> Result<Self, UnsafePeriod> {
        if every < Self::SHORTEST {
            return Err(UnsafePeriod::TooOften {
                every,
                shortest: Self::SHORTEST,
            });
        }
        if valid_for > longest {
            return Err(UnsafePeriod::TooLong { valid_for, longest });
        }
        if valid_for / 2 < every {
            return Err(UnsafePeriod::NoSlack { every, valid_for });
        }
        Ok(Self { every, valid_for })
    }

    pub const fn every(self) -> i64 {
        self.every
    }

    pub const fn valid_for(self) -> i64 {
        self.valid_for
    }
}

/// A regular CRL daily, valid for 48 h.
impl Default for CrlPeriod {
    fn default() -> Self {
        Self {
            every: DAY,
            valid_for: 48 * HOUR,
        }
    }
}

/// The URI of a distribution point, as certificates name it: printable ASCII with a scheme, at most 2048 octets.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct DistributionPointUri(String);

impl DistributionPointUri {
    /// `None` for what no certificate can name: IA5String without blanks, with a scheme (RFC 5280 §4.2.1.6).
    pub fn parse(text: &str) -> Option<Self> {
        let (scheme, rest) = text.split_once(':')?;
        let fits = text.len() <= 2048
            && !rest.is_empty()
            && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
            && rest.bytes().all(|b| b.is_ascii_graphic());
        fits.then(|| Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Which CRL of an issuer it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CrlKind {
    /// Everything revoked, no issuingDistributionPoint.
    Complete,
    /// What changed since the complete CRL numbered `base` (RFC 5280 §5.2.4).
    Delta { base: CrlNumber },
    /// Everything revoked among the certificates that name this URI in their cRLDistributionPoints (§5.2.5, §6.3.3).
    Partition { uri: DistributionPointUri },
}

/// The terms of one CRL, before they are checked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CrlTerms {
    /// Reserved before signing, higher than every number used before in this scope.
    pub number: CrlNumber,
    pub this_update: Timestamp,
    pub kind: CrlKind,
    /// Where the delta CRLs of this scope are found (§5.2.6); never on a delta itself.
    pub freshest_crl: Option<DistributionPointUri>,
    /// The list keeps entries of certificates that expired at this time or later (X.509 §9.5.2.7); never on a delta.
    pub expired_certs_on_crl: Option<Timestamp>,
}

/// A CRL that may be written. Times are whole seconds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CrlPlan {
    pub(super) issuer: Vec<u8>,
    pub(super) key_id: Vec<u8>,
    pub(super) next_update: Timestamp,
    pub(super) terms: CrlTerms,
}

/// Why a CRL with these terms is not written.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum PlanError {
    #[error(
        "the issuer's certificate is valid from {not_before} on, the CRL would begin at {this_update}"
    )]
    IssuerNotYetValid {
        not_before: Timestamp,
        this_update: Timestamp,
    },
    #[error("the issuer's certificate ended at {not_after}; it signs no CRL at {this_update}")]
    IssuerExpired {
        not_after: Timestamp,
        this_update: Timestamp,
    },
    #[error("the issuer's certificate has a keyUsage without cRLSign")]
    IssuerMayNotSign,
    #[error("the issuer's certificate has an empty subject")]
    IssuerNameEmpty,
    #[error("the issuer's public key cannot be read: {0}")]
    IssuerKey(DerError),
    #[error("the delta's base {base} is not below its own number {number}")]
    BaseNotBelowNumber { base: CrlNumber, number: CrlNumber },
    #[error("{extension} does not belong on a delta CRL")]
    NotOnDelta { extension: &'static str },
}

impl CrlPlan {
    /// nextUpdate is `period.valid_for()` after thisUpdate, cut at the end of the issuer's certificate.
    pub fn new(issuer: &CrlIssuer, period: CrlPeriod, terms: CrlTerms) -> Result<Self, PlanError> {
        let this_update = terms.this_update.whole_second();
        if issuer.crl_sign == Some(false) {
            return Err(PlanError::IssuerMayNotSign);
        }
        // RFC 5280 §5.1.2.3: the issuer field MUST contain a non-empty name.
        if issuer.subject.len() <= 2 {
            return Err(PlanError::IssuerNameEmpty);
        }
        if this_update < issuer.not_before {
            return Err(PlanError::IssuerNotYetValid {
                not_before: issuer.not_before,
                this_update,
            });
        }
        let next_update = this_update
            .plus(period.valid_for())
            .min(issuer.not_after)
            .whole_second();
        if next_update <= this_update {
            return Err(PlanError::IssuerExpired {
                not_after: issuer.not_after,
                this_update,
            });
        }
        if let CrlKind::Delta { base } = terms.kind {
            if base >= terms.number {
                return Err(PlanError::BaseNotBelowNumber {
                    base,
                    number: terms.number,
                });
            }
            let extension = match (&terms.freshest_crl, terms.expired_certs_on_crl) {
                (Some(_), _) => Some("freshestCRL"),
                (None, Some(_)) => Some("expiredCertsOnCRL"),
                (None, None) => None,
            };
            if let Some(extension) = extension {
                return Err(PlanError::NotOnDelta { extension });
            }
        }
        Ok(Self {
            issuer: issuer.subject.clone(),
            key_id: issuer.key_id().map_err(PlanError::IssuerKey)?,
            next_update,
            terms: CrlTerms {
                this_update,
                ..terms
            },
        })
    }

    pub const fn number(&self) -> CrlNumber {
        self.terms.number
    }

    pub const fn this_update(&self) -> Timestamp {
        self.terms.this_update
    }

    pub const fn next_update(&self) -> Timestamp {
        self.next_update
    }

    pub const fn kind(&self) -> &CrlKind {
        &self.terms.kind
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse_rfc3339(text).unwrap()
    }

    fn issuer() -> CrlIssuer {
        CrlIssuer {
            subject: vec![0x30, 0x02, 0x31, 0x00],
            public_key_info: Vec::new(),
            subject_key_id: Some(vec![7; 20]),
            not_before: at("2026-01-01T00:00:00Z"),
            not_after: at("2027-01-01T00:00:00Z"),
            crl_sign: Some(true),
        }
    }

    fn terms(this_update: &str, kind: CrlKind) -> CrlTerms {
        CrlTerms {
            number: CrlNumber::from(5),
            this_update: at(this_update),
            kind,
            freshest_crl: None,
            expired_certs_on_crl: None,
        }
    }

    #[test]
    fn unsafe_periods_are_refused() {
        let longest = CrlPeriod::LONGEST;
        assert!(CrlPeriod::new(DAY, 2 * DAY, longest).is_ok());
        assert!(matches!(
            CrlPeriod::new(DAY, 2 * DAY - 1, longest),
            Err(UnsafePeriod::NoSlack { .. })
        ));
        assert!(matches!(
            CrlPeriod::new(DAY, longest + 1, longest),
            Err(UnsafePeriod::TooLong { .. })
        ));
        assert!(matches!(
            CrlPeriod::new(0, DAY, longest),
            Err(UnsafePeriod::TooOften { .. })
        ));
        assert!(matches!(
            CrlPeriod::new(DAY, i64::MIN, longest),
            Err(UnsafePeriod::NoSlack { .. })
        ));
        let usual = CrlPeriod::default();
        assert_eq!(
            CrlPeriod::new(usual.every(), usual.valid_for(), longest),
            Ok(usual)
        );
    }

    #[test]
    fn next_update_is_cut_at_the_end_of_the_issuers_certificate() {
        let plan = |this_update| {
            CrlPlan::new(
                &issuer(),
                CrlPeriod::default(),
                terms(this_update, CrlKind::Complete),
            )
        };
        let usual = plan("2026-11-22T09:00:00.700Z").unwrap();
        assert_eq!(usual.this_update(), at("2026-11-22T09:00:00Z"));
        assert_eq!(usual.next_update(), at("2026-11-24T09:00:00Z"));
        assert_eq!(
            plan("2026-12-31T12:00:00Z").unwrap().next_update(),
            at("2027-01-01T00:00:00Z")
        );
        assert!(matches!(
            plan("2027-01-01T00:00:00Z"),
            Err(PlanError::IssuerExpired { .. })
        ));
        assert!(matches!(
            plan("2025-12-31T23:59:59Z"),
            Err(PlanError::IssuerNotYetValid { .. })
        ));
    }

    #[test]
    fn an_issuer_that_may_not_sign_or_has_no_name_gets_no_crl() {
        let plan = |issuer: &CrlIssuer| {
            CrlPlan::new(
                issuer,
                CrlPeriod::default(),
                terms("2026-11-22T09:00:00Z", CrlKind::Complete),
            )
        };
        let mut other = issuer();
        other.crl_sign = Some(false);
        assert_eq!(plan(&other), Err(PlanError::IssuerMayNotSign));
        let mut other = issuer();
        other.subject = vec![0x30, 0];
        assert_eq!(plan(&other), Err(PlanError::IssuerNameEmpty));
    }

    #[test]
    fn a_delta_needs_a_lower_base_and_carries_no_freshest_crl() {
        let plan = |base: u64, freshest: Option<&str>| {
            let kind = CrlKind::Delta {
                base: CrlNumber::from(base),
            };
            CrlPlan::new(
                &issuer(),
                CrlPeriod::default(),
                CrlTerms {
                    freshest_crl: freshest.and_then(DistributionPointUri::parse),
                    ..terms("2026-11-22T09:00:00Z", kind)
                },
            )
        };
        assert!(plan(4, None).is_ok());
        assert!(matches!(
            plan(5, None),
            Err(PlanError::BaseNotBelowNumber { .. })
        ));
        assert!(matches!(
            plan(4, Some("http://uji.example/d.crl")),
            Err(PlanError::NotOnDelta { .. })
        ));
    }

    #[test]
    fn only_printable_uris_name_a_distribution_point() {
        assert!(DistributionPointUri::parse("http://uji.example/p1.crl").is_some());
        for wrong in [
            "",
            "p1.crl",
            "http:",
            "http://a b",
            "http://\u{e9}",
            "1x:y",
            "http://a\u{1b}",
        ] {
            assert!(DistributionPointUri::parse(wrong).is_none(), "{wrong}");
        }
    }
}
