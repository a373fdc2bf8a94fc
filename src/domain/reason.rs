//! Reasons for revocation: the RFC 5280 codes, and the desk's own list as data that operators may add to.
//! Several reasons in one letter make one code by a fixed precedence.

use serde::{Deserialize, Serialize};

/// CRLReason (RFC 5280 §5.3.1) as this desk may write it. `unspecified` is written by leaving the extension out;
/// removeFromCRL (8) belongs to delta CRLs only and is no reason a person can choose; 7 and aACompromise (10) never.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum ReasonCode {
    Unspecified,
    KeyCompromise,
    CaCompromise,
    AffiliationChanged,
    Superseded,
    CessationOfOperation,
    CertificateHold,
    PrivilegeWithdrawn,
}

impl ReasonCode {
    pub const ALL: [Self; 8] = [
        Self::Unspecified,
        Self::KeyCompromise,
        Self::CaCompromise,
        Self::AffiliationChanged,
        Self::Superseded,
        Self::CessationOfOperation,
        Self::CertificateHold,
        Self::PrivilegeWithdrawn,
    ];

    /// The number of RFC 5280 §5.3.1; `None` for unspecified, whose extension is absent.
    pub const fn code(self) -> Option<u8> {
        match self {
            Self::Unspecified => None,
            Self::KeyCompromise => Some(1),
            Self::CaCompromise => Some(2),
            Self::AffiliationChanged => Some(3),
            Self::Superseded => Some(4),
            Self::CessationOfOperation => Some(5),
            Self::CertificateHold => Some(6),
            Self::PrivilegeWithdrawn => Some(9),
        }
    }

    /// The code of a number found in a CRL; `None` for 7, 8, 10 and what RFC 5280 does not define.
    pub fn from_code(code: u8) -> Option<Self> {
        match code {
            0 => Some(Self::Unspecified),
            _ => Self::ALL.into_iter().find(|r| r.code() == Some(code)),
        }
    }

    /// The name in RFC 5280's ASN.1, as commands and JSON show it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unspecified => "unspecified",
            Self::KeyCompromise => "keyCompromise",
            Self::CaCompromise => "cACompromise",
            Self::AffiliationChanged => "affiliationChanged",
            Self::Superseded => "superseded",
            Self::CessationOfOperation => "cessationOfOperation",
            Self::CertificateHold => "certificateHold",
            Self::PrivilegeWithdrawn => "privilegeWithdrawn",
        }
    }

    /// Reads the RFC's name in any case, or its number.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Ok(code) = text.parse::<u8>() {
            return Self::from_code(code);
        }
        Self::ALL
            .into_iter()
            .find(|r| r.name().eq_ignore_ascii_case(text))
    }

    /// Rank when several reasons meet: 1 > 9 > 3 > 5 > 4 > absent. Hold and CA compromise combine with nothing.
    const fn rank(self) -> u8 {
        match self {
            Self::KeyCompromise => 5,
            Self::PrivilegeWithdrawn => 4,
            Self::AffiliationChanged => 3,
            Self::CessationOfOperation => 2,
            Self::Superseded => 1,
            Self::Unspecified | Self::CertificateHold | Self::CaCompromise => 0,
        }
    }
}

/// The stable id of a reason of the desk's list, e.g. `lupa-passphrase`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct ReasonId(pub String);

impl std::fmt::Display for ReasonId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// One row of the desk's list of reasons.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Reason {
    pub id: ReasonId,
    pub label_id: String,
    pub label_en: String,
    pub code: ReasonCode,
    /// Named in the SOP itself (step 1).
    pub in_sop: bool,
    /// May be filed before its letter, and goes first in the queue.
    pub urgent: bool,
    /// The form asks "mungkinkah pihak lain memakainya?"; a no proposes superseded, the OP decides.
    pub asks_misuse: bool,
    /// The form offers an invalidity date (RFC 5280 §5.3.2); never filled in by default.
    pub offers_invalidity_date: bool,
    /// Offered to OP only.
    pub officer_only: bool,
    /// Needs policy `allow_hold`.
    pub hold: bool,
}

/// The desk's reasons in the order they are offered.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ReasonCatalogue(pub Vec<Reason>);

/// Why several reasons cannot stand in one request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CombineError {
    None,
    Unknown(ReasonId),
    HoldWithOthers,
}

impl ReasonCatalogue {
    pub fn get(&self, id: &ReasonId) -> Option<&Reason> {
        self.0.iter().find(|r| r.id == *id)
    }

    /// The one code that several reasons make. `ruled_out`: the applicant says that nobody else can be using the key,
    /// which turns the codes of the reasons that ask into superseded (a proposal; the OP decides).
    pub fn combine(&self, ids: &[ReasonId], ruled_out: bool) -> Result<ReasonCode, CombineError> {
        let mut code = ReasonCode::Unspecified;
        for id in ids {
            let reason = self
                .get(id)
                .ok_or_else(|| CombineError::Unknown(id.clone()))?;
            if reason.code == ReasonCode::CertificateHold && ids.len() > 1 {
                return Err(CombineError::HoldWithOthers);
            }
            let own = if ruled_out && reason.asks_misuse {
                ReasonCode::Superseded
            } else {
                reason.code
            };
            if ids.len() == 1 || own.rank() > code.rank() {
                code = own;
            }
        }
        if ids.is_empty() {
            Err(CombineError::None)
        } else {
            Ok(code)
        }
    }
}

impl Default for ReasonCatalogue {
    fn default() -> Self {
        use ReasonCode as C;
        let row = |id: &str, label_id: &str, label_en: &str, code| Reason {
            id: ReasonId(id.to_owned()),
            label_id: label_id.to_owned(),
            label_en: label_en.to_owned(),
            code,
            in_sop: false,
            urgent: false,
            asks_misuse: false,
            offers_invalidity_date: code == C::KeyCompromise,
            officer_only: false,
            hold: code == C::CertificateHold,
        };
        let sop = |mut r: Reason| {
            r.in_sop = true;
            r
        };
        let urgent = |mut r: Reason| {
            r.urgent = true;
            r
        };
        Self(vec![
            sop(row(
                "lupa-passphrase",
                "Lupa passphrase",
                "Forgotten passphrase",
                C::Superseded,
            )),
            sop(row(
                "perubahan-data",
                "Perubahan data",
                "Change of data",
                C::AffiliationChanged,
            )),
            Reason {
                asks_misuse: true,
                ..sop(urgent(row(
                    "kehilangan",
                    "Kehilangan sertifikat elektronik",
                    "Loss of the electronic certificate",
                    C::KeyCompromise,
                )))
            },
            urgent(row(
                "kompromi-kunci",
                "Kunci/passphrase diketahui pihak lain",
                "Key or passphrase known to others",
                C::KeyCompromise,
            )),
            row(
                "mutasi",
                "Mutasi/pindah instansi",
                "Transfer to another agency",
                C::AffiliationChanged,
            ),
            row(
                "berhenti",
                "Pensiun, berhenti, meninggal dunia",
                "Retired, left office or deceased",
                C::CessationOfOperation,
            ),
            row(
                "digantikan",
                "Digantikan sertifikat baru",
                "Replaced by a new certificate",
                C::Superseded,
            ),
            Reason {
                officer_only: true,
                ..row(
                    "penyalahgunaan",
                    "Penyalahgunaan/data palsu",
                    "Misuse or false data",
                    C::PrivilegeWithdrawn,
                )
            },
            row(
                "penangguhan",
                "Penangguhan sementara",
                "Temporary suspension",
                C::CertificateHold,
            ),
            row("lainnya", "Lainnya", "Other", C::Unspecified),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(names: &[&str]) -> Vec<ReasonId> {
        names.iter().map(|n| ReasonId((*n).to_owned())).collect()
    }

    #[test]
    fn the_gravest_reason_gives_the_code() {
        let list = ReasonCatalogue::default();
        let code = |names: &[&str]| list.combine(&ids(names), false);
        assert_eq!(
            code(&["lupa-passphrase", "kehilangan"]),
            Ok(ReasonCode::KeyCompromise)
        );
        assert_eq!(
            code(&["digantikan", "berhenti", "mutasi"]),
            Ok(ReasonCode::AffiliationChanged)
        );
        assert_eq!(code(&["lainnya", "digantikan"]), Ok(ReasonCode::Superseded));
        assert_eq!(code(&["lainnya"]), Ok(ReasonCode::Unspecified));
        assert_eq!(code(&["penangguhan"]), Ok(ReasonCode::CertificateHold));
        assert_eq!(
            code(&["penangguhan", "mutasi"]),
            Err(CombineError::HoldWithOthers)
        );
        assert_eq!(
            code(&["mutasi", "penangguhan"]),
            Err(CombineError::HoldWithOthers)
        );
        assert_eq!(code(&[]), Err(CombineError::None));
        assert_eq!(
            list.combine(&ids(&["kehilangan"]), true),
            Ok(ReasonCode::Superseded)
        );
    }

    #[test]
    fn codes_that_never_appear_are_not_read() {
        assert_eq!([7, 8, 10, 11].map(ReasonCode::from_code), [None; 4]);
        assert_eq!(
            ReasonCode::parse("KEYCOMPROMISE"),
            Some(ReasonCode::KeyCompromise)
        );
    }
}
